"""The staff of a centre: for who runs it, what they know, learn and what falls due; for each of them, their own."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from portfolio import actions
from portfolio.access import IN_PLACE_ONLY, SignedInRequest, holds, looked_from_outside, may_take_away
from portfolio.enums import Role
from portfolio.forms import CompetenceForm, DevelopmentForm, EndCompetenceForm
from portfolio.models import Centre, Competence, Development, StaffRecord
from portfolio.models.staff import RUNS
from portfolio.queries import staff_member as member_page
from portfolio.queries import staff_page
from portfolio.queries.staff import StaffLine, staff_lines
from portfolio.rules import READERS, STAFF_ROLES
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act

STAFF: Table[StaffLine] = Table(
    "staff",
    "Staff",
    (
        Column("Name", lambda line: line.name, 28),
        Column("Job title", lambda line: line.job_title, 24),
        Column("Roles today", lambda line: "; ".join(f"{held.role} {held.days}" for held in line.roles), 44),
        Column("Awards", lambda line: "; ".join(line.awards), 40),
        Column("Competent in", lambda line: "; ".join(line.areas), 40),
        Column("Competence to be looked at again", lambda line: line.review_on, 18),
        Column("Development, hours in a year", lambda line: float(line.hours), 14),
    ),
)
LOG: Table[Development] = Table(
    "development log",
    "Development log",
    (
        Column("Name", lambda entry: entry.staff.name, 28),
        Column("Done on", lambda entry: entry.done_on),
        Column("What", lambda entry: entry.what, 40),
        Column("Hours", lambda entry: float(entry.hours), 10),
        Column("What it brought", lambda entry: entry.reflection, 60),
    ),
)


def runs(request: SignedInRequest, centre_id: int) -> bool:
    """Whether the person sees what the staff of the centre know and learn."""
    return any(request.standing.holds(role, centre_id) for role in RUNS)


def run_member(request: SignedInRequest, slug: str, handle: str) -> StaffRecord:
    """Somebody on the staff of a centre that the person runs; else 404."""
    return member_at(request, slug, handle, *RUNS)


def member_at(request: SignedInRequest, slug: str, handle: str, *roles: Role) -> StaffRecord:
    """Somebody on the staff of a centre at which the person holds one of the roles; else 404."""
    found = StaffRecord.objects.filter(centre__in=request.standing.centres(*roles))
    return get_object_or_404(found.select_related("centre", "user"), centre__slug=slug, user__handle=handle)


def own_member(request: SignedInRequest, slug: str) -> StaffRecord:
    """The person's own record at a centre where they are staff today; else 404."""
    found = StaffRecord.objects.filter(user=request.user).select_related("centre", "user")
    centres = request.standing.centres(*STAFF_ROLES)
    return get_object_or_404(found, centre__slug=slug, centre__in=centres)


def member_trail(request: SignedInRequest, staff: StaffRecord) -> Trail:
    page = reverse("portfolio:staff_member", args=[staff.centre.slug, staff.user.handle])
    reads = runs(request, staff.centre_id) or request.standing.holds(Role.EXTERNAL_VERIFIER, staff.centre_id)
    if not reads:
        return [(staff.name, page)]
    return [(f"Staff of {staff.centre}", reverse("portfolio:staff", args=[staff.centre.slug])), (staff.name, page)]


def read_centre(request: SignedInRequest, slug: str) -> Centre:
    """A centre of which the person reads who works there: who runs it, or looks at it from outside; else 404."""
    here = request.standing.centres(*RUNS, Role.EXTERNAL_VERIFIER)
    return get_object_or_404(Centre, slug=slug, pk__in=here)


