"""Records whose time is over, for tests: born through the real verbs, and looked at years later."""

import datetime

from django.utils import timezone

from assessments.actions import award, destroying
from assessments.models import Disposal, Enrolment
from assessments.queries.retention import due_by
from assessments.testing import House, an_enrolment, verified
from portfolio.models import CandidateRecord, User
from portfolio.testing import an_administrator

YEARS = datetime.timedelta(days=7 * 366)


def later(years: datetime.timedelta = YEARS) -> datetime.datetime:
    """When everything of today is due, by every default."""
    return timezone.now() + years


LONG_PAST = datetime.date(2016, 3, 1)


def certificated(
    house: House,
    key: str = "ocr-cc26",
    candidate: CandidateRecord | None = None,
    issued_on: datetime.date | None = None,
) -> Enrolment:
    """A unit whose certificate came today, or on the day given."""
    unit = verified(an_enrolment(house, key, candidate=candidate))
    now = timezone.now()
    award.claim(enrolment=unit, authorisation="EV 1", by=house.administrator, at=now)
    day = issued_on or timezone.localdate()
    award.certificate(enrolment=unit, number=f"C {unit.pk}", issued_on=day, by=house.administrator, at=now)
    unit.refresh_from_db()
    return unit


def a_second(house: House) -> User:
    """Another administrator of the centre."""
    return an_administrator(house.centre, "Second Admin")


def ordered(house: House, *keys: str, at: datetime.datetime | None = None) -> Disposal:
    """An order for these, or for all that is due then and held by nothing."""
    at = at or later()
    due = [row.key for row in due_by(house.centre, timezone.localdate(at)) if not row.holds]
    return destroying.order_destruction(
        centre=house.centre, chosen=keys or due, note="Yearly.", by=house.administrator, at=at
    )


def destroyed(house: House, *keys: str) -> Disposal:
    """The same, confirmed by a second administrator and carried out."""
    order = ordered(house, *keys)
    destroying.confirm_destruction(disposal=order, by=a_second(house), at=later())
    destroying.carry_out(order.pk)
    order.refresh_from_db()
    return order


def confirmed_and_lost(house: House, order: Disposal) -> None:
    """Confirmed an hour ago, and its worker killed before it began."""
    at = timezone.now() - datetime.timedelta(hours=1)
    Disposal.objects.filter(pk=order.pk).update(confirmed_at=at, confirmed_by=house.administrator, alone=True)
