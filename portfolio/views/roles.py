"""What a person is at a centre: roles granted and ended, and awards that qualify for them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portfolio import actions
from portfolio.access import SignedInRequest, holds
from portfolio.actions.roles import end_refusals
from portfolio.enums import Role
from portfolio.forms import AchievedForm, EndRoleForm, QualificationForm, RoleForm
from portfolio.models import RoleGrant, StaffQualification, StaffRecord
from portfolio.queries import Person, roles_on_offer
from portfolio.views.answers import done, form_page, typed
from portfolio.views.people import Trail, ask_or_act, kept_centre, kept_person, person_trail


@holds(Role.ADMINISTRATOR)
@ask_or_act
def grant_role(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Grant a role for which the centre keeps a record of the person."""
    person = kept_person(request, slug, handle)
    form = RoleForm(typed(request), initial={"starts_on": timezone.localdate()})
    form.offer(roles_on_offer(person))
    if done(
        form,
        lambda clean: actions.grant_role(
            centre=person.centre, user=person.user, by=request.user, at=timezone.now(), **clean
        ),
    ):
        role = form.cleaned_data["role"].label.lower()
        messages.success(request, f"{person.name} has been given the role {role}.")
        return redirect("portfolio:person", slug, handle)
    trail = person_trail(person)
    return form_page(request, form, title="Grant a role", button="Grant the role", trail=trail)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def end_role(request: SignedInRequest, slug: str, handle: str, grant_pk: int) -> HttpResponse:
    """Give a role its last day; says first why it cannot end, where that is so."""
    person = kept_person(request, slug, handle)
    grants = RoleGrant.objects.visible_to(request.user).select_related("centre")
    grant = get_object_or_404(grants, pk=grant_pk, centre=person.centre, user=person.user)
    today = timezone.localdate()
    title = f"End the role {grant.get_role_display().lower()}"
    trail = person_trail(person)
    standing_in_the_way = end_refusals(grant, max(today, grant.starts_on), today)
    if standing_in_the_way and request.method != "POST":
        return cannot(request, title, trail, "Why this role cannot end now", standing_in_the_way)
    form = EndRoleForm(typed(request), initial={"ends_on": max(today, grant.starts_on)})
    if done(form, lambda clean: actions.end_role(grant=grant, by=request.user, at=timezone.now(), **clean)):
        messages.success(
            request, f"The role {grant.get_role_display().lower()} ends on {form.cleaned_data['ends_on']:%-d %B %Y}."
        )
        return redirect("portfolio:person", slug, handle)
    lead = "What the person did in this role stands. From the day after the last one they can do no more in it."
    return form_page(request, form, title=title, button="End the role", trail=trail, lead=lead)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def add_qualification(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Record an award that somebody on the staff holds, or works towards."""
    centre = kept_centre(request, slug)
    found = StaffRecord.objects.visible_to(request.user).select_related("user")
    staff = get_object_or_404(found, centre=centre, user__handle=handle)
    form = QualificationForm(typed(request))

    def record(clean: dict[str, Any]) -> StaffQualification:
        kind, role = clean.pop("award")
        return actions.record_qualification(
            staff=staff, kind=kind, role=role, by=request.user, at=timezone.now(), **clean
        )

    if done(form, record):
        messages.success(request, "The qualification has been recorded.")
        return redirect("portfolio:person", slug, handle)
    lead = "Until an award that qualifies has been achieved, an assessor's decisions wait for a countersignature."
    trail = person_trail(Person(centre, staff.user, staff.name))
    return form_page(request, form, title="Add a qualification", button="Add", trail=trail, lead=lead)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def qualification_achieved(request: SignedInRequest, slug: str, handle: str, award_pk: int) -> HttpResponse:
    """Record that an award worked towards has been achieved."""
    centre = kept_centre(request, slug)
    awards = StaffQualification.objects.visible_to(request.user).select_related("staff__centre", "staff__user")
    award = get_object_or_404(awards, pk=award_pk, staff__centre=centre, staff__user__handle=handle, achieved_on=None)
    form = AchievedForm(typed(request), initial={"certificate_number": award.certificate_number})
    if done(
        form,
        lambda clean: actions.achieve_qualification(qualification=award, by=request.user, at=timezone.now(), **clean),
    ):
        messages.success(request, "The qualification has been recorded as achieved.")
        return redirect("portfolio:person", slug, handle)
    trail = person_trail(Person(centre, award.staff.user, award.staff.name))
    lead = f"{award.get_kind_display()}, worked towards by {award.target_on:%-d %B %Y}."
    return form_page(request, form, title="Qualification achieved", button="Save", trail=trail, lead=lead)


def cannot(request: SignedInRequest, title: str, trail: Trail, why: str, sentences: list[str]) -> HttpResponse:
    """The page of an act that cannot be done, before anything is typed into it."""
    context = {
        "title": title,
        "trail": [*trail, (title, None)],
        "why": why,
        "refusals": [(sentence, None) for sentence in sentences],
        "back": trail[-1][1],
    }
    return render(request, "portfolio/cannot_end.html", context)
