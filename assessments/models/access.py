"""What an awarding body's external verifier is let see of a centre: from which day to which, and of which units."""

import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, StandingQuerySet, StandingRow, User, centres_of
from portfolio.rules import OVERSEEING
from units.models import AwardingBody, Unit


class ExternalAccessQuerySet(models.QuerySet["ExternalAccess"]):
    def visible_to(self, user: User) -> "ExternalAccessQuerySet":
        """The accounts of a centre, for its verifiers and its office; for whoever looks there now those of the same
        awarding body, so that one visit can go on where another ended."""
        same = bodies_opened_to(user, centre="centre", body="awarding_body")
        return self.filter(Q(centre__in=centres_of(user, *OVERSEEING)) | same)

    def in_force(self, user: User, day: datetime.date | None = None) -> "ExternalAccessQuerySet":
        """The person's own on a day, its first and its last included: none before, none after."""
        return self.on(day or timezone.localdate()).filter(grant__user=user)

    def on(self, day: datetime.date) -> "ExternalAccessQuerySet":
        """Those in force on a day."""
        return self.filter(grant__starts_on__lte=day, grant__ends_on__gte=day, ended_at=None)


class ExternalAccess(models.Model):
    """That an external verifier sees, and only sees, the work in some of an awarding body's units at a centre.

    Their days, and whether they may take files away, are those of the role (`grant`), so it ends by itself. `units`
    names the units; with `all_units` it is whatever of the body's a candidate is enrolled on. Source: domain rule 10.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="external_accesses")
    grant = models.OneToOneField(RoleGrant, on_delete=models.PROTECT, related_name="external_access")
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="+")
    all_units = models.BooleanField("all units of the awarding body", default=False)
    units = models.ManyToManyField(Unit, through="ExternalUnit", related_name="+")
    reference = models.CharField("visit, or the body’s reference", max_length=200)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False, help_text="before its last day was over")
    end_reason = models.TextField(blank=True, editable=False)

    objects = ExternalAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]
        verbose_name = "external verifier's access"
        verbose_name_plural = "accesses of external verifiers"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reference=""),
                name="an_external_access_says_what_for",
                violation_error_message="Say which visit or review it is for.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="an_access_that_was_ended_says_why",
                violation_error_message="Say why it is ended.",
            ),
        ]

    def __str__(self) -> str:
        return f"External verifier of {self.awarding_body}: {self.reference}"


class ExternalUnit(StandingRow):
    """A unit that an external verifier is let see."""

    access = models.ForeignKey(ExternalAccess, on_delete=models.PROTECT, related_name="remit")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["ExternalUnit"].as_manager()

    class Meta:
        ordering = ["access", "pk"]
        constraints = [models.UniqueConstraint(fields=["access", "unit"], name="a_unit_is_named_once_in_an_access")]

    def __str__(self) -> str:
        return str(self.unit)


def looks_from_outside(user: User, day: datetime.date | None = None) -> bool:
    """Whether the person may be an external verifier anywhere. No query, and surely not, where the door has read their
    roles and there is none."""
    centres = centres_of(user, Role.EXTERNAL_VERIFIER, day=day)
    return not isinstance(centres, list) or bool(centres)


def opened_to(user: User, day: datetime.date | None = None, *, at: str = "") -> Q:
    """The units' work that a person sees as external verifier on the day. Empty where that is nothing for sure, which
    for nearly everybody is known without asking. `at` leads from the row asked about to its enrolment."""
    if not looks_from_outside(user, day):
        return Q()
    remit = remit_of(f"{at}unit", f"{at}unit__awarding_body")
    mine = ExternalAccess.objects.in_force(user, day).order_by().values("pk")
    return Q(Exists(ExternalAccess.objects.filter(remit, pk__in=mine, centre=OuterRef(f"{at}centre"))))


def remit_of(unit: str, body: str) -> Q:
    """Of an account: that it is for a unit, by name or as one of the body's. `unit` and `body` lead to them."""
    return Q(units=OuterRef(unit)) | Q(all_units=True, awarding_body=OuterRef(body))


def bodies_opened_to(user: User, day: datetime.date | None = None, *, centre: str, body: str, whole: bool = False) -> Q:
    """What belongs to the work for an awarding body at a centre, as an external verifier of that body sees it.

    `centre` and `body` lead there from the row asked about. With `whole`: only to who sees all of the body's units.
    """
    if not looks_from_outside(user, day):
        return Q()
    mine = ExternalAccess.objects.in_force(user, day).filter(centre=OuterRef(centre), awarding_body=OuterRef(body))
    return Q(Exists(mine.filter(all_units=True) if whole else mine))


def centres_opened_to(user: User, day: datetime.date | None = None) -> models.QuerySet["ExternalAccess"] | list[int]:
    """Ids of the centres where the person is external verifier on the day."""
    if not looks_from_outside(user, day):
        return []
    return ExternalAccess.objects.in_force(user, day).order_by().values("centre")  # type: ignore[return-value]
