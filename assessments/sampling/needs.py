"""From a policy to what it needs: at least so many of these units, each with the sentence that says why."""

import enum
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assessments.enums import RiskLevel
from assessments.sampling.facts import Cell, Policy, Ratings

Group = tuple[int, ...]


class Rule(enum.StrEnum):
    """The rules of a policy, in the order in which their reasons are told."""

    SIMULATION = "simulation"
    CANDIDATE = "candidate"
    CANDIDATES = "candidates"
    ASSESSOR = "assessor"
    UNIT = "unit"
    KIND_RATE = "kind_rate"
    KIND = "kind"
    SITE = "site"
    INTERIM = "interim"


@dataclass(frozen=True)
class Need:
    """At least `least` of the groups must have a cell in the sample; a group is the places of its cells in the facts.

    Mostly a group is one cell. Where candidates are counted, it is all the cells of one. `wanted` is what the policy
    asks for: more than `least` only where the facts do not hold as much, so that it cannot be satisfied.
    """

    rule: Rule
    about: str
    sentence: str
    groups: tuple[Group, ...]
    wanted: int

    @property
    def least(self) -> int:
        return min(self.wanted, len(self.groups))

    @property
    def impossible(self) -> str:
        """Why the policy cannot be satisfied here; empty where it can."""
        if self.wanted <= len(self.groups):
            return ""
        there_are = f"are only {len(self.groups)}" if self.groups else "is none"
        return f"{self.sentence} There {there_are}."


def needs_of(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> list[Need]:
    """Everything the policy needs of these cells, rule by rule. Nothing is needed of nothing."""
    return [need for rule in _RULES for need in rule(cells, policy, ratings) if need.wanted > 0]


def share(per_cent: int, of: int) -> int:
    """So many per cent of a number, rounded up: a share of something is at least one."""
    return -(-of * per_cent // 100)


# --- inside ----------------------------------------------------------------------------------------------------------


def _by(cells: Sequence[Cell], names: Callable[[Cell], Iterable[str]]) -> list[tuple[str, list[int]]]:
    """The places of the cells under each name, by name."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        for name in names(cell):
            found[name].append(place)
    return sorted(found.items())


def _one_by_one(places: Iterable[int]) -> tuple[Group, ...]:
    return tuple((place,) for place in places)


def _simulation(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    """All simulated evidence is sampled (domain rule 17)."""
    if policy.all_simulation:
        for place, cell in enumerate(cells):
            if cell.simulated:
                sentence = "All simulated evidence is sampled, and there is some in this unit."
                yield Need(Rule.SIMULATION, cell.key, sentence, ((place,),), 1)


def _candidates(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    if policy.every_candidate:
        for name, places in _by(cells, lambda cell: [cell.candidate]):
            sentence = f"At least one unit of every candidate is sampled, so one of {name}."
            yield Need(Rule.CANDIDATE, name, sentence, _one_by_one(places), 1)
        return
    for name, places in _by(cells, lambda cell: [cell.assessor]):
        by_candidate: dict[str, list[int]] = defaultdict(list)
        for place in places:
            by_candidate[cells[place].candidate].append(place)
        wanted = share(policy.candidates, len(by_candidate))
        sentence = (
            f"{policy.candidates} % of each assessor’s candidates are sampled: "
            f"{wanted} of the {len(by_candidate)} of {name}."
        )
        yield Need(Rule.CANDIDATES, name, sentence, tuple(map(tuple, by_candidate.values())), wanted)


def _assessors(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    for name, places in _by(cells, lambda cell: [cell.assessor]):
        level = ratings.assessors.get(name, RiskLevel.LOW)
        yield from _rated(Rule.ASSESSOR, name, name, places, level, policy, at_least_one=policy.every_assessor)


def _units(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    for name, places in _by(cells, lambda cell: [cell.unit]):
        level = ratings.units.get(name, RiskLevel.LOW)
        yield from _rated(Rule.UNIT, name, f"unit {name}", places, level, policy, at_least_one=policy.every_unit)


def _rated(
    rule: Rule, about: str, words: str, places: list[int], level: RiskLevel, policy: Policy, *, at_least_one: bool
) -> Iterator[Need]:
    """The rate that goes with the risk; where the rate is none, still one of everything if the policy wants that."""
    rate = policy.rates.of(level)
    wanted = share(rate, len(places))
    if wanted:
        sentence = f"{_of(words)} is rated {level.label.lower()}: {rate} % sampled, {wanted} of {len(places)}."
        yield Need(rule, about, sentence, _one_by_one(places), wanted)
    elif at_least_one:
        yield Need(rule, about, f"{_of(words)} is sampled at least once.", _one_by_one(places), 1)


def _of(words: str) -> str:
    return words[:1].upper() + words[1:]


def _kind_rates(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    """Kinds of evidence somebody has rated. What nobody rated has no rate of its own."""
    for name, places in _by(cells, lambda cell: sorted(cell.kinds)):
        if name in ratings.kinds:
            level = ratings.kinds[name]
            yield from _rated(Rule.KIND_RATE, name, name, places, level, policy, at_least_one=False)


def _kinds(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    for assessor, places in _by(cells, lambda cell: [cell.assessor]):
        for kind in policy.kinds:
            showing = [place for place in places if kind in cells[place].kinds]
            sentence = f"{kind} must be in the sample of every assessor, so one that {assessor} accepted."
            yield Need(Rule.KIND, f"{assessor}/{kind}", sentence, _one_by_one(showing), 1)


def _sites(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    if policy.every_site:
        for name, places in _by(cells, lambda cell: [cell.site] if cell.site else []):
            sentence = f"Every place of assessment is in the sample, so one of {name}."
            yield Need(Rule.SITE, name, sentence, _one_by_one(places), 1)


def _interim(cells: Sequence[Cell], policy: Policy, ratings: Ratings) -> Iterator[Need]:
    """Interim sampling while work is in progress: a share of what the assessor's rate asks for (domain rule 41)."""
    for name, places in _by(cells, lambda cell: [cell.assessor]):
        rate = policy.rates.of(ratings.assessors.get(name, RiskLevel.LOW))
        wanted = share(policy.interim, share(rate, len(places)))
        possible = [place for place in places if cells[place].can_be_interim]
        if possible:
            sentence = f"{policy.interim} % of an assessor’s samples are interim: {wanted} of {name}."
            yield Need(Rule.INTERIM, name, sentence, _one_by_one(possible), wanted)


_RULES = (_simulation, _candidates, _assessors, _units, _kind_rates, _kinds, _sites, _interim)
