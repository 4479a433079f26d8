"""The record of a centre read back: all of it or nothing, as it was, with numbers of this installation.

Rows come past the verbs and, for one transaction, past the walls: what happened is not done again. CHECKs, foreign keys
and unique constraints hold as ever, and the book must verify before anything stays.
"""

import datetime
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import DataError, IntegrityError, transaction

from portfolio import audit, vault, walls
from portfolio.archive import catalogue, standing
from portfolio.archive.bag import CHUNK
from portfolio.archive.catalogue import Kind
from portfolio.archive.numbering import Places, reserve
from portfolio.archive.opening import NotAnArchive, Opened
from portfolio.archive.packing import Tell, path_in_bag, silent
from portfolio.archive.rows import Reader
from portfolio.arrivals import EIGHT_BYTES, kind_name, packed
from portfolio.models import Arrival, ArrivedNumbers, AuditChain, Centre, StoredFile
from portfolio.signing import DIGEST

T = TypeVar("T")
AT_ONCE = 500


def load(path: Path, *, at: datetime.datetime, tell: Tell = silent) -> Centre:
    """Read the whole record of a centre back from an archive that `export_archive` wrote.

    Afterwards centre, people, files and book are as they were where it was written, and the book of this installation
    has a line. Raises NotAnArchive, a Refusal, and leaves nothing, when the archive is not whole or not of this
    software, when the centre is here already, or when the standard here says something else.
    """
    with Opened(path) as opened:
        tell("Looking through the archive", 0, 1)
        opened.look_through()
        loading = Loading(opened, at, tell)
        try:
            with transaction.atomic():
                with walls.lifted():
                    loading.everything()
                return loading.confirmed()
        except BaseException as error:
            loading.clear_away()
            if isinstance(error, IntegrityError | DataError | KeyError | TypeError | ValueError | RecursionError):
                raise NotAnArchive(f"The record does not hold together, so nothing of it was kept: {error}") from error
            raise


