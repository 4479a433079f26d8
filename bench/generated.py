"""Generated centres to draw samples from: all sizes, policies and ratings, told by a number alone."""

import random

from assessments.enums import EvidenceKind, RiskLevel, SampleStage
from assessments.sampling import Cell, Policy, Rates, Ratings

KINDS = [
    EvidenceKind.WORK_PRODUCT.label,
    EvidenceKind.OBSERVATION.label,
    EvidenceKind.PROFESSIONAL_DISCUSSION.label,
    EvidenceKind.QUESTIONS.label,
    EvidenceKind.WITNESS_TESTIMONY.label,
]
MOST_UNITS_EACH = 6


def a_centre_of(number: int, *, candidates: int, assessors: int, units: int, sites: int) -> list[Cell]:
    """Its cells: every candidate on one to six units, mostly with one assessor, some sampled already."""
    chance = random.Random(number)
    cells = []
    for candidate in range(candidates):
        own, site = chance.randrange(assessors), f"Site {chance.randrange(sites)}"
        for unit in chance.sample(range(units), min(units, chance.randint(1, MOST_UNITS_EACH))):
            assessor = own if chance.random() < 0.8 else chance.randrange(assessors)
            signed_off = chance.random() < 0.4
            sampled = signed_off and chance.random() < 0.1
            cells.append(
                Cell(
                    key=f"{candidate:05}/{unit}",
                    candidate=f"Candidate {candidate}",
                    unit=f"U{unit}",
                    assessor=f"Assessor {assessor}",
                    site=site,
                    kinds=frozenset(chance.sample(KINDS, chance.randint(1, len(KINDS)))),
                    signed_off=signed_off,
                    simulated=chance.random() < 0.02,
                    done=frozenset([SampleStage.SUMMATIVE] if sampled else []),
                    effort=chance.randint(1, 3),
                )
            )
    return cells


def a_policy(number: int) -> Policy:
    chance = random.Random(number)
    return Policy(
        rates=Rates(100, chance.choice([30, 50]), chance.choice([0, 10, 20])),
        candidates=chance.choice([20, 50, 100]),
        interim=chance.choice([0, 20, 50]),
        kinds=tuple(chance.sample(KINDS, 2)),
        every_candidate=chance.random() < 0.5,
        every_assessor=chance.random() < 0.8,
        every_unit=chance.random() < 0.8,
        every_site=chance.random() < 0.5,
    )


def ratings_for(cells: list[Cell], number: int) -> Ratings:
    """Every assessor rated, a tenth of the units high, and a third of the kinds somehow."""
    chance = random.Random(number)
    levels = list(RiskLevel)
    units = sorted({cell.unit for cell in cells})
    return Ratings(
        assessors={name: chance.choice(levels) for name in sorted({cell.assessor for cell in cells})},
        units={name: RiskLevel.HIGH for name in units if chance.random() < 0.1},
        kinds={name: chance.choice(levels) for name in KINDS if chance.random() < 0.3},
    )
