"""Processes that a test started: whether one lives, and waiting for what they do."""

import time
from collections.abc import Callable
from pathlib import Path


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
