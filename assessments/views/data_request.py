"""Requests for data: who asked what a centre keeps about them, what was done about it, and the privacy of everybody."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import data_request as actions
from assessments.answering import IS_OPEN_NO_MORE, KNOWN_ALREADY, NOT_READY, WHO_FIRST, extending_refusals
from assessments.forms.data_request import (
    GIVEN,
    TAKEN,
    CloseForm,
    CopyForm,
    HandOverForm,
    IdentityForm,
    MoreTimeForm,
    RecordRequestForm,
)
from assessments.models import DataRequest
from assessments.queries.data_request import own_requests, request_page, requests_of
from portfolio.access import SignedInRequest, holds, signed_in
from portfolio.archive.asking import how_it_stands
from portfolio.enums import Role
from portfolio.forms import KeptForm
from portfolio.models import Centre
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import answered, done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre, kept_person, people_trail

REQUESTS: Table[DataRequest] = Table(
    "requests for data",
    "Requests for data",
    (
        Column("Who", lambda row: row.name, 28),
        Column("Received", lambda row: row.received_on),
        Column("What was asked", lambda row: row.asked, 44),
        Column("Identity confirmed", lambda row: row.confirmed_on),
        Column("Due", lambda row: row.due_on),
        Column("Why more time was taken", lambda row: row.extended_reason, 30),
        Column("Stands", lambda row: row.state, 24),
        Column("Answered", lambda row: row.handed_over_at, 18),
        Column("Closed", lambda row: row.closed_at, 18),
        Column("Why without an answer", lambda row: row.closed_reason, 30),
    ),
)


def requests_trail(centre: Centre) -> Trail:
    address = reverse("assessments:centre_data_requests", args=[centre.slug])
    return [*people_trail(centre), ("Requests for data", address)]


def request_trail(found: DataRequest) -> Trail:
    return [*requests_trail(found.centre), (str(found), reverse("assessments:data_request", args=[found.pk]))]


def request_at(request: SignedInRequest, pk: int) -> DataRequest:
    """A request to a centre that the person administers; else 404."""
    seen = DataRequest.objects.visible_to(request.user).select_related("centre", "user", "package")
    found: DataRequest = get_object_or_404(seen, pk=pk)
    return found


@holds(Role.ADMINISTRATOR)
@ask
def centre_requests(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every request, what is open first."""
    centre = kept_centre(request, slug)
    context = {
        "centre": centre,
        "requests": requests_of(centre),
        "today": timezone.localdate(),
        "trail": [*people_trail(centre), ("Requests for data", None)],
    }
    return render(request, "assessments/data_request/requests.html", context)


