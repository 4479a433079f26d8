"""Ask the scanner again about files whose worker was lost. Run it every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import scanning


class Command(BaseCommand):
    help = "Queue again the scan of every file that waits for a worker that was lost."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Scans queued again: {scanning.ask_again(timezone.now())}.")
