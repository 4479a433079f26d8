"""Where somebody is signed in: shown to them alone, and ended by them, or by a new password or factor."""

import datetime
from io import StringIO

import pytest
import pytest_django
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portfolio import sessions
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, RoleGrant, User
from portfolio.testing import PASSWORD, a_candidate, a_centre, an_administrator, with_password
from portfolio.tests.codes import code_of

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def cara() -> User:
    return with_password(a_candidate(a_centre()).user)


def signed_in(user: User, browser: str = FIREFOX, ip: str = "192.0.2.1") -> AskingClient:
    client = AskingClient(HTTP_USER_AGENT=browser, REMOTE_ADDR=ip)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/news/").status_code == 200


def shown(client: Client) -> str:
    return client.get(reverse("mfa_index")).content.decode().split("Where you are signed in")[1]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on an iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0", "Edge on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "Another program"),
        ("", "Another program"),
    ],
)
def test_a_browser_is_said_in_words(agent: str, words: str) -> None:
    assert sessions.in_words(agent) == words


def test_each_sign_in_is_listed_with_where_and_this_one_marked(cara: User) -> None:
    here = signed_in(cara)
    signed_in(cara, SAFARI, "198.51.100.7")
    signed_in(with_password(a_candidate(a_centre("Southgate Centre"), "Olga Other").user), ip="203.0.113.9")
    page = shown(here)
    assert page.index("Safari on an iPhone") < page.index("Firefox on Windows")
    assert "198.51.100.7" in page
    assert "203.0.113.9" not in page
    assert page.count("Sign out there<") == page.count('class="badge">here') == 1


def test_one_is_ended_and_the_others_go_on(cara: User) -> None:
    here, phone, tablet = signed_in(cara), signed_in(cara, SAFARI), signed_in(cara)
    [pk] = [each.pk for each in sessions.signed_in_at(cara, None, cara.created_at) if "iPhone" in each.browser]
    assert "signed out there" in here.post(reverse("account_end_session", args=[pk]), follow=True).content.decode()
    assert (is_in(here), is_in(phone), is_in(tablet)) == (True, False, True)
    assert AuditEvent.objects.filter(verb="end sign-ins", actor=cara, chain__centre=None).count() == 1
    again = here.post(reverse("account_end_session", args=[pk]), follow=True).content.decode()
    assert "had ended already" in again
    assert AuditEvent.objects.filter(verb="end sign-ins").count() == 1


def test_nobody_ends_anothers_nor_their_own_here(cara: User) -> None:
    other = signed_in(with_password(a_candidate(a_centre("Southgate Centre"), "Olga Other").user))
    here = signed_in(cara)
    for each in sessions.signed_in_at(cara, None, cara.created_at):
        other.post(reverse("account_end_session", args=[each.pk]))
        here.post(reverse("account_end_session", args=[each.pk]))
    assert is_in(here)


def test_all_others_are_ended_at_once(cara: User) -> None:
    here, phone, tablet = signed_in(cara), signed_in(cara, SAFARI), signed_in(cara)
    other = signed_in(with_password(a_candidate(a_centre("Southgate Centre"), "Olga Other").user))
    assert "Sign out everywhere else" in shown(here)
    here.post(reverse("account_end_other_sessions"))
    assert [is_in(each) for each in (here, phone, tablet, other)] == [True, False, False, True]
    assert "Sign out everywhere else" not in shown(here)


# --- by somebody else ------------------------------------------------------------------------------------------------

WHY = {"reason": "Laptop left on a train; rang from the number we know."}


def ending(user: User) -> str:
    return reverse("portfolio:sign_out", args=[user.grants.get().centre.slug, user.handle])


@pytest.fixture
def alma(cara: User) -> User:
    return an_administrator(cara.grants.get().centre, "Alma Archer")


