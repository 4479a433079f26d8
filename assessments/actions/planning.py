"""Verbs of an assessment plan: written, proposed, agreed by both, and changed by its next version."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.claims import Target
from assessments.actions.journey import lock, person, refuse, require
from assessments.enums import EvidenceKind, PlanStatus, PlanVerb, Setting
from assessments.models import (
    AssessmentPlan,
    Enrolment,
    PlannedActivity,
    PlannedCriterion,
    PlanUnit,
)
from assessments.queries.enrolment import people_of, staff_name
from assessments.queries.evidence import forbidden_setting
from assessments.queries.planning import (
    activities_in,
    plan_facts,
    signed_facts,
    units_in,
)
from assessments.rules import is_assessor_of
from assessments.workflow import PLAN_STEPS, plan_refusals
from portfolio import audit, signing
from portfolio.actions.checks import refuse_invalid
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Signature, User
from portfolio.refusal import Refusal

SCHEME = 1
"""How `signed_facts` writes the facts down."""
PLAN_AGREED = "plan-agreed"


@dataclass(frozen=True)
class PlanWords:
    """What a plan is for, and what is agreed for all of it."""

    title: str
    needs: str = ""
    expert_witnesses: str = ""
    review_on: datetime.date | None = None


@dataclass(frozen=True)
class ActivityWords:
    """What will be done, how it is shown, where and when."""

    what: str
    kind: str
    due_on: datetime.date
    place: str = ""
    resources: str = ""


# --- writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_plan(
    *, candidate: CandidateRecord, units: Sequence[Enrolment], words: PlanWords, by: User, at: datetime.datetime
) -> AssessmentPlan:
    """Begin a plan for units of a candidate, as a draft that only staff see. Raises Refusal for units of others."""
    enrolments = lock(unit.pk for unit in units)
    refuse_units(candidate, enrolments.values(), by, at)
    plan = AssessmentPlan(
        centre=candidate.centre,
        candidate=candidate,
        assessor=by,
        assessor_name=staff_name(by, candidate.centre_id),
        made_at=at,
        **asdict(words),
    )
    refuse_invalid(plan)
    plan.save()
    PlanUnit.objects.bulk_create(PlanUnit(plan=plan, enrolment_id=pk) for pk in sorted(enrolments))
    return told("start_plan", plan, by, at, units=sorted(enrolments))


@transaction.atomic
def edit_plan(
    *, plan: AssessmentPlan, units: Sequence[Enrolment], words: PlanWords, by: User, at: datetime.datetime
) -> AssessmentPlan:
    """Change what a draft is for. Raises Refusal when an activity shows criteria of a unit that is left out."""
    plan = ready(plan, PlanVerb.EDIT, by, at, more=[unit.pk for unit in units])
    wanted = {unit.pk for unit in units}
    refuse_units(plan.candidate, lock(wanted).values(), by, at)
    used = {row.enrolment_id for each in activities_in(plan) for row in each.criteria.all()}
    if used - wanted:
        raise Refusal(["An activity shows criteria of a unit you leave out: change that first."])
    for name, value in asdict(words).items():
        setattr(plan, name, value)
    refuse_invalid(plan)
    plan.save(update_fields=list(asdict(words)))
    PlanUnit.objects.filter(plan=plan, removed_at=None).exclude(enrolment__in=wanted).update(removed_at=at)
    PlanUnit.objects.filter(plan=plan, enrolment__in=wanted).update(removed_at=None)
    there = set(PlanUnit.objects.filter(plan=plan).values_list("enrolment_id", flat=True))
    PlanUnit.objects.bulk_create(PlanUnit(plan=plan, enrolment_id=pk) for pk in sorted(wanted - there))
    return told(PlanVerb.EDIT, plan, by, at, units=sorted(wanted))


@transaction.atomic
def write_activity(
    *,
    plan: AssessmentPlan,
    activity: PlannedActivity | None,
    words: ActivityWords,
    targets: Sequence[Target],
    by: User,
    at: datetime.datetime,
) -> PlannedActivity:
    """Write an activity into a draft, or change one (None adds one), with the criteria it is to show as a whole."""
    plan = ready(plan, PlanVerb.EDIT, by, at)
    units = {unit.pk: unit for unit in units_in(plan)}
    if sentences := activity_refusals(units, words, targets):
        raise Refusal(sentences)
    if activity is None:
        activity = PlannedActivity(plan=plan, position=plan.activities.count() + 1)
    elif not plan.activities.filter(pk=activity.pk, removed_at=None).exists():
        raise Refusal(["This activity was taken out of the plan: look at it again."])
    for name, value in asdict(words).items():
        setattr(activity, name, value)
    refuse_invalid(activity)
    activity.save()
    wanted = {(target.enrolment_id, target.criterion_id) for target in targets}
    there = {(row.enrolment_id, row.criterion_id): row.pk for row in activity.criteria.filter(removed_at=None)}
    gone = [pk for key, pk in there.items() if key not in wanted]
    PlannedCriterion.objects.filter(pk__in=gone).update(removed_at=at)
    PlannedCriterion.objects.bulk_create(
        PlannedCriterion(activity=activity, enrolment_id=enrolment, criterion_id=criterion)
        for enrolment, criterion in sorted(wanted - set(there))
    )
    details: dict[str, JSON] = {"activity": activity.pk, "what": words.what, "criteria": len(wanted)}
    told("write_activity", plan, by, at, **details)
    return activity


@transaction.atomic
def remove_activity(*, activity: PlannedActivity, by: User, at: datetime.datetime) -> PlannedActivity:
    """Take an activity out of a draft."""
    plan = ready(activity.plan, PlanVerb.EDIT, by, at)
    if PlannedActivity.objects.filter(pk=activity.pk, removed_at=None).update(removed_at=at) != 1:
        raise Refusal(["This activity was taken out already."])
    told("remove_activity", plan, by, at, activity=activity.pk)
    return activity


# --- agreeing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose_plan(*, plan: AssessmentPlan, by: User, at: datetime.datetime) -> AssessmentPlan:
    """The assessor signs the plan and lays it before the candidate; from here on it is not edited."""
    plan = ready(plan, PlanVerb.PROPOSE, by, at)
    signature = sign(plan, PLAN_AGREED, {"facts": signed_facts(plan)}, by, at)
    move(plan, PlanVerb.PROPOSE, PlanStatus.PROPOSED, proposed_at=at, assessor_signature=signature, returned_reason="")
    telling.of_plan(plan, "It is proposed: read it, and agree to it or say what is to be changed.", by, at)
    return told(PlanVerb.PROPOSE, plan, by, at)


@transaction.atomic
def return_plan(*, plan: AssessmentPlan, reason: str, by: User, at: datetime.datetime) -> AssessmentPlan:
    """The candidate asks for changes, or the assessor takes the proposal back; its signature is voided by a row."""
    reason = require(reason, "Say what is to be changed.")
    plan = ready(plan, PlanVerb.RETURN, by, at)
    if plan.assessor_signature:
        signing.void(signature=plan.assessor_signature, by=by, reason=f"To be changed: {reason}", at=at)
    move(plan, PlanVerb.RETURN, PlanStatus.DRAFT, assessor_signature=None, returned_reason=reason)
    telling.of_plan(plan, "It is to be changed before it is agreed.", by, at)
    return told(PlanVerb.RETURN, plan, by, at, reason=reason)


@transaction.atomic
def agree_plan(*, plan: AssessmentPlan, by: User, at: datetime.datetime) -> AssessmentPlan:
    """The candidate signs the plan as it was proposed to them; the version before it is replaced."""
    plan = ready(plan, PlanVerb.AGREE, by, at)
    signature = sign(plan, PLAN_AGREED, {"facts": signed_facts(plan)}, by, at)
    move(plan, PlanVerb.AGREE, PlanStatus.AGREED, agreed_at=at, candidate_signature=signature)
    before = AssessmentPlan.objects.filter(following=plan, status=PlanStatus.AGREED)
    replaced = before.update(status=PlanStatus.REPLACED, ended_at=at)
    telling.of_plan(plan, "It is agreed by both.", by, at)
    return told(PlanVerb.AGREE, plan, by, at, replaced=plan.previous_id if replaced else None)


@transaction.atomic
def revise_plan(*, plan: AssessmentPlan, by: User, at: datetime.datetime) -> AssessmentPlan:
    """Begin the next version of an agreed plan, with all that is in it. The agreed one stands until that is agreed."""
    plan = ready(plan, PlanVerb.REVISE, by, at)
    words = {name: getattr(plan, name) for name in asdict(PlanWords(title=""))}
    following = AssessmentPlan.objects.create(
        centre=plan.centre,
        candidate=plan.candidate,
        assessor=by,
        assessor_name=staff_name(by, plan.centre_id),
        number=plan.number + 1,
        previous=plan,
        made_at=at,
        **words,
    )
    units = units_in(plan)
    PlanUnit.objects.bulk_create(PlanUnit(plan=following, enrolment=unit) for unit in units)
    for activity in activities_in(plan):
        carried = PlannedActivity.objects.create(
            plan=following,
            root_id=activity.root_key,
            position=activity.position,
            **{name: getattr(activity, name) for name in asdict(ActivityWords("", "", at.date()))},
        )
        PlannedCriterion.objects.bulk_create(
            PlannedCriterion(activity=carried, enrolment_id=row.enrolment_id, criterion_id=row.criterion_id)
            for row in activity.criteria.all()
        )
    return told(PlanVerb.REVISE, following, by, at, before=plan.pk)


@transaction.atomic
def close_plan(*, plan: AssessmentPlan, reason: str, by: User, at: datetime.datetime) -> AssessmentPlan:
    """Nothing more is done under this plan, with the reason. What came of it stays."""
    reason = require(reason, "Say why the plan is closed.")
    plan = ready(plan, PlanVerb.CLOSE, by, at)
    move(plan, PlanVerb.CLOSE, PlanStatus.CLOSED, ended_at=at, end_reason=reason)
    telling.of_plan(plan, "It is closed.", by, at)
    return told(PlanVerb.CLOSE, plan, by, at, reason=reason)


# --- what they have in common ----------------------------------------------------------------------------------------


def refuse_units(candidate: CandidateRecord, units: Iterable[Enrolment], by: User, at: datetime.datetime) -> None:
    """Raise Refusal unless these are units of the candidate that the person assesses today."""
    rows, assessor = list(units), person(by, candidate.centre_id, at)
    if not rows or any(
        unit.candidate_id != candidate.pk or not is_assessor_of(assessor, people_of(unit)) for unit in rows
    ):
        raise Refusal(["A plan is for units of one candidate that you assess: choose one at least."])


def activity_refusals(units: dict[int, Enrolment], words: ActivityWords, targets: Sequence[Target]) -> list[str]:
    """Why an activity cannot be planned so: criteria of other units, or a setting that a unit does not take."""
    sentences = []
    for enrolment_id in dict.fromkeys(target.enrolment_id for target in targets):
        unit = units.get(enrolment_id)
        criteria = {target.criterion_id for target in targets if target.enrolment_id == enrolment_id}
        if unit is None or unit.unit.criteria.filter(pk__in=criteria).count() != len(criteria):
            sentences.append("An activity shows criteria of the units that the plan is for.")
        elif words.kind == EvidenceKind.SIMULATION and (forbidden := forbidden_setting(unit.unit, Setting.SIMULATED)):
            sentences.append(forbidden)
    return list(dict.fromkeys(sentences))


def locked(plan: AssessmentPlan, more: Iterable[int] = ()) -> AssessmentPlan:
    """The plan as it is now, once its units are locked."""
    lock({*PlanUnit.objects.filter(plan=plan.pk).values_list("enrolment_id", flat=True), *more})
    rows: QuerySet[AssessmentPlan] = AssessmentPlan.objects.select_for_update(of=("self",))
    return rows.select_related("candidate__centre", "centre", "assessor_signature").get(pk=plan.pk)


def ready(
    plan: AssessmentPlan, verb: PlanVerb, by: User, at: datetime.datetime, more: Iterable[int] = ()
) -> AssessmentPlan:
    """The plan locked, once nothing refuses the verb."""
    plan = locked(plan, more)
    refuse(plan_refusals(verb, person(by, plan.centre_id, at), plan_facts(plan, timezone.localdate(at))))
    return plan


def move(plan: AssessmentPlan, verb: PlanVerb, to: PlanStatus, **columns: object) -> None:
    """Move the plan if it still stands where this verb may start. Raises Refusal when somebody was quicker."""
    step = PLAN_STEPS[verb]
    moved = AssessmentPlan.objects.filter(pk=plan.pk, status=plan.status, status__in=step.sources)
    if to not in step.targets or moved.update(status=to, **columns) != 1:
        raise Refusal([f"Somebody else was quicker: the plan has moved on. Look at it again before you {step.phrase}."])
    plan.refresh_from_db()


def sign(plan: AssessmentPlan, statement: str, facts: dict[str, JSON], by: User, at: datetime.datetime) -> Signature:
    """Put the person's name to the statement: as the plan's candidate, or as its assessor."""
    own = by.pk == plan.candidate.user_id
    return signing.sign(
        by=by,
        role=Role.CANDIDATE if own else Role.ASSESSOR,
        name=plan.candidate.legal_name if own else staff_name(by, plan.centre_id),
        centre=plan.centre,
        statement=signing.current_statement(statement),
        scheme=SCHEME,
        digest=signing.digest_of({"scheme": SCHEME, "statement": statement, **facts}),
        at=at,
    )


def told(verb: str, plan: AssessmentPlan, by: User, at: datetime.datetime, **details: JSON) -> AssessmentPlan:
    audit.record(verb=verb, by=by, at=at, subject=plan, centre=plan.centre, details=details)
    return plan
