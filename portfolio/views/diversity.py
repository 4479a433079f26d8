"""What candidates say of themselves: their own page, and the counts for who runs the centre."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portfolio import actions
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.forms import DiversityForm
from portfolio.models import CandidateRecord, Centre, DiversityAnswer
from portfolio.models.staff import RUNS
from portfolio.queries import diversity_page
from portfolio.refusal import Refusal
from portfolio.views.answers import done, typed
from portfolio.views.people import ask, ask_or_act


def own_candidate(request: SignedInRequest, slug: str) -> CandidateRecord:
    """The person's own record as a candidate of a centre; else 404."""
    mine = CandidateRecord.objects.filter(user=request.user).select_related("centre")
    return get_object_or_404(mine, centre__slug=slug)


@holds(Role.CANDIDATE)
@ask_or_act
@sensitive_post_parameters()
def own_diversity(request: SignedInRequest, slug: str) -> HttpResponse:
    """What I say of myself, if I wish."""
    candidate = own_candidate(request, slug)
    answer = DiversityAnswer.objects.visible_to(request.user).filter(candidate=candidate).first()
    initial = {field: getattr(answer, field) for field in DiversityForm.base_fields} if answer else {}
    form = DiversityForm(typed(request), initial=initial)
    if done(
        form,
        lambda clean: actions.answer_diversity(candidate=candidate, by=request.user, at=timezone.now(), **clean),
    ):
        messages.success(request, "Thank you. Nobody but you sees what you said.")
        return redirect("portfolio:own_record")
    context = {
        "candidate": candidate,
        "answer": answer,
        "form": form,
        "trail": [("What is kept about you", reverse("portfolio:own_record")), ("About you, if you wish", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "portfolio/own_diversity.html", context, status=status)


@holds(Role.CANDIDATE)
@require_POST
def erase_diversity(request: SignedInRequest, slug: str) -> HttpResponse:
    """Erase what I said of myself."""
    candidate = own_candidate(request, slug)
    answer = get_object_or_404(DiversityAnswer.objects.visible_to(request.user), candidate=candidate)
    with suppress(Refusal):  # pressed twice: it is gone either way
        actions.erase_diversity(answer=answer, by=request.user, at=timezone.now())
    messages.success(request, "It is erased. Nothing of it is kept.")
    return redirect("portfolio:own_record")


@holds(*RUNS)
@ask
def diversity(request: SignedInRequest, slug: str) -> HttpResponse:
    """How many candidates gave each answer, where that tells of nobody."""
    centre = get_object_or_404(Centre.objects.run_by(request.user), slug=slug)
    context = {
        "page": diversity_page(centre, timezone.localdate()),
        "trail": [(f"Staff of {centre}", reverse("portfolio:staff", args=[slug])), ("Candidates in numbers", None)],
    }
    return render(request, "portfolio/diversity.html", context)
