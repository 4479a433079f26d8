"""Choosing criteria: what is needed first, what is found, what is suggested, and what a unit does not take."""

import re
from html import unescape
from typing import TypedDict

import pytest
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions.evidence import Described
from assessments.enums import Setting, Verdict
from assessments.models import Enrolment, Evidence, Mapping
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    approved_simulation,
    handed_in,
    judged,
    returned,
    simulated,
)
from assessments.tests.views.sent import address, kept_in, typed, upload, value
from portfolio.harness import AskingClient
from portfolio.models import User

pytestmark = pytest.mark.django_db

ADD = "/evidence/add/"
HTMX = {"HX-Request": "true"}


class Words(TypedDict):
    """What suggestions are made from."""

    title: str
    description: str


@pytest.fixture
def enrolment(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def candidate(client: AskingClient, house: House, enrolment: Enrolment) -> User:
    """The candidate, signed in."""
    client.force_login(house.candidate.user)
    return house.candidate.user


def shown(client: AskingClient, place: str = ADD) -> str:
    return unescape(client.get(place).content.decode())


def looked(client: AskingClient, data: dict[str, object], place: str = ADD, **headers: str) -> str:
    answer = client.post(place, data, headers=headers)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


# --- the tree --------------------------------------------------------------------------------------------------------


def test_what_is_not_covered_yet_comes_first(client: AskingClient, candidate: User, enrolment: Enrolment) -> None:
    handed_in(enrolment, "1.1", "2.1")
    page = shown(client)
    first, covered = page.split("<summary>Covered already</summary>")
    assert value(enrolment, "1.2") in first
    assert value(enrolment, "1.1") not in first
    assert value(enrolment, "1.1") in covered
    total = enrolment.unit.criteria.count()
    assert f"{total - 2} of {total} not covered yet" in first


def test_what_is_in_a_draft_or_was_returned_is_not_covered_yet_as_on_the_units_page(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    a_draft(enrolment, "1.1")
    returned(handed_in(enrolment, "1.2"), enrolment)
    judged(handed_in(enrolment, "1.3"), enrolment, Verdict.NOT_YET)
    judged(handed_in(enrolment, "2.1"), enrolment, Verdict.CONTRIBUTES)
    judged(handed_in(enrolment, "2.2"), enrolment)
    first, covered = shown(client).split("<summary>Covered already</summary>")
    for number in ("1.1", "1.2", "1.3"):
        assert value(enrolment, number) in first
    for number in ("2.1", "2.2"):
        assert value(enrolment, number) in covered
    total = enrolment.unit.criteria.count()
    assert f"{total - 2} of {total} not covered yet" in first
    counted = Enrolment.objects.get(pk=enrolment.pk)
    assert counted.claimed_count == 2


def test_a_requirement_that_only_a_draft_shows_is_not_shown_by_other_evidence(
    house: House, client: AskingClient, candidate: User
) -> None:
    unit = an_enrolment(house, "sqa-h12e04")
    draft = a_draft(unit)
    assert "shown by other evidence" not in shown(client)
    items.submit(version=draft, by=unit.candidate_user, at=timezone.now())
    assert "shown by other evidence" in shown(client)


def test_a_unit_that_still_needs_something_comes_before_one_that_is_covered(
    house: House, client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    other = an_enrolment(house, "ocr-cc32")
    handed_in(enrolment)
    page = shown(client)
    assert page.index(f"<summary>{other.unit} ") < page.index(f"<summary>{enrolment.unit} ")


def test_a_draft_shows_its_own_criteria_as_ticked_and_still_needed(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    draft = a_draft(enrolment, "1.1")
    page = shown(client, address("edit_evidence", draft))
    assert "Covered already" not in page
    assert f'value="{value(enrolment, "1.1")}" checked' in page


def test_without_script_a_search_narrows_the_tree_and_keeps_what_was_typed(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    data = typed(enrolment, "1.1", uploads=[upload()], find="media options", then="find", title="Half a title", held="")
    page = looked(client, data)
    rows = re.findall(r'class="criterion-choice"( hidden)?>.*?value="([^"]+)"', page, re.DOTALL)
    seen = {place for hidden, place in rows if not hidden}
    assert value(enrolment, "1.1") in seen
    assert 0 < len(seen) < len(rows)
    assert 'value="Half a title"' in page
    assert 'value="media options"' in page
    assert "Not saved yet" not in page
    assert "review.txt" in page
    assert not Evidence.objects.exists()


# --- suggestions -----------------------------------------------------------------------------------------------------

WORDS: Words = {
    "title": "Costs of media",
    "description": "I compared the benefits of e-mail and chat for communicating.",
}


def test_words_suggest_criteria_and_say_why_and_tick_nothing(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    page = looked(client, typed(uploads=[upload()], then="suggest", **WORDS))
    place = value(enrolment, "1.1")
    suggestions = page.split("Suggested from your words")[1].split("</ul>")[0]
    assert place in suggestions
    assert "because you wrote <em>" in suggestions
    assert "<em>costs</em>" in suggestions
    assert "checked" not in suggestions
    assert f'value="{place}" checked' not in page
    assert WORDS["description"] in page
    assert not Evidence.objects.exists()


def test_the_files_sent_with_the_words_are_kept(client: AskingClient, candidate: User) -> None:
    answer = client.post(ADD, typed(uploads=[upload()], then="suggest", **WORDS))
    client.post(ADD, typed(upload=kept_in(answer)))
    assert Evidence.objects.get().versions.get().files.get().name == "review.txt"


def test_what_is_ticked_is_not_suggested(client: AskingClient, candidate: User, enrolment: Enrolment) -> None:
    fragment = looked(client, typed(enrolment, "1.1", then="suggest", **WORDS), **HTMX)
    assert value(enrolment, "1.1") not in fragment


def test_a_browser_that_keeps_the_form_gets_the_suggestions_alone(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    fragment = looked(client, typed(then="suggest", **WORDS), **HTMX)
    assert value(enrolment, "1.1") in fragment
    assert "<form" not in fragment
    nothing = looked(client, typed(then="suggest", title="Zyx", description="Qwv"), **HTMX)
    assert "No criterion suggests itself" in nothing
    assert looked(client, typed(then="suggest", title="", description=""), **HTMX).strip() == ""


def test_an_item_handed_in_suggests_more_from_its_own_words(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    version = handed_in(enrolment, "1.2", words=Described(**WORDS, activity_on=timezone.localdate()))
    fragment = looked(client, {"then": "suggest"}, address("map_evidence", version), **HTMX)
    assert value(enrolment, "1.1") in fragment
    assert value(enrolment, "1.2") not in fragment
    page = looked(client, {"then": "suggest"}, address("map_evidence", version))
    assert "Suggested from your words" in page
    assert Mapping.objects.count() == 1


# --- the cross-walk --------------------------------------------------------------------------------------------------


def test_a_criterion_offers_what_is_related_in_the_other_open_units(
    client: AskingClient, candidate: User, house: House
) -> None:
    cc16 = an_enrolment(house, "ocr-cc16")
    assert "cross-walk" not in shown(client)
    sqa = an_enrolment(house, "sqa-h12e04")
    page = shown(client)
    row = page.split(f'value="{value(cc16, "1.1")}"')[1].split("</li>")[0]
    assert "Related by our cross-walk, not by the awarding body" in row
    assert f'value="{value(sqa, "1")}"' in row
    assert "checked" not in row
    back = page.split(f'name="locator-{value(sqa, "1")}"')[1].split("</li>")[0]
    assert f'value="{value(cc16, "1.1")}"' in back


def test_what_is_ticked_in_the_tree_and_beside_a_related_one_is_mapped_once(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    place = value(enrolment, "1.1")
    client.post(ADD, typed(uploads=[upload()]) | {"criteria": [place, place], f"locator-{place}": "page 4"})
    assert Mapping.objects.get().locator == "page 4"


# --- settings --------------------------------------------------------------------------------------------------------


def test_a_unit_says_which_settings_it_does_not_take_before_anything_is_pressed(
    client: AskingClient, candidate: User, house: House
) -> None:
    assert "not-taken" not in shown(client)
    an_enrolment(house, "ocr-d20")
    page = shown(client)
    said = dict(re.findall(r'class="not-taken" data-setting="([^"]+)">([^<]+)<', page))
    assert set(said) == {Setting.SIMULATED, Setting.REALISTIC_ENVIRONMENT, Setting.PLACEMENT}
    assert "D20 does not accept evidence from simulation" in said[Setting.SIMULATED]


def test_an_item_from_such_a_setting_cannot_be_ticked_for_that_unit(
    client: AskingClient, candidate: User, enrolment: Enrolment, house: House
) -> None:
    d20 = an_enrolment(house, "ocr-d20")
    approved_simulation(enrolment, "1.1")
    version = handed_in(enrolment, "1.1", words=simulated())
    page = shown(client, address("map_evidence", version))
    assert value(enrolment, "1.2") in page
    assert value(d20, "1.1") not in page
    assert "not from this setting" in page
    answer = client.post(address("map_evidence", version), {"criteria": [value(d20, "1.1")]})
    assert "cannot be chosen any more" in answer.content.decode()
