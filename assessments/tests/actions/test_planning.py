"""A plan is agreed by both, stands, is followed by its next version, and becomes the evidence it leads to."""

import datetime

import pytest
from django.utils import timezone

from assessments.actions import allocation, follow_up, planning
from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.actions.planning import ActivityWords, PlanWords
from assessments.enums import ActivityState, AllocatedAs, EvidenceKind, PlanStatus, Setting
from assessments.models import AssessmentPlan, Enrolment
from assessments.queries.enrolment import person_at
from assessments.queries.planning import plan_page
from assessments.testing import House, a_draft, an_enrolment, handed_in, judged, met, targets
from assessments.tests.plans import WEEK, a_plan, activity_of, agree, agreed, held, proposed, with_activity
from assessments.workflow import activity_state
from portfolio import signing
from portfolio.models import User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def states(plan: AssessmentPlan, day: datetime.date | None = None) -> list[ActivityState]:
    today = day or timezone.localdate()
    reader: User = plan.candidate.user
    page = plan_page(reader, plan.pk, lambda centre: person_at(reader, centre, today), today)
    return [row.state for row in page.activities]


def begin(plan: AssessmentPlan) -> Enrolment:
    """The unit of the plan's first activity."""
    return plan.units.earliest("pk").enrolment


# --- writing and agreeing --------------------------------------------------------------------------------------------


def test_an_agreed_plan_is_signed_by_both_over_the_same_words(house: House) -> None:
    plan = agreed(an_enrolment(house))
    assert plan.status == PlanStatus.AGREED
    assert plan.assessor_signature
    assert plan.candidate_signature
    assert plan.assessor_signature.signer == house.assessor
    assert plan.candidate_signature.signer == house.candidate.user
    assert plan.assessor_signature.digest == plan.candidate_signature.digest
    assert plan.candidate_signature.statement == signing.current_statement("plan-agreed")


def test_a_draft_is_the_staffs_until_it_is_proposed(house: House) -> None:
    plan = a_plan(an_enrolment(house))
    seen = AssessmentPlan.objects.visible_to
    assert not seen(house.candidate.user).exists()
    with_activity(plan)
    planning.propose_plan(plan=plan, by=house.assessor, at=timezone.now())
    for somebody in (house.candidate.user, house.assessor, house.verifier, house.lead, house.administrator):
        assert seen(somebody).filter(pk=plan.pk).exists()
    for stranger in (house.other_candidate.user, house.other_assessor, house.other_verifier):
        assert not seen(stranger).exists()


def test_a_plan_is_for_units_of_one_candidate_that_its_assessor_holds(house: House) -> None:
    mine, others = an_enrolment(house), an_enrolment(house, "ocr-cc16", assessor=house.other_assessor)
    theirs = an_enrolment(house, candidate=house.other_candidate)
    for unit in (others, theirs):
        with pytest.raises(Refusal, match="units of one candidate that you assess"):
            a_plan(mine, unit)
    plan = a_plan(mine, an_enrolment(house, "ocr-d20"))
    assert plan.units.count() == 2


def test_what_is_missing_is_said_before_it_is_proposed(house: House) -> None:
    plan = planning.start_plan(
        candidate=house.candidate,
        units=[an_enrolment(house)],
        words=PlanWords("Calls"),
        by=house.assessor,
        at=timezone.now(),
    )
    with pytest.raises(Refusal) as refused:
        planning.propose_plan(plan=plan, by=house.assessor, at=timezone.now())
    assert refused.value.sentences == [
        "Say what will be done: the plan has no activity yet.",
        "Say on which day you will review the plan together.",
    ]
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    planning.write_activity(
        plan=plan,
        activity=None,
        words=ActivityWords("A call", EvidenceKind.OBSERVATION, yesterday),
        targets=[],
        by=house.assessor,
        at=timezone.now(),
    )
    with pytest.raises(Refusal) as refused:
        planning.propose_plan(plan=plan, by=house.assessor, at=timezone.now())
    assert refused.value.sentences[:2] == [
        "“A call” names no criterion it is to show.",
        "The day of “A call” has passed: give it another.",
    ]


