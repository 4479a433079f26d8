"""The app on a device: what a browser keeps of it says nothing of anybody, and a draft sent twice is one item."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
import pytest_django
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from assessments.models import EvidenceFile, EvidenceVersion
from assessments.testing import House
from portfolio.models import AuditEvent, CandidateRecord
from portfolio.testing import a_candidate, a_centre, with_password
from portfolio.tests import small_files

pytestmark = pytest.mark.django_db

DRAFTS = "/evidence/from-device/"


def entering(client: Client, record: CandidateRecord) -> Client:
    client.force_login(with_password(record.user))
    return client


def sent(record: CandidateRecord, **more: Any) -> dict[str, Any]:
    fields = {"mark": str(uuid4()), "record": record.pk, "title": "Busy Monday", "description": "Forty calls."}
    fields |= {"kind": "work_product", "setting": "paid_work", "held": "here", "others_data": "none"}
    return fields | {"activity_on": "2026-03-02"} | more


def test_what_is_kept_for_want_of_a_connection_imports_nothing_else(
    client: Client, settings: pytest_django.Settings, tmp_path: Path
) -> None:
    """Under the names an installation serves it by: where one module is missing, nobody drafts anything."""
    settings.STATIC_ROOT = tmp_path
    hashed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": hashed}
    call_command("collectstatic", interactive=False, verbosity=0)
    shell = json.loads(re.findall(r"const SHELL = (.*);", client.get("/worker.js").content.decode())[0])
    scripts = [address for address in shell if address.endswith(".js")]
    assert any(re.search(r"/offline\.\w+\.js", address) for address in scripts)
    imports = [
        urljoin(address, name)
        for address in scripts
        for name in re.findall(
            r"""^import .* from ["'](.+)["']""", (tmp_path / address.removeprefix("/static/")).read_text(), re.M
        )
    ]
    assert imports
    assert set(imports) <= set(shell)


def test_the_manifest_names_icons_that_are_there(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    facts = answer.json()
    assert (facts["start_url"], facts["scope"], facts["display"]) == ("/", "/", "standalone")
    for icon in facts["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_the_worker_keeps_the_shell_alone_and_watches_over_every_page(client: Client, house: House) -> None:
    answer = entering(client, house.candidate).get("/worker.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert "no-cache" in answer.headers["Cache-Control"]
    found = re.search(r"const SHELL = (\[.*\]);", answer.content.decode())
    assert found
    shell = json.loads(found[1])
    assert shell[0] == "/offline/"
    assert all(address.startswith("/static/") for address in shell[1:])
    assert answer.content == Client().get("/worker.js").content


def test_the_page_without_a_line_is_the_same_for_everybody(client: Client, house: House) -> None:
    mine = entering(client, house.candidate).get("/offline/").content.decode()
    assert mine == Client().get("/offline/").content.decode()
    assert house.candidate.user.email not in mine
    assert "csrf" not in mine
    assert "page_of" not in mine


def test_a_draft_becomes_an_item_with_its_files_and_a_line_in_the_book(client: Client, house: House) -> None:
    record = house.candidate
    told = entering(client, record).get(DRAFTS).json()
    assert told["person"] == record.user.handle
    assert told["records"] == [[record.pk, str(record.centre)]]
    photograph = SimpleUploadedFile("board.png", small_files.picture("PNG"))
    answer = client.post(DRAFTS, sent(record, uploads=photograph))
    version = EvidenceVersion.objects.get()
    assert answer.json()["address"] == reverse("assessments:evidence", args=[version.evidence_id])
    assert (version.title, version.description, version.status) == ("Busy Monday", "Forty calls.", "draft")
    assert EvidenceFile.objects.get().name == "board.png"
    assert AuditEvent.objects.filter(verb="add_evidence").count() == 1


def test_sent_twice_it_is_one_item(client: Client, house: House) -> None:
    entering(client, house.candidate)
    draft = sent(house.candidate)
    first, second = (client.post(DRAFTS, draft).json() for _ in range(2))
    assert first == second
    assert EvidenceVersion.objects.count() == 1
    assert AuditEvent.objects.filter(verb="add_evidence").count() == 1


def test_what_is_not_taken_is_refused_in_words(client: Client, house: House) -> None:
    entering(client, house.candidate)
    wrong = SimpleUploadedFile("page.html", b"<html><script>alert(1)</script>")
    assert client.post(DRAFTS, sent(house.candidate, uploads=wrong)).json()["refused"]
    assert client.post(DRAFTS, sent(house.candidate, mark="none")).status_code == 400
    assert client.post(DRAFTS, sent(house.candidate, kind="none")).status_code == 422
    assert not EvidenceVersion.objects.exists()


def test_nobody_sends_it_into_anothers_portfolio(client: Client, house: House) -> None:
    entering(client, house.candidate)
    assert client.post(DRAFTS, sent(house.other_candidate)).status_code == 404
    elsewhere = a_candidate(a_centre("Southgate Centre"), "Sam South")
    assert client.post(DRAFTS, sent(elsewhere)).status_code == 404
    assert not EvidenceVersion.objects.exists()
