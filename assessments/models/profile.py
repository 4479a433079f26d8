"""What a candidate says of themselves: the personal profile of their portfolio."""

from django.db import models

from portfolio.models import CandidateRecord


class Profile(models.Model):
    """A candidate's own words about their work, at one centre. Theirs alone to write; whoever works with them reads it.

    Source: the personal profile of SVQ portfolios (domain document F1). Every field may stay empty: an address is
    nobody's business unless the candidate wants it in the portfolio.
    """

    candidate = models.OneToOneField(CandidateRecord, on_delete=models.PROTECT, related_name="profile")
    job_title = models.CharField(max_length=200, blank=True)
    employer = models.CharField(max_length=200, blank=True)
    started = models.CharField("in this job since", max_length=100, blank=True)
    supervisor = models.CharField("mentor or supervisor", max_length=200, blank=True)
    duties = models.TextField("main duties", blank=True)
    career = models.TextField("career so far", blank=True)
    qualifications = models.TextField("qualifications held already", blank=True)
    contact = models.TextField("address or telephone", blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["candidate"]

    def __str__(self) -> str:
        return f"Profile of {self.candidate}"


TOLD = ("job_title", "employer", "started", "supervisor", "duties", "career", "qualifications", "contact")
"""What a candidate may say of themselves."""
