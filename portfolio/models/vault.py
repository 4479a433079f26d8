"""Bytes on their way in, stored bytes, who fetched them, and documents made from records."""

import uuid

from django.db import models
from django.db.models import Q

from portfolio import references
from portfolio.enums import DocumentStatus, ScanResult
from portfolio.models.base import StandingQuerySet, StandingRow, one_of
from portfolio.models.people import Centre, User


class StoredFile(StandingRow):
    """Bytes in the vault under their digest: what never changes about them. Kept once per centre, never across."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="stored_files")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="bytes")
    content_type = models.CharField(max_length=120, help_text="decided by content, never by name")
    stored_at = models.DateTimeField()

    objects = StandingQuerySet["StoredFile"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "sha256"], name="bytes_are_kept_once_per_centre"),
            models.CheckConstraint(condition=Q(size__gt=0), name="a_stored_file_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.content_type}, {self.size} bytes)"


class Scan(StandingRow):
    """A step in scanning a stored file for malware: that it waits, and what came of it. The latest counts."""

    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="scans")
    engine = models.CharField(max_length=100, blank=True, help_text="the scanner and its database, in its own words")
    result = models.CharField(max_length=12, choices=ScanResult)
    signature = models.CharField(max_length=200, blank=True, help_text="what matched in an infected file")
    at = models.DateTimeField()

    objects = StandingQuerySet["Scan"].as_manager()

    class Meta:
        constraints = [
            one_of("result", ScanResult, "scan_result_is_known"),
            models.CheckConstraint(
                condition=(Q(result=ScanResult.INFECTED) & ~Q(signature=""))
                | (~Q(result=ScanResult.INFECTED) & Q(signature="")),
                name="an_infected_file_names_what_matched",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.signature}".strip()


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> "UploadQuerySet":
        """An upload exists for whoever began it and for nobody else."""
        return self.filter(by=user)

    def to_use(self) -> "UploadQuerySet":
        """Uploads that are kept and belong to nothing yet."""
        return self.filter(stored__isnull=False, claimed_at=None)


class Upload(models.Model):
    """A file on its way in, which may come in pieces. Finished it is the receipt; used by nothing it expires."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="for addresses")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text="bytes, as announced")
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text="when bytes last came")
    finished_at = models.DateTimeField(null=True)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.TextField(blank=True, help_text="why it was not kept")
    claimed_at = models.DateTimeField(null=True, help_text="when it became part of something")

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["touched_at"], condition=Q(claimed_at=None), name="uploads_in_no_item")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, stored__isnull=True, refusal="")
                | Q(finished_at__isnull=False, stored__isnull=False, refusal="")
                | (Q(finished_at__isnull=False, stored__isnull=True) & ~Q(refusal="")),
                name="a_finished_upload_is_kept_or_refused",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(stored__isnull=False),
                name="only_what_is_kept_can_be_used",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccessLine(StandingRow):
    """Who looked at or downloaded what, when. Outside the audit chain; the one row a GET may add."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    downloaded = models.BooleanField()

    objects = StandingQuerySet["AccessLine"].as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["centre", "subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.user} {'downloaded' if self.downloaded else 'opened'} {self.subject_kind} {self.subject_id}"


class DestructionQuerySet(models.QuerySet["Destruction"]):
    def gone(self) -> "DestructionQuerySet":
        """Those by which the bytes are not here now."""
        return self.filter(done_at__isnull=False, spared=False, returned_at=None)


class Destruction(models.Model):
    """That the bytes of a stored file are to be destroyed, why, and when they were. Written with the act that wants it.

    The row outlives the bytes, and a server that is killed between the act and the destruction.
    """

    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="destructions")
    reason = models.TextField()
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", help_text="or a sweep")
    ordered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    spared = models.BooleanField(default=False, help_text="another record shows the same bytes, so they stayed")
    returned_at = models.DateTimeField(null=True, help_text="when somebody sent the same bytes once more")

    objects = DestructionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_destruction_says_why"),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(done_at__isnull=False, spared=False),
                name="only_bytes_that_were_destroyed_return",
            ),
            models.CheckConstraint(
                condition=Q(spared=False) | Q(done_at__isnull=False), name="bytes_are_spared_once_it_was_looked_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored}: {'spared' if self.spared else 'destroyed' if self.done_at else 'to be destroyed'}"


class Document(models.Model):
    """A PDF asked for, keyed by the digest of all that shapes it, so that the same facts never render twice.

    `facts` are what the document shows, as JSON; the worker renders from them alone. `issued` documents are kept for
    good and never rendered again; by their `reference` anybody can ask whether the paper in hand is genuine.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40, help_text="which form, e.g. recording_form")
    key = models.CharField(max_length=64, help_text="SHA-256 of facts, template, library versions and variant")
    facts = models.JSONField()
    subject_kind = models.CharField(max_length=40, help_text="what one must be allowed to see to fetch it")
    subject_id = models.BigIntegerField()
    file_name = models.CharField(max_length=200)
    issued = models.BooleanField(default=False)
    reference = models.CharField(max_length=12, blank=True, editable=False, help_text="of an issued one, as printed")
    status = models.CharField(max_length=10, choices=DocumentStatus, default=DocumentStatus.WAITING)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    problem = models.TextField(blank=True)
    seal = models.JSONField(default=dict, blank=True, help_text="what its certificate says; or none")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    pages_set = models.PositiveIntegerField(default=0, help_text="while it is being made: pages done so far")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]
        constraints = [
            one_of("status", DocumentStatus, "document_status_is_known"),
            models.UniqueConstraint(
                fields=["reference"], condition=~Q(reference=""), name="a_reference_names_one_document"
            ),
            models.CheckConstraint(
                condition=Q(issued=False, reference="") | (Q(issued=True) & ~Q(reference="")),
                name="an_issued_document_has_a_reference",
            ),
            models.UniqueConstraint(fields=["centre", "key"], name="the_same_facts_are_rendered_once"),
            models.CheckConstraint(
                condition=Q(status=DocumentStatus.READY, stored__isnull=False)
                | (~Q(status=DocumentStatus.READY) & Q(stored__isnull=True)),
                name="a_ready_document_has_its_bytes",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def printed_reference(self) -> str:
        return references.grouped(self.reference)
