"""What an external verifier does of their own: units they choose, what they note and remark, claims they authorise."""

import datetime

from django.db import models
from django.db.models import F, Q

from assessments.models.access import ExternalAccess, bodies_opened_to
from assessments.models.enrolment import Enrolment
from portfolio.models import User, centres_of
from portfolio.rules import OVERSEEING


def shown_to(
    user: User,
    day: datetime.date | None = None,
    *,
    centre: str = "access__centre",
    body: str = "access__awarding_body",
) -> Q:
    """What external verifiers did that a person sees: the centre's verifiers and office all of it, and whoever looks
    for the same awarding body now, so that one visit can go on where another ended."""
    overseen = Q(**{f"{centre}__in": centres_of(user, *OVERSEEING, day=day)})
    return overseen | bodies_opened_to(user, day, centre=centre, body=body)


class ExternalChoiceQuerySet(models.QuerySet["ExternalChoice"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "ExternalChoiceQuerySet":
        """Those of the centre, for its verifiers and office; and of the body, for its external verifier. None in a unit
        of their own."""
        return self.filter(shown_to(user, day)).exclude(enrolment__candidate_user=user)


class ExternalChoice(models.Model):
    """A candidate's unit that an external verifier wants to look at beyond the centre's sample, and why.

    Source: awarding bodies may pick examples beyond the centre's own selection (domain rule 10). That it was looked at
    is written beside it, once.
    """

    access = models.ForeignKey(ExternalAccess, on_delete=models.PROTECT, related_name="choices")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="external_choices")
    reason = models.TextField()
    chosen_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, editable=False)

    objects = ExternalChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-chosen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["access", "enrolment"],
                name="a_unit_is_chosen_once_in_a_visit",
                violation_error_message="You have chosen this unit already.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="an_external_choice_says_why", violation_error_message="Say why."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}, chosen by the external verifier"


class ExternalNoteQuerySet(models.QuerySet["ExternalNote"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "ExternalNoteQuerySet":
        """Remarks as choices are seen; notes that were not issued are their writer's alone, while they look."""
        own = Q(access__in=ExternalAccess.objects.in_force(user, day).values("pk"))
        issued = Q(issued_at__isnull=False) & shown_to(user, day)
        return self.filter(own | issued).exclude(enrolment__candidate_user=user)


class ExternalNote(models.Model):
    """What an external verifier writes down: theirs alone until issued as a remark to the centre, which stands."""

    access = models.ForeignKey(ExternalAccess, on_delete=models.PROTECT, related_name="notes")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, null=True, blank=True, related_name="external_notes"
    )
    words = models.TextField()
    written_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, editable=False)

    objects = ExternalNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(words=""), name="an_external_note_has_words", violation_error_message="Write something."
            )
        ]

    def __str__(self) -> str:
        return self.words[:60]


class ClaimAuthorisationQuerySet(models.QuerySet["ClaimAuthorisation"]):
    def counting(self) -> "ClaimAuthorisationQuerySet":
        """Those that a claim can rest on: not taken back, of a unit that was not signed anew since."""
        signed = Q(enrolment__signed_off_at__isnull=False, enrolment__signed_off_at__lte=F("authorised_at"))
        verified = Q(enrolment__verified_at=None) | Q(enrolment__verified_at__lte=F("authorised_at"))
        return self.filter(signed, verified, taken_back_at=None)


class ClaimAuthorisation(models.Model):
    """That an external verifier lets the centre claim a candidate's unit, and the report they give it in.

    Source: without direct claim status the external verifier authorises each claim after a visit (domain rules 54, 55).
    That it was taken back is written beside it, once.
    """

    access = models.ForeignKey(ExternalAccess, on_delete=models.PROTECT, related_name="authorisations")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="claim_authorisations")
    reference = models.CharField("report, or its reference", max_length=100)
    authorised_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, editable=False)
    taken_back_reason = models.TextField(blank=True, editable=False)

    objects = ClaimAuthorisationQuerySet.as_manager()

    class Meta:
        ordering = ["-authorised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reference=""),
                name="an_authorisation_names_its_report",
                violation_error_message="Give the reference of the report in which you authorise it.",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_reason="")
                | (Q(taken_back_at__isnull=False) & ~Q(taken_back_reason="")),
                name="an_authorisation_taken_back_says_why",
                violation_error_message="Say why it is taken back.",
            ),
        ]

    def __str__(self) -> str:
        return f"Claim authorised, {self.reference}"
