"""Centre Authentication forms: which units are ready, and the centre's own signature."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from assessments.actions.award import authenticate, centre_statement
from assessments.actions.journey import lock_one
from assessments.authenticating import authentication_refusals
from assessments.form_enums import DeclarationOf
from assessments.forms.award import AuthenticateForm
from assessments.models import Enrolment
from assessments.queries.judgement import UnitRows, digest_for, unit_rows
from assessments.queries.verification import EVER_LOOKED_AT, unit_facts
from assessments.views.asking import linked
from assessments.views.office import choose_centre
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.forms import ToSign
from portfolio.models import Centre, Statement
from portfolio.views.answers import done, typed
from portfolio.views.people import ask, ask_or_act
from portfolio.work import basis_of


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
    rows = unit_rows(enrolment)
    facts = unit_facts(enrolment, rows)
    reasons = authentication_refusals(pk, facts.status, facts.stale)
    statement = centre_statement(enrolment)
    to_sign = ToSign(_stands(rows, statement), partial(_stands_now, enrolment))
    form = AuthenticateForm(typed(request), user=request.user, to_sign=to_sign)
    if not reasons and done(form, lambda clean: authenticate(enrolment=enrolment, by=request.user, at=timezone.now())):
        messages.success(request, "The centre's declaration is signed. The form can be printed now.")
        return redirect("assessments:centre_forms", enrolment.centre.slug)
    context = {
        "enrolment": enrolment,
        "form": form,
        "refusals": linked(reasons, pk),
        "statement": statement,
    }
    return render(request, "assessments/award/authenticate.html", context, status=409 if form.is_bound else 200)


def _stands(rows: UnitRows, statement: Statement) -> str:
    """What stands for the unit as the centre signs for it."""
    return basis_of(statement.pk, digest_for(rows, DeclarationOf.CENTRE))


def _stands_now(enrolment: Enrolment) -> str:
    """The same once the unit is locked."""
    return _stands(unit_rows(lock_one(enrolment)), centre_statement(enrolment))