def test_an_activity_shows_criteria_of_the_plans_own_units(house: House) -> None:
    plan, other = a_plan(an_enrolment(house)), an_enrolment(house, "ocr-cc16")
    words = ActivityWords("A call", EvidenceKind.OBSERVATION, timezone.localdate())
    with pytest.raises(Refusal, match="units that the plan is for"):
        planning.write_activity(
            plan=plan, activity=None, words=words, targets=targets(other, "1.1"), by=house.assessor, at=timezone.now()
        )


def test_simulation_is_not_planned_where_the_unit_takes_none(house: House) -> None:
    plan = a_plan(an_enrolment(house, "ocr-d20"))
    with pytest.raises(Refusal, match="simulat"):
        with_activity(plan, "1.1", kind=EvidenceKind.SIMULATION)


def test_a_plan_sent_back_is_changed_and_proposed_anew(house: House) -> None:
    plan = proposed(an_enrolment(house))
    first = plan.assessor_signature
    with pytest.raises(Refusal, match="what is to be changed"):
        planning.return_plan(plan=plan, reason=" ", by=house.candidate.user, at=timezone.now())
    planning.return_plan(plan=plan, reason="Not in May.", by=house.candidate.user, at=timezone.now())
    assert first
    assert first.void.reason == "To be changed: Not in May."
    plan.refresh_from_db()
    assert (plan.status, plan.assessor_signature, plan.returned_reason) == (PlanStatus.DRAFT, None, "Not in May.")
    activity = activity_of(plan)
    planning.write_activity(
        plan=plan,
        activity=activity,
        words=ActivityWords("Handle a complaint in June", EvidenceKind.OBSERVATION, timezone.localdate() + WEEK),
        targets=targets(begin(plan), "1.3"),
        by=house.assessor,
        at=timezone.now(),
    )
    planning.propose_plan(plan=plan, by=house.assessor, at=timezone.now())
    assert agree(plan).status == PlanStatus.AGREED
    shown = activity.criteria.filter(removed_at=None).values_list("criterion__number", flat=True)
    assert list(shown) == ["1.3"]


def test_a_unit_left_out_must_not_be_shown_by_an_activity(house: House) -> None:
    unit, other = an_enrolment(house), an_enrolment(house, "ocr-d20")
    plan = a_plan(unit, other)
    with_activity(plan)
    words = PlanWords("Calls", review_on=timezone.localdate())
    with pytest.raises(Refusal, match="a unit you leave out"):
        planning.edit_plan(plan=plan, units=[other], words=words, by=house.assessor, at=timezone.now())
    planning.edit_plan(plan=plan, units=[unit], words=words, by=house.assessor, at=timezone.now())
    assert list(plan.units.filter(removed_at=None).values_list("enrolment", flat=True)) == [unit.pk]
    planning.edit_plan(plan=plan, units=[unit, other], words=words, by=house.assessor, at=timezone.now())
    assert plan.units.filter(removed_at=None).count() == 2


def test_a_unit_that_went_to_another_assessor_is_taken_out_before_it_is_proposed(house: House) -> None:
    unit = an_enrolment(house, "ocr-d20")
    plan = a_plan(an_enrolment(house), unit)
    with_activity(plan)
    allocation.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.other_assessor,
        reason="Leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    with pytest.raises(Refusal, match="You do not assess D20 any more"):
        planning.propose_plan(plan=plan, by=house.assessor, at=timezone.now())


# --- changing --------------------------------------------------------------------------------------------------------


def test_an_agreed_plan_stands_until_its_next_version_is_agreed(house: House) -> None:
    plan = agreed(an_enrolment(house))
    following = planning.revise_plan(plan=plan, by=house.assessor, at=timezone.now())
    plan.refresh_from_db()
    assert (plan.status, following.status, following.number) == (PlanStatus.AGREED, PlanStatus.DRAFT, 2)
    with pytest.raises(Refusal, match="being written already"):
        planning.revise_plan(plan=plan, by=house.assessor, at=timezone.now())
    with_activity(following, "1.3", what="Listen to a call")
    planning.propose_plan(plan=following, by=house.assessor, at=timezone.now())
    agree(following)
    plan.refresh_from_db()
    assert (plan.status, following.activities.count(), plan.activities.count()) == (PlanStatus.REPLACED, 2, 1)


