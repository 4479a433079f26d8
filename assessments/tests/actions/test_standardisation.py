"""An exercise is judged unseen of others, compared once that is over, agreed on, and decides nothing."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.actions import safekeeping, standardisation
from assessments.enums import Verdict
from assessments.models import AgreedOutcome, Decision, EvidenceFile, Exercise
from assessments.queries.standardisation import (
    exercise_lines,
    exercise_page,
    file_of_exercise,
    guidance_for,
    items_offered,
)
from assessments.testing import House, a_draft, an_enrolment, an_external, handed_in
from assessments.tests.acts_of_quality import a_closed_exercise, a_meeting, an_exercise, judged_by
from assessments.tests.refusing import refusals
from portfolio.models import AccessLine

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def words_seen(house: House, exercise: Exercise, by: str) -> list[str]:
    """The names of those whose words somebody is given on the first criterion."""
    return [word.name for word in exercise_page(getattr(house, by), exercise.pk).criteria[0].words]


def test_nobody_sees_what_others_said_before_all_have_answered(house: House) -> None:
    exercise = judged_by(an_exercise(house), house.assessor)
    assert words_seen(house, exercise, "assessor") == ["Asha Northgate"]
    for other in ("other_assessor", "verifier", "lead"):
        assert words_seen(house, exercise, other) == []
        assert exercise_page(getattr(house, other), exercise.pk).agreement is None
    judged_by(exercise, house.other_assessor)
    for person in ("assessor", "other_assessor", "verifier", "lead"):
        assert words_seen(house, exercise, person) == ["Asha Northgate", "Aled Northgate"]


def test_whoever_takes_part_reads_how_many_were_asked_and_how_many_have_answered(house: House) -> None:
    exercise = judged_by(an_exercise(house), house.other_assessor)
    for person in (house.assessor, house.other_assessor, house.verifier, house.lead):
        [line] = exercise_lines(person)
        assert (line.exercise, line.asked, line.answered) == (exercise, 2, 1)


def test_an_exercise_on_ones_own_item_does_not_exist_for_its_candidate_whatever_else_they_are(house: House) -> None:
    exercise = a_closed_exercise(house)
    candidate = exercise.version.evidence.candidate.user
    for role in ("lead_verifier", "administrator"):
        house.centre.grants.create(user=candidate, role=role, starts_on=TODAY)
    assert exercise_lines(candidate) == []
    with pytest.raises(Exercise.DoesNotExist):
        exercise_page(candidate, exercise.pk)
    file = EvidenceFile.objects.filter(version=exercise.version)[0]
    with pytest.raises(EvidenceFile.DoesNotExist):
        file_of_exercise(candidate, exercise.pk, file.pk)


def test_only_the_lead_closes_before_all_have_answered_and_then_what_was_said_is_shown(house: House) -> None:
    exercise = judged_by(an_exercise(house), house.assessor)
    close: dict[str, Any] = {"exercise": exercise, "at": timezone.now()}
    assert refusals(lambda: standardisation.close_exercise(by=house.verifier, **close)) == [
        "Not everybody has answered: until then only the lead verifier closes it."
    ]
    standardisation.close_exercise(by=house.lead, **close)
    assert words_seen(house, exercise, "other_assessor") == ["Asha Northgate"]
    assert exercise_page(house.lead, exercise.pk).agreement is None
    assert refusals(lambda: judged_by(exercise, house.other_assessor)) == [
        "The exercise is closed: nothing is judged in it any more."
    ]


def test_how_far_they_agree_is_counted_over_the_criteria(house: House) -> None:
    found = exercise_page(house.verifier, a_closed_exercise(house).pk).agreement
    assert found is not None
    assert (found.unanimous, found.things, found.name) == (1, 2, "Cohen’s kappa")
    assert found.kappa == 0
    assert "Only 2 criteria judged" in found.warning


def test_what_was_said_is_not_changed_and_is_said_of_every_criterion(house: House) -> None:
    exercise = an_exercise(house)
    first = exercise.criteria.all()[0].criterion_id
    judge: dict[str, Any] = {"exercise": exercise, "by": house.assessor, "at": timezone.now()}
    said = {first: standardisation.Said(Verdict.MET)}
    assert refusals(lambda: standardisation.judge_in_exercise(said=said, **judge)) == [
        "Say of every criterion whether it is met."
    ]
    both = {row.criterion_id: standardisation.Said(Verdict.CONTRIBUTES) for row in exercise.criteria.all()}
    assert refusals(lambda: standardisation.judge_in_exercise(said=both, **judge)) == [
        "Say what is still needed for a criterion that is not met."
    ]
    judged_by(exercise, house.assessor)
    assert refusals(lambda: judged_by(exercise, house.assessor)) == [
        "You have answered already. What was said unseen of others is not changed."
    ]


def test_it_decides_nothing(house: House) -> None:
    a_closed_exercise(house)
    assert not Decision.objects.exists()


def test_its_item_opens_for_who_judges_it_who_set_it_and_the_lead_and_only_there(house: House) -> None:
    exercise = an_exercise(house)
    file = exercise.version.files.get()
    for person in (house.assessor, house.other_assessor, house.verifier, house.lead):
        assert file_of_exercise(person, exercise.pk, file.pk) == file
    for person in (house.trainee, house.other_verifier, house.administrator, house.candidate.user):
        with pytest.raises(EvidenceFile.DoesNotExist):
            file_of_exercise(person, exercise.pk, file.pk)
    assert not exercise_page(house.other_verifier, exercise.pk).item_open
    safekeeping.quarantine(file=file, reason="Names.", by=house.assessor, at=timezone.now())
    with pytest.raises(EvidenceFile.DoesNotExist):
        file_of_exercise(house.other_assessor, exercise.pk, file.pk)


def test_the_candidates_name_is_hidden_where_the_centre_wants_it(house: House) -> None:
    assert exercise_page(house.assessor, an_exercise(house).pk).candidate == ""
    unit = an_enrolment(house, "ocr-d20")
    assert exercise_page(house.assessor, an_exercise(house, unit, name_hidden=False).pk).candidate == "Cara Northgate"


def test_it_needs_an_item_of_the_unit_criteria_and_two_of_the_staff(house: House, other_house: House) -> None:
    unit, other = an_enrolment(house), an_enrolment(house, "ocr-cc32")
    foreign = handed_in(other, "1.1")
    assert refusals(lambda: an_exercise(house, unit, version=foreign)) == [f"The item is not mapped to {unit.unit}."]
    assert refusals(lambda: an_exercise(house, unit, version=a_draft(unit, "1.1"))) == [
        "Choose an item that was handed in, and that the centre’s office does not hold."
    ]
    assert refusals(lambda: an_exercise(house, unit, criteria=[])) == ["Tick the criteria it is to be judged against."]
    for people in ([house.assessor], [house.assessor, house.assessor], [house.assessor, other_house.assessor]):
        assert refusals(lambda people=people: an_exercise(house, unit, participants=people)) == [  # type: ignore[misc]
            "Choose two of the staff at least."
        ]
    yesterday = TODAY - datetime.timedelta(days=1)
    assert refusals(lambda: an_exercise(house, unit, due_on=yesterday)) == [
        "The day by which it is answered is today or later."
    ]


def test_items_are_offered_to_a_verifier_from_the_units_they_see(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")
    assert [pk for pk, _ in items_offered(house.verifier, house.centre, unit.unit)] == [version.pk]
    assert items_offered(house.other_verifier, house.centre, unit.unit) == []
    assert len(items_offered(house.lead, house.centre, unit.unit)) == 1


def test_what_is_agreed_once_it_is_closed_guides_by_criterion_and_the_latest_counts(house: House) -> None:
    exercise = an_exercise(house)
    criterion = exercise.criteria.all()[0].criterion

    def agree(found: Exercise, rationale: str) -> AgreedOutcome:
        return standardisation.agree_outcome(
            exercise=found,
            criterion=criterion,
            verdict=Verdict.MET,
            rationale=rationale,
            meeting=a_meeting(house),
            by=house.verifier,
            at=timezone.now(),
        )

    assert refusals(lambda: agree(exercise, "One call is enough."))[0].startswith("Close the exercise first")
    standardisation.close_exercise(exercise=exercise, by=house.lead, at=timezone.now())
    agree(exercise, "One call is enough.")
    assert refusals(lambda: agree(exercise, "Two calls.")) == [
        "What was agreed on this criterion is on record already."
    ]
    later = an_exercise(house, an_enrolment(house, candidate=house.other_candidate))
    standardisation.close_exercise(exercise=later, by=house.lead, at=timezone.now())
    agree(later, "Two calls.")
    guidance = guidance_for(house.centre.pk, [exercise.unit_id])
    assert {pk: row.rationale for pk, row in guidance.items()} == {criterion.pk: "Two calls."}


def test_what_is_agreed_stands_beside_the_criterion_for_who_judges_and_checks_at_the_centre(
    house: House, other_house: House
) -> None:
    exercise = a_closed_exercise(house)
    standardisation.agree_outcome(
        exercise=exercise,
        criterion=exercise.criteria.all()[0].criterion,
        verdict=Verdict.MET,
        rationale="Two calls, one of them difficult.",
        meeting=None,
        by=house.verifier,
        at=timezone.now(),
    )
    page, browser = f"/units/{exercise.unit.key}/{exercise.unit.version}/", Client()
    ocr, sqa = an_external(house).grant.user, an_external(house, "Sam Scot", code="sqa").grant.user
    told = (house.assessor, house.trainee, house.verifier, house.lead, ocr)
    for user in (*told, house.candidate.user, house.administrator, other_house.assessor, other_house.verifier, sqa):
        browser.force_login(user)
        assert ("Two calls, one of them difficult." in browser.get(page).content.decode()) == (user in told), user
    assert [(line.user, line.subject_kind) for line in AccessLine.objects.all()] == [(ocr, "unit")]
