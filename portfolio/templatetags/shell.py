"""Template tags of the page shell: whose navigation it is, where they are, how old things are."""

import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone

from portfolio.access import Standing
from portfolio.enums import Role

register = template.Library()
RECORD = "9876543210123456789"
"""Stands for a record's number in an address: no address has it otherwise."""


@register.filter
def holds(standing: Standing, roles: str) -> bool:
    """Whether the person holds any of the roles, written with spaces between."""
    return bool(standing.centres(*(Role(role) for role in roles.split())))


@register.filter
def roles(standing: Standing) -> list[str]:
    """The names of the person's roles, in the order of the enum."""
    return [role.label for role in Role if standing.holds(role)]


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(context: dict[str, Any], label: str, page: str, leads_to: str = "") -> dict[str, Any]:
    """A link to a page by its name, marked when that page is shown, or the one that it leads on to.

    Empty where no such page is mounted.
    """
    request, address = context["request"], address_of(page)
    if not address:
        return {"address": "", "label": label, "current": False}
    arrived = leads_to and request.resolver_match and request.resolver_match.view_name == leads_to
    return {"address": address, "label": label, "current": bool(request.path == address or arrived)}


@register.filter
def link(pk: int, page: str) -> str:
    """The address of a page that shows one record: `{{ row.pk|link:"assessments:judge" }}`.

    For lists, which link to dozens: the tag `url` works each address out anew.
    """
    return pattern_of(page, get_urlconf(), get_script_prefix()).replace(RECORD, str(pk))


def address_of(page: str) -> str:
    """The address of a page that is the same for all; empty where no such page is mounted."""
    return plain_address(page, get_urlconf(), get_script_prefix())


@lru_cache
def plain_address(page: str, urlconf: str | None, prefix: str) -> str:
    """The same, worked out once for a table of addresses and where it is mounted."""
    try:
        return reverse(page, urlconf)
    except NoReverseMatch:
        return ""


@lru_cache
def pattern_of(page: str, urlconf: str | None, prefix: str) -> str:
    """The address of the page with a number in place of the record's. Raises NoReverseMatch where there is none."""
    return reverse(page, urlconf, args=[int(RECORD)])


@register.filter
def stamp(moment: datetime.datetime) -> str:
    """A moment for machines. A list shows dozens: the `date` filter takes ten times as long for each."""
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
