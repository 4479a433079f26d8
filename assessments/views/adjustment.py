"""Reasonable adjustments of a centre's candidates: for its administrators."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import adjustment as actions
from assessments.forms.adjustment import ArrangeForm, EndForm
from assessments.models import Adjustment
from assessments.queries.adjustment import adjustments_kept
from assessments.queries.enrolment import staff_name
from assessments.views.office import units_trail
from portfolio.access import SignedInRequest, holds
from portfolio.audit import looked_at
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre

PER_PAGE = 15
ADJUSTMENTS: Table[Adjustment] = Table(
    "adjustments",
    "Reasonable adjustments",
    (
        Column("Candidate", lambda row: row.candidate.legal_name, 28),
        Column("Candidate number", lambda row: row.candidate.candidate_number),
        Column("What is arranged", lambda row: row.arranged, 60),
        Column("From", lambda row: row.from_on),
        Column("To", lambda row: row.to_on),
    ),
)


@holds(Role.ADMINISTRATOR)
@ask
def adjustments(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is arranged for the centre's candidates."""
    centre = kept_centre(request, slug)
    page = Paginator(adjustments_kept(request.user, centre), PER_PAGE).get_page(request.GET.get("page"))
    trail: Trail = [*units_trail(centre), ("Adjustments", None)]
    context = {"centre": centre, "page": page, "today": timezone.localdate(), "trail": trail}
    return render(request, "assessments/adjustment/adjustments.html", context)


@holds(Role.ADMINISTRATOR)
@ask
def adjustments_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list, whole, to take away: what is arranged, without the detail behind it."""
    centre = kept_centre(request, slug)
    return take_away(request, ADJUSTMENTS, adjustments_kept(request.user, centre), ending, [centre])


@holds(Role.ADMINISTRATOR)
@ask_or_act
def arrange(request: SignedInRequest, slug: str) -> HttpResponse:
    """Approve an adjustment for a candidate."""
    centre = kept_centre(request, slug)
    work = in_progress(request, ArrangeForm, slug)
    today = timezone.localdate()
    form = ArrangeForm(work.data, work=work, centre=centre, today=today, initial={"from_on": today})
    act = partial(actions.arrange_adjustment, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(candidate=clean["candidate"], words=form.words)):
        messages.success(request, "The adjustment is on record, and shown to whoever works with the candidate.")
        return redirect("assessments:adjustments", slug)
    return form_page(request, form, title="Arrange an adjustment", button="Approve", trail=adjustments_trail(centre))


@holds(Role.ADMINISTRATOR)
@ask
def adjustment(request: SignedInRequest, pk: int) -> HttpResponse:
    """An adjustment with the detail behind it. Every look is on record."""
    found = _kept(request, pk)
    if request.method == "GET":
        looked_at(found, by=request.user, centre_id=found.candidate.centre_id, at=timezone.now())
    today = timezone.localdate()
    context = {
        "adjustment": found,
        "approved_by": staff_name(found.approved_by, found.candidate.centre_id),
        "trail": [*adjustments_trail(found.candidate.centre), (str(found.candidate), None)],
        "may_end": found.to_on is None or found.to_on >= today,
    }
    return render(request, "assessments/adjustment/adjustment.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say on which day an adjustment ends."""
    found = _kept(request, pk)
    form = EndForm(typed(request))
    act = partial(actions.end_adjustment, adjustment=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The last day is on record.")
        return redirect("assessments:adjustments", found.candidate.centre.slug)
    trail = adjustments_trail(found.candidate.centre)
    return form_page(request, form, title="End the adjustment", button="End it", trail=trail, lead=found.arranged)


def adjustments_trail(centre: Centre) -> Trail:
    return [*units_trail(centre), ("Adjustments", reverse("assessments:adjustments", args=[centre.slug]))]


def _kept(request: SignedInRequest, pk: int) -> Adjustment:
    """The adjustment, for an administrator of its candidate's centre; else 404."""
    rows = Adjustment.objects.kept_by(request.user).select_related("candidate__centre", "approved_by")
    return get_object_or_404(rows, pk=pk)
