"""What somebody is still writing."""

import datetime

from django.db import models

from portfolio.models.people import User


class WorkInProgressQuerySet(models.QuerySet["WorkInProgress"]):
    def visible_to(self, user: User) -> "WorkInProgressQuerySet":
        """Nobody sees what another is still writing."""
        return self.filter(user=user)

    def typed_since(self, moment: datetime.datetime) -> "WorkInProgressQuerySet":
        """Work that is not given up yet: something was typed since then."""
        return self.filter(typed_at__gte=moment)


class WorkInProgress(models.Model):
    """What a person has typed into a form and not sent: on no record, read by nobody else, gone when it is sent.

    `fields` holds each field by its key with its values, when and by which page they were typed, and the revision
    that brought them (portfolio/work.py says how two pages are made one).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="work_in_progress")
    form = models.CharField(max_length=40)
    about = models.CharField(max_length=60, help_text="what the form is about, as its page names it")
    basis = models.CharField(max_length=64, blank=True, help_text="digest of the record as the page showed it")
    title = models.CharField(max_length=200, blank=True, help_text="what its page is called")
    address = models.CharField(max_length=500, blank=True, help_text="where its page is")
    fields = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    typed_at = models.DateTimeField()

    objects = WorkInProgressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "work in progress"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form", "about"],
                name="one_work_in_progress_per_person_form_and_subject",
                violation_error_message="What is typed into this form is kept already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.about}"
