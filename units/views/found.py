"""A unit or a qualification by its address, as far as it exists for the person."""

from typing import TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from portfolio.refusal import Refusal
from portfolio.views.people import Trail
from units.models import Qualification, Unit

Of = TypeVar("Of", Unit, Qualification)


def units_trail() -> Trail:
    return [("Units", reverse("units:list"))]


def at_address(known: QuerySet[Of], key: str, version: int) -> Of:
    """That version, of those that exist for the person, with its awarding body, centre and publication; else 404."""
    whole = known.select_related("awarding_body", "centre", "publication")
    return get_object_or_404(whole, key=key, version=version)


def draft_at(kept: QuerySet[Of], key: str, version: int, *, instead: str) -> Of:
    """The same while it can be changed; 409 with the reason, and what to do `instead`, once it is published."""
    found = at_address(kept, key, version)
    if hasattr(found, "publication"):
        raise Refusal([f"{found} is published, so it stands as it is. {instead}"])
    return found
