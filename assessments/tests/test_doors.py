"""Every page × everybody: the four parties, the right role with another caseload, another centre, nobody signed in.

The table below holds, for each address by its name, where to knock (`args`) and what each person is answered. A new
address without a line in it fails the first test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_django
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import award, verification
from assessments.actions import evidence as items
from assessments.enums import Verb, Verdict
from assessments.models import Adjustment, Appeal, AuthenticationForm, Case, Enrolment, EvidenceVersion, Testimony
from assessments.testing import House, a_draft, an_enrolment, handed_in, judged, signed_off
from assessments.tests.answers import (
    CLOSED,
    ROLES,
    SEES_THE_UNIT,
    STAFF_OF_THE_UNIT,
    Expected,
    by_script,
    everybody,
    holding,
    office,
    only,
    runs_appeals,
    signed_in,
    turn,
    verifying,
    within,
)
from assessments.tests.appeals import a_case, acknowledged
from assessments.tests.further_acts import arranged
from assessments.tests.witnesses import a_testimony_draft, asked, token_of
from assessments.workflow import UNIT_STEPS
from portfolio import transfers, vault
from portfolio.access import doors
from portfolio.enums import DocumentStatus, QualificationKind, Role
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, Document, StaffQualification, Upload, User
from portfolio.testing import a_staff_member, with_password
from portfolio.tests import small_files

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Scene:
    """A centre with one candidate's unit being collected, with everybody named on it, and another centre."""

    house: House
    browsers: dict[str, AskingClient]
    unit: Enrolment
    item: EvidenceVersion
    document: Document
    award: StaffQualification
    form: AuthenticationForm
    upload: Upload
    request: Testimony
    appeal: Appeal
    case: Case
    adjustment: Adjustment


# --- where to knock --------------------------------------------------------------------------------------------------


def slug(scene: Scene) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_body(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, "ocr"]


def slug_and_person(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, scene.unit.assessor.handle]


def slug_and_candidate(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, scene.unit.candidate_user.handle]


def of_unit(scene: Scene) -> list[object]:
    return [scene.unit.pk]


def of_version(scene: Scene) -> list[object]:
    return [scene.item.pk]


def of_item(scene: Scene) -> list[object]:
    return [scene.item.evidence_id]


def of_file(scene: Scene) -> list[object]:
    return [scene.item.files.get().pk]


def of_page(scene: Scene) -> list[object]:
    return [*of_file(scene), 1]


def of_sample(scene: Scene) -> list[object]:
    return [scene.unit.samples.latest("pk").pk]


def of_action(scene: Scene) -> list[object]:
    return [scene.unit.actions.get().pk]


def of_form(scene: Scene) -> list[object]:
    return [scene.form.pk]


def of_upload(scene: Scene) -> list[object]:
    return [scene.upload.token]


def of_request(scene: Scene) -> list[object]:
    return [scene.request.pk]


def of_testimony(scene: Scene) -> list[object]:
    return [scene.request.version.evidence_id]


def of_appeal(scene: Scene) -> list[object]:
    return [scene.appeal.pk]


def of_case(scene: Scene) -> list[object]:
    return [scene.case.pk]


def of_adjustment(scene: Scene) -> list[object]:
    return [scene.adjustment.pk]


def of_document(scene: Scene) -> list[object]:
    return [scene.document.pk]


def of_grant(scene: Scene) -> list[object]:
    return [*slug_and_person(scene), scene.unit.assessor.grants.get().pk]


def of_award(scene: Scene) -> list[object]:
    return [scene.house.centre.slug, scene.award.staff.user.handle, scene.award.pk]


