"""Sets of questions: written, offered, verified by somebody else, in use, followed and withdrawn."""

from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import question_sets as actions
from assessments.models import QuestionSet
from assessments.queries.question_sets import SetsWaiting, asked_in, set_page, sets_of, sets_waiting
from assessments.testing import House, a_unit
from assessments.tests.records import a_set, asking, in_use, offered, verified
from portfolio.models import User
from portfolio.refusal import Refusal
from units.models import Criterion

pytestmark = pytest.mark.django_db


def refusals(act: Any) -> list[str]:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.sentences


def words_of(found: QuestionSet) -> list[str]:
    return [row.text for row in asked_in([found.pk])[found.pk]]


def rewritten(found: QuestionSet, *texts: str) -> QuestionSet:
    return actions.rewrite_set(
        questions_set=found, title="Ringing back", questions=asking(*texts), by=found.author, at=timezone.now()
    )


def handed_back(found: QuestionSet, by: User, words: str = "The second one leads.") -> QuestionSet:
    return actions.hand_set_back(questions_set=found, words=words, by=by, at=timezone.now())


def test_a_set_goes_from_draft_to_use(house: House) -> None:
    found = a_set(house)
    assert found.status == "draft"
    assert offered(found).status == "offered"
    found = actions.verify_set(questions_set=found, by=house.verifier, at=timezone.now())
    assert (found.status, found.verified_by) == ("verified", house.verifier)
    found = actions.use_set(questions_set=found, by=house.assessor, at=timezone.now())
    assert found.status == "in_use"
    assert found.used_from is not None


def test_a_draft_is_written_anew_and_its_last_words_count(house: House) -> None:
    found = a_set(house, "Why?", "How?")
    rewritten(found, "How?", "When?", "Who?")
    assert words_of(found) == ["How?", "When?", "Who?"]
    assert found.questions.count() == 5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "Give the set a title."),
        ({"questions": []}, "Write at least one question."),
        ({"questions": [actions.Asked("", "Good.", [1])]}, "Question 1: write the question."),
        ({"questions": [actions.Asked("Why?", " ", [1])]}, "Question 1: say what a good answer has in it."),
        ({"questions": [actions.Asked("Why?", "Good.", [])]}, "Question 1: choose the criteria it is for."),
    ],
)
def test_what_is_missing_is_said(house: House, changes: dict[str, Any], sentence: str) -> None:
    written = {"title": "Calls", "questions": asking(), **changes}
    found = refusals(
        lambda: actions.write_set(centre=house.centre, unit=a_unit(), by=house.assessor, at=timezone.now(), **written)
    )
    assert sentence in found


def test_a_question_is_for_criteria_of_its_own_unit(house: House) -> None:
    foreign = Criterion.objects.filter(unit__key="ocr-d20").earliest("pk").pk
    questions = [actions.Asked("Why?", "Good.", [foreign])]
    assert refusals(
        lambda: actions.write_set(
            centre=house.centre, unit=a_unit(), title="A", questions=questions, by=house.assessor, at=timezone.now()
        )
    ) == ["One of the criteria does not belong to CC26."]


def test_whoever_devised_a_set_verifies_neither_it_nor_the_version_after(house: House) -> None:
    told = ["You wrote these questions, or a version before them: another verifier must verify them."]
    own = offered(a_set(house, by=house.verifier))
    assert refusals(lambda: actions.verify_set(questions_set=own, by=house.verifier, at=timezone.now())) == told
    actions.verify_set(questions_set=own, by=house.other_verifier, at=timezone.now())
    actions.use_set(questions_set=own, by=house.verifier, at=timezone.now())
    following = actions.follow_set(questions_set=own, by=house.assessor, at=timezone.now())
    offered(following)
    assert refusals(lambda: actions.verify_set(questions_set=following, by=house.verifier, at=timezone.now())) == told


def test_a_set_handed_back_is_a_draft_again_with_the_words(house: House) -> None:
    found = offered(a_set(house))
    assert refusals(lambda: rewritten(found)) == [
        "The set is “Waiting to be verified”. To change it, it must be “Draft”."
    ]
    assert refusals(lambda: handed_back(found, house.verifier, " ")) == ["Say what has to change."]
    found = handed_back(found, house.verifier)
    assert (found.status, found.handed_back_words) == ("draft", "The second one leads.")
    assert offered(rewritten(found, "Better?")).status == "offered"


def test_a_draft_is_neither_verified_nor_used(house: House) -> None:
    found = a_set(house)
    assert refusals(lambda: actions.verify_set(questions_set=found, by=house.verifier, at=timezone.now())) == [
        "The set is “Draft”. To verify it, it must be “Waiting to be verified”."
    ]
    assert refusals(lambda: actions.use_set(questions_set=found, by=house.assessor, at=timezone.now())) == [
        "The set is “Draft”. To take it into use, it must be “Verified”."
    ]


