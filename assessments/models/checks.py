"""What a centre asks in every sample beside what is always checked: lists of questions, whose versions stand."""

from django.db import models
from django.db.models import Q

from portfolio.models import Centre, StandingQuerySet, StandingRow, User, centres_of
from portfolio.rules import VERIFYING
from units.models import AwardingBody, Unit


class SampleQuestionsQuerySet(StandingQuerySet["SampleQuestions"]):
    def visible_to(self, user: User) -> "SampleQuestionsQuerySet":
        """Lists of the centres where the person verifies."""
        return self.filter(centre__in=centres_of(user, *VERIFYING))


class SampleQuestions(StandingRow):
    """A version of the questions asked in every sample of a body's units, or of one unit beside those.

    The latest counts. One without questions says that nothing is asked any more.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="sample_questions")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField("version")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = SampleQuestionsQuerySet.as_manager()

    class Meta:
        ordering = ["centre", "awarding_body", "unit", "number"]
        verbose_name_plural = "sample questions"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "awarding_body", "number"],
                condition=Q(unit=None),
                name="versions_of_a_bodys_questions_are_numbered_once",
                violation_error_message="Somebody has just changed the questions: look at theirs first.",
            ),
            models.UniqueConstraint(
                fields=["centre", "unit", "number"],
                condition=Q(unit__isnull=False),
                name="versions_of_a_units_questions_are_numbered_once",
                violation_error_message="Somebody has just changed the questions: look at theirs first.",
            ),
        ]

    def __str__(self) -> str:
        return f"Questions for {self.unit or self.awarding_body}, version {self.number}"


class SampleQuestion(StandingRow):
    """A question of a list."""

    asked_in = models.ForeignKey(SampleQuestions, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.TextField("question")

    objects = StandingQuerySet["SampleQuestion"].as_manager()

    class Meta:
        ordering = ["asked_in", "position"]
        constraints = [
            models.UniqueConstraint(fields=["asked_in", "position"], name="sample_questions_are_in_one_order"),
            models.CheckConstraint(condition=~Q(text=""), name="a_sample_question_has_its_words"),
        ]

    def __str__(self) -> str:
        return self.text
