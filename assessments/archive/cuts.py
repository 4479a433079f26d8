"""How much of the record somebody takes away: the office of a centre, the office of one candidate, a candidate.

What the office takes is what it sees: nothing of restricted files, whose existence only their investigators know, no
word an external verifier or a judge has not issued yet, no draft, and of its own units nothing that verifiers said. So
it holds the lines of the book without their numbers and links, which would show that others are missing; the book
itself travels with what the operator writes (`export_archive`).

A candidate's own copy names what it holds one by one, so that a table added tomorrow is not in it by accident.
"""

from collections.abc import Mapping
from functools import partial

from django.db.models import Q

from assessments.enums import SignedAs
from assessments.models import (
    Action,
    Alarm,
    AssessmentPlan,
    Enrolment,
    Evidence,
    EvidenceVersion,
    ExternalChoice,
    LeftOut,
    PlannedCell,
    Sample,
    UnsampledNote,
)
from portfolio.archive import catalogue
from portfolio.archive.selection import Cut, Selection
from portfolio.enums import ArchiveCut
from portfolio.models import (
    CandidateRecord,
    ExternalRecord,
    Signature,
    StaffRecord,
    User,
)

RESTRICTED = frozenset(
    {
        "assessments.Case",
        "assessments.CaseConcern",
        "assessments.CaseFile",
        "assessments.CaseStep",
        "assessments.CaseWorker",
        "assessments.Freeze",
        "portfolio.DiversityAnswer",
    }
)
"""What no office takes: files on suspected malpractice, and what a candidate said of themselves to be counted."""
TELLING_OF_THEM = frozenset(
    {"portfolio.AccessLine", "portfolio.AuditChain", "portfolio.AuditDetail", "portfolio.Destruction"}
)
"""What would show that there are restricted files: who looked at what, the book as a chain, what was destroyed."""
UNSEEN_OF_EACH_OTHER = frozenset(
    {
        "assessments.AgreedOutcome",
        "assessments.BlindJudgement",
        "assessments.Exercise",
        "assessments.ExerciseCriterion",
        "assessments.Participant",
    }
)
"""Standardisation: about those who judge, though it rests on a candidate's item."""

OWN_KINDS = frozenset(
    {
        "portfolio.AuditEvent",
        "portfolio.CandidateRecord",
        "portfolio.Centre",
        "portfolio.CoveredTopic",
        "portfolio.DiversityAnswer",
        "portfolio.Document",
        "portfolio.IdentityCheck",
        "portfolio.Induction",
        "portfolio.InductionAcknowledged",
        "portfolio.Signature",
        "portfolio.SignatureVoid",
        "portfolio.StoredFile",
        "assessments.Acknowledgement",
        "assessments.ActivityItem",
        "assessments.AchievedElsewhere",
        "assessments.Adjustment",
        "assessments.Appeal",
        "assessments.AssessmentPlan",
        "assessments.AssessorRecord",
        "assessments.AuthenticationForm",
        "assessments.AwardClaim",
        "assessments.Break",
        "assessments.Certificate",
        "assessments.Claim",
        "assessments.Countersignature",
        "assessments.Decision",
        "assessments.DecisionMarker",
        "assessments.Enrolment",
        "assessments.Evidence",
        "assessments.EvidenceFile",
        "assessments.EvidenceVersion",
        "assessments.Exchange",
        "assessments.Hearing",
        "assessments.Mapping",
        "assessments.Marker",
        "assessments.PausedUnit",
        "assessments.PlanReview",
        "assessments.PlanUnit",
        "assessments.PlannedActivity",
        "assessments.PlannedCriterion",
        "assessments.Profile",
        "assessments.Registration",
        "assessments.Review",
        "assessments.ReviewedProgress",
        "assessments.Showing",
        "assessments.SignOff",
        "assessments.Testimony",
        "assessments.TestimonyCriterion",
        "assessments.TransferIn",
        "assessments.TransferOut",
        "assessments.TransferredUnit",
        "assessments.VersionMap",
        "assessments.VersionMove",
        "assessments.VersionPair",
    }
)
"""What a candidate's own copy holds."""
OTHER_PEOPLES = frozenset(
    {
        ("assessments.Enrolment", "frozen_at"),
        ("assessments.Evidence", "frozen_at"),
        ("assessments.EvidenceFile", "reason"),
        ("assessments.EvidenceFile", "quarantined_by"),
        ("assessments.EvidenceFile", "destroyed_by"),
        ("assessments.Review", "interested"),
        ("assessments.Review", "qualified"),
        ("assessments.Claim", "reference"),
        ("assessments.AwardClaim", "reference"),
        ("assessments.Testimony", "email"),
        ("assessments.Testimony", "telephone"),
        ("assessments.Testimony", "signed_from"),
        ("portfolio.Signature", "signer_email"),
        ("portfolio.SignatureVoid", "reason"),
        ("portfolio.Document", "facts"),
    }
)
"""Columns that a candidate's own copy leaves empty: what the office noted, and other people's addresses."""
OF_THE_BOOK = frozenset(
    ("portfolio.AuditEvent", column) for column in ("chain", "sequence", "previous", "hash", "details_digest", "act_id")
)
NOT_SHUT_AWAY = Q(quarantined_at=None, destroyed_at=None, removed_at=None)
ISSUED_REMARKS = Q(issued_at__isnull=False)
VERIFYING = (Sample, Action, Alarm, UnsampledNote, PlannedCell, LeftOut, ExternalChoice)


def cut_for(kind: str, by: User) -> Cut:
    """The cut of an archive that this person asked for."""
    if kind == ArchiveCut.CENTRE:
        return centre_cut(by)
    return own_cut() if kind == ArchiveCut.OWN else candidate_cut()


