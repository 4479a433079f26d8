"""Who, when and how far: the pure rooms, tried without a row."""

from dataclasses import replace
from itertools import product

import pytest

from assessments.enums import ItemStatus, Layer, Party, UnitStatus, Verb, Verdict
from assessments.progress import Mark, Progress, is_confirmed, layer_of, layers, progress_of
from assessments.rules import PERMISSIONS, PREDICATES, People, Person, in_words, parties
from assessments.workflow import (
    ITEM_FROZEN,
    ITEM_STEPS,
    UNIT_FROZEN,
    UNIT_STEPS,
    CriterionState,
    ItemFacts,
    ItemUnit,
    Named,
    UnitFacts,
    item_refusals,
    open_to,
    unit_refusals,
)
from portfolio.enums import Role

PEOPLE = People(candidate_id=1, assessor_id=2, verifier_id=4, countersigner_id=3)
EVERYBODY: dict[str, tuple[Person, set[Party]]] = {
    "candidate": (Person(1, frozenset({Role.CANDIDATE})), {Party.CANDIDATE}),
    "assessor": (Person(2, frozenset({Role.ASSESSOR}), qualified=True), {Party.ASSESSOR}),
    "countersigner": (Person(3, frozenset({Role.ASSESSOR}), qualified=True), {Party.COUNTERSIGNER}),
    "verifier": (Person(4, frozenset({Role.INTERNAL_VERIFIER})), {Party.VERIFIER}),
    "lead verifier": (Person(5, frozenset({Role.LEAD_VERIFIER})), {Party.LEAD_VERIFIER}),
    "administrator": (Person(6, frozenset({Role.ADMINISTRATOR})), {Party.ADMINISTRATOR}),
    "another candidate": (Person(11, frozenset({Role.CANDIDATE})), set()),
    "an assessor with another caseload": (Person(12, frozenset({Role.ASSESSOR}), qualified=True), set()),
    "a verifier with another caseload": (Person(14, frozenset({Role.INTERNAL_VERIFIER})), set()),
    "the assessor after their role ended": (Person(2, frozenset(), qualified=True), set()),
    "the verifier after their role ended": (Person(4, frozenset()), set()),
    "a countersigner without an award": (Person(3, frozenset({Role.ASSESSOR})), set()),
    "somebody of another centre": (Person(20, frozenset()), set()),
    "an administrator on their own unit": (Person(1, frozenset({Role.ADMINISTRATOR})), {Party.CANDIDATE}),
    "a lead verifier on their own unit": (Person(1, frozenset({Role.LEAD_VERIFIER})), {Party.CANDIDATE}),
}
READY = UnitFacts(
    enrolment_id=1,
    status=UnitStatus.COLLECTING,
    people=PEOPLE,
    criteria=(CriterionState(1, "1.1", Layer.ACCEPTED),),
    agreed_samples=1,
    left_unsampled=True,
)
ITEM = ItemFacts(
    version_id=1,
    status=ItemStatus.DRAFT,
    candidate_id=1,
    units=(ItemUnit(1, "CC26", UnitStatus.COLLECTING, PEOPLE),),
    files=1,
)


