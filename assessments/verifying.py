"""When a verifier may sample, ask and close: what verification does beside the unit's own journey, and why not.

Sentences as in `workflow`: the same ones are shown before the button is pressed and raised by the action.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.enums import Party, RiskLevel, SampleStage, UnitStatus
from assessments.rules import (
    People,
    Person,
    has_decided,
    in_words,
    is_assessor_of,
    is_author,
    is_verifier_of,
    is_witness,
)
from assessments.workflow import VERIFIER_ALWAYS, Reason, UnitFacts
from portfolio.enums import Role
from portfolio.rules import IN_CHARGE, VERIFYING

STAGES: dict[UnitStatus, SampleStage] = {
    UnitStatus.COLLECTING: SampleStage.INTERIM,
    UnitStatus.DECLARED: SampleStage.INTERIM,
    UnitStatus.SIGNED_OFF: SampleStage.SUMMATIVE,
    UnitStatus.VERIFIED: SampleStage.SUMMATIVE,
}
"""What a sample taken at a status is: interim while the unit is being assessed, summative once it is signed off."""


SETTLED = "This was recorded or dropped already."
BODY_CLOSES = "An external verifier of the same awarding body closes this action, on the days they look at the centre."
NOT_OPEN = "This sample is not open any more."
CLOSED = "This action is closed already."
LOOKED = "Somebody has looked at this already: the alarm is closed."


@dataclass(frozen=True)
class ActionFacts:
    """All that the refusals of an action rest on.

    `closers`, where an external verifier asked: ids of those who look for the same awarding body today.
    """

    owner_id: int
    answered: bool
    closed: bool
    answered_by_id: int | None = None
    closers: frozenset[int] | None = None


@dataclass(frozen=True)
class Simulating:
    """What a unit's specification says of simulation."""

    name: str
    allowed: bool


def verifier_refusals(person: Person, people: People) -> list[Reason]:
    """Why this person may not sample, ask or close in the unit (SQA: nobody verifies their own judgements).

    A reason that is about nothing says that this is not for them at all.
    """
    if not is_verifier_of(person, people):
        return [Reason(f"Only {in_words([Party.VERIFIER])} can do this.")]
    return hand_refusals(person, people)


def hand_refusals(person: Person, people: People) -> list[Reason]:
    """Why somebody whose hand was in the unit may not verify anything in it (SQA; domain rule 1)."""
    if person.user_id == people.candidate_id:
        return [Reason("The unit is your own, so somebody else must verify it.", "unit")]
    if has_decided(person, people):
        return [Reason("You have judged evidence in this unit, so somebody else must verify it.", "unit")]
    if is_witness(person, people):
        return [Reason("You are a witness in this unit, so somebody else must verify it.", "unit")]
    if is_author(person, people):
        sentence = "You made a record or devised questions in this unit, so somebody else must verify it."
        return [Reason(sentence, "unit")]
    return []


def strategy_refusals(person: Person) -> list[Reason]:
    """Why this person cannot set the centre's strategy, or draw and adopt a plan.

    Source: the centre's co-ordinator or lead verifier keeps strategy and plans (domain rule 12).
    """
    if Role.LEAD_VERIFIER in person.roles:
        return []
    return [Reason("Only the centre's lead verifier keeps the sampling strategy and draws plans.")]


def questions_refusals(person: Person) -> list[Reason]:
    """Why this person cannot set what is asked in every sample of the centre's (domain rule 12)."""
    if Role.LEAD_VERIFIER in person.roles:
        return []
    return [Reason("Only the centre's lead verifier keeps the questions that samples ask.")]


def rating_refusals(person: Person, assessor_id: int | None, *, qualified: bool, level: str) -> list[Reason]:
    """Why this person cannot give an assessor, a unit or a kind this level of risk.

    Source: all that an unqualified assessor decides is looked at (domain rules 4 and 39).
    """
    if not person.roles.intersection(VERIFYING):
        return [Reason("Only the centre's internal verifiers rate risk.")]
    if assessor_id == person.user_id:
        return [Reason("Nobody rates their own risk as an assessor: another verifier must.", "risk")]
    if assessor_id is not None and not qualified and level != RiskLevel.HIGH:
        sentence = "This assessor holds no assessor's award yet, and is at high risk until they do."
        return [Reason(sentence, "risk")]
    return []


def planning_activity_refusals(person: Person, verifier: Person, assessor_id: int) -> list[Reason]:
    """Why this person cannot plan that a verifier observes an assessor, or looks into their work."""
    if not person.roles.intersection(VERIFYING):
        return [Reason("Only the centre's internal verifiers plan observations, interviews and reviews.")]
    if verifier.user_id != person.user_id and Role.LEAD_VERIFIER not in person.roles:
        return [Reason("Only the lead verifier plans for another verifier.", "activity")]
    if not verifier.roles.intersection(VERIFYING):
        return [Reason("Choose one of the centre's verifiers to do it.", "activity")]
    if verifier.user_id == assessor_id:
        words = "Nobody observes, asks about or reviews their own work: choose somebody else."
        return [Reason(words, "activity")]
    return []


