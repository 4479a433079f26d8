"""The settings fail loudly, and the operator's page names every variable."""

import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.db import connection

from portfolio.secret_key import kept_secret

SERVER = {
    "NVQ_MODE": "server",
    "SECRET_KEY": "fifty random characters stand here in a real one",
    "ALLOWED_HOSTS": "portfolio.example.org",
    "DATABASE_URL": "postgres://portfolio@localhost/portfolio",
}


def start(data_dir: Path, **variables: str) -> str:
    """The last line of the complaint when the settings are read under these variables; nothing when they are fine."""
    environment = {"PATH": os.environ["PATH"], "NVQ_DATA_DIR": str(data_dir)} | variables
    run = subprocess.run(
        [sys.executable, "-c", "import portfolio.settings"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stderr.strip().rpartition("\n")[2]


def test_it_needs_no_variable_to_run_embedded(tmp_path: Path) -> None:
    assert start(tmp_path) == ""
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_place_it_makes_for_its_records_is_its_owners_alone_and_one_that_is_there_stays(tmp_path: Path) -> None:
    assert start(tmp_path / "new") == ""
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o750)
    assert start(tmp_path / "there") == ""
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o750


def test_of_several_that_begin_at_once_one_makes_the_secret_for_all(tmp_path: Path) -> None:
    everybody = threading.Barrier(8)

    def begin(place: Path) -> str:
        everybody.wait()
        return kept_secret(place)

    with ThreadPoolExecutor(8) as threads:
        for round_ in range(20):
            found = set(threads.map(begin, [tmp_path / f"{round_}" / "secret_key"] * 8))
            assert [len(secret) for secret in found] == [67]
            assert [path.name for path in (tmp_path / f"{round_}").iterdir()] == ["secret_key"]


def test_it_starts_as_a_server_when_all_is_said(tmp_path: Path) -> None:
    assert start(tmp_path, **SERVER) == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_a_server_refuses_to_start_half_configured(tmp_path: Path, name: str) -> None:
    assert f"{name} is not set. " in start(tmp_path, **(SERVER | {name: ""}))


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"NVQ_MODE": "production"}, "NVQ_MODE is 'production': choose embedded or server."),
        ({"NVQ_DEBUG": "perhaps"}, "NVQ_DEBUG is 'perhaps': say yes or no."),
        ({"NVQ_HANDOVER": "apache"}, "NVQ_HANDOVER is 'apache': choose none, nginx or links."),
        ({"NVQ_HANDOVER": "nginx", "NVQ_S3_BUCKET": "files"}, "sends files of its disk: with a bucket choose links."),
        ({"NVQ_HANDOVER": "links"}, "which only a bucket gives: set NVQ_S3_BUCKET as well."),
        ({"NVQ_S3_SECRET_KEY": "s"}, "belong together: set both, or neither."),
        (
            {"NVQ_SECOND_FACTOR": "administrator, boss"},
            "NVQ_SECOND_FACTOR names 'boss': choose all, or of candidate, assessor, internal_verifier, lead_verifier, "
            "administrator, external_verifier.",
        ),
        (
            {"NVQ_OIDC_ISSUER": "http://id.example"},
            "NVQ_OIDC_ISSUER is 'http://id.example': it must begin with https://.",
        ),
        (
            {"NVQ_OIDC_ISSUER": "https://id.example"},
            "NVQ_OIDC_CLIENT_ID is not set. The provider of single sign-on gives it to this site.",
        ),
        ({"NVQ_UPLOAD_LIMIT_MB": "2 GB"}, "NVQ_UPLOAD_LIMIT_MB is '2 GB': give a whole number."),
    ],
)
def test_a_mistaken_variable_is_named_with_what_it_may_say(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    assert start(tmp_path, **variables).endswith(sentence)


def first_cells_of_the_operations_page() -> str:
    page = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    return "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))


def test_the_operations_page_lists_every_variable() -> None:
    source = (settings.BASE_DIR / "portfolio" / "settings.py").read_text()
    read = set(re.findall(r'(?:env|env_bool|env_int|roles_named|required)\(\s*"([A-Z0-9_]+)"', source))
    assert read == set(re.findall(r"`([A-Z0-9_]+)`", first_cells_of_the_operations_page()))


def test_the_operations_page_lists_every_command() -> None:
    ours = {name for name, app in get_commands().items() if app in {"portfolio", "units", "assessments"}}
    assert ours - {"migrate", "makemigrations"} <= set(re.findall(r"`([a-z_]+)`", first_cells_of_the_operations_page()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "value"), [("jit", "off"), ("random_page_cost", "1.1"), ("plan_cache_mode", "force_generic_plan")]
)
def test_postgresql_is_told_how_to_plan(setting: str, value: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s)", [setting])
            assert cursor.fetchone() == (value,)
