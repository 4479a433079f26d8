"""The verbs of requests for data, ready to be done."""

import datetime

from django.test import override_settings
from django.utils import timezone

from assessments.actions import data_request as verbs
from assessments.models import DataRequest
from assessments.testing import House
from assessments.tests.acts_of_retention import NO_WORKER
from assessments.tests.doing import Act
from portfolio.archive import asking
from portfolio.models import User

LONG = datetime.timedelta(days=3)


def a_request(house: House, *, address: str = "", identity: str = "Asked in person.") -> DataRequest:
    """The candidate asked three days ago, or whoever has the address."""
    return verbs.record_data_request(
        centre=house.centre,
        address=address or house.candidate.user.email,
        received_on=timezone.localdate() - LONG,
        asked="Everything, by e-mail.",
        identity=identity,
        by=house.administrator,
        at=timezone.now(),
    )


def with_copy(house: House, *, by_office: bool = False, with_remarks: bool = False, **of: str) -> DataRequest:
    """The same, with a copy that a worker has made."""
    found = a_request(house, **of)
    with override_settings(TASKS=NO_WORKER):
        verbs.make_copy(
            request=found,
            by_office=by_office,
            with_remarks=with_remarks,
            left_out="Letters in the filing cabinet: sent apart.",
            by=house.administrator,
            at=timezone.now(),
        )
    found.refresh_from_db()
    assert found.package
    asking.make(found.package.pk)
    found.package.refresh_from_db()
    return found


def record_data_request(house: House) -> Act:
    return Act(
        house.administrator,
        lambda by: verbs.record_data_request(
            centre=house.centre,
            address=house.candidate.user.email,
            received_on=timezone.localdate(),
            asked="Everything.",
            by=by,
            at=timezone.now(),
        ),
    )


def confirm_who_asks(house: House) -> Act:
    found = a_request(house, identity="")
    return Act(
        house.administrator,
        lambda by: verbs.confirm_who_asks(
            request=found, identity="Called back.", confirmed_on=timezone.localdate(), by=by, at=timezone.now()
        ),
    )


def take_more_time(house: House) -> Act:
    found = a_request(house)
    return Act(
        house.administrator,
        lambda by: verbs.take_more_time(request=found, reason="Much of it is on paper.", by=by, at=timezone.now()),
    )


def make_copy(house: House) -> Act:
    found = a_request(house)

    def made(by: User) -> None:
        with override_settings(TASKS=NO_WORKER):
            verbs.make_copy(request=found, by_office=False, with_remarks=False, left_out="", by=by, at=timezone.now())

    return Act(house.administrator, made)


def hand_over_copy(house: House) -> Act:
    found = with_copy(house)
    return Act(house.administrator, lambda by: verbs.hand_over_copy(request=found, by=by, at=timezone.now()))


def close_unanswered(house: House) -> Act:
    found = a_request(house)
    return Act(
        house.administrator,
        lambda by: verbs.close_unanswered(request=found, reason="Taken back.", by=by, at=timezone.now()),
    )


ACTS_OF_DATA = {
    "record_data_request": record_data_request,
    "confirm_who_asks": confirm_who_asks,
    "take_more_time": take_more_time,
    "make_copy": make_copy,
    "hand_over_copy": hand_over_copy,
    "close_unanswered": close_unanswered,
}
