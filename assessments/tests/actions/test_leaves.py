"""What an item shows of the evidence requirements of a unit, and what that is good for."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from assessments.actions import claims, judgement
from assessments.actions import evidence as items
from assessments.actions.leaves import LeafTarget, take_back_showing
from assessments.enums import Layer, Verb, Verdict
from assessments.models import Enrolment, EvidenceVersion, Showing
from assessments.queries.judgement import signed_facts, unit_facts, unit_rows
from assessments.rules import Person
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    leaves,
    met,
    signed_off,
    targets,
)
from assessments.workflow import Reason, unit_needs
from portfolio.canonical import canonical
from portfolio.models import User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db

CUSTOMER = "Evidence requirement 4: nothing handed in shows “the customer” yet."


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house, "sqa-h12e04")


def refusals(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.sentences


def show(version: EvidenceVersion, shows: list[LeafTarget], by: User, *more: str) -> EvidenceVersion:
    wanted = targets(Enrolment.objects.get(pk=shows[0].enrolment_id), *more) if more else []
    return claims.map_more(version=version, targets=wanted, shows=shows, by=by, at=timezone.now())


def review(
    version: EvidenceVersion, unit: Enrolment, number: str, shows: list[LeafTarget], hides: list[LeafTarget]
) -> None:
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(unit.pk, targets(unit, number)[0].criterion_id, Verdict.MET)],
        feedback="",
        returned=False,
        seen_at_location=False,
        shows=shows,
        hides=hides,
        by=unit.assessor,
        at=timezone.now(),
    )


def layers(unit: Enrolment) -> dict[str, Layer]:
    """How far each leaf is, by its place."""
    rows = unit_rows(unit)
    paths = {leaf.pk: leaf.path for leaf in rows.leaves.leaves}
    return {paths[state.pk]: state.layer for state in unit_facts(rows).leaves}


def shown(version: EvidenceVersion) -> set[str]:
    live = version.evidence.showings.filter(taken_back_at=None)
    return set(live.values_list("requirement__path", flat=True))


def test_the_leaves_are_those_below_headings(unit: Enrolment) -> None:
    assert list(layers(unit)) == ["4.1", "4.2", "4.3", "5.1", "5.2.1", "5.2.2", "6.1", "6.2"]


def test_units_whose_requirements_are_plain_paragraphs_have_none(house: House) -> None:
    assert layers(an_enrolment(house, "ocr-cc16")) == layers(an_enrolment(house, "ocr-d20")) == {}


def test_a_leaf_nothing_shows_stands_in_the_way_of_declaring(unit: Enrolment) -> None:
    version = a_draft(unit)
    kept = [target for target in leaves(unit) if target not in leaves(unit, "4.1")]
    edit(version, unit, kept)
    version = items.submit(version=version, by=unit.candidate_user, at=timezone.now())
    judged(version, unit)
    by = unit.candidate_user
    assert refusals(lambda: judgement.declare(enrolment=unit, by=by, at=timezone.now())) == [CUSTOMER]
    show(version, leaves(unit, "4.1"), unit.assessor)
    assert judgement.declare(enrolment=unit, by=by, at=timezone.now()).status == "declared"


def edit(version: EvidenceVersion, unit: Enrolment, shows: list[LeafTarget], *numbers: str) -> None:
    items.edit_draft(
        version=version,
        described=described(),
        add=[],
        remove=[],
        targets=targets(unit, *numbers),
        shows=shows,
        by=unit.candidate_user,
        at=timezone.now(),
    )


def test_a_leaf_is_claimed_when_handed_in_and_accepted_with_the_item(unit: Enrolment) -> None:
    draft = show(a_draft(unit, "1"), leaves(unit, "4.1"), unit.candidate_user)
    assert layers(unit)["4.1"] == Layer.NOT_STARTED
    version = items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
    assert layers(unit)["4.1"] == Layer.CLAIMED
    judged(version, unit)
    assert layers(unit)["4.1"] == Layer.ACCEPTED
    assert layers(unit)["4.2"] == Layer.NOT_STARTED


def test_an_item_that_is_not_met_shows_nothing(unit: Enrolment) -> None:
    version = show(handed_in(unit, "1"), leaves(unit, "6.2"), unit.candidate_user)
    judged(version, unit, Verdict.NOT_YET)
    assert layers(unit)["6.2"] == Layer.RETURNED
    reasons = [reason.sentence for reason in refusals_of(unit)]
    sentence = "what was to show “the policies and procedures of your organisation” was returned with feedback."
    assert f"Evidence requirement 6: {sentence}" in reasons


def refusals_of(unit: Enrolment) -> list[Reason]:
    return list(unit_needs(Verb.DECLARE, Person(unit.candidate_user_id, frozenset()), unit_facts(unit_rows(unit))))


def test_a_trainees_word_waits_for_the_countersignature(house: House) -> None:
    unit = met(an_enrolment(house, "sqa-h12e04", assessor=house.trainee))
    facts = unit_facts(unit_rows(unit))
    assert {(leaf.layer, leaf.pending) for leaf in facts.leaves} == {(Layer.CLAIMED, True)}
    assert refusals_of(unit) == []


def test_what_was_decided_before_it_was_said_says_nothing_of_it(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1"), unit)
    more = leaves(unit, "5.1")
    assert refusals(lambda: show(version, more, unit.candidate_user)) == [
        "Your assessor has read this item for H12E 04: ask them to tick what else it shows, map it to a further "
        "criterion as well, or replace it with a new version."
    ]
    show(version, more, unit.candidate_user, "2")
    assert layers(unit)["5.1"] == Layer.CLAIMED
    judged(version, unit, Verdict.MET, "2")
    assert layers(unit)["5.1"] == Layer.ACCEPTED


def test_the_assessors_own_word_needs_no_second_reading(unit: Enrolment) -> None:
    version = judged(handed_in(unit, "1"), unit)
    show(version, leaves(unit, "5.1"), unit.assessor)
    assert layers(unit)["5.1"] == Layer.ACCEPTED


def test_an_assessor_corrects_it_in_a_reading(unit: Enrolment) -> None:
    version = show(handed_in(unit, "1"), leaves(unit, "4.1", "4.2"), unit.candidate_user)
    review(version, unit, "1", shows=leaves(unit, "6.1"), hides=leaves(unit, "4.2"))
    assert shown(version) == {"4.1", "6.1"}
    wrong = version.evidence.showings.get(requirement__path="4.2")
    assert (wrong.made_by, wrong.taken_back_by) == (unit.candidate_user, unit.assessor)


def test_nobody_corrects_it_in_a_unit_of_another_assessor(house: House, unit: Enrolment) -> None:
    other = an_enrolment(house, "ocr-cc16", assessor=house.other_assessor)
    version = a_draft(unit, "1")
    claims.map_more(version=version, targets=targets(other, "1.1"), by=unit.candidate_user, at=timezone.now())
    show(version, leaves(unit, "4.1"), unit.candidate_user)
    version = items.submit(version=version, by=unit.candidate_user, at=timezone.now())
    mine = [judgement.Judged(other.pk, targets(other, "1.1")[0].criterion_id, Verdict.MET)]
    assert refusals(
        lambda: judgement.review(
            version=version,
            rules=judgement.RulesOfEvidence(),
            decisions=mine,
            feedback="",
            returned=False,
            seen_at_location=False,
            hides=leaves(unit, "4.1"),
            by=house.other_assessor,
            at=timezone.now(),
        )
    ) == ["Some of these evidence requirements are of a unit that you do not assess."]


def test_it_is_shown_for_a_unit_the_item_is_mapped_to(house: House, unit: Enrolment) -> None:
    draft = a_draft(an_enrolment(house, "ocr-cc16"), "1.1")
    assert refusals(lambda: show(draft, leaves(unit, "4.1"), unit.candidate_user)) == [
        "Map the item to a criterion of H12E 04 as well: then it can show evidence requirements of that unit."
    ]
    version = show(draft, leaves(unit, "4.1"), unit.candidate_user, "1")
    assert shown(version) == {"4.1"}


def test_only_a_leaf_of_the_unit_is_shown(house: House, unit: Enrolment) -> None:
    heading = unit.unit.evidence_requirements.get(path="4").pk
    paragraph = an_enrolment(house, "ocr-d20").unit.evidence_requirements.earliest("pk").pk
    for wrong in (heading, paragraph):
        with pytest.raises(Refusal, match=r"One of the evidence requirements does not belong to H12E 04\."):
            show(a_draft(unit, "1"), [LeafTarget(unit.pk, wrong)], unit.candidate_user)


def test_nothing_changes_once_the_unit_is_past_collecting(unit: Enrolment) -> None:
    declared(unit)
    version = EvidenceVersion.objects.get(evidence__mappings__enrolment=unit, evidence__mappings__criterion__number="1")
    showing = version.evidence.showings.earliest("pk")
    [sentence] = refusals(lambda: take_back_showing(showing=showing, by=unit.assessor, at=timezone.now()))
    assert sentence == "H12E 04 is “Declared complete”: what it rests on stands."


def test_it_is_taken_back_by_the_candidate_until_it_is_read_and_then_by_the_assessor(unit: Enrolment) -> None:
    version = show(handed_in(unit, "1"), leaves(unit, "4.1", "4.2"), unit.candidate_user)
    first, second = version.evidence.showings.order_by("requirement__position")
    take_back_showing(showing=first, by=unit.candidate_user, at=timezone.now())
    assert refusals(lambda: take_back_showing(showing=first, by=unit.candidate_user, at=timezone.now())) == [
        "This was taken back already."
    ]
    judged(version, unit)
    assert refusals(lambda: take_back_showing(showing=second, by=unit.candidate_user, at=timezone.now())) == [
        "Your assessor has read the item as showing this: ask them to take it back."
    ]
    take_back_showing(showing=second, by=unit.assessor, at=timezone.now())
    assert shown(version) == set()


def test_a_draft_shows_what_it_is_edited_to_show(unit: Enrolment) -> None:
    draft = show(a_draft(unit, "1"), leaves(unit, "4.1", "4.2"), unit.candidate_user)
    edit(draft, unit, leaves(unit, "4.2", "6.1"), "1")
    assert shown(draft) == {"4.2", "6.1"}
    assert Showing.objects.filter(evidence=draft.evidence).count() == 3


def test_the_next_version_keeps_what_was_read(unit: Enrolment) -> None:
    version = judged(show(handed_in(unit, "1"), leaves(unit, "4.1"), unit.candidate_user), unit)
    draft = items.replace(version=version, by=unit.candidate_user, at=timezone.now())
    edit(draft, unit, leaves(unit, "4.2"), "1")
    assert shown(draft) == {"4.1", "4.2"}
    assert layers(unit)["4.1"] == Layer.ACCEPTED
    assert layers(unit)["4.2"] == Layer.CLAIMED, "the version in force was accepted before that was said"


def test_with_the_last_criterion_of_the_unit_goes_what_was_shown_for_it(house: House, unit: Enrolment) -> None:
    draft = show(a_draft(unit, "1"), leaves(unit, "4.1"), unit.candidate_user)
    claims.take_back(mapping=draft.evidence.mappings.get(), by=unit.candidate_user, at=timezone.now())
    assert shown(draft) == set()


def test_a_withdrawn_item_shows_nothing(unit: Enrolment) -> None:
    version = judged(show(handed_in(unit, "1"), leaves(unit, "4.1"), unit.candidate_user), unit)
    items.withdraw_item(version=version, reason="Not theirs.", by=unit.assessor, at=timezone.now())
    assert layers(unit)["4.1"] == Layer.NOT_STARTED


def test_it_is_part_of_what_is_signed_where_there_is_anything(house: House, unit: Enrolment) -> None:
    show(handed_in(unit, "1"), leaves(unit, "5.2.2", "4.1"), unit.candidate_user)
    assert '"requirements":["4.1","5.2.2"]' in canonical(signed_facts(unit_rows(unit))).decode()
    other = signed_off(an_enrolment(house, "ocr-cc16"))
    assert "requirements" not in canonical(signed_facts(unit_rows(other))).decode()
