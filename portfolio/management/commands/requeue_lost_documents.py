"""Ask again for whatever waits for a worker that was lost: documents, tables of people … Run it every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio import importing, jobs, press, renditions, shredder
from portfolio.actions import book
from portfolio.archive import asking


class Command(BaseCommand):
    help = "Queue again every document, destruction, table of people, archive and rendition whose worker was lost."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"Documents queued again: {press.requeue_lost(at=now)}.")
        self.stdout.write(f"Destructions queued again: {shredder.requeue_lost(at=now)}.")
        self.stdout.write(f"Tables of people gone on with: {importing.requeue_lost(at=now)}.")
        self.stdout.write(f"Archives queued again: {asking.requeue_lost(at=now)}.")
        self.stdout.write(f"Checks of audit books queued again: {book.requeue_lost(at=now)}.")
        self.stdout.write(f"Batches of forms gone on with: {jobs.requeue_lost_forms(now)}.")
        self.stdout.write(f"Renditions queued again: {renditions.requeue_lost(at=now)}.")
