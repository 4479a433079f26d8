"""It lets an assessor see what waits, read an item beside its criteria, and save the whole reading at once."""

from typing import Any

import pytest
from django.test import Client

from assessments.enums import Verdict
from assessments.forms.reading import SEEN
from assessments.models import Decision, Enrolment, EvidenceVersion, Review
from assessments.testing import House, a_draft, an_enrolment, handed_in
from assessments.tests.records import recorded
from assessments.tests.views.sent import token_on
from assessments.tests.views.visitors import queries_of
from assessments.workflow import CANNOT_MEET, WHAT_IS_MISSING, WHAT_IS_NEEDED, WHY_A_RULE_IS_NOT_MET, decide_one

pytestmark = pytest.mark.django_db

NEEDED = (WHY_A_RULE_IS_NOT_MET, CANNOT_MEET, WHAT_IS_NEEDED)
RULES = {"valid": "on", "authentic": "on", "current": "on", "sufficient": "on"}


def key(enrolment: Enrolment, number: str) -> str:
    return f"{enrolment.pk}-{enrolment.unit.criteria.get(number=number).pk}"


def send(client: Client, version: EvidenceVersion, typed: dict[str, str], token: str = "") -> Any:
    """What is typed, sent from a page that was opened a moment ago, or from the one with this token."""
    return client.post(f"/assessing/{version.pk}/", {**typed, SEEN: token or token_of(client, version)})


def token_of(client: Client, version: EvidenceVersion) -> str:
    """What the page says it shows."""
    return token_on(client.get(f"/assessing/{version.pk}/").content.decode())


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def version(unit: Enrolment) -> EvidenceVersion:
    return handed_in(unit, "1.1", "1.2")


def test_the_queue_shows_what_waits_and_nothing_of_somebody_elses(
    client: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    a_draft(unit, "1.3")
    client.force_login(house.assessor)
    answer = client.get("/assessing/").content.decode()
    assert f"/assessing/{version.pk}/" in answer
    assert "Call handling review" in answer
    assert answer.index(f"/assessing/{version.pk}/") < answer.index("You assess this unit.")
    client.force_login(house.other_assessor)
    assert "Nothing waits to be assessed" in client.get("/assessing/").content.decode()


def test_one_press_saves_the_verdicts_and_opens_the_next_item(
    client: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    following = handed_in(unit, "2.1")
    client.force_login(house.assessor)
    typed = {
        **RULES,
        f"verdict-{key(unit, '1.1')}": "met",
        f"verdict-{key(unit, '1.2')}": "contributes",
        f"feedback-{key(unit, '1.2')}": "Show one more.",
        f"verdict-{key(unit, '3.1')}": "met",
    }
    answer = send(client, version, typed)
    assert answer.headers["Location"] == f"/assessing/{following.pk}/"
    words = dict(Decision.objects.values_list("criterion__number", "verdict"))
    assert words == {"1.1": Verdict.MET, "1.2": Verdict.CONTRIBUTES, "3.1": Verdict.MET}


def test_a_criterion_left_for_later_waits(
    client: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    client.force_login(house.assessor)
    send(client, version, {**RULES, f"verdict-{key(unit, '1.1')}": "met"})
    assert f"/assessing/{version.pk}/" in client.get("/assessing/").content.decode()


def test_a_verdict_without_its_word_is_refused_and_loses_nothing_typed(
    client: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    client.force_login(house.assessor)
    typed = {**RULES, f"verdict-{key(unit, '1.1')}": "not_yet", "feedback": "Łatwe, ale brakuje daty."}
    answer = send(client, version, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Say what 1.1 still needs." in page
    assert "Łatwe, ale brakuje daty." in page
    assert f'name="verdict-{key(unit, "1.1")}" value="not_yet" checked' in page
    assert not Review.objects.exists()


def test_the_page_says_what_a_reading_needs_before_anything_is_sent(
    client: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    client.force_login(house.assessor)
    page = client.get(f"/assessing/{version.pk}/").content.decode()
    for sentence in (decide_one(of_a_record=False), *NEEDED, WHAT_IS_MISSING):
        assert page.count(sentence) == 1
    assert 'aria-describedby="decide-one"' in page
    record = recorded(unit)
    page = client.get(f"/assessing/{record.pk}/").content.decode()
    for sentence in (decide_one(of_a_record=True), *NEEDED):
        assert page.count(sentence) == 1
    assert WHAT_IS_MISSING not in page


def test_an_item_is_returned_only_with_feedback(client: Client, house: House, version: EvidenceVersion) -> None:
    client.force_login(house.assessor)
    refused = send(client, version, {**RULES, "return": "return"})
    assert "Tell the candidate what is missing" in refused.content.decode()
    send(client, version, {**RULES, "return": "return", "feedback": "The date is missing."})
    assert Review.objects.get().returned


def test_evidence_that_is_not_authentic_meets_nothing(
    client: Client, house: House, unit: Enrolment, version: EvidenceVersion
) -> None:
    client.force_login(house.assessor)
    typed = {**RULES, f"verdict-{key(unit, '1.1')}": "met", "remarks": "Somebody else's handwriting."}
    del typed["authentic"]
    answer = send(client, version, typed)
    assert "cannot meet a criterion" in answer.content.decode()


def test_nobody_judges_what_they_do_not_assess(
    client: Client, house: House, other_house: House, version: EvidenceVersion
) -> None:
    address = f"/assessing/{version.pk}/"
    assert client.get(address).status_code == 302
    for user, code in [
        (house.assessor, 200),
        (house.other_assessor, 404),
        (other_house.assessor, 404),
        (house.candidate.user, 403),
        (house.verifier, 403),
    ]:
        client.force_login(user)
        assert client.get(address).status_code == code, user


@pytest.mark.parametrize("address", ["/assessing/", "/assessing/caseload/"])
def test_many_rows_cost_as_many_queries_as_few(
    client: Client, house: House, unit: Enrolment, version: EvidenceVersion, address: str
) -> None:
    client.force_login(house.assessor)
    few = queries_of(client, address)
    for unit_key in ("ocr-cc16", "ocr-cc32"):
        for candidate in (house.candidate, house.other_candidate):
            handed_in(an_enrolment(house, unit_key, candidate=candidate))
    assert queries_of(client, address) == few <= 15


def test_judging_costs_the_same_however_many_criteria(client: Client, house: House, unit: Enrolment) -> None:
    client.force_login(house.assessor)
    few = queries_of(client, f"/assessing/{handed_in(unit, '1.1').pk}/")
    an_enrolment(house, "sqa-h12e04")
    assert queries_of(client, f"/assessing/{handed_in(unit).pk}/") == few <= 15
