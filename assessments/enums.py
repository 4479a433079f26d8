"""Vocabulary of the upper floor."""

from django.db import models


class UnitStatus(models.TextChoices):
    """Where a candidate's unit stands on its journey."""

    COLLECTING = "collecting", "Collecting evidence"
    DECLARED = "declared", "Declared complete"
    AWAITING_COUNTERSIGNATURE = "awaiting_countersignature", "Awaiting countersignature"
    SIGNED_OFF = "signed_off", "Signed off"
    VERIFIED = "verified", "Verified"
    CLAIMED = "claimed", "Claimed"
    CERTIFICATED = "certificated", "Certificated"
    REVOKED = "revoked", "Certificate revoked"
    SUSPENDED = "suspended", "Suspended"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EndedAs(models.TextChoices):
    """How a unit ended before it was claimed: what its status is called then."""

    WITHDRAWN = "withdrawn", "Withdrawn"
    MOVED = "moved", "Moved to a new version"
    TRANSFERRED = "transferred", "Transferred to another centre"


class ItemStatus(models.TextChoices):
    """Where a version of an item of evidence stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Handed in"
    REVIEWED = "reviewed", "Assessed"
    RETURNED = "returned", "Returned"
    WITHDRAWN = "withdrawn", "Withdrawn"


READABLE = (ItemStatus.SUBMITTED, ItemStatus.REVIEWED)
"""What an assessor can read."""
HANDED_IN = (*READABLE, ItemStatus.RETURNED)


class Verb(models.TextChoices):
    """Everything a person can do to an item or a unit. The audit book uses these words."""

    # an item of evidence
    SUBMIT = "submit", "hand in"
    REVIEW = "review", "assess"
    REPLACE = "replace", "replace with a new version"
    MAP_MORE = "map_more", "map to criteria"
    WITHDRAW_ITEM = "withdraw_item", "withdraw the item"
    QUARANTINE = "quarantine", "quarantine"
    RELEASE = "release", "release from quarantine"
    REDACT = "redact", "redact"
    # an item that an assessor makes
    HAND_OVER = "hand_over", "hand over"
    CORRECT = "correct", "correct"
    ACKNOWLEDGE = "acknowledge", "acknowledge"
    DISPUTE = "dispute", "dispute"
    # a unit
    DECLARE = "declare", "declare complete"
    REFER = "refer", "refer back"
    SIGN_OFF = "sign_off", "sign off"
    COUNTERSIGN = "countersign", "countersign"
    HAND_BACK = "hand_back", "hand back"
    VERIFY = "verify", "verify"
    SEND_BACK = "send_back", "send back"
    CLAIM = "claim", "claim"
    UNCLAIM = "unclaim", "take back the claim of"
    CERTIFICATE = "certificate", "record the certificate of"
    REVOKE = "revoke", "record the revocation of"
    SUSPEND = "suspend", "suspend"
    RESUME = "resume", "resume"
    WITHDRAW = "withdraw", "withdraw"
    REOPEN = "reopen", "reopen"
    MOVE_ON = "move_on", "move to a new version of"
    TRANSFER_OUT = "transfer_out", "close for a transfer"


class Party(models.TextChoices):
    """What a person is to one candidate's unit."""

    CANDIDATE = "candidate", "the candidate"
    ASSESSOR = "assessor", "the unit's assessor"
    COUNTERSIGNER = "countersigner", "the unit's countersigner"
    VERIFIER = "verifier", "the unit's internal verifier"
    LEAD_VERIFIER = "lead_verifier", "the centre's lead verifier"
    ADMINISTRATOR = "administrator", "a centre administrator"


class Layer(models.TextChoices):
    """The layers of progress, never mixed: a mapping alone never meets a criterion."""

    NOT_STARTED = "not_started", "Not started"
    CLAIMED = "claimed", "Claimed"
    ACCEPTED = "accepted", "Accepted"
    CONFIRMED = "confirmed", "Confirmed"
    RETURNED = "returned", "Returned"


class Pace(models.TextChoices):
    """How a unit's progress stands against its target date. The rule: assessments/progress.py."""

    BEHIND = "behind", "Behind target"
    ON_TRACK = "on_track", "On track"
    AHEAD = "ahead", "Ahead of target"


