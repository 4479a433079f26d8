"""A press for each document of internal verification. The press room makes them in a job."""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.documents.verified import ask_exercise, ask_meeting, ask_sample, ask_sampling_plan, ask_strategy
from portfolio.access import SignedInRequest, may_take_away, signed_in
from portfolio.models import Document


@signed_in
@require_POST
def sample_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the record of a sample, and go where it will be."""
    return onward(request, pk, ask_sample)


@signed_in
@require_POST
def sampling_plan_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a sampling plan, and go where it will be."""
    return onward(request, pk, ask_sampling_plan)


@signed_in
@require_POST
def strategy_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a version of the strategy, and go where it will be."""
    return onward(request, pk, ask_strategy)


@signed_in
@require_POST
def exercise_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the record of an exercise, and go where it will be."""
    return onward(request, pk, ask_exercise)


@signed_in
@require_POST
def meeting_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the record of a meeting, and go where it will be."""
    return onward(request, pk, ask_meeting)


def onward(request: SignedInRequest, pk: int, ask: Callable[..., Document]) -> HttpResponse:
    """To the page of what was asked for; 404 where there is no such thing for the person.

    Nothing is asked for by who looks from outside and may take nothing away.
    """
    try:
        with transaction.atomic():
            document = ask(pk=pk, by=request.user, at=timezone.now())
            may_take_away(request, document.centre_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such document among those you can ask for.") from None
    return redirect("portfolio:document", document.pk)
