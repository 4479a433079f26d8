"""Vocabulary of the standard."""

from django.db import models


class SpecificationStyle(models.TextChoices):
    """How a specification is laid out, and so in which order it is read."""

    QCF = "qcf", "Learning outcomes and assessment criteria"
    SVQ = "svq", "Performance criteria, knowledge and understanding"


class CriterionKind(models.TextChoices):
    ASSESSMENT = "assessment", "Assessment criterion"
    PERFORMANCE = "performance", "Performance criterion"
    KNOWLEDGE = "knowledge", "Knowledge and understanding"


class WordingStatus(models.TextChoices):
    """How sure the wording is that stands here, against the document it was taken from."""

    SOUND = "sound", "As printed"
    REPAIRED = "repaired", "Repaired"
    ILLEGIBLE = "illegible", "Partly illegible"


class RecordClass(models.TextChoices):
    """A kind of record that is kept for a time of its own (domain rule 63)."""

    FILES = "files", "Evidence files"
    DETAILS = "details", "Details in the audit book"
    NUMBERS = "numbers", "Candidate’s numbers and place of work"
    ASSESSMENT = "assessment", "Assessment records"
    VERIFICATION = "verification", "Verification records"
    AUTHENTICATION = "authentication", "Authentication forms"


class CountedFrom(models.TextChoices):
    """The day from which a record’s time is counted. Of a withdrawn unit it is the day it was withdrawn."""

    CERTIFICATE = "certificate", "the unit’s certificate"
    LAST = "last", "the candidate’s last certificate at the centre"


class PeriodUnit(models.TextChoices):
    DAYS = "days", "Days"
    MONTHS = "months", "Months"
    YEARS = "years", "Years"


class WhenDue(models.TextChoices):
    """What is done with a record whose time is over."""

    DESTROY = "destroy", "Destroy"
    REVIEW = "review", "Look first, then decide"


class SkillSubject(models.TextChoices):
    ENGLISH = "english", "English"
    MATHEMATICS = "mathematics", "Mathematics"
    ICT = "ict", "ICT"


class Marked(models.TextChoices):
    """A cell of the functional-skills table: what the source can tell us."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


class GroupKind(models.TextChoices):
    """What a qualification asks of a group of its units."""

    MANDATORY = "mandatory", "Mandatory"
    OPTIONAL = "optional", "Optional"


class VerifierSignature(models.TextChoices):
    """When an awarding body wants the internal verifier's signature on a unit before it is claimed."""

    ALWAYS = "always", "On every unit"
    IF_SAMPLED = "if_sampled", "On sampled units only"


class UnitFormat(models.TextChoices):
    """The formats in which units come in and leave."""

    OWN = "own", "NVQ Portfolio unit (YAML or JSON)"
    MOODLE = "moodle", "Moodle competency framework (CSV)"
    MAHARA = "mahara", "Mahara SmartEvidence (.matrix)"
    CASE = "case", "1EdTech CASE 1.1 (JSON)"
