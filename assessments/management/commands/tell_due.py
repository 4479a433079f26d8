"""Tell people of what a day that comes near, or has passed, means for them. Run it daily, before seven."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from assessments.actions.due import tell_due


class Command(BaseCommand):
    help = (
        "Tell people of target dates, actions, links, samples, awards and roles that are due, and of what waits long."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Lines told: {tell_due(timezone.now())}.")
