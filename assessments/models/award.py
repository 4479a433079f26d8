"""What a centre confirms and claims, and what comes of it."""

from django.db import models
from django.db.models import Q

from assessments.enums import ClaimBasis
from assessments.models.enrolment import Enrolment, worked_on_by
from portfolio.models import Signature, StandingQuerySet, StandingRow, User, one_of


class AuthenticationFormQuerySet(StandingQuerySet["AuthenticationForm"]):
    def visible_to(self, user: User) -> "AuthenticationFormQuerySet":
        """Forms of the units that exist for this person."""
        return self.filter(Q(enrolment__candidate_user=user) | worked_on_by(user, at="enrolment__"))


class AuthenticationForm(StandingRow):
    """That the centre declared a candidate's unit authentic: what a Centre Authentication form is issued on."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="authentication_forms")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="authentication_form")

    objects = AuthenticationFormQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Centre Authentication form of {self.enrolment}"


class Claim(models.Model):
    """That a unit was claimed from the awarding body, on what basis; taken back by filling its columns."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="claims")
    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    basis = models.CharField(max_length=10, choices=ClaimBasis)
    reference = models.CharField("authorisation or report", max_length=100)
    snapshot = models.CharField(max_length=64, help_text="digest of the facts claimed")
    taken_back_at = models.DateTimeField(null=True, editable=False)
    taken_back_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("basis", ClaimBasis, "claim_basis_is_known"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(taken_back_at=None), name="a_unit_is_claimed_once"
            ),
            models.CheckConstraint(
                condition=(Q(taken_back_at__isnull=True, taken_back_reason=""))
                | (Q(taken_back_at__isnull=False) & ~Q(taken_back_reason="")),
                name="a_claim_taken_back_says_why",
                violation_error_message="Say why the claim is taken back.",
            ),
        ]

    def __str__(self) -> str:
        return f"Claim of {self.enrolment}"


class Certificate(models.Model):
    """The certificate that came of a claim; a revocation is written beside it."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField("certificate number", max_length=50)
    issued_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    revoked_on = models.DateField(null=True, editable=False)
    revocation_reason = models.TextField(blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(revoked_on__isnull=True, revocation_reason=""))
                | (Q(revoked_on__isnull=False) & ~Q(revocation_reason="")),
                name="a_revocation_says_why",
                violation_error_message="Say why the certificate was revoked.",
            )
        ]

    def __str__(self) -> str:
        return f"Certificate {self.number}"
