"""A backup of 100,000 items of evidence, a second one the day after, and all of it put back and verified.

    python -m bench.backup
    python -m bench.backup --items 4800

Beside it, in the same run, what the machine takes to copy the same files and the same database without looking at them.
Works in a database and a directory of its own, writes bench/results/backup.md, and exits with 1 where what was put back
is not what was there.
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from bench.installation import DIRECTORY, HERE, standing

# isort: split
import hashlib
import platform

from django.conf import settings
from django.db import connection
from django.utils import timezone

from assessments.models import Evidence
from bench.centre import Staffed, open_centre
from bench.loading import fill
from bench.measuring import high_water
from bench.plan import ITEMS
from portfolio import backup, vault
from portfolio.models import AuditEvent, StoredFile

T = TypeVar("T")
UNITS = 4
SIZE = 4096
"""Bytes of each file: what a machine needs for many files shows with small ones."""


def timed(act: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    found = act()
    return time.perf_counter() - begun, found


def give_files(staffed: Staffed, count: int) -> None:
    """As many files, each its own, in the vault and known to the database."""
    now, rows = timezone.now(), []
    for _ in range(count):
        content = secrets.token_bytes(SIZE)
        digest = hashlib.sha256(content).hexdigest()
        path = Path(settings.VAULT_DIR) / vault.place_in_vault(staffed.centre.pk, digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows.append(
            StoredFile(centre=staffed.centre, sha256=digest, size=SIZE, content_type="application/pdf", stored_at=now)
        )
    StoredFile.objects.bulk_create(rows, batch_size=2000)


def plainly(target: Path) -> None:
    """The same files and the same database, copied without looking at them."""
    shutil.copytree(settings.VAULT_DIR, target / "vault")
    backup.copy_database(target / "database")


def put_back(place: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """By the command, in a process of its own, as somebody does it on an empty machine."""
    environment = os.environ | {"NVQ_DATA_DIR": str(target)}
    command = [sys.executable, str(HERE.parent / "manage.py"), "restore", str(place)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000, help="items of evidence, a file for each")
    options = parser.parse_args()
    if connection.vendor != "sqlite":
        parser.error("It puts the backup back into an installation of its own: run it without DATABASE_URL.")
    with standing():
        now = timezone.now()
        staffed = open_centre("Harbour", now)
        fill(staffed, range(1, -(-options.items // (UNITS * ITEMS)) + 1), now)
        give_files(staffed, options.items)
        before = high_water(os.getpid())
        target = DIRECTORY / "backups"
        plain, _ = timed(lambda: plainly(DIRECTORY / "plain"))
        first, made = timed(lambda: backup.make(target, at=now))
        second, again = timed(lambda: backup.make(target, at=now + timedelta(days=1)))
        most = high_water(os.getpid())
        read, _ = timed(lambda: backup.check(made.place))
        back, ran = timed(lambda: put_back(made.place, DIRECTORY / "elsewhere"))
        size = (made.place / backup.DATABASE["sqlite"]).stat().st_size
        told = [
            "# Backup and restore",
            "",
            f"{Evidence.objects.count():,} items of evidence, {made.files:,} files ({made.bytes / 2**20:,.0f} MiB), "
            f"{AuditEvent.objects.count():,} lines of the audit book, a database of {size / 2**20:,.0f} MiB, on "
            f"{platform.machine()} with {os.cpu_count()} cores. Printed by `python -m bench.backup`.",
            "",
            "| step | seconds | of a plain copy |",
            "|---|--:|--:|",
            f"| files and database copied without looking at them | {plain:.1f} | 1.0 |",
            f"| first backup: every file read against its digest and flushed | {first:.1f} | {first / plain:.1f} |",
            f"| backup of the day after, {again.copied} files new | {second:.1f} | {second / plain:.1f} |",
            f"| read against its digests | {read:.1f} | {read / plain:.1f} |",
            f"| put back, and every line of the audit books walked | {back:.1f} | {back / plain:.1f} |",
            "",
            f"Most memory of the process: {before} MiB before the first backup, {most} MiB after the second.",
            "",
            ran.stdout.strip() or ran.stderr.strip(),
        ]
        print("\n".join(told))
    (HERE / "results" / "backup.md").write_text("\n".join(told) + "\n")
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
