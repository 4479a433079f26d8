"""What scanning for malware means to those who look at an item."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import safekeeping
from assessments.models import EvidenceFile, EvidenceVersion
from assessments.testing import House, a_draft, an_enrolment, handed_in
from assessments.tests.refusing import refusals
from portfolio import clamav, scanning
from portfolio.enums import ScanResult
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, Scan, User

pytestmark = pytest.mark.django_db

R = ScanResult
BEING_SCANNED = "is still being scanned for malware"


@pytest.fixture
def version(house: House) -> EvidenceVersion:
    return handed_in(an_enrolment(house))


@pytest.fixture
def look(client: AskingClient, version: EvidenceVersion) -> Callable[[User], tuple[str, int]]:
    """What a person reads on the item's page, and the answer when they open its file."""

    def looked(person: User) -> tuple[str, int]:
        client.force_login(person)
        page = client.get(reverse("assessments:evidence", args=[version.evidence_id])).content.decode()
        file = client.get(reverse("assessments:evidence_file", args=[version.files.get().pk]))
        b"".join(file) if file.streaming else None
        return page, file.status_code

    return looked


def found(version: EvidenceVersion, result: ScanResult) -> EvidenceFile:
    """The scan of the version's file came to this."""
    file = version.files.get()
    verdict = clamav.Verdict(result, "ClamAV", "Eicar-Signature" if result == R.INFECTED else "")
    scanning.conclude(stored=file.stored, verdict=verdict, at=timezone.now())
    file.refresh_from_db()
    return file


@pytest.mark.parametrize("result", [R.WAITING, R.FAILED])
def test_until_it_is_scanned_only_its_candidate_opens_a_file(
    house: House, version: EvidenceVersion, look: Callable[[User], tuple[str, int]], result: ScanResult
) -> None:
    Scan.objects.create(stored=version.files.get().stored, result=result, at=timezone.now())
    page, code = look(house.candidate.user)
    assert code == 200
    assert "Until that is done only you can open it" in page
    for person in (house.assessor, house.verifier, house.administrator):
        page, code = look(person)
        assert code == 404
        assert "It can be opened when that is done." in page
        assert "Download" not in page


def test_scanned_it_opens_and_nobody_needs_to_be_told(
    house: House, version: EvidenceVersion, look: Callable[[User], tuple[str, int]]
) -> None:
    found(version, R.CLEAN)
    page, code = look(house.assessor)
    assert code == 200
    assert "scanned" not in page


@pytest.mark.parametrize(
    ("result", "sentence"),
    [(R.NOT_SCANNED, "Not scanned for malware."), (R.TOO_LARGE, "it is larger than the scanner takes")],
)
def test_staff_read_that_a_file_was_not_scanned(
    house: House,
    version: EvidenceVersion,
    look: Callable[[User], tuple[str, int]],
    result: ScanResult,
    sentence: str,
) -> None:
    found(version, result)
    page, code = look(house.assessor)
    assert code == 200
    assert sentence in page
    assert "canned for malware" not in look(house.candidate.user)[0]


def test_an_infected_file_opens_for_nobody_and_says_why(
    house: House, version: EvidenceVersion, look: Callable[[User], tuple[str, int]]
) -> None:
    before = AuditEvent.objects.count()
    file = found(version, R.INFECTED)
    assert file.quarantined_at is not None
    assert file.quarantined_by is None
    assert AuditEvent.objects.count() == before + 1
    for person in (house.candidate.user, house.assessor, house.administrator):
        page, code = look(person)
        assert code == 404
        assert "The scanner found malware in it: Eicar-Signature." in page


def test_it_is_handed_in_once_it_is_scanned(house: House) -> None:
    draft = a_draft(an_enrolment(house))
    Scan.objects.create(stored=draft.files.get().stored, result=R.WAITING, at=timezone.now())
    by = house.candidate.user
    [sentence] = refusals(lambda: items.submit(version=draft, by=by, at=timezone.now()))
    assert sentence == f"“notes.txt” {BEING_SCANNED}. Look again in a minute."
    found(draft, R.CLEAN)
    assert items.submit(version=draft, by=by, at=timezone.now()).submitted_at


def test_an_infected_item_is_not_handed_in(house: House) -> None:
    draft = a_draft(an_enrolment(house))
    found(draft, R.INFECTED)
    said = refusals(lambda: items.submit(version=draft, by=house.candidate.user, at=timezone.now()))
    assert said == ["A file of this item is in quarantine: take it out first."]


def test_every_item_with_the_same_bytes_is_shut_away(house: House, version: EvidenceVersion) -> None:
    other = a_draft(an_enrolment(house, candidate=house.other_candidate))
    assert other.files.get().stored == version.files.get().stored
    found(version, R.INFECTED)
    assert other.files.get().quarantined_at
    assert safekeeping.shut_away_infected(other.files.get().stored_id, "Again", timezone.now()) == []
