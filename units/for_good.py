"""What the standard never changes once it is in use, kept by each process: asked for once, and not for every page."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from django.db import connection

T = TypeVar("T")


class ForGood(Generic[T]):
    """What belongs to published records, by their id. A process that outlives its database must `forget`: restart it
    after a database was restored."""

    everything: "ClassVar[list[ForGood[Any]]]" = []

    def __init__(self) -> None:
        self._kept: dict[int, T] = {}
        self.everything.append(self)

    def known(self, pks: Iterable[int]) -> dict[int, T]:
        """What is kept of these."""
        return {pk: self._kept[pk] for pk in pks if pk in self._kept}

    def keep(self, found: Mapping[int, T]) -> None:
        """Keep what belongs to published records. What a transaction sees is not kept: it may yet be undone."""
        if not connection.in_atomic_block:
            self._kept.update(found)


def forget() -> None:
    """Keep nothing of any: the database is another one now."""
    for kept in ForGood.everything:
        kept._kept.clear()
