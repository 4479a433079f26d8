"""What tests of this floor and of the one above stand on: the standard, loaded and published; and a qualification."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from portfolio.models import Centre, User
from units.actions import Particulars, WrittenGroup, arrange, publish_qualification, write_qualification
from units.enums import GroupKind
from units.models import AwardingBody, Qualification, Unit


@pytest.fixture(scope="module")
def standard(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The five units in use. Loaded once for a module's tests, which roll back to it; not for transactional tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_standard", verbosity=0)
        connection.check_constraints()  # as a commit would
        yield
        transaction.set_rollback(True)


# --- a qualification of a centre's; its rules are ours, no awarding body's -------------------------------------------


def ids(*keys: str) -> list[int]:
    """Ids of units by their keys, in this order."""
    found = dict(Unit.objects.filter(key__in=keys).values_list("key", "pk"))
    return [found[key] for key in keys]


def a_draft(centre: Centre, by: User, title: str = "Award in running a contact centre") -> Qualification:
    """CC26 is mandatory; two of CC32, D20 and CC16, of which CC16's credits are unknown; 11 credits in all."""
    draft = write_qualification(
        centre=centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        particulars=Particulars(title, level=4, minimum_credits=11),
        by=by,
        at=timezone.now(),
    )
    return arrange(
        qualification=draft,
        groups=[
            WrittenGroup("Core", GroupKind.MANDATORY, ids("ocr-cc26")),
            WrittenGroup("Options", GroupKind.OPTIONAL, ids("ocr-cc32", "ocr-d20", "ocr-cc16"), minimum_units=2),
        ],
        barred=[],
        by=by,
        at=timezone.now(),
    )


def an_award(centre: Centre, by: User, title: str = "Award in running a contact centre") -> Qualification:
    """The same, published."""
    draft = a_draft(centre, by, title)
    publish_qualification(qualification=draft, by=by, at=timezone.now())
    return draft
