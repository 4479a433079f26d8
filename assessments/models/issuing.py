"""Centre Authentication forms made for many units at once: who asked, and what became of each. Not the record itself.

The record is what comes of it: the centre's signature on each unit, and the form that was issued.
"""

from django.db import models
from django.db.models import Q

from assessments.form_enums import FormsStatus, FormState, GatheredAs
from assessments.models.award import AuthenticationForm
from assessments.models.enrolment import Enrolment
from portfolio.models import Centre, Document, User, centres_kept_by, one_of


class FormBatchQuerySet(models.QuerySet["FormBatch"]):
    def visible_to(self, user: User) -> "FormBatchQuerySet":
        """Forms are the business of a centre's administrators."""
        return self.filter(centre__in=centres_kept_by(user))


class FormBatch(models.Model):
    """Forms asked for at once by an administrator, who signed the centre's declaration for all of them by one press.

    `statements` are the wordings they had before them then. A worker makes the forms one after the other and puts them
    together as one file, which goes after some days and can be put together again.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="form_batches")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    shown_at = models.DateTimeField(help_text="when they had the units before them, as they signed for them")
    chosen = models.CharField(max_length=200, help_text="how the units were chosen, in words")
    statements = models.JSONField(help_text="ids of the wordings that were signed")
    act_id = models.UUIDField(help_text="of all audit lines of the units signed in it")
    status = models.CharField(max_length=10, choices=FormsStatus, default=FormsStatus.MAKING)
    gathered_as = models.CharField(max_length=3, choices=GatheredAs)
    gathered_at = models.DateTimeField(null=True, help_text="when the file was put together; empty once it has gone")
    started_at = models.DateTimeField(null=True, help_text="when a worker last showed that it is at it")
    problem = models.TextField(blank=True, help_text="why it could not be gone on with")

    objects = FormBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "form batches"
        constraints = [
            one_of("status", FormsStatus, "form_batch_status_is_known"),
            one_of("gathered_as", GatheredAs, "form_batch_file_is_known"),
        ]

    def __str__(self) -> str:
        return f"Forms: {self.chosen}"


class BatchedForm(models.Model):
    """A unit of such a batch, and what became of it."""

    batch = models.ForeignKey(FormBatch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(help_text="its place in the file")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=FormState, default=FormState.WAITING)
    form = models.ForeignKey(AuthenticationForm, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    problem = models.TextField(blank=True, help_text="why there is no form")

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["batch", "state", "number"])]
        constraints = [
            one_of("state", FormState, "batched_form_state_is_known"),
            models.UniqueConstraint(fields=["batch", "number"], name="a_place_in_a_batch_of_forms_is_taken_once"),
            models.UniqueConstraint(fields=["batch", "enrolment"], name="a_unit_is_in_a_batch_of_forms_once"),
            models.CheckConstraint(
                condition=~Q(state=FormState.MADE) | Q(form__isnull=False, document__isnull=False),
                name="a_form_that_was_made_is_there",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[FormState.WAITING, FormState.MADE], problem="")
                | (Q(state__in=[FormState.LEFT_OUT, FormState.FAILED]) & ~Q(problem="")),
                name="a_form_that_was_not_made_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.enrolment}"
