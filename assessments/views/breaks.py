"""Breaks in learning: who is on one, a candidate's break begun, its day of return changed, and their return."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import breaks as actions
from assessments.forms.breaks import BeginBreakForm, ExpectBackForm, ReturnForm
from assessments.models import Break
from assessments.queries.breaks import BACK_ALREADY, NOTHING, breaks_at, breaks_of, in_progress, paused_by, pausing
from assessments.views.asking import person_at
from assessments.views.caseload import run_centre
from assessments.views.office import units_trail
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre
from portfolio.rules import RUNNING
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done
from portfolio.views.answers import in_progress as typed_so_far
from portfolio.views.people import Trail, ask, ask_or_act

BREAKS: Table[Break] = Table(
    "breaks in learning",
    "Breaks in learning",
    (
        Column("Candidate", lambda row: row.candidate.legal_name, 28),
        Column("Candidate number", lambda row: row.candidate.candidate_number),
        Column("Since", lambda row: row.starts_on),
        Column("Expected back", lambda row: row.expected_on),
        Column("Why", lambda row: row.reason, 50),
    ),
)


def breaks_trail(centre: Centre) -> Trail:
    return [*units_trail(centre), ("Breaks in learning", reverse("assessments:breaks", args=[centre.slug]))]


def address_of(found: Break) -> str:
    return reverse("assessments:learning_break", args=[found.centre.slug, found.candidate.user.handle])


def kept_break(request: SignedInRequest, pk: int) -> Break:
    """A break of a centre that the person administers; else 404."""
    kept = Break.objects.filter(centre__in=Centre.objects.kept_by(request.user))
    return get_object_or_404(kept.select_related("centre", "candidate__user"), pk=pk)


@holds(*RUNNING)
@ask
def breaks(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who is on a break in learning, whoever is expected back first on top."""
    centre = run_centre(request, slug)
    context = {
        "centre": centre,
        "lines": breaks_at(centre),
        "today": timezone.localdate(),
        "administers": request.standing.holds(Role.ADMINISTRATOR, centre.pk),
        "trail": [*units_trail(centre), ("Breaks in learning", None)],
    }
    return render(request, "assessments/breaks/breaks.html", context)


@holds(*RUNNING)
@ask
def breaks_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list to take away."""
    centre = run_centre(request, slug)
    return take_away(request, BREAKS, breaks_at(centre), ending, [centre])


@holds(*RUNNING)
@ask_or_act
def learning_break(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """A candidate's break: what it pauses, or would pause; and those before. POST begins one."""
    centre = run_centre(request, slug)
    rows = CandidateRecord.objects.filter(centre=centre).select_related("user", "centre")
    candidate = get_object_or_404(rows, user__handle=handle)
    administers = request.standing.holds(Role.ADMINISTRATOR, centre.pk)
    if request.method == "POST" and not administers:
        raise PermissionDenied(f"Only an administrator of {centre} can do this.")
    work = typed_so_far(request, BeginBreakForm, candidate.pk)
    form = BeginBreakForm(work.data, work=work, initial={"starts_on": timezone.localdate()})

    if done(
        form,
        lambda clean: actions.begin_break(candidate=candidate, by=request.user, at=timezone.now(), **clean),
    ):
        messages.success(request, f"{candidate} is on a break. Everybody who works on their units has been told.")
        return redirect("assessments:learning_break", slug, handle)
    history = breaks_of(candidate)
    found = next((row for row in history if row.returned_on is None), None)
    would = pausing(in_progress(candidate), person_at(request, centre.pk)) if administers and not found else None
    refusals = [(NOTHING.format(candidate), None)] if would and not would.going and not would.staying else []
    context = {
        "centre": centre,
        "candidate": candidate,
        "found": found,
        "paused": paused_by(found, timezone.localdate()) if found else [],
        "would": would,
        "refusals": refusals,
        "form": form,
        "administers": administers,
        "history": [row for row in history if row.returned_on],
        "today": timezone.localdate(),
        "trail": [*breaks_trail(centre), (str(candidate), None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/breaks/break.html", context, status=status)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def end_break(request: SignedInRequest, pk: int) -> HttpResponse:
    """A candidate is back: what goes on, and by how much dates move; then the act."""
    found, today = kept_break(request, pk), timezone.localdate()
    refusals = [(BACK_ALREADY, None)] if found.returned_on else []
    work = typed_so_far(request, ReturnForm, pk)
    form = ReturnForm(work.data, work=work, initial={"returned_on": today})
    if not refusals and done(
        form, lambda clean: actions.end_break(learning_break=found, by=request.user, at=timezone.now(), **clean)
    ):
        messages.success(request, f"{found.candidate} is back, and their units go on.")
        return redirect(address_of(found))
    back_on = form.cleaned_data.get("returned_on") if form.is_bound and form.is_valid() else None
    context = {
        "found": found,
        "form": form,
        "back_on": back_on or today,
        "units": [] if refusals else paused_by(found, back_on or today),
        "refusals": refusals,
        "back": address_of(found),
        "trail": [*breaks_trail(found.centre), (str(found.candidate), address_of(found)), ("Back", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/breaks/back.html", context, status=status)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def expect_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another day on which a candidate is expected back."""
    found = kept_break(request, pk)
    refusals = [(BACK_ALREADY, None)] if found.returned_on else []
    work = typed_so_far(request, ExpectBackForm, pk, found.expected_on)
    form = ExpectBackForm(work.data, work=work, initial={"expected_on": found.expected_on})
    if not refusals and done(
        form, lambda clean: actions.expect_back(learning_break=found, by=request.user, at=timezone.now(), **clean)
    ):
        messages.success(request, "The new day is noted on all that the break pauses.")
        return redirect(address_of(found))
    context = {
        "found": found,
        "form": form,
        "refusals": refusals,
        "back": address_of(found),
        "trail": [*breaks_trail(found.centre), (str(found.candidate), address_of(found)), ("Another day", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/breaks/expect.html", context, status=status)
