"""Centres, the people who sign in, and what each of them is at which centre."""

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string

from portfolio.enums import Country, Language, QualificationKind, Role
from portfolio.models.base import one_of
from portfolio.models.mailbox import Mailbox

PRIOR_LEARNING_YEARS = 3
"""How old prior learning may be before a reader is asked whether it is still current, unless the centre says otherwise.

Source: evidence is to be current (domain rule 13); awarding bodies name two to five years, and none forbids older.
"""

RecordT = TypeVar("RecordT", bound=models.Model)


class CentreQuerySet(models.QuerySet["Centre"]):
    def visible_to(self, user: "User") -> "CentreQuerySet":
        """Centres at which the person holds any role today."""
        return self.filter(pk__in=centres_of(user, *Role))

    def kept_by(self, user: "User") -> "CentreQuerySet":
        """Centres whose people's records the person keeps: those they administer today."""
        return self.filter(pk__in=centres_kept_by(user))

    def run_by(self, user: "User") -> "CentreQuerySet":
        """Centres all of whose units the person sees: those they administer, or whose verification they lead, today."""
        return self.filter(pk__in=centres_of(user, Role.ADMINISTRATOR, Role.LEAD_VERIFIER))


class Centre(models.Model):
    """An assessment centre: the tenant. Every row that belongs to a centre carries it."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    created_at = models.DateTimeField()
    country = models.CharField(max_length=20, choices=Country, default=Country.ENGLAND_WALES)
    prior_learning_years = models.PositiveSmallIntegerField(
        "years after which prior learning is asked to be current", default=PRIOR_LEARNING_YEARS
    )

    privacy_notice = models.TextField("privacy notice", blank=True, help_text="in the centre's own words")
    privacy_address = models.URLField("address of the privacy notice", blank=True)

    objects = CentreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            one_of("country", Country, "country_is_known"),
            models.CheckConstraint(
                condition=Q(prior_learning_years__gte=1),
                name="prior_learning_is_current_for_a_year_at_least",
                violation_error_message="Prior learning is current for a year at least.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.signing_in_by(username or "").get()

    def signing_in_by(self, address: str) -> "models.QuerySet[User]":
        """Whoever has this address, in small letters or large: asked as their index knows it, not of all users."""
        return self.alias(address=Lower("email")).filter(address=Lower(Value(address.strip())))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person's sign-in. Without a password they choose one by their invitation."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


def new_handle() -> str:
    """Ten characters that tell nothing: a running number would tell an administrator whose sign-in is older."""
    return get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789")


class RolesRead(NamedTuple):
    """A person's roles in force on a day, by centre, as the door of a page read them."""

    day: datetime.date
    roles: Mapping[int, frozenset[str]]


class User(AbstractBaseUser):
    """Somebody's e-mail address and credentials, and nothing else: names belong to the records a centre keeps."""

    email = models.EmailField(max_length=254, unique=True)
    mailbox = models.GeneratedField(
        expression=Mailbox("email"), output_field=models.CharField(max_length=254), db_persist=True
    )
    handle = models.CharField(max_length=10, unique=True, default=new_handle, editable=False, help_text="for addresses")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    roles_read: RolesRead | None = None
    """Filled for the length of a request (portfolio/access.py), so that what is asked in it need not ask again."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = [models.Index(fields=["mailbox"], name="people_by_mailbox")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_sign_in_per_address",
                violation_error_message="Somebody signs in with this address already.",
            )
        ]

    def __str__(self) -> str:
        return self.email


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def on(self, day: datetime.date) -> "RoleGrantQuerySet":
        """Grants in force on a day: its first and last day included."""
        return self.ending_from(day).filter(starts_on__lte=day)

    def ending_from(self, day: datetime.date) -> "RoleGrantQuerySet":
        """Grants in force on a day or later: those that have not ended before it."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day))

    def visible_to(self, user: User) -> "RoleGrantQuerySet":
        """An administrator sees the roles of the centre, everybody their own."""
        return self.filter(Q(user=user) | Q(centre__in=centres_kept_by(user)))


