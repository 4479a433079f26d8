"""The journey of an assessment plan: its table, whose move it is, and why a verb is refused.

Candidate and assessor go through it together: the assessor writes and proposes, the candidate agrees or asks for
changes. What both signed stands; what changes afterwards is its next version (domain rule 30).
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assessments.enums import ActivityState, ItemStatus, Party, PlanStatus, PlanVerb
from assessments.rules import People, Person, in_words, is_assessor_of
from assessments.workflow.facts import Reason

P = PlanStatus
BOTH = (Party.CANDIDATE, Party.ASSESSOR)
NO_LONGER_ASSESSOR = "You do not assess {} any more: take its criteria out of the plan."


@dataclass(frozen=True)
class PlanStep:
    """A row of the plan's table. Without targets the status stays."""

    verb: PlanVerb
    turn: tuple[Party, ...]
    sources: tuple[PlanStatus, ...]
    targets: tuple[PlanStatus, ...]
    phrase: str
    needs: str


PLAN_JOURNEY: tuple[PlanStep, ...] = (
    PlanStep(
        PlanVerb.EDIT, (Party.ASSESSOR,), (P.DRAFT,), (), "write in this plan",
        "units of the candidate that the assessor holds; an activity names criteria of these",
    ),
    PlanStep(
        PlanVerb.PROPOSE, (Party.ASSESSOR,), (P.DRAFT,), (P.PROPOSED,), "propose this plan",
        "an activity at least, each with criteria and a day that is still to come or has its evidence; a day for the "
        "first review; own signature",
    ),
    PlanStep(
        PlanVerb.RETURN, BOTH, (P.PROPOSED,), (P.DRAFT,), "send this plan back",
        "what is to be changed; the assessor's signature is voided by a row",
    ),
    PlanStep(
        PlanVerb.AGREE, (Party.CANDIDATE,), (P.PROPOSED,), (P.AGREED,), "agree this plan",
        "own signature over the plan as it was proposed; the version before is replaced in the same act",
    ),
    PlanStep(
        PlanVerb.REVISE, (Party.ASSESSOR,), (P.AGREED,), (), "change this plan",
        "its next version is written as a draft; the agreed one stands until that is agreed",
    ),
    PlanStep(
        PlanVerb.CLOSE, (Party.ASSESSOR,), (P.DRAFT, P.PROPOSED, P.AGREED), (P.CLOSED,), "close this plan",
        "a reason; an agreed plan stays readable with all that came of it",
    ),
    PlanStep(
        PlanVerb.START, (Party.CANDIDATE,), (P.AGREED,), (), "start evidence for this activity",
        "no item of it is in preparation; its units are collecting",
    ),
    PlanStep(
        PlanVerb.LINK, BOTH, (P.AGREED,), (), "put evidence to this activity",
        "an item of the candidate's, also a record of assessment made by the assessor",
    ),
    PlanStep(
        PlanVerb.REVIEW, (Party.ASSESSOR,), (P.AGREED,), (), "record a review of this plan",
        "the day it was held, not one to come; what was said and agreed; own signature; how far the units are is kept",
    ),
    PlanStep(
        PlanVerb.AGREE_REVIEW, (Party.CANDIDATE,), (P.AGREED, P.REPLACED, P.CLOSED), (), "agree this review",
        "own signature, once; a word of their own where they see it otherwise",
    ),
)  # fmt: skip

STATE_OF: dict[str, ActivityState] = {
    ItemStatus.DRAFT: ActivityState.IN_PREPARATION,
    ItemStatus.RETURNED: ActivityState.IN_PREPARATION,
    ItemStatus.SUBMITTED: ActivityState.HANDED_IN,
    ItemStatus.REVIEWED: ActivityState.ASSESSED,
}
PLAN_STEPS = {step.verb: step for step in PLAN_JOURNEY}
PLAN_OWNER: dict[PlanStatus, Party] = {P.DRAFT: Party.ASSESSOR, P.PROPOSED: Party.CANDIDATE, P.AGREED: Party.CANDIDATE}
PLAN_FINAL = (P.REPLACED, P.CLOSED)


