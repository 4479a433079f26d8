"""A disk without room, for tests."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As if there were no more room: the system itself refuses to write further."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def no_room_in_the_database() -> Iterator[None]:
    """SQLite itself refuses to grow: the page that is one too many is the one that a full disk has no room for."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute("PRAGMA freelist_count")
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
