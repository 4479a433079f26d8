"""A qualification and its rules of combination: which units make the whole award."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from portfolio.enums import Role
from portfolio.models import Centre, StandingQuerySet, StandingRow, User, one_of
from portfolio.models.people import centres_of
from units.enums import GroupKind
from units.models.body import AwardingBody
from units.models.unit import Unit


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def get_by_natural_key(self, key: str, version: int) -> "Qualification":
        return self.get(key=key, version=version)

    def published(self) -> "QualificationQuerySet":
        """Those in use."""
        return self.filter(publication__isnull=False)

    def visible_to(self, user: User) -> "QualificationQuerySet":
        """In use and the standard's own, or written by a centre of the person's; drafts by who administers it."""
        own = Q(centre__in=centres_of(user, *Role), publication__isnull=False)
        standard = Q(centre=None, publication__isnull=False)
        return self.filter(own | standard | Q(centre__in=centres_of(user, Role.ADMINISTRATOR)))

    def kept_by(self, user: User) -> "QualificationQuerySet":
        """Those of the centres the person administers."""
        return self.filter(centre__in=centres_of(user, Role.ADMINISTRATOR))

    def offered_at(self, centre: Centre) -> "QualificationQuerySet":
        """In use, the standard's or the centre's own, of the awarding bodies that approved the centre."""
        bodies = centre.approvals.values("awarding_body")
        return self.published().filter(Q(centre=None) | Q(centre=centre), awarding_body__in=bodies)


class Qualification(models.Model):
    """A version of a qualification. What its source does not say is empty: no rule is made of it.

    Source: credits, mandatory and optional groups, a minimum at a level and barred units (domain rule 57, after
    https://studylib.net/doc/11668009/customer-service-level-4-nvq-diploma-in-customer-service-...).
    """

    key = models.SlugField(max_length=60, help_text="the qualification, whatever its version")
    version = models.PositiveSmallIntegerField(default=1)
    centre = models.ForeignKey(
        Centre,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="qualifications",
        help_text="who wrote it down; empty for what comes with the standard",
    )
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="qualifications")
    number = models.CharField("qualification number", max_length=20, blank=True, help_text="as on the register")
    title = models.CharField(max_length=255)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    minimum_credits = models.PositiveSmallIntegerField("credits in all, at least", null=True, blank=True)
    high_level = models.PositiveSmallIntegerField("level of which a minimum is asked", null=True, blank=True)
    minimum_at_high_level = models.PositiveSmallIntegerField(
        "credits at that level or above, at least", null=True, blank=True
    )
    from_on = models.DateField("candidates are registered from", null=True, blank=True)
    to_on = models.DateField("candidates are registered until", null=True, blank=True)
    source = models.TextField("where the structure was taken from", blank=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        ordering = ["title", "key", "version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="a_qualification_version_is_written_once"),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="a_qualification_ends_after_it_starts",
                violation_error_message="Registration cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(high_level__isnull=True, minimum_at_high_level__isnull=True)
                | Q(high_level__isnull=False, minimum_at_high_level__isnull=False),
                name="a_minimum_at_a_level_names_the_level",
                violation_error_message="Say both the level and how many credits at that level or above, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str, int]:
        return (self.key, self.version)

    natural_key.dependencies = ["units.awardingbody"]  # type: ignore[attr-defined]


class QualificationPublication(StandingRow):
    """That a qualification is in use: from here on its structure is frozen. Never in a fixture, like a unit's."""

    qualification = models.OneToOneField(Qualification, on_delete=models.PROTECT, related_name="publication")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["QualificationPublication"].as_manager()

    def __str__(self) -> str:
        return f"{self.qualification} published {self.at:%d %B %Y}"


class GroupManager(models.Manager["QualificationGroup"]):
    def get_by_natural_key(self, position: int, key: str, version: int) -> "QualificationGroup":
        return self.get(position=position, qualification__key=key, qualification__version=version)


class QualificationGroup(models.Model):
    """A group of units. All units of a mandatory group are needed; of an optional one, as many as it asks for."""

    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="groups")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=GroupKind)
    minimum_units = models.PositiveSmallIntegerField("units, at least", null=True, blank=True)
    minimum_credits = models.PositiveSmallIntegerField("credits, at least", null=True, blank=True)
    maximum_credits = models.PositiveSmallIntegerField("credits that count, at most", null=True, blank=True)

    objects: ClassVar[GroupManager] = GroupManager()

    class Meta:
        ordering = ["qualification_id", "position"]
        constraints = [
            one_of("kind", GroupKind, "group_kind_is_known"),
            models.UniqueConstraint(fields=["qualification", "position"], name="groups_have_places"),
            models.CheckConstraint(
                condition=Q(minimum_credits__isnull=True)
                | Q(maximum_credits__isnull=True)
                | Q(maximum_credits__gte=F("minimum_credits")),
                name="a_group_counts_as_much_as_it_asks_for",
                violation_error_message="A group cannot ask for more credits than count from it.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[int, str, int]:
        return (self.position, *self.qualification.natural_key())

    natural_key.dependencies = ["units.qualification"]  # type: ignore[attr-defined]


class QualificationUnitManager(models.Manager["QualificationUnit"]):
    def get_by_natural_key(self, unit: str, unit_version: int, key: str, version: int) -> "QualificationUnit":
        return self.get(
            unit__key=unit, unit__version=unit_version, qualification__key=key, qualification__version=version
        )


class QualificationUnit(models.Model):
    """A version of a unit in a group of a qualification, in which it stands once."""

    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="listed_units")
    group = models.ForeignKey(QualificationGroup, on_delete=models.PROTECT, related_name="listed_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="listed_in")
    position = models.PositiveSmallIntegerField()

    objects: ClassVar[QualificationUnitManager] = QualificationUnitManager()

    class Meta:
        ordering = ["qualification_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["qualification", "unit"],
                name="a_unit_stands_in_one_group",
                violation_error_message="A unit stands in one group of a qualification.",
            ),
            models.UniqueConstraint(fields=["qualification", "position"], name="units_of_a_qualification_have_places"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} in {self.qualification}"

    def natural_key(self) -> tuple[str, int, str, int]:
        return (*self.unit.natural_key(), *self.qualification.natural_key())

    natural_key.dependencies = ["units.unit", "units.qualificationgroup"]  # type: ignore[attr-defined]


class BarredPairManager(models.Manager["BarredPair"]):
    def get_by_natural_key(self, *keys: str | int) -> "BarredPair":
        one, one_version, other, other_version, key, version = keys
        return self.get(
            one__unit__key=one,
            one__unit__version=one_version,
            other__unit__key=other,
            other__unit__version=other_version,
            qualification__key=key,
            qualification__version=version,
        )


class BarredPair(models.Model):
    """A barred combination: of these two units only one counts."""

    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="barred_pairs")
    one = models.ForeignKey(QualificationUnit, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(QualificationUnit, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[BarredPairManager] = BarredPairManager()

    class Meta:
        ordering = ["qualification_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="units_are_barred_once"),
            models.CheckConstraint(
                condition=~Q(one=F("other")),
                name="a_unit_is_not_barred_with_itself",
                violation_error_message="A unit cannot be barred with itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one.unit.short_code} or {self.other.unit.short_code}"

    def natural_key(self) -> tuple[str, int, str, int, str, int]:
        return (*self.one.unit.natural_key(), *self.other.unit.natural_key(), *self.qualification.natural_key())

    natural_key.dependencies = ["units.qualificationunit"]  # type: ignore[attr-defined]