def recording_refusals(person: Person, verifier_id: int, people: People | None, *, is_open: bool) -> list[Reason]:
    """Why this person cannot record an activity: the verifier does for whom it was planned, unless their hand has come
    into the unit it is about since. `people`: that unit's, where it is about one."""
    if person.user_id != verifier_id or not person.roles.intersection(VERIFYING):
        return [Reason("Only the verifier for whom it was planned records it.")]
    if not is_open:
        return [Reason(SETTLED, "activity")]
    return hand_refusals(person, people) if people else []


def dropping_refusals(person: Person, verifier_id: int, *, is_open: bool) -> list[Reason]:
    """Why this person cannot take an activity off the plan: its verifier does, or who leads, should they have gone."""
    leads = Role.LEAD_VERIFIER in person.roles
    if not leads and (person.user_id != verifier_id or not person.roles.intersection(VERIFYING)):
        return [Reason("Only the verifier for whom it was planned, or the lead verifier, drops it.")]
    return [] if is_open else [Reason(SETTLED, "activity")]


def meeting_refusals(person: Person) -> list[Reason]:
    """Why this person cannot record a meeting, or ask something of the staff in one."""
    if person.roles.intersection(VERIFYING):
        return []
    return [Reason("Only the centre's internal verifiers do this.")]


def centre_answering_refusals(person: Person, action: ActionFacts) -> list[Reason]:
    """Why this person cannot answer an action of the centre's: it is for whoever it was given to.

    What an external verifier asks is asked of the centre, so that any of those in charge answers for it.
    """
    in_charge = action.closers is not None and bool(person.roles.intersection(IN_CHARGE))
    if (person.user_id != action.owner_id or not person.roles) and not in_charge:
        return [Reason("Only the person an action was given to can answer it.")]
    return [Reason(CLOSED, "activity")] if action.closed else []


def centre_closing_refusals(person: Person, action: ActionFacts) -> list[Reason]:
    """Why this person cannot close an action of the centre's, or send its answer back: another verifier does.

    What an external verifier asked is closed by them or, once their days are over, by the next whom the same awarding
    body sends: never by the centre.
    """
    if action.closers is not None:
        if person.user_id not in action.closers:
            return [Reason(BODY_CLOSES)]
    elif not person.roles.intersection(VERIFYING) or person.user_id in (action.owner_id, action.answered_by_id):
        return [Reason("Another person, who verifies at the centre, closes an action.")]
    if action.closed:
        return [Reason(CLOSED, "activity")]
    return [] if action.answered else [Reason("This action has not been answered yet.", "activity")]


def answering_exercise_refusals(*, asked: bool, answered: bool, closed: bool) -> list[Reason]:
    """Why somebody cannot judge in an exercise of standardisation now."""
    if not asked:
        return [Reason("Only those who were asked judge in an exercise.")]
    if closed:
        return [Reason("The exercise is closed: nothing is judged in it any more.", "exercise")]
    if answered:
        return [Reason("You have answered already. What was said unseen of others is not changed.", "exercise")]
    return []


def closing_exercise_refusals(person: Person, *, closed: bool, complete: bool) -> list[Reason]:
    """Why this person cannot close an exercise: before all have answered only the lead does."""
    if not person.roles.intersection(VERIFYING):
        return [Reason("Only the centre's internal verifiers close an exercise.")]
    if not complete and Role.LEAD_VERIFIER not in person.roles:
        return [Reason("Not everybody has answered: until then only the lead verifier closes it.", "exercise")]
    return [Reason("The exercise is closed already.", "exercise")] if closed else []


def cell_refusals(person: Person, people: People) -> list[Reason]:
    """Why this person cannot add the unit to a plan, or take it out of one: its verifier does, or who leads."""
    if Role.LEAD_VERIFIER not in person.roles:
        return verifier_refusals(person, people)
    if person.user_id in (people.candidate_id, people.assessor_id, people.countersigner_id):
        return [Reason("You work on this unit yourself, so somebody else must say whether it is sampled.", "unit")]
    return []


def widening_refusals(person: Person, people: People) -> list[Reason]:
    """Why this person cannot say what follows from a finding for the plan: the unit's verifier does, or who leads."""
    if person.user_id in (people.assessor_id, people.countersigner_id) or has_decided(person, people):
        return [Reason("Nobody says what follows from a finding in their own assessment: another verifier must.")]
    if Role.LEAD_VERIFIER in person.roles and person.user_id != people.candidate_id:
        return []
    return verifier_refusals(person, people)


