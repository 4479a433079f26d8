"""The scene of the doors (test_doors.py), for attacks on every address of the house at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from assessments.testing import House
from assessments.tests.doorways import Scene
from assessments.tests.test_doors import set_scene


@pytest.fixture(scope="module")
def scene(
    house: House, other_house: House, vault_of_the_module: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield set_scene(house, other_house)
        transaction.set_rollback(True)
