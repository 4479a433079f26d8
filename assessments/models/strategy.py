"""How a centre samples: its strategy, how risky each part of its work is, and the plans drawn from both."""

import datetime

from django.db import models
from django.db.models import Q

from assessments.enums import EvidenceKind, PlannedHow, RatedAs, RiskLevel, SampleStage
from assessments.models.access import ExternalAccess, bodies_opened_to
from assessments.models.enrolment import Enrolment
from portfolio.models import Centre, StandingQuerySet, StandingRow, User, centres_of, one_of
from portfolio.rules import OVERSEEING, VERIFYING
from units.models import AwardingBody, Unit

PER_CENT = Q(high_rate__lte=100, medium_rate__lte=100, low_rate__lte=100, candidates__lte=100, interim__lte=100)
FALLING = Q(low_rate__lte=models.F("medium_rate"), medium_rate__lte=models.F("high_rate"))


class SamplingPolicyQuerySet(models.QuerySet["SamplingPolicy"]):
    def visible_to(self, user: User) -> "SamplingPolicyQuerySet":
        """Policies of the centres where the person verifies, or that they administer; an external verifier sees their
        awarding body's."""
        outside = bodies_opened_to(user, centre="centre", body="awarding_body")
        return self.filter(Q(centre__in=centres_of(user, *OVERSEEING)) | outside)


