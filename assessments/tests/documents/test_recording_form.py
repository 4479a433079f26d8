"""The Candidate Recording Form: field by field, mark by mark, made once."""

import datetime
import io
from typing import Any

import pikepdf
import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import judgement, safekeeping, verification
from assessments.documents import ask_recording_form, blank_recording_form
from assessments.documents.recording import MOST_COLUMNS, recording_form_facts
from assessments.enums import Verdict
from assessments.models import Enrolment, EvidenceFile
from assessments.queries.printed import printed_record
from assessments.testing import (
    House,
    a_draft,
    a_unit,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    met,
    sampled,
    signed_off,
)
from assessments.tests.documents.reading import Heard, cells_of, fonts_of, in_order, made, pages_of, text_of
from portfolio import manuscripts, pdf
from portfolio.actions import edit_candidate
from portfolio.models import Centre, Document, StoredFile
from units.actions import approve_form
from units.models import CentreApproval, Criterion, Unit

pytestmark = pytest.mark.django_db

HEADINGS = {
    "sqa-h12e04": "H12E 04 (CFACC16) Manage customer service delivery in a contact centre",
    "ocr-cc16": "CC16 Manage customer service delivery in a contact centre (title from public lists, not in the source",
    "ocr-cc26": "CC26 Coordinate customer communication processes in a contact centre",
    "ocr-cc32": "CC32 Support customers and colleagues when providing contact centre services",
    "ocr-d20": "D20 Manage customer service performance",
}
SQA_COLUMNS = [*(str(number) for number in range(1, 17)), *"abcdefghijk"]
STATEMENT = "Statement of competence I confirm that all evidence for the entire unit has been met."
SQA_STATEMENT = (
    "Statement of competence I confirm that all evidence (including Knowledge and Understanding), "
    "for the entire Unit has been met:"
)
SIGNING = (
    "Candidate's signature",
    "Date",
    "Internal Verifier's signature",
    "Date",
    "Assessor's signature",
    "Date",
    "Date sampled (by IV)",
)


def asked(enrolment: Enrolment) -> Document:
    """The form asked for by the unit's assessor."""
    return ask_recording_form(enrolment=enrolment, by=enrolment.assessor, at=timezone.now())


def printed(enrolment: Enrolment) -> bytes:
    return made(asked(enrolment))


def facts(enrolment: Enrolment) -> dict[str, Any]:
    return dict(recording_form_facts(printed_record(enrolment)))


def marks(enrolment: Enrolment) -> list[str]:
    """The marks of the first row."""
    return list(facts(enrolment)["tables"][0]["rows"][0]["marks"])


def signatures(enrolment: Enrolment) -> dict[str, dict[str, str]]:
    return {signature["part"]: signature for signature in facts(enrolment)["signatures"]}


# --- its fields, in their order --------------------------------------------------------------------------------------


def columns_of(unit: Unit) -> list[str]:
    return list(Criterion.objects.filter(unit=unit).values_list("number", flat=True))


def groups_of(unit: Unit) -> list[str]:
    if unit.key == "sqa-h12e04":
        return ["Performance Criteria", "Knowledge and Understanding"]
    return [f"Learning outcome {outcome.number}" for outcome in unit.outcomes.all()]


def head_of(unit: Unit) -> list[str]:
    """What every page of the matrix begins with."""
    return [f"Unit title {unit.shown_title}", "Ref", "Description of Evidence", " ".join(columns_of(unit))]


@pytest.mark.parametrize("key", HEADINGS)
def test_a_blank_form_has_every_field_in_the_order_of_the_original(house: House, key: str) -> None:
    unit = a_unit(key)
    text = text_of(blank_recording_form(unit, house.centre))
    statement = SQA_STATEMENT if key == "sqa-h12e04" else STATEMENT
    in_order(text, HEADINGS[key], "Candidate Recording Form", "Candidate's name", "Assessor's name", *head_of(unit))
    in_order(text, *groups_of(unit), columns_of(unit)[-1], "Comments", statement, *SIGNING)


def test_sqas_columns_are_those_of_its_own_form(house: House) -> None:
    assert columns_of(a_unit("sqa-h12e04")) == SQA_COLUMNS
    assert "own recording form" not in text_of(blank_recording_form(a_unit("sqa-h12e04"), house.centre))


def test_a_blank_form_fits_one_page_with_eight_rows(house: House) -> None:
    for key in HEADINGS:
        content = blank_recording_form(a_unit(key), house.centre)
        assert len(pages_of(content)) == 1
        opened = pikepdf.open(io.BytesIO(content))
        assert [round(float(side)) for side in opened.pages[0].MediaBox[2:]] == [842, 595]


