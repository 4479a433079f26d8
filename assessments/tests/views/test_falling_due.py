"""What falls due at a centre: counted by week, and listed by the rules by which people are told."""

import csv
import datetime
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import enrolment as enrolments
from assessments.actions.strategy import add_cell
from assessments.enums import DueKind, SampleStage
from assessments.models import PlannedCell
from assessments.queries.due import WEEKS, all_due, due_page, week_of
from assessments.testing import House, an_enrolment, an_external
from assessments.tests import test_due
from assessments.tests.acts_of_strategy import a_plan, a_policy
from assessments.tests.views.test_caseload import DAY, aimed
from assessments.tests.views.visitors import signed_in
from portfolio.enums import Role
from portfolio.models import RoleGrant

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def today(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime.date]:
    """One of everything: an action and one at the centre for today, a sample in three days, a visit that ends in
    thirteen, a target in forty, a role that ends in sixty, an award to be held in a hundred."""
    with django_db_blocker.unblock(), transaction.atomic():
        for begin in (test_due.role, test_due.award, test_due.centre_action, test_due.action):
            begin(house)
        aimed(house, "ocr-cc16", passed=0, days=40)
        plan = a_plan(house, a_policy(house))
        unit = an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
        why: dict[str, Any] = {"stage": SampleStage.INTERIM, "reason": "New assessor.", "by": house.verifier}
        due_on = timezone.localdate() + 3 * DAY
        add_cell(plan=plan, enrolment=unit, due_on=due_on, at=timezone.now(), **why)
        an_external(house, days=14)
        yield timezone.localdate()
        transaction.set_rollback(True)


def test_it_counts_what_it_lists(house: House, today: datetime.date) -> None:
    for later in (0, 1, 50, 5):
        day = today + later * DAY
        page = due_page(house.centre, house.lead, day)
        for place, kind in enumerate(DueKind):
            listed = [week_of(line.day, day) for line in page.lines if line.kind == kind]
            counted = {
                -1 if week.first is None else (week.first - day).days // 7: week.numbers[place] for week in page.weeks
            }
            assert {week: number for week, number in counted.items() if number} == {
                week: listed.count(week) for week in listed
            }, (later, kind)
        assert page.number == len(page.lines) == len(all_due(house.centre, house.lead, day))


def test_it_counts_all_where_it_lists_the_first(
    house: House, today: datetime.date, monkeypatch: pytest.MonkeyPatch
) -> None:
    today += 20 * DAY
    aimed(house, "ocr-d20", passed=0, days=50)
    whole = due_page(house.centre, house.lead, today)
    monkeypatch.setattr("assessments.queries.due.MOST", 1)
    cut = due_page(house.centre, house.lead, today)
    assert cut.weeks == whole.weeks
    assert (len(whole.lines), len(cut.lines)) == (6, 5)


def test_each_kind_has_its_day_its_words_and_whose_turn_it_is(house: House, today: datetime.date) -> None:
    lines = due_page(house.centre, house.lead, today).lines
    assert [line.kind.value for line in lines] == ["action", "action", "sample", "external", "target"]
    found = {(line.kind, line.what): line for line in lines}
    assert found[DueKind.ACTION, "Hear another call."].who == "Asha Northgate"
    sample = found[DueKind.SAMPLE, "Interim sample"]
    assert (sample.day, sample.about, sample.who) == (today + 3 * DAY, "Colin Northgate, CC32", "Vera Northgate")
    external = found[DueKind.EXTERNAL, "Access for OCR ends"]
    assert (external.day, external.about) == (today + 13 * DAY, "Eve External")
    assert found[DueKind.TARGET, "Target date"].who == "Asha Northgate"
    later = due_page(house.centre, house.lead, today + 50 * DAY).lines
    assert {line.kind for line in later if not line.passed} == {DueKind.STAFF, DueKind.SAMPLE}
    assert {line.kind for line in later if line.passed} == {DueKind.ACTION, DueKind.SAMPLE}


def test_no_sample_falls_due_of_a_unit_that_has_ended(house: House, today: datetime.date) -> None:
    left = PlannedCell.objects.get(due_on=today + 3 * DAY).enrolment
    enrolments.withdraw(enrolment=left, reason="Left.", by=house.administrator, at=timezone.now())
    assert DueKind.SAMPLE not in {line.kind for line in all_due(house.centre, house.lead, today + 5 * DAY)}


def test_who_runs_a_centre_opens_every_line_of_it(house: House, today: datetime.date) -> None:
    for user in (house.lead, house.administrator):
        browser = signed_in(user)
        for line in [*all_due(house.centre, user, today), *all_due(house.centre, user, today + 50 * DAY)]:
            assert browser.get(line.href).status_code == 200, line


def test_nobody_reads_here_what_is_asked_in_a_unit_of_their_own(house: House, today: datetime.date) -> None:
    mine = house.candidate.user
    RoleGrant.objects.create(user=mine, centre=house.centre, role=Role.ADMINISTRATOR, starts_on=today)
    assert "Hear another call." in {line.what for line in all_due(house.centre, house.administrator, today)}
    assert "Hear another call." not in {line.what for line in all_due(house.centre, mine, today)}


def test_the_list_is_shown_and_taken_away(house: House, today: datetime.date) -> None:
    browser, place = signed_in(house.administrator), f"/centre/{house.centre.slug}/overview/due"
    page = browser.get(f"{place}/").content.decode()
    assert page.count("<tr>") == 1 + WEEKS + 1 + 5
    assert "Overdue" not in page
    sent = b"".join(browser.get(f"{place}/file/csv/").streaming_content)
    rows = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
    assert [row["Kind"] for row in rows][2:] == ["Samples planned", "External verifiers", "Target dates"]


def test_where_nothing_falls_due_it_says_so(other_house: House) -> None:
    page = signed_in(other_house.administrator).get(f"/centre/{other_house.centre.slug}/overview/due/").content.decode()
    assert "Nothing falls due" in page
    assert 'class="chart"' not in page
