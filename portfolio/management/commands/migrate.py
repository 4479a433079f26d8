"""Django's migrate, which also writes the walls."""

from typing import Any

from django.core.management.commands import migrate

from portfolio import walls
from portfolio.migrating import Autodetector


class Command(migrate.Command):
    autodetector = Autodetector

    def check(self, *args: Any, **kwargs: Any) -> None:
        """Check as Django does, but not yet whether the walls stand: migrating is what builds them."""
        with walls.about_to_be_built():
            super().check(*args, **kwargs)
