"""The external verifier's own pages: what is in their remit, what they choose, note, remark and ask for."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments import visiting
from assessments.actions import external as actions
from assessments.actions.activities import ask_of_staff
from assessments.forms.activities import AskForm
from assessments.forms.external import AuthoriseForm, NoteForm, RemitFilterForm
from assessments.forms.verification import WhyForm
from assessments.models import (
    ClaimAuthorisation,
    Enrolment,
    ExternalAccess,
    ExternalChoice,
    ExternalNote,
    SamplingPolicy,
)
from assessments.queries.external import (
    Narrowed,
    access_for,
    home_of,
    in_charge_at,
    outside_unit,
    remit_page,
    remit_units,
)
from assessments.queries.planned import rules_in_words
from assessments.queries.strategy import latest_policy
from assessments.views.asking import only_now, unit_for
from portfolio.access import (
    IN_PLACE_ONLY,
    SignedInRequest,
    holds,
    listed_from_outside,
    looked_from_outside,
    taken_from,
)
from portfolio.enums import Role
from portfolio.models import User
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import asked_in, done, form_page, in_progress, typed
from portfolio.views.news import on_home
from portfolio.views.people import Trail, ask, ask_or_act
from units.forms import PressForm

REMIT: Table[Enrolment] = Table(
    "remit",
    "Work to look at",
    (
        Column("Candidate", lambda row: row.candidate.name, 28),
        Column("Centre", lambda row: str(row.centre), 24),
        Column("Unit", lambda row: row.unit.short_code, 10),
        Column("Where it stands", lambda row: row.get_status_display(), 24),
        Column("Assessor", lambda row: vars(row)["assessor_name"], 24),
        Column("Sampled by the centre", lambda row: vars(row)["sampled_at"], 18),
        Column("Your selection", lambda row: "yes" if vars(row)["chosen"] else "", 10),
    ),
)


def home_trail() -> Trail:
    return [("My visit", reverse("assessments:external_home"))]


def unit_trail(enrolment: Enrolment) -> Trail:
    words = f"{enrolment.candidate}, {enrolment.unit.short_code}"
    return [*home_trail(), (words, reverse("assessments:enrolment", args=[enrolment.pk]))]


@holds(Role.EXTERNAL_VERIFIER)
@ask
def home(request: SignedInRequest) -> HttpResponse:
    """My visits: units, days left, what I chose, wrote down and asked for."""
    listed_from_outside(request, "visit")
    context = {"home": home_of(request.user, request.standing.day), **on_home(request)}
    return render(request, "assessments/external/home.html", context)


@holds(Role.EXTERNAL_VERIFIER)
@ask
def units(request: SignedInRequest) -> HttpResponse:
    """The candidates' units I may look at."""
    listed_from_outside(request, "remit")
    form = RemitFilterForm(request.GET)
    asked = narrowed_by(form)
    context = {
        "page": remit_page(request.user, asked, request.GET.get("page", "1"), request.standing.day),
        "form": form,
        "asked": asked_in(request),
        "in_place_only": IN_PLACE_ONLY if request.standing.sealed else "",
        "filtered": asked != Narrowed(),
        "several": len(request.standing.centres(Role.EXTERNAL_VERIFIER)) > 1,
        "trail": [*home_trail(), ("Units", None)],
    }
    return render(request, "assessments/external/units.html", context)


@holds(Role.EXTERNAL_VERIFIER)
@ask
def units_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away."""
    rows = remit_units(request.user, narrowed_by(RemitFilterForm(request.GET)), request.standing.day)
    return take_away(request, REMIT, rows, ending, taken_from(request, []))


def narrowed_by(form: RemitFilterForm) -> Narrowed:
    return Narrowed(**form.cleaned_data) if form.is_valid() else Narrowed()


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def choose_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a unit to look at, with the reason."""
    enrolment, access = unit_and_access(request, pk)
    work = in_progress(request, WhyForm, f"external {pk}")
    form = WhyForm(work.data, work=work)

    def act(clean: dict[str, Any]) -> None:
        actions.choose_unit(access=access, enrolment=enrolment, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "The unit is in your selection, and the centre has been told.")
        return redirect("assessments:enrolment", pk)
    lead = f"{enrolment.candidate}, {enrolment.unit}. The centre reads your reason."
    title = "Choose this unit to look at"
    return form_page(request, form, title=title, button="Choose it", trail=unit_trail(enrolment), lead=lead)


