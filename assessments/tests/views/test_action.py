"""An action of a verifier's: who sees it, answers and closes it, and when it is overdue."""

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import allocation, verification
from assessments.enums import AllocatedAs
from assessments.models import Action, Enrolment
from assessments.models.verification import past_due
from assessments.testing import House, all_well, an_enrolment, an_external, signed_off, targets
from assessments.tests.acts_of_external import asked_of_the_centre
from assessments.tests.views.visitors import signed_in
from portfolio.harness import AskingClient
from portfolio.models import User
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db

SEES: list[tuple[str, Callable[[House, House], User | None], int]] = [
    ("its verifier", lambda house, other: house.verifier, 200),
    ("another verifier", lambda house, other: house.other_verifier, 404),
    ("the lead verifier", lambda house, other: house.lead, 200),
    ("its assessor", lambda house, other: house.assessor, 200),
    ("another assessor", lambda house, other: house.other_assessor, 404),
    ("the administrator", lambda house, other: house.administrator, 200),
    ("its candidate", lambda house, other: house.candidate.user, 404),
    ("a verifier elsewhere", lambda house, other: other.verifier, 404),
    ("nobody", lambda house, other: None, 302),
]


def an_action(enrolment: Enrolment) -> Action:
    """An action raised by closing a sample, due in a week."""
    at = timezone.now()
    sample = verification.plan_sample(enrolment=enrolment, reason="New assessor.", by=enrolment.verifier, at=at)
    verification.close_sample(
        sample=sample,
        checks=all_well(),
        criteria=[target.criterion_id for target in targets(enrolment)][:2],
        feedback="1.2 rests on one call.",
        wanted="Hear a second call.",
        due_on=timezone.localdate(at) + datetime.timedelta(days=7),
        by=enrolment.verifier,
        at=at,
    )
    return sample.actions.get()


def answered(action: Action) -> Action:
    return verification.answer_action(action=action, answer="Heard it on Monday.", by=action.owner, at=timezone.now())


def place(action: Action) -> str:
    return reverse("assessments:action", args=[action.pk])


def text(client: AskingClient, user: User, action: Action) -> str:
    client.force_login(user)
    answer = client.get(place(action))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(("who", "code"), [pytest.param(who, code, id=name) for name, who, code in SEES])
def test_it_is_seen_by_those_who_work_on_the_unit_but_not_by_its_candidate(
    client: AskingClient,
    house: House,
    other_house: House,
    who: Callable[[House, House], User | None],
    code: int,
) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    if user := who(house, other_house):
        client.force_login(user)
    assert client.get(place(action)).status_code == code


def test_the_assessor_answers_and_the_verifier_closes(client: AskingClient, house: House) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    assert "1.2 rests on one call." in text(client, house.assessor, action)
    assert client.post(place(action), {"answer": "Heard it on Monday."}).headers["Location"] == place(action)
    assert "Heard it on Monday." in text(client, house.verifier, action)
    assert client.post(place(action), {"close": "yes"}).headers["Location"] == place(action)
    action.refresh_from_db()
    assert (action.answered_by, action.closed_by) == (house.assessor, house.verifier)
    assert "<button" not in text(client, house.assessor, action).split("<main")[1]


def test_an_answer_says_what_was_done(client: AskingClient, house: House) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    client.force_login(house.assessor)
    assert "This field is required." in client.post(place(action), {"answer": " "}).content.decode()
    action.refresh_from_db()
    assert action.answered_at is None


def test_an_answer_that_is_not_enough_goes_back_with_a_word_and_both_stay(client: AskingClient, house: House) -> None:
    action = answered(an_action(signed_off(an_enrolment(house))))
    assert "The answer is not enough" in text(client, house.verifier, action)
    later = action.due_on + datetime.timedelta(days=7)
    assert "This field is required." in client.post(place(action), {"send_back": "yes"}).content.decode()
    back = {"send_back": "yes", "words": "Which call was it?", "due_on": later.isoformat()}
    assert client.post(place(action), back).headers["Location"] == place(action)
    action.refresh_from_db()
    assert (action.answer, action.answered_by, action.due_on) == ("", None, later)
    page = text(client, house.assessor, action)
    assert "Heard it on Monday." in page
    assert "Which call was it?" in page
    assert 'name="answer"' in page
    client.post(place(action), {"answer": "Ms Odell's, of 3 May."})
    page = text(client, house.verifier, action)
    assert [part in page for part in ("Heard it on Monday.", "Which call was it?", "Ms Odell")] == [True] * 3
    client.post(place(action), {"close": "yes"})
    action.refresh_from_db()
    assert action.closed_by == house.verifier
    assert client.post(place(action), back).status_code == 409


