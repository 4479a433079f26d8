"""The Centre Authentication form: its fields, its declarations, and that it is issued once."""

import datetime
import io
from typing import Any

import pikepdf
import pytest
from django.utils import timezone

from assessments.actions import award, judgement, safekeeping, verification
from assessments.actions.registration import end_registration, register
from assessments.documents import ask_authentication_form
from assessments.documents.recording import recording_form_facts
from assessments.models import AuthenticationForm, Enrolment, EvidenceFile, Registration
from assessments.queries.printed import printed_record
from assessments.testing import House, an_enrolment, sampled, signed_off, verified
from assessments.tests.awards import a_registration
from assessments.tests.documents.reading import in_order, made, text_of
from portfolio import manuscripts, pdf, references
from portfolio.actions import edit_candidate, edit_staff, record_qualification
from portfolio.enums import QualificationKind, Role
from portfolio.models import Document, StaffRecord
from portfolio.refusal import Refusal
from units.actions import publish_qualification
from units.models import Qualification
from units.testing import a_draft, an_award

pytestmark = pytest.mark.django_db


def authenticated(house: House, enrolment: Enrolment) -> AuthenticationForm:
    form = award.authenticate(enrolment=enrolment, by=house.administrator, at=timezone.now())
    return AuthenticationForm.objects.select_related("signature__statement", "enrolment").get(pk=form.pk)


def asked(house: House, form: AuthenticationForm) -> Document:
    return ask_authentication_form(form=form, by=house.administrator, at=timezone.now())


def text(house: House, enrolment: Enrolment) -> str:
    return text_of(made(asked(house, authenticated(house, enrolment))))


def today() -> str:
    return f"{timezone.localdate():%-d %B %Y}"


def known_by_number(house: House, **numbers: Any) -> None:
    edit_candidate(
        candidate=house.candidate, legal_name="Cara Northgate", by=house.administrator, at=timezone.now(), **numbers
    )


# --- its fields ------------------------------------------------------------------------------------------------------


def test_it_says_whom_it_is_about_with_their_numbers(house: House) -> None:
    known_by_number(house, candidate_number="00012345", uln="9276308686", scn="051234561", centre_reference="C17")
    document = asked(house, authenticated(house, signed_off(an_enrolment(house))))
    found, reference = text_of(made(document)), references.grouped(document.reference)
    in_order(found, "Centre Authentication Form", f"Reference {reference}", "Centre Northgate Centre")
    in_order(found, "Centre number 12345", "Awarding body OCR")
    in_order(found, "Unit CC26 Coordinate customer communication processes in a contact centre")
    in_order(found, "Awarding body’s unit number 12", "Sector unit number CC26", "Unit reference number T/503/0406")
    in_order(found, "Level 4", "Candidate Cara Northgate", "Candidate number 00012345")
    in_order(
        found, "Unique learner number 9276308686", "Scottish candidate number 051234561", "Centre’s own reference C17"
    )


def test_a_title_from_public_lists_is_marked_as_on_the_recording_form(house: House) -> None:
    unit = signed_off(an_enrolment(house, "ocr-cc16"))
    note = str(recording_form_facts(printed_record(unit))["title_note"])
    assert note == "title from public lists, not in the source specification"
    assert f"Unit CC16 Manage customer service delivery in a contact centre ({note})" in text(house, unit)
    assert "public lists, not in" not in text(house, signed_off(an_enrolment(house, "ocr-cc26")))


def registered(house: House, *, number: str = "603/1234/5") -> Registration:
    """The candidate, for an award that lists the unit and has this number on the register."""
    draft = a_draft(house.centre, house.administrator, "Award in running a contact centre")
    Qualification.objects.filter(pk=draft.pk).update(number=number)
    publish_qualification(qualification=draft, by=house.administrator, at=timezone.now())
    return a_registration(house)


def test_it_names_the_qualification_that_the_candidate_is_registered_for(house: House) -> None:
    registered(house)
    known_by_number(house, candidate_number="00012345", uln="9276308686")
    found = text(house, signed_off(an_enrolment(house)))
    in_order(found, "Awarding body OCR", "Qualification Award in running a contact centre")
    in_order(found, "Qualification Award", "Qualification number 603/1234/5", "Unit CC26", "Candidate Cara Northgate")
    in_order(found, "Candidate number 00012345", "Registration number R-1", "Unique learner number")


def test_of_two_registrations_each_number_says_what_it_is_for(house: House) -> None:
    registered(house)
    register(
        candidate=house.candidate,
        qualification=an_award(house.centre, house.administrator, "Award in first steps"),
        number="R-2",
        registered_on=timezone.localdate(),
        by=house.administrator,
        at=timezone.now(),
    )
    found = text(house, signed_off(an_enrolment(house)))
    in_order(found, "Qualification Award in running", "Qualification number 603/1234/5", "Qualification Award in first")
    in_order(found, "Registration number R-1 (Award in running a contact centre)", "R-2 (Award in first steps)")


def test_a_qualification_that_does_not_list_the_unit_or_is_given_up_is_no_part_of_it(house: House) -> None:
    row = registered(house)
    assert "Qualification Award" not in text(house, signed_off(an_enrolment(house, "sqa-h12e04")))
    unit = signed_off(an_enrolment(house))
    end_registration(registration=row, reason="Left.", by=house.administrator, at=timezone.now())
    found = text(house, unit)
    for label in ("Qualification Award", "Qualification number", "Registration number"):
        assert label not in found


