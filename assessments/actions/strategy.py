"""Verbs of the strategy: how a centre samples, how risky its parts are, and the plans drawn from both."""

import datetime
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import lock_one, person, refuse, require
from assessments.enums import EvidenceKind, PlannedHow, RatedAs, RiskLevel, SampleStage, UnitStatus
from assessments.models import Enrolment, LeftOut, PlannedCell, RiskRating, SamplingPlan, SamplingPolicy
from assessments.queries.enrolment import is_qualified_assessor
from assessments.queries.judgement import everybody_in
from assessments.queries.strategy import facts_of, latest_policy, policy_of
from assessments.sampling import draw, facts_written
from assessments.verifying import cell_refusals, rating_refusals, strategy_refusals
from portfolio import audit, canonical
from portfolio.actions.checks import refuse_invalid, take_turns
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units.models import AwardingBody, Unit


@dataclass(frozen=True)
class Rules:
    """The rules of a strategy as they are typed: see `SamplingPolicy`, whose columns these are."""

    high_rate: int = 100
    medium_rate: int = 50
    low_rate: int = 20
    candidates: int = 100
    interim: int = 30
    kinds: Sequence[str] = ()
    every_candidate: bool = True
    every_assessor: bool = True
    every_unit: bool = True
    every_site: bool = True
    all_simulation: bool = True
    remarks: str = ""


@transaction.atomic
def set_policy(
    *, centre: Centre, awarding_body: AwardingBody, rules: Rules, seen: int, by: User, at: datetime.datetime
) -> SamplingPolicy:
    """Add the next version of the centre's strategy for a body's units; it is in force at once.

    `seen`: the version that was looked at while this one was written, 0 for none. Raises Refusal where somebody changed
    it meanwhile.
    """
    centre = take_turns(centre)
    refuse(strategy_refusals(person(by, centre.pk, at)))
    latest = latest_policy(centre, awarding_body)
    number = latest.number if latest else 0
    if number != seen:
        raise Refusal([f"Somebody has changed the strategy meanwhile: version {number} is in force. Look at it first."])
    unknown = set(rules.kinds) - set(EvidenceKind.values)
    if unknown:
        raise Refusal(["Choose kinds of evidence from the list."])
    columns: dict[str, Any] = {**vars(rules), "kinds": sorted(rules.kinds), "remarks": rules.remarks.strip()}
    policy = SamplingPolicy(
        centre=centre, awarding_body=awarding_body, number=number + 1, made_by=by, made_at=at, **columns
    )
    refuse_invalid(policy)
    policy.save()
    details: dict[str, JSON] = {"version": policy.number, **columns}
    audit.record(verb="set_policy", by=by, at=at, subject=policy, centre=centre, details=details)
    return policy


@transaction.atomic
def agree_policy(
    *, policy: SamplingPolicy, agreed_with: str, agreed_on: datetime.date, by: User, at: datetime.datetime
) -> SamplingPolicy:
    """Write down with which external verifier a version of the strategy was agreed, and when (domain rule 38)."""
    name = require(agreed_with, "Say with whom the strategy was agreed.")
    centre = take_turns(policy.centre)
    refuse(strategy_refusals(person(by, centre.pk, at)))
    if agreed_on > timezone.localdate(at):
        raise Refusal(["The day on which it was agreed cannot lie in the future."])
    said = {"agreed_with": name, "agreed_on": agreed_on, "agreement_recorded_by": by, "agreement_recorded_at": at}
    if SamplingPolicy.objects.filter(pk=policy.pk, agreed_on=None).update(**said) != 1:
        raise Refusal(["It is on record already with whom this version was agreed."])
    policy.refresh_from_db()
    details: dict[str, JSON] = {"version": policy.number, "with": name, "on": agreed_on}
    audit.record(verb="agree_policy", by=by, at=at, subject=policy, centre=centre, details=details)
    return policy


