"""Whatever somebody writes anywhere stays text: on every page, document, letter and list taken away."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.archive.pages import add_pages
from assessments.tests.answers import ROLES
from assessments.tests.attacks import poison
from assessments.tests.doorways import TABLE, Scene
from portfolio import pdf, post, workers
from portfolio.archive.packing import pack
from portfolio.archive.selection import Selection
from portfolio.tables import RUNS
from portfolio.tests import small_files
from units.for_good import forget

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everywhere(files_of_the_module: None, addresses: dict[str, str]) -> Iterator[set[str]]:
    with transaction.atomic():
        took, refused = poison.poisoned()
        assert len(took) > 280
        assert refused == set()
        forget()
        yield took
        transaction.set_rollback(True)
    forget()


@pytest.fixture(scope="module")
def addresses(scene: Scene, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """Where to knock, by the name of each address, found before anything hostile is written."""
    with django_db_blocker.unblock():
        return {name: reverse(name, args=expected.args(scene)) for name, expected in TABLE.items()}


def answers(scene: Scene, addresses: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
    """Every address that opens for somebody, as the office is answered where it may look, else one who may."""
    workers.say_so("one", started=timezone.now(), at=timezone.now())
    for name, expected in TABLE.items():
        may = [person for person in ("administrator", "lead", *ROLES) if expected.codes[person] == 200]
        for person in may[:1]:
            yield name, person, scene.browsers[person].get(addresses[name])


def test_no_page_and_no_list_runs_what_somebody_wrote(scene: Scene, addresses: dict[str, str]) -> None:
    pages = lists = shown = 0
    for name, person, answer in answers(scene, addresses):
        assert answer.status_code == 200, (name, person, answer.content)
        content = b"".join(answer) if answer.streaming else answer.content
        kind = answer.headers["Content-Type"].partition(";")[0]
        if kind == "text/html":
            pages += 1
            assert poison.escaped_from(content.decode()) == [], (name, person)
            shown += b"&lt;script&gt;" in content
        elif kind == "text/csv":
            lists += 1
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
                assert not [cell for cell in row if cell.startswith(RUNS)], (name, person)
        elif kind.endswith("spreadsheetml.sheet"):
            lists += 1
            for sheet in openpyxl.load_workbook(io.BytesIO(content)):
                assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"], (name, person)
    assert (pages > 250, lists > 8, shown > 150) == (True, True, True), (pages, lists, shown)


def test_the_reader_sees_what_runs() -> None:
    for page in (poison.LONG, poison.SHORT, '<a href=" java\nscript:alert(1)">', "<p>49 7777777", "<base href=//evil>"):
        assert poison.escaped_from(page), page
    assert (
        poison.escaped_from('<script src="/page.js"></script><p title="=&quot;&gt;&lt;script&gt;">&lt;img src=x&gt;')
        == []
    )


def test_the_hostile_address_is_one_that_people_can_have() -> None:
    validate_email(poison.ADDRESS.format(7))


def test_no_document_runs_or_fetches_what_somebody_wrote(
    scene: Scene, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is asked for, and read as HTML on its way to become a PDF."""
    set_as: list[str] = []

    def set_pages(manuscript: pdf.Manuscript) -> bytes:
        set_as.append(manuscript.html)
        return small_files.pdf()

    monkeypatch.setattr(pdf, "toolbox", lambda: pdf.Toolbox(set_pages))
    for name in [name for name in TABLE if name.endswith(("_document", "recording_form", "_certificate"))]:
        codes = TABLE[name].posted or TABLE[name].codes
        for person in [person for person in ROLES if person != "nobody" and codes[person] == 302][:1]:
            assert scene.browsers[person].post(addresses[name]).status_code == 302, name
    assert len(set_as) > 8
    for html in set_as:
        assert poison.escaped_from(html) == []
    assert sum("&lt;script&gt;" in html for html in set_as) > 6


def test_the_pages_of_an_archive_run_nothing_and_no_letter_is_a_page(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    pack(Selection(scene.house.centre), path, at=timezone.now(), adds=add_pages)
    with zipfile.ZipFile(path) as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")]
        assert not [name for name in archive.namelist() if ".." in name or name.startswith("/")]
    assert len(pages) > 5
    for page in pages:
        assert poison.escaped_from(page) == []
    assert sum("&lt;script&gt;" in page for page in pages) > 3
    subject = f"{poison.LONG}\r\nBcc: others@example.org"
    post.hand_in(centre=None, to="ann@example.org", subject=subject, body=poison.LONG, at=timezone.now())
    [*_, letter] = mail.outbox
    sent = letter.message()
    assert (sent.get_content_type(), sent["bcc"], letter.recipients()) == ("text/plain", None, ["ann@example.org"])
