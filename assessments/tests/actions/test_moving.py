"""A candidate goes on in a new version of a unit: the evidence comes along, what was decided does not."""

import datetime

import pytest
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.actions import moving, verification
from assessments.enums import EndedAs, UnitStatus, Verdict
from assessments.models import Allocation, Enrolment, VersionMove
from assessments.queries.book_ties import about_one_of, of_unit, ties
from assessments.queries.moved import earlier_words
from assessments.queries.moving import origins
from assessments.queries.reading import reading
from assessments.testing import House, a_draft, declared, handed_in, judged, leaves, returned
from assessments.tests.counting import miscounted
from assessments.tests.versions import a_map, moved_on, on_the_first, proposal, two_versions
from portfolio.models import AuditEvent, Notice
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def mapped(unit: Enrolment) -> list[tuple[int | None, str, bool]]:
    rows = unit.mappings.filter(taken_back_at=None).order_by("evidence_id", "criterion__position")
    return [(row.evidence.number, row.criterion.number, row.waiting_since is not None) for row in rows]


def refused(house: House, *units: Enrolment) -> list[str]:
    with pytest.raises(Refusal) as found:
        moved_on(house, *units)
    return found.value.sentences


# --- what became of each criterion -----------------------------------------------------------------------------------


def test_it_proposes_what_became_of_each_criterion_by_its_words(house: House) -> None:
    earlier, later = two_versions(house)
    found = origins(house.centre, earlier, later)
    assert [(row.later.number, row.numbers) for row in found.rows] == [
        ("1.1", ["1.1"]), ("1.10", ["1.10"]), ("2.1", []), ("2.2", ["2.1"]),
    ]  # fmt: skip
    assert found.dropped == []
    assert found.recorded is None
    assert not found.stands


def test_it_keeps_what_was_recorded_before_and_goes_by_the_latest(house: House) -> None:
    before = a_map(house)
    earlier, later = two_versions(house)
    corrected = sorted(proposal(earlier, later))[:1]
    after = moving.map_versions(
        centre=house.centre, earlier=earlier, later=later, pairs=corrected, by=house.administrator, at=timezone.now()
    )
    found = origins(house.centre, earlier, later)
    assert found.recorded == after
    assert [row.number for row in found.dropped] == ["1.10", "2.1"]
    assert before.pairs.count() == 3


def test_it_records_nothing_that_is_recorded_already_nor_pairs_of_other_units(house: House) -> None:
    a_map(house)
    earlier, later = two_versions(house)
    pairs = proposal(earlier, later)
    for wrong, sentence in ((pairs, moving.AS_IT_IS), ({(new, old) for old, new in pairs}, "A pair is of a criterion")):
        with pytest.raises(Refusal, match=sentence):
            moving.map_versions(
                centre=house.centre,
                earlier=earlier,
                later=later,
                pairs=wrong,
                by=house.administrator,
                at=timezone.now(),
            )
    with pytest.raises(Refusal, match="is no later version"):
        moving.map_versions(
            centre=house.centre, earlier=later, later=earlier, pairs=[], by=house.administrator, at=timezone.now()
        )


def test_it_stands_once_somebody_was_moved_by_it(house: House) -> None:
    recorded = a_map(house)
    moved_on(house, on_the_first(house))
    with pytest.raises(Refusal, match="it stands"):
        moving.map_versions(
            centre=house.centre,
            earlier=recorded.earlier,
            later=recorded.later,
            pairs=[],
            by=house.administrator,
            at=timezone.now(),
        )


# --- who goes on -----------------------------------------------------------------------------------------------------


