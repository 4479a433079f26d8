"""What was done in a period at a centre to verify its assessment: the action log, and the verifier's report.

Both tell of the units that whoever asks oversees, and are made of what is on record alone: nothing is planned here.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.enums import SampleOutcome
from assessments.models import (
    Action,
    Activity,
    Alarm,
    CentreAction,
    Enrolment,
    EnrolmentQuerySet,
    Exercise,
    LeftOut,
    Meeting,
    Sample,
    SamplingPlan,
    UnsampledNote,
    Widening,
)
from assessments.queries.activities import SOURCES, ActivityLine, activity_lines
from assessments.queries.coverage import Coverage, coverages
from assessments.queries.standardisation import ExercisePage, exercise_pages
from assessments.queries.strategy import plans_of
from assessments.queries.verified_papers import (
    ActionTold,
    actions_told,
    centre_actions_told,
    names_of,
    overseen_by,
)
from assessments.queries.widening import words_of
from portfolio.models import Centre, User, centres_of
from portfolio.rules import IN_CHARGE
from portfolio.workdays import midnight

UNIT = ("candidate__known_as", "candidate__legal_name", "candidate_user", "unit__short_code", "assessor", "centre")
"""What a line tells of its unit."""


@dataclass(frozen=True)
class Scope:
    """Whose work is told of, from when to when, and the day on which it stood so.

    `verifier`: whose units are told of; all of the centre's where it is empty.
    """

    user: User
    centre: Centre
    since: datetime.date
    until: datetime.date
    day: datetime.date
    verifier: str = ""

    def within(self, moment: str) -> Q:
        """Rows of which this moment lies in the period."""
        return Q(**{f"{moment}__date__range": (self.since, self.until)})

    def holds(self, moment: datetime.datetime | None) -> bool:
        """Whether the moment lies in the period."""
        return moment is not None and self.since <= timezone.localdate(moment) <= self.until


def scope_of(user: User, centre: Centre, since: datetime.date, until: datetime.date, day: datetime.date) -> Scope:
    """All of the centre for who speaks for it, else the units they verify. Two queries at most."""
    scope = Scope(user, centre, since, until, day)
    if tells_of_all(user, centre):
        return scope
    return replace(scope, verifier=names_of({user.pk}, centre.pk).get(user.pk, ""))


def tells_of_all(user: User, centre: Centre) -> bool:
    """Whether what somebody asks for tells of all units of the centre: for who leads its verification or runs it. One
    query at most."""
    return Centre.objects.filter(pk=centre.pk, pk__in=centres_of(user, *IN_CHARGE)).exists()


def told_of(scope: Scope) -> EnrolmentQuerySet:
    """The units that the scope tells of."""
    return overseen_by(scope.user).filter(centre=scope.centre)


def of_unit(at: str = "enrolment__") -> list[str]:
    """The columns of a unit, for rows that lead to it."""
    return [f"{at}{column}" for column in UNIT]


# --- the action log --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LogPapers:
    """The actions that were open at any time in the period, in units and of the centre, the first due first."""

    scope: Scope
    in_units: list[ActionTold]
    of_centre: list[ActionTold]
    units: frozenset[int]
    candidates: frozenset[int]
    """Whose units and activities they are about, by user id."""


def log_papers(scope: Scope) -> LogPapers:
    """The action log of a period. Seven queries."""
    open_then = Q(raised_at__date__lte=scope.until) & (Q(closed_at=None) | Q(closed_at__date__gte=scope.since))
    related = ("enrolment__candidate", "enrolment__unit")
    actions = list(Action.objects.filter(open_then, enrolment__in=told_of(scope)).select_related(*related))
    asked = CentreAction.objects.visible_to(scope.user).filter(open_then, centre=scope.centre)
    of_centre = list(asked.select_related(*SOURCES, "activity__enrolment"))
    in_units = [
        replace(line, source=named(row.enrolment))
        for line, row in zip(actions_told(actions, scope.centre.pk), actions, strict=True)
    ]
    about = [row.activity.enrolment for row in of_centre if row.activity and row.activity.enrolment]
    return LogPapers(
        scope=scope,
        in_units=in_units,
        of_centre=centre_actions_told(of_centre, scope.centre.pk),
        units=frozenset(row.enrolment_id for row in actions),
        candidates=frozenset(unit.candidate_user_id for unit in [*about, *(row.enrolment for row in actions)]),
    )


def all_actions(user: User, centre: Centre, day: datetime.date) -> list[ActionTold]:
    """Every action on record of those whose log they may ask for, the first due first. Nine queries at most."""
    papers = log_papers(scope_of(user, centre, datetime.date.min, day, day))
    told = [*papers.in_units, *papers.of_centre]
    return sorted(told, key=lambda line: (line.action.due_on, line.action.raised_at, line.action.pk))


def named(unit: Enrolment) -> str:
    """The candidate and the unit."""
    return f"{unit.candidate.name}, {unit.unit.short_code}"


# --- the report ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SampleTold:
    """A sample taken in the period. `followed`: what the verifier decided to follow for the plan, if it was asked."""

    sample: Sample
    about: str
    unit: str
    assessor: str
    verifier: str
    followed: str = ""


@dataclass(frozen=True)
class CoverageTold:
    """A plan in force in the period: its samples taken, and what of each part of its strategy is covered."""

    plan: SamplingPlan
    taken: int
    wanted: int
    parts: list[tuple[str, int, int]]


@dataclass(frozen=True)
class NoteTold:
    """A unit that nobody sampled, or that was verified: what is said of it, by whom, and when."""

    about: str
    words: str
    by: str
    at: datetime.datetime | None


@dataclass(frozen=True)
class MeetingTold:
    meeting: Meeting
    present: int


@dataclass(frozen=True)
class ReportPapers:
    """All that was done in the period."""

    scope: Scope
    samples: list[SampleTold]
    coverage: list[CoverageTold]
    alarms: list[tuple[Alarm, str]]
    activities: list[ActivityLine]
    exercises: list[ExercisePage]
    meetings: list[MeetingTold]
    log: LogPapers
    unsampled: list[NoteTold]
    left_out: list[NoteTold]
    verified: list[NoteTold]
    units: frozenset[int]
    candidates: frozenset[int]


def report_papers(scope: Scope) -> ReportPapers:
    """The report of a period, in some forty queries however much was done in it."""
    units = told_of(scope)
    taken = Sample.objects.filter(scope.within("done_at"), centre=scope.centre, enrolment__in=units)
    samples = list(with_unit(taken.order_by("done_at", "pk"), "stage", "outcome", "done_at", "feedback", "verifier"))
    alarms = Alarm.objects.filter(scope.within("raised_at"), sample__enrolment__in=units)
    changed = list(alarms.select_related("sample__enrolment__candidate", "sample__enrolment__unit"))
    noted = UnsampledNote.objects.filter(scope.within("at"), enrolment__in=units)
    notes = list(with_unit(noted.order_by("at", "pk"), "reason", "at", "by"))
    verified = list(units.filter(scope.within("verified_at")).listed("verified_at", "verified_by", "candidate_user"))
    activities = list(activities_in(scope))
    exercises = list(exercises_in(scope))
    plans = list(plans_in(scope))
    left = list(left_out_in(scope, plans))
    log = log_papers(scope)
    names = names_of(
        {pk for row in samples for pk in (row.verifier_id, row.enrolment.assessor_id)}
        | {row.by_id for row in notes}
        | {row.verified_by_id for row in verified if row.verified_by_id},
        scope.centre.pk,
    )
    told = [
        *(row.enrolment for row in [*samples, *notes, *left]),
        *(row.sample.enrolment for row in changed),
        *verified,
    ]
    of_activities = {row.enrolment.candidate_user_id for row in activities if row.enrolment}
    of_items = {row.version.evidence.candidate.user_id for row in exercises}
    return ReportPapers(
        scope=scope,
        samples=samples_told(samples, names),
        coverage=[coverage_told(found) for found in coverages(plans)],
        alarms=[(row, named(row.sample.enrolment)) for row in changed],
        activities=activity_lines(activities, scope.day),
        exercises=exercise_pages(scope.user, exercises),
        meetings=meetings_in(scope),
        log=log,
        unsampled=[NoteTold(named(row.enrolment), row.reason, names.get(row.by_id, ""), row.at) for row in notes],
        left_out=[NoteTold(named(row.enrolment), "\n".join(row.reasons), str(row.plan), None) for row in left],
        verified=[
            NoteTold(named(row), "", names.get(row.verified_by_id or 0, ""), row.verified_at) for row in verified
        ],
        units=log.units | {unit.pk for unit in told},
        candidates=log.candidates | {unit.candidate_user_id for unit in told} | of_activities | of_items,
    )


def with_unit(rows: QuerySet[Any], *columns: str) -> QuerySet[Any]:
    """Rows that lead to a unit, with what a line tells of it."""
    return rows.select_related("enrolment__candidate", "enrolment__unit").only(*columns, *of_unit())


def samples_told(samples: Iterable[Sample], names: dict[int, str]) -> list[SampleTold]:
    """The samples with their people, and what followed from each. One query."""
    rows = list(samples)
    findings = [row.pk for row in rows if row.outcome != SampleOutcome.AGREED]
    widened = Widening.objects.filter(sample__in=findings).select_related("assessor_rating", "unit_rating")
    followed = {row.sample_id: words_of(row) for row in widened}
    return [
        SampleTold(
            sample=row,
            about=named(row.enrolment),
            unit=row.enrolment.unit.short_code,
            assessor=names.get(row.enrolment.assessor_id, ""),
            verifier=names.get(row.verifier_id, ""),
            followed=followed.get(row.pk, ""),
        )
        for row in rows
    ]


def plans_in(scope: Scope) -> QuerySet[SamplingPlan]:
    """The adopted plans whose period touches the report's, the newest first."""
    adopted = plans_of.question(scope.centre.pk).filter(adopted_at__isnull=False)
    overlapping = adopted.filter(starts_on__lte=scope.until, ends_on__gte=scope.since)
    return overlapping.select_related("policy__centre", "policy__awarding_body")


