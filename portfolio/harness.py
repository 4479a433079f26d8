"""The test harness: stricter than production, and the one place that may take the walls down."""

from typing import Any

from django.test import TransactionTestCase

from portfolio import walls


def take_walls_down_to_flush(patch: Any) -> None:
    """A transactional test ends by emptying every table, which the walls refuse: down for that moment only.

    `patch` is pytest's MonkeyPatch. Ordinary tests roll back, so they never take a wall down.
    """
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # the stubs leave it out

    def flush_without_walls(case: TransactionTestCase) -> None:
        walls.take_down()
        try:
            flush(case)
        finally:
            walls.build()

    patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_walls)