class DueKind(models.TextChoices):
    """What has its day at a centre."""

    TARGET = "target", "Target dates"
    ACTION = "action", "Actions"
    SAMPLE = "sample", "Samples planned"
    STAFF = "staff", "Staff: awards, competence, roles"
    EXTERNAL = "external", "External verifiers"
    RETURN = "return", "Returns from a break"
    REQUEST = "request", "Requests for data"


class Verdict(models.TextChoices):
    """What an assessor says of one criterion, reading one version of an item."""

    MET = "met", "Met"
    CONTRIBUTES = "contributes", "Contributes"
    NOT_YET = "not_yet", "Not yet"


class MarkerKind(models.TextChoices):
    """What a place in the evidence is named by."""

    PAGE = "page", "Page"
    TIME = "time", "Time"
    PASSAGE = "passage", "Passage"


class EvidenceKind(models.TextChoices):
    """Assessment methods, as recording forms name them."""

    WORK_PRODUCT = "work_product", "Work product"
    OBSERVATION = "observation", "Observation"
    PROFESSIONAL_DISCUSSION = "professional_discussion", "Professional discussion"
    QUESTIONS = "questions", "Questions and answers"
    WITNESS_TESTIMONY = "witness_testimony", "Witness testimony"
    PERSONAL_STATEMENT = "personal_statement", "Personal statement"
    PROJECT = "project", "Project or assignment"
    AUDIO_VIDEO = "audio_video", "Audio or video recording"
    PRIOR_LEARNING = "prior_learning", "Recognition of prior learning"
    SIMULATION = "simulation", "Simulation"


RECORDED = (EvidenceKind.OBSERVATION, EvidenceKind.PROFESSIONAL_DISCUSSION, EvidenceKind.QUESTIONS)
"""What an assessor makes a record of."""


class AskedHow(models.TextChoices):
    """How a question was put and answered."""

    ORAL = "oral", "Spoken"
    WRITTEN = "written", "Written"


class SetStatus(models.TextChoices):
    """How far a set of questions is. Only one in use is asked."""

    DRAFT = "draft", "Draft"
    OFFERED = "offered", "Waiting to be verified"
    VERIFIED = "verified", "Verified"
    IN_USE = "in_use", "In use"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Setting(models.TextChoices):
    """Where the activity took place."""

    PAID_WORK = "paid_work", "Real work, paid"
    VOLUNTARY_WORK = "voluntary_work", "Real work, voluntary"
    PLACEMENT = "placement", "Work placement"
    REALISTIC_ENVIRONMENT = "realistic_environment", "Realistic working environment"
    SIMULATED = "simulated", "Simulation"


class HeldAt(models.TextChoices):
    """Where the evidence itself is: evidence may stay in the workplace and be signposted (OCR)."""

    HERE = "here", "In this portfolio"
    LOCATION = "location", "At a named location"


class OthersData(models.TextChoices):
    """Whether customers' or colleagues' personal data is in the evidence (UK GDPR Art. 5)."""

    NONE = "none", "No"
    ANONYMISED = "anonymised", "Yes, and it has been made anonymous"
    PERMITTED = "permitted", "Yes, with the employer's permission"


class WitnessStatus(models.TextChoices):
    """What a witness knows of the work and of the standards (SQA's witness status list)."""

    QUALIFIED_EXPERT = "qualified_expert", "I know this work and the standards, and hold an assessor’s qualification"
    EXPERT = "expert", "I know this work and the standards"
    EXPERT_OF_THE_WORK = "expert_of_the_work", "I know this work, but not the standards"
    NO_EXPERT = "no_expert", "I do not know this work myself"


class TestimonyState(models.TextChoices):
    """How far a witness has come. Worked out from what happened and the day, never kept."""

    ASKED = "asked", "Asked"
    OPENED = "opened", "Opened"
    SIGNED = "signed", "Signed"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Link has run out"
    REVOKED = "revoked", "Taken back"


