"""A candidate's break in learning: from when, until when, and the units that were paused by it."""

from django.db import models
from django.db.models import F, Q

from assessments.models.enrolment import Enrolment
from portfolio.models import CandidateRecord, Centre, User


class BreakQuerySet(models.QuerySet["Break"]):
    def going_on(self) -> "BreakQuerySet":
        """Those from which the candidate has not returned."""
        return self.filter(returned_on=None)


class Break(models.Model):
    """That a candidate pauses all they are working on, why, and when they are expected back; and the day they were.

    Its days do not count: target dates move by them. Only one is open at a time.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="breaks")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="breaks")
    starts_on = models.DateField("first day")
    expected_on = models.DateField("expected back on")
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    returned_on = models.DateField("back on", null=True, editable=False)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = BreakQuerySet.as_manager()

    class Meta:
        ordering = ["candidate", "-starts_on", "-pk"]
        verbose_name = "break in learning"
        verbose_name_plural = "breaks in learning"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(returned_on=None),
                name="a_candidate_is_on_one_break_at_a_time",
                violation_error_message="The candidate is on a break already.",
            ),
            models.CheckConstraint(
                condition=Q(expected_on__gt=F("starts_on")),
                name="a_break_ends_after_it_begins",
                violation_error_message="The day they are expected back must be after the first day of the break.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_break_says_why"),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True)
                | Q(returned_on__gte=F("starts_on"), ended_by__isnull=False, ended_at__isnull=False),
                name="a_return_says_the_day_and_who_recorded_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}: break from {self.starts_on:%-d %B %Y}"


class PausedUnit(models.Model):
    """A unit that a break paused, and what the return made of its target date."""

    learning_break = models.ForeignKey(Break, on_delete=models.PROTECT, related_name="paused")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    target_before = models.DateField(null=True)
    days = models.PositiveSmallIntegerField(null=True, editable=False, help_text="by which its dates moved on return")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["learning_break", "enrolment"], name="a_break_pauses_a_unit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}: paused"