@pytest.mark.parametrize("name", ["administrator", "lead", "assessor"])
def test_nobody_but_the_units_verifier_sends_an_answer_back(client: AskingClient, house: House, name: str) -> None:
    action = answered(an_action(signed_off(an_enrolment(house))))
    assert 'name="send_back"' not in text(client, getattr(house, name), action)
    assert client.post(place(action), {"send_back": "yes", "words": "More."}).status_code == 403


@pytest.mark.parametrize("name", ["administrator", "lead", "verifier"])
def test_nobody_but_its_owner_or_the_assessor_answers(client: AskingClient, house: House, name: str) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    assert 'name="answer"' not in text(client, getattr(house, name), action)
    refused = client.post(place(action), {"answer": "Done."})
    assert refused.status_code == 403
    assert "Only the person an action was given to" in refused.content.decode()


@pytest.mark.parametrize("name", ["administrator", "lead", "assessor"])
def test_nobody_but_the_units_verifier_closes(client: AskingClient, house: House, name: str) -> None:
    action = answered(an_action(signed_off(an_enrolment(house))))
    assert 'name="close"' not in text(client, getattr(house, name), action)
    refused = client.post(place(action), {"close": "yes"})
    assert refused.status_code == 403
    assert "Only the unit&#x27;s internal verifier can do this." in refused.content.decode()


def test_it_is_closed_only_after_an_answer_and_says_so_before(client: AskingClient, house: House) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    sentence = "The assessor has not answered this action yet."
    assert sentence in text(client, house.verifier, action)
    refused = client.post(place(action), {"close": "yes"})
    assert refused.status_code == 409
    assert sentence in refused.content.decode()


def test_an_answer_to_a_closed_action_is_refused_and_kept_on_the_page(client: AskingClient, house: House) -> None:
    action = answered(an_action(signed_off(an_enrolment(house))))
    verification.close_action(action=action, by=house.verifier, at=timezone.now())
    client.force_login(house.assessor)
    refused = client.post(place(action), {"answer": "One more thing."})
    assert refused.status_code == 409
    assert "This action is closed already." in refused.content.decode()
    assert "One more thing." in refused.content.decode()


def test_whoever_takes_over_the_unit_answers_and_its_first_owner_still_may(client: AskingClient, house: House) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    allocation.allocate(
        enrolment=action.enrolment,
        part=AllocatedAs.ASSESSOR,
        user=house.other_assessor,
        reason="Asha is on leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    for user in (house.assessor, house.other_assessor):
        assert 'name="answer"' in text(client, user, action)
    client.post(place(action), {"answer": "Heard it myself."})
    action.refresh_from_db()
    assert (action.owner, action.answered_by) == (house.assessor, house.other_assessor)
    assert "Aled Northgate" in text(client, house.verifier, action)


@pytest.mark.parametrize(("days", "overdue"), [(6, False), (7, False), (8, True)])
def test_it_is_overdue_once_its_day_has_passed(
    client: AskingClient, house: House, monkeypatch: pytest.MonkeyPatch, days: int, overdue: bool
) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    day = timezone.localdate() + datetime.timedelta(days=days)
    assert action.is_overdue(day) == overdue == Action.objects.filter(past_due(day)).exists()
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "localdate", lambda value=None: day)
        assert (">Overdue<" in text(client, house.assessor, action)) == overdue
    answered(action)
    action.refresh_from_db()
    assert not action.is_overdue(day)
    assert not Action.objects.filter(past_due(day)).exists()


def test_it_takes_few_queries(client: AskingClient, house: House) -> None:
    action = an_action(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    with CaptureQueriesContext(connection) as queries:
        client.get(place(action))
    assert len(queries) <= 9


def test_all_actions_leave_as_a_list_of_the_units_somebody_oversees(house: House) -> None:
    answered(an_action(signed_off(an_enrolment(house))))
    asked_of_the_centre(an_external(house), house.administrator)
    page = reverse("assessments:verification_papers", args=[house.centre.slug])
    sent = f"{page}actions/file/csv/"
    assert f'href="{sent}"' in signed_in(house.lead).get(page).content.decode()
    heads = ("Of what", "What is to be done", "Of whom", "Asked by")
    told = [[line[head] for head in heads] for line in taken(signed_in(house.lead), sent)]
    assert told[0] == ["Cara Northgate, CC26", "Hear a second call.", "Asha Northgate", "Vera Northgate"]
    assert told[1][1:3] == ["Send the minutes.", "Northgate Admin"]
    answers = [line["Answered"] != "" for line in taken(signed_in(house.administrator), sent)]
    assert answers == [True, False]
    assert [line["What is to be done"] for line in taken(signed_in(house.other_verifier), sent)] == [
        "Send the minutes."
    ]
