"""A document of the tests' own, on the house's base."""

from typing import Any

import pytest_django
from django.utils import timezone

from portfolio import press
from portfolio.models import Centre, Document, User

TEMPLATE = """{% extends "documents/base.html" %}{% block title %}Letter{% endblock %}
{% block main %}<h1>{{ facts.name }}</h1>{% endblock %}"""
FACTS = {"name": "Siân Ŵyr", "criteria": ["1.1", "1.2"]}


def add_template(settings: pytest_django.Settings, source: str = TEMPLATE) -> None:
    """Let `documents/letter.html` be found beside all that the house has."""
    engine: dict[str, Any] = dict(settings.TEMPLATES[0])
    loaders = [
        ("django.template.loaders.locmem.Loader", {"documents/letter.html": source}),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    engine["OPTIONS"] = engine["OPTIONS"] | {"loaders": loaders}
    settings.TEMPLATES = [{key: value for key, value in engine.items() if key != "APP_DIRS"}]


def wait_for_a_worker(settings: pytest_django.Settings) -> None:
    """Jobs wait for a worker, as in production."""
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def ask(centre: Centre, by: User, *, issued: bool = False, **facts: Any) -> Document:
    """Ask for the letter about the centre."""
    return press.ask(
        centre=centre,
        kind="letter",
        facts={**FACTS, **facts},
        subject=centre,
        file_name="Letter.pdf",
        issued=issued,
        by=by,
        at=timezone.now(),
    )


def made(document: Document) -> Document:
    """The document after its job has run."""
    press.make(document.pk)
    document.refresh_from_db()
    return document
