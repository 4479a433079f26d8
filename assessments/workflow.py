"""When: the two journeys as tables, and the one place that says why a verb is refused.

The tables are printed to docs/workflow.md by `manage.py print_docs`. `unit_refusals` and `item_refusals` return
reasons; an empty list means go. The same sentences feed the checklist, the greyed button and the error.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from assessments.enums import HeldAt, ItemStatus, Layer, Party, UnitStatus, Verb
from assessments.rules import PERMISSIONS, People, Person, has_decided, in_words, parties

StatusT = TypeVar("StatusT", UnitStatus, ItemStatus)

U = UnitStatus
I = ItemStatus  # noqa: E741  # read as a table

VERIFIER_ALWAYS = "The awarding body wants the internal verifier's signature on every unit."
SUSPENDABLE = (U.COLLECTING, U.DECLARED, U.AWAITING_COUNTERSIGNATURE, U.SIGNED_OFF, U.VERIFIED)


@dataclass(frozen=True)
class Step(Generic[StatusT]):
    """A row of a journey's table. Without targets the status stays; several targets: the verb decides which."""

    verb: Verb
    sources: tuple[StatusT, ...]
    targets: tuple[StatusT, ...]
    phrase: str
    needs: str

    @property
    def turn(self) -> tuple[Party, ...]:
        return PERMISSIONS[self.verb]


HANDED_IN = (I.SUBMITTED, I.REVIEWED, I.RETURNED)
SAFEKEEPING = (Verb.QUARANTINE, Verb.REDACT)

ITEM_JOURNEY: tuple[Step[ItemStatus], ...] = (
    Step(
        Verb.SUBMIT, (I.DRAFT, I.RETURNED), (I.SUBMITTED,), "hand this item in",
        "a file or a named location; mapped to at least one criterion; what was done and when; declared authentic; "
        "nothing in quarantine; a setting its units allow; its units still collecting",
    ),
    Step(
        Verb.REVIEW, (I.SUBMITTED, I.REVIEWED), (I.REVIEWED, I.RETURNED), "judge this item",
        "decisions, the four rules of evidence, feedback where something is not met; part of the mappings may wait",
    ),
    Step(
        Verb.REPLACE, (I.RETURNED, I.REVIEWED), (I.DRAFT,), "replace this item",
        "no unit it is mapped to is past collecting; the earlier version and its decisions stay",
    ),
    Step(
        Verb.MAP_MORE, (I.DRAFT, *HANDED_IN), (), "map this item",
        "the unit mapped to is collecting; a new mapping waits to be read",
    ),
    Step(
        Verb.WITHDRAW_ITEM, (I.DRAFT, *HANDED_IN), (I.WITHDRAWN,), "withdraw this item",
        "the candidate while it is a draft, else the assessor; a reason; no unit it is mapped to is past collecting; "
        "its number is never used again",
    ),
    Step(
        Verb.QUARANTINE, (I.DRAFT, *HANDED_IN, I.WITHDRAWN), (), "quarantine a file of this item",
        "a reason; from then on nobody can open the file; a version that was replaced may be meant, too",
    ),
    Step(
        Verb.REDACT, (I.DRAFT, *HANDED_IN, I.WITHDRAWN), (), "redact a file of this item",
        "a reason and the redacted file; the old bytes are destroyed, the lines stay; a version that was replaced may "
        "be meant, too",
    ),
)  # fmt: skip

