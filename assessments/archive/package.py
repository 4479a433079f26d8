"""A copy of what a centre keeps about a person: pages that open from a disk, the same as JSON, and their files.

Made for a request for data (UK GDPR Art. 15). What is in it `holdings` says; here it is written down, row by row, in
constant memory.
"""

import datetime
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db.models import Field, ForeignKey
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape

from assessments.archive.holdings import (
    BY_THEM,
    LOOKED,
    OF_THE_BOOK,
    OF_THEM,
    SAID_OF_THEM,
    Holding,
    Subject,
    holdings,
)
from assessments.archive.pages import STYLE
from assessments.models import DataRequest, EvidenceFile
from assessments.queries.retention import schedule_of
from portfolio.archive import catalogue
from portfolio.archive.asking import Packs
from portfolio.archive.bag import Bag
from portfolio.archive.packing import SOFTWARE, Tell, files_into, one_moment, path_in_bag, written
from portfolio.archive.record import plain
from portfolio.arrivals import kind_name
from portfolio.models import Archive, Document, ExternalRecord, StaffRecord, StoredFile, User

PAGES = {
    OF_THEM: (
        "about-you.html",
        "About you",
        "Your records, what you handed in and signed, and what was decided of it.",
    ),
    SAID_OF_THEM: (
        "in-your-units.html",
        "Noted in your units",
        "What others did in your units beside deciding of them.",
    ),
    BY_THEM: (
        "what-you-did.html",
        "What you did",
        "Records of others, and of the centre, that name you for something.",
    ),
    OF_THE_BOOK: ("book.html", "The audit book", "Each act of yours, and each about you."),
    LOOKED: ("looked.html", "Who looked", "Who opened or took away what is yours."),
}
MOST_COLUMNS = 6
"""A row with more is written as a list."""
SOMEBODY = "somebody else"
HERE_IT_GOES = "HERE-IT-GOES"
REMARKS = (
    "What verifiers and the office noted to each other in your units",
    "Days and outcomes are in it, the remarks are not: they are about the work of other people as well (UK GDPR "
    "Art. 15(4); Data Protection Act 2018, Schedule 2, paragraph 16).",
)
OTHERS = (
    "What you wrote in records of other people",
    "It is told that you did something, when and of which kind; what was said of them is theirs (UK GDPR Art. 15(4)).",
)
SHUT_AWAY = (
    "Files that were shut away, replaced or destroyed",
    "They show other people’s data, could do harm, or are not here any more.",
)
CASES = (
    "Files on suspected malpractice",
    "No copy holds any or tells whether there is one. Those who look into such a case decide of a request about it by "
    "themselves (Data Protection Act 2018, Schedule 2). Write to the centre if you ask for that as well.",
)
SECRET = (
    "Passwords, keys and links",
    "What opens your account, or opened something once, is in no copy. Of letters it is told when they went and what "
    "they were about.",
)
ALONE = (
    "What you alone can see",
    "Drafts, what you were still typing, and what you said of your age, gender and background: the office cannot read "
    "it, so it is not in what the office hands over. Sign in to read it.",
)


def package_for(archive: Archive) -> Packs:
    """Writes the copy that belongs to the request an archive was asked for."""
    request = DataRequest.objects.select_related("centre", "user").get(package=archive)
    return Package(request).write


