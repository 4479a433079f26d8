"""A disk of some megabytes that is really full: what is said, that nothing is kept by halves, and that all goes on."""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_django
from django.db import connection
from django.test import Client
from django.urls import reverse

from portfolio import vault
from portfolio.models import Centre, StoredFile, User
from portfolio.testing import a_candidate, a_centre, an_administrator, in_vault
from portfolio.tests import small_files
from portfolio.tests.full_disk import filled, small_disk
from portfolio.tests.no_room import writes_nothing_by_halves
from portfolio.tests.tus import Uploading, told

pytestmark = [pytest.mark.small_disk, pytest.mark.django_db(transaction=True)]

SIZE, ROOM = 64, 2 * 1024 * 1024


@pytest.fixture
def disk(settings: pytest_django.Settings, tmp_path: Path) -> Iterator[Path]:
    """The data directory of an embedded installation, its database within where that is SQLite."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, SIZE), database_in(folder):
        settings.DATA_DIR, settings.VAULT_DIR = folder, folder / "vault"
        yield folder


@contextlib.contextmanager
def database_in(folder: Path) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = shutil.copy(before, folder)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture
def centre(disk: Path) -> Centre:
    return a_centre()


def browser_of(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def test_an_upload_says_so_and_goes_on_where_it_stopped_once_there_is_room(disk: Path, centre: Centre) -> None:
    mine, call = Uploading(browser_of(a_candidate(centre).user), centre), small_files.wav(400)
    assert len(call) > 2 * ROOM
    address = mine.address("call.wav", len(call))
    with filled(disk, leaving=ROOM):
        answer = mine.piece(address, 0, call)
        assert (answer.status_code, "the server has no room left" in told(answer)) == (507, True)
        assert not StoredFile.objects.exists()
        assert mine.browser.get(reverse("portfolio:news")).status_code == 200
        offset = int(mine.browser.head(address)["Upload-Offset"])
        assert 0 < offset <= ROOM
    assert mine.piece(address, offset, call[offset:]).status_code == 204
    stored = StoredFile.objects.get()
    assert (stored.sha256, in_vault(stored)) == (hashlib.sha256(call).hexdigest(), call)
    assert list(vault.incoming_folder().iterdir()) == []


def test_a_page_that_writes_says_so_keeps_nothing_by_halves_and_pages_are_read_meanwhile(
    disk: Path, centre: Centre
) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL has a disk of its own
    writes_nothing_by_halves(browser_of(an_administrator(centre)), centre, filled(disk))
