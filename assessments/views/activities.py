"""What verifiers do beside sampling: planned and recorded; meetings; and what is asked of the staff."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.actions import activities as actions
from assessments.enums import ActivityKind, ActivityOutcome
from assessments.forms.activities import (
    ActivitiesFilterForm,
    AskForm,
    MeetingForm,
    PlanActivityForm,
    RecordActivityForm,
)
from assessments.forms.verification import WhyForm
from assessments.models import Activity, CentreAction, Enrolment, Meeting
from assessments.queries.activities import (
    ActivityLine,
    activities_found,
    activities_page,
    activity_lines,
    activity_page,
    assessors_at,
    centre_action_facts,
    centre_action_page,
    colleague_named,
    meeting_page,
    person_named,
    staff_at,
    units_in_progress,
)
from assessments.queries.enrolment import verifiers_at
from assessments.queries.judgement import everybody_in
from assessments.verifying import (
    centre_answering_refusals,
    centre_closing_refusals,
    dropping_refusals,
    meeting_refusals,
    recording_refusals,
)
from assessments.views.asking import deny, person_at
from assessments.views.strategy import verified_centre
from assessments.views.turns import pressed, turn_forms
from portfolio.access import IN_PLACE_ONLY, SignedInRequest, holds, listed_from_outside, looked_from_outside, taken_from
from portfolio.enums import Role
from portfolio.models import Centre, User
from portfolio.queries import names_at
from portfolio.rules import READERS, VERIFYING
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import asked_in, done, form_page, in_progress
from portfolio.views.people import Trail, ask, ask_or_act

ACTIVITIES: Table[ActivityLine] = Table(
    "activities",
    "Observations and reviews",
    (
        Column("What", lambda line: line.activity.get_kind_display(), 28),
        Column("Whose work", lambda line: line.assessor, 24),
        Column("Candidate", lambda line: line.activity.enrolment.candidate.name if line.activity.enrolment else "", 28),
        Column("Unit", lambda line: line.activity.enrolment.unit.short_code if line.activity.enrolment else "", 10),
        Column("By", lambda line: line.verifier, 24),
        Column("Why", lambda line: line.activity.reason, 40),
        Column("Planned for", lambda line: line.activity.planned_on),
        Column("Held", lambda line: line.activity.held_on),
        Column("Outcome", lambda line: came_of(line), 24),
    ),
)


def way(*more: tuple[str, str | None]) -> Trail:
    return [("Observations, interviews and reviews", reverse("assessments:activities")), *more]


@holds(*READERS)
@ask
def activities(request: SignedInRequest) -> HttpResponse:
    """All at my centres, for who verifies or administers there; else those about my own work. `?about=`: a person's."""
    listed_from_outside(request, "activities")
    form, kind, about = activities_asked_for(request)
    day = request.standing.day
    page = activities_page(request.user, kind=kind, about=about, page=request.GET.get("page", "1"))
    lines = activity_lines(list(page.object_list), day)
    centres = list(Centre.objects.filter(pk__in=request.standing.centres(*VERIFYING)).order_by("name"))
    context = {
        "page": page,
        "lines": lines,
        "form": form,
        "filtered": bool(kind),
        "asked": asked_in(request),
        "in_place_only": IN_PLACE_ONLY if request.standing.sealed else "",
        "about": about,
        "about_name": colleague_named(request.user, about) if about else "",
        "centres": centres,
        "oversees": bool(request.standing.centres(*VERIFYING, Role.ADMINISTRATOR, Role.EXTERNAL_VERIFIER)),
    }
    return render(request, "assessments/activities/activities.html", context)


@holds(*READERS)
@ask
def activities_file(request: SignedInRequest, ending: str) -> HttpResponseBase:
    """The same list as filtered, whole, to take away."""
    _, kind, about = activities_asked_for(request)
    found = list(activities_found(request.user, kind=kind, about=about))
    centres = taken_from(request, {row.centre_id for row in found})
    return take_away(request, ACTIVITIES, activity_lines(found, request.standing.day), ending, centres)


def activities_asked_for(request: SignedInRequest) -> tuple[ActivitiesFilterForm, str, User | None]:
    """The filter, the kind asked for, and whose work they are to be about; 404 for nobody the reader works with."""
    form = ActivitiesFilterForm(request.GET)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    about = person_named(request.user, request.GET["about"]) if "about" in request.GET else None
    if "about" in request.GET and about is None:
        raise Http404("There is no such person at your centre.")
    return form, kind, about


def came_of(line: ActivityLine) -> str:
    """How an activity stands, in words."""
    if line.activity.recorded_at:
        return line.activity.get_outcome_display()
    if line.activity.dropped_at:
        return "Dropped"
    return "Overdue" if line.overdue else "Planned"


