"""The doors of external verification. See test_doors.py."""

from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from assessments.actions import external as actions
from assessments.models import Enrolment, ExternalAccess
from assessments.testing import House, an_enrolment, signed_off
from assessments.tests.answers import Codes, Expected, holding, office, running, within
from assessments.tests.doors_of_strategy import of_policy
from portfolio.enums import Role

OURS = ("verifier", "other verifier", "lead", "administrator")
"""Those at the centre who are told what its external verifiers do."""
TOLD = (Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER, Role.ADMINISTRATOR)


def set_external(house: House, access: ExternalAccess, unit: Enrolment) -> SimpleNamespace:
    """A unit that the external verifier has chosen, a note of theirs, and two units that can be claimed: the claim of
    one is authorised."""
    signed = [signed_off(an_enrolment(house, key, candidate=house.other_candidate)) for key in ("ocr-cc16", "ocr-cc32")]
    by, at = access.grant.user, timezone.now()
    return SimpleNamespace(
        access=access,
        ready=signed[0],
        authorised=actions.authorise_claim(access=access, enrolment=signed[1], reference="Report 7", by=by, at=at),
        choice=actions.choose_unit(access=access, enrolment=unit, reason="A new assessor.", by=by, at=at),
        note=actions.write_note(access=access, enrolment=unit, words="Ask for the call log.", by=by, at=at),
    )


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def of_access(scene: Any) -> list[object]:
    return [scene.external.access.pk]


def of_unit(scene: Any) -> list[object]:
    return [scene.unit.pk]


def of_appealed(scene: Any) -> list[object]:
    return [scene.appeal.enrolment_id]


def of_choice(scene: Any) -> list[object]:
    return [scene.external.choice.pk]


def of_note(scene: Any) -> list[object]:
    return [scene.external.note.pk]


def of_ready(scene: Any) -> list[object]:
    return [scene.external.ready.pk]


def of_authorised(scene: Any) -> list[object]:
    return [scene.external.authorised.pk]


def told(*others: str) -> Codes:
    """A page of those at the centre who are told, and of some others."""
    return holding(*TOLD, code=404) | dict.fromkeys((*OURS, *others), 200)


VISITOR = within(Role.EXTERNAL_VERIFIER, "external")
PRESSED = holding(Role.ADMINISTRATOR, code=405)

TABLE_OF_EXTERNAL: dict[str, Expected] = {
    "assessments:external_verifiers": Expected(told(), slug),
    "assessments:external_verifiers_file": Expected(told(), lambda scene: [*slug(scene), "csv"]),
    "assessments:give_access": Expected(office(), slug),
    "assessments:external_access": Expected(told("external"), of_access),
    "assessments:visit_looks_file": Expected(running(), lambda scene: [*of_access(scene), "csv"]),
    "assessments:change_external_days": Expected(office(), of_access),
    "assessments:end_external_access": Expected(office(), of_access),
    "assessments:set_external_downloads": Expected(PRESSED, of_access, posted=office(302)),
    "assessments:invite_external_again": Expected(PRESSED, of_access, posted=office(302)),
    "assessments:external_home": Expected(holding(Role.EXTERNAL_VERIFIER)),
    "assessments:external_units": Expected(holding(Role.EXTERNAL_VERIFIER)),
    "assessments:external_units_file": Expected(holding(Role.EXTERNAL_VERIFIER), lambda scene: ["csv"]),
    "assessments:authorise_claim": Expected(VISITOR, of_ready),
    "assessments:take_back_authorisation": Expected(VISITOR, of_authorised),
    "assessments:agree_strategy": Expected(VISITOR, of_policy),
    "assessments:note_on_visit": Expected(VISITOR, of_access),
    "assessments:ask_centre": Expected(VISITOR, of_access),
    "assessments:choose_unit": Expected(VISITOR, of_appealed),
    "assessments:note_on_unit": Expected(VISITOR, of_unit),
    "assessments:mark_looked_at": Expected(
        holding(Role.EXTERNAL_VERIFIER, code=405),
        of_choice,
        posted=within(Role.EXTERNAL_VERIFIER, "external", code=302),
    ),
    "assessments:external_note": Expected(VISITOR, of_note),
}
