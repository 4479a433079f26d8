"""What the book calls rows that came from elsewhere.

A line of the audit book names its actor and its subject by number, and its hash covers those numbers. A row that came
in an archive has another number here: so the numbers it had are kept, and a line is read with those of the
installation that wrote it (docs/adr/0037).
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from django.apps import apps

from portfolio.models import Arrival, ArrivedNumbers, AuditEvent, Centre, User

EIGHT_BYTES = "q"


@dataclass(frozen=True)
class Said:
    """The numbers by which a line names its book, its actor and its subject, where it was written."""

    book: str
    actor: int | None
    subject: int


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers as they are kept: eight bytes each, the smallest first byte first on every machine."""
    found = array(EIGHT_BYTES, numbers)
    if array("H", [1]).tobytes() == b"\0\1":
        found.byteswap()
    return found.tobytes()


def unpacked(kept: bytes | memoryview) -> "array[int]":
    found = array(EIGHT_BYTES)
    found.frombytes(bytes(kept))
    if array("H", [1]).tobytes() == b"\0\1":
        found.byteswap()
    return found


class Numbers:
    """The numbers that rows of one kind had there. Asked by the number here, which they are sorted by."""

    def __init__(self, row: ArrivedNumbers | None) -> None:
        self.here = unpacked(row.here) if row else array(EIGHT_BYTES)
        self.there = unpacked(row.there) if row else array(EIGHT_BYTES)

    def of(self, here: int) -> int | None:
        place = bisect_left(self.here, here)
        return self.there[place] if place < len(self.here) and self.here[place] == here else None


class Came:
    """One arrival, with the numbers of each kind read when they are first asked for."""

    def __init__(self, arrival: Arrival) -> None:
        self.arrival = arrival
        self._kinds: dict[str, Numbers] = {}

    def numbers(self, kind: str) -> Numbers:
        if kind not in self._kinds:
            self._kinds[kind] = Numbers(self.arrival.numbers.filter(kind=kind).first())
        return self._kinds[kind]


class Lines:
    """How the lines of a centre's book name things."""

    def __init__(self, centre: Centre | None, name: str) -> None:
        self.centre, self.name = centre, name
        arrivals = Arrival.objects.filter(centre=centre).order_by("position") if centre else []
        self.came = [Came(arrival) for arrival in arrivals]

    @cached_property
    def until(self) -> int:
        """The last line that was written elsewhere."""
        return max((came.arrival.until for came in self.came), default=0)

    def said(self, event: AuditEvent) -> Said:
        """The numbers by which the line names things. One of a row that did not travel stands here below zero."""
        came = next((came for came in self.came if event.sequence <= came.arrival.until), None)
        if came is None:
            return Said(self.name, event.actor_id, event.subject_id)
        actor = came.numbers(kind_name(User)).of(event.actor_id) if event.actor_id else None
        if event.subject_id < 0:
            return Said(came.arrival.book, actor, -event.subject_id)
        subject = came.numbers(kinds_by_word().get(event.subject_kind, "")).of(event.subject_id)
        return Said(came.arrival.book, actor, 0 if subject is None else subject)


def kind_name(model: type) -> str:
    return str(model._meta.label_lower)  # type: ignore[attr-defined]  # of a model


@cache
def kinds_by_word() -> dict[str, str]:
    """What the book calls a kind of record, and its full name; without words that two kinds share."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if not model._meta.proxy:
            found.setdefault(str(model._meta.model_name), []).append(model._meta.label_lower)
    return {word: labels[0] for word, labels in found.items() if len(labels) == 1}
