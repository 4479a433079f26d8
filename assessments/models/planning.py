"""What candidate and assessor agree to show, how, where and when; and what they said of it since."""

import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from assessments.enums import EvidenceKind, PlanStatus
from assessments.models.enrolment import STAFF, Enrolment, worked_on_by
from assessments.models.evidence import Evidence
from portfolio.enums import Role
from portfolio.models import (
    CandidateRecord,
    Centre,
    Signature,
    StandingQuerySet,
    StandingRow,
    User,
    centres_of,
    one_of,
)
from units.models import Criterion

BEING_WRITTEN = (PlanStatus.DRAFT, PlanStatus.PROPOSED)
SIGNED_BY_BOTH = (PlanStatus.AGREED, PlanStatus.REPLACED)


def plans_seen(user: User, day: datetime.date | None = None, *, at: str = "") -> Q:
    """The plans that exist for a person: their own from when they were proposed, those they wrote, those of a unit
    they are named on, and all of a centre they run. `at` leads to the plan, e.g. `plan__`."""
    own = Q(**{f"{at}candidate__user": user, f"{at}proposed_at__isnull": False})
    staff = Q(**{f"{at}centre__in": centres_of(user, *STAFF, day=day)})
    units = PlanUnit.objects.filter(worked_on_by(user, day, at="enrolment__"), plan=OuterRef(f"{at}pk"))
    running = Q(**{f"{at}centre__in": centres_of(user, Role.ADMINISTRATOR, Role.LEAD_VERIFIER, day=day)})
    return own | (staff & Q(**{f"{at}assessor": user})) | Exists(units) | running


class AssessmentPlanQuerySet(models.QuerySet["AssessmentPlan"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "AssessmentPlanQuerySet":
        """Plans that exist for this person: a candidate sees theirs once it was proposed to them."""
        return self.filter(plans_seen(user, day))


class AssessmentPlan(models.Model):
    """What will be shown, how, where and when, in one or several units of a candidate; signed by both.

    Once agreed it stands: what changes is written in its next version, and takes its place when that is agreed.
    Source: the plan is agreed with the candidate before assessment, with both signatures (domain rule 30); expert
    witnesses are named in it beforehand (9).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="plans")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assessor_name = models.CharField(max_length=200)
    number = models.PositiveSmallIntegerField("version", default=1)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="following"
    )
    status = models.CharField(max_length=8, choices=PlanStatus, default=PlanStatus.DRAFT)
    title = models.CharField("what the plan is for", max_length=200)
    needs = models.TextField("language and special needs", blank=True)
    expert_witnesses = models.TextField("expert witnesses agreed beforehand", blank=True)
    review_on = models.DateField("first review on", null=True, blank=True)
    made_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True, editable=False)
    assessor_signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    returned_reason = models.TextField("what is to be changed", blank=True, editable=False)
    agreed_at = models.DateTimeField(null=True, blank=True, editable=False)
    candidate_signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    end_reason = models.TextField(blank=True, editable=False)

    objects = AssessmentPlanQuerySet.as_manager()

    class Meta:
        ordering = ["candidate", "pk"]
        indexes = [models.Index(fields=["assessor", "status"])]
        constraints = [
            one_of("status", PlanStatus, "plan_status_is_known"),
            models.UniqueConstraint(
                fields=["previous"],
                condition=~Q(status=PlanStatus.CLOSED),
                name="a_plan_is_followed_by_one_version",
                violation_error_message="The next version of this plan is being written already.",
            ),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.CLOSED)
                | Q(status=PlanStatus.DRAFT, assessor_signature=None)
                | (~Q(status=PlanStatus.DRAFT) & Q(assessor_signature__isnull=False, proposed_at__isnull=False)),
                name="a_proposed_plan_is_signed_by_its_assessor",
            ),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.CLOSED)
                | Q(status__in=BEING_WRITTEN, candidate_signature=None, agreed_at=None)
                | Q(status__in=SIGNED_BY_BOTH, candidate_signature__isnull=False, agreed_at__isnull=False),
                name="an_agreed_plan_is_signed_by_its_candidate",
            ),
            models.CheckConstraint(
                condition=Q(status__in=(PlanStatus.REPLACED, PlanStatus.CLOSED), ended_at__isnull=False)
                | (~Q(status__in=(PlanStatus.REPLACED, PlanStatus.CLOSED)) & Q(ended_at=None, end_reason="")),
                name="a_plan_that_is_over_says_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=PlanStatus.CLOSED) | ~Q(end_reason=""),
                name="a_closed_plan_says_why",
                violation_error_message="Say why the plan is closed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}" if self.number > 1 else self.title


class PlanUnit(models.Model):
    """A unit the plan is for."""

    plan = models.ForeignKey(AssessmentPlan, on_delete=models.PROTECT, related_name="units")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="plans")
    removed_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="while the plan was written")

    class Meta:
        ordering = ["plan", "enrolment"]
        constraints = [models.UniqueConstraint(fields=["plan", "enrolment"], name="a_plan_is_for_a_unit_once")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.enrolment}"


class PlannedActivityQuerySet(models.QuerySet["PlannedActivity"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "PlannedActivityQuerySet":
        """The activities of the plans that exist for this person."""
        return self.filter(plans_seen(user, day, at="plan__"), removed_at=None)


class PlannedActivity(models.Model):
    """Something the candidate will do to show criteria. `root` is the same activity in the plan's first version."""

    plan = models.ForeignKey(AssessmentPlan, on_delete=models.PROTECT, related_name="activities")
    root = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="carried"
    )
    position = models.PositiveSmallIntegerField()
    what = models.CharField("what will be done", max_length=200)
    kind = models.CharField("how it is shown", max_length=30, choices=EvidenceKind)
    place = models.CharField("where", max_length=200, blank=True)
    due_on = models.DateField("on or by")
    resources = models.TextField("what is needed for it", blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="while the plan was written")

    objects = PlannedActivityQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "due_on", "position", "pk"]
        verbose_name_plural = "planned activities"
        constraints = [one_of("kind", EvidenceKind, "planned_kind_is_known")]

    def __str__(self) -> str:
        return self.what

    @property
    def root_key(self) -> int:
        """What its evidence is kept under, in whatever version of the plan it stands."""
        return self.root_id or self.pk


