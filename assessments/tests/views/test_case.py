"""Pages of cases and adjustments: for those they are for, every look on record, and nothing said to anybody else."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import case as cases
from assessments.actions import evidence as items
from assessments.models import Case, Evidence
from assessments.testing import House, a_draft, a_file, an_enrolment, handed_in
from assessments.tests.appeals import a_case, holding
from assessments.tests.further_acts import arranged
from assessments.tests.views.visitors import queries_of, signed_in
from portfolio.models import AccessLine

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


def test_every_look_at_a_case_is_on_record_and_strangers_find_none(house: House) -> None:
    case = a_case(house)
    page = reverse("assessments:case", args=[case.pk])
    office = signed_in(house.administrator)
    office.get(page)
    for user in (house.lead, house.assessor, house.candidate.user):
        assert signed_in(user).get(page).status_code == 404
    assert [(line.user, line.subject_id) for line in AccessLine.objects.all()] == [(house.administrator, case.pk)]


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
        assert "Dyslexia" not in page
    judging = signed_in(house.assessor).get(reverse("assessments:judge", args=[version.pk])).content.decode()
    assert "Recordings in place of writing." in judging
    place = reverse("assessments:adjustment", args=[adjustment.pk])
    assert signed_in(house.assessor).get(place).status_code == 403
    assert not AccessLine.objects.exists()
    assert "Dyslexia" in signed_in(house.administrator).get(place).content.decode()
    assert AccessLine.objects.get().user == house.administrator


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
    page, browser = reverse(f"assessments:{name}", args=[case.pk]), signed_in(office)
    few = queries_of(browser, page)
    for unit in units[1:]:
        cases.freeze_unit(case=case, enrolment=unit, by=office, at=timezone.now())
    for user in (house.lead, house.other_verifier):
        cases.name_investigator(case=case, user=user, by=office, at=timezone.now())
    cases.add_step(case=case, happened_on=timezone.localdate(), text="Read.", by=office, at=timezone.now())
    assert queries_of(browser, page) == few <= 15


@pytest.mark.parametrize("name", ["adjustment", "end_adjustment"])
def test_a_page_of_an_adjustment_asks_fifteen_times_at_most(house: House, name: str) -> None:
    page = reverse(f"assessments:{name}", args=[arranged(house).pk])
    assert queries_of(signed_in(house.administrator), page) <= 15
