"""Remove what has been kept long enough: forms never sent, tables of people, archives, and news. Run it daily."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import importing, notices, work
from portfolio.archive import asking


class Command(BaseCommand):
    help = "Remove forms not sent and tables of people after thirty days, archives after their days, news after ninety."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"Forms removed: {work.sweep(now)}.")
        self.stdout.write(f"Tables of people removed: {importing.sweep(now)}.")
        self.stdout.write(f"Archives removed: {asking.sweep(now)}.")
        self.stdout.write(f"News removed: {notices.sweep(now)}.")
