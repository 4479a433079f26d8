"""The harness itself: that what it forbids does fail."""

import pytest
import pytest_django
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, engines
from django.template.base import Origin
from django.urls import include, path
from django.utils import timezone

from portfolio import harness
from portfolio.models import AccessLine, Centre, User


def writes(request: HttpRequest) -> HttpResponse:
    Centre.objects.create(name="Northgate", slug="northgate", created_at=timezone.now())
    return HttpResponse("written")


def notes_access(request: HttpRequest) -> HttpResponse:
    centre, user = Centre.objects.get(), User.objects.get()
    AccessLine.objects.create(
        centre=centre, user=user, at=timezone.now(), subject_kind="centre", subject_id=centre.pk, downloaded=False
    )
    request.session["seen"] = True
    return HttpResponse("noted")


urlpatterns = [
    path("writes/", writes),
    path("notes-access/", notes_access),
    path("", include("portfolio.urls")),
]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_get_that_writes_fails(client: harness.AskingClient, method: str) -> None:
    with pytest.raises(harness.GetWroteError, match="portfolio_centre"):
        getattr(client, method)("/writes/")


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_post_may_write(client: harness.AskingClient) -> None:
    assert client.post("/writes/").content == b"written"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_get_may_note_who_looked(client: harness.AskingClient) -> None:
    Centre.objects.create(name="Northgate", slug="northgate", created_at=timezone.now())
    User.objects.create_user("ann@example.org")
    assert client.get("/notes-access/").content == b"noted"


@pytest.mark.django_db(transaction=True)
def test_whoever_a_stopped_server_left_in_the_database_is_shown_out() -> None:
    left_behind = connection.copy()
    left_behind.connect()
    try:
        harness.show_others_out()
        assert left_behind.is_usable() is (connection.vendor == "sqlite")
        assert connection.is_usable()
    finally:
        left_behind.close()


class Collected:
    """A test as pytest collects it."""

    def __init__(self, *fixtures: str, marked: bool = False) -> None:
        self.nodeid, self.fixturenames, self.marked = "tests/test_it.py::test_it", fixtures, marked

    def get_closest_marker(self, name: str) -> bool:
        return self.marked and name == "django_db"


def test_a_test_that_fills_a_database_asks_for_one() -> None:
    """Else a run of it alone would fill the database of the settings, and empty it."""
    told = Collected("harbour", "django_db_setup")
    asking = [Collected("harbour", "django_db_setup", "db"), Collected("house", "django_db_setup", marked=True)]
    assert harness.without_a_database([told, *asking, Collected("tmp_path")]) == [told.nodeid]


def rendered(text: str, path: str) -> str:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    return Template(text, origin=Origin(name=path), engine=engine).render(Context({"user": object(), "words": ["a"]}))


OURS = "templates/portfolio/page.html"


@pytest.mark.parametrize(
    "text",
    [
        "{{ missing }}",
        "{{ user.missing }}",
        "{{ missing|default:'x' }}",
        "{% with x=missing %}{% endwith %}",
        "{{ words.append }}",
    ],
)
def test_a_template_of_ours_that_names_something_undefined_fails(text: str, settings: pytest_django.Settings) -> None:
    with pytest.raises(harness.NotDefinedError, match=OURS):
        rendered(text, f"{settings.BASE_DIR}/{OURS}")


def test_a_template_may_ask_whether_something_is_there(settings: pytest_django.Settings) -> None:
    assert rendered("{% if missing %}x{% endif %}", f"{settings.BASE_DIR}/{OURS}") == ""


def test_a_template_of_a_library_may_leave_it_empty() -> None:
    assert rendered("[{{ missing }}]", "/site-packages/allauth/templates/page.html") == "[]"


@pytest.mark.django_db
def test_sqlite_has_its_test_database_in_a_file() -> None:
    assert connection.vendor != "sqlite" or not connection.is_in_memory_db()  # type: ignore[attr-defined]
