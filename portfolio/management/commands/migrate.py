"""Django's migrate, which also writes the walls, one at a time, while people go on working."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from portfolio import walls
from portfolio.migrating import Autodetector, one_at_a_time


class Command(migrate.Command):
    autodetector = Autodetector

    def check(self, *args: Any, **kwargs: Any) -> None:
        """Check as Django does, but not yet whether the walls stand: migrating is what builds them."""
        with walls.about_to_be_built():
            super().check(*args, **kwargs)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Django's checks ask the database, which cannot answer while somebody else migrates it."""
        try:
            with one_at_a_time(connections[options["database"]], self.wait):
                return super().execute(*args, **options)
        except OperationalError as problem:
            if "lock timeout" not in str(problem):
                raise
            raise CommandError(
                "A table was in use for too long, so the migration at hand was not made; those before it were. "
                "Run this again, when less is going on if need be."
            ) from problem

    def wait(self) -> None:
        self.stdout.write("Somebody else is migrating this database; waiting.")