class SamplingPolicy(models.Model):
    """A version of the rules a centre samples by, for the units of one awarding body. The latest is in force.

    Source: a strategy is the centre's rules, driven by risk; it is agreed with the external verifier (domain rules 37
    to 39). A version never changes: only that it was agreed, with whom and when, is written beside it, once: by the
    centre, or by the external verifier on a visit (`agreed_in`).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="sampling_policies")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("version")
    high_rate = models.PositiveSmallIntegerField("units at high risk, per cent", default=100)
    medium_rate = models.PositiveSmallIntegerField("units at medium risk, per cent", default=50)
    low_rate = models.PositiveSmallIntegerField("units at low risk, per cent", default=20)
    candidates = models.PositiveSmallIntegerField("each assessor’s candidates, per cent", default=100)
    interim = models.PositiveSmallIntegerField("interim samples, per cent", default=30)
    kinds = models.JSONField("kinds of evidence that must be in", default=list, blank=True)
    every_candidate = models.BooleanField("at least one unit of every candidate", default=True)
    every_assessor = models.BooleanField("every assessor", default=True)
    every_unit = models.BooleanField("every unit", default=True)
    every_site = models.BooleanField("every place of work", default=True)
    all_simulation = models.BooleanField("all simulated evidence", default=True)
    remarks = models.TextField("why these rules", blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    agreed_with = models.CharField("agreed with", max_length=200, blank=True, editable=False)
    agreed_on = models.DateField(null=True, editable=False)
    agreement_recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    agreement_recorded_at = models.DateTimeField(null=True, editable=False)
    agreed_in = models.ForeignKey(
        ExternalAccess, on_delete=models.PROTECT, null=True, editable=False, related_name="agreed_policies"
    )

    objects = SamplingPolicyQuerySet.as_manager()

    class Meta:
        ordering = ["centre", "awarding_body", "number"]
        verbose_name_plural = "sampling policies"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "awarding_body", "number"],
                name="versions_of_a_policy_are_numbered_once",
                violation_error_message="Somebody has just changed the strategy: look at theirs first.",
            ),
            models.CheckConstraint(
                condition=PER_CENT,
                name="a_rate_is_per_cent",
                violation_error_message="A share is between 0 and 100 per cent.",
            ),
            models.CheckConstraint(
                condition=FALLING,
                name="more_is_sampled_at_a_higher_risk",
                violation_error_message="At a higher risk at least as much is sampled as at a lower one.",
            ),
            models.CheckConstraint(
                condition=Q(
                    agreed_with="",
                    agreed_on__isnull=True,
                    agreement_recorded_by__isnull=True,
                    agreement_recorded_at__isnull=True,
                    agreed_in__isnull=True,
                )
                | (
                    Q(
                        agreed_on__isnull=False,
                        agreement_recorded_by__isnull=False,
                        agreement_recorded_at__isnull=False,
                    )
                    & ~Q(agreed_with="")
                ),
                name="an_agreed_policy_says_with_whom_and_when",
                violation_error_message="Say with whom the strategy was agreed, and on which day.",
            ),
        ]

    def __str__(self) -> str:
        return f"Sampling strategy for {self.awarding_body}, version {self.number}"


class RiskRatingQuerySet(StandingQuerySet["RiskRating"]):
    def visible_to(self, user: User) -> "RiskRatingQuerySet":
        """Ratings of the centres where the person verifies."""
        return self.filter(centre__in=centres_of(user, *VERIFYING))


class RiskRating(StandingRow):
    """How risky an assessor, a unit or a kind of evidence is at a centre. Added, never edited; the latest counts."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="risk_ratings")
    about = models.CharField(max_length=8, choices=RatedAs)
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=30, choices=EvidenceKind, blank=True)
    level = models.CharField(max_length=6, choices=RiskLevel)
    comment = models.TextField("why")
    review_on = models.DateField("to be looked at again on", null=True, blank=True)
    rated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()

    objects = RiskRatingQuerySet.as_manager()

    class Meta:
        ordering = ["centre", "pk"]
        constraints = [
            one_of("about", RatedAs, "what_is_rated_is_known"),
            one_of("level", RiskLevel, "risk_level_is_known"),
            one_of("kind", EvidenceKind, "rated_kind_is_known", blank=True),
            models.CheckConstraint(
                condition=Q(about=RatedAs.ASSESSOR, assessor__isnull=False, unit__isnull=True, kind="")
                | Q(about=RatedAs.UNIT, assessor__isnull=True, unit__isnull=False, kind="")
                | (Q(about=RatedAs.KIND, assessor__isnull=True, unit__isnull=True) & ~Q(kind="")),
                name="a_rating_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(comment=""), name="a_rating_says_why", violation_error_message="Say why."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.get_level_display()}"


class SamplingPlanQuerySet(models.QuerySet["SamplingPlan"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "SamplingPlanQuerySet":
        """Plans of the centres where the person verifies; for an external verifier adopted ones of their body."""
        outside = bodies_opened_to(user, day, centre="policy__centre", body="policy__awarding_body")
        outside = outside & Q(adopted_at__isnull=False) if outside else outside
        return self.filter(Q(policy__centre__in=centres_of(user, *VERIFYING, day=day)) | outside)


class SamplingPlan(models.Model):
    """A plan as it was drawn: from which facts, by which version of the strategy, with which seed, and what came of it.

    Before it is adopted it is a proposal, which changes nothing. Source: planned samples are fixed with date and
    reason; a random pick is kept with its seed (domain rule 42).
    """

    policy = models.ForeignKey(SamplingPolicy, on_delete=models.PROTECT, related_name="plans")
    starts_on = models.DateField("from")
    ends_on = models.DateField("to")
    seed = models.CharField(max_length=64)
    algorithm = models.PositiveSmallIntegerField()
    facts = models.JSONField(help_text="the units and ratings it was drawn from, as they were")
    facts_digest = models.CharField(max_length=64)
    impossible = models.JSONField("what cannot be satisfied", default=list, blank=True)
    counted = models.PositiveIntegerField("units sampled or planned before", default=0)
    effort = models.PositiveIntegerField("units chosen")
    bound = models.PositiveIntegerField("the smallest there could be")
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    adopted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    adopted_at = models.DateTimeField(null=True, editable=False)
    discarded_at = models.DateTimeField(null=True, editable=False)

    objects = SamplingPlanQuerySet.as_manager()

    class Meta:
        ordering = ["policy", "drawn_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="a_plan_ends_after_it_starts",
                violation_error_message="The last day of a plan cannot lie before its first.",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True, adopted_by__isnull=True)
                | Q(adopted_at__isnull=False, adopted_by__isnull=False, discarded_at__isnull=True),
                name="an_adopted_plan_says_by_whom_and_stays",
            ),
        ]

    def __str__(self) -> str:
        return f"Sampling plan {self.starts_on:%-d %B %Y} to {self.ends_on:%-d %B %Y}"


class PlannedCellQuerySet(models.QuerySet["PlannedCell"]):
    def in_force(self) -> "PlannedCellQuerySet":
        """Cells of adopted plans that were not taken out again."""
        return self.filter(plan__adopted_at__isnull=False, removed_at=None)

    def to_do(self) -> "PlannedCellQuerySet":
        """Cells in force of which no sample was taken yet."""
        return self.in_force().exclude(samples__done_at__isnull=False)

    def before_verifying(self) -> "PlannedCellQuerySet":
        """Those to do for which a unit waits before it is verified or claimed."""
        return self.to_do().filter(stage=SampleStage.SUMMATIVE)


class PlannedCell(models.Model):
    """A candidate's unit that a plan wants sampled at a stage, and why. It is taken out with a reason only.

    It comes with the draw, and counts once the plan is adopted.
    """

    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="cells")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="planned_cells")
    stage = models.CharField(max_length=9, choices=SampleStage)
    reasons = models.JSONField(help_text="sentences")
    how = models.CharField(max_length=7, choices=PlannedHow)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    due_on = models.DateField("to be sampled by", null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)
    removal_reason = models.TextField(blank=True, editable=False)

    objects = PlannedCellQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "enrolment", "pk"]
        constraints = [
            one_of("stage", SampleStage, "planned_stage_is_known"),
            one_of("how", PlannedHow, "how_a_cell_was_planned_is_known"),
            models.UniqueConstraint(
                fields=["plan", "enrolment", "stage"],
                condition=Q(removed_at=None),
                name="a_unit_is_planned_once_at_a_stage",
                violation_error_message="The plan has this unit at this stage already.",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removal_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                name="what_leaves_a_plan_says_who_when_and_why",
                violation_error_message="Say why the unit is taken out of the plan.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} sample of {self.enrolment}, planned"


class LeftOut(StandingRow):
    """A candidate's unit that a plan left out when it was drawn, and why (domain rule 37)."""

    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="left_out")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(help_text="sentences")

    objects = StandingQuerySet["LeftOut"].as_manager()

    class Meta:
        ordering = ["plan", "pk"]
        verbose_name_plural = "units left out"
        constraints = [models.UniqueConstraint(fields=["plan", "enrolment"], name="a_unit_is_left_out_once")]

    def __str__(self) -> str:
        return f"{self.enrolment}, left out"


class PlanHandover(StandingRow):
    """That the samples a plan still wanted went from one verifier to another, when and why.

    Each unit keeps its own line in the history of its allocations; `moved` and `stayed` count them.
    """

    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="handovers")
    from_verifier = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to_verifier = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    moved = models.PositiveIntegerField("units handed over")
    stayed = models.PositiveIntegerField("units that could not be", default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["PlanHandover"].as_manager()

    class Meta:
        ordering = ["plan", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_verifier=models.F("to_verifier")),
                name="a_plan_goes_to_somebody_else",
                violation_error_message="Choose another verifier than the one who has the plan.",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & Q(moved__gt=0),
                name="a_handover_says_why_and_moves_something",
                violation_error_message="Say why the plan is handed over.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, handed over"
