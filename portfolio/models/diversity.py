"""What candidates may say of themselves so that sampling can be seen to be fair. Apart from every record of staff."""

from django.db import models

from portfolio.enums import AgeBand, Disability, Ethnicity, Gender
from portfolio.models.base import one_of
from portfolio.models.people import CandidateRecord, User


class DiversityAnswerQuerySet(models.QuerySet["DiversityAnswer"]):
    def visible_to(self, user: User) -> "DiversityAnswerQuerySet":
        """Nobody sees an answer but whoever gave it. What is shown of all is counted in the database."""
        return self.filter(candidate__user=user)


class DiversityAnswer(models.Model):
    """What one candidate says, as far as they wish. It holds no name, is read by nobody else, and goes when they wish.

    The audit book says that it was given or erased, never what it says.
    """

    candidate = models.OneToOneField(CandidateRecord, on_delete=models.PROTECT, related_name="diversity")
    age_band = models.CharField(max_length=12, choices=AgeBand, blank=True)
    gender = models.CharField(max_length=12, choices=Gender, blank=True)
    ethnicity = models.CharField("ethnic group", max_length=12, choices=Ethnicity, blank=True)
    disability = models.CharField("disability or long-term condition", max_length=12, choices=Disability, blank=True)

    objects = DiversityAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("age_band", AgeBand, "age_band_is_known", blank=True),
            one_of("gender", Gender, "gender_is_known", blank=True),
            one_of("ethnicity", Ethnicity, "ethnicity_is_known", blank=True),
            one_of("disability", Disability, "disability_is_known", blank=True),
        ]

    def __str__(self) -> str:
        return "What a candidate says of themselves"
