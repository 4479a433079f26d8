"""Nouns of the upper floor, by chapter."""

from assessments.models.award import AuthenticationForm, Certificate, Claim
from assessments.models.enrolment import Allocation, Enrolment, EnrolmentQuerySet
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceVersion, Mapping, Release, Showing
from assessments.models.interests import Interest, InterestQuerySet
from assessments.models.judgement import Countersignature, Decision, DecisionMarker, Review, SignOff
from assessments.models.observed import Acknowledgement, AssessorRecord, Exchange, Marker
from assessments.models.question_sets import QuestionSet, QuestionSetQuerySet, SetQuestion, SetQuestionCriterion
from assessments.models.testimony import SIGNED, STILL_WANTED, Testimony, TestimonyCriterion
from assessments.models.verification import Action, ActionQuerySet, Sample, SampledCriterion, UnsampledNote

__all__ = [
    "SIGNED",
    "STILL_WANTED",
    "Acknowledgement",
    "Action",
    "ActionQuerySet",
    "Allocation",
    "AssessorRecord",
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
    "Exchange",
    "Interest",
    "InterestQuerySet",
    "Mapping",
    "Marker",
    "QuestionSet",
    "QuestionSetQuerySet",
    "Release",
    "Review",
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
