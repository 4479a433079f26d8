"""How people are answered at the pages about people: how candidates are received. See doorways.py."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from assessments.models import Break
from assessments.testing import House
from assessments.tests.answers import ELSEWHERE, Codes, Expected, holding, office, running, within
from assessments.tests.leaving import achieved_elsewhere
from assessments.tests.pauses import on_a_break
from portfolio import actions, importing
from portfolio.enums import InductionTopic, Role
from portfolio.models import Competence, Development, StaffRecord
from portfolio.models.staff import RUNS
from portfolio.rules import READERS, STAFF_ROLES
from portfolio.testing import a_candidate


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
    assessor = StaffRecord.objects.get(centre=house.centre, user=house.assessor)
    today, now = timezone.localdate(), timezone.now()
    actions.record_competence(
        staff=assessor, area="CC16", evidence="CV seen.", confirmed_on=today, by=house.administrator, at=now
    )
    actions.record_development(
        staff=assessor, done_on=today, what="Standardisation", hours=Decimal(2), by=house.assessor, at=now
    )
    actions.answer_diversity(candidate=house.candidate, gender="woman", by=house.candidate.user, at=now)
    achieved_elsewhere(house)
    on_a_break(house, candidate=a_candidate(house.centre, "Bea Break", number="10000009"))


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_candidate(scene: Any) -> list[object]:
    return [scene.house.centre.slug, scene.unit.candidate_user.handle]


def of_induction(scene: Any) -> list[object]:
    return [scene.house.candidate.inductions.get().pk]


def slug_and_assessor(scene: Any) -> list[object]:
    return [*slug(scene), scene.unit.assessor.handle]


def of_competence(scene: Any) -> list[object]:
    return [Competence.objects.get(staff__centre=scene.house.centre).pk]


def of_entry(scene: Any) -> list[object]:
    return [Development.objects.get(staff__centre=scene.house.centre).pk]


def within_staff(person: str, code: int = 200) -> Codes:
    """A page of one person on the staff: for all others there it does not exist."""
    return holding(*STAFF_ROLES, code=404) | {person: code}


def slug_and_csv(scene: Any) -> list[object]:
    return [*slug(scene), "csv"]


def of_table(scene: Any) -> list[object]:
    """It is gone once the administrator has thrown it away."""
    sent = scene.house.centre.people_imports.first()
    return [*slug(scene), sent.pk if sent else 0]


def of_table_and_csv(scene: Any) -> list[object]:
    return [*of_table(scene), "csv"]


def of_break(scene: Any) -> list[object]:
    return [Break.objects.get(centre=scene.house.centre).pk]


def of_transfer(scene: Any) -> list[object]:
    return [scene.house.centre.transfers_in.get().pk]


def of_achieved(scene: Any) -> list[object]:
    return [scene.house.centre.transfers_in.get().achieved.get().pk]


READ_THE_ASSESSORS = holding(*READERS, code=404) | dict.fromkeys(("administrator", "lead", "assessor", "external"), 200)
TABLE_OF_PEOPLE: dict[str, Expected] = {
    "assessments:transfers": Expected(running(), slug_and_candidate),
    "assessments:transfer_out": Expected(office(), slug_and_candidate),
    "assessments:transfer_in": Expected(office(), slug_and_candidate),
    "assessments:record_achieved": Expected(office(), of_transfer),
    "assessments:take_back_achieved": Expected(holding(Role.ADMINISTRATOR, code=405), of_achieved, posted=office(302)),
    "assessments:breaks": Expected(running(), slug),
    "assessments:breaks_file": Expected(running(), slug_and_csv),
    "assessments:learning_break": Expected(running(), slug_and_candidate),
    "assessments:end_break": Expected(office(), of_break),
    "assessments:expect_back": Expected(office(), of_break),
    "portfolio:check_identity": Expected(office(), slug_and_candidate),
    "portfolio:remove_factor": Expected(office(), slug_and_candidate),
    "portfolio:sign_out": Expected(office(), slug_and_candidate),
    "portfolio:record_induction": Expected(office(), slug_and_candidate),
    "portfolio:import_people": Expected(office(), slug),
    "portfolio:people_file": Expected(office(), slug_and_csv),
    "portfolio:people_template": Expected(office(), slug_and_csv),
    "portfolio:people_import": Expected(office(), of_table),
    "portfolio:choose_changes": Expected(holding(Role.ADMINISTRATOR, code=405), of_table, posted=office(302)),
    "portfolio:go_on_importing": Expected(holding(Role.ADMINISTRATOR, code=405), of_table, posted=office(302)),
    "portfolio:bad_rows_file": Expected(office(), of_table_and_csv),
    "portfolio:throw_import_away": Expected(
        holding(Role.ADMINISTRATOR, code=405), of_table, posted=office(302) | {"administrator elsewhere": 404}
    ),
    "portfolio:invite_held_back": Expected(holding(Role.ADMINISTRATOR, code=405), slug, posted=office(302)),
    "portfolio:all_staff": Expected(holding(*RUNS, code=302)),
    "portfolio:staff": Expected(running() | {"external": 200}, slug),
    "portfolio:staff_file": Expected(running() | {"external": 200}, slug_and_csv),
    "portfolio:staff_member": Expected(READ_THE_ASSESSORS, slug_and_assessor),
    "portfolio:development_file": Expected(READ_THE_ASSESSORS, lambda scene: [*slug_and_assessor(scene), "csv"]),
    "portfolio:record_competence": Expected(running(), slug_and_assessor),
    "portfolio:end_competence": Expected(running(), of_competence),
    "portfolio:own_development": Expected(holding(*STAFF_ROLES, code=302)),
    "portfolio:record_development": Expected(
        holding(*STAFF_ROLES) | dict.fromkeys(ELSEWHERE, 404) | {"candidate elsewhere": 403}, slug
    ),
    "portfolio:correct_development": Expected(within_staff("assessor"), of_entry),
    "portfolio:take_back_development": Expected(
        holding(*STAFF_ROLES, code=405), of_entry, posted=within_staff("assessor", code=302)
    ),
    "portfolio:own_diversity": Expected(holding(Role.CANDIDATE) | {"candidate elsewhere": 404}, slug),
    "portfolio:erase_diversity": Expected(
        holding(Role.CANDIDATE, code=405), slug, posted=within(Role.CANDIDATE, "candidate", code=302)
    ),
    "portfolio:diversity": Expected(running(), slug),
    "portfolio:own_record": Expected(holding(Role.CANDIDATE)),
    "portfolio:acknowledge_induction": Expected(within(Role.CANDIDATE, "candidate"), of_induction),
}
