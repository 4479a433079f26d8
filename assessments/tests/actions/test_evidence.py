"""Items of evidence: prepared, mapped, handed in, replaced, withdrawn."""

from dataclasses import replace as otherwise
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import claims, judgement, safekeeping
from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.enums import HeldAt, ItemStatus, OthersData, Setting, Verdict
from assessments.models import Enrolment, Evidence, EvidenceVersion
from assessments.testing import (
    House,
    a_draft,
    a_file,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    returned,
    targets,
)
from assessments.tests.refusing import refusals
from portfolio.models import User

pytestmark = pytest.mark.django_db
SIMULATED = otherwise(described(), setting=Setting.SIMULATED)


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def d20(house: House) -> Enrolment:
    """A unit that takes real work only."""
    return an_enrolment(house, "ocr-d20")


def add(unit: Enrolment, **otherwise: Any) -> EvidenceVersion:
    values: dict[str, Any] = {
        "candidate": unit.candidate,
        "described": described(),
        "files": [],
        "targets": targets(unit, "1.1"),
        "by": unit.candidate_user,
        "at": timezone.now(),
    }
    return items.add_evidence(**{**values, **otherwise})


def edit(version: EvidenceVersion, **otherwise: Any) -> EvidenceVersion:
    values: dict[str, Any] = {
        "version": version,
        "described": described(),
        "add": [],
        "remove": [],
        "targets": [claims.Target(row.enrolment_id, row.criterion_id) for row in live(version)],
        "by": version.evidence.candidate.user,
        "at": timezone.now(),
    }
    return items.edit_draft(**{**values, **otherwise})


def submit(version: EvidenceVersion) -> EvidenceVersion:
    return items.submit(version=version, by=version.evidence.candidate.user, at=timezone.now())


def replace(version: EvidenceVersion) -> EvidenceVersion:
    return items.replace(version=version, by=version.evidence.candidate.user, at=timezone.now())


def map_more(version: EvidenceVersion, more: list[claims.Target], by: User) -> EvidenceVersion:
    return claims.map_more(version=version, targets=more, by=by, at=timezone.now())


def withdraw(version: EvidenceVersion, by: User) -> EvidenceVersion:
    return items.withdraw_item(version=version, reason="It is not mine.", by=by, at=timezone.now())


def live(version: EvidenceVersion) -> Any:
    return version.evidence.mappings.filter(taken_back_at=None)


def numbers(version: EvidenceVersion) -> set[str]:
    """Numbers of the criteria the item is mapped to."""
    return set(live(version).values_list("criterion__number", flat=True))


def waiting(version: EvidenceVersion) -> set[str]:
    return set(live(version).exclude(waiting_since=None).values_list("criterion__number", flat=True))


# --- preparing -------------------------------------------------------------------------------------------------------


