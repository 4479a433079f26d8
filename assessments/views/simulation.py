"""Approving that something is simulated."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from assessments.actions.simulation import approve_simulation, cannot_approve
from assessments.forms.simulation import SimulationForm
from assessments.views.asking import only_now, person_at, unit_for
from portfolio.access import SignedInRequest, signed_in
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import Trail, ask_or_act


@signed_in
@ask_or_act
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """The unit's verifier agrees to a simulation before it takes place."""
    enrolment = unit_for(request, pk)
    only_now(cannot_approve(enrolment, person_at(request, enrolment.centre_id)))
    work = in_progress(request, SimulationForm, pk)
    form = SimulationForm(work.data, work=work, criteria=list(enrolment.unit.criteria.all()))
    act = partial(approve_simulation, enrolment=enrolment, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The simulation is approved. What comes of it is always sampled.")
        return redirect("assessments:enrolment", pk)
    trail: Trail = [(str(enrolment), reverse("assessments:enrolment", args=[pk]))]
    return form_page(
        request,
        form,
        title="Approve a simulation",
        button="Approve",
        trail=trail,
        lead="Simulation is agreed before it takes place, and all of it is sampled.",
    )
