"""Hostile text in every column that holds words, whoever writes it, and what looks for it in what comes out."""

import contextlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from portfolio import walls

LONG = "=\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*'7'}}"
SHORT = '="><i id=evil>'
NUMBER = 10
"""Letters left for the number of a row, where no two may say the same."""
WORKED_OUT = "7777777"
FLOORS = ("portfolio", "units", "assessments")
RUNS_SOMETHING = ("javascript:", "data:text", "vbscript:")
ADDRESS = '"><script>alert(1)</script><i/id=evil>{}"@example.org'
"""An e-mail address like any other, by the rules that Django holds addresses to."""
OF_THE_MACHINE = {
    # what the product itself writes, reads and compares, or what stands in addresses
    "portfolio.Centre": {"slug"},
    "portfolio.User": {"password", "handle"},
    "portfolio.Archive": {"sha256"},
    "portfolio.Arrival": {"book"},
    "portfolio.ArrivedNumbers": {"kind"},
    "portfolio.AuditChain": {"head"},
    "portfolio.AuditEvent": {"verb", "subject_kind", "details_digest", "previous", "hash"},
    "portfolio.AuditDetail": {"salt"},
    "portfolio.BookCheck": {"head"},
    "portfolio.Statement": {"key", "variant"},
    "portfolio.Signature": {"digest"},
    "portfolio.Notice": {"address", "concerns", "once"},
    "portfolio.StoredFile": {"sha256", "content_type"},
    "portfolio.AccessLine": {"subject_kind"},
    "portfolio.Document": {"kind", "key", "subject_kind", "reference", "seal"},
    "portfolio.Rendition": {"sizes"},
    "portfolio.WorkInProgress": {"form", "about", "basis", "address"},
    "units.AwardingBody": {"code"},
    "units.Unit": {"key"},
    "units.Qualification": {"key"},
    "assessments.ClaimBatch": {"digest"},
    "assessments.AwardClaim": {"snapshot"},
    "assessments.Claim": {"snapshot"},
    "assessments.SamplingPolicy": {"kinds"},
    "assessments.Testimony": {"token_digest"},
}
A_SIGN = re.compile(r"[a-z0-9_.:+/-]*|[0-9T:.+Z-]+")
"""Within JSON: a choice, a key, a digest, an address or a moment. Everything else there is somebody's words."""
OF_LISTS = {
    "portfolio.PeopleImport.unknown": [LONG],
    "portfolio.ImportedRow.changes": [["name", "Name", LONG, LONG]],
    "units.UnitImport.faults": [[LONG, LONG]],
    "units.UnitImport.notes": [LONG],
}
"""What stands in lists that have nothing in them as yet."""


def columns() -> Iterator[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    """Every column in which somebody's words can stand."""
    for floor in FLOORS:
        for model in apps.get_app_config(floor).get_models():
            if model._meta.proxy or not model._meta.managed:
                continue
            for field in model._meta.concrete_fields:
                words = isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.choices
                if words and field.name not in OF_THE_MACHINE.get(model._meta.label, ()) and has_room(field):
                    yield model, field


def has_room(field: models.Field) -> bool:  # type: ignore[type-arg]
    return (field.max_length or len(LONG)) >= len(SHORT)


def poisoned() -> tuple[set[str], set[str]]:
    """Write it into every such column of every row. Returns the names of those that took it, and of those that did not:
    a CHECK, or what no two rows may say, stood in its way."""
    took, refused = set(), set()
    with walls.lifted():
        for model, field in columns():
            try:
                with transaction.atomic():
                    poison(model, field)
                took.add(f"{model._meta.label_lower}.{field.name}")
            except IntegrityError:
                refused.add(f"{model._meta.label_lower}.{field.name}")
    return took, refused


def poison(model: type[models.Model], field: models.Field) -> None:  # type: ignore[type-arg]
    """Write it into this column of every row that has something there, and of the others unless a CHECK forbids it."""
    if isinstance(field, models.JSONField):
        rows = list(model._base_manager.only(field.name))
        for row in rows:
            here = getattr(row, field.name)
            there = here or OF_LISTS.get(f"{model._meta.label}.{field.name}", here)
            setattr(row, field.name, poisoned_within(there))
        model._base_manager.bulk_update(rows, [field.name], batch_size=500)
        return
    room = (field.max_length or 1000) - NUMBER
    text, after = LONG if room >= len(LONG) else SHORT, ""
    if isinstance(field, models.EmailField):
        text, after = ADDRESS.split("{}")
    numbered = Concat(Value(text), Cast("pk", CharField()), Value(after))
    written = numbered if room >= len(text) else Value(SHORT)
    filled = model._base_manager.exclude(**{field.name: ""}).exclude(**{f"{field.name}__isnull": True})
    filled.update(**{field.name: written})
    with contextlib.suppress(IntegrityError), transaction.atomic():
        model._base_manager.filter(**{field.name: ""}).update(**{field.name: written})


def poisoned_within(data: Any) -> Any:
    """The same JSON with other words."""
    if isinstance(data, dict):
        return {name: poisoned_within(value) for name, value in data.items()}
    if isinstance(data, list):
        return [poisoned_within(value) for value in data]
    return LONG if isinstance(data, str) and not A_SIGN.fullmatch(data) else data


class Reader(HTMLParser):
    """Reads a page as a browser does, and notes what of the hostile text became more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.within_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.within_script = tag == "script" and given.get("type") not in ("application/json", "importmap")
        if tag == "script" and self.within_script and "src" not in given:
            self.found.append("a script in the page")
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            if name.startswith("on") or (name, value) in (("id", "evil"), ("src", "x")):
                self.found.append(f"<{tag} {name}={value[:30]}>")
            runs = "".join(value.split()).lower().startswith(RUNS_SOMETHING)
            if runs and name in ("href", "src", "action", "formaction", "data", "poster"):
                self.found.append(f"<{tag} {name}={value[:30]}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self.within_script and "alert(1)" in data:
            self.found.append("words in a script")
        if WORKED_OUT in data:
            self.found.append("words taken for a template")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.within_script = False


def escaped_from(page: str) -> list[str]:
    """What of the hostile text is more than text in this page; nothing when all is well."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.found
