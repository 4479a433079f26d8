"""The pages of sets of questions."""

from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from assessments.models import QuestionSet
from assessments.testing import House, a_unit
from assessments.tests.records import a_set, in_use, offered
from portfolio.harness import AskingClient

pytestmark = pytest.mark.django_db


def shown(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def page_of(found: QuestionSet) -> str:
    return reverse("assessments:question_set", args=[found.pk])


def typed(**more: Any) -> dict[str, Any]:
    first = a_unit().criteria.earliest("position").pk
    rows = {"text-1": "Why ring back?", "expected-1": "So that they know.", "shows-1": [first]}
    return {"title": "Ringing back", **rows, **more}


def test_a_set_is_written_for_a_unit_and_written_anew(house: House, client: AskingClient) -> None:
    client.force_login(house.assessor)
    page = reverse("assessments:write_set", args=[house.centre.slug])
    assert f"?unit={a_unit().pk}" in shown(client.get(page))
    answer = client.post(f"{page}?unit={a_unit().pk}", typed(**{"text-2": "", "expected-2": ""}))
    found = QuestionSet.objects.get()
    assert answer["Location"] == page_of(found)
    again = reverse("assessments:rewrite_set", args=[found.pk])
    assert "So that they know." in shown(client.get(again))
    client.post(again, typed(title="Ringing on"))
    found.refresh_from_db()
    assert (found.title, found.questions.count()) == ("Ringing on", 2)


def test_what_is_missing_is_said_and_everything_typed_is_kept(house: House, client: AskingClient) -> None:
    client.force_login(house.assessor)
    page = reverse("assessments:write_set", args=[house.centre.slug]) + f"?unit={a_unit().pk}"
    answer = client.post(page, typed(title="", **{"text-2": "And then?"}))
    for words in ("Give the set a title.", "Question 2: say what", "And then?", "So that they know."):
        assert words in shown(answer)
    assert 'name="text-3"' in shown(client.post(page, typed(then="row", **{"text-2": "And then?"})))
    assert not QuestionSet.objects.exists()


def test_more_questions_than_a_set_holds_are_said_and_all_are_kept(house: House, client: AskingClient) -> None:
    client.force_login(house.assessor)
    page = reverse("assessments:write_set", args=[house.centre.slug]) + f"?unit={a_unit().pk}"
    answer = shown(client.post(page, typed(**{f"text-{number}": f"Why {number}?" for number in range(1, 62)})))
    assert "A set holds 60 questions at most and this has 61" in answer
    assert "Why 61?" in answer


def test_a_unit_that_is_none_has_no_set(house: House, client: AskingClient) -> None:
    client.force_login(house.assessor)
    page = reverse("assessments:write_set", args=[house.centre.slug])
    assert client.get(f"{page}?unit=999999").status_code == 404
    assert client.get(f"{page}?unit=x").status_code == 404


def test_it_goes_from_hand_to_hand(house: House, client: AskingClient) -> None:
    found = a_set(house)
    client.force_login(house.assessor)
    assert client.post(page_of(found), {"offer": "yes"}).status_code == 302
    client.force_login(house.verifier)
    assert "Verify" in shown(client.get(page_of(found)))
    assert "Say what has to change." in shown(client.post(page_of(found), {"hand_back": "yes", "words": ""}))
    client.post(page_of(found), {"hand_back": "yes", "words": "It leads."})
    client.force_login(house.assessor)
    assert "It leads." in shown(client.get(page_of(found)))
    client.post(page_of(found), {"offer": "yes"})
    client.force_login(house.lead)
    client.post(page_of(found), {"verify": "yes"})
    client.force_login(house.assessor)
    client.post(page_of(found), {"use": "yes"})
    found.refresh_from_db()
    assert (found.status, found.verified_by) == ("in_use", house.lead)
    answer = client.post(page_of(found), {"follow": "yes"})
    assert answer["Location"] == page_of(found.followed_by.get())
    assert "There is a later version" in shown(client.get(page_of(found)))
    client.post(page_of(found), {"withdraw": "yes", "words": "Too old."})
    assert "Too old." in shown(client.get(page_of(found)))


def test_a_verifier_who_wrote_it_is_told_why_they_cannot_verify_it(house: House, client: AskingClient) -> None:
    found = offered(a_set(house, by=house.verifier))
    client.force_login(house.verifier)
    page = shown(client.get(page_of(found)))
    assert "You wrote these questions" in page
    assert 'name="verify"' not in page
    refused = client.post(page_of(found), {"verify": "yes"})
    assert refused.status_code == 409
    assert "You wrote these questions" in shown(refused)


def test_the_list_shows_what_is_withdrawn_only_when_asked(house: House, client: AskingClient) -> None:
    found = in_use(a_set(house), house.verifier)
    client.force_login(house.verifier)
    client.post(page_of(found), {"withdraw": "yes", "words": "Too old."})
    sets = reverse("assessments:question_sets")
    assert "Ringing back" not in shown(client.get(sets))
    assert "Ringing back" in shown(client.get(f"{sets}?all=1"))


def test_what_cannot_be_done_any_more_is_said_to_whoever_can_do_nothing_else(
    house: House, client: AskingClient
) -> None:
    found = offered(a_set(house))
    client.force_login(house.assessor)
    client.post(page_of(found), {"withdraw": "yes", "words": "It leads."})
    client.force_login(house.verifier)
    answer = client.post(page_of(found), {"verify": "yes"})
    assert answer.status_code == 409
    assert "The set is “Withdrawn”. To verify it, it must be “Waiting to be verified”." in shown(answer)


def test_the_desks_show_the_sets_that_wait(house: House, client: AskingClient) -> None:
    found = offered(a_set(house))
    place = f'href="{page_of(found)}"'
    sampling, queue = reverse("assessments:sampling"), reverse("assessments:queue")
    client.force_login(house.verifier)
    page = shown(client.get(sampling))
    assert "Question sets to verify" in page
    assert place in page
    client.post(page_of(found), {"hand_back": "yes", "words": "It leads."})
    page = shown(client.get(sampling))
    assert "Question sets to verify" not in page
    client.force_login(house.assessor)
    page = shown(client.get(queue))
    assert "Your question sets" in page
    assert "See what has to change" in page
    assert place in page
