"""Template tags of the page shell: whose navigation it is, and where they are."""

from typing import Any

from django import template

from portfolio.access import Standing
from portfolio.enums import Role
from portfolio.templatetags.addresses import address_of

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
    """A link to a page by its name, marked when that page is shown, or one that it leads on to (names, with spaces).

    Empty where no such page is mounted.
    """
    request, address = context["request"], address_of(page)
    if not address:
        return {"address": "", "label": label, "current": False}
    arrived = request.resolver_match and request.resolver_match.view_name in leads_to.split()
    return {"address": address, "label": label, "current": bool(request.path == address or arrived)}
