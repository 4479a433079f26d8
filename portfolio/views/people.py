"""A centre's people: the list, a person, and what is written down about them. For the centre's administrators."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from portfolio import actions, seals
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.forms import (
    CandidateForm,
    CandidateNamesForm,
    CentreSettingsForm,
    PeopleFilterForm,
    StaffForm,
    StaffNamesForm,
    asked_for,
)
from portfolio.models import CandidateRecord, Centre, StaffRecord, User
from portfolio.queries import Person, people_page, person_at, person_page, received
from portfolio.queries.people_whole import WholePerson, everybody
from portfolio.refusal import Refusal
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import asked_in, done, form_page, in_progress, typed
from portfolio.views.news import on_home

Trail = list[tuple[str, str | None]]
ask_or_act = require_http_methods(["GET", "HEAD", "POST"])
ask = require_http_methods(["GET", "HEAD"])
PEOPLE = Table(
    "people",
    "People",
    (
        Column[WholePerson]("Name", lambda one: one.line.name, 28),
        Column[WholePerson]("Roles today", lambda one: ", ".join(one.line.roles), 28),
        Column[WholePerson]("E-mail", lambda one: one.line.email, 32),
        Column[WholePerson]("Legal name", lambda one: one.number("legal_name"), 28),
        Column[WholePerson]("Candidate number", lambda one: one.number("candidate_number")),
        Column[WholePerson]("ULN", lambda one: one.number("uln")),
        Column[WholePerson]("SCN", lambda one: one.number("scn")),
        Column[WholePerson]("UCI", lambda one: one.number("uci")),
        Column[WholePerson]("Centre’s reference", lambda one: one.number("centre_reference"), 18),
    ),
)
INVITED = "{name} has been invited. The letter with the next step is on its way to {email}."


def kept_centre(request: SignedInRequest, slug: str) -> Centre:
    """The centre, if the person asking keeps its people's records; else 404."""
    return get_object_or_404(Centre.objects.kept_by(request.user), slug=slug)


def kept_person(request: SignedInRequest, slug: str, handle: str) -> Person:
    """A person of whom that centre keeps a record; else 404."""
    try:
        return person_at(kept_centre(request, slug), handle)
    except User.DoesNotExist as unknown:
        raise Http404 from unknown


def people_trail(centre: Centre) -> Trail:
    return [(f"People of {centre}", reverse("portfolio:centre_people", args=[centre.slug]))]


def person_trail(person: Person) -> Trail:
    address = reverse("portfolio:person", args=[person.centre.slug, person.user.handle])
    return [*people_trail(person.centre), (person.name, address)]


@holds(Role.ADMINISTRATOR)
@ask
def people(request: SignedInRequest) -> HttpResponse:
    """The people of the one centre somebody administers; a choice for who administers several."""
    centres = list(Centre.objects.kept_by(request.user))
    if len(centres) == 1:
        return redirect("portfolio:centre_people", centres[0].slug)
    return render(request, "portfolio/centres.html", {"centres": centres, **on_home(request)})


