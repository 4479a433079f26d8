"""Evidence kept in a bucket, as people meet it: looked at, taken away, packed, and while the store is away."""

import hashlib
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen
from zipfile import ZipFile

import pytest
import pytest_django
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.models import EvidenceFile
from assessments.testing import House, a_draft, an_enrolment
from portfolio import bucket as buckets
from portfolio import vault
from portfolio.harness import AskingClient
from portfolio.models import AccessLine
from portfolio.tests import objects, small_files

pytestmark = [pytest.mark.object_store, pytest.mark.django_db, pytest.mark.usefixtures("bucket")]

CALL = small_files.wav(20)
NOTE = b"What I did that week."


@pytest.fixture
def files(house: House) -> dict[str, EvidenceFile]:
    """A text and a recording that are handed in, by their names."""
    named = []
    for name, content in (("note.txt", NOTE), ("call.wav", CALL)):
        file = ContentFile(content, name=name)
        stored = vault.store(centre=house.centre, file=file, name=name, at=timezone.now())
        named.append(items.NamedFile(stored, name))
    version = items.submit(
        version=a_draft(an_enrolment(house), files=named), by=house.candidate.user, at=timezone.now()
    )
    return {file.name: file for file in version.files.all()}


@pytest.fixture
def assessor(client: AskingClient, house: House) -> AskingClient:
    client.force_login(house.assessor)
    return client


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def address(name: str, file: EvidenceFile) -> str:
    return reverse(f"assessments:{name}", args=[file.pk])


def test_they_are_shown_sought_in_and_taken_away(assessor: AskingClient, files: dict[str, EvidenceFile]) -> None:
    page = assessor.get(reverse("assessments:evidence", args=[files["note.txt"].version.evidence_id]))
    assert NOTE.decode() in page.content.decode()
    sought = assessor.get(address("evidence_file", files["call.wav"]), headers={"Range": "bytes=1000-1999"})
    assert (sought.status_code, content_of(sought)) == (206, CALL[1000:2000])
    assert sought["Content-Security-Policy"].startswith("sandbox")
    assert content_of(assessor.get(address("download_evidence_file", files["call.wav"]))) == CALL
    assert AccessLine.objects.filter(downloaded=True).count() == 1


def test_a_download_is_a_link_for_a_minute_after_the_same_check(
    assessor: AskingClient, files: dict[str, EvidenceFile], other_house: House, settings: pytest_django.Settings
) -> None:
    settings.HANDOVER = "links"
    file = files["call.wav"]
    answer = assessor.get(address("download_evidence_file", file))
    assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert AccessLine.objects.filter(downloaded=True).count() == 1
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["X-Amz-Expires"] == ["60"]
    assert asked["response-cache-control"] == ["private, no-store"]
    with urlopen(answer["Location"]) as fetched:  # noqa: S310  # the tests' own server
        assert fetched.headers["Content-Disposition"] == 'attachment; filename="call.wav"'
        assert fetched.headers["Content-Type"] == "audio/wav"
        assert fetched.read() == CALL
    in_place = assessor.get(address("evidence_file", file))
    assert (in_place.status_code, in_place["X-Content-Type-Options"]) == (200, "nosniff")
    assert content_of(in_place) == CALL
    assert assessor.head(address("download_evidence_file", file)).status_code == 200
    assessor.force_login(other_house.assessor)
    assert assessor.get(address("download_evidence_file", file)).status_code == 404


def test_the_bytes_of_a_link_are_there_before_it_is_given(
    assessor: AskingClient, files: dict[str, EvidenceFile], settings: pytest_django.Settings
) -> None:
    settings.HANDOVER = "links"
    vault.destroy(files["call.wav"].stored)
    assert assessor.get(address("download_evidence_file", files["call.wav"])).status_code == 404


def test_a_link_leads_where_browsers_reach_the_store(
    assessor: AskingClient, files: dict[str, EvidenceFile], settings: pytest_django.Settings
) -> None:
    settings.HANDOVER, settings.S3_PUBLIC_ENDPOINT = "links", "https://files.example.org"
    answer = assessor.get(address("download_evidence_file", files["call.wav"]))
    assert answer["Location"].startswith(f"https://files.example.org/{settings.S3_BUCKET}/{settings.S3_PREFIX}/vault/")


def test_an_archive_is_made_of_them_kept_beside_them_and_fetched(
    client: AskingClient, house: House, files: dict[str, EvidenceFile], settings: pytest_django.Settings
) -> None:
    client.force_login(house.administrator)
    asked = client.post(reverse("assessments:centre_archives", args=[house.centre.slug]))
    found = client.get(asked["Location"])
    assert "Download" in found.content.decode()
    archive = content_of(client.get(f"{asked['Location']}file/"))
    with ZipFile(BytesIO(archive)) as opened:
        names = [name.rpartition("/")[2].partition(".")[0] for name in opened.namelist() if "/data/files/" in name]
    assert {file.stored.sha256 for file in files.values()} <= set(names)
    assert hashlib.sha256(CALL).hexdigest() in names
    settings.HANDOVER = "links"
    with urlopen(client.get(f"{asked['Location']}file/")["Location"]) as fetched:  # noqa: S310  # the tests' own server
        assert fetched.headers["Content-Type"] == "application/zip"
        assert fetched.read() == archive
    [key] = [key for key in objects.keys(settings) if key.startswith("archives/")]
    assert key.endswith(".zip")


def test_while_the_store_is_away_pages_say_so_and_the_rest_works(
    assessor: AskingClient,
    files: dict[str, EvidenceFile],
    settings: pytest_django.Settings,
    object_store: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(buckets, "TRIES", 1)
    settings.S3_ENDPOINT = objects.nobody()
    for name in ("evidence_file", "download_evidence_file"):
        answer = assessor.get(address(name, files["call.wav"]))
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "The place where files are kept does not answer" in answer.content.decode()
    assert not AccessLine.objects.exists()
    page = assessor.get(reverse("assessments:evidence", args=[files["note.txt"].version.evidence_id]))
    assert page.status_code == 200
    assert "This file cannot be fetched at the moment" in page.content.decode()
    settings.S3_ENDPOINT = object_store
    assert content_of(assessor.get(address("download_evidence_file", files["call.wav"]))) == CALL