def test_a_unit_goes_on_with_its_people_its_items_and_nothing_decided(house: House) -> None:
    a_map(house)
    unit = on_the_first(house, assessor=house.trainee)
    Enrolment.objects.filter(pk=unit.pk).update(cohort="Autumn", target_on=timezone.localdate())
    item = judged(handed_in(unit), unit)
    returned(handed_in(unit, "1.1"), unit)
    a_draft(unit, "2.1")
    (new,) = moved_on(house, unit).done
    unit.refresh_from_db()
    assert (unit.status, unit.ended_as) == (UnitStatus.WITHDRAWN, EndedAs.MOVED)
    assert unit.get_status_display() == "Moved to a new version"
    assert (new.unit.version, new.status, new.cohort, new.target_on) == (2, "collecting", "Autumn", unit.target_on)
    assert (new.assessor, new.countersigner, new.verifier) == (house.trainee, house.assessor, house.verifier)
    assert Allocation.objects.filter(enrolment=new, to_at=None).count() == 3
    assert mapped(new) == [
        (1, "1.1", True),
        (1, "1.10", True),
        (1, "2.2", True),
        (2, "1.1", False),
        (None, "2.2", False),
    ]
    assert mapped(unit) == [
        (1, "1.1", False),
        (1, "1.10", False),
        (1, "2.1", False),
        (2, "1.1", False),
        (None, "2.1", False),
    ]
    assert (unit.decisions.count(), new.decisions.count()) == (3, 0)
    assert (new.accepted_count, new.pending_count, new.claimed_count) == (0, 0, 3)
    assert item.evidence.versions.count() == 1
    assert miscounted() == []
    assert [shown.seen_at for shown in new.showings.all()] == [None] * len(leaves(new))
    assert Notice.objects.filter(user=house.candidate.user, concerns=f"enrolment {new.pk}").exists()


def test_what_was_decided_stands_beside_the_criterion_when_it_is_read_again(house: House) -> None:
    a_map(house)
    unit = on_the_first(house)
    version = judged(handed_in(unit), unit)
    (new,) = moved_on(house, unit).done
    found = {row.criterion.number: row.earlier for row in reading(house.assessor, version.pk).criteria}
    assert [[(word.number, word.label, word.same, word.version) for word in found[number]] for number in found] == [
        [("1.1", "Met", False, 1)], [("1.10", "Met", True, 1)], [("2.1", "Met", True, 1)], [],
    ]  # fmt: skip
    judged(version, new, Verdict.NOT_YET, "1.1")
    judged(version, new, Verdict.MET, "1.10")
    new.refresh_from_db()
    assert (new.accepted_count, new.returned_count) == (1, 1)
    assert earlier_words([unit.pk], version.evidence_id) == {}


def test_many_go_in_one_act_and_who_cannot_stays_with_the_reason(house: House) -> None:
    a_map(house)
    one, other = on_the_first(house), on_the_first(house, candidate=house.other_candidate)
    declared(other)
    found = moved_on(house, one, other)
    assert [row.earlier for row in VersionMove.objects.all()] == [one]
    assert [(row, sentences[0]) for row, sentences in found.refused] == [
        (
            other,
            "The unit is “Declared complete”. To move this unit to a new version, it must be “Collecting evidence”.",
        )
    ]
    (line,) = AuditEvent.objects.filter(verb="move_on")
    assert (line.subject_kind, line.actor) == ("versionmove", house.administrator)


def test_it_waits_for_the_map_for_samples_and_actions_and_for_a_target_date(house: House) -> None:
    unit = on_the_first(house)
    assert refused(house, unit) == ["Record first what became of each criterion."]
    a_map(house)
    today = timezone.localdate()
    Enrolment.objects.filter(pk=unit.pk).update(
        started_on=today - datetime.timedelta(days=9), target_on=today - datetime.timedelta(days=1)
    )
    handed_in(unit)
    verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    assert refused(house, unit) == [
        "A sample of this unit is still open.", "The target date has passed: give a new one.",
    ]  # fmt: skip
    enrolments.suspend(enrolment=unit, reason="Leave.", by=house.administrator, at=timezone.now())
    assert "The unit is “Suspended”." in refused(house, unit)[0]


def test_it_says_so_where_the_candidate_is_on_the_later_version_already(house: House) -> None:
    recorded = a_map(house)
    unit = on_the_first(house)
    enrolments.enrol(
        candidate=house.candidate,
        unit=recorded.later,
        assessor=house.assessor,
        verifier=house.verifier,
        countersigner=None,
        started_on=timezone.localdate(),
        target_on=None,
        by=house.administrator,
        at=timezone.now(),
    )
    assert refused(house, unit) == [f"{house.candidate} is enrolled on {recorded.later.offered_as} already."]


def test_the_book_of_either_unit_tells_of_the_move(house: House) -> None:
    a_map(house)
    unit = on_the_first(house)
    (new,) = moved_on(house, unit).done
    for pk in (unit.pk, new.pk):
        assert "move_on" in set(
            AuditEvent.objects.filter(about_one_of(of_unit(pk, ties()))).values_list("verb", flat=True)
        )
