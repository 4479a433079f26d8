"""docs/security.md names tests that exist, and every requirement of the standard once."""

import re
from pathlib import Path

from django.conf import settings

HOUSE = Path(settings.BASE_DIR)
DOCUMENT = HOUSE / "docs" / "security.md"
FLOORS = ("portfolio", "units", "assessments", "bench")
ASKED = (
    "1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2 "
    "4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 "
    "6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 "
    "10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 "
    "12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 "
    "15.3:1-7 16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2"
)
"""The requirements of levels 1 and 2 of OWASP ASVS 5.0.0, by section."""


def rows() -> list[list[str]]:
    """The rows of the tables of requirements: numbers, what is asked, how it stands, how it is met."""
    lines = [line for line in DOCUMENT.read_text().splitlines() if re.match(r"\| V\d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def asked() -> list[str]:
    found = []
    for section in ASKED.split():
        name, _, numbers = section.partition(":")
        first, _, last = numbers.partition("-")
        found += [f"V{name}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def test_every_requirement_stands_there_once_and_says_how_it_is() -> None:
    named = [number for row in rows() for number in row[0].split(", ")]
    assert sorted(named) == sorted(asked())
    assert {row[2] for row in rows()} == {"✓", "–", "○"}
    assert all(len(row) == 4 and row[3] for row in rows())


def test_how_many_are_met_is_counted_right() -> None:
    counts = {mark: sum(len(row[0].split(", ")) for row in rows() if row[2] == mark) for mark in "✓–○"}
    words = (
        f"Of {len(asked())} requirements {counts['✓']} are met, {counts['–']} do not apply and {counts['○']} are open"
    )
    assert words in DOCUMENT.read_text()


def test_every_test_that_it_names_exists_and_is_one() -> None:
    files = [path for floor in FLOORS for path in (HOUSE / floor).rglob("test_*.py")]
    there = [(path.name, name) for path in files for name in re.findall(r"^def (test_\w+)", path.read_text(), re.M)]
    named = re.findall(r"`(?:(test_\w+\.py)::)?(test_\w+)`", DOCUMENT.read_text())
    assert len(named) > 100
    meant = {(file, test): sum(test == name and file in ("", where) for where, name in there) for file, test in named}
    assert {test: count for test, count in meant.items() if count != 1} == {}
    assert set(re.findall(r"`(test_\w+\.py)`", DOCUMENT.read_text())) <= {path.name for path in files}
