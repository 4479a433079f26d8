"""The candidate's home."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.queries.candidate import own_portfolio
from assessments.queries.registration import own_awards
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.views.news import on_home

SHORT_LIST = 8


@holds(Role.CANDIDATE)
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """My units, and what waits for me, newest first. `?all=1` shows everything that waits."""
    mine = own_portfolio(request.user, request.standing.day)
    everything = request.GET.get("all") == "1"
    context = {
        "units": mine.units,
        "awards": own_awards(request.user),
        "waiting": mine.waiting if everything else mine.waiting[:SHORT_LIST],
        "more": 0 if everything else max(len(mine.waiting) - SHORT_LIST, 0),
        "several_centres": len({unit.enrolment.centre_id for unit in mine.units}) > 1,
        **on_home(request),
    }
    return render(request, "assessments/evidence/home.html", context)
