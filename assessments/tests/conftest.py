"""Houses to try the upper floor in: a module's tests share one, and roll back to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_django
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from assessments.testing import House, a_house


@pytest.fixture(autouse=True, scope="module")
def vault_of_the_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What a module's shared rows bring into the vault stays out of a real installation's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "VAULT_DIR", tmp_path_factory.mktemp("vault"))
        patch.setattr(settings, "RENDITIONS_DIR", settings.VAULT_DIR / "drawn")
        patch.setattr(settings, "GATHERED_DIR", settings.VAULT_DIR / "gathered")
        yield settings.VAULT_DIR


@pytest.fixture
def files_of_the_module(data_of_its_own: None, settings: pytest_django.Settings, vault_of_the_module: Path) -> None:
    """The files of rows that a module's tests share lie where they were put before the test."""
    settings.VAULT_DIR = vault_of_the_module
    settings.RENDITIONS_DIR = vault_of_the_module / "drawn"
    settings.GATHERED_DIR = vault_of_the_module / "gathered"


@pytest.fixture(scope="module")
def house(standard: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """A centre with its people. Not for transactional tests, which call `a_house` themselves."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_house()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def other_house(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """Another centre of the same installation, with people of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_house("Harbour College")
        transaction.set_rollback(True)
