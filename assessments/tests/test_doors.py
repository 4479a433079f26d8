"""Every page × everybody: the four parties, the right role with another caseload, another centre, nobody signed in.

The table below holds, for each address by its name, where to knock (`args`) and what each person is answered. A new
address without a line in it fails the first test.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import award, verification
from assessments.actions import evidence as items
from assessments.enums import Verdict
from assessments.models import (
    Appeal,
    AuthenticationForm,
    Enrolment,
    EvidenceVersion,
)
from assessments.queries.external import KINDS, PAGES
from assessments.testing import (
    House,
    a_draft,
    all_well,
    an_enrolment,
    an_external,
    handed_in,
    judged,
    signed_off,
    whose_days_are_over,
)
from assessments.tests.answers import (
    CLOSED,
    ROLES,
)
from assessments.tests.appeals import a_case, a_case_file, acknowledged
from assessments.tests.doors_of_awards import set_awards
from assessments.tests.doors_of_data import set_data
from assessments.tests.doors_of_external import set_external
from assessments.tests.doors_of_people import set_people
from assessments.tests.doors_of_plans import set_plans
from assessments.tests.doors_of_quality import set_quality
from assessments.tests.doors_of_retention import set_retention
from assessments.tests.doors_of_strategy import a_plan_with
from assessments.tests.doors_of_units import set_units
from assessments.tests.doorways import TABLE, Scene
from assessments.tests.form_batches import a_batch
from assessments.tests.further_acts import arranged
from assessments.tests.records import a_set, recorded
from assessments.tests.ties import a_tie
from assessments.tests.witnesses import a_testimony_draft, asked
from portfolio import transfers, vault, workers
from portfolio.access import doors
from portfolio.enums import DocumentStatus, QualificationKind, Role
from portfolio.harness import AskingClient
from portfolio.models import AccessLine, AuditEvent, Document, StaffQualification, User
from portfolio.testing import a_staff_member, with_password
from portfolio.tests import small_files
from units.actions import record_direct_claim
from units.models import AwardingBody, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_of_the_module")]


# --- the scene -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scene(
    house: House, other_house: House, vault_of_the_module: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield set_scene(house, other_house)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def a_worker_lives(scene: Scene) -> None:
    """However long ago the scene was set."""
    workers.say_so("one", started=timezone.now(), at=timezone.now())


def set_scene(house: House, other_house: House) -> Scene:
    unit = an_enrolment(house, countersigner=house.other_assessor)
    external = an_external(house)
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
        "external": external.grant.user,
        "former external": whose_days_are_over(an_external(house, "Ewan Earlier")).grant.user,
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
    a_tie(house, staff=house.trainee)
    outside = set_external(house, external, unit)
    may_claim(house)
    browsers = {name: browser_of(person) for name, person in people.items()}
    look_at(unit)
    upload = transfers.begin(centre=house.centre, by=house.candidate.user, name="call.mp3", size=9, at=timezone.now())
    request = asked(a_testimony_draft(unit))
    set_plans(house, unit)
    set_people(house)
    set_awards(house)
    set_units(house)
    set_retention(house)
    set_data(house)
    item, record, form = item_of(unit), recorded(unit), form_of(house)
    return Scene(
        house, browsers, unit, item, document, learning, form, upload, request, record, a_set(house),
        an_appeal(house), a_case_file(house, a_case(house)).step.case, arranged(house),
        a_plan_with(house, unit), set_quality(house), outside,
    )  # fmt: skip


def may_claim(house: House) -> None:
    """Direct claim status with OCR for one of its units."""
    record_direct_claim(
        centre=house.centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        unit=Unit.objects.get(key="ocr-cc26"),
        starts_on=timezone.localdate(),
        ends_on=None,
        reference="EV report 7",
        by=house.administrator,
        at=timezone.now(),
    )


def an_appeal(house: House) -> Appeal:
    """In another unit with the same people, acknowledged."""
    unit = an_enrolment(house, "ocr-cc16", countersigner=house.other_assessor)
    return acknowledged(house, judged(handed_in(unit, "1.1"), unit, Verdict.NOT_YET).decisions.get())


def look_at(unit: Enrolment) -> None:
    """A sample with an action, which is open, and another sample planned."""
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=unit.verifier, at=timezone.now())
    verification.close_sample(
        sample=sample,
        checks=all_well(),
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
    form = award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())
    a_batch(house, [unit])
    return form


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


TELLS_NOTHING_OF_A_CENTRE = {
    "the standard as the awarding body wrote it, and our own rules": {
        "units:list", "units:unit", "units:qualifications", "units:qualification", "assessments:blank_form",
        "assessments:worked_out", "units:export_unit", "units:unit_file", "units:compare_versions",
    },
    "how they sign in, and how they are told": {
        "account_change_password", "account_reauthenticate", "mfa_index", "portfolio:telling",
    },
    "what anybody may know of their own data": {"assessments:privacy"},
}  # fmt: skip
OPEN_TO_THEM = [name for name, expected in TABLE.items() if expected.codes["external"] == 200]


def leaves_a_line(name: str) -> bool:
    """Whether an address asks who comes, and tells them something of a centre."""
    lock = next(door.lock for door in doors() if door.name == name)
    return lock != "everybody" and not any(name in names for names in TELLS_NOTHING_OF_A_CENTRE.values())


@pytest.mark.parametrize("name", OPEN_TO_THEM)
def test_what_an_external_verifier_looks_at_leaves_one_line(scene: Scene, name: str) -> None:
    """Every address they can open, pictures and text of a file's pages among them; and its words for the centre."""
    before = AccessLine.objects.count()
    knock(scene, name, "external")
    lines = list(AccessLine.objects.all()[: AccessLine.objects.count() - before])
    assert len(lines) == int(leaves_a_line(name))
    assert {line.user for line in lines} <= {scene.external.access.grant.user}
    assert {line.subject_kind for line in lines} <= set(KINDS) | set(PAGES)


