"""Which units a verifier looks at: a small set that satisfies every rule of the policy, with the reasons in words.

Pure selection: facts, a policy and a seed go in, and the same plan comes out on any machine and any database. Nothing
here reads rows, looks at a clock, or draws a random number of its own.
"""

from assessments.sampling.coverage import Covered, Part, Seen, cover
from assessments.sampling.drawing import ALGORITHM, Chosen, Drawn, draw
from assessments.sampling.facts import Cell, Policy, Rates, Ratings, Stage
from assessments.sampling.needs import Need, Rule, needs_of
from assessments.sampling.written import cells_read, facts_written, ratings_read

__all__ = [
    "ALGORITHM",
    "Cell",
    "Chosen",
    "Covered",
    "Drawn",
    "Need",
    "Part",
    "Policy",
    "Rates",
    "Ratings",
    "Rule",
    "Seen",
    "Stage",
    "cells_read",
    "cover",
    "draw",
    "facts_written",
    "needs_of",
    "ratings_read",
]
