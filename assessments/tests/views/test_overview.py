"""How a centre stands: what the pages count is what the lists behind them find."""

import html
import re

import pytest
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.actions import verification
from assessments.actions.strategy import add_cell
from assessments.enums import SampleStage
from assessments.models import Enrolment, PlannedCell
from assessments.queries.feedback import feedback_at
from assessments.queries.overview import ASSESSOR, BY, COHORT, UNIT, Tally, progress_page, sampling_page
from assessments.testing import House, all_well, an_enrolment, handed_in, judged, met, targets, verified
from assessments.tests.acts_of_strategy import a_cell
from assessments.tests.views.test_caseload import DAY, aimed, read_after
from assessments.tests.views.visitors import signed_in
from portfolio.models import AccessLine
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r'href="([^"]+/enrolments/\?[^"]+)">(\d+)</a>')


def a_sample_of(cell: PlannedCell) -> None:
    """The planned sample taken, all well."""
    unit = cell.enrolment
    judged(handed_in(unit, "1.1"), unit)
    by = {"by": unit.verifier, "at": timezone.now()}
    sample = verification.plan_sample(enrolment=unit, reason="As planned.", **by)  # type: ignore[arg-type]
    verification.close_sample(
        sample=sample,
        checks=all_well(),
        criteria=[target.criterion_id for target in targets(unit, "1.1")],
        feedback="Well done.",
        wanted="",
        due_on=None,
        **by,  # type: ignore[arg-type]
    )


@pytest.fixture
def units(house: House) -> list[Enrolment]:
    """Behind and ahead in a cohort; on track, without a target, verified and withdrawn in none."""
    behind = aimed(house, "ocr-cc16", passed=50, days=100)
    ahead = met(aimed(house, "ocr-cc26", passed=50, days=100))
    Enrolment.objects.filter(pk__in=[behind.pk, ahead.pk]).update(cohort="Spring & after")
    aimed(house, "ocr-cc32", passed=5, days=100)
    an_enrolment(house, "ocr-d20", assessor=house.other_assessor)
    verified(an_enrolment(house, candidate=house.other_candidate, assessor=house.other_assessor))
    gone = an_enrolment(house, "ocr-d20", candidate=house.other_candidate)
    enrolments.withdraw(enrolment=gone, reason="Moved away.", by=house.administrator, at=timezone.now())
    return list(Enrolment.objects.filter(centre=house.centre))


def test_it_counts_each_unit_once_by_whatever_it_counts(house: House, units: list[Enrolment]) -> None:
    today = timezone.localdate()
    pages = {by: progress_page(house.centre, by, today) for by in BY}
    criteria = sum(unit.criteria_count for unit in units if unit.status != "withdrawn")
    for page in pages.values():
        tally = page.total.tally
        assert (tally.units, tally.withdrawn, tally.criteria) == (5, 1, criteria)
        assert (tally.behind, tally.on_track, tally.ahead, tally.unpaced, tally.going_on) == (1, 1, 1, 1, 4)
        assert (tally.signed_off, tally.verified, tally.certificated) == (1, 1, 0)
        assert tally.accepted == sum(unit.accepted_count for unit in units)
    assert [line.name for line in pages[COHORT].lines] == ["Spring & after", "No cohort"]
    assert [line.name for line in pages[UNIT].lines] == ["CC16", "CC26", "CC32", "D20"]
    assert [line.name for line in pages[ASSESSOR].lines] == ["Aled Northgate", "Asha Northgate"]


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert Tally(units=300).share(299) == 99
    assert Tally(units=300).share(300) == 100
    assert Tally().share(0) is None


@pytest.mark.parametrize("by", BY)
def test_each_number_leads_to_as_many_units(house: House, units: list[Enrolment], by: str) -> None:
    browser = signed_in(house.lead)
    page = browser.get(f"/centre/{house.centre.slug}/overview/", {"by": by}).content.decode()
    numbers = NUMBER.findall(page)
    assert len(numbers) >= 10
    for address, number in numbers:
        found = browser.get(html.unescape(address)).content.decode()
        assert re.search(rf"<caption>{number} units?</caption>", found), address


def test_the_table_is_taken_away(house: House, units: list[Enrolment]) -> None:
    browser, place = signed_in(house.administrator), f"/centre/{house.centre.slug}/overview/progress/file"
    rows = {row["Cohort"]: row for row in taken(browser, f"{place}/csv/")}
    assert rows["Spring & after"]["Behind target"] == "1"
    assert rows["No cohort"]["Withdrawn"] == "1"
    assert browser.get(f"{place}/xlsx/", {"by": "assessor"}).content[:2] == b"PK"
    assert AccessLine.objects.filter(subject_kind="progress", user=house.administrator, downloaded=True).count() == 2
    assert browser.get(f"{place}/pdf/").status_code == 404
    assert browser.get(f"/centre/{house.centre.slug}/overview/secrets/file/csv/").status_code == 404


