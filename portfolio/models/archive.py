"""Archives that were asked for, and where the record of a centre came from that was brought in one."""

import datetime
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from portfolio.enums import ArchiveCut, ArchiveStatus
from portfolio.models.base import StandingQuerySet, StandingRow, one_of
from portfolio.models.people import CandidateRecord, Centre, User, centres_kept_by


class ArchiveQuerySet(models.QuerySet["Archive"]):
    def visible_to(self, user: User) -> "ArchiveQuerySet":
        """An archive exists for whoever asked for it: a candidate for their own, and the office while it is the office.

        What two administrators may see differs by nothing but who is named in it, so none takes another's. One that is
        made for a person by name exists for them alone.
        """
        office = Q(centre__in=centres_kept_by(user))
        own = Q(cut=ArchiveCut.OWN, candidate__user=user)
        return self.filter(Q(own | office, asked_by=user, made_for=None) | Q(made_for=user))


class Archive(models.Model):
    """An archive somebody asked for, made by a worker, kept for some days. A copy of the record, never the record."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="names its file")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, null=True, related_name="+")
    cut = models.CharField(max_length=10, choices=ArchiveCut)
    made_for = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="who alone takes it; nobody: who asked"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ArchiveStatus, default=ArchiveStatus.WAITING)
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True, help_text="when a worker last showed that it is at it")
    step = models.CharField(max_length=100, blank=True, help_text="what the worker is at, in words")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            one_of("cut", ArchiveCut, "archive_cut_is_known"),
            one_of("status", ArchiveStatus, "archive_status_is_known"),
            models.CheckConstraint(
                condition=Q(cut__in=[ArchiveCut.CENTRE, ArchiveCut.PERSON], candidate=None)
                | Q(cut__in=[ArchiveCut.CANDIDATE, ArchiveCut.OWN], candidate__isnull=False),
                name="an_archive_is_of_a_centre_or_a_candidate",
            ),
            models.CheckConstraint(
                condition=Q(made_for=None) | Q(cut=ArchiveCut.PERSON), name="what_is_made_for_a_person_is_about_them"
            ),
            models.CheckConstraint(
                condition=~Q(status=ArchiveStatus.READY) | Q(size__gt=0, finished_at__isnull=False),
                name="a_ready_archive_has_its_bytes",
            ),
        ]

    def __str__(self) -> str:
        if self.cut == ArchiveCut.PERSON:
            return f"What {self.centre} keeps about a person"
        return f"Archive of {self.candidate or self.centre}"

    def goes_on(self, days: int) -> datetime.date:
        """The last day on which it can be fetched."""
        return timezone.localdate((self.finished_at or self.asked_at) + datetime.timedelta(days=days))


class Arrival(StandingRow):
    """That lines of a centre's book were written in another installation, and came here in an archive.

    Such lines name records by the numbers they had there (`ArrivedNumbers`), and their hashes hold with those alone. A
    record that moved twice has an arrival for each installation it was kept in.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="arrivals")
    position = models.PositiveSmallIntegerField()
    book = models.CharField(max_length=40, help_text="what the centre's book was called there, e.g. centre 7")
    until = models.PositiveBigIntegerField(help_text="number of the last line written there")
    arrived_at = models.DateTimeField()

    objects = StandingQuerySet["Arrival"].as_manager()

    class Meta:
        ordering = ["centre", "position"]
        constraints = [models.UniqueConstraint(fields=["centre", "position"], name="arrivals_have_places")]

    def __str__(self) -> str:
        return f"{self.centre}: lines to {self.until} from {self.book}"


class ArrivedNumbers(StandingRow):
    """Which number each row of a kind had where it came from: two lists of the same length, eight bytes a number."""

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="numbers")
    kind = models.CharField(max_length=60, help_text="e.g. assessments.enrolment")
    here = models.BinaryField()
    there = models.BinaryField()

    objects = StandingQuerySet["ArrivedNumbers"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["arrival", "kind"], name="numbers_of_a_kind_arrive_once")]

    def __str__(self) -> str:
        return f"{self.arrival}: numbers of {self.kind}"
