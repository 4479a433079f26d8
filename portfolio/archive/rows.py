"""A line of the record as a row of this installation."""

import base64
import decimal
from typing import Any

from django.db.models import BinaryField, DecimalField, ForeignKey, JSONField, Model

from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.archive.numbering import Places
from portfolio.archive.record import SUBJECT
from portfolio.arrivals import kinds_by_word
from portfolio.models import Centre


class Reader:
    """Reads the lines of one kind."""

    def __init__(self, model: Kind, places: Places) -> None:
        self.model, self.places = model, places
        self.columns = [field for field in catalogue.columns(model) if field.name not in SUBJECT]
        self.has_subject = len(self.columns) < len(catalogue.columns(model))
        self.renewed = catalogue.renewed(model)

    def read(self, row: dict[str, Any], line: int) -> Model:
        """The row with its number of here, not saved. Raises KeyError or ValueError for a line that is none."""
        values = {field.attname: self.value(field, row[field.name]) for field in self.columns}
        if self.has_subject:
            values["subject_kind"] = row["subject"]["kind"]
            values["subject_id"] = self.subject(row["subject"])
        found = self.model(pk=self.places.pk_of(self.model, line), **values)
        for column, maker in self.renewed.items():
            setattr(found, column, maker(found))
        return found

    def value(self, field: Any, said: Any) -> Any:
        if said is None:
            return None
        if isinstance(field, ForeignKey):
            return self.places.pk_of(catalogue.target_of(field), said)
        if isinstance(field, JSONField):
            return said
        if isinstance(field, BinaryField):
            return base64.b64decode(said)
        if isinstance(field, DecimalField):
            return decimal.Decimal(said)
        return field.to_python(said)

    def subject(self, said: dict[str, Any]) -> int:
        """The record named. One that did not travel is known by the number it had, below zero."""
        if "line" not in said:
            return -int(said["number"])
        model = catalogue.by_label().get(kinds_by_word().get(said["kind"], ""), Centre)
        return self.places.pk_of(model, said["line"])
