"""Walk every audit book and name the first line of each that does not hold."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from portfolio import audit
from portfolio.models import AuditChain


class Command(BaseCommand):
    help = "Verify every audit book. Exit status 1 when a line of one does not hold; the first such line is named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--heads", help="a file kept from export_heads: also shows a book that was cut or rewritten"
        )

    def handle(self, *args: Any, heads: str | None, **options: Any) -> None:
        broken = list(self.broken_books())
        if heads:
            with open(heads, encoding="utf-8") as file:
                broken.extend(broken_heads(file))
        if broken:
            raise CommandError("\n".join(broken))

    def broken_books(self) -> Iterator[str]:
        """One sentence for each book that does not hold; the others are reported as they are read."""
        for chain in AuditChain.objects.select_related("centre").order_by("pk"):
            broken = audit.verify(chain)
            if broken:
                yield f"{chain} ({audit.name_of(chain)}): {broken}"
            else:
                self.stdout.write(f"{chain} ({audit.name_of(chain)}): {chain.length} lines hold.")


def broken_heads(file: TextIO) -> Iterator[str]:
    """One sentence for each head kept outside that its book no longer leads through."""
    for number, text in enumerate(file, start=1):
        try:
            kept = json.loads(text)
            holds = audit.leads_through(kept["book"], kept["length"], kept["head"])
        except (ValueError, TypeError, KeyError) as error:
            raise CommandError(f"{file.name}, line {number} was not written by export_heads.") from error
        if not holds:
            yield f"{kept['book']}: line {kept['length']} is not the one exported at {kept['exported_at']}."
