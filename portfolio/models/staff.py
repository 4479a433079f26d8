"""What lets staff judge and verify besides their awards: what they know of the work, and how they keep it up."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from portfolio.enums import Role
from portfolio.models.people import StaffRecord, User, centres_of

RUNS = (Role.ADMINISTRATOR, Role.LEAD_VERIFIER)
"""Who sees what the centre's staff know and learn, besides themselves."""


class CompetenceQuerySet(models.QuerySet["Competence"]):
    def visible_to(self, user: User) -> "CompetenceQuerySet":
        """Everybody sees their own; who runs the centre sees all of it."""
        return self.filter(Q(staff__user=user) | Q(staff__centre__in=centres_of(user, *RUNS)))

    def on(self, day: datetime.date) -> "CompetenceQuerySet":
        """What counts on the day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day))


class Competence(models.Model):
    """That somebody on the staff knows the work they judge: which, by what evidence, and when it is looked at again.

    Source: assessors and verifiers are occupationally competent in what they assess (NVQ Code of Practice, approved
    centres).
    """

    staff = models.ForeignKey(StaffRecord, on_delete=models.PROTECT, related_name="competences")
    area = models.CharField("units or areas", max_length=200)
    evidence = models.TextField("what shows it")
    confirmed_on = models.DateField()
    review_on = models.DateField("to be looked at again on", null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, editable=False)
    end_reason = models.CharField(max_length=300, blank=True, editable=False)
    noted_at = models.DateTimeField(editable=False)

    objects = CompetenceQuerySet.as_manager()

    class Meta:
        ordering = ["area", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_on=None) | Q(review_on__gt=models.F("confirmed_on")),
                name="competence_is_looked_at_again_later",
                violation_error_message="The day it is looked at again comes after the day it was confirmed.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="what_no_longer_counts_says_why",
                violation_error_message="Say why it no longer counts.",
            ),
        ]

    def __str__(self) -> str:
        return self.area


class DevelopmentQuerySet(models.QuerySet["Development"]):
    def visible_to(self, user: User) -> "DevelopmentQuerySet":
        """Everybody sees their own; who runs the centre sees all of it."""
        return self.filter(Q(staff__user=user) | Q(staff__centre__in=centres_of(user, *RUNS)))

    def standing(self) -> "DevelopmentQuerySet":
        """What was not taken back."""
        return self.filter(taken_back_at=None)


class Development(models.Model):
    """An entry of somebody's log of continuing professional development: kept by themselves."""

    staff = models.ForeignKey(StaffRecord, on_delete=models.PROTECT, related_name="development")
    done_on = models.DateField("done on")
    what = models.CharField("what you did", max_length=200)
    hours = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0.25), MaxValueValidator(200)]
    )
    reflection = models.TextField("what you take from it", blank=True)
    noted_at = models.DateTimeField(editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)

    objects = DevelopmentQuerySet.as_manager()

    class Meta:
        ordering = ["-done_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0), name="development_takes_time", violation_error_message="Say how long it took."
            )
        ]

    def __str__(self) -> str:
        return self.what
