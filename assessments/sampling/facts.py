"""What a plan is drawn from: the units that may be sampled, the policy, and how risky each part of them is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.enums import RiskLevel, SampleStage

Stage = SampleStage


@dataclass(frozen=True, slots=True)
class Cell:
    """A candidate's unit in the period: a cell of the grid of candidates and units.

    `key` names it wherever the facts are the same, whatever the database calls its rows. Candidate, unit, assessor,
    site and kinds are names, too: sentences are made of them. `done` holds the stages at which it was sampled in the
    period, or is to be by an earlier plan: that counts, and is not chosen again.
    """

    key: str
    candidate: str
    unit: str
    assessor: str
    site: str = ""
    kinds: frozenset[str] = frozenset()
    signed_off: bool = False
    simulated: bool = False
    done: frozenset[SampleStage] = frozenset()
    effort: int = 1

    @property
    def can_be_interim(self) -> bool:
        """Interim sampling looks at units that are still being assessed (domain rule 41)."""
        return not self.signed_off


@dataclass(frozen=True)
class Rates:
    """How much is sampled at each level of risk, in per cent of the units.

    Defaults: all of a new or unqualified assessor's units, half at medium risk, a fifth at low (domain rule 39).
    """

    high: int = 100
    medium: int = 50
    low: int = 20

    def of(self, level: RiskLevel) -> int:
        return {RiskLevel.HIGH: self.high, RiskLevel.MEDIUM: self.medium, RiskLevel.LOW: self.low}[level]


@dataclass(frozen=True)
class Policy:
    """A centre's rules for sampling, as agreed with the awarding body.

    `candidates` and `interim` are per cent: of each assessor's candidates, and of each assessor's samples. `kinds` must
    be in the sample of every assessor who accepted such evidence.
    """

    rates: Rates = field(default_factory=Rates)
    candidates: int = 100
    interim: int = 30
    kinds: tuple[str, ...] = ()
    every_candidate: bool = True
    every_assessor: bool = True
    every_unit: bool = True
    every_site: bool = True
    all_simulation: bool = True


@dataclass(frozen=True)
class Ratings:
    """The level of risk by the name of an assessor, a unit or a kind of evidence; who has none is at low risk."""

    assessors: Mapping[str, RiskLevel] = field(default_factory=dict)
    units: Mapping[str, RiskLevel] = field(default_factory=dict)
    kinds: Mapping[str, RiskLevel] = field(default_factory=dict)

    def of_assessor(self, name: str) -> RiskLevel:
        """How risky an assessor is."""
        return self.assessors.get(name, RiskLevel.LOW)
