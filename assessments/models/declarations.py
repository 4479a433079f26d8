"""A centre's own wording of the declarations on an authentication form, and who approved it."""

from django.db import models
from django.db.models import Q

from assessments.form_enums import DeclarationOf
from assessments.models.access import ExternalAccess
from assessments.models.external import shown_to
from portfolio.models import Centre, Statement, User, one_of
from units.models import AwardingBody


class WordingQuerySet(models.QuerySet["Wording"]):
    def visible_to(self, user: User) -> "WordingQuerySet":
        """Those of the centre, for its verifiers and office; of the body, for whoever looks for it now."""
        return self.filter(shown_to(user, centre="centre", body="awarding_body"))

    def waiting(self) -> "WordingQuerySet":
        """Neither approved nor given up."""
        return self.filter(statement=None, withdrawn_at=None)


class Wording(models.Model):
    """Words that a centre wants a declaration to have for the units of an awarding body.

    Nobody signs them before the body's external verifier has approved them; then they are a `Statement` of their own
    version, for good. The approval is pressed in a visit, or recorded by the office with where it stands written.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="wordings")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="+")
    declaration = models.CharField(max_length=40, choices=DeclarationOf)
    text = models.TextField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    statement = models.OneToOneField(
        Statement, on_delete=models.PROTECT, null=True, editable=False, related_name="wording"
    )
    approved_by = models.CharField(max_length=200, blank=True, editable=False, help_text="the external verifier's name")
    approved_on = models.DateField(null=True, editable=False)
    reference = models.CharField(max_length=200, blank=True, help_text="where the approval stands written")
    access = models.ForeignKey(ExternalAccess, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    noted_at = models.DateTimeField(null=True, editable=False)

    objects = WordingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("declaration", DeclarationOf, "wording_is_of_a_known_declaration"),
            models.CheckConstraint(
                condition=~Q(text=""), name="a_wording_has_words", violation_error_message="Write the words."
            ),
            models.UniqueConstraint(
                fields=["centre", "awarding_body", "declaration"],
                condition=Q(statement=None, withdrawn_at=None),
                name="one_wording_waits_at_a_time",
                violation_error_message="Another wording of this declaration waits for its approval already.",
            ),
            models.CheckConstraint(
                condition=Q(
                    statement=None, approved_by="", approved_on=None, reference="", noted_by=None, noted_at=None
                )
                | (
                    Q(statement__isnull=False, approved_on__isnull=False, withdrawn_at=None)
                    & Q(noted_by__isnull=False, noted_at__isnull=False)
                    & ~Q(approved_by="")
                    & ~Q(reference="")
                ),
                name="an_approved_wording_says_by_whom_when_and_where",
                violation_error_message="Say who approved the words, when, and where that stands written.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_declaration_display()} for {self.awarding_body}"
