"""The upper floor, as Django knows it."""

from django.apps import AppConfig

from assessments.own_walls import WALLS
from portfolio import walls


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        walls.register(self.label, WALLS)
