"""Having an audit book checked: what a worker finds is kept, and asking twice asks once."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from portfolio import audit, testing, walls
from portfolio.actions import book, check_book
from portfolio.enums import Role
from portfolio.models import AuditChain, AuditEvent, BookCheck, Centre, User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> Centre:
    return testing.a_centre()


@pytest.fixture
def administrator(centre: Centre) -> User:
    return testing.a_staff_member(centre, "Morag Office", Role.ADMINISTRATOR).user


def length(centre: Centre) -> int:
    return AuditChain.objects.get(centre=centre).length


def test_a_book_that_holds_is_said_to_hold_with_its_head(centre: Centre, administrator: User) -> None:
    check = check_book(centre=centre, by=administrator, at=timezone.now())
    check.refresh_from_db()
    chain = AuditChain.objects.get(centre=centre)
    assert check.done_at is not None
    assert (check.length, check.head, check.broken_at) == (chain.length, chain.head, None)
    line = AuditEvent.objects.filter(chain=chain).latest("sequence")
    assert (line.verb, line.actor, line.subject_id) == ("check book", administrator, centre.pk)


def test_the_first_line_that_was_altered_is_named_with_what_is_wrong(centre: Centre, administrator: User) -> None:
    second = AuditEvent.objects.get(chain__centre=centre, sequence=2)
    walls.take_down()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE portfolio_auditevent SET verb = 'nothing' WHERE id = %s", [second.pk])
    walls.build()
    check = check_book(centre=centre, by=administrator, at=timezone.now())
    check.refresh_from_db()
    assert (check.broken_at, check.length, check.head) == (2, 1, second.previous)
    assert "altered" in check.reason


def test_two_who_ask_at_once_are_answered_with_one_check(centre: Centre, administrator: User) -> None:
    chain, now = AuditChain.objects.get(centre=centre), timezone.now()
    waiting = BookCheck.objects.create(chain=chain, by=administrator, asked_at=now)
    before = length(centre)
    assert check_book(centre=centre, by=administrator, at=now + datetime.timedelta(minutes=1)) == waiting
    assert length(centre) == before
    lost = now + book.LOST_AFTER
    assert check_book(centre=centre, by=administrator, at=lost) != waiting


def test_a_check_whose_worker_was_lost_is_carried_out_when_the_sweep_has_run(
    centre: Centre, administrator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = timezone.now() - book.LOST_AFTER
    lost = BookCheck.objects.create(chain=AuditChain.objects.get(centre=centre), by=administrator, asked_at=asked)
    call_command("requeue_lost_documents")
    assert "Checks of audit books queued again: 1." in capsys.readouterr().out
    lost.refresh_from_db()
    assert lost.length == length(centre)


def test_what_a_check_found_stays_when_its_job_runs_twice(centre: Centre, administrator: User) -> None:
    check = check_book(centre=centre, by=administrator, at=timezone.now())
    check.refresh_from_db()
    found = (check.length, check.done_at)
    check_book(centre=centre, by=administrator, at=timezone.now())
    audit.carry_out(check.pk)
    check.refresh_from_db()
    assert (check.length, check.done_at) == found


def test_only_who_runs_the_centre_has_its_book_checked(centre: Centre, administrator: User) -> None:
    assessor = testing.a_staff_member(centre, "Asha Assessor", Role.ASSESSOR).user
    elsewhere = testing.a_staff_member(testing.a_centre("Elsewhere"), "Nia Far", Role.ADMINISTRATOR).user
    for somebody in (assessor, elsewhere):
        with pytest.raises(Refusal, match="lead internal verifier"):
            check_book(centre=centre, by=somebody, at=timezone.now())
    assert not BookCheck.objects.exists()
