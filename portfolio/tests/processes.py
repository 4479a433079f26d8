"""Processes that a test started: whether one lives, and waiting for what they do."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings as house

from portfolio import harness


def lives(pid: int) -> bool:
    """One that ended may stay listed until somebody has asked how: it does nothing any more."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(what: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it is so; fails after that long."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "It takes too long."
        time.sleep(0.02)


@contextmanager
def a_worker(name: str, program: str = "manage.py", **told: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py db_worker` on the database and the files of the test, with these variables."""
    command = [sys.executable, program, "db_worker", "--interval", "0.1", "--worker-id", name, "--verbosity", "0"]
    environment = os.environ | {"DATABASE_URL": harness.database_url(), "NVQ_DATA_DIR": str(house.DATA_DIR), **told}
    process = subprocess.Popen(command, cwd=house.BASE_DIR, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None and sys.exc_info()[0]:
            process.kill()
        process.wait(timeout=30)
