"""Documents of an item of evidence: what was recorded, what a witness saw, and how it was assessed."""

import pytest
from django.utils import timezone

from assessments.actions import case as cases
from assessments.actions import evidence as items
from assessments.actions import judgement, observed, safekeeping
from assessments.documents.asking import ITEM_FEEDBACK, RECORD, WITNESS, ask_item_document, item_documents
from assessments.documents.items import reading_part
from assessments.enums import EvidenceKind, Verdict
from assessments.models import Enrolment, EvidenceFile, EvidenceVersion, Mapping
from assessments.queries.enrolment import person_at
from assessments.queries.item import ItemPage, item_page
from assessments.queries.papers import readings_in
from assessments.testing import House, a_draft, a_file, an_enrolment, handed_in, judged, signed_off
from assessments.tests.appeals import a_case
from assessments.tests.documents.reading import fonts_of, in_order, made, pages_of, said_in, text_of
from assessments.tests.records import acknowledged, answers_for, content_for, disputed, handed_over, recorded
from assessments.tests.witnesses import SAID, with_testimony
from portfolio.actions import edit_candidate
from portfolio.models import CandidateRecord, User

pytestmark = pytest.mark.django_db


def page_for(user: User, version: EvidenceVersion, number: int | None = None) -> ItemPage:
    today = timezone.localdate()
    return item_page(user, version.evidence_id, lambda centre: person_at(user, centre, today), number=number)


def printed(user: User, version: EvidenceVersion, kind: str, number: int | None = None) -> bytes:
    page = page_for(user, version, number)
    assert kind in item_documents(page)
    return made(ask_item_document(page=page, kind=kind, by=user, at=timezone.now()))


def text(user: User, version: EvidenceVersion, kind: str = ITEM_FEEDBACK, number: int | None = None) -> str:
    return text_of(printed(user, version, kind, number))


def today() -> str:
    return f"{timezone.localdate():%-d %B %Y}"


# --- what an assessor recorded ---------------------------------------------------------------------------------------


def test_an_observation_has_its_fields_in_order_and_both_signatures(house: House) -> None:
    version = acknowledged(recorded(an_enrolment(house), "1.1", "1.2"))
    found = text(house.assessor, version, RECORD)
    in_order(found, "Observation record", "The late shift", "Candidate Cara Northgate", "Evidence number 1")
    in_order(found, "Units CC26 Coordinate", "When and where", f"Date {today()}", "Where The contact centre")
    in_order(found, "The situation", "A busy evening", "What I saw", "She greeted the caller by name.", "CC26 1.1")
    in_order(found, "Criteria noted", "CC26 1.2", "paragraph 1", "What the candidate was told", "Clear and calm")
    in_order(found, "Signatures", "Asha Northgate", "Signed as assessor", f"Date {today()}")
    in_order(found, "Signatures", "Asha Northgate", "Cara Northgate", "Signed as candidate", f"Date {today()}")


def test_questions_stand_beside_their_answers(house: House) -> None:
    unit = an_enrolment(house)
    found = text(house.assessor, handed_over(unit, answers_for(unit)), RECORD)
    in_order(found, "Record of questions and answers", "Why ring back?", "(Spoken)", "where they stand", "CC26 1.1")
    in_order(found, "Signatures", "The candidate has not signed it yet.")


def test_a_discussion_says_what_was_to_be_talked_about(house: House) -> None:
    unit = an_enrolment(house)
    asked = answers_for(unit).exchanges
    content = content_for(
        unit,
        kind=EvidenceKind.PROFESSIONAL_DISCUSSION,
        agenda="Refunds, and who decides.",
        exchanges=asked,
        passages=[],
    )
    found = text(house.assessor, handed_over(unit, content), RECORD)
    in_order(
        found, "Professional discussion record", "What was to be talked about", "Refunds", "Points of the discussion"
    )


def test_a_dispute_stands_beside_the_signatures(house: House) -> None:
    version = disputed(recorded(an_enrolment(house)), "I did not ring back.")
    in_order(text(house.assessor, version, RECORD), f"Disputed by the candidate on {today()}: I did not ring back.")


