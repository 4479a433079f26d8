"""Files of units that a centre sends: what they hold, what is wrong with them, and that they were taken."""

from django.db import models
from django.db.models import Q

from portfolio.enums import Role
from portfolio.models import Centre, User, one_of
from portfolio.models.people import centres_of
from units.enums import UnitFormat


class UnitImportQuerySet(models.QuerySet["UnitImport"]):
    def visible_to(self, user: User) -> "UnitImportQuerySet":
        """Those of the centres that the person administers."""
        return self.filter(centre__in=centres_of(user, Role.ADMINISTRATOR))


class UnitImport(models.Model):
    """A file of units that was sent and read. Nothing of it is a unit before it is taken."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="unit_imports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    format = models.CharField(max_length=6, choices=UnitFormat)
    sent_at = models.DateTimeField()
    units = models.JSONField(default=list, help_text="each as docs/units-format.md has it")
    faults = models.JSONField(default=list, help_text="[place, sentence]: why it cannot be taken")
    notes = models.JSONField(default=list, help_text="how it was read, and what it does not hold")
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    objects = UnitImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("format", UnitFormat, "unit_format_is_known"),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                violation_error_message="Say both who took the units and when.",
                name="units_are_taken_by_somebody_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
