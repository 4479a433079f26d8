"""Remove what has been kept long enough: forms never sent, tables of people, and news. Run it daily."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import importing, notices, work


class Command(BaseCommand):
    help = "Remove forms not sent and tables of people after thirty days, and news after ninety."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"Forms removed: {work.sweep(now)}.")
        self.stdout.write(f"Tables of people removed: {importing.sweep(now)}.")
        self.stdout.write(f"News removed: {notices.sweep(now)}.")
