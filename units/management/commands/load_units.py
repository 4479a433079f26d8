"""`manage.py load_units FILE…`: units for every centre, from files of any format that the pages read."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portfolio.refusal import Refusal
from units.actions import load_units
from units.models import AwardingBody, Unit


class Command(BaseCommand):
    help = "Bring units in for every centre, from files as docs/units-format.md describes them, and publish them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--awarding-body", default="", help="its code, for files that do not say it")
        parser.add_argument("--version-number", type=int, help="the same of the version")

    def handle(
        self, *args: Any, files: list[Path], awarding_body: str, version_number: int | None, **options: Any
    ) -> None:
        """All files or none. Raises CommandError with every fault of the first that has any."""
        body = AwardingBody.objects.filter(code=awarding_body).first()
        if awarding_body and body is None:
            raise CommandError(f"Nothing was loaded. There is no awarding body “{awarding_body}”.")
        with transaction.atomic():
            made = [unit for file in files for unit in self.load(file, body, version_number)]
        for unit in made:
            self.stdout.write(f"Published {unit.awarding_body} {unit} (version {unit.version}).")

    def load(self, file: Path, body: AwardingBody | None, version: int | None) -> list[Unit]:
        try:
            content = file.read_bytes()
            return load_units(content=content, name=file.name, at=timezone.now(), awarding_body=body, version=version)
        except OSError as error:
            raise CommandError(f"Nothing was loaded. {file} cannot be read: {error.strerror}.") from error
        except Refusal as refusal:
            raise CommandError("\n".join([f"Nothing was loaded. {file.name}:", *refusal.sentences])) from refusal
