"""Which numbers the rows of an archive get here: blocks set aside, so that a line's number is known at once."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Max

from portfolio.archive.catalogue import Kind
from portfolio.arrivals import kind_name


@dataclass
class Places:
    """The number here of each line of each kind: a block for what the centre owns, a list for what is shared."""

    _blocks: dict[Kind, tuple[int, int]] = field(default_factory=dict)
    _listed: dict[Kind, list[int]] = field(default_factory=dict)

    def give(self, model: Kind, before: int, count: int) -> None:
        """The lines of a kind get the numbers after `before`."""
        self._blocks[model] = (before, count)

    def tell(self, model: Kind, pks: list[int]) -> None:
        """The lines of a shared kind are these rows."""
        self._listed[model] = pks

    def knows(self, model: Kind) -> bool:
        return model in self._blocks or model in self._listed

    def pk_of(self, model: Kind, line: int) -> int:
        """Raises ValueError for a line that there is not."""
        if model in self._listed:
            if 1 <= line <= len(self._listed[model]):
                return self._listed[model][line - 1]
        elif model in self._blocks:
            before, count = self._blocks[model]
            if 1 <= line <= count:
                return before + line
        raise ValueError(f"there is no line {line} of {kind_name(model)}")


def reserve(model: Kind, count: int) -> int:
    """Set aside as many numbers of a table, and return the one before the first. Within a transaction, which on
    PostgreSQL keeps others from writing to the table; on SQLite there is one writer anyway."""
    table = model._meta.db_table
    highest: int = model._base_manager.aggregate(most=Max("pk"))["most"] or 0
    if count == 0:
        return highest
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            given = cursor.fetchone()
            return max(highest, given[0] if given else 0)
        name = connection.ops.quote_name(table)
        cursor.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [name])
        (sequence,) = cursor.fetchone()
        cursor.execute("SELECT nextval(%s)", [sequence])
        highest = max(highest, cursor.fetchone()[0])
        cursor.execute("SELECT setval(%s, %s)", [sequence, highest + count])
    return highest
