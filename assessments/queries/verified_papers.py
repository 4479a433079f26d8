"""What the documents of internal verification rest on: samples, plans, strategies, exercises, meetings.

A document of a unit is for those who oversee the unit, never for its candidate or assessor: what was remarked is said
to them on their own pages. One of the centre's sampling is for those who may open the page it is of.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from assessments.models import (
    Action,
    ActionTurn,
    AgreedOutcome,
    Alarm,
    AskedOf,
    AskedTurn,
    Attendance,
    CentreAction,
    CentreActionTurn,
    Decision,
    Enrolment,
    EnrolmentQuerySet,
    Exercise,
    Meeting,
    Sample,
    SampleAnswer,
    SampleCheck,
    SampledCriterion,
    SampledReading,
    SamplingPlan,
    SamplingPolicy,
)
from assessments.queries.activities import source_of
from assessments.queries.alike import decided_by
from assessments.queries.conversation import RULES
from assessments.queries.enrolment import staff_names
from assessments.queries.handover import HandoverShown, handovers_of
from assessments.queries.planned import PlanLine, cell_line, cells_of, left_out_line, left_out_of, rules_in_words
from assessments.queries.standardisation import ExercisePage, exercise_page
from assessments.queries.strategy import Rated, risks_of
from assessments.queries.widening import Widened, widened_in
from portfolio.models import User, centres_of
from portfolio.rules import IN_CHARGE, VERIFYING
from units.models import Criterion


def overseen_by(user: User) -> EnrolmentQuerySet:
    """The units whose verification a person may account for: those they verify, all of a centre they lead or run."""
    all_of = centres_of(user, *IN_CHARGE)
    verified = Q(verifier=user, centre__in=centres_of(user, *VERIFYING))
    seen = Enrolment.objects.visible_to(user).filter(Q(centre__in=all_of) | verified)
    return seen.exclude(candidate_user=user)


# --- actions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TurnTold:
    """What happened to an action: what, by whom, when, in which words; the new day where one was given."""

    what: str
    by: str
    at: datetime.datetime
    words: str
    due_on: datetime.date | None = None


@dataclass(frozen=True)
class ActionTold:
    """Something asked of somebody, with its people by name, all that happened to it, and what it came of."""

    action: AskedOf
    owner: str
    raised_by: str
    closed_by: str
    turns: list[TurnTold]
    source: str = ""


def actions_told(actions: Iterable[Action], centre_id: int) -> list[ActionTold]:
    """Actions in units of one centre as a document tells them. Two queries."""
    rows = list(actions)
    return told(rows, ActionTurn.objects.filter(action__in=[row.pk for row in rows]), centre_id)


def centre_actions_told(actions: Iterable[CentreAction], centre_id: int) -> list[ActionTold]:
    """The same of actions that came of an activity or a meeting, which were read with them. Two queries."""
    rows = list(actions)
    turns = CentreActionTurn.objects.filter(action__in=[row.pk for row in rows])
    found = told(rows, turns, centre_id)
    return [replace(line, source=source_of(row)) for line, row in zip(found, rows, strict=True)]


def told(
    rows: Sequence[AskedOf], of_rows: Iterable[ActionTurn] | Iterable[CentreActionTurn], centre_id: int
) -> list[ActionTold]:
    """Actions with their turns and the names of everybody in them. Two queries."""
    turns: dict[int, list[AskedTurn]] = defaultdict(list)
    for turn in of_rows:
        turns[turn.action_id].append(turn)
    who = {user for row in rows for user in (row.owner_id, row.raised_by_id, row.closed_by_id) if user}
    names = names_of(who | {turn.by_id for row in turns.values() for turn in row}, centre_id)
    return [
        ActionTold(
            action=row,
            owner=names.get(row.owner_id, ""),
            raised_by=names.get(row.raised_by_id, ""),
            closed_by=names.get(row.closed_by_id or 0, ""),
            turns=[
                TurnTold(turn.get_kind_display(), names.get(turn.by_id, ""), turn.at, turn.words, turn.due_on)
                for turn in turns[row.pk]
            ],
        )
        for row in rows
    ]


def names_of(users: set[int], centre_id: int) -> dict[int, str]:
    """What people are called at a centre, by their id. One query."""
    return {user: name for (user, _), name in staff_names(users, {centre_id}).items()}


# --- a sample --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DecidedThen:
    """What an assessor had decided of an item for a criterion by the time of the sample."""

    item: str
    verdict: str
    by: str
    at: datetime.datetime
    feedback: str
    countersigned: str
    """Whether it was countersigned by then, in words; empty where it needed no countersignature."""


@dataclass(frozen=True)
class CriterionSampled:
    criterion: Criterion
    decided: list[DecidedThen]


@dataclass(frozen=True)
class ReadingSampled:
    """An assessor's reading that an interim sample looked at, with the rules of evidence it found not met."""

    item: str
    by: str
    at: datetime.datetime
    failing: list[str]


