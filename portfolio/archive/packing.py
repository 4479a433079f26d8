"""An archive packed: the record, the files of the vault, and what the floor above adds for people to read."""

import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from portfolio import stores, vault
from portfolio.archive.bag import CHUNK, Bag, is_packed
from portfolio.archive.record import Record
from portfolio.archive.selection import Selection
from portfolio.archive.shape import schema
from portfolio.arrivals import kind_name
from portfolio.models import StoredFile
from portfolio.sniffing import ending_of

FORMAT, VERSION = "nvq-portfolio archive", 1
SOFTWARE = "NVQ Portfolio"

Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is. May raise to have it stopped."""
Adds = Callable[[Bag, Selection, Tell], None]
"""What a floor above puts into a bag: pages and forms."""


def silent(step: str, done: int, total: int) -> None:
    """Tells nobody."""


def nothing(bag: Bag, selection: Selection, tell: Tell) -> None:
    """Adds nothing."""


def pack(
    selection: Selection, path: Path, *, at: datetime.datetime, tell: Tell = silent, adds: Adds = nothing
) -> dict[str, Any]:
    """Write the archive to `path`, where nothing may lie. Returns what its index says.

    The record and the pages are of one moment. A file of the vault whose bytes are not there, as redacted or shut away,
    is listed as missing. When this raises, what lies at `path` is of no use.
    """
    with Bag(path, name_of(selection)) as bag:
        with one_moment():
            files = record_into(bag, selection, tell)
            adds(bag, selection, tell)
            stored = list(stored_in(selection))
        missing = files_into(bag, selection.centre.pk, stored, tell)
        index = {**of(selection), "files": files, "missing": missing}
        bag.add("record/index.json", [written(index)])
        bag.close(information(selection, at))
    return index


def record_into(bag: Bag, selection: Selection, tell: Tell) -> list[dict[str, Any]]:
    """The record, a file for each kind, and its schema. Returns the list of files with their rows."""
    record, kinds = Record(selection), selection.kinds()
    found = []
    total = sum(selection.count(kind) for kind in kinds)
    done = 0
    for kind in kinds:
        rows = selection.count(kind)
        tell("Writing down the record", done, total)
        bag.add(f"record/{kind_name(kind)}.jsonl", told(record.written(kind), tell, done, total))
        found.append({"kind": kind_name(kind), "rows": rows})
        done += rows
    bag.add("record/schema.json", [written(schema(kinds, selection.cut))])
    return found


def told(lines: Iterator[bytes], tell: Tell, before: int, total: int) -> Iterator[bytes]:
    """Lines gathered to larger pieces, telling of them now and then."""
    gathered: list[bytes] = []
    for number, line in enumerate(lines, start=1):
        gathered.append(line)
        if number % 1000 == 0:
            tell("Writing down the record", before + number, total)
            yield b"".join(gathered)
            gathered.clear()
    yield b"".join(gathered)


def stored_in(selection: Selection) -> Iterator[tuple[str, str]]:
    """Digest and type of each file that is in the record, in its order."""
    if StoredFile not in selection.owned:
        return
    rows = selection.rows(StoredFile).values_list("sha256", "content_type")
    yield from rows.iterator(chunk_size=5000)


def files_into(bag: Bag, centre_id: int, stored: list[tuple[str, str]], tell: Tell) -> list[str]:
    """The bytes of the vault. Returns the digests of those that are not there."""
    missing = []
    for number, (sha256, content_type) in enumerate(stored):
        tell("Packing the files", number, len(stored))
        try:
            with stores.vault().open(vault.place_in_vault(centre_id, sha256)) as source:
                chunks = iter(lambda read=source.read: read(CHUNK), b"")  # type: ignore[misc]  # the loop's own
                bag.add(path_in_bag(sha256, content_type), chunks, packed=is_packed(content_type))
        except FileNotFoundError:
            missing.append(sha256)
    return missing


def path_in_bag(sha256: str, content_type: str) -> str:
    """Where a file of the vault lies below data/: by its digest, with the ending by which a computer knows its kind."""
    return f"files/{sha256}.{ending_of(content_type)}"


def of(selection: Selection) -> dict[str, Any]:
    """What the archive is, and of whom."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "cut": selection.cut.name,
        "centre": {"slug": selection.centre.slug, "name": selection.centre.name},
        "candidate": selection.candidate.legal_name if selection.candidate else None,
        "books": Record(selection).books() if selection.cut.is_whole else [],
    }


def name_of(selection: Selection) -> str:
    """The one folder of the ZIP."""
    candidate = selection.candidate
    return f"{selection.centre.slug}-{candidate.user.handle}" if candidate else selection.centre.slug


def information(selection: Selection, at: datetime.datetime) -> dict[str, str]:
    """What bag-info.txt says."""
    whose = f"candidate {selection.candidate.legal_name}" if selection.candidate else "the whole centre"
    return {
        "Source-Organization": selection.centre.name,
        "External-Description": f"Portfolio record of {whose}. Open data/index.html in a browser.",
        "External-Identifier": name_of(selection),
        "Bagging-Date": at.date().isoformat(),
        "Bag-Software-Agent": SOFTWARE,
    }


def written(value: Any) -> bytes:
    """JSON for people as well, and the same bytes each time."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


@contextmanager
def one_moment() -> Iterator[None]:
    """Whatever is read within is of one moment, and keeps nobody from writing.

    SQLite's transactions here take the right to write as they begin; this one only reads, so it begins without.
    Within a transaction already nothing is begun.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        connection.connection.rollback()
