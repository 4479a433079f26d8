"""A unit specification and the parts of it that are not assessed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from portfolio.enums import Role
from portfolio.models import Centre, StandingQuerySet, StandingRow, User, one_of
from portfolio.models.people import centres_of
from units.enums import Marked, SkillSubject, SpecificationStyle, WordingStatus
from units.models.body import AwardingBody


class UnitQuerySet(models.QuerySet["Unit"]):
    def get_by_natural_key(self, key: str, version: int) -> "Unit":
        return self.get(key=key, version=version)

    def published(self) -> "UnitQuerySet":
        """Unit versions in use."""
        return self.filter(publication__isnull=False)

    def visible_to(self, user: User) -> "UnitQuerySet":
        """The standard is no secret: its units are there for everybody who is signed in. What a centre brought in is
        there for its own people; while it is a draft, for those who administer the centre."""
        in_use = Q(publication__isnull=False) & (Q(centre=None) | Q(centre__in=centres_of(user, *Role)))
        return self.filter(in_use | Q(centre__in=centres_of(user, Role.ADMINISTRATOR)))

    def kept_by(self, user: User) -> "UnitQuerySet":
        """Those that the centres brought in which the person administers."""
        return self.filter(centre__in=centres_of(user, Role.ADMINISTRATOR))

    def known_at(self, centre: Centre | None) -> "UnitQuerySet":
        """The standard's own and the centre's, in use or not."""
        return self.filter(Q(centre=None) | Q(centre=centre))

    def offered_at(self, centre: Centre) -> "UnitQuerySet":
        """In use, the standard's or the centre's own, of the awarding bodies that approved the centre."""
        bodies = centre.approvals.values("awarding_body")
        return self.known_at(centre).published().filter(awarding_body__in=bodies)


class Unit(models.Model):
    """A version of a unit specification, worded as its source document words it. What the source lacks is empty."""

    key = models.SlugField(max_length=100, help_text="the specification, whatever its version (see keys.py)")
    version = models.PositiveSmallIntegerField(default=1)
    centre = models.ForeignKey(
        Centre,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        help_text="who brought it in; empty for what comes with the standard",
    )
    awarding_body = models.ForeignKey(AwardingBody, on_delete=models.PROTECT, related_name="units")
    style = models.CharField(max_length=3, choices=SpecificationStyle)
    short_code = models.CharField(max_length=20, help_text="what people call it, e.g. CC16")
    title = models.CharField(max_length=255, blank=True, help_text="empty where the source has none")
    public_title = models.CharField(max_length=255, blank=True, help_text="title from public lists, not the source")
    body_unit_number = models.CharField("awarding body's unit number", max_length=30, blank=True)
    sector_unit_number = models.CharField(max_length=30, blank=True)
    unit_reference_number = models.CharField(max_length=20, blank=True)
    public_reference_number = models.CharField(max_length=20, blank=True, help_text="not in the source")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    credit_value = models.PositiveSmallIntegerField(null=True, blank=True)
    guided_learning_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    overview_heading = models.CharField(max_length=120, blank=True)
    purpose = models.TextField(blank=True, help_text="paragraphs separated by an empty line")
    outcomes_intro = models.CharField(max_length=200, blank=True)
    criteria_intro = models.CharField(max_length=200, blank=True)
    teaching_heading = models.CharField(max_length=200, blank=True)
    teaching_intro = models.CharField(max_length=200, blank=True)
    knowledge_intro = models.CharField(max_length=200, blank=True)
    assessment = models.TextField(blank=True)
    evidence_intro = models.TextField(blank=True)
    guidance_on_assessment = models.TextField(blank=True)
    nos_text = models.TextField(blank=True)
    functional_skills_intro = models.TextField(blank=True)
    functional_skills_note = models.TextField(blank=True)
    resources = models.TextField(blank=True)
    additional_information = models.TextField(blank=True)
    copyright_note = models.CharField(max_length=120, blank=True)
    completeness_note = models.TextField(blank=True, help_text="what the source may lack, said, never invented")
    simulation_allowed = models.BooleanField(default=True)
    realistic_working_environment_allowed = models.BooleanField(default=True)
    work_placement_allowed = models.BooleanField(default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["awarding_body__code", "key", "version"]
        constraints = [
            one_of("style", SpecificationStyle, "unit_style_is_known"),
            models.UniqueConstraint(fields=["key", "version"], name="a_unit_version_is_specified_once"),
        ]

    def __str__(self) -> str:
        return f"{self.short_code} {self.shown_title}".strip()

    def natural_key(self) -> tuple[str, int]:
        return (self.key, self.version)

    natural_key.dependencies = ["units.awardingbody"]  # type: ignore[attr-defined]

    @property
    def shown_title(self) -> str:
        """The title to show: the source's, else the public one (which pages mark as not in the source)."""
        return self.title or self.public_title

    def refusals_at(self, centre: Centre) -> list[str]:
        """Why it is nothing for this centre: another one brought it in."""
        if self.centre_id in (None, centre.pk):
            return []
        return [f"{self.short_code} was brought in by another centre, and is not offered at this one."]

    @property
    def offered_as(self) -> str:
        """What it is called where one of several is chosen: with its version, from the second on."""
        return str(self) if self.version == 1 else f"{self} (version {self.version})"


