"""What the clock tells: once, to those it concerns, as often as it is asked."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.utils import timezone

from assessments.actions import due, verification
from assessments.actions.testimony import lifetime
from assessments.enums import UnitStatus
from assessments.models import Enrolment
from assessments.testing import House, an_enrolment, handed_in, judged
from assessments.tests.acts import open_action, open_sample
from assessments.tests.acts_of_quality import a_centre_action
from assessments.tests.witnesses import a_testimony_draft, asked
from portfolio.actions import end_role, record_qualification, set_seal
from portfolio.enums import QualificationKind, Role, Told
from portfolio.harness import AskingClient
from portfolio.models import Notice, RoleGrant, StaffRecord, User
from portfolio.tests.certificates import PASSWORD as CERTIFICATES
from portfolio.tests.certificates import an_authority

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def target(house: House) -> None:
    unit = an_enrolment(house)
    Enrolment.objects.filter(pk=unit.pk).update(target_on=timezone.localdate() + 40 * DAY)


def witness(house: House) -> None:
    asked(a_testimony_draft(an_enrolment(house)))


def waiting(house: House) -> None:
    handed_in(an_enrolment(house), "1.1", "1.2")


def action(house: House) -> None:
    """Due today, raised today."""
    open_action(house)


def centre_action(house: House) -> None:
    """Due today, asked for today."""
    a_centre_action(house)


def sample(house: House) -> None:
    open_sample(house)


def award(house: House) -> None:
    record_qualification(
        staff=StaffRecord.objects.get(user=house.trainee),
        kind=QualificationKind.TAQA,
        role=Role.ASSESSOR,
        achieved_on=None,
        target_on=timezone.localdate() + 100 * DAY,
        by=house.administrator,
        at=timezone.now(),
    )


def role(house: House) -> None:
    grant = RoleGrant.objects.get(user=house.trainee)
    ends_on = timezone.localdate() + 60 * DAY
    end_role(grant=grant, ends_on=ends_on, by=house.administrator, at=timezone.now())


def seal(house: House) -> None:
    """Ends in a hundred days."""
    file = an_authority().file_for("Northgate Training", until=timezone.now() + 100 * DAY)
    set_seal(centre=house.centre, file=file, password=CERTIFICATES, by=None, at=timezone.now())


@dataclass(frozen=True)
class Expected:
    """A thing that falls due, after how many days it is first told, and whom."""

    begin: Callable[[House], None]
    days: int
    kind: Told
    people: tuple[str, ...]


CASES = {
    "target": Expected(target, 26, Told.TARGET, ("assessor", "candidate")),
    "link": Expected(witness, lifetime().days - 3, Told.LINK_ENDING, ("candidate",)),
    "waiting": Expected(waiting, 10, Told.WAITING, ("assessor",)),
    "near": Expected(action, 0, Told.ACTION_DUE, ("assessor",)),
    "near at the centre": Expected(centre_action, 0, Told.ACTION_DUE, ("assessor",)),
    "sample": Expected(sample, 14, Told.SAMPLE_OPEN, ("verifier",)),
    "award": Expected(award, 70, Told.AWARD_DUE, ("administrator",)),
    "role": Expected(role, 46, Told.ROLE_ENDING, ("administrator",)),
    "seal": Expected(seal, 40, Told.SEAL_ENDING, ("administrator",)),
}
DUE = {case.kind for case in CASES.values()}


def told() -> list[Notice]:
    return list(Notice.objects.exclude(once="").select_related("user").order_by("pk"))


def person_of(house: House, part: str) -> int:
    user: User = house.candidate.user if part == "candidate" else getattr(house, part)
    return user.pk


@pytest.mark.parametrize("name", CASES)
def test_it_tells_once_when_the_day_has_come(house: House, other_house: House, name: str) -> None:
    case = CASES[name]
    case.begin(house)
    first = timezone.now() + case.days * DAY + datetime.timedelta(minutes=1)
    if case.days:
        assert due.tell_due(first - DAY) == 0
    assert due.tell_due(first) == len(case.people)
    assert {(line.kind, line.user_id) for line in told()} == {
        (case.kind, person_of(house, part)) for part in case.people
    }
    assert due.tell_due(first) == 0
    later = sum(due.tell_due(first + day * DAY) for day in range(1, 60))
    # An action is told once more when it is overdue, to both; a certificate in its last days.
    assert later == (2 if name.startswith("near") else 1 if name == "seal" else 0)


@pytest.mark.parametrize("name", CASES)
def test_its_links_land_on_the_spot(house: House, name: str) -> None:
    case = CASES[name]
    case.begin(house)
    due.tell_due(timezone.now() + case.days * DAY + datetime.timedelta(minutes=1))
    assert told()
    for line in told():
        browser = AskingClient()
        browser.force_login(line.user)
        address, _, spot = line.address.partition("#")
        answer = browser.get(address)
        assert answer.status_code == 200
        assert not spot or f'id="{spot}"' in answer.content.decode()


def test_an_action_overdue_is_told_to_its_owner_and_to_whoever_asked(house: House) -> None:
    action(house)
    late = timezone.now() + 2 * DAY
    assert due.tell_due(late) == 2
    assert {line.user_id for line in told()} == {house.assessor.pk, house.verifier.pk}
    assert {line.kind for line in told()} == {Told.ACTION_DUE}
    assert "was due on" in told()[0].sentence


def test_what_was_done_in_time_is_not_told(house: House) -> None:
    unit = an_enrolment(house, "ocr-cc32")
    judged(handed_in(unit, "1.1"), unit)
    open_action(house, answered=True)
    dropped = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    verification.drop_sample(sample=dropped, reason="Ill.", by=house.verifier, at=timezone.now())
    assert due.tell_due(timezone.now() + 20 * DAY) == 0


def test_a_unit_that_does_not_collect_any_more_has_no_target(house: House) -> None:
    target(house)
    Enrolment.objects.filter(candidate=house.candidate).update(
        status=UnitStatus.SUSPENDED, kept_status=UnitStatus.COLLECTING, suspended_at=timezone.now()
    )
    assert due.tell_due(timezone.now() + 30 * DAY) == 0


def test_a_target_that_is_moved_is_told_anew(house: House) -> None:
    target(house)
    now = timezone.now() + 30 * DAY
    assert due.tell_due(now) == 2
    Enrolment.objects.update(target_on=timezone.localdate() + 42 * DAY)
    assert due.tell_due(now + DAY) == 2


def test_the_command_says_how_many_lines_it_told(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    action(house)
    call_command("tell_due")
    call_command("tell_due")
    assert capsys.readouterr().out == "Lines told: 1.\nLines told: 0.\n"
