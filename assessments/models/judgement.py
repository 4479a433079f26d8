"""What an assessor says: readings, decisions, countersignatures and signatures on units."""

from django.db import models
from django.db.models import Q

from assessments.enums import MarkerKind, SignedAs, Verdict
from assessments.models.enrolment import Enrolment
from assessments.models.evidence import EvidenceFile, EvidenceVersion
from portfolio.models import Centre, Signature, StandingQuerySet, StandingRow, User, one_of
from units.models import Criterion


class Review(StandingRow):
    """An assessor's reading of one version of an item against the four rules of evidence.

    Source: valid, authentic, current, sufficient; the trail must show that each was checked (domain rule 13).
    """

    version = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="reviews")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assessor_name = models.CharField(max_length=200)
    qualified = models.BooleanField(help_text="whether the assessor held an assessor's award that day")
    interested = models.BooleanField(default=False, help_text="whether the assessor had one in the candidate then")
    at = models.DateTimeField()
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField(help_text="the version, which the time to feedback is counted from")
    valid = models.BooleanField()
    authentic = models.BooleanField()
    current = models.BooleanField()
    sufficient = models.BooleanField()
    remarks = models.TextField("why a rule is not met", blank=True)
    seen_at_location = models.BooleanField("I have seen the evidence where it is held", default=False)
    returned = models.BooleanField(default=False)
    feedback = models.TextField(blank=True)

    objects = StandingQuerySet["Review"].as_manager()

    class Meta:
        ordering = ["version", "at", "pk"]
        indexes = [
            models.Index(fields=["assessor", "-at"]),
            # A week's latest at a centre.
            models.Index(fields=["centre", "-at"]),
            # All that the time to feedback is told by, so that no reading is opened for it.
            models.Index(fields=["centre", "assessor", "-at", "handed_in_at", "version"], name="readings_told_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid=True, authentic=True, current=True, sufficient=True) | ~Q(remarks=""),
                name="a_rule_of_evidence_not_met_says_why",
                violation_error_message="Say why the evidence is not valid, authentic, current or sufficient.",
            ),
            models.CheckConstraint(
                condition=Q(returned=False) | ~Q(feedback=""),
                name="a_returned_item_has_feedback",
                violation_error_message="Tell the candidate what is missing before you return the item.",
            ),
        ]

    def __str__(self) -> str:
        return f"Reading of {self.version} by {self.assessor_name}"


class Decision(StandingRow):
    """What a reading says of one criterion. Added, never edited; the latest counts."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    version = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="decisions")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="decisions")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=11, choices=Verdict)
    feedback = models.TextField(blank=True)
    needs_countersignature = models.BooleanField(default=False)

    objects = StandingQuerySet["Decision"].as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["enrolment", "criterion"])]
        constraints = [
            one_of("verdict", Verdict, "verdict_is_known"),
            models.UniqueConstraint(fields=["review", "enrolment", "criterion"], name="a_reading_decides_once"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.MET) | ~Q(feedback=""),
                name="what_is_not_met_has_feedback",
                violation_error_message="Say what is still needed for a criterion that is not met.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.number}: {self.get_verdict_display()}"


class DecisionMarker(StandingRow):
    """A place in the evidence that a decision rests on: a page, a moment of a recording, or a passage.

    A passage may be of a file that is text or, without a file, of what the candidate or a witness wrote.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="markers")
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=7, choices=MarkerKind)
    start = models.PositiveIntegerField("from", null=True, help_text="page, or second of the recording")
    end = models.PositiveIntegerField("to", null=True)
    passage = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = StandingQuerySet["DecisionMarker"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("kind", MarkerKind, "marker_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind=MarkerKind.PAGE, file__isnull=False, start__gte=1, passage="")
                | Q(kind=MarkerKind.TIME, file__isnull=False, start__isnull=False, passage="")
                | (Q(kind=MarkerKind.PASSAGE, start__isnull=True, end__isnull=True) & ~Q(passage="")),
                name="a_marker_says_where",
                violation_error_message="Name a page, a minute or a passage.",
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(start__isnull=False, end__gte=models.F("start")),
                name="a_marker_ends_after_it_begins",
                violation_error_message="A place ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision}, {self.get_kind_display().lower()} {self.passage or self.start}"


class Countersignature(StandingRow):
    """A qualified assessor's word on a decision that does not stand alone, which counts only once agreed.

    Source: NVQ Code of Practice; unqualified assessors' decisions need a countersignature (domain rule 4). So do those
    of an assessor with an interest in the candidate: another person scrutinises them (Ofqual A4.6).
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="countersignature")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agreed = models.BooleanField()
    reason = models.TextField(blank=True)

    objects = StandingQuerySet["Countersignature"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed=True) | ~Q(reason=""),
                name="a_countersigner_who_disagrees_says_why",
                violation_error_message="Say why you disagree.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {'agreed' if self.agreed else 'not agreed'}"


class SignOff(StandingRow):
    """A signature on a unit, in one part. It counts until it is voided; the latest of a part is the one in force."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sign_offs")
    part = models.CharField(max_length=25, choices=SignedAs)
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="sign_off")
    comments = models.TextField(blank=True, help_text="the assessor's, part of what is signed")

    objects = StandingQuerySet["SignOff"].as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["enrolment", "part"])]
        constraints = [one_of("part", SignedAs, "signed_part_is_known")]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.signature}"