def test_nobody_elses_looking_leaves_a_line_but_for_downloads(scene: Scene) -> None:
    before = AccessLine.objects.count()
    for name in OPEN_TO_THEM:
        for person in ("verifier", "lead"):
            knock(scene, name, person)
    assert set(
        AccessLine.objects.all()[: AccessLine.objects.count() - before].values_list("downloaded", flat=True)
    ) == {True}


NUMBERS = ("9" * 5_000, "²")
"""Python itself gives up on thousands of digits, and `²` counts as a digit without being a number."""
ASKED = ("page", "record", "unit", "version", "another", "criterion", "assessor", "chosen", "centre", "against", "view")
SENT = (
    *("notice", "take_back", "take_back_showing", "release", "end", "chosen", "record", "criteria", "requirements"),
    *("also", "set", "shows", "from-1", "asked-1", "mark", "upload", "leave_out", "assessor", "verifier", "position"),
)


@pytest.mark.parametrize("name", [name for name in TABLE if name != "account_logout"])
def test_no_number_breaks_an_address_whatever_its_sender_made_of_it(scene: Scene, name: str) -> None:
    address = reverse(name, args=TABLE[name].args(scene))
    browser = scene.browsers[next((person for person in ROLES if TABLE[name].codes[person] == 200), "candidate")]
    for number in NUMBERS:
        fields = {f"{word}-{number}": number for word in ("asked", "text", "shows", "verdict", "at")}
        sent = urlencode(dict.fromkeys(SENT, number) | fields)
        for answer in (
            browser.get(address, dict.fromkeys(ASKED, number)),
            browser.post(address, sent, content_type="application/x-www-form-urlencoded"),
        ):
            if answer.streaming:
                b"".join(answer)  # or a file that is sent would stay open
            assert answer.status_code < 500
