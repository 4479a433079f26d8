"""Reading, declaring, referring, signing off, countersigning."""

from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import allocation, claims, judgement, safekeeping
from assessments.actions import evidence as items
from assessments.enums import AllocatedAs, HeldAt, ItemStatus, Layer, SignedAs, UnitStatus, Verdict
from assessments.models import Enrolment, EvidenceVersion, Review, SignOff
from assessments.queries.judgement import signatures_in_force
from assessments.queries.verification import unit_facts
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    met,
    signed_off,
    targets,
)
from assessments.tests.refusing import refusals
from portfolio.enums import QualificationKind, Role
from portfolio.models import SignatureVoid, StaffQualification, StaffRecord, User

pytestmark = pytest.mark.django_db
NOT_WAITING = "Name the decisions you disagree with: each must be waiting for your countersignature."


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def trainees(house: House) -> Enrolment:
    """A unit whose assessor holds no award yet."""
    return an_enrolment(house, assessor=house.trainee)


def says(unit: Enrolment, verdict: str, *numbers: str, feedback: str = "") -> list[judgement.Judged]:
    return [judgement.Judged(unit.pk, target.criterion_id, verdict, feedback) for target in targets(unit, *numbers)]


def read(version: EvidenceVersion, decisions: list[judgement.Judged], **otherwise: Any) -> Review:
    values: dict[str, Any] = {
        "version": version,
        "rules": judgement.RulesOfEvidence(),
        "decisions": decisions,
        "feedback": "",
        "returned": False,
        "seen_at_location": False,
        "by": version.evidence.mappings.earliest("pk").enrolment.assessor,
        "at": timezone.now(),
    }
    return judgement.review(**{**values, **otherwise})


def declare(unit: Enrolment) -> Enrolment:
    return judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())


def sign_off(unit: Enrolment, by: User | None = None) -> Enrolment:
    return judgement.sign_off(enrolment=unit, comments="Good.", by=by or unit.assessor, at=timezone.now())


def countersign(unit: Enrolment, by: User) -> Enrolment:
    return judgement.countersign(enrolment=unit, by=by, at=timezone.now())


def hand_back(unit: Enrolment, by: User, disagreed: list[int]) -> Enrolment:
    return judgement.hand_back(enrolment=unit, reason="Thin.", disagreed=disagreed, by=by, at=timezone.now())


def refer(unit: Enrolment) -> Enrolment:
    return judgement.refer(enrolment=unit, feedback="1.1 is thin.", by=unit.assessor, at=timezone.now())


def give_award(user: User, house: House) -> None:
    staff = StaffRecord.objects.get(user=user, centre=house.centre)
    StaffQualification.objects.create(
        staff=staff, kind=QualificationKind.TAQA, role=Role.ASSESSOR, achieved_on=timezone.localdate()
    )


def layer_of(unit: Enrolment, number: str) -> Layer:
    [found] = [state.layer for state in unit_facts(unit).criteria if state.number == number]
    return found


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_reading_decides_some_and_leaves_others_waiting(unit: Enrolment) -> None:
    version = handed_in(unit, "1.1", "1.2", "1.3")
    words = says(unit, "contributes", "1.2", feedback="And what came of it?")
    reading = read(version, [*says(unit, "met", "1.1"), *words])
    version.refresh_from_db()
    assert (version.status, reading.qualified, reading.decisions.count()) == (ItemStatus.REVIEWED, True, 2)
    still = version.evidence.mappings.exclude(waiting_since=None)
    assert [row.criterion.number for row in still] == ["1.3"]
    assert [layer_of(unit, number) for number in ("1.1", "1.2", "1.3", "2.1")] == [
        Layer.ACCEPTED,
        Layer.CLAIMED,
        Layer.CLAIMED,
        Layer.NOT_STARTED,
    ]


