"""Put a backup back into an empty installation, and verify it; or only read it against its digests."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portfolio import backup
from portfolio.models import AuditChain
from portfolio.refusal import Refusal


class Command(BaseCommand):
    help = "Put a backup back and verify it: every file by its digest, every audit book line by line."
    # There may be no database yet, or one that is not migrated.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="one backup, e.g. /mnt/backups/2026-11-29T020000Z")
        parser.add_argument("--check", action="store_true", help="only read it against its digests")

    def handle(self, *args: Any, **options: Any) -> None:
        place: Path = options["backup"]
        before = os.umask(0o077)
        try:
            manifest = backup.check(place) if options["check"] else backup.restore(place)
        except Refusal as refusal:
            raise CommandError("\n".join(refusal.sentences)) from refusal
        finally:
            os.umask(before)
        self.stdout.write(f"{manifest['files']} files ({manifest['bytes']} bytes) and the database give their digests.")
        if options["check"]:
            return
        faults = backup.faults_after(manifest)
        if faults:
            raise CommandError("\n".join(faults))
        lines = sum(AuditChain.objects.values_list("length", flat=True))
        self.stdout.write(f"Put back as it was on {manifest['made_at']}: {lines} lines of the audit books hold.")
