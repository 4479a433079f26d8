"""What the lines of the record look like, as JSON Schema: made of the models, so that it never lags behind them."""

from typing import Any

from django.db import models

from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.archive.record import SUBJECT
from portfolio.archive.selection import WHOLE, Cut
from portfolio.arrivals import kind_name
from portfolio.models import AuditEvent, User

NAME = {"type": ["string", "null"]}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBERS = {
    "type": "array",
    "items": {"type": ["integer", "null"]},
    "description": "the number the row had in each installation that wrote the book, in the order of index.json",
}
NAMED = {
    "type": "object",
    "properties": {"kind": {"type": "string"}, "line": {"type": "integer"}, "number": {"type": "integer"}},
    "required": ["kind"],
    "description": "a record: its kind with its line, or with its number where it is not in the archive",
}
SAID = {
    "type": "object",
    "properties": {
        "book": {"type": "string"},
        "actor": {"type": ["integer", "null"]},
        "subject": {"type": "integer"},
    },
    "description": "the numbers over which the line's hash was made",
}


def schema(kinds: list[Kind], cut: Cut) -> dict[str, Any]:
    """Describes a line of each file, by the file's name."""
    return {
        "$schema": DIALECT,
        "title": "Lines of the record",
        "description": "Each line of record/<kind>.jsonl is an object of the definition with the kind's name.",
        "$defs": {kind_name(kind): shape_of(kind, cut) for kind in kinds},
    }


def shape_of(kind: Kind, cut: Cut = WHOLE) -> dict[str, Any]:
    columns: dict[str, Any] = {
        field.name: described(field) for field in catalogue.columns(kind) if field.name not in SUBJECT
    }
    if SUBJECT[0] in {field.name for field in catalogue.columns(kind)}:
        columns["subject"] = NAMED
    if cut.is_whole:
        columns |= {"said": SAID, "numbers": NUMBERS} if kind is AuditEvent else {"numbers": NUMBERS}
    elif kind is User:
        columns |= {"email": NAME, "name": NAME}
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": columns,
        "required": sorted(columns),
        "additionalProperties": False,
    }


def described(field: Any) -> dict[str, Any]:
    """One column: its type, what it is called and what it means. A reference names the kind whose line it says."""
    found: dict[str, Any] = {"title": str(field.verbose_name)}
    if field.help_text:
        found["description"] = str(field.help_text)
    if isinstance(field, models.ForeignKey):
        kind = kind_name(catalogue.target_of(field))
        return found | {"type": ["integer", "null"], "description": f"line of {kind}"}
    if isinstance(field, models.JSONField):
        return found
    known = {
        models.BooleanField: {"type": "boolean"},
        models.IntegerField: {"type": "integer"},
        models.DateTimeField: {"type": "string", "format": "date-time"},
        models.DateField: {"type": "string", "format": "date"},
        models.UUIDField: {"type": "string", "format": "uuid"},
    }
    shape = next((shape for kind, shape in known.items() if isinstance(field, kind)), {"type": "string"})
    found["type"] = [shape["type"], "null"]
    if "format" in shape:
        found["format"] = shape["format"]
    if field.choices:
        found["enum"] = [*(value for value, _ in field.flatchoices), "", None]
    if getattr(field, "max_length", None):
        found["maxLength"] = field.max_length
    return found