TABLE: dict[str, Expected] = {
    "home": Expected(signed_in(302)),
    "account_login": Expected(everybody(signed_in=302)),
    "account_again": Expected(everybody(signed_in=409)),
    "account_logout": Expected(everybody(302)),
    "account_inactive": Expected(everybody()),
    "account_signup": Expected(everybody()),
    "account_change_password": Expected(signed_in()),
    "account_reset_password": Expected(everybody()),
    "account_reset_password_done": Expected(everybody()),
    "account_reset_password_from_key": Expected(everybody(), lambda scene: ["1", "no-such-key"]),
    "account_reset_password_from_key_done": Expected(everybody()),
    "portfolio:invitation": Expected(everybody(404, signed_in=404), lambda scene: ["forged"]),
    "portfolio:document": Expected(only(*SEES_THE_UNIT), of_document),
    "portfolio:document_file": Expected(only(code=404), of_document),  # not made yet
    "portfolio:uploads": Expected(
        by_script(*ROLES, code=405), slug, posted=by_script("candidate", "other candidate", code=400)
    ),
    "portfolio:upload": Expected(by_script("candidate", code=200), of_upload),
    "portfolio:keep_work": Expected(signed_in(405) | {"nobody": 401}, posted=signed_in(400) | {"nobody": 401}),
    "portfolio:discard_work": Expected(signed_in(405), posted=signed_in(302)),
    "portfolio:people": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "portfolio:centre_people": Expected(office(), slug),
    "portfolio:centre_settings": Expected(office(), slug),
    "portfolio:add_candidate": Expected(office(), slug),
    "portfolio:add_staff": Expected(office(), slug),
    "portfolio:person": Expected(office(), slug_and_person),
    "portfolio:edit_candidate": Expected(office(), slug_and_candidate),
    "portfolio:edit_staff": Expected(office(), slug_and_person),
    "portfolio:invite_again": Expected(holding(Role.ADMINISTRATOR, code=405), slug_and_person, posted=office(302)),
    "portfolio:grant_role": Expected(office(), slug_and_person),
    "portfolio:end_role": Expected(office(), of_grant),
    "portfolio:add_qualification": Expected(office(), slug_and_person),
    "portfolio:qualification_achieved": Expected(office(), of_award),
    "units:list": Expected(signed_in()),
    "units:unit": Expected(signed_in(), lambda scene: ["ocr-cc26", 1]),
    "assessments:enrolments": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "assessments:centre_enrolments": Expected(office(), slug),
    "assessments:enrol": Expected(office(), slug),
    "assessments:approvals": Expected(office(), slug),
    "assessments:approval": Expected(office(), slug_and_body),
    "assessments:form_approval": Expected(office(), slug_and_body),
    "assessments:allocate": Expected(office(), lambda scene: [scene.unit.pk, "verifier"]),
    "assessments:forms": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "assessments:centre_forms": Expected(office(), slug),
    "assessments:authenticate": Expected(office(), of_unit),
    "assessments:candidate_home": Expected(holding(Role.CANDIDATE)),
    "assessments:manifest": Expected(everybody()),
    "assessments:worker": Expected(everybody()),
    "assessments:offline": Expected(everybody()),
    "assessments:device_drafts": Expected(holding(Role.CANDIDATE)),
    "assessments:add_evidence": Expected(holding(Role.CANDIDATE)),
    "assessments:evidence": Expected(only(*SEES_THE_UNIT), of_item),
    "assessments:edit_evidence": Expected(only(*SEES_THE_UNIT, code=403) | {"candidate": 404}, of_item),  # no draft
    "assessments:submit_evidence": Expected(turn(Verb.SUBMIT), of_item),
    "assessments:replace_evidence": Expected(signed_in(405), of_item, posted=only(*SEES_THE_UNIT, code=409)),
    "assessments:map_evidence": Expected(turn(Verb.MAP_MORE), of_item),
    "assessments:withdraw_evidence": Expected(turn(Verb.WITHDRAW_ITEM), of_item),
    "assessments:ask_witness": Expected(only("candidate"), of_testimony),
    "assessments:resend_request": Expected(signed_in(405), of_request, posted=only("candidate", code=409)),
    "assessments:revoke_request": Expected(signed_in(405), of_request, posted=only("candidate", code=302)),
    "assessments:witness": Expected(everybody(), lambda scene: [token_of(scene.request)]),
    "assessments:quarantine_file": Expected(turn(Verb.QUARANTINE), of_file),
    "assessments:release_file": Expected(turn(Verb.RELEASE), of_file),
    "assessments:redact_file": Expected(turn(Verb.REDACT), of_file),
    "assessments:evidence_file": Expected(only(*SEES_THE_UNIT), of_file),
    "assessments:download_evidence_file": Expected(only(*SEES_THE_UNIT), of_file),
    "assessments:evidence_thumbnail": Expected(only(*SEES_THE_UNIT), of_file),
    "assessments:evidence_page": Expected(only(*SEES_THE_UNIT), of_page),
    "assessments:evidence_page_text": Expected(only(*SEES_THE_UNIT), of_page),
    "assessments:queue": Expected(holding(Role.ASSESSOR)),
    "assessments:caseload": Expected(holding(Role.ASSESSOR)),
    "assessments:judge": Expected(within(Role.ASSESSOR, "assessor"), of_version),
    "assessments:sampling": Expected(holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)),
    "assessments:units_verified": Expected(holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)),
    "assessments:plan_sample": Expected(verifying() | {"lead": 403}, of_unit),
    "assessments:leave_unsampled": Expected(verifying() | {"lead": 403}, of_unit),
    "assessments:sample": Expected(only(*STAFF_OF_THE_UNIT), of_sample),
    "assessments:drop_sample": Expected(verifying() | {"lead": 403}, of_sample),
    "assessments:action": Expected(only(*STAFF_OF_THE_UNIT), of_action),
    "assessments:approve_simulation": Expected(only(*SEES_THE_UNIT, code=403) | {"verifier": 200}, of_unit),
    "assessments:appeals": Expected(signed_in()),
    "assessments:appeal": Expected(only(*SEES_THE_UNIT), of_appeal),
    "assessments:raise_appeal": Expected(only(*SEES_THE_UNIT, code=403) | {"candidate": 200}, of_unit),
    "assessments:appoint_adjudicator": Expected(runs_appeals(200), of_appeal),
    "assessments:decide_appeal": Expected(only(*SEES_THE_UNIT, code=403), of_appeal),  # nobody is appointed yet
    "assessments:follow_up": Expected(runs_appeals(409), of_appeal),
    "assessments:appeals_procedure": Expected(office(), slug),
    "assessments:cases": Expected(signed_in()),
    "assessments:open_case": Expected(office(), slug),
    "assessments:case": Expected(only("administrator"), of_case),
    "assessments:investigators": Expected(only("administrator"), of_case),
    "assessments:hold": Expected(only("administrator"), of_case),
    "assessments:close_case": Expected(only("administrator"), of_case),
    "assessments:let_go": Expected(signed_in(405), of_case, posted=only(code=404)),  # of nothing named
    "assessments:adjustments": Expected(office(), slug),
    "assessments:arrange_adjustment": Expected(office(), slug),
    "assessments:adjustment": Expected(office(), of_adjustment),
    "assessments:end_adjustment": Expected(office(), of_adjustment),
    "assessments:enrolment": Expected(only(*SEES_THE_UNIT), of_unit),
    "assessments:map_cell": Expected(signed_in(405), of_unit, posted=signed_in(404)),  # of no item
    "assessments:recording_form": Expected(signed_in(405), of_unit, posted=only(*SEES_THE_UNIT, code=302)),
    "assessments:authentication_document": Expected(signed_in(405), of_form, posted=only(*SEES_THE_UNIT, code=302)),
    "assessments:blank_form": Expected(signed_in(), lambda scene: ["ocr-cc26", 1]),
    **{f"assessments:{verb.value}": Expected(turn(verb), of_unit) for verb in UNIT_STEPS},
}


