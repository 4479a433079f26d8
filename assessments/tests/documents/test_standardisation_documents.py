"""The papers of standardisation: an exercise and a meeting."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import activities, standardisation
from assessments.documents.verified import ask_exercise, ask_meeting
from assessments.enums import Verdict
from assessments.models import Exercise, Meeting
from assessments.testing import House, an_external
from assessments.tests.acts_of_quality import a_closed_exercise, a_meeting, an_exercise, judged_by
from assessments.tests.documents.reading import in_order, made, said_in, text_of
from portfolio import press
from portfolio.models import Document, User

pytestmark = pytest.mark.django_db


def today() -> str:
    return f"{timezone.localdate():%-d %B %Y}"


def record(user: User, exercise: Exercise) -> bytes:
    return made(ask_exercise(pk=exercise.pk, by=user, at=timezone.now()))


def test_a_record_has_every_answer_the_agreement_with_its_meaning_and_the_outcome(house: House) -> None:
    exercise, meeting = a_closed_exercise(house), a_meeting(house)
    first = exercise.criteria.all()[0].criterion
    standardisation.agree_outcome(
        exercise=exercise,
        criterion=first,
        verdict=Verdict.MET,
        rationale="One call is enough.",
        meeting=meeting,
        by=house.verifier,
        at=timezone.now(),
    )
    content = record(house.verifier, exercise)
    found = text_of(content)
    in_order(found, "Standardisation record", "What counts as 1.1?", "CC26", "The name was hidden", "We differ.")
    in_order(found, f"Closed {today()}", "Asha Northgate", "Answered 2 of 2", "How far they agree")
    in_order(
        found, "All said the same 1 of 2 criteria", "Cohen’s kappa 0.00", "No more agreement than chance", "Only 2"
    )
    said = said_in(content)
    row = " ".join(f"{first.number} {first.text}".split())
    assert "Asha Northgate: Met." in said[row, "What each said"]
    assert "One more." in said[row, "What each said"]
    assert said[row, "Agreed outcome"].startswith(f"Met, {today()}, in “Standardisation of CC26”")
    assert said[row, "Agreed outcome"].endswith("One call is enough.")
    assert "Nothing agreed yet" in found


def test_there_is_no_record_before_the_answers_are_shown(house: House) -> None:
    exercise = judged_by(an_exercise(house), house.assessor)
    for user in (house.verifier, house.assessor):
        with pytest.raises(Exercise.DoesNotExist):
            ask_exercise(pk=exercise.pk, by=user, at=timezone.now())
    judged_by(exercise, house.other_assessor)
    assert "Not yet: all have answered" in text_of(record(house.verifier, exercise))


def test_the_record_is_the_same_for_all_who_see_the_exercise_and_for_nobody_else(
    house: House, other_house: House
) -> None:
    exercise = a_closed_exercise(house)
    document = ask_exercise(pk=exercise.pk, by=house.verifier, at=timezone.now())
    for user in (house.assessor, house.other_assessor, house.lead, house.administrator):
        assert ask_exercise(pk=exercise.pk, by=user, at=timezone.now()) == document
        assert press.shown_by(document, user)
    candidate = exercise.version.evidence.candidate.user
    for user in (house.trainee, house.candidate.user, candidate, other_house.verifier):
        assert press.shown_by(document, user) is None


def test_a_meeting_has_who_was_there_the_minutes_and_what_is_to_be_done(house: House, other_house: House) -> None:
    meeting = a_meeting(house)
    activities.ask_of_staff(
        source=meeting,
        owner=house.assessor,
        wanted="Write it up.",
        due_on=timezone.localdate(),
        by=house.verifier,
        at=timezone.now(),
    )
    document = ask_meeting(pk=meeting.pk, by=house.other_assessor, at=timezone.now())
    found = text_of(made(document))
    in_order(found, "Record of a standardisation meeting", f"Held on {today()}", "Present Asha Northgate", "Vera")
    in_order(found, "Apologies", "Minutes", "We looked at 1.1.", "Nothing was agreed on an exercise")
    in_order(found, "Actions", "Write it up.", "Asha Northgate", f"Due {today()}", "Open: it waits for an answer.")
    action = meeting.actions.get()
    activities.answer_centre_action(action=action, answer="In my own file.", by=house.assessor, at=timezone.now())
    found = text_of(made(ask_meeting(pk=meeting.pk, by=house.other_assessor, at=timezone.now())))
    assert "Answered, and not closed yet." in found
    assert "In my own file." not in found  # others on the staff do not see what its owner answered
    assert press.shown_by(document, house.candidate.user) is None
    assert press.shown_by(document, other_house.verifier) is None
    with pytest.raises(Meeting.DoesNotExist):
        ask_meeting(pk=meeting.pk, by=house.candidate.user, at=timezone.now())


def test_the_pages_offer_them(house: House, client: Client) -> None:
    exercise, meeting, judged_still = a_closed_exercise(house), a_meeting(house), an_exercise(house)
    client.force_login(house.assessor)
    for subject, name, offered in (
        (exercise, "exercise", True),
        (judged_still, "exercise", False),
        (meeting, "meeting", True),
    ):
        page = client.get(reverse(f"assessments:{name}", args=[subject.pk])).content.decode()
        assert (reverse(f"assessments:{name}_document", args=[subject.pk]) in page) is offered


@pytest.mark.parametrize("may_download", [True, False])
def test_who_looks_from_outside_takes_a_record_away_only_where_the_centre_allows_it(
    house: House, client: Client, *, may_download: bool
) -> None:
    exercise = a_closed_exercise(house)
    client.force_login(an_external(house, may_download=may_download).grant.user)
    press_it = reverse("assessments:exercise_document", args=[exercise.pk])
    page = client.get(reverse("assessments:exercise", args=[exercise.pk])).content.decode()
    assert (press_it in page) is may_download
    assert client.post(press_it).status_code == (302 if may_download else 403)
    assert Document.objects.exists() is may_download
