"""Nouns of the upper floor, by chapter."""

from assessments.models.access import ExternalAccess, ExternalAccessQuerySet, ExternalUnit
from assessments.models.activities import Activity, Attendance, CentreAction, CentreActionTurn, Meeting
from assessments.models.adjustment import Adjustment
from assessments.models.alarms import Alarm, AlarmQuerySet
from assessments.models.appeal import DAYS, IN_GENERAL, Appeal, AppealsProcedure, Days, Hearing
from assessments.models.award import AuthenticationForm, AwardClaim, Certificate, Claim, ClaimBatch, ClaimBatchQuerySet
from assessments.models.breaks import Break, BreakQuerySet, PausedUnit
from assessments.models.case import Case, CaseConcern, CaseFile, CaseStep, CaseWorker, Freeze
from assessments.models.checks import SampleQuestion, SampleQuestions
from assessments.models.consistency import SCOPES, ConsistencyRule
from assessments.models.data_request import DataRequest
from assessments.models.declarations import Wording
from assessments.models.enrolment import Allocation, Enrolment, EnrolmentQuerySet
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceVersion, Mapping, Release, Showing
from assessments.models.external import ClaimAuthorisation, ExternalChoice, ExternalNote
from assessments.models.interests import Interest, InterestQuerySet
from assessments.models.issuing import BatchedForm, FormBatch
from assessments.models.judgement import Countersignature, Decision, DecisionMarker, Review, SignOff
from assessments.models.moving import VersionMap, VersionMove, VersionPair
from assessments.models.observed import Acknowledgement, AssessorRecord, Exchange, Marker
from assessments.models.planning import (
    ActivityItem,
    AssessmentPlan,
    PlannedActivity,
    PlannedCriterion,
    PlanReview,
    PlanUnit,
    ReviewedProgress,
)
from assessments.models.profile import TOLD, Profile
from assessments.models.question_sets import QuestionSet, QuestionSetQuerySet, SetQuestion, SetQuestionCriterion
from assessments.models.registration import Registration, RegistrationQuerySet
from assessments.models.retention import Disposal, DisposalLine, KeepingRule, LegalHold
from assessments.models.simulation import SimulatedCriterion, SimulationApproval
from assessments.models.standardisation import (
    AgreedOutcome,
    BlindJudgement,
    Exercise,
    ExerciseCriterion,
    Participant,
)
from assessments.models.strategy import (
    LeftOut,
    PlanHandover,
    PlannedCell,
    PlannedCellQuerySet,
    RiskRating,
    SamplingPlan,
    SamplingPolicy,
)
from assessments.models.testimony import SIGNED, STILL_WANTED, Testimony, TestimonyCriterion
from assessments.models.transfer import AchievedElsewhere, TransferIn, TransferOut, TransferredUnit
from assessments.models.verification import (
    Action,
    ActionQuerySet,
    ActionTurn,
    AskedOf,
    AskedTurn,
    Sample,
    SampleAnswer,
    SampleCheck,
    SampledCriterion,
    SampledReading,
    UnsampledNote,
)
from assessments.models.widening import Widening

__all__ = [
    "DAYS",
    "IN_GENERAL",
    "SCOPES",
    "SIGNED",
    "STILL_WANTED",
    "TOLD",
    "AchievedElsewhere",
    "Acknowledgement",
    "Action",
    "ActionQuerySet",
    "ActionTurn",
    "Activity",
    "ActivityItem",
    "Adjustment",
    "AgreedOutcome",
    "Alarm",
    "AlarmQuerySet",
    "Allocation",
    "Appeal",
    "AppealsProcedure",
    "AskedOf",
    "AskedTurn",
    "AssessmentPlan",
    "AssessorRecord",
    "Attendance",
    "AuthenticationForm",
    "AwardClaim",
    "BatchedForm",
    "BlindJudgement",
    "Break",
    "BreakQuerySet",
    "Case",
    "CaseConcern",
    "CaseFile",
    "CaseStep",
    "CaseWorker",
    "CentreAction",
    "CentreActionTurn",
    "Certificate",
    "Claim",
    "ClaimAuthorisation",
    "ClaimBatch",
    "ClaimBatchQuerySet",
    "ConsistencyRule",
    "Countersignature",
    "DataRequest",
    "Days",
    "Decision",
    "DecisionMarker",
    "Disposal",
    "DisposalLine",
    "Enrolment",
    "EnrolmentQuerySet",
    "Evidence",
    "EvidenceFile",
    "EvidenceVersion",
    "Exchange",
    "Exercise",
    "ExerciseCriterion",
    "ExternalAccess",
    "ExternalAccessQuerySet",
    "ExternalChoice",
    "ExternalNote",
    "ExternalUnit",
    "FormBatch",
    "Freeze",
    "Hearing",
    "Interest",
    "InterestQuerySet",
    "KeepingRule",
    "LeftOut",
    "LegalHold",
    "Mapping",
    "Marker",
    "Meeting",
    "Participant",
    "PausedUnit",
    "PlanHandover",
    "PlanReview",
    "PlanUnit",
    "PlannedActivity",
    "PlannedCell",
    "PlannedCellQuerySet",
    "PlannedCriterion",
    "Profile",
    "QuestionSet",
    "QuestionSetQuerySet",
    "Registration",
    "RegistrationQuerySet",
    "Release",
    "Review",
    "ReviewedProgress",
    "RiskRating",
    "Sample",
    "SampleAnswer",
    "SampleCheck",
    "SampleQuestion",
    "SampleQuestions",
    "SampledCriterion",
    "SampledReading",
    "SamplingPlan",
    "SamplingPolicy",
    "SetQuestion",
    "SetQuestionCriterion",
    "Showing",
    "SignOff",
    "SimulatedCriterion",
    "SimulationApproval",
    "Testimony",
    "TestimonyCriterion",
    "TransferIn",
    "TransferOut",
    "TransferredUnit",
    "UnsampledNote",
    "VersionMap",
    "VersionMove",
    "VersionPair",
    "Widening",
    "Wording",
]
