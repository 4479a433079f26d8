"""Django's makemigrations, which writes constraints and indexes with their tables."""

from django.core.management.commands import makemigrations

from portfolio.migrating import Autodetector


class Command(makemigrations.Command):
    autodetector = Autodetector
