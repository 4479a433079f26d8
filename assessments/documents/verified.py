"""Asking the press for the documents of internal verification."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import lock
from assessments.documents.asking import asked
from assessments.documents.report import log_sheet, report_sheet
from assessments.documents.sampling import plan_sheet, sample_sheet, strategy_sheet
from assessments.documents.standardisation import exercise_sheet, meeting_sheet
from assessments.models import Sample
from assessments.queries.report import Scope, log_papers, report_papers
from assessments.queries.verified_papers import (
    exercise_papers,
    meeting_papers,
    plan_papers,
    sample_papers,
    strategy_papers,
)
from portfolio.models import Document, User

SAMPLE = "sampling_record"
PLAN = "sampling_plan"
STRATEGY = "sampling_strategy"
EXERCISE = "standardisation_record"
MEETING = "standardisation_meeting"
REPORT = "verifiers_report"
LOG = "action_log"


@transaction.atomic
def ask_sample(*, pk: int, by: User, at: datetime.datetime) -> Document:
    """The record of a sample, of one moment: its unit is locked meanwhile.

    Raises Sample.DoesNotExist for who does not oversee it, or while it is open.
    """
    lock(Sample.objects.filter(pk=pk).values_list("enrolment", flat=True))
    papers = sample_papers(by, pk)
    return asked(SAMPLE, sample_sheet(papers), papers.sample.enrolment.centre, papers.sample, by, at)


def ask_sampling_plan(*, pk: int, by: User, at: datetime.datetime) -> Document:
    """A sampling plan and how far it is. Raises SamplingPlan.DoesNotExist where there is none for them."""
    papers = plan_papers(by, pk)
    return asked(PLAN, plan_sheet(papers), papers.plan.policy.centre, papers.plan, by, at)


def ask_strategy(*, pk: int, by: User, at: datetime.datetime) -> Document:
    """A version of the strategy. Raises SamplingPolicy.DoesNotExist where there is none for them."""
    papers = strategy_papers(by, pk, timezone.localdate(at))
    policy = papers.told.policy
    return asked(STRATEGY, strategy_sheet(papers), policy.centre, policy, by, at)


def ask_exercise(*, pk: int, by: User, at: datetime.datetime) -> Document:
    """The record of an exercise. Raises Exercise.DoesNotExist where it is not for them, or its answers are unseen."""
    page = exercise_papers(by, pk)
    return asked(EXERCISE, exercise_sheet(page), page.exercise.centre, page.exercise, by, at)


def ask_meeting(*, pk: int, by: User, at: datetime.datetime) -> Document:
    """The record of a meeting. Raises Meeting.DoesNotExist where it is not for them."""
    papers = meeting_papers(by, pk)
    return asked(MEETING, meeting_sheet(papers), papers.meeting.centre, papers.meeting, by, at)


def ask_report(*, scope: Scope, by: User, at: datetime.datetime) -> Document:
    """What verification did in a period, in the units that the person oversees."""
    return asked(REPORT, report_sheet(report_papers(scope)), scope.centre, scope.centre, by, at)


def ask_log(*, scope: Scope, by: User, at: datetime.datetime) -> Document:
    """The actions that were open in a period, in the units that the person oversees and of the staff."""
    return asked(LOG, log_sheet(log_papers(scope)), scope.centre, scope.centre, by, at)
