"""What is in use is asked for once by each process, and nothing else is."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from units.models import Criterion, Unit
from units.queries import criteria_of


def asked(pk: int) -> int:
    """How many queries the criteria of a unit take."""
    with CaptureQueriesContext(connection) as queries:
        criteria_of([pk])
    return len(queries)


@pytest.mark.django_db(transaction=True)
def test_criteria_of_a_unit_in_use_are_asked_for_once() -> None:
    call_command("load_standard", verbosity=0)
    unit = Unit.objects.get(key="ocr-cc26")
    with transaction.atomic():
        assert [asked(unit.pk), asked(unit.pk)] == [1, 1], "what a transaction sees may yet be undone"
    assert [asked(unit.pk), asked(unit.pk)] == [1, 0]
    assert criteria_of([unit.pk])[unit.pk] == list(Criterion.objects.filter(unit=unit))


@pytest.mark.django_db(transaction=True)
def test_criteria_of_a_draft_are_asked_for_each_time() -> None:
    call_command("loaddata", "awarding_bodies", "ocr_cc26", verbosity=0)
    unit = Unit.objects.get(key="ocr-cc26")
    assert [asked(unit.pk), asked(unit.pk)] == [1, 1]
