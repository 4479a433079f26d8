"""Nouns of the upper floor, by chapter."""

from assessments.models.award import AuthenticationForm, Certificate, Claim
from assessments.models.consistency import SCOPES, ConsistencyRule
from assessments.models.enrolment import Allocation, Enrolment, EnrolmentQuerySet
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceVersion, Mapping, Release, Showing
from assessments.models.interests import Interest, InterestQuerySet
from assessments.models.judgement import Countersignature, Decision, DecisionMarker, Review, SignOff
from assessments.models.planning import (
    ActivityItem,
    AssessmentPlan,
    PlannedActivity,
    PlannedCriterion,
    PlanReview,
    PlanUnit,
    ReviewedProgress,
)
from assessments.models.testimony import SIGNED, STILL_WANTED, Testimony, TestimonyCriterion
from assessments.models.verification import Action, ActionQuerySet, Sample, SampledCriterion, UnsampledNote

__all__ = [
    "SCOPES",
    "SIGNED",
    "STILL_WANTED",
    "Action",
    "ActionQuerySet",
    "ActivityItem",
    "Allocation",
    "AssessmentPlan",
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
    "Interest",
    "InterestQuerySet",
    "Mapping",
    "PlanReview",
    "PlanUnit",
    "PlannedActivity",
    "PlannedCriterion",
    "Release",
    "Review",
    "ReviewedProgress",
    "Sample",
    "SampledCriterion",
    "Showing",
    "SignOff",
    "Testimony",
    "TestimonyCriterion",
    "UnsampledNote",
]
