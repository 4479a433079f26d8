"""What somebody who is no assessor saw: asked for by the candidate, written and signed by the witness."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from assessments.enums import TestimonyState, WitnessStatus
from assessments.models.evidence import EvidenceVersion
from portfolio.models import Mailbox, Signature, StandingQuerySet, StandingRow, User, one_of
from units.models import Criterion

SIGNED = Q(signature__isnull=False)
STILL_WANTED = Q(signature=None, declined_at=None, revoked_at=None)


class TestimonyQuerySet(models.QuerySet["Testimony"]):
    def with_accounts(self) -> "TestimonyQuerySet":
        """Each with `account`: who among those who sign in the witness is, if anybody."""
        same = User.objects.filter(mailbox=models.OuterRef("mailbox")).order_by("pk")
        known = {"account": Coalesce(F("witness_id"), models.Subquery(same.values("pk")[:1]))}
        return self.annotate(**known)


class Testimony(models.Model):
    """That a witness was asked what they saw, for one version of an item, and what they said.

    A witness records what they saw and decides nothing (domain rule 8). The row is the request and the answer; once
    signed, declined or taken back it never changes.
    """

    version = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="testimonies")
    name = models.CharField("name of the witness", max_length=200)
    email = models.EmailField("e-mail address of the witness", max_length=254)
    mailbox = models.GeneratedField(
        expression=Mailbox("email"), output_field=models.CharField(max_length=254), db_persist=True
    )
    witness = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text="where they have a sign-in as well",
    )
    relationship = models.CharField("what they are to you", max_length=200)
    job_title = models.CharField("their job", max_length=200, blank=True)
    request = models.TextField("what they saw you do")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    token_digest = models.CharField(max_length=64, unique=True, help_text="of the newest link sent")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, editable=False)
    statement = models.TextField("what I saw", blank=True)
    place = models.CharField("where", max_length=200, blank=True)
    seen_from = models.DateField("on, or from", null=True, blank=True)
    seen_to = models.DateField("to", null=True, blank=True)
    own_relationship = models.CharField("what I am to the candidate", max_length=200, blank=True)
    own_job_title = models.CharField("my job", max_length=200, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=20, choices=WitnessStatus, blank=True)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, editable=False, related_name="testimony"
    )
    signed_from = models.GenericIPAddressField("network address", null=True, editable=False)
    declined_at = models.DateTimeField(null=True, editable=False)
    decline_reason = models.CharField(max_length=500, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    account: int | None
    """Filled by `with_accounts`."""

    objects = TestimonyQuerySet.as_manager()

    class Meta:
        ordering = ["version", "pk"]
        verbose_name_plural = "testimonies"
        constraints = [
            one_of("status", WitnessStatus, "witness_status_is_known", blank=True),
            models.CheckConstraint(
                condition=STILL_WANTED
                | Q(signature__isnull=False, declined_at=None, revoked_at=None)
                | Q(signature=None, declined_at__isnull=False, revoked_at=None)
                | Q(signature=None, declined_at=None, revoked_at__isnull=False),
                name="a_testimony_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(signature=None)
                | (
                    Q(opened_at__isnull=False, seen_from__isnull=False)
                    & ~Q(statement="")
                    & ~Q(place="")
                    & ~Q(own_relationship="")
                    & ~Q(status="")
                ),
                name="a_signed_testimony_says_what_where_when_and_by_whom",
                violation_error_message="A testimony says what was seen, where, when and by whom before it is signed.",
            ),
            models.CheckConstraint(
                condition=Q(seen_to=None) | Q(seen_to__gte=F("seen_from")),
                name="what_was_seen_ends_after_it_begins",
                violation_error_message="The last day cannot lie before the first.",
            ),
            models.CheckConstraint(
                condition=~Q(request="") & ~Q(relationship=""), name="a_request_says_what_was_seen_and_by_whom"
            ),
        ]

    def __str__(self) -> str:
        return f"Testimony of {self.name}"

    @property
    def is_signed(self) -> bool:
        return self.signature_id is not None

    def state(self, at: datetime.datetime) -> TestimonyState:
        """How far the witness has come at a moment."""
        if self.is_signed:
            return TestimonyState.SIGNED
        if self.declined_at:
            return TestimonyState.DECLINED
        if self.revoked_at:
            return TestimonyState.REVOKED
        if self.expires_at <= at:
            return TestimonyState.EXPIRED
        return TestimonyState.OPENED if self.opened_at else TestimonyState.ASKED


class TestimonyCriterion(StandingRow):
    """A criterion the witness was asked about."""

    testimony = models.ForeignKey(Testimony, on_delete=models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["TestimonyCriterion"].as_manager()

    class Meta:
        ordering = ["criterion__unit__short_code", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["testimony", "criterion"], name="a_criterion_is_asked_about_once")
        ]

    def __str__(self) -> str:
        return f"{self.testimony}: {self.criterion}"
