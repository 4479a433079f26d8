"""What an internal verifier looks at, finds, and asks for."""

import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from assessments.enums import CheckedFor, CheckResult, SampleOutcome, SampleStage, Turn
from assessments.models.checks import SampleQuestion
from assessments.models.enrolment import Enrolment, differ, worked_on_by
from assessments.models.judgement import Review
from assessments.models.strategy import PlannedCell
from portfolio.enums import Role
from portfolio.models import Centre, StandingQuerySet, StandingRow, User, centres_of, one_of
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

    def cells_taken_at(self, centre: Centre | int) -> models.QuerySet["Sample", Any]:
        """The cells of plans of which a sample was taken at the centre, by id."""
        return self.filter(centre=centre, cell__isnull=False, done_at__isnull=False).order_by().values("cell")


class Sample(models.Model):
    """A unit chosen for sampling, with its reason; and what was found, once it is done. Planned ≠ done.

    It carries its centre, so that those of one centre are found without looking through all.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="samples")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False)
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
        indexes = [models.Index(fields=["centre", "done_at"], name="samples_of_a_centre")]
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


class SampledReading(StandingRow):
    """An assessor's reading of an item that was looked at in a sample, while the unit was still being assessed."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="readings")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["SampledReading"].as_manager()

    class Meta:
        ordering = ["sample", "review"]
        constraints = [models.UniqueConstraint(fields=["sample", "review"], name="a_reading_is_sampled_once")]

    def __str__(self) -> str:
        return str(self.review)


NO_HAS_ITS_WORD = ~Q(result=CheckResult.NO) | ~Q(word="")


class SampleCheck(StandingRow):
    """What a verifier said of one of the things that are checked in every sample."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="checks")
    about = models.CharField(max_length=16, choices=CheckedFor)
    result = models.CharField(max_length=3, choices=CheckResult)
    word = models.TextField(blank=True)

    objects = StandingQuerySet["SampleCheck"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("about", CheckedFor, "what_is_checked_is_known"),
            one_of("result", CheckResult, "result_of_a_check_is_known"),
            models.UniqueConstraint(fields=["sample", "about"], name="a_sample_checks_a_thing_once"),
            models.CheckConstraint(
                condition=NO_HAS_ITS_WORD,
                name="a_check_that_fails_says_why",
                violation_error_message="Say what is wrong where a check is answered no.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.get_result_display()}"


class SampleAnswer(StandingRow):
    """The answer to a question of the centre's. The question stands in the wording with which it was asked."""

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(SampleQuestion, on_delete=models.PROTECT, related_name="answers")
    result = models.CharField(max_length=3, choices=CheckResult)
    word = models.TextField(blank=True)

    objects = StandingQuerySet["SampleAnswer"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("result", CheckResult, "answer_in_a_sample_is_known"),
            models.UniqueConstraint(fields=["sample", "question"], name="a_sample_answers_a_question_once"),
            models.CheckConstraint(
                condition=NO_HAS_ITS_WORD,
                name="a_question_answered_no_says_why",
                violation_error_message="Say why where a question is answered no.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.get_result_display()}"


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "ActionQuerySet":
        """Actions in the units that exist for this person, but of their own; and those given to them.

        An action stays with whoever it was given to, also after the unit has gone to another assessor.
        """
        staff = centres_of(user, *Role, day=day)
        seen = worked_on_by(user, day, at="enrolment__") & ~Q(enrolment__candidate_user=user)
        return self.filter(seen | Q(owner=user, centre__in=staff))


class AskedOf(models.Model):
    """Something a verifier asks of somebody by a date. Answered by its owner, closed only by a verifier.

    An answer that is not accepted goes back with a word; each turn is kept (`AskedTurn`), and `answer` is the one that
    stands.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    wanted = models.TextField("what is to be done")
    due_on = models.DateField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    answer = models.TextField(blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.wanted

    def is_overdue(self, day: datetime.date) -> bool:
        """Not answered though its day has passed."""
        return self.answered_at is None and self.closed_at is None and self.due_on < day


class AskedTurn(StandingRow):
    """An answer, or the word with which one was sent back; `due_on` is the day given anew then, if one was."""

    kind = models.CharField(max_length=9, choices=Turn)
    words = models.TextField()
    due_on = models.DateField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.words}"


def whole(where: str = "") -> list[models.BaseConstraint]:
    """What holds of everything that is asked of somebody; `where` ends the names of another table's constraints."""
    return [
        models.CheckConstraint(
            condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
            | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            name=f"an_answer_has_its_words{where}",
        ),
        models.CheckConstraint(
            condition=Q(closed_at__isnull=True, closed_by__isnull=True)
            | Q(closed_at__isnull=False, closed_by__isnull=False),
            name=f"a_closed_action_says_who_and_when{where}",
        ),
        models.CheckConstraint(
            condition=Q(closed_by__isnull=True) | (~Q(closed_by=F("owner")) & differ("closed_by", "answered_by")),
            name=f"nobody_closes_their_own_action{where}",
            violation_error_message="Only the verifier closes an action, never who it was given to or answered it.",
        ),
    ]


def whole_turns(where: str = "") -> list[models.BaseConstraint]:
    """What holds of every turn of an action."""
    return [
        one_of("kind", Turn, f"turn_of_an_action_is_known{where}"),
        models.CheckConstraint(condition=~Q(words=""), name=f"a_turn_of_an_action_has_its_words{where}"),
        models.CheckConstraint(
            condition=Q(kind=Turn.SENT_BACK) | Q(due_on=None), name=f"a_new_day_comes_with_sending_back{where}"
        ),
    ]


class Action(AskedOf):
    """Something a verifier asks of the assessor of a unit. It carries its centre as a sample does."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="actions")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, null=True, related_name="actions")
    finding = models.TextField()

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["centre", "closed_at"], name="actions_of_a_centre")]
        constraints = whole()


class ActionTurn(AskedTurn):
    """A turn of an action in a unit."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="turns")

    objects = StandingQuerySet["ActionTurn"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = whole_turns()


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