@transaction.atomic
def rate_risk(
    *,
    centre: Centre,
    about: RatedAs,
    level: RiskLevel,
    comment: str,
    review_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
    assessor: User | None = None,
    unit: Unit | None = None,
    kind: str = "",
) -> RiskRating:
    """Say how risky an assessor, a unit or a kind of evidence is from now on, and why."""
    comment = require(comment, "Say why.")
    centre = take_turns(centre)
    day = timezone.localdate(at)
    qualified = assessor is None or is_qualified_assessor(assessor, centre.pk, day)
    rater = person(by, centre.pk, at)
    refuse(rating_refusals(rater, assessor.pk if assessor else None, qualified=qualified, level=level))
    if review_on is not None and review_on <= day:
        raise Refusal(["The day on which it is looked at again lies after today."])
    rating = RiskRating(
        centre=centre,
        about=about,
        assessor=assessor,
        unit=unit,
        kind=kind,
        level=level,
        comment=comment,
        review_on=review_on,
        rated_by=by,
        rated_at=at,
    )
    refuse_invalid(rating)
    rating.save()
    details = {"about": about, "assessor": assessor.pk if assessor else None, "unit": unit.pk if unit else None}
    audit.record(
        verb="rate_risk",
        by=by,
        at=at,
        subject=rating,
        centre=centre,
        details={**details, "kind": kind, "level": level, "comment": comment},
    )
    return rating


@transaction.atomic
def draw_plan(
    *,
    policy: SamplingPolicy,
    starts_on: datetime.date,
    ends_on: datetime.date,
    by: User,
    at: datetime.datetime,
    seed: str = "",
) -> SamplingPlan:
    """Draw a plan for a period and keep it as a proposal, with all it was drawn from. It changes nothing yet.

    Without a `seed` one is made up, and kept like any other: whoever draws again from it gets the same plan.
    """
    centre = take_turns(policy.centre)
    refuse(strategy_refusals(person(by, centre.pk, at)))
    body = policy.awarding_body
    if latest_policy(centre, body) != policy:
        raise Refusal(["There is a newer version of the strategy: draw the plan by that one."])
    if ends_on < starts_on:
        raise Refusal(["The last day of a plan cannot lie before its first."])
    facts = facts_of(centre, body, starts_on, ends_on, timezone.localdate(at))
    if not facts.cells:
        raise Refusal([f"Nobody works on a unit of {body} in this period, so there is nothing to sample."])
    seed = seed.strip() or secrets.token_hex(8)
    drawn = draw(facts.cells, policy_of(policy), facts.ratings, seed)
    written = canonical.plain(facts_written(facts.cells, facts.ratings))
    plan = SamplingPlan(
        policy=policy,
        starts_on=starts_on,
        ends_on=ends_on,
        seed=seed,
        algorithm=drawn.algorithm,
        facts=written,
        facts_digest=canonical.digest(written),
        impossible=list(drawn.impossible),
        counted=sum(1 for cell in facts.cells if cell.done),
        effort=drawn.effort,
        bound=drawn.bound,
        drawn_by=by,
        drawn_at=at,
    )
    refuse_invalid(plan)
    plan.save()
    PlannedCell.objects.bulk_create(
        _cell(plan, facts.enrolments[chosen.key], chosen.stage, list(chosen.reasons), by, at) for chosen in drawn.chosen
    )
    LeftOut.objects.bulk_create(
        LeftOut(plan=plan, enrolment_id=facts.enrolments[key], reasons=list(reasons))
        for key, reasons in drawn.left_out.items()
    )
    details: dict[str, JSON] = {
        "facts": plan.facts_digest,
        "seed": seed,
        "algorithm": drawn.algorithm,
        "units": drawn.effort,
    }
    audit.record(verb="draw_plan", by=by, at=at, subject=plan, centre=centre, details=details)
    return plan


@transaction.atomic
def adopt_plan(*, plan: SamplingPlan, by: User, at: datetime.datetime) -> SamplingPlan:
    """Make a proposal the plan: what it chose is to be sampled from now on.

    A unit that was withdrawn since it was drawn is left out; one that was signed off since is sampled as a whole.
    Raises Refusal where the proposal was adopted or discarded already.
    """
    centre = take_turns(plan.policy.centre)
    refuse(strategy_refusals(person(by, centre.pk, at)))
    if _change_proposal(plan, adopted_by=by, adopted_at=at) != 1:
        raise Refusal(["This plan is no proposal any more."])
    gone, late = _overtaken(plan)
    _take_out(gone, "Withdrawn since the plan was drawn.", by, at)
    _take_out(late, "Signed off since the plan was drawn, so it is sampled as a whole.", by, at)
    PlannedCell.objects.bulk_create(
        _cell(plan, cell.enrolment_id, SampleStage.SUMMATIVE, cell.reasons, by, at) for cell in late
    )
    plan.refresh_from_db()
    details: dict[str, JSON] = {"withdrawn since": len(gone), "signed off since": len(late)}
    audit.record(verb="adopt_plan", by=by, at=at, subject=plan, centre=centre, details=details)
    return plan


