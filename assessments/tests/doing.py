"""A verb ready to be done: who does it, and the act; and everybody who may try."""

from collections.abc import Callable
from dataclasses import dataclass

from assessments.testing import House, an_external
from portfolio.models import User

Do = Callable[[User], object]


@dataclass(frozen=True)
class Act:
    """Who may do it here, and how it is done by somebody."""

    by: User
    do: Do


def everybody(house: House, other_house: House) -> list[User]:
    """Somebody in every part of a house, whom an awarding body sends to look at it, and of another centre."""
    outside = an_external(house, "Otto Outside")
    own = [
        house.candidate.user,
        house.other_candidate.user,
        house.assessor,
        house.other_assessor,
        house.trainee,
        house.verifier,
        house.other_verifier,
        house.lead,
        house.administrator,
    ]
    return [
        *own,
        outside.grant.user,
        other_house.assessor,
        other_house.verifier,
        other_house.administrator,
        other_house.candidate.user,
    ]
