"""The audit book: one chain of lines per centre, and one for the installation."""

from django.db import models
from django.db.models import Q

from portfolio.models.base import StandingQuerySet, StandingRow
from portfolio.models.people import Centre, User


class AuditChain(models.Model):
    """The head of a chain. Its row is locked last in every verb, so lines of one chain never race."""

    centre = models.OneToOneField(Centre, on_delete=models.PROTECT, null=True, related_name="audit_chain")
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64, help_text="hash of the newest line")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(centre=None), name="the_installation_has_one_audit_chain"
            )
        ]

    def __str__(self) -> str:
        return f"Audit book of {self.centre or 'the installation'}"


class AuditEvent(StandingRow):
    """One line: who did what to which record, when. Holds ids and digests only, so that what must go can go."""

    chain = models.ForeignKey(AuditChain, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40, help_text="the aggregate acted on, e.g. enrolment")
    subject_id = models.BigIntegerField()
    act_id = models.UUIDField(help_text="the same for all lines of one bulk act")
    details_digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = StandingQuerySet["AuditEvent"].as_manager()

    class Meta:
        ordering = ["chain", "sequence"]
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="audit_lines_are_numbered_once")]
        indexes = [
            models.Index(fields=["chain", "subject_kind", "subject_id"]),
            models.Index(fields=["chain", "verb", "subject_kind"]),
            models.Index(fields=["chain", "actor"]),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.verb} {self.subject_kind} {self.subject_id}"


class AuditDetail(models.Model):
    """The details of a line and the salt of their digest. Erasable: the line and the chain verify without them."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="detail")
    salt = models.CharField(max_length=64)
    details = models.JSONField()

    def __str__(self) -> str:
        return f"Details of line {self.event_id}"


class Erasure(StandingRow):
    """That the details of a line were erased, why, by whom and when. It stands where they were.

    The wall round details opens for a line that has one, and for no other (portfolio/own_walls.py).
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="erasure")
    reason = models.TextField()
    erased_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="who confirmed it")
    erased_at = models.DateTimeField()

    objects = StandingQuerySet["Erasure"].as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="an_erasure_says_why")]

    def __str__(self) -> str:
        return f"Details of line {self.event_id}: erased"


class BookCheck(models.Model):
    """Somebody asked whether a book holds, and what a worker found when it had walked it."""

    chain = models.ForeignKey(AuditChain, on_delete=models.PROTECT, related_name="checks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    length = models.PositiveBigIntegerField(default=0, help_text="how many lines held")
    head = models.CharField(max_length=64, blank=True, help_text="hash of the last of them")
    broken_at = models.PositiveBigIntegerField(null=True, help_text="the first line that does not hold")
    reason = models.TextField(blank=True, help_text="what is wrong with that line")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(length=0, head="", broken_at=None, reason=""),
                name="what_a_check_of_a_book_found_has_its_moment",
            )
        ]

    def __str__(self) -> str:
        return f"Check of {self.chain}"