def test_what_is_not_known_is_left_out(house: House) -> None:
    known_by_number(house, candidate_number="")
    row = registered(house, number="")
    Registration.objects.filter(pk=row.pk).update(number="")
    found = text(house, signed_off(an_enrolment(house)))
    assert "Qualification Award in running a contact centre" in found
    labels = ("Unique learner number", "Scottish candidate number", "Candidate number", "Centre’s own reference")
    for label in (*labels, "Qualification number", "Registration number"):
        assert label not in found
    assert "Level 4" not in text(house, verified(an_enrolment(house, "sqa-h12e04")))


def test_it_has_everybodys_declaration_with_name_date_and_digest(house: House) -> None:
    edit_staff(
        staff=StaffRecord.objects.get(user=house.administrator),
        name="Alma Admin",
        job_title="Centre co-ordinator",
        by=house.administrator,
        at=timezone.now(),
    )
    enrolment = verified(an_enrolment(house))
    form = authenticated(house, enrolment)
    found = text_of(made(asked(house, form)))
    in_order(
        found, "Candidate’s declaration version 1", "my own work, produced independently", "I have acknowledged it"
    )
    in_order(found, "Data about customers and colleagues has been protected", "Candidate Cara Northgate", today())
    in_order(found, "Cara Northgate", "Assessor’s declaration", "the candidate’s own work", "Qualified: Level 3 Award")
    in_order(found, "achieved 31 January 2020", "Assessor Asha Northgate", "Signed as assessor", f"Date {today()}")
    in_order(found, "Assessor Asha Northgate", "Internal verification", f"Date sampled: {today()}.", "Vera Northgate")
    in_order(found, "Vera Northgate", "Centre’s declaration", "On behalf of the centre", "Centre co-ordinator")
    in_order(found, "For the centre Alma Admin", f"digest {form.signature.digest[:12]}", f"Date {today()}")
    assert "Countersignature" not in found


def test_an_assessor_without_an_award_says_what_they_work_towards_and_is_countersigned(house: House) -> None:
    record_qualification(
        staff=StaffRecord.objects.get(user=house.trainee),
        kind=QualificationKind.TAQA,
        role=Role.ASSESSOR,
        target_on=datetime.date(2030, 5, 1),
        by=house.administrator,
        at=timezone.now(),
    )
    enrolment = signed_off(an_enrolment(house, assessor=house.trainee))
    enrolment = judgement.countersign(enrolment=enrolment, by=house.assessor, at=timezone.now())
    found = text(house, enrolment)
    in_order(found, "Working towards: Level 3 Award", "by 1 May 2030.", "Assessor Tomasz Northgate")
    in_order(found, "Countersignature", "I hold an assessor qualification", "Countersigner Asha Northgate")


def test_an_assessor_without_anything_on_record_is_not_called_qualified(house: House) -> None:
    enrolment = signed_off(an_enrolment(house, assessor=house.trainee))
    enrolment = judgement.countersign(enrolment=enrolment, by=house.assessor, at=timezone.now())
    assert "No assessor qualification is on the centre’s record." in text(house, enrolment)


def test_a_unit_sampled_and_not_verified_yet_leaves_the_verifiers_line_open(house: House) -> None:
    found = text(house, sampled(an_enrolment(house)))
    in_order(
        found, "Internal verification", f"Date sampled: {today()}.", "Internal verifier Date", "Centre’s declaration"
    )


def test_a_unit_left_out_of_the_sample_says_why(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    verification.leave_unsampled(
        enrolment=enrolment, reason="Four of her units were sampled.", by=house.verifier, at=timezone.now()
    )
    in_order(text(house, enrolment), "left out of the sample: Four of her units were sampled.", "Centre’s declaration")


def test_before_verification_it_says_nothing_of_it(house: House) -> None:
    assert "Internal verification" not in text(house, signed_off(an_enrolment(house)))


# --- issued once -----------------------------------------------------------------------------------------------------


def test_it_is_issued_as_pdf_a_3a(house: House) -> None:
    document = asked(house, authenticated(house, signed_off(an_enrolment(house))))
    opened = pikepdf.open(io.BytesIO(made(document)))
    with opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert document.issued
    assert document.file_name == "Authentication form CC26 Cara Northgate.pdf"


def test_once_issued_it_stays_whatever_becomes_of_the_record_and_the_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolment = signed_off(an_enrolment(house))
    form = authenticated(house, enrolment)
    issued = asked(house, form)
    content = made(issued)
    known_by_number(house, candidate_number="1")
    verification.reopen(enrolment=enrolment, reason="A call was missing.", by=house.lead, at=timezone.now())
    monkeypatch.setattr(pdf, "typeset", lambda *args, **kwargs: pytest.fail("rendered twice"))
    monkeypatch.setattr(manuscripts, "render_version", lambda: "another look")
    assert asked(house, form) == issued
    assert made(issued) == content


def test_it_is_not_issued_for_a_unit_that_has_changed_since(house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    form = authenticated(house, enrolment)
    file = EvidenceFile.objects.get(version__evidence__candidate=house.candidate)
    safekeeping.quarantine(file=file, reason="A customer's address.", by=house.assessor, at=timezone.now())
    with pytest.raises(Refusal, match="confirm it again"):
        asked(house, form)
    assert not Document.objects.exists()