def centre_cut(by: User) -> Cut:
    """A centre's record as its office may take it."""
    return Cut(
        ArchiveCut.CENTRE.value,
        kinds=every_kind() - RESTRICTED - TELLING_OF_THEM,
        rows={**handed_in(), **not_of_own_units(by), **of_exercises(), **REMARKS},
        follow={"portfolio.AuditEvent": Selection.subjects},
        withheld=OF_THE_BOOK,
        people=partial(people, addresses=True),
    )


def candidate_cut() -> Cut:
    """A candidate's portfolio as the office may take it."""
    named = {"portfolio.Centre", "portfolio.Signature", "portfolio.SignatureVoid", "portfolio.StoredFile"}
    named |= {"portfolio.Scan", "portfolio.Document", "portfolio.AuditEvent"}
    return Cut(
        ArchiveCut.CANDIDATE.value,
        kinds=frozenset({model._meta.label for model in catalogue.of_candidates()} | named)
        - RESTRICTED
        - UNSEEN_OF_EACH_OTHER,
        rows={**handed_in(), **REMARKS},
        follow=FOLLOWED,
        withheld=OF_THE_BOOK,
        people=partial(people, addresses=True),
    )


def own_cut() -> Cut:
    """A candidate's portfolio as it is theirs: without what verifiers and the office said among themselves."""
    return Cut(
        ArchiveCut.OWN.value,
        kinds=OWN_KINDS,
        rows={
            "assessments.EvidenceFile": NOT_SHUT_AWAY,
            "assessments.SignOff": ~Q(part=SignedAs.VERIFIER),
            "portfolio.Document": Q(kind__in=OWN_FORMS),
            **proposed(),
        },
        follow={**FOLLOWED, "portfolio.AuditEvent": own_acts},
        withheld=OTHER_PEOPLES | OF_THE_BOOK,
        people=partial(people, addresses=False),
    )


# --- rows ------------------------------------------------------------------------------------------------------------

OWN_FORMS = ("recording_form", "authentication_form")
"""Issued documents that a candidate has: those of verification are not theirs."""
REMARKS = {"assessments.ExternalNote": ISSUED_REMARKS}


def every_kind() -> frozenset[str]:
    return frozenset(model._meta.label for model in catalogue.owned())


def handed_in() -> dict[str, Q]:
    """Of evidence, what was handed in: a draft is its candidate's alone. What was shut away is in no copy."""
    found: dict[str, Q] = {}
    for model in catalogue.owned():
        if model._meta.label in UNSEEN_OF_EACH_OTHER:
            continue
        if ways := catalogue.ways_to(model, EvidenceVersion):
            own = "submitted_at__isnull" if model is EvidenceVersion else f"{ways[0]}__submitted_at__isnull"
            found[model._meta.label] = Q(**{own: False})
        elif ways := catalogue.ways_to(model, Evidence):
            own = "number__isnull" if model is Evidence else f"{ways[0]}__number__isnull"
            found[model._meta.label] = Q(**{own: False})
    found["assessments.EvidenceFile"] &= NOT_SHUT_AWAY
    return found


def proposed() -> dict[str, Q]:
    """Of assessment plans, what was proposed to the candidate: until then they are their assessor's."""
    found = {"assessments.AssessmentPlan": Q(proposed_at__isnull=False)}
    for model in catalogue.owned():
        if ways := catalogue.ways_to(model, AssessmentPlan):
            found.setdefault(model._meta.label, Q(**{f"{ways[0]}__proposed_at__isnull": False}))
    return found


def not_of_own_units(by: User) -> dict[str, Q]:
    """Of units that somebody takes themselves, nothing of their verification."""
    found = {}
    for model in catalogue.owned():
        if model in VERIFYING or any(catalogue.ways_to(model, kind) for kind in VERIFYING):
            way = catalogue.ways_to(model, Enrolment)[0]
            found[model._meta.label] = ~Q(**{f"{way}__candidate_user": by})
    return found


def of_exercises() -> dict[str, Q]:
    """What several judged unseen of each other is nobody else's while they still judge."""
    return {"assessments.BlindJudgement": Q(participant__exercise__closed_at__isnull=False)}


def signatures_named(selection: Selection) -> Q:
    return selection.named_by(Signature, selection.of_candidate)


def voids_named(selection: Selection) -> Q:
    return Q(signature__in=Signature.objects.filter(signatures_named(selection)).values("pk"))


def own_acts(selection: Selection) -> Q:
    """Of the lines of the book about a candidate's record, those of what they did themselves."""
    if selection.candidate is None:
        return Q(pk__in=[])
    return selection.subjects() & Q(actor=selection.candidate.user_id)


FOLLOWED = {
    "portfolio.Signature": signatures_named,
    "portfolio.SignatureVoid": voids_named,
    "portfolio.Document": Selection.subjects,
    "portfolio.AuditEvent": Selection.subjects,
}


# --- people ----------------------------------------------------------------------------------------------------------


def people(selection: Selection, *, addresses: bool) -> Mapping[int, Mapping[str, str]]:
    """What is told of the people named: what they are called at the centre, and where they are written to."""
    found: dict[int, dict[str, str]] = {}
    pks = set(selection.shared[User])
    for kind, name in ((ExternalRecord, "name"), (CandidateRecord, "legal_name"), (StaffRecord, "name")):
        rows = kind.objects.filter(centre=selection.centre, user__in=pks)
        for user, called in rows.values_list("user_id", name):
            found.setdefault(user, {})["name"] = called
    told = {pk: {"name": found.get(pk, {}).get("name", "")} for pk in pks}
    if addresses:
        return told
    return {pk: {**said, "email": ""} for pk, said in told.items()}
