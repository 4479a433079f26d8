"""Nouns of the standard."""

from units.models.body import AwardingBody, CentreApproval
from units.models.bringing import UnitImport, UnitImportQuerySet
from units.models.claiming import DirectClaim, DirectClaimQuerySet
from units.models.criterion import (
    AssessmentCriterion,
    Criterion,
    KnowledgeItem,
    LearningOutcome,
    PerformanceCriterion,
    RelatedCriterion,
    TeachingPoint,
)
from units.models.qualification import (
    BarredPair,
    Qualification,
    QualificationGroup,
    QualificationPublication,
    QualificationQuerySet,
    QualificationUnit,
)
from units.models.unit import EvidenceRequirement, FunctionalSkill, NosReference, Unit, UnitPublication, UnitQuerySet

__all__ = [
    "AssessmentCriterion",
    "AwardingBody",
    "BarredPair",
    "CentreApproval",
    "Criterion",
    "DirectClaim",
    "DirectClaimQuerySet",
    "EvidenceRequirement",
    "FunctionalSkill",
    "KnowledgeItem",
    "LearningOutcome",
    "NosReference",
    "PerformanceCriterion",
    "Qualification",
    "QualificationGroup",
    "QualificationPublication",
    "QualificationQuerySet",
    "QualificationUnit",
    "RelatedCriterion",
    "TeachingPoint",
    "Unit",
    "UnitImport",
    "UnitImportQuerySet",
    "UnitPublication",
    "UnitQuerySet",
]