class AllocatedAs(models.TextChoices):
    """The parts staff are allocated to on an enrolment."""

    ASSESSOR = "assessor", "Assessor"
    COUNTERSIGNER = "countersigner", "Countersigner"
    VERIFIER = "verifier", "Internal verifier"


class InterestKind(models.TextChoices):
    """What makes somebody's judgement of a candidate a matter of their own (Ofqual A4)."""

    RELATIVE = "relative", "Relative or close friend"
    LINE_MANAGER = "line_manager", "Line manager"
    BUSINESS = "business", "Business or financial tie"
    OTHER = "other", "Something else"


class SignedAs(models.TextChoices):
    """Whose signature on a unit, and to what."""

    CANDIDATE = "candidate", "Candidate"
    ASSESSOR = "assessor", "Assessor"
    COUNTERSIGNER = "countersigner", "Countersigner"
    VERIFIER = "verifier", "Internal verifier"
    CANDIDATE_AUTHENTICITY = "candidate_authenticity", "Candidate, authenticity"
    ASSESSOR_AUTHENTICITY = "assessor_authenticity", "Assessor, authenticity"

    @property
    def signer(self) -> str:
        """Whose it is, in words: a candidate and an assessor sign to two things each."""
        return self.label.partition(",")[0].lower()


class SampleStage(models.TextChoices):
    INTERIM = "interim", "Interim"
    SUMMATIVE = "summative", "Summative"


class RatedAs(models.TextChoices):
    """What a risk rating is about."""

    ASSESSOR = "assessor", "Assessor"
    UNIT = "unit", "Unit"
    KIND = "kind", "Kind of evidence"


class PlannedHow(models.TextChoices):
    """How a unit came into a sampling plan."""

    DRAWN = "drawn", "Drawn"
    ADDED = "added", "Added by hand"
    WIDENED = "widened", "Added after a finding"


class RiskLevel(models.TextChoices):
    """How much may go wrong, which says how much is sampled (domain rule 39)."""

    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class SampleOutcome(models.TextChoices):
    AGREED = "agreed", "Agreed"
    AGREED_WITH_ACTION = "agreed_with_action", "Agreed with action"
    NOT_AGREED = "not_agreed", "Not agreed"


class CheckedFor(models.TextChoices):
    """What a verifier checks in every sample (domain, IV sampling record)."""

    PLAN = "plan", "Assessment was planned and agreed with the candidate"
    RULES = "rules", "The evidence is valid, authentic, current and sufficient"
    DECISION = "decision", "The decisions are right"
    FEEDBACK = "feedback", "The feedback says what was shown and what is missing"
    RECORDS = "records", "The records are complete, signed and dated"
    COUNTERSIGNATURE = "countersignature", "What needs a countersignature has one"


