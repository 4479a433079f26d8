"""Remove what has been kept long enough: forms never sent, tables of people, files, sign-ins, news. Daily."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import counts, importing, jobs, notices, sessions, work
from portfolio.archive import asking


class Command(BaseCommand):
    help = (
        "Remove sign-ins that are over, files put together, forms not sent, tables of people and news kept long enough."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"Forms removed: {work.sweep(now)}.")
        self.stdout.write(f"Tables of people removed: {importing.sweep(now)}.")
        self.stdout.write(f"Files of units forgotten: {jobs.sweep_units(now)}.")
        self.stdout.write(f"Archives removed: {asking.sweep(now)}.")
        self.stdout.write(f"Files of forms removed: {jobs.sweep_gathered(now)}.")
        self.stdout.write(f"Sign-ins forgotten: {sessions.sweep(now)}.")
        self.stdout.write(f"Tries to sign in forgotten: {sessions.sweep_tries(now)}.")
        self.stdout.write(f"Counts of tries forgotten: {counts.sweep(now)}.")
        self.stdout.write(f"News removed: {notices.sweep(now)}.")
