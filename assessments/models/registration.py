"""A candidate registered with an awarding body for a whole qualification."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q

from assessments.models.enrolment import STAFF, Enrolment
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, User, centres_of
from units.models import Qualification


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: User) -> "RegistrationQuerySet":
        """Candidates see their own; who runs the centre all of it; other staff those whose units they work on."""
        return self.filter(reduce(or_, self._ways(user)))

    def all_visible_to(self, user: User) -> "RegistrationQuerySet":
        """The same for a list: each way by its own index, so that those of other centres are not looked through."""
        first, *further = (self.model.objects.filter(way).order_by().values("pk") for way in self._ways(user))
        return self.filter(pk__in=first.union(*further))

    def _ways(self, user: User) -> list[Q]:
        """By each of which somebody sees a registration."""
        named = Q(assessor=user) | Q(countersigner=user) | Q(verifier=user)
        theirs = Enrolment.objects.filter(named, centre__in=centres_of(user, *STAFF)).order_by().values("candidate")
        running = centres_of(user, Role.ADMINISTRATOR, Role.LEAD_VERIFIER)
        return [Q(candidate__user=user), Q(centre__in=running), Q(candidate__in=theirs)]

    def in_force(self) -> "RegistrationQuerySet":
        return self.filter(ended_at=None)


class Registration(models.Model):
    """That a candidate is registered for a whole award, under which number and since when; its end beside it.

    Source: candidates are registered for the full award or for units, uniquely identified (Ofqual G5.1; OCR, domain
    rules 49 and 50). What they do for it are their units that the qualification lists.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="registrations")
    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="registrations")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="registrations")
    number = models.CharField("registration number", max_length=30, blank=True)
    registered_on = models.DateField("registered with the awarding body on")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_reason = models.TextField(blank=True, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["candidate", "qualification"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "qualification"],
                condition=Q(ended_at=None),
                name="a_candidate_is_registered_once_for_an_award",
                violation_error_message="The candidate is registered for this qualification already.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_reason="") | (Q(ended_at__isnull=False) & ~Q(ended_reason="")),
                name="a_registration_that_ended_says_why",
                violation_error_message="Say why the registration ends.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.qualification}"
