"""What a claim can rest on."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from assessments.models import ClaimAuthorisation, Enrolment
from portfolio.models import Centre
from units.models import AwardingBody, DirectClaim, QualificationUnit


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
    listed: frozenset[tuple[int, int]] = frozenset()
    """(qualification, unit), of the qualifications that have a status."""

    def of(self, unit_id: int) -> ClaimingStanding:
        """How the unit can be claimed: a status for it alone goes before one for a qualification that lists it, and
        that before one for all units of its body."""
        return self._first(
            [
                status
                for status in self.statuses
                if status.unit_id == unit_id
                or (status.qualification_id, unit_id) in self.listed
                or status.unit_id is status.qualification_id is None
            ],
            "this unit",
        )

    def of_award(self, qualification_id: int) -> ClaimingStanding:
        """How a whole award can be claimed: by a status for its qualification, else for all units of the body."""
        found = [one for one in self.statuses if one.unit_id is None]
        return self._first([one for one in found if one.qualification_id in (None, qualification_id)], "this award")

    def _first(self, found: list[DirectClaim], what: str) -> ClaimingStanding:
        ordered = sorted(found, key=lambda one: (one.unit_id is None, one.qualification_id is None, -one.pk))
        current = [status for status in ordered if status.in_force(self.day)]
        return ClaimingStanding(current[0]) if current else ClaimingStanding(None, self._why_not(ordered, what))

    def _why_not(self, ordered: list[DirectClaim], what: str) -> str:
        for status in ordered:
            if status.withdrawn_on and status.withdrawn_on <= self.day:
                return (
                    f"Direct claim status with {self.awarding_body} was withdrawn from "
                    f"{status.withdrawn_on:%-d %B %Y}: {status.withdrawal_reason.rstrip('.')}."
                )
            if status.ends_on and status.ends_on < self.day:
                return f"Direct claim status with {self.awarding_body} ended on {status.ends_on:%-d %B %Y}."
        return f"The centre has no direct claim status with {self.awarding_body} for {what}."


def direct_on(day: datetime.date) -> Subquery:
    """Of an approval: the report on which its direct claim status for all units of the body rests on the day."""
    same = DirectClaim.objects.on(day).filter(centre=OuterRef("centre"), awarding_body=OuterRef("awarding_body"))
    return Subquery(same.filter(unit=None, qualification=None).order_by("-pk").values("reference")[:1])


def direct_for(enrolment: Enrolment, day: datetime.date) -> Subquery:
    """Of one unit: the report on which its direct claim status rests on the day, as `ClaimingAt.of` finds it."""
    same = DirectClaim.objects.on(day).filter(
        Q(unit=None, qualification=None)
        | Q(unit=enrolment.unit_id)
        | Q(qualification__in=QualificationUnit.objects.filter(unit=enrolment.unit_id).values("qualification")),
        centre=enrolment.centre_id,
        awarding_body=enrolment.unit.awarding_body_id,
    )
    alone_first = (IsNull(F("unit"), True), IsNull(F("qualification"), True), "-pk")
    return Subquery(same.order_by(*alone_first).values("reference")[:1])


def claiming_at(centre: Centre, awarding_body: AwardingBody, day: datetime.date) -> ClaimingAt:
    """How a centre can claim from an awarding body on a day. One query; one more where a qualification has a status."""
    statuses = list(DirectClaim.objects.filter(centre=centre, awarding_body=awarding_body).select_related("unit"))
    given = {status.qualification_id for status in statuses} - {None}
    pairs = QualificationUnit.objects.filter(qualification__in=given).order_by().values_list("qualification", "unit")
    return ClaimingAt(awarding_body, statuses, day, frozenset(pairs) if given else frozenset())


def claiming_standing(enrolment: Enrolment, day: datetime.date) -> ClaimingStanding:
    """How the unit can be claimed on the day. As many queries as `claiming_at`."""
    return claiming_at(enrolment.centre, enrolment.unit.awarding_body, day).of(enrolment.unit_id)


def authorised_among(enrolment_ids: Iterable[int]) -> dict[int, str]:
    """The reports in which external verifiers authorised the claims of units, by unit: those that count. One query."""
    rows = ClaimAuthorisation.objects.counting().filter(enrolment__in=list(enrolment_ids)).order_by("authorised_at")
    return dict(rows.values_list("enrolment_id", "reference"))