# --- who × when ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_person_is_to_a_unit_what_they_are_named_as_and_still_hold(who: str) -> None:
    person, expected = EVERYBODY[who]
    assert parties(person, PEOPLE) == expected


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_verb_of_a_unit_at_every_status(who: str) -> None:
    person, mine = EVERYBODY[who]
    for step, status in product(UNIT_STEPS.values(), UnitStatus):
        facts = replace(READY, status=status)
        found = [reason.sentence for reason in unit_refusals(step.verb, person, facts)]
        if not mine & set(PERMISSIONS[step.verb]):
            assert found == [f"Only {in_words(step.turn)} can {step.phrase}."]
        elif status not in step.sources:
            assert len(found) == 1
            assert found[0].startswith(f"The unit is “{status.label}”. To {step.phrase}, it must be ")
        else:
            assert found == []
        assert (step.verb in open_to(person, facts)) is (not found)


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_verb_of_an_item_at_every_status(who: str) -> None:
    person, mine = EVERYBODY[who]
    for step, status in product(ITEM_STEPS.values(), ItemStatus):
        found = [reason.sentence for reason in item_refusals(step.verb, person, replace(ITEM, status=status))]
        handed_in = status != ItemStatus.DRAFT
        if not mine & set(PERMISSIONS[step.verb]):
            assert found == [f"Only {in_words(step.turn)} can {step.phrase}."]
        elif status not in step.sources:
            assert len(found) == 1
            assert found[0].startswith(f"The item is “{status.label}”")
        elif step.verb == Verb.WITHDRAW_ITEM and (Party.ASSESSOR in mine) is not handed_in:
            assert len(found) == 1
        elif step.verb == Verb.MAP_MORE and Party.ASSESSOR in mine and not handed_in:
            assert found == ["This is a draft: only the candidate can map it."]
        elif step.verb in (Verb.HAND_OVER, Verb.CORRECT):
            assert found == ["Only the assessor who made a record hands it over, or corrects it."]
        elif step.verb in (Verb.ACKNOWLEDGE, Verb.DISPUTE):
            assert found == ["This is your own evidence: only what an assessor made is acknowledged."]
        else:
            assert found == []


def test_what_an_assessor_made_is_its_authors_and_its_candidates_to_answer() -> None:
    record = replace(ITEM, status=ItemStatus.REVIEWED, author_id=2)
    candidate, author = EVERYBODY["candidate"][0], EVERYBODY["assessor"][0]
    assert item_refusals(Verb.CORRECT, author, record) == []
    assert item_refusals(Verb.HAND_OVER, author, replace(record, status=ItemStatus.DRAFT)) == []
    for verb in (Verb.ACKNOWLEDGE, Verb.DISPUTE):
        assert item_refusals(verb, candidate, record) == []
        assert item_refusals(verb, candidate, replace(record, acknowledged=True)) != []
    assert item_refusals(Verb.REPLACE, candidate, record) != []


def test_nobody_verifies_what_they_made() -> None:
    made = replace(READY, status=UnitStatus.SIGNED_OFF, people=replace(PEOPLE, authors=frozenset({4})))
    found = unit_refusals(Verb.VERIFY, EVERYBODY["verifier"][0], made)
    assert [row.sentence for row in found] == [
        "You made a record or devised questions in this unit, so somebody else must verify it."
    ]


def test_nothing_moves_that_the_office_holds_but_what_the_awarding_body_did_is_recorded() -> None:
    owners = {party: person for person, mine in EVERYBODY.values() for party in mine}
    for step in UNIT_STEPS.values():
        facts = replace(READY, status=step.sources[0], frozen=True)
        found = [reason.sentence for reason in unit_refusals(step.verb, owners[step.turn[0]], facts)]
        assert found == ([] if step.verb == Verb.REVOKE else [UNIT_FROZEN])
    for item_step in ITEM_STEPS.values():
        frozen = (replace(ITEM, frozen=True), replace(ITEM, units=(replace(ITEM.units[0], frozen=True),)))
        for item in frozen:
            held = replace(item, status=item_step.sources[0])
            refused = item_refusals(item_step.verb, owners[item_step.turn[0]], held)
            assert [reason.sentence for reason in refused] == [ITEM_FROZEN]


def test_a_unit_is_not_claimed_while_an_appeal_is_open() -> None:
    appealed = replace(READY, status=UnitStatus.VERIFIED, open_appeal=Named(7, "Appeal 7"))
    [reason] = unit_refusals(Verb.CLAIM, EVERYBODY["administrator"][0], appealed)
    assert (reason.about, reason.pk) == ("appeal", 7)
    assert reason.sentence.startswith("Appeal 7 is open in this unit")


def test_every_party_has_its_predicate() -> None:
    assert set(PREDICATES) == set(Party)