@holds(Role.ADMINISTRATOR)
@ask
def requests_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list to take away, with what was asked and how it ended."""
    centre = kept_centre(request, slug)
    return take_away(request, REQUESTS, requests_of(centre), ending, [centre])


@holds(Role.ADMINISTRATOR)
@ask_or_act
def record(request: SignedInRequest, slug: str) -> HttpResponse:
    """Record that somebody asks what is kept about them."""
    centre = kept_centre(request, slug)
    handle = request.GET.get("person", "")
    person = kept_person(request, slug, handle).user if handle else None
    work = in_progress(request, RecordRequestForm, f"{slug} {handle}")
    initial = {"received_on": timezone.localdate(), "address": person.email if person else ""}
    form = RecordRequestForm(work.data, work=work, initial=initial)
    made: list[DataRequest] = []

    def act(clean: dict[str, Any]) -> None:
        made.append(actions.record_data_request(centre=centre, by=request.user, at=timezone.now(), **clean))

    if done(form, act):
        messages.success(request, f"The request is on record. It is due on {made[0].due_on:%-d %B %Y}.")
        return redirect("assessments:data_request", made[0].pk)
    return form_page(
        request,
        form,
        title="A request for data",
        button="Record the request",
        trail=requests_trail(centre),
        lead="Somebody asks what you keep about them. They need not say why, nor name the law. You have one month.",
    )


@holds(Role.ADMINISTRATOR)
@ask
def data_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """A request, how far it is, and what is to be done next."""
    found = request_at(request, pk)
    page = request_page(found)
    context = {
        "page": page,
        "found": found,
        "mine": bool(found.package and found.by_office and found.package.asked_by_id == request.user.pk),
        "today": timezone.localdate(),
        "until": found.package.goes_on(settings.ARCHIVE_DAYS) if found.package else None,
        "trail": [*requests_trail(found.centre), (str(found), None)],
    }
    return render(request, "assessments/data_request/request.html", context)


def about_request(
    request: SignedInRequest,
    found: DataRequest,
    form_class: type[KeptForm],
    verb: Callable[..., object],
    *,
    title: str,
    button: str,
    said: str,
    lead: str = "",
    initial: dict[str, Any] | None = None,
    why_not: Iterable[str] = (),
) -> HttpResponse:
    """A page on which one thing is done about a request; why it cannot be, before anything is typed."""
    refusals = why_not if found.is_open else [IS_OPEN_NO_MORE]
    if refusals and request.method != "POST":
        for sentence in refusals:
            messages.error(request, sentence)
        return redirect("assessments:data_request", found.pk)
    work = in_progress(request, form_class, found.pk)
    form = form_class(work.data, work=work, initial=initial or {})
    if done(form, lambda clean: verb(request=found, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, said)
        return redirect("assessments:data_request", found.pk)
    return form_page(request, form, title=title, button=button, trail=request_trail(found), lead=lead)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record how it was confirmed that it is them."""
    found = request_at(request, pk)
    return about_request(
        request,
        found,
        IdentityForm,
        actions.confirm_who_asks,
        title="Who asks",
        button="Record it",
        said="It is on record how it was confirmed that it is them.",
        lead="What is kept about somebody goes to nobody else. The month counts from this day.",
        initial={"confirmed_on": timezone.localdate()},
        why_not=[KNOWN_ALREADY] if found.confirmed_on else [],
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def more_time(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take two further months, with a reason that is told."""
    found = request_at(request, pk)
    return about_request(
        request,
        found,
        MoreTimeForm,
        actions.take_more_time,
        title="More time",
        button="Take two further months",
        said="The new day is on record, and the letter with the reason is on its way.",
        why_not=extending_refusals(found.due_on, found.extended_at is not None, timezone.localdate()),
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def make_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have the copy made."""

    def act(*, way: str, **rest: Any) -> object:
        return actions.make_copy(by_office=way == GIVEN, **rest)

    found = request_at(request, pk)
    return about_request(
        request,
        found,
        CopyForm,
        act,
        title="The copy",
        button="Have it made",
        said="The copy is being made.",
        lead="Everything that the installation holds about the person, with what is left out and why.",
        initial={"way": TAKEN if found.user and not found.by_office else GIVEN, "left_out": found.left_out},
        why_not=[] if found.confirmed_on else [WHO_FIRST],
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that the office handed the copy over; where the person downloads it, the press alone tells them."""
    found = request_at(request, pk)
    if not found.by_office and request.method == "POST":
        return answered(
            request,
            lambda: actions.hand_over_copy(request=found, by=request.user, at=timezone.now()),
            "The letter with the way to the copy is on its way. The request is answered.",
            ("assessments:data_request", pk),
        )
    ready = found.by_office and found.package and how_it_stands(found.package, timezone.now()).ready
    return about_request(
        request,
        found,
        HandOverForm,
        actions.hand_over_copy,
        title="Handed over",
        button="Record it",
        said="The request is answered.",
        why_not=[] if ready else [NOT_READY],
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a request without an answer."""
    return about_request(
        request,
        request_at(request, pk),
        CloseForm,
        actions.close_unanswered,
        title="Close it without a copy",
        button="Close the request",
        said="The request is closed, and the letter with the reason is on its way.",
    )


# --- everybody's own -------------------------------------------------------------------------------------------------


@signed_in
@ask
def privacy(request: SignedInRequest) -> HttpResponse:
    """The privacy notices of one's centres, and what one asked them for."""
    context = {
        "centres": Centre.objects.visible_to(request.user),
        "requests": own_requests(request.user),
    }
    return render(request, "assessments/data_request/privacy.html", context)
