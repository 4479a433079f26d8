"""What a candidate appeals against, who hears it at each stage, and what came of it."""

import datetime
from typing import NamedTuple

from django.db import models
from django.db.models import Q

from assessments.enums import AppealAbout, AppealClosed, AppealOutcome, AppealStage
from assessments.models.access import opened_to
from assessments.models.enrolment import Enrolment, worked_on_by
from assessments.models.judgement import Decision, Review
from portfolio.models import Centre, SignatureVoid, StandingQuerySet, StandingRow, User, one_of

IN_GENERAL = (AppealAbout.RESULT, AppealAbout.CONDUCT, AppealAbout.ADJUSTMENT, AppealAbout.PRIOR_LEARNING)
"""What is appealed against without a row that says it: the grounds tell."""


class Days(NamedTuple):
    """How many working days each stage has, None where the centre has no such stage; and the candidate to answer."""

    assessor: int | None = 5
    verifier: int | None = 10
    centre: int | None = 10
    awarding_body: int | None = 20
    answer: int = 10

    @property
    def stages(self) -> list[tuple[AppealStage, int]]:
        """The stages of the procedure in their order, each with its working days."""
        given = zip(AppealStage, self[: len(AppealStage)], strict=True)
        return [(stage, days) for stage, days in given if days is not None]


DAYS = Days()
"""Of a centre that has set none. Published procedures give 3 to 28 days for a stage (domain rule 59)."""


class AppealsProcedure(StandingRow):
    """The stages of a centre's appeals procedure and their working days. The latest row counts, none is edited.

    Source: a centre runs an appeals procedure for its learners (Ofqual C2.3(i); domain rules 58, 59).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="appeals_procedures")
    assessor_days = models.PositiveSmallIntegerField(null=True, blank=True)
    verifier_days = models.PositiveSmallIntegerField(null=True, blank=True)
    centre_days = models.PositiveSmallIntegerField(null=True, blank=True)
    awarding_body_days = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = StandingQuerySet["AppealsProcedure"].as_manager()

    class Meta:
        ordering = ["centre", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(assessor_days__isnull=False)
                | Q(verifier_days__isnull=False)
                | Q(centre_days__isnull=False)
                | Q(awarding_body_days__isnull=False),
                name="an_appeals_procedure_has_a_stage",
                violation_error_message="Give at least one stage its working days.",
            )
        ]

    def __str__(self) -> str:
        return f"Appeals procedure of {self.centre}, {self.set_at:%Y-%m-%d}"

    @property
    def days(self) -> Days:
        """The row as the arithmetic wants it."""
        stages = (self.assessor_days, self.verifier_days, self.centre_days, self.awarding_body_days)
        return Days(*stages, answer=self.answer_days)


NOT_FROM_OUTSIDE = (AppealAbout.ADJUSTMENT, AppealAbout.CONDUCT)


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "AppealQuerySet":
        """Appeals that exist for this person: their own, those in units they work on, and those they ever heard.

        An external verifier sees none whose grounds are a matter of health or of somebody's conduct.
        """
        heard = Hearing.objects.filter(adjudicator=user).values("appeal")
        found = self.filter(
            Q(enrolment__candidate_user=user) | worked_on_by(user, day, at="enrolment__") | Q(pk__in=heard)
        )
        outside = opened_to(user, day, at="enrolment__")
        return found.exclude(Q(about__in=NOT_FROM_OUTSIDE) & outside) if outside else found

    def still_open(self) -> "AppealQuerySet":
        return self.filter(closed_at=None)


class Appeal(models.Model):
    """That a candidate disagrees with what was decided in a unit, or with how they were assessed, and why.

    It is against a decision on one criterion, an item's return, the unit's coming back (`void` of the candidate's
    signature), or something that the grounds tell. What was said stands; what happens to the appeal is written beside
    it. A unit has one open appeal at a time, and is not claimed meanwhile.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="appeals")
    about = models.CharField(max_length=14, choices=AppealAbout)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="appeals")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="appeals")
    void = models.ForeignKey(SignatureVoid, on_delete=models.PROTECT, null=True, related_name="+")
    grounds = models.TextField("why you disagree")
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    accepted_at = models.DateTimeField(null=True, editable=False, help_text="when the candidate accepted an outcome")
    follow_up = models.TextField("what was done", blank=True, editable=False)
    reassessed = models.BooleanField(default=False, editable=False)
    followed_up_at = models.DateTimeField(null=True, editable=False)
    followed_up_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_as = models.CharField(max_length=12, choices=AppealClosed, blank=True, editable=False)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("about", AppealAbout, "what_an_appeal_is_about_is_known"),
            one_of("closed_as", AppealClosed, "appeal_end_is_known", blank=True),
            models.CheckConstraint(
                condition=Q(about=AppealAbout.DECISION, decision__isnull=False, review=None, void=None)
                | Q(about=AppealAbout.RETURN, decision=None, review__isnull=False, void=None)
                | Q(about=AppealAbout.RESULT, decision=None, review=None)
                | Q(about__in=IN_GENERAL, decision=None, review=None, void=None),
                name="an_appeal_is_against_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(grounds=""),
                name="an_appeal_says_why",
                violation_error_message="Say why you disagree.",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="an_acknowledgement_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(followed_up_at__isnull=True, followed_up_by__isnull=True, follow_up="", reassessed=False)
                | (Q(followed_up_at__isnull=False, followed_up_by__isnull=False) & ~Q(follow_up="")),
                name="a_follow_up_says_who_when_and_what",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_as="") | (Q(closed_at__isnull=False) & ~Q(closed_as="")),
                name="a_closed_appeal_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=~Q(closed_as=AppealClosed.FOLLOWED_UP) | Q(followed_up_at__isnull=False),
                name="an_appeal_followed_up_says_how",
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(closed_at=None),
                name="one_open_appeal_per_unit",
                violation_error_message="There is an open appeal in this unit already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Appeal {self.pk}"

    @property
    def reading(self) -> Review | None:
        """The reading that is appealed against, or of which a decision is. Read with the appeal, or asked for here."""
        return self.decision.review if self.decision else self.review


