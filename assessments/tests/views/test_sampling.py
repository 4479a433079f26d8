"""Choosing a unit, a sample beside its record, leaving a unit out: who sees and does what, and what is said."""

import datetime
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import allocation, evidence, judgement, verification
from assessments.enums import AllocatedAs, CheckedFor, HeldAt, SampleOutcome, SampleStage, UnitStatus
from assessments.models import Action, Enrolment, Review, Sample, UnsampledNote
from assessments.queries.sampling import idle
from assessments.testing import (
    House,
    a_draft,
    all_well,
    an_enrolment,
    declared,
    described,
    handed_in,
    judged,
    sampled,
    signed_off,
    targets,
)
from portfolio.enums import Told
from portfolio.harness import AskingClient
from portfolio.models import Notice, User
from portfolio.testing import a_candidate

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


def ticked(**otherwise: str) -> dict[str, str]:
    """Every check answered yes, as a browser sends it, or otherwise."""
    return {f"check_{about.value}": "yes" for about in CheckedFor} | otherwise


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
    typed = {"criteria": first_criteria(sample.enrolment), "feedback": "Clear feedback throughout.", **ticked()}
    answer = client.post(place("sample", sample), typed)
    assert answer.headers["Location"] == place("sample", sample)
    sample.refresh_from_db()
    assert (sample.outcome, sample.criteria.count()) == (SampleOutcome.AGREED, 2)
    page = client.get(place("sample", sample)).content.decode()
    assert page.count(">Sampled</span>") == 2
    assert "Clear feedback throughout." in page
    buttons = re.findall(r"<button[^>]*>([^<]*)", page.split("<main")[1])
    assert buttons == ["Sampling record (PDF)"], "nothing is left to be done, only to be printed"


