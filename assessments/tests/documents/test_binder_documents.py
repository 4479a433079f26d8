"""Documents of a portfolio: title page, profile, contents, who signed, who witnessed; and all of it in one."""

import io

import pikepdf
import pytest
from django.utils import timezone

from assessments.actions import award, case, judgement
from assessments.actions import evidence as items
from assessments.actions.profile import write_profile
from assessments.documents.asking import ask_binder_document, ask_whole
from assessments.models import Enrolment
from assessments.queries.binder import binder_of
from assessments.testing import House, an_enrolment, handed_in, judged, sampled, signed_off, verified
from assessments.tests.appeals import a_case
from assessments.tests.documents.reading import in_order, made, pages_of, said_in, text_of
from assessments.tests.plans import agreed
from assessments.tests.records import acknowledged, recorded
from assessments.tests.witnesses import with_testimony
from portfolio.models import AuditEvent, User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db

WORDS = {
    "job_title": "Team leader",
    "employer": "Harbour Retail",
    "duties": "I lead twelve agents.",
    "contact": "07700 900123",
}


def printed(house: House, user: User, kind: str) -> bytes:
    binder = binder_of(user, house.centre.slug, house.candidate.user.handle)
    return made(ask_binder_document(binder=binder, kind=kind, by=user, at=timezone.now()))


def text(house: House, user: User, kind: str) -> str:
    return text_of(printed(house, user, kind))


def whole(house: House, user: User) -> bytes:
    binder = binder_of(user, house.centre.slug, house.candidate.user.handle)
    return made(ask_whole(binder=binder, by=user, at=timezone.now()))


def told(house: House, **otherwise: str) -> None:
    words = {**WORDS, **otherwise}
    write_profile(candidate=house.candidate, words=words, by=house.candidate.user, at=timezone.now())


def today() -> str:
    return f"{timezone.localdate():%-d %B %Y}"


def witnessed(unit: Enrolment) -> None:
    testimony = with_testimony(unit)
    items.submit(version=testimony.version, by=unit.candidate_user, at=timezone.now())


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_the_title_page_says_whose_for_which_units_where_and_with_whom(house: House) -> None:
    told(house)
    an_enrolment(house)
    an_enrolment(house, "sqa-h12e04", assessor=house.trainee)
    found = text(house, house.candidate.user, "title_page")
    in_order(found, "Portfolio title page", "Cara Northgate", "Job Team leader", "Employer Harbour Retail")
    in_order(found, "CC26", "Coordinate", "Asha Northgate", "Vera Northgate", "H12E 04", "Tomasz Northgate")
    in_order(found, "Centre Northgate Centre", "OCR centre number 12345", "SQA centre number 12345", "Northgate Admin")


def test_a_profile_has_the_centres_record_and_the_candidates_own_words(house: House) -> None:
    an_enrolment(house)
    told(house)
    found = text(house, house.assessor, "profile")
    in_order(found, "From the centre’s record", "Name Cara Northgate", "In the candidate’s own words", "Team leader")
    in_order(
        found, "07700 900123", f"Written by the candidate, last on {today()}.", "Main duties", "I lead twelve agents."
    )


def test_a_profile_not_written_says_so(house: House) -> None:
    an_enrolment(house)
    assert "The candidate has written nothing here yet." in text(house, house.candidate.user, "profile")


def test_a_candidate_alone_writes_their_profile_and_the_book_holds_none_of_the_words(house: House) -> None:
    with pytest.raises(Refusal, match="A candidate writes their own profile"):
        write_profile(candidate=house.candidate, words=WORDS, by=house.assessor, at=timezone.now())
    told(house)
    told(house, duties="I lead fourteen agents.")
    line = AuditEvent.objects.latest("pk")
    assert line.verb == "write_profile"
    assert line.detail.details == {"changed": ["duties"]}


# --- what is in it ---------------------------------------------------------------------------------------------------


def contents(house: House, user: User) -> dict[tuple[str, str], str]:
    return said_in(printed(house, user, "contents"))


def test_a_checklist_of_nothing_yet_says_what_is_missing(house: House) -> None:
    an_enrolment(house)
    found = contents(house, house.assessor)
    assert found["Personal profile", "There"] == "Not yet"
    assert found["Witness status list", "There"] == "None needed"
    assert found["Assessment plan, agreed", "There"] == "Not yet"
    assert found["Evidence, in its index", "Where, and what is missing"] == "Nothing is handed in"
    assert found["Every criterion accepted", "Where, and what is missing"].startswith("0 of 13 criteria")
    assert found["Signed by the candidate", "There"] == "Not yet"


def test_a_checklist_says_where_everything_stands(house: House) -> None:
    unit = an_enrolment(house)
    agreed(unit)
    told(house)
    witnessed(unit)
    recorded(unit)
    found = contents(house, house.assessor)
    assert found["Personal profile", "There"] == "Yes"
    assert found["Witness status list", "Where, and what is missing"] == "1 witness"
    assert found["Assessment plan, agreed", "There"] == "Yes"
    assert found["Evidence, in its index", "Where, and what is missing"] == "Evidence 1, 2"
    assert found["Every item read by an assessor", "Where, and what is missing"] == "Not read yet: evidence 1, 2"
    assert found["Records signed by the candidate", "Where, and what is missing"] == "Not signed: evidence 2"


def test_a_checklist_of_a_unit_that_is_through_has_every_signature(house: House) -> None:
    unit = verified(an_enrolment(house))
    award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())
    found = contents(house, house.candidate.user)
    where = "Where, and what is missing"
    assert found["Every criterion accepted", "There"] == "Yes"
    assert found["Signed by the candidate", where] == f"Cara Northgate, {today()}"
    assert found["Signed by the internal verifier", where] == f"Vera Northgate, {today()}"
    assert found["Sampled by the internal verifier", where] == today()
    assert found["Centre Authentication Form", where] == f"Signed for the centre on {today()}"


