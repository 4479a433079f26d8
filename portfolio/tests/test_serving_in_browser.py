"""Stored files in a browser: pictures appear, recordings can be sought, and neither needs more than its sandbox."""

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils import timezone

from portfolio import serving, vault
from portfolio.models import StoredFile
from portfolio.testing import a_centre
from portfolio.tests import recordings, small_files

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

SECONDS = 20
FILES = {
    "desk.jpg": small_files.photograph_with_place(),
    "screen.png": small_files.picture("PNG"),
    "wave.gif": small_files.picture("GIF"),
    "desk.webp": small_files.photograph_with_place(form="WEBP"),
    "call.wav": small_files.wav(SECONDS),
    "call.mp3": recordings.mp3(SECONDS),
    "screen.mp4": recordings.mp4(SECONDS),
    "screen.webm": recordings.webm(SECONDS),
}
PLAYER = "document.querySelector('audio, video')"
GO_TO = """seconds => Promise.all([...document.querySelectorAll('audio, video')].map(player =>
  new Promise(done => { player.onseeked = () => done(player.currentTime); player.currentTime = seconds; })))"""
LENGTHS = """Promise.all([...document.querySelectorAll('audio, video')].map(player => new Promise(done =>
  player.readyState ? done(player.duration) : player.onloadedmetadata = () => done(player.duration))))"""


def stored_file(request: HttpRequest, number: int) -> HttpResponseBase:
    return serving.serve(request, StoredFile.objects.get(pk=number), name="file", download=False)


def all_of_them(request: HttpRequest) -> HttpResponse:
    """A page under the house's own policy that shows each file in place."""
    shown = [
        f'<img alt="" src="/{one.pk}/">'
        if one.content_type.startswith("image/")
        else f'<audio src="/{one.pk}/"></audio>'
        for one in StoredFile.objects.all()
    ]
    return HttpResponse(f'<!doctype html><title>All</title><link rel="icon" href="data:,">{"".join(shown)}')


urlpatterns = [path("", all_of_them), path("<int:number>/", stored_file)]


@pytest.fixture
def kept() -> dict[str, StoredFile]:
    centre, now = a_centre(), timezone.now()
    return {
        name: vault.store(centre=centre, file=SimpleUploadedFile("x", content), name=name, at=now)
        for name, content in FILES.items()
    }


@pytest.mark.usefixtures("kept")
def test_pictures_appear_and_recordings_can_be_sought(live_server: Any, page: "Page") -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(live_server.url, wait_until="networkidle")
    assert page.evaluate("[...document.images].map(image => image.naturalWidth > 0)") == [True] * 4
    assert page.evaluate(LENGTHS) == pytest.approx([SECONDS] * 4, abs=0.1)
    assert page.evaluate(GO_TO, SECONDS - 5) == [SECONDS - 5] * 4
    assert page.evaluate(GO_TO, 2) == [2] * 4
    assert said == []


def test_a_recording_plays_in_a_tab_of_its_own(live_server: Any, page: "Page", kept: dict[str, StoredFile]) -> None:
    page.goto(f"{live_server.url}/{kept['call.wav'].pk}/")
    page.evaluate(f"new Promise(done => {PLAYER}.readyState ? done() : {PLAYER}.onloadedmetadata = done)")
    assert page.evaluate(f"{PLAYER}.duration") == SECONDS