def test_a_replaced_version_is_only_shut_away_or_redacted() -> None:
    administrator = EVERYBODY["administrator"][0]
    replaced = replace(ITEM, status=ItemStatus.REVIEWED, replaced=True)
    assert item_refusals(Verb.REDACT, administrator, replaced) == []
    assert item_refusals(Verb.QUARANTINE, administrator, replaced) == []
    assert item_refusals(Verb.REPLACE, EVERYBODY["candidate"][0], replaced)[0].sentence.startswith("A newer version")


# --- how far ---------------------------------------------------------------------------------------------------------


def mark(verdict: str | None = None, status: str = ItemStatus.REVIEWED, **more: bool | None) -> Mark:
    return Mark(1, 1, status, verdict, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("marks", "layer"),
    [
        ([], Layer.NOT_STARTED),
        ([mark(status=ItemStatus.DRAFT)], Layer.NOT_STARTED),
        ([mark(status=ItemStatus.SUBMITTED)], Layer.CLAIMED),
        ([mark(Verdict.CONTRIBUTES)], Layer.CLAIMED),
        ([mark(Verdict.CONTRIBUTES), mark(Verdict.CONTRIBUTES)], Layer.CLAIMED),
        ([mark(Verdict.NOT_YET)], Layer.RETURNED),
        ([mark(status=ItemStatus.RETURNED)], Layer.RETURNED),
        ([mark(Verdict.MET)], Layer.ACCEPTED),
        ([mark(Verdict.MET, ItemStatus.RETURNED)], Layer.ACCEPTED),
        ([mark(Verdict.NOT_YET), mark(Verdict.MET)], Layer.ACCEPTED),
        ([mark(Verdict.NOT_YET), mark(status=ItemStatus.SUBMITTED)], Layer.CLAIMED),
        ([mark(Verdict.MET, needs_countersignature=True)], Layer.CLAIMED),
        ([mark(Verdict.MET, needs_countersignature=True, countersigned=True)], Layer.ACCEPTED),
        ([mark(Verdict.MET, needs_countersignature=True, countersigned=False)], Layer.RETURNED),
    ],
)
def test_the_best_mark_of_a_criterion_decides(marks: list[Mark], layer: Layer) -> None:
    assert layer_of(marks) == layer
    assert layer_of(marks, confirmed=True) == (Layer.CONFIRMED if layer == Layer.ACCEPTED else layer)


def test_only_a_signed_off_unit_confirms_and_where_verification_is_asked_for_a_verified_one() -> None:
    for status in UnitStatus:
        settled = status in ("verified", "claimed", "certificated")
        assert is_confirmed(status, to_be_verified=False) == (settled or status == "signed_off")
        assert is_confirmed(status, to_be_verified=True) == settled


def test_what_is_accepted_is_confirmed_with_its_unit() -> None:
    assert layers([1], [mark(Verdict.MET)], confirmed=True) == {1: Layer.CONFIRMED}
    assert layers([1], [mark(Verdict.MET)], confirmed=False) == {1: Layer.ACCEPTED}
    assert layers([1], [mark(Verdict.CONTRIBUTES)], confirmed=True) == {1: Layer.CLAIMED}


def test_layers_are_counted_each_with_those_above_it() -> None:
    found = {1: Layer.CLAIMED, 2: Layer.ACCEPTED, 3: Layer.CONFIRMED, 4: Layer.RETURNED, 5: Layer.NOT_STARTED}
    progress = progress_of(found)
    assert progress == Progress(total=5, claimed=3, accepted=2, confirmed=1, returned=1)
    assert (progress.per_cent, progress.complete) == (40, False)


def test_a_hundred_per_cent_means_all() -> None:
    almost = dict.fromkeys(range(999), Layer.ACCEPTED) | {999: Layer.CLAIMED}
    assert progress_of(almost).per_cent == 99
    assert progress_of({}).per_cent == 0
    assert not progress_of({}).complete
