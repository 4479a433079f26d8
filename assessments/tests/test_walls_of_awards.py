"""The walls round registrations and claims, tried with raw SQL like those in test_walls.py."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from assessments.actions import registration
from assessments.models import Claim
from assessments.testing import House
from assessments.tests.awards import a_registration, an_award_certificate
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, run, stands_for_good, update
from portfolio.models import CandidateRecord
from portfolio.testing import a_candidate
from units.testing import a_draft

pytestmark = pytest.mark.django_db

NEVER_DELETED = ["registration", "awardclaim", "certificate"]


@pytest.fixture(scope="module")
def ids(house: House, other_house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house, other_house)
        transaction.set_rollback(True)


def scene(house: House, other_house: House) -> SimpleNamespace:
    ended = a_registration(house, candidate=house.other_candidate)
    registration.end_registration(registration=ended, reason="Left.", by=house.administrator, at=ended.recorded_at)
    certificate = an_award_certificate(house, a_candidate(house.centre, "Clara Complete", number="10000003"))
    claim = certificate.award
    assert claim
    return SimpleNamespace(
        award_claim=claim.pk,
        certificate=certificate.pk,
        unit_claim=Claim.objects.earliest("pk").pk,
        now=certificate.recorded_at.isoformat(),
        today=certificate.issued_on.isoformat(),
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


def test_a_batch_of_claims_stands_for_good(ids: SimpleNamespace) -> None:
    stands_for_good("claimbatch", "reference = 'Another'")
    never_emptied("claimbatch")


def test_a_claim_of_an_award_stands_as_it_was_made_and_is_taken_back_once(ids: SimpleNamespace) -> None:
    refused(update("awardclaim", "snapshot = ''", ids.award_claim), "A claim stands as it was made")
    back = f"taken_back_at = '{ids.now}', taken_back_reason = 'Wrong.'"
    run(update("awardclaim", back, ids.award_claim))
    refused(update("awardclaim", "taken_back_reason = 'Other.'", ids.award_claim), "A claim stands as it was made")


def test_a_certificate_replaces_one_of_the_same_claim_that_stands(ids: SimpleNamespace) -> None:
    replacement = {"replaces_id": str(ids.certificate), "replacement_reason": "'Lost.'"}
    other = {"award_id": "NULL", "claim_id": str(ids.unit_claim)}
    refused(copy("certificate", ids.certificate, **replacement, **other), "replaces one of the same claim")
    refused(update("certificate", "number = 'A 9'", ids.certificate), "A certificate stands as it was recorded")
    run(update("certificate", f"revoked_on = '{ids.today}', revocation_reason = 'Wrong.'", ids.certificate))
    refused(copy("certificate", ids.certificate, **replacement), "replaces one of the same claim that was not revoked")


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
