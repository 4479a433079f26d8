"""Components of which a page has dozens, drawn by a filter. Every template knows these without loading them.

Including a template for each row of a list costs more than the row. Here the component's own template is rendered once,
with signs where its values go, and the values are put in their places.
"""

import datetime
from functools import lru_cache
from typing import Any, Protocol

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from portfolio.templatetags.times import age, exactly, stamp

register = template.Library()
SIGN = "\N{SYMBOL FOR UNIT SEPARATOR}"
"""Stands on both sides of a value's name in a component that was rendered without it."""


class Layered(Protocol):
    """How many of `total` got at least so far."""

    @property
    def total(self) -> int: ...
    @property
    def claimed(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def confirmed(self) -> int: ...


@register.filter
def layers(progress: Layered, of: str) -> SafeString:
    """`components/layers_bar.html` of a progress: `{{ unit.progress|layers:"criteria" }}`."""
    return drawn(
        "layers_bar",
        (("of", of),),
        total=progress.total,
        claimed=progress.claimed,
        accepted=progress.accepted,
        confirmed=progress.confirmed,
    )


@register.filter
def status(layer: str, label: str) -> SafeString:
    """`components/status_mark.html` of a layer with the words beside it: `{{ row.layer|status:row.words }}`."""
    return drawn("status_mark", (("layer", str(layer)),), label=label)


@register.filter
def mark(layer: str, label: str) -> SafeString:
    """`components/mark.html` of a layer with the words it is read out as: `{{ cell.layer|mark:cell.label }}`."""
    return drawn("mark", (("layer", str(layer)),), label=label)


@register.filter
def aged(since: datetime.datetime) -> SafeString:
    """`components/age.html` of a moment: `{{ item.since|aged }}`."""
    return drawn("age", (), stamp=stamp(since), exactly=exactly(since), age=age(since))


def drawn(component: str, fixed: tuple[tuple[str, str], ...], **values: Any) -> SafeString:
    """The component with what is fixed, and these values in their places, escaped as a template does it."""
    found = blank(component, fixed, tuple(values))
    for name, value in values.items():
        found = found.replace(f"{SIGN}{name}{SIGN}", str(conditional_escape(value)))
    return mark_safe(found)  # noqa: S308  # a template of ours, with escaped values


@lru_cache
def blank(component: str, fixed: tuple[tuple[str, str], ...], names: tuple[str, ...]) -> str:
    """The component with signs for these values, rendered once."""
    signs = {name: f"{SIGN}{name}{SIGN}" for name in names}
    return render_to_string(f"components/{component}.html", {**dict(fixed), **signs}).strip()
