"""Questions that a centre asks of every candidate: written by one person, verified by another, then in use."""

import datetime

from django.db import models
from django.db.models import F, Q

from assessments.enums import SetStatus
from portfolio.enums import Role
from portfolio.models import Centre, StandingQuerySet, StandingRow, User, centres_of, one_of
from units.models import Criterion, Unit

WRITERS = (Role.ASSESSOR, Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)
VERIFIED = (SetStatus.VERIFIED, SetStatus.IN_USE)


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "QuestionSetQuerySet":
        """The sets of the centres where this person assesses or verifies. A candidate never sees what is expected."""
        return self.filter(centre__in=centres_of(user, *WRITERS, day=day))

    def asked_now(self, centre_id: int, unit_ids: list[int]) -> "QuestionSetQuerySet":
        """Those in use at a centre for these units: what a record of questions may be made from."""
        return self.filter(centre=centre_id, unit__in=unit_ids, status=SetStatus.IN_USE)


class QuestionSet(models.Model):
    """A version of a set of questions on a unit. From the day it is offered for verification its words stand.

    Source: the internal verifier does not verify assessments they devised themselves (SQA; domain rule 1).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="question_sets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="question_sets")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="followed_by")
    number = models.PositiveSmallIntegerField("version", default=1)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=SetStatus, default=SetStatus.DRAFT)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, editable=False)
    handed_back_at = models.DateTimeField(null=True, editable=False)
    handed_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    handed_back_words = models.TextField(blank=True, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    used_from = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_words = models.TextField(blank=True, editable=False)

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "title", "number"]
        indexes = [models.Index(fields=["centre", "unit", "status"])]
        constraints = [
            one_of("status", SetStatus, "question_set_status_is_known"),
            models.UniqueConstraint(
                fields=["follows"],
                condition=~Q(status=SetStatus.WITHDRAWN),
                name="a_set_has_one_next_version",
                violation_error_message="There is a later version of this set already.",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("author")),
                name="nobody_verifies_questions_they_devised",
                violation_error_message="Somebody else must verify questions that you wrote.",
            ),
            models.CheckConstraint(
                condition=Q(status=SetStatus.WITHDRAWN)
                | Q(status__in=VERIFIED, verified_at__isnull=False, verified_by__isnull=False)
                | Q(status__in=(SetStatus.DRAFT, SetStatus.OFFERED), verified_at=None, verified_by=None),
                name="a_verified_set_says_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(status=SetStatus.WITHDRAWN)
                | Q(status=SetStatus.IN_USE, used_from__isnull=False)
                | (~Q(status=SetStatus.IN_USE) & Q(used_from=None)),
                name="a_set_in_use_says_since_when",
            ),
            models.CheckConstraint(
                condition=(Q(status=SetStatus.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawn_words=""))
                | (~Q(status=SetStatus.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_words="")),
                name="a_withdrawn_set_says_when_and_why",
                violation_error_message="Say why the set is withdrawn.",
            ),
            models.CheckConstraint(
                condition=Q(handed_back_at=None, handed_back_by=None, handed_back_words="")
                | (Q(handed_back_at__isnull=False, handed_back_by__isnull=False) & ~Q(handed_back_words="")),
                name="a_set_handed_back_says_why",
                violation_error_message="Say what has to change.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class SetQuestion(StandingRow):
    """A question of a set, and what a good answer has in it.

    A draft is written anew as a whole, so its questions have a `draft` number; those of the newest are the set's.
    """

    set = models.ForeignKey(QuestionSet, on_delete=models.PROTECT, related_name="questions")
    writing = models.PositiveSmallIntegerField(help_text="which writing of the draft it belongs to; the highest counts")
    position = models.PositiveSmallIntegerField()
    text = models.TextField("question")
    expected = models.TextField("what a good answer has in it")

    objects = StandingQuerySet["SetQuestion"].as_manager()

    class Meta:
        ordering = ["set", "writing", "position"]
        constraints = [
            models.UniqueConstraint(fields=["set", "writing", "position"], name="questions_of_a_set_are_in_one_order"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(expected=""), name="a_question_says_what_is_expected"),
        ]

    def __str__(self) -> str:
        return self.text


class SetQuestionCriterion(StandingRow):
    """A criterion that a good answer shows."""

    question = models.ForeignKey(SetQuestion, on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["SetQuestionCriterion"].as_manager()

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["question", "criterion"], name="a_question_is_for_a_criterion_once")
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.criterion}"
