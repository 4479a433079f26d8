"""Somebody else's way in, when a telephone or other device of theirs is lost: what an administrator can do about it."""

import datetime
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from portfolio import actions
from portfolio.access import SignedInRequest, holds
from portfolio.actions.factors import removal_refusals, signing_out_refusals
from portfolio.enums import Role
from portfolio.forms import RemoveFactorForm, SignOutForm
from portfolio.forms.kept import KeptForm
from portfolio.models import Centre, ExternalRecord, User
from portfolio.queries import Person
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import ask_or_act, kept_centre, people_trail, person_trail
from portfolio.views.roles import cannot


class Help(NamedTuple):
    """What is done about it, in words that take the person's name, and why it may be refused."""

    title: str
    why_not: str
    refusals: Callable[[Centre, User, User, datetime.date], list[str]]
    lead: str
    form: type[KeptForm]
    button: str
    verb: Callable[..., object]
    done: str


REMOVE_FACTOR = Help(
    title="Remove the second factor of {}",
    why_not="Why it cannot be removed by you",
    refusals=removal_refusals,
    lead="For somebody who lost their telephone and has no recovery code left. Make sure that it is them who ask: by "
    "seeing them, or by a number you knew before. They are signed out everywhere and told by letter.",
    form=RemoveFactorForm,
    button="Remove it",
    verb=actions.remove_factors,
    done="{} signs in by their password alone now, and has been told by letter.",
)
SIGN_OUT = Help(
    title="Sign {} out everywhere",
    why_not="Why you cannot sign them out",
    refusals=signing_out_refusals,
    lead="For a device that was lost, or that stands open where others can use it. They are told by letter, and can "
    "sign in again as before: if somebody else may know their password, ask them to choose a new one.",
    form=SignOutForm,
    button="Sign them out",
    verb=actions.sign_out,
    done="{} is signed out everywhere, and has been told by letter.",
)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def remove_factor(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Help somebody in who lost their telephone."""
    return helped(request, slug, handle, REMOVE_FACTOR)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def sign_out(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """End every sign-in of somebody else: a device was lost, or stands open somewhere."""
    return helped(request, slug, handle, SIGN_OUT)


def helped(request: SignedInRequest, slug: str, handle: str, offer: Help) -> HttpResponse:
    """Help anybody the centre keeps a record of, external verifiers among them, with a reason; says first why that
    cannot be, where it is so."""
    centre = kept_centre(request, slug)
    user = get_object_or_404(User, handle=handle)
    record = actions.record_of(centre, user)
    if record is None:
        raise Http404
    title = offer.title.format(record.name)
    known = not isinstance(record, ExternalRecord)
    trail = person_trail(Person(centre, user, record.name)) if known else people_trail(centre)
    standing_in_the_way = offer.refusals(centre, user, request.user, timezone.localdate())
    if standing_in_the_way and request.method != "POST":
        return cannot(request, title, trail, offer.why_not, standing_in_the_way)
    work = in_progress(request, offer.form, f"{centre.pk} {user.pk}")
    form = offer.form(work.data, work=work)

    def act(clean: dict[str, Any]) -> None:
        offer.verb(centre=centre, user=user, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, offer.done.format(record.name))
        return redirect(str(trail[-1][1]))
    return form_page(request, form, title=title, button=offer.button, trail=trail, lead=offer.lead)
