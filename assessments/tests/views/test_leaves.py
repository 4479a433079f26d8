"""Evidence requirements on the pages: ticked with the criteria, corrected by the assessor, and what is missing."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import claims
from assessments.forms.reading import SEEN
from assessments.models import Enrolment, EvidenceVersion
from assessments.testing import House, a_draft, an_enrolment, handed_in, judged, leaves
from assessments.tests.views.sent import address, token_on, typed, value
from portfolio.harness import AskingClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house, "sqa-h12e04")


def leaf(unit: Enrolment, path: str) -> str:
    """How a form names a leaf."""
    return f"{unit.pk}:{unit.unit.evidence_requirements.get(path=path).pk}"


def shown(version: EvidenceVersion) -> list[str]:
    live = version.evidence.showings.filter(taken_back_at=None)
    return list(live.values_list("requirement__path", flat=True))


def showing(unit: Enrolment, *paths: str) -> EvidenceVersion:
    """An item handed in for the first criterion, said to show these."""
    version = handed_in(unit, "1")
    shows = leaves(unit, *paths)
    return claims.map_more(version=version, targets=[], shows=shows, by=unit.candidate_user, at=timezone.now())


def test_they_are_ticked_where_criteria_are(client: AskingClient, unit: Enrolment) -> None:
    client.force_login(unit.candidate_user)
    place = reverse("assessments:add_evidence")
    page = client.get(place).content.decode()
    assert "5 You must provide evidence of monitoring activities to test customer service performance" in page
    assert "(a) formal audits of working practices and monitoring of work" in page
    assert "which include: gathering and recording information from:" in page
    client.post(place, typed(unit, "1", requirements=[leaf(unit, "4.1"), leaf(unit, "5.2.1")], held="here"))
    version = EvidenceVersion.objects.get()
    assert shown(version) == ["4.1", "5.2.1"]
    edited = client.get(address("edit_evidence", version)).content.decode()
    assert re.search(f'value="{leaf(unit, "4.1")}" checked', edited)
    client.post(address("edit_evidence", version), typed(unit, "1", requirements=[leaf(unit, "4.2")]))
    assert shown(version) == ["4.2"]


def test_what_was_ticked_stays_ticked_when_something_else_is_wrong(client: AskingClient, unit: Enrolment) -> None:
    client.force_login(unit.candidate_user)
    sent = typed(unit, "1", requirements=[leaf(unit, "6.2")], held="location", location="")
    page = client.post(reverse("assessments:add_evidence"), sent).content.decode()
    assert re.search(f'value="{leaf(unit, "6.2")}" checked', page)


def test_a_unit_without_them_has_no_place_for_them(client: AskingClient, house: House) -> None:
    client.force_login(an_enrolment(house).candidate_user)
    assert "Evidence requirements" not in client.get(reverse("assessments:add_evidence")).content.decode()


def test_one_is_added_and_taken_back_on_the_page_that_maps(client: AskingClient, unit: Enrolment) -> None:
    version = showing(unit, "4.1")
    client.force_login(unit.candidate_user)
    place = address("map_evidence", version)
    answer = client.post(place, {"requirements": [leaf(unit, "4.3")]})
    assert answer.status_code == 302
    assert shown(version) == ["4.1", "4.3"]
    first = version.evidence.showings.earliest("pk")
    page = client.post(place, {"take_back_showing": first.pk}, follow=True).content.decode()
    assert "no longer said to show" in page
    assert shown(version) == ["4.3"]
    assert client.post(place, {"take_back_showing": "x"}).status_code == 404


def test_what_was_read_stays_for_the_candidate(client: AskingClient, unit: Enrolment) -> None:
    version = judged(showing(unit, "4.1"), unit)
    client.force_login(unit.candidate_user)
    page = client.get(address("map_evidence", version)).content.decode()
    assert "Read by your assessor, so it stays." in page
    sent = {"requirements": [leaf(unit, "4.3")]}
    refused = client.post(address("map_evidence", version), sent).content.decode()
    assert "Your assessor has read this item for H12E 04" in refused
    assert re.search(f'value="{leaf(unit, "4.3")}" checked', refused)


def test_the_assessor_sees_and_corrects_them_beside_the_criteria(client: AskingClient, unit: Enrolment) -> None:
    version = showing(unit, "4.1", "4.2")
    client.force_login(unit.assessor)
    place = reverse("assessments:judge", args=[version.pk])
    page = client.get(place).content.decode()
    for path in ("4.1", "4.2"):
        assert f'name="requirements" value="{leaf(unit, path)}" checked' in page
    assert f'name="requirements" value="{leaf(unit, "6.1")}">' in page
    key = value(unit, "1").replace(":", "-")
    sent = {
        "valid": "on",
        "authentic": "on",
        "current": "on",
        "sufficient": "on",
        f"verdict-{key}": "met",
        "shown": [leaf(unit, "4.1"), leaf(unit, "4.2")],
        "requirements": [leaf(unit, "4.2"), leaf(unit, "6.1")],
        "save": "save",
        SEEN: token_on(page),
    }
    assert client.post(place, sent).status_code == 302
    assert sorted(shown(version)) == ["4.2", "6.1"]


def test_what_came_while_the_assessor_read_is_left_alone(client: AskingClient, unit: Enrolment) -> None:
    version = showing(unit, "4.1", "4.2")
    client.force_login(unit.assessor)
    key = value(unit, "1").replace(":", "-")
    sent = {
        **dict.fromkeys(("valid", "authentic", "current", "sufficient"), "on"),
        f"verdict-{key}": "met",
        "shown": [leaf(unit, "4.1")],
        "requirements": [leaf(unit, "4.1")],
    }
    client.post(reverse("assessments:judge", args=[version.pk]), sent)
    assert shown(version) == ["4.1", "4.2"]


@pytest.mark.parametrize("view", ["matrix", "criteria"])
def test_the_unit_says_what_shows_each_and_what_is_missing(client: AskingClient, unit: Enrolment, view: str) -> None:
    judged(showing(unit, "4.1"), unit)
    client.force_login(unit.candidate_user)
    page = client.get(reverse("assessments:enrolment", args=[unit.pk]), {"view": view}).content.decode()
    section = page[page.index('aria-labelledby="requirements"') :]
    covered = section[section.index("the customer") : section.index("the potential benefits")]
    assert "Accepted" in covered
    assert "Evidence 1" in covered
    missing = section[section.index("the potential benefits") : section.index("the potential risks")]
    assert "Nothing shows it yet." in missing
    pk = unit.unit.evidence_requirements.get(path="4.2").pk
    assert f'view=criteria#requirement-{pk}">Evidence requirement 4: nothing handed in shows' in page
    assert f'id="requirement-{pk}"' in page


def test_the_gaps_leave_out_what_is_shown(client: AskingClient, unit: Enrolment) -> None:
    judged(showing(unit, "4.1"), unit)
    client.force_login(unit.candidate_user)
    page = client.get(reverse("assessments:enrolment", args=[unit.pk]), {"view": "criteria", "gaps": ""})
    ids = {path: unit.unit.evidence_requirements.get(path=path).pk for path in ("4.1", "4.2")}
    assert f'id="requirement-{ids["4.1"]}"' not in page.content.decode()
    assert f'id="requirement-{ids["4.2"]}"' in page.content.decode()


def test_the_items_page_names_what_it_shows(client: AskingClient, unit: Enrolment) -> None:
    version = showing(unit, "5.2.2")
    client.force_login(unit.assessor)
    page = client.get(address("evidence", version)).content.decode()
    assert "formal feedback eg customer surveys/questionnaires" in page
    assert "not read yet" in page


def test_a_draft_not_handed_in_covers_nothing_yet(client: AskingClient, unit: Enrolment) -> None:
    draft = a_draft(unit, "1")
    claims.map_more(version=draft, targets=[], shows=leaves(unit, "4.1"), by=unit.candidate_user, at=timezone.now())
    client.force_login(unit.candidate_user)
    page = client.get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    assert "Hand in the draft that is to show it." in page
