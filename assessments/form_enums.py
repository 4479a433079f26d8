"""Vocabulary of forms: the declarations on them, and many of them made at once."""

from django.db import models


class FormsStatus(models.TextChoices):
    """Where a batch of forms stands."""

    MAKING = "making", "Being made"
    GATHERING = "gathering", "Being put together"
    READY = "ready", "Ready"
    CANCELLED = "cancelled", "Stopped"


class FormState(models.TextChoices):
    """What became of a unit in a batch of forms."""

    WAITING = "waiting", "Not made yet"
    MADE = "made", "Made"
    LEFT_OUT = "left_out", "Left out"
    FAILED = "failed", "Could not be made"


class GatheredAs(models.TextChoices):
    """As what a batch of forms is downloaded."""

    PDF = "pdf", "one PDF, to print"
    ZIP = "zip", "a ZIP with a PDF for each, as issued"


class DeclarationOf(models.TextChoices):
    """A declaration of authenticity, by the key of its statements."""

    CANDIDATE = "authentic-candidate", "Candidate’s declaration"
    ASSESSOR = "authentic-assessor", "Assessor’s declaration"
    CENTRE = "authentic-centre", "Centre’s declaration"
