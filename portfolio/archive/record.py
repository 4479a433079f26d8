"""The record as lines of JSON: a file for each kind of row, a line for each row, the same bytes wherever it is kept.

A row is known by its line. What refers to it says the line's number; what only the audit book and its details say, the
number it had where it was written, stands beside it in `numbers`.
"""

import base64
import datetime
import decimal
import json
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db.models import DecimalField, ForeignKey

from portfolio import canonical
from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.archive.selection import Selection
from portfolio.arrivals import Lines, kind_name, kinds_by_word
from portfolio.models import AuditChain, AuditEvent, User

SUBJECT = ("subject_kind", "subject_id")
"""Columns by which some rows name a record of whatever kind."""

Encoder = Callable[[Any], Any]


class DanglingError(Exception):
    """A row refers to one that should be in the archive and is not."""


class Record:
    """The record of a selection, to be written down."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.chain = AuditChain.objects.filter(centre=selection.centre).first()
        self.lines = Lines(selection.centre, f"centre {selection.centre.pk}")

    @property
    def grown(self) -> bool:
        """Whether lines were written in the book since the record came here: then its numbers here are told too."""
        return not self.lines.came or (self.chain is not None and self.chain.length > self.lines.until)

    def books(self) -> list[dict[str, Any]]:
        """The installations that wrote the centre's book, in turn: what it was called there, and its last line."""
        found = [{"book": came.arrival.book, "until": came.arrival.until} for came in self.lines.came]
        if self.grown:
            found.append({"book": self.lines.name, "until": self.chain.length if self.chain else 0})
        return found

    def written(self, model: Kind) -> Iterator[bytes]:
        """The lines of a kind, each with its line feed."""
        columns = catalogue.columns(model)
        names = [field.name for field in columns]
        encoders = [self._encoder(model, field) for field in columns]
        subject = names.index(SUBJECT[0]) if SUBJECT[0] in names else None
        said = self._said() if model is AuditEvent and self.selection.cut.is_whole else None
        people = self.selection.cut.people(self.selection) if model is User and self.selection.cut.people else None
        for pk, *values in self.selection.iterate(model):
            row = {
                name: encode(value) if value is not None else None
                for name, encode, value in zip(names, encoders, values, strict=True)
            }
            if subject is not None:
                kind, number = values[subject], values[names.index(SUBJECT[1])]
                del row[SUBJECT[0]], row[SUBJECT[1]]
                row["subject"] = self._subject(kind, number)
            if said is not None:
                row["said"] = said(dict(zip(names, values, strict=True)))
            if people is not None:
                row |= people.get(pk, {})
            if self.selection.cut.is_whole:
                row["numbers"] = self._numbers(model, pk)
            yield json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    # --- inside ------------------------------------------------------------------------------------------------------

    def _encoder(self, model: Kind, field: Any) -> Encoder:
        if (model._meta.label, field.name) in self.selection.cut.withheld:
            return lambda value: None
        return partial(self._line, field) if isinstance(field, ForeignKey) else encoder_of(field)

    def _line(self, field: Any, pk: int) -> int | None:
        line = self.selection.line_of(catalogue.target_of(field), pk)
        if line is None and self.selection.cut.is_whole:
            raise DanglingError(f"{field.model._meta.label}.{field.name} refers to {pk}, which does not travel.")
        return line

    def _subject(self, kind: str, number: int) -> dict[str, Any]:
        """The record named: its line, or else its number where that was said. What is no kind of row is a list of the
        centre's."""
        if kind not in kinds_by_word() and number == self.selection.centre.pk:
            return {"kind": kind, "line": 1}
        model = catalogue.by_label().get(kinds_by_word().get(kind, ""))
        line = self.selection.line_of(model, number) if model else None
        return {"kind": kind, "number": abs(number)} if line is None else {"kind": kind, "line": line}

    def _numbers(self, model: Kind, pk: int) -> list[int | None]:
        found = [came.numbers(kind_name(model)).of(pk) for came in self.lines.came]
        return [*found, pk] if self.grown else found

    def _said(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        def said(row: dict[str, Any]) -> dict[str, Any]:
            event = AuditEvent(
                actor_id=row["actor"],
                sequence=row["sequence"],
                subject_kind=row["subject_kind"],
                subject_id=row["subject_id"],
            )
            told = self.lines.said(event)
            return {"book": told.book, "actor": told.actor, "subject": told.subject}

        return said


def encoder_of(field: Any) -> Encoder:
    """How a column's values are written; references aside."""
    if isinstance(field, DecimalField):
        step = decimal.Decimal(1).scaleb(-(field.decimal_places or 0))
        return lambda value: str(value.quantize(step))
    return plain


def plain(value: Any) -> Any:
    """A value in the one way of writing it (portfolio/canonical.py), with the kinds that only tables hold."""
    match value:
        case datetime.time():
            return value.isoformat(timespec="microseconds")
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case float():
            raise TypeError(f"{value!r} cannot be written down in one certain way.")
        case uuid.UUID():
            return str(value)
    return canonical.plain(value)
