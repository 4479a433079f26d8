"""A break in learning pauses all that a candidate is working on; its days count for nothing."""

import pytest
from django.utils import timezone

from assessments.actions import breaks
from assessments.actions import enrolment as enrolments
from assessments.enums import Pace, UnitStatus
from assessments.models import Break, Enrolment, PausedUnit
from assessments.queries.enrolment import kept_pace
from assessments.testing import House, an_enrolment, declared, signed_off
from assessments.tests.counting import miscounted
from assessments.tests.pauses import DAY, TODAY, back, on_a_break
from portfolio.models import AuditEvent, Notice
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def aimed(house: House, key: str, *, started: int, aim: int) -> Enrolment:
    """Started so many days ago, aimed at in so many."""
    unit = an_enrolment(house, key)
    Enrolment.objects.filter(pk=unit.pk).update(started_on=TODAY() - started * DAY, target_on=TODAY() + aim * DAY)
    return unit


def test_it_pauses_every_unit_in_progress_in_one_act_and_nothing_else(house: House) -> None:
    collecting, waiting = an_enrolment(house), declared(an_enrolment(house, "ocr-d20"))
    over, apart = signed_off(an_enrolment(house, "ocr-cc16")), an_enrolment(house, "ocr-cc32")
    enrolments.suspend(enrolment=apart, reason="New job.", by=house.administrator, at=timezone.now())
    other = an_enrolment(house, candidate=house.other_candidate)
    found = on_a_break(house)
    stands = {row.pk: (row.status, row.kept_status, row.break_until) for row in Enrolment.objects.all()}
    assert stands == {
        collecting.pk: ("suspended", "collecting", found.expected_on),
        waiting.pk: ("suspended", "declared", found.expected_on),
        over.pk: ("signed_off", "", None),
        apart.pk: ("suspended", "collecting", None),
        other.pk: ("collecting", "", None),
    }
    lines = AuditEvent.objects.filter(verb="begin_break")
    assert sorted(line.subject_id for line in lines) == [collecting.pk, waiting.pk]
    assert len({line.act_id for line in lines}) == 1
    assert Notice.objects.filter(user=house.assessor, concerns=f"enrolment {collecting.pk}").exists()


def test_on_return_units_go_on_where_they_stood_and_dates_move_by_the_days_of_the_break(house: House) -> None:
    unit, untimed = aimed(house, "ocr-cc26", started=40, aim=60), declared(an_enrolment(house, "ocr-d20"))
    Enrolment.objects.filter(pk=untimed.pk).update(started_on=TODAY() - 4 * DAY)
    apart = an_enrolment(house, "ocr-cc32")
    enrolments.suspend(enrolment=apart, reason="New job.", by=house.administrator, at=timezone.now())
    found = on_a_break(house, days=10)
    back(found, house, days_ago=2)
    unit.refresh_from_db()
    untimed.refresh_from_db()
    apart.refresh_from_db()
    assert (unit.status, unit.target_on, unit.paused_days) == ("collecting", TODAY() + 68 * DAY, 8)
    assert (untimed.status, untimed.target_on, untimed.paused_days) == ("declared", None, 2)
    assert apart.status == UnitStatus.SUSPENDED
    found.refresh_from_db()
    assert (found.returned_on, found.ended_by) == (TODAY() - 2 * DAY, house.administrator)
    assert sorted(PausedUnit.objects.values_list("enrolment", "days")) == sorted([(unit.pk, 8), (untimed.pk, 2)])
    assert miscounted() == []


def test_the_days_of_a_break_count_for_no_pace(house: House) -> None:
    """Half of forty days have passed when it begins; it would be behind after one day more."""
    unit = aimed(house, "ocr-cc26", started=22, aim=38)
    found = on_a_break(house, days=20)
    unit.refresh_from_db()
    assert kept_pace(unit, TODAY()) is None
    back(found, house)
    unit.refresh_from_db()
    assert unit.target_on == TODAY() + 58 * DAY
    assert kept_pace(unit, TODAY()) == Pace.ON_TRACK
    assert kept_pace(unit, TODAY() + 8 * DAY) == Pace.BEHIND


def test_nothing_of_it_is_resumed_by_hand_and_nothing_new_begins_meanwhile(house: House) -> None:
    unit = an_enrolment(house)
    on_a_break(house)
    with pytest.raises(Refusal, match="on a break in learning"):
        enrolments.resume(enrolment=unit, by=house.assessor, at=timezone.now())
    with pytest.raises(Refusal, match="record their return first"):
        an_enrolment(house, "ocr-d20")


def test_what_was_left_meanwhile_stays_left(house: House) -> None:
    unit, other = an_enrolment(house), an_enrolment(house, "ocr-d20")
    found = on_a_break(house)
    enrolments.withdraw(enrolment=other, reason="New job.", by=house.candidate.user, at=timezone.now())
    back(found, house)
    unit.refresh_from_db()
    other.refresh_from_db()
    assert (unit.status, other.status, other.break_until) == ("collecting", "withdrawn", None)


def test_the_return_is_on_record_also_where_nothing_is_left_to_go_on(house: House) -> None:
    found = on_a_break(house)
    enrolments.withdraw(
        enrolment=Enrolment.objects.get(), reason="New job.", by=house.candidate.user, at=timezone.now()
    )
    back(found, house)
    assert AuditEvent.objects.filter(verb="end_break", subject_kind="break", subject_id=found.pk).exists()


def test_another_day_of_return_is_noted_on_its_units(house: House) -> None:
    found = on_a_break(house)
    later = TODAY() + 90 * DAY
    breaks.expect_back(learning_break=found, expected_on=later, by=house.administrator, at=timezone.now())
    assert Enrolment.objects.get().break_until == later
    with pytest.raises(Refusal, match="a day that has passed"):
        breaks.expect_back(learning_break=found, expected_on=TODAY(), by=house.administrator, at=timezone.now())


def test_it_refuses_days_that_cannot_be_and_a_candidate_without_anything_in_progress(house: House) -> None:
    with pytest.raises(Refusal, match="has no unit in progress"):
        breaks.begin_break(
            candidate=house.candidate,
            starts_on=TODAY(),
            expected_on=TODAY() + DAY,
            reason="Leave.",
            by=house.administrator,
            at=timezone.now(),
        )
    an_enrolment(house)
    with pytest.raises(Refusal) as refused:
        on_a_break(house, days=-2, expected=1)
    assert refused.value.sentences == [
        "The first day cannot be after today: record a break when it has begun.",
        "The day they are expected back must be after the first day of the break.",
    ]
    with pytest.raises(Refusal, match="Say why"):
        on_a_break(house, reason=" ")
    found = on_a_break(house, days=10)
    with pytest.raises(Refusal, match="is on a break in learning"):
        on_a_break(house)
    for days_ago in (10, -1):
        with pytest.raises(Refusal, match="after the first day"):
            back(found, house, days_ago=days_ago)
    back(found, house, days_ago=1)
    with pytest.raises(Refusal, match="before they came back"):
        on_a_break(house, days=5)
    with pytest.raises(Refusal, match="recorded already"):
        back(found, house)
    assert Break.objects.count() == 1
