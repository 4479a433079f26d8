"""Renditions: drawn by a worker in a process with limits, kept beside the vault, and never in the server's way."""

import datetime
import io
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import pytest_django
from django.conf import settings as house
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from PIL import Image

from portfolio import drawing, renditions, stores, vault
from portfolio.enums import DocumentStatus
from portfolio.models import Centre, Rendition, StoredFile
from portfolio.testing import a_centre, in_vault
from portfolio.tests import small_files
from portfolio.tests.letter import wait_for_a_worker
from portfolio.tests.processes import lives, until

pytestmark = pytest.mark.django_db

WAITING, READY, FAILED = DocumentStatus.WAITING, DocumentStatus.READY, DocumentStatus.FAILED
LOCKED = small_files.pdf(password="quiet")


@pytest.fixture(autouse=True)
def a_worker_comes_later(settings: pytest_django.Settings) -> None:
    wait_for_a_worker(settings)


@pytest.fixture
def centre() -> Centre:
    return a_centre()


def keep(centre: Centre, name: str, content: bytes) -> StoredFile:
    return vault.store(centre=centre, file=SimpleUploadedFile("x", content), name=name, at=timezone.now())


def asked(stored: StoredFile) -> Rendition:
    renditions.ask([stored], at=timezone.now())
    return Rendition.objects.select_related("stored").get(stored=stored)


def made(stored: StoredFile) -> Rendition:
    rendition = asked(stored)
    renditions.make(rendition.pk)
    rendition.refresh_from_db()
    return rendition


def jobs() -> int:
    return DBTaskResult.objects.count()


def folders(settings: pytest_django.Settings) -> list[Path]:
    return [path for path in Path(settings.RENDITIONS_DIR).glob("*/*/*") if path.is_dir()]


def folder_of(rendition: Rendition) -> Path:
    return Path(house.RENDITIONS_DIR) / renditions.place_of(rendition.stored, rendition.version)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# --- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("report.pdf", "pdf"),
        ("desk.jpg", "picture"),
        ("wave.gif", "picture"),
        ("phone.heic", "picture"),
        ("notes.txt", None),
        ("call.wav", None),
        ("report.docx", None),
    ],
)
def test_only_what_a_browser_does_not_show_well_itself_is_drawn(centre: Centre, name: str, way: str | None) -> None:
    stored = keep(centre, name, small_files.EVERY_KIND[name][0])
    assert renditions.way_of_drawing(stored) == way
    renditions.ask([stored], at=timezone.now())
    assert jobs() == Rendition.objects.count() == (way is not None)


def test_office_documents_are_drawn_where_there_is_libreoffice(
    centre: Centre, settings: pytest_django.Settings
) -> None:
    settings.SOFFICE = "/usr/bin/soffice"
    stored = [keep(centre, name, small_files.EVERY_KIND[name][0]) for name in ("report.docx", "figures.ods")]
    assert [renditions.way_of_drawing(one) for one in stored] == ["office", "office"]


def test_the_same_bytes_are_asked_for_once(centre: Centre) -> None:
    stored = keep(centre, "log.pdf", small_files.pdf())
    renditions.ask([stored, stored], at=timezone.now())
    renditions.ask([stored], at=timezone.now())
    assert (Rendition.objects.count(), jobs()) == (1, 1)


# --- making ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_in")
def test_a_pdf_is_drawn_page_by_page_with_its_words(centre: Centre) -> None:
    rendition = made(keep(centre, "log.pdf", small_files.pdf(3)))
    assert (rendition.status, rendition.page_count) == (READY, 3)
    picture = opened(renditions.page_picture(rendition, 2))
    assert (picture.format, list(picture.size)) == ("WEBP", rendition.sizes[1])
    assert picture.width == drawing.PAGE_WIDTH
    assert len(set(picture.convert("L").tobytes())) > 2
    assert [renditions.page_text(rendition, number) for number in (1, 3)] == ["Call log 1", "Call log 3"]
    assert max(opened(renditions.thumbnail(rendition)).size) == drawing.THUMBNAIL_SIDE
    with pytest.raises(FileNotFoundError):
        renditions.page_picture(rendition, 4)
    assert {Path(one.place).suffix for one in stores.renditions().found("")} == {".webp", ".txt"}


