"""The standard, as Django knows it."""

from django.apps import AppConfig

from portfolio import walls
from units.own_walls import WALLS


class UnitsConfig(AppConfig):
    name = "units"

    def ready(self) -> None:
        walls.register(self.label, WALLS)
