"""What verifiers agreed to be simulated."""

import datetime
from collections.abc import Iterable

from assessments.models import SimulatedCriterion, SimulationApproval


def criteria_approved(enrolment_ids: Iterable[int], activity_on: datetime.date) -> set[tuple[int, int]]:
    """Criteria of these units, as (unit, criterion), with a simulation approved before that day. One query."""
    rows = SimulatedCriterion.objects.filter(
        approval__enrolment__in=list(enrolment_ids), approval__approved_on__lt=activity_on
    )
    return set(rows.order_by().values_list("approval__enrolment_id", "criterion_id"))


def simulations_of(enrolment_id: int) -> list[SimulationApproval]:
    """What was approved in a unit, each with its criteria. Two queries."""
    return list(SimulationApproval.objects.filter(enrolment=enrolment_id).prefetch_related("criteria__criterion"))
