"""What a plan was drawn from, as it is kept: so that anybody can draw it again and compare."""

from collections.abc import Mapping, Sequence
from typing import Any

from assessments.enums import RiskLevel, SampleStage
from assessments.sampling.facts import Cell, Ratings
from portfolio.canonical import JSON


def facts_written(cells: Sequence[Cell], ratings: Ratings) -> dict[str, JSON]:
    """The facts in one certain way: cells by key, sets as sorted lists."""
    return {
        "cells": [
            {
                "key": cell.key,
                "candidate": cell.candidate,
                "unit": cell.unit,
                "assessor": cell.assessor,
                "site": cell.site,
                "kinds": sorted(cell.kinds),
                "signed_off": cell.signed_off,
                "simulated": cell.simulated,
                "done": sorted(cell.done),
                "effort": cell.effort,
            }
            for cell in sorted(cells, key=lambda cell: cell.key)
        ],
        "ratings": {
            "assessors": dict(ratings.assessors),
            "units": dict(ratings.units),
            "kinds": dict(ratings.kinds),
        },
    }


def cells_read(facts: Mapping[str, Any]) -> list[Cell]:
    """The cells of facts that were written down."""
    return [
        Cell(
            **{
                **row,
                "kinds": frozenset(row["kinds"]),
                "done": frozenset(SampleStage(stage) for stage in row["done"]),
            }
        )
        for row in facts["cells"]
    ]


def ratings_read(facts: Mapping[str, Any]) -> Ratings:
    """The ratings of facts that were written down."""
    rated = facts["ratings"]
    return Ratings(
        assessors={name: RiskLevel(level) for name, level in rated["assessors"].items()},
        units={name: RiskLevel(level) for name, level in rated["units"].items()},
        kinds={name: RiskLevel(level) for name, level in rated["kinds"].items()},
    )