@holds(Role.ADMINISTRATOR)
@ask_or_act
def centre_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """Where the centre is, and how old prior learning may be before somebody asks."""
    centre = kept_centre(request, slug)
    initial = {"country": centre.country, "prior_learning_years": centre.prior_learning_years}
    form = CentreSettingsForm(typed(request), initial=initial)
    if done(form, lambda clean: actions.set_up_centre(centre=centre, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The settings are saved.")
        return redirect("portfolio:centre_people", slug)
    return form_page(
        request,
        form,
        title="Settings of the centre",
        button="Save",
        trail=people_trail(centre),
        template="portfolio/centre_settings.html",
        more={"sealed_by": seals.standing(centre, timezone.now())},
    )


@holds(Role.ADMINISTRATOR)
@ask
def centre_people(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everybody the centre keeps a record of, by name; filtered by words and by role."""
    centre = kept_centre(request, slug)
    form = PeopleFilterForm(request.GET)
    search, role = asked_for(form)
    number = request.GET.get("page", "1")
    found = people_page(centre, search=search, role=role, number=number, day=timezone.localdate())
    filtered = bool(search or role)
    context = {"found": found, "form": form, "filtered": filtered, "asked": asked_in(request), **on_home(request)}
    return render(request, "portfolio/people.html", context)


@holds(Role.ADMINISTRATOR)
@ask
def people_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away, with the numbers of candidates."""
    centre = kept_centre(request, slug)
    search, role = asked_for(PeopleFilterForm(request.GET))
    rows = everybody(centre, search=search, role=role, day=timezone.localdate())
    return take_away(request, PEOPLE, rows, ending, [centre])


@holds(Role.ADMINISTRATOR)
@ask
def person(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """All that the centre keeps about one person."""
    found = kept_person(request, slug, handle)
    record = person_page(found, timezone.localdate())
    context = {
        "record": record,
        "received": received(record.candidate) if record.candidate else None,
        "trail": [*people_trail(found.centre), (found.name, None)],
    }
    return render(request, "portfolio/person.html", context)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def add_candidate(request: SignedInRequest, slug: str) -> HttpResponse:
    """Invite a candidate."""
    centre = kept_centre(request, slug)
    work = in_progress(request, CandidateForm, f"new at {slug}")
    form = CandidateForm(work.data, work=work, initial=request.GET.dict())
    if done(form, lambda clean: actions.invite_candidate(centre=centre, by=request.user, at=timezone.now(), **clean)):
        clean = form.cleaned_data
        messages.success(request, INVITED.format(name=clean["known_as"] or clean["legal_name"], email=clean["email"]))
        return redirect("portfolio:centre_people", slug)
    return form_page(
        request, form, title="Add a candidate", button="Add and send the invitation", trail=people_trail(centre)
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def add_staff(request: SignedInRequest, slug: str) -> HttpResponse:
    """Invite somebody to the staff."""
    centre = kept_centre(request, slug)
    work = in_progress(request, StaffForm, f"new at {slug}")
    form = StaffForm(work.data, work=work, initial=request.GET.dict())
    if done(form, lambda clean: actions.invite_staff(centre=centre, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, INVITED.format(**form.cleaned_data))
        return redirect("portfolio:centre_people", slug)
    return form_page(request, form, title="Add staff", button="Add and send the invitation", trail=people_trail(centre))


@holds(Role.ADMINISTRATOR)
@ask_or_act
def edit_candidate(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Correct a candidate's names and numbers."""
    centre = kept_centre(request, slug)
    found = CandidateRecord.objects.visible_to(request.user).select_related("user")
    candidate = get_object_or_404(found, centre=centre, user__handle=handle)
    initial = {field: getattr(candidate, field) for field in CandidateNamesForm.base_fields}
    work = in_progress(request, CandidateNamesForm, candidate.pk, *initial.values())
    form = CandidateNamesForm(work.data, work=work, initial=initial)
    if done(
        form, lambda clean: actions.edit_candidate(candidate=candidate, by=request.user, at=timezone.now(), **clean)
    ):
        messages.success(request, "The candidate's record has been corrected.")
        return redirect("portfolio:person", slug, handle)
    return form_page(
        request,
        form,
        title="Correct the candidate's record",
        button="Save",
        trail=person_trail(Person(centre, candidate.user, candidate.name)),
        lead="The audit book keeps what was written here before.",
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def edit_staff(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Correct the name or job title of somebody on the staff."""
    centre = kept_centre(request, slug)
    found = StaffRecord.objects.visible_to(request.user).select_related("user")
    staff = get_object_or_404(found, centre=centre, user__handle=handle)
    initial = {"name": staff.name, "job_title": staff.job_title}
    work = in_progress(request, StaffNamesForm, staff.pk, *initial.values())
    form = StaffNamesForm(work.data, work=work, initial=initial)
    if done(form, lambda clean: actions.edit_staff(staff=staff, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The staff record has been corrected.")
        return redirect("portfolio:person", slug, handle)
    return form_page(
        request,
        form,
        title="Correct the staff record",
        button="Save",
        trail=person_trail(Person(centre, staff.user, staff.name)),
        lead="The audit book keeps what was written here before. Signatures keep the name they were given with.",
    )


@holds(Role.ADMINISTRATOR)
@require_POST
def invite_again(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Send the invitation again, with a fresh link."""
    found = kept_person(request, slug, handle)
    try:
        actions.resend_invitation(centre=found.centre, user=found.user, by=request.user, at=timezone.now())
    except Refusal as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
    else:
        messages.success(request, INVITED.format(name=found.name, email=found.user.email))
    return redirect("portfolio:person", slug, handle)
