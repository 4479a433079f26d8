"""Who holds a part of a unit, one by one and many at once; and that nobody judges outside an allocation."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.actions import allocation, judgement
from assessments.actions import enrolment as enrolments
from assessments.allocating import allocation_warnings
from assessments.enums import AllocatedAs, Verdict
from assessments.models import Enrolment
from assessments.queries.allocation import hands_in
from assessments.testing import House, a_unit, an_enrolment, handed_in, judged, signed_off
from assessments.tests.doing import everybody
from assessments.tests.refusing import refusals
from assessments.tests.ties import a_tie
from portfolio.actions import end_role, record_qualification
from portfolio.enums import QualificationKind, Role
from portfolio.models import AuditEvent, StaffRecord, User

pytestmark = pytest.mark.django_db
ASSESSOR, COUNTERSIGNER, VERIFIER = AllocatedAs.ASSESSOR, AllocatedAs.COUNTERSIGNER, AllocatedAs.VERIFIER


def many(house: House, units: list[Enrolment], user: User | None, part: AllocatedAs = ASSESSOR, **more: Any) -> Any:
    values: dict[str, Any] = {"reason": "Long leave.", "by": house.administrator, "at": timezone.now(), **more}
    return allocation.allocate_many(enrolments=units, part=part, user=user, **values)


def test_many_units_change_hands_in_one_act_with_a_line_for_each(house: House) -> None:
    units = [an_enrolment(house), an_enrolment(house, "ocr-cc16", candidate=house.other_candidate)]
    before = AuditEvent.objects.count()
    found = many(house, units, house.other_assessor)
    lines = AuditEvent.objects.order_by("sequence")[before:]
    assert [(line.verb, line.subject_id) for line in lines] == [("allocate", unit.pk) for unit in units]
    assert len({line.act_id for line in lines}) == 1
    assert (found.done, found.refused) == (units, [])
    for unit in units:
        unit.refresh_from_db()
        assert unit.assessor == house.other_assessor
        assert list(unit.allocations.filter(part=ASSESSOR).values_list("user", "to_at", "reason"))[-1] == (
            house.other_assessor.pk,
            None,
            "Long leave.",
        )


def test_those_that_cannot_go_stay_and_are_told_while_the_others_go(house: House) -> None:
    free, sampled = an_enrolment(house), signed_off(an_enrolment(house, "ocr-cc16", countersigner=house.other_assessor))
    found = many(house, [free, sampled], house.other_assessor)
    assert found.done == [free]
    assert [(unit.pk, sentences) for unit, sentences in found.refused] == [
        (sampled.pk, ["Assessor, countersigner and verifier must be three different people."])
    ]
    sampled.refresh_from_db()
    assert sampled.assessor == house.assessor


def test_where_none_can_go_nothing_is_done(house: House) -> None:
    unit = an_enrolment(house)
    assert refusals(lambda: many(house, [unit], house.assessor)) == ["Asha Northgate holds this part already."]
    assert refusals(lambda: many(house, [], house.assessor)) == ["Choose at least one unit."]
    assert refusals(lambda: many(house, [unit], house.other_assessor, reason=" ")) == [allocation.WHY]


def test_only_an_administrator_of_their_centre_gives_units_to_somebody_else(house: House, other_house: House) -> None:
    unit = an_enrolment(house)
    for somebody in everybody(house, other_house):
        if somebody != house.administrator:
            said = refusals(lambda by=somebody: many(house, [unit], house.other_assessor, by=by))  # type: ignore[misc]
            assert said == ["Only an administrator of Northgate Centre can do this."], somebody
    assert many(house, [unit], house.other_assessor).done == [unit]


def test_a_leavers_units_go_though_somebody_else_on_them_has_left_too(house: House) -> None:
    unit = an_enrolment(house)
    for user in (unit.assessor, unit.verifier):
        grant = user.grants.get()
        grant.starts_on, grant.ends_on = datetime.date(2020, 1, 1), timezone.localdate() - datetime.timedelta(days=1)
        grant.save()
    assert many(house, [unit], house.other_assessor).done == [unit]


# --- nobody judges outside an allocation -----------------------------------------------------------------------------


def read_by(user: User, unit: Enrolment, at: datetime.datetime | None = None) -> object:
    version = handed_in(unit, "1.1")
    row = version.evidence.mappings.get()
    return judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(unit.pk, row.criterion_id, Verdict.MET)],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=user,
        at=at or timezone.now(),
    )


def test_whoever_was_the_assessor_once_decides_no_more(house: House) -> None:
    unit = an_enrolment(house)
    many(house, [unit], house.other_assessor)
    unit.refresh_from_db()
    assert refusals(lambda: read_by(house.assessor, unit)) == ["Only the unit's assessor can assess this item."]
    assert read_by(house.other_assessor, unit)


def test_whoever_is_an_assessor_no_more_decides_no_more(house: House) -> None:
    unit = an_enrolment(house)
    grant = house.assessor.grants.get()
    grant.starts_on = timezone.localdate() - datetime.timedelta(days=9)
    grant.save()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    end_role(grant=grant, ends_on=yesterday, by=house.administrator, at=timezone.now())
    assert refusals(lambda: read_by(house.assessor, unit)) == ["Only the unit's assessor can assess this item."]


def test_nobody_decides_as_of_a_time_before_they_were_allocated(house: House) -> None:
    unit = an_enrolment(house)
    earlier = unit.allocations.get(part=ASSESSOR).from_at - datetime.timedelta(microseconds=1)
    sentence = "A decision is made by whoever is allocated to the unit as its assessor at that time."
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        read_by(house.assessor, unit, earlier)


# --- in spite of a conflict of interest ------------------------------------------------------------------------------


def test_whoever_is_tied_to_the_candidate_is_not_their_assessor_without_a_second_and_a_reason(house: House) -> None:
    a_tie(house, staff=house.other_assessor)
    unit = an_enrolment(house)
    tied = "Aled Northgate has a conflict of interest with the candidate: choose somebody else, or "
    assert refusals(lambda: many(house, [unit], house.other_assessor, despite="Nobody else.")) == [
        f"{tied}name a countersigner first, who reviews every decision of theirs."
    ]
    seconded = an_enrolment(house, "ocr-cc16", assessor=house.trainee, countersigner=house.assessor)
    assert refusals(lambda: many(house, [seconded], house.other_assessor))[0].startswith(f"{tied}say why that cannot")
    assert many(house, [seconded], house.other_assessor, despite="Nobody else knows the work.").done == [seconded]
    held = seconded.allocations.get(part=ASSESSOR, to_at=None)
    assert (held.user, held.despite) == (house.other_assessor, "Nobody else knows the work.")


def test_the_second_is_not_taken_away_while_the_assessor_is_tied_to_the_candidate(house: House) -> None:
    unit = an_enrolment(house, countersigner=house.other_assessor)
    a_tie(house)
    assert "name a countersigner first" in refusals(lambda: many(house, [unit], None, COUNTERSIGNER))[0]


@pytest.mark.parametrize(("part", "word"), [(COUNTERSIGNER, "countersign"), (VERIFIER, "verify")])
def test_nobody_countersigns_or_verifies_in_spite_of_a_conflict(house: House, part: AllocatedAs, word: str) -> None:
    somebody = house.other_assessor if part == COUNTERSIGNER else house.other_verifier
    a_tie(house, staff=somebody)
    unit = an_enrolment(house)
    name = "Aled Northgate" if part == COUNTERSIGNER else "Viktor Northgate"
    assert refusals(lambda: many(house, [unit], somebody, part, despite="Nobody else.")) == [
        f"{name} has a conflict of interest with the candidate, so cannot {word} this unit."
    ]


def test_nobody_is_enrolled_with_an_assessor_who_is_tied_to_them(house: House) -> None:
    a_tie(house)

    def enrol(**more: Any) -> Enrolment:
        values: dict[str, Any] = {
            "candidate": house.candidate,
            "unit": a_unit(),
            "assessor": house.assessor,
            "verifier": house.verifier,
            "countersigner": house.other_assessor,
            "started_on": timezone.localdate(),
            "target_on": None,
            "by": house.administrator,
            "at": timezone.now(),
        }
        return enrolments.enrol(**{**values, **more})

    assert "say why that cannot be avoided" in refusals(enrol)[0]
    assert "name a countersigner first" in refusals(lambda: enrol(countersigner=None, despite="Nobody else."))[0]
    unit = enrol(despite="Nobody else.")
    assert dict(unit.allocations.values_list("part", "despite")) == {
        "assessor": "Nobody else.",
        "countersigner": "",
        "verifier": "",
    }


def test_an_award_that_was_to_be_held_by_now_is_said_to_whoever_allocates(house: House) -> None:
    from_day = timezone.localdate()
    record_qualification(
        staff=StaffRecord.objects.get(user=house.trainee, centre=house.centre),
        kind=QualificationKind.TAQA,
        role=Role.ASSESSOR,
        target_on=datetime.date(2024, 1, 31),
        by=house.administrator,
        at=timezone.now(),
    )
    unit = an_enrolment(house, countersigner=house.other_assessor)
    judged(handed_in(unit, "1.1"), unit)
    hands = hands_in([unit], house.trainee, from_day)[unit.pk]
    assert allocation_warnings({ASSESSOR: hands.next}, from_day) == [
        "Tomasz Northgate was to hold an assessor's award by 31 January 2024: that day has passed. Until the award is "
        "on record, everything they decide waits for a countersignature."
    ]
    assert allocation_warnings({VERIFIER: hands.next}, from_day) == []
