"""Reasonable adjustments: what is arranged for a candidate, and, kept apart, why."""

import datetime

from django.db import models
from django.db.models import F, Q

from portfolio.models import CandidateRecord, User, centres_kept_by


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    def kept_by(self, user: User) -> "AdjustmentQuerySet":
        """Of candidates whose records the person keeps, and never their own: who may read the detail."""
        return self.filter(candidate__centre__in=centres_kept_by(user)).exclude(candidate__user=user)

    def in_force(self, day: datetime.date) -> "AdjustmentQuerySet":
        """Arranged for the day, its first and last one included."""
        return self.filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)


class Adjustment(models.Model):
    """What is arranged for a candidate, from a day and perhaps to a day. Ended, never edited.

    `arranged` is for everybody who works with the candidate; `detail` may speak of health (UK GDPR Art. 9) and is
    read by administrators alone, each look on record. Source: Ofqual G6, G7; Equality Act 2010 (domain rules 62, 80).
    """

    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="adjustments")
    arranged = models.TextField("what is arranged")
    detail = models.TextField("why, and what it rests on", blank=True)
    held_elsewhere = models.CharField("where the evidence for it is kept", max_length=255, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    from_on = models.DateField("from")
    to_on = models.DateField("to", null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        ordering = ["candidate", "from_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(arranged=""), name="an_adjustment_says_what_is_arranged"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="an_adjustment_ends_after_it_starts",
                violation_error_message="An adjustment cannot end before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return self.arranged