def test_only_its_owner_may_read_what_was_drawn(centre: Centre, settings: pytest_django.Settings) -> None:
    made(keep(centre, "log.pdf", small_files.pdf()))
    [folder] = folders(settings)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_a_photograph_is_drawn_the_right_way_up_and_tells_nothing(centre: Centre, form: str) -> None:
    taken = small_files.photograph_with_place(form=form)
    rendition = made(keep(centre, f"desk.{form.lower().replace('jpeg', 'jpg')}", taken))
    shown = renditions.page_picture(rendition, 1)
    assert opened(shown).size == (16, 24)
    assert not opened(shown).getexif()
    assert b"Olwen" not in shown + renditions.thumbnail(rendition)


@pytest.mark.usefixtures("kept_in")
def test_a_telephones_own_kind_of_photograph_is_drawn_and_tells_nothing(centre: Centre) -> None:
    taken = small_files.telephone_photograph()
    assert b"Olwen" in taken
    stored = keep(centre, "phone.heic", taken)
    rendition = made(stored)
    shown = renditions.page_picture(rendition, 1)
    picture = opened(shown)
    assert (picture.format, picture.size) == ("WEBP", (16, 24))
    red, _, blue = picture.convert("RGB").getpixel((2, 20))  # type: ignore[misc]
    assert red > blue
    assert not picture.getexif()
    assert b"Olwen" not in shown + renditions.thumbnail(rendition)
    assert in_vault(stored) == taken, "the original stays as it was"


def test_a_large_photograph_is_drawn_smaller(centre: Centre) -> None:
    rendition = made(keep(centre, "wall.jpg", small_files.picture("JPEG", size=(4000, 3000))))
    assert rendition.sizes == [[2000, 1500]]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("log.pdf", LOCKED, "locked"),
        ("log.pdf", b"%PDF-1.7\nnothing more", "damaged"),
        ("desk.jpg", small_files.picture("JPEG", size=(800, 600))[:-2000], "damaged"),
    ],
)
def test_what_cannot_be_drawn_says_why(centre: Centre, name: str, content: bytes, problem: str) -> None:
    rendition = made(keep(centre, name, content))
    assert (rendition.status, rendition.problem) == (FAILED, renditions.PROBLEMS[problem])


@pytest.mark.parametrize("size", [(595, 842), (14_400, 14_400), (20, 14_400), (14_400, 20)])
def test_no_page_takes_more_than_its_share(centre: Centre, size: tuple[int, int]) -> None:
    rendition = made(keep(centre, "log.pdf", small_files.pdf(size=size)))
    picture = opened(renditions.page_picture(rendition, 1))
    assert picture.width <= drawing.PAGE_WIDTH
    assert max(picture.size) <= drawing.LONGEST_SIDE + 1
    assert picture.width * picture.height <= drawing.MOST_PIXELS * 1.01


def test_no_document_is_drawn_beyond_the_most_pages(centre: Centre) -> None:
    rendition = made(keep(centre, "log.pdf", small_files.pdf(drawing.MOST_PAGES + 1, size=(120, 3))))
    assert (rendition.page_count, len(rendition.sizes)) == (drawing.MOST_PAGES + 1, drawing.MOST_PAGES)


@pytest.mark.usefixtures("kept_in")
def test_bytes_that_are_gone_are_said_to_be(centre: Centre) -> None:
    stored = keep(centre, "log.pdf", small_files.pdf())
    stores.vault().delete(vault.place_of(stored))
    assert made(stored).problem == renditions.PROBLEMS["gone"]


# --- limits ----------------------------------------------------------------------------------------------------------

PROGRAM = "#!/usr/bin/env python3\nimport os, pathlib, sys, time\nroom = pathlib.Path(sys.argv[-2])\n{}\n"


def a_soffice(tmp_path: Path, does: str) -> str:
    """A program in LibreOffice's place."""
    path = tmp_path / "soffice"
    path.write_text(PROGRAM.format(does))
    path.chmod(0o700)
    return str(path)


def office(centre: Centre) -> StoredFile:
    return keep(centre, "report.docx", small_files.office("docx"))


