"""What the verbs of a unit need, beyond the right person at the right status."""

from collections.abc import Callable, Iterable

from assessments.enums import Layer, SignedAs, UnitStatus, Verb
from assessments.rules import Person, has_decided, is_author, is_witness, stands_alone
from assessments.workflow.facts import Reason, UnitFacts

U = UnitStatus
UNIT_FROZEN = "This unit is held by the centre’s office at the moment: ask there before you go on."
"""Said to everybody alike, and no more: that a case holds it is known to those who work on the case alone."""
VERIFIER_ALWAYS = "The awarding body wants the internal verifier's signature on every unit."


def went_stale(parts: Iterable[SignedAs]) -> str:
    """What is said of signatures that no longer fit what was signed, of all of them at once."""
    *before, last = dict.fromkeys(f"the {part.signer}" for part in parts)
    signers = f"{', '.join(before)} and {last}" if before else last
    return f"Something changed after {signers} signed, so what they signed is not what stands now."


def _criteria_met(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    words = {
        Layer.NOT_STARTED: "has no evidence handed in yet",
        Layer.CLAIMED: "is claimed, but your assessor has not judged it met yet",
        Layer.RETURNED: "was returned with feedback",
    }
    for criterion in facts.criteria:
        if criterion.layer in words and not criterion.pending:
            yield Reason(f"{criterion.number} {words[criterion.layer]}.", "criterion", criterion.pk)
    yield from _requirements_shown(facts)
    if not facts.criteria:
        yield Reason("The unit has no criteria: ask your centre.", "unit", facts.enrolment_id)
    for item in facts.waiting:
        yield Reason(f"{item.name} is waiting to be assessed.", "item", item.pk)
    for item in facts.unacknowledged:
        sentence = f"{item.name} was made by the assessor, and the candidate has not acknowledged it yet."
        yield Reason(sentence, "item", item.pk)
    for item in facts.disputed:
        sentence = f"{item.name} was made by the assessor, and the candidate disputes it: it must be settled first."
        yield Reason(sentence, "item", item.pk)


def _requirements_shown(facts: UnitFacts) -> Iterable[Reason]:
    """Each leaf must be shown by an item that meets a criterion of the unit.

    Source: "You must provide evidence of monitoring activities … which include: (a) … (b) …" (H12E 04, evidence
    requirements 4 to 6): the lists say what must be there, and none of them leaves a choice.
    """
    words = {
        Layer.NOT_STARTED: "nothing handed in shows “{words}” yet",
        Layer.CLAIMED: "“{words}” is claimed, but your assessor has not accepted evidence of it yet",
        Layer.RETURNED: "what was to show “{words}” was returned with feedback",
    }
    for leaf in facts.leaves:
        if leaf.layer in words and not leaf.pending:
            said = words[leaf.layer].format(words=leaf.words)
            yield Reason(f"Evidence requirement {leaf.number}: {said}.", "requirement", leaf.pk)


def _shown_often_enough(facts: UnitFacts) -> Iterable[Reason]:
    """Where the centre blocks. A criterion that is not met yet has its own sentence already.

    A count never makes evidence sufficient, it only keeps back (domain rule 18).
    """
    met = {row.pk for row in facts.criteria if row.pending or row.layer in (Layer.ACCEPTED, Layer.CONFIRMED)}
    for short in facts.short:
        if short.blocks and short.criterion_id in met:
            yield Reason(short.sentence, "criterion", short.criterion_id)


def _declare(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    yield from _criteria_met(person, facts)
    yield from _shown_often_enough(facts)


def _nothing_stale(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if facts.stale:
        sentence = f"{went_stale(facts.stale)} The unit must be sent back and signed again."
        yield Reason(sentence, "unit", facts.enrolment_id)


def _sign_off(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    yield from _declare(person, facts)
    yield from _nothing_stale(person, facts)
    alone = stands_alone(person, facts.interested)
    if (facts.pending or not alone) and facts.people.countersigner_id is None:
        why = "you do not hold an assessor's award"
        if person.user_id in facts.interested:
            why = "you have a conflict of interest with the candidate"
        elif alone:
            why = "decisions in it wait for a countersignature"
        yield Reason(
            f"This unit needs a countersigner, as {why}: ask your centre to name one.", "unit", facts.enrolment_id
        )


def _countersign(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if person.user_id in facts.interested:
        yield Reason("You have a conflict of interest with the candidate: somebody without one must countersign.")
    if person.user_id in facts.pending_deciders:
        yield Reason("Some of the decisions are your own: another qualified assessor must countersign them.")
    if person.user_id == facts.assessor_signed_by:
        yield Reason("You signed this unit off yourself: another qualified assessor must countersign it.")
    yield from _nothing_stale(person, facts)


def _never_a_decider(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if has_decided(person, facts.people):
        yield Reason("You have judged evidence in this unit, so somebody else must verify it.")
    if is_witness(person, facts.people):
        yield Reason("You are a witness in this unit, so somebody else must verify it.")
    if is_author(person, facts.people):
        yield Reason("You made a record or devised questions in this unit, so somebody else must verify it.")


def _nothing_open(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if facts.open_sample:
        yield Reason("A sample of this unit is still open.", "sample", facts.open_sample.pk)
    elif facts.must_sample:
        sentence = "The sampling plan wants this unit sampled: do that first, or take it out of the plan with a reason."
        yield Reason(sentence, "plan", facts.enrolment_id)
    for action in facts.open_actions:
        yield Reason(f"An action is still open: {action.name}", "action", action.pk)


def _verify(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    yield from _never_a_decider(person, facts)
    if person.user_id in facts.interested:
        yield Reason("You have a conflict of interest with the candidate: somebody without one must verify.")
    yield from _nothing_open(person, facts)
    yield from _nothing_stale(person, facts)
    if not facts.agreed_samples and not facts.verifier_always and not facts.open_sample:
        yield Reason("You have not agreed a sample of this unit yet: choose it for sampling first.")


def _claim(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if facts.status == U.SIGNED_OFF:
        if facts.verifier_always:
            yield Reason(VERIFIER_ALWAYS)
        elif not facts.left_unsampled:
            yield Reason("The internal verifier has neither verified this unit nor recorded why it was not sampled.")
    yield from _nothing_open(person, facts)
    if facts.open_appeal:
        sentence = f"{facts.open_appeal.name} is open in this unit: it can be claimed once the appeal is closed."
        yield Reason(sentence, "appeal", facts.open_appeal.pk)
    yield from _nothing_stale(person, facts)


def _move_on(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    yield from _nothing_open(person, facts)
    if facts.open_appeal:
        sentence = f"{facts.open_appeal.name} is open in this unit: it is about decisions on the earlier wording."
        yield Reason(sentence, "appeal", facts.open_appeal.pk)


def _transfer_out(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    yield from _nothing_open(person, facts)
    if facts.open_appeal:
        sentence = f"{facts.open_appeal.name} is open in this unit: it is heard here before the candidate leaves."
        yield Reason(sentence, "appeal", facts.open_appeal.pk)


def _resume(person: Person, facts: UnitFacts) -> Iterable[Reason]:
    if facts.break_until:
        sentence = (
            f"The candidate is on a break in learning until {facts.break_until:%-d %B %Y}: the unit goes on with the "
            "others when the centre’s office records their return."
        )
        yield Reason(sentence, "unit", facts.enrolment_id)


UNIT_NEEDS: dict[Verb, Callable[[Person, UnitFacts], Iterable[Reason]]] = {
    Verb.DECLARE: _declare,
    Verb.SIGN_OFF: _sign_off,
    Verb.COUNTERSIGN: _countersign,
    Verb.VERIFY: _verify,
    Verb.SEND_BACK: _never_a_decider,
    Verb.CLAIM: _claim,
    Verb.RESUME: _resume,
    Verb.MOVE_ON: _move_on,
    Verb.TRANSFER_OUT: _transfer_out,
}
