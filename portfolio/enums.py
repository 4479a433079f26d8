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


class Told(models.TextChoices):
    """Kinds of news. Each can be left out of the e-mail (portfolio/rules.py says whom it concerns)."""

    FEEDBACK = "feedback", "Feedback on your evidence"
    RETURNED = "returned", "Evidence returned to you, or withdrawn"
    RECORDED = "recorded", "A record of your assessor’s to acknowledge"
    ACKNOWLEDGED = "acknowledged", "A record of yours acknowledged or disputed"
    PLAN = "plan", "Assessment plans and reviews"
    APPEAL = "appeal", "An appeal that goes on"
    UNIT_BACK = "unit_back", "A unit that comes back, or is opened again"
    UNIT_SIGNED = "unit_signed", "A unit signed off, verified or certificated"
    WITNESS = "witness", "A witness who signed or declined"
    LINK_ENDING = "link_ending", "A witness’s link that is about to run out"
    TARGET = "target", "A target date that comes near"
    FILE = "file", "A file shut away, released or redacted"
    ALLOCATION = "allocation", "Units begun, and who works on them"
    PAUSED = "paused", "Units suspended, resumed or left"
    HANDED_IN = "handed_in", "Evidence handed in, to be assessed"
    WAITING = "waiting", "Evidence that has waited long for you"
    DECLARED = "declared", "A unit declared complete, to be signed off"
    TO_COUNTERSIGN = "to_countersign", "A unit to be countersigned"
    FINDING = "finding", "What a sample of your assessment found"
    ACTION = "action", "Actions given to you, and closed"
    ACTIVITY = "activity", "Observations, interviews and reviews of your work"
    STANDARDISATION = "standardisation", "Standardisation: items to judge, and what was agreed"
    ACTION_DUE = "action_due", "Actions that are due, or overdue"
    SIGNED_OFF = "signed_off", "A unit signed off, to be verified"
    ANSWERED = "answered", "An action that was answered"
    CHANGED = "changed", "Something changed after it was sampled or signed"
    ALIKE = "alike", "Decisions of an assessor whose others were not agreed"
    SAMPLE_OPEN = "sample_open", "A sample that has been open for long"
    TO_CLAIM = "to_claim", "A unit that is ready to be claimed"
    AWARD_DUE = "award_due", "A staff qualification whose day comes near"
    ROLE_ENDING = "role_ending", "A role that ends soon"


class Rhythm(models.TextChoices):
    """How often somebody gets their news by e-mail."""

    DAILY = "daily", "Once a day, in the morning"
    HOURLY = "hourly", "Within the hour"
    NEVER = "never", "Never: I look at my home page"
