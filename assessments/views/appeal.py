"""Appeals: raised and followed by the candidate, run by the centre's office, read and decided by an adjudicator."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import appeal as actions
from assessments.appealing import (
    UPHOLDS,
    candidate_refusals,
    deciding_refusals,
    further_refusals,
    lapse_refusals,
    office_refusals,
    runs_appeals,
)
from assessments.enums import AppealState
from assessments.forms.appeal import AppointForm, DecideForm, FollowUpForm, ProcedureForm, RaiseForm
from assessments.models import Appeal
from assessments.queries.appeal import (
    SHORT_LIST,
    AppealPage,
    AppealRow,
    affected_by,
    appeal_page,
    appeal_rows,
    appealable,
    days_of,
    people_to_hear,
)
from assessments.rules import Person
from assessments.views.asking import only_now, person_at, unit_for
from assessments.views.office import units_trail
from assessments.workflow import Reason
from portfolio.access import (
    IN_PLACE_ONLY,
    SignedInRequest,
    holds,
    listed_from_outside,
    looked_from_outside,
    signed_in,
    taken_from,
)
from portfolio.enums import Role
from portfolio.models import User
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre

PER_PAGE = 15
APPEALS: Table[AppealRow] = Table(
    "appeals",
    "Appeals",
    (
        Column("Appeal", lambda row: str(row.appeal), 12),
        Column("Candidate", lambda row: row.appeal.enrolment.candidate.legal_name, 28),
        Column("Unit", lambda row: row.appeal.enrolment.unit.short_code, 10),
        Column("Against", lambda row: row.appeal.get_about_display(), 28),
        Column("Raised", lambda row: row.appeal.raised_at, 18),
        Column("Stage", lambda row: row.hearing.get_stage_display() if row.hearing else "", 24),
        Column("Heard by", lambda row: row.hearing.adjudicator_name if row.hearing else "", 24),
        Column("Due", lambda row: row.hearing.due_on if row.hearing else None),
        Column("Outcome of the stage", lambda row: row.hearing.get_outcome_display() if row.hearing else "", 20),
        Column("Decided", lambda row: row.hearing.decided_at if row.hearing else None, 18),
        Column("Where it stands", lambda row: stands(row), 28),
        Column("Overdue", lambda row: "yes" if row.overdue else "", 10),
        Column("Closed", lambda row: row.appeal.closed_at, 18),
    ),
)
UPHELD = (AppealState.FOLLOW_UP, AppealState.CLOSED)

Press = Callable[..., Appeal]
PRESSES: dict[str, tuple[str, Press, str]] = {
    "acknowledge": ("Acknowledge the appeal", actions.acknowledge_appeal, "The candidate sees that you have it."),
    "accept": ("Accept the outcome", actions.accept_outcome, "You have accepted the outcome."),
    "further": ("Take it further", actions.take_further, "Your appeal goes on to the next stage."),
    "withdraw": ("Withdraw the appeal", actions.withdraw_appeal, "The appeal is withdrawn. It stays on record."),
    "lapse": ("Close it as not taken further", actions.lapse_appeal, "The candidate's time to go on is over."),
}
"""What is done to an appeal by one press: its button, the act, and what is said when it is done."""


@signed_in
@ask
def appeals(request: SignedInRequest) -> HttpResponse:
    """The appeals that exist for the reader: open ones first, with their deadlines."""
    listed_from_outside(request, "appeals")
    page = Paginator(seen_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    office = request.standing.centres(Role.ADMINISTRATOR)
    context = {
        "page": page,
        "rows": appeal_rows(list(page.object_list), timezone.localdate()),
        "me": request.user.pk,
        "runs": bool(office),
        "in_place_only": IN_PLACE_ONLY if request.standing.sealed else "",
    }
    return render(request, "assessments/appeal/appeals.html", context)


@signed_in
@ask
def appeals_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The same list, whole, to take away."""
    rows = appeal_rows(list(seen_by(request.user)), timezone.localdate())
    centres = taken_from(request, {row.appeal.enrolment.centre_id for row in rows})
    return take_away(request, APPEALS, rows, ending, centres)


