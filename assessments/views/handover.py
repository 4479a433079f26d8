"""Handing what a plan still wants sampled from one verifier to another: what would happen, then the act."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import handover as actions
from assessments.forms.grid import HandoverForm
from assessments.forms.verification import WhyForm
from assessments.models import PlanHandover
from assessments.queries.handover import Handed, givers, handed, takers
from assessments.verifying import strategy_refusals
from assessments.views.asking import deny, person_at
from assessments.views.strategy import trail, visible_plan
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import User
from portfolio.views.answers import done, typed
from portfolio.views.people import ask_or_act


@holds(Role.LEAD_VERIFIER)
@ask_or_act
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """From whom to whom, which units go and which stay with the reasons, why; then the act."""
    plan = visible_plan(request, pk)
    deny(strategy_refusals(person_at(request, plan.policy.centre_id)))
    day, back = request.standing.day, reverse("assessments:sampling_plan", args=[pk])
    asked = request.POST if request.method == "POST" else request.GET
    could_take = takers(plan, day)
    to_whom = HandoverForm(asked if "giver" in asked else None, givers=givers(plan), takers=could_take)
    form = WhyForm(typed(request))
    found: list[Handed] = []
    name = ""
    if to_whom.is_valid():
        chosen = User.objects.in_bulk([to_whom.cleaned_data["giver"], to_whom.cleaned_data["taker"]])
        giver, taker = chosen[to_whom.cleaned_data["giver"]], chosen[to_whom.cleaned_data["taker"]]
        handovers: list[PlanHandover] = []

        def act(clean: dict[str, Any]) -> None:
            handovers.append(
                actions.hand_over_plan(plan=plan, giver=giver, taker=taker, by=request.user, at=timezone.now(), **clean)
            )

        if done(form, act):
            moved = handovers[0].moved
            messages.success(request, f"{moved} unit{'' if moved == 1 else 's'} handed over, each with its history.")
            return redirect(back)
        found, name = handed(plan, giver.pk, taker, request.user, day), dict(could_take)[taker.pk]
    context = {
        "plan": plan,
        "to_whom": to_whom,
        "taker": name,
        "form": form,
        "go": [unit for unit in found if not unit.refusals],
        "stay": [unit for unit in found if unit.refusals],
        "asked": bool(name),
        "trail": trail(plan.policy.centre, (str(plan), back), ("Hand samples over", None)),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/strategy/hand_over.html", context, status=status)
