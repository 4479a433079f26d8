"""Send the letters that are still waiting."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portfolio.post import send_waiting


class Command(BaseCommand):
    help = "Send the letters whose turn has come: run it every few minutes, for what a killed worker left behind."

    def handle(self, *args: Any, **options: Any) -> None:
        sent, failed = send_waiting(timezone.now())
        self.stdout.write(f"{sent} sent.")
        if failed:
            raise CommandError(f"{failed} could not be sent: the reasons are kept with them, and they are tried again.")