@dataclass(frozen=True)
class PlannedFacts:
    """An activity, as far as proposing cares."""

    pk: int
    name: str
    due_on: datetime.date
    criteria: int
    has_evidence: bool


@dataclass(frozen=True)
class PlanFacts:
    """All that a plan's refusals rest on. `units` names each unit with who works on it, by enrolment."""

    plan_id: int
    status: PlanStatus
    candidate_id: int
    units: tuple[tuple[int, str, People], ...]
    activities: tuple[PlannedFacts, ...] = ()
    review_on: datetime.date | None = None
    day: datetime.date | None = None
    being_changed: bool = False


def plan_parties(person: Person, facts: PlanFacts) -> frozenset[Party]:
    """What the person is to the plan: its candidate, or the assessor of one of its units at least."""
    found = set()
    if person.user_id == facts.candidate_id:
        found.add(Party.CANDIDATE)
    if any(is_assessor_of(person, people) for _, _, people in facts.units):
        found.add(Party.ASSESSOR)
    return frozenset(found)


def plan_refusals(verb: PlanVerb, person: Person, facts: PlanFacts) -> list[Reason]:
    """Why this person cannot do this to the plan now. Empty: go."""
    step = PLAN_STEPS[verb]
    if not plan_parties(person, facts) & set(step.turn):
        return [Reason(f"Only {in_words(step.turn)} can {step.phrase}.")]
    if facts.status not in step.sources:
        wanted = " or ".join(f"“{source.label}”" for source in step.sources)
        sentence = f"The plan is “{facts.status.label}”. To {step.phrase}, it must be {wanted}."
        return [Reason(sentence, "plan", facts.plan_id)]
    return list(PLAN_NEEDS[verb](person, facts) if verb in PLAN_NEEDS else ())


def plan_verbs(person: Person, facts: PlanFacts) -> list[PlanVerb]:
    """The verbs that are this person's turn at the plan's status, in the table's order: what gets a button."""
    mine = plan_parties(person, facts)
    return [step.verb for step in PLAN_JOURNEY if mine & set(step.turn) and facts.status in step.sources]


def activity_state(statuses: Iterable[str], due_on: datetime.date, day: datetime.date) -> ActivityState:
    """How far a planned activity is, by the items it led to: the one that is furthest counts. Withdrawn ones do not."""
    found = {STATE_OF[status] for status in statuses if status in STATE_OF}
    for state in (ActivityState.ASSESSED, ActivityState.HANDED_IN, ActivityState.IN_PREPARATION):
        if state in found:
            return state
    return ActivityState.MISSED if due_on < day else ActivityState.PLANNED


def _propose(person: Person, facts: PlanFacts) -> Iterable[Reason]:
    if not facts.activities:
        yield Reason("Say what will be done: the plan has no activity yet.", "plan", facts.plan_id)
    for _, name, people in facts.units:
        if not is_assessor_of(person, people):
            yield Reason(NO_LONGER_ASSESSOR.format(name), "plan", facts.plan_id)
    for activity in facts.activities:
        if not activity.criteria:
            yield Reason(f"“{activity.name}” names no criterion it is to show.", "activity", activity.pk)
        if not activity.has_evidence and facts.day and activity.due_on < facts.day:
            yield Reason(f"The day of “{activity.name}” has passed: give it another.", "activity", activity.pk)
    if facts.review_on is None:
        yield Reason("Say on which day you will review the plan together.", "plan", facts.plan_id)
    elif facts.day and facts.review_on < facts.day:
        yield Reason("The day of the review has passed: give it another.", "plan", facts.plan_id)


def _revise(person: Person, facts: PlanFacts) -> Iterable[Reason]:
    if facts.being_changed:
        yield Reason("The next version of this plan is being written already.", "plan", facts.plan_id)


PLAN_NEEDS: dict[PlanVerb, Callable[[Person, PlanFacts], Iterable[Reason]]] = {
    PlanVerb.PROPOSE: _propose,
    PlanVerb.REVISE: _revise,
}
