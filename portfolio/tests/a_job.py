"""A job for tests of the queue: writes a line for each time it begins, and hangs while a file is there."""

import time
from pathlib import Path

from django_tasks import task


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
