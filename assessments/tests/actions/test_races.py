"""Two people at the same moment, on both databases: the rows never disagree afterwards.

Every act is held up a moment before its audit line, so that the other is under way when it commits.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from assessments.actions import allocation, claims, destroying, judgement
from assessments.actions import evidence as items
from assessments.actions.retention import hold_record
from assessments.enums import AllocatedAs, UnitStatus
from assessments.models import Enrolment, Evidence, EvidenceFile
from assessments.testing import House, a_draft, a_house, an_enrolment, handed_in, met, targets
from assessments.tests.retained import certificated, confirmed_and_lost, ordered
from portfolio import audit
from portfolio.models import AuditChain, AuditEvent
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
A_MOMENT = 0.15


@pytest.fixture
def house(transactional_db: None) -> House:
    """A house of this test's own: what threads commit cannot be rolled back."""
    return a_house()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    write = audit.record

    def after_a_moment(**line: Any) -> AuditEvent:
        if threading.current_thread() is not threading.main_thread():
            time.sleep(A_MOMENT)
        return write(**line)

    monkeypatch.setattr(audit, "record", after_a_moment)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do the acts in threads of their own. Returns how each ended: "done", or the refusal's first sentence."""
    ended = ["" for _ in acts]
    together = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            together.wait()
            act()
            ended[place] = "done"
        except Refusal as refusal:
            ended[place] = refusal.sentences[0]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ended), "an act ended otherwise than done or refused"
    return ended


def lines_hold(house: House) -> bool:
    return audit.verify(AuditChain.objects.get(centre=house.centre)) is None


def test_a_unit_is_never_declared_over_a_mapping_that_waits(house: House) -> None:
    unit = met(an_enrolment(house))
    other = handed_in(unit, "1.1")
    judgement.review(
        version=other,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(unit.pk, targets(unit, "1.1")[0].criterion_id, "met")],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=unit.assessor,
        at=timezone.now(),
    )
    more, candidate = targets(unit, "1.2"), unit.candidate_user
    ended = at_once(
        lambda: judgement.declare(enrolment=unit, by=candidate, at=timezone.now()),
        lambda: claims.map_more(version=other, targets=more, by=unit.assessor, at=timezone.now()),
    )
    unit.refresh_from_db()
    waits = unit.mappings.exclude(waiting_since=None).exists()
    assert ended.count("done") == 1
    assert (unit.status == UnitStatus.DECLARED) is not waits
    assert lines_hold(house)


def test_two_items_handed_in_at_once_take_two_numbers(house: House) -> None:
    unit = an_enrolment(house)
    drafts = [a_draft(unit, "1.1") for _ in range(3)]
    ended = at_once(
        *(
            lambda draft=draft: items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
            for draft in drafts
        )
    )
    assert ended == ["done"] * 3
    assert sorted(Evidence.objects.values_list("number", flat=True)) == [1, 2, 3]  # type: ignore[type-var]
    assert lines_hold(house)


def test_one_item_is_handed_in_once(house: House) -> None:
    draft = a_draft(an_enrolment(house), "1.1")
    hand_in = lambda: items.submit(version=draft, by=house.candidate.user, at=timezone.now())  # noqa: E731
    ended = at_once(hand_in, hand_in)
    assert ended.count("done") == 1
    assert AuditEvent.objects.filter(verb="submit").count() == 1
    draft.evidence.refresh_from_db()
    assert draft.evidence.number == 1


def test_two_readings_of_one_item_stand_side_by_side(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1", "1.2")

    def read(number: str) -> object:
        return judgement.review(
            version=version,
            rules=judgement.RulesOfEvidence(),
            decisions=[judgement.Judged(unit.pk, targets(unit, number)[0].criterion_id, "met")],
            feedback="",
            returned=False,
            seen_at_location=False,
            by=unit.assessor,
            at=timezone.now(),
        )

    assert at_once(lambda: read("1.1"), lambda: read("1.2")) == ["done", "done"]
    assert version.decisions.count() == 2
    assert not version.evidence.mappings.exclude(waiting_since=None).exists()


def test_a_unit_is_signed_off_or_referred_never_both(house: House) -> None:
    unit = judgement.declare(enrolment=met(an_enrolment(house)), by=house.candidate.user, at=timezone.now())
    ended = at_once(
        lambda: judgement.sign_off(enrolment=unit, comments="", by=house.assessor, at=timezone.now()),
        lambda: judgement.refer(enrolment=unit, feedback="Thin.", by=house.assessor, at=timezone.now()),
    )
    assert ended.count("done") == 1
    unit.refresh_from_db()
    in_force = unit.sign_offs.filter(signature__void=None).count()
    assert in_force == (4 if unit.status == UnitStatus.SIGNED_OFF else 0)


def test_a_unit_is_taken_once_and_a_part_held_by_one(house: House) -> None:
    def enrol() -> Enrolment:
        with transaction.atomic():
            return an_enrolment(house)

    ended = at_once(enrol, enrol)
    assert sorted(ended) == ["Cara Northgate is enrolled on CC26 already.", "done"]
    unit = Enrolment.objects.get()

    def give(user: Any) -> object:
        return allocation.allocate(
            enrolment=unit,
            part=AllocatedAs.ASSESSOR,
            user=user,
            reason="Leave.",
            by=house.administrator,
            at=timezone.now(),
        )

    qualified = [house.other_assessor, house.trainee]
    at_once(*(lambda user=user: give(user) for user in qualified))
    assert unit.allocations.filter(part=AllocatedAs.ASSESSOR, to_at=None).count() == 1


def test_what_is_held_before_it_is_destroyed_stays(house: House) -> None:
    order, office = ordered(house, f"files-{certificated(house).pk}"), house.administrator
    confirmed_and_lost(house, order)

    def hold() -> object:
        return hold_record(candidate=house.candidate, enrolment=None, reason="Court.", by=office, at=timezone.now())

    assert at_once(hold, lambda: destroying.carry_out(order.pk)) == ["done"] * 2
    held, gone = (AuditEvent.objects.get(verb=verb).sequence for verb in ("hold_record", "destroy_records"))
    assert EvidenceFile.objects.filter(disposed_at=None).exists() is (held < gone)
    assert lines_hold(house)
