"""Stored bytes in a browser: what is shown in place, what may only be kept, and one range at a time."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpResponseBase
from django.test import RequestFactory
from django.utils import timezone
from PIL import Image

from portfolio import serving, stores, vault
from portfolio.models import Centre, StoredFile
from portfolio.testing import a_centre
from portfolio.tests import small_files

pytestmark = pytest.mark.django_db

TEXT = b"0123456789" * 100_000
SHOWN = {
    "screen.png": "image/png",
    "desk.jpg": "image/jpeg",
    "wave.gif": "image/gif",
    "desk.webp": "image/webp",
    "call.mp3": "audio/mpeg",
    "memo.m4a": "audio/mp4",
    "call.wav": "audio/wav",
    "call.ogg": "audio/ogg",
    "screen.mp4": "video/mp4",
    "clip.mov": "video/quicktime",
    "screen.webm": "video/webm",
    "notes.txt": "text/plain; charset=utf-8",
    "pounds.csv": "text/plain; charset=windows-1252",
    "plan.md": "text/plain; charset=utf-8",
}
KEPT_ONLY = ["report.pdf", "report.docx", "figures.xlsx", "talk.pptx", "report.odt", "phone.heic", "complaint.eml"]


@pytest.fixture
def centre() -> Centre:
    return a_centre()


def keep(centre: Centre, name: str, content: bytes) -> StoredFile:
    return vault.store(centre=centre, file=SimpleUploadedFile("x", content), name=name, at=timezone.now())


def keep_kind(centre: Centre, name: str) -> StoredFile:
    return keep(centre, name, small_files.EVERY_KIND[name][0])


def ask(
    stored: StoredFile,
    headers: dict[str, str] | None = None,
    *,
    method: str = "get",
    download: bool = False,
    name: str = "a.txt",
) -> Any:
    request = getattr(RequestFactory(), method)("/", headers=headers)
    return serving.serve(request, stored, name=name, download=download)


def content_of(response: HttpResponseBase) -> bytes:
    content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    response.close()
    return content


# --- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize("name", SHOWN)
def test_the_short_list_is_shown_in_place(centre: Centre, name: str) -> None:
    response = ask(keep_kind(centre, name), name=name)
    assert response["Content-Type"] == SHOWN[name]
    assert response["Content-Disposition"].startswith("inline")
    response.close()


@pytest.mark.parametrize("name", KEPT_ONLY)
def test_anything_else_is_kept_even_when_asked_for_in_place(centre: Centre, name: str) -> None:
    response = ask(keep_kind(centre, name), name=name)
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    response.close()


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize("download", [True, False])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}, {"Range": "bytes=99-"}])
def test_every_answer_is_sandboxed(centre: Centre, download: bool, headers: dict[str, str]) -> None:
    response = ask(keep(centre, "notes.txt", b"words"), headers, download=download)
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert "script" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"
    response.close()


def test_a_recording_in_a_tab_of_its_own_can_play_and_runs_nothing(centre: Centre) -> None:
    stored = keep_kind(centre, "call.wav")
    for download, sandbox in ((False, "sandbox allow-same-origin; default-src 'none';"), (True, "sandbox; ")):
        response = ask(stored, download=download)
        assert response["Content-Security-Policy"].startswith(sandbox)
        response.close()


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ('a"b\\c.txt', 'attachment; filename="c.txt"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("a\r\nSet-Cookie: x=1.txt", 'attachment; filename="a Set-Cookie: x=1.txt"'),
        ("photo\u202egpj.exe", 'attachment; filename="photogpj.exe"'),
        ("Ŵyr.txt", "attachment; filename*=utf-8''%C5%B4yr.txt"),
        ("", 'attachment; filename="file"'),
    ],
)
def test_a_hostile_name_stays_a_name(centre: Centre, name: str, disposition: str) -> None:
    response = ask(keep(centre, "notes.txt", b"words"), name=name, download=True)
    assert response["Content-Disposition"] == disposition
    response.close()


@pytest.mark.usefixtures("kept_in")
def test_bytes_that_are_gone_are_not_found(centre: Centre, caplog: pytest.LogCaptureFixture) -> None:
    stored = keep(centre, "notes.txt", b"words")
    stores.vault().delete(vault.place_of(stored))
    with pytest.raises(Http404):
        ask(stored)
    assert "not in the vault" in caplog.text


# --- ranges ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-499", 0, 499),
        ("bytes=300000-900000", 300_000, 900_000),
        ("bytes=999999-", 999_999, 999_999),
        ("bytes=10-9999999999", 10, 999_999),
        ("bytes=-5", 999_995, 999_999),
        ("bytes=1-", 1, 999_999),
        ("bytes=0-", 0, 999_999),
    ],
)
def test_one_range_is_answered_alone(centre: Centre, asked: str, first: int, last: int) -> None:
    response = ask(keep(centre, "notes.txt", TEXT), {"Range": asked})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/1000000"
    assert response["Content-Length"] == str(last - first + 1)
    assert content_of(response) == TEXT[first : last + 1]


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=0-1,4-5",
        "lines=0-1",
        "bytes=a-b",
        "bytes=٣-٤",
        f"bytes=0-{'9' * 5000}",
    ],
)
def test_a_range_that_cannot_be_read_means_all(centre: Centre, asked: str) -> None:
    response = ask(keep(centre, "notes.txt", TEXT), {"Range": asked})
    assert response.status_code == 200
    assert response["Accept-Ranges"] == "bytes"
    assert content_of(response) == TEXT


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize("asked", ["bytes=1000000-", "bytes=2000000-3000000", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(centre: Centre, asked: str) -> None:
    response = ask(keep(centre, "notes.txt", TEXT), {"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1000000")


def test_a_range_of_another_version_means_all(centre: Centre) -> None:
    stored = keep(centre, "notes.txt", TEXT)
    etag = f'"{stored.sha256}"'
    for tag, status in ((etag, 206), ('"another"', 200)):
        response = ask(stored, {"Range": "bytes=0-1", "If-Range": tag})
        assert (response.status_code, response["ETag"]) == (status, etag)
        response.close()


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize(("headers", "status", "length"), [({}, 200, 1_000_000), ({"Range": "bytes=0-9"}, 206, 10)])
def test_head_tells_without_sending(centre: Centre, headers: dict[str, str], status: int, length: int) -> None:
    response = ask(keep(centre, "notes.txt", TEXT), headers, method="head")
    assert (response.status_code, response["Content-Length"]) == (status, str(length))
    assert content_of(response) == b""


# --- photographs and texts -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_in")
def test_a_photograph_in_place_does_not_tell_where_it_was_taken(centre: Centre) -> None:
    taken = small_files.photograph_with_place()
    stored = keep(centre, "desk.jpg", taken)
    shown, download = ask(stored), ask(stored, download=True)
    assert shown["ETag"] != download["ETag"]
    assert shown["Content-Length"] != download["Content-Length"]
    content = content_of(shown)
    assert not Image.open(io.BytesIO(content)).getexif().get_ifd(small_files.JPEG_GPS)
    assert content_of(ask(stored, {"Range": "bytes=2-"})) == content[2:]
    assert content_of(download) == taken


def test_a_photograph_that_cannot_be_cleaned_is_not_shown(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = keep(centre, "desk.jpg", small_files.picture("JPEG"))
    monkeypatch.setattr(serving, "MOST_PICTURE_BYTES", 10)
    response = ask(stored)
    assert response["Content-Disposition"].startswith("attachment")
    response.close()
    monkeypatch.undo()
    monkeypatch.setattr(serving, "without_location", lambda *args: None)
    response = ask(stored)
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize(
    ("charset", "mark"), [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16", ""), ("windows-1252", "")]
)
def test_a_text_is_read_in_its_own_characters(centre: Centre, charset: str, mark: str) -> None:
    stored = keep(centre, "fees.txt", f"{mark}Fee: £40".encode(charset))
    assert serving.text_of(stored) == "Fee: £40"
    assert serving.text_of(stored, limit=3) == "Fee"
