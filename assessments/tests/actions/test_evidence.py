"""It keeps what was handed in as it was, numbers it once, and lets go of what nothing rests on."""

import pytest
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import judgement
from assessments.enums import ItemStatus, Setting, Verdict
from assessments.models import Evidence, Mapping
from assessments.testing import House, a_draft, a_file, an_enrolment, described, handed_in, judged, met, targets
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_numbers_are_taken_at_hand_in_and_never_used_again(house: House) -> None:
    unit = an_enrolment(house)
    draft = a_draft(unit, "1.1")
    assert Evidence.objects.get(pk=draft.evidence_id).number is None
    first = handed_in(unit, "1.2")
    assert first.evidence.number == 1
    items.withdraw_item(version=first, reason="The wrong file.", by=house.assessor, at=timezone.now())
    assert items.submit(version=draft, by=unit.candidate_user, at=timezone.now()).evidence.number == 2


def test_a_draft_is_handed_in_only_when_nothing_is_missing(house: House) -> None:
    unit = an_enrolment(house)
    bare = items.add_evidence(
        candidate=unit.candidate,
        described=items.Described(title="Half an idea"),
        files=[],
        targets=[],
        by=unit.candidate_user,
        at=timezone.now(),
    )
    with pytest.raises(Refusal) as refused:
        items.submit(version=bare, by=unit.candidate_user, at=timezone.now())
    assert refused.value.sentences == [
        "Say what you did.",
        "Say on which day the activity took place.",
        "Add a file, or say where the evidence can be seen.",
        "Map the item to at least one criterion.",
    ]


@pytest.mark.parametrize("setting", [Setting.SIMULATED, Setting.REALISTIC_ENVIRONMENT, Setting.PLACEMENT])
def test_d20_refuses_evidence_that_is_not_from_real_work(house: House, setting: Setting) -> None:
    unit = an_enrolment(house, "ocr-d20")
    words = items.Described(**{**vars(described()), "setting": setting})
    with pytest.raises(Refusal, match="D20 does not accept evidence from"):
        a_draft(unit, "1.1", words=words)
    assert not Evidence.objects.exists()


def test_what_was_handed_in_is_never_edited(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")
    with pytest.raises(Refusal, match="never edited"):
        items.edit_draft(
            version=version,
            described=described("Another title"),
            add=[],
            remove=[],
            targets=[],
            by=unit.candidate_user,
            at=timezone.now(),
        )


def test_a_replacement_is_read_afresh_and_the_earlier_version_keeps_its_word(house: House) -> None:
    unit = an_enrolment(house)
    first = judged(handed_in(unit, "1.1"), unit)
    second = items.replace(version=first, by=unit.candidate_user, at=timezone.now())
    assert second.files.get().stored == first.files.get().stored
    assert unit.mappings.get().waiting_since is None
    items.submit(version=second, by=unit.candidate_user, at=timezone.now())
    first.refresh_from_db()
    assert first.replaced_at is not None
    assert first.decisions.count() == 1
    assert unit.mappings.get().waiting_since is not None
    with pytest.raises(Refusal, match="A newer version of this item has been handed in"):
        judged(first, unit)


def test_a_judged_mapping_stays_and_an_unjudged_one_may_go(house: House) -> None:
    unit = an_enrolment(house)
    version = judged(handed_in(unit, "1.1", "1.2"), unit, Verdict.MET, "1.1")
    judged_row, waiting = (Mapping.objects.get(criterion__number=number) for number in ("1.1", "1.2"))
    with pytest.raises(Refusal, match="The assessor has judged this"):
        items.take_back(mapping=judged_row, by=unit.candidate_user, at=timezone.now())
    items.take_back(mapping=waiting, by=unit.candidate_user, at=timezone.now())
    assert version.evidence.mappings.filter(taken_back_at=None).count() == 1


def test_a_draft_can_leave_a_unit_that_has_moved_on(house: House) -> None:
    unit, other = an_enrolment(house), an_enrolment(house, "ocr-cc32")
    draft = a_draft(unit, "1.1")
    items.map_more(version=draft, targets=targets(other, "1.1"), by=unit.candidate_user, at=timezone.now())
    judgement.declare(enrolment=met(unit), by=unit.candidate_user, at=timezone.now())
    with pytest.raises(Refusal, match="what it rests on cannot change"):
        items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
    mapping = Mapping.objects.get(evidence=draft.evidence_id, enrolment=unit)
    items.take_back(mapping=mapping, by=unit.candidate_user, at=timezone.now())
    assert items.submit(version=draft, by=unit.candidate_user, at=timezone.now()).status == ItemStatus.SUBMITTED


def test_files_of_another_centres_vault_are_refused(house: House, other_house: House) -> None:
    unit = an_enrolment(house)
    with pytest.raises(Refusal, match="not kept by this centre"):
        a_draft(unit, "1.1", files=[a_file(other_house.centre)])


def test_nobody_else_adds_to_a_candidates_portfolio(house: House) -> None:
    unit = an_enrolment(house)
    with pytest.raises(Refusal, match="Only the candidate can add evidence"):
        items.add_evidence(
            candidate=unit.candidate,
            described=described(),
            files=[],
            targets=[],
            by=house.administrator,
            at=timezone.now(),
        )
