"""Verbs of findings: a plan widened by what a sample found, or left as it is with the reason."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import person, refuse, require
from assessments.enums import PlannedHow
from assessments.models import PlannedCell, RiskRating, Sample, SamplingPlan, Widening
from assessments.queries.judgement import everybody_in
from assessments.queries.widening import Proposal, Raised, assessor_of, finding, proposal_for
from assessments.verifying import widening_refusals
from portfolio import audit
from portfolio.actions.checks import take_turns
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal

DEALT_WITH = "Somebody has said already what follows from this finding."
MOVED = "The facts have moved on: other units would be added by now, or other risks raised. Look, and press once more."


@transaction.atomic
def widen_plan(*, plan: SamplingPlan, sample: Sample, seen: str, by: User, at: datetime.datetime) -> Widening:
    """Raise the risk of the assessor and of the unit in which something was found, and add what that asks for.

    A finding raises it, and a higher risk asks for more samples (domain rule 39). `seen`: what was shown
    (`Proposal.shown`).
    Raises Refusal where there are others by now, or somebody has dealt with the finding.
    """
    proposal = _proposal(plan, sample, by, at)
    if proposal.shown != seen:
        raise Refusal([MOVED])
    unit = proposal.sample.enrolment
    widening = Widening.objects.create(
        plan=plan,
        sample=sample,
        assessor_rating=_rated(proposal, proposal.assessor, by, at, assessor_id=assessor_of(sample)),
        unit_rating=_rated(proposal, proposal.unit, by, at, unit_id=unit.unit_id),
        added=len(proposal.added),
        by=by,
        at=at,
    )
    PlannedCell.objects.bulk_create(
        PlannedCell(
            plan=plan,
            enrolment_id=each.enrolment_id,
            stage=each.stage,
            reasons=[proposal.why, *each.reasons],
            how=PlannedHow.WIDENED,
            planned_by=by,
            planned_at=at,
            due_on=plan.ends_on,
        )
        for each in proposal.added
    )
    details: dict[str, JSON] = {
        "sample": sample.pk,
        "assessor": proposal.assessor.level if widening.assessor_rating_id else None,
        "unit": proposal.unit.level if widening.unit_rating_id else None,
        "units": [each.enrolment_id for each in proposal.added],
    }
    _told(plan, "widen_plan", by, at, details)
    return widening


@transaction.atomic
def keep_plan(*, plan: SamplingPlan, sample: Sample, reason: str, by: User, at: datetime.datetime) -> Widening:
    """Leave the plan and the risks as they are in spite of a finding, with the reason."""
    reason = require(reason, "Say why nothing follows from the finding.")
    _found(plan, sample, by, at)
    widening = Widening.objects.create(plan=plan, sample=sample, reason=reason, by=by, at=at)
    _told(plan, "keep_plan", by, at, {"sample": sample.pk, "reason": reason})
    return widening


def _found(plan: SamplingPlan, sample: Sample, by: User, at: datetime.datetime) -> Sample:
    """The finding, once the centre is locked and nothing keeps this person from acting on it."""
    centre = take_turns(plan.policy.centre)
    try:
        found = finding(plan, sample.pk)
    except Sample.DoesNotExist:
        raise Refusal([DEALT_WITH]) from None
    refuse(widening_refusals(person(by, centre.pk, at), everybody_in(found.enrolment)))
    return found


def _proposal(plan: SamplingPlan, sample: Sample, by: User, at: datetime.datetime) -> Proposal:
    return proposal_for(plan, _found(plan, sample, by, at), timezone.localdate(at))


def _rated(proposal: Proposal, raised: Raised, by: User, at: datetime.datetime, **subject: int) -> RiskRating | None:
    """The rating one step up, with the finding for its reason, to be looked at again when the plan ends."""
    if not raised.is_raised:
        return None
    day, ends_on = timezone.localdate(at), proposal.plan.ends_on
    return RiskRating.objects.create(
        centre=proposal.plan.policy.centre,
        about=raised.rated.about,
        level=raised.level,
        comment=proposal.why,
        review_on=ends_on if ends_on > day else None,
        rated_by=by,
        rated_at=at,
        **subject,
    )


def _told(plan: SamplingPlan, verb: str, by: User, at: datetime.datetime, details: dict[str, JSON]) -> None:
    audit.record(verb=verb, by=by, at=at, subject=plan, centre=plan.policy.centre, details=details)