class Package:
    """The copy for one request."""

    def __init__(self, request: DataRequest) -> None:
        self.request, self.subject, self.centre = request, Subject.of(request), request.centre
        self.names: dict[tuple[str, Any], str] = {}

    def write(self, path: Path, at: datetime.datetime, tell: Tell) -> None:
        """Write it to `path`, where nothing may lie."""
        with Bag(path, f"data-of-{self.centre.slug}") as bag:
            with one_moment():
                found = [(holding, holding.rows.count()) for holding in holdings(self.subject)]
                there = [(holding, number) for holding, number in found if number]
                self.files = self.stored_in([holding for holding, _ in there])
                for done, (holding, _) in enumerate(there):
                    tell("Writing down what is kept", done, len(there))
                    bag.add(f"record/{holding.name}.json", self.as_json(holding))
                for how in PAGES:
                    self.page(bag, how, [row for row in there if row[0].how == how])
                self.front(bag, there, at)
                bag.add("record/index.json", [written(self.index(found))])
                bag.add("style.css", [STYLE.read_bytes()])
            missing = files_into(bag, self.centre.pk, list(self.files.values()), tell)
            bag.add("record/missing.json", [written(missing)])
            bag.close(
                {
                    "Source-Organization": self.centre.name,
                    "External-Description": f"What is kept about {self.request.name}. Open data/index.html.",
                    "External-Identifier": f"data-request-{self.request.pk}",
                    "Bagging-Date": at.date().isoformat(),
                    "Bag-Software-Agent": SOFTWARE,
                }
            )

    # --- what is in it -----------------------------------------------------------------------------------------------

    def stored_in(self, there: list[Holding]) -> dict[int, tuple[str, str]]:
        """Digest and type of the person's files and forms, by their number."""
        found: dict[int, tuple[str, str]] = {}
        for holding in there:
            if holding.how == OF_THEM and holding.model in (EvidenceFile, Document):
                rows = StoredFile.objects.filter(pk__in=holding.rows.order_by().values("stored"))
                found |= {pk: (sha256, kind) for pk, sha256, kind in rows.values_list("pk", "sha256", "content_type")}
        return found

    def index(self, found: list[tuple[Holding, int]]) -> dict[str, Any]:
        """What software reads first: every kind that was looked through, and how much there was of it."""
        return {
            "about": self.request.name,
            "centre": self.centre.name,
            "received": self.request.received_on.isoformat(),
            "kinds": [
                {
                    "file": f"{holding.name}.json" if number else None,
                    "kind": kind_name(holding.model),
                    "what": PAGES[holding.how][1],
                    "rows": number,
                    "columns": {column.name: str(column.verbose_name) for column in holding.columns},
                }
                for holding, number in found
            ],
            "left_out": [{"what": what, "why": why} for what, why in self.left_out()],
        }

    def left_out(self) -> list[tuple[str, str]]:
        """What is not in it, and why."""
        request, found = self.request, [OTHERS, SHUT_AWAY, CASES, SECRET]
        if self.subject.candidate and not request.with_remarks:
            found.insert(0, REMARKS)
        if request.by_office and request.user:
            found.append(ALONE)
        if request.left_out:
            found.append(("What the centre left out beside that", request.left_out))
        return found

    # --- pages -------------------------------------------------------------------------------------------------------

    def front(self, bag: Bag, there: list[tuple[Holding, int]], at: datetime.datetime) -> None:
        sections = [
            (
                address,
                title,
                lead,
                [(holding.title, holding.name, number) for holding, number in there if holding.how == how],
            )
            for how, (address, title, lead) in PAGES.items()
        ]
        context = {
            "request": self.request,
            "made_at": at,
            "sections": [section for section in sections if section[3]],
            "left_out": self.left_out(),
            "schedule": [row for row in schedule_of(self.centre) if row.keeping],
            "files": len(self.files),
        }
        page = render_to_string("archive/data.html", self.frame(f"What is kept about {self.request.name}", context))
        bag.add("index.html", [page.encode()])

    def page(self, bag: Bag, how: str, there: list[tuple[Holding, int]]) -> None:
        """A page of all kinds that are the same to the person, written as it is read."""
        if not there:
            return
        address, title, lead = PAGES[how]
        page = render_to_string("archive/data_page.html", self.frame(title, {"lead": lead, "rows": HERE_IT_GOES}))
        before, _, after = page.partition(HERE_IT_GOES)

        def whole() -> Iterator[bytes]:
            yield before.encode()
            for holding, number in there:
                yield f'<h2 id="{holding.name}">{escape(holding.title)} <small>{number}</small></h2>\n'.encode()
                yield from self.as_table(holding) if is_table(holding) else self.as_lists(holding)
            yield after.encode()

        bag.add(address, whole())

    def frame(self, title: str, context: dict[str, Any]) -> dict[str, Any]:
        return {"title": title, "way": [], "root": "", "centre": self.centre, **context}

    def as_table(self, holding: Holding) -> Iterator[bytes]:
        heads = "".join(f'<th scope="col">{escape(name_of(column))}</th>' for column in holding.columns)
        yield f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n".encode()
        for _, values in self.rows(holding):
            cells = "".join(f"<td>{self.said(*pair)}</td>" for pair in zip(holding.columns, values, strict=True))
            yield f"<tr>{cells}</tr>\n".encode()
        yield b"</tbody>\n</table>\n"

    def as_lists(self, holding: Holding) -> Iterator[bytes]:
        for _, values in self.rows(holding):
            facts = "".join(
                f"<div><dt>{escape(name_of(column))}</dt><dd>{said}</dd></div>"
                for column, value in zip(holding.columns, values, strict=True)
                if (said := self.said(column, value))
            )
            yield f'<dl class="facts row">{facts}</dl>\n'.encode()

    def as_json(self, holding: Holding) -> Iterator[bytes]:
        """A list of rows, one a line."""
        yield b"["
        for place, (pk, values) in enumerate(self.rows(holding)):
            row = {column.name: self.told(column, value) for column, value in zip(holding.columns, values, strict=True)}
            yield b",\n" if place else b"\n"
            yield json.dumps({"number": pk, **row}, ensure_ascii=False, sort_keys=True).encode()
        yield b"\n]\n"

    def rows(self, holding: Holding) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        names = ["pk", *(column.attname for column in holding.columns)]
        for pk, *values in holding.rows.values_list(*names).iterator(chunk_size=2000):
            yield pk, tuple(values)

    # --- values ------------------------------------------------------------------------------------------------------

    def said(self, column: "Field[Any, Any]", value: Any) -> str:
        """A value for people, as HTML; nothing where there is none."""
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(column, ForeignKey):
            return self.linked(column, value)
        if column.choices:
            return escape(dict(column.flatchoices).get(value, value))
        match value:
            case bool():
                return "yes" if value else "no"
            case datetime.datetime():
                return f"{timezone.localtime(value):%-d %B %Y, %H:%M}"
            case datetime.date():
                return f"{value:%-d %B %Y}"
            case dict() | list():
                return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=1))}</pre>"
            case str() if "\n" in value:
                return escape(value).replace("\n", "<br>")
        return escape(value)

    def linked(self, column: "ForeignKey[Any, Any]", pk: Any) -> str:
        if catalogue.target_of(column) is StoredFile and pk in self.files:
            return f'<a href="{escape(path_in_bag(*self.files[pk]))}">the file</a>'
        return escape(self.record_named(column, pk))

    def told(self, column: "Field[Any, Any]", value: Any) -> Any:
        """A value for software."""
        if value is None:
            return None
        if isinstance(column, ForeignKey):
            target = catalogue.target_of(column)
            if target is StoredFile and value in self.files:
                return {"kind": kind_name(target), "file": path_in_bag(*self.files[value])}
            said = self.record_named(column, value)
            return (
                {"kind": kind_name(target), "name": said}
                if target is User
                else {"kind": kind_name(target), "number": value, "name": said}
            )
        return plain(value) if not isinstance(value, dict | list | float) else value

    def record_named(self, column: "ForeignKey[Any, Any]", pk: Any) -> str:
        """What another row is called: people by the name the centre calls its staff, the standard by its own."""
        target = catalogue.target_of(column)
        if target is User:
            if self.subject.user and pk == self.subject.user.pk:
                return "you"
            return self.staff.get(pk, SOMEBODY)
        if target._meta.app_label == "units" or target._meta.label in ("portfolio.Centre", "portfolio.Statement"):
            if (target._meta.label, pk) not in self.names:
                self.names[target._meta.label, pk] = str(target._base_manager.get(pk=pk))
            return self.names[target._meta.label, pk]
        return f"{target._meta.verbose_name} {pk}"

    @cached_property
    def staff(self) -> dict[int, str]:
        """Whoever acted for the centre or an awarding body is named; candidates and witnesses are not."""
        found: dict[int, str] = {}
        for kind in (ExternalRecord, StaffRecord):
            found |= dict(kind._base_manager.filter(centre=self.centre).values_list("user_id", "name"))
        return found


def is_table(holding: Holding) -> bool:
    return len(holding.columns) <= MOST_COLUMNS


def name_of(column: "Field[Any, Any]") -> str:
    """What a column is called, for people."""
    words = str(column.verbose_name)
    return words[:1].upper() + words[1:]
