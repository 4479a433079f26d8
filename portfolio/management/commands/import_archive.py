"""Read the whole record of a centre back from an archive that `export_archive` wrote, in whatever installation.

Everything or nothing: docs/archive.md says what is looked at first. Nobody at this installation can write meanwhile.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portfolio.archive.loading import load
from portfolio.refusal import Refusal


class Command(BaseCommand):
    help = "Read the whole record of a centre, with all its files, from an archive written by export_archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the archive, e.g. northgate.zip")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            centre = load(file, at=timezone.now(), tell=self.tell)
        except Refusal as refusal:
            raise CommandError("\n".join(refusal.sentences)) from refusal
        self.stdout.write(
            f"{centre} is here, with its book verified. Its people choose a new password by “Forgotten your password?”."
        )

    def tell(self, step: str, done: int, total: int) -> None:
        """A line for each step as it begins."""
        if done == 0:
            self.stderr.write(f"{step}: {total}")
