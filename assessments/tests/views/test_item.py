"""The page of an item: who may see it, what it says, and the way its files are shown."""

from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import judgement, safekeeping
from assessments.enums import HeldAt, Verdict
from assessments.models import EvidenceVersion
from assessments.testing import (
    House,
    a_draft,
    a_file,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    signed_off,
    targets,
)
from portfolio import vault
from portfolio.harness import AskingClient
from portfolio.models import AccessLine, User
from portfolio.tests import small_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(house: House) -> EvidenceVersion:
    """An item handed in for two criteria."""
    return handed_in(an_enrolment(house), "1.1", "1.2")


def page(version: EvidenceVersion) -> str:
    return reverse("assessments:evidence", args=[version.evidence_id])


def text(client: AskingClient, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def status(client: AskingClient, address: str) -> int:
    """What a GET answers, with the bytes of a file read to their end, which closes it."""
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


def a_real_file(house: House, body: bytes, name: str) -> items.NamedFile:
    stored = vault.store(centre=house.centre, file=ContentFile(body, name=name), name=name, at=timezone.now())
    return items.NamedFile(stored, name)


# --- who --------------------------------------------------------------------------------------------------------------


def test_it_exists_for_those_who_work_on_the_unit_and_for_nobody_else(
    client: AskingClient, house: House, other_house: House, version: EvidenceVersion
) -> None:
    file = version.files.get()
    addresses = [
        page(version),
        *(reverse(f"assessments:{n}", args=[file.pk]) for n in ("evidence_file", "download_evidence_file")),
    ]
    may = [house.candidate.user, house.assessor, house.verifier, house.administrator, house.lead]
    may_not = [
        house.other_candidate.user,
        house.other_assessor,
        house.other_verifier,
        other_house.assessor,
        other_house.administrator,
        other_house.candidate.user,
    ]
    for address in addresses:
        for user in may:
            client.force_login(user)
            assert status(client, address) == 200, (address, user)
        for user in may_not:
            client.force_login(user)
            assert status(client, address) == 404, (address, user)
        client.logout()
        assert status(client, address) == 302


def test_a_draft_is_its_candidates_alone(client: AskingClient, house: House) -> None:
    draft = a_draft(an_enrolment(house), "1.1")
    file = draft.files.get()
    assert "Draft: Call handling review" in text(client, house.candidate.user, page(draft))
    client.force_login(house.assessor)
    assert client.get(page(draft)).status_code == 404
    assert client.get(reverse("assessments:evidence_file", args=[file.pk])).status_code == 404


def test_the_draft_of_a_next_version_stays_out_of_the_assessors_sight(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    first = judged(handed_in(enrolment, "1.1"), enrolment)
    draft = items.replace(version=first, by=house.candidate.user, at=timezone.now())
    assert "You are preparing version 2" in text(client, house.candidate.user, page(first))
    assert "Draft: " not in text(client, house.candidate.user, f"{page(first)}?version=2")  # it keeps its number
    assert "version 2" not in text(client, house.assessor, page(first))
    assert client.get(f"{page(first)}?version=2").status_code == 404
    assert client.get(reverse("assessments:evidence_file", args=[draft.files.get().pk])).status_code == 404


def test_it_says_nothing_of_units_the_reader_has_no_part_in(client: AskingClient, house: House) -> None:
    mine = an_enrolment(house)
    theirs = an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    version = items.add_evidence(
        candidate=house.candidate,
        described=described(),
        files=[a_file(house.centre)],
        targets=[*targets(mine, "1.1"), *targets(theirs, "1.1")],
        by=house.candidate.user,
        at=timezone.now(),
    )
    items.submit(version=version, by=house.candidate.user, at=timezone.now())
    judged(version, theirs, Verdict.NOT_YET)
    assert "Tell me what came of it." in text(client, house.candidate.user, page(version))
    shown = text(client, house.assessor, page(version))
    assert "CC26" in shown
    assert "CC32" not in shown
    assert "Tell me what came of it." not in shown


# --- what it says -----------------------------------------------------------------------------------------------------


def test_it_shows_readings_and_decisions_as_a_conversation(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house, assessor=house.trainee)
    version = judged(handed_in(enrolment, "1.1", "1.2"), enrolment, Verdict.NOT_YET, "1.2")
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(sufficient=False, remarks="One call only."),
        decisions=[judgement.Judged(t.enrolment_id, t.criterion_id, Verdict.MET) for t in targets(enrolment, "1.1")],
        feedback="Good start.",
        returned=False,
        seen_at_location=False,
        by=house.trainee,
        at=timezone.now(),
    )
    shown = text(client, house.candidate.user, page(version))
    for words in ("Tell me what came of it.", "Good start.", "One call only.", "Sufficient: no", "Tomasz Northgate"):
        assert words in shown
    assert "met, awaiting countersignature" in shown


def test_countersigning_is_part_of_the_conversation(client: AskingClient, house: House) -> None:
    enrolment = signed_off(an_enrolment(house, assessor=house.trainee))
    judgement.countersign(enrolment=enrolment, by=house.assessor, at=timezone.now())
    version = EvidenceVersion.objects.get(
        evidence__mappings__enrolment=enrolment, evidence__mappings__criterion__number="1.1"
    )
    assert "Countersigned" in text(client, house.candidate.user, page(version))


def test_it_tells_versions_apart_and_what_changed(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    first = judged(handed_in(enrolment, "1.1"), enrolment, Verdict.NOT_YET)
    second = items.replace(version=first, by=house.candidate.user, at=timezone.now())
    items.edit_draft(
        version=second,
        described=described("Call handling review, with outcome"),
        add=[a_file(house.centre, "What came of it.", "outcome.txt")],
        remove=[],
        targets=targets(enrolment, "1.1", "1.2"),
        by=house.candidate.user,
        at=timezone.now(),
    )
    items.submit(version=second, by=house.candidate.user, at=timezone.now())
    shown = text(client, house.assessor, page(first))
    assert "Evidence 1: Call handling review, with outcome" in shown
    assert "Changed: title, file outcome.txt added, criterion CC26 1.2 added" in shown
    marked = {
        '<ins><span class="visually-hidden">Added: </span>review, with outcome</ins>',
        '<ins>outcome.txt</ins> <span class="small soft">file added</span>',
        'notes.txt <span class="small soft">file kept</span>',
        '<ins>CC26 1.2</ins> <span class="small soft">mapped</span>',
    }
    judging = reverse("assessments:judge", args=[second.pk])
    for reader, where in (
        (house.candidate.user, page(first)),
        (house.assessor, page(first)),
        (house.verifier, page(first)),
        (house.assessor, judging),
    ):
        assert {words for words in marked if words not in text(client, reader, where)} == set()
    earlier = text(client, house.assessor, f"{page(first)}?version=1")
    assert "This is an earlier version." in earlier
    assert "outcome.txt</span>" not in earlier


def test_it_says_who_saw_evidence_that_is_held_elsewhere(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    words = replace(described(), held=HeldAt.LOCATION, location="Personnel office, Leith")
    version = items.submit(version=a_draft(enrolment, "1.1", words=words), by=house.candidate.user, at=timezone.now())
    assert "Nobody has confirmed yet that they saw it there." in text(client, house.verifier, page(version))
    judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(t.enrolment_id, t.criterion_id, Verdict.MET) for t in targets(enrolment, "1.1")],
        feedback="",
        returned=False,
        seen_at_location=True,
        by=house.assessor,
        at=timezone.now(),
    )
    shown = text(client, house.verifier, page(version))
    assert "Seen there by Asha Northgate on" in shown
    assert "Saw the evidence where it is held." in shown


@pytest.mark.parametrize("asked", ["9", "x", "-1", ""])
def test_a_version_that_is_none_is_not_found(
    client: AskingClient, house: House, version: EvidenceVersion, asked: str
) -> None:
    client.force_login(house.assessor)
    assert client.get(page(version), {"version": asked}).status_code == 404


def test_a_candidate_is_told_why_a_draft_cannot_be_handed_in(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    draft = a_draft(enrolment, "1.1", words=items.Described(title="Bare"))
    shown = text(client, house.candidate.user, page(draft))
    assert "Say what you did." in shown
    assert reverse("assessments:edit_evidence", args=[draft.evidence_id]) in shown
    assert reverse("assessments:submit_evidence", args=[draft.evidence_id]) not in shown


def test_buttons_are_there_for_whose_turn_it_is(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    version = judged(handed_in(enrolment, "1.1"), enrolment)
    replace = reverse("assessments:replace_evidence", args=[version.evidence_id])
    withdraw = reverse("assessments:withdraw_evidence", args=[version.evidence_id])
    redact = reverse("assessments:redact_file", args=[version.files.get().pk])
    shown = {user: text(client, user, page(version)) for user in (house.candidate.user, house.assessor, house.verifier)}
    assert [replace in text for text in shown.values()] == [True, False, False]
    assert [withdraw in text for text in shown.values()] == [False, True, False]
    assert [redact in text for text in shown.values()] == [False, True, False]
    declared(enrolment)
    assert replace not in text(client, house.candidate.user, page(version))


def test_nothing_typed_can_become_part_of_the_page(client: AskingClient, house: House) -> None:
    bad = "<script>alert(1)</script>"
    enrolment = an_enrolment(house)
    words = items.Described(title=bad, description=bad, activity_on=timezone.localdate())
    file = a_file(house.centre, f"Then: {bad}", '"><img src=x onerror=alert(1)>.txt')
    version = items.submit(
        version=a_draft(enrolment, "1.1", words=words, files=[file]), by=house.candidate.user, at=timezone.now()
    )
    for user in (house.candidate.user, house.assessor):
        shown = text(client, user, page(version))
        assert bad not in shown
        assert "<img src=x" not in shown


# --- its files --------------------------------------------------------------------------------------------------------


def test_each_kind_of_file_is_shown_its_own_way(client: AskingClient, house: House) -> None:
    kinds = {
        "log.pdf": small_files.pdf(2),
        "photo.png": small_files.picture("PNG"),
        "sheet.xlsx": small_files.office("xlsx"),
    }
    files = [a_real_file(house, body, name) for name, body in kinds.items()]
    enrolment = an_enrolment(house)
    version = items.submit(version=a_draft(enrolment, "1.1", files=files), by=house.candidate.user, at=timezone.now())
    pdf, photo, sheet = version.files.order_by("position")
    shown = text(client, house.assessor, page(version))
    assert "Page 2 of log.pdf, as a picture" in shown
    assert f'<img src="{reverse("assessments:evidence_page", args=[photo.pk, 1])}"' in shown
    assert "A document of this kind cannot be shown on this server." in shown
    answer = client.get(reverse("assessments:evidence_page", args=[pdf.pk, 2]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert b"Call log 2" in client.get(reverse("assessments:evidence_page_text", args=[pdf.pk, 2])).content
    assert client.get(reverse("assessments:evidence_page", args=[pdf.pk, 3])).status_code == 404
    assert client.get(reverse("assessments:evidence_page_text", args=[photo.pk, 1])).status_code == 404
    for file, code in ((pdf, 200), (photo, 200), (sheet, 404)):
        assert client.get(reverse("assessments:evidence_thumbnail", args=[file.pk])).status_code == code
    assert client.head(reverse("assessments:evidence_file", args=[sheet.pk]))["Content-Disposition"].startswith("att")


def test_every_download_is_written_down_and_looking_is_not(
    client: AskingClient, house: House, version: EvidenceVersion
) -> None:
    file = version.files.get()
    client.force_login(house.verifier)
    client.get(page(version))
    assert status(client, reverse("assessments:evidence_file", args=[file.pk])) == 200
    assert not AccessLine.objects.exists()
    assert status(client, reverse("assessments:download_evidence_file", args=[file.pk])) == 200
    line = AccessLine.objects.get()
    assert (line.user, line.subject_kind, line.subject_id, line.downloaded) == (
        house.verifier,
        "evidencefile",
        file.pk,
        True,
    )


def test_what_is_shut_away_opens_for_nobody_and_says_so(
    client: AskingClient, house: House, version: EvidenceVersion
) -> None:
    file = version.files.get()
    safekeeping.quarantine(file=file, reason="A customer's card number.", by=house.assessor, at=timezone.now())
    assert "A customer&#x27;s card number." in text(client, house.assessor, page(version))
    for user in (house.candidate.user, house.assessor, house.administrator):
        client.force_login(user)
        for name in ("evidence_file", "download_evidence_file"):
            assert client.get(reverse(f"assessments:{name}", args=[file.pk])).status_code == 404


def test_the_record_is_shown_though_the_bytes_of_a_file_are_lost(
    client: AskingClient, house: House, version: EvidenceVersion
) -> None:
    vault.path_of(version.files.get().stored).unlink()
    assert "This file cannot be read at the moment." in text(client, house.assessor, page(version))


# --- how fast ---------------------------------------------------------------------------------------------------------


def test_its_queries_do_not_grow_with_what_was_said(client: AskingClient, house: House) -> None:
    few = an_enrolment(house)
    small = judged(handed_in(few, "1.1"), few)
    many = an_enrolment(house, candidate=house.other_candidate)
    big = judged(handed_in(many), many, Verdict.NOT_YET)
    for _ in range(3):
        big = judged(big, many, Verdict.CONTRIBUTES)
    client.force_login(house.assessor)

    def count(version: EvidenceVersion) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(page(version)).status_code == 200
        return len(captured)

    count(small)
    assert count(small) == count(big) <= 15
