"""What has no day yet, or is of no unit, stands in the same place of a list on every database: they disagree on it."""

import pytest
from django.utils import timezone

from assessments.actions import activities, checks, strategy
from assessments.actions.retention import hold_record, lift_hold
from assessments.queries.activities import activities_found
from assessments.queries.checks import questions_for
from assessments.queries.planned import whole_plan
from assessments.queries.retention import open_holds
from assessments.testing import House, an_enrolment
from assessments.tests.acts_of_quality import an_activity, recorded, some_questions
from assessments.tests.acts_of_strategy import a_plan

pytestmark = pytest.mark.django_db


def test_holds_in_force_stand_before_those_that_were_lifted(house: House) -> None:
    by, at = house.administrator, timezone.now()
    one, other = an_enrolment(house), an_enrolment(house, "ocr-cc16")
    lifted, held = (
        hold_record(candidate=house.candidate, enrolment=unit, reason="OCR.", by=by, at=at) for unit in (one, other)
    )
    lift_hold(hold=lifted, reason="Settled.", by=by, at=at)
    assert list(open_holds(house.centre)) == [held, lifted]


def test_activities_to_be_done_stand_before_those_done_and_those_dropped(house: House) -> None:
    dropped = activities.drop_activity(activity=an_activity(house), reason="Ill.", by=house.verifier, at=timezone.now())
    done, to_do = recorded(an_activity(house)), an_activity(house)
    assert list(activities_found(house.verifier, kind="", about=None)) == [to_do, done, dropped]


def test_a_bodys_questions_stand_before_those_of_a_unit(house: House) -> None:
    unit = an_enrolment(house)
    checks.set_questions(
        centre=house.centre,
        awarding_body=unit.unit.awarding_body,
        unit=unit.unit,
        questions=["Of the unit?"],
        seen=0,
        by=house.lead,
        at=timezone.now(),
    )
    some_questions(house, "Of the body?")
    assert [question.text for question in questions_for(unit)] == ["Of the body?", "Of the unit?"]


def test_what_a_plan_still_wants_stands_before_what_was_taken_out_of_it(house: House) -> None:
    an_enrolment(house)
    an_enrolment(house, "ocr-cc16")
    plan = a_plan(house)
    day = timezone.localdate()
    first = whole_plan(plan, left_out=False, seen_by=None, on=day)[0].cell_id
    strategy.remove_cell(cell=plan.cells.get(pk=first or 0), reason="Left.", by=house.verifier, at=timezone.now())
    lines = whole_plan(plan, left_out=False, seen_by=None, on=day)
    assert lines[-1].cell_id == first
    assert len(lines) > 1
