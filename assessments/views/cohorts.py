"""Putting many units into a cohort in one act."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assessments.actions.enrolment import set_cohort
from assessments.forms.cohorts import CohortForm
from assessments.models import Enrolment
from assessments.queries.caseload import cohorts_at
from assessments.views.office import units_trail
from assessments.views.reassigning import MOST, chosen_units
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.views.answers import done, typed
from portfolio.views.people import ask_or_act, kept_centre


@holds(Role.ADMINISTRATOR)
@ask_or_act
def cohort(request: SignedInRequest, slug: str) -> HttpResponse:
    """The units ticked, or all that a filter finds, into a cohort."""
    centre = kept_centre(request, slug)
    chosen = chosen_units(request, centre)
    form = CohortForm(typed(request), cohorts=cohorts_at([centre.pk]))
    changed: list[Enrolment] = []

    def act(clean: dict[str, str]) -> None:
        changed.extend(set_cohort(enrolments=chosen, by=request.user, at=timezone.now(), **clean))

    if done(form, act):
        count, name = len(changed), changed[0].cohort
        units = f"{count} {'unit' if count == 1 else 'units'}"
        messages.success(request, f"{units} put into {name}." if name else f"{units} taken out of their cohort.")
        return redirect("assessments:centre_enrolments", slug)
    context = {
        "centre": centre,
        "chosen": chosen,
        "most": MOST,
        "form": form,
        "trail": [*units_trail(centre), ("Cohort", None)],
    }
    status = 409 if form.is_bound else 200
    return render(request, "assessments/enrolment/cohort.html", context, status=status)