def test_what_an_activity_became_stays_with_it_in_the_next_version(house: House) -> None:
    plan = agreed(an_enrolment(house))
    following = planning.revise_plan(plan=plan, by=house.assessor, at=timezone.now())
    follow_up.start_activity(activity=activity_of(plan), by=house.candidate.user, at=timezone.now())
    planning.propose_plan(plan=following, by=house.assessor, at=timezone.now())
    agree(following)
    assert states(following) == states(plan) == [ActivityState.IN_PREPARATION]


def test_a_next_version_given_up_leaves_the_plan_and_another_may_follow(house: House) -> None:
    plan = agreed(an_enrolment(house))
    following = planning.revise_plan(plan=plan, by=house.assessor, at=timezone.now())
    planning.close_plan(plan=following, reason="Not needed.", by=house.assessor, at=timezone.now())
    assert planning.revise_plan(plan=plan, by=house.assessor, at=timezone.now()).number == 2


# --- what it leads to ------------------------------------------------------------------------------------------------


def test_an_activity_becomes_a_draft_with_its_title_kind_day_and_criteria(house: House) -> None:
    unit = an_enrolment(house)
    activity = activity_of(agreed(unit))
    draft = follow_up.start_activity(activity=activity, by=house.candidate.user, at=timezone.now())
    assert (draft.title, draft.kind, draft.activity_on) == (activity.what, activity.kind, activity.due_on)
    assert draft.setting == Setting.PAID_WORK
    mapped = draft.evidence.mappings.values_list("enrolment", "criterion__number")
    assert sorted(mapped) == [(unit.pk, "1.1"), (unit.pk, "1.2")]
    with pytest.raises(Refusal, match="in preparation already"):
        follow_up.start_activity(activity=activity, by=house.candidate.user, at=timezone.now())


def test_an_activity_says_how_far_it_is(house: House) -> None:
    unit = an_enrolment(house)
    plan = agreed(unit)
    assert states(plan) == [ActivityState.PLANNED]
    assert states(plan, timezone.localdate() + 2 * WEEK) == [ActivityState.MISSED]
    item = handed_in(unit, "1.1")
    follow_up.link_activity(activity=activity_of(plan), evidence=item.evidence, by=house.assessor, at=timezone.now())
    assert states(plan) == [ActivityState.HANDED_IN]
    judged(item, unit)
    assert states(plan, timezone.localdate() + 2 * WEEK) == [ActivityState.ASSESSED]


def test_a_withdrawn_draft_leaves_the_activity_as_it_was(house: House) -> None:
    plan = agreed(an_enrolment(house))
    draft = follow_up.start_activity(activity=activity_of(plan), by=house.candidate.user, at=timezone.now())
    items.withdraw_item(version=draft, reason="Wrong one.", by=house.candidate.user, at=timezone.now())
    assert states(plan) == [ActivityState.PLANNED]
    follow_up.start_activity(activity=activity_of(plan), by=house.candidate.user, at=timezone.now())


def test_what_was_returned_is_in_preparation_and_the_furthest_item_counts() -> None:
    today = datetime.date(2026, 5, 4)
    assert activity_state(["returned"], today, today) == ActivityState.IN_PREPARATION
    assert activity_state(["draft", "reviewed", "submitted"], today, today) == ActivityState.ASSESSED
    assert activity_state(["withdrawn"], today, today) == ActivityState.PLANNED


def test_nothing_is_started_where_the_units_take_nothing_more(house: House) -> None:
    unit = an_enrolment(house)
    activity = activity_of(agreed(unit))
    enrolments.suspend(enrolment=unit, reason="Leave.", by=house.administrator, at=timezone.now())
    with pytest.raises(Refusal, match="take no evidence any more"):
        follow_up.start_activity(activity=activity, by=house.candidate.user, at=timezone.now())


def test_prior_learning_is_added_with_its_source_and_put_to_the_activity(house: House) -> None:
    activity = activity_of(agreed(an_enrolment(house), kind=EvidenceKind.PRIOR_LEARNING))
    with pytest.raises(Refusal, match="where it comes from"):
        follow_up.start_activity(activity=activity, by=house.candidate.user, at=timezone.now())


