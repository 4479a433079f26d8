"""What the verbs of an item need, beyond the right person at the right status."""

from collections.abc import Callable, Iterable

from assessments.enums import EvidenceKind, HeldAt, ItemStatus, Party, UnitStatus, Verb
from assessments.rules import Person, parties
from assessments.workflow.facts import ItemFacts, ItemUnit, Reason

U = UnitStatus
ITEM_FROZEN = "This evidence is held by the centre’s office at the moment: ask there before you go on."
I = ItemStatus  # noqa: E741  # read as a table


def item_parties(person: Person, facts: ItemFacts) -> frozenset[Party]:
    """Everything the person is to the item: its candidate, or something to one of its units."""
    own = {Party.CANDIDATE} if person.user_id == facts.candidate_id else set()
    return frozenset(own).union(*(parties(person, unit.people) for unit in facts.units))


def _submit(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    yield from _own_work(facts)
    if not facts.described:
        yield Reason("Say what you did.", "item", facts.version_id)
    if not facts.dated:
        yield Reason("Say on which day the activity took place.", "item", facts.version_id)
    if facts.held == HeldAt.HERE and not facts.files and not facts.testimonies:
        yield from _nothing_to_see(facts)
    for name in facts.asked:
        sentence = f"{name} has not signed their testimony yet: wait for it, or take the request back."
        yield Reason(sentence, "witness", facts.version_id)
    yield from _files_at_rest(facts)
    if not any(unit.status != U.WITHDRAWN for unit in facts.units):
        yield Reason("Map the item to at least one criterion.", "item", facts.version_id)
    if facts.has_draft:
        yield Reason("You have started a new version of this item: hand that in, or withdraw it first.", "item")
    yield from _units_taking(person, facts)


def _files_at_rest(facts: ItemFacts) -> Iterable[Reason]:
    if facts.quarantined:
        yield Reason("A file of this item is in quarantine: take it out first.", "item", facts.version_id)
    for name in facts.being_scanned:
        sentence = f"“{name}” is still being scanned for malware. Look again in a minute."
        yield Reason(sentence, "item", facts.version_id)


def _units_taking(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    yield from _units_collecting(person, facts)
    for unit in facts.units:
        if unit.forbids and unit.status != U.WITHDRAWN:
            yield Reason(unit.forbids, "unit", unit.enrolment_id)
        elif unit.unapproved and unit.status != U.WITHDRAWN:
            yield Reason(unit.unapproved, "unit", unit.enrolment_id)


def _own_work(facts: ItemFacts) -> Iterable[Reason]:
    if facts.author_id:
        sentence = "Your assessor made this record: say to them what in it is not right, and they correct it."
        yield Reason(sentence, "item", facts.version_id)


def _nothing_to_see(facts: ItemFacts) -> Iterable[Reason]:
    if facts.kind != EvidenceKind.WITNESS_TESTIMONY:
        yield Reason("Add a file, or say where the evidence can be seen.", "item", facts.version_id)
    elif not facts.asked:
        sentence = "Ask a witness, and wait for their signature; or add the testimony as a file."
        yield Reason(sentence, "witness", facts.version_id)


def _units_collecting(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    for unit in facts.units:
        if unit.status not in (U.COLLECTING, U.WITHDRAWN):
            yield _stands(unit)


def _stands(unit: ItemUnit) -> Reason:
    sentence = f"{unit.name} is “{unit.status.label}”, so what it rests on cannot change."
    return Reason(sentence, "unit", unit.enrolment_id)


def _review(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    if person.user_id in facts.witnesses:
        yield Reason("You are a witness of this evidence, so somebody else must assess it.", "item", facts.version_id)
    mine = [unit for unit in facts.units if Party.ASSESSOR in parties(person, unit.people)]
    if not any(unit.status == U.COLLECTING for unit in mine):
        yield from (_stands(unit) for unit in mine)


def _map_more(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    if facts.status == I.DRAFT and Party.CANDIDATE not in item_parties(person, facts):
        yield Reason("This is a draft: only the candidate can map it.", "item", facts.version_id)


def _replace(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    yield from _own_work(facts)
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


def _by_its_author(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    if person.user_id != facts.author_id:
        yield Reason("Only the assessor who made a record hands it over, or corrects it.", "item", facts.version_id)


def _hand_over(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    yield from _by_its_author(person, facts)
    yield from _files_at_rest(facts)
    if not any(unit.status != U.WITHDRAWN for unit in facts.units):
        yield Reason("Mark at least one passage or answer with the criterion it shows.", "item", facts.version_id)
    yield from _units_taking(person, facts)


def _correct(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    yield from _by_its_author(person, facts)
    yield from _units_collecting(person, facts)


def _acknowledge(person: Person, facts: ItemFacts) -> Iterable[Reason]:
    if facts.author_id is None:
        yield Reason("This is your own evidence: only what an assessor made is acknowledged.", "item", facts.version_id)
    elif facts.acknowledged:
        yield Reason("You have acknowledged this record already.", "item", facts.version_id)


ITEM_NEEDS: dict[Verb, Callable[[Person, ItemFacts], Iterable[Reason]]] = {
    Verb.SUBMIT: _submit,
    Verb.REVIEW: _review,
    Verb.REPLACE: _replace,
    Verb.MAP_MORE: _map_more,
    Verb.WITHDRAW_ITEM: _withdraw,
    Verb.HAND_OVER: _hand_over,
    Verb.CORRECT: _correct,
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.DISPUTE: _acknowledge,
}
