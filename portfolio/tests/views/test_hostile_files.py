"""What everybody who uploads a hostile file is told; and what is kept of one can do nothing."""

import pytest
from django.test import Client, RequestFactory

from portfolio import vault
from portfolio.models import CandidateRecord, StoredFile, Upload
from portfolio.serving import serve
from portfolio.testing import a_candidate, a_centre
from portfolio.tests.hostile_files import HOSTILE, Hostile
from portfolio.tests.tus import Uploading, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def record() -> CandidateRecord:
    return a_candidate(a_centre())


@pytest.fixture
def mine(client: Client, record: CandidateRecord) -> Uploading:
    client.force_login(record.user)
    return Uploading(client, record.centre)


def ids(hostile: Hostile) -> str:
    return hostile.what


def test_there_are_forty_of_them() -> None:
    assert len({hostile.what for hostile in HOSTILE}) >= 40


@pytest.mark.parametrize("hostile", [one for one in HOSTILE if one.told], ids=ids)
def test_it_is_refused_with_what_it_is_and_what_to_do(mine: Uploading, hostile: Hostile) -> None:
    sentence = told(mine.whole(hostile.name, hostile.content))
    assert hostile.told in sentence
    assert "so it was not kept. " in sentence
    assert sentence.endswith(".")
    assert not StoredFile.objects.exists()
    assert list(vault.incoming_folder().iterdir()) == []


@pytest.mark.parametrize("hostile", [one for one in HOSTILE if one.kept_as], ids=ids)
def test_what_is_kept_can_do_nothing(mine: Uploading, hostile: Hostile) -> None:
    """It has a name that is only data and one type, is never guessed at, and is shown in a sandbox if at all."""
    assert mine.whole(hostile.name, hostile.content).status_code == 204
    upload, stored = Upload.objects.get(), StoredFile.objects.get()
    assert (upload.name, stored.content_type) == (hostile.kept_as, hostile.type)
    assert vault.path_of(stored).read_bytes() == hostile.content
    for download in (True, False):
        answer = serve(RequestFactory().get("/"), stored, name=upload.name, download=download)
        answer.close()
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert answer["Content-Type"].partition(";")[0] in {hostile.type.partition(";")[0], "text/plain"}
        assert not any(mark in answer["Content-Disposition"] for mark in "\r\n")
