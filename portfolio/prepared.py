"""Statements that PostgreSQL plans once for each connection, and not each time they are asked (ADR 52)."""

import datetime
import itertools
import logging
from collections.abc import Callable, Sequence
from typing import Any

import psycopg2
from django.db import connection
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_INTRANS, AsIs

logger = logging.getLogger(__name__)

NUMBERS = itertools.count(1)
LONGEST = 40
"""Letters of a question's name that its statement is called by; PostgreSQL takes 63 with the number."""


def type_of(value: Any) -> str:
    """The type that PostgreSQL gives what is filled in: a number, a moment, a day or a word."""
    if isinstance(value, datetime.date):
        return "timestamptz" if isinstance(value, datetime.datetime) else "date"
    return "bigint" if isinstance(value, int) else "text"


class Prepared:
    """A statement of the connection at hand: made when it is first asked, and again where the connection was lost.

    `places` says for each parameter which of the values it stands for, or None where it is part of the question. The
    `signs` are values of the same types.
    """

    def __init__(
        self,
        question: Callable[..., Any],
        sql: str,
        params: Sequence[Any],
        places: Sequence[int | None],
        signs: Sequence[Any],
    ) -> None:
        self.name = f'"{question.__name__[:LONGEST]}_{next(NUMBERS)}"'
        self.sql, self.params, self.places = sql, params, places
        self.used = sorted({place for place in places if place is not None})
        self.types = [type_of(signs[place]) for place in self.used]
        self.made_on: Any = None
        self.is_fit = True

    def asked_with(self, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]] | None:
        """How it is asked with these values, as the driver takes them; None where PostgreSQL does not prepare it."""
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        if self.is_fit and connection.connection is not self.made_on:
            self.make()
        if not self.is_fit:
            return None
        signs = ", ".join(["%s"] * len(self.used))
        return f"EXECUTE {self.name}{signs and f' ({signs})'}", tuple(values[place] for place in self.used)

    def make(self) -> None:
        """Have PostgreSQL prepare it. Where it cannot tell what a value is for, the question is asked as before."""
        number = {place: AsIs(f"${position}") for position, place in enumerate(self.used, start=1)}
        pairs = zip(self.params, self.places, strict=True)
        params = [param if place is None else number[place] for param, place in pairs]
        types = ", ".join(self.types)
        here = connection.connection
        within = here.get_transaction_status() == TRANSACTION_STATUS_INTRANS
        with connection.wrap_database_errors, here.cursor() as cursor:
            body = cursor.mogrify(self.sql, params).decode()
            if within:
                cursor.execute("SAVEPOINT preparing")
            try:
                cursor.execute(f"PREPARE {self.name}{types and f' ({types})'} AS {body}")
            except psycopg2.ProgrammingError as refused:
                logger.warning("%s cannot be prepared: %s", self.name, refused)
                self.is_fit = False
                if within:
                    cursor.execute("ROLLBACK TO SAVEPOINT preparing")
            if within:
                cursor.execute("RELEASE SAVEPOINT preparing")
        self.made_on = here

    def forget(self) -> None:
        """Give PostgreSQL its memory back."""
        here, self.made_on = self.made_on, None
        if here is None or here is not connection.connection or here.closed:
            return
        if here.get_transaction_status() != TRANSACTION_STATUS_INERROR:
            with connection.wrap_database_errors, here.cursor() as cursor:
                cursor.execute(f"DEALLOCATE {self.name}")
