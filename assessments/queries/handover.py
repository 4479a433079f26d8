"""What a plan still wants sampled, by whom, and who could take it over."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from assessments.allocating import Hands, allocation_refusals
from assessments.enums import AllocatedAs
from assessments.models import Enrolment, PlanHandover, PlannedCell, SamplingPlan
from assessments.queries.allocation import PARTS, hands_in
from assessments.queries.enrolment import staff_names, verifiers_at
from portfolio.compiled import compiled
from portfolio.models import User


@dataclass(frozen=True)
class Handed:
    """A unit whose sample would go to somebody else, or why it cannot."""

    enrolment_id: int
    candidate: str
    unit: str
    refusals: list[str]


@dataclass(frozen=True)
class HandoverShown:
    """A handover as the plan tells it."""

    giver: str
    taker: str
    reason: str
    moved: int
    stayed: int
    at: datetime.datetime


def to_be_sampled(plan: SamplingPlan) -> QuerySet[Enrolment]:
    """The units of which the plan still wants a sample."""
    cells = PlannedCell.objects.to_do().filter(plan=plan)
    return Enrolment.objects.filter(pk__in=cells.order_by().values("enrolment"))


def givers(plan: SamplingPlan) -> list[tuple[int, str]]:
    """Who has samples of the plan to take, by name, with how many. Two queries."""
    counted = to_be_sampled(plan).order_by().values_list("verifier_id").annotate(units=Count("pk"))
    units = dict(counted.values_list("verifier_id", "units"))
    centre = plan.policy.centre_id
    names = staff_names(set(units), {centre})
    shown = [(pk, names.get((pk, centre), ""), count) for pk, count in units.items()]
    told = [(pk, f"{name}: {count} unit{'' if count == 1 else 's'}") for pk, name, count in shown]
    return sorted(told, key=lambda giver: giver[1])


def takers(plan: SamplingPlan, day: datetime.date) -> list[tuple[int, str]]:
    """Who verifies at the centre, by name. One query."""
    return verifiers_at(plan.policy.centre, day)


def handing_refusals(unit: Enrolment, hands: Hands, by: User) -> list[str]:
    """Why a unit stays where it is: the taker cannot verify it, or whoever hands it over works on it themselves."""
    if by.pk in (unit.candidate_user_id, unit.assessor_id, unit.countersigner_id):
        return [f"You work on {unit.unit.short_code} of {unit.candidate} yourself, so somebody else must hand it over."]
    return allocation_refusals(hands, AllocatedAs.VERIFIER, despite="")


def handed(plan: SamplingPlan, giver_id: int, taker: User, by: User, day: datetime.date) -> list[Handed]:
    """Each unit that would go from the one to the other, and why it cannot. Eight queries."""
    rows = to_be_sampled(plan).filter(verifier=giver_id).select_related("candidate", "unit", "centre", *PARTS)
    units = list(rows.order_by("candidate__legal_name", "pk"))
    hands = hands_in(units, taker, day)
    return [
        Handed(
            unit.pk,
            unit.candidate.name,
            unit.unit.short_code,
            handing_refusals(unit, hands[unit.pk], by),
        )
        for unit in units
    ]


def handovers_of(plan: SamplingPlan) -> list[HandoverShown]:
    """The handovers of a plan so far. Two queries, or one where there was none."""
    rows = _handovers(plan.pk)
    centre = plan.policy.centre_id
    names = (
        staff_names({pk for row in rows for pk in (row.from_verifier_id, row.to_verifier_id)}, {centre}) if rows else {}
    )
    return [
        HandoverShown(
            names.get((row.from_verifier_id, centre), ""),
            names.get((row.to_verifier_id, centre), ""),
            row.reason,
            row.moved,
            row.stayed,
            row.at,
        )
        for row in rows
    ]


@compiled
def _handovers(plan_id: int) -> QuerySet[PlanHandover]:
    return PlanHandover.objects.filter(plan=plan_id)
