"""Vocabulary of forms: the marks and declarations on them, and many of them made at once."""

from django.db import models


class Drawn(models.TextChoices):
    """What is drawn of how far something is, alike on screen, on paper and in archives: each layer, and two that tell
    more of what is claimed. assessments/progress.py says which."""

    NOT_STARTED = "not_started", "Not started"
    CLAIMED = "claimed", "Claimed"
    CONTRIBUTES = "contributes", "Contributes"
    PENDING = "pending", "Met, awaiting countersignature"
    ACCEPTED = "accepted", "Accepted"
    CONFIRMED = "confirmed", "Confirmed"
    RETURNED = "returned", "Returned"


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