class RoleGrant(models.Model):
    """That a person holds a role at a centre, from a day and perhaps to a day.

    An external verifier always has a last day, and may be kept from taking anything away (domain rule 10).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    may_download = models.BooleanField("files and documents may be taken away", default=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ["centre", "user", "role"]
        constraints = [
            one_of("role", Role, "role_is_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="role_ends_after_it_starts",
                violation_error_message="A role cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.EXTERNAL_VERIFIER) | Q(ends_on__isnull=False),
                name="an_external_verifiers_days_end",
                violation_error_message="Say until which day the external verifier sees the centre’s work.",
            ),
            models.CheckConstraint(
                condition=Q(may_download=True) | Q(role=Role.EXTERNAL_VERIFIER),
                name="only_external_verifiers_are_kept_from_downloads",
            ),
            models.UniqueConstraint(
                fields=["user", "centre", "role"],
                condition=Q(ends_on=None),
                name="a_role_is_held_once_at_a_time",
                violation_error_message="This person holds that role here already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.get_role_display()} at {self.centre}"


def centres_of(
    user: User, *roles: Role, day: datetime.date | None = None
) -> list[int] | models.QuerySet[RoleGrant, Any]:
    """Ids of the centres where the person holds one of the roles on the day, today when none is given.

    As a list where the door has read the person's roles for that day already, else as a subquery. Most of what a query
    costs is writing it, and this is part of nearly every one.
    """
    day = day or timezone.localdate()
    if user.roles_read and user.roles_read.day == day:
        return [centre for centre, held in user.roles_read.roles.items() if held & set(roles)]
    return RoleGrant.objects.on(day).filter(user=user, role__in=roles).values("centre")


def holders(centre_id: int, role: Role, day: datetime.date) -> list[User]:
    """Those who hold a role at a centre on a day."""
    grants = RoleGrant.objects.on(day).filter(centre=centre_id, role=role)
    return [grant.user for grant in grants.select_related("user").order_by("user")]


def centres_kept_by(user: User) -> list[int] | models.QuerySet[RoleGrant, Any]:
    """Ids of the centres the person administers today."""
    return centres_of(user, Role.ADMINISTRATOR)


class RecordQuerySet(models.QuerySet[RecordT]):
    """What a centre keeps about its people."""

    def visible_to(self, user: User) -> "RecordQuerySet[RecordT]":
        """An administrator sees the records of the centre, everybody their own."""
        return self.filter(Q(user=user) | Q(centre__in=centres_kept_by(user)))


class CandidateRecord(models.Model):
    """A person as a candidate of a centre: the names and numbers that go on forms. Evidence belongs to it."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="candidates")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="candidate_records")
    legal_name = models.CharField("name as on legal identification", max_length=200)
    known_as = models.CharField(max_length=200, blank=True)
    centre_reference = models.CharField("centre's own reference", max_length=30, blank=True)
    candidate_number = models.CharField("awarding body's candidate number", max_length=30, blank=True)
    uln = models.CharField("unique learner number", max_length=10, blank=True)
    scn = models.CharField("Scottish candidate number", max_length=9, blank=True)
    uci = models.CharField("unique candidate identifier", max_length=13, blank=True)
    language = models.CharField("language of assessment", max_length=10, choices=Language, default=Language.ENGLISH)
    workplace = models.CharField("place of work", max_length=200, blank=True)
    registered_on = models.DateField("registered with the awarding body on", null=True, blank=True)
    invited_at = models.DateTimeField(null=True, editable=False, help_text="empty while the letter is held back")
    last_evidence_number = models.PositiveIntegerField(default=0, editable=False)

    objects = RecordQuerySet["CandidateRecord"].as_manager()

    class Meta:
        ordering = ["legal_name"]
        constraints = [
            one_of("language", Language, "language_of_assessment_is_known"),
            models.UniqueConstraint(
                fields=["centre", "user"],
                name="one_candidate_record_per_centre",
                violation_error_message="This person is a candidate of the centre already.",
            ),
            models.UniqueConstraint(
                fields=["centre", "uln"],
                condition=~Q(uln=""),
                name="one_candidate_per_learner_number",
                violation_error_message="Another candidate of the centre has this unique learner number.",
            ),
            models.UniqueConstraint(
                fields=["centre", "scn"],
                condition=~Q(scn=""),
                name="one_candidate_per_scottish_number",
                violation_error_message="Another candidate of the centre has this Scottish candidate number.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name used on screen; forms print the legal name."""
        return self.known_as or self.legal_name


class StaffRecord(models.Model):
    """A person as staff of a centre."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="staff_records")
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    invited_at = models.DateTimeField(null=True, editable=False, help_text="empty while the letter is held back")

    objects = RecordQuerySet["StaffRecord"].as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "user"],
                name="one_staff_record_per_centre",
                violation_error_message="This person is staff of the centre already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ExternalRecord(models.Model):
    """A person as an awarding body's external verifier at a centre: nobody on its staff, and no candidate of it."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="externals")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="external_records")
    name = models.CharField(max_length=200)
    invited_at = models.DateTimeField(null=True, editable=False)

    objects = RecordQuerySet["ExternalRecord"].as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "user"],
                name="one_external_record_per_centre",
                violation_error_message="This person is an external verifier of the centre already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class StaffQualificationQuerySet(models.QuerySet["StaffQualification"]):
    def visible_to(self, user: User) -> "StaffQualificationQuerySet":
        """An administrator sees the qualifications of the centre's staff, everybody their own."""
        return self.filter(Q(staff__user=user) | Q(staff__centre__in=centres_kept_by(user)))


class StaffQualification(models.Model):
    """An award that lets staff assess or verify, held or being worked towards.

    Source: awarding bodies' centre handbooks; unqualified assessors' decisions need a countersignature (NVQ Code of
    Practice, approved-centre criteria).
    """

    staff = models.ForeignKey(StaffRecord, on_delete=models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=10, choices=QualificationKind)
    role = models.CharField("role it qualifies for", max_length=20, choices=Role)
    achieved_on = models.DateField(null=True, blank=True)
    target_on = models.DateField("working towards it by", null=True, blank=True)
    certificate_number = models.CharField(max_length=50, blank=True)

    objects = StaffQualificationQuerySet.as_manager()

    class Meta:
        ordering = ["staff", "kind"]
        constraints = [
            one_of("kind", QualificationKind, "staff_qualification_kind_is_known"),
            one_of("role", Role, "staff_qualification_role_is_known"),
            models.CheckConstraint(
                condition=Q(achieved_on__isnull=False) | Q(target_on__isnull=False),
                name="a_qualification_is_held_or_aimed_at",
                violation_error_message="Say when the qualification was achieved, or by when it will be.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.get_kind_display()}"
