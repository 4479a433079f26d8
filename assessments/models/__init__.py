"""Nouns of the upper floor, by chapter."""

from assessments.models.adjustment import Adjustment
from assessments.models.appeal import DAYS, Appeal, AppealsProcedure, Days, Hearing
from assessments.models.award import AuthenticationForm, Certificate, Claim
from assessments.models.case import Case, CaseConcern, CaseStep, CaseWorker, Freeze
from assessments.models.enrolment import Allocation, Enrolment, EnrolmentQuerySet
from assessments.models.evidence import Evidence, EvidenceFile, EvidenceVersion, Mapping, Release
from assessments.models.judgement import Countersignature, Decision, Review, SignOff
from assessments.models.simulation import SimulatedCriterion, SimulationApproval
from assessments.models.testimony import SIGNED, STILL_WANTED, Testimony, TestimonyCriterion
from assessments.models.verification import Action, ActionQuerySet, Sample, SampledCriterion, UnsampledNote

__all__ = [
    "DAYS",
    "SIGNED",
    "STILL_WANTED",
    "Action",
    "ActionQuerySet",
    "Adjustment",
    "Allocation",
    "Appeal",
    "AppealsProcedure",
    "AuthenticationForm",
    "Case",
    "CaseConcern",
    "CaseStep",
    "CaseWorker",
    "Certificate",
    "Claim",
    "Countersignature",
    "Days",
    "Decision",
    "Enrolment",
    "EnrolmentQuerySet",
    "Evidence",
    "EvidenceFile",
    "EvidenceVersion",
    "Freeze",
    "Hearing",
    "Mapping",
    "Release",
    "Review",
    "Sample",
    "SampledCriterion",
    "SignOff",
    "SimulatedCriterion",
    "SimulationApproval",
    "Testimony",
    "TestimonyCriterion",
    "UnsampledNote",
]
