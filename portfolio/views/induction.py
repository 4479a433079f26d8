"""How a candidate is received: the office's pages, and the candidate's own."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from portfolio import actions, signing
from portfolio.access import SignedInRequest, holds
from portfolio.actions.induction import STATEMENT
from portfolio.enums import Role
from portfolio.forms import IdentityForm, InductionForm, SignatureForm, ToSign
from portfolio.models import CandidateRecord, Induction
from portfolio.queries import Person, own_records, received
from portfolio.views.answers import done, form_page, typed
from portfolio.views.people import ask, ask_or_act, kept_centre, person_trail
from portfolio.work import basis_of


def candidate_at(request: SignedInRequest, slug: str, handle: str) -> CandidateRecord:
    """A candidate of a centre whose records the person keeps; else 404."""
    centre = kept_centre(request, slug)
    found = CandidateRecord.objects.visible_to(request.user).select_related("user", "centre")
    return get_object_or_404(found, centre=centre, user__handle=handle)


def receive(
    request: SignedInRequest,
    candidate: CandidateRecord,
    form_class: type[IdentityForm | InductionForm],
    act: Callable[..., object],
    *,
    said: str,
    title: str,
    lead: str,
) -> HttpResponse:
    """A page on which something of receiving a candidate is recorded."""
    form = form_class(typed(request), centre=candidate.centre, me=request.user, today=timezone.localdate())

    def record(clean: dict[str, Any]) -> object:
        return act(candidate=candidate, by=request.user, at=timezone.now(), **clean)

    if done(form, record):
        messages.success(request, said)
        return redirect("portfolio:person", candidate.centre.slug, candidate.user.handle)
    trail = person_trail(Person(candidate.centre, candidate.user, candidate.name))
    return form_page(request, form, title=title, button="Record it", trail=trail, lead=lead)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def check_identity(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Record that somebody saw who a candidate is."""
    candidate = candidate_at(request, slug, handle)
    return receive(
        request,
        candidate,
        IdentityForm,
        actions.check_identity,
        said="It is on record who saw the candidate’s identity.",
        title="Identity of the candidate",
        lead=f"Somebody on the staff has seen that {candidate.name} is {candidate.legal_name}.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def record_induction(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Record what a candidate was told at the start."""
    candidate = candidate_at(request, slug, handle)
    return receive(
        request,
        candidate,
        InductionForm,
        actions.record_induction,
        said=f"The induction is on record. {candidate.name} is asked to confirm it.",
        title="Induction of the candidate",
        lead=f"{candidate.name} will be asked to confirm what you tick.",
    )


@holds(Role.CANDIDATE)
@ask
def own_record(request: SignedInRequest) -> HttpResponse:
    """What my centre keeps about me."""
    return render(request, "portfolio/own_record.html", {"records": own_records(request.user)})


@holds(Role.CANDIDATE)
@ask_or_act
@sensitive_post_parameters("password")
def acknowledge_induction(request: SignedInRequest, pk: int) -> HttpResponse:
    """I was told all this at the start: my name to it."""
    mine = Induction.objects.filter(candidate__user=request.user).select_related("candidate__centre")
    induction = get_object_or_404(mine, pk=pk)
    shown = received(induction.candidate)
    if shown.induction != induction:
        return redirect("portfolio:own_record")
    topics, statement = list(induction.topics.all()), signing.current_statement(STATEMENT)
    to_sign = ToSign.fixed(basis_of(statement.pk, induction.pk, [topic.pk for topic in topics]))
    form = SignatureForm(typed(request), user=request.user, to_sign=to_sign)
    if done(
        form,
        lambda clean: actions.acknowledge_induction(induction=induction, by=request.user, at=timezone.now()),
    ):
        messages.success(request, "You have confirmed your induction.")
        return redirect("portfolio:own_record")
    context = {
        "induction": induction,
        "received": shown,
        "topics": topics,
        "form": form,
        "statement": statement,
        "trail": [("What is kept about you", reverse("portfolio:own_record")), ("Your induction", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "portfolio/acknowledge_induction.html", context, status=status)
