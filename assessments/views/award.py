"""Centre Authentication forms: which units are ready, and the centre's own signature."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from assessments.actions.award import authenticate, centre_statement
from assessments.authenticating import authentication_refusals
from assessments.forms.award import AuthenticateForm
from assessments.models import Enrolment
from assessments.queries.verification import EVER_LOOKED_AT, unit_facts
from assessments.views.asking import linked
from assessments.views.office import choose_centre
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.views.answers import done, typed
from portfolio.views.people import ask, ask_or_act


@holds(Role.ADMINISTRATOR)
@ask
def forms(request: SignedInRequest) -> HttpResponse:
    """Whose forms?"""
    return choose_centre(request, "assessments:centre_forms", "Forms")


@holds(Role.ADMINISTRATOR)
@sensitive_post_parameters("password")
@ask_or_act
def authenticate_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The centre's declaration on one unit, signed by an administrator."""
    found = Enrolment.objects.filter(centre__in=Centre.objects.kept_by(request.user)).annotate(**EVER_LOOKED_AT)
    enrolment = get_object_or_404(found.select_related("candidate", "unit__awarding_body", "centre"), pk=pk)
    facts = unit_facts(enrolment)
    reasons = authentication_refusals(pk, facts.status, facts.stale)
    form = AuthenticateForm(typed(request), user=request.user)
    if not reasons and done(form, lambda clean: authenticate(enrolment=enrolment, by=request.user, at=timezone.now())):
        messages.success(request, "The centre's declaration is signed. The form can be printed now.")
        return redirect("assessments:centre_forms", enrolment.centre.slug)
    context = {
        "enrolment": enrolment,
        "form": form,
        "refusals": linked(reasons, pk),
        "statement": centre_statement(enrolment),
    }
    return render(request, "assessments/award/authenticate.html", context, status=409 if form.is_bound else 200)