UNIT_JOURNEY: tuple[Step[UnitStatus], ...] = (
    Step(
        Verb.DECLARE, (U.COLLECTING,), (U.DECLARED,), "declare this unit complete",
        "every criterion met (or met and awaiting countersignature), no item waiting, statements signed",
    ),
    Step(
        Verb.REFER, (U.DECLARED,), (U.COLLECTING,), "refer this unit back",
        "feedback; the candidate's signatures are voided by a row",
    ),
    Step(
        Verb.SIGN_OFF, (U.DECLARED,), (U.SIGNED_OFF, U.AWAITING_COUNTERSIGNATURE), "sign this unit off",
        "statements signed; no signature stale; an unqualified assessor's goes to the countersigner",
    ),
    Step(
        Verb.COUNTERSIGN, (U.AWAITING_COUNTERSIGNATURE,), (U.SIGNED_OFF,), "countersign this unit",
        "one act covers the sign-off and every pending decision, a row each; none of the decisions is one's own",
    ),
    Step(
        Verb.HAND_BACK, (U.AWAITING_COUNTERSIGNATURE,), (U.DECLARED,), "hand this unit back",
        "a reason, naming the decisions disagreed with; the assessor's signatures are voided by a row",
    ),
    Step(
        Verb.VERIFY, (U.SIGNED_OFF,), (U.VERIFIED,), "verify this unit",
        "a sample closed as agreed, or the awarding body wants the verifier on every unit; no open sample or action; "
        "own signature; never by anybody who decided in the unit",
    ),
    Step(
        Verb.SEND_BACK, (U.DECLARED, U.SIGNED_OFF, U.VERIFIED), (U.COLLECTING,), "send this unit back",
        "a finding and an action with a due date; signatures voided by rows; never by anybody who decided in the unit",
    ),
    Step(
        Verb.CLAIM, (U.VERIFIED, U.SIGNED_OFF), (U.CLAIMED,), "claim this unit",
        "verified, or left unsampled with a reason where the body asks for the verifier only if sampled; no open "
        "sample or action; no signature stale; direct claim status or the external verifier's authorisation",
    ),
    Step(
        Verb.UNCLAIM, (U.CLAIMED,), (U.VERIFIED, U.SIGNED_OFF), "take back the claim of this unit",
        "a reason; the unit stands as before the claim",
    ),
    Step(
        Verb.CERTIFICATE, (U.CLAIMED,), (U.CERTIFICATED,), "record the certificate of this unit",
        "the certificate number and date",
    ),
    Step(
        Verb.REVOKE, (U.CERTIFICATED,), (U.REVOKED,), "record that the certificate was revoked",
        "a reason and date",
    ),
    Step(
        Verb.SUSPEND, SUSPENDABLE, (U.SUSPENDED,), "suspend this unit",
        "a reason; the status is kept",
    ),
    Step(
        Verb.RESUME, (U.SUSPENDED,), SUSPENDABLE, "resume this unit",
        "the unit stands as before it was suspended",
    ),
    Step(
        Verb.WITHDRAW, (*SUSPENDABLE, U.SUSPENDED), (U.WITHDRAWN,), "withdraw from this unit",
        "a reason",
    ),
    Step(
        Verb.REOPEN, (U.SIGNED_OFF, U.VERIFIED), (U.COLLECTING,), "reopen this unit",
        "a reason; signatures voided by rows",
    ),
)  # fmt: skip

UNIT_STEPS = {step.verb: step for step in UNIT_JOURNEY}
ITEM_STEPS = {step.verb: step for step in ITEM_JOURNEY}

UNIT_OWNER: dict[UnitStatus, Party] = {
    U.COLLECTING: Party.CANDIDATE,
    U.DECLARED: Party.ASSESSOR,
    U.AWAITING_COUNTERSIGNATURE: Party.COUNTERSIGNER,
    U.SIGNED_OFF: Party.VERIFIER,
    U.VERIFIED: Party.ADMINISTRATOR,
    U.CLAIMED: Party.ADMINISTRATOR,
    U.SUSPENDED: Party.ADMINISTRATOR,
}
UNIT_FINAL = (U.CERTIFICATED, U.REVOKED, U.WITHDRAWN)
ITEM_OWNER: dict[ItemStatus, Party] = {
    I.DRAFT: Party.CANDIDATE,
    I.SUBMITTED: Party.ASSESSOR,
    I.REVIEWED: Party.CANDIDATE,
    I.RETURNED: Party.CANDIDATE,
}
ITEM_FINAL = (I.WITHDRAWN,)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a sentence, and what it is about (`criterion`, `item`, `sample`, `action`, `unit`), to link to."""

    sentence: str
    about: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class CriterionState:
    """A criterion of a candidate's unit and how far it is."""

    pk: int
    number: str
    layer: Layer
    pending: bool = False


@dataclass(frozen=True)
class Named:
    """A row that stands in the way, by its id and what people call it."""

    pk: int
    name: str


@dataclass(frozen=True)
class UnitFacts:
    """All that the unit's refusals rest on. Gathered by queries, judged here."""

    enrolment_id: int
    status: UnitStatus
    people: People
    criteria: tuple[CriterionState, ...] = ()
    waiting: tuple[Named, ...] = ()
    stale: tuple[str, ...] = ()
    pending_deciders: frozenset[int] = frozenset()
    assessor_signed_by: int | None = None
    open_sample: Named | None = None
    agreed_samples: int = 0
    open_actions: tuple[Named, ...] = ()
    verifier_always: bool = False
    left_unsampled: bool = False
    kept_status: UnitStatus | None = None

    @property
    def pending(self) -> bool:
        """Whether a decision waits for its countersignature."""
        return any(criterion.pending for criterion in self.criteria)


