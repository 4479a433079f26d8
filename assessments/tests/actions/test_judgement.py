"""It lets a unit be declared, signed and countersigned only over what is really there, and keeps every word said."""

import pytest
from django.utils import timezone

from assessments.actions import judgement
from assessments.enums import SignedAs, UnitStatus, Verdict
from assessments.models import Countersignature, Decision, Enrolment, EvidenceVersion
from assessments.queries.judgement import signatures_in_force
from assessments.testing import House, an_enrolment, declared, handed_in, judged, met, signed_off, targets
from portfolio.models import SignatureVoid, User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def read(
    version: EvidenceVersion,
    *decisions: judgement.Judged,
    by: User,
    rules: judgement.RulesOfEvidence | None = None,
    feedback: str = "",
    returned: bool = False,
) -> None:
    judgement.review(
        version=version,
        rules=rules or judgement.RulesOfEvidence(),
        decisions=decisions,
        feedback=feedback,
        returned=returned,
        seen_at_location=False,
        by=by,
        at=timezone.now(),
    )


def word(unit: Enrolment, number: str, verdict: str = Verdict.MET, feedback: str = "") -> judgement.Judged:
    return judgement.Judged(unit.pk, targets(unit, number)[0].criterion_id, verdict, feedback)


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


def test_what_is_not_met_says_what_is_still_needed(house: House, unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    with pytest.raises(Refusal, match="Say what is still needed"):
        read(version, word(unit, "1.1", Verdict.CONTRIBUTES), by=house.assessor)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("rule", ["valid", "authentic", "current"])
def test_evidence_that_breaks_a_rule_meets_nothing(house: House, unit: Enrolment, rule: str) -> None:
    rules = judgement.RulesOfEvidence(**{rule: False}, remarks="The date is from another job.")
    with pytest.raises(Refusal, match="cannot meet a criterion"):
        read(handed_in(unit, "1.1"), word(unit, "1.1"), by=house.assessor, rules=rules)


def test_a_rule_not_met_has_its_word(house: House, unit: Enrolment) -> None:
    rules = judgement.RulesOfEvidence(sufficient=False)
    with pytest.raises(Refusal, match="Say why the evidence is not"):
        read(handed_in(unit, "1.1"), word(unit, "1.1", Verdict.NOT_YET, "Show more."), by=house.assessor, rules=rules)


def test_an_item_goes_back_only_with_feedback(house: House, unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    with pytest.raises(Refusal, match="before you return the item"):
        read(version, by=house.assessor, returned=True)
    with pytest.raises(Refusal, match="Decide at least one criterion"):
        read(version, by=house.assessor)
    read(version, by=house.assessor, returned=True, feedback="The date is missing.")
    assert not unit.mappings.filter(waiting_since__isnull=False).exists()


def test_nobody_judges_a_unit_they_do_not_hold(house: House, unit: Enrolment) -> None:
    with pytest.raises(Refusal, match="Only the unit's assessor can judge this item"):
        read(handed_in(unit, "1.1"), word(unit, "1.1"), by=house.other_assessor)


def test_the_latest_word_counts_and_the_earlier_ones_stay(house: House, unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    read(version, word(unit, "1.1", Verdict.NOT_YET, "Show a second call."), by=house.assessor)
    read(version, word(unit, "1.1"), by=house.assessor)
    assert list(Decision.objects.values_list("verdict", flat=True)) == [Verdict.NOT_YET, Verdict.MET]


def test_a_unit_is_declared_only_when_every_criterion_is_met(house: House, unit: Enrolment) -> None:
    judged(handed_in(unit, "1.1"), unit)
    handed_in(unit, "1.2")
    with pytest.raises(Refusal) as refused:
        judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())
    assert "1.2 is claimed, but your assessor has not judged it met yet." in refused.value.sentences
    assert "1.3 has no evidence handed in yet." in refused.value.sentences
    assert "Evidence 2 is waiting to be read by the assessor." in refused.value.sentences


def test_a_unit_referred_back_voids_the_candidates_signatures_by_rows(house: House, unit: Enrolment) -> None:
    unit = declared(unit)
    unit = judgement.refer(enrolment=unit, feedback="Show 1.1 once more.", by=house.assessor, at=timezone.now())
    assert unit.status == UnitStatus.COLLECTING
    assert unit.declared_at is None
    assert SignatureVoid.objects.filter(reason="Referred back: Show 1.1 once more.").count() == 2
    assert not signatures_in_force(unit.pk)


def test_only_a_qualified_countersigner_countersigns(house: House) -> None:
    unit = signed_off(an_enrolment(house, assessor=house.trainee))
    for user in (house.trainee, house.other_assessor, house.verifier, house.administrator):
        with pytest.raises(Refusal, match="Only the unit's countersigner can countersign this unit"):
            judgement.countersign(enrolment=unit, by=user, at=timezone.now())
    judgement.countersign(enrolment=unit, by=house.assessor, at=timezone.now())
    assert Countersignature.objects.filter(agreed=True, by=house.assessor).count() == Decision.objects.count()


def test_a_unit_handed_back_names_the_decisions_and_no_longer_counts_them(house: House) -> None:
    unit = signed_off(an_enrolment(house, assessor=house.trainee))
    first = Decision.objects.earliest("pk")
    for disagreed in ([], [first.pk, 0]):
        with pytest.raises(Refusal, match="Name the decisions you disagree with"):
            judgement.hand_back(
                enrolment=unit, reason="One call only.", disagreed=disagreed, by=house.assessor, at=timezone.now()
            )
    unit = judgement.hand_back(
        enrolment=unit, reason="One call only.", disagreed=[first.pk], by=house.assessor, at=timezone.now()
    )
    assert unit.status == UnitStatus.DECLARED
    assert set(signatures_in_force(unit.pk)) == {SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY}
    with pytest.raises(Refusal, match="was returned with feedback"):
        judgement.sign_off(enrolment=unit, comments="", by=house.trainee, at=timezone.now())


def test_comments_are_part_of_what_the_assessor_signs(house: House) -> None:
    one = signed_off(an_enrolment(house))
    parts = signatures_in_force(one.pk)
    assert parts[SignedAs.ASSESSOR].comments == "Consistent over time."
    assert parts[SignedAs.ASSESSOR].signature.digest != parts[SignedAs.CANDIDATE].signature.digest


def test_met_by_a_trainee_is_enough_to_declare_but_counts_only_countersigned(house: House) -> None:
    unit = met(an_enrolment(house, assessor=house.trainee))
    unit = judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())
    assert unit.status == UnitStatus.DECLARED