class Hearing(models.Model):
    """A stage of an appeal: who hears it, by when, and what they found. Decided once."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="hearings")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=13, choices=AppealStage)
    started_at = models.DateTimeField()
    due_on = models.DateField()
    adjudicator = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    adjudicator_name = models.CharField(max_length=200, blank=True, editable=False)
    appointed_at = models.DateTimeField(null=True, editable=False)
    appointed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    outcome = models.CharField(max_length=10, choices=AppealOutcome, blank=True, editable=False)
    finding = models.TextField("what was found, for the candidate", blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    answer_by = models.DateField(null=True, editable=False, help_text="when the candidate's time to go on ends")

    class Meta:
        ordering = ["appeal", "number"]
        constraints = [
            one_of("stage", AppealStage, "appeal_stage_is_known"),
            one_of("outcome", AppealOutcome, "appeal_outcome_is_known", blank=True),
            models.UniqueConstraint(fields=["appeal", "number"], name="stages_of_an_appeal_are_numbered_once"),
            models.CheckConstraint(
                condition=Q(appointed_at__isnull=True, appointed_by__isnull=True, adjudicator_name="")
                | (Q(appointed_at__isnull=False, appointed_by__isnull=False) & ~Q(adjudicator_name="")),
                name="an_appointment_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(stage=AppealStage.AWARDING_BODY, adjudicator__isnull=True)
                | (~Q(stage=AppealStage.AWARDING_BODY) & Q(adjudicator__isnull=False, appointed_at__isnull=False))
                | (~Q(stage=AppealStage.AWARDING_BODY) & Q(adjudicator__isnull=True, appointed_at__isnull=True)),
                name="the_centre_appoints_its_own_adjudicators",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, outcome="", finding="")
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, appointed_at__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(finding="")
                ),
                name="a_stage_decided_says_who_when_and_what",
                violation_error_message="Say what you found: the candidate reads it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal}, {self.get_stage_display()}"

    def is_overdue(self, day: datetime.date) -> bool:
        """Not decided though its day has passed."""
        return self.decided_at is None and self.due_on < day