def test_only_the_candidates_own_items_are_put_to_an_activity_once(house: House) -> None:
    unit = an_enrolment(house)
    activity = activity_of(agreed(unit))
    foreign = handed_in(an_enrolment(house, candidate=house.other_candidate), "1.1")
    secret = a_draft(unit, "1.1")
    for evidence, by in ((foreign.evidence, house.assessor), (secret.evidence, house.assessor)):
        with pytest.raises(Refusal, match="none of the candidate's"):
            follow_up.link_activity(activity=activity, evidence=evidence, by=by, at=timezone.now())

    def link() -> None:
        follow_up.link_activity(activity=activity, evidence=secret.evidence, by=house.candidate.user, at=timezone.now())

    link()
    with pytest.raises(Refusal, match="beside the activity already"):
        link()


# --- reviews ---------------------------------------------------------------------------------------------------------


def test_a_review_keeps_how_far_the_units_were(house: House) -> None:
    unit = an_enrolment(house)
    plan = agreed(unit)
    before = held(plan, held_on=timezone.localdate() - WEEK)
    met(unit)
    after = held(plan)
    total = unit.unit.criteria.count()
    assert [(row.accepted, row.total) for row in before.progress.all()] == [(0, total)]
    assert [(row.accepted, row.total) for row in after.progress.all()] == [(total, total)]
    assert before.planned_on == plan.review_on
    assert after.planned_on == before.next_on


def test_a_review_is_signed_by_both_and_the_candidate_may_see_it_otherwise(house: House) -> None:
    review = held(agreed(an_enrolment(house)))
    follow_up.agree_review(review=review, comment="I asked for June.", by=house.candidate.user, at=timezone.now())
    assert review.assessor_signature.signer == house.assessor
    review.refresh_from_db()
    assert review.candidate_signature
    assert review.candidate_signature.signer == house.candidate.user
    assert review.candidate_comment == "I asked for June."
    with pytest.raises(Refusal, match="signed this review already"):
        follow_up.agree_review(review=review, comment="", by=house.candidate.user, at=timezone.now())


def test_a_review_is_recorded_once_it_was_held(house: House) -> None:
    plan, today = agreed(an_enrolment(house)), timezone.localdate()
    with pytest.raises(Refusal) as refused:
        held(plan, held_on=today + WEEK, next_on=today, next_steps=" ")
    assert refused.value.sentences == [
        "Say what was discussed and what was agreed.",
        "A review is recorded once it was held: its day cannot lie ahead.",
        "The next review must be on a later day than this one.",
    ]


def test_an_activity_that_was_taken_out_meanwhile_does_not_come_back(house: House) -> None:
    plan, other = a_plan(an_enrolment(house)), a_plan(an_enrolment(house, "ocr-d20"))
    activity = with_activity(plan)
    words = ActivityWords("Handle two complaints", EvidenceKind.OBSERVATION, timezone.localdate())

    def write(into: AssessmentPlan) -> None:
        planning.write_activity(
            plan=into, activity=activity, words=words, targets=[], by=house.assessor, at=timezone.now()
        )

    with pytest.raises(Refusal, match="taken out of the plan"):
        write(other)
    planning.remove_activity(activity=plan.activities.get(), by=house.assessor, at=timezone.now())
    with pytest.raises(Refusal, match="taken out of the plan"):
        write(plan)
    activity.refresh_from_db()
    assert activity.removed_at is not None


def test_a_plan_is_not_changed_to_hold_a_unit_that_went_to_another_assessor(house: House) -> None:
    unit, gone = an_enrolment(house), an_enrolment(house, "ocr-d20")
    allocation.allocate(
        enrolment=gone, part=AllocatedAs.ASSESSOR, user=house.other_assessor, reason="Leave.",
        by=house.administrator, at=timezone.now(),
    )  # fmt: skip
    words = PlanWords("Calls", review_on=timezone.localdate())
    with pytest.raises(Refusal, match="units of one candidate that you assess"):
        planning.edit_plan(plan=a_plan(unit), units=[unit, gone], words=words, by=house.assessor, at=timezone.now())
