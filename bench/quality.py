"""What verifiers do beside sampling in a loaded centre, done with the verbs: activities, a meeting, exercises."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from assessments.actions import activities, standardisation
from assessments.actions.standardisation import Said
from assessments.enums import ActivityKind, ActivityOutcome, Verdict
from assessments.models import Activity, Enrolment, EvidenceVersion, Exercise, Meeting
from bench.centre import Staffed

WEEK = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Quality:
    """A planned activity and one recorded with an action, a meeting, an open exercise, and a closed one of which
    something was agreed that guides whoever judges."""

    planned: Activity
    done: Activity
    meeting: Meeting
    asked: Exercise
    closed: Exercise


def quality_of(staffed: Staffed, version: EvidenceVersion, unit: Enrolment) -> Quality:
    """The latest of each; made where there is none yet."""
    if not Meeting.objects.filter(centre=staffed.centre).exists():
        make(staffed, version, unit)
    activity, exercise = Activity.objects.filter(centre=staffed.centre), Exercise.objects.filter(centre=staffed.centre)
    return Quality(
        planned=activity.filter(recorded_at=None).latest("pk"),
        done=activity.filter(recorded_at__isnull=False).latest("pk"),
        meeting=Meeting.objects.filter(centre=staffed.centre).latest("pk"),
        asked=exercise.filter(closed_at=None).latest("pk"),
        closed=exercise.filter(closed_at__isnull=False).latest("pk"),
    )


def make(staffed: Staffed, version: EvidenceVersion, unit: Enrolment) -> None:
    """One of each."""
    observe(staffed)
    done = observe(staffed)
    now = timezone.now()
    activities.record_activity(
        activity=done,
        held_on=now.date(),
        seen="Open questions throughout.",
        outcome=ActivityOutcome.WITH_ACTION,
        wanted="Agree the next step aloud.",
        due_on=now.date() + WEEK,
        by=staffed.verifier,
        at=now,
    )
    activities.hold_meeting(
        centre=staffed.centre,
        title="Spring meeting",
        held_on=now.date(),
        present=[staffed.assessor, staffed.verifier],
        apologies=[],
        minutes="What counts as 1.1.",
        by=staffed.verifier,
        at=now,
    )
    exercise(staffed, version, unit)
    closed = exercise(staffed, version, unit)
    for user in (staffed.assessor, staffed.trainee):
        said = {row.criterion_id: Said(Verdict.MET) for row in closed.criteria.all()}
        standardisation.judge_in_exercise(exercise=closed, said=said, by=user, at=now)
    standardisation.close_exercise(exercise=closed, by=staffed.verifier, at=now)
    standardisation.agree_outcome(
        exercise=closed,
        criterion=closed.criteria.latest("criterion__position").criterion,
        verdict=Verdict.MET,
        rationale="Two calls, of which one is difficult.",
        meeting=Meeting.objects.get(centre=staffed.centre),
        by=staffed.verifier,
        at=now,
    )


def observe(staffed: Staffed) -> Activity:
    now = timezone.now()
    return activities.plan_activity(
        centre=staffed.centre,
        kind=ActivityKind.OBSERVATION,
        assessor=staffed.assessor,
        enrolment=None,
        verifier=staffed.verifier,
        planned_on=now.date(),
        reason="Once a year.",
        by=staffed.verifier,
        at=now,
    )


def exercise(staffed: Staffed, version: EvidenceVersion, unit: Enrolment) -> Exercise:
    now = timezone.now()
    return standardisation.set_exercise(
        version=version,
        unit=unit.unit,
        criteria=list(unit.unit.criteria.values_list("pk", flat=True)),
        participants=[staffed.assessor, staffed.trainee],
        title="What counts?",
        reason="We differ.",
        name_hidden=True,
        due_on=now.date() + WEEK,
        by=staffed.verifier,
        at=now,
    )
