"""Vocabulary of the ground floor."""

from django.db import models


class Role(models.TextChoices):
    """What a person may be at a centre; one person may be several."""

    CANDIDATE = "candidate", "Candidate"
    ASSESSOR = "assessor", "Assessor"
    INTERNAL_VERIFIER = "internal_verifier", "Internal verifier"
    LEAD_VERIFIER = "lead_verifier", "Lead internal verifier"
    ADMINISTRATOR = "administrator", "Centre administrator"


class Country(models.TextChoices):
    """Where a centre is: which bank holidays it keeps, and so which days are working days."""

    ENGLAND_WALES = "england_wales", "England or Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"


class QualificationKind(models.TextChoices):
    """Awards that qualify staff to assess or verify (City & Guilds, OCR and SQA accept all of a kind)."""

    D32_D33 = "d32_d33", "D32/D33 Assess candidates"
    A1 = "a1", "A1 Assess candidates using a range of methods"
    A2 = "a2", "A2 Assess candidates' performance through observation"
    TAQA = "taqa", "Level 3 Award or Certificate in Assessing (TAQA, CAVA)"
    LD9DI = "ld9di", "L&D9DI Assess workplace competence (SQA)"
    D34 = "d34", "D34 Internally verify the assessment process"
    V1 = "v1", "V1 Conduct internal quality assurance"
    IQA = "iqa", "Level 4 Award or Certificate in Internal Quality Assurance"
    LD11 = "ld11", "L&D11 Internally monitor and maintain the quality of workplace assessment (SQA)"


class ScanResult(models.TextChoices):
    """What a scan of a file for malware came to."""

    WAITING = "waiting", "Waiting to be scanned"
    CLEAN = "clean", "No malware found"
    INFECTED = "infected", "Infected"
    NOT_SCANNED = "not_scanned", "Not scanned"
    TOO_LARGE = "too_large", "Larger than the scanner takes"
    FAILED = "failed", "The scanner could not be asked"


class DocumentStatus(models.TextChoices):
    """Where something that a worker makes stands: a document, or the rendition of a file."""

    WAITING = "waiting", "Waiting to be made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
