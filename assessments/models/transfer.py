"""A candidate moves between centres: what was closed when they left, where they came from, what they achieved there."""

from django.db import models
from django.db.models import Q

from assessments.enums import UnitStatus
from assessments.models.enrolment import Enrolment
from portfolio.models import CandidateRecord, Centre, StandingQuerySet, StandingRow, User, one_of
from units.models import Unit


class TransferOut(StandingRow):
    """That a candidate left for another centre, which may not be of this installation: their units in progress ended.

    Nothing of the record goes there by itself: the archive is given to the candidate, or with their knowledge.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="transfers_out")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="transfers_out")
    to_centre = models.CharField("to which centre", max_length=200)
    left_on = models.DateField()
    known_on = models.DateField(help_text="when the candidate asked for it, or was told")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["TransferOut"].as_manager()

    class Meta:
        ordering = ["-left_on", "-pk"]
        verbose_name = "transfer to another centre"
        verbose_name_plural = "transfers to another centre"
        constraints = [
            models.CheckConstraint(condition=~Q(to_centre="") & ~Q(reason=""), name="a_transfer_says_where_to_and_why"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} to {self.to_centre}"


class TransferredUnit(StandingRow):
    """A unit that ended by a transfer, and where it stood."""

    transfer = models.ForeignKey(TransferOut, on_delete=models.PROTECT, related_name="units")
    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="transferred")
    stood = models.CharField(max_length=30, choices=UnitStatus)

    objects = StandingQuerySet["TransferredUnit"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [one_of("stood", UnitStatus, "where_a_transferred_unit_stood_is_known")]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.get_stood_display()}"


class TransferIn(StandingRow):
    """That a candidate came from another centre, and when."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="transfers_in")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="transfers_in")
    from_centre = models.CharField("from which centre", max_length=200)
    joined_on = models.DateField()
    note = models.TextField(blank=True, help_text="what came along, and who was asked about it")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["TransferIn"].as_manager()

    class Meta:
        ordering = ["-joined_on", "-pk"]
        verbose_name = "transfer from another centre"
        verbose_name_plural = "transfers from another centre"
        constraints = [models.CheckConstraint(condition=~Q(from_centre=""), name="a_transfer_says_where_from")]

    def __str__(self) -> str:
        return f"{self.candidate} from {self.from_centre}"


class AchievedElsewhere(models.Model):
    """A unit that a candidate achieved at the centre they came from, and what was seen of it."""

    transfer = models.ForeignKey(TransferIn, on_delete=models.PROTECT, related_name="achieved")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=255)
    achieved_on = models.DateField()
    certificate = models.CharField("number of the certificate or claim", max_length=60, blank=True)
    seen = models.TextField("what was seen of it")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    taken_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["achieved_on", "pk"]
        verbose_name = "unit achieved elsewhere"
        verbose_name_plural = "units achieved elsewhere"
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(seen=""), name="what_was_achieved_elsewhere_was_seen"),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="what_is_taken_back_says_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title
