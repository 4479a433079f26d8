"""The office's pages of external verifiers: who is let in, for what and how long; and what came of it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.actions import access as actions
from assessments.forms.external import AccessForm, LastDayForm, default_days
from assessments.forms.verification import WhyForm
from assessments.models import ExternalAccess
from assessments.queries.access import (
    AccessLine,
    access_lines,
    accesses_of,
    bodies_at,
    days_of,
    qualifications_at,
    units_at,
    with_remit,
)
from assessments.queries.external import LookLine, look_lines, looks_in, looks_of, visits_of
from portfolio.access import SignedInRequest, holds, looked_from_outside
from portfolio.actions import resend_invitation
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.rules import IN_CHARGE, OVERSEEING
from portfolio.tables import Column, Table, in_slices, take_away
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre

EXTERNAL: Table[AccessLine] = Table(
    "external verifiers",
    "External verifiers",
    (
        Column("Name", lambda line: line.name, 28),
        Column("Awarding body", lambda line: str(line.access.awarding_body), 20),
        Column("Visit, or the body’s reference", lambda line: line.access.reference, 24),
        Column("From", lambda line: line.days.starts_on),
        Column("To", lambda line: line.days.ends_on),
        Column("Units", lambda line: line.remit, 40),
        Column("May download", lambda line: "yes" if line.access.grant.may_download else "no", 10),
        Column("Stands", lambda line: line.stands),
        Column("Why it was ended early", lambda line: line.access.end_reason, 40),
    ),
)
LOOKS: Table[LookLine] = Table(
    "looks of a visit",
    "What was looked at",
    (
        Column("When", lambda look: look.at, 18),
        Column("What", lambda look: look.what, 44),
        Column("How", lambda look: "Downloaded" if look.taken else "Looked at", 14),
    ),
)
LEAD = (
    "They see the work in these units, and only see it: nothing of yours can be changed with their account. Who is on "
    "your staff, or a candidate of yours, cannot be an external verifier here."
)


def accesses_trail(centre: Centre) -> Trail:
    return [(f"External verifiers at {centre}", reverse("assessments:external_verifiers", args=[centre.slug]))]


def access_trail(access: ExternalAccess) -> Trail:
    here = (access.reference, reverse("assessments:external_access", args=[access.pk]))
    return [*accesses_trail(access.centre), here]


def kept_access(request: SignedInRequest, pk: int) -> ExternalAccess:
    """An account of a centre that the person administers; else 404."""
    kept = ExternalAccess.objects.filter(centre__in=Centre.objects.kept_by(request.user))
    return get_object_or_404(kept.select_related("centre", "grant__user", "awarding_body"), pk=pk)


def overseen_centre(request: SignedInRequest, slug: str) -> Centre:
    """The centre, if the person verifies or administers there; else 404."""
    return get_object_or_404(Centre, slug=slug, pk__in=request.standing.centres(*OVERSEEING))


@holds(*OVERSEEING)
@ask
def external_verifiers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everybody whom awarding bodies sent to look at the centre's work, and whether they still do."""
    centre = overseen_centre(request, slug)
    context = {
        "centre": centre,
        "lines": accesses_of(centre, request.standing.day),
        "administers": request.standing.holds(Role.ADMINISTRATOR, centre.pk),
        "trail": [(f"External verifiers at {centre}", None)],
    }
    return render(request, "assessments/external/accesses.html", context)


@holds(*OVERSEEING)
@ask
def external_verifiers_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The same list to take away."""
    centre = overseen_centre(request, slug)
    return take_away(request, EXTERNAL, accesses_of(centre, request.standing.day), ending, [centre])


@holds(Role.ADMINISTRATOR)
@ask_or_act
def give_access(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let somebody in whom an awarding body sends."""
    centre = kept_centre(request, slug)
    work = in_progress(request, AccessForm, slug)
    initial = {**default_days(request.standing.day)}
    form = AccessForm(
        work.data,
        work=work,
        bodies=bodies_at(centre),
        qualifications=qualifications_at(centre),
        units=units_at(centre),
        initial=initial,
    )
    made: list[ExternalAccess] = []

    def act(clean: dict[str, Any]) -> None:
        made.append(actions.give_access(centre=centre, by=request.user, at=timezone.now(), **clean))

    if done(form, act):
        messages.success(request, f"{form.cleaned_data['name']} has been written to, and sees the work on these days.")
        return redirect("assessments:external_access", made[0].pk)
    title = "Give an external verifier access"
    return form_page(request, form, title=title, button="Give access", trail=accesses_trail(centre), lead=LEAD)


