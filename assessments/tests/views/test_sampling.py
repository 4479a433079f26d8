"""Choosing a unit, a sample beside its record, leaving a unit out: who sees and does what, and what is said."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import allocation, evidence, judgement, verification
from assessments.enums import AllocatedAs, HeldAt, SampleOutcome, SampleStage, UnitStatus
from assessments.models import Action, Enrolment, Sample, UnsampledNote
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    sampled,
    signed_off,
    targets,
)
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


def a_sample(enrolment: Enrolment) -> Sample:
    return verification.plan_sample(
        enrolment=enrolment, reason="New assessor.", by=enrolment.verifier, at=timezone.now()
    )


def tomorrow() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=1)


def place(name: str, row: Enrolment | Sample) -> str:
    return reverse(f"assessments:{name}", args=[row.pk])


def first_criteria(enrolment: Enrolment) -> list[int]:
    return [target.criterion_id for target in targets(enrolment)][:2]


def text(client: AskingClient, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


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


def test_a_sample_is_closed_as_agreed(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    typed = {"criteria": first_criteria(sample.enrolment), "feedback": "Clear feedback throughout."}
    answer = client.post(place("sample", sample), typed)
    assert answer.headers["Location"] == place("sample", sample)
    sample.refresh_from_db()
    assert (sample.outcome, sample.criteria.count()) == (SampleOutcome.AGREED, 2)
    page = client.get(place("sample", sample)).content.decode()
    assert page.count(">Sampled</span>") == 2
    assert "Clear feedback throughout." in page
    assert "<button" not in page.split("<main")[1]


def test_a_sample_is_agreed_with_an_action(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    typed = {"feedback": "1.2 is thin.", "wanted": "Ask once more.", "due_on": tomorrow().isoformat()}
    client.post(place("sample", sample), {"criteria": first_criteria(sample.enrolment), **typed})
    action = Action.objects.get()
    assert (action.sample, action.owner, action.due_on) == (sample, house.assessor, tomorrow())
    assert action.sample is not None
    assert action.sample.outcome == SampleOutcome.AGREED_WITH_ACTION


def test_what_is_missing_is_said_and_what_was_typed_is_kept(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    criterion, other = first_criteria(sample.enrolment)
    client.force_login(house.verifier)
    typed = {"criteria": [criterion], "feedback": "", "wanted": "Ask once more.", "due_on": ""}
    refused = client.post(place("sample", sample), typed)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Tell the assessor what you found." in page
    assert "Give the action a day it is due, today or later." in page
    assert "Ask once more." in page
    assert f'value="{criterion}" checked' in page
    assert f'value="{other}" checked' not in page
    assert "Tick the criteria you sampled." in client.post(place("sample", sample), {}).content.decode()
    sample.refresh_from_db()
    assert sample.is_open


def test_disagreeing_with_a_declared_unit_sends_it_back_and_closes_the_sample(
    client: AskingClient, house: House
) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    back = place("send_back", sample.enrolment)
    assert back in text(client, house.verifier, place("sample", sample))
    criteria = first_criteria(sample.enrolment)
    typed = {"finding": "1.1 rests on one call.", "wanted": "A second call.", "due_on": tomorrow().isoformat()}
    refused = client.post(place("sample", sample), {"criteria": criteria, "not_agreed": "yes", "feedback": "No."})
    assert "To disagree with a unit that has been declared complete, send it back." in refused.content.decode()
    client.post(back, {"criteria": criteria, **typed})
    sample.refresh_from_db()
    assert (sample.outcome, sample.enrolment.status) == (SampleOutcome.NOT_AGREED, UnitStatus.COLLECTING)


def test_what_was_typed_beside_the_sample_comes_along_when_the_unit_is_sent_back(
    client: AskingClient, house: House
) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    criterion = first_criteria(sample.enrolment)[0]
    client.force_login(house.verifier)
    typed = {"criteria": [criterion], "feedback": "1.1 rests on one call.", "due_on": tomorrow().isoformat()}
    answer = client.post(place("send_back", sample.enrolment), {**typed, "wanted": "", "bring_along": "yes"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1.1 rests on one call." in page
    assert tomorrow().isoformat() in page
    assert "This field is required." not in page
    ticked = [box for box in page.split("<input")[1:] if "checked" in box.split(">")[0]]
    assert [f'value="{criterion}"' in box for box in ticked] == [True]
    sample.refresh_from_db()
    assert sample.is_open


def test_disagreeing_with_a_unit_still_collecting_closes_the_sample_with_an_action(
    client: AskingClient, house: House
) -> None:
    enrolment = an_enrolment(house)
    judged(handed_in(enrolment, "1.1"), enrolment)
    sample = a_sample(enrolment)
    assert place("send_back", enrolment) not in text(client, house.verifier, place("sample", sample))
    typed = {"feedback": "1.1 is not shown.", "wanted": "Judge it again.", "due_on": tomorrow().isoformat()}
    client.post(place("sample", sample), {"criteria": first_criteria(enrolment), "not_agreed": "yes", **typed})
    sample.refresh_from_db()
    assert (sample.outcome, sample.actions.count()) == (SampleOutcome.NOT_AGREED, 1)


def test_a_sample_is_dropped_with_a_reason_that_stays(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    answer = client.post(place("drop_sample", sample), {"reason": "Another unit shows more."})
    assert answer.headers["Location"] == place("enrolment", sample.enrolment)
    page = client.get(place("sample", sample)).content.decode()
    assert "Another unit shows more." in page
    assert "This sample is not open any more." in client.post(place("drop_sample", sample)).content.decode()
    closing = client.post(place("sample", sample), {"criteria": first_criteria(sample.enrolment), "feedback": "Good."})
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


def test_a_verifier_confirms_having_seen_what_is_held_elsewhere(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    words = replace(described(), held=HeldAt.LOCATION, location="Personnel office, Leith")
    elsewhere = a_draft(enrolment, "1.1", words=words)
    evidence.submit(version=elsewhere, by=house.candidate.user, at=timezone.now())
    address = place("sample", a_sample(enrolment))
    assert "I have seen the evidence at Personnel office, Leith" in text(client, house.verifier, address)
    sent = {"criteria": first_criteria(enrolment)}
    assert "Confirm that you have seen the evidence at Personnel" in client.post(address, sent).content.decode()
    assert client.post(address, sent | {"seen_at_location": "on"}).status_code == 302
    assert "Seen where it is held" in client.get(address).content.decode()


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


def test_whoever_takes_over_the_unit_closes_the_sample(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    allocation.allocate(
        enrolment=sample.enrolment,
        part=AllocatedAs.VERIFIER,
        user=house.other_verifier,
        reason="Vera is on leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    client.force_login(house.verifier)
    assert client.get(place("sample", sample)).status_code == 404
    client.force_login(house.other_verifier)
    client.post(place("sample", sample), {"criteria": first_criteria(sample.enrolment)})
    sample.refresh_from_db()
    assert (sample.verifier, sample.planned_by) == (house.other_verifier, house.verifier)