class Loading:
    """One archive on its way in."""

    def __init__(self, opened: Opened, at: datetime.datetime, tell: Tell) -> None:
        self.opened, self.at, self.tell = opened, at, tell
        self.counts: dict[str, int] = {found["kind"]: found["rows"] for found in opened.index["files"]}
        self.places = Places()
        self.arrivals: list[Arrival] = []
        self.done, self.total = 0, sum(self.counts.values())

    def everything(self) -> None:
        """Every row and every file. The caller holds a transaction, with the walls lifted."""
        self.refuse_known()
        for model in catalogue.owned():
            self.places.give(model, reserve(model, self.count(model)), self.count(model))
        made = standing.settle(self.opened, self.places, self.at)
        self.own(Centre)
        self.arrive()
        for model in catalogue.shared():
            self.note_numbers(model, (row["numbers"] for row in self.opened.lines(kind_name(model))))
        for model in catalogue.owned():
            if model is not Centre:
                self.own(model)
        self.note_numbers(Centre, (row["numbers"] for row in self.opened.lines(kind_name(Centre))))
        catalogue.complete(made, self.at)
        self.files()

    def confirmed(self) -> Centre:
        """The centre, once its book verifies; with a line in the book of the installation."""
        centre = Centre.objects.get(pk=self.centre_id)
        chain = AuditChain.objects.filter(centre=centre).first()
        self.tell("Verifying the book", 0, chain.length if chain else 0)
        if chain and (broken := audit.verify(chain)):
            raise NotAnArchive(f"The centre’s audit book does not hold, so nothing was kept: {broken}")
        details: dict[str, Any] = {"rows": self.total, "books": self.opened.index["books"]}
        audit.record(verb="import archive", by=None, at=self.at, subject=centre, centre=None, details=details)
        return centre

    def clear_away(self) -> None:
        """What was put into the vault for a centre that is not here after all."""
        if self.places.knows(Centre):
            vault.clear_away(self.centre_id)

    @property
    def centre_id(self) -> int:
        return self.places.pk_of(Centre, 1)

    def count(self, model: Kind) -> int:
        return self.counts.get(kind_name(model), 0)

    # --- parts -------------------------------------------------------------------------------------------------------

    def refuse_known(self) -> None:
        slug = self.opened.index["centre"]["slug"]
        if Centre.objects.filter(slug=slug).exists():
            raise NotAnArchive(
                f"There is a centre {slug} here already. A record is read back where it is not: nothing is merged, so "
                "that nothing is overwritten."
            )
        if self.count(Centre) != 1:
            raise NotAnArchive("The record is of no centre, or of several.")

    def arrive(self) -> None:
        """Note the installations in which the book was written."""
        for position, book in enumerate(self.opened.index["books"], start=1):
            arrival = Arrival(
                centre_id=self.centre_id,
                position=position,
                book=book["book"],
                until=book["until"],
                arrived_at=self.at,
            )
            arrival.save()
            self.arrivals.append(arrival)

    def own(self, model: Kind) -> None:
        """The rows of a kind that belong to the centre."""
        reader = Reader(model, self.places)
        there: list[array[int]] = [array(EIGHT_BYTES) for _ in self.opened.index["books"]]
        here: list[array[int]] = [array(EIGHT_BYTES) for _ in there]
        line = 0
        for rows in in_slices(self.opened.lines(kind_name(model)), AT_ONCE):
            self.tell("Reading the record", self.done, self.total)
            found = []
            for row in rows:
                line += 1
                found.append(reader.read(row, line))
                if model is not Centre:
                    gather(here, there, found[-1].pk, row["numbers"])
            model._base_manager.bulk_create(found)
            self.done += len(rows)
        if line != self.count(model):
            raise NotAnArchive(f"{kind_name(model)} has {line} rows, and the index says {self.count(model)}.")
        if model is not Centre:
            self.keep_numbers(model, here, there)

    def note_numbers(self, model: Kind, numbers: Iterable[list[int | None]]) -> None:
        """The numbers of rows that were there before, or were settled already: sorted by those of here."""
        rows = sorted((self.places.pk_of(model, line), row) for line, row in enumerate(numbers, start=1))
        there: list[array[int]] = [array(EIGHT_BYTES) for _ in self.arrivals]
        here: list[array[int]] = [array(EIGHT_BYTES) for _ in self.arrivals]
        for pk, row in rows:
            gather(here, there, pk, row)
        self.keep_numbers(model, here, there)

    def keep_numbers(self, model: Kind, here: list["array[int]"], there: list["array[int]"]) -> None:
        ArrivedNumbers.objects.bulk_create(
            ArrivedNumbers(arrival=arrival, kind=kind_name(model), here=packed(mine), there=packed(theirs))
            for arrival, mine, theirs in zip(self.arrivals, here, there, strict=True)
            if mine
        )

    def files(self) -> None:
        """The bytes of every stored file, by their digest."""
        missing = set(self.opened.index["missing"])
        rows = StoredFile.objects.filter(centre=self.centre_id).order_by("pk").values_list("sha256", "content_type")
        total = self.count(StoredFile)
        for number, (sha256, content_type) in enumerate(rows.iterator(chunk_size=2000)):
            self.tell("Putting the files into the vault", number, total)
            if not DIGEST.fullmatch(sha256):
                raise NotAnArchive(f"The record names a file {sha256[:100]!r}, which is no digest.")
            path = f"data/{path_in_bag(sha256, content_type)}"
            if self.opened.has(path):
                with self.opened.open(path) as file:
                    vault.put_back(self.centre_id, sha256, iter(lambda read=file.read: read(CHUNK), b""))  # type: ignore[misc]
            elif sha256 not in missing:
                raise NotAnArchive(f"The file {sha256} is in the record, and its bytes are not in the archive.")


def gather(here: list["array[int]"], there: list["array[int]"], pk: int, numbers: list[int | None]) -> None:
    """Add to the lists of each arrival which number the row had there, if it had one."""
    for mine, theirs, number in zip(here, there, numbers, strict=True):
        if number is not None:
            mine.append(pk)
            theirs.append(number)


def in_slices(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while found := list(islice(rows, size)):
        yield found
