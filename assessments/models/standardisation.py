"""The same item judged by several assessors unseen of each other, and what was agreed afterwards."""

from typing import Any

from django.db import models
from django.db.models import Q

from assessments.enums import Verdict
from assessments.models.access import opened_to
from assessments.models.activities import Meeting
from assessments.models.enrolment import STAFF
from assessments.models.evidence import EvidenceVersion
from portfolio.enums import Role
from portfolio.models import Centre, StandingQuerySet, StandingRow, User, centres_of, one_of
from portfolio.rules import OVERSEEING
from units.models import Criterion, Unit


def taken_part_in(user: User) -> models.QuerySet["Participant", Any]:
    """The exercises in which a person is asked. Not as a join: whoever counts participants counts all of them."""
    return Participant.objects.filter(person=user).order_by().values("exercise")


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    def visible_to(self, user: User) -> "ExerciseQuerySet":
        """Exercises of the centres where the person verifies or that they administer, and those they take part in; for
        an external verifier closed ones on the units they see.

        None on an item of their own.
        """
        taking_part = Q(pk__in=taken_part_in(user), centre__in=centres_of(user, *STAFF))
        outside = opened_to(user)
        outside = outside & Q(closed_at__isnull=False) if outside else outside
        seen = self.filter(Q(centre__in=centres_of(user, *OVERSEEING)) | taking_part | outside)
        return seen.exclude(version__evidence__candidate__user=user)

    def opening_their_item_to(self, user: User) -> "ExerciseQuerySet":
        """Those whose item the person may look at: asked to judge it, who set it, and the centre's lead verifier."""
        staff = Q(centre__in=centres_of(user, *STAFF))
        theirs = staff & (Q(pk__in=taken_part_in(user)) | Q(set_by=user))
        seen = self.filter(theirs | Q(centre__in=centres_of(user, Role.LEAD_VERIFIER)))
        return seen.exclude(version__evidence__candidate__user=user)


class Exercise(models.Model):
    """A version of an item that several judge against criteria of a unit. It decides nothing for its candidate.

    Nobody sees another's judgement before all have answered or it is closed. Source: blind parallel judgements on the
    same evidence (domain rule 47).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="exercises")
    title = models.CharField(max_length=200)
    reason = models.TextField("why this item")
    version = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="exercises")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name_hidden = models.BooleanField("the candidate’s name is hidden", default=True)
    due_on = models.DateField("to be answered by")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="a_closed_exercise_says_by_whom_and_when",
            )
        ]

    def __str__(self) -> str:
        return self.title


class ExerciseCriterion(StandingRow):
    """A criterion the item is judged against in an exercise."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["ExerciseCriterion"].as_manager()

    class Meta:
        ordering = ["criterion__position"]
        verbose_name_plural = "exercise criteria"
        constraints = [
            models.UniqueConstraint(fields=["exercise", "criterion"], name="a_criterion_is_in_an_exercise_once")
        ]

    def __str__(self) -> str:
        return self.criterion.number


class Participant(StandingRow):
    """Somebody asked to judge in an exercise."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["Participant"].as_manager()

    class Meta:
        ordering = ["exercise", "pk"]
        constraints = [models.UniqueConstraint(fields=["exercise", "person"], name="a_person_takes_part_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.exercise}"


class BlindJudgement(StandingRow):
    """What a participant said of a criterion, not knowing what others said. No decision: it counts for no candidate."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="judgements")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=11, choices=Verdict)
    words = models.TextField("why", blank=True)
    at = models.DateTimeField()

    objects = StandingQuerySet["BlindJudgement"].as_manager()

    class Meta:
        ordering = ["participant", "criterion__position"]
        constraints = [
            one_of("verdict", Verdict, "blind_verdict_is_known"),
            models.UniqueConstraint(fields=["participant", "criterion"], name="a_participant_judges_a_criterion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.number}: {self.get_verdict_display()}"


class AgreedOutcomeQuerySet(StandingQuerySet["AgreedOutcome"]):
    def guiding(self) -> "AgreedOutcomeQuerySet":
        """The latest outcome of each criterion agreed at each centre."""
        later = AgreedOutcome.objects.filter(
            criterion=models.OuterRef("criterion"),
            exercise__centre=models.OuterRef("exercise__centre"),
            pk__gt=models.OuterRef("pk"),
        )
        return self.filter(~models.Exists(later))


class AgreedOutcome(StandingRow):
    """What was agreed on a criterion after an exercise and why: guidance to whoever judges against it at the centre."""

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="outcomes")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="agreed_outcomes")
    verdict = models.CharField(max_length=11, choices=Verdict)
    rationale = models.TextField()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="outcomes")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AgreedOutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["criterion__position", "pk"]
        constraints = [
            one_of("verdict", Verdict, "agreed_verdict_is_known"),
            models.UniqueConstraint(fields=["exercise", "criterion"], name="an_exercise_agrees_a_criterion_once"),
            models.CheckConstraint(
                condition=~Q(rationale=""),
                name="an_agreed_outcome_has_its_rationale",
                violation_error_message="Say why this is agreed: it guides whoever judges next.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.number}: {self.get_verdict_display()}"
