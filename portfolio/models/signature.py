"""What people put their name to."""

from django.db import models
from django.db.models import Q

from portfolio.enums import Role
from portfolio.models.base import StandingQuerySet, StandingRow, one_of
from portfolio.models.people import Centre, User


class StatementQuerySet(StandingQuerySet["Statement"]):
    def get_by_natural_key(self, key: str, variant: str, version: int) -> "Statement":
        return self.get(key=key, variant=variant, version=version, centre=None)

    def known_at(self, centre_id: int | None) -> "StatementQuerySet":
        """Those of the house and, where one is named, the centre's own."""
        return self.filter(models.Q(centre=None) | models.Q(centre=centre_id))


class Statement(models.Model):
    """The exact words of a declaration, in a version that never changes.

    Those of the house are loaded from fixtures/statements.json; a centre may have its own for an awarding body.
    """

    key = models.SlugField(max_length=40, help_text="which declaration, e.g. competence-candidate")
    variant = models.SlugField(max_length=20, blank=True, help_text="awarding body it is worded for; empty for all")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["key", "variant", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "variant", "version"],
                condition=models.Q(centre=None),
                name="a_statement_version_is_worded_once",
            ),
            models.UniqueConstraint(
                fields=["centre", "key", "variant", "version"],
                condition=models.Q(centre__isnull=False),
                name="a_centres_own_statement_version_is_worded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.version})"

    def natural_key(self) -> tuple[str, str, int]:
        return (self.key, self.variant, self.version)


class Signature(StandingRow):
    """That a person, in a role, put their name to a statement over facts with this digest, at this time.

    Who signs in is known by their sign-in and the role they held. Somebody without one, a witness, is known by the
    e-mail address their link was sent to, and holds no role.

    Source: ESFA funding rules on electronic signatures: intent, no later alteration, old and new both kept.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signer_email = models.EmailField(max_length=254, blank=True, help_text="of somebody who has no sign-in")
    signer_name = models.CharField(max_length=200, help_text="as printed at the time of signing")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    scheme = models.PositiveSmallIntegerField(help_text="which way of writing the facts down was signed")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the signed facts, as canonical JSON")
    signed_at = models.DateTimeField()

    objects = StandingQuerySet["Signature"].as_manager()

    class Meta:
        constraints = [
            one_of("role", Role, "signature_role_is_known", blank=True),
            models.CheckConstraint(
                condition=(Q(signer__isnull=False, signer_email="") & ~Q(role=""))
                | (Q(signer__isnull=True, role="") & ~Q(signer_email="")),
                name="who_signs_has_a_sign_in_and_a_role_or_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer_name}, {self.get_role_display() or self.signer_email}, {self.signed_at:%d %B %Y}"


class SignatureVoid(StandingRow):
    """That a signature no longer counts, and why. The signature itself stays."""

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="void")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    objects = StandingQuerySet["SignatureVoid"].as_manager()

    def __str__(self) -> str:
        return f"{self.signature}: voided"
