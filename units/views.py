"""Pages of the standard: which units there are, and what each asks for."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from portfolio.access import SignedInRequest, signed_in
from units.models import Unit
from units.queries import unit_lines, unit_page


@signed_in
def unit_list(request: SignedInRequest) -> HttpResponse:
    """Every unit in use."""
    return render(request, "units/list.html", {"units": unit_lines(Unit.objects.visible_to(request.user))})


@signed_in
def unit(request: SignedInRequest, key: str, version: int) -> HttpResponse:
    """A unit to read, in the order of its original."""
    found = get_object_or_404(
        Unit.objects.visible_to(request.user).select_related("awarding_body", "publication"), key=key, version=version
    )
    trail = [("Units", reverse("units:list")), (found.short_code, None)]
    return render(request, "units/unit.html", {"page": unit_page(found), "unit": found, "trail": trail})
