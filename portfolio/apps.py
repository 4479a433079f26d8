"""The ground floor, as Django knows it."""

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "portfolio"
    verbose_name = "NVQ Portfolio"
