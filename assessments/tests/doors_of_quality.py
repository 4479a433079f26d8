"""The doors of sample questions, activities and standardisation. See test_doors.py."""

from types import SimpleNamespace
from typing import Any

from assessments.testing import House
from assessments.tests.acts_of_quality import a_closed_exercise, a_meeting, an_activity, recorded
from assessments.tests.answers import ROLES, Codes, Expected, holding, only, signed_in, verifiers, within
from portfolio.enums import Role
from portfolio.rules import READERS

OVERSEEING = (Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER, Role.ADMINISTRATOR)
OVERSEE = ("verifier", "lead", "administrator", "other verifier")
STAFF_HERE = (*OVERSEE, "assessor", "countersigner", "other assessor")


def set_quality(house: House) -> SimpleNamespace:
    """An activity recorded with its action, another planned, a meeting, and an exercise that was closed."""
    done = recorded(an_activity(house))
    exercise = a_closed_exercise(house)
    return SimpleNamespace(
        planned=an_activity(house),
        done=done,
        action=done.actions.get(),
        meeting=a_meeting(house),
        exercise=exercise,
        file=exercise.version.files.get(),
    )


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_body(scene: Any) -> list[object]:
    return [scene.house.centre.slug, "ocr"]


def slug_and_unit(scene: Any) -> list[object]:
    return [scene.house.centre.slug, "ocr-cc26", 1]


def of_planned(scene: Any) -> list[object]:
    return [scene.quality.planned.pk]


def of_done(scene: Any) -> list[object]:
    return [scene.quality.done.pk]


def of_action(scene: Any) -> list[object]:
    return [scene.quality.action.pk]


def of_meeting(scene: Any) -> list[object]:
    return [scene.quality.meeting.pk]


def of_exercise(scene: Any) -> list[object]:
    return [scene.quality.exercise.pk]


def of_criterion(scene: Any) -> list[object]:
    return [scene.quality.exercise.pk, scene.quality.exercise.criteria.all()[0].criterion_id]


def of_file(scene: Any) -> list[object]:
    return [scene.quality.exercise.pk, scene.quality.file.pk]


def of_page(scene: Any) -> list[object]:
    return [*of_file(scene), 1]


def staff(*people: str, code: int = 200) -> Codes:
    """Some of the staff. The others find no such record, and candidates may not ask."""
    elsewhere = {person: 404 for person, role in ROLES.items() if role in READERS}
    return only(others=403) | elsewhere | dict.fromkeys(people, code)


LEADS = within(Role.LEAD_VERIFIER, "lead")
WHO_PLANNED = verifiers(403) | {"verifier": 200, "lead": 200}
PRESSED = holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER, code=405)
ASKED = ("assessor", "countersigner", "verifier", "lead")

TABLE_OF_QUALITY: dict[str, Expected] = {
    "assessments:sample_questions": Expected(verifiers(), slug),
    "assessments:set_body_questions": Expected(LEADS, slug_and_body),
    "assessments:set_unit_questions": Expected(LEADS, slug_and_unit),
    "assessments:activities": Expected(holding(*READERS)),
    "assessments:activities_file": Expected(holding(*READERS), lambda scene: ["csv"]),
    "assessments:plan_activity": Expected(verifiers(), slug),
    "assessments:activity": Expected(staff(*OVERSEE, "assessor", "external"), of_planned),
    "assessments:drop_activity": Expected(WHO_PLANNED, of_planned),
    "assessments:ask_after_activity": Expected(verifiers(), of_done),
    "assessments:hold_meeting": Expected(verifiers(), slug),
    "assessments:meeting": Expected(staff(*STAFF_HERE, "external"), of_meeting),
    "assessments:ask_in_meeting": Expected(verifiers(), of_meeting),
    "assessments:centre_action": Expected(staff(*OVERSEE, "assessor", "external"), of_action),
    "assessments:standardisation": Expected(holding(*READERS)),
    "assessments:exercises_file": Expected(holding(*READERS), lambda scene: ["csv"]),
    "assessments:meetings_file": Expected(holding(*READERS), lambda scene: ["csv"]),
    "assessments:set_exercise": Expected(verifiers(), slug),
    "assessments:exercise": Expected(staff(*OVERSEE, "assessor", "countersigner", "external"), of_exercise),
    "assessments:close_exercise": Expected(PRESSED, of_exercise, posted=verifiers(302)),
    "assessments:agree_outcome": Expected(verifiers(), of_criterion),
    "assessments:papers_of_verification": Expected(holding(*OVERSEEING, code=302)),
    "assessments:verification_papers": Expected(holding(*OVERSEEING, code=404) | dict.fromkeys(OVERSEE, 200), slug),
    "assessments:actions_file": Expected(
        holding(*OVERSEEING, code=404) | dict.fromkeys(OVERSEE, 200), lambda scene: [*slug(scene), "csv"]
    ),
    "assessments:exercise_document": Expected(
        signed_in(405), of_exercise, posted=only(*OVERSEE, "assessor", "countersigner", "external", code=302)
    ),
    "assessments:meeting_document": Expected(
        signed_in(405), of_meeting, posted=only(*STAFF_HERE, "external", code=302)
    ),
    "assessments:exercise_file": Expected(staff(*ASKED) | {"external": 403}, of_file),
    "assessments:exercise_page": Expected(staff(code=404) | {"external": 403}, of_page),  # not drawn yet
}
