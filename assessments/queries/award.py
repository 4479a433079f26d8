"""What a claim can rest on."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery

from assessments.models import ClaimAuthorisation, Enrolment
from portfolio.models import Centre
from units.models import AwardingBody, DirectClaim


@dataclass(frozen=True)
class ClaimingStanding:
    """The direct claim status by which something can be claimed on a day; or in a sentence why there is none."""

    in_force: DirectClaim | None
    why_not: str = ""

    @property
    def direct(self) -> str:
        """The report that it rests on; empty without one."""
        return self.in_force.reference if self.in_force else ""


@dataclass(frozen=True)
class ClaimingAt:
    """Every direct claim status that a centre was ever given by an awarding body, to be asked about a day."""

    awarding_body: AwardingBody
    statuses: list[DirectClaim]
    day: datetime.date

    def of(self, unit_id: int | None) -> ClaimingStanding:
        """How the unit can be claimed; a whole award, where none is named, by a status for all units of the body alone.

        A status for the unit alone goes before one for all units of its body.
        """
        found = [status for status in self.statuses if status.unit_id in (None, unit_id)]
        ordered = sorted(found, key=lambda status: (status.unit_id is None, -status.pk))
        current = [status for status in ordered if status.in_force(self.day)]
        return ClaimingStanding(current[0]) if current else ClaimingStanding(None, self._why_not(ordered, unit_id))

    def _why_not(self, ordered: list[DirectClaim], unit_id: int | None) -> str:
        for status in ordered:
            if status.withdrawn_on and status.withdrawn_on <= self.day:
                return (
                    f"Direct claim status with {self.awarding_body} was withdrawn from "
                    f"{status.withdrawn_on:%-d %B %Y}: {status.withdrawal_reason.rstrip('.')}."
                )
            if status.ends_on and status.ends_on < self.day:
                return f"Direct claim status with {self.awarding_body} ended on {status.ends_on:%-d %B %Y}."
        what = "all units" if unit_id is None else "this unit"
        return f"The centre has no direct claim status with {self.awarding_body} for {what}."


def direct_on(day: datetime.date) -> Subquery:
    """Of an approval: the report on which its direct claim status for all units of the body rests on the day."""
    same = DirectClaim.objects.on(day).filter(centre=OuterRef("centre"), awarding_body=OuterRef("awarding_body"))
    return Subquery(same.filter(unit=None).order_by("-pk").values("reference")[:1])


def direct_for(enrolment: Enrolment, day: datetime.date) -> Subquery:
    """Of one unit: the report on which its direct claim status rests on the day, as `ClaimingAt.of` finds it."""
    same = DirectClaim.objects.on(day).filter(
        Q(unit=None) | Q(unit=enrolment.unit_id),
        centre=enrolment.centre_id,
        awarding_body=enrolment.unit.awarding_body_id,
    )
    return Subquery(same.order_by(F("unit").asc(nulls_last=True), "-pk").values("reference")[:1])


def claiming_at(centre: Centre, awarding_body: AwardingBody, day: datetime.date) -> ClaimingAt:
    """How a centre can claim from an awarding body on a day. One query."""
    found = DirectClaim.objects.filter(centre=centre, awarding_body=awarding_body).select_related("unit")
    return ClaimingAt(awarding_body, list(found), day)


def claiming_standing(enrolment: Enrolment, day: datetime.date) -> ClaimingStanding:
    """How the unit can be claimed on the day. One query."""
    return claiming_at(enrolment.centre, enrolment.unit.awarding_body, day).of(enrolment.unit_id)


def authorised_among(enrolment_ids: Iterable[int]) -> dict[int, str]:
    """The reports in which external verifiers authorised the claims of units, by unit: those that count. One query."""
    rows = ClaimAuthorisation.objects.counting().filter(enrolment__in=list(enrolment_ids)).order_by("authorised_at")
    return dict(rows.values_list("enrolment_id", "reference"))
