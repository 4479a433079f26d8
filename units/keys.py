"""How a unit that a centre brought in is called apart from all others of the installation.

The key of a specification is chosen by whoever writes it down. Two centres may bring the same one in, and neither is to
learn of the other's; so in the house the centre's name is joined to the key. The standard's own units carry none.
"""

from portfolio.models import Centre

JOINED = "--"
KEY_PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"
LONGEST_KEY = 40


def key_at(key: str, centre: Centre | None) -> str:
    """The key in the house of a specification that the centre brings in."""
    return key if centre is None else f"{key}{JOINED}{centre.slug}"


def specification_of(key: str) -> str:
    """The key of the specification, whoever brought it in: all its versions have it."""
    return key.split(JOINED, 1)[0]