def test_an_office_document_is_drawn_with_a_profile_of_its_own_and_no_secret(
    centre: Centre, settings: pytest_django.Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "quiet")
    copy = tmp_path / "made.pdf"
    copy.write_bytes(small_files.pdf(2))
    told = tmp_path / "told.txt"
    settings.SOFFICE = a_soffice(
        tmp_path,
        f"pathlib.Path({str(told)!r}).write_text(' '.join(sys.argv) + str(dict(os.environ)))\n"
        "assert (room / 'profile/user/registrymodifications.xcu').exists()\n"
        f"(room / 'document.pdf').write_bytes(pathlib.Path({str(copy)!r}).read_bytes())",
    )
    rendition = made(office(centre))
    assert (rendition.status, rendition.page_count) == (READY, 2)
    assert renditions.page_text(rendition, 2) == "Call log 2"
    assert "-env:UserInstallation=file:///" in told.read_text()
    assert "document.docx" in told.read_text()
    assert "SECRET_KEY" not in told.read_text()
    assert not list(Path(settings.RENDITIONS_DIR).glob("making/*"))


def test_an_office_document_that_libreoffice_cannot_open_is_said_to_be_damaged(
    centre: Centre, settings: pytest_django.Settings, tmp_path: Path
) -> None:
    settings.SOFFICE = a_soffice(tmp_path, "sys.exit(1)")
    assert made(office(centre)).problem == renditions.PROBLEMS["damaged"]


def test_what_hangs_is_ended_with_all_it_started(
    centre: Centre, settings: pytest_django.Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child"
    settings.SOFFICE = a_soffice(
        tmp_path, f"pathlib.Path({str(child)!r}).write_text(str(os.fork() or os.getpid()))\ntime.sleep(60)"
    )
    monkeypatch.setattr(renditions, "SECONDS", 2)
    assert made(office(centre)).problem == renditions.PROBLEMS["too_much"]
    until(lambda: not lives(int(child.read_text())), 5)


@pytest.mark.parametrize(
    "does",
    [
        "bytearray(8 * 1024**3)",
        "pathlib.Path(room / 'document.pdf').write_bytes(bytes(300 * 1024**2))",
        "os.kill(os.getppid(), 11)",
    ],
)
def test_what_swells_or_crashes_harms_nobody_else(
    centre: Centre, settings: pytest_django.Settings, tmp_path: Path, does: str
) -> None:
    settings.SOFFICE = a_soffice(tmp_path, does)
    rendition = made(office(centre))
    assert rendition.status == FAILED
    assert rendition.problem in (renditions.PROBLEMS["damaged"], renditions.PROBLEMS["too_much"])
    assert not list(Path(settings.RENDITIONS_DIR).glob("making/*"))


WITHOUT_PERMISSION = """#!{python}
import pathlib, sys
sys.path.insert(0, "")
from portfolio import drawing
drawing.NEW_NETWORK = 1  # no kernel knows that
*_, kind, source, folder, soffice, ending = sys.argv
drawing.main(kind, pathlib.Path(source), pathlib.Path(folder), soffice, ending)
"""


def drawn_by_one_who_calls(centre: Centre, tmp_path: Path, settings: pytest_django.Settings, times: int = 1) -> bool:
    """Whether a LibreOffice that a document has call an address of the test gets through."""
    copy = tmp_path / "made.pdf"
    copy.write_bytes(small_files.pdf())
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.SOFFICE = a_soffice(
            tmp_path,
            f"import socket\n(room / 'document.pdf').write_bytes(pathlib.Path({str(copy)!r}).read_bytes())\n"
            f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 5)",
        )
        for number in range(times):
            document = small_files.office("docx", number=bytes([number]))
            assert made(keep(centre, "report.docx", document)).status == READY
        server.settimeout(0.2)
        try:
            server.accept()[0].close()
        except TimeoutError:
            return False
    return True


def kernel_cuts_off() -> bool:
    """Whether it would, asked without the product."""
    asks = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({drawing.NEW_USERS | drawing.NEW_NETWORK}) != 0)"
    return subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0


