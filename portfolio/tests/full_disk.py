"""A disk without room, for tests."""

import contextlib
import ctypes
import functools
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings as house
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


# --- a disk of some megabytes ----------------------------------------------------------------------------------------

NEW_MOUNTS = 0x20000  # CLONE_NEWNS of sched.h
PRIVATE, RECURSIVE = 1 << 18, 1 << 14  # MS_PRIVATE and MS_REC of sys/mount.h
PROBE = """
import pathlib, sys, tempfile
from portfolio.tests.full_disk import small_disk
with tempfile.TemporaryDirectory() as folder, small_disk(pathlib.Path(folder), 1):
    pass
"""


@functools.cache
def may_mount() -> bool:
    """Whether the kernel lets us have a disk of our own: root may, but not in every container."""
    command = [sys.executable, "-c", PROBE]
    return subprocess.run(command, cwd=house.BASE_DIR, capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of so many MiB at `folder`, which this thread alone sees, and which goes at the end."""
    here, before = Path.cwd(), os.open("/proc/thread-self/ns/mnt", os.O_RDONLY)
    try:
        asked(libc().unshare(NEW_MOUNTS))
        try:
            asked(libc().mount(b"none", b"/", None, ctypes.c_ulong(PRIVATE | RECURSIVE), None))
            size = f"size={megabytes}m".encode()
            asked(libc().mount(b"none", bytes(folder), b"tmpfs", ctypes.c_ulong(0), size))
            yield
        finally:
            asked(libc().setns(before, NEW_MOUNTS))
            os.chdir(here)
    finally:
        os.close(before)


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def asked(answer: int) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def filled(folder: Path, leaving: int = 0) -> Iterator[None]:
    """Whatever room its disk has is taken, but so many bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size - leaving))
    try:
        yield
    finally:
        ballast.unlink()