def seen_by(user: User) -> QuerySet[Appeal]:
    """The appeals that exist for the reader, open ones first."""
    found = Appeal.objects.visible_to(user).select_related(
        "enrolment__unit", "enrolment__candidate", "enrolment__centre"
    )
    return found.order_by(F("closed_at").desc(nulls_first=True), "pk")


def stands(row: AppealRow) -> str:
    """Where an appeal stands, in words."""
    return row.appeal.get_closed_as_display() if row.appeal.closed_at else str(row.state.label)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def procedure(request: SignedInRequest, slug: str) -> HttpResponse:
    """The stages of the centre's appeals, and their working days."""
    centre = kept_centre(request, slug)
    form = ProcedureForm(typed(request), initial=days_of(centre.pk)._asdict())
    act = partial(actions.set_appeals_procedure, centre=centre, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(days=form.days)):
        messages.success(request, "The procedure is on record. Stages that have begun keep their day.")
        return redirect("assessments:centre_enrolments", slug)
    return form_page(
        request,
        form,
        title="Appeals procedure",
        button="Set the procedure",
        trail=units_trail(centre),
        lead="Working days of each stage, from the day it begins. Leave one empty that your procedure does not have.",
    )


@signed_in
@ask_or_act
def raise_appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    """The candidate says what they disagree with, and why."""
    enrolment = unit_for(request, pk)
    if enrolment.candidate_user_id != request.user.pk:
        raise PermissionDenied("Only the candidate can appeal against what was decided in their unit.")
    offered, refusals = appealable(enrolment), actions.raising_refusals(enrolment)
    work = in_progress(request, RaiseForm, pk)
    form = RaiseForm(work.data, work=work, offered=offered, initial={"against": request.GET.get("against", "")})
    act = partial(actions.raise_appeal, enrolment=enrolment, by=request.user, at=timezone.now())
    if not refusals and done(form, lambda clean: act(against=form.chosen, grounds=clean["grounds"])):
        messages.success(request, "Your appeal is on its way. The unit is not claimed until it is closed.")
        return redirect("assessments:appeals")
    context = {
        "enrolment": enrolment,
        "form": form,
        "refusals": [(sentence, None) for sentence in refusals],
        "days": days_of(enrolment.centre_id),
    }
    refused = request.method == "POST"
    return render(request, "assessments/appeal/raise.html", context, status=409 if refused else 200)


@signed_in
@ask_or_act
def appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    """One appeal: what it is against, its stages, and whose move it is."""
    page, person = _page(request, pk)
    if request.method == "POST":
        return _press(request, page)
    looked_from_outside(request, page.appeal, page.appeal.enrolment.centre_id)
    facts = page.facts
    asked = presses_of(person, page)
    runs = runs_appeals(person, facts.candidate_id)
    upheld = any(row.outcome in UPHOLDS for row in page.hearings)
    shows_affected = upheld and facts.state in UPHELD and runs and page.appeal.decision is not None
    context = {
        "page": page,
        "appeal": page.appeal,
        "enrolment": page.appeal.enrolment,
        "state": facts.state,
        "own": person.user_id == facts.candidate_id,
        "sees_record": page.sees_record,
        "presses": [(name, PRESSES[name][0]) for name, reasons in asked.items() if not reasons],
        "further_ends": facts.answer_by if facts.state == AppealState.ANSWER else None,
        "overdue": not facts.closed and page.hearing.is_overdue(timezone.localdate()),
        "may_appoint": not office_refusals(person, facts, AppealState.UNHEARD, AppealState.HEARING),
        "may_decide": not deciding_refusals(person, facts),
        "may_follow_up": not office_refusals(person, facts, AppealState.FOLLOW_UP),
        "affected": affected_by(page, request.user) if shows_affected else [],
        "shows_affected": shows_affected,
        "most": SHORT_LIST,
    }
    return render(request, "assessments/appeal/appeal.html", context)


def presses_of(person: Person, page: AppealPage) -> dict[str, list[Reason]]:
    """What can be done by one press, each with what stands in its way."""
    facts, today = page.facts, timezone.localdate()
    letting_go = (AppealState.RAISED, AppealState.UNHEARD, AppealState.HEARING, AppealState.ANSWER)
    return {
        "acknowledge": office_refusals(person, facts, AppealState.RAISED),
        "accept": candidate_refusals(person, facts, AppealState.ANSWER),
        "further": further_refusals(person, facts, today),
        "withdraw": candidate_refusals(person, facts, *letting_go),
        "lapse": lapse_refusals(person, facts, today),
    }


