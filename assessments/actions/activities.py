"""Verbs beside sampling: observing, interviewing, reviewing; meetings; and what they ask of the centre's staff."""

import datetime
from collections.abc import Iterable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling, turns
from assessments.actions.journey import lock_one, person, refuse, require
from assessments.enums import ActivityKind, ActivityOutcome
from assessments.models import Activity, Attendance, CentreAction, Enrolment, ExternalAccess, Meeting
from assessments.queries.access import days_of
from assessments.queries.activities import SOURCES, centre_action_facts
from assessments.queries.enrolment import staff_holding
from assessments.queries.judgement import everybody_in
from assessments.verifying import (
    centre_answering_refusals,
    centre_closing_refusals,
    dropping_refusals,
    hand_refusals,
    meeting_refusals,
    planning_activity_refusals,
    recording_refusals,
)
from assessments.visiting import outside_refusals
from portfolio import audit
from portfolio.actions.checks import refuse_invalid, take_turns
from portfolio.canonical import JSON
from portfolio.enums import Role, Told
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from portfolio.rules import IN_CHARGE, STAFF_ROLES

Source = Activity | Meeting | ExternalAccess
RecordT = TypeVar("RecordT", Activity, Meeting, CentreAction)


@transaction.atomic
def plan_activity(
    *,
    centre: Centre,
    kind: ActivityKind,
    assessor: User,
    enrolment: Enrolment | None,
    verifier: User,
    planned_on: datetime.date,
    reason: str,
    by: User,
    at: datetime.datetime,
) -> Activity:
    """Plan an observation, interview or review: who, what, when and why. The lead plans for others as well.

    Raises Refusal where the verifier would look at their own work, or ever judged in the unit (domain rule 1).
    """
    reason = require(reason, "Say why it is planned.")
    centre = take_turns(centre)
    refuse(planning_activity_refusals(person(by, centre.pk, at), person(verifier, centre.pk, at), assessor.pk))
    day = timezone.localdate(at)
    if planned_on < day:
        raise Refusal(["Plan it for today or later. What was done before is recorded with the day it was done on."])
    if not staff_holding(centre, day, Role.ASSESSOR).filter(user=assessor).exists():
        raise Refusal(["Choose somebody who assesses at the centre."])
    if enrolment is not None:
        _about_their_work(enrolment, centre, assessor, verifier, at)
    activity = Activity(
        centre=centre,
        kind=kind,
        assessor=assessor,
        enrolment=enrolment,
        verifier=verifier,
        planned_on=planned_on,
        reason=reason,
        planned_by=by,
        planned_at=at,
    )
    refuse_invalid(activity)
    activity.save()
    telling.of_activity(activity, f"Planned for {planned_on:%-d %B %Y}.", [assessor, verifier], by, at)
    return _told("plan_activity", activity, by, at, {"kind": kind, "assessor": assessor.pk, "reason": reason})