@holds(*RUNS, Role.EXTERNAL_VERIFIER)
@ask
def staff(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who works here, what they know and learned, and what falls due."""
    centre = read_centre(request, slug)
    looked_from_outside(request, centre, centre.pk)
    administers = request.standing.holds(Role.ADMINISTRATOR, centre.pk)
    context = {
        "page": staff_page(centre, timezone.localdate()),
        "administers": administers,
        "outside": not runs(request, centre.pk),
        "in_place_only": IN_PLACE_ONLY if centre.pk in request.standing.sealed else "",
    }
    return render(request, "portfolio/staff.html", context)


@holds(*RUNS, Role.EXTERNAL_VERIFIER)
@ask
def staff_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """Who works here, with the days of their roles, to take away."""
    centre = read_centre(request, slug)
    may_take_away(request, centre.pk)
    return take_away(request, STAFF, staff_lines(centre, timezone.localdate()), ending, [centre])


@holds(*RUNS)
@ask
def all_staff(request: SignedInRequest) -> HttpResponse:
    """The staff of the one centre somebody runs; a choice for who runs several."""
    centres = list(Centre.objects.run_by(request.user))
    if len(centres) == 1:
        return redirect("portfolio:staff", centres[0].slug)
    return render(request, "portfolio/choose_staff.html", {"centres": centres})


@holds(*STAFF_ROLES)
@ask
def own_development(request: SignedInRequest) -> HttpResponse:
    """My own log, at the one centre I work at; a choice where there are several."""
    mine = StaffRecord.objects.filter(user=request.user, centre__in=request.standing.centres(*STAFF_ROLES))
    records = list(mine.select_related("centre"))
    if len(records) == 1:
        return redirect("portfolio:staff_member", records[0].centre.slug, request.user.handle)
    return render(request, "portfolio/own_development.html", {"records": records})


def read_member(request: SignedInRequest, slug: str, handle: str) -> StaffRecord:
    """The person themselves; or somebody on the staff, for who runs the centre and for its external verifier."""
    if request.user.handle == handle:
        return own_member(request, slug)
    return member_at(request, slug, handle, *RUNS, Role.EXTERNAL_VERIFIER)


@holds(*READERS)
@ask
def staff_member(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """What somebody knows and learned: for themselves, for who runs the centre, and for its external verifier."""
    is_own = request.user.handle == handle
    staff = read_member(request, slug, handle)
    looked_from_outside(request, staff, staff.centre_id)
    may_confirm = not is_own and runs(request, staff.centre_id)
    context = {
        "member": member_page(staff, timezone.localdate()),
        "own": is_own,
        "may_confirm": may_confirm,
        "in_place_only": IN_PLACE_ONLY if staff.centre_id in request.standing.sealed else "",
        "trail": [*member_trail(request, staff)[:-1], (staff.name, None)],
    }
    return render(request, "portfolio/staff_member.html", context)


@holds(*READERS)
@ask
def development_file(request: SignedInRequest, slug: str, handle: str, ending: str) -> HttpResponseBase:
    """Somebody's log, to take away."""
    staff = read_member(request, slug, handle)
    may_take_away(request, staff.centre_id)
    entries = Development.objects.standing().filter(staff=staff)
    return take_away(
        request, LOG, entries.select_related("staff"), ending, [staff.centre], of=[(staff, staff.centre_id)]
    )


@holds(*RUNS)
@ask_or_act
def record_competence(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Record what somebody is competent in."""
    staff = run_member(request, slug, handle)
    work = in_progress(request, CompetenceForm, f"new of {staff.pk}")
    form = CompetenceForm(work.data, work=work, initial={"confirmed_on": timezone.localdate()})
    if done(form, lambda clean: actions.record_competence(staff=staff, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, f"What {staff.name} is competent in is on record.")
        return redirect("portfolio:staff_member", slug, handle)
    return form_page(
        request,
        form,
        title="Record a competence",
        button="Record it",
        trail=member_trail(request, staff),
        lead=f"What {staff.name} knows of the work they assess or verify, besides their awards.",
    )


@holds(*RUNS)
@ask_or_act
def end_competence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a competence no longer counts."""
    found = Competence.objects.filter(staff__centre__in=Centre.objects.run_by(request.user), ended_on=None)
    competence = get_object_or_404(found.select_related("staff__centre", "staff__user"), pk=pk)
    staff = competence.staff
    work = in_progress(request, EndCompetenceForm, competence.pk)
    form = EndCompetenceForm(work.data, work=work, initial={"ended_on": timezone.localdate()})
    if done(
        form,
        lambda clean: actions.end_competence(competence=competence, by=request.user, at=timezone.now(), **clean),
    ):
        messages.success(request, "It no longer counts. What was decided before stands.")
        return redirect("portfolio:staff_member", staff.centre.slug, staff.user.handle)
    return form_page(
        request,
        form,
        title=f"End the competence in {competence.area}",
        button="End it",
        trail=member_trail(request, staff),
    )


@holds(*STAFF_ROLES)
@ask_or_act
def record_development(request: SignedInRequest, slug: str) -> HttpResponse:
    """Add to my log."""
    staff = own_member(request, slug)
    work = in_progress(request, DevelopmentForm, f"new at {slug}")
    form = DevelopmentForm(work.data, work=work, initial={"done_on": timezone.localdate()})
    if done(form, lambda clean: actions.record_development(staff=staff, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "It stands in your log.")
        return redirect("portfolio:staff_member", slug, request.user.handle)
    return form_page(request, form, title="Add to your log", button="Add it", trail=member_trail(request, staff))


@holds(*STAFF_ROLES)
@ask_or_act
def correct_development(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct an entry of my log."""
    entry = own_entry(request, pk)
    initial = {field: getattr(entry, field) for field in DevelopmentForm.base_fields}
    work = in_progress(request, DevelopmentForm, entry.pk, *initial.values())
    form = DevelopmentForm(work.data, work=work, initial=initial)
    if done(form, lambda clean: actions.correct_development(entry=entry, by=request.user, at=timezone.now(), **clean)):
        messages.success(request, "The entry has been corrected.")
        return redirect("portfolio:staff_member", entry.staff.centre.slug, request.user.handle)
    return form_page(request, form, title="Correct an entry", button="Save", trail=member_trail(request, entry.staff))


@holds(*STAFF_ROLES)
@require_POST
def take_back_development(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an entry out of my log."""
    entry = own_entry(request, pk)
    actions.take_back_development(entry=entry, by=request.user, at=timezone.now())
    messages.success(request, "The entry is taken out of your log.")
    return redirect("portfolio:staff_member", entry.staff.centre.slug, request.user.handle)


def own_entry(request: SignedInRequest, pk: int) -> Development:
    """An entry of the person's own log, at a centre where they work, that stands; else 404."""
    here = request.standing.centres(*STAFF_ROLES)
    mine = Development.objects.standing().filter(staff__user=request.user, staff__centre__in=here)
    return get_object_or_404(mine.select_related("staff__centre", "staff__user"), pk=pk)