def test_what_is_drawn_reaches_nobody_or_the_log_says_that_the_kernel_lets_it(
    centre: Centre, settings: pytest_django.Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    renditions.warn_of_the_network.cache_clear()
    reached = drawn_by_one_who_calls(centre, tmp_path, settings)
    assert ("does not let files be drawn without a network" in caplog.text, reached) == (not kernel_cuts_off(),) * 2


def test_a_kernel_that_refuses_is_told_of_once_and_files_are_drawn_all_the_same(
    centre: Centre,
    settings: pytest_django.Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    renditions.warn_of_the_network.cache_clear()
    refused = tmp_path / "python"
    refused.write_text(WITHOUT_PERMISSION.format(python=sys.executable))
    refused.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(refused))
    assert drawn_by_one_who_calls(centre, tmp_path, settings, times=2)
    assert caplog.text.count("does not let files be drawn without a network") == 1


def test_a_fault_of_ours_is_logged_and_tried_again_until_it_is_given_up(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    rendition = made(keep(centre, "log.pdf", small_files.pdf()))
    assert (rendition.status, rendition.tries) == (WAITING, 1)
    assert "could not be made" in caplog.text
    later = timezone.now()
    for _ in range(renditions.TRIES):
        later += 2 * renditions.LOST_AFTER
        renditions.requeue_lost(at=later)
        renditions.make(rendition.pk)
    rendition.refresh_from_db()
    assert (rendition.status, rendition.problem) == (FAILED, renditions.PROBLEMS["fault"])


# --- lost and found --------------------------------------------------------------------------------------------------


def test_one_whose_worker_was_lost_is_asked_for_again(centre: Centre) -> None:
    rendition = asked(keep(centre, "log.pdf", small_files.pdf()))
    Rendition.objects.update(started_at=timezone.now())
    call_command("requeue_lost_documents", verbosity=0)
    assert jobs() == 1
    Rendition.objects.update(started_at=timezone.now() - datetime.timedelta(hours=1))
    call_command("requeue_lost_documents", verbosity=0)
    assert jobs() == 2
    renditions.make(rendition.pk)
    rendition.refresh_from_db()
    assert rendition.status == READY


def test_all_are_drawn_again_in_a_later_way(
    centre: Centre, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendition = made(keep(centre, "log.pdf", small_files.pdf()))
    monkeypatch.setattr(renditions, "VERSION", 2)
    assert renditions.requeue_lost(at=timezone.now()) == 1
    renditions.make(rendition.pk)
    rendition.refresh_from_db()
    assert (rendition.status, rendition.version) == (READY, 2)
    [folder] = folders(settings)
    assert folder.name.endswith("-2")


def test_whoever_comes_second_does_nothing(centre: Centre) -> None:
    rendition = made(keep(centre, "log.pdf", small_files.pdf()))
    renditions.make(rendition.pk)
    rendition.refresh_from_db()
    assert rendition.tries == 1


def test_what_is_forgotten_while_it_is_drawn_is_not_kept(
    centre: Centre, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = keep(centre, "log.pdf", small_files.pdf())
    draw = renditions.draw

    def forgotten_meanwhile(stored: StoredFile, folder: Path) -> renditions.Drawn:
        drawn = draw(stored, folder)
        renditions.forget(stored)
        return drawn

    monkeypatch.setattr(renditions, "draw", forgotten_meanwhile)
    renditions.make(asked(stored).pk)
    assert not Rendition.objects.exists()
    assert not folders(settings)


def test_what_is_forgotten_goes_with_its_folder(centre: Centre, settings: pytest_django.Settings) -> None:
    stored = keep(centre, "log.pdf", small_files.pdf())
    made(stored)
    renditions.forget(stored)
    assert not Rendition.objects.exists()
    assert not folders(settings)


def test_a_sweep_removes_what_nobody_names_and_asks_for_what_is_missing(
    centre: Centre, settings: pytest_django.Settings
) -> None:
    named, lost = (made(keep(centre, f"{pages}.pdf", small_files.pdf(pages))) for pages in (1, 2))
    never = keep(centre, "3.pdf", small_files.pdf(3))
    old = time.time() - 2 * renditions.A_DAY
    nobodys = [Path(settings.RENDITIONS_DIR) / name for name in ("making/cut", "1/ab/abcd-1", "x/ab/odd")]
    for folder in nobodys:
        folder.mkdir(parents=True)
        (folder / "page-1.webp").touch()
    for folder in [*nobodys, folder_of(named)]:
        for path in (folder, *folder.iterdir()):
            os.utime(path, (old, old))
    shutil.rmtree(folder_of(lost))
    call_command("sweep_vault", dry_run=True, verbosity=0)
    assert all(folder.exists() for folder in nobodys)
    call_command("sweep_vault", verbosity=0)
    assert not any(folder.exists() for folder in nobodys)
    assert folder_of(named).is_dir()
    waiting = Rendition.objects.filter(status=WAITING)
    assert {one.stored for one in waiting.select_related("stored")} == {lost.stored, never}
