"""Pages of cases and adjustments: for those they are for, every look on record, and nothing said to anybody else."""

from typing import cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from assessments.actions import case as cases
from assessments.actions import evidence as items
from assessments.actions.case import CLOSED
from assessments.models import Case, CaseFile, Evidence
from assessments.testing import House, a_draft, a_file, an_enrolment, handed_in
from assessments.tests.appeals import a_case, a_case_file, holding
from assessments.tests.further_acts import arranged
from assessments.tests.views.visitors import queries_of, signed_in
from portfolio.models import AccessLine, Upload
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db


def test_a_case_is_opened_worked_on_and_closed(house: House) -> None:
    unit, office = an_enrolment(house), signed_in(house.administrator)
    handed_in(unit, "1.1")
    typed = {"kind": "malpractice", "summary": "Two logs read alike.", "candidates": [house.candidate.pk]}
    place = reverse("assessments:open_case", args=[house.centre.slug])
    assert "Say whom the case concerns" in office.post(place, {**typed, "candidates": []}).content.decode()
    office.post(place, typed)
    case = Case.objects.get()
    page = reverse("assessments:case", args=[case.pk])
    office.post(page, {"happened_on": "2026-01-05", "text": "Read both."})
    office.post(reverse("assessments:investigators", args=[case.pk]), {"user": house.lead.pk})
    office.post(reverse("assessments:hold", args=[case.pk]), {"what": f"unit-{unit.pk}"})
    shown = signed_in(house.lead).get(page).content.decode()
    assert "Read both." in shown
    assert "Cara Northgate, CC26" in shown
    freeze = case.freezes.get()
    office.post(reverse("assessments:let_go", args=[case.pk]), {"release": freeze.pk})
    office.post(reverse("assessments:close_case", args=[case.pk]), {"outcome": "no_case", "reason": "A form."})
    assert "No case to answer" in office.get(page).content.decode()