@holds(Role.EXTERNAL_VERIFIER)
@require_POST
def mark_looked_at(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick a unit of my selection."""
    mine = ExternalAccess.objects.in_force(request.user)
    choices = ExternalChoice.objects.filter(access__in=mine.values("pk")).select_related("access__centre")
    actions.mark_looked_at(choice=get_object_or_404(choices, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, "The unit is ticked as looked at.")
    return redirect("assessments:external_home")


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def note_on_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write something down about a unit."""
    enrolment, access = unit_and_access(request, pk)
    return written(request, access, enrolment, unit_trail(enrolment))


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def authorise_claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the centre claim a unit for which it holds no direct claim status."""
    enrolment, access = unit_and_access(request, pk)
    found = outside_unit(request.user, enrolment, request.standing.day)
    only_now(found.why_not if found else [])
    work = in_progress(request, AuthoriseForm, f"external {pk}")
    form = AuthoriseForm(work.data, work=work, initial={"reference": access.reference})

    def act(clean: dict[str, Any]) -> None:
        actions.authorise_claim(access=access, enrolment=enrolment, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "The claim is authorised, and the centre has been told.")
        return redirect("assessments:enrolment", pk)
    lead = (
        f"{enrolment.candidate}, {enrolment.unit}. The centre may then claim it, once nothing else stands in the way. "
        "It counts as long as the unit stands as it is signed now."
    )
    title = "Authorise the claim of this unit"
    return form_page(request, form, title=title, button="Authorise it", trail=unit_trail(enrolment), lead=lead)


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Authorise a claim no more, before it is made."""
    rows = ClaimAuthorisation.objects.counting().filter(enrolment__status__in=visiting.CLAIMABLE)
    found = get_object_or_404(rows, pk=pk)
    enrolment, access = unit_and_access(request, found.enrolment_id)
    work = in_progress(request, WhyForm, f"authorisation {pk}")
    form = WhyForm(work.data, work=work)

    def act(clean: dict[str, Any]) -> None:
        actions.take_back_authorisation(access=access, authorisation=found, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "The claim is authorised no more, and the centre has been told.")
        return redirect("assessments:enrolment", enrolment.pk)
    lead = f"{enrolment.candidate}, {enrolment.unit}: authorised in {found.reference}. The centre reads your reason."
    title = "Take the authorisation back"
    return form_page(request, form, title=title, button="Take it back", trail=unit_trail(enrolment), lead=lead)


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def agree_strategy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree the sampling strategy for my awarding body's units, with one press."""
    seen = SamplingPolicy.objects.visible_to(request.user).select_related("centre", "awarding_body")
    policy = get_object_or_404(seen, pk=pk)
    mine = ExternalAccess.objects.in_force(request.user, request.standing.day)
    access = get_object_or_404(mine, centre=policy.centre_id, awarding_body=policy.awarding_body_id)
    looked_from_outside(request, policy.centre, policy.centre_id)
    latest = latest_policy(policy.centre, policy.awarding_body)
    only_now(visiting.agreeing_refusals(is_latest=policy == latest, agreed=policy.agreed_on is not None))
    form = PressForm(typed(request))
    act = partial(actions.agree_strategy, access=access, policy=policy, by=request.user, at=timezone.now())
    strategy = reverse("assessments:centre_strategy", args=[policy.centre.slug])
    if done(form, lambda _: act()):
        messages.success(request, "Your agreement is on record, and the centre has been told.")
        return redirect(strategy)
    trail: Trail = [*home_trail(), (f"Strategy of {policy.centre}", strategy)]
    lead = f"{' '.join(rules_in_words(policy))} Your name and today’s date are written beside it, for good."
    return form_page(request, form, title=f"{policy}: agree it", button="Agree it", trail=trail, lead=lead)


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def note_on_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write something down about the visit."""
    return written(request, own_access(request, pk), None, home_trail())


def written(
    request: SignedInRequest, access: ExternalAccess, enrolment: Enrolment | None, trail: Trail
) -> HttpResponse:
    """The form of a new note, and the act."""
    work = in_progress(request, NoteForm, f"new {access.pk} {enrolment.pk if enrolment else ''}")
    form = NoteForm(work.data, work=work)

    def act(clean: dict[str, Any]) -> None:
        actions.write_note(access=access, enrolment=enrolment, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "Your note is kept. Nobody but you sees it until you issue it as a remark.")
        return redirect(trail[-1][1] or "home")
    lead = "It is yours alone until you issue it as a remark to the centre."
    return form_page(request, form, title="Write a note", button="Keep the note", trail=trail, lead=lead)


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    """A note of mine: written anew, thrown away, or issued as a remark; then it stands."""
    mine = ExternalAccess.objects.in_force(request.user)
    notes = ExternalNote.objects.filter(access__in=mine.values("pk"), issued_at=None)
    row = get_object_or_404(notes.select_related("access__centre", "enrolment__candidate", "enrolment__unit"), pk=pk)
    looked_from_outside(request, row.enrolment or row.access, row.access.centre_id)  # a note itself is theirs alone
    by, at = request.user, timezone.now()
    if "discard" in request.POST:
        actions.discard_note(note=row, by=by, at=at)
        messages.success(request, "The note is thrown away.")
        return redirect("assessments:external_home")
    work = in_progress(request, NoteForm, pk, row.written_at)
    form = NoteForm(work.data, work=work, initial={"words": row.words})

    def act(clean: dict[str, Any]) -> None:
        changed = actions.change_note(note=row, by=by, at=at, **clean) if clean["words"] != row.words else row
        if "issue" in request.POST:
            actions.issue_note(note=changed, by=by, at=at)

    if done(form, act):
        issued = "issue" in request.POST
        messages.success(request, "The remark is issued, and the centre has been told." if issued else "It is kept.")
        return redirect("assessments:external_home")
    context = {
        "note": row,
        "form": form,
        "back": reverse("assessments:external_home"),
        "trail": [*home_trail(), ("A note", None)],
    }
    return render(request, "assessments/external/note.html", context, status=409 if request.method == "POST" else 200)


@holds(Role.EXTERNAL_VERIFIER)
@ask_or_act
def ask_centre(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the centre to do something by a day."""
    access = own_access(request, pk)
    people = in_charge_at(access.centre, request.standing.day)
    work = in_progress(request, AskForm, f"external {pk}")
    form = AskForm(work.data, work=work, staff=people)

    def act(clean: dict[str, Any]) -> None:
        owner = User.objects.get(pk=clean.pop("owner"))
        ask_of_staff(source=access, owner=owner, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "The action is given, and the centre has been told.")
        return redirect("assessments:external_home")
    lead = "Those in charge of the centre answer it. You close it, or who comes after you from the same awarding body."
    title = "Give the centre an action"
    return form_page(request, form, title=title, button="Give the action", trail=home_trail(), lead=lead)


def own_access(request: SignedInRequest, pk: int) -> ExternalAccess:
    """An account of the person's own that is in force, whose page leaves its line; else 404."""
    mine = ExternalAccess.objects.in_force(request.user, request.standing.day)
    access = get_object_or_404(mine.select_related("centre", "awarding_body", "grant"), pk=pk)
    looked_from_outside(request, access, access.centre_id)
    return access


def unit_and_access(request: SignedInRequest, pk: int) -> tuple[Enrolment, ExternalAccess]:
    """A unit in the person's remit, whose page leaves its line, and the account by which they look at it; else 404."""
    enrolment = unit_for(request, pk)
    access = access_for(request.user, enrolment, request.standing.day)
    if access is None:
        raise Http404("There is no such unit among those you were given to look at.")
    looked_from_outside(request, enrolment, enrolment.centre_id)
    return enrolment, access