@transaction.atomic
def record_activity(
    *,
    activity: Activity,
    held_on: datetime.date,
    seen: str,
    outcome: ActivityOutcome,
    wanted: str,
    due_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> Activity:
    """Write down what was seen and what came of it; with `wanted`, the assessor is asked for that by a day.

    It stands from then on. Raises Refusal where an outcome that asks for something says not what or by when.
    """
    seen = require(seen, "Say what you saw.")
    activity = _locked(activity)
    people = everybody_in(activity.enrolment) if activity.enrolment else None
    asking = person(by, activity.centre_id, at)
    refuse(recording_refusals(asking, activity.verifier_id, people, is_open=activity.is_open))
    if held_on > timezone.localdate(at):
        raise Refusal(["It cannot have been done on a day that is still to come."])
    asks = outcome != ActivityOutcome.SATISFACTORY
    if asks or wanted.strip() or due_on is not None:
        _check_asked(wanted, due_on, at)
    if not asks and wanted.strip():
        raise Refusal(["An outcome with something to be done is not simply satisfactory: choose another."])
    changed = Activity.objects.still_open().filter(pk=activity.pk)
    changed.update(held_on=held_on, seen=seen, outcome=outcome, recorded_at=at)
    activity.refresh_from_db()
    if due_on is not None:
        _asked(activity, activity.assessor, wanted, due_on, by, at)
    telling.of_activity(activity, f"Recorded: {activity.get_outcome_display().lower()}.", [activity.assessor], by, at)
    return _told("record_activity", activity, by, at, {"outcome": outcome, "held_on": held_on.isoformat()})


@transaction.atomic
def drop_activity(*, activity: Activity, reason: str, by: User, at: datetime.datetime) -> Activity:
    """It is not done after all, with the reason on record."""
    reason = require(reason, "Say why it is dropped.")
    activity = _locked(activity)
    refuse(dropping_refusals(person(by, activity.centre_id, at), activity.verifier_id, is_open=activity.is_open))
    Activity.objects.still_open().filter(pk=activity.pk).update(dropped_at=at, drop_reason=reason)
    activity.refresh_from_db()
    telling.of_activity(activity, "It was taken off the plan.", [activity.assessor], by, at)
    return _told("drop_activity", activity, by, at, {"reason": reason})


@transaction.atomic
def hold_meeting(
    *,
    centre: Centre,
    title: str,
    held_on: datetime.date,
    present: Iterable[User],
    apologies: Iterable[User],
    minutes: str,
    by: User,
    at: datetime.datetime,
) -> Meeting:
    """Record a standardisation meeting that was held: when, who was there, and the minutes. They stand for good."""
    centre = take_turns(centre)
    refuse(meeting_refusals(person(by, centre.pk, at)))
    there, away = list(present), list(apologies)
    day = timezone.localdate(at)
    known = set(staff_holding(centre, day, *STAFF_ROLES).values_list("user_id", flat=True))
    if held_on > day:
        raise Refusal(["A meeting is recorded once it was held."])
    if not there:
        raise Refusal(["Say who was there."])
    if {user.pk for user in there} & {user.pk for user in away}:
        raise Refusal(["Somebody who was there sent no apologies: tick one of the two."])
    if not {user.pk for user in (*there, *away)} <= known:
        raise Refusal(["Choose people on the staff of the centre."])
    meeting = Meeting(
        centre=centre,
        title=title.strip(),
        held_on=held_on,
        minutes=minutes.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    refuse_invalid(meeting)
    meeting.save()
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person=user, present=was_there)
        for people, was_there in ((there, True), (away, False))
        for user in people
    )
    telling.of_meeting(meeting, [*there, *away], by, at)
    return _told("hold_meeting", meeting, by, at, {"held_on": held_on.isoformat(), "present": len(there)})


@transaction.atomic
def ask_of_staff(
    *, source: Source, owner: User, wanted: str, due_on: datetime.date | None, by: User, at: datetime.datetime
) -> CentreAction:
    """Ask one of the staff for something by a day, after an activity that was recorded or in a meeting.

    An external verifier asks one of those in charge: it is asked of the centre.
    """
    centre, day = take_turns(source.centre), timezone.localdate(at)
    if isinstance(source, ExternalAccess):
        source = ExternalAccess.objects.select_related("centre", "grant", "awarding_body").get(pk=source.pk)
        refuse(outside_refusals(by.pk, source.grant.user_id, days_of(source), day))
    else:
        refuse(meeting_refusals(person(by, centre.pk, at)))
    if isinstance(source, Activity) and (source.recorded_at is None or owner.pk != source.assessor_id):
        raise Refusal(["An activity asks something of the assessor it was about, once it is recorded."])
    roles = IN_CHARGE if isinstance(source, ExternalAccess) else STAFF_ROLES
    if not staff_holding(centre, day, *roles).filter(user=owner).exists():
        raise Refusal(["Choose somebody on the staff of the centre."])
    due = _check_asked(wanted, due_on, at)
    action = _asked(source, owner, wanted, due, by, at)
    _told("ask_of_staff", action, by, at, {"owner": owner.pk, "wanted": action.wanted, "due_on": due.isoformat()})
    return action


@transaction.atomic
def answer_centre_action(*, action: CentreAction, answer: str, by: User, at: datetime.datetime) -> CentreAction:
    """Whoever an action was given to says what they did. A better answer may follow until it is closed."""
    answer = require(answer, "Say what you have done.")
    action = _locked_action(action)
    refuse(
        centre_answering_refusals(person(by, action.centre_id, at), centre_action_facts(action, timezone.localdate(at)))
    )
    turns.answered(action, answer, by, at)
    closers = _who_close(action, at)
    telling.of_centre_action(action, Told.ANSWERED, "An action was answered, to be closed.", closers, by, at)
    return _told("answer_centre_action", action, by, at, {"answer": answer})