@holds(*OVERSEEING, Role.EXTERNAL_VERIFIER)
@ask
def external_access(request: SignedInRequest, pk: int) -> HttpResponse:
    """An account: its days and units, what was chosen, remarked and asked for by it; for those in charge what was
    looked at. An external verifier sees those of their body's earlier visits too."""
    seen = with_remit(ExternalAccess.objects.visible_to(request.user))
    access = get_object_or_404(seen, pk=pk)
    day, here = request.standing.day, access.centre_id
    looked_from_outside(request, access, here)
    line = access_lines([access], day)[0]
    outside = request.standing.holds(Role.EXTERNAL_VERIFIER, here)
    in_charge = any(request.standing.holds(role, here) for role in IN_CHARGE)
    looks = looks_of(access, request.GET.get("page", "1")) if in_charge else None
    context = {
        "access": access,
        "line": line,
        "visit": visits_of(request.user, [line], day, own=False)[0],
        "administers": request.standing.holds(Role.ADMINISTRATOR, here),
        "outside": outside,
        "page": looks,
        "looks": look_lines(looks) if looks else [],
        "trail": [("My visit", reverse("assessments:external_home")), (access.reference, None)]
        if outside
        else [*accesses_trail(access.centre), (access.reference, None)],
    }
    return render(request, "assessments/external/access.html", context)


@holds(*IN_CHARGE)
@ask
def visit_looks_file(request: SignedInRequest, pk: int, ending: str) -> HttpResponseBase:
    """What was looked at on a visit, whole, to take away."""
    here = ExternalAccess.objects.filter(centre__in=request.standing.centres(*IN_CHARGE))
    access = get_object_or_404(here.select_related("grant", "centre"), pk=pk)
    return take_away(
        request,
        LOOKS,
        in_slices(look_lines, looks_in(access)),
        ending,
        [access.centre],
        of=[(access, access.centre_id)],
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def change_days(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let them in for longer, or for less long."""
    access = kept_access(request, pk)
    last = days_of(access).ends_on
    form = LastDayForm(typed(request), initial={"ends_on": last})

    def act(clean: dict[str, Any]) -> None:
        verb = actions.extend_access if clean["ends_on"] >= last else actions.shorten_access
        verb(access=access, ends_on=clean["ends_on"], by=request.user, at=timezone.now())

    if done(form, act):
        messages.success(request, "The last day is changed, and the external verifier is told.")
        return redirect("assessments:external_access", pk)
    lead = f"The last day is {last:%-d %B %Y} now."
    return form_page(
        request, form, title="Change the last day", button="Change it", trail=access_trail(access), lead=lead
    )


@holds(Role.ADMINISTRATOR)
@ask_or_act
def end_access(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let them in no more, from now on."""
    access = kept_access(request, pk)
    work = in_progress(request, WhyForm, f"external access {pk}")
    form = WhyForm(work.data, work=work)
    act = partial(actions.end_access, access=access, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The access is ended. What they remarked and asked for stays.")
        return redirect("assessments:external_access", pk)
    lead = "They see nothing of the centre any more from the moment you press."
    return form_page(
        request, form, title="End the access now", button="End it now", trail=access_trail(access), lead=lead
    )


@holds(Role.ADMINISTRATOR)
@require_POST
def set_downloads(request: SignedInRequest, pk: int) -> HttpResponse:
    """Allow downloads, or allow them no more."""
    access = kept_access(request, pk)
    allow = "allow" in request.POST
    actions.set_downloads(access=access, may_download=allow, by=request.user, at=timezone.now())
    messages.success(
        request, "They may download from now on." if allow else "They see files in place only from now on."
    )
    return redirect("assessments:external_access", pk)


@holds(Role.ADMINISTRATOR)
@require_POST
def invite_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the letter once more, with a fresh link."""
    access = kept_access(request, pk)
    resend_invitation(centre=access.centre, user=access.grant.user, by=request.user, at=timezone.now())
    messages.success(request, "The letter with the next step is on its way once more.")
    return redirect("assessments:external_access", pk)
