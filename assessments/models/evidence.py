"""What a candidate shows, and what they claim it shows."""

import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from assessments.enums import HANDED_IN, EvidenceKind, HeldAt, ItemStatus, OthersData, Setting
from assessments.models.enrolment import Enrolment, worked_on_by
from portfolio.models import (
    CandidateRecord,
    Centre,
    StandingQuerySet,
    StandingRow,
    Statement,
    StoredFile,
    User,
    one_of,
)
from units.models import Criterion, EvidenceRequirement


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "EvidenceQuerySet":
        """Items that exist for this person: their own, and those handed in for a unit they can see."""
        handed_in = Mapping.objects.filter(
            worked_on_by(user, day, at="enrolment__"),
            evidence=OuterRef("pk"),
            evidence__versions__submitted_at__isnull=False,
        )
        return self.filter(Q(candidate__user=user) | Exists(handed_in))


class Evidence(models.Model):
    """An item of evidence. Its number is taken when it is first handed in, and never used again."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="evidence")
    number = models.PositiveIntegerField(null=True, editable=False)
    author = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text="the assessor who made it; nobody: it is the candidate's own",
    )
    created_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, editable=False, help_text="by the centre's office, since when")
    device_draft = models.UUIDField(null=True, editable=False, help_text="mark of the draft a device sent it from")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["candidate", "number", "pk"]
        verbose_name = "item of evidence"
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "number"], name="evidence_numbers_are_never_used_again"),
            models.UniqueConstraint(fields=["candidate", "device_draft"], name="a_draft_from_a_device_is_one_item"),
        ]

    def __str__(self) -> str:
        return f"Evidence {self.number}" if self.number else "Evidence not handed in yet"


class EvidenceVersion(models.Model):
    """An item as it was handed in, or is being prepared. From its submission it is never edited.

    It carries its centre, as a file does, so that words are looked up among those of the centre alone.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="versions")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False)
    number = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=ItemStatus, default=ItemStatus.DRAFT)
    title = models.CharField(max_length=200)
    description = models.TextField("what I did", blank=True)
    kind = models.CharField(max_length=30, choices=EvidenceKind, default=EvidenceKind.WORK_PRODUCT)
    prior_source = models.CharField("where the learning comes from", max_length=255, blank=True)
    prior_achieved_on = models.DateField("when it was achieved", null=True, blank=True)
    setting = models.CharField(max_length=25, choices=Setting, default=Setting.PAID_WORK)
    activity_on = models.DateField("date of the activity", null=True, blank=True)
    held = models.CharField("where the evidence is", max_length=10, choices=HeldAt, default=HeldAt.HERE)
    location = models.CharField("where it can be seen", max_length=255, blank=True)
    others_data = models.CharField(
        "is customers' or colleagues' data in it?", max_length=12, choices=OthersData, default=OthersData.NONE
    )
    data_protection = models.TextField("whose data, and how it is protected", blank=True)
    group_work = models.BooleanField("made together with others", default=False)
    own_contribution = models.TextField("my own contribution", blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, editable=False)
    declaration = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    replaced_at = models.DateTimeField(null=True, editable=False, help_text="when the next version was handed in")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["evidence", "number"]
        indexes = [
            models.Index(fields=["centre", "id"], name="versions_of_a_centre"),
            models.Index(fields=["evidence"], condition=Q(setting=Setting.SIMULATED), name="simulated_versions"),
        ]
        constraints = [
            one_of("status", ItemStatus, "item_status_is_known"),
            one_of("kind", EvidenceKind, "evidence_kind_is_known"),
            one_of("setting", Setting, "evidence_setting_is_known"),
            one_of("held", HeldAt, "evidence_holding_is_known"),
            one_of("others_data", OthersData, "others_data_answer_is_known"),
            models.UniqueConstraint(fields=["evidence", "number"], name="versions_are_numbered_once"),
            models.UniqueConstraint(
                fields=["evidence"],
                condition=Q(status=ItemStatus.DRAFT),
                name="one_draft_at_a_time",
                violation_error_message="There is a draft of this item already.",
            ),
            models.UniqueConstraint(
                fields=["evidence"],
                condition=Q(status__in=HANDED_IN, replaced_at=None),
                name="one_version_is_in_force",
            ),
            models.CheckConstraint(
                condition=Q(status=ItemStatus.WITHDRAWN)
                | Q(status=ItemStatus.DRAFT, submitted_at__isnull=True, declaration__isnull=True)
                | Q(status__in=HANDED_IN, submitted_at__isnull=False, declaration__isnull=False),
                name="what_is_handed_in_is_declared_authentic",
                violation_error_message="An item is handed in with its declaration of authenticity.",
            ),
            models.CheckConstraint(
                condition=(Q(status=ItemStatus.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawal_reason=""))
                | (~Q(status=ItemStatus.WITHDRAWN) & Q(withdrawn_at__isnull=True, withdrawal_reason="")),
                name="a_withdrawal_says_when_and_why",
                violation_error_message="Say why the item is withdrawn.",
            ),
            models.CheckConstraint(
                condition=~Q(held=HeldAt.LOCATION) | ~Q(location=""),
                name="evidence_held_elsewhere_says_where",
                violation_error_message="Say where the evidence can be seen.",
            ),
            models.CheckConstraint(
                condition=Q(group_work=False) | ~Q(own_contribution=""),
                name="group_work_names_the_own_contribution",
                violation_error_message="For work made together with others, say what your own contribution was.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EvidenceKind.PRIOR_LEARNING)
                | (~Q(prior_source="") & Q(prior_achieved_on__isnull=False)),
                name="prior_learning_says_whence_and_when",
                violation_error_message="Say where the prior learning comes from, and when it was achieved.",
            ),
            models.CheckConstraint(
                condition=Q(others_data=OthersData.NONE) | ~Q(data_protection=""),
                name="others_data_is_protected",
                violation_error_message="Say whose data is in the evidence and how it is protected.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceFile(models.Model):
    """A file of a version, under the name the candidate gave it."""

    version = models.ForeignKey(EvidenceVersion, on_delete=models.PROTECT, related_name="files")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, editable=False, help_text="taken out of a draft")
    quarantined_at = models.DateTimeField(null=True, editable=False)
    quarantined_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+", help_text="nobody: the scanner"
    )
    destroyed_at = models.DateTimeField(null=True, editable=False, help_text="bytes destroyed by redaction")
    destroyed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    reason = models.TextField(blank=True, editable=False, help_text="why it was quarantined or destroyed")
    disposed_at = models.DateTimeField(null=True, editable=False, help_text="bytes destroyed when their time was over")
    disposed_under = models.TextField(blank=True, editable=False, help_text="which rule of the retention schedule")

    class Meta:
        ordering = ["version", "position", "pk"]
        indexes = [
            models.Index(
                fields=["version"],
                condition=Q(quarantined_at__isnull=False) | Q(destroyed_at__isnull=False),
                name="files_shut_away",
            ),
            models.Index(
                fields=["centre"],
                condition=Q(quarantined_at=None, destroyed_at=None, removed_at=None),
                name="files_kept_at_a_centre",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarantined_at__isnull=True, quarantined_by__isnull=True)
                | (Q(quarantined_at__isnull=False) & ~Q(reason="")),
                name="a_quarantine_says_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True, destroyed_by__isnull=True)
                | (Q(destroyed_at__isnull=False, destroyed_by__isnull=False) & ~Q(reason="")),
                name="a_redaction_says_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(disposed_at__isnull=True, disposed_under="")
                | (Q(disposed_at__isnull=False) & ~Q(disposed_under="")),
                name="a_file_whose_time_was_over_says_which_rule",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Release(StandingRow):
    """That a file came out of quarantine, why, and what that quarantine was. The file itself shows none any more."""

    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="releases")
    quarantined_at = models.DateTimeField()
    quarantined_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    quarantine_reason = models.TextField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()

    objects = StandingQuerySet["Release"].as_manager()

    class Meta:
        ordering = ["file", "released_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(released_by=F("quarantined_by")),
                name="nobody_releases_what_they_shut_away",
                violation_error_message="Somebody else must release what you put in quarantine.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_release_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.file}: released"


class Mapping(models.Model):
    """The claim that an item shows a criterion of an enrolment. Taken back by filling its columns, never deleted."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="mappings")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="mappings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="mappings")
    locator = models.CharField("page, paragraph or minute", max_length=100, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    waiting_since = models.DateTimeField(
        null=True, editable=False, help_text="handed in and not judged yet, since when: the assessor's queue"
    )
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    taken_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["evidence", "criterion__position"]
        indexes = [
            models.Index(fields=["enrolment", "criterion"]),
            models.Index(
                fields=["enrolment", "waiting_since", "evidence"],
                condition=Q(waiting_since__isnull=False),
                name="mappings_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(waiting_since__isnull=True) | Q(taken_back_at__isnull=True),
                name="a_mapping_taken_back_does_not_wait",
            ),
            models.UniqueConstraint(
                fields=["evidence", "enrolment", "criterion"],
                condition=Q(taken_back_at=None),
                name="an_item_is_mapped_to_a_criterion_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="a_mapping_taken_back_says_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} for {self.criterion.number}"


class Showing(models.Model):
    """The claim that an item shows a leaf of its unit's evidence requirements. Taken back by filling its columns."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="showings")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="showings")
    requirement = models.ForeignKey(EvidenceRequirement, on_delete=models.PROTECT, related_name="showings")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(
        null=True, editable=False, help_text="when an assessor said it, or first read the item in this unit after that"
    )
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    taken_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["evidence", "requirement__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "enrolment", "requirement"],
                condition=Q(taken_back_at=None),
                name="an_item_shows_a_requirement_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="a_showing_taken_back_says_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} for evidence requirement {self.requirement.path}"
