"""Handing a plan over: the samples that one verifier had still to take go to another, in one act."""

import datetime
import uuid

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions.allocation import give
from assessments.actions.journey import lock, person, refuse, require
from assessments.enums import AllocatedAs
from assessments.models import PlanHandover, SamplingPlan
from assessments.queries.allocation import hands_in
from assessments.queries.enrolment import staff_name
from assessments.queries.handover import handing_refusals, to_be_sampled
from assessments.verifying import strategy_refusals
from portfolio import notices
from portfolio.actions.checks import take_turns
from portfolio.enums import Told
from portfolio.models import User
from portfolio.notices import News
from portfolio.refusal import Refusal

VERIFIER = AllocatedAs.VERIFIER


@transaction.atomic
def hand_over_plan(
    *, plan: SamplingPlan, giver: User, taker: User, reason: str, by: User, at: datetime.datetime
) -> PlanHandover:
    """Give the units of which a plan still wants a sample from one verifier to another: an audit line for each, all
    with one act_id.

    Those that the taker cannot verify, because they decided, testified or have an interest there, stay where they are;
    so do those on which whoever hands over works themselves.
    Raises Refusal when none can go.
    """
    centre = take_turns(plan.policy.centre)
    refuse(strategy_refusals(person(by, centre.pk, at)))
    if plan.adopted_at is None:
        raise Refusal(["This plan is a proposal: adopt it before you hand it over."])
    if giver == taker:
        raise Refusal(["Choose another verifier than the one who has the plan."])
    reason = require(reason, "Say why the plan is handed over.")
    ids = to_be_sampled(plan).filter(verifier=giver).order_by().values_list("pk", flat=True)
    units = [unit for unit in lock(ids).values() if unit.verifier_id == giver.pk]
    hands = hands_in(units, taker, timezone.localdate(at))
    refused = {unit.pk: handing_refusals(unit, hands[unit.pk], by) for unit in units}
    going = [unit for unit in units if not refused[unit.pk]]
    if not going:
        sentences = [sentence for found in refused.values() for sentence in found]
        raise Refusal(list(dict.fromkeys(sentences)) or ["This verifier has nothing of the plan left to sample."])
    act = uuid.uuid4()
    for unit in going:
        give(unit, VERIFIER, taker, reason, "", by, at, act, verb="hand_over_plan")
    handover = PlanHandover.objects.create(
        plan=plan,
        from_verifier=giver,
        to_verifier=taker,
        reason=reason,
        moved=len(going),
        stayed=len(units) - len(going),
        by=by,
        at=at,
    )
    sentence = f"Samples you were to take went to {staff_name(taker, centre.pk)}."
    news = News(Told.ALLOCATION, str(plan), sentence, reverse("assessments:sampling_plan", args=[plan.pk]), plan)
    notices.tell(news, [giver], centre, by, at)
    return handover