# --- the scene -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scene(
    house: House, other_house: House, vault_of_the_module: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield set_scene(house, other_house)
        transaction.set_rollback(True)


def set_scene(house: House, other_house: House) -> Scene:
    unit = an_enrolment(house, countersigner=house.other_assessor)
    people: dict[str, User | None] = {
        "nobody": None,
        "candidate": house.candidate.user,
        "assessor": house.assessor,
        "countersigner": house.other_assessor,
        "verifier": house.verifier,
        "lead": house.lead,
        "administrator": house.administrator,
        "other candidate": house.other_candidate.user,
        "other assessor": house.trainee,
        "other verifier": house.other_verifier,
        "candidate elsewhere": other_house.candidate.user,
        "assessor elsewhere": other_house.assessor,
        "verifier elsewhere": other_house.verifier,
        "administrator elsewhere": other_house.administrator,
    }
    document = Document.objects.create(
        centre=house.centre,
        kind="recording_form",
        key="0" * 64,
        facts={},
        subject_kind="enrolment",
        subject_id=unit.pk,
        file_name="form.pdf",
        status=DocumentStatus.WAITING,
        asked_by=house.administrator,
        asked_at=timezone.now(),
    )
    staff = a_staff_member(house.centre, "Learning Lee", Role.ASSESSOR)
    learning = StaffQualification.objects.create(
        staff=staff, kind=QualificationKind.TAQA, role=Role.ASSESSOR, target_on=timezone.localdate()
    )
    browsers = {name: browser_of(person) for name, person in people.items()}
    look_at(unit)
    upload = transfers.begin(centre=house.centre, by=house.candidate.user, name="call.mp3", size=9, at=timezone.now())
    request = asked(a_testimony_draft(unit))
    item, form = item_of(unit), form_of(house)
    return Scene(
        house, browsers, unit, item, document, learning, form, upload, request,
        an_appeal(house), a_case(house), arranged(house),
    )  # fmt: skip


