"""How a candidate was received: that somebody saw who they are, and what they were told at the start."""

from typing import TypeVar

from django.db import models
from django.db.models import Q

from portfolio.enums import IdentityDocument, InductionTopic
from portfolio.models.base import StandingQuerySet, StandingRow, one_of
from portfolio.models.people import CandidateRecord, User, centres_kept_by
from portfolio.models.signature import Signature

RowT = TypeVar("RowT", bound=models.Model)


class OfCandidateQuerySet(StandingQuerySet[RowT]):
    """What a centre noted of a candidate."""

    def visible_to(self, user: User) -> "OfCandidateQuerySet[RowT]":
        """An administrator sees what was noted of the centre's candidates, candidates what was noted of them."""
        return self.filter(Q(candidate__user=user) | Q(candidate__centre__in=centres_kept_by(user)))


class IdentityCheck(StandingRow):
    """That somebody saw who a candidate is: what was seen, by whom, when. Nothing of it is copied. The latest counts.

    Source: Ofqual G5.1, each learner is clearly and uniquely identified.
    """

    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="identity_checks")
    document = models.CharField("what was seen", max_length=20, choices=IdentityDocument)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField()
    noted_at = models.DateTimeField()

    objects = OfCandidateQuerySet["IdentityCheck"].as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [one_of("document", IdentityDocument, "identity_document_is_known")]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.get_document_display()}"


class Induction(StandingRow):
    """That a candidate was told what they need to know before they begin. The latest counts."""

    candidate = models.ForeignKey(CandidateRecord, on_delete=models.PROTECT, related_name="inductions")
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    noted_at = models.DateTimeField()

    objects = OfCandidateQuerySet["Induction"].as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.candidate}: induction of {self.held_on:%-d %B %Y}"


class CoveredTopic(StandingRow):
    """A topic that an induction went through."""

    induction = models.ForeignKey(Induction, on_delete=models.PROTECT, related_name="topics")
    topic = models.CharField(max_length=20, choices=InductionTopic)

    objects = StandingQuerySet["CoveredTopic"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("topic", InductionTopic, "induction_topic_is_known"),
            models.UniqueConstraint(fields=["induction", "topic"], name="a_topic_is_covered_once_in_an_induction"),
        ]

    def __str__(self) -> str:
        return self.get_topic_display()


class InductionAcknowledged(StandingRow):
    """That the candidate put their name to having been told."""

    induction = models.OneToOneField(Induction, on_delete=models.PROTECT, related_name="acknowledged")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="+")

    objects = StandingQuerySet["InductionAcknowledged"].as_manager()

    def __str__(self) -> str:
        return f"{self.induction}: acknowledged"
