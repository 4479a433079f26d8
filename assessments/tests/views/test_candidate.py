"""A candidate's home: their units, and what waits for them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import judgement, verification
from assessments.enums import Verdict
from assessments.models import EvidenceVersion
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    met,
    returned,
    verified,
)
from assessments.tests.records import acknowledged, disputed, recorded
from portfolio.harness import AskingClient
from portfolio.models import User

pytestmark = pytest.mark.django_db

HOME = "/portfolio/"


def home(client: AskingClient, user: User) -> str:
    client.force_login(user)
    return str(client.get(HOME).content.decode())


def waiting(client: AskingClient, user: User) -> str:
    """The list of what waits, without the news and the units below it."""
    return home(client, user).partition('<h2 id="waiting">')[2].partition("</section>")[0]


def test_it_is_for_candidates(client: AskingClient, house: House) -> None:
    assert client.get(HOME).status_code == 302
    for user in (house.assessor, house.verifier, house.administrator):
        client.force_login(user)
        assert client.get(HOME).status_code == 403


def test_a_new_candidate_is_told_what_comes_first(client: AskingClient, house: House) -> None:
    assert "No units yet" in home(client, house.other_candidate.user)


def test_it_shows_my_units_in_layers_and_nobody_elses(client: AskingClient, house: House) -> None:
    mine = an_enrolment(house)
    judged(handed_in(mine, "1.1", "1.2"), mine, Verdict.MET, "1.1")
    an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
    shown = home(client, house.candidate.user)
    assert "Of 13 criteria: 2 claimed, 1 accepted, 0 confirmed" in shown
    assert "Assessor Asha Northgate" in shown
    assert "CC32" not in shown


def test_feedback_returned_items_and_drafts_wait_newest_first(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    read = judged(handed_in(enrolment, "1.1", "1.2"), enrolment, Verdict.NOT_YET)
    back = returned(handed_in(enrolment, "1.3"), enrolment)
    draft = a_draft(enrolment, "2.1", words=described("A draft of mine"))
    shown = waiting(client, house.candidate.user)
    order = [
        shown.index(reverse("assessments:submit_evidence", args=[draft.evidence_id])),
        shown.index("Which week was that?"),
        shown.index("More needed for CC26 1.1, 1.2"),
    ]
    assert order == sorted(order)
    assert shown.count(reverse("assessments:evidence", args=[read.evidence_id])) == 1
    assert reverse("assessments:evidence", args=[back.evidence_id]) in shown


def test_what_is_being_replaced_waits_as_its_draft_only(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    versions = [
        judged(handed_in(enrolment, "1.1"), enrolment, Verdict.NOT_YET),
        returned(handed_in(enrolment, "1.2"), enrolment),
    ]
    for version in versions:
        items.replace(version=version, by=house.candidate.user, at=timezone.now())
    shown = home(client, house.candidate.user)
    assert shown.count("Draft to hand in") == 2
    assert "More needed" not in shown
    assert "<strong>Returned</strong>" not in shown


def test_feedback_that_other_evidence_has_answered_waits_no_more(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    judged(handed_in(enrolment, "1.1"), enrolment, Verdict.CONTRIBUTES)
    assert "More needed for CC26 1.1" in home(client, house.candidate.user)
    judged(handed_in(enrolment, "1.1"), enrolment)
    assert "More needed" not in home(client, house.candidate.user)


@pytest.mark.parametrize("answer", [acknowledged, disputed])
def test_a_record_waits_to_be_read_until_something_is_said_of_it(
    client: AskingClient, house: House, answer: Callable[[EvidenceVersion], EvidenceVersion]
) -> None:
    version = recorded(an_enrolment(house))
    address = reverse("assessments:acknowledge", args=[version.evidence_id])
    assert waiting(client, house.candidate.user).count(address) == 1
    answer(version)
    assert address not in waiting(client, house.candidate.user)


def test_a_complete_unit_waits_for_the_signature_until_it_is_declared(client: AskingClient, house: House) -> None:
    enrolment = met(an_enrolment(house))
    assert "Ready for your signature" in home(client, house.candidate.user)
    judgement.declare(enrolment=enrolment, by=house.candidate.user, at=timezone.now())
    assert "Ready for your signature" not in home(client, house.candidate.user)


def test_a_unit_that_was_referred_back_says_why(client: AskingClient, house: House) -> None:
    enrolment = declared(an_enrolment(house))
    judgement.refer(enrolment=enrolment, feedback="Add a second date.", by=house.assessor, at=timezone.now())
    shown = home(client, house.candidate.user)
    assert "Came back to you" in shown
    assert "Add a second date." in shown


def test_a_unit_that_a_verifier_sent_back_says_so_and_not_what_they_said_to_the_assessor(
    client: AskingClient, house: House
) -> None:
    enrolment = verified(an_enrolment(house))
    verification.send_back(
        enrolment=enrolment,
        finding="1.1 was accepted without hearing the call.",
        wanted="Listen before you decide.",
        due_on=timezone.localdate(),
        criteria=[],
        by=house.verifier,
        at=timezone.now(),
    )
    unit = reverse("assessments:enrolment", args=[enrolment.pk])
    for address in (HOME, reverse("portfolio:news"), unit):
        client.force_login(house.candidate.user)
        shown = client.get(address).content.decode()
        assert "Sent back by internal verification" in shown
        assert "without hearing the call" not in shown
        assert "Listen before" not in shown
    assert "you sign it again" in shown
    client.force_login(house.assessor)
    shown = client.get(unit).content.decode()
    assert "Listen before you decide." in shown
    assert 'href="#looked-at"' in shown


def test_a_long_list_is_cut_and_shown_in_full_when_asked(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    for number in range(12):
        a_draft(enrolment, "1.1", words=described(f"Piece {number}"))
    shown = home(client, house.candidate.user)
    assert "Piece 11" in shown
    assert "Piece 0<" not in shown
    assert "See all, 4 more" in shown
    assert "Piece 0<" in client.get(HOME, {"all": "1"}).content.decode()


def test_its_queries_do_not_grow_with_units_and_items(client: AskingClient, house: House) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(HOME).status_code == 200
        return len(captured)

    enrolment = an_enrolment(house)
    returned(handed_in(enrolment, "1.1"), enrolment)
    acknowledged(recorded(enrolment))  # where records stand is asked once
    an_enrolment(house, "sqa-h12e04")  # the only one with parts of evidence requirements to ask for
    client.force_login(house.candidate.user)
    few = count()
    for key in ("ocr-cc32", "ocr-d20", "ocr-cc16"):
        unit = an_enrolment(house, key)
        judged(handed_in(unit), unit, Verdict.NOT_YET)
        a_draft(unit)
        returned(handed_in(unit), unit)
    assert few == count() <= 15
