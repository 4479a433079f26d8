"""A candidate's unit: who works on it, and where it stands."""

import datetime
import uuid
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from assessments.enums import AllocatedAs, EndedAs, UnitStatus
from assessments.models.access import opened_to
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, User, centres_of, one_of
from units.models import Unit

TALLY = ("criteria_count", "claimed_count", "accepted_count", "returned_count", "pending_count")
"""How many criteria there are and how far they are, kept by the verbs (assessments/actions/counting.py)."""
STAFF = tuple(role for role in Role if role not in (Role.CANDIDATE, Role.EXTERNAL_VERIFIER))
LISTED = (
    "key",
    "centre",
    "candidate__legal_name",
    "candidate__known_as",
    "candidate_user",
    "unit__short_code",
    "unit__title",
    "unit__public_title",
    "unit__awarding_body",
    "assessor",
    "verifier",
    "status",
    "ended_as",
    "break_until",
    "started_on",
    "target_on",
    "cohort",
    "signed_off_at",
    *TALLY,
    "ahead_before",
    "behind_from",
)
DECLARED = (
    UnitStatus.DECLARED,
    UnitStatus.AWAITING_COUNTERSIGNATURE,
    UnitStatus.SIGNED_OFF,
    UnitStatus.VERIFIED,
    UnitStatus.CLAIMED,
    UnitStatus.CERTIFICATED,
    UnitStatus.REVOKED,
)
ASSESSOR_SIGNED = DECLARED[1:]
SIGNED_OFF = DECLARED[2:]
CLAIMED = DECLARED[4:]


def at_stage(*statuses: UnitStatus) -> Q:
    """The unit stands at one of these, or is suspended from one of them."""
    return Q(status__in=statuses) | Q(status=UnitStatus.SUSPENDED, kept_status__in=statuses)


def exactly_when(stage: Q, *columns: str) -> Q:
    """The columns are filled exactly when the unit is at the stage. A withdrawn unit keeps what it had."""
    filled = Q(**{f"{column}__isnull": False for column in columns})
    empty = Q(**{f"{column}__isnull": True for column in columns})
    return Q(status=UnitStatus.WITHDRAWN) | (stage & filled) | (~stage & empty)


def differ(one: str, other: str) -> Q:
    """Two people columns name different people, or one of them nobody."""
    return Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)})


def candidate_at(centre: Centre | int, *, at: str = "") -> Q:
    """Of a unit at the centre: that its candidate is there too, as always. `at` leads to the enrolment.

    Said where candidates are read beside the units of a centre: so PostgreSQL finds them among the centre's own, in
    place of reading through those of all centres.
    """
    return Q(**{f"{at}candidate__centre": centre})


def worked_on_by(user: User, day: datetime.date | None = None, *, at: str = "") -> Q:
    """The units a person sees as staff: those they are allocated to, and all of a centre they run; and those that an
    external verifier is let see.

    The adjudicator of an open appeal is among the first.
    By a role in force on the day, today when none is given. `at` leads from the row asked about to its enrolment, e.g.
    `enrolment__`: joined to one row, that costs less than a list of all they see.
    """
    parts = ("assessor", "countersigner", "verifier", "adjudicator")
    named = reduce(or_, (Q(**{f"{at}{part}": user}) for part in parts))
    staff = Q(**{f"{at}centre__in": centres_of(user, *STAFF, day=day)})
    running = Q(**{f"{at}centre__in": centres_of(user, Role.ADMINISTRATOR, Role.LEAD_VERIFIER, day=day)})
    return (staff & named) | running | opened_to(user, day, at=at)


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "EnrolmentQuerySet":
        """Enrolments that exist for this person: their own; those they are allocated to; all of a centre they run; as
        external verifier those in their remit.

        Staff see through a role in force on the day (today when none is given); candidates always see their own.
        """
        return self.filter(Q(candidate_user=user) | worked_on_by(user, day))

    def held_by(self, user: User, part: str, day: datetime.date | None = None) -> "EnrolmentQuerySet":
        """Of what the person sees, the units on which they are named in this part, e.g. `assessor`."""
        return self.filter(**{part: user}, centre__in=centres_of(user, *STAFF, day=day))

    def named(self, words: str) -> "EnrolmentQuerySet":
        """Those whose candidate's name holds the words, or whose unit has them as its code; all without any."""
        names = Q(candidate__legal_name__icontains=words) | Q(candidate__known_as__icontains=words)
        return self.filter(names | Q(unit__short_code__iexact=words)) if words else self

    def listed(self, *more: str) -> "EnrolmentQuerySet":
        """With candidate and unit, as far as a list tells of them: a specification is too much to read for each row.

        `more` are further columns that the list needs.
        """
        return self.select_related("candidate", "unit").only(*LISTED, *more)

    def locked(self) -> "EnrolmentQuerySet":
        """The enrolments, locked until the transaction ends, in id order so that two verbs never wait in a ring."""
        return self.order_by("pk").select_for_update(of=("self",))


