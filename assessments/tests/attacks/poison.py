"""Hostile text in every column that holds words, whoever writes it, and what looks for it in what comes out."""

from collections.abc import Iterator
from html.parser import HTMLParser

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
OF_THE_MACHINE = frozenset(
    {
        # what the product itself writes, reads and compares
        "act_id", "address", "basis", "content_type", "device_draft", "digest", "facts", "form", "handle", "head",
        "hash", "hooks", "key", "kind", "once", "page", "password", "reference", "sha256", "snapshot", "subject_kind",
        "token", "token_digest", "verb", "version", "code", "salt", "details_digest", "previous", "book", "concerns",
        "about",
    }
)  # fmt: skip


def columns() -> Iterator[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    """Every column in which somebody's words can stand."""
    for floor in FLOORS:
        for model in apps.get_app_config(floor).get_models():
            if model._meta.proxy or not model._meta.managed:
                continue
            for field in model._meta.concrete_fields:
                words = type(field) in (models.CharField, models.TextField) and not field.choices
                if words and field.name not in OF_THE_MACHINE and (field.max_length or len(LONG)) >= len(SHORT):
                    yield model, field


def poisoned() -> tuple[set[str], set[str]]:
    """Write it into every such column of every row. Returns the names of those that took it, and of those that did not:
    a CHECK, or what no two rows may say, stood in its way."""
    took, refused = set(), set()
    with walls.lifted():
        for model, field in columns():
            name, room = f"{model._meta.label_lower}.{field.name}", (field.max_length or 1000) - NUMBER
            text = LONG if room >= len(LONG) else SHORT
            numbered = Concat(Value(text), Cast("pk", CharField()))
            try:
                with transaction.atomic():
                    filled = model._base_manager.exclude(**{field.name: ""}).exclude(**{f"{field.name}__isnull": True})
                    filled.update(**{field.name: numbered if room >= len(text) else Value(SHORT)})
                took.add(name)
            except IntegrityError:
                refused.add(name)
    return took, refused


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
