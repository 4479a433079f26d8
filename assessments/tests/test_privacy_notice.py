"""The privacy notice names whatever is kept of people: every table is said in it, or has its reason."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from assessments.archive.holdings import BY_ADDRESS, ROOTS, THEIRS
from assessments.keeping import DEFAULTS
from portfolio import importing, notices, sessions, work
from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.models import User
from portfolio.plain_text import plain_text
from units.enums import RecordClass

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "guide" / "privacy-notice.md"
SAID = {
    "Name, e-mail address, the awarding body's numbers": "portfolio.CandidateRecord",
    "and registrations": "assessments.Registration",
    "cohort": "assessments.Enrolment assessments.Allocation assessments.VersionMove",
    "What they tell of themselves in their profile": "assessments.Profile",
    "The evidence they hand in": "assessments.Evidence assessments.EvidenceVersion assessments.Mapping "
    "assessments.Showing assessments.SimulationApproval assessments.SimulatedCriterion",
    "with its files": "assessments.EvidenceFile assessments.Release portfolio.StoredFile portfolio.Scan "
    "portfolio.Rendition portfolio.Destruction",
    "what is decided and said about it": "assessments.Review assessments.Decision assessments.DecisionMarker "
    "assessments.Countersignature",
    "Records of what they did and said before an assessor": "assessments.AssessorRecord assessments.Exchange "
    "assessments.Marker assessments.Acknowledgement",
    "assessment plans and reviews": "assessments.AssessmentPlan assessments.PlanUnit assessments.PlannedActivity "
    "assessments.PlannedCriterion assessments.ActivityItem assessments.PlanReview assessments.ReviewedProgress",
    "What verifiers sample and find": "assessments.Sample assessments.SampleAnswer assessments.SampleCheck "
    "assessments.SampledCriterion assessments.SampledReading assessments.UnsampledNote assessments.Alarm "
    "assessments.Widening assessments.PlannedCell assessments.LeftOut assessments.SamplingPlan "
    "assessments.PlanHandover",
    "Signatures, claims and certificates": "portfolio.Signature portfolio.SignatureVoid assessments.SignOff "
    "assessments.Claim assessments.AwardClaim assessments.ClaimBatch assessments.ClaimAuthorisation "
    "assessments.Certificate",
    "the forms made of them": "assessments.AuthenticationForm assessments.FormBatch assessments.BatchedForm "
    "portfolio.Document",
    "Their induction": "portfolio.Induction portfolio.CoveredTopic portfolio.InductionAcknowledged",
    "that an identity document was seen": "portfolio.IdentityCheck",
    "Breaks in learning with their reason": "assessments.Break assessments.PausedUnit",
    "where they came from or go to": "assessments.TransferIn assessments.TransferOut assessments.TransferredUnit "
    "assessments.AchievedElsewhere",
    "Appeals, with what was found": "assessments.Appeal assessments.Hearing",
    "the network address they signed from": "assessments.Testimony assessments.TestimonyCriterion",
    "Name, e-mail address, roles with their days": "portfolio.StaffRecord portfolio.ExternalRecord portfolio.RoleGrant",
    "qualifications, competence and their own log of development": "portfolio.StaffQualification portfolio.Competence "
    "portfolio.Development",
    "Conflicts of interest with candidates": "assessments.Interest",
    "How much risk a verifier sees in an assessor's work": "assessments.RiskRating",
    "observations of it": "assessments.Activity",
    "meetings and exercises": "assessments.Meeting assessments.Attendance assessments.Exercise "
    "assessments.ExerciseCriterion assessments.Participant assessments.BlindJudgement assessments.AgreedOutcome",
    "actions asked of them": "assessments.Action assessments.ActionTurn assessments.CentreAction "
    "assessments.CentreActionTurn",
    "what they were let see": "assessments.ExternalAccess assessments.ExternalUnit",
    "what they looked at, chose and wrote": "assessments.ExternalChoice assessments.ExternalNote",
    "The account: e-mail address, password": "portfolio.User account.EmailAddress account.EmailConfirmation",
    "second factors": "mfa.Authenticator",
    "the name that single sign-on knows them by": "socialaccount.SocialAccount socialaccount.SocialToken",
    "Where they are signed in": "sessions.Session usersessions.UserSession",
    "each try to sign in, with time, network address and browser": "axes.AccessAttempt axes.AccessAttemptExpiration "
    "axes.AccessFailureLog axes.AccessLog",
    "Who did what to which record, in an audit book": "portfolio.AuditEvent portfolio.AuditDetail portfolio.AuditChain "
    "portfolio.Erasure portfolio.BookCheck assessments.AppealsProcedure assessments.ConsistencyRule "
    "assessments.KeepingRule assessments.QuestionSet assessments.SampleQuestions assessments.SamplingPolicy "
    "assessments.VersionMap assessments.Wording units.DirectClaim units.QualificationPublication units.UnitImport "
    "units.UnitPublication",
    "who looked at it or took it away": "portfolio.AccessLine",
    "News and letters, and which of these they want": "portfolio.Notice portfolio.OutgoingMessage portfolio.Telling "
    "portfolio.LeftOut",
    "What they are still typing": "portfolio.WorkInProgress",
    "files they sent and have not used yet": "portfolio.Upload",
    "Requests for data, and the copy made for each": "assessments.DataRequest portfolio.Archive",
    "Reasonable adjustments: what is arranged": "assessments.Adjustment",
    "What candidates tell for equality monitoring (age, gender, ethnic group, disability)": "portfolio.DiversityAnswer",
    "Suspected malpractice or maladministration": "assessments.Case assessments.CaseConcern assessments.CaseFile "
    "assessments.CaseStep assessments.CaseWorker assessments.Freeze",
    "or a legal hold": "assessments.LegalHold",
    "One administrator asks for a destruction": "assessments.Disposal assessments.DisposalLine",
    "tables of people sent to us": "portfolio.PeopleImport portfolio.ImportedRow",
}
"""How the notice names what is kept of people, and the tables that this is."""
OF_NOBODY = {
    "units.": "The standard, and what a centre may do with it.",
    "auth.": "Not used: roles are ours.",
    "contenttypes.": "Names of tables.",
    "assessments.SampleQuestion": "A question asked of every sample.",
    "assessments.SetQuestion": "A question of a set.",
    "assessments.SetQuestionCriterion": "The criterion of such a question.",
    "assessments.VersionPair": "What became of a criterion in the next version of a unit.",
    "django_tasks_database.DBTaskResult": "A job: which record it is about, by number, for a fortnight.",
    "portfolio.Arrival": "Where lines of the book come from.",
    "portfolio.ArrivedNumbers": "Numbers that rows had elsewhere.",
    "portfolio.Centre": "The centre itself.",
    "portfolio.Seal": "The centre’s certificate.",
    "portfolio.Statement": "The words of a declaration.",
    "portfolio.Worker": "A process.",
    "socialaccount.SocialApp": "How the operator set single sign-on up.",
}
"""Tables, or all of a library, that tell of nobody."""
ON_DEVICES = ("nvq-person", "nvq-at-work", "nvq-drafts", "nvq-uploads", "kept-left")


def notice() -> str:
    """What a centre's notice begins from, in one line."""
    return " ".join(plain_text("portfolio/privacy_template.txt", {"centre": "[Centre]"}).split())