@holds(*VERIFYING)
@ask_or_act
def plan_activity(request: SignedInRequest, slug: str) -> HttpResponse:
    """Plan an observation, an interview or a review."""
    centre = verified_centre(request, slug)
    day, me = request.standing.day, request.user.pk
    leads = request.standing.holds(Role.LEAD_VERIFIER, centre.pk)
    work = in_progress(request, PlanActivityForm, slug)
    form = PlanActivityForm(
        work.data,
        work=work,
        assessors=[row for row in assessors_at(centre, day) if row[0] != me],
        units=units_in_progress(request.user, centre),
        verifiers=verifiers_at(centre, day),
        leads=leads,
        initial={"verifier": me, "planned_on": day},
    )
    made: list[Activity] = []

    def act(clean: dict[str, Any]) -> None:
        enrolment = clean["enrolment"] and Enrolment.objects.visible_to(request.user).get(pk=clean["enrolment"])
        made.append(
            actions.plan_activity(
                centre=centre,
                kind=ActivityKind(clean["kind"]),
                assessor=User.objects.get(pk=clean["assessor"]),
                enrolment=enrolment,
                verifier=User.objects.get(pk=clean.get("verifier", me)),
                planned_on=clean["planned_on"],
                reason=clean["reason"],
                by=request.user,
                at=timezone.now(),
            )
        )

    if done(form, act):
        messages.success(request, "It is planned, and the assessor has been told.")
        return redirect("assessments:activity", made[0].pk)
    title = "Plan an observation, interview or review"
    return form_page(request, form, title=title, button="Plan it", trail=way())


@holds(*READERS)
@ask_or_act
def activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """An activity: what was planned, and what was seen; recorded here by its verifier."""
    try:
        found = activity_page(request.user, pk, request.standing.day)
    except Activity.DoesNotExist:
        raise Http404("There is no such activity among those you can see.") from None
    row, person = found.activity, person_at(request, found.activity.centre_id)
    looked_from_outside(request, row, row.centre_id)
    people = everybody_in(row.enrolment) if row.enrolment else None
    reasons = recording_refusals(person, row.verifier_id, people, is_open=row.is_open)
    sent = request.method == "POST"
    if sent:
        deny(reason for reason in reasons if not reason.about)
    work = in_progress(request, RecordActivityForm, pk)
    form = RecordActivityForm(work.data, work=work, initial={"held_on": request.standing.day})

    def act(clean: dict[str, Any]) -> None:
        outcome = ActivityOutcome(clean.pop("outcome"))
        actions.record_activity(activity=row, outcome=outcome, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "It is on record, and the assessor has been told.")
        return redirect("assessments:activity", pk)
    context = {
        "found": found,
        "activity": row,
        "form": form if sent or not reasons else None,
        "refusals": [reason.sentence for reason in reasons if reason.about == "unit"],
        "may_drop": not dropping_refusals(person, row.verifier_id, is_open=row.is_open),
        "may_ask": row.recorded_at is not None and not meeting_refusals(person),
        "overdue": row.is_open and row.planned_on < request.standing.day,
        "day": request.standing.day,
        "trail": way((str(row), None)),
    }
    return render(request, "assessments/activities/activity.html", context, status=409 if sent else 200)


@holds(*VERIFYING)
@ask_or_act
def drop_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an activity off the plan, with the reason."""
    row = get_object_or_404(Activity.objects.visible_to(request.user).select_related("centre"), pk=pk)
    person = person_at(request, row.centre_id)
    refused = dropping_refusals(person, row.verifier_id, is_open=row.is_open)
    deny(reason for reason in refused if not reason.about)
    work = in_progress(request, WhyForm, f"activity {pk}")
    form = WhyForm(work.data, work=work)
    act = partial(actions.drop_activity, activity=row, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "It is off the plan, and your reason is on record.")
        return redirect("assessments:activity", pk)
    trail = way((str(row), reverse("assessments:activity", args=[pk])))
    lead = "It is not done after all. It stays on record as planned and dropped."
    return form_page(request, form, title="Drop it", button="Drop it", trail=trail, lead=lead)


@holds(*VERIFYING)
@ask_or_act
def ask_after_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the assessor for something more after an activity."""
    row = get_object_or_404(Activity.objects.visible_to(request.user).select_related("centre"), pk=pk)
    trail = way((str(row), reverse("assessments:activity", args=[pk])))
    owner = [(row.assessor_id, names_at(row.centre, [row.assessor_id]).get(row.assessor_id, ""))]
    return _ask_of(request, row, owner, trail)


