"""Whom awarding bodies have sent to look, and what of the centre's work they are let see."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone

from assessments.models import ExternalAccess, Wording
from assessments.models.access import looks_from_outside
from assessments.visiting import Days
from portfolio.models import Centre, ExternalRecord, User
from units.models import AwardingBody, Qualification, Unit


@dataclass(frozen=True)
class AccessLine:
    """An account in a list: whose it is, and how it stands."""

    access: ExternalAccess
    name: str
    days: Days
    remit: str
    running: bool
    over: bool
    left: int

    @property
    def stands(self) -> str:
        """In a word or two."""
        if self.access.ended_at:
            return "Ended early"
        if self.over:
            return "Over"
        return "In force" if self.running else "To come"


def days_of(access: ExternalAccess) -> Days:
    """The days of an account. No query where its role was read with it.

    One that was ended ran to that day, from its first day or the one it was given on: its role keeps neither.
    """
    if access.ended_at:
        begun = max(access.grant.starts_on, timezone.localdate(access.given_at))
        return Days(begun, timezone.localdate(access.ended_at), ended=True)
    ends_on = access.grant.ends_on or access.grant.starts_on  # the database keeps an external verifier's last day
    return Days(access.grant.starts_on, ends_on)


def remit_of(access: ExternalAccess) -> str:
    """The units in words. They are to be prefetched."""
    if access.all_units:
        return f"All units of {access.awarding_body}"
    return ", ".join(sorted(unit.short_code for unit in access.units.all()))


def access_lines(rows: Iterable[ExternalAccess], day: datetime.date) -> list[AccessLine]:
    """The lines of a list, read `with_remit`. No query."""
    return [
        AccessLine(
            access=row,
            name=vars(row)["visitor_name"] or "",
            days=(days := days_of(row)),
            remit=remit_of(row),
            running=days.running(day),
            over=days.over(day),
            left=days.left(day),
        )
        for row in rows
    ]


def with_remit(rows: "QuerySet[ExternalAccess]") -> "QuerySet[ExternalAccess]":
    """Accounts with all that a line tells of them. Two queries."""
    record = ExternalRecord.objects.filter(user=OuterRef("grant__user"), centre=OuterRef("centre")).order_by()
    named = rows.annotate(visitor_name=Subquery(record.values("name")[:1]))
    return named.select_related("grant__user", "centre", "awarding_body").prefetch_related("units")


def accesses_of(centre: Centre, day: datetime.date) -> list[AccessLine]:
    """All accounts of a centre: those in force and to come first, the latest first. Two queries."""
    lines = access_lines(with_remit(ExternalAccess.objects.filter(centre=centre)), day)
    return sorted(lines, key=lambda line: line.over)


def bodies_at(centre: Centre) -> list[AwardingBody]:
    """The awarding bodies that approved the centre: those that send somebody to look."""
    return list(AwardingBody.objects.filter(approvals__centre=centre).order_by("name"))


def qualifications_at(centre: Centre) -> list[Qualification]:
    """The published qualifications of these bodies that the centre may offer. One query."""
    found = Qualification.objects.offered_at(centre).select_related("awarding_body")
    return list(found.order_by("awarding_body__name", "title", "version"))


def units_at(centre: Centre) -> list[Unit]:
    """Units of these bodies that are in use."""
    units = Unit.objects.offered_at(centre)
    return list(units.select_related("awarding_body").order_by("awarding_body__name", "short_code", "version"))


def looking_for(access: ExternalAccess, day: datetime.date) -> frozenset[int]:
    """Ids of those who look at the centre's work for the same awarding body on the day. One query."""
    same = ExternalAccess.objects.on(day).filter(centre=access.centre_id, awarding_body=access.awarding_body_id)
    return frozenset(same.values_list("grant__user", flat=True))


def seen_whole(user: User, day: datetime.date | None = None) -> Exists | Value:
    """Of a sampling plan: whether somebody who looks from outside was given all of the units that it is about."""
    if not looks_from_outside(user, day):
        return Value(False)
    plan = {"centre": OuterRef("policy__centre"), "awarding_body": OuterRef("policy__awarding_body")}
    return Exists(ExternalAccess.objects.in_force(user, day).filter(all_units=True, **plan))


def visitor_name(access: ExternalAccess) -> str:
    """What the centre calls the external verifier of an account. One query."""
    record = ExternalRecord.objects.filter(user=access.grant.user_id, centre=access.centre_id)
    return record.values_list("name", flat=True).get()


def with_words(rows: "QuerySet[ExternalAccess]") -> "QuerySet[ExternalAccess]":
    """Each says whether words of a declaration wait to be approved in it (`words_waiting`)."""
    same = Wording.objects.waiting().filter(centre=OuterRef("centre"), awarding_body=OuterRef("awarding_body"))
    return rows.annotate(words_waiting=Exists(same))
