"""A published unit stands as it is worded, whoever asks the database to change it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portfolio.models import AuditEvent, StandsForGoodError
from portfolio.refusal import Refusal
from units.actions import publish
from units.models import AwardingBody, Criterion, Unit, UnitPublication
from units.standard import FIXTURES, SPECIFICATIONS

TABLES = [
    "units_unit",
    "units_learningoutcome",
    "units_criterion",
    "units_teachingpoint",
    "units_evidencerequirement",
    "units_nosreference",
    "units_functionalskill",
]
KEYS = {"position", "number", "path", "name", "unit_number"}
WORDING = {
    "units_unit": "purpose",
    "units_nosreference": "title",
    "units_functionalskill": "name",
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]


@pytest.fixture
def draft() -> Unit:
    """A unit that is not in use yet."""
    body = AwardingBody.objects.get(code="ocr")
    return Unit.objects.create(key="draft", awarding_body=body, style="qcf", short_code="Draft")


def execute(sql: str, *params: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def altered(name: str, directory: Path, change: Any) -> str:
    """A copy of a specification with one thing changed, as a path for loaddata."""
    rows = json.loads((settings.FIXTURE_DIRS[0] / f"{name}.json").read_text())
    change(rows)
    path = directory / f"{name}.json"
    path.write_text(json.dumps(rows))
    return str(path)


def texts(unit: str) -> list[str]:
    return list(Criterion.objects.filter(unit__key=unit).values_list("text", flat=True))


@pytest.mark.parametrize("table", TABLES)
def test_a_published_row_cannot_be_reworded(table: str) -> None:
    column = WORDING.get(table, "text")
    with pytest.raises(IntegrityError, match="The unit is published"):
        execute(f"UPDATE {table} SET {column} = {column} || '!'")  # noqa: S608


@pytest.mark.parametrize("table", TABLES)
def test_a_published_row_may_be_saved_again_as_it_is(table: str) -> None:
    column = WORDING.get(table, "text")
    execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608


@pytest.mark.parametrize("table", TABLES)
def test_a_published_row_cannot_be_deleted(table: str) -> None:
    with pytest.raises(IntegrityError, match="The unit is published"):
        execute(f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table})")  # noqa: S608


@pytest.mark.parametrize("table", TABLES)
def test_a_published_table_cannot_be_emptied(table: str) -> None:
    empty = {"sqlite": f"DELETE FROM {table}", "postgresql": f"TRUNCATE {table} CASCADE"}  # noqa: S608
    with pytest.raises(IntegrityError):
        execute(empty[connection.vendor])


@pytest.mark.parametrize("table", TABLES[1:])
def test_a_row_cannot_be_added_to_a_published_unit(table: str) -> None:
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    copied = {column: "99" if column in KEYS else column for column in columns if column != "id"}
    with pytest.raises(IntegrityError, match="The unit is published"):
        execute(
            f"INSERT INTO {table} ({', '.join(copied)}) "  # noqa: S608
            f"SELECT {', '.join(copied.values())} FROM {table} ORDER BY id LIMIT 1"
        )


def test_a_publication_cannot_be_taken_back() -> None:
    publication = UnitPublication.objects.first()
    assert publication is not None
    with pytest.raises(StandsForGoodError):
        publication.delete()
    with pytest.raises(IntegrityError, match="stand for good"):
        execute("DELETE FROM units_unitpublication")


def test_a_row_cannot_be_moved_into_a_published_unit(draft: Unit) -> None:
    item = draft.criteria.create(kind="knowledge", number="a", position=1, text="What a draft is")
    published = Unit.objects.get(key="ocr-d20")
    with pytest.raises(IntegrityError, match="The unit is published"):
        execute("UPDATE units_criterion SET unit_id = %s, position = 99 WHERE id = %s", published.pk, item.pk)


def test_a_draft_may_be_reworded(draft: Unit) -> None:
    item = draft.criteria.create(kind="knowledge", number="a", position=1, text="What a draft is")
    execute("UPDATE units_criterion SET text = 'What a draft may be' WHERE id = %s", item.pk)
    execute("DELETE FROM units_criterion WHERE id = %s", item.pk)


def test_a_criterion_cannot_stand_in_an_outcome_of_another_unit(draft: Unit) -> None:
    outcome = Unit.objects.get(key="ocr-d20").outcomes.first()
    with pytest.raises(IntegrityError, match="belongs to the unit of its learning outcome"), transaction.atomic():
        draft.criteria.create(outcome=outcome, kind="assessment", number="1.1", position=1, text="Borrowed")


def test_a_criterion_cannot_stand_outside_an_outcome_but_knowledge_can(draft: Unit) -> None:
    with pytest.raises(IntegrityError, match="only_knowledge_stands_outside_an_outcome"), transaction.atomic():
        draft.criteria.create(kind="assessment", number="1.1", position=1, text="Alone")


def test_an_altered_wording_is_refused_and_nothing_is_loaded(tmp_path: Path) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        next(row for row in rows if row["model"] == "units.evidencerequirement")["fields"]["text"] += " Perhaps."

    before = texts("ocr-cc16")
    with pytest.raises(IntegrityError, match="The unit is published, so its evidence requirements"):
        call_command("loaddata", altered("ocr_cc16", tmp_path, change), verbosity=0)
    assert texts("ocr-cc16") == before


def test_an_added_criterion_is_refused(tmp_path: Path) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        last = [row for row in rows if row["model"] == "units.criterion"][-1]
        fields = last["fields"] | {"number": "4.1", "position": 12, "text": "Understand customer service"}
        rows.append({"model": "units.criterion", "fields": fields})

    with pytest.raises(IntegrityError, match="The unit is published, so its criteria"):
        call_command("loaddata", altered("ocr_cc16", tmp_path, change), verbosity=0)
    assert Criterion.objects.filter(unit__key="ocr-cc16").count() == 11


def test_a_published_specification_loads_again_unaltered() -> None:
    call_command("loaddata", *FIXTURES, verbosity=0)


def test_load_standard_says_why_it_loaded_nothing(settings: Any, tmp_path: Path) -> None:
    source = settings.FIXTURE_DIRS[0]
    for fixture in FIXTURES:
        (tmp_path / f"{fixture}.json").write_text((source / f"{fixture}.json").read_text())
    altered("ocr_d20", tmp_path, lambda rows: rows[0]["fields"].update(level=5))
    settings.FIXTURE_DIRS = [tmp_path]
    with pytest.raises(CommandError, match=r"Nothing was loaded.*ocr_d20.*The unit is published, so its particulars"):
        call_command("load_standard", verbosity=0)


def test_load_standard_publishes_once_and_writes_it_in_the_book() -> None:
    call_command("load_standard", verbosity=0)
    assert Unit.objects.published().count() == len(SPECIFICATIONS)
    assert AuditEvent.objects.filter(verb="publish", subject_kind="unit").count() == len(SPECIFICATIONS)


def test_a_unit_cannot_be_published_twice_or_empty(draft: Unit) -> None:
    with pytest.raises(Refusal, match="D20 version 1 is published already"):
        publish(unit=Unit.objects.get(key="ocr-d20"), by=None, at=timezone.now())
    with pytest.raises(Refusal, match="has no criteria"):
        publish(unit=draft, by=None, at=timezone.now())
