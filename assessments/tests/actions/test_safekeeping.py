"""Shutting files away, and destroying what must not be kept."""

import datetime

import pytest
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import safekeeping
from assessments.enums import ItemStatus, SignedAs
from assessments.models import EvidenceFile, EvidenceVersion
from assessments.queries.verification import unit_facts
from assessments.testing import House, a_draft, a_file, an_enrolment, declared, handed_in, judged
from portfolio import vault
from portfolio.models import AuditEvent, Destruction, Document, User
from portfolio.refusal import Refusal
from portfolio.testing import in_vault

pytestmark = pytest.mark.django_db
STALE = (SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY)


def now() -> datetime.datetime:
    return timezone.now()


@pytest.fixture
def version(house: House) -> EvidenceVersion:
    """An item handed in with one file."""
    return handed_in(an_enrolment(house))


@pytest.fixture
def file(version: EvidenceVersion) -> EvidenceFile:
    return version.files.get()


def redacted(file: EvidenceFile, house: House, by: User | None = None) -> EvidenceFile:
    return safekeeping.redact(
        file=file,
        replacement=a_file(house.centre, "What █████ did that week."),
        reason="A customer's name was in it.",
        by=by or house.assessor,
        at=now(),
    )


def quarantined(file: EvidenceFile, by: User) -> EvidenceFile:
    return safekeeping.quarantine(file=file, reason="It may hold a customer's card number.", by=by, at=now())