def test_an_empty_centre_is_told_so_without_empty_charts(house: House) -> None:
    page = signed_in(house.administrator).get(f"/centre/{house.centre.slug}/overview/").content.decode()
    assert "Nobody is enrolled yet" in page
    assert 'class="chart"' not in page


# --- time to feedback ------------------------------------------------------------------------------------------------


def test_a_week_has_the_median_of_what_was_assessed_in_it(house: House) -> None:
    unit = an_enrolment(house)
    for days in (1, 2, 9):
        read_after(unit, days)
    now = timezone.now()
    weeks = feedback_at(house.centre, now, 4).weeks
    assert [week.time.read for week in weeks] == [0, 0, 0, 3]
    assert weeks[-1].time.median == 2 * DAY
    assert weeks[-1].begins.weekday() == 0
    assert weeks[-1].begins <= timezone.localdate(now) < weeks[-1].begins + 7 * DAY
    earlier = feedback_at(house.centre, now + 14 * DAY, 4).weeks
    assert [(week.begins, week.time.read) for week in earlier][1] == (weeks[-1].begins, 3)


def test_a_week_looks_at_no_more_than_its_latest(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.queries.feedback.FEEDBACK_MOST", 2)
    unit = an_enrolment(house)
    for days in (1, 2, 9):
        read_after(unit, days)
    assert feedback_at(house.centre, timezone.now(), 2).weeks[-1].time.read == 2


def test_another_centres_feedback_is_no_part_of_it(house: House, other_house: House) -> None:
    read_after(an_enrolment(other_house), 1)
    assert feedback_at(house.centre, timezone.now(), 2).weeks[-1].time.read == 0
    page = signed_in(house.administrator).get(f"/centre/{house.centre.slug}/overview/feedback/").content.decode()
    assert "Nothing assessed yet" in page


def test_feedback_is_shown_and_taken_away_by_week_and_by_assessor(house: House) -> None:
    read_after(an_enrolment(house), 3)
    browser, place = signed_in(house.administrator), f"/centre/{house.centre.slug}/overview"
    page = browser.get(f"{place}/feedback/").content.decode()
    assert page.count('<circle class="dot"') == 1
    assert re.search(r'<a href="/overview/" aria-current="page">Overview</a>', page)
    assert page.count("3 days") >= 3
    assert taken(browser, f"{place}/feedback-weeks/file/csv/")[-1]["Median in days"] == "3.0"
    assert taken(browser, f"{place}/feedback/file/csv/")[0]["Assessor"] == "Asha Northgate"


# --- sampling --------------------------------------------------------------------------------------------------------


def test_it_counts_what_was_taken_of_what_a_plan_wants(house: House) -> None:
    today = timezone.localdate()
    cell = a_cell(house)
    plan, stage = cell.plan, SampleStage(cell.stage)
    other = an_enrolment(house, "ocr-cc32", candidate=house.other_candidate, assessor=house.other_assessor)
    why = {"plan": plan, "stage": SampleStage.INTERIM, "reason": "Asked for.", "by": house.verifier}
    add_cell(enrolment=other, at=timezone.now(), due_on=today, **why)  # type: ignore[arg-type]
    assert stage == SampleStage.INTERIM
    (found,) = sampling_page(house.centre, ASSESSOR, today + DAY)
    assert [(line.name, line.stages.planned, line.stages.late) for line in found.lines] == [
        ("Aled Northgate", 1, 1),
        ("Asha Northgate", 1, 0),
    ]
    assert (found.total.stages.interim, found.total.stages.summative, found.total.stages.done) == (2, 0, 0)
    a_sample_of(cell)
    (found,) = sampling_page(house.centre, UNIT, today)
    assert [(line.name, line.stages.interim_done, line.stages.to_do) for line in found.lines] == [
        ("CC26", 1, 0),
        ("CC32", 0, 1),
    ]
    assert found.total.stages.share == 50
    assert sampling_page(house.centre, UNIT, plan.ends_on + DAY) == []


def test_plans_are_opened_by_who_verifies_and_counted_for_the_office(house: House) -> None:
    cell = a_cell(house)
    place = f"/centre/{house.centre.slug}/overview/sampling/"
    grid = f"/sampling-plans/{cell.plan_id}/grid/?assessor={house.assessor.pk}"
    assert grid in signed_in(house.lead).get(place).content.decode()
    page = signed_in(house.administrator).get(place).content.decode()
    assert "0 of 1" in page
    assert "/sampling-plans/" not in page
    sent = taken(signed_in(house.administrator), f"/centre/{house.centre.slug}/overview/sampling/file/csv/")
    assert sent[0]["Still to take"] == "1"


def test_without_a_plan_in_force_it_says_what_to_do(house: House) -> None:
    place = f"/centre/{house.centre.slug}/overview/sampling/"
    assert "Draw a plan from the strategy" in signed_in(house.lead).get(place).content.decode()
    assert "Once the lead verifier has adopted a plan" in signed_in(house.administrator).get(place).content.decode()