@dataclass(frozen=True)
class AlarmTold:
    alarm: Alarm
    looked_by: str


@dataclass(frozen=True)
class SamplePapers:
    """A sample that was taken or dropped, with all that is on record of it."""

    sample: Sample
    assessor: str
    verifier: str
    planned_by: str
    criteria: list[CriterionSampled]
    readings: list[ReadingSampled]
    checks: list[SampleCheck]
    answers: list[SampleAnswer]
    actions: list[ActionTold]
    alarms: list[AlarmTold]


def sample_papers(user: User, pk: int) -> SamplePapers:
    """A sample as its record tells it, in thirteen queries at most.

    Raises Sample.DoesNotExist where the person does not oversee the unit, or the sample is still open.
    """
    ended = Sample.objects.filter(Q(done_at__isnull=False) | Q(dropped_at__isnull=False))
    related = ("enrolment__unit", "enrolment__candidate", "enrolment__centre", "cell__plan")
    sample = (
        ended.filter(enrolment__in=overseen_by(user)).select_related(*related).defer("cell__plan__facts").get(pk=pk)
    )
    centre = sample.enrolment.centre_id
    alarms = list(Alarm.objects.filter(sample=pk))
    who = {sample.verifier_id, sample.planned_by_id, sample.enrolment.assessor_id}
    names = names_of(who | {row.looked_by_id for row in alarms if row.looked_by_id}, centre)
    return SamplePapers(
        sample=sample,
        assessor=names.get(sample.enrolment.assessor_id, ""),
        verifier=names.get(sample.verifier_id, ""),
        planned_by=names.get(sample.planned_by_id, ""),
        criteria=criteria_sampled(sample),
        readings=readings_sampled(sample),
        checks=list(SampleCheck.objects.filter(sample=pk)),
        answers=list(SampleAnswer.objects.filter(sample=pk).select_related("question")),
        actions=actions_told(Action.objects.filter(sample=pk), centre),
        alarms=[AlarmTold(row, names.get(row.looked_by_id or 0, "")) for row in alarms],
    )


def criteria_sampled(sample: Sample) -> list[CriterionSampled]:
    """The criteria looked at, with the latest decision on each item by then, whatever came since. Two queries."""
    rows = SampledCriterion.objects.filter(sample=sample).select_related("criterion").order_by("criterion__position")
    criteria = [row.criterion for row in rows]
    decided = decided_by(sample).filter(criterion__in=[criterion.pk for criterion in criteria])
    latest: dict[int, dict[int, Decision]] = defaultdict(dict)
    for row in decided.select_related("review", "version__evidence", "countersignature").order_by("pk"):
        latest[row.criterion_id][row.version.evidence_id] = row
    return [
        CriterionSampled(
            criterion=criterion,
            decided=[decided_then(row, sample) for row in latest[criterion.pk].values()],
        )
        for criterion in criteria
    ]


def decided_then(row: Decision, sample: Sample) -> DecidedThen:
    """A decision as it stood when the sample was taken."""
    word = row.countersignature if hasattr(row, "countersignature") else None
    by_then = word is not None and sample.done_at is not None and word.at <= sample.done_at
    told = ""
    if row.needs_countersignature:
        told = "not countersigned yet"
        if word is not None and by_then:
            told = "countersigned" if word.agreed else "the countersigner did not agree"
    return DecidedThen(
        item=str(row.version.evidence),
        verdict=row.get_verdict_display(),
        by=row.review.assessor_name,
        at=row.review.at,
        feedback=row.feedback,
        countersigned=told,
    )


def readings_sampled(sample: Sample) -> list[ReadingSampled]:
    """The readings an interim sample looked at, oldest first. One query."""
    rows = SampledReading.objects.filter(sample=sample).select_related("review__version__evidence")
    return [
        ReadingSampled(
            item=f"{row.review.version.evidence}: {row.review.version.title}",
            by=row.review.assessor_name,
            at=row.review.at,
            failing=[label.lower() for rule, label in RULES.items() if not getattr(row.review, rule)],
        )
        for row in rows.order_by("review__at", "pk")
    ]


# --- a plan, and the strategy ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanPapers:
    """A sampling plan in full: every unit it wants, every one it left out, what followed."""

    plan: SamplingPlan
    drawn_by: str
    adopted_by: str
    cells: list[PlanLine]
    left_out: list[PlanLine]
    widened: list[Widened]
    handovers: list[HandoverShown]


