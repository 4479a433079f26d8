"""An alarm is raised by whatever changes after a sample, says what and since when, and is closed by looking again."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import alarms, claims, judgement, safekeeping, verification
from assessments.actions import evidence as items
from assessments.enums import SampleStage, Verdict
from assessments.models import Alarm, Enrolment, EvidenceFile, EvidenceVersion, Sample
from assessments.queries.alarms import changes_for
from assessments.queries.sampling import desk
from assessments.testing import (
    House,
    a_draft,
    a_file,
    all_well,
    an_enrolment,
    handed_in,
    judged,
    targets,
    verified,
)
from assessments.tests.acts_of_findings import an_alarm
from portfolio.harness import AskingClient
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def looked_at(unit: Enrolment, *numbers: str, agreed: bool = True) -> Sample:
    """An open unit sampled: these criteria were looked at."""
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=unit.verifier, at=timezone.now())
    return verification.close_sample(
        sample=sample,
        criteria=[target.criterion_id for target in targets(unit, *numbers)],
        feedback="" if agreed else "Not shown.",
        wanted="" if agreed else "Look again.",
        due_on=None if agreed else timezone.localdate(),
        agreed=agreed,
        checks=all_well(),
        by=unit.verifier,
        at=timezone.now(),
    )


def interim(house: House) -> tuple[Enrolment, EvidenceVersion]:
    """A unit of which one item is met, and its criteria were sampled in the meantime."""
    unit = an_enrolment(house)
    version = judged(handed_in(unit, "1.1", "1.2"), unit)
    looked_at(unit, "1.1")
    return unit, version


def words(unit: Enrolment) -> list[str]:
    """What is told of the unit's open alarm."""
    alarm = Alarm.objects.select_related("sample__enrolment__candidate").get(sample__enrolment=unit, looked_at=None)
    return [change.words for change in changes_for(alarm)]


def file_of(version: EvidenceVersion) -> EvidenceFile:
    return version.files.get(destroyed_at=None)


