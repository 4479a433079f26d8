"""Refusals: sentences, wherever they come from."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone

from portfolio import testing
from portfolio.access import open_to_all
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, Centre, RoleGrant, User
from portfolio.refusal import Refusal
from portfolio.sentences import sentence_of

pytestmark = pytest.mark.django_db


def test_a_refusal_gives_its_reasons() -> None:
    refusal = Refusal(["One reason.", "Another."])
    assert refusal.sentences == ["One reason.", "Another."]
    assert str(refusal) == "One reason. Another."


def test_a_refusal_without_a_reason_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="at least one reason"):
        Refusal([])


# --- what the database refused ---------------------------------------------------------------------------------------


def what_people_read(sql: str) -> str | None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return sentence_of(caught.value)


@pytest.fixture
def person() -> User:
    return testing.an_administrator(testing.a_centre())


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("DELETE FROM portfolio_rolegrant", "Roles held are never deleted."),
        ("UPDATE portfolio_rolegrant SET ends_on = '2001-01-01'", "A role cannot end before it starts."),
        (
            "INSERT INTO portfolio_rolegrant (user_id, centre_id, role, starts_on, may_download)"
            " SELECT user_id, centre_id, role, starts_on, may_download FROM portfolio_rolegrant",
            "This person holds that role here already.",
        ),
        (
            "INSERT INTO portfolio_staffrecord (user_id, centre_id, name, job_title)"
            " SELECT user_id, centre_id, name, job_title FROM portfolio_staffrecord",
            "This person is staff of the centre already.",
        ),
        (
            "INSERT INTO portfolio_user (email, handle, password, is_active, created_at)"
            " SELECT upper(email), upper(handle), password, is_active, created_at FROM portfolio_user",
            "Somebody signs in with this address already.",
        ),
    ],
)
def test_people_read_a_sentence(sql: str, sentence: str) -> None:
    assert what_people_read(sql) == sentence


@pytest.mark.usefixtures("person")
def test_what_has_no_sentence_for_people_has_none() -> None:
    assert what_people_read("UPDATE portfolio_centre SET name = NULL") is None


# --- the net under the views -----------------------------------------------------------------------------------------


@open_to_all
def refuses(request: HttpRequest) -> HttpResponse:
    raise Refusal(["Two criteria are not met: <2.1> and 2.3.", "One item waits to be read."])


@open_to_all
def runs_into_a_wall(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        RoleGrant.objects.all().delete()
    return HttpResponse("deleted")


@open_to_all
def fails(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        Centre.objects.create(slug="x", created_at=timezone.now(), pk=Centre.objects.get().pk)
    return HttpResponse("made")


urlpatterns = [
    path("refuses/", refuses),
    path("runs-into-a-wall/", runs_into_a_wall),
    path("fails/", fails),
    path("", include("portfolio.urls")),
]


@pytest.mark.urls(__name__)
def test_a_refusal_that_no_view_caught_is_a_page_with_its_sentences(client: AskingClient) -> None:
    page = client.post("/refuses/", headers={"referer": "http://testserver/units/"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "Two criteria are not met: &lt;2.1&gt; and 2.3." in text
    assert "One item waits to be read." in text
    assert 'href="http://testserver/units/"' in text


@pytest.mark.urls(__name__)
def test_the_way_back_never_leads_to_another_site(client: AskingClient) -> None:
    page = client.post("/refuses/", headers={"referer": "https://elsewhere.example/units/"})
    assert "elsewhere" not in page.content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("person")
def test_a_wall_that_an_action_ran_into_is_such_a_page_too(client: AskingClient) -> None:
    page = client.post("/runs-into-a-wall/")
    assert page.status_code == 409
    assert "Roles held are never deleted." in page.content.decode()
    assert RoleGrant.objects.count() == 1


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("person")
def test_any_other_failure_stays_a_failure(client: AskingClient) -> None:
    lines = AuditEvent.objects.count()
    with pytest.raises(IntegrityError):
        client.post("/fails/")
    assert AuditEvent.objects.count() == lines
