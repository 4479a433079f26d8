"""Vocabulary of the ground floor."""

from django.db import models


class Role(models.TextChoices):
    """What a person may be at a centre; one person may be several."""

    CANDIDATE = "candidate", "Candidate"
    ASSESSOR = "assessor", "Assessor"
    INTERNAL_VERIFIER = "internal_verifier", "Internal verifier"
    LEAD_VERIFIER = "lead_verifier", "Lead internal verifier"
    ADMINISTRATOR = "administrator", "Centre administrator"
    EXTERNAL_VERIFIER = "external_verifier", "External verifier"


class Country(models.TextChoices):
    """Where a centre is: which bank holidays it keeps, and so which days are working days."""

    ENGLAND_WALES = "england_wales", "England or Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"


class Language(models.TextChoices):
    """The language somebody is assessed in (Ofqual: English, Welsh or Irish; SQA: English or Gaelic; or by signing)."""

    ENGLISH = "english", "English"
    WELSH = "welsh", "Welsh"
    GAELIC = "gaelic", "Scottish Gaelic"
    IRISH = "irish", "Irish"
    BSL = "bsl", "British Sign Language"
    ISL = "isl", "Irish Sign Language"


class IdentityDocument(models.TextChoices):
    """What somebody showed to say who they are. No copy is kept of it, and no number."""

    PASSPORT = "passport", "Passport"
    DRIVING_LICENCE = "driving_licence", "Driving licence with photograph"
    IDENTITY_CARD = "identity_card", "National identity card"
    RESIDENCE = "residence", "Residence permit or eVisa"
    PASS = "pass", "Proof of age card (PASS)"
    WORKS_PASS = "works_pass", "Employer’s pass with photograph"
    BIRTH_CERTIFICATE = "birth_certificate", "Birth certificate"
    KNOWN = "known", "Nothing: known to the person who confirms it"


class InductionTopic(models.TextChoices):
    """What an induction goes through. The appeals procedure and the privacy notice are never left out."""

    ROLES = "roles", "Who does what: assessor, internal and external verifier, centre"
    STANDARD = "standard", "The units, and how their standards are read"
    EVIDENCE = "evidence", "How evidence is collected, handed in and assessed"
    APPEALS = "appeals", "How to appeal against a decision"
    COMPLAINTS = "complaints", "How to complain"
    EQUALITY = "equality", "Equal opportunities, and adjustments one can ask for"
    MALPRACTICE = "malpractice", "Authentic work: plagiarism, artificial intelligence, malpractice"
    CONFIDENTIALITY = "confidentiality", "Confidentiality of customers and colleagues"
    PRIVACY = "privacy", "Privacy notice: what is kept of you, why, how long, your rights"
    SAFETY = "safety", "Health and safety"


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


class FormStands(models.TextChoices):
    """Whether what an issued form says is still so, as whoever holds it is told."""

    CURRENT = "current", "Genuine and current"
    CHANGED = "changed", "Genuine, but no longer current"
    SUPERSEDED = "superseded", "Genuine, but replaced by a newer form"


class AgeBand(models.TextChoices):
    """How old a candidate is, roughly."""

    UNDER_19 = "under_19", "Under 19"
    TO_24 = "19_24", "19 to 24"
    TO_34 = "25_34", "25 to 34"
    TO_44 = "35_44", "35 to 44"
    TO_54 = "45_54", "45 to 54"
    FROM_55 = "from_55", "55 or older"
    NOT_SAID = "not_said", "I prefer not to say"


class Gender(models.TextChoices):
    """A candidate's gender, in their own words as far as a list has them."""

    WOMAN = "woman", "Woman"
    MAN = "man", "Man"
    OTHER = "other", "Another gender, or none"
    NOT_SAID = "not_said", "I prefer not to say"


class Ethnicity(models.TextChoices):
    """The five groups of the census of England and Wales, and of Scotland's."""

    ASIAN = "asian", "Asian, Asian British or Asian Scottish"
    BLACK = "black", "Black, Black British, Caribbean or African"
    MIXED = "mixed", "Mixed or multiple ethnic groups"
    WHITE = "white", "White, any background"
    OTHER = "other", "Another ethnic group"
    NOT_SAID = "not_said", "I prefer not to say"


class Disability(models.TextChoices):
    """Whether a disability or long-term condition limits what a candidate does."""

    NONE = "none", "None"
    SOME = "some", "One or more"
    NOT_SAID = "not_said", "I prefer not to say"


class ImportStatus(models.TextChoices):
    """Where a table of people stands that somebody sent."""

    READING = "reading", "Being checked"
    CHECKED = "checked", "Checked, nothing taken yet"
    REFUSED = "refused", "Could not be read"
    TAKING = "taking", "Being taken"
    TAKEN = "taken", "Taken"


class RowState(models.TextChoices):
    """What a row of such a table would do, and what became of it."""

    NEW = "new", "New"
    CHANGE = "change", "Changes somebody"
    SAME = "same", "Changes nothing"
    BAD = "bad", "Cannot be taken"
    TAKEN = "taken", "Taken"


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
    QUESTIONS = "questions", "Question sets to verify, and yours verified or handed back"
    ACTION_DUE = "action_due", "Actions that are due, or overdue"
    SIGNED_OFF = "signed_off", "A unit signed off, to be verified"
    ANSWERED = "answered", "An action that was answered"
    CHANGED = "changed", "Something changed after it was sampled or signed"
    ALIKE = "alike", "Decisions of an assessor whose others were not agreed"
    SAMPLE_OPEN = "sample_open", "A sample that has been open for long"
    TO_CLAIM = "to_claim", "A unit that is ready to be claimed"
    AWARD_DUE = "award_due", "A staff qualification or competence whose day comes near"
    ROLE_ENDING = "role_ending", "A role that ends soon"
    DATA_REQUEST = "data_request", "A request for somebody’s data whose day comes near"
    SEAL_ENDING = "seal_ending", "The certificate of your centre’s seal, when its end comes near"
    INDUCTION = "induction", "An induction of yours to confirm"
    EXTERNAL = "external", "What the external verifier chooses, remarks and asks for"
    ACCESS = "access", "Your days as external verifier at a centre"


class Rhythm(models.TextChoices):
    """How often somebody gets their news by e-mail."""

    DAILY = "daily", "Once a day, in the morning"
    HOURLY = "hourly", "Within the hour"
    NEVER = "never", "Never: I look at my home page"


class ArchiveCut(models.TextChoices):
    """How much an archive holds, by whom it is for."""

    CENTRE = "centre", "The centre’s record"
    CANDIDATE = "candidate", "A candidate’s portfolio, for the centre"
    OWN = "own", "A candidate’s own copy"
    PERSON = "person", "What is kept about a person, for them"


class ArchiveStatus(models.TextChoices):
    """Where an archive that was asked for stands."""

    WAITING = "waiting", "Waiting"
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
    CANCELLED = "cancelled", "Cancelled"
    GONE = "gone", "Kept no longer"
