"""Scanning: asked for with every upload, tried again when the scanner is away, and what is infected is out of reach."""

import datetime
import socket
import threading
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import pytest_django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from portfolio import clamav, scanning, stores, transfers, vault
from portfolio.enums import ScanResult
from portfolio.models import AuditEvent, CandidateRecord, OutgoingMessage, Scan, StoredFile, Upload
from portfolio.testing import a_candidate, a_centre, an_administrator
from portfolio.tests import small_files
from portfolio.tests.clamd import EICAR, LOCAL, running

NOTE = b"Rang the customer back at ten."
R = ScanResult


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with running(tmp_path_factory.mktemp("clamd")) as addresses:
        yield addresses


@pytest.fixture
def clamd(listening: tuple[str, str]) -> str:
    return listening[0]


@pytest.fixture
def record(db: None) -> CandidateRecord:
    centre = a_centre()
    an_administrator(centre)
    return a_candidate(centre)


@pytest.fixture
def scanner(clamd: str, settings: pytest_django.Settings) -> str:
    settings.CLAMAV = clamd
    return clamd


@pytest.fixture
def nobody_there(settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.CLAMAV = str(tmp_path / "no.sock")


def kept(record: CandidateRecord, content: bytes = NOTE, name: str = "note.txt") -> Upload:
    file = SimpleUploadedFile("x", content)
    upload = transfers.keep_whole(centre=record.centre, by=record.user, file=file, name=name, at=timezone.now())
    upload.refresh_from_db()
    return upload


def rows() -> list[str]:
    return list(Scan.objects.order_by("pk").values_list("result", flat=True))


def result(stored: StoredFile | None) -> ScanResult:
    assert stored
    return scanning.results([stored.pk])[stored.pk]


# --- what it finds ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_in")
def test_a_clean_file_is_said_to_be_clean_and_by_whom(record: CandidateRecord, scanner: str) -> None:
    upload = kept(record)
    assert rows() == [R.WAITING, R.CLEAN]
    assert result(upload.stored) == R.CLEAN
    last = Scan.objects.latest("pk")
    assert last.engine.startswith("ClamAV ")
    assert last.signature == ""


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize(
    ("name", "content", "signature"),
    [
        ("eicar.txt", EICAR, "Eicar-Signature"),
        ("report.docx", small_files.office("docx", word__embedded=EICAR), "Eicar-Signature"),
        ("report.odt", small_files.open_document("odt", Pictures__one=EICAR), "Eicar-Signature"),
        ("customers.txt", b"Ours. " + LOCAL, "Example.Leaked"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_an_infected_file_is_out_of_every_reach_and_those_concerned_know(
    scanner: str, name: str, content: bytes, signature: str
) -> None:
    centre = a_centre()
    administrator, record = an_administrator(centre), a_candidate(centre)
    OutgoingMessage.objects.all().delete()
    before = AuditEvent.objects.count()
    upload = kept(record, content, name)
    stored = StoredFile.objects.get()
    assert (result(stored), upload.stored) == (R.INFECTED, None)
    assert f"The scanner found malware in this file ({signature}" in upload.refusal
    assert not vault.has(stored)
    with stores.vault().open(f"quarantine/{centre.pk}-{stored.sha256}") as shut_away:
        assert shut_away.read() == content
    letters = {letter.to: letter.body for letter in OutgoingMessage.objects.all()}
    assert set(letters) == {record.user.email, administrator.email}
    assert all(signature in body for body in letters.values())
    assert f"“{name}”" in letters[record.user.email]
    assert record.user.email in letters[administrator.email]
    assert name not in letters[administrator.email], "a file of a case may be called after whom it concerns"
    assert AuditEvent.objects.count() == before + 1
    assert AuditEvent.objects.latest("pk").verb == "found_infected"


@pytest.mark.django_db(transaction=True)
def test_whoever_sends_the_same_again_is_told_the_same_and_nothing_of_others(scanner: str) -> None:
    centre = a_centre()
    first = kept(a_candidate(centre), EICAR, "mine.txt")
    second = kept(a_candidate(centre, "Olaf Other"), EICAR, "theirs.txt")
    assert first.refusal == second.refusal != ""
    letter = OutgoingMessage.objects.filter(to=second.by.email, subject__contains="malware").latest("pk")
    assert "mine.txt" not in letter.body
    assert not vault.has(StoredFile.objects.get())


def test_what_is_larger_than_the_scanner_takes_is_noted(record: CandidateRecord, scanner: str) -> None:
    upload = kept(record, small_files.wav(seconds=300), "call.wav")
    assert result(upload.stored) == R.TOO_LARGE


def test_the_same_bytes_sent_again_stay_open_while_they_are_scanned_again(
    record: CandidateRecord, scanner: str, settings: pytest_django.Settings, tmp_path: Path
) -> None:
    upload = kept(record)
    settings.CLAMAV = str(tmp_path / "no.sock")
    kept(a_candidate(record.centre, "Olaf Other"))
    assert rows() == [R.WAITING, R.CLEAN, R.WAITING, R.FAILED]
    assert result(upload.stored) == R.CLEAN


def test_without_a_scanner_every_file_says_so_once(record: CandidateRecord) -> None:
    kept(record)
    assert result(kept(record).stored) == R.NOT_SCANNED
    assert rows() == [R.NOT_SCANNED]


def test_what_was_kept_without_a_scan_counts_as_not_scanned(record: CandidateRecord) -> None:
    file = SimpleUploadedFile("x", NOTE)
    assert result(vault.store(centre=record.centre, file=file, name="note.txt", at=timezone.now())) == R.NOT_SCANNED


# --- when it is away -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nobody_there")
def test_a_file_waits_while_the_scanner_is_away(record: CandidateRecord, clamd: str) -> None:
    upload = kept(record)
    assert result(upload.stored) in scanning.WAITING


@pytest.mark.usefixtures("nobody_there")
def test_a_file_is_asked_about_again_and_only_when_it_is_time(
    record: CandidateRecord, clamd: str, settings: pytest_django.Settings
) -> None:
    upload = kept(record)
    settings.CLAMAV = clamd
    assert scanning.ask_again(timezone.now()) == 0
    assert scanning.ask_again(timezone.now() + datetime.timedelta(minutes=16)) == 1
    assert result(upload.stored) == R.CLEAN
    assert scanning.ask_again(timezone.now() + datetime.timedelta(minutes=16)) == 0


def test_a_job_done_twice_does_no_harm(record: CandidateRecord, scanner: str) -> None:
    upload = kept(record)
    assert upload.stored
    scanning.scan(upload.stored.pk)
    assert rows() == [R.WAITING, R.CLEAN]


def test_a_file_whose_bytes_are_lost_goes_on_waiting(
    record: CandidateRecord, settings: pytest_django.Settings, tmp_path: Path, clamd: str
) -> None:
    settings.CLAMAV = str(tmp_path / "no.sock")
    upload = kept(record)
    assert upload.stored
    vault.path_of(upload.stored).unlink()
    settings.CLAMAV = clamd
    scanning.scan(upload.stored.pk)
    assert result(upload.stored) == R.FAILED


@pytest.mark.django_db
def test_the_operator_can_ask_again() -> None:
    said = StringIO()
    call_command("scan_waiting_files", stdout=said)
    assert said.getvalue() == "Scans queued again: 0.\n"


# --- what clamd says -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("stream: OK", R.CLEAN),
        ("stream: Eicar-Signature FOUND", R.INFECTED),
        ("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", R.TOO_LARGE),
        ("INSTREAM size limit exceeded. ERROR", R.TOO_LARGE),
    ],
)
def test_it_understands_clamd(said: str, expected: ScanResult) -> None:
    assert clamav.verdict(said, "ClamAV").result == expected


def test_it_is_asked_over_tcp_as_over_its_socket(listening: tuple[str, str]) -> None:
    for content, expected in ((NOTE, R.CLEAN), (EICAR, R.INFECTED), (LOCAL, R.INFECTED)):
        assert [clamav.examine(BytesIO(content), address).result for address in listening] == [expected, expected]


@pytest.mark.parametrize("said", ["stream: Can't allocate memory ERROR", "nonsense", ""])
def test_what_it_does_not_understand_is_no_verdict(said: str) -> None:
    with pytest.raises(clamav.ScannerAwayError):
        clamav.verdict(said, "ClamAV")


@pytest.mark.parametrize("says", [[b""], [b"ClamAV 1.4.6\0", b""]])
def test_a_scanner_that_dies_over_a_file_gives_no_verdict(says: list[bytes]) -> None:
    """Over TCP: it says nothing at all, or says what it is and falls silent over the file."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in says:
                connection, _ = server.accept()
                with connection:
                    connection.recv(10)
                    connection.sendall(answer)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        with pytest.raises(clamav.ScannerAwayError):
            clamav.examine(BytesIO(NOTE), f"127.0.0.1:{server.getsockname()[1]}")
        serving.join(5)
        assert not serving.is_alive()
