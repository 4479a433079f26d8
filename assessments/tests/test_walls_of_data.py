"""The walls round requests for data, tried with raw SQL like those in test_walls.py."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import data_request
from assessments.testing import House
from assessments.tests.acts_of_data import a_request, with_copy
from assessments.tests.raw_sql import copy, never_deleted, never_emptied, refused, unmoved

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def ids(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    """A request of which it is known who asks, one of which it is not, and one that was answered; with a copy for
    somebody else."""
    with django_db_blocker.unblock(), transaction.atomic():
        office, now = house.administrator, timezone.now()
        answered = data_request.hand_over_copy(request=with_copy(house), by=office, at=now)
        others = with_copy(house, address=house.other_candidate.user.email)
        yield SimpleNamespace(
            known=a_request(house).pk,
            unknown=a_request(house, identity="").pk,
            answered=answered.pk,
            copy_of_another=others.package_id,
            now=now.isoformat(),
            office=office.pk,
        )
        transaction.set_rollback(True)


def test_a_request_is_never_deleted(ids: SimpleNamespace) -> None:
    never_deleted("datarequest")
    never_emptied("datarequest")


REFUSED = [
    ("datarequest", "known", "received_on = '2020-01-01'", "stands as it came"),
    ("datarequest", "known", "user_id = user_id + 1", "stands as it came"),
    ("datarequest", "known", "identity = 'Somebody said so.'", "stands as it came"),
    ("datarequest", "known", "package_id = {copy_of_another}", "for nobody else"),
    ("datarequest", "unknown", "package_id = {copy_of_another}", "once it is known that they ask"),
    ("datarequest", "answered", "handed_over_at = NULL, handed_over_by_id = NULL, handed_over_how = ''", "stands as"),
]


@pytest.mark.parametrize(("table", "row", "change", "sentence"), REFUSED)
def test_it_is_refused(ids: SimpleNamespace, table: str, row: str, change: str, sentence: str) -> None:
    unmoved(ids, table, row, change, sentence)


def test_a_request_begins_open(ids: SimpleNamespace) -> None:
    refused(copy("datarequest", ids.answered, package_id="NULL"), "recorded first")
