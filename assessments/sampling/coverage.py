"""What samples cover of what the policy wants: judged on what was done, never on what was planned.

Pure arithmetic. Every figure is explained in docs/worked-out.md, printed from `EXPLAINED`.
"""

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assessments.enums import SampleStage
from assessments.sampling.facts import Cell, Policy, Ratings
from assessments.sampling.needs import Need, Rule, needs_of, share


class Part(enum.StrEnum):
    """What is covered, in the order in which it is told."""

    CANDIDATES = "Candidates"
    ASSESSORS = "Assessors"
    UNITS = "Units"
    METHODS = "Methods"
    RECORDS = "Records"
    SITES = "Places of work"
    STAGES = "Interim sampling"


PART_OF = {
    Rule.SIMULATION: Part.METHODS,
    Rule.CANDIDATE: Part.CANDIDATES,
    Rule.CANDIDATES: Part.CANDIDATES,
    Rule.ASSESSOR: Part.ASSESSORS,
    Rule.UNIT: Part.UNITS,
    Rule.KIND_RATE: Part.METHODS,
    Rule.KIND: Part.METHODS,
    Rule.SITE: Part.SITES,
}
EXPLAINED = (
    "Only samples that were taken count: in the plan's period, or later where the plan wanted them. One that is "
    "planned or begun covers nothing yet. It is told beside what is missing, for it will mend it.",
    "Candidates: those of whom at least one unit was sampled, of all whose units are worked on or signed off in the "
    "period. Where the policy asks for a share of each assessor's candidates, the same is counted for each assessor.",
    "Assessors, units: the units sampled, of the share that goes with the risk. The risk is the one the plan was drawn "
    "by, or what a verifier has rated since. A share is rounded up, so a share of something is at least one.",
    "Methods: units in which evidence of that kind was looked at, because it shows a criterion that a sample ticked. "
    "That the unit was sampled is not enough.",
    "Records: at least one of each kind of record that exists in the period is looked at. Observations, discussions, "
    "testimonies, questions and feedback are looked at with a criterion that a sample ticked, a plan with its unit.",
    "Places of work: those with a unit that was sampled.",
    "Interim sampling: of each assessor's units, the policy's share of those that their risk asks for.",
    "A unit sampled at both stages counts once, and is named under both.",
)
"""How the figures are worked out, for whoever asks."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A unit of the period: what it holds, at which stages it was sampled and still is to be, and what was looked at.

    `cell.kinds` are the kinds of evidence accepted in it, `kinds` those a sample looked at; likewise `records`, of
    which `holds` are those that exist.
    """

    cell: Cell
    done: frozenset[SampleStage] = frozenset()
    planned: frozenset[SampleStage] = frozenset()
    kinds: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Covered:
    """A thing that the policy wants covered, what it wants in words, and how far that was done.

    `wanted` is no more than there is: what there is not is told by the plan itself. `names` are those not covered.
    """

    part: Part
    about: str
    sentence: str
    wanted: int
    done: int
    interim: int
    summative: int
    planned: int
    names: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.done)

    @property
    def unplanned(self) -> int:
        """Missing, and nothing planned will mend it."""
        return max(0, self.missing - self.planned)

    @property
    def words(self) -> str:
        """What is missing."""
        if not self.missing:
            return "Covered."
        if not self.unplanned:
            return f"{self.missing} missing: planned, not done yet."
        if self.planned:
            return f"{self.missing} missing: {self.planned} planned, {self.unplanned} to be planned."
        return f"{self.missing} missing, and nothing planned."


def cover(seen: Iterable[Seen], policy: Policy, ratings: Ratings) -> list[Covered]:
    """How far samples cover what the policy wants of these units; part by part, what is missing first."""
    facts = sorted(seen, key=lambda each: each.cell.key)
    needs = needs_of([each.cell for each in facts], policy, ratings)
    lines = [
        *_candidates([need for need in needs if need.rule == Rule.CANDIDATE], facts),
        *(_line(need, facts) for need in needs if need.rule not in (Rule.CANDIDATE, Rule.SIMULATION, Rule.INTERIM)),
        *_simulation([need for need in needs if need.rule == Rule.SIMULATION], facts),
        *_records(facts),
        *_interim(facts, policy, ratings),
    ]
    parts = list(Part)
    return sorted(lines, key=lambda line: (parts.index(line.part), -line.unplanned, -line.missing, line.about))


# --- inside ----------------------------------------------------------------------------------------------------------


