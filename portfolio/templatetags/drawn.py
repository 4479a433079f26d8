"""Components of which a page has dozens, drawn by a filter. Every template knows these without loading them.

Including a template for each row of a list costs more than the row: they are macros of templates/rows/marks.jinja.
"""

import datetime
from functools import lru_cache
from typing import Any, Protocol

from django import template
from django.template import engines
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class Layered(Protocol):
    """How many of `total` got at least so far, and whether a signature on that is out of date."""

    @property
    def total(self) -> int: ...
    @property
    def claimed(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def confirmed(self) -> int: ...
    @property
    def stale(self) -> bool: ...


@register.filter
def layers(progress: Layered, of: str) -> SafeString:
    """Progress in layers: `{{ unit.progress|layers:"criteria" }}`."""
    return drawn("layers", progress, of)


@register.filter
def status(layer: str, label: str) -> SafeString:
    """The mark of a layer with the words beside it: `{{ row.layer|status:row.words }}`."""
    return drawn("status", layer, label)


@register.filter
def mark(layer: str, label: str) -> SafeString:
    """The mark of a layer with the words it is read out as: `{{ cell.layer|mark:cell.label }}`."""
    return drawn("mark", layer, label)


@register.filter
def aged(since: datetime.datetime) -> SafeString:
    """How long ago a moment was: `{{ item.since|aged }}`."""
    return drawn("aged", since)


def drawn(component: str, *values: Any) -> SafeString:
    """A component with these values, which it escapes."""
    found: str = getattr(components(), component)(*values)
    return mark_safe(found)  # noqa: S308  # a template of ours, which escapes


@lru_cache
def components() -> Any:
    """The macros, made once."""
    made: Any = engines["rows"]
    return made.env.get_template("marks.jinja").module