class CheckResult(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_APPLICABLE = "na", "Not applicable"


class Turn(models.TextChoices):
    """What happened to an action between raising and closing it."""

    ANSWERED = "answered", "Answered"
    SENT_BACK = "sent_back", "Sent back"


class ActivityKind(models.TextChoices):
    """What a verifier does beside sampling (domain rule 43)."""

    OBSERVATION = "observation", "Observation of an assessor"
    INTERVIEW = "interview", "Candidate interview"
    RECORDS = "records", "Review of records"


class ActivityOutcome(models.TextChoices):
    SATISFACTORY = "satisfactory", "Satisfactory"
    WITH_ACTION = "with_action", "Satisfactory, with an action"
    NOT_SATISFACTORY = "not_satisfactory", "Not satisfactory"


class AppealAbout(models.TextChoices):
    """What a candidate appeals against: what was decided, or how they were assessed (domain rules 58, 59, 62)."""

    DECISION = "decision", "A decision on a criterion"
    RETURN = "return", "An item that was returned"
    RESULT = "result", "The unit came back, or is not signed off"
    CONDUCT = "conduct", "How the assessment was carried out"
    ADJUSTMENT = "adjustment", "A reasonable adjustment refused, or not kept to"
    PRIOR_LEARNING = "prior_learning", "Prior learning that was not recognised"


class AppealStage(models.TextChoices):
    """Who hears an appeal, in the order in which it is taken further (domain rule 59)."""

    ASSESSOR = "assessor", "Another assessor, informally"
    VERIFIER = "verifier", "Internal verifier"
    CENTRE = "centre", "Centre manager or panel"
    AWARDING_BODY = "awarding_body", "Awarding body"


class AppealOutcome(models.TextChoices):
    UPHELD = "upheld", "Upheld"
    PARTLY = "partly", "Partly upheld"
    NOT_UPHELD = "not_upheld", "Not upheld"


class AppealClosed(models.TextChoices):
    """How an appeal ended."""

    WITHDRAWN = "withdrawn", "Withdrawn by the candidate"
    ACCEPTED = "accepted", "Outcome accepted"
    FOLLOWED_UP = "followed_up", "Upheld and followed up"
    EXHAUSTED = "exhausted", "No further stage"
    LAPSED = "lapsed", "Not taken further in time"


class AppealState(models.TextChoices):
    """Where an open appeal stands, and so whose turn it is. Worked out from what happened, never kept."""

    RAISED = "raised", "To be acknowledged"
    UNHEARD = "unheard", "Waits for an adjudicator"
    HEARING = "hearing", "With the adjudicator"
    ANSWER = "answer", "Waits for the candidate's answer"
    FOLLOW_UP = "follow_up", "Upheld, to be followed up"
    CLOSED = "closed", "Closed"


class CaseKind(models.TextChoices):
    """What a case is about (Ofqual A8)."""

    MALPRACTICE = "malpractice", "Suspected malpractice"
    MALADMINISTRATION = "maladministration", "Suspected maladministration"


class CaseOutcome(models.TextChoices):
    NO_CASE = "no_case", "No case to answer"
    PROVED = "proved", "Proved"
    REFERRED = "referred", "Referred to the awarding body"


class ClaimBasis(models.TextChoices):
    """What a claim rests on."""

    DIRECT = "direct", "Direct claim status"
    AUTHORISED = "authorised", "Authorised by the external verifier"


class Effect(models.TextChoices):
    """What a count does that is not reached. It never decides: that is the assessor's."""

    WARN = "warn", "Warn"
    BLOCK = "block", "Block"


class PlanStatus(models.TextChoices):
    """Where an assessment plan stands."""

    DRAFT = "draft", "Being written"
    PROPOSED = "proposed", "Waiting for the candidate"
    AGREED = "agreed", "Agreed"
    REPLACED = "replaced", "Replaced by its next version"
    CLOSED = "closed", "Closed"


class PlanVerb(models.TextChoices):
    """Everything a person can do to an assessment plan. The audit book uses these words."""

    EDIT = "edit_plan", "edit"
    PROPOSE = "propose_plan", "propose"
    RETURN = "return_plan", "send back to be changed"
    AGREE = "agree_plan", "agree"
    REVISE = "revise_plan", "change"
    CLOSE = "close_plan", "close"
    START = "start_activity", "start evidence for"
    LINK = "link_activity", "put evidence to"
    REVIEW = "hold_review", "review"
    AGREE_REVIEW = "agree_review", "agree a review of"


class ActivityState(models.TextChoices):
    """How far a planned activity is. Worked out from the evidence it led to and the day, never kept."""

    PLANNED = "planned", "Planned"
    MISSED = "missed", "Missed its day"
    IN_PREPARATION = "in_preparation", "In preparation"
    HANDED_IN = "handed_in", "Handed in"
    ASSESSED = "assessed", "Assessed"


class GridMark(models.TextChoices):
    """How sampling stands in a candidate's unit, as the grid shows it: most pressing first. Never kept."""

    CHANGED = "changed", "Changed since it was sampled"
    OVERDUE = "overdue", "Planned, and past its day"
    OPEN = "open", "Being sampled"
    PLANNED = "planned", "Planned"
    NOT_AGREED = "not_agreed", "Sampled: not agreed"
    ACTION = "action", "Sampled: agreed, an action is open"
    AGREED = "agreed", "Sampled: agreed"
    LEFT_OUT = "left_out", "Not sampled, with the reason"
    UNPLANNED = "unplanned", "Not planned, no reason on record"
    NOTHING = "nothing", "Nothing to sample yet"
