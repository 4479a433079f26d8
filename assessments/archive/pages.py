"""The pages of an archive: written once, of the rows that it holds, to be opened from a disk in whatever browser."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from assessments.archive.reading import CandidateShown, Reader
from portfolio.archive.bag import Bag
from portfolio.archive.packing import Tell
from portfolio.archive.selection import Selection
from portfolio.models import ExternalRecord, RoleGrant, StaffRecord

STYLE = Path(__file__).with_name("style.css")
Way = list[tuple[str, str]]
Forms = Mapping[int, list[tuple[str, str]]]
"""Names and places of the forms of each candidate, by the candidate's number here."""


def add_pages(bag: Bag, selection: Selection, tell: Tell, forms: Forms | None = None) -> None:
    """Put the pages into the bag, candidate by candidate."""
    reader, writer = Reader(selection), Writer(bag, selection)
    lines = []
    candidates = reader.candidates()
    total = candidates.count()
    for number, candidate in enumerate(candidates.iterator(chunk_size=200)):
        tell("Writing the pages", number, total)
        shown = reader.read(candidate)
        own = (forms or {}).get(candidate.pk, [])
        writer.candidate(shown, own)
        lines.append(
            {
                "line": shown.line,
                "name": candidate.legal_name,
                "number": candidate.candidate_number,
                "units": len(shown.units),
                "items": len(shown.items),
            }
        )
    staff = list(people_of(reader))
    if staff:
        writer.page("people.html", "archive/people.html", "Staff and external verifiers", [], {"staff": staff})
    writer.page(
        "index.html",
        "archive/index.html",
        selection.centre.name,
        [],
        {
            "candidates": lines,
            "people": bool(staff),
            "forms": any((forms or {}).values()),
            "own": selection.cut.name == "own",
            "whole": selection.cut.is_whole,
        },
    )
    bag.add("style.css", [STYLE.read_bytes()])


class Writer:
    """Writes pages into a bag."""

    def __init__(self, bag: Bag, selection: Selection) -> None:
        self.bag, self.centre = bag, selection.centre

    def page(self, path: str, template: str, title: str, way: Way, context: dict[str, Any]) -> None:
        frame = {"title": title, "way": way, "root": "../" * path.count("/"), "centre": self.centre}
        self.bag.add(path, [render_to_string(template, {**frame, **context}).encode()])

    def candidate(self, shown: CandidateShown, forms: list[tuple[str, str]]) -> None:
        """A candidate with their units and items, a page each."""
        name, address = shown.candidate.legal_name, f"candidates/{shown.line}.html"
        named = {Path(place).name for _, place in forms}
        kept = [(title, file.path) for title, file in shown.documents if file.path and title not in named]
        self.page(address, "archive/candidate.html", name, [], {"shown": shown, "forms": [*forms, *kept]})
        way = [(address, name)]
        for unit in shown.units:
            title = f"{unit.enrolment.unit.short_code} {unit.enrolment.unit.shown_title}".strip()
            self.page(f"units/{unit.line}.html", "archive/unit.html", title, way, {"unit": unit})
        for item in shown.items:
            title = f"{item.name}: {item.newest.title}"
            self.page(f"evidence/{item.line}.html", "archive/evidence.html", title, way, {"item": item})


def people_of(reader: Reader) -> Iterator[tuple[str, str, list[RoleGrant]]]:
    """Staff and external verifiers with the roles they held, where the archive holds them."""
    roles: dict[int, list[RoleGrant]] = {}
    for grant in reader.rows(RoleGrant).order_by("starts_on", "pk"):
        roles.setdefault(grant.user_id, []).append(grant)
    for row in reader.rows(StaffRecord):
        yield row.name, row.job_title, roles.get(row.user_id, [])
    for outside in reader.rows(ExternalRecord):
        yield outside.name, "", roles.get(outside.user_id, [])
