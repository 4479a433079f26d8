"""What a finding did to the plan it was made under: risks raised and units added, or why nothing was."""

from django.db import models
from django.db.models import Q

from assessments.models.strategy import RiskRating, SamplingPlan
from assessments.models.verification import Sample
from portfolio.models import StandingQuerySet, StandingRow, User


class Widening(StandingRow):
    """What followed a sample that was not simply agreed: ratings raised and cells added, or the reason for neither.

    Source: a finding raises the risk, and a higher risk asks for more samples (domain rule 39).
    """

    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="widenings")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="widenings")
    assessor_rating = models.ForeignKey(RiskRating, on_delete=models.PROTECT, null=True, related_name="+")
    unit_rating = models.ForeignKey(RiskRating, on_delete=models.PROTECT, null=True, related_name="+")
    added = models.PositiveIntegerField("units added", default=0)
    reason = models.TextField("why nothing follows", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["Widening"].as_manager()

    class Meta:
        ordering = ["plan", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "sample"],
                name="a_finding_widens_a_plan_once",
                violation_error_message="Somebody has dealt with this finding already.",
            ),
            models.CheckConstraint(
                condition=Q(reason="") | Q(assessor_rating__isnull=True, unit_rating__isnull=True, added=0),
                name="a_finding_without_consequence_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, after {self.sample}"
