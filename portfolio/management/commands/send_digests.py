"""Write everybody the e-mail of what is new, at the rhythm they chose. Run it every hour."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import digest


class Command(BaseCommand):
    help = "Write the e-mails of what is new: to each person who is due one, and nobody the same line twice."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"E-mails written: {digest.send(timezone.now())}.")
