"""Remove what was typed and never sent, once nobody goes on with it. Run it daily."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import work


class Command(BaseCommand):
    help = "Remove what was typed into forms and not sent, where nobody has gone on with it for thirty days."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Forms removed: {work.sweep(timezone.now())}.")