@transaction.atomic
def return_centre_action(
    *, action: CentreAction, words: str, due_on: datetime.date | None, by: User, at: datetime.datetime
) -> CentreAction:
    """A verifier does not accept the answer, and says what is missing; a new day may be given with it."""
    words = require(words, "Say what is missing in the answer.")
    action = _locked_action(action)
    refuse(
        centre_closing_refusals(person(by, action.centre_id, at), centre_action_facts(action, timezone.localdate(at)))
    )
    turns.sent_back(action, words, due_on, by, at)
    sentence = f"Your answer was sent back: more is asked of you by {action.due_on:%-d %B %Y}."
    telling.of_centre_action(action, Told.ACTION, sentence, [action.owner], by, at)
    return _told("return_centre_action", action, by, at, {"words": words})


@transaction.atomic
def close_centre_action(*, action: CentreAction, by: User, at: datetime.datetime) -> CentreAction:
    """A verifier is satisfied with what was done. Raises Refusal before the action is answered."""
    action = _locked_action(action)
    refuse(
        centre_closing_refusals(person(by, action.centre_id, at), centre_action_facts(action, timezone.localdate(at)))
    )
    turns.closed(action, by, at)
    telling.of_centre_action(action, Told.ACTION, "An action was closed by a verifier.", [action.owner], by, at)
    return _told("close_centre_action", action, by, at, {})


def _who_close(action: CentreAction, at: datetime.datetime) -> list[User]:
    """Who is told that an action was answered: whoever asked; or whom the awarding body has sent now."""
    facts = centre_action_facts(action, timezone.localdate(at))
    if facts.closers is None:
        return [action.raised_by]
    return list(User.objects.filter(pk__in=facts.closers))


def _about_their_work(
    enrolment: Enrolment, centre: Centre, assessor: User, verifier: User, at: datetime.datetime
) -> None:
    """Raise Refusal unless the unit is the assessor's to judge, and the verifier's hand was never in it."""
    enrolment = lock_one(enrolment)
    if enrolment.centre_id != centre.pk or enrolment.assessor_id != assessor.pk:
        raise Refusal(["Choose a unit that this assessor assesses."])
    if hand_refusals(person(verifier, centre.pk, at), everybody_in(enrolment)):
        raise Refusal(["Choose another verifier: this one has a hand in the unit."])


def _check_asked(wanted: str, due_on: datetime.date | None, at: datetime.datetime) -> datetime.date:
    sentences = [] if wanted.strip() else ["Say what is to be done."]
    if due_on is None or due_on < timezone.localdate(at):
        sentences.append("Give the action a day it is due, today or later.")
    if sentences or due_on is None:
        raise Refusal(sentences)
    return due_on


def _asked(
    source: Source, owner: User, wanted: str, due_on: datetime.date, by: User, at: datetime.datetime
) -> CentreAction:
    action = CentreAction.objects.create(
        centre=source.centre,
        activity=source if isinstance(source, Activity) else None,
        meeting=source if isinstance(source, Meeting) else None,
        access=source if isinstance(source, ExternalAccess) else None,
        owner=owner,
        wanted=wanted.strip(),
        due_on=due_on,
        raised_by=by,
        raised_at=at,
    )
    sentence = f"Something is asked of you by {due_on:%-d %B %Y}."
    telling.of_centre_action(action, Told.ACTION, sentence, [owner], by, at)
    return action


def _locked(activity: Activity) -> Activity:
    rows = Activity.objects.select_related("centre", "assessor", "enrolment").select_for_update(of=("self",))
    return rows.get(pk=activity.pk)


def _locked_action(action: CentreAction) -> CentreAction:
    related = ("centre", "owner", "raised_by", *SOURCES)
    return CentreAction.objects.select_related(*related).select_for_update(of=("self",)).get(pk=action.pk)


def _told(verb: str, record: RecordT, by: User, at: datetime.datetime, details: dict[str, JSON]) -> RecordT:
    audit.record(verb=verb, by=by, at=at, subject=record, centre=record.centre, details=details)
    return record
