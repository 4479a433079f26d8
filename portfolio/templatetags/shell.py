"""Template tags of the page shell: whose navigation it is, where they are, how old things are."""

import datetime
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portfolio.access import Standing
from portfolio.enums import Role

register = template.Library()


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
    try:
        address = reverse(page)
    except NoReverseMatch:
        return {"address": "", "label": label, "current": False}
    request = context["request"]
    arrived = leads_to and request.resolver_match and request.resolver_match.view_name == leads_to
    return {"address": address, "label": label, "current": bool(request.path == address or arrived)}


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
