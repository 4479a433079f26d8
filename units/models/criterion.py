"""What is assessed: criteria in their outcomes or groups, and what may be taught for them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from portfolio.models import one_of
from units.enums import CriterionKind, WordingStatus
from units.models.unit import Unit


class OutcomeManager(models.Manager["LearningOutcome"]):
    def get_by_natural_key(self, position: int, key: str, version: int) -> "LearningOutcome":
        return self.get(position=position, unit__key=key, unit__version=version)


class LearningOutcome(models.Model):
    """A learning outcome, or a headed section of performance criteria, of a unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="outcomes")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=10, blank=True, help_text="as printed; empty for a headed group")
    kind = models.CharField("criteria it holds", max_length=12, choices=CriterionKind)
    text = models.TextField()

    objects: ClassVar[OutcomeManager] = OutcomeManager()

    class Meta:
        ordering = ["unit_id", "position"]
        constraints = [
            one_of("kind", CriterionKind, "outcome_kind_is_known"),
            models.UniqueConstraint(fields=["unit", "position"], name="outcomes_have_places"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()

    def natural_key(self) -> tuple[int, str, int]:
        return (self.position, *self.unit.natural_key())

    natural_key.dependencies = ["units.unit"]  # type: ignore[attr-defined]


class CriterionManager(models.Manager["Criterion"]):
    def get_by_natural_key(self, number: str, key: str, version: int) -> "Criterion":
        return self.get(number=number, unit__key=key, unit__version=version)


class Criterion(models.Model):
    """What evidence is mapped to and judged against. One table for all kinds: one foreign key, one matrix."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="criteria")
    outcome = models.ForeignKey(
        LearningOutcome,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="criteria",
        help_text="empty for knowledge that belongs to the unit as a whole",
    )
    kind = models.CharField(max_length=12, choices=CriterionKind)
    number = models.CharField(max_length=10, help_text="as printed: 1.1, 16, a")
    position = models.PositiveSmallIntegerField(help_text="reading order within the unit, from 1")
    text = models.TextField()
    wording = models.CharField(max_length=10, choices=WordingStatus, default=WordingStatus.SOUND)
    wording_note = models.TextField(blank=True)

    objects: ClassVar[CriterionManager] = CriterionManager()

    class Meta:
        ordering = ["unit_id", "position"]
        verbose_name_plural = "criteria"
        constraints = [
            one_of("kind", CriterionKind, "criterion_kind_is_known"),
            one_of("wording", WordingStatus, "criterion_wording_status_is_known"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=False) | Q(kind=CriterionKind.KNOWLEDGE),
                name="only_knowledge_stands_outside_an_outcome",
                violation_error_message="A criterion belongs to a learning outcome or a section of its unit.",
            ),
            models.CheckConstraint(
                condition=Q(wording=WordingStatus.SOUND, wording_note="")
                | (~Q(wording=WordingStatus.SOUND) & ~Q(wording_note="")),
                name="a_criterion_wording_in_doubt_has_its_note",
                violation_error_message="Say in the note what was repaired or cannot be read, and only then.",
            ),
            models.UniqueConstraint(fields=["unit", "number"], name="criteria_are_numbered_once"),
            models.UniqueConstraint(fields=["unit", "position"], name="criteria_have_places"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"

    def natural_key(self) -> tuple[str, str, int]:
        return (self.number, *self.unit.natural_key())

    natural_key.dependencies = ["units.unit", "units.learningoutcome"]  # type: ignore[attr-defined]


class KindManager(CriterionManager):
    """Criteria of one kind."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet[Criterion]:
        return super().get_queryset().filter(kind=self.kind)


class AssessmentCriterion(Criterion):
    """An assessment criterion of a learning outcome, e.g. 2.3."""

    objects: ClassVar[KindManager] = KindManager(CriterionKind.ASSESSMENT)

    class Meta:
        proxy = True
        verbose_name_plural = "assessment criteria"


class PerformanceCriterion(Criterion):
    """A performance criterion of a national occupational standard, e.g. 16."""

    objects: ClassVar[KindManager] = KindManager(CriterionKind.PERFORMANCE)

    class Meta:
        proxy = True
        verbose_name_plural = "performance criteria"


class KnowledgeItem(Criterion):
    """An item of knowledge and understanding that needs evidence, e.g. k."""

    objects: ClassVar[KindManager] = KindManager(CriterionKind.KNOWLEDGE)

    class Meta:
        proxy = True


class TeachingPointManager(models.Manager["TeachingPoint"]):
    def get_by_natural_key(self, position: int, outcome: int, key: str, version: int) -> "TeachingPoint":
        return self.get(
            position=position, outcome__position=outcome, outcome__unit__key=key, outcome__unit__version=version
        )


class TeachingPoint(models.Model):
    """Content that may be taught for an outcome. Never assessed, so never mapped to."""

    outcome = models.ForeignKey(LearningOutcome, on_delete=models.PROTECT, related_name="teaching_points")
    position = models.PositiveSmallIntegerField()
    intro = models.CharField(max_length=200, blank=True, help_text="the line above the first item it introduces")
    text = models.TextField()

    objects: ClassVar[TeachingPointManager] = TeachingPointManager()

    class Meta:
        ordering = ["outcome_id", "position"]
        constraints = [models.UniqueConstraint(fields=["outcome", "position"], name="teaching_points_have_places")]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[int, int, str, int]:
        return (self.position, *self.outcome.natural_key())

    natural_key.dependencies = ["units.learningoutcome"]  # type: ignore[attr-defined]


class RelatedCriterionManager(models.Manager["RelatedCriterion"]):
    def get_by_natural_key(self, *keys: str | int) -> "RelatedCriterion":
        number, key, version, to_number, to_key, to_version = keys
        return self.get(
            criterion__number=number,
            criterion__unit__key=key,
            criterion__unit__version=version,
            related__number=to_number,
            related__unit__key=to_key,
            related__unit__version=to_version,
        )


class RelatedCriterion(models.Model):
    """Our cross-walk between specifications of one standard: a help to candidates, not the awarding bodies' word."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="related_from")
    related = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="related_to")

    objects: ClassVar[RelatedCriterionManager] = RelatedCriterionManager()

    class Meta:
        ordering = ["criterion_id", "related_id"]
        verbose_name_plural = "related criteria"
        constraints = [
            models.UniqueConstraint(fields=["criterion", "related"], name="criteria_are_related_once"),
            models.CheckConstraint(condition=~Q(criterion=F("related")), name="a_criterion_is_not_related_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.number} ↔ {self.related.number}"

    def natural_key(self) -> tuple[str, str, int, str, str, int]:
        return (*self.criterion.natural_key(), *self.related.natural_key())

    natural_key.dependencies = ["units.criterion"]  # type: ignore[attr-defined]