@transaction.atomic
def discard_plan(*, plan: SamplingPlan, by: User, at: datetime.datetime) -> SamplingPlan:
    """Put a proposal aside. It stays on record: how often somebody drew before they were content is no secret."""
    centre = take_turns(plan.policy.centre)
    refuse(strategy_refusals(person(by, centre.pk, at)))
    if _change_proposal(plan, discarded_at=at) != 1:
        raise Refusal(["This plan is no proposal any more."])
    plan.refresh_from_db()
    audit.record(verb="discard_plan", by=by, at=at, subject=plan, centre=centre, details={})
    return plan


@transaction.atomic
def add_cell(
    *,
    plan: SamplingPlan,
    enrolment: Enrolment,
    stage: SampleStage,
    reason: str,
    by: User,
    at: datetime.datetime,
    due_on: datetime.date | None = None,
) -> PlannedCell:
    """Add a unit to an adopted plan, with the reason (domain rule 42)."""
    reason = require(reason, "Say why this unit is to be sampled as well.")
    enrolment = lock_one(enrolment)
    refuse(cell_refusals(person(by, enrolment.centre_id, at), everybody_in(enrolment)))
    policy = plan.policy
    if plan.adopted_at is None:
        raise Refusal(["This plan is a proposal: adopt it before you add to it."])
    if policy.centre_id != enrolment.centre_id or policy.awarding_body_id != enrolment.unit.awarding_body_id:
        raise Refusal(["The plan is for the units of another centre or awarding body."])
    if stage == SampleStage.INTERIM and enrolment.signed_off_at is not None:
        raise Refusal(["The unit is signed off: it can only be sampled as a whole now, not in the meantime."])
    cell = PlannedCell(
        plan=plan,
        enrolment=enrolment,
        stage=stage,
        reasons=[reason],
        how=PlannedHow.ADDED,
        planned_by=by,
        planned_at=at,
        due_on=due_on or plan.ends_on,
    )
    refuse_invalid(cell)
    cell.save()
    _told(enrolment, "add_cell", by, at, {"cell": cell.pk, "stage": stage, "reason": reason})
    return cell


@transaction.atomic
def remove_cell(*, cell: PlannedCell, reason: str, by: User, at: datetime.datetime) -> PlannedCell:
    """Take a unit out of a plan before it is sampled, with the reason on record (domain rule 42)."""
    reason = require(reason, "Say why this unit is taken out of the plan.")
    enrolment = lock_one(cell.enrolment)
    refuse(cell_refusals(person(by, enrolment.centre_id, at), everybody_in(enrolment)))
    if cell.samples.filter(dropped_at=None).exists():
        raise Refusal(["A sample of this unit has begun or was taken: it stays in the plan."])
    if _take_out([cell], reason, by, at) != 1:
        raise Refusal(["This unit was taken out of the plan already."])
    cell.refresh_from_db()
    _told(enrolment, "remove_cell", by, at, {"cell": cell.pk, "reason": reason})
    return cell


def _cell(
    plan: SamplingPlan, enrolment_id: int, stage: SampleStage, reasons: list[str], by: User, at: datetime.datetime
) -> PlannedCell:
    """A cell as a draw makes it, due at the end of the plan's period."""
    return PlannedCell(
        plan=plan,
        enrolment_id=enrolment_id,
        stage=stage,
        reasons=reasons,
        how=PlannedHow.DRAWN,
        planned_by=by,
        planned_at=at,
        due_on=plan.ends_on,
    )


def _overtaken(plan: SamplingPlan) -> tuple[list[PlannedCell], list[PlannedCell]]:
    """Cells of a proposal whose unit was withdrawn since, and interim ones whose unit was signed off since."""
    cells = PlannedCell.objects.filter(plan=plan)
    gone = list(cells.filter(enrolment__status=UnitStatus.WITHDRAWN))
    late = cells.filter(stage=SampleStage.INTERIM, enrolment__signed_off_at__isnull=False)
    return gone, list(late.exclude(enrolment__status=UnitStatus.WITHDRAWN))


def _take_out(cells: list[PlannedCell], reason: str, by: User, at: datetime.datetime) -> int:
    said = {"removed_by": by, "removed_at": at, "removal_reason": reason}
    return PlannedCell.objects.filter(pk__in=[cell.pk for cell in cells], removed_at=None).update(**said)


def _change_proposal(plan: SamplingPlan, **columns: Any) -> int:
    proposals = SamplingPlan.objects.filter(pk=plan.pk, adopted_at=None, discarded_at=None)
    return proposals.update(**columns)


def _told(enrolment: Enrolment, verb: str, by: User, at: datetime.datetime, details: Mapping[str, Any]) -> None:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details=details)
