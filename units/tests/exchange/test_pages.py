"""Units from outside as people see it: sent, read with every fault, taken, read as a draft, published; and exported."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, User
from units.actions import publish, send_units, take_units
from units.exchange.describing import as_yaml, unit_tree
from units.exchange.faults import Tree
from units.exchange.formats import WAYS
from units.models import Unit, UnitImport
from units.tests.exchange.conftest import a_centre, browser_of, holder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]


def tree_of(key: str, **more: object) -> Tree:
    return {**unit_tree(Unit.objects.select_related("awarding_body").get(key=key, centre=None)), **more}


def words(response: object) -> str:
    html = response.content.decode()  # type: ignore[attr-defined]
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def upload(client: Client, content: bytes, name: str = "unit.yaml") -> str:
    """Send a file; the words of the page that answers."""
    address = reverse("units:import_units", args=["northgate"])
    response = client.post(address, {"file": SimpleUploadedFile(name, content)}, follow=True)
    return words(response)


def drafted(centre: Centre, alma: User, tree: Tree) -> Unit:
    content, at = as_yaml([tree]), timezone.now()
    sent = send_units(centre=centre, content=content, name="unit.yaml", by=alma, at=at)
    return take_units(unit_import=sent, by=alma, at=at)[0]


def test_a_file_is_looked_at_taken_read_and_published(centre: Centre, alma: User) -> None:
    client = browser_of(alma)
    said = upload(client, as_yaml([tree_of("ocr-cc32", version=2)]))
    assert "Checked, and nothing is wrong with it. Nothing of it is taken yet." in said
    assert "Holds 4 outcomes or sections, 16 assessment criteria, 13 teaching points" in said
    assert not Unit.objects.filter(centre=centre).exists()
    sent = UnitImport.objects.get()
    response = client.post(reverse("units:unit_import", args=["northgate", sent.pk]), follow=True)
    draft = words(response)
    assert "Draft Only administrators of Northgate Training see it." in draft
    assert "Validate customers' identity" in draft
    address = reverse("units:unit", args=["ocr-cc32--northgate", 2])
    assert response.redirect_chain[-1][0] == address
    assert "Draft. Nobody can be enrolled on it yet." in words(client.get(reverse("units:list")))
    published = client.post(reverse("units:publish_unit", args=["ocr-cc32--northgate", 2]), follow=True)
    assert "Its wording is frozen. Brought in by Northgate Training." in words(published)
    again = client.get(reverse("units:publish_unit", args=["ocr-cc32--northgate", 2]))
    assert again.status_code == 409


def test_faults_are_shown_with_their_places_and_there_is_no_button(centre: Centre, alma: User) -> None:
    said = upload(browser_of(alma), as_yaml([tree_of("ocr-cc32", colour="green")]))
    assert "2 faults Nothing can be taken while there is one." in said
    assert "There is no such field here." in said
    assert "CC32 version 1 is here already, word for word" in said
    assert "Take 1 unit" not in said


def test_what_cannot_be_read_is_said_beside_the_form(centre: Centre, alma: User) -> None:
    client = browser_of(alma)
    address = reverse("units:import_units", args=["northgate"])
    response = client.post(address, {"file": SimpleUploadedFile("bomb.yaml", b"a: &a [x]\nb: [*a, *a]\n")})
    assert response.status_code == 409
    assert "“bomb.yaml” repeats a part by an anchor or alias" in words(response)
    assert not UnitImport.objects.exists()


def test_a_draft_is_there_for_the_office_alone_and_a_unit_for_its_own_centre(centre: Centre, alma: User) -> None:
    unit = drafted(centre, alma, tree_of("ocr-cc32", version=2))
    elsewhere = a_centre("Southgate", "southgate")
    people = {
        "colleague": browser_of(holder(centre, Role.ASSESSOR, "dan@example.org")),
        "elsewhere": browser_of(holder(elsewhere, Role.ADMINISTRATOR, "eve@example.org")),
    }
    addresses = [
        reverse("units:unit", args=[unit.key, 2]),
        reverse("units:export_unit", args=[unit.key, 2]),
        reverse("units:unit_file", args=[unit.key, 2, "yaml"]),
    ]
    for client in people.values():
        assert [client.get(address).status_code for address in addresses] == [404] * 3
    publish(unit=unit, by=alma, at=timezone.now())
    assert [people["colleague"].get(address).status_code for address in addresses] == [200] * 3
    assert [people["elsewhere"].get(address).status_code for address in addresses] == [404] * 3
    assert "Northgate" not in words(people["elsewhere"].get(reverse("units:list")))
    offered = [set(Unit.objects.offered_at(one).values_list("key", flat=True)) for one in (centre, elsewhere)]
    assert offered[0] - offered[1] == {unit.key}


def test_an_export_says_what_it_loses_and_comes_as_a_file(centre: Centre, alma: User) -> None:
    client = browser_of(alma)
    said = words(client.get(reverse("units:export_unit", args=["sqa-h12e04", 1])))
    assert said.count("Download as") == len(WAYS)
    assert "NVQ Portfolio, YAML" in said
    for kind, way in WAYS.items():
        response = client.get(reverse("units:unit_file", args=["sqa-h12e04", 1, kind]))
        assert f'filename="sqa-h12e04-version-1{way.ending}"' in response["Content-Disposition"]
        assert b"Manage escalation processes" in response.content
    assert client.get(reverse("units:unit_file", args=["sqa-h12e04", 1, "docx"])).status_code == 404


def test_who_may_take_nothing_away_is_told_so_before_they_press(centre: Centre, alma: User) -> None:
    unit = drafted(centre, alma, tree_of("ocr-cc32", version=2))
    publish(unit=unit, by=alma, at=timezone.now())
    outside, today = User.objects.create_user("evan@example.org"), timezone.localdate()
    days = {"starts_on": today, "ends_on": today}
    RoleGrant.objects.create(user=outside, centre=centre, role=Role.EXTERNAL_VERIFIER, may_download=False, **days)
    client = browser_of(outside)
    said = words(client.get(reverse("units:export_unit", args=[unit.key, 2])))
    assert "nothing can be downloaded or printed with it" in said
    assert "Download as" not in said
    assert client.get(reverse("units:unit_file", args=[unit.key, 2, "yaml"])).status_code == 403
    assert "Download as" in words(client.get(reverse("units:export_unit", args=["ocr-cc32", 1])))


def test_pages_cost_the_same_whatever_the_size(centre: Centre, alma: User) -> None:
    client = browser_of(alma)
    small: Tree = {"key": "s", "version": 1, "awarding_body": "ocr", "style": "qcf", "short_code": "S"}
    small["knowledge"] = [{"number": "a", "text": "What is small"}]
    costs: dict[str, set[int]] = {}
    for tree in (small, tree_of("ocr-cc32", version=2)):
        sent = send_units(centre=centre, content=as_yaml([tree]), name="u.yaml", by=alma, at=timezone.now())
        unit = drafted(centre, alma, tree)
        next_one = drafted(centre, alma, {**tree, "version": 3})
        another = [next_one.key, next_one.version]
        place = [unit.key, unit.version]
        for name, args in (
            ("units:import_units", ["northgate"]),
            ("units:unit_import", ["northgate", sent.pk]),
            ("units:publish_unit", place),
            ("units:discard_draft", place),
            ("units:unit", place),
            ("units:export_unit", place),
            ("units:compare_versions", [*place, *another]),
            ("units:unit_file", [*place, "yaml"]),
        ):
            with CaptureQueriesContext(connection) as made:
                assert client.get(reverse(name, args=args)).status_code == 200, name
            costs.setdefault(name, set()).add(len(made))
    assert {name: made for name, made in costs.items() if len(made) > 1 or max(made) > 15} == {}


def test_two_versions_stand_side_by_side(centre: Centre, alma: User) -> None:
    tree = tree_of("ocr-cc32", version=2, level=4)
    tree["outcomes"][0]["criteria"][0]["text"] = "Validate all customers' identity"
    dropped = tree["outcomes"][1]["criteria"].pop()
    drafted(centre, alma, tree)
    client = browser_of(alma)
    address = reverse("units:compare_versions", args=["ocr-cc32--northgate", 2, "ocr-cc32", 1])
    assert f'href="{address}"' in client.get(reverse("units:unit", args=["ocr-cc32", 1])).content.decode()
    said = words(client.get(address))
    assert "CC32: version 1 beside version 2" in said
    assert "14 the same, 1 changed, 1 dropped" in said
    assert "1.1 Validate Added: all customers' identity" in said
    assert f"Left out: {' '.join(dropped['text'].split())} not in it" in said
    assert "Level Left out: 3" in said
    assert "4.6" not in said
    assert "4.6" in words(client.get(address, {"all": "1"}))
    for other in (["ocr-d20", 1], ["ocr-cc32--northgate", 2]):
        address = reverse("units:compare_versions", args=["ocr-cc32--northgate", 2, *other])
        assert client.get(address).status_code == 404
