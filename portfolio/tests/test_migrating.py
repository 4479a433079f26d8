"""Migrations: constraints and indexes are written with their tables, so that an empty database is made quickly."""

from collections.abc import Sequence

import pytest
import pytest_django
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation

from portfolio.migrating import with_their_tables

NAMED = models.CheckConstraint(condition=~models.Q(name=""), name="a_unit_has_a_name")
OWNED = models.CheckConstraint(condition=~models.Q(owner=None), name="a_unit_has_an_owner")
BY_NAME = models.Index(fields=["name"], name="by_name")


def a_model(name: str) -> CreateModel:
    return CreateModel(name, [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())])


def described(operations: Sequence[Operation]) -> list[str]:
    return [operation.describe() for operation in operations]


def test_constraints_and_indexes_go_into_the_new_table() -> None:
    last = a_model("Centre")
    made = with_their_tables(
        [a_model("Unit"), last, AddConstraint("unit", NAMED), AddIndex("unit", BY_NAME)], "portfolio"
    )
    assert described(made) == ["Create model Unit", "Create model Centre"]
    assert isinstance(made[0], CreateModel)
    assert (made[0].options["constraints"], made[0].options["indexes"]) == ([NAMED], [BY_NAME])


def test_a_constraint_waits_for_its_models_last_field() -> None:
    centre = a_model("Centre")
    centre.fields.append(("unit", models.ForeignKey("portfolio.unit", models.PROTECT)))
    owner = AddField("unit", "owner", models.ForeignKey("portfolio.centre", models.PROTECT))
    written = [a_model("Unit"), centre, owner, a_model("Body"), AddConstraint("unit", OWNED)]
    assert described(with_their_tables(written, "portfolio")) == [
        "Create model Unit",
        "Create model Centre",
        "Add field owner to unit",
        "Create constraint a_unit_has_an_owner on model unit",
        "Create model Body",
    ]


def test_what_is_added_to_a_table_that_stood_before_stays_where_it_was() -> None:
    added: list[Operation] = [AddConstraint("unit", NAMED), a_model("Centre"), AddIndex("unit", BY_NAME)]
    assert set(described(with_their_tables(added, "portfolio"))) == set(described(added))


@pytest.mark.parametrize("floor", ["portfolio", "units", "assessments"])
def test_makemigrations_of_the_house_wrote_the_first_migration(floor: str, settings: pytest_django.Settings) -> None:
    settings.MIGRATION_MODULES = {}  # tests make their tables without them
    assert apps.is_installed(floor)
    written = MigrationLoader(None, ignore_no_migrations=True).disk_migrations[floor, "0001_initial"].operations
    assert described(with_their_tables(written, floor)) == described(written)