def sentences(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return " ".join(refused.value.sentences)


def test_a_quarantined_file_says_who_when_and_why(house: House, file: EvidenceFile) -> None:
    before = AuditEvent.objects.count()
    shut = quarantined(file, house.administrator)
    assert (shut.quarantined_by, shut.reason) == (house.administrator, "It may hold a customer's card number.")
    assert AuditEvent.objects.count() == before + 1
    with pytest.raises(Refusal, match="in quarantine already"):
        quarantined(file, house.assessor)


@pytest.mark.usefixtures("kept_in")
def test_redaction_destroys_the_bytes_and_keeps_the_line(house: House, file: EvidenceFile) -> None:
    assert vault.has(file.stored)
    put = redacted(file, house)
    assert not vault.has(file.stored)
    ordered = Destruction.objects.get(stored=file.stored)
    assert (ordered.ordered_by, ordered.reason, ordered.spared) == (
        house.assessor,
        "A customer's name was in it.",
        False,
    )
    file.refresh_from_db()
    assert file.destroyed_by == house.assessor
    assert (put.position, put.version_id) == (file.position, file.version_id)
    assert in_vault(put.stored) == "What █████ did that week.".encode()
    assert AuditEvent.objects.latest("pk").verb == "redact"


@pytest.mark.usefixtures("kept_in")
def test_redaction_reaches_every_version_of_the_item(house: House, version: EvidenceVersion) -> None:
    enrolment = version.evidence.mappings.first().enrolment  # type: ignore[union-attr]
    judged(version, enrolment)
    second = items.submit(
        version=items.replace(version=version, by=house.candidate.user, at=now()), by=house.candidate.user, at=now()
    )
    version.refresh_from_db()
    old = version.files.get()
    assert version.replaced_at
    redacted(old, house)
    assert not vault.has(old.stored)
    for each in (version, second):
        assert each.files.filter(destroyed_at=None).get().stored_id != old.stored_id


@pytest.mark.usefixtures("kept_in")
def test_bytes_that_another_item_shows_are_not_destroyed(house: House, file: EvidenceFile) -> None:
    a_draft(an_enrolment(house, "ocr-cc32"))  # holds the same bytes
    redacted(file, house)
    assert vault.has(file.stored)


def test_a_form_made_here_keeps_its_bytes(house: House, file: EvidenceFile) -> None:
    Document.objects.create(
        centre=house.centre,
        kind="recording_form",
        key="0" * 64,
        facts={},
        subject_kind="enrolment",
        subject_id=1,
        file_name="form.pdf",
        status="ready",
        stored=file.stored,
        asked_by=house.administrator,
        asked_at=now(),
    )
    redacted(file, house)
    assert vault.has(file.stored)


@pytest.mark.parametrize("verb", ["quarantine", "redact"])
def test_what_was_signed_over_the_old_bytes_is_stale(house: House, verb: str) -> None:
    unit = declared(an_enrolment(house))
    file = EvidenceFile.objects.get(version__evidence__candidate=house.candidate)
    assert unit_facts(unit).stale == ()
    if verb == "quarantine":
        quarantined(file, house.assessor)
    else:
        redacted(file, house)
    assert set(unit_facts(unit).stale) == set(STALE)


def test_a_file_of_a_withdrawn_item_can_be_redacted(house: House, version: EvidenceVersion) -> None:
    items.withdraw_item(version=version, reason="It shows somebody else's work.", by=house.assessor, at=now())
    version.refresh_from_db()
    assert version.status == ItemStatus.WITHDRAWN
    redacted(version.files.get(), house, by=house.administrator)


def test_it_refuses_the_same_file_a_strangers_file_and_a_second_redaction(
    house: House, other_house: House, file: EvidenceFile
) -> None:
    for replacement, sentence in (
        (items.NamedFile(file.stored, file.name), "the same as the old one"),
        (a_file(other_house.centre, "Elsewhere."), "not kept by this centre"),
    ):
        with pytest.raises(Refusal, match=sentence):
            safekeeping.redact(file=file, replacement=replacement, reason="Why.", by=house.assessor, at=now())
    redacted(file, house)
    with pytest.raises(Refusal, match="redacted or taken out already"):
        redacted(file, house)


def test_only_the_assessor_and_an_administrator_shut_files_away(
    house: House, other_house: House, file: EvidenceFile
) -> None:
    others = [house.candidate.user, house.other_assessor, house.verifier, house.lead, other_house.administrator]
    for somebody in others:
        with pytest.raises(Refusal) as refused:
            quarantined(file, somebody)
        assert "Only the unit's assessor or a centre administrator can quarantine a file" in sentences(refused)
    with pytest.raises(Refusal, match="Say why"):
        safekeeping.quarantine(file=file, reason=" ", by=house.assessor, at=now())


# --- releasing -------------------------------------------------------------------------------------------------------


def released(file: EvidenceFile, by: User) -> EvidenceFile:
    return safekeeping.release(file=file, reason="The numbers are made up.", by=by, at=now())


def test_a_file_is_released_by_somebody_else_and_its_quarantine_stays_on_record(
    house: House, file: EvidenceFile
) -> None:
    quarantined(file, house.assessor)
    with pytest.raises(Refusal, match="somebody else must look at it"):
        released(file, house.assessor)
    opened = released(file, house.administrator)
    assert (opened.quarantined_at, opened.quarantined_by, opened.reason) == (None, None, "")
    [told] = opened.releases.all()
    assert (told.quarantined_by, told.released_by) == (house.assessor, house.administrator)
    assert (told.quarantine_reason, told.reason) == (
        "It may hold a customer's card number.",
        "The numbers are made up.",
    )
    with pytest.raises(Refusal, match="not in quarantine"):
        released(file, house.administrator)


def test_a_released_file_can_be_shut_away_again(house: House, file: EvidenceFile) -> None:
    quarantined(file, house.assessor)
    released(file, house.administrator)
    quarantined(file, house.administrator)
    assert released(file, house.assessor).releases.count() == 2


def test_a_file_that_comes_back_after_a_signature_makes_it_stale(house: House) -> None:
    enrolment = an_enrolment(house)
    shut = judged(handed_in(enrolment, "1.1"), enrolment)
    quarantined(shut.files.get(), house.assessor)
    unit = declared(enrolment)
    assert unit_facts(unit).stale == ()
    released(shut.files.get(), house.administrator)
    assert set(unit_facts(unit).stale) == set(STALE)
