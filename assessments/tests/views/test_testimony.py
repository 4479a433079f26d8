"""The pages of a testimony: the candidate's requests, and the witness's link, whatever became of it."""

from typing import Any

import pytest
import pytest_django
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.enums import WitnessStatus
from assessments.models import Enrolment, Testimony
from assessments.testing import House, a_draft, an_enrolment
from assessments.tests.views.sent import typed
from assessments.tests.witnesses import a_testimony_draft, asked, opened, signed, token_of, with_testimony
from portfolio import signing
from portfolio.harness import AskingClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def request_made(unit: Enrolment) -> Testimony:
    return asked(a_testimony_draft(unit))


def page_of(testimony: Testimony) -> str:
    return reverse("assessments:witness", args=[token_of(testimony)])


def answer(**otherwise: Any) -> dict[str, Any]:
    """What a witness sends when all is well."""
    statement = signing.current_statement("witness-testimony")
    return {
        "statement": "She rang back within the hour.",
        "place": "The contact centre",
        "seen_from": timezone.localdate().isoformat(),
        "own_relationship": "Her team leader",
        "status": WitnessStatus.EXPERT.value,
        "confirmed": "on",
        "name": "Wyn Witness",
        "shown": statement.pk,
        "sign": "yes",
        **otherwise,
    }


# --- the witness -----------------------------------------------------------------------------------------------------


def test_the_door_names_who_asks_and_nothing_else(client: AskingClient, request_made: Testimony) -> None:
    page = client.get(page_of(request_made))
    assert page.status_code == 200
    shown = page.content.decode()
    assert request_made.version.evidence.candidate.legal_name in shown
    assert request_made.request not in shown
    assert "no-store" in page["Cache-Control"]
    request_made.refresh_from_db()
    assert request_made.opened_at is None


def test_a_witness_reads_writes_signs_and_is_thanked(client: AskingClient, request_made: Testimony) -> None:
    address = page_of(request_made)
    assert client.post(address, {"open": "yes"}).status_code == 302
    shown = client.get(address).content.decode()
    assert request_made.request in shown
    assert request_made.version.title not in shown
    assert request_made.version.description not in shown
    assert client.post(address, answer()).status_code == 302
    thanks = client.get(address)
    assert (thanks.status_code, "Thank you" in thanks.content.decode()) == (200, True)
    assert "She rang back" not in thanks.content.decode()
    request_made.refresh_from_db()
    assert request_made.signature is not None
    assert (request_made.signature.signer_name, request_made.signed_from) == ("Wyn Witness", "127.0.0.1")


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("statement", "Write down what you saw."),
        ("place", "Say where it was."),
        ("seen_from", "Say on which day it was."),
        ("own_relationship", "Say what you are to the candidate."),
        ("status", "Choose what you know of the work."),
        ("confirmed", "Confirm that this is you."),
        ("name", "Type your full name"),
        ("shown", "The words that you sign have changed."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    client: AskingClient, request_made: Testimony, left_out: str, sentence: str
) -> None:
    opened(request_made)
    wrong = {"shown": "999999"} if left_out == "shown" else {left_out: ""}
    page = client.post(page_of(request_made), answer(place="By the lift") | wrong)
    shown = page.content.decode()
    assert sentence in shown
    assert left_out == "place" or "By the lift" in shown
    request_made.refresh_from_db()
    assert request_made.signature is None


def test_what_is_kept_is_there_again_and_nobody_else_reads_it(
    client: AskingClient, house: House, request_made: Testimony
) -> None:
    opened(request_made)
    address = page_of(request_made)
    assert client.post(address, {"statement": "So far", "shown": "1", "keep": "yes"}).status_code == 302
    assert "So far" in client.get(address).content.decode()
    client.force_login(house.candidate.user)
    item = client.get(reverse("assessments:evidence", args=[request_made.version.evidence_id]))
    assert "So far" not in item.content.decode()


