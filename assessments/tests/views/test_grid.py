"""The grid says how sampling stands, leads to where it goes on, and sums; the coverage counts what was done."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import safekeeping, strategy, verification
from assessments.enums import GridMark, SampleStage
from assessments.models import Alarm, Enrolment, EvidenceFile, PlannedCell, Sample, SamplingPlan
from assessments.queries.cells import GridCell, Reader
from assessments.queries.grid import Asked, Grid, choices_of, grid_page
from assessments.testing import House, all_well, an_enrolment, handed_in, judged, met, signed_off, targets
from assessments.tests.acts_of_strategy import a_plan, a_policy, a_proposal
from portfolio.harness import AskingClient
from portfolio.models import User
from portfolio.testing import a_candidate

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


def grid_of(house: House, plan: SamplingPlan, who: User | None = None, asked: Asked | None = None) -> Grid:
    who = who or house.verifier
    reader = Reader(who.pk, who == house.lead, TODAY())
    return grid_page(plan, asked or Asked(), "1", reader, choices_of(plan))


def cell_for(grid: Grid, unit: Enrolment) -> GridCell:
    row = next(row for row in grid.rows if row.candidate == unit.candidate.name)
    cell = next(cell for cell in row.cells if cell and cell.unit_id == unit.unit_id)
    assert cell is not None
    return cell


def planned(plan: SamplingPlan, unit: Enrolment, due_on: datetime.date | None = None) -> PlannedCell:
    """The unit in the plan and no sooner than that: what the draw chose of it is taken out."""
    for cell in plan.cells.filter(enrolment=unit, removed_at=None):
        strategy.remove_cell(cell=cell, reason="Later.", by=unit.verifier, at=timezone.now())
    stage = SampleStage.SUMMATIVE if unit.signed_off_at else SampleStage.INTERIM
    return strategy.add_cell(
        plan=plan, enrolment=unit, stage=stage, reason="Asked for.", by=unit.verifier, at=timezone.now(), due_on=due_on
    )


def begun(unit: Enrolment) -> Sample:
    return verification.plan_sample(enrolment=unit, reason="Planned.", by=unit.verifier, at=timezone.now())


def taken(unit: Enrolment, wanted: str = "", *, agreed: bool = True) -> Sample:
    return verification.close_sample(
        sample=begun(unit),
        criteria=[targets(unit)[0].criterion_id],
        feedback="Thin." if wanted else "",
        wanted=wanted,
        due_on=TODAY() if wanted else None,
        agreed=agreed,
        checks=all_well(),
        by=unit.verifier,
        at=timezone.now(),
    )


def test_a_cell_says_how_sampling_stands_and_leads_to_where_it_goes_on(house: House) -> None:
    unit = met(an_enrolment(house))
    plan = a_plan(house)
    planned(plan, unit)
    cell = cell_for(grid_of(house, plan), unit)
    assert (cell.mark, cell.href) == (GridMark.PLANNED, f"/enrolments/{unit.pk}/sample/")
    sample = begun(unit)
    cell = cell_for(grid_of(house, plan), unit)
    assert (cell.mark, cell.href) == (GridMark.OPEN, f"/samples/{sample.pk}/")
    verification.close_sample(
        sample=sample, criteria=[targets(unit)[0].criterion_id], feedback="", wanted="", due_on=None,
        checks=all_well(), by=house.verifier, at=timezone.now(),
    )  # fmt: skip
    cell = cell_for(grid_of(house, plan), unit)
    assert (cell.mark, cell.href) == (GridMark.AGREED, f"/samples/{sample.pk}/")
    assert cell.lines[0].words == f"Interim, {TODAY():%-d %b}"
    assert "Asked for." in cell.about
    judged(handed_in(unit), unit)
    cell = cell_for(grid_of(house, plan), unit)
    assert (cell.mark, cell.href) == (GridMark.CHANGED, f"/alarms/{Alarm.objects.get().pk}/")
    assert "Evidence 2 was handed in." in cell.about


def test_an_action_a_disagreement_and_a_day_that_passed_are_marked(house: House) -> None:
    action, refused, late = (
        met(an_enrolment(house, key, candidate=candidate))
        for key, candidate in (
            ("ocr-cc26", house.candidate),
            ("ocr-cc32", house.candidate),
            ("ocr-cc16", house.other_candidate),
        )
    )
    plan = a_plan(house)
    planned(plan, late, TODAY() - DAY)
    taken(action, "Hear another call.")
    taken(refused, "Judge it again.", agreed=False)
    grid = grid_of(house, plan)
    marks = {unit: [line.mark for line in cell_for(grid, unit).lines] for unit in (action, refused, late)}
    assert GridMark.ACTION in marks[action]
    assert GridMark.NOT_AGREED in marks[refused]
    assert marks[late] == [GridMark.OVERDUE]


def test_a_unit_that_is_not_sampled_says_why_not_and_leads_to_planning_it(house: House) -> None:
    units = [met(an_enrolment(house, candidate=a_candidate(house.centre, f"Candidate {n}"))) for n in range(6)]
    policy = a_policy(house, high_rate=10, medium_rate=10, low_rate=10, every_candidate=False, candidates=10)
    plan = a_plan(house, policy)
    grid = grid_of(house, plan)
    left = next(unit for unit in units if cell_for(grid, unit).mark == GridMark.LEFT_OUT)
    cell = cell_for(grid, left)
    assert "Others do that" in cell.about
    assert cell.href == f"/sampling-plans/{plan.pk}/add/?enrolment={left.pk}&stage=interim"
    late = an_enrolment(house, "ocr-cc32")
    assert cell_for(grid_of(house, plan), late).mark == GridMark.NOTHING
    met(late)
    assert cell_for(grid_of(house, plan), late).mark == GridMark.UNPLANNED


def test_a_reason_that_a_verifier_wrote_comes_before_what_the_draw_said(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    plan = a_plan(house)
    for chosen in plan.cells.all():
        strategy.remove_cell(cell=chosen, reason="Not needed.", by=house.verifier, at=timezone.now())
    verification.leave_unsampled(
        enrolment=unit, reason="Her last three were agreed.", by=house.verifier, at=timezone.now()
    )
    cell = cell_for(grid_of(house, plan), unit)
    assert cell.mark == GridMark.LEFT_OUT
    assert "Her last three were agreed." in cell.about


def test_only_whoever_can_go_on_there_gets_a_link(house: House) -> None:
    unit = met(an_enrolment(house))
    plan = a_plan(house)
    planned(plan, unit)
    assert cell_for(grid_of(house, plan, house.other_verifier), unit).href == ""
    assert cell_for(grid_of(house, plan, house.lead), unit).href == f"/enrolments/{unit.pk}/"


def test_rows_columns_and_all_are_summed_over_every_page(house: House) -> None:
    first, second = met(an_enrolment(house)), met(an_enrolment(house, "ocr-cc32"))
    third = met(an_enrolment(house, candidate=house.other_candidate))
    plan = a_plan(house)
    for unit in (first, second, third):
        planned(plan, unit)
    taken(first)
    grid = grid_of(house, plan)
    rows = {row.candidate: row.sum for row in grid.rows}
    assert (rows[first.candidate.name].planned, rows[first.candidate.name].taken) == (2, 1)
    sums = {
        column.name: (column.sum.units, column.sum.planned, column.sum.taken, column.sum.open)
        for column in grid.columns
    }
    assert sums == {"CC26": (2, 2, 1, 1), "CC32": (1, 1, 0, 1)}
    assert (grid.sum.units, grid.sum.planned, grid.sum.taken, grid.sum.open) == (3, 3, 1, 2)


def test_it_is_narrowed_by_assessor_unit_place_and_what_is_open(house: House) -> None:
    elsewhere = a_candidate(house.centre, "Eleri Northgate")
    type(elsewhere).objects.filter(pk=elsewhere.pk).update(workplace="Quayside")
    one = met(an_enrolment(house))
    other = met(an_enrolment(house, "ocr-cc32", candidate=elsewhere, assessor=house.other_assessor))
    plan = a_plan(house)
    planned(plan, one)
    for cell in plan.cells.filter(enrolment=other, removed_at=None):
        strategy.remove_cell(cell=cell, reason="Later.", by=house.verifier, at=timezone.now())

    def shown(**asked: object) -> list[str]:
        return [row.candidate for row in grid_of(house, plan, asked=Asked(**asked)).rows]  # type: ignore[arg-type]

    assert set(shown()) == {one.candidate.name, elsewhere.name}
    assert shown(assessor=house.other_assessor.pk) == [elsewhere.name]
    assert shown(unit=one.unit_id) == [one.candidate.name]
    assert shown(site="Quayside") == [elsewhere.name]
    assert shown(only_open=True) == [one.candidate.name]


def test_the_page_is_a_table_with_heads_titles_and_links_and_asks_as_often_for_many(house: House) -> None:
    met(an_enrolment(house))
    plan = a_plan(house)
    browser = AskingClient()
    browser.force_login(house.lead)
    address, counts = f"/sampling-plans/{plan.pk}/grid/", []
    for number in range(2):
        for place in range(3 * number):
            met(an_enrolment(house, candidate=a_candidate(house.centre, f"Candidate {place}")))
        with CaptureQueriesContext(connection) as captured:
            page = browser.get(address).content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12, counts
    assert '<th scope="col">CC26</th>' in page
    assert re.search(r'<th scope="row" class="row-head">Cara Northgate', page)
    assert "What the marks mean" in page
    assert all(mark.label in page for mark in GridMark)


def test_a_proposal_shows_what_it_would_sample_and_plans_nothing(house: House) -> None:
    unit = met(an_enrolment(house))
    plan = a_proposal(house)
    cell = cell_for(grid_of(house, plan), unit)
    assert cell.mark == GridMark.PLANNED


def test_the_form_that_adds_a_unit_begins_with_the_cell_one_came_from(house: House) -> None:
    unit = an_enrolment(house)
    plan = a_plan(house)
    for cell in plan.cells.all():
        strategy.remove_cell(cell=cell, reason="Later.", by=house.verifier, at=timezone.now())
    browser = AskingClient()
    browser.force_login(house.verifier)
    page = browser.get(f"/sampling-plans/{plan.pk}/add/?enrolment={unit.pk}&stage=interim").content.decode()
    assert f'value="{unit.pk}" selected' in page
    assert re.search(r'value="interim"[^>]*checked', page)


def test_the_grid_of_the_newest_plan_is_one_press_away_and_before_there_is_one_the_strategy(house: House) -> None:
    an_enrolment(house)
    browser = AskingClient()
    browser.force_login(house.verifier)
    assert browser.get("/verifying/grid/")["Location"] == "/verifying/strategy/"
    plan = a_plan(house)
    assert browser.get("/verifying/grid/")["Location"] == f"/sampling-plans/{plan.pk}/grid/"


# --- coverage --------------------------------------------------------------------------------------------------------


def test_coverage_counts_samples_taken_says_what_is_missing_and_leads_to_it(house: House) -> None:
    unit = met(an_enrolment(house))
    an_enrolment(house, "ocr-cc32", candidate=house.other_candidate, assessor=house.other_assessor)
    plan = a_plan(house)
    browser = AskingClient()
    browser.force_login(house.lead)
    address, counts = f"/sampling-plans/{plan.pk}/coverage/", []
    with CaptureQueriesContext(connection) as captured:
        before = browser.get(address).content.decode()
    counts.append(len(captured))
    assert "2 missing: planned, not done yet." in before
    assert f"/sampling-plans/{plan.pk}/grid/?assessor={house.assessor.pk}" in before
    taken(unit)
    with CaptureQueriesContext(connection) as captured:
        after = browser.get(address).content.decode()
    counts.append(len(captured))
    assert "1 missing: planned, not done yet." in after
    assert "Cara Northgate" not in after.split("Every candidate")[1].split("</tr>")[0]
    assert counts[0] == counts[1] <= 15, counts


def test_a_file_shut_away_marks_the_cell_and_what_is_open(house: House) -> None:
    unit = met(an_enrolment(house))
    plan = a_plan(house)
    taken(unit)
    safekeeping.quarantine(
        file=EvidenceFile.objects.get(), reason="Names of customers.", by=house.assessor, at=timezone.now()
    )
    grid = grid_of(house, plan, asked=Asked(only_open=True))
    assert cell_for(grid, unit).mark == GridMark.CHANGED