def coverage_told(found: Coverage) -> CoverageTold:
    """How far a plan is, and the sums of what it covers."""
    parts = [
        (str(part.value), sum(1 for row in lines if not row.line.missing), len(lines)) for part, lines in found.parts
    ]
    counted = vars(found.plan)
    return CoverageTold(found.plan, counted["taken"], counted["wanted"], parts)


def left_out_in(scope: Scope, plans: Iterable[SamplingPlan]) -> QuerySet[LeftOut]:
    """The units those plans left out that nobody has sampled since the period began."""
    since = Sample.objects.filter(centre=scope.centre, done_at__gte=midnight(scope.since))
    sampled = since.order_by().values("enrolment")
    rows = LeftOut.objects.filter(plan__in=[plan.pk for plan in plans], enrolment__in=told_of(scope))
    related = ("enrolment__candidate", "enrolment__unit", "plan")
    columns = ("reasons", "plan__starts_on", "plan__ends_on")
    return rows.exclude(enrolment__in=sampled).select_related(*related).only(*columns, *of_unit())


def activities_in(scope: Scope) -> QuerySet[Activity]:
    """Observations, interviews and reviews held in the period, or planned for it and not held."""
    period = (scope.since, scope.until)
    then = Q(held_on__range=period) | Q(held_on=None, planned_on__range=period)
    rows = Activity.objects.visible_to(scope.user).filter(then, centre=scope.centre)
    return rows.select_related("enrolment__candidate", "enrolment__unit").order_by("planned_on", "pk")


def exercises_in(scope: Scope) -> QuerySet[Exercise]:
    """The exercises that were open at any time in the period."""
    open_then = Q(set_at__date__lte=scope.until) & (Q(closed_at=None) | Q(closed_at__date__gte=scope.since))
    rows = Exercise.objects.visible_to(scope.user).filter(open_then, centre=scope.centre)
    return rows.select_related("centre", "unit", "version__evidence__candidate").order_by("set_at", "pk")


def meetings_in(scope: Scope) -> list[MeetingTold]:
    """The meetings held in the period, with how many were there. One query."""
    rows = Meeting.objects.visible_to(scope.user).filter(centre=scope.centre, held_on__range=(scope.since, scope.until))
    counted = rows.annotate(there=Count("attendance", filter=Q(attendance__present=True))).order_by("held_on", "pk")
    return [MeetingTold(row, vars(row)["there"]) for row in counted]
