"""News on the home page and on its own, what somebody is told by e-mail, and the forms they began."""

import datetime

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portfolio import digest, notices, work
from portfolio.enums import Rhythm, Role, Told
from portfolio.models import Centre, LeftOut, Notice, Telling, User, WorkInProgress
from portfolio.notices import News
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator, with_password
from portfolio.work import Save, Subject, Typed

pytestmark = pytest.mark.django_db
HOME = "portfolio:centre_people"


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def ann(centre: Centre, client: Client) -> User:
    user = with_password(an_administrator(centre, "Ann Lee"))
    client.force_login(user)
    return user


def tell(user: User, centre: Centre, what: str, days: int = 0) -> Notice:
    at = timezone.now() - datetime.timedelta(days=days)
    with transaction.atomic():
        notices.tell(News(Told.TO_CLAIM, what, "To be claimed.", "/units/", centre), [user], centre, None, at)
    return Notice.objects.latest("pk")


def home_of(client: Client, centre: Centre) -> str:
    return client.get(reverse(HOME, args=[centre.slug])).content.decode()


def test_the_home_page_shows_the_newest_with_what_is_new_marked(client: Client, centre: Centre, ann: User) -> None:
    assert "All news" not in home_of(client, centre)
    for number in range(6):
        tell(ann, centre, f"Unit {number}", days=6 - number)
    tell(an_administrator(centre, "Olga Other"), centre, "Not hers")
    page = home_of(client, centre)
    assert [number for number in range(6) if f">Unit {number}</a>" in page] == [2, 3, 4, 5]
    assert "6 new" in page
    assert "Not hers" not in page
    notices.read(ann, timezone.now())
    page = home_of(client, centre)
    assert ">Unit 5</a>" in page
    assert 'class="unread"' not in page
    assert "Mark all as read" not in page


def test_what_was_read_long_ago_leaves_the_home_page_and_stays_among_all_news(
    client: Client, centre: Centre, ann: User
) -> None:
    tell(ann, centre, "Unit 1", days=15)
    assert "Unit 1" in home_of(client, centre)
    notices.read(ann, timezone.now())
    assert "Unit 1" not in home_of(client, centre)
    assert "Unit 1" in client.get(reverse("portfolio:news")).content.decode()


def test_a_press_marks_all_as_read_and_comes_back(client: Client, centre: Centre, ann: User) -> None:
    tell(ann, centre, "Unit 1")
    hers = tell(an_administrator(centre, "Olga Other"), centre, "Not hers")
    home = reverse(HOME, args=[centre.slug])
    answer = client.post(reverse("portfolio:read_news"), {"next": home})
    assert answer.headers["Location"] == home
    assert Notice.objects.get(seen_at=None) == hers


def test_following_a_link_marks_its_line(client: Client, centre: Centre, ann: User) -> None:
    first, second = tell(ann, centre, "Unit 1"), tell(ann, centre, "Unit 2")
    answer = client.post(reverse("portfolio:read_news"), {"notice": first.pk}, headers={"Accept": "application/json"})
    assert answer.status_code == 204
    assert Notice.objects.get(seen_at=None) == second


@pytest.mark.parametrize("crafted", ["9" * 5_000, "²", "all"])
def test_a_line_that_can_be_none_marks_nothing(client: Client, centre: Centre, ann: User, crafted: str) -> None:
    tell(ann, centre, "Unit 1")
    assert client.post(reverse("portfolio:read_news"), {"notice": crafted}).status_code == 404
    assert Notice.objects.filter(seen_at=None).count() == 1


@pytest.mark.parametrize(
    ("roles", "theirs", "not_theirs"),
    [
        ((Role.ADMINISTRATOR,), Told.TO_CLAIM, Told.HANDED_IN),
        ((Role.ASSESSOR,), Told.HANDED_IN, Told.TO_CLAIM),
        ((Role.LEAD_VERIFIER,), Told.SIGNED_OFF, Told.FEEDBACK),
    ],
)
def test_the_choice_is_of_what_concerns_ones_roles(
    client: Client, centre: Centre, roles: tuple[Role, ...], theirs: Told, not_theirs: Told
) -> None:
    client.force_login(with_password(a_staff_member(centre, "Sam Staff", *roles).user))
    page = client.get(reverse("portfolio:telling")).content.decode()
    assert theirs.label in page
    assert not_theirs.label not in page


def test_a_kind_of_several_roles_is_offered_once(client: Client, centre: Centre) -> None:
    user = a_staff_member(centre, "Sam Staff", Role.ASSESSOR, Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER).user
    a_candidate(centre, "Sam Staff")
    client.force_login(with_password(user))
    page = client.get(reverse("portfolio:telling")).content.decode()
    assert page.count(Told.UNIT_BACK.label) == 1
    assert page.count(Told.SIGNED_OFF.label) == 1
    assert "As a candidate" in page
    assert "As an assessor" in page
    left = page.split("As a lead internal verifier")[1]
    assert left.count('type="checkbox"') == 1, "all else of theirs is offered above"
    assert Told.AWARD_DUE.label in left


