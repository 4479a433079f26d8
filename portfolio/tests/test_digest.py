"""News by e-mail: one letter a person, each line told once, at the rhythm and of the kinds they chose."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from portfolio import actions, digest, notices
from portfolio.enums import Rhythm, Role, Told
from portfolio.models import Centre, Notice, OutgoingMessage, RoleGrant, User
from portfolio.notices import News
from portfolio.testing import a_centre, a_staff_member, an_administrator, with_password

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def clock(hour: int, minute: int = 0, days: int = 0) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(TODAY() + days * DAY, datetime.time(hour, minute)))


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def ann(centre: Centre) -> User:
    return with_password(an_administrator(centre, "Ann Lee"))


def tell(user: User, centre: Centre, at: datetime.datetime, kind: Told = Told.TO_CLAIM, what: str = "CC16") -> None:
    news = News(kind, f"Cara: {what}", "Verified, to be claimed.", f"/enrolments/3/#{what}", centre)
    with transaction.atomic():
        notices.tell(news, [user], centre, None, at)


def choose(user: User, rhythm: Rhythm, *left_out: Told) -> None:
    wanted = set(Told) - set(left_out)
    actions.choose_telling(user=user, rhythm=rhythm, offered=Told, wanted=wanted, by=user, at=timezone.now())


def letters() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(subject__contains="new message").order_by("pk"))


def test_it_is_one_letter_by_centre_and_kind_with_links(settings: Any, centre: Centre, ann: User) -> None:
    settings.SITE_URL = "https://portfolio.example"
    south = a_centre("Southgate")
    actions.invite_staff(
        centre=south, email=ann.email, name="Ann", roles=[Role.ADMINISTRATOR], by=None, at=timezone.now()
    )
    tell(ann, south, clock(5), what="D20")
    tell(ann, centre, clock(6), Told.ROLE_ENDING, what="CC26")
    tell(ann, centre, clock(6))
    mail.outbox.clear()
    assert digest.send(clock(7)) == 1
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([ann.email], "3 new messages in your portfolio system")
    body, stop = str(sent.body).split("Stop these e-mails without signing in:\n")
    assert stop.startswith("https://portfolio.example/news/stop/")
    assert (
        body
        == """This is new since you were last told.


Northgate Centre

A unit that is ready to be claimed

  - Cara: CC16: Verified, to be claimed.
    https://portfolio.example/enrolments/3/#CC16

A role that ends soon

  - Cara: CC26: Verified, to be claimed.
    https://portfolio.example/enrolments/3/#CC26


Southgate

A unit that is ready to be claimed

  - Cara: D20: Verified, to be claimed.
    https://portfolio.example/enrolments/3/#D20

Choose what you are told by e-mail, and how often:
https://portfolio.example/news/settings/

"""
    )


def test_nobody_is_told_a_line_twice(centre: Centre, ann: User) -> None:
    tell(ann, centre, clock(6))
    assert [digest.send(clock(hour)) for hour in (7, 7, 8, 23)] == [1, 0, 0, 0]
    assert digest.send(clock(8, days=1)) == 0


def test_a_daily_letter_tells_in_the_morning_what_happened_before(centre: Centre, ann: User) -> None:
    tell(ann, centre, clock(6, 59), what="CC16")
    tell(ann, centre, clock(7, 1), what="CC26")
    assert digest.send(clock(6, 59)) == 0
    assert digest.send(clock(9)) == 1
    assert "CC26" not in letters()[0].body
    assert digest.send(clock(7, days=1)) == 1
    assert "CC16" not in letters()[1].body


def test_an_hourly_letter_tells_at_once(centre: Centre, ann: User) -> None:
    choose(ann, Rhythm.HOURLY)
    tell(ann, centre, clock(14))
    assert digest.send(clock(14, 30)) == 1


def test_who_wants_none_gets_none_and_keeps_the_news(centre: Centre, ann: User) -> None:
    choose(ann, Rhythm.NEVER)
    tell(ann, centre, clock(6))
    assert digest.send(clock(8)) == 0
    assert Notice.objects.visible_to(ann).count() == 1


def test_a_kind_left_out_is_not_mailed_and_the_others_are(centre: Centre, ann: User) -> None:
    choose(ann, Rhythm.DAILY, Told.TO_CLAIM)
    tell(ann, centre, clock(6), what="CC16")
    tell(ann, centre, clock(6), Told.ROLE_ENDING, what="CC26")
    assert digest.send(clock(8)) == 1
    [letter] = letters()
    assert "CC26" in letter.body
    assert "CC16" not in letter.body
    assert Notice.objects.get(letter=None).kind == Told.TO_CLAIM


def test_what_was_seen_already_is_not_mailed(centre: Centre, ann: User) -> None:
    tell(ann, centre, clock(6))
    notices.read(ann, clock(6, 30))
    assert digest.send(clock(8)) == 0


def test_old_news_does_not_flood_whoever_turns_it_on_again(centre: Centre, ann: User) -> None:
    tell(ann, centre, clock(6, days=-8))
    assert digest.send(clock(8)) == 0


def test_who_has_not_taken_up_an_invitation_gets_none(centre: Centre) -> None:
    invited = an_administrator(centre, "New Comer")
    tell(invited, centre, clock(6))
    assert digest.send(clock(8)) == 0


def test_who_holds_no_role_there_any_more_gets_none(centre: Centre) -> None:
    leaver = with_password(a_staff_member(centre, "Lea Ver", Role.ASSESSOR).user)
    tell(leaver, centre, clock(6))
    RoleGrant.objects.filter(user=leaver).update(starts_on=TODAY() - 9 * DAY, ends_on=TODAY() - DAY)
    assert digest.send(clock(8)) == 0


def test_who_was_locked_out_gets_none(centre: Centre, ann: User) -> None:
    tell(ann, centre, clock(6))
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert digest.send(clock(8)) == 0


def test_a_long_absence_makes_one_letter_of_bounded_length(centre: Centre, ann: User) -> None:
    for number in range(digest.MOST + 5):
        tell(ann, centre, clock(6), what=f"U{number}")
    assert digest.send(clock(8)) == 1
    [letter] = letters()
    assert letter.subject.startswith("65 new messages")
    assert letter.body.count("  - ") == digest.MOST
    assert "And 5 more:" in letter.body
    assert digest.send(clock(9)) == 0


def test_a_letter_that_cannot_be_written_tells_nothing(centre: Centre, ann: User, monkeypatch: Any) -> None:
    tell(ann, centre, clock(6))

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(digest, "stop_link", broken)
        with pytest.raises(RuntimeError):
            digest.send(clock(8))
    assert not letters()
    assert digest.send(clock(8)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_tell_each_line_once() -> None:
    centre = a_centre()
    people = [with_password(an_administrator(centre, f"Alma {name}")) for name in ("One", "Two", "Three")]
    for person in people:
        for unit in ("CC16", "CC26"):
            tell(person, centre, clock(6), what=unit)
    together = threading.Barrier(2)

    def run(_: int) -> int:
        try:
            together.wait(timeout=20)
            return digest.send(clock(8))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2))) == 3
    assert sorted(letter.to for letter in letters()) == sorted(person.email for person in people)
    assert all(letter.body.count("  - ") == 2 for letter in letters())


def test_the_command_says_how_many_it_wrote(centre: Centre, ann: User, capsys: pytest.CaptureFixture[str]) -> None:
    choose(ann, Rhythm.HOURLY)
    tell(ann, centre, timezone.now())
    call_command("send_digests")
    call_command("send_digests")
    assert capsys.readouterr().out == "E-mails written: 1.\nE-mails written: 0.\n"