class UnitPublication(StandingRow):
    """That a unit version is in use: from here on its wording is frozen (a trigger refuses any change).

    Never in a fixture, so that loading the same fixture again changes nothing.
    """

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="publication")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["UnitPublication"].as_manager()

    def __str__(self) -> str:
        return f"{self.unit} published {self.at:%d %B %Y}"


class RequirementManager(models.Manager["EvidenceRequirement"]):
    def get_by_natural_key(self, path: str, key: str, version: int) -> "EvidenceRequirement":
        return self.get(path=path, unit__key=key, unit__version=version)


class EvidenceRequirement(models.Model):
    """A node of the tree of evidence requirements. Leaves below a heading can be ticked off with evidence."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="evidence_requirements")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    path = models.CharField(max_length=40, help_text="place in the tree, e.g. 5.2.1; sorts by `position`")
    position = models.PositiveSmallIntegerField(help_text="reading order within the unit, from 1")
    label = models.CharField(max_length=10, blank=True, help_text="as printed: 1, (a); empty for bullets")
    text = models.TextField()
    wording = models.CharField(max_length=10, choices=WordingStatus, default=WordingStatus.SOUND)
    wording_note = models.TextField(blank=True)

    objects: ClassVar[RequirementManager] = RequirementManager()

    class Meta:
        ordering = ["unit_id", "position"]
        constraints = [
            one_of("wording", WordingStatus, "requirement_wording_status_is_known"),
            models.CheckConstraint(
                condition=Q(wording=WordingStatus.SOUND, wording_note="")
                | (~Q(wording=WordingStatus.SOUND) & ~Q(wording_note="")),
                name="a_requirement_wording_in_doubt_has_its_note",
                violation_error_message="Say in the note what was repaired or cannot be read, and only then.",
            ),
            models.UniqueConstraint(fields=["unit", "path"], name="requirement_paths_are_unique"),
            models.UniqueConstraint(fields=["unit", "position"], name="requirements_have_places"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.text}".strip()

    def natural_key(self) -> tuple[str, str, int]:
        return (self.path, *self.unit.natural_key())

    natural_key.dependencies = ["units.unit"]  # type: ignore[attr-defined]


class NosReferenceManager(models.Manager["NosReference"]):
    def get_by_natural_key(self, suite: str, number: str, key: str, version: int) -> "NosReference":
        return self.get(occupational_standards=suite, unit_number=number, unit__key=key, unit__version=version)


class NosReference(models.Model):
    """The national occupational standard a unit maps to."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="nos_references")
    occupational_standards = models.CharField(max_length=120)
    unit_number = models.CharField(max_length=20)
    title = models.CharField(max_length=255)

    objects: ClassVar[NosReferenceManager] = NosReferenceManager()

    class Meta:
        ordering = ["unit_id", "unit_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "occupational_standards", "unit_number"], name="a_standard_is_referred_to_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.occupational_standards} {self.unit_number} {self.title}"

    def natural_key(self) -> tuple[str, str, str, int]:
        return (self.occupational_standards, self.unit_number, *self.unit.natural_key())

    natural_key.dependencies = ["units.unit"]  # type: ignore[attr-defined]


class FunctionalSkillManager(models.Manager["FunctionalSkill"]):
    def get_by_natural_key(self, subject: str, name: str, key: str, version: int) -> "FunctionalSkill":
        return self.get(subject=subject, name=name, unit__key=key, unit__version=version)


class FunctionalSkill(models.Model):
    """A cell of the functional-skills table: ticked, not ticked, or not known."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="functional_skills")
    subject = models.CharField(max_length=12, choices=SkillSubject)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    marked = models.CharField(max_length=7, choices=Marked)

    objects: ClassVar[FunctionalSkillManager] = FunctionalSkillManager()

    class Meta:
        ordering = ["unit_id", "position"]
        constraints = [
            one_of("subject", SkillSubject, "skill_subject_is_known"),
            one_of("marked", Marked, "skill_mark_is_known"),
            models.UniqueConstraint(fields=["unit", "subject", "name"], name="a_skill_is_listed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()}, {self.name}: {self.get_marked_display()}"

    def natural_key(self) -> tuple[str, str, str, int]:
        return (self.subject, self.name, *self.unit.natural_key())

    natural_key.dependencies = ["units.unit"]  # type: ignore[attr-defined]
