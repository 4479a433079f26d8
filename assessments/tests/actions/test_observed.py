"""Records of assessors: handed over whole, answered by the candidate, corrected by the next version."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import allocation, claims, judgement, observed, verification
from assessments.actions import evidence as items
from assessments.actions.observed import Content, Exchanged, Passage, signed_facts
from assessments.enums import AllocatedAs, EvidenceKind, ItemStatus, UnitStatus, Verb
from assessments.models import AssessorRecord, Enrolment, Evidence, EvidenceVersion
from assessments.queries.judgement import unit_facts, unit_rows
from assessments.queries.observed import paragraphs_of, records_shown
from assessments.queries.recording import unsettled_of
from assessments.rules import Person
from assessments.testing import House, a_file, an_enrolment, handed_in, judged, leaves, met
from assessments.tests.records import (
    NARRATIVE,
    a_set,
    acknowledged,
    answers_for,
    content_for,
    disputed,
    handed_over,
    in_use,
    recorded,
)
from assessments.workflow import unit_needs
from portfolio import signing
from portfolio.enums import Role
from portfolio.models import AuditEvent, User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


def refusals(act: Any) -> list[str]:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.sentences


def sign_off_needs(unit: Enrolment) -> list[str]:
    person = Person(unit.assessor_id, frozenset(), qualified=True)
    return [reason.sentence for reason in unit_needs(Verb.SIGN_OFF, person, unit_facts(unit_rows(unit)))]


# --- handing over ----------------------------------------------------------------------------------------------------


def test_a_record_becomes_evidence_with_the_next_number_and_waits_for_its_assessor(unit: Enrolment) -> None:
    handed_in(unit, "1.1")
    version = recorded(unit, "1.1", "1.2")
    evidence = version.evidence
    assert (evidence.number, evidence.author, version.status) == (2, unit.assessor, ItemStatus.SUBMITTED)
    assert version.declaration is not None
    mapped = evidence.mappings.order_by("criterion__position").values_list("criterion__number", "locator")
    assert list(mapped) == [("1.1", "paragraph 1"), ("1.2", "paragraph 1")]
    assert not evidence.mappings.filter(waiting_since=None).exists()


def test_its_markers_keep_the_words_they_are_on(unit: Enrolment) -> None:
    version = recorded(unit)
    shown = records_shown([version.pk])[version.pk]
    (mark,) = shown.marks_on_text
    assert (mark.name, mark.quote) == ("CC26 1.1", "She greeted the caller by name.")
    assert NARRATIVE[mark.start : mark.end] == mark.quote


def test_its_signature_is_over_every_word(unit: Enrolment) -> None:
    content = content_for(unit)
    version = handed_over(unit, content)
    record = AssessorRecord.objects.get(version=version)
    assert record.signature.digest == signing.digest_of(signed_facts(version, content))
    assert record.signature.signer == unit.assessor
    assert signing.digest_of(signed_facts(version, replace(content, feedback="Other."))) != record.signature.digest


def test_where_to_look_is_told_by_paragraph_question_and_minute(unit: Enrolment) -> None:
    content = content_for(unit)
    criterion = content.passages[0].criterion
    second = NARRATIVE.index("Then")
    passages = [*content.passages, Passage(second, second + 8, criterion)]
    asked = Exchanged("Why?", "So that they know.", minute="12:30", criteria=[criterion])
    version = handed_over(unit, replace(content, passages=passages, exchanges=[asked]))
    assert version.evidence.mappings.get().locator == "paragraphs 1, 2; question 1; minute 12:30"


@pytest.mark.parametrize(
    ("otherwise", "sentence"),
    [
        ({"title": " "}, "Give the record a title."),
        ({"activity_on": None}, "Say on which day it was."),
        ({"place": ""}, "Say where it was."),
        ({"context": ""}, "Describe the situation"),
        ({"narrative": " \n "}, "Write down what you saw"),
        ({"feedback": ""}, "Write down what you told the candidate"),
        ({"passages": []}, "Mark at least one passage"),
        ({"kind": "project"}, "An assessor records"),
        ({"exchanges": [Exchanged("Why?", "")]}, "Question 1: write down"),
        ({"narrative": "Short."}, "is not in the text any more"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(unit: Enrolment, otherwise: dict[str, Any], sentence: str) -> None:
    before = Evidence.objects.count(), AuditEvent.objects.count()
    found = refusals(lambda: handed_over(unit, content_for(unit, **otherwise)))
    assert any(sentence in told for told in found), found
    assert (Evidence.objects.count(), AuditEvent.objects.count()) == before


def test_only_the_units_assessor_makes_one(house: House, unit: Enrolment) -> None:
    for somebody in (house.other_assessor, house.verifier, house.candidate.user, house.administrator):
        found = refusals(lambda by=somebody: handed_over(unit, content_for(unit), by))
        assert found == ["Only its assessor can make a record for CC26."]


def test_a_unit_past_collecting_takes_none(unit: Enrolment) -> None:
    judgement.declare(enrolment=met(unit), by=unit.candidate_user, at=timezone.now())
    assert refusals(lambda: recorded(unit)) == ["CC26 is “Declared complete”: nothing more can be mapped to it."]


# --- the candidate ---------------------------------------------------------------------------------------------------


def test_the_candidate_can_neither_replace_nor_change_it(unit: Enrolment) -> None:
    version = judged(recorded(unit), unit)
    candidate = unit.candidate_user
    found = refusals(lambda: items.replace(version=version, by=candidate, at=timezone.now()))
    assert found == ["Your assessor made this record: say to them what in it is not right, and they correct it."]


def test_a_unit_is_not_declared_or_signed_off_before_it_is_acknowledged(unit: Enrolment) -> None:
    met(unit)
    version = judged(recorded(unit), unit)
    waiting = "Evidence 2 was made by the assessor, and the candidate has not acknowledged it yet."
    assert refusals(lambda: judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())) == [waiting]
    assert sign_off_needs(unit) == [waiting]
    disputed(version)
    told = "Evidence 2 was made by the assessor, and the candidate disputes it: it must be settled first."
    assert sign_off_needs(unit) == [told]
    acknowledged(version)
    assert sign_off_needs(unit) == []
    assert judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now()).status == UnitStatus.DECLARED


def test_a_record_withdrawn_holds_nothing_up(unit: Enrolment) -> None:
    met(unit)
    version = judged(recorded(unit), unit)
    items.withdraw_item(version=version, reason="Another person.", by=unit.assessor, at=timezone.now())
    assert sign_off_needs(unit) == []


def test_it_is_acknowledged_once_and_then_neither_disputed(unit: Enrolment) -> None:
    version = acknowledged(recorded(unit))
    for act in (acknowledged, disputed):
        assert refusals(lambda done=act: done(version)) == ["You have acknowledged this record already."]


def test_what_the_candidate_hands_in_is_not_acknowledged(unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    assert refusals(lambda: acknowledged(version)) == [
        "This is your own evidence: only what an assessor made is acknowledged."
    ]


def test_a_dispute_says_what_is_not_right(unit: Enrolment) -> None:
    version = recorded(unit)
    assert refusals(lambda: disputed(version, "  ")) == ["Say what is not right in the record."]
    disputed(version)
    (row,) = unsettled_of(unit.assessor)
    assert (row.name, row.disputed) == ("Evidence 1", "I did not ring back.")


# --- judging and correcting ------------------------------------------------------------------------------------------


def test_it_is_never_returned(unit: Enrolment) -> None:
    version = recorded(unit)

    def give_back() -> None:
        judgement.review(
            version=version,
            rules=judgement.RulesOfEvidence(),
            decisions=[],
            feedback="More.",
            returned=True,
            seen_at_location=False,
            by=unit.assessor,
            at=timezone.now(),
        )

    assert refusals(give_back) == [
        "An assessor made this record: it is corrected by them, or withdrawn, but never returned."
    ]


def corrected(version: EvidenceVersion, content: Content, **otherwise: Any) -> EvidenceVersion:
    by = otherwise.pop("by", version.evidence.author)
    return observed.correct(
        version=version, content=content, by=by, at=timezone.now(), **{"files": [], "keep": [], **otherwise}
    )


def test_a_correction_is_the_next_version_and_waits_to_be_acknowledged_anew(unit: Enrolment) -> None:
    first = disputed(recorded(unit, "1.1", "1.2"))
    second = corrected(first, content_for(unit, "1.2", "1.3", narrative=f"{NARRATIVE} She did not."))
    first.refresh_from_db()
    assert (second.number, second.evidence_id, second.evidence.number) == (2, first.evidence_id, 1)
    assert first.replaced_at is not None
    assert AssessorRecord.objects.get(version=first).narrative == NARRATIVE
    live = second.evidence.mappings.filter(taken_back_at=None).order_by("criterion__position")
    assert [row.criterion.number for row in live] == ["1.2", "1.3"]
    assert [row.disputed for row in unsettled_of(unit.assessor)] == [""]


def test_a_correction_keeps_the_files_it_is_told_to(unit: Enrolment) -> None:
    first = observed.hand_over(
        candidate=unit.candidate,
        content=content_for(unit),
        files=[a_file(unit.centre, name="photo.txt"), a_file(unit.centre, "More.", name="more.txt")],
        by=unit.assessor,
        at=timezone.now(),
    )
    keep = first.files.get(name="photo.txt").pk
    second = corrected(first, content_for(unit), keep=[keep], files=[a_file(unit.centre, "New.", name="new.txt")])
    assert [file.name for file in second.files.all()] == ["photo.txt", "new.txt"]


def test_only_its_author_corrects_it(house: House, unit: Enrolment) -> None:
    version = recorded(unit)
    allocated(unit, AllocatedAs.ASSESSOR, house.other_assessor)
    assert refusals(lambda: corrected(version, content_for(unit), by=house.other_assessor)) == [
        "Only the assessor who made a record hands it over, or corrects it."
    ]


# --- nobody verifies what they made ----------------------------------------------------------------------------------


def allocated(unit: Enrolment, part: AllocatedAs, user: User) -> Enrolment:
    by = unit.centre.grants.get(role=Role.ADMINISTRATOR).user
    return allocation.allocate(enrolment=unit, part=part, user=user, reason="Leave.", by=by, at=timezone.now())


def test_whoever_made_a_record_does_not_become_the_units_verifier(house: House, unit: Enrolment) -> None:
    house.centre.grants.create(user=house.assessor, role=Role.INTERNAL_VERIFIER, starts_on=timezone.localdate())
    recorded(unit)
    allocated(unit, AllocatedAs.ASSESSOR, house.other_assessor)
    assert unit_facts(unit_rows(unit)).people.authors == {house.assessor.pk}
    assert refusals(lambda: allocated(unit, AllocatedAs.VERIFIER, house.assessor)) == [
        "Asha Northgate made a record or devised questions in this unit, so somebody else must verify it."
    ]


def test_a_verifier_who_devised_questions_asked_does_not_sample_the_unit(house: House, unit: Enrolment) -> None:
    questions = in_use(a_set(house, by=house.verifier), house.other_verifier).questions.get()
    content = answers_for(unit)
    taken = replace(content.exchanges[0], asked=questions.text, set_question=questions.pk)
    handed_over(unit, replace(content, exchanges=[taken]))
    assert refusals(
        lambda: verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    ) == ["You made a record or devised questions in this unit, so somebody else must verify it."]


# --- questions of sets -----------------------------------------------------------------------------------------------


def test_questions_of_a_set_are_asked_while_it_is_in_use_and_in_its_words(house: House, unit: Enrolment) -> None:
    found = a_set(house)
    question = found.questions.get()
    content = answers_for(unit)
    taken = replace(content.exchanges[0], asked=question.text, set_question=question.pk)
    assert refusals(lambda: handed_over(unit, replace(content, exchanges=[taken]))) == [
        "One of the questions is of a set that is not in use any more: take it off, or ask it in your own words."
    ]
    in_use(found, house.verifier)
    other = replace(content, exchanges=[replace(taken, asked="Why not?")])
    assert refusals(lambda: handed_over(unit, other)) == [
        "A question of a verified set is asked in its own words: take it off to ask in yours."
    ]
    version = handed_over(unit, replace(content, exchanges=[taken]))
    shown = records_shown([version.pk])[version.pk]
    assert (shown.kind, shown.exchanges[0].from_set) == (EvidenceKind.QUESTIONS, "Ringing back, version 1")


# --- the text --------------------------------------------------------------------------------------------------------


def test_overlapping_passages_cut_a_paragraph_where_they_begin_and_end(unit: Enrolment) -> None:
    content = content_for(unit, "1.1", "1.2")
    one, two = (passage.criterion for passage in content.passages)
    version = handed_over(unit, replace(content, passages=[Passage(0, 11, one), Passage(4, 31, two)]))
    paragraphs = records_shown([version.pk])[version.pk].paragraphs
    found = [(piece.text, piece.names) for piece in paragraphs[0].pieces]
    assert found == [
        ("She ", "CC26 1.1"),
        ("greeted", "CC26 1.1, CC26 1.2"),
        (" the caller by name.", "CC26 1.2"),
    ]
    assert [piece.names for piece in paragraphs[1].pieces] == [""]


def test_a_text_without_marks_is_whole() -> None:
    assert [piece.text for row in paragraphs_of("One.\nStill one.\n\n\nTwo.", []) for piece in row.pieces] == [
        "One.\nStill one.",
        "Two.",
    ]


def test_with_the_last_criterion_of_a_unit_goes_what_a_record_showed_for_it(house: House, unit: Enrolment) -> None:
    other = an_enrolment(house, "sqa-h12e04")
    both = content_for(unit)
    first = disputed(handed_over(unit, replace(both, passages=[*both.passages, *content_for(other, "1").passages])))
    show = leaves(other, "4.1")
    claims.map_more(version=first, targets=[], shows=show, by=unit.assessor, at=timezone.now())
    corrected(first, both)
    assert not first.evidence.showings.filter(taken_back_at=None).exists()
