"""The page on which a centre's action log and verifier's report are asked for, for a period."""

import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.documents.verified import ask_log, ask_report
from assessments.forms.verification import PeriodForm
from assessments.queries.report import all_actions, scope_of, tells_of_all
from assessments.queries.verified_papers import ActionTold
from assessments.views.access import overseen_centre
from assessments.views.office import among
from portfolio.access import SignedInRequest, holds
from portfolio.models import Centre, Document
from portfolio.rules import OVERSEEING, VERIFYING
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, typed
from portfolio.views.people import ask, ask_or_act

WEEKS = 12
"""How far back the period begins that the page proposes."""

ACTIONS: Table[ActionTold] = Table(
    "actions",
    "Actions",
    (
        Column("Of what", lambda line: line.source, 34),
        Column("What is to be done", lambda line: line.action.wanted, 50),
        Column("Of whom", lambda line: line.owner, 24),
        Column("Asked by", lambda line: line.raised_by, 24),
        Column("Asked", lambda line: line.action.raised_at, 18),
        Column("Due", lambda line: line.action.due_on),
        Column("Overdue", lambda line: "yes" if line.action.is_overdue(timezone.localdate()) else "", 10),
        Column("Answered", lambda line: line.action.answered_at, 18),
        Column("Closed", lambda line: line.action.closed_at, 18),
        Column("Closed by", lambda line: line.closed_by, 24),
    ),
)


@holds(*OVERSEEING)
@ask
def papers(request: SignedInRequest) -> HttpResponse:
    """The papers of the one centre whose verification somebody oversees; a choice for who does at several."""
    centres = list(Centre.objects.filter(pk__in=request.standing.centres(*OVERSEEING)).order_by("name"))
    return among(request, centres, "assessments:verification_papers", "Report and action log")


@holds(*OVERSEEING)
@ask_or_act
def verification_papers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask for the verifier's report or the action log of a period, and go where it will be."""
    centre, day = overseen_centre(request, slug), request.standing.day
    form = PeriodForm(typed(request), initial={"since": day - datetime.timedelta(weeks=WEEKS), "until": day})
    made: list[Document] = []

    def act(clean: dict[str, Any]) -> None:
        scope = scope_of(request.user, centre, clean["since"], clean["until"], day)
        asking = ask_log if "log" in request.POST else ask_report
        made.append(asking(scope=scope, by=request.user, at=timezone.now()))

    if done(form, act):
        return redirect("portfolio:document", made[0].pk)
    held = request.standing.roles.get(centre.pk, frozenset())
    above = ("Observations, interviews and reviews", "assessments:activities")
    if held.intersection(VERIFYING):
        above = ("Sampling", "assessments:sampling")
    context = {
        "form": form,
        "centre": centre,
        "whole": tells_of_all(request.user, centre),
        "trail": [(above[0], reverse(above[1])), ("Report and action log", None)],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "assessments/verification/papers.html", context, status=status)


@holds(*OVERSEEING)
@ask
def actions_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """Every action on record that the log tells of, to take away."""
    centre = overseen_centre(request, slug)
    return take_away(request, ACTIONS, all_actions(request.user, centre, request.standing.day), ending, [centre])