def an_appeal(house: House) -> Appeal:
    """In another unit with the same people, acknowledged."""
    unit = an_enrolment(house, "ocr-cc16", countersigner=house.other_assessor)
    return acknowledged(house, judged(handed_in(unit, "1.1"), unit, Verdict.NOT_YET).decisions.get())


def look_at(unit: Enrolment) -> None:
    """A sample with an action, which is open, and another sample planned."""
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=unit.verifier, at=timezone.now())
    verification.close_sample(
        sample=sample,
        criteria=[unit.unit.criteria.earliest("pk").pk],
        feedback="Thin.",
        wanted="Hear another call.",
        due_on=timezone.localdate(),
        by=unit.verifier,
        at=timezone.now(),
    )
    verification.plan_sample(enrolment=unit, reason="Once more.", by=unit.verifier, at=timezone.now())


def form_of(house: House) -> AuthenticationForm:
    """A Centre Authentication form of another unit with the same people."""
    unit = signed_off(an_enrolment(house, "ocr-cc32", countersigner=house.other_assessor))
    return award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())


def browser_of(person: User | None) -> AskingClient:
    """A browser in which the person is signed in, or nobody is."""
    browser = AskingClient()
    if person:
        browser.force_login(with_password(person))
    return browser


def item_of(unit: Enrolment) -> EvidenceVersion:
    """An item handed in, with a PDF."""
    name = "report.pdf"
    stored = vault.store(centre=unit.centre, file=ContentFile(small_files.pdf()), name=name, at=timezone.now())
    draft = a_draft(unit, files=[items.NamedFile(stored, name)])
    return items.submit(version=draft, by=unit.candidate_user, at=timezone.now())


def knock(scene: Scene, name: str, person: str, method: str = "get") -> int:
    """The code with which the address answers the person."""
    response = getattr(scene.browsers[person], method)(reverse(name, args=TABLE[name].args(scene)))
    if response.streaming:
        b"".join(response)  # or a file that is sent would stay open
    return int(response.status_code)


@pytest.fixture(autouse=True)
def files_of_the_scene(data_of_its_own: None, settings: pytest_django.Settings, vault_of_the_module: Path) -> None:
    """The scene's files lie where they were put before the test."""
    settings.VAULT_DIR = vault_of_the_module
    settings.RENDITIONS_DIR = vault_of_the_module / "drawn"


# --- tests -----------------------------------------------------------------------------------------------------------


def test_every_address_is_in_the_table() -> None:
    known = {door.name for door in doors()}
    forgotten, gone = known - set(TABLE), set(TABLE) - known
    assert not forgotten, f"Say in TABLE of {__file__} who may open {', '.join(sorted(forgotten))}."
    assert not gone, f"Take {', '.join(sorted(gone))} out of TABLE in {__file__}: no such address."


@pytest.mark.parametrize("name", TABLE)
def test_everybody_is_answered_as_expected(scene: Scene, name: str) -> None:
    found = {person: knock(scene, name, person) for person in ROLES}
    assert found == TABLE[name].codes


@pytest.mark.parametrize("name", TABLE)
def test_who_may_not_look_may_not_act_either(scene: Scene, name: str) -> None:
    closed = {person: code for person, code in TABLE[name].codes.items() if code in CLOSED}
    before = AuditEvent.objects.count()
    found = {person: knock(scene, name, person, "post") for person in closed}
    assert {person: code for person, code in found.items() if code not in (closed[person], 405)} == {}
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", [name for name, expected in TABLE.items() if expected.posted])
def test_everybody_is_answered_as_expected_where_only_acting_opens(scene: Scene, name: str) -> None:
    found = {person: knock(scene, name, person, "post") for person in ROLES}
    assert found == TABLE[name].posted
