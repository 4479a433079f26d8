"""The centre's office: who is enrolled on what, who works on it, approvals by awarding bodies."""

from collections.abc import Mapping
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import allocation
from assessments.actions import enrolment as actions
from assessments.allocating import allocation_warnings
from assessments.enums import AllocatedAs
from assessments.forms.office import (
    AllocateForm,
    ApprovalForm,
    DirectClaimForm,
    EnrolForm,
    FormApprovalForm,
    WithdrawnForm,
)
from assessments.models import Enrolment
from assessments.queries.allocation import colleagues
from assessments.queries.office import approvals_of
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import Centre, User
from portfolio.numbers import centre_number_warnings
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre
from units.actions import approve, approve_form, record_direct_claim, withdraw_direct_claim
from units.models import AwardingBody, CentreApproval, DirectClaim, Qualification, Unit


def units_trail(centre: Centre) -> Trail:
    return [(f"Enrolments of {centre}", reverse("assessments:centre_enrolments", args=[centre.slug]))]


def approvals_trail(centre: Centre) -> Trail:
    return [*units_trail(centre), ("Approvals", reverse("assessments:approvals", args=[centre.slug]))]


def choose_centre(request: SignedInRequest, page: str, heading: str) -> HttpResponse:
    """The page of the one centre somebody administers; a choice for who administers several."""
    return among(request, list(Centre.objects.kept_by(request.user)), page, heading)


def among(request: SignedInRequest, centres: list[Centre], page: str, heading: str) -> HttpResponse:
    """The page of the one centre; a choice where there are several."""
    if len(centres) == 1:
        return redirect(page, centres[0].slug)
    return render(request, "assessments/award/centres.html", {"centres": centres, "page": page, "heading": heading})


