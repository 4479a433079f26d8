"""The operator's side door."""

from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from portfolio import invitation
from portfolio.enums import Role
from portfolio.models import Centre, OutgoingMessage, RoleGrant
from portfolio.testing import a_centre, an_administrator, with_password

pytestmark = pytest.mark.django_db


def open_centre(slug: str = "northgate", administrator: str = "alma@example.org") -> str:
    out = StringIO()
    call_command(
        "open_centre", "Northgate", "--slug", slug, "--administrator", administrator, "--name", "Alma", stdout=out
    )
    return out.getvalue()


def test_it_opens_a_centre_and_prints_the_link_its_administrator_gets() -> None:
    printed = open_centre()
    [grant] = RoleGrant.objects.all()
    assert (grant.role, grant.centre.slug, grant.user.email) == (Role.ADMINISTRATOR, "northgate", "alma@example.org")
    found = invitation.read(printed.strip().rstrip("/").rpartition("/")[2])
    assert found is not None
    assert found.user == grant.user
    assert OutgoingMessage.objects.get().to == "alma@example.org"


def test_it_sends_a_known_administrator_to_the_sign_in_page() -> None:
    known = with_password(an_administrator(a_centre()))
    assert "/accounts/login/" in open_centre("southgate", known.email)


@pytest.mark.parametrize(("slug", "email"), [("northgate", "alma@example.org"), ("new", "no address")])
def test_it_opens_nothing_when_something_is_wrong(slug: str, email: str) -> None:
    a_centre("Northgate")
    with pytest.raises(CommandError):
        open_centre(slug, email)
    assert Centre.objects.count() == 1


@pytest.fixture
def a_waiting_letter() -> None:
    """One that no worker has taken up."""
    OutgoingMessage.objects.create(to="ann@example.org", subject="One", body="", written_at=timezone.now())


@pytest.mark.usefixtures("a_waiting_letter")
def test_it_sends_waiting_letters_and_says_how_many() -> None:
    out = StringIO()
    call_command("send_waiting_mail", stdout=out)
    assert out.getvalue() == "1 sent.\n"
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("a_waiting_letter")
def test_it_ends_badly_when_letters_could_not_be_sent(settings: Any) -> None:
    settings.EMAIL_BACKEND = "portfolio.tests.test_post.DeadServer"
    with pytest.raises(CommandError, match="1 could not be sent"):
        call_command("send_waiting_mail", stdout=StringIO())
