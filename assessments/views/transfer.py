"""Transfers between centres: where a candidate came from and went to, and recording it."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.actions import transfer as actions
from assessments.forms.transfer import AchievedForm, TransferInForm, TransferOutForm
from assessments.models import AchievedElsewhere, TransferIn
from assessments.queries.transfer import closing, leaving_refusals, role_that_ends, transfers_of, with_nothing_claimed
from assessments.views.asking import person_at
from assessments.views.caseload import run_centre
from assessments.views.office import units_trail
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre
from portfolio.rules import RUNNING
from portfolio.views.answers import answered, done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre


def candidate_at(centre: Centre, handle: str) -> CandidateRecord:
    """A candidate of the centre; else 404."""
    rows = CandidateRecord.objects.filter(centre=centre).select_related("user", "centre")
    return get_object_or_404(rows, user__handle=handle)


def of_candidate(candidate: CandidateRecord) -> tuple[str, str, str]:
    """Where their transfers are, to be led back to."""
    return ("assessments:transfers", candidate.centre.slug, candidate.user.handle)


def transfers_trail(candidate: CandidateRecord) -> Trail:
    name, *args = of_candidate(candidate)
    return [*units_trail(candidate.centre), (f"Transfers of {candidate}", reverse(name, args=args))]


@holds(*RUNNING)
@ask
def transfers(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """From where a candidate came, with what they achieved there, and where they went."""
    centre = run_centre(request, slug)
    candidate = candidate_at(centre, handle)
    out, into = transfers_of(candidate)
    context = {
        "candidate": candidate,
        "centre": centre,
        "out": out,
        "into": into,
        "administers": request.standing.holds(Role.ADMINISTRATOR, centre.pk),
        "trail": [*units_trail(centre), (f"Transfers of {candidate}", None)],
    }
    return render(request, "assessments/transfer/transfers.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def transfer_out(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """What a candidate's leaving would close, and why it cannot yet; then the act."""
    candidate = candidate_at(kept_centre(request, slug), handle)
    work = in_progress(request, TransferOutForm, candidate.pk)
    form = TransferOutForm(work.data, work=work, initial={"left_on": timezone.localdate()})
    act = partial(actions.transfer_out, candidate=candidate, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, f"{candidate} has left. Their units here are closed, and stay readable.")
        return redirect(*of_candidate(candidate))
    units = closing(candidate, person_at(request, candidate.centre_id))
    registered, role = with_nothing_claimed(candidate), role_that_ends(candidate, timezone.localdate())
    context = {
        "candidate": candidate,
        "form": form,
        "units": units,
        "registered": registered,
        "role_ends": timezone.localdate(timezone.now() + actions.STAYS_FOR) if role else None,
        "refusals": [(sentence, None) for sentence in leaving_refusals(candidate, units, registered)],
        "trail": [*transfers_trail(candidate), ("To another centre", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/transfer/out.html", context, status=status)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def transfer_in(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Record from which centre a candidate came."""
    candidate = candidate_at(kept_centre(request, slug), handle)
    work = in_progress(request, TransferInForm, candidate.pk)
    form = TransferInForm(work.data, work=work)
    act = partial(actions.transfer_in, candidate=candidate, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "On record. Add each unit that they achieved there.")
        return redirect(*of_candidate(candidate))
    return form_page(
        request,
        form,
        title="From another centre",
        button="Record it",
        trail=transfers_trail(candidate),
        lead="Nothing comes from the other centre by itself: ask the candidate for their archive. Evidence that still "
        "counts is added as theirs and assessed here.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def record_achieved(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a unit that a candidate achieved where they came from."""
    rows = TransferIn.objects.filter(centre__in=Centre.objects.kept_by(request.user))
    found = get_object_or_404(rows.select_related("centre", "candidate__user", "candidate__centre"), pk=pk)
    work = in_progress(request, AchievedForm, pk)
    form = AchievedForm(work.data, work=work, centre=found.centre)
    act = partial(actions.record_achieved, transfer=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The unit is on record as achieved elsewhere.")
        return redirect(*of_candidate(found.candidate))
    return form_page(
        request,
        form,
        title=f"Achieved at {found.from_centre}",
        button="Record the unit",
        trail=transfers_trail(found.candidate),
        lead="It counts in the rules of a whole award that lists the very unit, once its certificate’s number is given "
        "also in the award’s claim. The unit itself is not claimed again, and no criterion is met by it.",
    )


@holds(Role.ADMINISTRATOR)
@require_POST
def take_back_achieved(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a unit recorded as achieved elsewhere was not."""
    rows = AchievedElsewhere.objects.filter(transfer__centre__in=Centre.objects.kept_by(request.user))
    found = get_object_or_404(rows.select_related("transfer__candidate__user", "transfer__candidate__centre"), pk=pk)
    return answered(
        request,
        lambda: actions.take_back_achieved(achieved=found, by=request.user, at=timezone.now()),
        "Taken back. It stays on record as that.",
        of_candidate(found.transfer.candidate),
    )
