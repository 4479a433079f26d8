"""A plan from its first word to the evidence it led to and a review of it, page by page."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import allocation
from assessments.actions import enrolment as enrolments
from assessments.enums import AllocatedAs, PlanStatus
from assessments.models import AssessmentPlan, PlanReview
from assessments.queries.mapping import value_of
from assessments.testing import House, a_draft, a_unit, an_enrolment, handed_in
from assessments.tests.plans import WEEK, a_plan, activity_of, agreed, held, proposed, with_activity
from assessments.tests.views.visitors import signed_in
from portfolio.testing import signs

pytestmark = pytest.mark.django_db


def address(name: str, pk: int) -> str:
    return reverse(f"assessments:{name}", args=[pk])


def iso(day: datetime.date) -> str:
    return day.isoformat()


def test_a_plan_goes_from_a_draft_to_evidence_and_review(house: House) -> None:
    unit, today = an_enrolment(house), timezone.localdate()
    assessor, candidate = signed_in(house.assessor), signed_in(house.candidate.user)
    sent = {
        "title": "Calls",
        "units": [unit.pk],
        "review_on": iso(today + WEEK),
        "needs": "",
        "expert_witnesses": "Gwen",
    }
    assert assessor.post(address("start_plan", unit.pk), sent).status_code == 302
    plan = AssessmentPlan.objects.get()
    criterion = unit.unit.criteria.get(number="1.2")
    activity = {
        "what": "Two complaints",
        "kind": "observation",
        "due_on": iso(today + WEEK),
        "place": "Floor",
        "resources": "Headset",
        "criteria": [value_of(unit.pk, criterion.pk)],
    }
    assessor.post(address("add_activity", plan.pk), activity)
    assert candidate.get(address("plan", plan.pk)).status_code == 404
    wrong = signs(assessor, address("propose_plan", plan.pk), password="wrong")
    assert "That password is not right" in wrong.content.decode()
    signs(assessor, address("propose_plan", plan.pk))
    home = candidate.get(reverse("assessments:candidate_home")).content.decode()
    assert "Plan to agree" in home
    plan.refresh_from_db()
    page = candidate.get(address("agree_plan", plan.pk)).content.decode()
    for words in ("Two complaints", "Observation", "Floor", "Headset", "Gwen", criterion.number):
        assert words in page
    signs(candidate, address("agree_plan", plan.pk))
    assert "Two complaints" in candidate.get(reverse("assessments:candidate_home")).content.decode()
    started = candidate.post(address("start_activity", activity_of(plan).pk))
    assert started.status_code == 302
    form = candidate.get(started["Location"]).content.decode()
    assert 'value="Two complaints"' in form
    shown = assessor.get(address("plan", plan.pk)).content.decode()
    assert "In preparation" in shown
    assert "A draft of the candidate’s" in shown
    review = {"held_on": iso(today), "discussed": "Calls.", "next_steps": "More."}
    assert signs(assessor, address("hold_review", plan.pk), **review).status_code == 302
    assert "Review to sign" in candidate.get(reverse("assessments:candidate_home")).content.decode()
    row = PlanReview.objects.get()
    signs(candidate, address("agree_review", row.pk), comment="Rather in June.")
    assert "Rather in June." in assessor.get(address("plan", plan.pk)).content.decode()


def test_a_draft_says_what_is_missing_and_leads_there(house: House) -> None:
    plan = a_plan(an_enrolment(house))
    page = signed_in(house.assessor).get(address("plan", plan.pk)).content.decode()
    assert f'<a href="{address("add_activity", plan.pk)}">Say what will be done' in page
    assert 'aria-disabled="true" aria-describedby="missing">Propose it to the candidate</button>' in page
    assert 'id="missing"' in page
    with_activity(plan)
    assert "Propose it to the candidate" in signed_in(house.assessor).get(address("plan", plan.pk)).content.decode()


def test_a_form_keeps_what_was_typed_where_it_is_refused(house: House) -> None:
    plan = agreed(an_enrolment(house))
    ahead = iso(timezone.localdate() + WEEK)
    said = {"held_on": ahead, "discussed": "Calls.", "next_steps": "More."}
    answer = signs(signed_in(house.assessor), address("hold_review", plan.pk), **said)
    assert answer.status_code == 409
    assert "its day cannot lie ahead" in answer.content.decode()
    assert "Calls." in answer.content.decode()


def test_what_is_sent_back_waits_for_its_assessor_and_the_next_version_for_both(house: House) -> None:
    plan = proposed(an_enrolment(house))
    assessor, candidate = signed_in(house.assessor), signed_in(house.candidate.user)
    queue = reverse("assessments:queue")
    assert "Waits for the candidate to agree" in assessor.get(queue).content.decode()
    candidate.post(address("return_plan", plan.pk), {"reason": "Not in May."})
    assert "To be changed: Not in May." in assessor.get(queue).content.decode()
    other = agreed(an_enrolment(house, "ocr-d20"))
    changed = assessor.post(address("revise_plan", other.pk), follow=True).content.decode()
    assert "Until it is agreed, the one before stands." in changed
    assert "Its next version is being written." in candidate.get(address("plan", other.pk)).content.decode()
    assert AssessmentPlan.objects.get(previous=other).status == PlanStatus.DRAFT


def test_a_review_that_is_due_waits_for_its_assessor(house: House) -> None:
    plan = agreed(an_enrolment(house))
    held(plan, held_on=timezone.localdate() - 2 * WEEK, next_on=timezone.localdate() - WEEK)
    assessor = signed_in(house.assessor)
    assert "Review on " in assessor.get(reverse("assessments:queue")).content.decode()
    assert "its day has passed" in assessor.get(address("plan", plan.pk)).content.decode()


def test_an_activity_that_missed_its_day_says_so_to_both(house: House) -> None:
    plan = agreed(an_enrolment(house), due_on=timezone.localdate())
    later = timezone.now() + WEEK
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: later)
        assert "Missed its day" in signed_in(house.assessor).get(address("plan", plan.pk)).content.decode()
        home = signed_in(house.candidate.user).get(reverse("assessments:candidate_home")).content.decode()
    assert "Missed its day" in home


def test_evidence_that_is_there_is_put_to_an_activity(house: House) -> None:
    unit = an_enrolment(house)
    plan, item, draft = agreed(unit), handed_in(unit, "1.1"), a_draft(unit, "1.2")
    browser = signed_in(house.assessor)
    place = address("link_activity", activity_of(plan).pk)
    page = browser.get(place).content.decode()
    assert f'value="{item.evidence_id}"' in page
    assert f'value="{draft.evidence_id}"' not in page
    answer = browser.post(place, {"evidence": item.evidence_id}, follow=True).content.decode()
    assert f'href="{reverse("assessments:evidence", args=[item.evidence_id])}"' in answer
    assert "Handed in" in answer


def test_a_unit_lists_its_plans_for_whoever_sees_it_and_its_assessor_begins_one(house: House) -> None:
    unit = an_enrolment(house)
    proposed(unit)
    place = address("unit_plans", unit.pk)
    assert "Begin a plan" in signed_in(house.assessor).get(place).content.decode()
    page = signed_in(house.verifier).get(place).content.decode()
    assert "Calls in spring" in page
    assert "Begin a plan" not in page


def test_a_plan_waits_for_whoever_assesses_its_unit_now(house: House) -> None:
    unit = an_enrolment(house)
    proposed(unit)
    allocation.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.other_assessor,
        reason="Leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    for place in (reverse("assessments:queue"), reverse("assessments:plans")):
        assert "Calls in spring" in signed_in(house.other_assessor).get(place).content.decode()
        assert "Calls in spring" not in signed_in(house.assessor).get(place).content.decode()


def test_a_plan_says_how_its_units_keep_pace_with_their_target(house: House) -> None:
    today = timezone.localdate()
    unit = enrolments.enrol(
        candidate=house.candidate,
        unit=a_unit(),
        assessor=house.assessor,
        verifier=house.verifier,
        countersigner=None,
        started_on=today - 8 * WEEK,
        target_on=today + WEEK,
        by=house.administrator,
        at=timezone.now(),
    )
    page = signed_in(house.candidate.user).get(address("plan", agreed(unit).pk)).content.decode()
    assert f'href="{reverse("assessments:worked_out")}#pace">Behind target</a>' in page
