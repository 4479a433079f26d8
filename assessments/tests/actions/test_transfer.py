"""A candidate leaves for another centre, or comes from one: what is closed, what is recorded, what stays."""

import pytest
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.actions import transfer, verification
from assessments.enums import EndedAs
from assessments.models import AchievedElsewhere, Enrolment, TransferOut
from assessments.testing import House, a_unit, an_enrolment, handed_in, signed_off
from assessments.tests.acts import certificated
from assessments.tests.leaving import DAY, achieved_elsewhere, comes, leaves
from assessments.tests.pauses import on_a_break
from portfolio.models import AuditEvent, Notice
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_it_closes_all_that_is_in_progress_and_lets_stand_what_is_certificated(house: House) -> None:
    over = certificated(house)
    collecting, apart = an_enrolment(house, "ocr-d20"), an_enrolment(house, "ocr-cc32")
    handed_in(collecting)
    enrolments.suspend(enrolment=apart, reason="Leave.", by=house.administrator, at=timezone.now())
    other = an_enrolment(house, candidate=house.other_candidate)
    left = leaves(house)
    stands = {row.pk: (row.status, row.ended_as) for row in Enrolment.objects.all()}
    assert stands == {
        over.pk: ("certificated", ""),
        collecting.pk: ("withdrawn", EndedAs.TRANSFERRED),
        apart.pk: ("withdrawn", EndedAs.TRANSFERRED),
        other.pk: ("collecting", ""),
    }
    assert [(row.enrolment, row.stood) for row in left.units.all()] == [
        (collecting, "collecting"),
        (apart, "suspended"),
    ]
    assert not collecting.mappings.filter(waiting_since__isnull=False).exists()
    lines = AuditEvent.objects.filter(verb="transfer_out")
    assert sorted(line.subject_id for line in lines) == [collecting.pk, apart.pk]
    assert len({line.act_id for line in lines}) == 1
    assert Notice.objects.filter(user=house.candidate.user, concerns=f"enrolment {collecting.pk}").exists()


def test_it_waits_for_what_is_open_and_for_the_return_from_a_break(house: House) -> None:
    with pytest.raises(Refusal, match="no unit in progress"):
        leaves(house)
    unit = signed_off(an_enrolment(house))
    verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    with pytest.raises(Refusal, match="CC26: A sample of this unit is still open"):
        leaves(house)
    an_enrolment(house, "ocr-d20")
    on_a_break(house)
    with pytest.raises(Refusal) as refused:
        leaves(house, left=-1, known=-1)
    assert [sentence.split(" ")[0] for sentence in refused.value.sentences[-2:]] == ["The", "The"]
    assert any("record their return first" in sentence for sentence in refused.value.sentences)
    assert not TransferOut.objects.exists()


def test_where_they_came_from_is_on_record_with_what_they_achieved_there(house: House) -> None:
    found = achieved_elsewhere(house)
    assert (found.title, found.transfer.from_centre) == (str(a_unit("ocr-d20")), "Eastgate Training")
    transfer.take_back_achieved(achieved=found, by=house.administrator, at=timezone.now())
    assert AchievedElsewhere.objects.get().taken_back_by == house.administrator
    with pytest.raises(Refusal, match="taken back already"):
        transfer.take_back_achieved(achieved=found, by=house.administrator, at=timezone.now())


def test_it_asks_what_it_was_and_what_was_seen_of_it(house: House) -> None:
    came, now = comes(house), timezone.now()
    for title, seen, days, words in (
        (" ", "List.", 0, "which unit"),
        ("D20", " ", 0, "what was seen"),
        ("D20", "List.", 1, "cannot be after today"),
    ):
        with pytest.raises(Refusal, match=words):
            transfer.record_achieved(
                transfer=came,
                unit=None,
                title=title,
                achieved_on=timezone.localdate() + days * DAY,
                seen=seen,
                by=house.administrator,
                at=now,
            )
    with pytest.raises(Refusal, match="cannot be after today"):
        comes(house, joined=-1)