def test_an_administrator_signs_somebody_out_everywhere_with_a_reason_and_they_are_told(cara: User, alma: User) -> None:
    laptop, phone, office = signed_in(cara), signed_in(cara, SAFARI), AskingClient()
    office.force_login(alma)
    person = reverse("portfolio:person", args=[cara.grants.get().centre.slug, cara.handle])
    assert ending(cara) in office.get(person).content.decode()
    assert "This field is required" in office.post(ending(cara), {}).content.decode()
    assert (is_in(laptop), is_in(phone)) == (True, True)
    answer = office.post(ending(cara), WHY)
    assert answer.headers["Location"] == person
    assert [is_in(each) for each in (laptop, phone, office)] == [False, False, True]
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.chain.centre) == ("sign out", alma, cara.grants.get().centre)
    assert line.detail.details == {"ended": 2, **WHY}
    assert mail.outbox[-1].to == [cara.email]
    assert f"everywhere, by an administrator of {line.chain.centre}" in str(mail.outbox[-1].body)
    assert "train" not in str(mail.outbox[-1].body)
    assert "Signed them out everywhere" in office.get(person).content.decode()
    assert is_in(signed_in(cara))


def test_whoever_works_elsewhere_too_is_signed_out_all_the_same(cara: User, alma: User) -> None:
    address = ending(cara)
    assert a_candidate(a_centre("Southgate Centre")).user == cara
    laptop, office = signed_in(cara), AskingClient()
    office.force_login(alma)
    office.post(address, WHY)
    assert not is_in(laptop)


def test_it_is_refused_of_oneself_of_who_is_signed_in_nowhere_and_of_who_left(cara: User, alma: User) -> None:
    office, before = AskingClient(), AuditEvent.objects.count()
    office.force_login(alma)
    address, of_alma = ending(cara), ending(alma)
    assert "Everybody ends their own sign-ins" in office.get(of_alma).content.decode()
    own = office.post(of_alma, WHY)
    nowhere = office.post(address, WHY)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    RoleGrant.objects.filter(user=cara).update(starts_on=yesterday, ends_on=yesterday)
    left = office.post(address, WHY)
    for answer, sentence in (
        (own, "Everybody ends their own"),
        (nowhere, "is signed in nowhere"),
        (left, "holds no role here today"),
    ):
        assert answer.status_code == 409
        assert sentence in answer.content.decode()
    assert AuditEvent.objects.count() == before
    assert is_in(office)


def test_no_other_centre_and_nobody_else_signs_them_out(cara: User, alma: User) -> None:
    here = signed_in(cara)
    for other, code in ((an_administrator(a_centre("Southgate Centre"), "Olga Other"), 404), (cara, 403)):
        client = AskingClient()
        client.force_login(other)
        assert client.post(ending(cara), WHY).status_code == code
    assert is_in(here)


def test_the_operator_signs_out_one_or_all_at_the_command_line(cara: User, alma: User) -> None:
    phone, laptop = signed_in(cara), signed_in(with_password(alma))
    call_command("sign_out", cara.email.upper(), reason="Reported stolen.", verbosity=0)
    assert (is_in(phone), is_in(laptop)) == (False, True)
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.chain.centre) == ("sign out", None, None)
    assert "by whoever runs this site" in str(mail.outbox[-1].body)
    for email, sentence in ((cara.email, "signed in nowhere"), ("nobody@example.org", "Nobody signs in")):
        with pytest.raises(CommandError, match=sentence):
            call_command("sign_out", email, reason="Again.")
    with pytest.raises(CommandError, match="Say why"):
        call_command("sign_out", everybody=True, reason=" ")
    phone, said = signed_in(cara), StringIO()
    call_command("sign_out", everybody=True, reason="A backup was stolen.", stdout=said)
    assert (is_in(phone), is_in(laptop)) == (False, False)
    assert "told by letter: 2." in said.getvalue()
    assert AuditEvent.objects.filter(verb="sign out", chain__centre=None).count() == 3


# --- by asking for nothing -------------------------------------------------------------------------------------------


def minutes_pass(browser: Client, minutes: int) -> None:
    """As though the browser had asked for something so many minutes ago, and then for nothing."""
    session = browser.session
    session["asked_at"] -= minutes * 60
    session.save()


def test_whoever_asks_for_nothing_as_long_as_the_setting_says_is_signed_out(
    cara: User, settings: pytest_django.Settings
) -> None:
    settings.IDLE_MINUTES = 30
    here, phone = signed_in(cara), signed_in(cara, SAFARI)
    assert (is_in(here), is_in(phone)) == (True, True)
    for _ in range(2):
        minutes_pass(here, 29)
        assert is_in(here), "it counts anew with each request"
    minutes_pass(here, 31)
    page = here.get("/news/", follow=True)
    assert page.redirect_chain == [("/accounts/login/?next=/news/", 302)]
    assert "nothing was asked for in 30 minutes" in page.content.decode()
    assert (is_in(here), is_in(phone)) == (False, True)
    assert is_in(signed_in(cara))


