"""The pages of external verification: what is shown in place, what may be taken away, and how the office changes it."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import external, planning
from assessments.actions.appeal import raise_appeal
from assessments.actions.planning import ActivityWords
from assessments.enums import AppealAbout, EvidenceKind
from assessments.models import Enrolment, EvidenceFile, ExternalAccess, ExternalChoice, ExternalNote
from assessments.testing import (
    House,
    a_draft,
    a_unit,
    an_enrolment,
    an_external,
    signed_off,
    targets,
    whose_days_are_over,
)
from assessments.tests import plans
from assessments.tests.acts_of_external import asked_of_the_centre
from assessments.tests.acts_of_strategy import a_plan
from assessments.tests.awards import the_award
from assessments.tests.further_acts import arranged
from assessments.tests.views.visitors import signed_in
from portfolio import press, vault
from portfolio.models import AccessLine, Document, User
from portfolio.tests import small_files
from portfolio.tests.lists import taken
from units.actions import record_direct_claim
from units.models import AwardingBody

pytestmark = pytest.mark.django_db
IN_PLACE = "nothing can be downloaded or printed"


def an_item(unit: Enrolment, name: str, content: bytes) -> EvidenceFile:
    """An item handed in, with this file."""
    stored = vault.store(centre=unit.centre, file=ContentFile(content), name=name, at=timezone.now())
    draft = a_draft(unit, "1.1", files=[items.NamedFile(stored, name)])
    return items.submit(version=draft, by=unit.candidate_user, at=timezone.now()).files.get()


# --- downloads -------------------------------------------------------------------------------------------------------


def test_without_downloads_no_bytes_and_no_document_leave_and_it_says_why(house: House) -> None:
    unit = an_enrolment(house)
    file = an_item(unit, "report.pdf", small_files.pdf())
    browser = signed_in(an_external(house, may_download=False).grant.user)
    item = f"/evidence/{file.version.evidence_id}/"
    page = browser.get(item).content.decode()
    assert IN_PLACE in page
    assert f"/evidence-files/{file.pk}/download/" not in page
    assert f"/evidence-files/{file.pk}/pages/1/" in page
    for address in (f"/evidence-files/{file.pk}/", f"/evidence-files/{file.pk}/download/"):
        answer = browser.get(address)
        assert (answer.status_code, IN_PLACE in answer.content.decode()) == (403, True)
    assert browser.get(f"/evidence-files/{file.pk}/pages/1/").status_code == 200
    page = browser.get(f"/enrolments/{unit.pk}/").content.decode()
    assert IN_PLACE in page
    assert "recording-form" not in page
    staff, plan = f"/centre/{house.centre.slug}/staff/", a_plan(house).pk
    pages = ("/external/units/", staff, f"/sampling-plans/{plan}/", "/activities/", "/standardisation/")
    assert not [page for page in pages if "file/csv/" in browser.get(page).content.decode()]
    log = f"{staff}{house.assessor.handle}/development/"
    assert {browser.get(f"{page}file/csv/").status_code for page in (*pages, log, "/meetings/")} == {403}
    documents = f"/centre/{house.centre.slug}/candidates/{unit.candidate_user.handle}/documents/"
    assert browser.get(documents).status_code == 403
    for address in (
        f"/enrolments/{unit.pk}/recording-form/",
        f"/enrolments/{unit.pk}/documents/unit_progress/",
        f"{item}documents/item_record/",
        f"{documents}portfolio_set/",
    ):
        assert browser.post(address).status_code in (403, 404)
    assert not AccessLine.objects.filter(downloaded=True).exists()


def test_a_recording_is_played_in_place_and_its_parts_are_one_look(house: House) -> None:
    file = an_item(an_enrolment(house), "call.wav", small_files.wav())
    browser = signed_in(an_external(house, may_download=False).grant.user)
    for part in ("bytes=0-", "bytes=16-"):
        answer = browser.get(f"/evidence-files/{file.pk}/", headers={"Range": part})
        b"".join(answer.streaming_content)
        assert answer.status_code == 206
    assert AccessLine.objects.get().subject_kind == "evidencefile"
    assert browser.get(f"/evidence-files/{file.pk}/download/").status_code == 403


def test_no_page_of_a_file_is_had_without_a_line_and_its_pages_are_one_look(house: House) -> None:
    unit = an_enrolment(house)
    file, other = an_item(unit, "report.pdf", small_files.pdf(2)), an_item(unit, "letter.pdf", small_files.pdf(3))
    browser = signed_in(an_external(house, may_download=False).grant.user)
    for part in ("pages/1/", "pages/2/", "pages/1/text/", "thumbnail/"):
        assert browser.get(f"/evidence-files/{file.pk}/{part}").status_code == 200
    assert AccessLine.objects.get().subject_id == file.pk
    assert browser.get(f"/evidence-files/{other.pk}/pages/2/text/").status_code == 200
    assert [line.subject_id for line in AccessLine.objects.all()] == [other.pk, file.pk]
    assert browser.get(f"/evidence-files/{other.pk}/pages/9/").status_code == 404


def test_a_page_that_asks_by_script_how_it_stands_is_one_look(house: House) -> None:
    item = f"/evidence/{an_item(an_enrolment(house), 'report.pdf', small_files.pdf()).version.evidence_id}/"
    browser = signed_in(an_external(house).grant.user)
    for headers in ({}, {"HX-Request": "true"}, {"HX-Request": "true"}, {}):
        assert browser.get(item, headers=headers).status_code == 200
    assert AccessLine.objects.count() == 2


def test_with_downloads_what_leaves_is_written_down(house: House) -> None:
    unit = an_enrolment(house)
    file = an_item(unit, "report.pdf", small_files.pdf())
    browser = signed_in(an_external(house).grant.user)
    b"".join(browser.get(f"/evidence-files/{file.pk}/download/"))
    assert AccessLine.objects.get().downloaded
    assert browser.post(f"/enrolments/{unit.pk}/recording-form/").status_code == 302


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_what_is_arranged_for_a_candidate_is_not_told(house: House) -> None:
    adjustment, unit = arranged(house), an_enrolment(house)
    page = signed_in(an_external(house).grant.user).get(f"/enrolments/{unit.pk}/").content.decode()
    assert "Something is arranged for this candidate" in page
    assert adjustment.arranged not in page


def test_who_sees_some_units_sees_the_plan_of_those_and_no_coverage(house: House) -> None:
    for key in ("ocr-cc16", "ocr-cc26"):
        an_enrolment(house, key, candidate=house.other_candidate if key == "ocr-cc26" else None)
    plan = a_plan(house)
    browser = signed_in(an_external(house, keys=["ocr-cc16"]).grant.user)
    lines = taken(browser, f"/sampling-plans/{plan.pk}/file/csv/")
    assert [(line["Candidate"], line["How far"]) for line in lines] == [(str(house.candidate), "To be sampled")]
    for address in (f"/sampling-plans/{plan.pk}/", f"/sampling-plans/{plan.pk}/grid/"):
        page = browser.get(address).content.decode()
        assert str(house.candidate) in page
        assert str(house.other_candidate) not in page
        assert "coverage" not in page
    answer = browser.get(f"/sampling-plans/{plan.pk}/coverage/")
    assert (answer.status_code, "you were given some of them" in answer.content.decode()) == (403, True)


def test_a_whole_visit_is_walked_through(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    access = an_external(house)
    browser = signed_in(access.grant.user)
    assert browser.get("/").headers["Location"] == "/external/"
    assert str(house.candidate) in browser.get("/external/units/").content.decode()
    assert browser.get("/external/units/", {"words": "Colin"}).content.decode().count("Nothing found") == 1
    assert browser.post(f"/enrolments/{unit.pk}/choose/", {"reason": ""}).status_code == 409
    assert browser.post(f"/enrolments/{unit.pk}/choose/", {"reason": "New assessor."}).status_code == 302
    assert "New assessor." in browser.get(f"/enrolments/{unit.pk}/").content.decode()
    choice = ExternalChoice.objects.get()
    assert browser.post(f"/external-choices/{choice.pk}/looked-at/").status_code == 302
    assert browser.post(f"/enrolments/{unit.pk}/note/", {"words": "Good planning."}).status_code == 302
    note = ExternalNote.objects.get()
    office = signed_in(house.administrator)
    visit = f"/external-access/{access.pk}/"
    assert "Good planning." not in office.get(visit).content.decode()
    assert browser.post(f"/external-notes/{note.pk}/", {"words": "Very good planning.", "issue": ""}).status_code == 302
    assert browser.get(f"/external-notes/{note.pk}/").status_code == 404
    assert "Very good planning." in office.get(visit).content.decode()
    due_on = timezone.localdate() + datetime.timedelta(days=9)
    asked = {"owner": house.lead.pk, "wanted": "Send the minutes.", "due_on": due_on.isoformat()}
    assert browser.post(f"{visit}ask/", {**asked, "wanted": ""}).status_code == 409
    assert browser.post(f"{visit}ask/", asked).status_code == 302
    action = access.actions.get()
    assert signed_in(house.lead).post(f"/centre-actions/{action.pk}/", {"answer": "Sent."}).status_code == 302
    assert office.post(f"/centre-actions/{action.pk}/", {"close": ""}).status_code == 403
    assert browser.post(f"/centre-actions/{action.pk}/", {"close": ""}).status_code == 302
    page = office.get(visit).content.decode()
    assert "Send the minutes." in page
    assert f"{house.candidate}, CC26" in page


def test_it_says_what_direct_claim_status_is_in_force_with_the_body(house: House) -> None:
    browser = signed_in(an_external(house).grant.user)
    assert "None in force" in browser.get("/external/").content.decode()
    for code in ("ocr", "sqa"):
        record_direct_claim(
            centre=house.centre,
            awarding_body=AwardingBody.objects.get(code=code),
            unit=None,
            starts_on=timezone.localdate(),
            ends_on=None,
            reference=f"Report of {code}",
            by=house.administrator,
            at=timezone.now(),
        )
    page = browser.get("/external/").content.decode()
    assert "Report of ocr" in page
    assert "Report of sqa" not in page


def test_a_note_is_thrown_away(house: House) -> None:
    access = an_external(house)
    browser = signed_in(access.grant.user)
    assert browser.post(f"/external-access/{access.pk}/note/", {"words": "Nothing yet."}).status_code == 302
    note = ExternalNote.objects.get()
    assert browser.post(f"/external-notes/{note.pk}/", {"discard": ""}).status_code == 302
    assert not ExternalNote.objects.exists()


def test_after_the_last_day_every_page_is_shut(house: House) -> None:
    unit, access = an_enrolment(house), an_external(house)
    by, at = access.grant.user, timezone.now()
    external.choose_unit(access=access, enrolment=unit, reason="New.", by=by, at=at)
    asked_of_the_centre(access, house.lead)
    whose_days_are_over(access)
    browser = signed_in(User.objects.get(pk=by.pk))
    for address in ("/external/", "/external/units/", "/activities/", f"/external-access/{access.pk}/"):
        assert browser.get(address).status_code == 403
    assert browser.get(f"/enrolments/{unit.pk}/").status_code == 404
    assert browser.get("/").status_code == 200


def test_an_earlier_visits_open_action_waits_for_the_next_external_verifier(house: House) -> None:
    earlier = an_external(house)
    asked_of_the_centre(earlier, house.lead)
    whose_days_are_over(earlier)
    page = signed_in(an_external(house, "Sue Successor").grant.user).get("/external/").content.decode()
    assert "Still open from earlier visits" in page
    assert "Send the minutes." in page
    assert "Eve External" in page


# --- the office ------------------------------------------------------------------------------------------------------


def test_a_qualification_is_chosen_by_its_name_with_other_units_beside_it(house: House) -> None:
    award, today = the_award(house), timezone.localdate().isoformat()
    office, place = signed_in(house.administrator), f"/centre/{house.centre.slug}/external-verifiers/new/"
    assert str(award) in office.get(place).content.decode()
    typed = {
        "name": "Nia Newcomer",
        "email": "nia@body.example",
        "awarding_body": award.awarding_body_id,
        "qualification": award.pk,
        "starts_on": today,
        "ends_on": today,
        "reference": "Visit 7",
    }
    mixed = office.post(place, {**typed, "units": [a_unit("sqa-h12e04").pk]})
    assert (mixed.status_code, "leave out the others" in mixed.content.decode()) == (409, True)
    assert office.post(place, {**typed, "units": ["0"]}).status_code == 409
    assert office.post(place, typed).status_code == 302
    access = ExternalAccess.objects.get()
    assert not access.all_units
    assert set(access.units.all()) == {row.unit for row in award.listed_units.all()}


def test_the_office_gives_changes_and_ends_access(house: House) -> None:
    office, place = signed_in(house.administrator), f"/centre/{house.centre.slug}/external-verifiers/"
    assert "Nobody yet" in office.get(place).content.decode()
    today = timezone.localdate()
    typed = {
        "name": "Nia Newcomer",
        "email": "nia@body.example",
        "awarding_body": AwardingBody.objects.get(code="ocr").pk,
        "starts_on": today.isoformat(),
        "ends_on": (today + datetime.timedelta(days=400)).isoformat(),
        "reference": "Visit 7",
    }
    answer = office.post(f"{place}new/", typed)
    assert (answer.status_code, "92 days at most" in answer.content.decode()) == (409, True)
    assert "Nia Newcomer" in answer.content.decode()
    assert office.post(f"{place}new/", {**typed, "ends_on": today.isoformat()}).status_code == 302
    access = ExternalAccess.objects.get()
    assert "Nia Newcomer" in office.get(place).content.decode()
    visit = f"/external-access/{access.pk}/"
    later = (today + datetime.timedelta(days=20)).isoformat()
    assert office.post(f"{visit}days/", {"ends_on": later}).status_code == 302
    assert office.post(f"{visit}days/", {"ends_on": later}).status_code == 409
    assert office.post(f"{visit}days/", {"ends_on": today.isoformat()}).status_code == 302
    assert office.post(f"{visit}downloads/", {"allow": ""}).status_code == 302
    access.grant.refresh_from_db()
    assert (access.grant.may_download, access.grant.ends_on) == (True, today)
    assert office.post(f"{visit}invite/").status_code == 302
    assert office.post(f"{visit}end/", {"reason": "Put off."}).status_code == 302
    page = office.get(visit).content.decode()
    assert "Ended early" in page
    assert "Put off." in page
    assert "End it now" not in page
    (line,) = taken(office, f"{place}file/csv/")
    told = ("Name", "Awarding body", "May download", "Stands", "Why it was ended early")
    assert [line[head] for head in told] == ["Nia Newcomer", "OCR", "yes", "Ended early", "Put off."]


def test_those_in_charge_see_what_was_looked_at_and_verifiers_do_not(house: House) -> None:
    unit, access = an_enrolment(house), an_external(house)
    signed_in(access.grant.user).get(f"/enrolments/{unit.pk}/")
    visit = f"/external-access/{access.pk}/"
    for user, told in ((house.administrator, True), (house.lead, True), (house.verifier, False)):
        page = signed_in(user).get(visit).content.decode()
        assert ("What was looked at" in page) == told
        assert (f"<td>{house.candidate}, CC26</td>" in page) == told
        assert (f'href="{visit}looks/file/csv/"' in page) == told
    (line,) = taken(signed_in(house.lead), f"{visit}looks/file/csv/")
    assert [line["What"], line["How"]] == [f"{house.candidate}, CC26", "Looked at"]


def test_of_a_plan_for_two_bodies_they_see_what_it_says_of_theirs_and_print_none_of_it(house: House) -> None:
    ours, other = an_enrolment(house), an_enrolment(house, "sqa-h12e04")
    plan = plans.a_plan(ours, other)
    plans.with_activity(plan, "1.1", what="Take a call")
    planning.write_activity(
        plan=plan,
        activity=None,
        words=ActivityWords(what="Write a letter", kind=EvidenceKind.WORK_PRODUCT, due_on=timezone.localdate()),
        targets=targets(other)[:1],
        by=house.assessor,
        at=timezone.now(),
    )
    browser, address = signed_in(an_external(house).grant.user), f"/plans/{plan.pk}/"
    page = browser.get(address).content.decode()
    assert "Take a call" in page
    assert "Write a letter" not in page
    assert "H12E" not in page
    assert "also for 1 unit that you were not given" in page
    assert browser.post(f"{address}document/").status_code == 403
    document = Document(subject_kind="assessmentplan", subject_id=plan.pk, facts={})
    assert press.shown_by(document, house.verifier)
    assert press.shown_by(document, an_external(house, "Nia Next").grant.user) is None
    whole = signed_in(house.verifier).get(address).content.decode()
    assert "Write a letter" in whole


# --- what is no matter of theirs --------------------------------------------------------------------------------------


def test_of_a_recording_no_part_is_taken_without_a_line(house: House) -> None:
    file = an_item(an_enrolment(house), "call.wav", small_files.wav())
    browser = signed_in(an_external(house, may_download=False).grant.user)
    answer = browser.get(f"/evidence-files/{file.pk}/", headers={"Range": "bytes=1-"})
    assert len(b"".join(answer.streaming_content)) == file.stored.size - 1
    assert AccessLine.objects.filter(subject_kind="evidencefile", subject_id=file.pk).count() == 1


@pytest.mark.parametrize(("about", "status"), [("conduct", 404), ("adjustment", 404), ("prior_learning", 200)])
def test_an_appeal_about_somebodys_conduct_or_health_is_none_of_theirs(house: House, about: str, status: int) -> None:
    unit = an_enrolment(house)
    appeal = raise_appeal(
        enrolment=unit, against=AppealAbout(about), grounds="So.", by=unit.candidate_user, at=timezone.now()
    )
    browser = signed_in(an_external(house).grant.user)
    assert browser.get(f"/appeals/{appeal.pk}/").status_code == status
    assert (f"/appeals/{appeal.pk}/" in browser.get("/appeals/").content.decode()) == (status == 200)


def test_the_strategy_tells_them_of_the_risk_of_their_own_units_alone(house: House) -> None:
    for key in ("ocr-cc16", "ocr-cc26"):
        an_enrolment(house, key)
    browser = signed_in(an_external(house, keys=["ocr-cc16"]).grant.user)
    page = browser.get(f"/centre/{house.centre.slug}/strategy/").content.decode()
    assert ("CC16" in page, "CC26" in page) == (True, False)