def test_a_reading_maps_what_the_assessor_saw_beside_the_claims(unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    read(version, says(unit, "met", "1.1", "1.2"))
    made = version.evidence.mappings.get(criterion__number="1.2")
    assert (made.made_by, made.waiting_since) == (unit.assessor, None)


def test_a_returned_item_goes_back_with_feedback(unit: Enrolment) -> None:
    version = handed_in(unit, "1.1", "1.2")
    no = says(unit, "not_yet", "1.1", feedback="Whose call was it?")
    read(version, no, returned=True, feedback="Two things to add.")
    version.refresh_from_db()
    assert version.status == ItemStatus.RETURNED
    assert not version.evidence.mappings.exclude(waiting_since=None).exists()
    assert {layer_of(unit, "1.1"), layer_of(unit, "1.2")} == {Layer.RETURNED}


def test_the_last_word_on_a_criterion_counts(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1.1"), unit, Verdict.NOT_YET)
    judged(version, unit, Verdict.MET)
    assert layer_of(unit, "1.1") == Layer.ACCEPTED
    assert version.decisions.count() == 2


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"returned": True}, "Tell the candidate what is missing before you return the item."),
        ({}, "Decide at least one criterion, or return the item with feedback."),
        (
            {"rules": judgement.RulesOfEvidence(current=False)},
            "Say why the evidence is not valid, authentic, current or sufficient.",
        ),
    ],
)
def test_a_reading_without_its_words_is_refused(unit: Enrolment, values: dict[str, Any], sentence: str) -> None:
    version = handed_in(unit, "1.1")
    assert sentence in refusals(lambda: read(version, [], **values))


