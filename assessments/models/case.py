"""A restricted file on suspected malpractice or maladministration: who works on it, what they did, what it holds.

Nobody but its workers can learn that a case exists: no other chapter reads these tables. What a case holds is marked on
the unit or item itself, without saying why.
"""

import datetime

from django.db import models
from django.db.models import Q

from assessments.enums import CaseKind, CaseOutcome
from assessments.models.award import Claim
from assessments.models.enrolment import STAFF, Enrolment
from assessments.models.evidence import Evidence
from portfolio.models import Centre, StandingQuerySet, StandingRow, StoredFile, User, centres_of, one_of


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "CaseQuerySet":
        """Cases this person works on, while they are staff of the centre. For everybody else there are none."""
        worked = CaseWorker.objects.filter(user=user, ended_at=None).values("case")
        return self.filter(pk__in=worked, centre__in=centres_of(user, *STAFF, day=day))


class Case(models.Model):
    """An investigation. Source: written procedures, rigorous, by people without a personal interest (Ofqual A8)."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=CaseKind)
    summary = models.TextField("what is suspected, and how it came up")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=CaseOutcome, blank=True, editable=False)
    reason = models.TextField("why", blank=True, editable=False)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("kind", CaseKind, "case_kind_is_known"),
            one_of("outcome", CaseOutcome, "case_outcome_is_known", blank=True),
            models.CheckConstraint(condition=~Q(summary=""), name="a_case_says_what_is_suspected"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="", reason="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="") & ~Q(reason="")),
                name="a_closed_case_says_who_when_and_why",
                violation_error_message="Say how the case ends, and why.",
            ),
        ]

    def __str__(self) -> str:
        return f"Case {self.pk}"


class CaseWorker(models.Model):
    """Somebody who may see a case: who opened it, and whom they named to investigate. Ended, never deleted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="workers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["case", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"],
                condition=Q(ended_at=None),
                name="somebody_works_on_a_case_once",
                violation_error_message="They work on this case already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.case}"


class CaseConcern(StandingRow):
    """A person whom a case is about: they never work on it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="concerns")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["CaseConcern"].as_manager()

    class Meta:
        ordering = ["case", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="a_case_concerns_somebody_once")]

    def __str__(self) -> str:
        return f"{self.case} concerns {self.user}"


class CaseStep(StandingRow):
    """Something that was done or learnt, on a day."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    happened_on = models.DateField("when")
    text = models.TextField("what was done or learnt")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["CaseStep"].as_manager()

    class Meta:
        ordering = ["case", "happened_on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_step_of_a_case_says_what")]

    def __str__(self) -> str:
        return self.text


class CaseFileQuerySet(StandingQuerySet["CaseFile"]):
    def visible_to(self, user: User) -> "CaseFileQuerySet":
        """Files of the cases this person works on. For everybody else there are none."""
        return self.filter(step__case__in=Case.objects.visible_to(user))


class CaseFile(StandingRow):
    """A file that came with a step: a statement, the record of an interview, a letter. It stands with its step."""

    step = models.ForeignKey(CaseStep, on_delete=models.PROTECT, related_name="files")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField()

    objects = CaseFileQuerySet.as_manager()

    class Meta:
        ordering = ["step", "position"]
        constraints = [
            models.UniqueConstraint(fields=["step", "position"], name="files_of_a_step_are_in_one_order"),
            models.UniqueConstraint(fields=["step", "stored"], name="a_step_has_a_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Freeze(models.Model):
    """That a case holds a unit, with its claim where there is one, or an item: from when to when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="freezes")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField()
    from_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to_at = models.DateTimeField(null=True, editable=False)
    to_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["case", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False, evidence__isnull=True)
                | Q(enrolment__isnull=True, evidence__isnull=False, claim__isnull=True),
                name="a_case_holds_a_unit_or_an_item",
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True, to_by__isnull=True) | Q(to_at__isnull=False, to_by__isnull=False),
                name="a_release_from_a_case_says_who_and_when",
            ),
            models.UniqueConstraint(
                fields=["case", "enrolment"], condition=Q(to_at=None), name="a_case_holds_a_unit_once"
            ),
            models.UniqueConstraint(
                fields=["case", "evidence"], condition=Q(to_at=None), name="a_case_holds_an_item_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} holds {self.enrolment or self.evidence}"
