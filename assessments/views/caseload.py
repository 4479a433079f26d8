"""Lists of candidates' units: an assessor's caseload, a centre's enrolments, and the files of both."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.agreement import AGREEMENT_RULE
from assessments.forms.caseload import CaseFilterForm
from assessments.models import Enrolment
from assessments.pace import FEEDBACK_DAYS, FEEDBACK_RULE, PACE_RULE, pace_examples
from assessments.queries.caseload import (
    CaseRow,
    all_rows,
    assessors_at,
    case_rows,
    caseload,
    caseload_listed,
    centre_units,
    centre_units_listed,
    cohorts_at,
    units_at,
    with_staff,
)
from assessments.queries.feedback import own_time
from assessments.sampling.coverage import EXPLAINED
from assessments.views.office import among
from portfolio.access import SignedInRequest, holds, signed_in
from portfolio.compiled import Listed
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.rules import RUNNING
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import asked_in

PER_PAGE = 15


def days_waited(row: CaseRow) -> int | None:
    if row.oldest_waiting is None:
        return None
    return (timezone.localdate() - timezone.localdate(row.oldest_waiting)).days


CASES: tuple[Column[CaseRow], ...] = (
    Column("Candidate", lambda row: row.enrolment.candidate.legal_name, 28),
    Column("Centre's reference", lambda row: row.enrolment.candidate.centre_reference),
    Column("Candidate number", lambda row: row.enrolment.candidate.candidate_number),
    Column("Cohort", lambda row: row.enrolment.cohort, 18),
    Column("Unit", lambda row: row.enrolment.unit.short_code, 10),
    Column("Unit title", lambda row: row.enrolment.unit.title or row.enrolment.unit.public_title, 40),
    Column("Where it stands", lambda row: row.enrolment.get_status_display(), 24),
    Column("Criteria", lambda row: row.progress.total, 10),
    Column("Claimed", lambda row: row.progress.claimed, 10),
    Column("Accepted", lambda row: row.progress.accepted, 10),
    Column("Confirmed", lambda row: row.progress.confirmed, 10),
    Column("Returned", lambda row: row.progress.returned, 10),
    Column("Awaiting countersignature", lambda row: row.enrolment.pending_count, 12),
    Column("Against target", lambda row: str(row.pace.label) if row.pace else "", 16),
    Column("Started", lambda row: row.enrolment.started_on),
    Column("Target date", lambda row: row.enrolment.target_on),
    Column("Back from a break on", lambda row: row.enrolment.break_until, 14),
    Column("Oldest unread handed in", lambda row: row.oldest_waiting, 18),
    Column("Days it has waited", days_waited, 10),
    Column("Assessor", lambda row: row.assessor, 24),
    Column("Countersigner", lambda row: row.countersigner, 24),
    Column("Internal verifier", lambda row: row.verifier, 24),
    Column("Signed off", lambda row: row.enrolment.signed_off_at, 18),
)
CASELOAD = Table("caseload", "Caseload", CASES)
ENROLMENTS = Table("enrolments", "Enrolments", CASES)


# --- an assessor's own -----------------------------------------------------------------------------------------------


@holds(Role.ASSESSOR)
@require_safe
def cases(request: SignedInRequest) -> HttpResponse:
    """My candidates' units: how far each is, how it keeps pace, and how long something waits."""
    form = own_filter(request)
    context = {
        **page_of(request, caseload_listed(request.user, form.wanted), form),
        "time": own_time(request.user, timezone.now()),
        "days": FEEDBACK_DAYS,
    }
    return render(request, "assessments/judgement/caseload.html", context)


@holds(Role.ASSESSOR)
@require_safe
def caseload_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away."""
    found = caseload(request.user, own_filter(request).wanted)
    centres = Centre.objects.filter(pk__in=found.order_by().values("centre"))
    return take_away(request, CASELOAD, all_rows(found), ending, centres)


def own_filter(request: SignedInRequest) -> CaseFilterForm:
    here = request.standing.centres(Role.ASSESSOR)
    return CaseFilterForm(request.GET, units=units_at(here), cohorts=cohorts_at(here))


# --- a centre's ------------------------------------------------------------------------------------------------------


def run_centre(request: SignedInRequest, slug: str) -> Centre:
    """The centre, if the person sees all its units; else 404."""
    return get_object_or_404(Centre.objects.run_by(request.user), slug=slug)


@holds(*RUNNING)
@require_safe
def enrolments(request: SignedInRequest) -> HttpResponse:
    """Whose enrolments?"""
    centres = list(Centre.objects.run_by(request.user))
    return among(request, centres, "assessments:centre_enrolments", "Enrolments")


@holds(*RUNNING)
@require_safe
def centre_enrolments(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every candidate's unit at the centre, as an assessor sees their own."""
    centre = run_centre(request, slug)
    form = centre_filter(request, centre)
    context = {
        **page_of(request, centre_units_listed(centre, form.wanted), form),
        "centre": centre,
        "administers": request.standing.holds(Role.ADMINISTRATOR, centre.pk),
    }
    context["rows"] = with_staff(context["rows"])
    return render(request, "assessments/enrolment/enrolments.html", context)


@holds(*RUNNING)
@require_safe
def enrolments_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away."""
    centre = run_centre(request, slug)
    found = centre_units(centre, centre_filter(request, centre).wanted)
    return take_away(request, ENROLMENTS, all_rows(found), ending, [centre])


def centre_filter(request: SignedInRequest, centre: Centre) -> CaseFilterForm:
    assessors = assessors_at(centre.pk, timezone.localdate())
    return CaseFilterForm(
        request.GET, units=units_at([centre.pk]), assessors=assessors, cohorts=cohorts_at([centre.pk])
    )


# --- for all ---------------------------------------------------------------------------------------------------------


@signed_in
@require_safe
def worked_out(request: SignedInRequest) -> HttpResponse:
    """How pace, time to feedback, coverage and agreement are worked out: the rules, in words made of their numbers."""
    context = {
        "pace_rule": PACE_RULE,
        "examples": pace_examples(),
        "feedback_rule": FEEDBACK_RULE,
        "coverage_rule": EXPLAINED,
        "agreement_rule": AGREEMENT_RULE,
    }
    return render(request, "assessments/judgement/worked_out.html", context)


def page_of(
    request: SignedInRequest, found: QuerySet[Enrolment] | Listed[Enrolment], form: CaseFilterForm
) -> dict[str, Any]:
    """A page of the list with its filter, and the address of the same list as a file."""
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {"form": form, "page": page, "rows": case_rows(list(page.object_list)), "asked": asked_in(request)}