class PlannedCriterion(models.Model):
    """A criterion of a candidate's unit that an activity is to show."""

    activity = models.ForeignKey(PlannedActivity, on_delete=models.PROTECT, related_name="criteria")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="while the plan was written")

    class Meta:
        ordering = ["activity", "criterion__position"]
        verbose_name_plural = "planned criteria"
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "enrolment", "criterion"],
                condition=Q(removed_at=None),
                name="an_activity_shows_a_criterion_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.criterion.number}"


class ActivityItem(StandingRow):
    """An item of evidence that a planned activity became."""

    activity = models.ForeignKey(PlannedActivity, on_delete=models.PROTECT, related_name="items")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="planned")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["ActivityItem"].as_manager()

    class Meta:
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "evidence"],
                name="an_item_is_put_to_an_activity_once",
                violation_error_message="This item stands beside the activity already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.evidence}"


class PlanReviewQuerySet(models.QuerySet["PlanReview"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "PlanReviewQuerySet":
        """The reviews of the plans that exist for this person."""
        return self.filter(plans_seen(user, day, at="plan__"))


class PlanReview(models.Model):
    """A review that was held: what was said, how far the units were, what comes next. Signed by both.

    It stands from the moment the assessor signs it; only the candidate's word and signature are added.
    """

    plan = models.ForeignKey(AssessmentPlan, on_delete=models.PROTECT, related_name="reviews")
    planned_on = models.DateField("planned for", null=True, blank=True, editable=False)
    held_on = models.DateField()
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_by_name = models.CharField(max_length=200)
    present = models.CharField("who else was there", max_length=200, blank=True)
    discussed = models.TextField("what was discussed")
    next_steps = models.TextField("what was agreed for the next steps")
    next_on = models.DateField("next review on", null=True, blank=True)
    recorded_at = models.DateTimeField()
    assessor_signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="+")
    candidate_signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    candidate_comment = models.TextField("what the candidate adds", blank=True, editable=False)

    objects = PlanReviewQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "held_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_on=None) | Q(next_on__gt=F("held_on")),
                name="the_next_review_comes_after_this_one",
                violation_error_message="The next review must be on a later day than this one.",
            ),
            models.CheckConstraint(
                condition=~Q(discussed="") & ~Q(next_steps=""),
                name="a_review_says_what_was_said_and_agreed",
                violation_error_message="Say what was discussed and what was agreed.",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.plan}"


class ReviewedProgress(StandingRow):
    """How far a unit was when a review was held, in criteria. `accepted` counts the confirmed too, `claimed` all."""

    review = models.ForeignKey(PlanReview, on_delete=models.PROTECT, related_name="progress")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveSmallIntegerField()
    claimed = models.PositiveSmallIntegerField()
    accepted = models.PositiveSmallIntegerField()
    confirmed = models.PositiveSmallIntegerField()

    objects = StandingQuerySet["ReviewedProgress"].as_manager()

    class Meta:
        ordering = ["review", "enrolment"]
        verbose_name_plural = "reviewed progress"
        constraints = [models.UniqueConstraint(fields=["review", "enrolment"], name="a_review_looks_at_a_unit_once")]

    def __str__(self) -> str:
        return f"{self.review}: {self.accepted} of {self.total}"
