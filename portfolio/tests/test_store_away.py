"""The object store is slow or gone: what is said, that nothing is lost, and that all goes on once it is back."""

import time
from collections.abc import Callable, Iterator

import pytest
import pytest_django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portfolio import bucket as buckets
from portfolio import clamav, press, renditions, scanning, shredder, transfers, vault, workers
from portfolio.enums import DocumentStatus, ScanResult
from portfolio.models import Destruction, Rendition, Scan, StoredFile, Upload
from portfolio.stores import StoreAwayError
from portfolio.testing import a_candidate, a_centre, an_administrator, in_vault
from portfolio.tests import objects, small_files
from portfolio.tests.letter import ask, made, wait_for_a_worker
from portfolio.tests.tus import Uploading, told

pytestmark = [pytest.mark.object_store, pytest.mark.django_db, pytest.mark.usefixtures("bucket")]

A_WHILE = 1.0
"""Seconds, of the fifteen for which the store is waited for."""
NOTE = b"Rang the customer back at ten."


@pytest.fixture(scope="module", params=["gone", "silent"])
def address_of_none(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where no store answers."""
    with objects.silent() as silent:
        yield silent if request.param == "silent" else objects.nobody()


@pytest.fixture
def goes_away(
    address_of_none: str, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Called, it takes the store away; `comes_back` brings it again."""
    monkeypatch.setattr(buckets, "TO_ANSWER", 0.2)
    monkeypatch.setattr(buckets, "TRIES", 1)
    monkeypatch.setattr(buckets, "_resting", {})
    return lambda: setattr(settings, "S3_ENDPOINT", address_of_none)


@pytest.fixture
def comes_back(settings: pytest_django.Settings, object_store: str) -> Callable[[], None]:
    return lambda: setattr(settings, "S3_ENDPOINT", object_store)


def test_an_upload_stays_and_is_finished_once_the_store_is_back(
    goes_away: Callable[[], None], comes_back: Callable[[], None], client: Client
) -> None:
    record = a_candidate(a_centre())
    client.force_login(record.user)
    mine = Uploading(client, record.centre)
    address = mine.address("note.txt", len(NOTE))
    goes_away()
    answer = mine.piece(address, 0, NOTE)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "cannot be reached at the moment" in told(answer)
    upload = Upload.objects.get()
    assert (upload.finished_at, upload.refusal, transfers.offset_of(upload)) == (None, "", len(NOTE))
    assert not StoredFile.objects.exists()
    comes_back()
    assert mine.piece(address, len(NOTE), b"").status_code == 204
    assert in_vault(StoredFile.objects.get()) == NOTE
    assert list(vault.incoming_folder().iterdir()) == []


def test_a_file_sent_with_a_form_is_refused_with_a_sentence_and_leaves_nothing(goes_away: Callable[[], None]) -> None:
    record = a_candidate(a_centre())
    goes_away()
    with pytest.raises(vault.NotReachedError, match="Please add it again in a few minutes"):
        transfers.keep_whole(
            centre=record.centre, by=record.user, file=SimpleUploadedFile("x", NOTE), name="a.txt", at=timezone.now()
        )
    assert not StoredFile.objects.exists()
    assert list(vault.incoming_folder().iterdir()) == []


def kept(name: str = "note.txt", content: bytes = NOTE) -> StoredFile:
    return vault.store(centre=a_centre(), file=SimpleUploadedFile("x", content), name=name, at=timezone.now())


def test_what_is_to_be_destroyed_is_destroyed_once_the_store_is_back(
    goes_away: Callable[[], None], comes_back: Callable[[], None], settings: pytest_django.Settings
) -> None:
    wait_for_a_worker(settings)
    stored = kept()
    ordered = shredder.order(stored=stored, reason="Names.", by=None, at=timezone.now() - 2 * shredder.LOST_AFTER)
    goes_away()
    with pytest.raises(StoreAwayError):
        shredder.carry_out(ordered.pk)
    assert not Destruction.objects.gone().exists()
    comes_back()
    assert shredder.requeue_lost(at=timezone.now()) == 1
    shredder.carry_out(ordered.pk)
    assert not vault.has(stored)
    assert Destruction.objects.gone().exists()


def test_a_file_is_scanned_once_the_store_is_back(
    goes_away: Callable[[], None],
    comes_back: Callable[[], None],
    settings: pytest_django.Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait_for_a_worker(settings)
    settings.CLAMAV = "the scanner, which is not asked here"
    clean = clamav.Verdict(ScanResult.CLEAN, "ClamAV")
    monkeypatch.setattr(clamav, "examine", lambda content, address: clean if content.read() == NOTE else None)
    stored = kept()
    scanning.ask(stored=stored, at=timezone.now())
    goes_away()
    scanning.scan(stored.pk)
    assert scanning.results([stored.pk])[stored.pk] == ScanResult.FAILED
    comes_back()
    scanning.scan(stored.pk)
    assert scanning.results([stored.pk])[stored.pk] == ScanResult.CLEAN
    assert Scan.objects.count() == 3


def test_pages_are_drawn_once_the_store_is_back_and_no_try_is_lost(
    goes_away: Callable[[], None], comes_back: Callable[[], None], settings: pytest_django.Settings
) -> None:
    wait_for_a_worker(settings)
    renditions.ask([kept("log.pdf", small_files.pdf())], at=timezone.now())
    rendition = Rendition.objects.get()
    goes_away()
    for _ in range(renditions.TRIES + 1):
        renditions.make(rendition.pk)
        Rendition.objects.update(started_at=timezone.now() - 2 * renditions.LOST_AFTER)
        renditions.requeue_lost(at=timezone.now())
    rendition.refresh_from_db()
    assert (rendition.status, rendition.tries) == (DocumentStatus.WAITING, 0)
    comes_back()
    renditions.make(rendition.pk)
    rendition.refresh_from_db()
    assert rendition.status == DocumentStatus.READY


def test_a_document_waits_and_is_made_once_the_store_is_back(
    goes_away: Callable[[], None],
    comes_back: Callable[[], None],
    settings: pytest_django.Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait_for_a_worker(settings)
    letter = small_files.pdf()
    monkeypatch.setattr(press, "rendered", lambda document, tell: letter)
    centre = a_centre()
    document = ask(centre, an_administrator(centre))
    goes_away()
    assert made(document).status == DocumentStatus.WAITING
    comes_back()
    assert press.requeue_lost(at=timezone.now() + 2 * press.LOST_AFTER) == 1
    assert made(document).status == DocumentStatus.READY
    assert document.stored
    assert in_vault(document.stored) == letter


def test_a_store_that_does_not_answer_is_not_waited_for_by_everybody_in_turn(
    settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "TO_ANSWER", 0.5)
    monkeypatch.setattr(buckets, "TRIES", 1)
    stored = kept()
    with objects.silent() as settings.S3_ENDPOINT:
        with pytest.raises(StoreAwayError):
            vault.has(stored)
        begun = time.monotonic()
        for _ in range(100):
            with pytest.raises(StoreAwayError, match="a moment ago"):
                vault.has(stored)
        assert time.monotonic() - begun < 0.4
        monkeypatch.setattr(buckets, "_resting", {})
        with pytest.raises(StoreAwayError, match="Read timeout"):
            vault.has(stored)


def test_a_store_that_takes_its_time_is_waited_for_and_nothing_is_lost(
    settings: pytest_django.Settings, object_store: str
) -> None:
    record, call = a_candidate(a_centre()), small_files.wav(900)
    assert len(call) > buckets.WINDOW, "in several parts"
    browser = Client()
    browser.force_login(record.user)
    mine = Uploading(browser, record.centre)
    with objects.slow(object_store, A_WHILE) as settings.S3_ENDPOINT:
        begun = time.monotonic()
        assert mine.whole("call.wav", call).status_code == 204
        stored = StoredFile.objects.get()
        assert in_vault(stored) == call
        workers.say_so("one", started=timezone.now(), at=timezone.now())
        ready = browser.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["vault"]) == (200, {"ok": True})
        assert time.monotonic() - begun > 5 * A_WHILE, "each answer took its time"
    settings.S3_ENDPOINT = object_store
    assert objects.keys(settings) == [f"vault/{vault.place_of(stored)}"]
    assert list(vault.incoming_folder().iterdir()) == []
