"""A sample is closed on its page: agreed, agreed with an action or not agreed, with checks, items and where else."""

import re
from dataclasses import replace

import pytest
from django.utils import timezone

from assessments.actions import allocation, evidence
from assessments.enums import AllocatedAs, HeldAt, SampleOutcome, UnitStatus
from assessments.models import Action, Review
from assessments.testing import (
    House,
    a_draft,
    an_enrolment,
    described,
    handed_in,
    judged,
    signed_off,
)
from assessments.tests.views.sampling import a_sample, first_criteria, place, text, ticked, tomorrow
from portfolio.enums import Told
from portfolio.harness import AskingClient
from portfolio.models import Notice
from portfolio.testing import a_candidate

pytestmark = pytest.mark.django_db


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
