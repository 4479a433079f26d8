"""What every test of the house stands on: files of its own, no skip in silence, and how browser tests run."""

import gc
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings as house
from django.core.cache import caches
from django.db import connection

from portfolio import harness
from portfolio.compiled import Question
from portfolio.tests import collector, full_disk, objects, programs
from units.for_good import forget

pytest_plugins = ["units.testing"]

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
DEVELOPER_PACKAGES = ("playwright", "pytest_playwright", "axe_playwright_python")
NEEDS: dict[str, tuple[str, Callable[[], bool], str]] = {
    "object_store": ("tests on an object store", objects.is_here, "bin/setup dev"),
    "traces": ("tests of traces", collector.is_here, "bin/setup dev"),
    "small_disk": ("tests with a small disk", full_disk.may_mount, "sudo bin/test portfolio/tests/test_small_disk.py"),
}
"""Marks of tests that need more: what they are called, whether it is here, and what to do."""


def missing_for_browser_tests() -> list[str]:
    """What to do before browser tests can run here; nothing when they can."""
    steps = []
    if not all(importlib.util.find_spec(package) for package in DEVELOPER_PACKAGES):
        steps.append("bin/setup dev")
    if not CHROMIUM:
        steps.append("sudo apt install chromium")
    return steps


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail when any test was skipped, and name it")
    parser.addoption("--of-the-database", action="store_true", help="run only tests, and parts of them, that ask it")


def pytest_configure() -> None:
    """Static files come straight from their sources: no test depends on somebody's last collectstatic."""
    harness.hurry(house)
    Question.checked = True
    house.WHITENOISE_AUTOREFRESH = True
    house.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests are skipped where there is no browser, and others where a developer's package is not there.

    Nobody can be asked for a kernel that lets root mount: where it does not, tests that have to are not of the run.

    `bin/test` says so at the end, `.ci/run` permits none.

    With --of-the-database the rest are left to a run without it: on another database they would only say the same. So
    would axe, which the pages' tests leave out then, and the tests marked `same_on_any_database`.
    """
    if homeless := harness.without_a_database(items):
        raise pytest.UsageError(f"These tests use a database without asking for `db`: {', '.join(homeless)}")
    if config.getoption("of_the_database"):
        config.hook.pytest_deselected(items=[item for item in items if not harness.tells_of_the_database(item)])
        items[:] = filter(harness.tells_of_the_database, items)
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    steps = missing_for_browser_tests()
    for item in browser_tests if steps else []:
        item.add_marker(pytest.mark.skip(reason=f"browser tests need: {' && '.join(steps)}"))
    marked = {mark: [item for item in items if item.get_closest_marker(mark)] for mark in NEEDS}
    if marked["small_disk"] and os.geteuid() == 0 and not full_disk.may_mount():
        config.hook.pytest_deselected(items=marked["small_disk"])
        items[:] = [item for item in items if item not in marked["small_disk"]]
    for mark, (called, are_here, step) in NEEDS.items():
        for item in marked[mark] if marked[mark] and not are_here() else []:
            item.add_marker(pytest.mark.skip(reason=f"{called} need: {step}"))
    if browser_tests and not steps:
        # Playwright keeps an event loop in the test's thread, where Django would refuse to query.
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_finish() -> None:
    """What the whole run keeps is looked through for garbage once: a tenth of the time went there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def skipped(terminalreporter: Any) -> list[Any]:
    return list(terminalreporter.stats.get("skipped", []))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """With --no-skips a skipped test fails the run like a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("no_skips") and reporter and skipped(reporter) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    yield


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name what was skipped, and how to have it run."""
    reports = skipped(terminalreporter)
    in_browser = [report for report in reports if "browser" in report.keywords]
    if in_browser:
        steps = " && ".join(missing_for_browser_tests())
        terminalreporter.write_sep(
            "!", f"{len(in_browser)} browser tests were SKIPPED; to run them: {steps}", yellow=True
        )
    for mark, (called, _, step) in NEEDS.items():
        if count := sum(mark in report.keywords for report in reports):
            terminalreporter.write_sep("!", f"{count} {called} were SKIPPED; to run them: {step}", yellow=True)
    if packages := programs.to_install(str(report.longrepr[2]) for report in reports):
        installed = " ".join(sorted(set(packages)))
        terminalreporter.write_sep(
            "!", f"{len(packages)} tests were SKIPPED; to run them: sudo apt install {installed}", yellow=True
        )
    if config.getoption("no_skips") and reports:
        terminalreporter.write_sep("!", "no skip is permitted here, but these were skipped", red=True)
        for report in reports:
            terminalreporter.write_line(f"{report.nodeid}: {report.longrepr[2]}")


@pytest.fixture(autouse=True)
def data_of_its_own(settings: pytest_django.Settings, tmp_path: Path) -> None:
    """No test sees another's evidence files or counted tries, nor a real installation's."""
    settings.DATA_DIR = tmp_path
    settings.VAULT_DIR = tmp_path / "vault"
    settings.RENDITIONS_DIR = tmp_path / "renditions"
    settings.GATHERED_DIR = tmp_path / "gathered"
    for name in house.CACHES:
        caches[name].clear()
    forget()


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The address of an S3 server, started for the tests."""
    with objects.running() as address:
        yield address


@pytest.fixture
def bucket(object_store: str, settings: pytest_django.Settings) -> str:
    """A bucket, in an empty part of which files are kept while the test runs."""
    return objects.part_of_a_bucket(settings, object_store)


@pytest.fixture(params=["files", pytest.param("bucket", marks=pytest.mark.object_store)])
def kept_in(request: pytest.FixtureRequest) -> str:
    """The same test with files on the disk, and in a bucket."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return str(request.param)


@pytest.fixture
def client() -> harness.AskingClient:
    """A browser whose GET requests may not write."""
    return harness.AskingClient()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite keeps its test database in a file, as an installation does: in memory, threads cannot share it."""
    if connection.vendor == "sqlite":
        directory = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(directory / "portfolio.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """PostgreSQL drops no database that somebody is in: whoever a stopped server left behind is shown out first."""
    yield
    with django_db_blocker.unblock():
        harness.show_others_out()


@pytest.fixture(autouse=True, scope="session")
def walls_stand_in_tests() -> Iterator[None]:
    """The database's walls stand in every test, and come down only while a transactional test is cleared away."""
    with pytest.MonkeyPatch.context() as patch:
        harness.take_walls_down_to_flush(patch)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's own Chromium, so that no browser is downloaded; it runs as root in CI, hence without its sandbox."""
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"]}
