"""When something was, in words. Every template knows these filters without loading them (settings.TEMPLATES)."""

import datetime
from typing import Any

from django import template
from django.template import defaultfilters
from django.utils import timezone

register = template.Library()
WRITTEN = {
    "j F Y": "%-d %B %Y",
    "j M Y": "%-d %b %Y",
    "j F Y, H:i": "%-d %B %Y, %H:%M",
    "j F Y, H:i:s": "%-d %B %Y, %H:%M:%S",
}
"""How the pages write a day or a moment, as Django says it and as Python does."""


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, form: str | None = None) -> str:
    """`date` as Django has it. The forms of our pages are written by Python, as Django takes ten times as long."""
    if isinstance(value, datetime.date) and form in WRITTEN:
        return value.strftime(WRITTEN[form])
    return defaultfilters.date(value, form)


@register.filter
def stamp(moment: datetime.datetime) -> str:
    """A moment for machines."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


@register.filter
def exactly(moment: datetime.datetime) -> str:
    """A moment to the minute, in words."""
    return f"{timezone.localtime(moment):%-d %B %Y, %H:%M}"


@register.filter
def day(date: datetime.date) -> str:
    """A day in words: of a date, or of a moment where we are."""
    found = timezone.localtime(date) if isinstance(date, datetime.datetime) else date
    return f"{found:%-d %B %Y}"


@register.filter
def age(since: datetime.datetime) -> str:
    """How long ago in calendar days, one unit and no more: today, yesterday, 9 days, 5 weeks, 4 months, 2 years."""
    days = (timezone.localdate() - timezone.localdate(since)).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    for size, unit in ((730, 365), (120, 30), (28, 7)):
        if days >= size:
            return f"{days // unit} {({365: 'years', 30: 'months', 7: 'weeks'})[unit]}"
    return f"{days} days"