def test_a_request_soon_after_another_writes_nothing_down(cara: User, settings: pytest_django.Settings) -> None:
    settings.IDLE_MINUTES = 30
    here = signed_in(cara)
    assert is_in(here)
    with CaptureQueriesContext(connection) as asked:
        assert is_in(here)
    assert [query["sql"] for query in asked if query["sql"].startswith(("UPDATE", "INSERT"))] == []


def test_without_the_setting_only_the_hours_end_a_sign_in(cara: User) -> None:
    here = signed_in(cara)
    assert is_in(here)
    assert "asked_at" not in here.session


# --- by what they change ---------------------------------------------------------------------------------------------


def test_a_new_password_and_a_new_factor_end_the_others(cara: User) -> None:
    here, phone = signed_in(cara), signed_in(cara, SAFARI)
    chosen = "quite another long password"
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": chosen, "password2": chosen})
    assert (is_in(here), is_in(phone)) == (True, False)
    assert shown(here).count("<h3>") == 1
    phone = AskingClient()
    phone.post("/accounts/login/", {"login": cara.email, "password": chosen})
    assert is_in(phone)
    here.get(reverse("mfa_activate_totp"))
    here.post(reverse("mfa_activate_totp"), {"code": code_of(here.session["mfa.totp.secret"])})
    assert (is_in(here), is_in(phone)) == (True, False)


def test_where_somebody_was_signed_in_is_forgotten_once_they_are_not(cara: User) -> None:
    here = signed_in(cara)
    signed_in(cara, SAFARI)
    Session.objects.exclude(session_key=here.session.session_key).update(expire_date=cara.created_at)
    said = StringIO()
    call_command("sweep_work", stdout=said)
    assert "Sign-ins forgotten: 1." in said.getvalue()
    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]
    assert Session.objects.count() == 1
    assert is_in(here)


def test_who_signed_in_and_who_tried_is_forgotten_after_a_year(cara: User) -> None:
    stranger = AskingClient(HTTP_USER_AGENT=SAFARI, REMOTE_ADDR="198.51.100.7")
    for name in ("before", "lately"):
        signed_in(cara)
        stranger.post("/accounts/login/", {"login": f"{name}@example.org", "password": "guessed"})
    for kind in (AccessLog, AccessAttempt):
        assert kind.objects.count() == 2
        kind.objects.filter(pk=kind.objects.earliest("pk").pk).update(
            attempt_time=timezone.now() - sessions.TRIES_KEPT_FOR - datetime.timedelta(minutes=1)
        )
    said = StringIO()
    call_command("sweep_work", stdout=said)
    assert "Tries to sign in forgotten: 2." in said.getvalue()
    assert (AccessLog.objects.count(), AccessAttempt.objects.count()) == (1, 1)


def test_an_ended_session_is_not_listed_and_no_other_page_asks(cara: User) -> None:
    here = signed_in(cara)
    signed_in(cara, SAFARI)
    Session.objects.exclude(session_key=here.session.session_key).delete()
    assert "iPhone" not in shown(here)
    with CaptureQueriesContext(connection) as captured:
        here.get("/news/")
    assert not [query for query in captured.captured_queries if "usersession" in query["sql"]]
    with CaptureQueriesContext(connection) as captured:
        here.get(reverse("mfa_index"))
    assert len(captured) <= 6


@pytest.mark.parametrize("how", ["closed", "without roles"])
def test_whoever_is_closed_out_while_signed_in_is_out_from_the_next_request_on(how: str) -> None:
    centre = a_centre()
    person = with_password(an_administrator(centre))
    office, page = signed_in(person), reverse("portfolio:centre_people", args=[centre.slug])
    assert office.get(page).status_code == 200
    if how == "closed":
        User.objects.filter(pk=person.pk).update(is_active=False)
        assert office.get(page).headers["Location"].startswith("/accounts/login/")
        assert office.get("/news/").status_code == 302
    else:
        day, today = datetime.timedelta(days=1), timezone.localdate()
        RoleGrant.objects.filter(user=person).update(starts_on=today - 2 * day, ends_on=today - day)
        assert office.get(page).status_code == 403