def test_a_corrected_record_is_printed_as_its_own_version(house: House) -> None:
    unit = an_enrolment(house)
    first = recorded(unit)
    again = observed.correct(
        version=first,
        content=content_for(unit, title="The early shift"),
        files=[],
        keep=[],
        by=house.assessor,
        at=timezone.now(),
    )
    assert "Evidence 1, version 2" in text(house.assessor, again, RECORD)
    earlier = text(house.assessor, again, RECORD, 1)
    assert "Evidence 1, version 1" in earlier
    in_order(earlier, "Observation record", "The late shift")


# --- what a witness saw ----------------------------------------------------------------------------------------------


def witnessed(unit: Enrolment) -> EvidenceVersion:
    testimony = with_testimony(unit)
    return items.submit(version=testimony.version, by=unit.candidate_user, at=timezone.now())


def test_a_testimony_has_the_witness_with_status_and_signature(house: House) -> None:
    found = text(house.assessor, witnessed(an_enrolment(house)), WITNESS)
    in_order(found, "Witness testimony", "What my team leader saw", "What Wyn Witness saw", "She took the call")
    seen_on = f"{SAID.seen_from:%-d %B %Y}"
    in_order(found, f"Seen on {seen_on}", "Witness Wyn Witness", "Her team leader", "Status “I know this work")
    in_order(found, "Asked about CC26 1.1, CC26 1.2", "Signed as witness, by e-mail link", today())


def test_how_to_reach_a_witness_is_told_to_staff_alone(house: House) -> None:
    version = witnessed(an_enrolment(house))
    assert "wyn@work.example" in text(house.assessor, version, WITNESS)
    assert "wyn@work.example" not in text(house.candidate.user, version, WITNESS)


# --- what was said of it ---------------------------------------------------------------------------------------------


def test_a_feedback_record_has_every_reading_with_its_decisions(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1", "1.2")
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(current=False, remarks="The log is of last year."),
        decisions=[
            judgement.Judged(unit.pk, row.criterion_id, Verdict.NOT_YET, "Bring this year’s.")
            for row in claims(version)
        ],
        feedback="Nearly there.",
        returned=False,
        seen_at_location=False,
        by=house.assessor,
        at=timezone.now(),
    )
    judged(version, unit, Verdict.MET)
    found = text(house.assessor, version)
    in_order(found, "Assessment feedback record", "Call handling review", "Evidence number 1", f"Handed in {today()}")
    in_order(found, "What was handed in", "I reviewed the calls", "notes.txt", "In this portfolio", "Claimed for CC26")
    in_order(found, f"Read on {today()} by Asha Northgate", "valid: yes, authentic: yes, current: no, sufficient: yes")
    in_order(found, "The log is of last year.", "Feedback Nearly there.", "CC26 1.1", "Not yet Decided again later.")
    in_order(found, "Bring this year’s.", f"Read on {today()} by Asha Northgate", "current: yes", "CC26 1.1", "Met")


def claims(version: EvidenceVersion) -> list[Mapping]:
    return list(version.evidence.mappings.all())


def test_a_decision_that_waits_for_a_countersignature_is_said_not_to_count(house: House) -> None:
    unit = an_enrolment(house, assessor=house.trainee)
    version = judged(handed_in(unit, "1.1"), unit)
    found = text(house.trainee, version)
    in_order(found, "Tomasz Northgate, not qualified yet on that day", "Met Not counting yet: waits for a countersign")


def test_a_countersignature_is_named_with_its_day(house: House) -> None:
    unit = signed_off(an_enrolment(house, assessor=house.trainee))
    judgement.countersign(enrolment=unit, by=house.assessor, at=timezone.now())
    version = EvidenceVersion.objects.get(evidence__candidate=house.candidate)
    found = text(house.trainee, version)
    assert f"Countersigned by Asha Northgate on {today()}." in found
    assert "Not counting yet" not in found


def test_before_anybody_read_it_it_says_so(house: House) -> None:
    assert "No assessor has read it yet." in text(house.assessor, handed_in(an_enrolment(house)))