class Enrolment(models.Model):
    """A candidate enrolled on a version of a unit, with the people who work on it."""

    key = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="what signatures name the unit by, wherever it is kept",
    )
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="enrolments")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="enrolments")
    candidate_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="enrolments")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    countersigner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verifier = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=30, choices=UnitStatus, default=UnitStatus.COLLECTING)
    kept_status = models.CharField(
        "status it was suspended from", max_length=30, choices=UnitStatus, blank=True, editable=False
    )
    started_on = models.DateField()
    target_on = models.DateField("target date", null=True, blank=True)
    cohort = models.CharField(max_length=60, blank=True, help_text="the centre's own name of who goes through together")
    criteria_count = models.PositiveSmallIntegerField(default=0, editable=False)
    claimed_count = models.PositiveSmallIntegerField(default=0, editable=False, help_text="or further")
    accepted_count = models.PositiveSmallIntegerField(default=0, editable=False, help_text="or confirmed")
    returned_count = models.PositiveSmallIntegerField(default=0, editable=False)
    pending_count = models.PositiveSmallIntegerField(default=0, editable=False, help_text="met, to be countersigned")
    ahead_before = models.DateField(null=True, editable=False, help_text="ahead of target until the day before")
    behind_from = models.DateField(null=True, editable=False, help_text="behind target from this day")
    declared_at = models.DateTimeField(null=True, editable=False)
    assessor_signed_at = models.DateTimeField(null=True, editable=False)
    assessor_signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    signed_off_at = models.DateTimeField(null=True, editable=False)
    countersigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    claimed_at = models.DateTimeField(null=True, editable=False)
    suspended_at = models.DateTimeField(null=True, editable=False)
    break_until = models.DateField(
        null=True, editable=False, help_text="suspended by a break in learning: when the candidate is expected back"
    )
    paused_days = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="of breaks in learning, which count for no pace"
    )
    ended_at = models.DateTimeField("withdrawn at", null=True, editable=False)
    ended_as = models.CharField("how it ended", max_length=11, choices=EndedAs, blank=True, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False, help_text="by the centre's office, since when")
    open_appeal = models.ForeignKey(
        "assessments.Appeal", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    adjudicator = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+", help_text="of the open appeal"
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["candidate", "unit"]
        indexes = [
            models.Index(fields=["assessor", "status"]),
            models.Index(fields=["verifier", "status"]),
            models.Index(fields=["centre", "status"]),
            models.Index(fields=["centre", "behind_from"]),
        ]
        constraints = [
            one_of("status", UnitStatus, "unit_status_is_known"),
            one_of("kept_status", UnitStatus, "kept_status_is_known", blank=True),
            one_of("ended_as", EndedAs, "how_a_unit_ended_is_known", blank=True),
            models.UniqueConstraint(
                fields=["candidate", "unit"],
                condition=~Q(status=UnitStatus.WITHDRAWN),
                name="a_candidate_takes_a_unit_once",
                violation_error_message="The candidate is enrolled on this unit already.",
            ),
            models.CheckConstraint(
                condition=~Q(candidate_user=F("assessor"))
                & ~Q(candidate_user=F("verifier"))
                & differ("candidate_user", "countersigner"),
                name="nobody_assesses_or_verifies_themselves",
                violation_error_message="Nobody can be assessor, countersigner or verifier of their own unit.",
            ),
            models.CheckConstraint(
                condition=~Q(assessor=F("verifier"))
                & differ("assessor", "countersigner")
                & differ("countersigner", "verifier"),
                name="assessor_countersigner_and_verifier_differ",
                violation_error_message="Assessor, countersigner and verifier must be three different people.",
            ),
            models.CheckConstraint(
                condition=differ("verified_by", "assessor_signed_by")
                & differ("verified_by", "countersigned_by")
                & differ("assessor_signed_by", "countersigned_by")
                & differ("verified_by", "candidate_user")
                & differ("assessor_signed_by", "candidate_user")
                & differ("countersigned_by", "candidate_user"),
                name="nobody_signs_twice_for_a_unit",
                violation_error_message="Nobody may sign a unit in two parts, or sign for their own.",
            ),
            models.CheckConstraint(
                condition=exactly_when(at_stage(*DECLARED), "declared_at"),
                name="a_declared_unit_says_when",
            ),
            models.CheckConstraint(
                condition=exactly_when(at_stage(*ASSESSOR_SIGNED), "assessor_signed_at", "assessor_signed_by"),
                name="a_unit_signed_by_its_assessor_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=exactly_when(at_stage(*SIGNED_OFF), "signed_off_at"),
                name="a_signed_off_unit_says_when",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | at_stage(*SIGNED_OFF) | Q(status=UnitStatus.WITHDRAWN),
                name="only_a_signed_off_unit_is_countersigned",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="a_verification_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(status=UnitStatus.WITHDRAWN)
                | (at_stage(UnitStatus.VERIFIED) & Q(verified_at__isnull=False))
                | at_stage(*CLAIMED)
                | (~at_stage(UnitStatus.VERIFIED, *CLAIMED) & Q(verified_at__isnull=True)),
                name="a_verified_unit_says_when",
            ),
            models.CheckConstraint(
                condition=exactly_when(at_stage(*CLAIMED), "claimed_at"),
                name="a_claimed_unit_says_when",
            ),
            models.CheckConstraint(
                condition=(Q(status=UnitStatus.SUSPENDED, suspended_at__isnull=False) & ~Q(kept_status=""))
                | (~Q(status=UnitStatus.SUSPENDED) & Q(suspended_at__isnull=True, kept_status="")),
                name="a_suspended_unit_keeps_its_status",
            ),
            models.CheckConstraint(
                condition=Q(break_until__isnull=True) | Q(status=UnitStatus.SUSPENDED),
                name="a_break_suspends_its_units",
            ),
            models.CheckConstraint(
                condition=(Q(status=UnitStatus.WITHDRAWN, ended_at__isnull=False) & ~Q(ended_as=""))
                | (~Q(status=UnitStatus.WITHDRAWN) & Q(ended_at__isnull=True, ended_as="")),
                name="a_withdrawn_unit_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=Q(target_on__isnull=True) | Q(target_on__gte=F("started_on")),
                name="a_unit_is_aimed_at_after_it_starts",
                violation_error_message="The target date cannot be before the start.",
            ),
            models.CheckConstraint(
                condition=Q(claimed_count__lte=F("criteria_count"))
                & Q(accepted_count__lte=F("claimed_count"))
                & Q(pending_count__lte=F("claimed_count")),
                name="a_unit_is_no_further_than_it_has_criteria",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.unit}"

    @property
    def paced_from(self) -> datetime.date:
        """From when its pace counts: its start, later by the days of breaks in learning."""
        return self.started_on + datetime.timedelta(days=self.paused_days)

    def get_status_display(self) -> str:  # type: ignore[no-redef]  # in place of Django’s
        """Where it stands, in words; of one that ended, how."""
        if self.status == UnitStatus.WITHDRAWN and self.ended_as:
            return EndedAs(self.ended_as).label
        return UnitStatus(self.status).label


class Allocation(models.Model):
    """Who held which part on an enrolment, from when to when: the history behind the enrolment's own columns.

    Source: assessor and internal verifier are named and recorded for every unit (SQA pre-delivery records).
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="allocations")
    part = models.CharField(max_length=13, choices=AllocatedAs)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    despite = models.TextField("why in spite of a conflict of interest", blank=True)

    class Meta:
        ordering = ["enrolment", "from_at", "pk"]
        constraints = [
            one_of("part", AllocatedAs, "allocated_part_is_known"),
            models.UniqueConstraint(
                fields=["enrolment", "part"], condition=Q(to_at=None), name="a_part_is_held_by_one_person_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="an_allocation_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.user}"
