"""The standard, as Django knows it."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from portfolio import walls
from units.own_walls import WALLS


class UnitsConfig(AppConfig):
    name = "units"

    def ready(self) -> None:
        walls.register(self.label, WALLS)
        import_string("units.leaving.register")()
