"""Archives that the office and candidates ask for: what is in them, and who takes them."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.template.defaultfilters import filesizeformat
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.archive.cuts import candidate_cut, centre_cut, own_cut
from assessments.archive.pages import add_pages
from assessments.demo.centre import SLUG
from assessments.models import (
    Action,
    ActionTurn,
    Alarm,
    Case,
    CaseStep,
    Enrolment,
    Evidence,
    EvidenceVersion,
    ExternalNote,
    Sample,
    SampleAnswer,
    SampleCheck,
    UnsampledNote,
)
from assessments.testing import LONG_AGO, House, an_enrolment, handed_in
from portfolio import vault
from portfolio.archive.packing import pack
from portfolio.archive.selection import Cut, Selection
from portfolio.enums import ArchiveCut, ArchiveStatus, Role
from portfolio.harness import AskingClient
from portfolio.models import (
    AccessLine,
    Archive,
    AuditEvent,
    CandidateRecord,
    Centre,
    StaffRecord,
    User,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Told:
    """The demonstration centre."""

    centre: Centre
    candidates: dict[str, CandidateRecord]
    administrator: User


@pytest.fixture(scope="module")
def demo(standard: None, django_db_blocker: DjangoDbBlocker, vault_of_the_module: Path) -> Iterator[Told]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        centre = Centre.objects.get(slug=SLUG)
        found = {row.legal_name.split()[0]: row for row in centre.candidates.select_related("user", "centre")}
        grant = centre.grants.filter(role=Role.ADMINISTRATOR).select_related("user")[0]
        yield Told(centre, found, grant.user)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def vault_of_the_demo(settings: Any, vault_of_the_module: Path) -> None:
    settings.VAULT_DIR = vault_of_the_module


def packed(tmp_path: Path, centre: Centre, cut: Cut, candidate: CandidateRecord | None = None) -> dict[str, bytes]:
    """What is in an archive, by its path below data/."""
    path = tmp_path / f"{cut.name}-{candidate.pk if candidate else ''}.zip"
    pack(Selection(centre, cut, candidate), path, at=timezone.now(), adds=add_pages)
    return contents(path.read_bytes())


def contents(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as opened:
        return {name.partition("/data/")[2]: opened.read(name) for name in opened.namelist() if "/data/" in name}


def words_in(found: dict[str, bytes]) -> str:
    """All that can be read in the record and the pages, as it was typed."""
    text = b"\n".join(data for name, data in found.items() if not name.startswith(("files/", "forms/"))).decode()
    return (
        text.replace("\\n", "\n")
        .replace('\\"', '"')
        .replace("&#x27;", "'")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )


def lines(found: dict[str, bytes], kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found[f"record/{kind}.jsonl"].splitlines()]


# --- what is in them -------------------------------------------------------------------------------------------------


def verifiers_words(centre: Centre) -> set[str]:
    """Everything a verifier, or an investigator, ever wrote in the demonstration."""
    columns: list[tuple[Any, tuple[str, ...]]] = [
        (Sample.objects.filter(enrolment__centre=centre), ("reason", "feedback", "drop_reason")),
        (SampleCheck.objects.all(), ("word",)),
        (SampleAnswer.objects.all(), ("word",)),
        (Action.objects.all(), ("finding", "wanted", "answer")),
        (ActionTurn.objects.all(), ("words",)),
        (Alarm.objects.all(), ("first", "note")),
        (UnsampledNote.objects.all(), ("reason",)),
        (ExternalNote.objects.all(), ("words",)),
        (Case.objects.all(), ("summary", "reason")),
        (CaseStep.objects.all(), ("text",)),
    ]
    found = {word for rows, names in columns for row in rows.values_list(*names) for word in row}
    return {word for word in found if word}


def test_a_candidates_own_copy_holds_no_word_of_verifiers_and_nobody_elses_data(demo: Told, tmp_path: Path) -> None:
    words = verifiers_words(demo.centre)
    assert len(words) > 20
    staff = set(StaffRecord.objects.values_list("user__email", flat=True))
    for candidate in demo.candidates.values():
        found = packed(tmp_path, demo.centre, own_cut(), candidate)
        text = words_in(found)
        assert [word for word in words if word in text] == []
        others = {row for row in demo.candidates.values() if row != candidate}
        assert [row.legal_name for row in others if row.legal_name in text] == []
        assert [email for email in staff | {row.user.email for row in others} if email in text] == []
        of_the_body = "records of assessment and internal verification are kept"
        assert "internal verification" not in text.lower().replace(of_the_body, "")
        assert candidate.legal_name in text
        assert {row["verb"] for row in lines(found, "portfolio.auditevent")} <= set(
            AuditEvent.objects.filter(actor=candidate.user).values_list("verb", flat=True)
        )


def test_a_candidates_own_copy_holds_all_that_is_theirs(demo: Told, tmp_path: Path) -> None:
    candidate = demo.candidates["Siân"]
    found = packed(tmp_path, demo.centre, own_cut(), candidate)
    assert len(lines(found, "assessments.evidence")) == Evidence.objects.filter(candidate=candidate).count()
    drafts = EvidenceVersion.objects.filter(evidence__candidate=candidate, submitted_at=None).count()
    assert [row["submitted_at"] for row in lines(found, "assessments.evidenceversion")].count(None) == drafts > 0
    files = {row["sha256"] for row in lines(found, "portfolio.storedfile")}
    assert {Path(name).stem for name in found if name.startswith("files/")} == files
    assert files
    units = Enrolment.objects.filter(candidate=candidate).count()
    assert len([name for name in found if name.startswith("units/")]) == units
    names = {row["name"] for row in lines(found, "portfolio.user")}
    assert {"Siân Llŷr Morgan", "Dylan Pryce"} <= names


def test_every_page_leads_only_to_what_is_there_and_needs_no_script(demo: Told, tmp_path: Path) -> None:
    found = packed(tmp_path, demo.centre, centre_cut(demo.administrator))
    pages = {name: data.decode() for name, data in found.items() if name.endswith(".html")}
    assert len(pages) > 60
    reached = set()
    for name, page in pages.items():
        assert "<script" not in page
        assert "style=" not in page
        for address in page.split('href="')[1:]:
            target = address.partition('"')[0]
            if not target.startswith("#"):
                assert "://" not in target
                path = os.path.normpath(f"{Path(name).parent}/{target}")
                assert path in found, f"{name} leads to {path}, which is not there."
                reached.add(path)
    assert pages.keys() - reached == set()


def test_what_the_office_takes_holds_no_restricted_file_and_no_draft(demo: Told, tmp_path: Path) -> None:
    found = packed(tmp_path, demo.centre, centre_cut(demo.administrator))
    text = words_in(found)
    cases = [*Case.objects.values_list("summary", flat=True), *CaseStep.objects.values_list("text", flat=True)]
    assert cases
    assert [word for word in cases if word in text] == []
    assert not [name for name in found if name.startswith("record/assessments.case")]
    assert "open_case" not in text
    assert not [name for name in found if "accessline" in name or "destruction" in name]
    assert '"sequence"' not in found["record/portfolio.auditevent.jsonl"].decode().replace('"sequence":null', "")
    assert all(row["submitted_at"] for row in lines(found, "assessments.evidenceversion"))
    assert {row["feedback"] for row in lines(found, "assessments.sample")} >= set(
        Sample.objects.filter(enrolment__centre=demo.centre).exclude(feedback="").values_list("feedback", flat=True)
    )
    kept_back = ExternalNote.objects.filter(issued_at=None).values_list("words", flat=True)
    assert [word for word in kept_back if word in text] == []


def test_a_candidate_for_the_office_comes_with_their_verification_and_nobody_else(demo: Told, tmp_path: Path) -> None:
    candidate = demo.candidates["Ruairidh"]
    found = packed(tmp_path, demo.centre, candidate_cut(), candidate)
    assert [row["legal_name"] for row in lines(found, "portfolio.candidaterecord")] == [candidate.legal_name]
    samples = Sample.objects.filter(enrolment__candidate=candidate)
    assert len(lines(found, "assessments.sample")) == samples.count() > 0
    assert samples.exclude(feedback="").values_list("feedback", flat=True)[0] in words_in(found)
    assert len(lines(found, "portfolio.signature")) > 0


def test_of_their_own_unit_an_administrator_takes_nothing_that_verifiers_said(demo: Told, tmp_path: Path) -> None:
    candidate = demo.candidates["Ruairidh"]
    found = packed(tmp_path, demo.centre, centre_cut(candidate.user))
    own = list(Sample.objects.filter(enrolment__candidate=candidate).values_list("feedback", flat=True))
    assert [word for word in own if word and word in words_in(found)] == []


# --- asked for, waited for, taken ------------------------------------------------------------------------------------


def test_a_candidate_asks_for_their_own_and_takes_it(house: House, client: AskingClient) -> None:
    unit = an_enrolment(house)
    handed_in(unit, "1.1")
    client.force_login(house.candidate.user)
    documents = reverse("assessments:documents", args=[house.centre.slug, house.candidate.user.handle])
    assert "Everything as one archive (ZIP)" in client.get(documents).content.decode()
    address = reverse("assessments:archive_candidate", args=[house.centre.slug, house.candidate.user.handle])
    assert f'action="{address}"' in client.get(reverse("portfolio:own_record")).content.decode()
    page = client.post(address, follow=True)
    asked = Archive.objects.get()
    assert (asked.cut, asked.status) == (ArchiveCut.OWN, ArchiveStatus.READY)
    assert "It is ready" in page.content.decode()
    line = AuditEvent.objects.filter(verb="ask archive").get()
    assert (line.actor, line.subject_kind, line.subject_id) == (
        house.candidate.user,
        "candidaterecord",
        house.candidate.pk,
    )
    assert "Archive of " in client.get(documents).content.decode()

    sent = client.get(reverse("assessments:archive_file", args=[asked.pk]))
    body = b"".join(sent)
    assert sent["Content-Type"] == "application/zip"
    assert len(body) == asked.size
    found = contents(body)
    assert {"index.html", "style.css", "record/index.json", "record/schema.json"} <= found.keys()
    assert len([name for name in found if name.startswith("forms/")]) == 2
    taken = AccessLine.objects.get(subject_kind="archive")
    assert (taken.user, taken.subject_id, taken.downloaded) == (house.candidate.user, asked.pk, True)
    beginning = client.get(reverse("assessments:archive_file", args=[asked.pk]), headers={"range": "bytes=0-3"})
    assert (beginning.status_code, b"".join(beginning)) == (206, b"PK\3\4")


def test_the_office_asks_for_a_candidate_and_for_the_centre(house: House, client: AskingClient) -> None:
    handed_in(an_enrolment(house), "1.1")
    client.force_login(house.administrator)
    of_centre = reverse("assessments:centre_archives", args=[house.centre.slug])
    asking = client.get(of_centre).content.decode()
    assert "No archives yet" in asking
    assert f"The files of the centre take {filesizeformat(vault.size_of(house.centre))}" in asking
    people = client.get(reverse("portfolio:centre_people", args=[house.centre.slug])).content.decode()
    assert of_centre in people
    client.post(reverse("assessments:archive_candidate", args=[house.centre.slug, house.candidate.user.handle]))
    client.post(of_centre)
    assert list(Archive.objects.values_list("cut", "status")) == [("centre", "ready"), ("candidate", "ready")]
    with CaptureQueriesContext(connection) as asked:
        listed = client.get(of_centre).content.decode()
    assert "The whole centre" in listed
    assert str(house.candidate) in listed
    Archive.objects.bulk_create(
        Archive(
            centre=house.centre,
            candidate=house.candidate,
            cut=ArchiveCut.CANDIDATE,
            asked_by=house.administrator,
            asked_at=timezone.now(),
        )
        for _ in range(8)
    )
    with CaptureQueriesContext(connection) as again:
        client.get(of_centre)
    assert len(again) == len(asked) <= 7
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("assessments:archive", args=[Archive.objects.latest("pk").pk]))
    assert len(one) <= 6


def test_an_archive_is_whoevers_asked_for_it_and_nobody_elses(
    house: House, other_house: House, client: AskingClient
) -> None:
    client.force_login(house.administrator)
    client.post(reverse("assessments:centre_archives", args=[house.centre.slug]))
    asked = Archive.objects.get()
    for user in (house.assessor, house.lead, house.candidate.user, other_house.administrator):
        client.force_login(user)
        assert client.get(reverse("assessments:archive", args=[asked.pk])).status_code == 404
        assert client.get(reverse("assessments:archive_file", args=[asked.pk])).status_code == 404
        assert client.post(reverse("assessments:cancel_archive", args=[asked.pk])).status_code == 404
    client.force_login(house.assessor)
    an_enrolment(house)
    other = reverse("assessments:archive_candidate", args=[house.centre.slug, house.candidate.user.handle])
    assert client.post(other).status_code == 404
    documents = reverse("assessments:documents", args=[house.centre.slug, house.candidate.user.handle])
    assert "one archive" not in client.get(documents).content.decode()
    house.centre.grants.filter(user=house.administrator).update(starts_on=LONG_AGO, ends_on=LONG_AGO)
    client.force_login(house.administrator)
    assert client.get(reverse("assessments:archive", args=[asked.pk])).status_code == 404
