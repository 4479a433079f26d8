"""What verifiers do beside sampling, the meetings they hold, and what came of both."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from assessments.enums import ActivityKind, UnitStatus
from assessments.models import (
    Activity,
    AskedTurn,
    Attendance,
    CentreAction,
    CentreActionTurn,
    Enrolment,
    Meeting,
)
from assessments.queries.access import looking_for
from assessments.queries.enrolment import name_of, named_staff, staff_holding, staff_names
from assessments.verifying import ActionFacts
from portfolio.compiled import compiled
from portfolio.enums import Role
from portfolio.models import Centre, StaffRecord, User
from portfolio.rules import STAFF_ROLES

PER_PAGE = 20
SHORT_LIST = 5
ABOUT = ("enrolment__unit", "enrolment__candidate")
SOURCES = ("activity", "meeting", "access__awarding_body")
OF_CANDIDATE = ("enrolment__candidate__legal_name", "enrolment__candidate__known_as")


@dataclass(frozen=True)
class ActivityLine:
    """An activity in a list, with its people by name."""

    activity: Activity
    assessor: str
    verifier: str
    overdue: bool


@dataclass(frozen=True)
class CentreActionLine:
    """An action in a list: whose it is, and what it came of."""

    action: CentreAction
    owner: str
    source: str
    overdue: bool


@dataclass(frozen=True)
class ActivityPage:
    """An activity with its people by name and what it asked for."""

    activity: Activity
    assessor: str
    verifier: str
    planned_by: str
    actions: list[CentreActionLine]


@dataclass(frozen=True)
class MeetingPage:
    """A meeting with who was there, what was agreed in it, and what it asked for."""

    meeting: Meeting
    present: list[str]
    apologies: list[str]
    recorded_by: str
    actions: list[CentreActionLine]


@dataclass(frozen=True)
class TurnShown:
    """A turn of an action, with whose it was."""

    turn: AskedTurn
    by: str


@dataclass(frozen=True)
class CentreActionPage:
    """An action of the centre's with its people by name and what happened to it."""

    action: CentreAction
    source: str
    owner: str
    raised_by: str
    closed_by: str
    turns: list[TurnShown]


def centre_action_facts(action: CentreAction, day: datetime.date) -> ActionFacts:
    """What the refusals of an action rest on. No query; one where an external verifier asked."""
    return ActionFacts(
        owner_id=action.owner_id,
        answered=action.answered_at is not None,
        closed=action.closed_at is not None,
        answered_by_id=action.answered_by_id,
        closers=looking_for(action.access, day) if action.access else None,
    )


def person_named(user: User, handle: str) -> User | None:
    """The member of staff with this handle at a centre where the reader works, if there is one."""
    return User.objects.filter(handle=handle, staff_records__centre__grants__user=user).distinct().first()


def colleague_named(user: User, colleague: User) -> str:
    """What a member of staff is called at a centre where the reader works."""
    rows = StaffRecord.objects.filter(user=colleague, centre__grants__user=user).order_by("pk")
    return rows.values_list("name", flat=True).first() or ""


def activities_page(user: User, *, kind: str, about: User | None, page: str) -> "Page[Activity]":
    """A page of them. Two queries."""
    return Paginator(activities_found(user, kind=kind, about=about), PER_PAGE).get_page(page)


def activities_found(user: User, *, kind: str, about: User | None) -> QuerySet[Activity]:
    """The activities that exist for a person, those still to be done first."""
    found = Activity.objects.visible_to(user).select_related("centre", *ABOUT)
    if kind in ActivityKind.values:
        found = found.filter(kind=kind)
    if about:
        found = found.filter(assessor=about)
    whether = ExpressionWrapper(Q(recorded_at=None, dropped_at=None), BooleanField())
    done = (F(ended).desc(nulls_last=True) for ended in ("recorded_at", "dropped_at"))
    return found.annotate(to_do=whether).order_by("-to_do", *done, "planned_on", "pk")


def activity_lines(rows: list[Activity], day: datetime.date) -> list[ActivityLine]:
    """The lines of a list, in one query."""
    names = staff_names({pk for row in rows for pk in (row.assessor_id, row.verifier_id)}, {r.centre_id for r in rows})
    return [
        ActivityLine(
            activity=row,
            assessor=names.get((row.assessor_id, row.centre_id), ""),
            verifier=names.get((row.verifier_id, row.centre_id), ""),
            overdue=row.is_open and row.planned_on < day,
        )
        for row in rows
    ]


def activities_to_do(user: User, day: datetime.date) -> list[ActivityLine]:
    """What this verifier has planned and not recorded, the first due first. One query."""
    return [
        ActivityLine(row, vars(row)["assessor_name"] or "", vars(row)["verifier_name"] or "", row.planned_on < day)
        for row in _activities_to_do(user)
    ]


@compiled
def _activities_to_do(user: User) -> QuerySet[Activity]:
    told = ("kind", "reason", "planned_on", "enrolment__unit__short_code", *OF_CANDIDATE)
    mine = Activity.objects.visible_to(user).still_open().filter(verifier=user).select_related(*ABOUT).only(*told)
    named = mine.annotate(assessor_name=name_of("assessor"), verifier_name=name_of("verifier"))
    return named.order_by("planned_on", "pk")[:SHORT_LIST]


@dataclass(frozen=True)
class ActionsWaiting:
    """Actions of the centre's that wait for a person: answered ones for them to close, and those asked of them."""

    to_close: list[CentreActionLine]
    asked: list[CentreActionLine]


