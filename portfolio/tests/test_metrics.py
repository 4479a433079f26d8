"""Numbers for Prometheus: closed without their token, of routes and not of people, added up over processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_django
from django.conf import settings as house
from django.db import OperationalError
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from portfolio import metrics, workers
from portfolio.harness import AskingClient
from portfolio.models import OutgoingMessage
from portfolio.tests import a_job

pytestmark = pytest.mark.django_db
TOKEN = "a token that somebody made up"


@pytest.fixture(autouse=True)
def with_a_token(settings: pytest_django.Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "portfolio.queueing.Queue"}}


def fetched(client: AskingClient) -> dict[str, float]:
    """Each number by its name and labels."""
    page = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert page.status_code == 200
    return {
        " ".join([sample.name, *(sample.labels[key] for key in sorted(sample.labels))]): sample.value
        for family in text_string_to_metric_families(page.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize("brought", ["", "Bearer", "Bearer another", f"Basic {TOKEN}", "Bearer ünknown"])
def test_they_are_closed_to_whoever_brings_no_token(client: AskingClient, brought: str) -> None:
    page = client.get("/metrics", headers={"authorization": brought})
    assert page.status_code == 401
    assert b"nvq_" not in page.content


def test_there_are_none_where_no_token_is_set(client: AskingClient, settings: pytest_django.Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_route_method_and_code(client: AskingClient) -> None:
    before = fetched(client)
    client.get("/check/AAAA-BBBB/?name=Cara")
    client.generic("BREW", "/healthz")
    after = fetched(client)
    known = (
        "nvq_requests_total 400 GET portfolio:genuine_reference",
        "nvq_requests_total 405 other no address of ours",
    )
    assert [after.get(name, 0) - before.get(name, 0) for name in known] == [1, 1]
    assert after["nvq_request_seconds_count GET portfolio:genuine_reference"] >= 1
    assert not [name for name in after if "AAAA" in name or "Cara" in name]


def test_what_waits_is_told(client: AskingClient) -> None:
    OutgoingMessage.objects.create(to="cara@example.org", subject="s", body="b", written_at=timezone.now())
    a_job.fail.enqueue()
    workers.say_so("one", started=timezone.now(), at=timezone.now())
    told = fetched(client)
    assert (told["nvq_jobs waiting"], told["nvq_jobs running"], told["nvq_jobs failed"]) == (1, 0, 0)
    assert 0 <= told["nvq_oldest_job_seconds"] < 60
    assert (told["nvq_letters_waiting"], told["nvq_letters_refused"]) == (1, 0)
    assert (told["nvq_workers"], told["nvq_database_up"]) == (1, 1)
    assert 0 < told["nvq_data_free_bytes"] <= told["nvq_data_bytes"]


def test_a_database_that_is_away_is_told_as_well(client: AskingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(now: object) -> int:
        raise OperationalError

    monkeypatch.setattr(workers, "how_many", away)
    told = fetched(client)
    assert told["nvq_database_up"] == 0
    assert "nvq_workers" not in told


def test_processes_are_added_up(tmp_path: Path) -> None:
    program = "import django; django.setup(); from portfolio import metrics;metrics.answered('home', 'GET', 200, 0.1)"
    environment = os.environ | {
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "portfolio.settings",
    }
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program], cwd=house.BASE_DIR, env=environment, check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
        text = metrics.all_of_them(timezone.now()).decode()
    assert 'nvq_requests_total{code="200",method="GET",route="home"} 2.0' in text