def test_the_next_version_takes_the_place_of_the_one_in_use_when_it_is_used_itself(house: House) -> None:
    first = in_use(a_set(house, "Why?"), house.verifier)
    second = actions.follow_set(questions_set=first, by=house.assessor, at=timezone.now())
    assert (second.number, second.status, words_of(second)) == (2, "draft", ["Why?"])
    first.refresh_from_db()
    assert first.status == "in_use"
    assert refusals(lambda: actions.follow_set(questions_set=first, by=house.assessor, at=timezone.now())) == [
        "There is a later version of this set already."
    ]
    verified(rewritten(second, "Why so?"), house.verifier)
    actions.use_set(questions_set=second, by=house.assessor, at=timezone.now())
    first.refresh_from_db()
    assert (first.status, first.withdrawn_words) == ("withdrawn", "Version 2 took its place.")
    assert words_of(first) == ["Why?"]


def test_a_set_is_withdrawn_once_with_a_reason(house: House) -> None:
    found = in_use(a_set(house), house.verifier)
    assert refusals(
        lambda: actions.withdraw_set(questions_set=found, words=" ", by=house.assessor, at=timezone.now())
    ) == ["Say why the set is withdrawn."]
    actions.withdraw_set(questions_set=found, words="Too old.", by=house.lead, at=timezone.now())
    assert refusals(
        lambda: actions.withdraw_set(questions_set=found, words="Too old.", by=house.lead, at=timezone.now())
    ) == ["This set is withdrawn already."]
    assert sets_of(house.assessor) == []
    assert [line.set for line in sets_of(house.assessor, withdrawn=True)] == [found]


def test_a_set_exists_for_the_staff_of_its_centre_who_assess_or_verify(house: House, other_house: House) -> None:
    found = a_set(house)
    for somebody in (house.other_assessor, house.verifier, house.lead):
        assert found in QuestionSet.objects.visible_to(somebody)
    for somebody in (house.candidate.user, house.administrator, other_house.assessor):
        assert found not in QuestionSet.objects.visible_to(somebody)


def followed(found: QuestionSet, by: User) -> QuestionSet:
    return actions.follow_set(questions_set=found, by=by, at=timezone.now())


def withdrawn(found: QuestionSet, by: User) -> QuestionSet:
    return actions.withdraw_set(questions_set=found, words="Begun too early.", by=by, at=timezone.now())


def test_a_next_version_given_up_stands_in_nobodys_way(house: House) -> None:
    first = in_use(a_set(house), house.verifier)
    given_up = withdrawn(followed(first, house.assessor), house.assessor)
    assert set_page(house.assessor, first.pk).next is None
    third = followed(first, house.other_assessor)
    assert (given_up.number, third.number) == (2, 3)
    assert set_page(house.assessor, first.pk).next == third
    assert refusals(lambda: followed(first, house.assessor)) == ["There is a later version of this set already."]


def test_a_version_that_was_in_use_and_withdrawn_is_still_named_as_the_later_one(house: House) -> None:
    first = in_use(a_set(house), house.verifier)
    second = withdrawn(in_use(followed(first, house.assessor), house.verifier), house.lead)
    assert set_page(house.assessor, first.pk).next == second


def waiting(house: House, user: User) -> SetsWaiting:
    verifies = [house.centre.pk] if user in (house.verifier, house.other_verifier, house.lead) else []
    return sets_waiting(user, [house.centre.pk], verifies)


def test_a_set_waits_for_every_verifier_who_did_not_write_it(house: House) -> None:
    first = in_use(a_set(house, by=house.verifier), house.lead)
    second = offered(followed(first, house.assessor))
    assert waiting(house, house.other_verifier) == SetsWaiting([second], [])
    assert waiting(house, house.lead) == SetsWaiting([second], [])
    assert waiting(house, house.verifier) == SetsWaiting([], []), "who wrote the version before"
    assert waiting(house, house.assessor) == SetsWaiting([], [])


def test_a_set_is_with_its_author_once_verified_or_handed_back(house: House) -> None:
    found = handed_back(offered(a_set(house)), house.verifier)
    assert waiting(house, house.assessor) == SetsWaiting([], [found])
    assert waiting(house, house.verifier) == SetsWaiting([], [])
    offered(found)
    assert waiting(house, house.assessor) == SetsWaiting([], [])
    actions.verify_set(questions_set=found, by=house.verifier, at=timezone.now())
    assert waiting(house, house.assessor) == SetsWaiting([], [found])
    assert waiting(house, house.other_assessor) == SetsWaiting([], [])
    actions.use_set(questions_set=found, by=house.assessor, at=timezone.now())
    assert waiting(house, house.assessor) == SetsWaiting([], [])
