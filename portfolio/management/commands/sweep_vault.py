"""Remove bytes that no row knows, and uploads that nobody went on with or used. Run it daily.

What was drawn of files goes by the same rule, and is asked for again where it is missing.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from portfolio import renditions, sweeping, transfers


class Command(BaseCommand):
    help = "Remove uploads that were never used, and bytes older than a day that no stored file refers to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = bool(options["dry_run"])
        now = timezone.now()
        uploads = transfers.expired(now)
        for upload in uploads if not dry_run else []:
            transfers.give_up(upload=upload, at=now)
        swept = sweeping.sweep(dry_run=dry_run) + renditions.sweep(dry_run=dry_run)
        for path in swept:
            self.stdout.write(f"{'Would go' if dry_run else 'Gone'}: {path}")
        self.stdout.write(f"Uploads {'that would expire' if dry_run else 'expired'}: {len(uploads)}.")
        self.stdout.write(f"Files {'that would go' if dry_run else 'removed'}: {len(swept)}.")
        if not dry_run:
            self.stdout.write(f"Renditions queued: {renditions.mend(at=now)}.")
