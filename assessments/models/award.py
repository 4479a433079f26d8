"""What a centre confirms and claims, and what comes of it."""

from django.db import models
from django.db.models import Q

from assessments.enums import ClaimBasis
from assessments.models.enrolment import Enrolment, worked_on_by
from assessments.models.registration import Registration
from portfolio.enums import Role
from portfolio.models import Centre, Signature, StandingQuerySet, StandingRow, User, centres_of, one_of
from units.models import AwardingBody


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


class ClaimBatchQuerySet(StandingQuerySet["ClaimBatch"]):
    def visible_to(self, user: User) -> "ClaimBatchQuerySet":
        """Claims are the business of a centre's administrators."""
        return self.filter(centre__in=centres_of(user, Role.ADMINISTRATOR))


class ClaimBatch(StandingRow):
    """What was claimed from an awarding body at once, locked as it was claimed: the digest covers every snapshot.

    Source: a claim of units or of the full award, with a snapshot of the portfolio (domain rule 54).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="claim_batches")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("the centre's reference", max_length=100)
    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="of all that was claimed, unit by unit")

    objects = ClaimBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-claimed_at", "-pk"]
        verbose_name_plural = "claim batches"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "reference"],
                name="a_batch_of_claims_has_its_own_reference",
                violation_error_message="The centre has a batch of claims with this reference already.",
            )
        ]

    def __str__(self) -> str:
        return f"Claims {self.reference}"


class Claiming(models.Model):
    """That something was claimed, on what basis, as it stood; taken back by filling its columns."""

    basis = models.CharField(max_length=10, choices=ClaimBasis)
    reference = models.CharField("authorisation or report", max_length=100)
    snapshot = models.CharField(max_length=64, help_text="digest of what was claimed")
    taken_back_at = models.DateTimeField(null=True, editable=False)
    taken_back_reason = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["pk"]


def says_why(name: str) -> models.CheckConstraint:
    """Of a claim: that one taken back says why."""
    return models.CheckConstraint(
        condition=(Q(taken_back_at__isnull=True, taken_back_reason=""))
        | (Q(taken_back_at__isnull=False) & ~Q(taken_back_reason="")),
        name=name,
        violation_error_message="Say why the claim is taken back.",
    )


class AwardClaim(Claiming):
    """That a whole award was claimed for a candidate."""

    batch = models.ForeignKey(ClaimBatch, on_delete=models.PROTECT, related_name="awards")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="claims")

    class Meta(Claiming.Meta):
        constraints = [
            one_of("basis", ClaimBasis, "award_claim_basis_is_known"),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(taken_back_at=None), name="an_award_is_claimed_once"
            ),
            says_why("an_award_claim_taken_back_says_why"),
        ]

    def __str__(self) -> str:
        return f"Claim of {self.registration}"


class Claim(Claiming):
    """That a unit was claimed from the awarding body."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="claims")
    batch = models.ForeignKey(ClaimBatch, on_delete=models.PROTECT, null=True, related_name="claims")
    claimed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()

    class Meta(Claiming.Meta):
        constraints = [
            one_of("basis", ClaimBasis, "claim_basis_is_known"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(taken_back_at=None), name="a_unit_is_claimed_once"
            ),
            says_why("a_claim_taken_back_says_why"),
        ]

    def __str__(self) -> str:
        return f"Claim of {self.enrolment}"


class Certificate(models.Model):
    """The certificate that came of a claim, of a unit or of a whole award; a revocation is written beside it.

    One that the awarding body replaced stays, and its replacement names it (Ofqual I3, certificate requirements).
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, related_name="certificates")
    award = models.ForeignKey(AwardClaim, on_delete=models.PROTECT, null=True, related_name="certificates")
    number = models.CharField("certificate number", max_length=50)
    issued_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="replacement"
    )
    replacement_reason = models.TextField(blank=True, editable=False)
    revoked_on = models.DateField(null=True, editable=False)
    revocation_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(claim__isnull=False, award__isnull=True) | Q(claim__isnull=True, award__isnull=False),
                name="a_certificate_is_of_a_unit_or_an_award",
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(replaces=None), name="a_unit_has_one_certificate_of_its_own"
            ),
            models.UniqueConstraint(
                fields=["award"], condition=Q(replaces=None), name="an_award_has_one_certificate_of_its_own"
            ),
            models.CheckConstraint(
                condition=(Q(replaces__isnull=True, replacement_reason=""))
                | (Q(replaces__isnull=False) & ~Q(replacement_reason="")),
                name="a_replacement_says_why",
                violation_error_message="Say why the certificate was replaced.",
            ),
            models.CheckConstraint(
                condition=(Q(revoked_on__isnull=True, revocation_reason=""))
                | (Q(revoked_on__isnull=False) & ~Q(revocation_reason="")),
                name="a_revocation_says_why",
                violation_error_message="Say why the certificate was revoked.",
            ),
        ]

    def __str__(self) -> str:
        return f"Certificate {self.number}"
