"""Breaks in learning: who is on one, what it pauses and moves, and what stands in the way."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from assessments.enums import UnitStatus, Verb
from assessments.models import Break, Enrolment
from assessments.pace import PACED
from assessments.queries.enrolment import bare_facts
from assessments.rules import Person
from assessments.workflow import unit_refusals
from portfolio.models import CandidateRecord, Centre

ON_BREAK = "{} is on a break in learning until {:%-d %B %Y}: record their return first."
NOTHING = "{} has no unit in progress that could be paused."
LATER = "The first day cannot be after today: record a break when it has begun."
EARLIER = "The day they are expected back must be after the first day of the break."
IN_THE_PAST = "They are expected back on a day that has passed: record their return instead, or give a later day."
BACK_ALREADY = "The return from this break is recorded already."
OUT_OF_IT = "The day they came back is after the first day of the break, and not after today."
OVERLAPS = "The break would begin before they came back from the one before, on {:%-d %B %Y}."


@dataclass(frozen=True)
class Pausing:
    """The units in progress of a candidate: those that a break pauses, and those that stay with the reasons."""

    going: list[Enrolment] = field(default_factory=list)
    staying: list[tuple[Enrolment, list[str]]] = field(default_factory=list)


@dataclass(frozen=True)
class Resuming:
    """A unit that a break paused: its target date, and the one it has if the candidate is back on a day."""

    enrolment: Enrolment
    days: int
    target_on: datetime.date | None


def in_progress(candidate: CandidateRecord) -> list[Enrolment]:
    """The candidate's units that ask for something of them or their assessor. One query."""
    found = Enrolment.objects.filter(candidate=candidate, status__in=PACED).order_by("pk")
    return list(found.select_related("unit", "candidate", "centre"))


def pausing(units: Sequence[Enrolment], person: Person) -> Pausing:
    found = Pausing()
    for row in units:
        if sentences := [reason.sentence for reason in unit_refusals(Verb.SUSPEND, person, bare_facts(row))]:
            found.staying.append((row, sentences))
        else:
            found.going.append(row)
    return found


def paused_by(found: Break, returned_on: datetime.date) -> list[Resuming]:
    """The units that the break still pauses, with what a return on that day makes of their dates. One query."""
    rows = Enrolment.objects.filter(
        candidate=found.candidate_id, status=UnitStatus.SUSPENDED, break_until__isnull=False
    ).order_by("pk")
    return [resuming(row, found.starts_on, returned_on) for row in rows.select_related("unit", "candidate", "centre")]


def resuming(row: Enrolment, starts_on: datetime.date, returned_on: datetime.date) -> Resuming:
    """A unit's dates move by the days of the break that it had begun by."""
    days = max((returned_on - max(starts_on, row.started_on)).days, 0)
    return Resuming(row, days, row.target_on + datetime.timedelta(days=days) if row.target_on else None)


def open_break(candidate: CandidateRecord) -> Break | None:
    """The break that the candidate is on. One query."""
    return Break.objects.going_on().filter(candidate=candidate).select_related("candidate", "centre").first()


def beginning_refusals(
    candidate: CandidateRecord,
    before: Sequence[Break],
    starts_on: datetime.date,
    expected_on: datetime.date,
    day: datetime.date,
) -> list[str]:
    """Why a break cannot be recorded with these days. `before`: the candidate's breaks so far."""
    sentences = [ON_BREAK.format(candidate, row.expected_on) for row in before if row.returned_on is None]
    back = max((row.returned_on for row in before if row.returned_on), default=None)
    if starts_on > day:
        sentences.append(LATER)
    if back and starts_on < back:
        sentences.append(OVERLAPS.format(back))
    if expected_on <= starts_on:
        sentences.append(EARLIER)
    return sentences


def breaks_at(centre: Centre) -> list[Break]:
    """Those who are on a break, whoever is expected back first on top. One query."""
    rows = Break.objects.going_on().filter(centre=centre).select_related("candidate__user")
    return list(rows.order_by("expected_on", "pk"))


def breaks_of(candidate: CandidateRecord) -> list[Break]:
    """All of the candidate's, the latest first, with the units each paused. Two queries."""
    rows = Break.objects.filter(candidate=candidate).prefetch_related("paused__enrolment__unit")
    return list(rows.order_by("-starts_on", "-pk"))
