"""References of issued documents: random, short enough to be typed from paper, with a character that tells a slip.

Twelve of 31 characters: no 0 or O, no 1, I or L, which look alike in print. Eleven are random, 54 bits that nobody
guesses at thirty tries a minute; the last makes the weighted sum of all divisible by 31, a prime, so that one wrong
character, or two that changed places, are always noticed.
"""

import secrets

import segno

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
PER_GROUP = 4
PARTED_BY = " -–—.\u00a0"
"""What people put between the groups, which means nothing."""
NO_REFERENCE = "A reference has twelve characters, like 7KQ4-M2XD-9HTC: copy all three groups."
UNKNOWN_LETTER = (
    "A reference has no “{}” in it. It never has 0, O, 1, I or L: look for the letter or digit that was meant."
)
MISTYPED = "One of its characters is wrong, or two have changed places: compare it with the paper once more."


def new_reference() -> str:
    """A reference nobody could have guessed."""
    return with_check("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def with_check(first: str) -> str:
    """The characters with their check character behind."""
    return first + ALPHABET[-weighted(first) % len(ALPHABET)]


def weighted(text: str) -> int:
    """The sum of the characters, each times its distance from the end of a whole reference."""
    return sum(ALPHABET.index(letter) * (LENGTH - place) for place, letter in enumerate(text))


def read(text: str) -> str:
    """What was typed, as references are kept: capitals, nothing between the groups."""
    return "".join(letter for letter in text.upper() if letter not in PARTED_BY)


def refusals(reference: str) -> list[str]:
    """Why this, as `read`, can be no reference of ours."""
    unknown = [letter for letter in reference if letter not in ALPHABET]
    if unknown:
        return [UNKNOWN_LETTER.format(unknown[0])]
    if len(reference) != LENGTH:
        return [NO_REFERENCE]
    return [MISTYPED] if weighted(reference) % len(ALPHABET) else []


def grouped(reference: str) -> str:
    """As it is printed: `7KQ4-M2XD-9HTC`."""
    return "-".join(reference[start : start + PER_GROUP] for start in range(0, len(reference), PER_GROUP))


def qr_code(address: str) -> str:
    """The address as a QR code, to be the `src` of a picture.

    The mask is always the same one: to try all eight takes three times as long, and every reader reads each.
    """
    return segno.make(address, error="m", micro=False, mask=2).svg_data_uri(border=0, omitsize=True)
