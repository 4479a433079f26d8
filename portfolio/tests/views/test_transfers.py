"""The tus protocol as a browser speaks it: https://tus.io/protocols/resumable-upload, version 1.0."""

import hashlib
import uuid
from pathlib import Path

import pytest
import pytest_django
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portfolio import transfers, vault
from portfolio.models import CandidateRecord, StoredFile, Upload
from portfolio.testing import a_candidate, a_centre, an_administrator
from portfolio.tests import small_files
from portfolio.tests.full_disk import no_file_larger_than
from portfolio.tests.tus import Uploading, told, upload_at

NOTE = b"Rang the customer back at ten."

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> CandidateRecord:
    return a_candidate(a_centre())


@pytest.fixture
def mine(client: Client, record: CandidateRecord) -> Uploading:
    client.force_login(record.user)
    return Uploading(client, record.centre)


def test_a_file_goes_up_in_pieces_and_has_its_receipt(mine: Uploading) -> None:
    address = mine.address("note.txt", len(NOTE))
    first = mine.piece(address, 0, NOTE[:10])
    assert (first.status_code, first["Upload-Offset"], first["Tus-Resumable"]) == (204, "10", "1.0.0")
    head = mine.browser.head(address)
    assert (head["Upload-Offset"], head["Upload-Length"], head["Cache-Control"]) == ("10", "30", "no-store")
    assert mine.piece(address, 10, NOTE[10:]).status_code == 204
    receipt = mine.browser.get(address).json()
    at = receipt.pop("at")
    assert at
    assert receipt == {
        "name": "note.txt",
        "size": 30,
        "offset": 30,
        "sha256": hashlib.sha256(NOTE).hexdigest(),
        "saved": False,
        "refused": [],
    }
    again = mine.piece(address, 30, b"")
    assert (again.status_code, again["Upload-Offset"]) == (204, "30")


def test_it_says_what_it_speaks(mine: Uploading) -> None:
    answer = mine.browser.options(f"/centre/{mine.centre.slug}/uploads/")
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert answer["Tus-Extension"] == "creation,termination,expiration"


def test_an_upload_says_until_when_it_can_be_gone_on_with(mine: Uploading) -> None:
    assert mine.begin("note.txt", 30)["Upload-Expires"].endswith("GMT")


def test_a_piece_at_the_wrong_place_is_told_the_right_one(mine: Uploading) -> None:
    address = mine.address("note.txt", 30)
    mine.piece(address, 0, NOTE[:10])
    answer = mine.piece(address, 0, NOTE)
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "10")


@pytest.mark.parametrize("size", ["", "-1", "many", "1" * 30, "٣"])
def test_a_file_without_a_size_is_not_begun(mine: Uploading, size: str) -> None:
    assert mine.begin("note.txt", size).status_code == 400


def test_a_piece_says_that_it_is_one_and_where_it_goes(mine: Uploading) -> None:
    address = mine.address("note.txt", 30)
    assert mine.browser.patch(address, NOTE, headers={"Upload-Offset": "0"}).status_code == 415
    assert mine.piece(address, "here", NOTE).status_code == 415


def test_what_is_too_large_is_refused_at_once(mine: Uploading, settings: pytest_django.Settings) -> None:
    settings.UPLOAD_LIMIT, settings.CENTRE_QUOTA = 1500, 1000
    large, full = mine.begin("film.mp4", 1501), mine.begin("film.mp4", 1200)
    assert (large.status_code, full.status_code) == (413, 422)
    assert "“film.mp4” is larger than" in told(large)
    assert "your centre has used" in told(full)


def test_what_is_not_taken_says_so_with_its_last_byte_and_whenever_asked(mine: Uploading) -> None:
    address = mine.address("report.pdf", 30)
    assert mine.piece(address, 0, NOTE[:10]).status_code == 204
    answer = mine.piece(address, 10, NOTE[10:])
    assert answer.status_code == 422
    assert "“report.pdf” is named .pdf" in told(answer)
    assert mine.browser.get(address).json()["refused"] == [told(answer)]
    assert mine.browser.head(address).status_code == 410
    assert mine.piece(address, 30, b"").status_code == 422


