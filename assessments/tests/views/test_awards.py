"""It takes an office from writing a qualification down to candidates who see what would complete it."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Registration
from assessments.testing import House, an_enrolment, signed_off
from assessments.tests.awards import a_registration, the_award
from assessments.tests.views.visitors import queries_of
from portfolio.testing import with_password
from units.models import AwardingBody, Qualification
from units.qualifications import structure_of
from units.testing import a_draft, ids

pytestmark = pytest.mark.django_db


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def structure_typed(**changed: str) -> dict[str, str]:
    (core,), (first, second) = ids("ocr-cc26"), ids("ocr-cc32", "ocr-d20")
    typed = {
        "title-1": "Core",
        "kind-1": "mandatory",
        "title-2": "Options",
        "kind-2": "optional",
        "minimum_units-2": "1",
        f"unit-{core}": "1",
        f"unit-{first}": "2",
        f"unit-{second}": "2",
        "one-1": str(first),
        "other-1": str(second),
    }
    return typed | changed


def test_a_qualification_is_written_down_and_published(client: Client, house: House) -> None:
    client.force_login(with_password(house.administrator))
    new = reverse("units:new_qualification", args=[house.centre.slug])
    assert "Write a qualification down" in page_of(client, new)
    typed = {"awarding_body": AwardingBody.objects.get(code="ocr").pk, "title": "New award", "number": "601/4700/8"}
    answer = client.post(new, typed, follow=True)
    assert "601/4700/8 may be misread" in answer.content.decode()
    draft = Qualification.objects.get()
    address = reverse("units:qualification", args=[draft.key, draft.version])
    structure, publish = f"{address}structure/", f"{address}publish/"
    assert "Add a group of units." in page_of(client, address)
    assert client.get(publish).status_code == 409
    assert client.post(structure, structure_typed()).status_code == 302
    assert "Nothing is missing: it can be published." in page_of(client, address)
    shown = page_of(client, structure)
    assert 'value="Options"' in shown
    assert client.post(publish).status_code == 302
    assert client.get(structure).status_code == 409
    assert "Its structure is frozen." in page_of(client, address)
    assert client.post(f"{address}next/").status_code == 302
    assert structure_of(Qualification.objects.get(version=2)) == structure_of(draft)
    client.force_login(with_password(house.candidate.user))
    assert "Its structure is frozen." in page_of(client, address)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title-1": ""}, "Group 1 needs a title: units or numbers stand in it."),
        ({"minimum_units-3": "2"}, "Group 3 needs a title: units or numbers stand in it."),
        ({"other-1": ""}, "Barred combination 1 needs both of its units."),
        (
            {"minimum_credits-2": "8", "maximum_credits-2": "4"},
            "A group cannot ask for more credits than count from it.",
        ),
        ({"minimum_units-2": "many"}, "Enter a whole number."),
    ],
)
def test_a_structure_that_cannot_be_is_refused_and_all_that_was_typed_is_kept(
    client: Client, house: House, changed: dict[str, str], sentence: str
) -> None:
    client.force_login(with_password(house.administrator))
    draft = a_draft(house.centre, house.administrator)
    before = structure_of(draft)
    address = reverse("units:qualification_structure", args=[draft.key, draft.version])
    answer = client.post(address, structure_typed(**changed, **{"title-4": "Typed and kept"}))
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert 'value="Typed and kept"' in answer.content.decode()
    assert structure_of(draft) == before


def test_a_draft_is_corrected(client: Client, house: House) -> None:
    client.force_login(with_password(house.administrator))
    draft = a_draft(house.centre, house.administrator)
    address = reverse("units:edit_qualification", args=[draft.key, draft.version])
    assert 'value="11"' in page_of(client, address)
    assert client.post(address, {"title": "Renamed", "high_level": "4"}).status_code == 409
    assert client.post(address, {"title": "Renamed", "minimum_credits": "12"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.minimum_credits) == ("Renamed", 12)


def test_a_candidate_is_registered_corrected_and_ended(client: Client, house: House) -> None:
    client.force_login(with_password(house.administrator))
    award = the_award(house)
    address = reverse("assessments:register", args=[house.centre.slug])
    assert award.title in page_of(client, address)
    typed = {"candidate": house.candidate.pk, "qualification": award.pk, "registered_on": "2999-01-01"}
    answer = client.post(address, typed)
    assert answer.status_code == 409
    assert "cannot be in the future" in answer.content.decode()
    assert client.post(address, typed | {"registered_on": "2026-01-05"}).status_code == 302
    row = Registration.objects.get()
    of_row = reverse("assessments:award", args=[row.pk])
    assert client.post(f"{of_row}correct/", {"number": "R-9", "registered_on": "2026-01-06"}).status_code == 302
    assert "under R-9" in page_of(client, of_row)
    assert client.post(f"{of_row}end/", {"reason": "Units only."}).status_code == 302
    assert client.get(f"{of_row}end/").status_code == 409
    assert "Units only." in page_of(client, of_row)


def test_everybody_concerned_reads_what_would_complete_the_award_and_the_office_can_enrol(
    client: Client, house: House
) -> None:
    row = a_registration(house)
    signed_off(an_enrolment(house, "ocr-cc26"))
    address = reverse("assessments:award", args=[row.pk])
    for user in (house.candidate.user, house.assessor, house.administrator):
        client.force_login(with_password(user))
        text = page_of(client, address)
        assert "1 done" in text
        assert "2 more of these 3 of “Options”." in text
        assert "<strong>CC32</strong> and <strong>D20</strong>" in text
        assert ("Enrol on CC32" in text) == (user == house.administrator)
    enrol = reverse("assessments:enrol", args=[house.centre.slug])
    (unit,) = ids("ocr-cc32")
    form = page_of(client, f"{enrol}?candidate={house.candidate.pk}&search=Cara+Northgate&unit={unit}")
    assert f'value="{house.candidate.pk}" selected' in form
    assert f'value="{unit}" selected' in form


def test_a_candidate_finds_their_award_on_their_home(client: Client, house: House) -> None:
    an_enrolment(house, "ocr-cc26")
    client.force_login(with_password(house.candidate.user))
    assert "My award" not in page_of(client, "/portfolio/")
    a_registration(house)
    text = page_of(client, "/portfolio/")
    assert "My award" in text
    assert "CC26 is mandatory." in text


def test_the_list_asks_as_many_questions_of_many_as_of_few_and_leaves_as_a_file(client: Client, house: House) -> None:
    a_registration(house)
    client.force_login(with_password(house.administrator))
    address = reverse("assessments:awards")
    few = queries_of(client, address)
    a_registration(house, candidate=house.other_candidate)
    assert queries_of(client, address) == few <= 15
    file = b"".join(client.get(reverse("assessments:awards_file", args=["csv"]))).decode()
    assert "CC26 is mandatory." in file
    assert "Nothing found" in page_of(client, f"{address}?search=nobody")
