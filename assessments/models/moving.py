"""A new version of a unit: what became of each criterion, and the candidates who moved over to it."""

from django.db import models
from django.db.models import F, Q

from assessments.models.enrolment import Enrolment
from portfolio.models import Centre, StandingQuerySet, StandingRow, User
from units.models import Criterion, Unit


class VersionMapQuerySet(StandingQuerySet["VersionMap"]):
    def between(self, centre: Centre, earlier: Unit, later: Unit) -> "VersionMapQuerySet":
        """What the centre recorded of these two versions, the latest first: that one counts."""
        return self.filter(centre=centre, earlier=earlier, later=later).order_by("-pk")


class VersionMap(StandingRow):
    """What a centre says became of the criteria of one version of a unit in a later one.

    Recorded anew where it was wrong, the latest counts; once a candidate was moved by it, it stands.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="version_maps")
    earlier = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    later = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = VersionMapQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "map of versions"
        verbose_name_plural = "maps of versions"
        constraints = [
            models.CheckConstraint(condition=~Q(earlier=F("later")), name="a_version_is_mapped_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.later.short_code}: version {self.earlier.version} to version {self.later.version}"


class VersionPair(StandingRow):
    """That a criterion of the later version comes from one of the earlier. Several may come from one, and from several
    one; what has no pair is new, or was dropped."""

    map = models.ForeignKey(VersionMap, on_delete=models.PROTECT, related_name="pairs")
    earlier = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    later = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["VersionPair"].as_manager()

    class Meta:
        ordering = ["later__position", "earlier__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["map", "earlier", "later"], name="criteria_of_versions_are_paired_once"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier.number} became {self.later.number}"


class VersionMove(StandingRow):
    """That a candidate went on from one version of a unit to a later one: the enrolment that ended, the one that goes
    on, and by which map their evidence came along. What was decided stayed with the earlier one."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="moved_from")
    earlier = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="moved_to")
    map = models.ForeignKey(VersionMap, on_delete=models.PROTECT, related_name="moves")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = StandingQuerySet["VersionMove"].as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = "move to a new version"
        verbose_name_plural = "moves to a new version"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_move_says_why"),
            models.CheckConstraint(condition=~Q(enrolment=F("earlier")), name="a_move_leads_to_another_enrolment"),
        ]

    def __str__(self) -> str:
        return f"{self.earlier.unit.short_code} version {self.map.earlier.version} to {self.map.later.version}"