def a_note(name: str = "interview.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"What she said, word for word.", "text/plain")


def test_files_come_with_a_step_and_whoever_fetches_one_is_on_record(house: House) -> None:
    case, office = a_case(house), signed_in(house.administrator)
    page = reverse("assessments:case", args=[case.pk])
    refused = office.post(page, {"happened_on": "2026-01-05", "text": "", "uploads": [a_note()]})
    assert refused.status_code == 409
    token = Upload.objects.get().token
    assert f'name="upload" value="{token}"' in refused.content.decode()
    sent = {"happened_on": "2026-01-05", "text": "Spoke to her.", "upload": [token], f"name-{token}": "What she said"}
    office.post(page, {**sent, "uploads": [a_note("letter.exe")]})
    assert not case.steps.exists(), "a file that is not taken is said before anything is saved"
    office.post(page, sent)
    file = CaseFile.objects.get()
    assert file.name == "What she said.txt"
    place = reverse("assessments:case_file", args=[file.pk])
    assert f'href="{place}"' in office.get(page).content.decode()
    answer = office.get(place)
    assert b"".join(cast(StreamingHttpResponse, answer)) == b"What she said, word for word."
    assert answer["Content-Disposition"].startswith("inline")
    kept = cast(StreamingHttpResponse, office.get(f"{place}?keep=1"))
    assert b"".join(kept) == b"What she said, word for word."
    assert kept["Content-Disposition"].startswith("attachment")
    assert signed_in(house.lead).get(place).status_code == 404
    lines = AccessLine.objects.filter(subject_kind="casefile").order_by("pk")
    assert [(line.user, line.downloaded) for line in lines] == [
        (house.administrator, False),
        (house.administrator, True),
    ]


def test_what_comes_too_late_for_a_case_is_said(house: House) -> None:
    case, office = a_case(house), signed_in(house.administrator)
    cases.close_case(case=case, outcome="no_case", reason="A form.", by=house.administrator, at=timezone.now())
    page = reverse("assessments:case", args=[case.pk])
    answer = office.post(page, {"happened_on": "2026-01-05", "text": "Read both."})
    assert answer.status_code == 409
    assert CLOSED in answer.content.decode()
    for name in ("investigators", "hold", "close_case"):
        early = office.get(reverse(f"assessments:{name}", args=[case.pk]))
        assert early.status_code == 409
        assert CLOSED in early.content.decode()
    typed = {"outcome": "no_case", "reason": "It was a form that they both used."}
    late = office.post(reverse("assessments:close_case", args=[case.pk]), typed).content.decode()
    assert CLOSED in late
    assert typed["reason"] in late


def test_the_last_who_works_on_a_case_is_not_offered_to_end_it(house: House) -> None:
    case, office = a_case(house), signed_in(house.administrator)
    page = reverse("assessments:case", args=[case.pk])
    cases.name_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    assert "End their part" in office.get(page).content.decode()
    cases.end_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    assert "End their part" not in office.get(page).content.decode()


def test_every_look_at_a_case_is_on_record_and_strangers_find_none(house: House) -> None:
    case = a_case(house)
    page = reverse("assessments:case", args=[case.pk])
    office = signed_in(house.administrator)
    office.get(page)
    for user in (house.lead, house.assessor, house.candidate.user):
        assert signed_in(user).get(page).status_code == 404
    assert [(line.user, line.subject_id) for line in AccessLine.objects.all()] == [(house.administrator, case.pk)]


def test_cases_leave_for_those_who_work_on_them_with_a_line_of_each(house: House) -> None:
    case, office = a_case(house), signed_in(house.administrator)
    assert 'href="/cases/file/csv/"' in office.get(reverse("assessments:cases")).content.decode()
    (line,) = taken(office, "/cases/file/csv/")
    assert [line[head] for head in ("Case", "What is suspected", "Outcome")] == [
        f"Case {case.pk}", "Two logs read alike.", "Open",
    ]  # fmt: skip
    look = AccessLine.objects.get()
    assert (look.subject_kind, look.subject_id, look.downloaded) == ("case", case.pk, True)
    assert taken(signed_in(house.lead), "/cases/file/csv/") == []
    looks = f"/centre/{house.centre.slug}/audit-book/looks/file/csv/"
    assert [line["Record"] for line in taken(office, looks)] == ["Who looked", f"Case {case.pk}"]
    assert {line["Record"] for line in taken(signed_in(house.lead), looks)} == {"Who looked"}


def test_whoever_meets_what_is_held_reads_nothing_of_a_case(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")
    holding(house, unit)
    for user in (house.candidate.user, house.assessor, house.verifier, house.lead):
        client = signed_in(user)
        for name, pk in (("enrolment", unit.pk), ("evidence", version.evidence_id)):
            page = client.get(reverse(f"assessments:{name}", args=[pk])).content.decode()
            main = page[page.index("<main") : page.index("</main")].lower()
            assert "malpractice" not in main
            assert "investigat" not in main
    page = signed_in(house.candidate.user).get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    assert "held by the centre’s office at the moment" in page


def test_the_detail_of_an_adjustment_is_read_by_administrators_and_each_look_is_on_record(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")
    adjustment = arranged(house)
    for user in (house.candidate.user, house.assessor, house.verifier):
        page = signed_in(user).get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
        assert "Recordings in place of writing." in page
        assert "approved by" in page
        assert "Dyslexia" not in page
    judging = signed_in(house.assessor).get(reverse("assessments:judge", args=[version.pk])).content.decode()
    assert "Recordings in place of writing." in judging
    place = reverse("assessments:adjustment", args=[adjustment.pk])
    assert signed_in(house.assessor).get(place).status_code == 403
    assert not AccessLine.objects.exists()
    office = signed_in(house.administrator)
    assert "Dyslexia" in office.get(place).content.decode()
    assert AccessLine.objects.get().user == house.administrator
    (line,) = taken(office, reverse("assessments:adjustments_file", args=[house.centre.slug, "csv"]))
    assert [line["Candidate"], line["What is arranged"]] == ["Cara Northgate", "Recordings in place of writing."]
    assert "Dyslexia" not in str(line)


def test_the_page_of_a_case_shows_what_it_holds_and_the_same_files(house: House) -> None:
    mine, theirs = an_enrolment(house), an_enrolment(house, candidate=house.other_candidate)
    text = a_file(house.centre, "The very same log.")
    for unit in (mine, theirs):
        draft = a_draft(unit, "1.1", files=[text])
        items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
    case, office = a_case(house), signed_in(house.administrator)
    item = Evidence.objects.get(candidate=house.candidate)
    office.post(reverse("assessments:hold", args=[case.pk]), {"what": f"item-{item.pk}"})
    page = office.get(reverse("assessments:case", args=[case.pk])).content.decode()
    assert "Cara Northgate, Evidence 1" in page
    assert "Colin Northgate, Evidence 1" in page
    assert text.stored.sha256 in page


@pytest.mark.parametrize("name", ["case", "investigators", "hold", "close_case"])
def test_a_page_of_a_case_asks_as_often_when_it_holds_much(house: House, name: str) -> None:
    units = [an_enrolment(house), an_enrolment(house, "ocr-cc16"), an_enrolment(house, "ocr-cc32")]
    for unit in units:
        handed_in(unit, "1.1")
    case, office = holding(house, units[0]), house.administrator
    a_case_file(house, case)
    page, browser = reverse(f"assessments:{name}", args=[case.pk]), signed_in(office)
    few = queries_of(browser, page)
    for unit in units[1:]:
        cases.freeze_unit(case=case, enrolment=unit, by=office, at=timezone.now())
    for user in (house.lead, house.other_verifier):
        cases.name_investigator(case=case, user=user, by=office, at=timezone.now())
    files, today = [a_file(house.centre), a_file(house.centre, "More.")], timezone.localdate()
    cases.add_step(case=case, happened_on=today, text="Read.", files=files, by=office, at=timezone.now())
    assert queries_of(browser, page) == few <= 15


@pytest.mark.parametrize("name", ["adjustment", "end_adjustment"])
def test_a_page_of_an_adjustment_asks_fifteen_times_at_most(house: House, name: str) -> None:
    page = reverse(f"assessments:{name}", args=[arranged(house).pk])
    assert queries_of(signed_in(house.administrator), page) <= 15
