"""When an appeal may be raised, heard, accepted and taken further, beside the unit's own journey, and why not.

Sentences as in `workflow`: the same ones are shown before the button is pressed and raised by the action. Pure: what is
asked about comes as facts.
"""

import datetime
from dataclasses import dataclass, field

from assessments.enums import AppealOutcome, AppealStage, AppealState
from assessments.rules import Person
from assessments.workflow import Reason
from portfolio.enums import Role
from portfolio.rules import VERIFYING

OFFICE = frozenset({Role.ADMINISTRATOR, Role.LEAD_VERIFIER})
MAY_HEAR: dict[AppealStage, frozenset[Role]] = {
    AppealStage.ASSESSOR: frozenset({Role.ASSESSOR}),
    AppealStage.VERIFIER: frozenset(VERIFYING),
    AppealStage.CENTRE: frozenset({Role.ADMINISTRATOR, Role.LEAD_VERIFIER}),
    AppealStage.AWARDING_BODY: frozenset(),
}
"""Roles of which an adjudicator holds one. The awarding body's own people decide its stage; the centre records it."""
UPHOLDS = (AppealOutcome.UPHELD, AppealOutcome.PARTLY)
"""Outcomes from which something follows for the unit."""
NEXT_MOVE: dict[AppealState, str] = {
    AppealState.RAISED: "The centre acknowledges it next.",
    AppealState.UNHEARD: "The centre appoints an adjudicator next.",
    AppealState.HEARING: "The adjudicator reads the record and decides next.",
    AppealState.ANSWER: "The candidate accepts the outcome next, or takes it further.",
    AppealState.FOLLOW_UP: "The centre does next what follows from the outcome.",
    AppealState.CLOSED: "It is closed.",
}


@dataclass(frozen=True)
class AppealFacts:
    """All that the refusals of an appeal rest on: whose it is, where it stands, and who had a hand in it.

    `stage`, `adjudicator_id`, `outcome` and `answer_by` are those of the newest stage; `next_stage` is where the
    appeal can be taken from there. `involved` are people who ever had a part in the unit or heard an earlier stage.
    """

    candidate_id: int
    acknowledged: bool
    closed: bool
    stage: AppealStage
    adjudicator_id: int | None = None
    appointed: bool = False
    outcome: str = ""
    accepted: bool = False
    answer_by: datetime.date | None = None
    next_stage: AppealStage | None = None
    involved: frozenset[int] = field(default_factory=frozenset)

    @property
    def state(self) -> AppealState:
        """Where it stands. What is upheld, or partly and accepted so, waits for what follows from it."""
        if self.closed:
            return AppealState.CLOSED
        if not self.acknowledged:
            return AppealState.RAISED
        if self.outcome:
            return self._decided
        return AppealState.HEARING if self.appointed else AppealState.UNHEARD

    @property
    def _decided(self) -> AppealState:
        settled = self.accepted or self.next_stage is None
        if self.outcome == AppealOutcome.UPHELD or (self.outcome == AppealOutcome.PARTLY and settled):
            return AppealState.FOLLOW_UP
        return AppealState.ANSWER


def closes_at_once(outcome: str, next_stage: AppealStage | None) -> bool:
    """Whether an outcome ends the appeal by itself: not upheld, and there is nowhere to take it."""
    return outcome == AppealOutcome.NOT_UPHELD and next_stage is None


def runs_appeals(person: Person, candidate_id: int) -> bool:
    """Administers the centre or leads its verification, and the appeal is not their own."""
    return bool(person.roles & OFFICE) and person.user_id != candidate_id


def office_refusals(person: Person, facts: AppealFacts, *states: AppealState) -> list[Reason]:
    """Why this person cannot do the centre's part of an appeal now: at one of these states."""
    if not runs_appeals(person, facts.candidate_id):
        return [Reason("Only a centre administrator or the lead verifier can do this, and never in their own appeal.")]
    return at_state(facts, *states)


def candidate_refusals(person: Person, facts: AppealFacts, *states: AppealState) -> list[Reason]:
    """Why this person cannot do the candidate's part of an appeal now."""
    if person.user_id != facts.candidate_id:
        return [Reason("Only the candidate whose appeal it is can do this.")]
    return at_state(facts, *states)


def at_state(facts: AppealFacts, *states: AppealState) -> list[Reason]:
    """Why the appeal does not stand where this can be done; empty when it does."""
    if facts.state in states:
        return []
    return [Reason(f"The appeal is at “{facts.state.label}”. {NEXT_MOVE[facts.state]}", "unit")]


def adjudicator_refusals(adjudicator: Person, name: str, facts: AppealFacts) -> list[str]:
    """Why somebody cannot hear this stage of the appeal; empty when they can.

    Source: who decides was not involved before, is qualified, and independent of the line (domain rule 59).
    """
    sentences = []
    if not adjudicator.roles & MAY_HEAR[facts.stage]:
        sentences.append(f"{name} does not hold a role in which this stage is heard.")
    if facts.stage == AppealStage.ASSESSOR and not adjudicator.qualified:
        sentences.append(f"{name} holds no assessor's award, so cannot hear an appeal.")
    if adjudicator.user_id in facts.involved or adjudicator.user_id == facts.candidate_id:
        sentences.append(f"{name} has had a part in this unit or heard this appeal before: appoint somebody else.")
    return sentences


def deciding_refusals(person: Person, facts: AppealFacts) -> list[Reason]:
    """Why this person cannot decide the stage now: it is its adjudicator's, and the centre's to record for the body."""
    if facts.stage == AppealStage.AWARDING_BODY:
        return office_refusals(person, facts, AppealState.HEARING)
    if person.user_id != facts.adjudicator_id:
        return [Reason("Only the adjudicator of this stage can decide it.")]
    if person.user_id in facts.involved:
        return [Reason("You have had a part in this unit since, so somebody else must hear the appeal.", "unit")]
    return at_state(facts, AppealState.HEARING)


def further_refusals(person: Person, facts: AppealFacts, day: datetime.date) -> list[Reason]:
    """Why the candidate cannot take the appeal to the next stage now."""
    if refused := candidate_refusals(person, facts, AppealState.ANSWER):
        return refused
    if facts.next_stage is None:
        return [Reason("There is no further stage: accept the outcome, or ask your centre.", "unit")]
    if facts.answer_by and day > facts.answer_by:
        return [Reason(f"The time to take it further ended on {facts.answer_by:%-d %B %Y}.", "unit")]
    return []


def lapse_refusals(person: Person, facts: AppealFacts, day: datetime.date) -> list[Reason]:
    """Why the centre cannot close the appeal as not taken further in time."""
    if refused := office_refusals(person, facts, AppealState.ANSWER):
        return refused
    if facts.answer_by and day <= facts.answer_by:
        return [Reason(f"The candidate has until {facts.answer_by:%-d %B %Y} to answer.", "unit")]
    return []