def test_who_chose_nothing_finds_all_ticked_and_daily_and_keeps_what_they_choose(client: Client, ann: User) -> None:
    page = client.get(reverse("portfolio:telling")).context["form"]
    assert page.initial["rhythm"] == Rhythm.DAILY
    of_administrators = {
        Told.TO_CLAIM, Told.AWARD_DUE, Told.ROLE_ENDING, Told.APPEAL, Told.ACTION, Told.ACTION_DUE,
        Told.STANDARDISATION, Told.EXTERNAL, Told.DATA_REQUEST, Told.SEAL_ENDING,
    }  # fmt: skip
    assert set(page.initial["administrator"]) == of_administrators
    sent = {"rhythm": "hourly", "administrator": ["to_claim"]}
    assert client.post(reverse("portfolio:telling"), sent).status_code == 302
    page = client.get(reverse("portfolio:telling")).context["form"]
    assert (page.initial["rhythm"], page.initial["administrator"]) == (Rhythm.HOURLY, ["to_claim"])
    assert set(LeftOut.objects.values_list("kind", flat=True)) == of_administrators - {Told.TO_CLAIM}


def test_a_choice_that_is_none_is_refused_and_keeps_what_was(client: Client, ann: User) -> None:
    answer = client.post(reverse("portfolio:telling"), {"rhythm": "yearly", "administrator": ["handed_in"]})
    assert answer.status_code == 409
    assert not Telling.objects.exists()
    assert not LeftOut.objects.exists()


def stop_address(user: User) -> str:
    return reverse("portfolio:stop_digest", args=[digest.stop_link(user).rstrip("/").rpartition("/")[2]])


def test_the_link_in_the_mail_ends_the_e_mails_by_a_press_alone(client: Client, centre: Centre) -> None:
    user = an_administrator(centre, "Ann Lee")
    assert "Stop the e-mails" in client.get(stop_address(user)).content.decode()
    assert not Telling.objects.exists(), "a program that follows links ends nothing"
    answer = client.post(stop_address(user))
    assert "No more e-mails of news" in client.get(answer.headers["Location"]).content.decode()
    assert Telling.objects.get(user=user).rhythm == Rhythm.NEVER
    assert client.get(reverse("portfolio:news")).status_code == 302, "it is no sign-in"


@pytest.mark.parametrize("forged", ["forged", "MQ:1abcde:forged"])
def test_a_forged_link_ends_nothing(client: Client, ann: User, forged: str) -> None:
    assert client.post(reverse("portfolio:stop_digest", args=[forged])).status_code == 404
    assert not Telling.objects.exists()


# --- forms begun and not sent ----------------------------------------------------------------------------------------


def begin(user: User, centre: Centre, title: str = "Add a candidate") -> Subject:
    address = reverse("portfolio:add_candidate", args=[centre.slug])
    subject = Subject(user, "candidate", f"new at {centre.slug}", address=address)
    typed = {"legal_name": Typed(["Cara"], datetime.timedelta(minutes=1))}
    work.keep(subject, Save("a", 1, 0, typed, title), at=timezone.now())
    return subject


def test_the_home_page_lists_what_was_begun_with_a_way_on_and_a_way_out(
    client: Client, centre: Centre, ann: User
) -> None:
    assert "Begun, not sent yet" not in home_of(client, centre)
    subject = begin(ann, centre)
    page = home_of(client, centre)
    assert "Begun, not sent yet" in page
    assert f'<a href="{subject.address}">Add a candidate</a>' in page
    assert 'value="Cara"' in client.get(subject.address).content.decode()
    home = reverse(HOME, args=[centre.slug])
    answer = client.post(reverse("portfolio:discard_work"), {"work": subject.token, "next": home})
    assert answer.headers["Location"] == home
    assert "Begun, not sent yet" not in home_of(client, centre)
    assert not WorkInProgress.objects.exists()


def test_what_stands_on_the_home_page_is_what_the_form_was_kept_as(client: Client, centre: Centre, ann: User) -> None:
    form = reverse("portfolio:add_candidate", args=[centre.slug])
    token = client.get(form).context["form"].work.subject.token
    body = {
        "work": token,
        "page": "a",
        "turn": 1,
        "seen": 0,
        "fields": {"legal_name": [["Cara"], 0]},
        "title": "Add\n one",
    }
    client.post(reverse("portfolio:keep_work"), body, content_type="application/json")
    [begun] = work.begun(ann, timezone.now())
    assert (begun.title, begun.subject.address) == ("Add one", form)
    assert begun.subject == work.subject_of(token, by=ann)


def test_nobody_sees_what_another_began_and_what_is_given_up_is_not_listed(
    client: Client, centre: Centre, ann: User
) -> None:
    begin(an_administrator(centre, "Olga Other"), centre, "Hers")
    begin(ann, centre, "Old")
    WorkInProgress.objects.filter(user=ann).update(typed_at=timezone.now() - work.KEPT_FOR * 2)
    page = home_of(client, centre)
    assert "Hers" not in page
    assert "Begun, not sent yet" not in page
