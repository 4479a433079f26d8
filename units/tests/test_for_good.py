"""What is in use is asked for once by each process, and nothing else is."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portfolio.testing import a_centre, an_administrator
from units.actions import approve, arrange, publish_qualification, structure_written
from units.models import AwardingBody, Criterion, Qualification, Unit
from units.parts import parts_of
from units.qualifications import qualification_page
from units.queries import criteria_of, unit_page
from units.testing import a_draft


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
def test_parts_of_a_unit_are_asked_for_once_from_its_publication_on() -> None:
    call_command("loaddata", "awarding_bodies", "ocr_cc26", verbosity=0)
    units = Unit.objects.select_related("awarding_body", "publication")

    def asked_for_parts() -> int:
        unit = units.get(key="ocr-cc26")
        with CaptureQueriesContext(connection) as queries:
            parts_of(unit)
        return len(queries)

    draft = unit_page(units.get(key="ocr-cc26"))
    assert [asked_for_parts(), asked_for_parts()] == [6, 6]
    call_command("load_standard", verbosity=0)
    assert [asked_for_parts(), asked_for_parts()] == [6, 0]
    published = unit_page(units.get(key="ocr-cc26"))
    assert (published.outcomes, published.requirements, published.skills) == (
        draft.outcomes,
        draft.requirements,
        draft.skills,
    )


@pytest.mark.django_db(transaction=True)
def test_criteria_of_a_draft_are_asked_for_each_time() -> None:
    call_command("loaddata", "awarding_bodies", "ocr_cc26", verbosity=0)
    unit = Unit.objects.get(key="ocr-cc26")
    assert [asked(unit.pk), asked(unit.pk)] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_what_stands_in_a_qualification_is_asked_for_each_time_until_it_is_in_use() -> None:
    call_command("load_standard", verbosity=0)
    centre, at = a_centre(), timezone.now()
    alma = an_administrator(centre)
    body = AwardingBody.objects.get(code="ocr")
    approve(centre=centre, awarding_body=body, centre_number="12345", by=alma, at=at)
    draft = a_draft(centre, alma)
    known = Qualification.objects.select_related("awarding_body", "centre", "publication")

    def groups() -> list[str]:
        return [line.group.title for line in qualification_page(known.get(pk=draft.pk)).groups]

    assert groups() == ["Core", "Options"]
    written, _ = structure_written(draft)
    arrange(qualification=draft, groups=written[:1], barred=[], by=alma, at=at)
    assert groups() == ["Core"]
    arrange(qualification=draft, groups=written, barred=[], by=alma, at=at)
    publish_qualification(qualification=draft, by=alma, at=at)
    assert groups() == ["Core", "Options"]
    with CaptureQueriesContext(connection) as queries:
        groups()
    assert len(queries) == 1, "the qualification itself"
