"""The front door: everybody lands on what they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods

from portfolio.access import SignedInRequest, signed_in
from portfolio.enums import Role
from portfolio.views.news import on_home


@dataclass(frozen=True)
class Section:
    """The first page of a role: its address by name, what it is called, what is found there."""

    url_name: str
    title: str
    about: str

    @property
    def url(self) -> str | None:
        """Its address, or None where the floor above has no such page."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return None


@signed_in
@require_http_methods(["GET", "HEAD"])
def home(request: HttpRequest, sections: Mapping[Role, Section]) -> HttpResponse:
    """Straight to the one page of somebody with one role; a list for somebody with several, or with none today."""
    asked = cast(SignedInRequest, request)
    standing = asked.standing
    mine = dict.fromkeys(section for role, section in sections.items() if standing.holds(role))
    if len(mine) == 1 and (url := next(iter(mine)).url):
        return redirect(url)
    return render(request, "portfolio/home.html", {"sections": list(mine), **on_home(asked)})
