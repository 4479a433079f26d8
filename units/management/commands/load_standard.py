"""`manage.py load_standard`: the awarding bodies, the five specifications, the cross-walk and the statements."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from units.actions import publish_standard
from units.models import Unit
from units.rules import unit_reference_warnings
from units.standard import FIXTURES


class Command(BaseCommand):
    help = "Load the standard from fixtures/ and publish its units. Run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing. Raises CommandError when a fixture differs from what is published."""
        with transaction.atomic():
            for fixture in FIXTURES:
                self.load(fixture)
            published = publish_standard(at=timezone.now())
        for unit in published:
            self.report(unit, **options)

    def load(self, fixture: str) -> None:
        try:
            call_command("loaddata", fixture, verbosity=0)
        except IntegrityError as refused:
            raise CommandError(f"Nothing was loaded. {refused}") from refused

    def report(self, unit: Unit, *, verbosity: int, **options: Any) -> None:
        if verbosity:
            self.stdout.write(f"Published {unit.awarding_body} {unit} (version {unit.version}).")
        for warning in unit_reference_warnings(unit.unit_reference_number) if unit.unit_reference_number else []:
            self.stderr.write(warning)
