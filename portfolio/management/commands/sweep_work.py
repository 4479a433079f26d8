"""Remove what was typed and never sent, once nobody goes on with it, and news that is old. Run it daily."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import notices, work


class Command(BaseCommand):
    help = "Remove forms not sent, where nobody has gone on with them for thirty days, and news older than ninety."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"Forms removed: {work.sweep(now)}.")
        self.stdout.write(f"News removed: {notices.sweep(now)}.")