def handed_in_for(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    handed_in(unit, "1.1")


def judged_again(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    judged(version, unit, Verdict.NOT_YET, "1.1")


def replaced(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    draft = items.replace(version=version, by=unit.candidate_user, at=timezone.now())
    items.submit(version=draft, by=unit.candidate_user, at=timezone.now())


def mapped(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    other = judged(handed_in(unit, "2.1"), unit)
    claims.map_more(version=other, targets=targets(unit, "1.1"), by=unit.candidate_user, at=timezone.now())


def withdrawn(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    items.withdraw_item(version=version, reason="Not mine.", by=house.assessor, at=timezone.now())


def shut_away(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    safekeeping.quarantine(file=file_of(version), reason="Names.", by=house.assessor, at=timezone.now())


def found_infected(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    safekeeping.shut_away_infected(file_of(version).stored_id, "Eicar", timezone.now())


def redacted(house: House, unit: Enrolment, version: EvidenceVersion) -> None:
    clean = a_file(house.centre, "█████")
    safekeeping.redact(
        file=file_of(version), replacement=clean, reason="Names.", by=house.administrator, at=timezone.now()
    )


Change = Callable[[House, Enrolment, EvidenceVersion], None]
CHANGES: dict[str, tuple[Change, str]] = {
    "handed in": (handed_in_for, "Evidence 2 was handed in"),
    "judged": (judged_again, "Evidence 1 was assessed: 1.1 not yet"),
    "replaced": (replaced, "Version 2 of Evidence 1 was handed in"),
    "mapped": (mapped, "Evidence 2 was mapped to 1.1"),
    "withdrawn": (withdrawn, "Evidence 1 was withdrawn: Not mine."),
    "quarantined": (shut_away, "“notes.txt” of Evidence 1 was put in quarantine: Names."),
    "infected": (found_infected, "“notes.txt” of Evidence 1 was put in quarantine: The scanner found malware in it"),
    "redacted": (redacted, "“notes.txt” of Evidence 1 was redacted: Names."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_what_was_sampled_raises_the_alarm_and_is_told_in_words(house: House, change: str) -> None:
    unit, version = interim(house)
    with transaction.atomic():
        act, told = CHANGES[change]
        act(house, unit, version)
    assert any(sentence.startswith(told) for sentence in words(unit)), words(unit)
    assert Alarm.objects.get().first.startswith(told)


def test_somebodys_own_words_end_a_sentence_with_the_stop_they_have(house: House) -> None:
    unit, version = interim(house)
    shut_away(house, unit, version)
    alarm = Alarm.objects.get()
    assert alarm.first == "“notes.txt” of Evidence 1 was put in quarantine: Names."
    told = [change.sentence for change in changes_for(alarm)]
    assert told[0].startswith("“notes.txt” of Evidence 1 was put in quarantine: Names, by ")


def test_an_interim_sample_speaks_for_the_criteria_it_looked_at_alone(house: House) -> None:
    unit, version = interim(house)
    judged(handed_in(unit, "2.1"), unit)
    judged(version, unit, Verdict.NOT_YET, "1.2")
    a_draft(unit, "1.1")
    assert not Alarm.objects.exists()


def test_a_summative_sample_speaks_for_the_whole_unit(house: House) -> None:
    unit = verified(an_enrolment(house))
    verification.reopen(enrolment=unit, reason="A criterion was overlooked.", by=house.lead, at=timezone.now())
    assert words(unit) == [
        "Signatures were voided (candidate, candidate, authenticity, assessor, assessor, authenticity, internal "
        "verifier): Reopened: A criterion was overlooked."
    ]
    handed_in(unit, "4.1")
    assert len(words(unit)) == 2
    assert Alarm.objects.count() == 1


def test_signing_off_and_verifying_change_nothing_of_what_was_sampled(house: House) -> None:
    verified(an_enrolment(house))
    assert not Alarm.objects.exists()


def test_a_sample_that_was_not_agreed_asks_for_change_and_raises_no_alarm(house: House) -> None:
    unit = an_enrolment(house)
    version = judged(handed_in(unit, "1.1"), unit)
    looked_at(unit, "1.1", agreed=False)
    judged(version, unit, Verdict.NOT_YET, "1.1")
    assert not Alarm.objects.exists()


def test_a_further_sample_of_what_changed_closes_the_alarm_and_keeps_what_had(house: House) -> None:
    unit, version = interim(house)
    judged(version, unit, Verdict.NOT_YET, "1.1")
    judged(handed_in(unit, "2.1"), unit)
    looked_at(unit, "2.1")
    assert Alarm.objects.get().looked_at is None, "it did not look at what changed"
    again = looked_at(unit, "1.1")
    alarm = Alarm.objects.get()
    assert (alarm.looked_by, alarm.again) == (house.verifier, again)
    assert len(alarm.changes) == 1
    assert alarm.changes[0].startswith("Evidence 1 was assessed: 1.1 not yet, by Asha")


def test_a_note_closes_the_alarm_and_the_unit_is_watched_from_there(house: House) -> None:
    unit, version = interim(house)
    judged(version, unit, Verdict.NOT_YET, "1.1")
    first = Alarm.objects.get()
    alarms.settle_alarm(alarm=first, note="Agreed by telephone.", seen=1, by=house.verifier, at=timezone.now())
    assert not Alarm.objects.still_open().exists()
    judged(version, unit, Verdict.MET, "1.1")
    assert words(unit) == ["Evidence 1 was assessed: 1.1 met"]


def test_a_note_does_not_cover_what_changed_while_it_was_written(house: House) -> None:
    unit, version = interim(house)
    judged(version, unit, Verdict.NOT_YET, "1.1")
    alarm = Alarm.objects.get()
    judged(version, unit, Verdict.MET, "1.1")
    with pytest.raises(Refusal, match="Something else has changed"):
        alarms.settle_alarm(alarm=alarm, note="Seen.", seen=1, by=house.verifier, at=timezone.now())
    alarms.settle_alarm(alarm=alarm, note="Seen.", seen=2, by=house.verifier, at=timezone.now())


def test_an_alarm_is_closed_once_and_with_words(house: House) -> None:
    alarm = an_alarm(house)
    with pytest.raises(Refusal, match="Say why"):
        alarms.settle_alarm(alarm=alarm, note=" ", seen=1, by=house.verifier, at=timezone.now())
    alarms.settle_alarm(alarm=alarm, note="Seen.", seen=1, by=house.verifier, at=timezone.now())
    with pytest.raises(Refusal, match="looked at this already"):
        alarms.settle_alarm(alarm=alarm, note="Seen.", seen=0, by=house.verifier, at=timezone.now())


def test_a_later_sample_stands_in_for_those_before_it(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    looked_at(unit, "1.1")
    judged(handed_in(unit), unit)
    assert Alarm.objects.filter(sample__stage=SampleStage.INTERIM).still_open().count() == 1
    judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())
    judgement.sign_off(enrolment=unit, comments="", by=unit.assessor, at=timezone.now())
    looked_at(unit, "3.1")
    assert not Alarm.objects.still_open().exists()


def test_a_unit_that_changed_since_waits_as_such_and_not_to_be_verified(house: House) -> None:
    alarm = an_alarm(house)
    unit, today = alarm.sample.enrolment_id, timezone.localdate()
    assert [row.alarm_id for row in desk(house.verifier, [], today).alarms] == [alarm.pk]
    assert unit not in [row.enrolment_id for row in desk(house.verifier, [], today).to_verify]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_verifier_finds_the_alarm_on_their_desk_at_the_sample_and_closes_it_on_its_page(house: House) -> None:
    alarm = an_alarm(house)
    browser = AskingClient()
    browser.force_login(house.verifier)
    assert "Look at it again" in browser.get("/verifying/").content.decode()
    assert "Changed since it was sampled" in browser.get(f"/samples/{alarm.sample_id}/").content.decode()
    page = browser.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "was put in quarantine: Names of customers." in page
    assert "Asha Northgate" in page
    answer = browser.post(f"/alarms/{alarm.pk}/", {"note": "I have seen the file.", "seen": "1"})
    assert answer.status_code == 302
    closed = browser.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "I have seen the file." in closed
    assert "What had changed" in closed
    assert "Close the alarm" not in closed
    assert "Look at it again" not in browser.get("/verifying/").content.decode()


def test_what_was_typed_stays_when_something_else_changed_and_the_next_press_confirms(house: House) -> None:
    alarm = an_alarm(house)
    safekeeping.release(
        file=EvidenceFile.objects.get(), reason="They agreed.", by=house.administrator, at=timezone.now()
    )
    browser = AskingClient()
    browser.force_login(house.verifier)
    answer = browser.post(f"/alarms/{alarm.pk}/", {"note": "Seen it.", "seen": "7"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Seen it." in page
    assert 'name="seen" value="1"' in page
    assert "Something else has changed" in page


def test_whoever_leads_reads_an_alarm_and_is_told_who_closes_it(house: House) -> None:
    alarm = an_alarm(house)
    browser = AskingClient()
    browser.force_login(house.lead)
    page = browser.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "Only the unit’s internal verifier" in page.replace("&#x27;", "’")
    assert "Close the alarm" not in page


def test_the_page_of_an_alarm_asks_as_often_however_much_has_changed(house: House) -> None:
    unit = verified(an_enrolment(house))
    verification.reopen(enrolment=unit, reason="A criterion was overlooked.", by=house.lead, at=timezone.now())
    alarm, browser = Alarm.objects.get(), AskingClient()
    browser.force_login(house.verifier)
    asked = []
    for _ in range(2):
        judged(handed_in(unit, "1.1", "1.2"), unit)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"/alarms/{alarm.pk}/").status_code == 200
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 24, asked
