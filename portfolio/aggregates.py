"""Counts of people that may be shown without telling of anybody. Pure arithmetic."""

from collections.abc import Mapping

FEW = 5
"""A count below this could tell of somebody: what statistical offices and funders of training commonly hold to."""


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts, None where one is not shown.

    Small ones are not, nor any that would let a small one be worked out from the total: what is hidden is always two
    groups or more, and five people or more.
    """
    hidden = {name for name, count in counts.items() if count < FEW}
    shown = sorted((count, name) for name, count in counts.items() if name not in hidden)
    while hidden and shown and (len(hidden) == 1 or sum(counts[name] for name in hidden) < FEW):
        hidden.add(shown.pop(0)[1])
    return {name: None if name in hidden else count for name, count in counts.items()}
