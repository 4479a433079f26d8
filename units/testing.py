"""What tests of this floor and of the one above stand on: the standard, loaded and published."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def standard(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The five units in use. Loaded once for a module's tests, which roll back to it; not for transactional tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_standard", verbosity=0)
        connection.check_constraints()  # as a commit would
        yield
        transaction.set_rollback(True)