NOT_LOOKED_AT: frozenset[SampleStage] = frozenset()


def _line(need: Need, facts: Sequence[Seen]) -> Covered:
    """A need, as far as it was done: a group by the stages at which what it is about was looked at in one of its units.

    Most groups are of one unit, and there are as many as units: no set is made for those.
    """
    kind = need.about.rpartition("/")[2] if need.rule in (Rule.KIND, Rule.KIND_RATE) else None

    def looked_at(place: int) -> frozenset[SampleStage]:
        seen = facts[place]
        return seen.done if kind is None or kind in seen.kinds else NOT_LOOKED_AT

    stages = [
        looked_at(group[0]) if len(group) == 1 else NOT_LOOKED_AT.union(*map(looked_at, group)) for group in need.groups
    ]
    coming = [any(facts[place].planned for place in group) for group in need.groups]
    about = need.about.replace("/", ": ") if need.rule == Rule.KIND else need.about
    return _counted(PART_OF[need.rule], about, need.sentence, need.least, stages, coming)


def _counted(
    part: Part,
    about: str,
    sentence: str,
    wanted: int,
    stages: Sequence[frozenset[SampleStage]],
    coming: Sequence[bool],
    names: tuple[str, ...] = (),
) -> Covered:
    """The line of what was sampled at these stages; `coming` says where a sample is still planned."""
    return Covered(
        part=part,
        about=about,
        sentence=sentence,
        wanted=wanted,
        done=sum(1 for each in stages if each),
        interim=sum(1 for each in stages if SampleStage.INTERIM in each),
        summative=sum(1 for each in stages if SampleStage.SUMMATIVE in each),
        planned=sum(1 for each, will in zip(stages, coming, strict=True) if will and not each),
        names=names,
    )


def _candidates(needs: Sequence[Need], facts: Sequence[Seen]) -> Iterator[Covered]:
    """At least one unit of every candidate: one line for all, with the names of those not covered."""
    if not needs:
        return
    lines = [_line(need, facts) for need in needs]
    yield Covered(
        part=Part.CANDIDATES,
        about="Every candidate",
        sentence="At least one unit of every candidate is sampled.",
        wanted=len(lines),
        done=sum(1 for line in lines if not line.missing),
        interim=sum(1 for line in lines if line.interim),
        summative=sum(1 for line in lines if line.summative),
        planned=sum(1 for line in lines if line.missing and line.planned),
        names=tuple(line.about for line in lines if line.missing),
    )


def _simulation(needs: Sequence[Need], facts: Sequence[Seen]) -> Iterator[Covered]:
    """All simulated evidence: one line for all units that hold some."""
    if needs:
        places = [need.groups[0][0] for need in needs]
        sentence = "All simulated evidence is sampled."
        stages, coming = [facts[place].done for place in places], [bool(facts[place].planned) for place in places]
        missing = tuple(
            f"{facts[place].cell.candidate}, {facts[place].cell.unit}" for place in places if not facts[place].done
        )
        yield _counted(Part.METHODS, "Simulated evidence", sentence, len(places), stages, coming, missing)


def _records(facts: Sequence[Seen]) -> Iterator[Covered]:
    """At least one of each kind of record there is."""
    for record in sorted({record for each in facts for record in each.holds}):
        holding = [each for each in facts if record in each.holds]
        stages = [each.done if record in each.records else frozenset() for each in holding]
        sentence = "At least one is looked at in the period."
        yield _counted(Part.RECORDS, record, sentence, 1, stages, [bool(each.planned) for each in holding])


def _interim(facts: Sequence[Seen], policy: Policy, ratings: Ratings) -> Iterator[Covered]:
    """Of each assessor's samples a share while work is in progress; as many as still can be, or were."""
    by_assessor: dict[str, list[Seen]] = defaultdict(list)
    for each in facts:
        by_assessor[each.cell.assessor].append(each)
    for assessor, own in sorted(by_assessor.items()):
        rate = policy.rates.of(ratings.of_assessor(assessor))
        possible = [each for each in own if each.cell.can_be_interim or SampleStage.INTERIM in each.done]
        wanted = min(share(policy.interim, share(rate, len(own))), len(possible))
        if wanted:
            stages = [each.done & {SampleStage.INTERIM} for each in possible]
            coming = [SampleStage.INTERIM in each.planned for each in possible]
            sentence = f"{policy.interim} % of an assessor’s samples are interim."
            yield _counted(Part.STAGES, assessor, sentence, wanted, stages, coming)
