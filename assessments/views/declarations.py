"""The words of the declarations on authentication forms: what is signed, what waits for approval, and by whose word."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.actions import declarations as actions
from assessments.form_enums import DeclarationOf
from assessments.forms.declarations import WordingApprovalForm, WordingForm
from assessments.models import ExternalAccess, Wording
from assessments.queries.declarations import bodies_shown, declarations_at
from assessments.views.issuing import forms_trail
from portfolio import signing
from portfolio.access import SignedInRequest, holds, looked_from_outside
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.views.answers import answered, done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre
from units.models import AwardingBody


def declarations_trail(centre: Centre) -> Trail:
    return [*forms_trail(centre), ("Declarations", reverse("assessments:declarations", args=[centre.slug]))]


@holds(Role.ADMINISTRATOR, Role.EXTERNAL_VERIFIER)
@ask
def declarations(request: SignedInRequest, slug: str) -> HttpResponse:
    """The words in force of each declaration, by awarding body, and those that wait. To whom a body sends, its own."""
    administered = Centre.objects.kept_by(request.user).filter(slug=slug)
    visited = Centre.objects.filter(pk__in=ExternalAccess.objects.in_force(request.user).values("centre"))
    centre = administered.first() or get_object_or_404(visited, slug=slug)
    office = request.standing.holds(Role.ADMINISTRATOR, centre.pk)
    looked_from_outside(request, centre, centre.pk)
    bodies = bodies_shown(centre, request.user, office=office)
    outside = [("My visit", reverse("assessments:external_home")), ("Declarations", None)]
    context = {
        "centre": centre,
        "office": office,
        "bodies": declarations_at(centre, request.user, bodies),
        "trail": [*forms_trail(centre), ("Declarations", None)] if office else outside,
    }
    return render(request, "assessments/award/declarations.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def write_wording(request: SignedInRequest, slug: str, code: str, declaration: str) -> HttpResponse:
    """Write new words for a declaration."""
    centre = kept_centre(request, slug)
    body = get_object_or_404(AwardingBody, code=code, approvals__centre=centre)
    if declaration not in DeclarationOf.values:
        raise Http404("There is no such declaration.")
    of = DeclarationOf(declaration)
    work = in_progress(request, WordingForm, f"{slug} {code} {declaration}")
    form = WordingForm(work.data, work=work, initial={"text": signing.current_statement(of, code, centre.pk).text})
    act = partial(actions.write_wording, centre=centre, awarding_body=body, declaration=of, by=request.user)
    if done(form, lambda clean: act(at=timezone.now(), **clean)):
        messages.success(request, "The words wait for the external verifier. Until then the ones before are signed.")
        return redirect("assessments:declarations", slug)
    return form_page(
        request,
        form,
        title=f"New words: {of.label.lower()}, {body}",
        button="Keep them for approval",
        trail=declarations_trail(centre),
        lead="Forms keep the words they were signed with. New ones are signed once they are approved.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def wording_approval(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record who approved words that wait."""
    wording = waiting_wording(request, pk)
    work = in_progress(request, WordingApprovalForm, pk)
    form = WordingApprovalForm(work.data, work=work, initial={"approved_on": timezone.localdate()})

    def act(clean: dict[str, Any]) -> None:
        actions.record_wording_approval(wording=wording, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "The approval is on record: these words are signed from now on.")
        return redirect("assessments:declarations", wording.centre.slug)
    return form_page(
        request,
        form,
        title=f"Approval: {wording}",
        button="Record the approval",
        trail=declarations_trail(wording.centre),
        lead=f"“{wording.text}”",
    )


@holds(Role.ADMINISTRATOR)
@require_POST
def withdraw_wording(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give words up that wait."""
    wording = waiting_wording(request, pk)
    act = partial(actions.withdraw_wording, wording=wording, by=request.user, at=timezone.now())
    back = ("assessments:declarations", wording.centre.slug)
    return answered(request, act, "The new words are given up. Those before stay in force.", back)


@holds(Role.EXTERNAL_VERIFIER)
@require_POST
def approve_wording(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve words that wait, in a visit."""
    mine = ExternalAccess.objects.in_force(request.user)
    shown = Wording.objects.visible_to(request.user).filter(centre__in=mine.values("centre"))
    wording = get_object_or_404(shown.select_related("centre"), pk=pk)
    act = partial(actions.approve_wording, wording=wording, by=request.user, at=timezone.now())
    return answered(
        request, act, "You have approved the words: the centre signs them from now on.",
        ("assessments:declarations", wording.centre.slug),
    )  # fmt: skip


def waiting_wording(request: SignedInRequest, pk: int) -> Wording:
    """Words at a centre whose records the person keeps; else 404."""
    kept = Wording.objects.filter(centre__in=Centre.objects.kept_by(request.user))
    return get_object_or_404(kept.select_related("centre", "awarding_body"), pk=pk)