def _press(request: SignedInRequest, page: AppealPage) -> HttpResponse:
    """Do what a button of the page says."""
    name = request.POST.get("press", "")
    if name not in PRESSES:
        raise Http404("There is no such act.")
    _, act, said = PRESSES[name]
    act(appeal=page.appeal, by=request.user, at=timezone.now())
    messages.success(request, said)
    return redirect("assessments:appeal", page.appeal.pk)


@signed_in
@ask_or_act
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name who hears the stage: nobody is offered who had a part in the unit."""
    page, person = _page(request, pk, involved=True)
    only_now(office_refusals(person, page.facts, AppealState.UNHEARD, AppealState.HEARING))
    centre, stage = page.appeal.enrolment.centre, page.facts.stage
    offered = people_to_hear(stage, centre, timezone.localdate(), page.facts.involved)
    form = AppointForm(typed(request), stage=stage, offered=offered)
    act = partial(actions.appoint_adjudicator, appeal=page.appeal, by=request.user, at=timezone.now())

    def appointed(clean: dict[str, str]) -> Appeal:
        chosen = User.objects.get(pk=clean["adjudicator"]) if "adjudicator" in clean else None
        return act(adjudicator=chosen, name=clean.get("name", ""))

    if done(form, appointed):
        messages.success(request, "The adjudicator is appointed, and can read the record of the unit.")
        return redirect("assessments:appeal", pk)
    lead = f"{stage.label}: due on {page.hearing.due_on:%-d %B %Y}."
    if not offered and "adjudicator" in form.fields:
        lead += " Nobody at the centre may hear this stage: give somebody the role who has no part in the unit."
    return form_page(
        request, form, title="Appoint an adjudicator", button="Appoint", trail=appeal_trail(page.appeal), lead=lead
    )


@signed_in
@ask_or_act
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """The adjudicator says what they found."""
    page, person = _page(request, pk, involved=request.method == "POST")
    only_now(deciding_refusals(person, page.facts))
    work = in_progress(request, DecideForm, pk, page.hearing.pk)
    form = DecideForm(work.data, work=work)
    act = partial(actions.decide_appeal, appeal=page.appeal, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The outcome is on record, and the candidate reads it.")
        return redirect("assessments:appeal", pk)
    lead = f"{page.facts.stage.label}. Read the record of the unit before you decide."
    return form_page(
        request, form, title="Decide the appeal", button="Decide", trail=appeal_trail(page.appeal), lead=lead
    )


@signed_in
@ask_or_act
def follow_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """What follows from an appeal that was upheld."""
    page, person = _page(request, pk)
    only_now(office_refusals(person, page.facts, AppealState.FOLLOW_UP))
    work = in_progress(request, FollowUpForm, pk)
    of_a_reading = page.appeal.reading is not None
    form = FollowUpForm(work.data, work=work, of_a_reading=of_a_reading)
    act = partial(actions.follow_up, appeal=page.appeal, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(done=clean["done"], reassess=clean.get("reassess", False))):
        messages.success(request, "What follows from the appeal is on record, and it is closed.")
        return redirect("assessments:appeal", pk)
    lead = (
        "To have it assessed again, first open the unit where it was signed, and give it to another assessor: both are "
        "done on the unit's own page."
    )
    if not of_a_reading:
        lead = "Do first what follows: what concerns the unit is done on its own page. Then say here what was done."
    return form_page(
        request, form, title="What follows from it", button="Record it", trail=appeal_trail(page.appeal), lead=lead
    )


def appeal_trail(appeal: Appeal) -> Trail:
    return [("Appeals", reverse("assessments:appeals")), (str(appeal), reverse("assessments:appeal", args=[appeal.pk]))]


def _page(request: SignedInRequest, pk: int, *, involved: bool = False) -> tuple[AppealPage, Person]:
    """The appeal as this person may see it, else 404."""
    try:
        page = appeal_page(request.user, pk, involved=involved)
    except Appeal.DoesNotExist:
        raise Http404("There is no such appeal among those you can see.") from None
    return page, person_at(request, page.appeal.enrolment.centre_id)
