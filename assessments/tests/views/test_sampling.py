"""Choosing a unit, a sample beside its record, leaving a unit out: who sees and does what, and what is said."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import judgement, verification
from assessments.enums import SampleStage
from assessments.models import Enrolment, Sample, UnsampledNote
from assessments.queries.sampling import idle
from assessments.testing import (
    House,
    all_well,
    an_enrolment,
    declared,
    handed_in,
    judged,
    sampled,
    signed_off,
)
from assessments.tests.views.sampling import a_sample, first_criteria, place, text, ticked, tomorrow
from portfolio.harness import AskingClient
from portfolio.models import User

pytestmark = pytest.mark.django_db

PEOPLE: dict[str, Callable[[House, House], User | None]] = {
    "its verifier": lambda house, other: house.verifier,
    "another verifier": lambda house, other: house.other_verifier,
    "the lead verifier": lambda house, other: house.lead,
    "its assessor": lambda house, other: house.assessor,
    "another assessor": lambda house, other: house.other_assessor,
    "the administrator": lambda house, other: house.administrator,
    "its candidate": lambda house, other: house.candidate.user,
    "another candidate": lambda house, other: house.other_candidate.user,
    "a verifier elsewhere": lambda house, other: other.verifier,
    "a lead verifier elsewhere": lambda house, other: other.lead,
    "nobody": lambda house, other: None,
}
SEES = {"its verifier": 200, "the lead verifier": 200, "its assessor": 200, "the administrator": 200, "nobody": 302}
MAY_CHOOSE = {
    "its verifier": 200,
    "another verifier": 404,
    "the lead verifier": 403,
    "a verifier elsewhere": 404,
    "a lead verifier elsewhere": 404,
    "nobody": 302,
}


@pytest.mark.parametrize("who", PEOPLE)
def test_a_sample_is_seen_by_those_who_work_on_the_unit_but_not_by_its_candidate(
    client: AskingClient, house: House, other_house: House, who: str
) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    if user := PEOPLE[who](house, other_house):
        client.force_login(user)
    assert client.get(place("sample", sample)).status_code == SEES.get(who, 404)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("act", ["plan_sample", "leave_unsampled", "drop_sample"])
def test_only_the_units_verifier_chooses_leaves_out_and_drops(
    client: AskingClient, house: House, other_house: House, who: str, act: str
) -> None:
    enrolment = signed_off(an_enrolment(house))
    address = place(act, a_sample(enrolment) if act == "drop_sample" else enrolment)
    if user := PEOPLE[who](house, other_house):
        client.force_login(user)
    assert client.get(address).status_code == MAY_CHOOSE.get(who, 403)
    assert client.post(address, {"reason": ""}).status_code == MAY_CHOOSE.get(who, 403)


@pytest.mark.parametrize("who", ["the lead verifier", "its assessor", "the administrator"])
def test_whoever_else_sees_a_sample_cannot_close_it(
    client: AskingClient, house: House, other_house: House, who: str
) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(PEOPLE[who](house, other_house) or house.verifier)
    answer = client.post(place("sample", sample), {"criteria": first_criteria(sample.enrolment)})
    assert answer.status_code == 403
    assert "Only the unit&#x27;s internal verifier can do this." in answer.content.decode()
    sample.refresh_from_db()
    assert sample.is_open


@pytest.mark.parametrize(("make", "stage"), [(declared, SampleStage.INTERIM), (signed_off, SampleStage.SUMMATIVE)])
def test_a_unit_is_chosen_with_a_reason_for_the_sample_its_status_asks_for(
    client: AskingClient, house: House, make: Callable[[Enrolment], Enrolment], stage: SampleStage
) -> None:
    enrolment = make(an_enrolment(house))
    address = place("plan_sample", enrolment)
    assert address in text(client, house.verifier, place("enrolment", enrolment))
    assert f"{stage.label.lower()} sample" in client.get(address).content.decode()
    answer = client.post(address, {"reason": "First unit of a new candidate."})
    sample = Sample.objects.get()
    assert answer.headers["Location"] == place("sample", sample)
    assert (sample.stage, sample.reason) == (stage, "First unit of a new candidate.")
    assert "First unit of a new candidate." in client.get(place("sample", sample)).content.decode()


def test_what_stands_in_the_way_of_choosing_is_said_before_and_after(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    address = place("plan_sample", sample.enrolment)
    sentence = "This unit has an open sample already: close it first."
    assert sentence in text(client, house.verifier, address)
    refused = client.post(address, {"reason": "Again."})
    assert refused.status_code == 409
    assert sentence in refused.content.decode()
    unit = client.get(place("enrolment", sample.enrolment)).content.decode()
    assert address not in unit
    assert place("sample", sample) in unit


def test_the_record_stands_beside_the_sample(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house, assessor=house.trainee)
    version = judged(handed_in(enrolment, "1.1"), enrolment)
    page = text(client, house.verifier, place("sample", a_sample(enrolment)))
    assert reverse("assessments:evidence", args=[version.evidence_id]) in page
    assert "met, awaiting countersignature" in page
    assert "Tomasz Northgate" in page


def test_it_names_who_countersigned(client: AskingClient, house: House) -> None:
    enrolment = signed_off(an_enrolment(house, assessor=house.trainee))
    judgement.countersign(enrolment=enrolment, by=house.assessor, at=timezone.now())
    assert "countersigned by Asha Northgate" in text(client, house.verifier, place("sample", a_sample(enrolment)))


def test_a_sample_is_dropped_with_a_reason_that_stays(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    answer = client.post(place("drop_sample", sample), {"reason": "Another unit shows more."})
    assert answer.headers["Location"] == place("enrolment", sample.enrolment)
    page = client.get(place("sample", sample)).content.decode()
    assert "Another unit shows more." in page
    assert "This sample is not open any more." in client.post(place("drop_sample", sample)).content.decode()
    typed = {"criteria": first_criteria(sample.enrolment), "feedback": "Good.", **ticked()}
    closing = client.post(place("sample", sample), typed)
    assert closing.status_code == 409
    assert "This sample is not open any more." in closing.content.decode()
    assert "Good." in closing.content.decode()


def test_a_unit_is_left_unsampled_with_a_reason(client: AskingClient, house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    address = place("leave_unsampled", enrolment)
    assert address in text(client, house.verifier, place("enrolment", enrolment))
    client.post(address, {"reason": "Low risk: sampled twice this year."})
    assert UnsampledNote.objects.get().enrolment == enrolment
    assert "Low risk: sampled twice this year." in client.get(place("enrolment", enrolment)).content.decode()


@pytest.mark.parametrize(
    ("key", "make", "sentence"),
    [
        ("sqa-h12e04", signed_off, "wants the internal verifier&#x27;s signature on every unit"),
        ("ocr-cc26", declared, "only a signed-off unit can be left unsampled"),
        ("ocr-cc26", sampled, "A sample of this unit has been agreed, so it is not unsampled."),
    ],
)
def test_it_says_why_a_unit_cannot_be_left_unsampled(
    client: AskingClient, house: House, key: str, make: Callable[[Enrolment], Enrolment], sentence: str
) -> None:
    enrolment = make(an_enrolment(house, key))
    assert sentence in text(client, house.verifier, place("leave_unsampled", enrolment))
    assert place("leave_unsampled", enrolment) not in client.get(place("enrolment", enrolment)).content.decode()


def test_the_candidate_sees_that_a_sample_was_taken_but_not_what_was_said(client: AskingClient, house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    sample = a_sample(enrolment)
    remark = "Your feedback to this candidate is too short."
    unit = place("enrolment", enrolment)
    assert "Internal verification" not in text(client, house.candidate.user, unit)
    verification.close_sample(
        sample=sample,
        checks=all_well(),
        criteria=first_criteria(enrolment),
        feedback=remark,
        wanted="Write more.",
        due_on=tomorrow(),
        by=house.verifier,
        at=timezone.now(),
    )
    seen = text(client, house.candidate.user, unit)
    assert "Summative sample, taken on" in seen
    for kept_back in (remark, "Write more.", place("sample", sample)):
        assert kept_back not in seen
        assert kept_back in text(client, house.assessor, unit)
        client.force_login(house.candidate.user)


def test_a_sample_takes_as_many_queries_with_one_item_as_with_many(client: AskingClient, house: House) -> None:
    client.force_login(house.verifier)
    counts = []
    for items in (1, 4):
        enrolment = an_enrolment(house, candidate=house.candidate if items == 1 else house.other_candidate)
        for _ in range(items):
            judged(handed_in(enrolment, "1.1", "1.2"), enrolment)
        address = place("sample", a_sample(enrolment))
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_what_is_to_be_sampled_crowds_out_nothing_that_is_ready_to_verify(house: House) -> None:
    first, second = signed_off(an_enrolment(house)), signed_off(an_enrolment(house, candidate=house.other_candidate))
    ready = sampled(an_enrolment(house, "ocr-d20"))
    day = timezone.localdate()
    assert [row.enrolment_id for row in idle(house.verifier, day, most=1)] == [first.pk, ready.pk]
    assert [row.enrolment_id for row in idle(house.verifier, day, most=2)] == [first.pk, second.pk, ready.pk]
