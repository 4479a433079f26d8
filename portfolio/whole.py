"""Whole numbers out of what a browser sends: in an address, a field or a header."""

LONGEST = 18
"""Digits. As many fit into the column of an id; Python itself gives up, loudly, at a few thousand."""


def whole(text: str) -> int | None:
    """The number that the text is; None when it is none, or none that a database could hold."""
    return int(text) if len(text) <= LONGEST and text.isascii() and text.isdigit() else None
