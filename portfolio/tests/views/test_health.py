"""Health and readiness: for machines, without a sign-in, without secrets, and without leaving a trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone

from portfolio import readiness, stores, workers
from portfolio.harness import AskingClient
from portfolio.models import AccessLine, AuditEvent, Worker

pytestmark = pytest.mark.django_db


def fails(*args: object, **kwargs: object) -> Any:
    raise OperationalError("connection to server at 10.0.0.5 failed: password authentication for user portfolio")


def a_worker() -> None:
    workers.say_so("one", started=timezone.now(), at=timezone.now())


def reasons(client: AskingClient, name: str = "ready") -> dict[str, str]:
    """Why it is not ready, by part; and that the answer's code says so."""
    page = client.get(reverse(f"portfolio:{name}"))
    found = {part: said["why"] for part, said in page.json()["checks"].items() if not said["ok"]}
    assert (page.status_code, page.json()["ready"]) == ((503, False) if found else (200, True))
    return found


def test_it_lives_whatever_is_with_the_database(client: AskingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", fails)
    page = client.get("/healthz")
    assert (page.status_code, page.json()) == (200, {"alive": True})
    assert "no-store" in page["Cache-Control"]


def test_it_is_ready_when_every_part_is(client: AskingClient) -> None:
    a_worker()
    assert reasons(client) == {}
    assert set(client.get("/readyz").json()["checks"]) == {"database", "migrations", "vault", "worker"}


def test_it_leaves_no_trace(client: AskingClient, django_assert_num_queries: Callable[[int], Any]) -> None:
    a_worker()
    readiness.for_everything(timezone.now())
    with django_assert_num_queries(3):
        page = client.get("/readyz")
    assert not page.cookies
    assert not Session.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not AccessLine.objects.exists()


def test_without_a_worker_pages_are_shown_all_the_same(client: AskingClient) -> None:
    a_worker()
    Worker.objects.update(seen_at=timezone.now() - workers.LATELY)
    assert set(reasons(client)) == {"worker"}
    assert reasons(client, "ready_for_pages") == {}


def test_a_database_that_is_away_is_said_without_its_secrets(
    client: AskingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "cursor", fails)
    found = reasons(client)
    assert set(found) == {"database", "migrations", "worker"}
    assert found["database"] == "The database does not answer."
    assert "10.0.0.5" not in str(found)


def test_a_vault_that_cannot_be_written_is_named(
    client: AskingClient, settings: pytest_django.Settings, tmp_path: Path
) -> None:
    (tmp_path / "no-folder").touch()
    settings.VAULT_DIR = tmp_path / "no-folder" / "vault"
    assert reasons(client, "ready_for_pages") == {"vault": "No evidence can be kept: Not a directory."}


def test_migrations_that_wait_are_counted(client: AskingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])
    assert reasons(client, "ready_for_pages")["migrations"].startswith("2 migrations are not applied")


def test_a_scanner_is_asked_for_where_there_is_one(client: AskingClient, settings: pytest_django.Settings) -> None:
    settings.CLAMAV = "/nowhere/clamd.ctl"
    a_worker()
    assert set(reasons(client)) == {"scanner"}


@pytest.mark.parametrize("allowed", ["portfolio.example.org", ".example.org"])
def test_a_machine_asks_by_whatever_address_it_knows(
    client: AskingClient, settings: pytest_django.Settings, allowed: str
) -> None:
    settings.ALLOWED_HOSTS = [allowed]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/readyz/pages", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/", headers={"host": "10.0.0.7:8000"}).status_code == 400


def test_an_object_store_that_is_away_is_named(
    client: AskingClient, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: object, place: str) -> None:
        raise stores.StoreAwayError("https://objects.example.org refused the key AKIA123")

    settings.S3_BUCKET = "portfolio"
    monkeypatch.setattr(stores, "vault", lambda: type("Away", (), {"look": away})())
    assert reasons(client, "ready_for_pages") == {"vault": "The object store does not answer."}