def planning_refusals(person: Person, facts: UnitFacts) -> list[Reason]:
    """Why this person cannot choose the unit for sampling now."""
    if refused := verifier_refusals(person, facts.people):
        return refused
    return list(_cannot_be_sampled(facts))


def leaving_refusals(person: Person, facts: UnitFacts) -> list[Reason]:
    """Why this person cannot leave the unit out of the sample now.

    Source: a unit may be unsampled where the awarding body allows it, but the plan must show why (domain rule 37).
    """
    if refused := verifier_refusals(person, facts.people):
        return refused
    return list(_cannot_be_left(facts))


def simulating_refusals(person: Person, people: People, status: UnitStatus, unit: Simulating) -> list[Reason]:
    """Why this person cannot approve a simulation in the unit now.

    Source: where simulation is allowed, the internal verifier agrees to it beforehand (domain rule 17).
    """
    if not is_verifier_of(person, people):
        return [Reason("Only the unit's internal verifier can approve a simulation.")]
    if refused := hand_refusals(person, people):
        return refused
    if not unit.allowed:
        return [Reason(f"{unit.name} does not allow simulation for any evidence.", "unit")]
    if status != UnitStatus.COLLECTING:
        return [Reason(f"The unit is “{status.label}”: nothing more is simulated for it.", "unit")]
    return []


def sample_refusals(person: Person, people: People, *, is_open: bool) -> list[Reason]:
    """Why this person cannot close or drop a sample now."""
    if refused := verifier_refusals(person, people):
        return refused
    return [] if is_open else [Reason(NOT_OPEN, "unit")]


def alarm_refusals(person: Person, people: People, *, is_open: bool) -> list[Reason]:
    """Why this person cannot say that a change after a sample makes no difference: the unit's verifier does."""
    if refused := verifier_refusals(person, people):
        return refused
    return [] if is_open else [Reason(LOOKED, "unit")]


def further_acts(person: Person, facts: UnitFacts) -> list[str]:
    """What the unit's verifier may ask for beside the journey's verbs: what gets a button."""
    if not is_verifier_of(person, facts.people):
        return []
    if facts.open_sample:
        return ["sample"]
    acts = ["plan_sample"] if facts.status in STAGES else []
    may_be_left = not (facts.verifier_always or facts.agreed_samples or facts.simulated)
    if facts.status == UnitStatus.SIGNED_OFF and may_be_left:
        acts.append("leave_unsampled")
    return acts


def answering_refusals(person: Person, people: People, action: ActionFacts) -> list[Reason]:
    """Why this person cannot answer an action: it is for whoever it was given to, or who assesses the unit now."""
    if person.user_id != action.owner_id and not is_assessor_of(person, people):
        return [Reason("Only the person an action was given to, or the unit's assessor, can answer it.")]
    if action.closed:
        return [Reason(CLOSED, "unit")]
    return []


def closing_refusals(person: Person, people: People, action: ActionFacts) -> list[Reason]:
    """Why this person cannot close an action, or send its answer back: only an answered one, by the verifier."""
    if refused := verifier_refusals(person, people):
        return refused
    if person.user_id in (action.owner_id, action.answered_by_id):
        return [Reason("Nobody closes an action given to themselves.")]
    if action.closed:
        return [Reason(CLOSED, "unit")]
    return [] if action.answered else [Reason("The assessor has not answered this action yet.", "unit")]


def _cannot_be_sampled(facts: UnitFacts) -> Iterable[Reason]:
    if facts.status not in STAGES:
        yield Reason(f"The unit is “{facts.status.label}”: there is nothing to sample now.", "unit", facts.enrolment_id)
    if facts.open_sample:
        yield Reason("This unit has an open sample already: close it first.", "sample", facts.open_sample.pk)


def _cannot_be_left(facts: UnitFacts) -> Iterable[Reason]:
    if facts.status != UnitStatus.SIGNED_OFF:
        words = f"The unit is “{facts.status.label}”: only a signed-off unit can be left unsampled."
        yield Reason(words, "unit", facts.enrolment_id)
    if facts.verifier_always:
        yield Reason(VERIFIER_ALWAYS, "unit", facts.enrolment_id)
    for item in facts.simulated:
        yield Reason(f"{item.name} is simulated, and all simulated evidence is sampled.", "item", item.pk)
    if facts.open_sample:
        yield Reason("A sample of this unit is open: close or drop it first.", "sample", facts.open_sample.pk)
    if facts.agreed_samples:
        yield Reason("A sample of this unit has been agreed, so it is not unsampled.", "unit", facts.enrolment_id)
