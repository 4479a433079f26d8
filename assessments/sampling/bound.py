"""How small a sample could be at best: the linear relaxation of the same choice, solved by HiGHS."""

import math
from collections.abc import Collection, Sequence

import highspy
import numpy as np

from assessments.sampling.facts import Cell
from assessments.sampling.needs import Need

TOLERANCE = 1e-6


def lower_bound(cells: Sequence[Cell], needs: Sequence[Need], done: Collection[int]) -> int:
    """The least effort with which every need can be satisfied, if cells could be chosen in part; rounded up.

    `done` are the places of cells sampled already, which cost nothing any more. No sample can be smaller than this.
    Raises RuntimeError where the solver does not find the optimum, which it always does: what is needed is possible.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # typed but for its constructor
    solver.silent()
    solver.setOptionValue("threads", 1)
    _columns(solver, [0.0 if place in done else float(cell.effort) for place, cell in enumerate(cells)])
    for need in needs:
        _row(solver, need)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS found no bound: {solver.getModelStatus()}.")
    return math.ceil(solver.getInfo().objective_function_value - TOLERANCE)


def _columns(solver: highspy.Highs, costs: list[float]) -> None:
    """A variable between 0 and 1 for each cost."""
    for cost in costs:
        solver.addCol(cost, 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([], dtype=np.float64))


def _row(solver: highspy.Highs, need: Need) -> None:
    """The chosen parts of a need's groups come to what it needs; a group of several cells counts once at the most."""
    places: list[int] = []
    for group in need.groups:
        if len(group) == 1:
            places.append(group[0])
            continue
        counted = solver.getNumCol()
        _columns(solver, [0.0])
        _at_least(solver, 0.0, [*group, counted], [*([1.0] * len(group)), -1.0])
        places.append(counted)
    _at_least(solver, float(need.least), places, [1.0] * len(places))


def _at_least(solver: highspy.Highs, least: float, places: list[int], factors: list[float]) -> None:
    indices, values = np.array(places, dtype=np.int32), np.array(factors, dtype=np.float64)
    solver.addRow(least, highspy.kHighsInf, len(places), indices, values)