def test_declining_wants_a_word_and_keeps_what_was_typed_until_then(
    client: AskingClient, request_made: Testimony
) -> None:
    opened(request_made)
    address = page_of(request_made)
    again = client.post(address, {"statement": "So far", "shown": "1", "reason": "", "decline": "yes"})
    assert "Say in a word why" in again.content.decode()
    assert "So far" in again.content.decode()
    assert client.post(address, {"reason": "I was away.", "decline": "yes"}).status_code == 302
    assert "You have declined" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("became", "status", "words"),
    [
        ("forged", 404, "This link does not open"),
        ("expired", 410, "This link has run out"),
        ("replaced", 410, "There is a newer link"),
        ("revoked", 410, "This request was taken back"),
        ("withdrawn", 410, "This request is closed"),
    ],
)
def test_a_link_that_opens_nothing_says_why_to_ask_and_to_act(
    client: AskingClient,
    house: House,
    request_made: Testimony,
    settings: pytest_django.Settings,
    became: str,
    status: int,
    words: str,
) -> None:
    opened(request_made)
    address, by = page_of(request_made), house.candidate.user
    client.force_login(by)
    match became:
        case "forged":
            address = reverse("assessments:witness", args=["forged"])
        case "expired":
            Testimony.objects.filter(pk=request_made.pk).update(expires_at=timezone.now())
        case "replaced":
            Testimony.objects.filter(pk=request_made.pk).update(token_digest="0" * 64)
        case "revoked":
            client.post(reverse("assessments:revoke_request", args=[request_made.pk]))
        case "withdrawn":
            items.withdraw_item(version=request_made.version, reason="Wrong.", by=by, at=timezone.now())
    client.logout()
    for page in (client.get(address), client.post(address, answer())):
        assert (page.status_code, words in page.content.decode()) == (status, True)
        assert request_made.request not in page.content.decode()


def test_presses_are_counted_and_too_many_wait(client: AskingClient) -> None:
    cache.clear()
    address = reverse("assessments:witness", args=["forged"])
    codes = {client.post(address, {"sign": "yes"}).status_code for _ in range(31)}
    assert codes == {404, 429}
    assert client.get(address).status_code == 404


# --- the candidate ---------------------------------------------------------------------------------------------------


def test_a_candidate_begins_with_a_witness_and_asks_on_the_next_page(
    client: AskingClient, house: House, unit: Enrolment
) -> None:
    client.force_login(house.candidate.user)
    page = client.get(reverse("assessments:add_evidence") + "?kind=witness_testimony").content.decode()
    assert '<option value="witness_testimony" selected' in page
    words = typed(unit, "1.1", kind="witness_testimony", then="witness")
    sent = client.post(reverse("assessments:add_evidence"), words, follow=True)
    assert "Ask a witness" in sent.content.decode()
    criteria = [unit.unit.criteria.get(number="1.1").pk]
    words = {
        "name": "Wyn Witness",
        "email": "wyn@work.example",
        "relationship": "My team leader",
        "request": "The call of last Monday.",
        "criteria": criteria,
    }
    address = sent.redirect_chain[-1][0]
    wrong = client.post(address, {**words, "email": house.candidate.user.email})
    assert "Nobody is a witness of their own work" in wrong.content.decode()
    assert "The call of last Monday." in wrong.content.decode()
    done = client.post(address, words, follow=True).content.decode()
    assert "Wyn Witness has been asked by e-mail." in done
    assert "Send the link again" in done


def test_a_witness_is_asked_for_no_other_kind(client: AskingClient, house: House, unit: Enrolment) -> None:
    client.force_login(house.candidate.user)
    draft = a_draft(unit, "1.1")
    assert client.get(reverse("assessments:ask_witness", args=[draft.evidence_id])).status_code == 404


def test_a_candidate_sees_how_far_each_witness_has_come(
    client: AskingClient, house: House, request_made: Testimony
) -> None:
    client.force_login(house.candidate.user)
    item = reverse("assessments:evidence", args=[request_made.version.evidence_id])
    assert '<span class="badge">Asked</span>' in client.get(item).content.decode()
    signed(request_made)
    page = client.get(item).content.decode()
    assert '<span class="badge">Signed</span>' in page
    assert "listened, and rang back" in page
    assert "Send the link again" not in page


# --- staff -----------------------------------------------------------------------------------------------------------


def test_assessor_and_verifier_read_it_in_place_with_how_to_reach_the_witness(
    client: AskingClient, house: House, unit: Enrolment
) -> None:
    version = items.submit(version=with_testimony(unit).version, by=unit.candidate_user, at=timezone.now())
    item = reverse("assessments:evidence", args=[version.evidence_id])
    for user, address in (
        (house.assessor, reverse("assessments:judge", args=[version.pk])),
        (house.assessor, item),
        (house.verifier, item),
    ):
        client.force_login(user)
        page = client.get(address).content.decode()
        for words in ("listened, and rang back", "wyn@work.example", "Her team leader", "I know this work and"):
            assert words in page, (address, words)


def test_a_unit_that_rests_on_witnesses_alone_warns_its_assessor(
    client: AskingClient, house: House, unit: Enrolment
) -> None:
    items.submit(version=with_testimony(unit).version, by=unit.candidate_user, at=timezone.now())
    client.force_login(house.assessor)
    page = reverse("assessments:enrolment", args=[unit.pk])
    assert "Testimony must not alone evidence a whole unit" in client.get(page).content.decode()
    items.submit(version=a_draft(unit, "1.1"), by=unit.candidate_user, at=timezone.now())
    assert "Testimony must not alone" not in client.get(page).content.decode()
