"""How people are answered at the pages about people: how candidates are received. See doorways.py."""

from typing import Any

from django.utils import timezone

from assessments.testing import House
from assessments.tests.answers import Expected, holding, office, within
from portfolio import actions, importing
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
    importing.begin(
        centre=house.centre,
        content=b"E-mail,Full name\nnew@example.org,Nia Newman\nnobody,Bad Row\n",
        name="people.csv",
        by=house.administrator,
        at=timezone.now(),
    )


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_candidate(scene: Any) -> list[object]:
    return [scene.house.centre.slug, scene.unit.candidate_user.handle]


def of_induction(scene: Any) -> list[object]:
    return [scene.house.candidate.inductions.get().pk]


def slug_and_csv(scene: Any) -> list[object]:
    return [*slug(scene), "csv"]


def of_table(scene: Any) -> list[object]:
    return [*slug(scene), scene.house.centre.people_imports.get().pk]


def of_table_and_csv(scene: Any) -> list[object]:
    return [*of_table(scene), "csv"]


TABLE_OF_PEOPLE: dict[str, Expected] = {
    "portfolio:check_identity": Expected(office(), slug_and_candidate),
    "portfolio:record_induction": Expected(office(), slug_and_candidate),
    "portfolio:import_people": Expected(office(), slug),
    "portfolio:people_template": Expected(office(), slug_and_csv),
    "portfolio:people_import": Expected(office(), of_table),
    "portfolio:choose_changes": Expected(holding(Role.ADMINISTRATOR, code=405), of_table, posted=office(302)),
    "portfolio:go_on_importing": Expected(holding(Role.ADMINISTRATOR, code=405), of_table, posted=office(302)),
    "portfolio:bad_rows_file": Expected(office(), of_table_and_csv),
    "portfolio:throw_import_away": Expected(
        holding(Role.ADMINISTRATOR, code=405), of_table, posted=office(302) | {"administrator elsewhere": 404}
    ),
    "portfolio:invite_held_back": Expected(holding(Role.ADMINISTRATOR, code=405), slug, posted=office(302)),
    "portfolio:own_record": Expected(holding(Role.CANDIDATE)),
    "portfolio:acknowledge_induction": Expected(within(Role.CANDIDATE, "candidate"), of_induction),
}
