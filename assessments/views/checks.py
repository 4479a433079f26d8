"""What a centre asks in every sample, beside what is always checked. Kept by its lead verifier."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import checks as actions
from assessments.enums import CheckedFor
from assessments.forms.checks import QuestionsForm
from assessments.queries.checks import latest_list, lists_at
from assessments.verifying import questions_refusals
from assessments.views.asking import deny, person_at
from assessments.views.strategy import verified_centre
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.rules import VERIFYING
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act
from units.models import AwardingBody, Unit


def way(centre: Centre) -> Trail:
    return [
        ("Sampling", reverse("assessments:sampling")),
        ("Questions asked in samples", reverse("assessments:sample_questions", args=[centre.slug])),
    ]


@holds(*VERIFYING)
@ask
def sample_questions(request: SignedInRequest, slug: str) -> HttpResponse:
    """The questions of the centre's, for each awarding body and for single units."""
    centre = verified_centre(request, slug)
    lists = lists_at(centre)
    leads = request.standing.holds(Role.LEAD_VERIFIER, centre.pk)
    bodies = {line.body.pk for line in lists}
    offered = Unit.objects.offered_at(centre)
    context = {
        "centre": centre,
        "lists": lists,
        "checks": CheckedFor.labels,
        "leads": leads,
        "units": offered.filter(awarding_body__in=bodies).order_by("short_code", "version") if leads else [],
        "trail": [way(centre)[0], (way(centre)[1][0], None)],
    }
    return render(request, "assessments/verification/questions.html", context)


@holds(Role.LEAD_VERIFIER)
@ask_or_act
def set_for_body(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """What is asked in every sample of a body's units."""
    centre = verified_centre(request, slug)
    body = get_object_or_404(AwardingBody, code=code, approvals__centre=centre)
    return _set(request, centre, body, None)


@holds(Role.LEAD_VERIFIER)
@ask_or_act
def set_for_unit(request: SignedInRequest, slug: str, key: str, version: int) -> HttpResponse:
    """What is asked in every sample of one unit beside that."""
    centre = verified_centre(request, slug)
    units = Unit.objects.offered_at(centre).select_related("awarding_body")
    unit = get_object_or_404(units, key=key, version=version)
    return _set(request, centre, unit.awarding_body, unit)


def _set(request: SignedInRequest, centre: Centre, body: AwardingBody, unit: Unit | None) -> HttpResponse:
    deny(questions_refusals(person_at(request, centre.pk)))
    latest = latest_list(centre, body, unit)
    number = latest.number if latest else 0
    about = f"{centre.pk} {body.pk} {unit.pk if unit else ''}"
    work = in_progress(request, QuestionsForm, about, number)
    now = "\n".join(question.text for question in latest.questions.all()) if latest else ""
    form = QuestionsForm(work.data, work=work, initial={"questions": now, "seen": number})

    def act(clean: dict[str, Any]) -> None:
        actions.set_questions(centre=centre, awarding_body=body, unit=unit, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "The questions are asked in every sample from now on.")
        return redirect("assessments:sample_questions", centre.slug)
    title = f"Questions for {unit.short_code if unit else body}"
    lead = "They are asked beside the six checks of every sample."
    if unit:
        lead = f"They are asked in every sample of {unit}, beside those for all units of {body}."
    return form_page(request, form, title=title, button="Ask them from now on", trail=way(centre), lead=lead)
