"""Nouns of the upper floor, by chapter."""

from assessments.models.award import AuthenticationForm, Certificate, Claim
from assessments.models.consistency import SCOPES, ConsistencyRule
from assessments.models.enrolment import Allocation, Enrolment, EnrolmentQuerySet
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceVersion, Mapping, Release, Showing
from assessments.models.interests import Interest, InterestQuerySet
from assessments.models.judgement import Countersignature, Decision, DecisionMarker, Review, SignOff
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
from assessments.models.question_sets import QuestionSet, QuestionSetQuerySet, SetQuestion, SetQuestionCriterion
from assessments.models.testimony import SIGNED, STILL_WANTED, Testimony, TestimonyCriterion
from assessments.models.verification import Action, ActionQuerySet, Sample, SampledCriterion, UnsampledNote

__all__ = [
    "SCOPES",
    "SIGNED",
    "STILL_WANTED",
    "Acknowledgement",
    "Action",
    "ActionQuerySet",
    "ActivityItem",
    "Allocation",
    "AssessmentPlan",
    "AssessorRecord",
    "AuthenticationForm",
    "Certificate",
    "Claim",
    "ConsistencyRule",
    "Countersignature",
    "Decision",
    "DecisionMarker",
    "Enrolment",
    "EnrolmentQuerySet",
    "Evidence",
    "EvidenceFile",
    "EvidenceVersion",
    "Exchange",
    "Interest",
    "InterestQuerySet",
    "Mapping",
    "Marker",
    "PlanReview",
    "PlanUnit",
    "PlannedActivity",
    "PlannedCriterion",
    "QuestionSet",
    "QuestionSetQuerySet",
    "Release",
    "Review",
    "ReviewedProgress",
    "Sample",
    "SampledCriterion",
    "SetQuestion",
    "SetQuestionCriterion",
    "Showing",
    "SignOff",
    "Testimony",
    "TestimonyCriterion",
    "UnsampledNote",
]
