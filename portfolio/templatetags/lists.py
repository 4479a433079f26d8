"""`{% rows %}`: a long list, written by Jinja2 (portfolio/rows.py); `options`: what a list to choose from offers.

Every template knows them without loading them.
"""

from typing import Any

from django import template
from django.forms import BoundField
from django.template import engines
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: Any, name: str, **values: Any) -> SafeString:
    """The list with what the page has, and with these values: `{% rows "by_criterion.jinja" page=found %}`."""
    written: str = engines["rows"].get_template(name).render({**context.flatten(), **values})
    return mark_safe(written)  # noqa: S308  # a template of ours, which escapes


@register.filter
def options(field: BoundField) -> SafeString:
    """The choices of a field, written out: a filter has a hundred of them."""
    chosen, choices = field.data, field.field.choices  # type: ignore[attr-defined]
    lines = ((value, " selected" if chosen == str(value) else "", words) for value, words in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', lines)
