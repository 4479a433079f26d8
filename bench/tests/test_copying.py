"""What a copy of a centre's candidates holds is what the verbs would have written there."""

import datetime
import json
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from assessments.enums import ItemStatus
from assessments.models import Enrolment
from assessments.queries.verification import unit_facts
from bench.centre import Staffed, open_centre, staffed_of
from bench.copying import NotAlone, Template, copy
from bench.loading import counted, fill
from bench.plan import plan
from bench.subjects import judged_twice
from bench.tests.acting import Actor
from portfolio import audit, walls
from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.archive.record import Record
from portfolio.archive.selection import Selection
from portfolio.models import AuditChain, Centre

pytestmark = pytest.mark.django_db

ITEMS = 4
NUMBERS = (2, 3)
OF_ITS_OWN = {
    "portfolio.Signature": {"digest"},
    "portfolio.AuditChain": {"head"},
    "portfolio.AuditEvent": {"act_id", "previous", "hash", "details_digest"},
    "portfolio.AuditDetail": {"salt", "details"},
    "assessments.Enrolment": {"key"},
}
"""What differs between two tellings of one story: marks, what is drawn by lot, and digests over either. Details of
the book name rows by their numbers, and a copy has them word for word: see bench/copying.py."""


@pytest.fixture
def now() -> datetime.datetime:
    return timezone.now()


@pytest.fixture
def first(standard: None, now: datetime.datetime) -> Staffed:
    return open_centre("Measured Centre", now)


@pytest.fixture
def second(first: Staffed, now: datetime.datetime) -> Staffed:
    return open_centre("Measured Copies", now)


def told(centre: Centre) -> dict[str, list[dict[str, Any]]]:
    """The whole record of a centre, kind by kind, as an archive has it: a reference is the line it points at."""
    record = Record(Selection(centre))
    return {model._meta.label: [said(model, line, centre) for line in record.written(model)] for model in KINDS}


KINDS = [*catalogue.owned(), *catalogue.shared()]


def said(model: Kind, line: bytes, centre: Centre) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line.decode().replace(centre.slug, "its-slug").replace(centre.name, "Its Name"))
    return {
        name: value
        for name, value in row.items()
        if name not in {"numbers", "said"} and name not in OF_ITS_OWN.get(model._meta.label, ())
    }


def test_it_holds_what_the_verbs_wrote(first: Staffed, second: Staffed, now: datetime.datetime) -> None:
    for number in NUMBERS:
        Actor(first, plan(number, counted(), now, ITEMS)).act()
    copy(Template(first), second)
    connection.check_constraints()  # as a commit would
    acted, copied = told(first.centre), told(second.centre)
    assert sum(map(len, acted.values())) > 400
    for table, rows in acted.items():
        assert copied[table] == rows, table


def test_what_is_over_its_own_facts_fits_them(first: Staffed, second: Staffed, now: datetime.datetime) -> None:
    fill(first, NUMBERS, now, ITEMS)
    copy(Template(first), second)
    assert walls.missing() == []
    for staffed in (first, second):
        enrolments = Enrolment.objects.filter(centre=staffed.centre).select_related("unit__awarding_body")
        assert [unit_facts(enrolment).stale for enrolment in enrolments] == [()] * 8
        assert audit.verify(AuditChain.objects.get(centre=staffed.centre)) is None
    keys = Enrolment.objects.filter(centre=second.centre).values("key")
    assert not Enrolment.objects.filter(centre=first.centre, key__in=keys).exists()


def test_work_goes_on_in_it(first: Staffed, second: Staffed, now: datetime.datetime) -> None:
    fill(first, NUMBERS, now, ITEMS)
    copy(Template(first), second)
    unit = Enrolment.objects.filter(
        centre=second.centre, mappings__evidence__versions__status=ItemStatus.RETURNED
    ).distinct()
    version = judged_twice(unit.get())
    assert (version.number, version.evidence.centre) == (2, second.centre)
    fill(second, [4], now, ITEMS)
    assert audit.verify(AuditChain.objects.get(centre=second.centre)) is None
    assert staffed_of(second.centre) == second


def test_it_copies_nobody_elses_rows(first: Staffed, second: Staffed, now: datetime.datetime) -> None:
    for staffed, number in ((first, 2), (second, 2), (first, 3)):
        fill(staffed, [number], now, ITEMS)
    with pytest.raises(NotAlone):
        Template(first)
