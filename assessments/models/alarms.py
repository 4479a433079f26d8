"""That something changed after it was sampled: a mark on the sample, until its verifier has looked again."""

import datetime

from django.db import models
from django.db.models import Q

from assessments.models.enrolment import worked_on_by
from assessments.models.verification import Sample
from portfolio.models import User


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "AlarmQuerySet":
        """Alarms of the units that exist for this person, but of their own."""
        return self.filter(worked_on_by(user, day, at="sample__enrolment__")).exclude(
            sample__enrolment__candidate_user=user
        )

    def still_open(self) -> "AlarmQuerySet":
        """Nobody has looked again yet."""
        return self.filter(looked_at=None)


class Alarm(models.Model):
    """What a sample looked at is not the same any more. The verifier closes it by looking again.

    Either in a further sample (`again`), or with a `note` that says why it makes no difference; `changes` keeps, in
    sentences, what they were shown when they did.
    """

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="alarms")
    raised_at = models.DateTimeField()
    first = models.TextField("what changed first")
    looked_at = models.DateTimeField(null=True, editable=False)
    looked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    again = models.ForeignKey(Sample, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    note = models.TextField("why it makes no difference", blank=True, editable=False)
    changes = models.JSONField("what had changed", default=list, blank=True, editable=False)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sample"], condition=Q(looked_at=None), name="a_sample_has_one_open_alarm"),
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True, looked_by__isnull=True, again__isnull=True, note="")
                | (Q(looked_at__isnull=False, looked_by__isnull=False) & (Q(again__isnull=False) ^ ~Q(note=""))),
                name="a_closed_alarm_says_who_looked_and_how",
                violation_error_message="Say why the change makes no difference, or sample the unit again.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample}: changed since"
