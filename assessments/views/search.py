"""Finding by words, in all that the person can see."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.queries.search import KINDS, found_for, group_of
from portfolio.access import SignedInRequest, listed_from_outside, signed_in
from portfolio.whole import whole

FIRST, PER_PAGE, LONGEST = 8, 40, 200
FURTHEST = 250
"""So many pages can be turned: whoever wants more says more of what they look for."""


@signed_in
@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """The first of every kind; a page of one kind where `in` names it."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    kind = request.GET.get("in", "")
    page = min(whole(request.GET.get("page", "")) or 1, FURTHEST)
    listed_from_outside(request, "search")
    if kind in KINDS:
        groups = [group_of(request.user, asked, kind, most=PER_PAGE, page=page)]
    else:
        kind, groups = "", found_for(request.user, asked, most=FIRST)
    context = {"asked": asked, "kind": kind, "groups": groups, "nothing": not any(group.found for group in groups)}
    return render(request, "assessments/search.html", context | {"before": page - 1, "after": page + 1})
