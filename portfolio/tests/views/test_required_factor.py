"""A second factor that a role asks for: set up before anything else, not removed, and taken away by who may."""

from collections.abc import Callable
from typing import Any

import pytest
import pytest_django
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio.enums import Role
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, CandidateRecord, Centre, User
from portfolio.testing import PASSWORD, a_candidate, a_centre, a_staff_member, an_administrator, with_password
from portfolio.tests.codes import code_of, with_app

pytestmark = pytest.mark.django_db

INDEX = "/accounts/security/"


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def alma(centre: Centre) -> User:
    return with_password(an_administrator(centre))


@pytest.fixture
def asked(settings: pytest_django.Settings) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR})


def sign_in(client: Client, user: User, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, **more)


def people_of(centre: Centre) -> str:
    return reverse("portfolio:centre_people", args=[centre.slug])


def test_whoever_has_none_is_led_to_set_it_up_and_then_goes_on(
    client: AskingClient, centre: Centre, alma: User, asked: None
) -> None:
    sign_in(client, alma)
    for page in ("/", people_of(centre), "/news/"):
        assert client.get(page).headers["Location"] == INDEX
    shown = client.get(INDEX).content.decode()
    assert "Your role asks for a second factor" in shown
    assert client.get(reverse("account_change_password")).status_code == 200
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": code_of(client.session["mfa.totp.secret"])})
    assert client.get(people_of(centre)).status_code == 200
    assert "Your role asks" not in client.get(INDEX).content.decode()


def test_a_script_is_told_in_a_sentence(client: AskingClient, alma: User, asked: None) -> None:
    client.force_login(alma)
    for headers in ({"accept": "application/json"}, {"hx-request": "true"}):
        answer = client.get("/news/", headers=headers)
        assert answer.status_code == 403
        assert "second factor" in answer.json()["refused"][0]
    assert client.post(reverse("portfolio:keep_work")).status_code == 403


def test_what_was_typed_meanwhile_is_kept_for_afterwards(
    client: AskingClient, centre: Centre, alma: User, settings: pytest_django.Settings
) -> None:
    client.force_login(alma)
    form = reverse("portfolio:add_candidate", args=[centre.slug])
    page_of = client.get(form).content.decode().split('name="page_of" value="')[1].split('"')[0]
    settings.SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR})
    sent = {"legal_name": "Cara Lewis", "email": "cara@example.org", "page_of": page_of}
    answer = client.post(form, sent)
    assert answer.status_code == 403
    assert 'value="Cara Lewis"' in answer.content.decode()
    assert not CandidateRecord.objects.exists()
    with_app(alma)
    assert client.post(form, sent).status_code == 302


def test_nobody_of_another_role_is_asked(client: AskingClient, centre: Centre, asked: None) -> None:
    client.force_login(a_candidate(centre).user)
    assert client.get("/news/").status_code == 200


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/news/").status_code == 200
    return len(captured)


def test_no_page_asks_more_of_the_database_for_it(
    client: AskingClient, centre: Centre, alma: User, settings: pytest_django.Settings
) -> None:
    """Not where none is asked of anybody, nor of somebody else, nor of who signed in with one."""
    cara = a_candidate(centre).user
    client.force_login(cara)
    without = queries(client)
    settings.SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR})
    assert queries(client) == without
    secret = with_app(alma)
    signed_in = Client()
    sign_in(signed_in, alma)
    signed_in.post("/accounts/code/", {"code": code_of(secret)})
    assert queries(signed_in) == without
    found = Client()
    found.force_login(alma)
    assert queries(found) > without  # once, to see that there is one
    assert queries(found) == without


def test_the_last_factor_stays_while_the_role_asks_for_it(client: AskingClient, alma: User, asked: None) -> None:
    secret = with_app(alma)
    sign_in(client, alma)
    client.post("/accounts/code/", {"code": code_of(secret)})
    page = reverse("mfa_deactivate_totp")
    assert "Your role asks for a second factor, and this is your only one" in client.get(page).content.decode()
    client.post(page)
    assert Authenticator.objects.filter(user=alma, type="totp").exists()
    client.get(reverse("mfa_move_totp"))
    client.post(reverse("mfa_move_totp"), {"code": code_of(client.session["mfa.totp.secret"])})
    moved = Authenticator.objects.get(user=alma, type="totp")
    assert moved.wrap().validate_code(code_of(secret, 1)) is False