@dataclass(frozen=True)
class ItemUnit:
    """A unit an item is mapped to. `forbids` is the sentence why the item's setting is not allowed in it."""

    enrolment_id: int
    name: str
    status: UnitStatus
    people: People
    forbids: str = ""


@dataclass(frozen=True)
class ItemFacts:
    """All that the item's refusals rest on."""

    version_id: int
    status: ItemStatus
    candidate_id: int
    units: tuple[ItemUnit, ...] = ()
    files: int = 0
    quarantined: int = 0
    held: str = HeldAt.HERE
    location: str = ""
    described: bool = True
    dated: bool = True
    has_draft: bool = False
    replaced: bool = False


def unit_refusals(verb: Verb, person: Person, facts: UnitFacts) -> list[Reason]:
    """Why this person cannot do this to the unit now. Empty: go."""
    step = UNIT_STEPS[verb]
    if refused := _who(step, parties(person, facts.people)):
        return refused
    if facts.status not in step.sources:
        return [Reason(_when("unit", facts.status, step.phrase, step.sources), "unit", facts.enrolment_id)]
    return unit_needs(verb, person, facts)


def unit_needs(verb: Verb, person: Person, facts: UnitFacts) -> list[Reason]:
    """What the verb still needs, whoever asks and whenever: the panel of missing things."""
    return list(UNIT_NEEDS.get(verb, _nothing)(person, facts))


def item_refusals(verb: Verb, person: Person, facts: ItemFacts) -> list[Reason]:
    """Why this person cannot do this to the version of the item now. Empty: go."""
    step = ITEM_STEPS[verb]
    if refused := _who(step, item_parties(person, facts)):
        return refused
    if facts.replaced and verb not in SAFEKEEPING:
        return [Reason("A newer version of this item has been handed in.", "item", facts.version_id)]
    if facts.status not in step.sources:
        return [Reason(_when("item", facts.status, step.phrase, step.sources), "item", facts.version_id)]
    return list(ITEM_NEEDS.get(verb, _nothing)(person, facts))


def open_to(person: Person, facts: UnitFacts) -> list[Verb]:
    """The verbs that are this person's turn at the unit's status, in the table's order: what gets a button."""
    mine = parties(person, facts.people)
    return [step.verb for step in UNIT_JOURNEY if mine & set(step.turn) and facts.status in step.sources]


def item_parties(person: Person, facts: ItemFacts) -> frozenset[Party]:
    """Everything the person is to the item: its candidate, or something to one of its units."""
    own = {Party.CANDIDATE} if person.user_id == facts.candidate_id else set()
    return frozenset(own).union(*(parties(person, unit.people) for unit in facts.units))


def _who(step: Step[StatusT], found: frozenset[Party]) -> list[Reason]:
    if found & set(step.turn):
        return []
    return [Reason(f"Only {in_words(step.turn)} can {step.phrase}.")]


def _when(noun: str, status: UnitStatus | ItemStatus, phrase: str, sources: Iterable[UnitStatus | ItemStatus]) -> str:
    wanted = " or ".join(f"“{source.label}”" for source in sources)
    return f"The {noun} is “{status.label}”. To {phrase}, it must be {wanted}."


def _nothing(person: Person, facts: object) -> Iterable[Reason]:
    return ()


# --- what a unit's verbs need --------------------------------------------------------------------------------------


