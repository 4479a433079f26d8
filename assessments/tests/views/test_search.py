"""Finding by words: what is found, and by whom; on the database's own index, whatever way the rows came."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.models import EvidenceFile, EvidenceVersion
from assessments.queries.search import EVIDENCE, FILES, SEARCHED, found_for, group_of
from assessments.testing import House, a_draft, a_file, an_enrolment, an_external, described, handed_in, judged
from portfolio import searching
from portfolio.harness import AskingClient
from portfolio.models import AccessLine, CandidateRecord, User
from portfolio.searching import excerpt, having, wanted, words_of
from units.models import Criterion

pytestmark = pytest.mark.django_db


def found(user: User, asked: str, kind: str) -> list[str]:
    """What somebody finds of one kind, by its address."""
    return [one.address for one in group_of(user, asked, kind, most=50).found]


def worded(title: str, description: str = "") -> items.Described:
    return replace(described(title), description=description or described().description)


def place_of(version: EvidenceVersion) -> str:
    return reverse("assessments:evidence", args=[version.evidence_id])


def test_an_item_is_found_by_the_beginnings_and_stems_of_its_words(house: House) -> None:
    words = worded("Handling a complaint", "I was calling the caterer at Siân’s café.")
    drafted = a_draft(an_enrolment(house), "1.1", words=words)
    address = place_of(drafted)
    own = house.candidate.user
    for asked in ("complaint", "COMPL", "calls", "handled complaints", "sian", "Siân's", "cafe", "caterer, complaint!"):
        assert found(own, asked, "evidence") == [address], asked
    for asked in ("complaint refund", "plaint", "", " ", "!", "' OR 1=1 --", '"', "*"):
        assert found(own, asked, "evidence") == [], asked
    EvidenceVersion.objects.filter(pk=drafted.pk).update(title="Something else")
    assert found(own, "complaint", "evidence") == []


def test_an_item_is_found_by_the_name_of_a_file_until_it_is_taken_out(house: House) -> None:
    named = replace(a_file(house.centre), name="night-shift_report.v2.pdf")
    drafted = a_draft(an_enrolment(house), "1.1", files=[named])
    own, address = house.candidate.user, place_of(drafted)
    assert [found(own, asked, "evidence") for asked in ("shift", "report v2", "pdf night")] == [[address]] * 3
    EvidenceFile.objects.filter(version=drafted).update(removed_at=timezone.now())
    assert found(own, "shift", "evidence") == []


def test_evidence_is_found_by_whoever_sees_it_and_by_nobody_else(house: House, other_house: House) -> None:
    address = place_of(handed_in(an_enrolment(house), "1.1", words=worded("Zebra crossing")))
    drawn = place_of(a_draft(an_enrolment(house, "ocr-cc16"), "1.1", words=worded("Zebra draft")))
    visitor = an_external(house).grant.user
    sees = {house.assessor, house.verifier, house.lead, house.administrator, visitor}
    assert set(found(house.candidate.user, "zebra", "evidence")) == {address, drawn}
    for somebody in sees:
        assert found(somebody, "zebra", "evidence") == [address], somebody
    strangers = {
        house.other_candidate.user,
        house.other_assessor,
        other_house.administrator,
        other_house.candidate.user,
    }
    for somebody in strangers:
        assert found(somebody, "zebra", "evidence") == [], somebody


def test_only_the_version_in_force_is_found(house: House) -> None:
    unit = an_enrolment(house)
    first = judged(handed_in(unit, "1.1", words=worded("Giraffe")), unit)
    second = items.replace(version=first, by=house.candidate.user, at=timezone.now())
    EvidenceVersion.objects.filter(pk=second.pk).update(title="Elephant")
    assert found(house.assessor, "giraffe", "evidence") != []
    assert found(house.assessor, "elephant", "evidence") == []
    items.submit(version=second, by=house.candidate.user, at=timezone.now())
    assert found(house.assessor, "giraffe", "evidence") == []
    assert found(house.assessor, "elephant", "evidence") != []


def test_people_are_found_by_whoever_keeps_or_sees_them(house: House, other_house: House) -> None:
    CandidateRecord.objects.filter(pk=house.candidate.pk).update(
        legal_name="Llŷr Ffôn-Jones Żółkiewski", uln="9876543217"
    )
    unit = an_enrolment(house)
    page = reverse("assessments:enrolment", args=[unit.pk])
    person = reverse("portfolio:person", args=[house.centre.slug, house.candidate.user.handle])
    for asked in ("llyr", "ffon", "jones", "98765", "Llŷr Jones", "zolkiewski", "ŻÓŁK"):
        assert found(house.administrator, asked, "candidates") == [person], asked
        assert found(house.assessor, asked, "candidates") == [page], asked
        assert found(house.other_assessor, asked, "candidates") == [], asked
        assert found(other_house.administrator, asked, "candidates") == [], asked
    assert found(house.administrator, "asha", "staff") != []
    assert found(house.assessor, "asha", "staff") == []
    assert found(other_house.administrator, "asha northgate", "staff") == []


def test_criteria_are_found_by_their_wording_and_lead_to_their_place(house: House) -> None:
    criterion = Criterion.objects.get(unit__key="ocr-cc26", number="1.1")
    words = " ".join(words_of(criterion.text)[:6])
    place = reverse("units:unit", args=["ocr-cc26", 1])
    assert f"{place}#criterion-1.1" in found(house.candidate.user, words, "criteria")
    assert place in found(house.candidate.user, "CC26", "units")


def test_a_page_shows_the_first_of_each_kind_and_leads_to_the_rest(house: House, client: AskingClient) -> None:
    client.force_login(house.candidate.user)
    place = reverse("assessments:search")
    page = client.get(place, {"q": "contact"}).content.decode()
    assert "<mark>contact</mark>" in page.lower()
    assert "in=criteria" in page
    whole = client.get(place, {"q": "contact", "in": "criteria"}).content.decode()
    assert whole.count("#criterion-") > 8
    assert client.get(place, {"q": "contact", "in": "criteria", "page": "99"}).status_code == 200
    assert "Nothing found" in client.get(place, {"q": "xyzzy"}).content.decode()
    for odd in (
        {"q": "a" * 5000},
        {"q": "contact", "page": "-1"},
        {"q": "contact", "page": "²"},
        {"in": "x"},
    ):
        assert client.get(place, odd).status_code == 200, odd


def test_it_asks_as_often_whatever_is_found(house: House, client: AskingClient) -> None:
    client.force_login(house.administrator)
    asked, units = [], [["ocr-cc32", "ocr-d20", "ocr-cc16"], ["ocr-cc26"]]
    while units:
        for key in units.pop():
            handed_in(an_enrolment(house, key), "1.1")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("assessments:search"), {"q": "c"}).content.decode()
        asked.append(len(queries))
        assert "Evidence 1" in page
    assert asked[0] == asked[1] <= 15


def test_a_visitor_from_outside_leaves_a_line(house: House, client: AskingClient) -> None:
    client.force_login(an_external(house).grant.user)
    client.get(reverse("assessments:search"), {"q": "zebra"})
    assert [line.subject_kind for line in AccessLine.objects.all()] == ["search"]


def test_what_was_looked_for_is_marked_where_it_stands() -> None:
    text = "Nothing of note here. " * 20 + "Then the Café called about calls. " + "And more. " * 40
    pieces = excerpt(text, ["cafe", "call"])
    assert [piece.text for piece in pieces if piece.found] == ["Café", "called", "calls"]
    assert len("".join(piece.text for piece in pieces)) < 210
    assert "".join(piece.text for piece in excerpt("Short <b>", ["x"])) == "Short <b>"
    assert excerpt("", ["x"]) == []


def test_the_index_is_there_and_is_made_anew_where_it_is_not(house: House) -> None:
    with connection.cursor() as cursor:
        assert all(searching.stands(cursor, one) for one in SEARCHED)
        if connection.vendor == "sqlite":
            searching.take_down()
        else:
            for one in SEARCHED:
                cursor.execute(f'DROP INDEX "{one.name}"')
        assert not any(searching.stands(cursor, one) for one in SEARCHED)
        address = place_of(a_draft(an_enrolment(house), "1.1", words=worded("Unseen by any index")))
        connection.check_constraints()  # PostgreSQL makes no index of a table with checks outstanding
        searching.build()
        assert all(searching.stands(cursor, one) for one in SEARCHED)
    assert found(house.candidate.user, "unseen", "evidence") == [address]


def test_the_database_looks_into_its_index() -> None:
    asked = having(FILES, wanted(["report"], [1]))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which reads a small table from end to end otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{connection.ops.explain_query_prefix()} {asked.sql}", asked.params)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "search_files" in plan
    assert ("VIRTUAL TABLE INDEX" in plan) is (connection.vendor == "sqlite")


def test_nothing_is_found_for_no_words(house: House) -> None:
    assert found_for(house.administrator, " - ", most=8) == []


def test_the_words_of_each_centre_are_kept_apart(house: House, other_house: House) -> None:
    here, there = (handed_in(an_enrolment(one), "1.1", words=worded("Zebra")) for one in (house, other_house))
    centres = (house.centre.pk, other_house.centre.pk)

    def having_it(word: str, *of: int) -> set[int]:
        asked = having(EVIDENCE, wanted([word], of))
        return set(EvidenceVersion.objects.filter(pk__in=asked).values_list("pk", flat=True))

    assert having_it("zebr", *centres) == {here.pk, there.pk}
    if connection.vendor == "postgresql":
        assert [having_it("zebr", centre) for centre in centres] == [{here.pk}, {there.pk}]
        assert having_it("zebr") == having_it("the", *centres) == having_it(str(centres[0]), *centres) == set()
