"""The walls round new versions, breaks in learning and transfers, tried with raw SQL like those in test_walls.py."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions.enrolment import withdraw
from assessments.actions.transfer import take_back_achieved
from assessments.models import VersionMove
from assessments.testing import House, an_enrolment
from assessments.tests.leaving import achieved_elsewhere, leaves
from assessments.tests.pauses import back, on_a_break
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, stands_for_good, update
from assessments.tests.versions import a_map, moved_on, on_the_first
from portfolio.testing import a_candidate

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ids(house: House, other_house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house, other_house)
        transaction.set_rollback(True)


def scene(house: House, other_house: House) -> SimpleNamespace:
    recorded = a_map(house)
    moved_on(house, on_the_first(house))
    other, left = house.other_candidate, on_the_first(house, candidate=house.other_candidate)
    withdraw(enrolment=left, reason="New job.", by=house.administrator, at=timezone.now())
    elsewhere = a_map(other_house)
    over = back(on_a_break(house, candidate=a_candidate(house.centre, "Bea Break", number="10000004")), house)
    gone = a_candidate(house.centre, "Gia Gone", number="10000005")
    an_enrolment(house, candidate=gone)
    out, achieved = leaves(house, candidate=gone), achieved_elsewhere(house)
    take_back_achieved(achieved=achieved, by=house.administrator, at=timezone.now())
    return SimpleNamespace(
        out=out.pk,
        unit_out=out.units.get().pk,
        into=achieved.transfer_id,
        achieved=achieved.pk,
        over=over.pk,
        paused=over.paused.get().pk,
        other=other.pk,
        elsewhere=other_house.candidate.pk,
        map=recorded.pk,
        pair=recorded.pairs.earliest("pk").pk,
        further=recorded.pairs.latest("pk").later_id,
        move=VersionMove.objects.get().pk,
        left=left.pk,
        goes_on=an_enrolment(house, recorded.later.key, version=2, candidate=other).pk,
        map_elsewhere=elsewhere.pk,
        pair_elsewhere=elsewhere.pairs.earliest("pk").pk,
    )


@pytest.mark.parametrize("table", ["versionmap", "versionpair", "versionmove"])
def test_it_stands_for_good(ids: SimpleNamespace, table: str) -> None:
    never_emptied(table)
    stands_for_good(table, "id = id + 100")


def test_what_moved_somebody_is_neither_replaced_nor_added_to(ids: SimpleNamespace) -> None:
    refused(copy("versionmap", ids.map), "Once a candidate was moved")
    refused(copy("versionpair", ids.pair, later_id=str(ids.further)), "Once a candidate was moved")


def test_a_map_is_of_versions_of_its_own_centre(ids: SimpleNamespace) -> None:
    theirs = f"(SELECT later_id FROM assessments_versionmap WHERE id = {ids.map})"  # noqa: S608
    refused(copy("versionmap", ids.map_elsewhere, later_id=theirs), "mapped at that centre only")
    refused(copy("versionpair", ids.pair_elsewhere, later_id=str(ids.further)), "one of the later")


def test_a_move_joins_what_ended_by_it_and_the_same_candidates_next(ids: SimpleNamespace) -> None:
    others = {"earlier_id": str(ids.left), "enrolment_id": str(ids.goes_on)}
    refused(copy("versionmove", ids.move, **others), "leads from an enrolment that ended by it")


@pytest.mark.parametrize("table", ["break", "pausedunit"])
def test_a_break_is_never_deleted(ids: SimpleNamespace, table: str) -> None:
    never_deleted(table)
    never_emptied(table)


def test_a_break_that_is_over_never_changes_and_is_its_candidates_own(ids: SimpleNamespace) -> None:
    refused(update("break", "expected_on = '2099-01-01'", ids.over), "only the day of return is written")
    refused(update("pausedunit", "days = 400", ids.paused), "written once")
    refused(copy("break", ids.over, candidate_id=str(ids.elsewhere)), "recorded at the centre of its candidate")
    refused(copy("pausedunit", ids.paused, enrolment_id=str(ids.goes_on)), "units of its own candidate")
    refused(update("enrolment", "break_until = '2099-01-01'", ids.goes_on), "a_break_suspends_its_units")


@pytest.mark.parametrize("table", ["transferout", "transferin", "transferredunit"])
def test_a_transfer_stands_for_good(ids: SimpleNamespace, table: str) -> None:
    never_emptied(table)
    stands_for_good(table, "id = id + 100")


def test_what_was_achieved_elsewhere_is_taken_back_once_and_never_rewritten(ids: SimpleNamespace) -> None:
    never_deleted("achievedelsewhere")
    never_emptied("achievedelsewhere")
    refused(update("achievedelsewhere", "title = 'Another'", ids.achieved), "stays as it was recorded")
    refused(
        update("achievedelsewhere", "taken_back_at = NULL, taken_back_by_id = NULL", ids.achieved),
        "stays as it was recorded",
    )


def test_a_transfer_is_of_its_own_candidate(ids: SimpleNamespace) -> None:
    for table, row in (("transferout", ids.out), ("transferin", ids.into)):
        refused(copy(table, row, candidate_id=str(ids.elsewhere)), "recorded at the centre of its candidate")
    refused(copy("transferredunit", ids.unit_out, enrolment_id=str(ids.goes_on)), "units of its own candidate")
