"""Ask again for documents whose worker was lost. Run it every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import press


class Command(BaseCommand):
    help = "Queue again every document that waits for a worker that was lost."

    def handle(self, *args: Any, **options: Any) -> None:
        count = press.requeue_lost(at=timezone.now())
        self.stdout.write(f"Documents queued again: {count}.")