def leads_to_somebody(model: Kind) -> bool:
    """Whether a row is somebody's own, or names who did something."""
    label = model._meta.label
    names = any(catalogue.target_of(relation) is User for relation in catalogue.relations(model))
    return names or label in THEIRS or label in BY_ADDRESS or any(catalogue.ways_to(model, root) for root in ROOTS)


def test_the_guide_and_the_template_say_the_same() -> None:
    quoted = [line.removeprefix(">") for line in DOCUMENT.read_text().splitlines() if line.startswith(">")]
    assert re.sub(r"\*\*(.+?)\.\*\*", r"\1", " ".join(" ".join(quoted).split())) == notice()


def test_every_table_is_said_in_the_notice_or_tells_of_nobody() -> None:
    said = [label for labels in SAID.values() for label in labels.split()]
    assert len(said) == len(set(said))
    tables = {model._meta.label: model for model in catalogue.every_model()}
    assert sorted(set(said) - set(tables)) == []
    others = {label: model for label, model in tables.items() if label not in said}
    libraries = tuple(name for name in OF_NOBODY if name.endswith("."))
    unnamed = [label for label in others if label not in OF_NOBODY and not label.startswith(libraries)]
    assert unnamed == [], "Name what it keeps of people in templates/portfolio/privacy_template.txt and the guide."
    assert [label for label, model in others.items() if leads_to_somebody(model)] == []


@pytest.mark.parametrize("words", [*SAID, *ON_DEVICES])
def test_the_notice_names_it(words: str) -> None:
    assert words in notice()


def test_what_scripts_keep_on_a_device_is_named() -> None:
    scripts = [path.read_text() for path in (Path(settings.BASE_DIR) / "static" / "js").rglob("*.js")]
    named = set(re.findall(r"""(?:NAME|WHO|LEFT|WORK) = "([\w-]+)\"""", "".join(scripts)))
    assert named == set(ON_DEVICES)
    kept = re.findall(r"(?:local|session)Storage\.\w+\(([^,)]+)", "".join(scripts))
    assert set(kept) == {'"nvq-person"', '"nvq-at-work"', "WHO", "LEFT", "WORK"}


def test_what_goes_goes_when_the_notice_says() -> None:
    assert [str(DEFAULTS[each].period) for each in RecordClass if each in DEFAULTS] == ["1 year", "6 years", "6 years"]
    for words in (
        "evidence files for [one year]",
        "the audit book for [six years] after the unit's certificate",
        "[six years] after their last certificate",
    ):
        assert words in notice()
    for words, kept_for in {
        "what was typed and not sent, after thirty days": work.KEPT_FOR,
        "tables of people sent to us, after thirty days": importing.KEPT_FOR,
        "news with its letters, after ninety days": notices.KEPT_FOR,
        "sign-ins and tries, after a year": sessions.TRIES_KEPT_FOR,
    }.items():
        assert words in notice()
        assert kept_for.days == {"thirty": 30, "ninety": 90, "a": 365}[words.rsplit(" after ")[1].split()[0]]
    assert (settings.SESSION_COOKIE_AGE, settings.UPLOAD_DAYS, settings.ARCHIVE_DAYS) == (12 * 60 * 60, 7, 14)
