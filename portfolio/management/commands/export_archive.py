"""Write the whole record of a centre into one archive, which `import_archive` reads back in another installation.

Everything is in it, also restricted files of which nobody but their investigators knows: it is for whoever runs the
installation. docs/archive.md describes it.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.module_loading import import_string

from portfolio import audit
from portfolio.archive.packing import pack
from portfolio.archive.selection import Selection
from portfolio.models import Centre

PAGES = "assessments.archive.pages.add_pages"


class Command(BaseCommand):
    help = "Write the whole record of a centre, with all its files, into one archive (a ZIP that is a BagIt bag)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("centre", help="the centre's short name in addresses, e.g. northgate")
        parser.add_argument("file", type=Path, help="where to write the archive, e.g. northgate.zip")

    def handle(self, *args: Any, centre: str, file: Path, **options: Any) -> None:
        found = Centre.objects.filter(slug=centre).first()
        if found is None:
            names = ", ".join(Centre.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no centre {centre} here. There are: {names or 'none'}.")
        if file.exists():
            raise CommandError(f"{file} is there already: name a file that is not.")
        now, part = timezone.now(), file.with_name(f"{file.name}.part")
        try:
            index = pack(Selection(found), part, at=now, tell=self.tell, adds=import_string(PAGES))
            part.rename(file)
        finally:
            part.unlink(missing_ok=True)
        with transaction.atomic():
            told: dict[str, Any] = {"rows": sum(kind["rows"] for kind in index["files"]), "by": "command"}
            subject: Model = found
            audit.record(verb="export archive", by=None, at=now, subject=subject, centre=None, details=told)
        self.stdout.write(f"{found}: {told['rows']} rows, {file.stat().st_size} bytes in {file}.")
        for sha256 in index["missing"]:
            self.stdout.write(f"The bytes of {sha256} are not here: destroyed or shut away, as its row says.")

    def tell(self, step: str, done: int, total: int) -> None:
        """A line for each step as it begins."""
        if done == 0:
            self.stderr.write(f"{step}: {total}")
