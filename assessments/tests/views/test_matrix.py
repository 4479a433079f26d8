"""A unit's page: cells of its matrix pressed one by one, its gaps, and what it tells of time."""

import datetime
from html import unescape

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from assessments.actions.evidence import Described
from assessments.enums import EvidenceKind, Layer, Verdict
from assessments.models import Enrolment, EvidenceVersion, Mapping
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    approved_simulation,
    declared,
    handed_in,
    judged,
    simulated,
)
from assessments.tests.views.sent import value
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, User

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def enrolment(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def candidate(client: AskingClient, house: House, enrolment: Enrolment) -> User:
    """The candidate, signed in."""
    client.force_login(house.candidate.user)
    return house.candidate.user


def shown(client: AskingClient, enrolment: Enrolment, view: str = "matrix") -> str:
    return unescape(
        client.get(reverse("assessments:enrolment", args=[enrolment.pk]) + f"?view={view}").content.decode()
    )


def press(
    client: AskingClient, enrolment: Enrolment, item: EvidenceVersion, number: str, *, claim: bool, **headers: str
) -> HttpResponseBase:
    criterion = enrolment.unit.criteria.get(number=number)
    data = {"evidence": item.evidence_id, "criterion": criterion.pk, **({"claim": "on"} if claim else {})}
    return client.post(reverse("assessments:map_cell", args=[enrolment.pk]), data, headers=headers)


def text(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return unescape(answer.content.decode())


def said(answer: HttpResponseBase) -> str:
    return text(answer).split('data-part="said">')[1].split("</div>")[0].strip()


def live(enrolment: Enrolment) -> set[str]:
    found = Mapping.objects.filter(enrolment=enrolment, taken_back_at=None)
    return set(found.values_list("criterion__number", flat=True))


# --- a cell ----------------------------------------------------------------------------------------------------------


def test_a_press_claims_a_criterion_and_another_takes_it_back(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    item = handed_in(enrolment, "1.1")
    lines = AuditEvent.objects.count()
    answer = press(client, enrolment, item, "1.2", claim=True, **HTMX)
    assert answer.status_code == 200
    assert said(answer) == "Evidence 1 for 1.2: claimed, waiting to be assessed."
    assert live(enrolment) == {"1.1", "1.2"}
    answer = press(client, enrolment, item, "1.2", claim=False, **HTMX)
    assert said(answer) == "Evidence 1 for 1.2: not claimed."
    assert live(enrolment) == {"1.1"}
    assert AuditEvent.objects.count() == lines + 2


def test_the_answer_holds_what_changed_around_the_cell(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    item = handed_in(enrolment, "1.1")
    parts = text(press(client, enrolment, item, "1.2", claim=True, **HTMX))
    assert f"1.2: {Layer.CLAIMED.label}" in parts
    assert "2 claimed" in parts
    assert "1.2 is claimed, but your assessor has not judged it met yet." in parts


def test_a_press_on_what_stands_already_changes_nothing(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    item = handed_in(enrolment, "1.1")
    lines = AuditEvent.objects.count()
    assert press(client, enrolment, item, "1.1", claim=True, **HTMX).status_code == 200
    assert press(client, enrolment, item, "2.1", claim=False, **HTMX).status_code == 200
    assert (live(enrolment), AuditEvent.objects.count()) == ({"1.1"}, lines)


def test_why_not_is_said_in_place(client: AskingClient, candidate: User, enrolment: Enrolment) -> None:
    item = handed_in(enrolment, "1.1", "1.2")
    judged(item, enrolment, Verdict.NOT_YET, "1.1")
    client.force_login(enrolment.candidate_user)
    answer = press(client, enrolment, item, "1.1", claim=False, **HTMX)
    assert answer.status_code == 409
    assert said(answer) == "The assessor has judged this, so it stays on the record."
    assert live(enrolment) == {"1.1", "1.2"}


def test_a_setting_the_unit_does_not_take_is_refused(client: AskingClient, candidate: User, house: House) -> None:
    d20, other = an_enrolment(house, "ocr-d20"), an_enrolment(house, "ocr-cc32")
    approved_simulation(other, "1.1")
    item = handed_in(other, "1.1", words=simulated("Role play"))
    assert "D20 does not accept evidence from simulation" in said(press(client, d20, item, "1.1", claim=True, **HTMX))


def test_without_script_the_press_leads_back_to_the_matrix(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    item = handed_in(enrolment, "1.1")
    answer = press(client, enrolment, item, "1.1", claim=False)
    assert answer["Location"] == reverse("assessments:enrolment", args=[enrolment.pk]) + "?view=matrix"
    assert "It is all that this item is mapped to" in client.get(answer["Location"]).content.decode()


def test_the_assessor_claims_too_and_nobody_else_does(client: AskingClient, house: House, enrolment: Enrolment) -> None:
    item = handed_in(enrolment, "1.1")
    client.force_login(house.assessor)
    assert press(client, enrolment, item, "1.2", claim=True, **HTMX).status_code == 200
    client.force_login(house.verifier)
    assert press(client, enrolment, item, "1.3", claim=True, **HTMX).status_code == 409
    client.force_login(house.other_assessor)
    assert press(client, enrolment, item, "1.3", claim=True, **HTMX).status_code == 404
    assert live(enrolment) == {"1.1", "1.2"}


def test_another_candidates_item_is_no_row_of_the_unit(
    client: AskingClient, candidate: User, house: House, enrolment: Enrolment
) -> None:
    strange = a_draft(an_enrolment(house, candidate=house.other_candidate), "1.1")
    assert press(client, enrolment, strange, "1.2", claim=True, **HTMX).status_code == 404


def test_only_who_may_map_is_offered_it(client: AskingClient, candidate: User, house: House) -> None:
    enrolment = an_enrolment(house, "ocr-cc16")
    handed_in(enrolment, "1.1")
    offered = reverse("assessments:map_cell", args=[enrolment.pk])
    assert offered in shown(client, enrolment)
    client.force_login(house.verifier)
    assert offered not in shown(client, enrolment)
    done = declared(an_enrolment(house, "ocr-cc32"))
    client.force_login(house.candidate.user)
    assert reverse("assessments:map_cell", args=[done.pk]) not in shown(client, done)


# --- gaps and time ---------------------------------------------------------------------------------------------------


def test_each_criterion_says_what_it_still_needs(client: AskingClient, candidate: User, enrolment: Enrolment) -> None:
    judged(handed_in(enrolment, "1.1"), enrolment, Verdict.MET, "1.1")
    judged(handed_in(enrolment, "1.2"), enrolment, Verdict.CONTRIBUTES, "1.2")
    handed_in(enrolment, "1.3")
    a_draft(enrolment, "2.1")
    client.force_login(enrolment.candidate_user)
    page = shown(client, enrolment, "criteria")
    needs = {}
    for criterion in enrolment.unit.criteria.all():
        part = page.split(f'id="criterion-{criterion.pk}"')[1].split("</li>")[0]
        needs[criterion.number] = (
            part.split('class="needs"><strong>')[1].split("</strong>")[0] if "needs" in part else ""
        )
    assert needs["1.1"] == ""
    assert needs["1.2"] == "What there is contributes to it: more is needed to meet it. “Tell me what came of it.”"
    assert needs["1.3"] == "It waits for the assessor."
    assert needs["2.1"] == "Hand in the draft that is to show it."
    assert needs["2.2"] == "Nothing shows it yet."
    met = enrolment.unit.criteria.get(number="1.1")
    assert f'id="criterion-{met.pk}"' not in shown(client, enrolment, "criteria&gaps")


def test_a_gap_leads_to_the_form_with_its_criterion_ticked(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    criterion = enrolment.unit.criteria.get(number="2.2")
    place = f"{reverse('assessments:add_evidence')}?unit={enrolment.pk}&criterion={criterion.pk}"
    assert place in shown(client, enrolment, "criteria")
    assert f'value="{value(enrolment, "2.2")}" checked' in client.get(place).content.decode()


def test_time_is_told_and_counts_towards_nothing(client: AskingClient, candidate: User, enrolment: Enrolment) -> None:
    assert "No evidence has been handed in yet." in shown(client, enrolment)
    for day, kind in ((2, EvidenceKind.WORK_PRODUCT), (2, EvidenceKind.PROJECT), (9, EvidenceKind.WORK_PRODUCT)):
        on = datetime.date(2026, 3, day)
        handed_in(enrolment, "1.1", words=Described("Notes", "What I did.", kind=kind, activity_on=on))
    page = shown(client, enrolment).split('id="over-time"')[1].split("</section>")[0]
    for fact in (
        "2 March 2026",
        "9 March 2026",
        "<dd>2</dd>",
        f"{EvidenceKind.PROJECT.label}, {EvidenceKind.WORK_PRODUCT.label}",
    ):
        assert fact in page
    assert "the assessor judges" in page