def plan_papers(user: User, pk: int) -> PlanPapers:
    """A plan as its document tells it, in eight queries. Raises SamplingPlan.DoesNotExist where there is none."""
    related = ("policy__centre", "policy__awarding_body")
    plan = plans_shown(user).select_related(*related).get(pk=pk)
    centre = plan.policy.centre_id
    cells, left_out = list(cells_of(plan.pk, centre)), list(left_out_of(plan.pk, centre))
    who = {row.enrolment.assessor_id for rows in (cells, left_out) for row in rows}
    names = staff_names(who | {plan.drawn_by_id, *([plan.adopted_by_id] if plan.adopted_by_id else [])}, {centre})
    return PlanPapers(
        plan=plan,
        drawn_by=names.get((plan.drawn_by_id, centre), ""),
        adopted_by=names.get((plan.adopted_by_id or 0, centre), ""),
        cells=[cell_line(names, row) for row in cells],
        left_out=[left_out_line(names, row) for row in left_out],
        widened=widened_in(plan),
        handovers=handovers_of(plan),
    )


@dataclass(frozen=True)
class PolicyTold:
    """A version of a strategy, with who set it and who wrote the agreement down."""

    policy: SamplingPolicy
    made_by: str
    recorded_by: str


@dataclass(frozen=True)
class StrategyPapers:
    """A version of a strategy with its rules in words, the versions before it, and the risk of the centre's work."""

    told: PolicyTold
    in_force: bool
    rules: list[str]
    before: list[PolicyTold]
    risks: list[Rated]


def strategy_papers(user: User, pk: int, day: datetime.date) -> StrategyPapers:
    """A version of the strategy as its document tells it, in ten queries. Raises SamplingPolicy.DoesNotExist."""
    policy = policies_shown(user).select_related("centre", "awarding_body").get(pk=pk)
    same = SamplingPolicy.objects.filter(centre=policy.centre_id, awarding_body=policy.awarding_body_id)
    versions = list(same.order_by("-number"))
    told = told_policies(versions, policy.centre_id)
    return StrategyPapers(
        told=next(row for row in told if row.policy.pk == pk),
        in_force=versions[0].pk == pk,
        rules=rules_in_words(policy),
        before=[row for row in told if row.policy.number < policy.number],
        risks=risks_of(policy.centre, day),
    )


def told_policies(versions: Sequence[SamplingPolicy], centre_id: int) -> list[PolicyTold]:
    """Versions with their people by name. One query."""
    who = {user for row in versions for user in (row.made_by_id, row.agreement_recorded_by_id) if user}
    names = names_of(who, centre_id)
    return [
        PolicyTold(row, names.get(row.made_by_id, ""), names.get(row.agreement_recorded_by_id or 0, ""))
        for row in versions
    ]


def plans_shown(user: User) -> QuerySet[SamplingPlan]:
    """The plans a person may have in full: of where they verify. Who looks from outside may see a part of one alone."""
    return SamplingPlan.objects.filter(policy__centre__in=centres_of(user, *VERIFYING)).defer("facts")


def policies_shown(user: User) -> QuerySet[SamplingPolicy]:
    """The strategies whose page a person may open, with the risk of everybody's work: of where they verify."""
    return SamplingPolicy.objects.filter(centre__in=centres_of(user, *VERIFYING))


# --- standardisation -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeetingPapers:
    """A standardisation meeting with who was there, and what was agreed and asked for in it."""

    meeting: Meeting
    recorded_by: str
    present: list[str]
    apologies: list[str]
    outcomes: list[AgreedOutcome]
    actions: list[ActionTold]


def meeting_papers(user: User, pk: int) -> MeetingPapers:
    """A meeting as its record tells it, in seven queries. Raises Meeting.DoesNotExist where it is not for them.

    Whoever is on the staff sees it, so that it says how far an action is, and not what its owner answered.
    """
    meeting = Meeting.objects.visible_to(user).select_related("centre").get(pk=pk)
    there = list(Attendance.objects.filter(meeting=meeting))
    names = names_of({meeting.recorded_by_id, *(row.person_id for row in there)}, meeting.centre_id)
    asked = CentreAction.objects.filter(meeting=meeting)
    agreed = AgreedOutcome.objects.filter(meeting=meeting).select_related("criterion__unit", "exercise")
    return MeetingPapers(
        meeting=meeting,
        recorded_by=names.get(meeting.recorded_by_id, ""),
        present=sorted(names.get(row.person_id, "") for row in there if row.present),
        apologies=sorted(names.get(row.person_id, "") for row in there if not row.present),
        outcomes=list(agreed.order_by("exercise", "criterion__position")),
        actions=told(list(asked), [], meeting.centre_id),
    )


def exercise_papers(user: User, pk: int) -> ExercisePage:
    """An exercise as its record tells it, alike for everybody, in ten queries.

    Raises Exercise.DoesNotExist where it is not for them, or nobody's answers may be seen yet.
    """
    page = exercise_page(user, pk)
    if not page.shown:
        raise Exercise.DoesNotExist
    return page
