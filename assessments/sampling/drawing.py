"""The draw: greedy cover of every need, what is superfluous taken out again, stages given, reasons told."""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessments.enums import SampleStage
from assessments.sampling.bound import lower_bound
from assessments.sampling.facts import Cell, Policy, Ratings
from assessments.sampling.needs import Need, needs_of, share

ALGORITHM = 1
"""How a plan is drawn. A later way gets the next number; plans drawn the old way keep theirs."""

ORDERS = 3
"""So many orders of equally good cells are tried, all of them told by the seed; the smallest sample is kept."""


@dataclass(frozen=True)
class Chosen:
    """A cell to be sampled, at which stage, and why in words."""

    key: str
    stage: SampleStage
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """A plan: what to sample, what is left out and why, and how it compares with the smallest that could be.

    `effort` and `bound` count what is chosen, without what was sampled already. `impossible` names the rules that the
    facts cannot satisfy, each in a sentence.
    """

    algorithm: int
    seed: str
    chosen: tuple[Chosen, ...]
    left_out: dict[str, tuple[str, ...]]
    impossible: tuple[str, ...]
    effort: int
    bound: int


def draw(cells: Iterable[Cell], policy: Policy, ratings: Ratings, seed: str) -> Drawn:
    """A small sample that satisfies every rule that can be satisfied. The same facts and seed give the same one.

    The order in which the cells come does not matter. Raises ValueError where two of them have the same key.
    """
    facts = sorted(cells, key=lambda cell: cell.key)
    if len({cell.key for cell in facts}) < len(facts):
        raise ValueError("Two cells have the same key.")
    needs = needs_of(facts, policy, ratings)
    done = frozenset(place for place, cell in enumerate(facts) if cell.done)
    places = smallest(facts, needs, done, seed)
    cover = Cover(facts, needs)
    for place in (*done, *places):
        cover.take(place)
    stages = staged(facts, places, done, policy, seed)
    return Drawn(
        algorithm=ALGORITHM,
        seed=seed,
        chosen=tuple(Chosen(facts[place].key, stages[place], cover.reasons(place)) for place in sorted(places)),
        left_out={
            cell.key: cover.satisfied_without(place)
            for place, cell in enumerate(facts)
            if place not in places and place not in done
        },
        impossible=tuple(need.impossible for need in needs if need.impossible),
        effort=sum(facts[place].effort for place in places),
        bound=lower_bound(facts, needs, done),
    )


def smallest(cells: Sequence[Cell], needs: Sequence[Need], done: frozenset[int], seed: str) -> set[int]:
    """The smallest sample of those found in several orders of equally good cells; the first of equals."""
    found = [covered(cells, needs, done, f"{seed}/{number}") for number in range(ORDERS)]
    return min(found, key=lambda places: sum(cells[place].effort for place in places))


def covered(cells: Sequence[Cell], needs: Sequence[Need], done: frozenset[int], seed: str) -> set[int]:
    """Cells that satisfy every need together with those done, none of them superfluous.

    Greedy: always the cell that helps most needs for its effort, among equals the one the seed puts first. How much a
    cell helps only ever falls, so a heap whose entries are looked at again when they come up finds it.
    """
    cover = Cover(cells, needs)
    for place in done:
        cover.take(place)
    order = ranks(cells, seed)
    heap = [
        (-cover.help(place) / cell.effort, order[place], place)
        for place, cell in enumerate(cells)
        if place not in done and cover.help(place)
    ]
    heapq.heapify(heap)
    taken: list[int] = []
    while heap:
        _, rank, place = heapq.heappop(heap)
        if helps := cover.help(place):
            now = (-helps / cells[place].effort, rank, place)
            if heap and now > heap[0]:
                heapq.heappush(heap, now)
            else:
                cover.take(place)
                taken.append(place)
    for place in sorted(taken, key=lambda place: (-cells[place].effort, -taken.index(place))):
        if cover.superfluous(place):
            cover.put_back(place)
            taken.remove(place)
    return set(taken)


def ranks(cells: Sequence[Cell], seed: str) -> list[str]:
    """An order of the cells that nobody can foresee without the seed, and anybody can follow with it."""
    return [hashlib.sha256(f"{seed}\0{cell.key}".encode()).hexdigest() for cell in cells]


def staged(
    cells: Sequence[Cell], places: set[int], done: frozenset[int], policy: Policy, seed: str
) -> dict[int, SampleStage]:
    """At which stage each chosen cell is sampled: of every assessor's, the policy's share is interim."""
    order = ranks(cells, seed)
    by_assessor: dict[str, list[int]] = defaultdict(list)
    for place in (*places, *done):
        by_assessor[cells[place].assessor].append(place)
    stages: dict[int, SampleStage] = {}
    for own in by_assessor.values():
        interim = sum(1 for place in own if SampleStage.INTERIM in cells[place].done)
        wanted = share(policy.interim, len(own)) - interim
        free = sorted((place for place in own if place in places), key=lambda place: order[place])
        for place in free:
            early = wanted > 0 and cells[place].can_be_interim
            stages[place] = SampleStage.INTERIM if early else SampleStage.SUMMATIVE
            wanted -= early
    return stages


class Cover:
    """Which cells are taken, and how far that satisfies each need."""

    def __init__(self, cells: Sequence[Cell], needs: Sequence[Need]) -> None:
        self.needs = needs
        self.of_cell: list[list[tuple[int, int]]] = [[] for _ in cells]
        self.taken_in: list[list[int]] = [[0] * len(need.groups) for need in needs]
        self.satisfied: list[int] = [0] * len(needs)
        for number, need in enumerate(needs):
            for group, places in enumerate(need.groups):
                for place in places:
                    self.of_cell[place].append((number, group))

    def help(self, place: int) -> int:
        """How many needs that are not satisfied yet the cell would bring nearer."""
        return sum(
            1
            for need, group in self.of_cell[place]
            if not self.taken_in[need][group] and self.satisfied[need] < self.needs[need].least
        )

    def take(self, place: int) -> None:
        for need, group in self.of_cell[place]:
            self.satisfied[need] += not self.taken_in[need][group]
            self.taken_in[need][group] += 1

    def put_back(self, place: int) -> None:
        for need, group in self.of_cell[place]:
            self.taken_in[need][group] -= 1
            self.satisfied[need] -= not self.taken_in[need][group]

    def depending(self, place: int) -> list[Need]:
        """The needs that would not be satisfied without this cell, which is taken."""
        return [
            self.needs[need]
            for need, group in self.of_cell[place]
            if self.taken_in[need][group] == 1 and self.satisfied[need] <= self.needs[need].least
        ]

    def superfluous(self, place: int) -> bool:
        return not self.depending(place)

    def reasons(self, place: int) -> tuple[str, ...]:
        """Why a cell is in the sample: the rules that would not be satisfied without it."""
        return tuple(need.sentence for need in self.depending(place))

    def satisfied_without(self, place: int) -> tuple[str, ...]:
        """Why a cell is left out: each rule it counts to, and how far others satisfy it."""
        return tuple(
            f"{self.needs[need].sentence} Others do that: {self.satisfied[need]} chosen, planned or sampled already."
            for need, _ in self.of_cell[place]
        )
