"""Nouns of the ground floor."""

from portfolio.models.archive import Archive, Arrival, ArrivedNumbers
from portfolio.models.audit import AuditChain, AuditDetail, AuditEvent, BookCheck, Erasure
from portfolio.models.base import StandingQuerySet, StandingRow, StandsForGoodError, one_of
from portfolio.models.diversity import DiversityAnswer
from portfolio.models.imports import ImportedRow, PeopleImport
from portfolio.models.induction import CoveredTopic, IdentityCheck, Induction, InductionAcknowledged
from portfolio.models.mailbox import Mailbox
from portfolio.models.message import OutgoingMessage
from portfolio.models.news import LeftOut, Notice, NoticeQuerySet, Telling
from portfolio.models.people import (
    CandidateRecord,
    Centre,
    ExternalRecord,
    RoleGrant,
    RolesRead,
    StaffQualification,
    StaffRecord,
    User,
    centres_kept_by,
    centres_of,
    holders,
)
from portfolio.models.rendition import Rendition
from portfolio.models.seal import Seal
from portfolio.models.signature import Signature, SignatureVoid, Statement
from portfolio.models.staff import Competence, Development
from portfolio.models.vault import AccessLine, Destruction, Document, Scan, StoredFile, Upload
from portfolio.models.work import WorkInProgress
from portfolio.models.worker import Worker

__all__ = [
    "AccessLine",
    "Archive",
    "Arrival",
    "ArrivedNumbers",
    "AuditChain",
    "AuditDetail",
    "AuditEvent",
    "BookCheck",
    "CandidateRecord",
    "Centre",
    "Competence",
    "CoveredTopic",
    "Destruction",
    "Development",
    "DiversityAnswer",
    "Document",
    "Erasure",
    "ExternalRecord",
    "IdentityCheck",
    "ImportedRow",
    "Induction",
    "InductionAcknowledged",
    "LeftOut",
    "Mailbox",
    "Notice",
    "NoticeQuerySet",
    "OutgoingMessage",
    "PeopleImport",
    "Rendition",
    "RoleGrant",
    "RolesRead",
    "Scan",
    "Seal",
    "Signature",
    "SignatureVoid",
    "StaffQualification",
    "StaffRecord",
    "StandingQuerySet",
    "StandingRow",
    "StandsForGoodError",
    "Statement",
    "StoredFile",
    "Telling",
    "Upload",
    "User",
    "WorkInProgress",
    "Worker",
    "centres_kept_by",
    "centres_of",
    "holders",
    "one_of",
]
