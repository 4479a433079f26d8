"""`manage.py load_qualifications FILE…`: qualifications that belong to the standard, written down with natural keys."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portfolio.refusal import Refusal
from units.actions import publish_qualification
from units.models import Qualification
from units.qualifications import structure_of, warnings_of


class Command(BaseCommand):
    help = "Load qualifications from JSON fixtures, for every centre, and publish them. Run again, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fixtures", nargs="+", help="JSON files, as docs/operations.md describes them")

    def handle(self, *args: Any, fixtures: list[str], **options: Any) -> None:
        """All or nothing. Raises CommandError when a fixture differs from what is published, or makes no award."""
        with transaction.atomic():
            try:
                call_command("loaddata", *fixtures, verbosity=0)
            except IntegrityError as refused:
                raise CommandError(f"Nothing was loaded. {refused}") from refused
            loaded = Qualification.objects.filter(centre=None, publication=None).select_related("awarding_body")
            for qualification in list(loaded):
                self.publish(qualification)

    def publish(self, qualification: Qualification) -> None:
        try:
            publish_qualification(qualification=qualification, by=None, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(f"Nothing was loaded. {qualification}: {' '.join(refusal.sentences)}") from refusal
        self.stdout.write(f"Published {qualification} (version {qualification.version}).")
        for warning in warnings_of(qualification, structure_of(qualification)):
            self.stderr.write(warning)
