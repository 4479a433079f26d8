"""Nouns of the upper floor, by chapter."""

from assessments.models.award import AuthenticationForm, Certificate, Claim
from assessments.models.enrolment import Allocation, Enrolment, EnrolmentQuerySet
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceVersion, Mapping, Release, Showing
from assessments.models.interests import Interest, InterestQuerySet
from assessments.models.judgement import Countersignature, Decision, DecisionMarker, Review, SignOff
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
    "DecisionMarker",
    "Enrolment",
    "EnrolmentQuerySet",
    "Evidence",
    "EvidenceFile",
    "EvidenceVersion",
    "Interest",
    "InterestQuerySet",
    "Mapping",
    "Release",
    "Review",
    "Sample",
    "SampledCriterion",
    "Showing",
    "SignOff",
    "Testimony",
    "TestimonyCriterion",
    "UnsampledNote",
]
