"""Forty hostile files, each sent as a browser sends it, and what its sender is told.

    python -m bench.hostile

Writes bench/results/hostile.md, which a test compares (bench/tests/test_hostile.py). Exits with 1 where a file is kept
that should not be, or is kept as something else.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from bench.installation import HERE, standing

# isort: split
from django.test import Client

from portfolio.models import Upload
from portfolio.serving import shows_inline
from portfolio.testing import a_candidate, a_centre
from portfolio.tests.hostile_files import HOSTILE, Hostile
from portfolio.tests.tus import Uploading, told

ESCAPED = "\\|"
RESULTS = HERE / "results" / "hostile.md"


@dataclass(frozen=True)
class Row:
    """A file, what its sender is told or as what it is kept, and whether that is as it should be."""

    hostile: Hostile
    outcome: str
    right: bool


def sent(hostile: Hostile, uploading: Uploading) -> Row:
    """One file sent."""
    answer = uploading.whole(hostile.name, hostile.content)
    if answer.status_code != 204:
        sentence = told(answer)
        return Row(hostile, sentence, bool(hostile.told) and hostile.told in sentence)
    upload = Upload.objects.select_related("stored").latest("pk")
    assert upload.stored
    how = "shown in a sandbox that runs nothing" if shows_inline(upload.stored) else "never shown in place by itself"
    kind = upload.stored.content_type
    right = (upload.name, kind) == (hostile.kept_as, hostile.type)
    return Row(hostile, f"Kept as “{readable(upload.name)}”, {kind}: {how}.", right)


def rows() -> list[Row]:
    """Every file sent by one candidate."""
    record = a_candidate(a_centre())
    browser = Client(headers={"host": "localhost"})
    browser.force_login(record.user)
    return [sent(hostile, Uploading(browser, record.centre)) for hostile in HOSTILE]


def readable(name: str) -> str:
    """A name with whatever cannot be seen written out, and cut where it is long."""
    seen = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name)
    return f"{seen[:18]}… ({len(name)} characters)" if len(name) > 60 else seen


def table(found: Iterable[Row]) -> str:
    lines = [
        "# Hostile files, and what their sender is told",
        "",
        "Written by `python -m bench.hostile`; the files are made in `portfolio/tests/hostile_files.py`. What is kept",
        "can do nothing: it has one type that is never guessed at, and nothing in it runs.",
        "",
        "| | File | Sent as | What its sender is told |",
        "|--:|---|---|---|",
    ]
    for number, row in enumerate(found, start=1):
        outcome = row.outcome.replace(row.hostile.name, readable(row.hostile.name))
        cells = [str(number), row.hostile.what, f"`{readable(row.hostile.name)}`", outcome]
        lines.append(f"| {' | '.join(cell.replace('|', ESCAPED) for cell in cells)} |")
    return "\n".join([*lines, ""])


def main() -> int:
    with standing():
        found = rows()
    printed = table(found)
    RESULTS.write_text(printed)
    print(printed)
    return int(not all(row.right for row in found))


if __name__ == "__main__":
    sys.exit(main())
