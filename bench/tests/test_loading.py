"""What the loader writes is what the verbs write."""

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from assessments import models as upper
from assessments.enums import ItemStatus, UnitStatus
from assessments.models import Enrolment, EvidenceVersion, Mapping
from assessments.queries.verification import unit_facts
from bench.centre import Staffed, open_centre
from bench.loading import counted, fill
from bench.plan import Stage, plan
from bench.tests.acting import Actor
from portfolio import audit
from portfolio.models import AuditChain, AuditEvent, CandidateRecord, RoleGrant, Signature, User

pytestmark = pytest.mark.django_db

ITEMS = 4
NUMBERS = (2, 3)
COMPARED: list[type[models.Model]] = [
    User,
    CandidateRecord,
    RoleGrant,
    upper.Enrolment,
    upper.Allocation,
    upper.Evidence,
    upper.EvidenceVersion,
    upper.EvidenceFile,
    upper.Mapping,
    upper.Showing,
    upper.Review,
    upper.Decision,
    upper.Countersignature,
    Signature,
    upper.SignOff,
    upper.Sample,
    upper.SampledCriterion,
    upper.SampleCheck,
    upper.Action,
    upper.UnsampledNote,
    AuditEvent,
]
"""The tables the journey writes to, each after those it points at."""
NOT_LOADED = {
    "notice": "what people were told of it, which the bench has of what falls due",
    "rendition": "documents that were put to be drawn",
}
"""What the verbs leave besides."""
NEVER_TWICE = {
    "id",
    "key",
    "handle",
    "password",
    "created_at",
    "digest",
    "act_id",
    "details_digest",
    "previous",
    "hash",
}
"""Columns that differ between two tellings of one story: ids, what is drawn by lot, and digests over either."""
OF_ITS_OWN = {"evidence.created_at", "evidenceversion.created_at"}
IN_BOOK = {"sequence"}
"""Two acts of one moment may stand in either order."""


@pytest.fixture(scope="module")
def now() -> datetime.datetime:
    return timezone.now()


@pytest.fixture
def staffed(standard: None, now: datetime.datetime, settings: Any) -> Staffed:
    return open_centre("Measured Centre", now)


def act_out(staffed: Staffed, now: datetime.datetime) -> None:
    for number in NUMBERS:
        Actor(staffed, plan(number, counted(), now, ITEMS)).act()


def load(staffed: Staffed, now: datetime.datetime) -> None:
    fill(staffed, NUMBERS, now, ITEMS)


def others() -> dict[str, int]:
    """How many rows each other table has, but for those of `NOT_LOADED`."""
    compared = {model._meta.model_name for model in COMPARED} | NOT_LOADED.keys()
    house = [model for app in ("portfolio", "units", "assessments") for model in apps.get_app_config(app).get_models()]
    return {
        str(model._meta.model_name): model._default_manager.count()
        for model in house
        if model._meta.model_name not in compared and not model._meta.proxy
    }


def rows_after(tell: Callable[[Staffed, datetime.datetime], None], staffed: Staffed, now: datetime.datetime) -> Any:
    """The rows that telling the story made, table by table; then as if nothing had been told."""
    with transaction.atomic():
        tell(staffed, now)
        connection.check_constraints()  # as a commit would
        told = said(), others()
        transaction.set_rollback(True)
    return told


def said() -> dict[str, Counter[Any]]:
    """Every row of the compared tables, a reference being the row it points at."""
    rows: dict[type[models.Model], dict[int, Any]] = {}
    for model in COMPARED:
        rows[model] = {row.pk: values(row, rows) for row in model._default_manager.order_by("pk")}
    return {model.__name__: Counter(rows[model].values()) for model in COMPARED}


def values(row: models.Model, rows: dict[type[models.Model], dict[int, Any]]) -> tuple[Any, ...]:
    """What the row says, by column."""
    found = []
    for field in row._meta.concrete_fields:
        name = f"{row._meta.model_name}.{field.name}"
        if (field.name in NEVER_TWICE and name not in OF_ITS_OWN) or field.name in IN_BOOK:
            continue
        value = field.value_from_object(row)
        known = rows.get(field.related_model) if isinstance(field, models.ForeignKey) else None
        found.append((field.name, known.get(value, value) if known is not None else value))
    if isinstance(row, AuditEvent):
        found = [pair for pair in found if pair[0] != "subject_id"] + [("subject", subject(row, rows))]
    return tuple(found)


def subject(line: AuditEvent, rows: dict[type[models.Model], dict[int, Any]]) -> Any:
    """The record a line of the book is about."""
    for model, found in rows.items():
        if model._meta.model_name == line.subject_kind:
            return found[line.subject_id]
    return line.subject_id


def test_it_writes_the_rows_the_verbs_write(staffed: Staffed, now: datetime.datetime) -> None:
    acted, acted_besides = rows_after(act_out, staffed, now)
    loaded, loaded_besides = rows_after(load, staffed, now)
    assert acted_besides == loaded_besides
    for table in acted:
        assert acted[table] - loaded[table] == Counter(), f"{table}: the verbs write these, the loader does not"
        assert loaded[table] - acted[table] == Counter(), f"{table}: the loader writes these, the verbs do not"


def test_its_signatures_hold_and_its_book_verifies(staffed: Staffed, now: datetime.datetime) -> None:
    load(staffed, now)
    stages = [unit.stage for number in NUMBERS for unit in plan(number, counted(), now, ITEMS).units]
    assert set(stages) == set(Stage)
    for enrolment in Enrolment.objects.select_related("unit__awarding_body"):
        facts = unit_facts(enrolment)
        assert facts.stale == ()
    assert audit.verify(AuditChain.objects.get(centre=staffed.centre)) is None


def test_what_waits_is_handed_in_and_not_judged(staffed: Staffed, now: datetime.datetime) -> None:
    load(staffed, now)
    waiting = Mapping.objects.filter(waiting_since__isnull=False)
    assert waiting.exists()
    for mapping in waiting.select_related("evidence", "enrolment"):
        version = EvidenceVersion.objects.get(evidence=mapping.evidence)
        assert version.status in (ItemStatus.SUBMITTED, ItemStatus.REVIEWED)
        assert mapping.waiting_since == version.submitted_at
        assert mapping.enrolment.status == UnitStatus.COLLECTING
        assert not version.decisions.filter(criterion=mapping.criterion_id).exists()
