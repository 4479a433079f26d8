"""Approving that something is simulated, before it is."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import lock_one, person, refuse, require
from assessments.enums import UnitStatus
from assessments.models import Enrolment, SimulatedCriterion, SimulationApproval
from assessments.queries.judgement import everybody_in
from assessments.rules import Person
from assessments.verifying import Simulating, simulating_refusals
from assessments.workflow import Reason
from portfolio import audit
from portfolio.models import User
from portfolio.refusal import Refusal


@transaction.atomic
def approve_simulation(
    *,
    enrolment: Enrolment,
    what: str,
    reason: str,
    criteria: Iterable[int],
    planned_on: datetime.date,
    by: User,
    at: datetime.datetime,
) -> SimulationApproval:
    """The unit's verifier agrees to a simulation, before the day it is planned for.

    Source: where simulation is allowed it is planned, agreed by the internal verifier beforehand, and all of it is
    sampled (domain rule 17). Raises Refusal where the unit allows none.
    """
    what = require(what, "Say what is simulated.")
    reason = require(reason, "Say why real work cannot show it.")
    enrolment = lock_one(enrolment)
    refuse(cannot_approve(enrolment, person(by, enrolment.centre_id, at)))
    wanted, today = set(criteria), timezone.localdate(at)
    if not wanted or enrolment.unit.criteria.filter(pk__in=wanted).count() != len(wanted):
        raise Refusal(["Tick the criteria that the simulation is to show."])
    if planned_on <= today:
        raise Refusal(["A simulation is approved before its day: choose a day after today."])
    approval = SimulationApproval.objects.create(
        enrolment=enrolment,
        what=what,
        reason=reason,
        planned_on=planned_on,
        approved_by=by,
        approved_at=at,
        approved_on=today,
    )
    SimulatedCriterion.objects.bulk_create(
        SimulatedCriterion(approval=approval, criterion_id=pk) for pk in sorted(wanted)
    )
    audit.record(
        verb="approve_simulation",
        by=by,
        at=at,
        subject=enrolment,
        centre=enrolment.centre,
        details={"approval": approval.pk, "criteria": sorted(wanted), "planned_on": planned_on.isoformat()},
    )
    return approval


def cannot_approve(enrolment: Enrolment, verifier: Person) -> list[Reason]:
    """Why this person cannot approve a simulation in the unit as it stands now; empty when they can."""
    unit = Simulating(enrolment.unit.short_code, enrolment.unit.simulation_allowed)
    return simulating_refusals(verifier, everybody_in(enrolment), UnitStatus(enrolment.status), unit)
