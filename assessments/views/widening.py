"""What follows from a finding: risks raised and units added, on the verifier's press."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import widening as actions
from assessments.forms.grid import KeepPlanForm
from assessments.models import Sample, SamplingPlan
from assessments.queries.judgement import everybody_in
from assessments.queries.widening import finding, proposal_for
from assessments.verifying import widening_refusals
from assessments.views.asking import deny, person_at
from assessments.views.strategy import trail, visible_plan
from portfolio.access import SignedInRequest, holds
from portfolio.refusal import Refusal
from portfolio.rules import VERIFYING
from portfolio.views.answers import done, in_progress
from portfolio.views.people import ask_or_act

WIDEN = "widen"


@holds(*VERIFYING)
@ask_or_act
def widen(request: SignedInRequest, pk: int, sample_pk: int) -> HttpResponse:
    """A finding, what it asks of the plan, and two ways on: widen the plan, or leave it with the reason."""
    plan = visible_plan(request, pk)
    try:
        sample = finding(plan, sample_pk)
    except Sample.DoesNotExist:
        raise Http404("There is no such finding that the plan was not asked about yet.") from None
    deny(widening_refusals(person_at(request, plan.policy.centre_id), everybody_in(sample.enrolment)))
    proposal = proposal_for(plan, sample, request.standing.day)
    sent, widens = request.method == "POST", WIDEN in request.POST
    work = in_progress(request, KeepPlanForm, f"{pk} {sample_pk}")
    form = KeepPlanForm(None if widens else work.data, work=work)
    back = reverse("assessments:sampling_plan", args=[pk])
    refused: list[str] = []
    if widens:
        seen = request.POST.get("seen", "")
        try:
            actions.widen_plan(plan=plan, sample=sample, seen=seen, by=request.user, at=timezone.now())
        except Refusal as refusal:
            refused = refusal.sentences
        else:
            messages.success(request, "The plan is widened, and the finding is on record as the reason.")
            return redirect(back)
    elif done(form, partial(_keep, request, plan, sample)):
        messages.success(request, "The plan stays as it is, and your reason is on record.")
        return redirect(back)
    context = {
        "proposal": proposal,
        "plan": plan,
        "sample": sample,
        "form": form,
        "refused": refused,
        "trail": trail(plan.policy.centre, (str(plan), back), ("What a finding asks for", None)),
    }
    return render(request, "assessments/strategy/widen.html", context, status=409 if sent else 200)


def _keep(request: SignedInRequest, plan: SamplingPlan, sample: Sample, clean: dict[str, Any]) -> None:
    actions.keep_plan(plan=plan, sample=sample, by=request.user, at=timezone.now(), **clean)
