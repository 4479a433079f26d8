"""An alarm, what followed from a finding and a handover stand as they were written, tried with raw SQL."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import alarms, handover, widening
from assessments.models import Sample
from assessments.testing import House, an_enrolment
from assessments.tests.acts_of_findings import a_finding, an_alarm
from assessments.tests.acts_of_strategy import a_plan
from assessments.tests.raw_sql import copy, refused, run, unmoved, update
from portfolio import walls

pytestmark = pytest.mark.django_db


def scene(house: House, other_house: House) -> SimpleNamespace:
    now = timezone.now
    opened, closed = an_alarm(house), an_alarm(house, candidate=house.other_candidate)
    alarms.settle_alarm(alarm=closed, note="Seen.", seen=1, by=house.verifier, at=now())
    an_enrolment(house, "ocr-cc32")
    plan = a_plan(house)
    found = a_finding(house, plan, "ocr-cc16")
    kept = widening.keep_plan(plan=plan, sample=found, reason="A slip.", by=house.lead, at=now())
    an_enrolment(other_house)
    foreign_plan = a_plan(other_house)
    handed = handover.hand_over_plan(
        plan=plan, giver=house.verifier, taker=house.other_verifier, reason="Leave.", by=house.lead, at=now()
    )
    unsampled = Sample.objects.create(
        enrolment=an_enrolment(house, "ocr-cc32", candidate=house.other_candidate),
        centre=house.centre,
        verifier=house.verifier,
        stage="interim",
        reason="New.",
        planned_at=now(),
        planned_by=house.verifier,
    )
    return SimpleNamespace(
        now=now().isoformat(),
        open=opened.pk,
        closed=closed.pk,
        widening=kept.pk,
        handover=handed.pk,
        open_sample=unsampled.pk,
        agreed=closed.sample_id,
        foreign_plan=foreign_plan.pk,
        assessor=house.assessor.pk,
        verifier=house.verifier.pk,
    )


@pytest.fixture(scope="module")
def ids(house: House, other_house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house, other_house)
        transaction.set_rollback(True)


TABLES = {"alarm": "open", "widening": "widening", "planhandover": "handover"}


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_deleted(ids: SimpleNamespace, table: str) -> None:
    refused(f"DELETE FROM assessments_{table} WHERE id = {getattr(ids, TABLES[table])}", "never|stand")  # noqa: S608
    assert f"assessments_{table}" in {wall.table for wall in walls.registered() if wall.event == walls.TRUNCATE}
    if connection.vendor == "postgresql":
        connection.check_constraints()
        refused(f"TRUNCATE assessments_{table} CASCADE", "never|stand")


CLOSED = "looked_at = '{now}', looked_by_id = {person}, note = 'Seen.'"
CHANGES = [
    ("alarm", "open", "first = 'Other.'", "An alarm stands as it was raised"),
    ("alarm", "open", "raised_at = '{now}'", "An alarm stands as it was raised"),
    ("alarm", "closed", "note = 'Other.'", "An alarm stands as it was raised"),
    ("alarm", "closed", "looked_at = NULL, looked_by_id = NULL, note = ''", "An alarm stands as it was raised"),
    ("alarm", "open", CLOSED.replace("{person}", "{assessor}"), "Nobody verifies a unit"),
    ("alarm", "open", "looked_at = '{now}', looked_by_id = {verifier}", "a_closed_alarm_says_who_looked_and_how"),
    ("widening", "widening", "reason = 'Other.'", "stand for good"),
    ("planhandover", "handover", "moved = 9", "stand for good"),
]


@pytest.mark.parametrize(("table", "row", "change", "sentence"), CHANGES)
def test_a_change_is_refused(ids: SimpleNamespace, table: str, row: str, change: str, sentence: str) -> None:
    unmoved(ids, table, row, change, sentence)


NEW = [
    ("alarm", "closed", {"sample_id": "{open_sample}"}, "Only what was sampled can have changed"),
    ("widening", "widening", {"sample_id": "{agreed}"}, "widened by a finding"),
    ("widening", "widening", {"plan_id": "{foreign_plan}"}, "widened by a finding"),
]


@pytest.mark.parametrize(("table", "row", "changes", "sentence"), NEW)
def test_a_new_row_is_refused(
    ids: SimpleNamespace, table: str, row: str, changes: dict[str, str], sentence: str
) -> None:
    values = {column: value.format(**vars(ids)) for column, value in changes.items()}
    refused(copy(table, getattr(ids, row), **values), sentence)


def test_an_open_alarm_is_closed_by_its_verifier(ids: SimpleNamespace) -> None:
    run(update("alarm", CLOSED.replace("{person}", "{verifier}").format(**vars(ids)), ids.open))