# --- who signed, and who saw -----------------------------------------------------------------------------------------


def test_everybody_who_signed_or_decided_is_listed_with_part_and_qualification(house: House) -> None:
    unit = signed_off(an_enrolment(house, assessor=house.trainee))
    judgement.countersign(enrolment=unit, by=house.assessor, at=timezone.now())
    sampled(an_enrolment(house, "ocr-cc32"))
    found = said_in(printed(house, house.lead, "signatories"))
    assert found["Cara Northgate CN", "Part"] == "Candidate"
    assert found["Tomasz Northgate TN", "Qualification"] == "None on record"
    assert set(found["Asha Northgate AN", "Part"].split()) == {"Countersigner", "Assessor"}
    assert "31 January 2020" in found["Asha Northgate AN", "Qualification"]
    assert found["Vera Northgate VN", "How they sign"].startswith("By deciding under their sign-in")
    latest = unit.sign_offs.get(part="assessor_authenticity").signature
    assert found["Tomasz Northgate TN", "How they sign"] == f"Tomasz Northgate {today()}, digest {latest.digest[:12]}"


def test_a_witness_and_a_recorder_sign_too(house: House) -> None:
    unit = an_enrolment(house)
    witnessed(unit)
    acknowledged(recorded(unit))
    found = text(house, house.assessor, "signatories")
    in_order(found, "Wyn Witness", "Witness", "testimony: 1")
    in_order(found, "Asha Northgate", "Assessor", "record of assessment: 1")
    in_order(found, "Cara Northgate", "Candidate", "acknowledgement: 1")


def test_nobody_has_signed_yet(house: House) -> None:
    an_enrolment(house)
    assert "Nobody has signed or decided anything yet." in text(house, house.assessor, "signatories")
    assert "No witness has testified." in text(house, house.assessor, "witnesses")


def test_a_witness_is_listed_with_status_evidence_and_for_staff_with_contact(house: House) -> None:
    witnessed(an_enrolment(house))
    staff, own = text(house, house.assessor, "witnesses"), text(house, house.candidate.user, "witnesses")
    in_order(staff, "Wyn Witness", "Her team leader", "2", "1", "CC26", "wyn@work.example", "What the status says")
    in_order(staff, "1 “I know this work and the standards, and hold", "2 “I know this work", "3 “", "4 “I do not know")
    assert "wyn@work.example" not in own
    assert "Wyn Witness" in own


def test_a_request_not_signed_is_no_witness(house: House) -> None:
    handed_in(an_enrolment(house))
    assert "No witness has testified." in text(house, house.assessor, "witnesses")


# --- all of it -------------------------------------------------------------------------------------------------------


def test_the_whole_has_every_document_in_order_with_the_page_it_begins_on(house: House) -> None:
    unit = an_enrolment(house)
    agreed(unit)
    witnessed(unit)
    acknowledged(recorded(unit))
    judged(handed_in(unit, "1.1"), unit)
    pages = pages_of(whole(house, house.assessor))
    in_order(
        " ".join(pages),
        "Portfolio title page",
        "In this document",
        "Contents checklist",
        "Personal profile",
        "Signatory list",
        "Witness status list",
        "Assessment plan and reviews",
        "Unit progress record",
        "Index of evidence",
        "Assessment feedback record",
        "Witness testimony",
        "Observation record",
    )
    listed = next(page for page in pages if "In this document" in page)
    index = next(number for number, page in enumerate(pages, start=1) if page.startswith("Index of evidence CC26"))
    assert f"Index of evidence: CC26 Coordinate customer communication processes in a contact centre {index}" in listed
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert "Evidence 2, version 1" in pages[-1]


def test_the_whole_is_tagged_and_can_be_leafed_through(house: House) -> None:
    an_enrolment(house)
    opened = pikepdf.open(io.BytesIO(whole(house, house.candidate.user)))
    with opened.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    with opened.open_outline() as outline:
        assert [line.title for line in outline.root][:3] == [
            "Portfolio title page",
            "In this document",
            "Contents checklist",
        ]
    assert opened.Root.MarkInfo.Marked


def test_a_sheet_of_the_whole_has_the_digest_it_has_alone(house: House) -> None:
    an_enrolment(house)
    alone = text(house, house.assessor, "contents")
    digest = alone[alone.index("facts ") :][:18]
    assert digest in text_of(whole(house, house.assessor))


def test_a_portfolio_with_nothing_in_it_reads_well(house: House) -> None:
    found = text_of(whole(house, house.candidate.user))
    in_order(found, "Portfolio title page", "The candidate is enrolled on no unit yet.", "Contents checklist")


def test_a_case_that_holds_the_unit_changes_no_word(house: House) -> None:
    unit = sampled(an_enrolment(house))
    before = text_of(whole(house, house.administrator))
    case.freeze_unit(case=a_case(house), enrolment=unit, by=house.administrator, at=timezone.now())
    after = text_of(whole(house, house.administrator))
    assert after == before
    assert "Two logs read alike." not in after


def test_an_assessor_of_one_unit_has_nothing_of_another(house: House) -> None:
    judged(handed_in(one := an_enrolment(house), "1.1"), one)
    other = an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    judged(handed_in(other, "1.2"), other)
    found = text_of(whole(house, house.other_assessor))
    assert "CC32" in found
    assert "CC26" not in found
    assert "Asha Northgate" not in found
