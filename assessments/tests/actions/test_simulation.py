"""What is simulated was approved before, and is sampled; what is arranged for a candidate is ended, never edited."""

import datetime
from dataclasses import replace
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import adjustment as adjustments
from assessments.actions import claims, verification
from assessments.actions import evidence as items
from assessments.actions.simulation import approve_simulation
from assessments.models import Adjustment, Enrolment, EvidenceVersion
from assessments.queries.adjustment import arranged_for
from assessments.queries.sampling import desk
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    approved_simulation,
    judged,
    signed_off,
    simulated,
    targets,
)
from assessments.tests.further_acts import arranged
from assessments.tests.records import a_set, answers_for, handed_over, in_use
from assessments.tests.refusing import refusals
from assessments.tests.views.visitors import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


def a_simulation(unit: Enrolment, *numbers: str, on: datetime.date = TODAY + DAY) -> EvidenceVersion:
    return a_draft(unit, *numbers, words=replace(simulated(), activity_on=on))


def hand_in(version: EvidenceVersion, unit: Enrolment) -> EvidenceVersion:
    return items.submit(version=version, by=unit.candidate_user, at=timezone.now())


def test_a_simulation_is_handed_in_for_what_was_approved_before_its_day(house: House) -> None:
    unit = an_enrolment(house)
    draft = a_simulation(unit, "1.1", "1.2")
    assert refusals(lambda: hand_in(draft, unit)) == [
        "The verifier of CC26 has approved no simulation for 1.1, 1.2 before the day of the activity: ask them first, "
        "or take these criteria off."
    ]
    approved_simulation(unit, "1.1")
    assert "for 1.2 before" in refusals(lambda: hand_in(draft, unit))[0]
    early = a_simulation(unit, "1.1", on=TODAY)
    assert refusals(lambda: hand_in(early, unit))
    version = hand_in(a_simulation(unit, "1.1"), unit)
    more = partial(claims.map_more, version=version, by=unit.candidate_user, at=timezone.now())
    assert "for 1.2 before" in refusals(lambda: more(targets=targets(unit, "1.2")))[0]
    approved_simulation(unit, "1.2")
    more(targets=targets(unit, "1.2"))


def test_only_a_unit_that_allows_it_gets_an_approval_and_only_beforehand(house: House) -> None:
    d20, unit = an_enrolment(house, "ocr-d20"), an_enrolment(house)
    assert refusals(lambda: approved_simulation(d20)) == ["D20 does not allow simulation for any evidence."]
    late = partial(
        approve_simulation, enrolment=unit, what="A call.", reason="None.", by=house.verifier, at=timezone.now()
    )
    one = [targets(unit, "1.1")[0].criterion_id]
    assert refusals(lambda: late(criteria=one, planned_on=TODAY)) == [
        "A simulation is approved before its day: choose a day after today."
    ]
    foreign = [targets(d20, "1.1")[0].criterion_id]
    assert refusals(lambda: late(criteria=foreign, planned_on=TODAY + DAY))


def test_a_unit_with_simulated_evidence_is_not_left_unsampled(house: House) -> None:
    unit = an_enrolment(house)
    approved_simulation(unit, "1.1")
    judged(hand_in(a_simulation(unit, "1.1"), unit), unit)
    signed_off(unit)
    leave = partial(verification.leave_unsampled, enrolment=unit, reason="Low risk.", by=house.verifier)
    assert refusals(lambda: leave(at=timezone.now())) == [
        "Evidence 1 is simulated, and all simulated evidence is sampled."
    ]
    [waiting] = desk(house.verifier, [], TODAY).to_sample
    assert waiting.simulated


def test_what_is_arranged_is_ended_and_never_edited(house: House) -> None:
    adjustment = arranged(house)
    assert [row.arranged for row in arranged_for(house.candidate.pk, TODAY)] == ["Recordings in place of writing."]
    assert arranged_for(house.candidate.pk, TODAY - DAY) == []
    end = partial(adjustments.end_adjustment, adjustment=adjustment, by=house.administrator, at=timezone.now())
    assert refusals(lambda: end(to_on=TODAY - DAY)) == ["An adjustment cannot end before it starts."]
    end(to_on=TODAY)
    assert refusals(lambda: end(to_on=TODAY + DAY))
    assert arranged_for(house.candidate.pk, TODAY + DAY) == []
    assert not Adjustment.objects.kept_by(house.assessor).exists()
    assert not Adjustment.objects.kept_by(house.candidate.user).exists()


def test_who_devised_questions_asked_in_the_unit_approves_no_simulation_and_is_offered_none(house: House) -> None:
    unit = an_enrolment(house)
    page, press = (reverse(f"assessments:{name}", args=[unit.pk]) for name in ("enrolment", "approve_simulation"))
    assert press in signed_in(house.verifier).get(page).content.decode()
    assert press not in signed_in(house.assessor).get(page).content.decode()
    questions = in_use(a_set(house, by=house.verifier), house.other_verifier).questions.get()
    content = answers_for(unit)
    taken = replace(content.exchanges[0], asked=questions.text, set_question=questions.pk)
    handed_over(unit, replace(content, exchanges=[taken]))
    assert press not in signed_in(house.verifier).get(page).content.decode()
    assert refusals(lambda: approved_simulation(unit)) == [
        "You made a record or devised questions in this unit, so somebody else must verify it."
    ]
