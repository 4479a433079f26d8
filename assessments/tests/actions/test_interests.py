"""Conflicts of interest: who declares them, and that what is decided in spite of one waits for somebody else."""

import datetime

import pytest
from django.utils import timezone

from assessments.actions import interests, judgement
from assessments.enums import InterestKind, UnitStatus
from assessments.models import Enrolment, Interest
from assessments.queries.enrolment import CONFIRMED, kept_progress
from assessments.testing import House, an_enrolment, declared, handed_in, judged
from assessments.tests.refusing import refusals
from assessments.tests.ties import a_tie
from portfolio.models import User

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def end(interest: Interest, to_on: datetime.date, by: User) -> Interest:
    return interests.end_interest(interest=interest, to_on=to_on, by=by, at=timezone.now())


def test_what_is_decided_in_spite_of_a_conflict_does_not_count_until_it_is_countersigned(house: House) -> None:
    unit = an_enrolment(house, countersigner=house.other_assessor)
    a_tie(house)
    reading = judged(handed_in(unit), unit).reviews.get()
    assert (reading.qualified, reading.interested) == (True, True)
    assert all(row.needs_countersignature for row in reading.decisions.all())
    unit.refresh_from_db()
    assert (unit.accepted_count, unit.pending_count) == (0, unit.criteria_count)
    judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())
    judgement.sign_off(enrolment=unit, comments="", by=house.assessor, at=timezone.now())
    unit.refresh_from_db()
    assert unit.status == UnitStatus.AWAITING_COUNTERSIGNATURE
    judgement.countersign(enrolment=unit, by=house.other_assessor, at=timezone.now())
    unit.refresh_from_db()
    assert unit.status == UnitStatus.SIGNED_OFF
    unit = Enrolment.objects.annotate(confirmed=CONFIRMED).get(pk=unit.pk)
    assert kept_progress(unit, confirmed=vars(unit)["confirmed"]).confirmed == unit.criteria_count


def test_a_sign_off_waits_too_where_the_conflict_came_after_the_decisions(house: House) -> None:
    unit = declared(an_enrolment(house, countersigner=house.other_assessor))
    a_tie(house)
    judgement.sign_off(enrolment=unit, comments="", by=house.assessor, at=timezone.now())
    unit.refresh_from_db()
    assert unit.status == UnitStatus.AWAITING_COUNTERSIGNATURE


def test_without_a_countersigner_the_unit_is_not_signed_off(house: House) -> None:
    unit = declared(an_enrolment(house))
    a_tie(house)
    assert refusals(lambda: judgement.sign_off(enrolment=unit, comments="", by=house.assessor, at=timezone.now())) == [
        "This unit needs a countersigner, as you have a conflict of interest with the candidate: ask your centre to "
        "name one."
    ]


def test_whoever_came_to_be_tied_to_the_candidate_does_not_countersign(house: House) -> None:
    unit = declared(an_enrolment(house, assessor=house.trainee))
    judgement.sign_off(enrolment=unit, comments="", by=house.trainee, at=timezone.now())
    a_tie(house)
    assert refusals(lambda: judgement.countersign(enrolment=unit, by=house.assessor, at=timezone.now())) == [
        "You have a conflict of interest with the candidate: somebody without one must countersign."
    ]


def test_a_conflict_with_one_candidate_is_none_with_another(house: House) -> None:
    unit = an_enrolment(house, candidate=house.other_candidate)
    a_tie(house)
    assert not judged(handed_in(unit, "1.1"), unit).decisions.get().needs_countersignature


def test_a_conflict_counts_from_its_first_day_to_its_last(house: House) -> None:
    today = timezone.localdate()
    tie = a_tie(house)
    in_force = Interest.objects.filter(pk=tie.pk)
    assert not in_force.on(today - DAY)
    assert in_force.on(today + 400 * DAY)
    end(tie, today, house.administrator)
    assert in_force.on(today)
    assert not in_force.on(today + DAY)


def test_an_administrator_ends_it_once_and_never_their_own(house: House, other_house: House) -> None:
    today, tie = timezone.localdate(), a_tie(house)
    assert refusals(lambda: end(tie, today, house.assessor)) == [
        "Only an administrator of Northgate Centre can do this."
    ]
    assert refusals(lambda: end(tie, today + DAY, house.administrator)) == [
        "The last day lies ahead: end it when it is over."
    ]
    assert refusals(lambda: end(tie, today - DAY, house.administrator)) == ["The last day cannot be before the first."]
    end(tie, today, house.administrator)
    assert "ended already" in refusals(lambda: end(tie, today, house.administrator))[0]
    own = a_tie(house, staff=house.administrator)
    assert refusals(lambda: end(own, today, house.administrator)) == [
        "Another administrator must end what is declared of yourself."
    ]


def test_it_is_declared_once_of_staff_of_the_centre(house: House, other_house: House) -> None:
    a_tie(house)
    assert refusals(lambda: a_tie(house)) == ["This is on record already. Where it has changed, have it ended first."]
    assert refusals(lambda: a_tie(house, staff=other_house.assessor)) == [
        f"{other_house.assessor} is not on the staff of Northgate Centre."
    ]


def test_nobody_declares_for_somebody_else(house: House) -> None:
    def declare(by: User) -> Interest:
        return interests.declare_interest(
            staff=house.assessor,
            candidate=house.candidate,
            kind=InterestKind.OTHER,
            words="We sing in one choir.",
            from_on=timezone.localdate(),
            to_on=None,
            by=by,
            at=timezone.now(),
        )

    for somebody in (house.other_assessor, house.verifier, house.candidate.user):
        assert len(refusals(lambda by=somebody: declare(by))) == 1  # type: ignore[misc]
    assert declare(house.assessor).words == "We sing in one choir."
    assert set(Interest.objects.visible_to(house.other_assessor)) == set()
    assert Interest.objects.visible_to(house.administrator).count() == 1