def _criteria_met(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    words = {
        Layer.NOT_STARTED: "has no evidence handed in yet",
        Layer.CLAIMED: "is claimed, but your assessor has not judged it met yet",
        Layer.RETURNED: "was returned with feedback",
    }
    for criterion in facts.criteria:
        if criterion.layer in words and not criterion.pending:
            yield Reason(f"{criterion.number} {words[criterion.layer]}.", "criterion", criterion.pk)
    if not facts.criteria:
        yield Reason("The unit has no criteria: ask your centre.", "unit", facts.enrolment_id)
    for item in facts.waiting:
        yield Reason(f"{item.name} is waiting to be read by the assessor.", "item", item.pk)


def _nothing_stale(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    for signer in facts.stale:
        yield Reason(
            f"Something changed after the {signer} signed: their signature is stale. The unit must be sent back and "
            "signed again.",
            "unit",
            facts.enrolment_id,
        )


def _sign_off(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    yield from _criteria_met(person, facts)
    yield from _nothing_stale(person, facts)
    if (facts.pending or not person.qualified) and facts.people.countersigner_id is None:
        yield Reason(
            "This unit needs a countersigner, as you do not hold an assessor's award: ask your centre to name one.",
            "unit",
            facts.enrolment_id,
        )


def _countersign(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if person.user_id in facts.pending_deciders:
        yield Reason("Some of the decisions are your own: another qualified assessor must countersign them.")
    if person.user_id == facts.assessor_signed_by:
        yield Reason("You signed this unit off yourself: another qualified assessor must countersign it.")
    yield from _nothing_stale(person, facts)


def _never_a_decider(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if has_decided(person, facts.people):
        yield Reason("You have judged evidence in this unit, so somebody else must verify it.")


def _nothing_open(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if facts.open_sample:
        yield Reason("A sample of this unit is still open.", "sample", facts.open_sample.pk)
    for action in facts.open_actions:
        yield Reason(f"An action is still open: {action.name}", "action", action.pk)


def _verify(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    yield from _never_a_decider(person, facts)
    yield from _nothing_open(person, facts)
    yield from _nothing_stale(person, facts)
    if not facts.agreed_samples and not facts.verifier_always:
        yield Reason("You have not agreed a sample of this unit yet: choose it for sampling first.")


def _claim(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if facts.status == U.SIGNED_OFF:
        if facts.verifier_always:
            yield Reason(VERIFIER_ALWAYS)
        elif not facts.left_unsampled:
            yield Reason("The internal verifier has neither verified this unit nor recorded why it was not sampled.")
    yield from _nothing_open(person, facts)
    yield from _nothing_stale(person, facts)


UNIT_NEEDS: dict[Verb, Callable[[Person, UnitFacts], Iterable[Reason]]] = {
    Verb.DECLARE: _criteria_met,
    Verb.SIGN_OFF: _sign_off,
    Verb.COUNTERSIGN: _countersign,
    Verb.VERIFY: _verify,
    Verb.SEND_BACK: _never_a_decider,
    Verb.CLAIM: _claim,
}


# --- what an item's verbs need -------------------------------------------------------------------------------------


def _submit(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    if not facts.described:
        yield Reason("Say what you did.", "item", facts.version_id)
    if not facts.dated:
        yield Reason("Say on which day the activity took place.", "item", facts.version_id)
    if not facts.files and facts.held == HeldAt.HERE:
        yield Reason("Add a file, or say where the evidence can be seen.", "item", facts.version_id)
    if facts.quarantined:
        yield Reason("A file of this item is in quarantine: take it out first.", "item", facts.version_id)
    if not any(unit.status != U.WITHDRAWN for unit in facts.units):
        yield Reason("Map the item to at least one criterion.", "item", facts.version_id)
    if facts.has_draft:
        yield Reason("You have started a new version of this item: hand that in, or withdraw it first.", "item")
    yield from _units_collecting(person, facts)
    for unit in facts.units:
        if unit.forbids and unit.status != U.WITHDRAWN:
            yield Reason(unit.forbids, "unit", unit.enrolment_id)


def _units_collecting(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    for unit in facts.units:
        if unit.status not in (U.COLLECTING, U.WITHDRAWN):
            yield _stands(unit)


def _stands(unit: ItemUnit) -> Reason:
    sentence = f"{unit.name} is “{unit.status.label}”, so what it rests on cannot change."
    return Reason(sentence, "unit", unit.enrolment_id)


def _review(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    mine = [unit for unit in facts.units if Party.ASSESSOR in parties(person, unit.people)]
    if not any(unit.status == U.COLLECTING for unit in mine):
        yield from (_stands(unit) for unit in mine)


def _map_more(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    if facts.status == I.DRAFT and Party.CANDIDATE not in item_parties(person, facts):
        yield Reason("This is a draft: only the candidate can map it.", "item", facts.version_id)


def _replace(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    if facts.has_draft:
        yield Reason("You have started a new version of this item already.", "item", facts.version_id)
    yield from _units_collecting(person, facts)


def _withdraw(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    found = item_parties(person, facts)
    if facts.status != I.DRAFT:
        if Party.ASSESSOR not in found:
            yield Reason("This item has been handed in: ask your assessor to withdraw it.", "item", facts.version_id)
        yield from _units_collecting(person, facts)
    elif Party.CANDIDATE not in found:
        yield Reason("This is a draft: only the candidate can withdraw it.", "item", facts.version_id)


ITEM_NEEDS: dict[Verb, Callable[[Person, ItemFacts], Iterable[Reason]]] = {
    Verb.SUBMIT: _submit,
    Verb.REVIEW: _review,
    Verb.REPLACE: _replace,
    Verb.MAP_MORE: _map_more,
    Verb.WITHDRAW_ITEM: _withdraw,
}
