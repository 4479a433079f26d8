"""What both signed stands, and what a centre asked for stays on record, tried with raw SQL."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import follow_up, planning
from assessments.actions.consistency import For
from assessments.models import PlannedCriterion
from assessments.testing import House, a_signature, an_enrolment, handed_in
from assessments.tests.plans import a_plan, activity_of, agree, agreed, ask_for, held, proposed, with_activity
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, run, stands_for_good, unmoved, update
from units.models import Criterion

pytestmark = pytest.mark.django_db


def scene(house: House) -> SimpleNamespace:
    unit, other = an_enrolment(house), an_enrolment(house, "ocr-d20")
    foreign = an_enrolment(house, candidate=house.other_candidate)
    draft, offered, plan = a_plan(unit), proposed(unit), agreed(unit)
    activity = activity_of(plan)
    item = handed_in(unit, "1.1").evidence
    link = follow_up.link_activity(activity=activity, evidence=item, by=house.assessor, at=timezone.now())
    written = with_activity(draft)
    review = held(plan)
    signed_review = held(plan)
    follow_up.agree_review(review=signed_review, comment="", by=house.candidate.user, at=timezone.now())
    old = agreed(unit)
    following = planning.revise_plan(plan=old, by=house.assessor, at=timezone.now())
    planning.propose_plan(plan=following, by=house.assessor, at=timezone.now())
    agree(following)
    rule = ask_for(house, For(enrolment=unit), times=2)
    ended = ask_for(house, For(unit=unit.unit), times=2)
    ask_for(house, For(unit=unit.unit), times=3)
    candidate, assessor = house.candidate.user, house.assessor
    return SimpleNamespace(
        now=timezone.now().isoformat(),
        draft=draft.pk,
        proposed=offered.pk,
        plan=plan.pk,
        replaced=old.pk,
        plan_unit=plan.units.get().pk,
        draft_unit=draft.units.get().pk,
        activity=activity.pk,
        written=written.pk,
        criterion=PlannedCriterion.objects.filter(activity=activity)[0].pk,
        written_criterion=PlannedCriterion.objects.filter(activity=written)[0].pk,
        link=link.pk,
        foreign_item=handed_in(foreign, "1.1").evidence_id,
        review=review.pk,
        signed_review=signed_review.pk,
        progress=review.progress.get().pk,
        rule=rule.pk,
        ended=ended.pk,
        foreign_unit=foreign.pk,
        other_unit=other.pk,
        own_criterion=unit.unit.criteria.earliest("pk").pk,
        foreign_criterion=Criterion.objects.filter(unit=other.unit)[0].pk,
        assessor=assessor.pk,
        by_candidate=a_signature(house, candidate).pk,
        by_assessor=a_signature(house, assessor).pk,
        by_another=a_signature(house, house.other_candidate.user).pk,
    )


@pytest.fixture(scope="module")
def ids(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house)
        transaction.set_rollback(True)


STANDING = {"activityitem": "by_id = by_id", "reviewedprogress": "accepted = 99"}
NEVER_DELETED = [
    "consistencyrule",
    "assessmentplan",
    "planunit",
    "plannedactivity",
    "plannedcriterion",
    "planreview",
]


@pytest.mark.parametrize("table", STANDING)
def test_what_stands_for_good_is_neither_changed_nor_deleted(ids: SimpleNamespace, table: str) -> None:
    stands_for_good(table, STANDING[table])


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_what_may_change_is_never_deleted(ids: SimpleNamespace, table: str) -> None:
    never_deleted(table)


@pytest.mark.parametrize("table", [*STANDING, *NEVER_DELETED])
def test_no_table_is_emptied_out(table: str) -> None:
    never_emptied(table)


CHANGES = [
    ("consistencyrule", "rule", "times = 1", "only its end is written"),
    ("consistencyrule", "rule", "effect = 'warn'", "only its end is written"),
    ("consistencyrule", "ended", "end_reason = 'Another.'", "only its end is written"),
    ("consistencyrule", "ended", "ended_at = NULL, ended_by_id = NULL, end_reason = ''", "only its end is written"),
    ("assessmentplan", "proposed", "title = 'Other'", "an agreed one stands"),
    ("assessmentplan", "plan", "needs = 'Other'", "an agreed one stands"),
    ("assessmentplan", "plan", "review_on = NULL", "an agreed one stands"),
    ("assessmentplan", "plan", "candidate_signature_id = {by_candidate}", "an agreed one stands"),
    ("assessmentplan", "plan", "status = 'draft'", "an agreed one stands"),
    ("assessmentplan", "replaced", "status = 'agreed', ended_at = NULL", "an agreed one stands"),
    ("assessmentplan", "draft", "assessor_id = assessor_id + 1", "an agreed one stands"),
    ("assessmentplan", "draft", "number = 7", "an agreed one stands"),
    ("assessmentplan", "draft", "assessor_signature_id = {by_candidate}", "signed by its own candidate"),
    ("assessmentplan", "proposed", "candidate_signature_id = {by_assessor}", "signed by its own candidate"),
    ("assessmentplan", "proposed", "candidate_signature_id = {by_another}", "signed by its own candidate"),
    ("planunit", "plan_unit", "removed_at = '{now}'", "while the plan is a draft"),
    ("plannedactivity", "activity", "what = 'Other'", "while the plan is a draft"),
    ("plannedactivity", "activity", "removed_at = '{now}'", "while the plan is a draft"),
    ("plannedactivity", "written", "plan_id = {plan}", "while the plan is a draft"),
    ("plannedcriterion", "criterion", "removed_at = '{now}'", "while the plan is a draft"),
    ("activityitem", "link", "by_id = {assessor}", "stand for good"),
    ("planreview", "review", "discussed = 'Other'", "stands as it was held"),
    ("planreview", "review", "candidate_signature_id = {by_assessor}", "signed by the plan's own candidate"),
    ("planreview", "signed_review", "candidate_comment = 'Other'", "stands as it was held"),
    ("reviewedprogress", "progress", "accepted = 99", "stand for good"),
]


@pytest.mark.parametrize(("table", "row", "change", "sentence"), CHANGES)
def test_a_change_is_refused(ids: SimpleNamespace, table: str, row: str, change: str, sentence: str) -> None:
    unmoved(ids, table, row, change, sentence)


NEW = [
    ("planunit", "draft_unit", {"enrolment_id": "{foreign_unit}"}, "units of its own candidate"),
    ("planunit", "plan_unit", {"enrolment_id": "{other_unit}"}, "while the plan is a draft"),
    ("plannedactivity", "activity", {}, "while the plan is a draft"),
    ("plannedcriterion", "criterion", {"removed_at": "'{now}'"}, "while the plan is a draft"),
    ("plannedcriterion", "written_criterion", {"criterion_id": "{foreign_criterion}"}, "its plan is for"),
    ("plannedcriterion", "written_criterion", {"enrolment_id": "{foreign_unit}"}, "its plan is for"),
    ("activityitem", "link", {"evidence_id": "{foreign_item}"}, "its own candidate"),
    ("activityitem", "link", {"activity_id": "{written}"}, "its own candidate"),
    ("planreview", "review", {"plan_id": "{draft}", "assessor_signature_id": "{by_assessor}"}, "agreed plan"),
    ("planreview", "review", {"assessor_signature_id": "{by_candidate}"}, "signed by the plan's own candidate"),
    ("consistencyrule", "rule", {"enrolment_id": "{other_unit}", "centre_id": "centre_id + 1"}, "own centre"),
    (
        "consistencyrule",
        "rule",
        {"enrolment_id": "{other_unit}", "criterion_id": "{own_criterion}"},
        "criteria of their unit",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "changes", "sentence"), NEW)
def test_a_new_row_is_refused(
    ids: SimpleNamespace, table: str, row: str, changes: dict[str, str], sentence: str
) -> None:
    values = {column: value.format(**vars(ids)) for column, value in changes.items()}
    refused(copy(table, getattr(ids, row), **values), sentence)


def test_a_draft_is_written_and_rewritten(ids: SimpleNamespace) -> None:
    run(update("assessmentplan", "title = 'Better'", ids.draft))
    run(update("plannedactivity", "what = 'Better'", ids.written))