# --- helping somebody in ---------------------------------------------------------------------------------------------


@pytest.fixture
def ann(centre: Centre) -> User:
    user = with_password(a_staff_member(centre, "Ann Lee", Role.ASSESSOR).user)
    with_app(user)
    return user


def removing(centre: Centre, user: User) -> str:
    return reverse("portfolio:remove_factor", args=[centre.slug, user.handle])


WHY = {"reason": "Telephone stolen; seen in person."}


def test_an_administrator_removes_it_with_a_reason_and_the_person_is_told(
    client: AskingClient, centre: Centre, alma: User, ann: User
) -> None:
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": ann.email, "password": PASSWORD})
    client.force_login(alma)
    assert (
        removing(centre, ann)
        in client.get(reverse("portfolio:person", args=[centre.slug, ann.handle])).content.decode()
    )
    assert "This field is required" in client.post(removing(centre, ann), {}).content.decode()
    answer = client.post(removing(centre, ann), WHY)
    assert answer.headers["Location"] == reverse("portfolio:person", args=[centre.slug, ann.handle])
    assert not Authenticator.objects.filter(user=ann).exists()
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.chain.centre) == ("remove second factor", alma, centre)
    assert line.detail.details == {"user": ann.pk, **WHY}
    assert mail.outbox[-1].to == [ann.email]
    assert f"removed by an administrator of {centre}" in str(mail.outbox[-1].body)
    assert sign_in(Client(), ann).headers["Location"] == "/"
    assert "Removed their second factor" in client.get(answer.headers["Location"]).content.decode()


def test_it_ends_every_sign_in_of_the_person(client: AskingClient, centre: Centre, alma: User) -> None:
    ann = with_password(a_staff_member(centre, "Ann Lee", Role.ASSESSOR).user)
    lost = Client()
    sign_in(lost, ann)
    with_app(ann)
    assert lost.get("/news/").status_code == 200
    client.force_login(alma)
    client.post(removing(centre, ann), WHY)
    assert lost.get("/news/").status_code == 302


def of_themselves(centre: Centre, alma: User, ann: User) -> tuple[User, User]:
    with_app(alma)
    return alma, alma


def of_who_has_none(centre: Centre, alma: User, ann: User) -> tuple[User, User]:
    Authenticator.objects.filter(user=ann).delete()
    return alma, ann


def of_who_works_elsewhere_too(centre: Centre, alma: User, ann: User) -> tuple[User, User]:
    a_staff_member(a_centre("Southgate Centre"), "Ann Lee", Role.ADMINISTRATOR)
    return alma, ann


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (of_themselves, "Nobody removes their own second factor here"),
        (of_who_has_none, "This person has no second factor"),
        (of_who_works_elsewhere_too, "opens more than the records of this centre"),
    ],
)
def test_it_is_refused_where_it_is_not_theirs_to_do(
    client: AskingClient,
    centre: Centre,
    alma: User,
    ann: User,
    case: Callable[[Centre, User, User], tuple[User, User]],
    sentence: str,
) -> None:
    by, user = case(centre, alma, ann)
    before = (AuditEvent.objects.count(), Authenticator.objects.count())
    client.force_login(by)
    answer = client.post(removing(centre, user), WHY)
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert (AuditEvent.objects.count(), Authenticator.objects.count()) == before


def test_others_find_no_such_page(client: AskingClient, centre: Centre, ann: User) -> None:
    for other, code in ((an_administrator(a_centre("Southgate Centre"), "Olga Other"), 404), (ann, 403)):
        client.force_login(other)
        assert client.post(removing(centre, ann), WHY).status_code == code
    assert Authenticator.objects.filter(user=ann).exists()


def test_the_operator_removes_it_at_the_command_line(alma: User) -> None:
    with_app(alma)
    call_command("remove_second_factor", alma.email.upper(), reason="Only administrator; called back.", verbosity=0)
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.chain.centre) == ("remove second factor", None, None)
    assert "removed by whoever runs this site" in str(mail.outbox[-1].body)
    for email, sentence in ((alma.email, "has no second factor"), ("nobody@example.org", "Nobody signs in")):
        with pytest.raises(CommandError, match=sentence):
            call_command("remove_second_factor", email, reason="Again.")