def test_a_sample_is_agreed_with_an_action(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    typed = {"feedback": "1.2 is thin.", "wanted": "Ask once more.", "due_on": tomorrow().isoformat()}
    client.post(place("sample", sample), {"criteria": first_criteria(sample.enrolment), **typed, **ticked()})
    action = Action.objects.get()
    assert (action.sample, action.owner, action.due_on) == (sample, house.assessor, tomorrow())
    assert action.sample is not None
    assert action.sample.outcome == SampleOutcome.AGREED_WITH_ACTION


def test_what_is_missing_is_said_and_what_was_typed_is_kept(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    criterion, other = first_criteria(sample.enrolment)
    client.force_login(house.verifier)
    typed = {"criteria": [criterion], "feedback": "", "wanted": "Ask once more.", "due_on": "", **ticked()}
    refused = client.post(place("sample", sample), typed)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Tell the assessor what you found." in page
    assert "Give the action a day it is due, today or later." in page
    assert "Ask once more." in page
    assert f'value="{criterion}" checked' in page
    assert f'value="{other}" checked' not in page
    assert "Tick the criteria you sampled." in client.post(place("sample", sample), ticked()).content.decode()
    sample.refresh_from_db()
    assert sample.is_open


def test_disagreeing_with_a_signed_unit_sends_it_back_from_the_sample(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    assert "Not agreed: send the unit back" in text(client, house.verifier, place("sample", sample))
    typed = {"criteria": first_criteria(sample.enrolment), "not_agreed": "yes", **ticked()}
    refused = client.post(place("sample", sample), typed)
    assert refused.status_code == 409
    assert "Tell the assessor what you found." in refused.content.decode()
    said = {"feedback": "1.1 rests on one call.", "wanted": "A second call.", "due_on": tomorrow().isoformat()}
    assert client.post(place("sample", sample), typed | said).headers["Location"] == place("sample", sample)
    sample.refresh_from_db()
    assert (sample.outcome, sample.enrolment.status) == (SampleOutcome.NOT_AGREED, UnitStatus.COLLECTING)
    assert (sample.feedback, sample.checks.count()) == ("1.1 rests on one call.", 6)


def test_a_unit_being_sampled_is_sent_back_from_its_sample(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    back = place("send_back", sample.enrolment)
    assert client.get(back).headers["Location"] == place("sample", sample)
    words = {"finding": "1.1 rests on one call.", "wanted": "A second call.", "due_on": tomorrow().isoformat()}
    refused = client.post(back, words)
    assert "send the unit back from the page of the sample" in refused.content.decode()
    assert "1.1 rests on one call." in refused.content.decode()


def test_checks_are_answered_and_a_no_says_why(client: AskingClient, house: House) -> None:
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    typed = {"criteria": first_criteria(sample.enrolment), **ticked(check_plan="no", check_feedback="")}
    page = client.post(place("sample", sample), typed).content.decode()
    assert page.count("Answer yes, no or not applicable.") == 1
    assert "Assessment was planned and agreed with the candidate: say what is wrong." in page
    typed |= {"check_feedback": "na", "check_plan_word": "No plan was agreed."}
    page = client.post(place("sample", sample), typed).content.decode()
    assert "A check that is answered no asks something of the assessor" in page
    assert "No plan was agreed." in page
    typed |= {"feedback": "No plan.", "wanted": "Agree one.", "due_on": tomorrow().isoformat()}
    assert client.post(place("sample", sample), typed).status_code == 302
    found = {check.about: (check.result, check.word) for check in sample.checks.all()}
    assert (found["plan"], found["feedback"]) == (("no", "No plan was agreed."), ("na", ""))
    for user in (house.verifier, house.assessor):
        assert "No plan was agreed." in text(client, user, place("sample", sample))


def test_an_interim_sample_looks_at_single_items(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    judged(handed_in(enrolment, "1.1", "1.2"), enrolment)
    judged(handed_in(enrolment, "2.1"), enrolment)
    sample = a_sample(enrolment)
    page = text(client, house.verifier, place("sample", sample))
    first, second = Review.objects.order_by("pk")
    assert 'name="readings"' in page
    assert "Nothing is mapped yet to 1.3" in page
    assert "Tick the items or criteria you sampled." in client.post(place("sample", sample), ticked()).content.decode()
    assert client.post(place("sample", sample), {"readings": [first.pk], **ticked()}).status_code == 302
    assert [row.criterion.number for row in sample.criteria.all()] == ["1.1", "1.2"]
    assert [row.review for row in sample.readings.all()] == [first]
    page = client.get(place("sample", sample)).content.decode()
    assert page.count(">Sampled</span>") == 3
    assert str(second.version.evidence) in page


def test_it_lists_where_else_the_same_assessor_decided_once_not_agreed(client: AskingClient, house: House) -> None:
    other = an_enrolment(house, candidate=house.other_candidate)
    judged(handed_in(other, "1.1"), other)
    elsewhere = an_enrolment(house, candidate=a_candidate(house.centre, "Ewa Northgate"), verifier=house.other_verifier)
    judged(handed_in(elsewhere, "1.1"), elsewhere)
    unlike = an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
    judged(handed_in(unlike, "1.1"), unlike)
    sample = a_sample(signed_off(an_enrolment(house)))
    client.force_login(house.verifier)
    said = {"feedback": "1.1 rests on one call.", "wanted": "A second call.", "due_on": tomorrow().isoformat()}
    typed = {"criteria": first_criteria(sample.enrolment), "not_agreed": "yes", **ticked(), **said}
    answer = client.post(place("sample", sample), typed, follow=True)
    page = answer.content.decode()
    assert "Other decisions of Asha Northgate in CC26" in page
    assert place("enrolment", other) in page
    assert place("plan_sample", other) in page
    assert place("enrolment", unlike) not in page
    assert place("enrolment", elsewhere) not in page
    assert "1 more is verified by others, who have been told." in page
    assert place("enrolment", elsewhere) in text(client, house.lead, place("sample", sample))
    assert "Other decisions of" not in text(client, house.assessor, place("sample", sample))
    told = {notice.user: notice.sentence for notice in Notice.objects.filter(kind=Told.ALIKE)}
    assert set(told) == {house.verifier, house.other_verifier}
    assert "1 other unit that you verify has decisions of the same assessor" in told[house.verifier]
    long_ago = {"since": "2020-01-01", "until": "2020-02-01"}
    client.force_login(house.verifier)
    assert "There are none in these days." in client.get(place("sample", sample), long_ago).content.decode()
    backwards = client.get(place("sample", sample), {"since": "2020-02-01", "until": "2020-01-01"}).content.decode()
    assert "The last day lies before the first." in backwards
    why = client.get(place("plan_sample", other) + "?why=Not%20agreed%20before.").content.decode()
    assert "Not agreed before.</textarea>" in why


def test_disagreeing_with_a_unit_still_collecting_closes_the_sample_with_an_action(
    client: AskingClient, house: House
) -> None:
    enrolment = an_enrolment(house)
    judged(handed_in(enrolment, "1.1"), enrolment)
    sample = a_sample(enrolment)
    assert "send the unit back" not in text(client, house.verifier, place("sample", sample))
    typed = {"feedback": "1.1 is not shown.", "wanted": "Judge it again.", "due_on": tomorrow().isoformat()}
    typed |= {"not_agreed": "yes", **ticked()}
    client.post(place("sample", sample), {"criteria": first_criteria(enrolment), **typed})
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


def test_a_verifier_confirms_having_seen_what_is_held_elsewhere(client: AskingClient, house: House) -> None:
    enrolment = an_enrolment(house)
    words = replace(described(), held=HeldAt.LOCATION, location="Personnel office, Leith")
    elsewhere = a_draft(enrolment, "1.1", words=words)
    evidence.submit(version=elsewhere, by=house.candidate.user, at=timezone.now())
    address = place("sample", a_sample(enrolment))
    assert "I have seen the evidence at Personnel office, Leith" in text(client, house.verifier, address)
    sent = {"criteria": first_criteria(enrolment), **ticked()}
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
    client.post(place("sample", sample), {"criteria": first_criteria(sample.enrolment), **ticked()})
    sample.refresh_from_db()
    assert (sample.verifier, sample.planned_by) == (house.other_verifier, house.verifier)


def test_what_is_to_be_sampled_crowds_out_nothing_that_is_ready_to_verify(house: House) -> None:
    first, second = signed_off(an_enrolment(house)), signed_off(an_enrolment(house, candidate=house.other_candidate))
    ready = sampled(an_enrolment(house, "ocr-d20"))
    day = timezone.localdate()
    assert [row.enrolment_id for row in idle(house.verifier, day, most=1)] == [first.pk, ready.pk]
    assert [row.enrolment_id for row in idle(house.verifier, day, most=2)] == [first.pk, second.pk, ready.pk]
