"""Templates of plain text, such as letters: nothing in them is escaped, and what comes of one is no HTML."""

from collections.abc import Mapping
from typing import Any

from django.template import Context, Engine


def plain_text(template: str, context: Mapping[str, Any]) -> str:
    """What the template says, without blank lines around it."""
    written: str = Engine.get_default().get_template(template).render(Context(dict(context), autoescape=False))
    return written.strip()  # a plain string: Django holds all that it renders to be safe HTML
