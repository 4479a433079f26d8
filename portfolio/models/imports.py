"""People that a centre brings in from a table: what was read, row by row, and what became of it. Not the record."""

from django.db import models
from django.db.models import Q

from portfolio.enums import ImportStatus, RowState
from portfolio.models.base import one_of
from portfolio.models.people import Centre, User, centres_kept_by


class PeopleImportQuerySet(models.QuerySet["PeopleImport"]):
    def visible_to(self, user: User) -> "PeopleImportQuerySet":
        """The tables of the centres whose people's records the person keeps."""
        return self.filter(centre__in=centres_kept_by(user))


class PeopleImport(models.Model):
    """A table of people that was sent. `content` is emptied once its rows are read; all of it goes after a while."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="people_imports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    content = models.BinaryField(null=True)
    sent_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.READING)
    started_at = models.DateTimeField(null=True, help_text="when a worker last showed that it is at it")
    problem = models.TextField(blank=True, help_text="why it could not be read, or gone on with")
    fields = models.JSONField(default=list, help_text="the fields its columns fill")
    unknown = models.JSONField(default=list, help_text="headings that were not read")
    total = models.PositiveIntegerField(default=0, help_text="rows to be read, or taken")
    done = models.PositiveIntegerField(default=0)
    act_id = models.UUIDField(null=True, help_text="of all audit lines of the people taken from it")
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    send = models.BooleanField(default=True, help_text="whether invitations go at once")

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("status", ImportStatus, "import_status_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=[ImportStatus.TAKING, ImportStatus.TAKEN], act_id__isnull=False)
                | (~Q(status__in=[ImportStatus.TAKING, ImportStatus.TAKEN]) & Q(act_id__isnull=True)),
                name="what_is_taken_from_a_table_is_one_act",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """A row of such a table: what it says, what is wrong with it, and what would change."""

    people_import = models.ForeignKey(PeopleImport, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(help_text="as a spreadsheet numbers it")
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    values = models.JSONField(default=dict, help_text="field: what the cell says")
    state = models.CharField(max_length=8, choices=RowState)
    problems = models.JSONField(default=list, help_text="[field, sentence]")
    changes = models.JSONField(default=list, help_text="[field, heading, old, new]")
    wanted = models.BooleanField(default=False, help_text="whether it is to be taken")
    subject_id = models.BigIntegerField(null=True, help_text="the record it matches")

    class Meta:
        ordering = ["number"]
        constraints = [
            one_of("state", RowState, "imported_row_state_is_known"),
            models.UniqueConstraint(fields=["people_import", "number"], name="a_row_of_a_table_is_read_once"),
        ]

    def __str__(self) -> str:
        return f"Row {self.number}"
