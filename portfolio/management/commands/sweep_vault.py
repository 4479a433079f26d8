"""Remove bytes that no row knows: what a rolled-back act or a killed process left in the vault. Run it daily.

What was drawn of files goes by the same rule, and is asked for again where it is missing.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portfolio import renditions, vault


class Command(BaseCommand):
    help = "Remove bytes older than a day that no stored file refers to, and uploads that were cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = bool(options["dry_run"])
        swept = vault.sweep(dry_run=dry_run) + renditions.sweep(dry_run=dry_run)
        for path in swept:
            self.stdout.write(f"{'Would go' if dry_run else 'Gone'}: {path}")
        self.stdout.write(f"Files {'that would go' if dry_run else 'removed'}: {len(swept)}.")
        if not dry_run:
            self.stdout.write(f"Renditions queued: {renditions.mend(at=timezone.now())}.")
