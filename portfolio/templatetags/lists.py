"""`{% rows %}`: a long list, written by Jinja2 (portfolio/rows.py). Every template knows it without loading it."""

from typing import Any

from django import template
from django.template import engines
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: Any, name: str, **values: Any) -> SafeString:
    """The list with what the page has, and with these values: `{% rows "by_criterion.jinja" page=found %}`."""
    written: str = engines["rows"].get_template(name).render({**context.flatten(), **values})
    return mark_safe(written)  # noqa: S308  # a template of ours, which escapes
