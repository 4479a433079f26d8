"""The standard, as Django knows it."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "units"
