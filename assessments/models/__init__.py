"""Nouns of the upper floor, by chapter."""

from assessments.models.award import AuthenticationForm, Certificate, Claim
from assessments.models.enrolment import Allocation, Enrolment, EnrolmentQuerySet
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceVersion, Mapping, Release
from assessments.models.judgement import Countersignature, Decision, Review, SignOff
from assessments.models.strategy import (
    LeftOut,
    PlannedCell,
    PlannedCellQuerySet,
    RiskRating,
    SamplingPlan,
    SamplingPolicy,
)
from assessments.models.testimony import SIGNED, STILL_WANTED, Testimony, TestimonyCriterion
from assessments.models.verification import Action, ActionQuerySet, Sample, SampledCriterion, UnsampledNote

__all__ = [
    "SIGNED",
    "STILL_WANTED",
    "Action",
    "ActionQuerySet",
    "Allocation",
    "AuthenticationForm",
    "Certificate",
    "Claim",
    "Countersignature",
    "Decision",
    "Enrolment",
    "EnrolmentQuerySet",
    "Evidence",
    "EvidenceFile",
    "EvidenceVersion",
    "LeftOut",
    "Mapping",
    "PlannedCell",
    "PlannedCellQuerySet",
    "Release",
    "Review",
    "RiskRating",
    "Sample",
    "SampledCriterion",
    "SamplingPlan",
    "SamplingPolicy",
    "SignOff",
    "Testimony",
    "TestimonyCriterion",
    "UnsampledNote",
]
