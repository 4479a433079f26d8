"""Ask again for documents and renditions whose worker was lost. Run it every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import press, renditions


class Command(BaseCommand):
    help = "Queue again every document and every rendition of a file that waits for a worker that was lost."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"Documents queued again: {press.requeue_lost(at=now)}.")
        self.stdout.write(f"Renditions queued again: {renditions.requeue_lost(at=now)}.")
