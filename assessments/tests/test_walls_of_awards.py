"""The walls round registrations and claims, tried with raw SQL like those in test_walls.py."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from assessments.actions import registration
from assessments.testing import House
from assessments.tests.awards import a_registration
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, run, update
from portfolio.models import CandidateRecord
from units.testing import a_draft

pytestmark = pytest.mark.django_db

NEVER_DELETED = ["registration"]


@pytest.fixture(scope="module")
def ids(house: House, other_house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house, other_house)
        transaction.set_rollback(True)


def scene(house: House, other_house: House) -> SimpleNamespace:
    ended = a_registration(house, candidate=house.other_candidate)
    registration.end_registration(registration=ended, reason="Left.", by=house.administrator, at=ended.recorded_at)
    return SimpleNamespace(
        registration=a_registration(house).pk,
        ended=ended.pk,
        elsewhere=CandidateRecord.objects.filter(centre=other_house.centre)[0].pk,
        other=house.other_candidate.pk,
        draft=a_draft(house.centre, house.administrator, "Award to come").pk,
    )


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_it_is_never_deleted(ids: SimpleNamespace, table: str) -> None:
    never_deleted(table)
    never_emptied(table)


def test_a_registration_stays_with_its_candidate_and_its_qualification(ids: SimpleNamespace) -> None:
    for change in (f"candidate_id = {ids.other}", f"qualification_id = {ids.draft}"):
        refused(update("registration", change, ids.registration), "stays with its candidate")
    refused(update("registration", "centre_id = centre_id + 1", ids.registration), "registered by their own centre")


def test_a_registration_that_ended_never_changes(ids: SimpleNamespace) -> None:
    refused(update("registration", "number = 'R-9'", ids.ended), "stays with its candidate")
    refused(update("registration", "ended_at = NULL, ended_reason = ''", ids.ended), "stays with its candidate")
    run(update("registration", "number = 'R-9'", ids.registration))


def test_a_candidate_is_registered_by_their_own_centre_for_what_is_in_use(ids: SimpleNamespace) -> None:
    forged = copy("registration", ids.registration, candidate_id=str(ids.elsewhere))
    refused(forged, "registered by their own centre")
    forged = copy("registration", ids.registration, qualification_id=str(ids.draft))
    refused(forged, "a qualification that is not published")
