"""What an internal verifier looks at, finds, and asks for."""

import datetime

from django.db import models
from django.db.models import F, Q

from assessments.enums import SampleOutcome, SampleStage
from assessments.models.enrolment import Enrolment, differ, worked_on_by
from assessments.models.strategy import PlannedCell
from portfolio.enums import Role
from portfolio.models import StandingQuerySet, StandingRow, User, centres_of, one_of
from units.models import Criterion

OPEN = Q(done_at=None, dropped_at=None)
"""A sample that is planned, and neither done nor dropped."""


def past_due(day: datetime.date) -> Q:
    """An action that is not answered though its day has passed."""
    return Q(answered_at=None, closed_at=None, due_on__lt=day)


class SampleQuerySet(models.QuerySet["Sample"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "SampleQuerySet":
        """Samples of the units that exist for this person, but of their own: the remarks are for the assessor."""
        return self.filter(worked_on_by(user, day, at="enrolment__")).exclude(enrolment__candidate_user=user)

    def still_open(self) -> "SampleQuerySet":
        """Planned, and neither done nor dropped."""
        return self.filter(OPEN)


class Sample(models.Model):
    """A unit chosen for sampling, with its reason; and what was found, once it is done. Planned ≠ done."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="samples")
    verifier = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=9, choices=SampleStage)
    cell = models.ForeignKey(
        PlannedCell, on_delete=models.PROTECT, null=True, related_name="samples", help_text="where a plan wanted it"
    )
    reason = models.TextField("why this unit")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(max_length=20, choices=SampleOutcome, blank=True, editable=False)
    feedback = models.TextField("feedback to the assessor", blank=True, editable=False)
    seen_at_location = models.BooleanField(
        "the verifier has seen the evidence that is held elsewhere", default=False, editable=False
    )
    dropped_at = models.DateTimeField(null=True, editable=False)
    drop_reason = models.TextField(blank=True, editable=False)

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering = ["enrolment", "planned_at", "pk"]
        constraints = [
            one_of("stage", SampleStage, "sample_stage_is_known"),
            one_of("outcome", SampleOutcome, "sample_outcome_is_known", blank=True),
            models.CheckConstraint(
                condition=(Q(done_at__isnull=True, outcome="")) | (Q(done_at__isnull=False) & ~Q(outcome="")),
                name="a_sample_done_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", SampleOutcome.AGREED]) | ~Q(feedback=""),
                name="a_sample_not_simply_agreed_has_feedback",
                violation_error_message="Tell the assessor what you found.",
            ),
            models.CheckConstraint(
                condition=(Q(dropped_at__isnull=True, drop_reason=""))
                | (Q(dropped_at__isnull=False, done_at__isnull=True) & ~Q(drop_reason="")),
                name="a_dropped_sample_says_why",
                violation_error_message="Say why the sample is dropped.",
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(done_at=None, dropped_at=None),
                name="one_open_sample_per_unit",
                violation_error_message="This unit has an open sample already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} sample of {self.enrolment}"

    @property
    def is_open(self) -> bool:
        """Planned, and neither done nor dropped."""
        return self.done_at is None and self.dropped_at is None


class SampledCriterion(StandingRow):
    """A criterion that was looked at in a sample."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["SampledCriterion"].as_manager()

    class Meta:
        ordering = ["criterion__position"]
        constraints = [models.UniqueConstraint(fields=["sample", "criterion"], name="a_criterion_is_sampled_once")]

    def __str__(self) -> str:
        return self.criterion.number


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "ActionQuerySet":
        """Actions in the units that exist for this person, but of their own; and those given to them.

        An action stays with whoever it was given to, also after the unit has gone to another assessor.
        """
        staff = centres_of(user, *Role, day=day)
        seen = worked_on_by(user, day, at="enrolment__") & ~Q(enrolment__candidate_user=user)
        return self.filter(seen | Q(owner=user, enrolment__centre__in=staff))


class Action(models.Model):
    """Something a verifier asks of an assessor by a date. Answered by its owner, closed only by a verifier."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="actions")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, null=True, related_name="actions")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    finding = models.TextField()
    wanted = models.TextField("what is to be done")
    due_on = models.DateField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    answer = models.TextField(blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="an_answer_has_its_words",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="a_closed_action_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | (~Q(closed_by=F("owner")) & differ("closed_by", "answered_by")),
                name="nobody_closes_their_own_action",
                violation_error_message="Only the verifier closes an action, never who it was given to or answered it.",
            ),
        ]

    def __str__(self) -> str:
        return self.wanted

    def is_overdue(self, day: datetime.date) -> bool:
        """Not answered though its day has passed."""
        return self.answered_at is None and self.closed_at is None and self.due_on < day


class UnsampledNote(StandingRow):
    """Why a signed-off unit was left out of the sample, where the awarding body allows that.

    Source: a unit may be unsampled, but then the plan must show why (Highfield; domain rules 33, 37).
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="unsampled_notes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    objects = StandingQuerySet["UnsampledNote"].as_manager()

    def __str__(self) -> str:
        return self.reason
