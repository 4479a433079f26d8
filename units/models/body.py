"""Awarding bodies, and the centres they approve."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from portfolio.models import Centre, one_of
from units.enums import VerifierSignature


class AwardingBodyManager(models.Manager["AwardingBody"]):
    def get_by_natural_key(self, code: str) -> "AwardingBody":
        return self.get(code=code)


class AwardingBody(models.Model):
    """An awarding body and what it asks for: data, not code, for bodies disagree (docs/adr)."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    verifier_signature = models.CharField(
        "internal verifier signs", max_length=10, choices=VerifierSignature, default=VerifierSignature.IF_SAMPLED
    )
    records_kept_years = models.PositiveSmallIntegerField(
        default=3, help_text="how long it wants records of assessment and verification kept after the certificate"
    )
    evidence_kept_days = models.PositiveSmallIntegerField(
        default=0, help_text="the same of evidence itself; 0 where the body names no time of its own"
    )
    keeping_source = models.CharField("where it says so", max_length=300, blank=True)
    centre_number_pattern = models.CharField(max_length=100, blank=True, help_text="regular expression; warns only")
    own_recording_form = models.BooleanField(
        default=False, help_text="the body prints a recording form; otherwise the centre's own form needs approval"
    )

    objects: ClassVar[AwardingBodyManager] = AwardingBodyManager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "awarding bodies"
        constraints = [one_of("verifier_signature", VerifierSignature, "verifier_signature_is_known")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class CentreApproval(models.Model):
    """That an awarding body approved a centre, and under which number. How it may claim: see DirectClaim."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="approvals")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="approvals")
    centre_number = models.CharField(max_length=30)
    form_approved_by = models.CharField(
        "own recording form approved by", max_length=200, blank=True, help_text="the external verifier's name"
    )
    form_approved_on = models.DateField("approved on", null=True, blank=True)

    class Meta:
        ordering = ["centre", "awarding_body"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "awarding_body"],
                name="a_body_approves_a_centre_once",
                violation_error_message="The centre has an approval by this awarding body already.",
            ),
            models.CheckConstraint(
                condition=Q(form_approved_by="", form_approved_on__isnull=True)
                | (~Q(form_approved_by="") & Q(form_approved_on__isnull=False)),
                name="a_form_approval_names_who_and_when",
                violation_error_message="Say both who approved the form and on which day.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre}: {self.awarding_body} {self.centre_number}"
