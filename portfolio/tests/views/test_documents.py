"""Fetching a document: only those who may see its record, and written down."""

import pytest
import pytest_django
from django.test import Client
from django.urls import reverse

from portfolio import pdf, press
from portfolio.models import AccessLine, Centre, Document, User
from portfolio.testing import a_centre
from portfolio.tests import letter
from portfolio.tests.letter import ask, made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def press_room(settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    letter.add_template(settings)
    letter.wait_for_a_worker(settings)
    monkeypatch.setattr(press, "_guards", {})
    press.guard("centre", f"{__name__}.only_ann")


def only_ann(user: User, document: Document) -> press.Shown | None:
    is_ann = user.email == "ann@example.org"
    return press.Shown("the record", "portfolio:document", (document.subject_id,)) if is_ann else None


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ann@example.org")


@pytest.fixture
def stranger() -> User:
    return User.objects.create_user("bob@example.org")


def page(document: Document) -> str:
    return reverse("portfolio:document", args=[document.pk])


def file(document: Document) -> str:
    return reverse("portfolio:document_file", args=[document.pk])


def test_its_page_tells_how_it_stands(
    centre: Centre, person: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(person)
    document = ask(centre, person)
    assert "<progress" in client.get(page(document)).content.decode()
    assert client.get(file(document)).status_code == 404
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "typeset", lambda *args, **kwargs: 1 / 0)
        made(document)
    assert "Try again" in client.get(page(document)).content.decode()
    assert client.post(page(document)).headers["Location"] == page(document)
    made(document)
    ready = client.get(page(document)).content.decode()
    assert file(document) in ready
    assert "<progress" not in ready


def test_who_fetched_it_is_written_down(centre: Centre, person: User, client: Client) -> None:
    client.force_login(person)
    document = made(ask(centre, person))
    response = client.get(file(document))
    assert b"".join(response).startswith(b"%PDF-")
    assert response.headers["Content-Disposition"] == 'attachment; filename="Letter.pdf"'
    assert client.head(file(document)).status_code == 200
    line = AccessLine.objects.get()
    assert (line.user, line.centre, line.subject_id, line.downloaded) == (person, centre, document.pk, True)


def test_a_stranger_finds_no_document(centre: Centre, person: User, stranger: User, client: Client) -> None:
    document = made(ask(centre, person))
    client.force_login(stranger)
    answers = [client.get(page(document)), client.post(page(document)), client.get(file(document))]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert not AccessLine.objects.exists()


def test_a_document_without_a_guard_is_fetched_by_nobody(
    centre: Centre, person: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "_guards", {})
    client.force_login(person)
    assert client.get(page(ask(centre, person))).status_code == 404


def test_somebody_not_signed_in_is_asked_to_sign_in(centre: Centre, person: User, client: Client) -> None:
    document = made(ask(centre, person))
    for address in (page(document), file(document)):
        assert client.get(address).headers["Location"].startswith(reverse("account_login"))
