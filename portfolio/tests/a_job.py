"""A job for tests of the queue: writes a line for each time it begins, and hangs while a file is there."""

import signal
import time
from pathlib import Path

from django.core.management import call_command
from django_tasks import task

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)


@task()
def write_down(folder: str) -> None:
    with (Path(folder) / "begun").open("a") as file:
        file.write("begun\n")
    while (Path(folder) / "hang").exists():
        time.sleep(0.05)
    (Path(folder) / "done").write_text("done")


@task()
def fail() -> None:
    raise OSError("No space left on device")


def work() -> None:
    """Do all that waits, as a worker of this process, which lays hold of no signal for longer."""
    before = [signal.getsignal(number) for number in CAUGHT]
    try:
        call_command("db_worker", "--batch", "--no-startup-delay")
    finally:
        for number, handler in zip(CAUGHT, before, strict=True):
            signal.signal(number, handler)
