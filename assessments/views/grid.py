"""The grid of a sampling plan, and what its samples cover."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from assessments.enums import GridMark
from assessments.forms.grid import GridFilterForm
from assessments.queries.cells import Reader
from assessments.queries.coverage import coverage_page
from assessments.queries.grid import Asked, choices_of, grid_page
from assessments.queries.strategy import newest_plan
from assessments.views.strategy import looks_as, outside_reader, trail, visible_plan
from portfolio.access import SignedInRequest, holds, looked_from_outside
from portfolio.enums import Role
from portfolio.rules import LOOKING
from portfolio.views.people import ask

NOT_WHOLE = (
    "Coverage is of all units of the awarding body, and you were given some of them: the grid shows how sampling "
    "stands in yours."
)


@holds(*LOOKING)
@ask
def newest_grid(request: SignedInRequest) -> HttpResponse:
    """The grid of the plan that was adopted last where somebody verifies; before there is one, the strategy."""
    plan = newest_plan(request.user)
    return redirect("assessments:grid", plan.pk) if plan else redirect("assessments:strategy")


@holds(*LOOKING)
@ask
def grid(request: SignedInRequest, pk: int) -> HttpResponse:
    """Candidates down, units across: how sampling stands in each."""
    plan = visible_plan(request, pk)
    outside = outside_reader(request, plan)
    looked_from_outside(request, plan, plan.policy.centre_id)
    choices = choices_of(plan, seen_by=outside, on=request.standing.day if outside else None)
    form = GridFilterForm(request.GET, assessors=choices.assessors, units=choices.units, sites=choices.sites)
    chosen = form.cleaned_data if form.is_valid() else {}
    asked = Asked(
        assessor=chosen.get("assessor"),
        unit=chosen.get("unit"),
        site=chosen.get("site") or None,
        only_open=bool(chosen.get("only_open")),
    )
    leads = request.standing.holds(Role.LEAD_VERIFIER, plan.policy.centre_id)
    reader = Reader(request.user.pk, leads, request.standing.day, outside)
    context = {
        "found": grid_page(plan, asked, request.GET.get("page", "1"), reader, choices),
        "plan": plan,
        "outside": looks_as(outside, plan),
        "form": form,
        "filtered": asked != Asked(),
        "marks": GridMark,
        "trail": trail(plan.policy.centre, (str(plan), None)),
    }
    return render(request, "assessments/strategy/grid.html", context)


@holds(*LOOKING)
@ask
def coverage(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was sampled of what the strategy wants, what is missing first, with the way to mend it."""
    plan = visible_plan(request, pk)
    outside = outside_reader(request, plan)
    how = looks_as(outside, plan)
    if how == "part":
        raise PermissionDenied(NOT_WHOLE)
    looked_from_outside(request, plan, plan.policy.centre_id)
    context = {
        "found": coverage_page(plan),
        "plan": plan,
        "outside": how,
        "trail": trail(plan.policy.centre, (str(plan), None)),
    }
    return render(request, "assessments/strategy/coverage.html", context)
