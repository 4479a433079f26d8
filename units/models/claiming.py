"""How a centre may claim."""

import datetime

from django.db import models
from django.db.models import F, Q

from portfolio.models import Centre, User
from units.models.body import AwardingBody
from units.models.qualification import Qualification
from units.models.unit import Unit


class DirectClaimQuerySet(models.QuerySet["DirectClaim"]):
    def on(self, day: datetime.date) -> "DirectClaimQuerySet":
        """Those by which a centre may claim on the day: `DirectClaim.in_force`, asked of the database."""
        begun = self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
        return begun.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day))


class DirectClaim(models.Model):
    """Direct claim status: that a centre may claim without asking first, what the awarding body gives it for.

    All of the body's units, those of one qualification and its whole award, or one unit.

    It stands as it was recorded; that it was withdrawn is written beside it, once. Source: granted per centre with
    dates and the report it rests on, and can be removed at any time (domain rule 55: OCR, Gateway, NCFE). It never
    waives internal verification.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="direct_claims")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    qualification = models.ForeignKey(
        Qualification, on_delete=models.PROTECT, null=True, blank=True, related_name="direct_claims"
    )
    starts_on = models.DateField("from")
    ends_on = models.DateField("to", null=True, blank=True)
    reference = models.CharField("report it rests on", max_length=100)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True, editable=False, help_text="no claims from this day on")
    withdrawal_reason = models.TextField(blank=True, editable=False)

    objects = DirectClaimQuerySet.as_manager()

    class Meta:
        ordering = ["awarding_body", "-starts_on", "-pk"]
        verbose_name = "direct claim status"
        verbose_name_plural = "direct claim statuses"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None) | Q(qualification=None),
                name="direct_claim_status_is_for_a_unit_or_a_qualification",
                violation_error_message="Choose a unit or a qualification, not both.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="direct_claim_status_ends_after_it_starts",
                violation_error_message="Direct claim status cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=~Q(reference=""),
                name="direct_claim_status_has_its_reference",
                violation_error_message="Give the report that direct claim status rests on.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawal_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawal_reason="")),
                name="a_withdrawn_status_says_when_and_why",
                violation_error_message="Say from which day it is withdrawn, and why.",
            ),
        ]

    def __str__(self) -> str:
        return f"Direct claim status for {self.given_for}: {self.reference}"

    @property
    def given_for(self) -> str:
        """What it is given for, in words."""
        return str(self.unit or self.qualification or f"all units of {self.awarding_body}")

    def in_force(self, day: datetime.date) -> bool:
        """Whether the centre may claim by it on a day: its first and its last included, the day of withdrawal not."""
        begun = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return begun and (self.withdrawn_on is None or day < self.withdrawn_on)
