"""Make a backup of the database and the vault, while everybody goes on working."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portfolio import backup
from portfolio.refusal import Refusal


class Command(BaseCommand):
    help = "Back up the database and the vault below a folder. Exit status 1 when a file of the vault is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups lie: another disk than the data")
        in_place = "leave the files where they are, for somebody else copies them; see that each is there"
        parser.add_argument("--files-in-place", action="store_true", help=in_place)
        parser.add_argument("--keep", type=int, help="afterwards remove all but so many of the newest backups")

    def handle(self, *args: Any, folder: Path, keep: int | None, files_in_place: bool, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("Keep one backup at least.")
        before = os.umask(0o077)
        try:
            made = backup.make(folder, at=timezone.now(), in_place=files_in_place)
            self.stdout.write(f"{made.place}: {made.files} files ({made.bytes} bytes), {made.copied} of them new.")
            if keep is not None:
                old, files = backup.thin_out(folder, keep)
                self.stdout.write(f"Old backups removed: {old}, with {files} files that no other has.")
        except Refusal as refusal:
            raise CommandError(" ".join(refusal.sentences)) from refusal
        finally:
            os.umask(before)
        if made.missing:
            raise CommandError("Not in the vault: " + ", ".join(made.missing))
