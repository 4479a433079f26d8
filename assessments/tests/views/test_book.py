"""It shows whoever runs a centre what was done there, follows a candidate or a unit, and proves what it hands out."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.external import issue_note
from assessments.queries.book import Choices, book_of, choices_of
from assessments.queries.book_ties import ties
from assessments.testing import House, an_enrolment, an_external, sampled, signed_off
from assessments.tests.appeals import a_case
from assessments.tests.by_script import checked
from assessments.tests.doors_of_external import set_external
from assessments.tests.views.visitors import queries_of
from portfolio import audit, walls
from portfolio.models import AccessLine, AuditChain, AuditDetail, AuditEvent, Centre
from portfolio.testing import a_candidate, with_password

pytestmark = pytest.mark.django_db


def at(house: House, name: str = "book", query: str = "", *more: str) -> str:
    return reverse(f"assessments:{name}", args=[house.centre.slug, *more]) + query


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.fixture
def office(client: Client, house: House) -> Client:
    client.force_login(with_password(house.administrator))
    return client


def sent(client: Client, address: str) -> list[dict[str, Any]]:
    response = client.get(address)
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]  # type: ignore[attr-defined]


def test_every_act_is_a_line_with_who_did_what_to_whose_record(office: Client, house: House) -> None:
    unit = signed_off(an_enrolment(house))
    text = shown(office, at(house))
    item = unit.mappings.first().evidence  # type: ignore[union-attr]
    assert f'<a href="{reverse("assessments:evidence", args=[item.pk])}">Evidence {item.number}</a>' in text
    assert f'<a href="{reverse("assessments:enrolment", args=[unit.pk])}">{unit.unit}</a>' in text
    for words in ("Sign off", "Review", "Add evidence", "Enrol", "Cara Northgate"):
        assert words in text


def test_it_follows_one_candidate_through_everything_that_is_theirs(office: Client, house: House) -> None:
    unit = signed_off(an_enrolment(house))
    other = an_enrolment(house, candidate=house.other_candidate)
    found = office.get(at(house, query="?candidate=cara")).context["lines"]
    assert {line.about.candidate for line in found if line.about.candidate} == {unit.candidate.name}
    assert {"Enrol", "Add evidence", "Submit", "Review", "Declare", "Sign off"} <= {line.verb for line in found}
    assert {line.verb for line in found} & {"Invite candidate", "Accept invitation"}
    others = office.get(at(house, query="?candidate=colin")).context["lines"]
    assert [line.about.enrolment for line in others if line.verb == "Enrol"] == [other.pk]


def test_it_follows_one_unit_and_names_it(office: Client, house: House) -> None:
    unit, other = signed_off(an_enrolment(house)), an_enrolment(house, "ocr-cc32")
    page = office.get(at(house, query=f"?unit={unit.pk}"))
    verbs = [line.verb for line in page.context["lines"]]
    assert {"Enrol", "Add evidence", "Review", "Sign off"} <= set(verbs)
    assert verbs.count("Enrol") == 1
    assert other.pk not in {line.about.enrolment for line in page.context["lines"]}
    assert "Only what concerns <strong>Cara Northgate</strong>" in page.content.decode()
    assert f'name="unit" value="{unit.pk}"' in page.content.decode()


def test_it_is_narrowed_by_who_did_what_to_what_and_when(office: Client, house: House) -> None:
    signed_off(an_enrolment(house))

    def verbs(query: str) -> set[str]:
        return {line.verb for line in office.get(at(house, query=query)).context["lines"]}

    assert verbs("?verb=review") == {"Review"}
    assert "Enrol" not in verbs("?person=asha")
    assert "Sign off" in verbs("?person=asha")
    assert verbs("?kind=evidence&verb=sign_off") == set()
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert "Sign off" in verbs(f"?since={today}&until={today}")
    assert verbs("?until=2001-01-01") == set()
    assert "Enter a valid date" in shown(office, at(house, query="?since=lately"))


def test_lines_about_a_case_are_told_to_those_who_work_on_it_alone(office: Client, house: House) -> None:
    case = a_case(house)
    assert "Open case" in shown(office, at(house))
    office.force_login(with_password(house.lead))
    assert "Open case" not in shown(office, at(house))
    assert ("case", case.pk) not in {tuple(line.get("subject", ())) for line in sent(office, at(house, "book_proof"))}


def test_it_offers_each_verb_and_kind_that_the_reader_is_told_of(office: Client, house: House) -> None:
    signed_off(an_enrolment(house))
    of_book = AuditEvent.objects.filter(chain__centre=house.centre)
    book = book_of(house.centre, house.lead)
    assert sorted(audit.verbs_and_kinds(book.chain)) == sorted(set(of_book.values_list("verb", "subject_kind")))
    a_case(house)  # on which the lead verifier does not work
    for own in (None, house.other_candidate.pk):
        offered = choices_of(book._replace(own=own), house.lead)
        assert {verb for verb, _ in offered.verbs} == {*of_book.values_list("verb", flat=True)} - {"open_case"}
        assert {kind for kind, _ in offered.kinds} == {*of_book.values_list("subject_kind", flat=True)} - {"case"}
    new = Centre.objects.create(name="New", slug="new", created_at=timezone.now())
    assert choices_of(book_of(new, house.lead), house.lead) == Choices()


def test_details_that_were_erased_are_said_to_be(office: Client, house: House) -> None:
    an_enrolment(house)
    line = AuditEvent.objects.filter(verb="enrol").latest("sequence")
    assert "erased" not in shown(office, at(house))
    walls.take_down()
    AuditDetail.objects.filter(event=line).delete()
    walls.build()
    assert '<span class="soft">erased</span>' in shown(office, at(house))
    assert "lines hold" in checked_from_the_page(office, house)


def checked_from_the_page(office: Client, house: House) -> str:
    assert office.post(at(house, "check_book")).status_code == 302
    return shown(office, at(house))


def test_one_press_checks_the_whole_book(office: Client, house: House) -> None:
    assert "It has not been checked from here yet." in shown(office, at(house))
    text = checked_from_the_page(office, house)
    assert f"all {AuditChain.objects.get(centre=house.centre).length} lines hold" in text


def test_what_is_handed_out_with_proof_is_checked_by_the_script_alone(
    office: Client, house: House, tmp_path: Path
) -> None:
    signed_off(an_enrolment(house))
    whole = sent(office, at(house, "book_proof"))
    chain = AuditChain.objects.get(centre=house.centre)
    assert checked(tmp_path, whole) == (
        0,
        f"All {chain.length} lines hold, {chain.length} of them given in full. Head: {chain.head}\n",
    )
    some = sent(office, at(house, "book_proof", "?verb=review"))
    reviews = AuditEvent.objects.filter(chain=chain, verb="review").count()
    assert checked(tmp_path, some)[1].startswith(f"All {chain.length} lines hold, {reviews} of them")
    assert AccessLine.objects.filter(subject_kind="auditchain", downloaded=True).count() == 2


@pytest.mark.parametrize("change", ["verb", "details", "gone", "tail", "place"])
def test_the_script_finds_any_change(office: Client, house: House, tmp_path: Path, change: str) -> None:
    lines = sent(office, at(house, "book_proof"))
    if change == "verb":
        lines[3]["verb"] = "nothing"
    elif change == "details":
        lines[3]["details"] = {"more": 1}
    elif change == "gone":
        del lines[3]
    elif change == "tail":
        del lines[-1]
    else:
        lines[3] = {"sequence": 3, "previous": lines[3]["previous"], "hash": "0" * 64, "left_out": True}
    status, said = checked(tmp_path, lines)
    assert status == 1
    where = {"tail": "ends at line", "place": "Line 4"}.get(change, "Line 3")
    assert where in said


def test_a_unit_of_another_centre_is_not_followed(office: Client, house: House, other_house: House) -> None:
    unit = an_enrolment(other_house)
    assert office.get(at(house, query=f"?unit={unit.pk}")).status_code == 404


def test_looks_are_told_with_who_took_what_away(office: Client, house: House) -> None:
    unit = an_enrolment(house)
    audit.looked_at(unit, by=house.verifier, centre_id=house.centre.pk, at=timezone.now(), downloaded=True)
    audit.looked_at(unit.candidate, by=house.lead, centre_id=house.centre.pk, at=timezone.now())
    looks = office.get(at(house, "looks")).context["looks"]
    assert [look.downloaded for look in looks[:2]] == [False, True]
    assert {look.about.candidate for look in looks[:2]} == {"Cara Northgate"}
    only = office.get(at(house, "looks", f"?unit={unit.pk}")).context["looks"]
    assert [look.downloaded for look in only] == [True]


def test_it_takes_as_many_queries_however_much_was_done(office: Client, house: House) -> None:
    few = queries_of(office, at(house))
    signed_off(an_enrolment(house))
    signed_off(an_enrolment(house, "ocr-cc32"))
    assert queries_of(office, at(house)) <= few + 1
    assert queries_of(office, at(house, query="?candidate=cara")) <= 15


def test_every_record_a_candidate_or_unit_has_is_known_to_be_theirs() -> None:
    """A model that leads to a candidate only through others must be named, or nobody follows it."""
    assert ties()["evidence"].candidate == "candidate"
    assert ties()["appeal"].candidate == "enrolment__candidate"
    assert ties()["exercise"].candidate == "version__evidence__candidate"
    assert not ties()["samplingplan"].candidate


def test_of_their_own_portfolio_nobody_reads_what_others_did(office: Client, house: House) -> None:
    own = a_candidate(house.centre, "Northgate Admin", by=house.administrator)
    assert own.user == house.administrator
    sampled(an_enrolment(house, candidate=own))
    page = office.get(at(house))
    mine = [line for line in page.context["lines"] if line.about.candidate == own.name]
    assert {line.by for line in mine} == {own.name}
    assert "Add evidence" in {line.verb for line in mine}
    assert "Of your own portfolio you see here what you did yourself" in page.content.decode()
    assert "plan_sample" not in {line.get("verb") for line in sent(office, at(house, "book_proof"))}
    office.force_login(with_password(house.lead))
    assert "Plan sample" in {line.verb for line in office.get(at(house)).context["lines"]}


def test_a_remark_is_no_line_for_others_until_it_is_issued(office: Client, house: House) -> None:
    external = set_external(house, an_external(house), an_enrolment(house))
    assert "Write note" not in shown(office, at(house))
    issue_note(note=external.note, by=external.access.grant.user, at=timezone.now())
    assert "Write note" in shown(office, at(house))


def test_as_many_lines_are_counted_as_are_told(office: Client, house: House) -> None:
    a_case(house)
    set_external(house, an_external(house), an_enrolment(house))
    counted = []
    for reader in (house.administrator, house.lead):
        office.force_login(with_password(reader))
        counted.append(office.get(at(house)).context["page"].paginator.count)
        assert counted[-1] == len([line for line in sent(office, at(house, "book_proof"))[1:] if "verb" in line])
    assert counted[0] > counted[1]
