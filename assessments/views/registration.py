"""Whole awards that candidates are registered for: the list, one candidate's way to one, and the office's verbs."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.actions import registration as actions
from assessments.forms.registration import AwardFilterForm, EndForm, RegisterForm, RegistrationForm
from assessments.models import Registration
from assessments.queries.registration import (
    AwardLine,
    AwardPage,
    award_lines,
    award_page,
    qualifications_registered,
    registrations,
    registrations_listed,
)
from portfolio.access import SignedInRequest, holds, listed_from_outside, signed_in
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.refusal import Refusal
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import asked_in, done, form_page, in_progress
from portfolio.views.people import Trail, ask_or_act, kept_centre

PER_PAGE = 15
AWARDS: Table[AwardLine] = Table(
    "awards",
    "Whole awards",
    (
        Column("Candidate", lambda line: line.registration.candidate.legal_name, 28),
        Column("Candidate number", lambda line: line.registration.candidate.candidate_number),
        Column("Award", lambda line: line.registration.qualification.title, 40),
        Column("Qualification number", lambda line: line.registration.qualification.number),
        Column("Registration number", lambda line: line.registration.number),
        Column("Registered", lambda line: line.registration.registered_on),
        Column("Units done", lambda line: line.done, 10),
        Column("Units under way", lambda line: line.under_way, 10),
        Column("Units not begun", lambda line: line.not_begun, 10),
        Column("Credits that count", lambda line: line.standing.credits, 10),
        Column("Complete", lambda line: "yes" if line.standing.complete else "no", 10),
        Column("Still missing", lambda line: " ".join(row.sentence for row in line.standing.missing), 60),
    ),
)


def awards_trail() -> Trail:
    return [("Whole awards", reverse("assessments:awards"))]


def trail_of(found: Registration) -> Trail:
    return [*awards_trail(), (str(found.candidate), reverse("assessments:award", args=[found.pk]))]


def filter_of(request: SignedInRequest) -> AwardFilterForm:
    return AwardFilterForm(request.GET, qualifications=qualifications_registered(request.user))


@signed_in
@require_safe
def awards(request: SignedInRequest) -> HttpResponse:
    """Who is registered for a whole award, and how far they are: as far as it exists for the person."""
    listed_from_outside(request, "awards")
    form = filter_of(request)
    page: Page[Any] = Paginator(registrations_listed(request.user, form.wanted), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "form": form,
        "page": page,
        "lines": award_lines(page.object_list),
        "asked": asked_in(request),
        "centres": Centre.objects.kept_by(request.user) if request.standing.holds(Role.ADMINISTRATOR) else [],
    }
    return render(request, "assessments/registration/awards.html", context)


@signed_in
@require_safe
def awards_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away."""
    listed_from_outside(request, "awards")  # none of them exists for an external verifier, and the asking is noted
    found = registrations(request.user, filter_of(request).wanted)
    centres = Centre.objects.filter(pk__in=found.order_by().values("centre"))
    return take_away(request, AWARDS, award_lines(found), ending, centres)


@signed_in
@require_safe
def award(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far one candidate is to a whole award, and which units would complete it."""
    seen = Registration.objects.visible_to(request.user).select_related(
        "candidate", "qualification__publication", "centre"
    )
    found = get_object_or_404(seen, pk=pk)
    page = award_page(found)
    keeps = request.standing.holds(Role.ADMINISTRATOR, found.centre_id) and found.candidate.user_id != request.user.pk
    context = {
        "page": page,
        "line": page.line,
        "registration": found,
        "own": found.candidate.user_id == request.user.pk,
        "keeps": keeps,
        "enrol": enrol_links(found, page) if keeps else [],
        "trail": [*awards_trail(), (str(found.candidate), None)],
    }
    return render(request, "assessments/registration/award.html", context)


def enrol_links(found: Registration, page: AwardPage) -> list[tuple[str, str]]:
    """For each unit that would help and is not begun: where to enrol the candidate on it."""
    address = reverse("assessments:enrol", args=[found.centre.slug])
    who = {"candidate": found.candidate_id, "search": found.candidate.legal_name}
    return [(str(unit), f"{address}?{urlencode({**who, 'unit': unit.pk})}") for unit in page.to_begin]


@holds(Role.ADMINISTRATOR)
@ask_or_act
def register(request: SignedInRequest, slug: str) -> HttpResponse:
    """Record that the awarding body registered a candidate for a whole award."""
    centre, today = kept_centre(request, slug), timezone.localdate()
    search = request.GET.get("search", "").strip()
    work = in_progress(request, RegisterForm, slug)
    initial = {"registered_on": today, **request.GET.dict()}
    form = RegisterForm(work.data, work=work, centre=centre, today=today, search=search, initial=initial)
    made: list[Registration] = []
    if done(form, lambda clean: made.append(actions.register(by=request.user, at=timezone.now(), **clean))):
        messages.success(request, f"{made[0].candidate} is registered for {made[0].qualification}.")
        return redirect("assessments:award", made[0].pk)
    return form_page(
        request,
        form,
        title="Register a candidate for a whole award",
        button="Record the registration",
        trail=awards_trail(),
        template="assessments/enrolment/enrol.html",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the number or the day of a registration."""
    found = kept(request, pk)
    initial = {"number": found.number, "registered_on": found.registered_on}
    work = in_progress(request, RegistrationForm, found.pk, *initial.values())
    form = RegistrationForm(work.data, work=work, initial=initial)
    act = partial(actions.correct_registration, registration=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The registration has been corrected. The audit book keeps what it said.")
        return redirect("assessments:award", pk)
    return form_page(request, form, title="Correct the registration", button="Save", trail=trail_of(found))


@holds(Role.ADMINISTRATOR)
@ask_or_act
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that a candidate no longer works towards the award."""
    found = kept(request, pk)
    refusals = actions.ending_refusals(found)
    if refusals and request.method != "POST":  # what was typed meanwhile, its form keeps
        raise Refusal(refusals)
    work = in_progress(request, EndForm, found.pk)
    form = EndForm(work.data, work=work)
    act = partial(actions.end_registration, registration=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The registration has ended. The candidate's units stay as they are.")
        return redirect("assessments:awards")
    return form_page(
        request,
        form,
        title="End the registration",
        button="End it",
        trail=trail_of(found),
        lead=f"{found.candidate} no longer works towards {found.qualification}. Their units go on, one by one.",
    )


def kept(request: SignedInRequest, pk: int) -> Registration:
    """A registration that the person's centre keeps, of somebody else; 409 once it has ended; else 404."""
    rows = Registration.objects.filter(centre__in=Centre.objects.kept_by(request.user))
    rows = rows.exclude(candidate__user=request.user).select_related("candidate", "qualification", "centre")
    found = get_object_or_404(rows, pk=pk)
    if found.ended_at:
        raise Refusal([f"This registration ended on {timezone.localtime(found.ended_at):%-d %B %Y}."])
    return found