@pytest.mark.parametrize("key", HEADINGS)
def test_a_filled_form_has_every_field_filled(house: House, key: str) -> None:
    enrolment = sampled(an_enrolment(house, key))
    sign = "◑ " if key == "sqa-h12e04" else "✔ "  # SQA wants every unit verified
    unit, today = enrolment.unit, f"{timezone.localdate():%-d %B %Y}"
    text = text_of(printed(enrolment))
    in_order(text, HEADINGS[key], "Candidate Recording Form", "Candidate's name Cara Northgate")
    in_order(text, "Assessor's name Asha Northgate", *head_of(unit))
    in_order(text, columns_of(unit)[-1], f"1 Call handling review Work product, {today}", sign * len(columns_of(unit)))
    in_order(text, "Comments Consistent over time.", "Statement of competence", "Candidate's signature Cara Northgate")
    in_order(text, f"Date {today}", "Internal Verifier's signature", "Assessor's signature Asha Northgate")
    in_order(text, "Assessor's signature", f"Date {today}", f"Date sampled (by IV) {today}")


def test_a_signature_prints_name_role_time_and_the_beginning_of_its_digest(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    text, signed = text_of(printed(enrolment)), enrolment.sign_offs.get(part="assessor").signature
    when = timezone.localtime(signed.signed_at)
    in_order(text, "Asha Northgate", f"Signed as assessor at {when:%H:%M %Z}, digest {signed.digest[:12]}")


def test_the_form_prints_the_name_as_on_legal_identification(house: House) -> None:
    candidate = house.candidate
    name = "Seònaid Łucja Ŵyr-Śliwińska"
    edit_candidate(candidate=candidate, legal_name=name, known_as="Shona", by=house.administrator, at=timezone.now())
    enrolment = an_enrolment(house, candidate=type(candidate).objects.get(pk=candidate.pk))
    assert f"Candidate's name {name}" in text_of(printed(enrolment))


# --- whose form it is ------------------------------------------------------------------------------------------------


def test_a_form_of_the_centres_own_says_who_approved_it_and_when(house: House) -> None:
    enrolment = an_enrolment(house)
    assert facts(enrolment)["own_form"] == (
        "Northgate Centre’s own recording form, not yet approved by an external verifier of OCR."
    )
    approve_form(
        approval=CentreApproval.objects.get(centre=house.centre, awarding_body=enrolment.unit.awarding_body),
        approved_by="Edwin Externa",
        approved_on=datetime.date(2026, 3, 2),
        by=house.administrator,
        at=timezone.now(),
    )
    assert facts(enrolment)["own_form"] == (
        "Northgate Centre’s own recording form, approved by the external verifier (Edwin Externa) on 2 March 2026."
    )


def test_a_form_of_no_centre_can_be_printed_too(house: House) -> None:
    assert "The centre’s own recording form" in text_of(blank_recording_form(a_unit(), None))


# --- its marks -------------------------------------------------------------------------------------------------------


def test_a_mark_tells_claimed_from_accepted_and_the_rest(house: House) -> None:
    enrolment = an_enrolment(house)
    version = handed_in(enrolment)
    assert set(marks(enrolment)) == {"claimed"}
    judged(version, enrolment, Verdict.MET, "1.1")
    judged(version, enrolment, Verdict.CONTRIBUTES, "1.2")
    judged(version, enrolment, Verdict.NOT_YET, "1.3")
    assert marks(enrolment) == ["accepted", "contributes", "returned", *["claimed"] * 10]
    text = text_of(printed(enrolment))
    in_order(text, "◑ ⊕ ↩ ◉", "◉ claimed by the candidate", "⊕ contributes", "◑ accepted", "↩ not yet met")
    assert "✔" not in text


def test_an_unqualified_assessors_mark_waits_for_the_countersigner(house: House) -> None:
    enrolment = met(an_enrolment(house, assessor=house.trainee))
    assert set(marks(enrolment)) == {"pending"}


def test_what_is_accepted_is_confirmed_once_the_unit_is_signed_off(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    assert set(marks(enrolment)) == {"confirmed"}
    assert [line["meaning"] for line in facts(enrolment)["key"]] == [
        "confirmed: accepted, and the unit signed off; verified where that is asked for"
    ]


def test_a_draft_is_not_on_the_form(house: House) -> None:
    enrolment = an_enrolment(house)
    a_draft(enrolment)
    assert {(row["ref"], row["title"]) for row in facts(enrolment)["tables"][0]["rows"]} == {("", "")}
    assert "Call handling review" not in text_of(printed(enrolment))


def test_each_mark_is_read_aloud_with_its_item_its_criterion_and_its_word(house: House) -> None:
    enrolment = an_enrolment(house, "sqa-h12e04")
    judged(handed_in(enrolment, "2", "7", "k"), enrolment)
    handed_in(enrolment, "3", "16", "a")
    heard = [(cell.headers[0], cell.headers[-1], cell.says, cell.sign) for cell in matrix_cells(printed(enrolment))]
    assert heard == [
        *[("1", number, "accepted", "◑") for number in ("2", "7", "k")],
        *[("2", number, "claimed", "◉") for number in ("3", "16", "a")],
    ]


def matrix_cells(content: bytes) -> list[Heard]:
    """The marks, without the descriptions beside them."""
    return [cell for cell in cells_of(content) if cell.headers[-1] != "Description of Evidence"]


WORDS = ("claimed", "contributes", "pending", "accepted", "confirmed", "returned")


def a_long_form(found: dict[str, Any], rows: int) -> bytes:
    """The form with as many items, each long in words, and every mark somewhere."""
    table = found["tables"][0]
    width = len(table["columns"])
    table["rows"] = [
        {
            "ref": str(row + 1),
            "title": "Review of recorded calls against the key performance indicators, with what I changed afterwards",
            "about": "Work product, 3 March 2026, held at the quality office, second floor",
            "marks": [WORDS[(row + col) % 6] if (row * 7 + col * 3) % 4 == 0 else "" for col in range(width)],
        }
        for row in range(rows)
    ]
    return manuscripts.render("documents/recording_form.html", {"facts": found}, variant=pdf.DRAFT)


def test_sixty_items_fill_pages_with_repeated_heads_and_every_mark_in_its_column(house: House) -> None:
    found = facts(an_enrolment(house, "sqa-h12e04"))
    content = a_long_form(found, rows=60)
    pages = pages_of(content)
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        if "Review of recorded calls" in page:
            in_order(page, "Unit title Manage", "Performance Criteria Knowledge and Understanding")
            assert " ".join(SQA_COLUMNS) in page
    table = found["tables"][0]
    expected = [
        (row["ref"], column, mark)
        for row in table["rows"]
        for column, mark in zip(table["columns"], row["marks"], strict=True)
        if mark
    ]
    assert [(cell.headers[0], cell.headers[-1], cell.says) for cell in matrix_cells(content)] == expected


def test_the_statement_is_not_torn_from_its_signatures(house: House) -> None:
    found = facts(an_enrolment(house, "sqa-h12e04"))
    for rows in range(3, 13, 2):
        pages = pages_of(a_long_form(found, rows))
        in_order(pages[-1], "Comments", SQA_STATEMENT, *SIGNING)


def test_a_unit_of_very_many_criteria_goes_on_in_a_second_table(house: House) -> None:
    enrolment = an_enrolment(house)
    judged(handed_in(enrolment, "4.4"), enrolment)
    record = printed_record(enrolment)
    last = record.printed_unit.criteria[-1]
    more = [Criterion(outcome=last.outcome, kind=last.kind, number=f"4.{n}") for n in range(5, MOST_COLUMNS)]
    record.printed_unit.criteria.extend(more)
    found: dict[str, Any] = dict(recording_form_facts(record))
    assert [len(table["columns"]) for table in found["tables"]] == [MOST_COLUMNS, 8]
    text = text_of(content := manuscripts.render("documents/recording_form.html", {"facts": found}, variant=pdf.DRAFT))
    in_order(text, "Criteria 1.1 to 4.21", "Learning outcome 4", "Criteria 4.22 to 4.29", "Learning outcome 4")
    assert [cell.headers[-1] for cell in matrix_cells(content)] == ["4.4"]


# --- signatures that no longer count ---------------------------------------------------------------------------------


def test_a_voided_signature_is_named_as_voided(house: House) -> None:
    enrolment = declared(an_enrolment(house))
    judgement.refer(enrolment=enrolment, feedback="Show a second call.", by=house.assessor, at=timezone.now())
    today = f"{timezone.localdate():%-d %B %Y}"
    voided = f"Cara Northgate’s signature of {today} was voided on {today}. Referred back: Show a second call."
    candidate = signatures(enrolment)["Candidate"]
    assert (candidate["name"], candidate["problem"]) == ("", voided)
    assert voided in text_of(printed(enrolment))


def test_a_stale_signature_is_named_as_stale_and_the_form_is_a_draft(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    assert asked(enrolment).issued
    file = EvidenceFile.objects.get(version__evidence__candidate=house.candidate)
    safekeeping.quarantine(file=file, reason="A customer's address.", by=house.assessor, at=timezone.now())
    text = text_of(printed(enrolment))
    assert not asked(enrolment).issued
    in_order(text, "Candidate's signature Cara Northgate", "Stale: something changed after this was signed.")
    assert "Draft: something changed after it was signed." in text


def test_the_countersigner_signs_below_where_there_is_one(house: House) -> None:
    enrolment = signed_off(an_enrolment(house, assessor=house.trainee))
    assert list(signatures(enrolment)) == ["Candidate", "Internal Verifier", "Assessor"]
    enrolment = judgement.countersign(enrolment=enrolment, by=house.assessor, at=timezone.now())
    assert list(signatures(enrolment)) == ["Candidate", "Internal Verifier", "Assessor", "Countersigner"]
    in_order(text_of(printed(enrolment)), "Date sampled (by IV)", "Countersigner's signature Asha Northgate", "Date")


def test_an_assessor_who_signed_other_words_has_them_beside_their_name(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    found = signatures(enrolment)
    assert found["Candidate"]["statement"] == ""
    assert found["Assessor"]["statement"].endswith("found it valid, authentic, current and sufficient.")


def test_the_comments_of_a_voided_sign_off_are_gone(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    assert facts(enrolment)["comments"] == "Consistent over time."
    verification.send_back(
        enrolment=enrolment,
        finding="1.1 rests on one call.",
        wanted="Ask for a second call.",
        due_on=timezone.localdate(),
        criteria=[],
        by=house.verifier,
        at=timezone.now(),
    )
    enrolment.refresh_from_db()
    assert facts(enrolment)["comments"] == ""


# --- drafts, issued forms, and each made once ------------------------------------------------------------------------


def test_a_draft_is_pdf_ua_and_says_where_the_unit_stands(house: House) -> None:
    enrolment = declared(an_enrolment(house))
    content = printed(enrolment)
    with pikepdf.open(io.BytesIO(content)).open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    assert "Draft: declared complete." in text_of(content)


def test_an_issued_form_is_pdf_a_3a_with_its_facts_inside(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    document = asked(enrolment)
    opened = pikepdf.open(io.BytesIO(made(document)))
    with opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert opened.Root.MarkInfo.Marked
    assert str(opened.Root.Lang) == "en-GB"
    assert str(opened.docinfo["/Title"]) == f"Candidate Recording Form: {HEADINGS['ocr-cc26']}, Cara Northgate"
    assert b"Consistent over time." in opened.attachments["record.json"].get_file().read_bytes()
    assert document.file_name == "Recording form CC26 Cara Northgate.pdf"


def test_its_fonts_are_in_it(house: House) -> None:
    for content in (printed(signed_off(an_enrolment(house))), blank_recording_form(a_unit(), house.centre)):
        found = fonts_of(content)
        assert found
        assert all("/FontFile2" in one or "/FontFile3" in one for one in found)


def test_the_same_facts_are_rendered_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    enrolment = signed_off(an_enrolment(house))
    document = asked(enrolment)
    made(document)
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "typeset", lambda *args, **kwargs: pytest.fail("rendered twice"))
        patch.setattr(manuscripts, "render_version", lambda: "another look")
        again = asked(enrolment)
        assert (again, again.stored) == (document, document.stored)
        made(again)
    assert StoredFile.objects.filter(content_type="application/pdf").count() == 1


def test_a_unit_that_moves_on_is_another_form_only_where_the_form_changes(house: House) -> None:
    enrolment = sampled(an_enrolment(house))
    before = asked(enrolment)
    verified_unit = verification.verify(enrolment=enrolment, by=house.verifier, at=timezone.now())
    after = asked(verified_unit)
    assert before != after
    assert asked(verified_unit) == after


def test_a_blank_form_is_made_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first = blank_recording_form(a_unit(), house.centre)
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "typeset", lambda *args, **kwargs: pytest.fail("rendered twice"))
        assert blank_recording_form(a_unit(), house.centre) == first
    caches["papers"].clear()
    other = Centre(pk=house.centre.pk, name="Another name")
    assert blank_recording_form(a_unit(), other) != first


def test_three_items_and_sixty_take_the_same_number_of_queries(house: House) -> None:
    few, many = an_enrolment(house), an_enrolment(house, "ocr-d20")
    for _ in range(3):
        handed_in(few, "1.1")
    item = judged(handed_in(many, "1.1", "1.2"), many).evidence
    for _ in range(5):
        a_draft(many, "1.3", words=described("Not handed in"))
    for _ in range(9):
        handed_in(many, "2.1", "2.2")
    assert item.number

    def queries(enrolment: Enrolment) -> int:
        found = Enrolment.objects.select_related("unit__awarding_body", "candidate", "centre", "assessor")
        enrolment = found.get(pk=enrolment.pk)
        with CaptureQueriesContext(connection) as captured:
            recording_form_facts(printed_record(enrolment))
        return len(captured)

    assert queries(few) == queries(many) == 16
