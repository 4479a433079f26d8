"""Pages of the standard: what they show, to whom, and at which cost."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, User
from units.actions import publish
from units.models import AwardingBody, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody signed in, who happens to be a candidate."""
    person = User.objects.create_user("ann@example.org")
    centre = Centre.objects.create(name="Northgate Training", slug="northgate", created_at=timezone.now())
    RoleGrant.objects.create(user=person, centre=centre, role=Role.CANDIDATE, starts_on=timezone.localdate())
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(client: Client, key: str) -> str:
    response = client.get(reverse("units:unit", args=[key, 1]))
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """The text of a page's main part, each run of space as one."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def in_order(text: str, *parts: str) -> None:
    """Assert that the parts follow each other in the text."""
    place = 0
    for part in parts:
        found = text.find(part, place)
        assert found >= 0, f"{part!r} does not follow there"
        place = found + len(part)


@pytest.mark.parametrize("address", ["/units/", "/units/ocr-d20/1/"])
def test_a_stranger_is_asked_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_a_unit_not_in_use_is_not_there(reader: Client) -> None:
    body = AwardingBody.objects.get(code="ocr")
    Unit.objects.create(key="draft", awarding_body=body, style="qcf", short_code="Draft")
    assert reader.get(reverse("units:unit", args=["draft", 1])).status_code == 404
    assert "Draft" not in reader.get(reverse("units:list")).content.decode()


def test_the_list_names_every_unit_in_use(reader: Client) -> None:
    text = words(reader.get(reverse("units:list")).content.decode())
    in_order(
        text, "OCR", "CC16", "CC26", "CC32", "D20", "SQA", "H12E 04", "16 performance criteria, 11 knowledge items"
    )
    assert "Title from public lists" in text


def test_an_ocr_unit_reads_in_the_order_of_its_original(reader: Client) -> None:
    in_order(
        words(page(reader, "ocr-cc32")),
        "OCR unit number 13",
        "Sector unit number CC32",
        "Level 3",
        "Credit value 5",
        "Guided learning hours 15",
        "Unit reference number J/503/0426",
        "Unit purpose and aim",
        "Learning Outcomes",
        "Be able to communicate information",
        "Validate customers' identity",
        "The reasons why the customers' identity has to be confirmed",
        "4.6",
        "Assessment",
        "Evidence requirements",
        "Guidance on assessment and evidence requirements",
        "National Occupational Standards (NOS) mapping/signposting",
        "Functional Skills signposting",
        "Writing Yes",
        "Resources",
        "Additional information",
        "© OCR 2011",
    )


def test_an_sqa_unit_reads_in_the_order_of_its_original(reader: Client) -> None:
    in_order(
        words(page(reader, "sqa-h12e04")),
        "SQA unit number H12E 04",
        "Overview",
        "What this standard is about",
        "Performance Criteria",
        "You must be able to:",
        "Manage escalation processes",
        "16 Agree and implement changes",
        "Knowledge and Understanding",
        "You need to know and understand:",
        "(a) Details of the services",
        "(k) Sources of information",
        "Evidence Requirements",
        "To achieve this Unit",
        "5 You must provide evidence of monitoring activities",
        "(b) gathering and recording information from:",
        "formal feedback eg customer surveys/questionnaires.",
        "6 You must provide evidence that customer service delivery",
    )


def test_doubtful_wording_shows_its_note(reader: Client) -> None:
    text = words(page(reader, "ocr-cc16"))
    in_order(text, "Coordinate monitoring […] against agreed KPIs", "Partly illegible", "A probable reading is")
    assert text.count("Repaired") == 5
    assert "A fourth learning outcome may be missing" in text
    assert "Manage customer service delivery in a contact centre From public lists, not in the source" in text


def test_absent_values_have_no_line(reader: Client) -> None:
    text = words(page(reader, "ocr-cc16"))
    for label in ("Level", "Credit value", "Guided learning hours", "OCR unit number", "Unit reference number"):
        assert label not in text


def test_what_d20_refuses_and_what_is_public_is_said(reader: Client) -> None:
    text = words(page(reader, "ocr-d20"))
    assert "from simulation, a realistic working environment or a work placement" in text
    assert "K/601/1605 From public lists, not in the source" in text
    assert "Functional Skills" not in text
    assert text.count("Candidates must be able to explain:") == 1


def test_functional_skills_not_known_are_shown_as_such(reader: Client) -> None:
    assert words(page(reader, "ocr-cc26")).count("Not known") == 9
    assert words(page(reader, "ocr-cc16")).count(" Yes") == 9


def test_the_crosswalk_leads_both_ways_and_says_whose_it_is(reader: Client) -> None:
    html = page(reader, "ocr-cc16")
    assert "It is not the awarding bodies’ word." in words(html)
    assert f'href="{reverse("units:unit", args=["sqa-h12e04", 1])}#criterion-14"' in html
    back = page(reader, "sqa-h12e04")
    assert f'href="{reverse("units:unit", args=["ocr-cc16", 1])}#criterion-2.2"' in back
    assert len(re.findall(r'class="related"', back)) == 15
    assert "cross-walk" not in page(reader, "ocr-d20")


def small_unit() -> Unit:
    body = AwardingBody.objects.get(code="ocr")
    unit = Unit.objects.create(key="small", awarding_body=body, style="qcf", short_code="Small", title="A small unit")
    unit.criteria.create(kind="knowledge", number="a", position=1, text="What is small")
    publish(unit=unit, by=None, at=timezone.now())
    return unit


def test_pages_cost_the_same_whatever_the_size(reader: Client) -> None:
    def queries(key: str) -> int:
        with CaptureQueriesContext(connection) as made:
            page(reader, key)
        return len(made)

    small_unit()
    queries("small")
    costs = {queries(key) for key in ("small", "ocr-cc16", "ocr-d20", "sqa-h12e04")}
    assert len(costs) == 1
    assert costs.pop() <= 12
