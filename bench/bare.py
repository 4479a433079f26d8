"""The yardstick: a bare Django page behind the same middleware. One template, fifty rows, five queries.

The queries are the session, the person, their roles, a centre and the fifty rows.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from portfolio.access import SignedInRequest, signed_in
from portfolio.models import Centre
from units.models import Criterion

ROWS = 50


@signed_in
def bare(request: SignedInRequest) -> HttpResponse:
    """Fifty rows of three columns."""
    context = {"centre": Centre.objects.earliest("pk"), "rows": Criterion.objects.select_related("unit")[:ROWS]}
    return render(request, "bench/bare.html", context)


urlpatterns = [path("bare/", bare, name="bare"), path("", include("portfolio.urls"))]