def test_decisions_that_cannot_be_are_refused(house: House, unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    one = says(unit, "met", "1.1")
    others = an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    cases: list[tuple[list[judgement.Judged], str]] = [
        (says(unit, "superb", "1.1"), "Choose met, contributes or not yet for each criterion you decide."),
        (says(unit, "not_yet", "1.1"), "Say what is still needed for each criterion that is not met."),
        ([*one, *one], "Decide each criterion once."),
        (says(others, "met", "1.1"), "Some of these criteria are in a unit that you do not assess."),
        (
            [judgement.Judged(unit.pk, targets(others, "1.1")[0].criterion_id, "met")],
            "One of the criteria does not belong to CC26.",
        ),
    ]
    for decisions, sentence in cases:
        assert refusals(lambda decisions=decisions: read(version, decisions)) == [sentence]  # type: ignore[misc]
    assert not Review.objects.exists()


def test_evidence_that_breaks_a_rule_meets_nothing(unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    rules = judgement.RulesOfEvidence(authentic=False, remarks="Somebody else's hand.")
    assert refusals(lambda: read(version, says(unit, "met", "1.1"), rules=rules)) == [
        "Evidence that is not valid, authentic and current cannot meet a criterion."
    ]


def test_evidence_elsewhere_is_met_by_who_has_seen_it(unit: Enrolment) -> None:
    words = items.Described(**{**vars(described()), "held": HeldAt.LOCATION, "location": "Complaints log, floor 2"})
    draft = a_draft(unit, "1.1", words=words)
    version = items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
    assert refusals(lambda: read(version, says(unit, "met", "1.1"))) == [
        "Confirm that you have seen the evidence at Complaints log, floor 2."
    ]
    assert read(version, says(unit, "met", "1.1"), seen_at_location=True).seen_at_location


def test_the_assessor_of_a_unit_the_item_is_not_mapped_to_does_not_read_it(house: House, unit: Enrolment) -> None:
    others = an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    version = handed_in(unit, "1.1")
    assert refusals(lambda: read(version, says(others, "met", "1.1"), by=house.other_assessor)) == [
        "Only the unit's assessor can assess this item."
    ]


def test_two_assessors_each_judge_their_own_unit_of_one_item(house: House, unit: Enrolment) -> None:
    others = an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    version = handed_in(unit, "1.1")
    claims.map_more(version=version, targets=targets(others, "1.1"), by=house.candidate.user, at=timezone.now())
    read(version, says(unit, "met", "1.1"))
    read(version, says(others, "met", "1.1"), by=house.other_assessor)
    assert version.decisions.count() == 2


# --- declaring -------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_criterion_by_criterion(unit: Enrolment) -> None:
    judged(handed_in(unit, "1.1"), unit)
    judged(handed_in(unit, "1.2"), unit, Verdict.NOT_YET)
    handed_in(unit, "1.3")
    found = refusals(lambda: declare(unit))
    assert not [sentence for sentence in found if sentence.startswith("1.1")]
    assert "1.2 was returned with feedback." in found
    assert "1.3 is claimed, but your assessor has not judged it met yet." in found
    assert "2.1 has no evidence handed in yet." in found
    assert "Evidence 3 is waiting to be assessed." in found


def test_an_item_waiting_holds_a_unit_back_though_everything_is_met(unit: Enrolment) -> None:
    met(unit)
    handed_in(unit, "1.1")
    assert refusals(lambda: declare(unit)) == ["Evidence 2 is waiting to be assessed."]


def test_both_of_the_candidates_signatures_stand_on_the_facts(unit: Enrolment) -> None:
    unit = declared(unit)
    signatures = signatures_in_force(unit.pk)
    assert set(signatures) == {SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY}
    assert {row.signature.signer for row in signatures.values()} == {unit.candidate_user}
    assert len({row.signature.digest for row in signatures.values()}) == 2
    assert unit_facts(unit).stale == ()


def test_sqa_words_its_own_statement(house: House) -> None:
    unit = declared(an_enrolment(house, "sqa-h12e04"))
    statement = signatures_in_force(unit.pk)[SignedAs.CANDIDATE].signature.statement
    assert statement.variant == "sqa"


def test_a_referred_unit_is_open_again_and_its_signatures_are_voided_not_gone(unit: Enrolment) -> None:
    unit = refer(declared(unit))
    assert (unit.status, unit.declared_at, signatures_in_force(unit.pk)) == (UnitStatus.COLLECTING, None, {})
    assert SignOff.objects.filter(enrolment=unit).count() == 2
    assert set(SignatureVoid.objects.values_list("reason", flat=True)) == {"Referred back: 1.1 is thin."}
    assert declare(unit).status == UnitStatus.DECLARED


# --- signing off -----------------------------------------------------------------------------------------------------


def test_the_comments_are_part_of_what_is_signed(unit: Enrolment) -> None:
    unit = sign_off(declared(unit))
    row = signatures_in_force(unit.pk)[SignedAs.ASSESSOR]
    assert (row.comments, unit.assessor_signed_by, unit.status) == ("Good.", unit.assessor, UnitStatus.SIGNED_OFF)


def test_a_file_shut_away_after_declaring_stops_the_sign_off_until_it_is_declared_again(
    house: House, unit: Enrolment
) -> None:
    unit = declared(unit)
    file = EvidenceVersion.objects.get().files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.administrator, at=timezone.now())
    assert refusals(lambda: sign_off(unit)) == [
        "Something changed after the candidate signed, so what they signed is not what stands now. The unit must be "
        "sent back and signed again."
    ]
    unit = declare(refer(unit))
    assert sign_off(unit).status == UnitStatus.SIGNED_OFF


def test_an_assessor_without_an_award_needs_a_countersigner(house: House, trainees: Enrolment) -> None:
    unit = declared(trainees)
    Enrolment.objects.filter(pk=unit.pk).update(countersigner=None)
    [sentence] = refusals(lambda: sign_off(unit))
    assert sentence.startswith("This unit needs a countersigner")


def test_a_trainees_decision_counts_for_nothing_yet_but_holds_nothing_back(trainees: Enrolment) -> None:
    unit = met(trainees)
    assert layer_of(unit, "1.1") == Layer.CLAIMED
    assert unit_facts(unit).pending
    assert declare(unit).status == UnitStatus.DECLARED


# --- countersigning --------------------------------------------------------------------------------------------------


def test_a_countersignature_covers_every_pending_decision(house: House, trainees: Enrolment) -> None:
    unit = countersign(signed_off(trainees), house.assessor)
    assert unit.decisions.exclude(countersignature__agreed=True).count() == 0
    assert unit_facts(unit).stale == ()


def test_nobody_countersigns_their_own_decisions(house: House) -> None:
    """Somebody who decided before they had their award cannot countersign that afterwards."""
    unit = met(an_enrolment(house, assessor=house.trainee, countersigner=house.assessor))
    move = {"enrolment": unit, "reason": "Leave.", "by": house.administrator, "at": timezone.now()}
    give_award(house.trainee, house)
    for part, user in (
        (AllocatedAs.COUNTERSIGNER, house.other_assessor),
        (AllocatedAs.ASSESSOR, house.assessor),
        (AllocatedAs.COUNTERSIGNER, house.trainee),
    ):
        allocation.allocate(part=part, user=user, **move)  # type: ignore[arg-type]
    unit.refresh_from_db()
    unit = sign_off(declare(unit), house.assessor)
    assert unit.status == UnitStatus.AWAITING_COUNTERSIGNATURE
    assert refusals(lambda: countersign(unit, house.trainee)) == [
        "Some of the decisions are your own: another qualified assessor must countersign them."
    ]


def test_nobody_countersigns_what_they_signed_off_themselves(house: House, trainees: Enrolment) -> None:
    unit = signed_off(trainees)
    give_award(house.trainee, house)
    Enrolment.objects.filter(pk=unit.pk).update(assessor=house.other_assessor, countersigner=house.trainee)
    assert "You signed this unit off yourself: another qualified assessor must countersign it." in refusals(
        lambda: countersign(unit, house.trainee)
    )


def test_a_countersigner_without_an_award_of_their_own_countersigns_nothing(house: House, trainees: Enrolment) -> None:
    unit = signed_off(trainees)
    StaffQualification.objects.filter(staff__user=house.assessor).delete()
    assert refusals(lambda: countersign(unit, house.assessor)) == [
        "Only the unit's countersigner can countersign this unit."
    ]


def test_a_unit_handed_back_names_what_was_disagreed_with(house: House, trainees: Enrolment) -> None:
    unit = signed_off(trainees)
    decision = unit.decisions.get(criterion__number="1.1")
    unit = hand_back(unit, house.assessor, [decision.pk])
    assert (unit.status, unit.assessor_signed_at) == (UnitStatus.DECLARED, None)
    assert set(signatures_in_force(unit.pk)) == {SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY}
    assert (layer_of(unit, "1.1"), layer_of(unit, "1.2")) == (Layer.RETURNED, Layer.CLAIMED)
    assert refusals(lambda: sign_off(unit)) == ["1.1 was returned with feedback."]
    unit = refer(unit)
    version = judged(EvidenceVersion.objects.get(), unit, Verdict.MET, "1.1")
    assert version.decisions.filter(criterion__number="1.1").count() == 2
    unit = countersign(sign_off(declare(unit)), house.assessor)
    assert layer_of(unit, "1.1") == Layer.CONFIRMED


def test_only_decisions_that_wait_can_be_disagreed_with(house: House, trainees: Enrolment) -> None:
    unit = signed_off(trainees)
    elsewhere = met(an_enrolment(house, "ocr-cc32")).decisions.earliest("pk")
    assert refusals(lambda: hand_back(unit, house.assessor, [])) == [NOT_WAITING]
    assert refusals(lambda: hand_back(unit, house.assessor, [elsewhere.pk])) == [NOT_WAITING]
    assert unit.decisions.filter(countersignature=None).exists()


def test_a_stale_unit_is_handed_back_on_its_reason_alone(house: House, trainees: Enrolment) -> None:
    unit = signed_off(trainees)
    file = EvidenceVersion.objects.get().files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.administrator, at=timezone.now())
    assert all("Something changed" in sentence for sentence in refusals(lambda: countersign(unit, house.assessor)))
    assert refer(hand_back(unit, house.assessor, [])).status == UnitStatus.COLLECTING
