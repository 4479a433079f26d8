"""It greys the buttons of a unit's page that are refused, and says why beside them."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client

from assessments.models import Enrolment
from assessments.testing import House, a_draft, an_enrolment, described, handed_in, judged, met, signed_off, verified
from assessments.tests.appeals import holding
from assessments.workflow import ITEM_FROZEN, UNIT_FROZEN
from portfolio.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


def shown(client: Client, unit: Enrolment, user: User) -> str:
    client.force_login(user)
    return unescape(client.get(f"/enrolments/{unit.pk}/").content.decode())


def greyed(page: str) -> dict[str, str]:
    """The buttons that cannot be pressed, each with the id of what describes it."""
    found = re.findall(
        r'<button class="[^"]*" type="button" aria-disabled="true" aria-describedby="([^"]*)">(.*?)<', page
    )
    return {label: ref for ref, label in found}


def panel(page: str, ref: str) -> str:
    """The words of a panel."""
    (words,) = re.findall(rf'<section class="refusals" id="{ref}">(.*?)</section>', page, re.DOTALL)
    return str(words)


def test_what_a_candidate_cannot_declare_yet_is_in_reach_but_cannot_be_pressed(
    client: Client, house: House, unit: Enrolment
) -> None:
    page = shown(client, unit, house.candidate.user)
    ref = greyed(page)["Declare the unit complete"]
    assert "1.1 has no evidence handed in yet." in panel(page, ref)
    assert f'href="/enrolments/{unit.pk}/declare/"' not in page
    met(unit)
    page = shown(client, unit, house.candidate.user)
    assert greyed(page) == {}
    assert f'class="btn btn-primary" href="/enrolments/{unit.pk}/declare/"' in page


def test_a_cell_that_is_pressed_brings_the_button_with_it(client: Client, house: House, unit: Enrolment) -> None:
    met(unit)
    item = handed_in(unit, "1.1")
    page = shown(client, unit, house.candidate.user)
    assert "Declare the unit complete" in greyed(page)
    criterion = unit.unit.criteria.get(number="1.2")
    data = {"evidence": item.evidence_id, "criterion": criterion.pk, "claim": "on"}
    answer = client.post(f"/enrolments/{unit.pk}/cell/", data, headers={"HX-Request": "true"})
    (part,) = re.findall(r'<div data-part="verbs">(.*?)</div>', answer.content.decode(), re.DOTALL)
    assert list(greyed(part)) == ["Declare the unit complete"]


def test_the_office_reads_why_a_unit_that_is_signed_off_or_verified_cannot_be_claimed(
    client: Client, house: House, unit: Enrolment
) -> None:
    never_verified = "The internal verifier has neither verified this unit nor recorded why it was not sampled."
    no_number = f"{house.candidate.name} has no number by which"
    house.candidate.candidate_number = house.candidate.uln = house.candidate.scn = ""
    house.candidate.save()
    signed_off(unit)
    page = shown(client, unit, house.administrator)
    words = panel(page, greyed(page)["Claim the unit"])
    assert "What is still missing before you can claim this unit" in words
    assert never_verified in words
    assert no_number in words
    refused = unescape(client.get(f"/enrolments/{unit.pk}/claim/").content.decode())
    assert never_verified in refused
    page = shown(client, unit, house.verifier)
    assert "What is still missing before you can verify this unit" in page
    page = shown(client, verified(an_enrolment(house, "ocr-cc32")), house.administrator)
    words = panel(page, greyed(page)["Claim the unit"])
    assert no_number in words
    assert never_verified not in words


def test_what_several_are_refused_for_is_said_once(client: Client, house: House, unit: Enrolment) -> None:
    holding(house, unit)
    page = shown(client, unit, house.administrator)
    found = greyed(page)
    assert {"Suspend the unit", "Withdraw from the unit"} <= set(found)
    assert page.count(UNIT_FROZEN) == 1
    for ref in set(found.values()):
        assert UNIT_FROZEN in panel(page, ref)


def test_what_cannot_be_handed_in_or_replaced_yet_says_why_as_well(
    client: Client, house: House, unit: Enrolment
) -> None:
    words = replace(described(), description="")
    draft = a_draft(unit, "1.1", words=words)
    item = judged(handed_in(unit, "1.1"), unit)
    client.force_login(house.candidate.user)
    page = unescape(client.get(f"/evidence/{draft.evidence_id}/").content.decode())
    assert "Say what you did." in panel(page, greyed(page)["Hand it in"])
    address = f"/evidence/{item.evidence_id}/"
    assert greyed(unescape(client.get(address).content.decode())) == {}
    holding(house, unit)
    page = unescape(client.get(address).content.decode())
    assert ITEM_FROZEN in panel(page, greyed(page)["Replace with a new version"])