def test_a_fault_of_the_disk_is_not_the_files(mine: Uploading, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise OSError(5, "no")

    monkeypatch.setattr("os.fsync", fail)
    answer = mine.whole("note.txt", NOTE)
    assert answer.status_code == 507
    assert "a fault on the server" in told(answer)
    assert Upload.objects.get().finished_at is None


def test_it_can_be_given_up_until_it_is_saved(mine: Uploading) -> None:
    address = mine.address("note.txt", 30)
    assert mine.browser.delete(address).status_code == 204
    assert mine.browser.head(address).status_code == 404
    address = mine.address("note.txt", 30)
    mine.piece(address, 0, NOTE)
    upload = upload_at(address)
    transfers.claim([upload.token], at=upload.begun_at)
    assert mine.browser.delete(address).status_code == 409
    assert mine.browser.get(address).json()["saved"] is True


def test_an_upload_exists_for_its_owner_only(mine: Uploading, record: CandidateRecord) -> None:
    address = mine.address("note.txt", 30)
    for stranger in (a_candidate(record.centre, "Olaf Other").user, an_administrator(record.centre)):
        mine.browser.force_login(stranger)
        for ask in (mine.browser.get, mine.browser.head, mine.browser.delete, mine.browser.patch):
            assert ask(address).status_code == 404
    assert mine.browser.get(f"/uploads/{uuid.uuid4()}/").status_code == 404


def test_only_candidates_and_staff_of_the_centre_may_begin_one(mine: Uploading, record: CandidateRecord) -> None:
    elsewhere = a_candidate(a_centre("Harbour College"), "Olaf Other").user
    mine.browser.force_login(elsewhere)
    assert mine.begin("note.txt", 30).status_code == 404
    mine.browser.force_login(an_administrator(record.centre))
    assert mine.begin("note.txt", 30).status_code == 201


def test_the_answer_is_the_same_whether_somebody_had_the_bytes(mine: Uploading, record: CandidateRecord) -> None:
    theirs = Uploading(Client(), record.centre)
    theirs.browser.force_login(a_candidate(record.centre, "Olaf Other").user)
    theirs.whole("note.txt", NOTE)
    address = mine.address("note.txt", 30)
    mine.piece(address, 0, NOTE[:10])
    assert mine.browser.get(address).json()["offset"] == 10
    mine.piece(address, 10, NOTE[10:])
    assert StoredFile.objects.count() == 1
    assert Upload.objects.count() == 2


def test_who_is_signed_out_is_told_and_can_go_on_afterwards(mine: Uploading, record: CandidateRecord) -> None:
    address = mine.address("note.txt", 30)
    mine.piece(address, 0, NOTE[:10])
    mine.browser.logout()
    answer = mine.piece(address, 10, NOTE[10:])
    assert answer.status_code == 401
    assert "Sign in again" in told(answer)
    mine.browser.force_login(record.user)
    assert mine.piece(address, 10, NOTE[10:]).status_code == 204


def test_another_site_can_send_nothing(record: CandidateRecord) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(record.user)
    theirs = Uploading(browser, record.centre)
    assert theirs.begin("note.txt", 30).status_code == 403
    upload = transfers.begin(
        centre=record.centre, by=record.user, name="note.txt", size=30, at=record.centre.created_at
    )
    assert theirs.piece(f"/uploads/{upload.token}/", 0, NOTE).status_code == 403
    assert browser.delete(f"/uploads/{upload.token}/").status_code == 403


@pytest.mark.parametrize("told_as", ["filename", "filename !!", "filename /w==", "name bm90ZQ=="])
def test_a_name_that_cannot_be_read_is_no_name(mine: Uploading, told_as: str) -> None:
    headers = {"Upload-Length": "30", "Upload-Metadata": told_as}
    mine.browser.post(f"/centre/{mine.centre.slug}/uploads/", headers=headers)
    assert Upload.objects.get().name == "file"


def test_a_name_is_only_data(mine: Uploading) -> None:
    for name in ("../../photo\u202egpj.txt", "x" * 400 + ".txt"):
        mine.whole(name, NOTE)
    assert [upload.name for upload in Upload.objects.order_by("pk")] == ["photogpj.txt", "x" * 251 + ".txt"]
    assert vault.path_of(StoredFile.objects.get()).name == hashlib.sha256(NOTE).hexdigest()


# --- a full disk -----------------------------------------------------------------------------------------------------


def test_a_disk_that_is_full_keeps_what_came_says_so_and_is_gone_on_with(mine: Uploading) -> None:
    call = small_files.wav(4000)
    size, room = len(call), 48_000_000
    assert size > room
    address = mine.address("call.wav", size)
    with no_file_larger_than(room):
        answer = mine.piece(address, 0, call)
        assert answer.status_code == 507
        assert "the server has no room left" in told(answer)
    assert not StoredFile.objects.exists()
    offset = int(mine.browser.head(address)["Upload-Offset"])
    assert offset == room
    assert mine.piece(address, offset, call[offset:]).status_code == 204
    assert StoredFile.objects.get().sha256 == hashlib.sha256(call).hexdigest()


def test_a_file_that_does_not_fit_on_the_disk_leaves_nothing_of_it(record: CandidateRecord) -> None:
    file = SimpleUploadedFile("x", small_files.wav(4000))
    with no_file_larger_than(48_000_000), pytest.raises(vault.NotWrittenError, match="the server has no room left"):
        transfers.keep_whole(centre=record.centre, by=record.user, file=file, name="call.wav", at=timezone.now())
    assert not StoredFile.objects.exists()
    assert [path for path in Path(settings.VAULT_DIR).rglob("*") if path.is_file()] == []
