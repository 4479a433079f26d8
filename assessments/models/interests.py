"""Who has an interest of their own in whether a candidate succeeds."""

import datetime

from django.db import models
from django.db.models import F, Q

from assessments.enums import InterestKind
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, User, centres_of, one_of


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, user: User) -> "InterestQuerySet":
        """An administrator sees what is declared at the centre, everybody else what is declared of them."""
        return self.filter(Q(staff=user) | Q(centre__in=centres_of(user, Role.ADMINISTRATOR)))

    def on(self, day: datetime.date) -> "InterestQuerySet":
        """Those in force on a day: its first and last day included."""
        return self.filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)


class Interest(models.Model):
    """A conflict of interest: somebody on the staff is tied to a candidate. Of it only its end is written, once.

    Source: nobody assesses with a personal interest in the result; where it cannot be avoided, another person
    scrutinises that part (Ofqual General Conditions A4.5 and A4.6,
    https://www.gov.uk/guidance/ofqual-handbook/section-a-governance).
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="interests")
    staff = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=12, choices=InterestKind)
    words = models.TextField("what it is")
    from_on = models.DateField("since")
    to_on = models.DateField("last day", null=True, blank=True)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["candidate", "staff"])]
        constraints = [
            one_of("kind", InterestKind, "interest_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="an_interest_is_put_in_words",
                violation_error_message="Say what the interest is.",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                name="an_interest_ends_after_it_starts",
                violation_error_message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False, to_on__isnull=False),
                name="an_interest_that_was_ended_says_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.staff} and {self.candidate}"
