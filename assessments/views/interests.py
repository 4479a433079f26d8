"""Conflicts of interest: a person's own declarations, and all of a centre's for its administrators."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.actions import interests as actions
from assessments.forms.interests import EndInterestForm, InterestForm
from assessments.models import Interest
from assessments.queries.interests import InterestLine, UnitConcerned, interests_shown, units_concerned
from assessments.views.office import units_trail
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.rules import STAFF_ROLES
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask_or_act, kept_centre

PER_PAGE = 15
CONFLICTS: Table[InterestLine] = Table(
    "conflicts of interest",
    "Conflicts of interest",
    (
        Column("Staff", lambda line: line.staff, 28),
        Column("Candidate", lambda line: line.interest.candidate.legal_name, 28),
        Column("Kind", lambda line: line.interest.get_kind_display(), 20),
        Column("What it is", lambda line: line.interest.words, 44),
        Column("In force", lambda line: "yes" if line.in_force else "no", 10),
        Column("Since", lambda line: line.interest.from_on),
        Column("Last day", lambda line: line.interest.to_on),
        Column("Declared", lambda line: line.interest.declared_at, 18),
        Column("Ended", lambda line: line.interest.ended_at, 18),
        Column("Units it concerns", lambda line: "; ".join(map(concerned, line.units)), 44),
    ),
)
OWN_LEAD = (
    "Declare whoever you are tied to: a relative, somebody you manage, a business partner. What you decide of them "
    "then counts only once somebody else has countersigned it. Your centre's administrators see this."
)


@holds(*STAFF_ROLES)
@require_safe
def own_conflicts(request: SignedInRequest) -> HttpResponse:
    """What is declared of me, at all my centres."""
    context = {
        **page_of(request, Interest.objects.filter(staff=request.user)),
        "centres": list(Centre.objects.filter(pk__in=request.standing.centres(*STAFF_ROLES))),
    }
    return render(request, "assessments/enrolment/own_conflicts.html", context)


@holds(*STAFF_ROLES)
@ask_or_act
def declare_own(request: SignedInRequest, slug: str) -> HttpResponse:
    """Declare a conflict of interest of my own."""
    mine = Centre.objects.filter(pk__in=request.standing.centres(*STAFF_ROLES))
    centre = get_object_or_404(mine, slug=slug)
    trail: Trail = [("My conflicts of interest", reverse("assessments:own_conflicts"))]
    return declared(request, centre, trail, own=True)


@holds(Role.ADMINISTRATOR)
@require_safe
def conflicts(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every conflict of interest at the centre, with the units it concerns."""
    centre = kept_centre(request, slug)
    context = {
        **page_of(request, Interest.objects.filter(centre=centre)),
        "centre": centre,
        "trail": [*units_trail(centre), ("Conflicts of interest", None)],
    }
    return render(request, "assessments/enrolment/conflicts.html", context)


@holds(Role.ADMINISTRATOR)
@require_safe
def conflicts_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list, whole, to take away."""
    centre = kept_centre(request, slug)
    found = interests_shown(Interest.objects.filter(centre=centre), live_first=timezone.localdate())
    return take_away(request, CONFLICTS, units_concerned(list(found)), ending, [centre])


def concerned(unit: UnitConcerned) -> str:
    """A unit that a conflict concerns, in words."""
    second = f", countersigned by {unit.second}" if unit.second else ""
    return f"{unit.code} as {unit.part.lower()}{second}"


@holds(Role.ADMINISTRATOR)
@ask_or_act
def record_conflict(request: SignedInRequest, slug: str) -> HttpResponse:
    """Record a conflict of interest of somebody on the staff."""
    centre = kept_centre(request, slug)
    return declared(request, centre, conflicts_trail(centre), own=False)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def end_conflict(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say when a conflict of interest ended."""
    found = Interest.objects.filter(centre__in=Centre.objects.kept_by(request.user)).select_related("centre")
    interest = get_object_or_404(found, pk=pk)
    form = EndInterestForm(typed(request), initial={"to_on": timezone.localdate()})
    act = partial(actions.end_interest, interest=interest, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The end of the conflict of interest is on record.")
        return redirect("assessments:conflicts", interest.centre.slug)
    return form_page(
        request,
        form,
        title="End a conflict of interest",
        button="Record its last day",
        trail=conflicts_trail(interest.centre),
    )


def declared(request: SignedInRequest, centre: Centre, trail: Trail, *, own: bool) -> HttpResponse:
    """The form of a declaration, and the act."""
    work = in_progress(request, InterestForm, f"{'own' if own else 'of staff'} at {centre.slug}")
    form = InterestForm(work.data, work=work, centre=centre, own=own, initial={"from_on": timezone.localdate()})

    def act(clean: dict[str, Any]) -> None:
        staff = {"staff": request.user} if own else {}
        actions.declare_interest(by=request.user, at=timezone.now(), **{**clean, **staff})

    if done(form, act):
        messages.success(request, "The conflict of interest is on record.")
        return redirect(trail[-1][1] or "home")
    return form_page(
        request,
        form,
        title="Declare a conflict of interest" if own else "Record a conflict of interest",
        button="Declare it" if own else "Record it",
        trail=trail,
        lead=OWN_LEAD if own else "",
    )


def conflicts_trail(centre: Centre) -> Trail:
    return [*units_trail(centre), ("Conflicts of interest", reverse("assessments:conflicts", args=[centre.slug]))]


def page_of(request: SignedInRequest, found: QuerySet[Interest]) -> dict[str, Any]:
    """A page of the conflicts, those in force first, with the units each concerns."""
    shown = interests_shown(found, live_first=timezone.localdate())
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "lines": units_concerned(list(page.object_list))}
