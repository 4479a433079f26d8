"""How people are answered at the pages about people: how candidates are received. See doorways.py."""

from typing import Any

from django.utils import timezone

from assessments.testing import House
from assessments.tests.answers import Expected, holding, office, within
from portfolio import actions
from portfolio.enums import InductionTopic, Role


def set_people(house: House) -> None:
    """The candidate has been told what to know, and has not confirmed it yet."""
    actions.record_induction(
        candidate=house.candidate,
        topics=list(InductionTopic),
        held_by=house.administrator,
        held_on=timezone.localdate(),
        by=house.administrator,
        at=timezone.now(),
    )


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_candidate(scene: Any) -> list[object]:
    return [scene.house.centre.slug, scene.unit.candidate_user.handle]


def of_induction(scene: Any) -> list[object]:
    return [scene.house.candidate.inductions.get().pk]


TABLE_OF_PEOPLE: dict[str, Expected] = {
    "portfolio:check_identity": Expected(office(), slug_and_candidate),
    "portfolio:record_induction": Expected(office(), slug_and_candidate),
    "portfolio:own_record": Expected(holding(Role.CANDIDATE)),
    "portfolio:acknowledge_induction": Expected(within(Role.CANDIDATE, "candidate"), of_induction),
}
