"""News: whom it is told, when it counts as seen, and when it goes."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portfolio import notices, post
from portfolio.enums import Role, Told
from portfolio.models import Centre, Notice, OutgoingMessage, User
from portfolio.notices import News
from portfolio.testing import a_centre, a_staff_member, an_administrator

NOW = timezone.now()
pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def ann(centre: Centre) -> User:
    return an_administrator(centre, "Ann Lee")


@pytest.fixture
def bob(centre: Centre) -> User:
    return a_staff_member(centre, "Bob Ray", Role.ASSESSOR).user


def news(centre: Centre, *, once: str = "") -> News:
    return News(Told.TO_CLAIM, "Cara: CC16", "Verified, to be claimed.", "/enrolments/3/", centre, once)


def tell(centre: Centre, *people: User | None, once: str = "", by: User | None = None) -> None:
    notices.tell(news(centre, once=once), people, centre, by, NOW)


def test_each_is_told_once_and_whoever_acts_is_not(centre: Centre, ann: User, bob: User) -> None:
    tell(centre, ann, bob, ann, None, by=bob)
    [line] = Notice.objects.all()
    assert (line.user, line.centre, line.kind, line.address) == (ann, centre, Told.TO_CLAIM, "/enrolments/3/")
    assert str(line) == "Cara: CC16: Verified, to be claimed."


def test_an_act_that_fails_tells_nobody(centre: Centre, ann: User) -> None:
    with transaction.atomic():
        tell(centre, ann)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_news_is_written_in_the_transaction_of_what_it_tells_of() -> None:
    centre = a_centre()
    with pytest.raises(transaction.TransactionManagementError):
        tell(centre, an_administrator(centre))


def test_what_is_due_is_told_once_and_an_act_each_time(centre: Centre, ann: User, bob: User) -> None:
    tell(centre, ann, once="3 2026-12-01")
    tell(centre, ann, bob, once="3 2026-12-01")
    tell(centre, ann, once="3 2026-12-02")
    assert Notice.objects.filter(user=ann).count() == 2
    assert Notice.objects.filter(user=bob).count() == 1
    tell(centre, ann)
    tell(centre, ann)
    assert Notice.objects.filter(user=ann, once="").count() == 2


def test_acting_on_a_record_settles_what_one_was_told_of_it(centre: Centre, ann: User, bob: User) -> None:
    other = a_centre("Southgate")
    tell(centre, ann, bob)
    tell(other, ann)
    notices.settle(centre, ann, NOW)
    notices.settle(centre, None, NOW)
    unread = Notice.objects.filter(seen_at=None)
    assert {(line.user, line.centre) for line in unread} == {(bob, centre), (ann, other)}


def test_what_is_no_longer_anybodys_to_see_is_taken_back(centre: Centre, ann: User, bob: User) -> None:
    tell(centre, ann, bob)
    notices.take_back(ann, [centre])
    assert [line.user for line in Notice.objects.all()] == [bob]


def test_nobody_reads_anothers_news(centre: Centre, ann: User, bob: User) -> None:
    tell(centre, ann, bob)
    of_bob = Notice.objects.get(user=bob)
    assert notices.read(ann, NOW, of_bob.pk) == 0
    assert notices.read(ann, NOW) == 1
    assert notices.read(ann, NOW) == 0
    of_bob.refresh_from_db()
    assert of_bob.seen_at is None
    assert list(Notice.objects.visible_to(bob)) == [of_bob]


def test_news_of_a_centre_is_for_those_who_hold_a_role_there(centre: Centre, ann: User) -> None:
    tell(a_centre("Southgate"), ann)
    assert not Notice.objects.visible_to(ann).exists()


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_news_lands_on_this_site(centre: Centre, ann: User, address: str) -> None:
    stray = News(Told.TO_CLAIM, "Cara", "Verified.", address, centre)
    with pytest.raises(IntegrityError), transaction.atomic():
        notices.tell(stray, [ann], centre, None, NOW)


def test_old_news_goes_with_the_letter_that_told_it(centre: Centre, ann: User, bob: User) -> None:
    tell(centre, ann, bob)
    letter = post.hand_in(centre=None, to=ann.email, subject="1 new message", body="Verified.", at=NOW)
    waiting = OutgoingMessage.objects.create(to=bob.email, subject="1 new message", body="Verified.", written_at=NOW)
    Notice.objects.filter(user=ann).update(letter=letter)
    Notice.objects.filter(user=bob).update(letter=waiting)
    assert notices.sweep(NOW + notices.KEPT_FOR) == 0
    assert notices.sweep(NOW + notices.KEPT_FOR + datetime.timedelta(seconds=1)) == 2
    assert not Notice.objects.exists()
    assert OutgoingMessage.objects.filter(subject="1 new message").get() == waiting, "one not sent yet stays"


def test_what_is_told_of_what_is_due_is_over_before_news_goes() -> None:
    assert notices.DUE_WITHIN + datetime.timedelta(days=30) < notices.KEPT_FOR