@holds(*VERIFYING)
@ask_or_act
def hold_meeting(request: SignedInRequest, slug: str) -> HttpResponse:
    """Record a meeting that was held."""
    centre = verified_centre(request, slug)
    work = in_progress(request, MeetingForm, slug)
    staff, day = staff_at(centre, request.standing.day), request.standing.day
    form = MeetingForm(work.data, work=work, staff=staff, initial={"held_on": day, "present": [request.user.pk]})
    made: list[Meeting] = []

    def act(clean: dict[str, Any]) -> None:
        people: dict[str, Any] = {
            name: list(User.objects.filter(pk__in=clean.pop(name))) for name in ("present", "apologies")
        }
        made.append(actions.hold_meeting(centre=centre, by=request.user, at=timezone.now(), **people, **clean))

    if done(form, act):
        messages.success(request, "The meeting is on record. Add what is to be done, by whom and by when.")
        return redirect("assessments:meeting", made[0].pk)
    trail: Trail = [("Standardisation", reverse("assessments:standardisation"))]
    return form_page(request, form, title="Record a meeting", button="Record it", trail=trail)


@holds(*READERS)
@ask
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """A meeting: who was there, the minutes, and what was asked of whom."""
    try:
        found = meeting_page(request.user, pk, request.standing.day)
    except Meeting.DoesNotExist:
        raise Http404("There is no such meeting at your centre.") from None
    looked_from_outside(request, found.meeting, found.meeting.centre_id)
    context = {
        "found": found,
        "meeting": found.meeting,
        "may_ask": not meeting_refusals(person_at(request, found.meeting.centre_id)),
        "sealed": found.meeting.centre_id in request.standing.sealed,
        "trail": [("Standardisation", reverse("assessments:standardisation")), (found.meeting.title, None)],
    }
    return render(request, "assessments/activities/meeting.html", context)


@holds(*VERIFYING)
@ask_or_act
def ask_in_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask one of the staff for something that was agreed in a meeting."""
    row = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("centre"), pk=pk)
    trail: Trail = [
        ("Standardisation", reverse("assessments:standardisation")),
        (row.title, reverse("assessments:meeting", args=[pk])),
    ]
    return _ask_of(request, row, staff_at(row.centre, request.standing.day), trail)


@holds(*READERS)
@ask_or_act
def centre_action(request: SignedInRequest, pk: int) -> HttpResponse:
    """Something asked of one of the staff: answered by them, closed by another who verifies."""
    try:
        found = centre_action_page(request.user, pk)
    except CentreAction.DoesNotExist:
        raise Http404("There is no such action among those you can see.") from None
    row, facts = found.action, centre_action_facts(found.action, request.standing.day)
    looked_from_outside(request, row, row.centre_id)
    person = person_at(request, row.centre_id)
    answering, closing = centre_answering_refusals(person, facts), centre_closing_refusals(person, facts)
    press = pressed(request)
    if press:
        deny(reason for reason in (answering if press == "answer" else closing) if not reason.about)
    about = f"centre {pk}"
    answer, back = turn_forms(request, press, about, row, answering=not answering, closing=not closing)
    verb: dict[str, Any] = {"action": row, "by": request.user, "at": timezone.now()}
    if press == "close" and not closing:
        actions.close_centre_action(**verb)
        messages.success(request, "The action is closed.")
        return redirect("assessments:centre_action", pk)
    if press == "send_back" and back and done(back, lambda clean: actions.return_centre_action(**verb, **clean)):
        messages.success(request, "The answer has gone back, with your word.")
        return redirect("assessments:centre_action", pk)
    if press == "answer" and answer and done(answer, lambda clean: actions.answer_centre_action(**verb, **clean)):
        messages.success(request, "Your answer is on record. Somebody who verifies closes the action.")
        return redirect("assessments:centre_action", pk)
    context = {
        "found": found,
        "action": row,
        "overdue": row.is_overdue(request.standing.day),
        "form": answer,
        "back": back,
        "may_close": not closing,
        "closing": [(reason.sentence, None) for reason in closing if reason.about],
    }
    return render(request, "assessments/activities/action.html", context, status=409 if press else 200)


def _ask_of(
    request: SignedInRequest, source: Activity | Meeting, staff: list[tuple[int, str]], trail: Trail
) -> HttpResponse:
    deny(meeting_refusals(person_at(request, source.centre_id)))
    work = in_progress(request, AskForm, f"{type(source).__name__} {source.pk}")
    form = AskForm(work.data, work=work, staff=staff, initial={"owner": staff[0][0] if len(staff) == 1 else None})

    def act(clean: dict[str, Any]) -> None:
        owner = User.objects.get(pk=clean.pop("owner"))
        actions.ask_of_staff(source=source, owner=owner, by=request.user, at=timezone.now(), **clean)

    if done(form, act):
        messages.success(request, "The action is given, and its owner has been told.")
        return redirect(trail[-1][1] or "/")
    return form_page(request, form, title="Add an action", button="Give the action", trail=trail)
