"""The office records a break in learning and the return from it; everybody concerned sees it."""

import pytest
from django.urls import reverse

from assessments.enums import DueKind
from assessments.models import Break, Enrolment
from assessments.queries.due import all_due
from assessments.testing import House, an_enrolment, signed_off
from assessments.tests.pauses import DAY, TODAY, back, on_a_break
from assessments.tests.views.visitors import queries_of, signed_in
from portfolio.testing import a_candidate
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db


def page_of(house: House) -> str:
    return reverse("assessments:learning_break", args=[house.centre.slug, house.candidate.user.handle])


def test_what_it_would_pause_is_shown_before_and_what_was_typed_is_kept(house: House) -> None:
    browser, page = signed_in(house.administrator), page_of(house)
    assert "has no unit in progress that could be paused" in browser.get(page).content.decode()
    unit = an_enrolment(house)
    signed_off(an_enrolment(house, "ocr-d20"))
    shown = browser.get(page)
    assert [row.pk for row in shown.context["would"].going] == [unit.pk]
    sent = {"starts_on": TODAY() - DAY, "expected_on": TODAY() - DAY, "reason": "Maternity leave"}
    refused = browser.post(page, sent)
    assert refused.status_code == 409
    assert "must be after the first day of the break" in refused.content.decode()
    assert "Maternity leave" in refused.content.decode()
    assert browser.post(page, sent | {"expected_on": TODAY() + 40 * DAY}).status_code == 302
    assert "What it pauses" in browser.get(page).content.decode()


def test_the_return_says_what_becomes_of_each_date_before_it_is_recorded(house: House) -> None:
    unit = an_enrolment(house)
    Enrolment.objects.filter(pk=unit.pk).update(started_on=TODAY() - 30 * DAY, target_on=TODAY() + 9 * DAY)
    found = on_a_break(house, days=7)
    browser, page = signed_in(house.administrator), reverse("assessments:end_break", args=[found.pk])
    (row,) = browser.get(page).context["units"]
    assert (row.days, row.target_on) == (7, TODAY() + 16 * DAY)
    refused = browser.post(page, {"returned_on": TODAY() + DAY})
    assert refused.status_code == 409
    assert browser.post(page, {"returned_on": TODAY() - 3 * DAY}).status_code == 302
    unit.refresh_from_db()
    assert (unit.status, unit.target_on) == ("collecting", TODAY() + 13 * DAY)
    assert "dates moved by 4 days" in browser.get(page_of(house)).content.decode()
    assert "is recorded already" in browser.get(page).content.decode()
    assert "is recorded already" in browser.get(reverse("assessments:expect_back", args=[found.pk])).content.decode()


def test_it_is_seen_by_the_candidate_their_assessor_and_whoever_runs_the_centre(house: House) -> None:
    found = on_a_break(house, expected=20)
    unit = Enrolment.objects.get()
    until = f"{found.expected_on.day} {found.expected_on:%b}"
    for person, name, args, words in (
        (house.candidate.user, "candidate_home", [], "On your break until"),
        (house.candidate.user, "enrolment", [unit.pk], "You are on a break in learning"),
        (house.assessor, "caseload", [], "on a break until"),
        (house.assessor, "enrolment", [unit.pk], "is on a break in learning"),
        (house.lead, "centre_enrolments", [house.centre.slug], "on a break until"),
        (house.lead, "breaks", [house.centre.slug], "expected back on"),
        (house.lead, "overview_due", [house.centre.slug], "Back from a break in learning"),
    ):
        page = signed_in(person).get(reverse(f"assessments:{name}", args=args)).content.decode()
        assert words in page, name
        assert until in page, name
    (line,) = taken(signed_in(house.lead), reverse("assessments:breaks_file", args=[house.centre.slug, "csv"]))
    told = [line[head] for head in ("Candidate", "Expected back", "Why")]
    assert told == ["Cara Northgate", found.expected_on.isoformat(), "Leave."]
    page = signed_in(house.assessor).get(reverse("assessments:resume", args=[unit.pk])).content.decode()
    assert "the unit goes on with the others" in page


def test_who_is_late_back_is_overdue_among_what_falls_due(house: House) -> None:
    found = on_a_break(house, expected=5)
    (line,) = [row for row in all_due(house.centre, house.lead, TODAY() + 6 * DAY) if row.kind == DueKind.RETURN]
    assert (line.day, line.passed, line.about) == (found.expected_on, True, str(house.candidate))
    back(found, house)
    assert not [row for row in all_due(house.centre, house.lead, TODAY()) if row.kind == DueKind.RETURN]


def test_only_the_office_records_it(house: House) -> None:
    an_enrolment(house)
    browser = signed_in(house.lead)
    assert "Begin the break" not in browser.get(page_of(house)).content.decode()
    sent = {"starts_on": TODAY(), "expected_on": TODAY() + DAY, "reason": "Leave"}
    assert browser.post(page_of(house), sent).status_code == 403
    assert not Break.objects.exists()


def test_pages_ask_as_often_of_many_as_of_one(house: House) -> None:
    an_enrolment(house, "ocr-cc32")
    found = on_a_break(house)
    pages = [
        reverse("assessments:breaks", args=[house.centre.slug]),
        page_of(house),
        reverse("assessments:end_break", args=[found.pk]),
        reverse("assessments:expect_back", args=[found.pk]),
    ]
    browser = signed_in(house.administrator)
    few = [queries_of(browser, page) for page in pages]
    back(found, house, days_ago=2)
    for key in ("ocr-cc26", "ocr-d20", "ocr-cc16"):
        an_enrolment(house, key)
    found = on_a_break(house, days=1)
    for place in range(3):
        on_a_break(house, candidate=a_candidate(house.centre, f"Cato {place}", number=f"2000000{place}"))
    pages[2:] = [reverse(f"assessments:{name}", args=[found.pk]) for name in ("end_break", "expect_back")]
    assert [queries_of(browser, page) for page in pages] == few
    assert max(few) <= 15