@holds(Role.ADMINISTRATOR)
@ask_or_act
def enrol(request: SignedInRequest, slug: str) -> HttpResponse:
    """Enrol a candidate on a unit, with its assessor and verifier."""
    centre, today = kept_centre(request, slug), timezone.localdate()
    form = EnrolForm(
        typed(request),
        centre=centre,
        today=today,
        search=request.GET.get("search", "").strip(),
        initial={"started_on": today, **request.GET.dict()},
    )
    if done(form, lambda clean: actions.enrol(by=request.user, at=timezone.now(), **clean)):
        clean = form.cleaned_data
        messages.success(request, f"{clean['candidate']} is enrolled on {clean['unit'].short_code}.")
        warn(request, centre, {part: clean[part] for part in AllocatedAs})
        return redirect("assessments:centre_enrolments", slug)
    return form_page(
        request,
        form,
        title="Enrol a candidate on a unit",
        button="Enrol the candidate",
        trail=units_trail(centre),
        template="assessments/enrolment/enrol.html",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def allocate(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Give a part of an enrolment to somebody else."""
    found = Enrolment.objects.filter(centre__in=Centre.objects.kept_by(request.user))
    enrolment = get_object_or_404(found.select_related("candidate", "unit", "centre"), pk=pk)
    if part not in AllocatedAs.values:
        raise Http404(f"Nobody is allocated as {part}.")
    allocated = AllocatedAs(part)
    work = in_progress(request, AllocateForm, f"{part} {pk}")
    form = AllocateForm(work.data, work=work, centre=enrolment.centre, part=allocated, today=timezone.localdate())
    act = partial(allocation.allocate, enrolment=enrolment, part=allocated, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, f"The {allocated.label.lower()} has changed. The history keeps who it was before.")
        warn(request, enrolment.centre, {allocated: form.cleaned_data["user"]})
        return redirect("assessments:enrolment", pk)
    trail: Trail = [(str(enrolment), reverse("assessments:enrolment", args=[pk]))]
    title = f"Change the {allocated.label.lower()}"
    return form_page(request, form, title=title, button="Change the allocation", trail=trail)


def warn(request: SignedInRequest, centre: Centre, parts: Mapping[AllocatedAs, User | None]) -> None:
    """Say what whoever allocates should know of these people, though it stopped nothing."""
    today = timezone.localdate()
    people = colleagues(parts.values(), centre.pk, today)
    named = {part: people.get(user.pk) if user else None for part, user in parts.items()}
    for sentence in allocation_warnings(named, today):
        messages.warning(request, sentence)


@holds(Role.ADMINISTRATOR)
@ask
def approvals(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which awarding bodies approved the centre, under which numbers."""
    centre = kept_centre(request, slug)
    context = {
        "centre": centre,
        "lines": approvals_of(centre, timezone.localdate()),
        "trail": [*units_trail(centre), ("Approvals", None)],
    }
    return render(request, "assessments/enrolment/approvals.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def approval(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Record an awarding body's approval of the centre, or correct it."""
    centre, body = kept_centre(request, slug), get_object_or_404(AwardingBody, code=code)
    existing = CentreApproval.objects.filter(centre=centre, awarding_body=body).first()
    initial = {field: getattr(existing, field) for field in ApprovalForm.base_fields} if existing else {}
    form = ApprovalForm(typed(request), initial=initial)
    act = partial(approve, centre=centre, awarding_body=body, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, f"The approval by {body} is on record.")
        for warning in centre_number_warnings(
            form.cleaned_data["centre_number"], body.centre_number_pattern, str(body)
        ):
            messages.warning(request, warning)
        return redirect("assessments:approvals", slug)
    return form_page(
        request, form, title=f"Approval by {body}", button="Record the approval", trail=approvals_trail(centre)
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def form_approval(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Record which external verifier approved the centre's own recording form."""
    centre = kept_centre(request, slug)
    existing = get_object_or_404(
        CentreApproval.objects.select_related("awarding_body"), centre=centre, awarding_body__code=code
    )
    form = FormApprovalForm(typed(request))
    if done(form, lambda clean: approve_form(approval=existing, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The approval of the recording form is on record.")
        return redirect("assessments:approvals", slug)
    return form_page(
        request,
        form,
        title=f"Approval of the recording form for {existing.awarding_body} units",
        button="Record the approval",
        trail=approvals_trail(centre),
        lead="The awarding body prints no form of its own, so the centre's form needs the external verifier's word.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def direct_claim(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Record direct claim status with an awarding body, for all of its units, a qualification or one unit."""
    centre = kept_centre(request, slug)
    body = get_object_or_404(AwardingBody, code=code, approvals__centre=centre)
    units = Unit.objects.offered_at(centre).filter(awarding_body=body).order_by("short_code", "version")
    offered = Qualification.objects.offered_at(centre).filter(awarding_body=body).order_by("title", "version")
    form = DirectClaimForm(
        typed(request), units=units, qualifications=offered, initial={"starts_on": timezone.localdate()}
    )
    act = partial(record_direct_claim, centre=centre, awarding_body=body, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "Direct claim status is on record.")
        return redirect("assessments:approvals", slug)
    return form_page(
        request,
        form,
        title=f"Direct claim status with {body}",
        button="Record it",
        trail=approvals_trail(centre),
        lead="Units are then claimed without asking first. It waives no internal verification.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def withdraw_status(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that an awarding body withdrew direct claim status."""
    kept = DirectClaim.objects.filter(centre__in=Centre.objects.kept_by(request.user))
    status = get_object_or_404(kept.select_related("centre", "awarding_body", "unit", "qualification"), pk=pk)
    work = in_progress(request, WithdrawnForm, pk)
    form = WithdrawnForm(work.data, work=work, initial={"withdrawn_on": timezone.localdate()})
    act = partial(withdraw_direct_claim, status=status, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The withdrawal is on record.")
        return redirect("assessments:approvals", status.centre.slug)
    trail = approvals_trail(status.centre)
    title = f"Direct claim status with {status.awarding_body} withdrawn"
    return form_page(request, form, title=title, button="Record it", trail=trail, lead=str(status))
