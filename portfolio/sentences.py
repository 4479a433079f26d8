"""What the database refused, said to people.

Actions ask first and raise Refusal themselves; this is for what slips through between asking and writing: two people at
once, or a check that an action forgot.
"""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import IntegrityError, models

from portfolio import walls

SQLITE_NAMES = re.compile(r"(?:CHECK constraint failed: |UNIQUE constraint failed: index ')(\w+)'?")
SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (.+)")


def sentence_of(error: IntegrityError) -> str | None:
    """The sentence of the wall or constraint that refused, or None when it has none for people."""
    said = str(error).partition("\n")[0]
    if said in {wall.message for wall in walls.registered()}:
        return said
    name, columns = _refused_by(error, said)
    for model, constraint in _constraints_with_sentences():
        if constraint.name == name or (columns and _columns(model, constraint) == columns):
            return str(constraint.get_violation_error_message())
    return None


def _refused_by(error: IntegrityError, said: str) -> tuple[str | None, set[str]]:
    """Name of the constraint that refused, or the columns that SQLite names instead for a plain unique one."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name, set()
    if named := SQLITE_NAMES.fullmatch(said):
        return named[1], set()
    if listed := SQLITE_COLUMNS.fullmatch(said):
        return None, set(listed[1].split(", "))
    return None, set()


def _constraints_with_sentences() -> Iterator[tuple[type[models.Model], models.BaseConstraint]]:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.violation_error_message != models.BaseConstraint.default_violation_error_message:
                yield model, constraint


def _columns(model: type[models.Model], constraint: models.BaseConstraint) -> set[str]:
    """What SQLite calls a unique constraint: its columns, each with its table."""
    fields = getattr(constraint, "fields", ())
    return {f"{model._meta.db_table}.{model._meta.get_field(field).column}" for field in fields}  # type: ignore[union-attr]
