"""Places in the evidence, as an assessor writes them down: a line each, `3:25`, `page 2` or “the words”, and a note.

Pure: reads no rows, knows no clock. What a line means is decided here alone; the page's script only writes such lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assessments.enums import MarkerKind

MOST = 40
"""Lines for one criterion."""
LONGEST = 500
"""Characters of a passage or a note."""

FILE = re.compile(r"file\s+(\d{1,3})\s*[,:]?\s*", re.I)
TIME = re.compile(r"((?:\d{1,2}:)?\d{1,3}:[0-5]\d)(?:\s*(?:-|–|to)\s*((?:\d{1,2}:)?\d{1,3}:[0-5]\d))?(?!\d|:\d)", re.I)
PAGE = re.compile(r"(?:pages?|pp?\.?)\s*(\d{1,5})(?:\s*(?:-|–|to)\s*(\d{1,5}))?(?!\d)", re.I)
PASSAGE = re.compile(r"“([^“”]+)”|\"([^\"]+)\"")
BETWEEN = re.compile(r"^\s*[:;,.–-]?\s*")

HOW = "Write a place as 3:25, page 2 or “the words”, and what is there after it"


@dataclass(frozen=True)
class Markable:
    """A file of the item as places are named in it: its number on the page, and how many pages it has (0: unknown)."""

    pk: int
    number: int
    name: str
    kind: MarkerKind
    pages: int = 0


@dataclass(frozen=True)
class Place:
    """A place in the evidence. Without a file it is a passage of what the candidate or a witness wrote."""

    kind: MarkerKind
    file_id: int | None
    start: int | None = None
    end: int | None = None
    passage: str = ""
    note: str = ""


@dataclass(frozen=True)
class Places:
    """What was written: the places, and a sentence for each line that names none."""

    found: tuple[Place, ...] = ()
    faults: tuple[str, ...] = ()


def places_in(text: str, files: Sequence[Markable]) -> Places:
    """The places of a text, a line each. Empty lines name none."""
    found: list[Place] = []
    faults: list[str] = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines[:MOST]:
        place = place_in(line, files)
        if isinstance(place, Place):
            found.append(place)
        else:
            faults.append(place)
    if len(lines) > MOST:
        faults.append(f"Name {MOST} places at most.")
    return Places(tuple(found), tuple(faults))


def place_in(line: str, files: Sequence[Markable]) -> Place | str:
    """The place that a line names, or the sentence why it names none."""
    named, rest = file_named(line)
    if named is not None and not any(file.number == named for file in files):
        return f"There is no file {named}: “{line}”."
    for kind, pattern in ((MarkerKind.TIME, TIME), (MarkerKind.PAGE, PAGE), (MarkerKind.PASSAGE, PASSAGE)):
        if found := pattern.match(rest):
            note = BETWEEN.sub("", rest[found.end() :], count=1).strip()
            if len(note) > LONGEST or len(found[0]) > LONGEST:
                return f"Keep a place and its note to {LONGEST} characters each: “{line[:40]}…”."
            file = file_for(kind, named, files)
            return file if isinstance(file, str) else placed(kind, found, file, note, line)
    return f"{HOW}: “{line}”."


def file_named(line: str) -> tuple[int | None, str]:
    """The number of the file that a line begins with, and the rest of the line."""
    found = FILE.match(line)
    return (int(found[1]), line[found.end() :]) if found else (None, line)


def file_for(kind: MarkerKind, named: int | None, files: Sequence[Markable]) -> Markable | str | None:
    """The file a place of this kind is in: the one named, else the only one there is; or the sentence why not."""
    fits = [file for file in files if file.kind == kind and named in (None, file.number)]
    if len(fits) == 1:
        return fits[0]
    what = {MarkerKind.TIME: "recording", MarkerKind.PAGE: "file with pages", MarkerKind.PASSAGE: "text"}[kind]
    if named is not None:
        return f"File {named} is no {what}."
    if fits:
        return f"Say in which file, as in “file {fits[0].number}, {'3:25' if kind == MarkerKind.TIME else 'page 2'}”."
    return None if kind == MarkerKind.PASSAGE else f"There is no {what} here to name a place in."


def placed(kind: MarkerKind, found: re.Match[str], file: Markable | None, note: str, line: str) -> Place | str:
    """The place out of what a pattern found."""
    pk = file.pk if file else None
    if kind == MarkerKind.PASSAGE:
        return Place(kind, pk, passage=" ".join((found[1] or found[2]).split()), note=note)
    read = seconds if kind == MarkerKind.TIME else int
    start, end = read(found[1]), read(found[2]) if found[2] else None
    if end is not None and end < start:
        return f"A place ends after it begins: “{line}”."
    if kind == MarkerKind.PAGE and (start < 1 or (file and file.pages and (end or start) > file.pages)):
        return f"There is no such page: “{line}”."
    return Place(kind, pk, start, end, note=note)


def seconds(clock: str) -> int:
    """`3:25` in seconds."""
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total


def clock(seconds: int) -> str:
    """Seconds as a player shows them: `3:25`, `1:02:03`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def in_words(kind: str, start: int | None, end: int | None, passage: str) -> str:
    """A place as it is read: `3:25`, `3:25 to 3:40`, `page 2`, `pages 2 to 4`, “the words”."""
    if kind == MarkerKind.PASSAGE or start is None:
        return f"“{passage}”"
    said = clock if kind == MarkerKind.TIME else str
    reach = said(start) if end is None or end == start else f"{said(start)} to {said(end)}"
    if kind == MarkerKind.TIME:
        return reach
    return f"page {reach}" if " to " not in reach else f"pages {reach}"