def test_a_draft_has_no_number_and_waits_for_nobody(unit: Enrolment) -> None:
    draft = add(unit)
    assert (draft.evidence.number, draft.status, numbers(draft), waiting(draft)) == (None, "draft", {"1.1"}, set())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"title": ""}, "Title: This field cannot be blank."),
        ({"held": HeldAt.LOCATION}, "Say where the evidence can be seen."),
        ({"group_work": True}, "For work made together with others, say what your own contribution was."),
        ({"others_data": OthersData.PERMITTED}, "Say whose data is in the evidence and how it is protected."),
        ({"setting": "on the moon"}, "Setting: Value 'on the moon' is not a valid choice."),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(
    unit: Enrolment, words: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusals(lambda: add(unit, described=otherwise(described(), **words)))
    draft = add(unit)
    assert sentence in refusals(lambda: edit(draft, described=otherwise(described(), **words)))
    assert Evidence.objects.count() == 1


def test_only_the_candidate_adds_to_their_portfolio(house: House, unit: Enrolment) -> None:
    assert refusals(lambda: add(unit, by=house.assessor)) == ["Only the candidate can add evidence to their portfolio."]


def test_a_file_of_another_centre_is_refused(unit: Enrolment, other_house: House) -> None:
    files = [a_file(other_house.centre)]
    assert refusals(lambda: add(unit, files=files)) == ["One of the files is not kept by this centre: add it again."]


def test_it_is_mapped_to_criteria_of_ones_own_units_alone(house: House, unit: Enrolment, d20: Enrolment) -> None:
    theirs = an_enrolment(house, candidate=house.other_candidate)
    assert refusals(lambda: add(unit, targets=targets(theirs, "1.1"))) == [
        "One of the units is not among the candidate's."
    ]
    crossed = [claims.Target(unit.pk, targets(d20, "1.1")[0].criterion_id)]
    assert refusals(lambda: add(unit, targets=crossed)) == ["One of the criteria does not belong to CC26."]


def test_it_is_not_mapped_to_a_unit_past_collecting(unit: Enrolment) -> None:
    declared(unit)
    assert refusals(lambda: add(unit)) == ["CC26 is “Declared complete”: nothing more can be mapped to it."]


def test_a_setting_the_unit_forbids_is_refused_at_every_turn(unit: Enrolment, d20: Enrolment) -> None:
    sentence = "D20 does not accept evidence from simulation: show real work, or take its criteria off."
    assert refusals(lambda: add(d20, described=SIMULATED)) == [sentence]
    simulated = add(unit, described=SIMULATED)
    assert refusals(lambda: map_more(simulated, targets(d20, "1.1"), d20.candidate_user)) == [sentence]
    real = add(d20)
    assert refusals(lambda: edit(real, described=SIMULATED)) == [sentence]


def test_a_draft_changes_its_setting_and_its_units_at_one_stroke(unit: Enrolment, d20: Enrolment) -> None:
    draft = add(d20)
    draft = edit(draft, described=SIMULATED, targets=targets(unit, "1.2"))
    assert (draft.setting, numbers(draft)) == (Setting.SIMULATED, {"1.2"})
    draft = edit(draft, described=described(), targets=targets(d20, "1.2"))
    assert (draft.setting, live(draft).get().enrolment) == (Setting.PAID_WORK, d20)


def test_a_draft_is_edited_files_and_all(house: House, unit: Enrolment) -> None:
    draft = a_draft(unit, "1.1")
    old = draft.files.get()
    new = a_file(house.centre, "Better notes.")
    where = [otherwise(targets(unit, "1.1")[0], locator=" page 3 "), *targets(unit, "1.2")]
    draft = edit(draft, described=described("Better"), add=[new], remove=[old.pk], targets=where)
    assert draft.title == "Better"
    assert list(draft.files.filter(removed_at=None).values_list("stored", flat=True)) == [new.stored.pk]
    assert dict(live(draft).values_list("criterion__number", "locator")) == {"1.1": "page 3", "1.2": ""}


def test_what_was_handed_in_is_never_edited_and_never_by_others(house: House, unit: Enrolment) -> None:
    draft = add(unit)
    assert refusals(lambda: edit(draft, by=house.assessor)) == ["Only the candidate can edit their draft."]
    version = handed_in(unit, "1.2")
    assert refusals(lambda: edit(version)) == [
        "What has been handed in is never edited: replace it with a new version instead."
    ]


def test_what_was_judged_or_belongs_to_a_unit_past_collecting_stays_mapped(unit: Enrolment, d20: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1", "1.2"), unit, Verdict.MET, "1.1")
    draft = edit(replace(version), targets=[])
    assert numbers(draft) == {"1.1"}
    other = add(d20)
    declared(d20)
    assert numbers(edit(other, targets=[])) == {"1.1"}


def test_editing_a_draft_makes_no_signature_stale(unit: Enrolment) -> None:
    from_before = add(unit)
    declared(unit)
    edit(from_before, described=described("Another title"), targets=[])
    withdraw(from_before, unit.candidate_user)
    judgement.sign_off(enrolment=unit, comments="", by=unit.assessor, at=timezone.now())


# --- handing in ------------------------------------------------------------------------------------------------------


def test_everything_missing_is_said_at_once(unit: Enrolment) -> None:
    draft = add(unit, described=items.Described("Notes"), targets=[])
    assert refusals(lambda: submit(draft)) == [
        "Say what you did.",
        "Say on which day the activity took place.",
        "Add a file, or say where the evidence can be seen.",
        "Map the item to at least one criterion.",
    ]


def test_evidence_at_a_named_location_needs_no_file(unit: Enrolment) -> None:
    elsewhere = otherwise(described(), held=HeldAt.LOCATION, location="Complaints log, floor 2")
    assert submit(add(unit, described=elsewhere)).status == ItemStatus.SUBMITTED


def test_it_takes_its_number_its_declaration_and_its_place_in_the_queue(unit: Enrolment) -> None:
    first, second = handed_in(unit, "1.1"), handed_in(unit, "1.2")
    assert [first.evidence.number, second.evidence.number] == [1, 2]
    assert first.declaration is not None
    assert first.declaration.key == "evidence-authentic"
    assert waiting(first) == {"1.1"}
    assert (
        str(submit_again(first)) == "The item is “Handed in”. To hand this item in, it must be “Draft” or “Returned”."
    )


def submit_again(version: EvidenceVersion) -> str:
    [sentence] = refusals(lambda: submit(version))
    return sentence


def test_a_number_is_never_used_again(unit: Enrolment) -> None:
    withdraw(handed_in(unit, "1.1"), unit.assessor)
    withdraw(a_draft(unit, "1.1"), unit.candidate_user)
    assert handed_in(unit, "1.1").evidence.number == 2


def test_a_file_in_quarantine_keeps_a_draft_back(house: House, unit: Enrolment) -> None:
    draft = a_draft(unit, "1.1")
    safekeeping.quarantine(file=draft.files.get(), reason="Names.", by=house.administrator, at=timezone.now())
    assert refusals(lambda: submit(draft)) == ["A file of this item is in quarantine: take it out first."]
    edit(draft, add=[a_file(house.centre, "Clean.")], remove=[draft.files.get().pk])
    assert submit(draft).status == ItemStatus.SUBMITTED


def test_a_returned_item_is_handed_in_again_as_it_is(unit: Enrolment) -> None:
    version = returned(handed_in(unit, "1.1"), unit)
    assert (version.status, waiting(version)) == (ItemStatus.RETURNED, set())
    again = submit(version)
    assert (again.pk, again.evidence.number, waiting(again)) == (version.pk, 1, {"1.1"})


def test_what_was_met_need_not_be_read_again_unless_the_last_word_was_another(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1", "1.2"), unit, Verdict.MET)
    judged(version, unit, Verdict.NOT_YET, "1.2")
    assert waiting(submit(returned(version, unit))) == {"1.2"}


def test_a_returned_item_that_has_a_new_draft_is_not_handed_in_itself(unit: Enrolment) -> None:
    version = returned(handed_in(unit, "1.1"), unit)
    draft = replace(version)
    assert refusals(lambda: submit(version)) == [
        "You have started a new version of this item: hand that in, or withdraw it first."
    ]
    assert submit(draft).number == 2


# --- replacing -------------------------------------------------------------------------------------------------------


def test_a_new_version_begins_with_the_words_and_files_of_the_last(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1"), unit)
    draft = replace(version)
    assert (draft.number, draft.title, draft.description) == (2, version.title, version.description)
    assert draft.files.get().stored == version.files.get().stored
    version.refresh_from_db()
    assert version.replaced_at is None


def test_an_earlier_version_is_replaced_when_the_next_is_handed_in_and_keeps_its_decisions(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1"), unit)
    second = submit(replace(version))
    version.refresh_from_db()
    assert version.replaced_at == second.submitted_at
    assert (version.decisions.count(), second.decisions.count()) == (1, 0)
    assert (waiting(second), second.evidence.number) == ({"1.1"}, 1)
    assert refusals(lambda: replace(version)) == ["A newer version of this item has been handed in."]


def test_an_item_is_replaced_once_at_a_time_and_not_before_it_was_read(unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    [too_soon] = refusals(lambda: replace(version))
    assert "it must be “Returned” or “Assessed”" in too_soon
    judged(version, unit)
    replace(version)
    assert refusals(lambda: replace(version)) == ["You have started a new version of this item already."]


def test_what_a_unit_past_collecting_rests_on_cannot_change(unit: Enrolment) -> None:
    declared(unit)
    version = EvidenceVersion.objects.get()
    sentence = "CC26 is “Declared complete”, so what it rests on cannot change."
    assert refusals(lambda: replace(version)) == [sentence]
    assert refusals(lambda: withdraw(version, unit.assessor)) == [sentence]


def test_a_unit_the_candidate_left_holds_nothing_back(house: House, unit: Enrolment, d20: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    map_more(version, targets(d20, "1.1"), house.candidate.user)
    enrolments.withdraw(enrolment=d20, reason="New job.", by=house.candidate.user, at=timezone.now())
    assert set(live(version).exclude(waiting_since=None).values_list("enrolment", flat=True)) == {unit.pk}
    judged(version, unit)
    assert submit(replace(version)).status == ItemStatus.SUBMITTED


# --- mapping ---------------------------------------------------------------------------------------------------------


def test_a_new_mapping_waits_once_the_item_is_handed_in(house: House, unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1"), unit)
    map_more(version, [*targets(unit, "1.1", "1.2"), *targets(unit, "1.2")], house.assessor)
    assert waiting(version) == {"1.2"}


def test_an_assessor_maps_to_their_own_units_and_never_a_draft(house: House, unit: Enrolment) -> None:
    elsewhere = an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    version = handed_in(unit, "1.1")
    assert refusals(lambda: map_more(version, targets(elsewhere, "1.1"), house.assessor)) == [
        "Only the candidate or the unit's assessor can map to CC32."
    ]
    assert refusals(lambda: map_more(version, targets(elsewhere, "1.1"), house.other_assessor)) == [
        "Only the candidate or the unit's assessor can map this item."
    ]
    draft = a_draft(unit, "1.1")
    assert refusals(lambda: map_more(draft, targets(unit, "1.2"), house.assessor)) == [
        "This is a draft: only the candidate can map it."
    ]


def test_a_mapping_is_taken_back_while_nobody_judged_it(house: House, unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1", "1.2", "1.3"), unit, Verdict.MET, "1.1")
    by_number = {row.criterion.number: row for row in live(version)}

    def take_back(number: str, by: User = house.assessor) -> object:
        return claims.take_back(mapping=by_number[number], by=by, at=timezone.now())

    take_back("1.2")
    assert numbers(version) == {"1.1", "1.3"}
    assert refusals(lambda: take_back("1.2")) == ["This mapping was taken back already."]
    assert refusals(lambda: take_back("1.1")) == ["The assessor has judged this, so it stays on the record."]
    assert refusals(lambda: take_back("1.3", house.verifier)) == [
        "Only the candidate or the unit's assessor can take a mapping back."
    ]


def test_a_handed_in_item_stays_mapped_to_something(unit: Enrolment) -> None:
    mapping = live(handed_in(unit, "1.1")).get()
    [sentence] = refusals(lambda: claims.take_back(mapping=mapping, by=unit.assessor, at=timezone.now()))
    assert sentence.startswith("It is all that this item is mapped to")
    only = live(a_draft(unit, "1.1")).get()
    claims.take_back(mapping=only, by=unit.candidate_user, at=timezone.now())


def test_a_draft_can_leave_a_unit_that_has_moved_on(unit: Enrolment, d20: Enrolment) -> None:
    draft = map_more(a_draft(unit, "1.1"), targets(d20, "1.1"), unit.candidate_user)
    declared(unit)
    assert refusals(lambda: submit(draft)) == ["CC26 is “Declared complete”, so what it rests on cannot change."]
    claims.take_back(mapping=live(draft).get(enrolment=unit), by=unit.candidate_user, at=timezone.now())
    assert submit(draft).status == ItemStatus.SUBMITTED


# --- withdrawing -----------------------------------------------------------------------------------------------------


def test_a_draft_is_withdrawn_by_its_candidate_and_a_handed_in_item_by_its_assessor(unit: Enrolment) -> None:
    draft, version = a_draft(unit, "1.1"), handed_in(unit, "1.1")
    assert refusals(lambda: withdraw(draft, unit.assessor)) == ["This is a draft: only the candidate can withdraw it."]
    assert refusals(lambda: withdraw(version, unit.candidate_user)) == [
        "This item has been handed in: ask your assessor to withdraw it."
    ]
    assert withdraw(draft, unit.candidate_user).status == ItemStatus.WITHDRAWN
    assert (withdraw(version, unit.assessor).status, waiting(version)) == (ItemStatus.WITHDRAWN, set())


def test_an_item_is_withdrawn_with_the_draft_that_was_to_replace_it(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1"), unit)
    draft = replace(version)
    withdraw(version, unit.assessor)
    draft.refresh_from_db()
    assert draft.status == ItemStatus.WITHDRAWN


def test_withdrawing_the_next_draft_leaves_the_earlier_version_in_force(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1"), unit)
    draft = edit(replace(version), targets=targets(unit, "1.1", "1.2"))
    assert waiting(version) == set()
    withdraw(draft, unit.candidate_user)
    assert waiting(version) == {"1.2"}
    judged(version, unit, Verdict.MET, "1.2")


def test_no_reason_no_withdrawal(unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    act = lambda: items.withdraw_item(version=version, reason=" ", by=unit.assessor, at=timezone.now())  # noqa: E731
    assert refusals(act) == ["Say why the item is withdrawn."]