def test_an_item_not_handed_in_has_no_documents(house: House) -> None:
    draft = a_draft(an_enrolment(house))
    assert item_documents(page_for(house.candidate.user, draft)) == {}


def test_a_file_shut_away_or_redacted_says_so(house: House) -> None:
    version = handed_in(an_enrolment(house))
    file = EvidenceFile.objects.get(version=version)
    safekeeping.quarantine(file=file, reason="A customer's address.", by=house.assessor, at=timezone.now())
    found = text(house.assessor, version)
    assert f"In quarantine since {today()}: nobody can open it." in found
    assert "A customer's address." not in found
    replacement = a_file(house.centre, "What I did.", "clean.txt")
    safekeeping.redact(file=file, replacement=replacement, reason="Blanked.", by=house.administrator, at=timezone.now())
    assert f"Redacted: its content was destroyed on {today()}." in text(house.assessor, version)


def test_a_withdrawn_item_says_when_and_why(house: House) -> None:
    version = handed_in(an_enrolment(house))
    items.withdraw_item(version=version, reason="The wrong report.", by=house.assessor, at=timezone.now())
    assert f"Withdrawn {today()}: The wrong report." in text(house.candidate.user, version)


def test_a_case_that_holds_the_item_is_nowhere_in_it(house: House) -> None:
    version = handed_in(an_enrolment(house))
    before = ask_item_document(
        page=page_for(house.assessor, version), kind=ITEM_FEEDBACK, by=house.assessor, at=timezone.now()
    )
    cases.freeze_item(case=a_case(house), evidence=version.evidence, by=house.administrator, at=timezone.now())
    after = ask_item_document(
        page=page_for(house.assessor, version), kind=ITEM_FEEDBACK, by=house.assessor, at=timezone.now()
    )
    assert before == after


# --- as a PDF --------------------------------------------------------------------------------------------------------


def test_every_page_is_stamped_with_candidate_reference_page_and_digest(house: House) -> None:
    unit = an_enrolment(house)
    version = judged(judged(handed_in(unit), unit, Verdict.NOT_YET), unit)
    pages = pages_of(printed(house.assessor, version, ITEM_FEEDBACK))
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        in_order(page, "Cara Northgate", "Evidence 1, version 1")
        in_order(
            page, f"Cara Northgate · Evidence 1, version 1 · {house.centre} · facts ", f"Page {number} of {len(pages)}"
        )


def test_each_cell_is_read_aloud_with_its_criterion_and_its_column(house: House) -> None:
    unit = an_enrolment(house)
    version = judged(handed_in(unit, "1.1"), unit)
    said = said_in(printed(house.assessor, version, ITEM_FEEDBACK))
    assert said["CC26 1.1", "Decision"] == "Met"
    assert said["1.1", "How far"] == "met"
    assert said["notes.txt", "What became of it"].startswith("In this portfolio.")
    assert said["Assessor", "Assessor"] == "Asha Northgate"


def test_names_are_printed_with_all_their_letters_and_the_fonts_in_it(house: House) -> None:
    name = "Seònaid Łucja Ŵyr-Śliwińska"
    edit_candidate(candidate=house.candidate, legal_name=name, by=house.administrator, at=timezone.now())
    candidate = CandidateRecord.objects.get(pk=house.candidate.pk)
    content = printed(house.assessor, handed_in(an_enrolment(house, candidate=candidate)), ITEM_FEEDBACK)
    assert f"Candidate {name}" in text_of(content)
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts_of(content))


def test_the_same_facts_are_made_once_and_others_are_another_document(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")

    def asked(user: User) -> int:
        page = page_for(user, version)
        return ask_item_document(page=page, kind=ITEM_FEEDBACK, by=user, at=timezone.now()).pk

    first = asked(house.assessor)
    assert asked(house.candidate.user) == first
    judged(version, unit)
    assert asked(house.assessor) != first


def test_a_reading_of_a_unit_is_told_with_its_item(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    assert (
        reading_part(readings_in(unit)[0], of="Evidence 1. ").title
        == f"Evidence 1. Read on {today()} by Asha Northgate"
    )
