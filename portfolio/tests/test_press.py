"""The press: each document is made once, by a worker, from the facts it was asked for with."""

import datetime
import io
import json
from typing import Any

import pikepdf
import pytest
import pytest_django
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portfolio import manuscripts, pdf, press, vault
from portfolio.enums import DocumentStatus
from portfolio.models import Centre, Document, StoredFile, User
from portfolio.testing import a_centre
from portfolio.tests import letter
from portfolio.tests.letter import FACTS, ask, made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def press_room(settings: pytest_django.Settings) -> None:
    letter.add_template(settings)
    letter.wait_for_a_worker(settings)


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ann@example.org")


def jobs() -> int:
    return DBTaskResult.objects.count()


def content_of(document: Document) -> bytes:
    assert document.stored is not None
    with vault.open_stored(document.stored) as file:
        return file.read()


# --- asking ----------------------------------------------------------------------------------------------------------


def test_what_is_asked_for_waits_for_a_worker(centre: Centre, person: User) -> None:
    document = ask(centre, person)
    assert (document.status, document.facts, jobs()) == (DocumentStatus.WAITING, FACTS, 1)


def test_the_same_facts_are_asked_for_once(centre: Centre, person: User) -> None:
    assert ask(centre, person) == ask(centre, User.objects.create_user("bob@example.org"))
    assert jobs() == 1


def test_anything_else_is_another_document(centre: Centre, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    other = a_centre("Harbour College")
    found = {ask(centre, person), ask(centre, person, name="Zoë"), ask(other, person), ask(centre, person, issued=True)}
    monkeypatch.setattr(manuscripts, "render_version", lambda: "another look")
    found.add(ask(centre, person))
    assert len(found) == 5


def test_an_issued_document_stays_whatever_look_comes_later(
    centre: Centre, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = made(ask(centre, person, issued=True))
    monkeypatch.setattr(manuscripts, "render_version", lambda: "another look")
    assert ask(centre, person, issued=True) == issued
    assert jobs() == 1


# --- making ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_a_draft(centre: Centre, person: User) -> None:
    document = ask(centre, person)
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    document.refresh_from_db()
    assert document.status == DocumentStatus.READY
    assert document.finished_at is not None
    with pikepdf.open(io.BytesIO(content_of(document))).open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_an_issued_document_carries_its_facts(centre: Centre, person: User) -> None:
    document = pikepdf.open(io.BytesIO(content_of(made(ask(centre, person, issued=True)))))
    with document.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
    assert json.loads(document.attachments["record.json"].get_file().read_bytes()) == FACTS


def test_it_is_made_once_however_often_the_job_runs(
    centre: Centre, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = made(ask(centre, person))
    monkeypatch.setattr(pdf, "typeset", lambda *args, **kwargs: pytest.fail("rendered twice"))
    press.make(document.pk)
    assert ask(centre, person) == document
    assert StoredFile.objects.count() == 1


def test_nobody_joins_in_while_it_is_being_made(centre: Centre, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    document = ask(centre, person)
    rendering = pdf.typeset

    def with_an_interruption(*args: Any, **kwargs: Any) -> bytes:
        monkeypatch.setattr(pdf, "typeset", lambda *args, **kwargs: pytest.fail("rendered twice"))
        press.make(document.pk)
        return rendering(*args, **kwargs)

    monkeypatch.setattr(pdf, "typeset", with_an_interruption)
    assert made(document).status == DocumentStatus.READY


def broken(*args: object, **kwargs: object) -> bytes:
    raise ValueError("boom")


def test_a_failure_is_a_sentence_and_can_be_tried_again(
    centre: Centre, person: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "typeset", broken)
        document = made(ask(centre, person))
    assert document.status == DocumentStatus.FAILED
    assert "fault on the server" in document.problem
    assert "boom" in caplog.text
    assert ask(centre, person) == document
    assert jobs() == 2
    assert made(document).status == DocumentStatus.READY
    assert document.problem == ""


def test_a_full_disk_says_so(centre: Centre, person: User, settings: pytest_django.Settings) -> None:
    settings.CENTRE_QUOTA = 10
    assert "your centre has used" in made(ask(centre, person)).problem


def test_what_a_lost_worker_left_is_asked_for_again(centre: Centre, person: User) -> None:
    lost, never_begun, in_hand = (ask(centre, person, number=number) for number in (1, 2, 3))
    long_ago = timezone.now() - 2 * press.LOST_AFTER
    Document.objects.filter(pk=lost.pk).update(started_at=long_ago)
    Document.objects.filter(pk=never_begun.pk).update(asked_at=long_ago)
    Document.objects.filter(pk=in_hand.pk).update(started_at=timezone.now())
    press.make(lost.pk)
    said = io.StringIO()
    call_command("requeue_lost_documents", stdout=said)
    assert "queued again: 2." in said.getvalue()
    assert jobs() == 5
    assert press.requeue_lost(at=timezone.now()) == 0
    assert made(lost).status == DocumentStatus.READY
    assert made(in_hand).status == DocumentStatus.WAITING


def test_asking_for_a_lost_document_asks_again(centre: Centre, person: User) -> None:
    document = ask(centre, person)
    Document.objects.update(started_at=timezone.now() - datetime.timedelta(hours=1))
    assert ask(centre, person).started_at is None
    assert jobs() == 2
    assert made(document).status == DocumentStatus.READY


def test_without_a_worker_it_is_made_on_the_spot(
    centre: Centre, person: User, settings: pytest_django.Settings
) -> None:
    immediate = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
    settings.TASKS = {"default": settings.TASKS["default"] | immediate}
    assert ask(centre, person).status == DocumentStatus.READY


def test_how_many_pages_are_set_is_noted_while_it_is_made(
    centre: Centre, person: User, monkeypatch: pytest.MonkeyPatch, settings: pytest_django.Settings
) -> None:
    letter.add_template(
        settings,
        letter.TEMPLATE.replace(
            "<h1>",
            "{% for criterion in facts.criteria %}<h1 style='break-before: page'>{{ criterion }}</h1>{% endfor %}<h1>",
        ),
    )
    document = ask(centre, person)
    clock = iter(range(1000))
    monkeypatch.setattr("portfolio.press.time.monotonic", lambda: next(clock))
    made(document)
    document.refresh_from_db()
    assert (document.status, document.pages_set) == (DocumentStatus.READY, 2)