def actions_waiting(user: User, closing_at: list[int], day: datetime.date) -> ActionsWaiting:
    """The actions that wait for a person, who closes them at these centres; the first due first. One query."""
    lines = [
        CentreActionLine(row, vars(row)["owner_name"] or "", source_of(row), row.is_overdue(day))
        for row in _actions_waiting(user, closing_at)
    ]
    return ActionsWaiting(
        to_close=[line for line in lines if line.action.answered_at][:SHORT_LIST],
        asked=[line for line in lines if not line.action.answered_at][:SHORT_LIST],
    )


@compiled
def _actions_waiting(user: User, closing_at: list[int]) -> QuerySet[CentreAction]:
    asked = Q(owner=user, answered_at=None)
    answered = Q(centre__in=closing_at, answered_at__isnull=False, access=None)
    answered = answered & ~Q(owner=user) & ~Q(answered_by=user)
    rows = CentreAction.objects.visible_to(user).filter(asked | answered, closed_at=None)
    told = ("wanted", "due_on", "answered_at", "closed_at", "activity__kind", "meeting__title", "meeting__held_on")
    asked_outside = ("access__reference", "access__awarding_body__name")
    return rows.select_related(*SOURCES).only(*told, *asked_outside).annotate(owner_name=name_of("owner"))


def action_lines(rows: "QuerySet[CentreAction]", day: datetime.date) -> list[CentreActionLine]:
    """Actions as they stand in a list. Two queries."""
    return lines_of(list(rows.select_related(*SOURCES)), day)


def lines_of(found: Sequence[CentreAction], day: datetime.date) -> list[CentreActionLine]:
    """The same of actions that came with their sources. One query."""
    names = staff_names({row.owner_id for row in found}, {row.centre_id for row in found})
    return [
        CentreActionLine(row, names.get((row.owner_id, row.centre_id), ""), source_of(row), row.is_overdue(day))
        for row in found
    ]


def source_of(action: CentreAction) -> str:
    """What an action came of, in words. No query where both were read with it."""
    return str(action.meeting or action.activity or action.access)


def activity_page(user: User, pk: int, day: datetime.date) -> ActivityPage:
    """An activity. Raises Activity.DoesNotExist where it does not exist for the person. Four queries."""
    activity = Activity.objects.visible_to(user).select_related("centre", "assessor", *ABOUT).get(pk=pk)
    who = {activity.assessor_id, activity.verifier_id, activity.planned_by_id}
    names = {user_id: name for (user_id, _), name in staff_names(who, {activity.centre_id}).items()}
    return ActivityPage(
        activity=activity,
        assessor=names.get(activity.assessor_id, ""),
        verifier=names.get(activity.verifier_id, ""),
        planned_by=names.get(activity.planned_by_id, ""),
        actions=action_lines(CentreAction.objects.filter(activity=activity), day),
    )


def meeting_page(user: User, pk: int, day: datetime.date) -> MeetingPage:
    """A meeting. Raises Meeting.DoesNotExist where it does not exist for the person. Five queries."""
    meeting = Meeting.objects.visible_to(user).select_related("centre").get(pk=pk)
    there = list(Attendance.objects.filter(meeting=meeting))
    who = {meeting.recorded_by_id, *(row.person_id for row in there)}
    names = {user_id: name for (user_id, _), name in staff_names(who, {meeting.centre_id}).items()}
    return MeetingPage(
        meeting=meeting,
        present=sorted(names.get(row.person_id, "") for row in there if row.present),
        apologies=sorted(names.get(row.person_id, "") for row in there if not row.present),
        recorded_by=names.get(meeting.recorded_by_id, ""),
        actions=action_lines(CentreAction.objects.filter(meeting=meeting), day),
    )


def centre_action_page(user: User, pk: int) -> CentreActionPage:
    """An action. Raises CentreAction.DoesNotExist where it does not exist for the person. Three queries."""
    action = CentreAction.objects.visible_to(user).select_related("centre", *SOURCES).get(pk=pk)
    turns = list(CentreActionTurn.objects.filter(action=action))
    who = {action.owner_id, action.raised_by_id, action.closed_by_id, *(turn.by_id for turn in turns)} - {None}
    found = staff_names({pk for pk in who if pk}, {action.centre_id})
    names = {user_id: name for (user_id, _), name in found.items()}
    return CentreActionPage(
        action=action,
        source=source_of(action),
        owner=names.get(action.owner_id, ""),
        raised_by=names.get(action.raised_by_id, ""),
        closed_by=names.get(action.closed_by_id or 0, ""),
        turns=[TurnShown(turn, names.get(turn.by_id, "")) for turn in turns],
    )


def assessors_at(centre: Centre, day: datetime.date) -> list[tuple[int, str]]:
    """Those who assess at the centre, by name."""
    return named_staff(staff_holding(centre, day, Role.ASSESSOR))


def staff_at(centre: Centre, day: datetime.date) -> list[tuple[int, str]]:
    """Everybody on the staff of the centre, by name."""
    return named_staff(staff_holding(centre, day, *STAFF_ROLES))


def units_in_progress(user: User, centre: Centre) -> list[tuple[int, str]]:
    """Units that exist for a verifier and that an activity may be about: candidate, unit, and who assesses it."""
    units = Enrolment.objects.visible_to(user).filter(centre=centre).exclude(candidate_user=user)
    units = units.exclude(status__in=(UnitStatus.WITHDRAWN, UnitStatus.REVOKED))
    columns = ("pk", "candidate__known_as", "candidate__legal_name", "unit__short_code", "assessor_id")
    rows = list(units.order_by("candidate__legal_name", "unit__short_code", "pk").values_list(*columns))
    names = staff_names({row[-1] for row in rows}, {centre.pk})
    return [
        (pk, f"{known_as or legal_name}, {code} ({names.get((assessor, centre.pk), '')})")
        for pk, known_as, legal_name, code, assessor in rows
    ]
