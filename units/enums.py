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
