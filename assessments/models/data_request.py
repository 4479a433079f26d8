"""Somebody asks what a centre keeps about them, and what the centre did about it."""

import datetime

from django.db import models
from django.db.models import Q

from portfolio.enums import Role
from portfolio.models import Archive, Centre, User, centres_of


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def visible_to(self, user: User, day: datetime.date | None = None) -> "DataRequestQuerySet":
        """Requests are the business of a centre's administrators."""
        return self.filter(centre__in=centres_of(user, Role.ADMINISTRATOR, day=day))

    def still_open(self) -> "DataRequestQuerySet":
        """Neither answered nor closed."""
        return self.filter(handed_over_at=None, closed_at=None)


class DataRequest(models.Model):
    """That a person asked for what is kept about them: when, who it is, until when it is due, and how it ended.

    Somebody with a sign-in is known by it; a witness without one by the address they were written to at. Source: UK
    GDPR Art. 12 and 15; the Information Commissioner's guidance on the right of access.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="data_requests")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="data_requests")
    address = models.EmailField(max_length=254, blank=True, help_text="of a witness who has no sign-in")
    name = models.CharField(max_length=200)
    received_on = models.DateField()
    asked = models.TextField("what was asked, and how it came")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    identity = models.TextField("how it was confirmed that it is them", blank=True)
    confirmed_on = models.DateField("when that was", null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    due_on = models.DateField()
    extended_reason = models.TextField(blank=True, editable=False)
    extended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    extended_at = models.DateTimeField(null=True, editable=False)
    by_office = models.BooleanField(default=False, help_text="the office hands the copy over; else they download it")
    with_remarks = models.BooleanField(default=False, help_text="what verifiers and the office noted is in it in full")
    left_out = models.TextField("what else is left out, and why", blank=True)
    package = models.OneToOneField(Archive, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    handed_over_how = models.TextField(blank=True, editable=False)
    handed_over_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    handed_over_at = models.DateTimeField(null=True, editable=False)
    closed_reason = models.TextField(blank=True, editable=False)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        verbose_name = "request for data"
        verbose_name_plural = "requests for data"
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="") | (Q(user__isnull=True) & ~Q(address="")),
                name="who_asks_for_data_has_a_sign_in_or_an_address",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(asked=""),
                name="a_request_for_data_says_who_and_what",
                violation_error_message="Say what was asked, and how it came.",
            ),
            models.CheckConstraint(
                condition=(Q(identity="", confirmed_on=None, confirmed_by=None))
                | (~Q(identity="") & Q(confirmed_on__isnull=False, confirmed_by__isnull=False)),
                name="a_confirmed_identity_says_how_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(extended_reason="", extended_by=None, extended_at=None)
                | (~Q(extended_reason="") & Q(extended_by__isnull=False, extended_at__isnull=False)),
                name="more_time_is_taken_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_how="", handed_over_by=None, handed_over_at=None)
                | (
                    ~Q(handed_over_how="")
                    & Q(
                        handed_over_by__isnull=False,
                        handed_over_at__isnull=False,
                        confirmed_on__isnull=False,
                    )
                ),
                name="data_is_handed_over_to_who_is_known",
                violation_error_message="Confirm first that it is them.",
            ),
            models.CheckConstraint(
                condition=Q(closed_reason="", closed_by=None, closed_at=None)
                | (
                    ~Q(closed_reason="")
                    & Q(closed_by__isnull=False, closed_at__isnull=False, handed_over_at__isnull=True)
                ),
                name="a_request_closed_unanswered_says_why",
            ),
            models.CheckConstraint(condition=Q(due_on__gt=models.F("received_on")), name="a_request_is_due_later"),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk}: {self.name}"

    @property
    def is_open(self) -> bool:
        return self.handed_over_at is None and self.closed_at is None

    @property
    def state(self) -> str:
        """In words, for lists."""
        if self.handed_over_at:
            return "Answered"
        if self.closed_at:
            return "Closed"
        if self.confirmed_on is None:
            return "Identity to be confirmed"
        return "To be handed over" if self.package_id else "Open"

    @property
    def writes_to(self) -> str:
        """Where letters about it go."""
        return self.user.email if self.user else self.address
