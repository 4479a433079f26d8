"""The pages of questions, activities, meetings and standardisation: what is typed, kept, said and shown."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import standardisation, verification
from assessments.enums import CheckedFor, Verdict
from assessments.models import Activity, CentreAction, Exercise, Meeting, SampleQuestions
from assessments.testing import House, an_enrolment, handed_in, signed_off
from assessments.tests.acts_of_quality import (
    a_centre_action,
    a_closed_exercise,
    an_activity,
    an_exercise,
    judged_by,
    recorded,
    some_questions,
)
from portfolio.harness import AskingClient
from portfolio.models import AccessLine, User
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
ACTIVITIES, STANDARDISATION = reverse("assessments:activities"), reverse("assessments:standardisation")


def place(name: str, *args: object) -> str:
    return reverse(f"assessments:{name}", args=args)


def text(client: AskingClient, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_lead_keeps_the_questions_and_a_sample_keeps_the_wording_it_was_asked(
    client: AskingClient, house: House
) -> None:
    address = place("set_body_questions", house.centre.slug, "ocr")
    assert "Nothing is asked beside that." in text(client, house.lead, place("sample_questions", house.centre.slug))
    client.post(address, {"questions": "Was the candidate heard?\n\nIs it their own work?", "seen": "0"})
    assert "Was the candidate heard?" in text(client, house.verifier, place("sample_questions", house.centre.slug))
    unit = signed_off(an_enrolment(house))
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    shown = text(client, house.verifier, place("sample", sample.pk))
    asked = SampleQuestions.objects.get().questions.all()
    assert all(f"question_{row.pk}" in shown for row in asked)
    typed = {f"check_{about.value}": "yes" for about in CheckedFor} | {"criteria": unit.unit.criteria.all()[0].pk}
    unanswered = client.post(place("sample", sample.pk), typed)
    assert unanswered.content.decode().count("Answer yes, no or not applicable.") == 2
    typed |= {f"question_{row.pk}": "no" for row in asked} | {f"question_{asked[0].pk}_word": "Not asked."}
    refused = client.post(place("sample", sample.pk), typed).content.decode()
    assert "Is it their own work?: say what is wrong." in refused
    assert "Not asked." in refused
    typed |= {f"question_{asked[1].pk}_word": "Unclear."}
    assert client.post(place("sample", sample.pk), typed).status_code == 302
    client.force_login(house.lead)
    client.post(address, {"questions": "Anything else?", "seen": "1"})
    page = text(client, house.verifier, place("sample", sample.pk))
    assert "Was the candidate heard?" in page
    assert "Anything else?" not in page


def test_questions_that_somebody_changed_meanwhile_are_looked_at_first(client: AskingClient, house: House) -> None:
    some_questions(house)
    client.force_login(house.lead)
    refused = client.post(place("set_body_questions", house.centre.slug, "ocr"), {"questions": "Why?", "seen": "0"})
    assert refused.status_code == 409
    assert "version 1 is in force" in refused.content.decode()
    assert "Why?" in refused.content.decode()


def test_an_observation_is_planned_recorded_and_answered(client: AskingClient, house: House) -> None:
    client.force_login(house.verifier)
    planned = {
        "kind": "observation",
        "assessor": house.assessor.pk,
        "planned_on": TODAY().isoformat(),
        "reason": "Once a year.",
    }
    answer = client.post(place("plan_activity", house.centre.slug), planned)
    activity = Activity.objects.get()
    assert answer.headers["Location"] == place("activity", activity.pk)
    assert "Once a year." in text(client, house.verifier, reverse("assessments:sampling"))
    assert "Once a year." in text(client, house.assessor, place("activity", activity.pk))
    assert client.post(place("activity", activity.pk), {"seen": "Good."}).status_code == 403
    client.force_login(house.verifier)
    seen = {"held_on": TODAY().isoformat(), "seen": "Open questions.", "outcome": "with_action"}
    refused = client.post(place("activity", activity.pk), seen)
    assert refused.status_code == 409
    assert "Say what is to be done." in refused.content.decode()
    assert "Open questions." in refused.content.decode()
    client.post(place("activity", activity.pk), seen | {"wanted": "Agree it aloud.", "due_on": TODAY().isoformat()})
    action = CentreAction.objects.get()
    assert "Agree it aloud." in text(client, house.assessor, reverse("assessments:queue"))
    client.post(place("centre_action", action.pk), {"answer": "I do now."})
    assert "I do now." in text(client, house.verifier, place("centre_action", action.pk))
    assert "Agree it aloud." in text(client, house.verifier, reverse("assessments:sampling"))
    client.post(place("centre_action", action.pk), {"close": "yes"})
    action.refresh_from_db()
    assert action.closed_by == house.verifier


def test_activities_are_listed_by_kind_and_person_and_an_assessor_sees_their_own(
    client: AskingClient, house: House
) -> None:
    recorded(an_activity(house))
    an_activity(house, assessor=house.other_assessor)
    page = text(client, house.verifier, ACTIVITIES)
    assert page.count(">Observation of an assessor</a>") == 2
    about = text(client, house.administrator, f"{ACTIVITIES}?about={house.assessor.handle}")
    assert about.count(">Observation of an assessor</a>") == 1
    assert "Nothing found" in text(client, house.verifier, f"{ACTIVITIES}?kind=interview")
    assert text(client, house.assessor, ACTIVITIES).count(">Observation of an assessor</a>") == 1
    (line,) = taken(client, f"{ACTIVITIES}file/csv/")
    told = ("What", "Whose work", "By", "Outcome")
    assert [line[head] for head in told] == [
        "Observation of an assessor", "Asha Northgate", "Vera Northgate", "Satisfactory, with an action",
    ]  # fmt: skip
    assert "None yet" in text(client, house.trainee, ACTIVITIES)
    assert client.get(f"{ACTIVITIES}?about=nobody").status_code == 404


def test_an_interview_asks_for_the_candidate(client: AskingClient, house: House) -> None:
    an_enrolment(house)
    client.force_login(house.verifier)
    typed = {"kind": "interview", "assessor": house.assessor.pk, "planned_on": TODAY().isoformat(), "reason": "Heard?"}
    page = client.post(place("plan_activity", house.centre.slug), typed).content.decode()
    assert "Choose the candidate to be interviewed, and the unit." in page
    assert "Cara Northgate, CC26 (Asha Northgate)" in page


def test_an_answer_to_the_centre_goes_back_with_a_word(client: AskingClient, house: House) -> None:
    action = a_centre_action(house, answered=True)
    assert "The answer is not enough" in text(client, house.verifier, place("centre_action", action.pk))
    client.post(place("centre_action", action.pk), {"send_back": "yes", "words": "When was that?"})
    assert "When was that?" in text(client, house.assessor, place("centre_action", action.pk))
    assert client.post(place("centre_action", action.pk), {"close": "yes"}).status_code == 403


def test_a_meeting_is_recorded_and_asks_something_of_somebody(client: AskingClient, house: House) -> None:
    client.force_login(house.verifier)
    typed = {"title": "CC26", "held_on": TODAY().isoformat(), "minutes": "What counts as 1.1.", "present": []}
    assert "Say who was there." in client.post(place("hold_meeting", house.centre.slug), typed).content.decode()
    client.post(place("hold_meeting", house.centre.slug), typed | {"present": [house.assessor.pk, house.verifier.pk]})
    meeting = Meeting.objects.get()
    asked = {"owner": house.assessor.pk, "wanted": "Write it up.", "due_on": TODAY().isoformat()}
    assert client.post(place("ask_in_meeting", meeting.pk), asked).headers["Location"] == place("meeting", meeting.pk)
    page = text(client, house.trainee, place("meeting", meeting.pk))
    assert [words in page for words in ("What counts as 1.1.", "Asha Northgate", "Write it up.")] == [True] * 3
    sent = [list(line.values()) for line in taken(client, "/meetings/file/csv/")]
    assert sent == [[TODAY().isoformat(), "CC26", "What counts as 1.1."]]


def test_an_exercise_is_set_judged_closed_and_agreed_on(client: AskingClient, house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1", "1.2")
    address = place("set_exercise", house.centre.slug)
    assert f"?unit={unit.unit_id}" in text(client, house.verifier, address)
    first, second = (unit.unit.criteria.get(number=number).pk for number in ("1.1", "1.2"))
    typed = {
        "title": "What counts?", "reason": "We differ.", "version": version.pk, "criteria": [first, second],
        "participants": [house.assessor.pk, house.other_assessor.pk], "name_hidden": "on",
        "due_on": (TODAY() + datetime.timedelta(days=3)).isoformat(),
    }  # fmt: skip
    client.post(f"{address}?unit={unit.unit_id}", typed)
    exercise = Exercise.objects.get()
    page = place("exercise", exercise.pk)
    assert page in text(client, house.other_assessor, reverse("assessments:queue"))
    shown = text(client, house.other_assessor, page)
    assert "What I did that week." in shown, "the file, as text"
    assert "Cara Northgate" not in shown
    judged = {f"verdict_{first}": "met", f"verdict_{second}": "not_yet"}
    refused = client.post(page, judged)
    assert refused.status_code == 409
    assert "Say what is still needed." in refused.content.decode()
    client.post(page, judged | {f"words_{second}": "A second call."})
    assert "Your judgement is on record." in text(client, house.other_assessor, page)
    assert "A second call." not in text(client, house.assessor, page)
    assert "A second call." not in text(client, house.lead, page)
    client.force_login(house.assessor)
    client.post(page, {f"verdict_{first}": "met", f"verdict_{second}": "met"})
    assert "A second call." in text(client, house.assessor, page)
    (line,) = taken(client, "/standardisation/file/csv/")
    assert [line[head] for head in ("Exercise", "Unit", "Asked", "Answered")] == ["What counts?", "CC26", "2", "2"]
    client.force_login(house.verifier)
    client.post(place("close_exercise", exercise.pk))
    shown = text(client, house.verifier, page)
    assert "1 of 2 criteria" in shown
    assert "Cohen’s kappa" in shown
    client.post(place("agree_outcome", exercise.pk, second), {"verdict": "contributes", "rationale": "Two calls."})
    assert "Two calls." in text(client, house.assessor, place("judge", version.pk))
    assert "Two calls." in text(client, house.assessor, page)


def test_whoever_verifies_reads_why_an_exercise_cannot_be_closed_yet(client: AskingClient, house: House) -> None:
    exercise = judged_by(an_exercise(house), house.assessor)
    page = text(client, house.verifier, place("exercise", exercise.pk))
    assert "until then only the lead verifier closes it" in page
    client.post(place("close_exercise", exercise.pk))
    exercise.refresh_from_db()
    assert exercise.closed_at is None
    assert place("close_exercise", exercise.pk) in text(client, house.lead, place("exercise", exercise.pk))


def test_whoever_fetches_the_file_of_an_exercise_is_written_down(client: AskingClient, house: House) -> None:
    exercise = a_closed_exercise(house)
    file = exercise.version.files.get()
    client.force_login(house.other_assessor)
    assert client.get(reverse("assessments:evidence_file", args=[file.pk])).status_code == 404
    fetched = client.get(place("exercise_file", exercise.pk, file.pk) + "?download")
    assert b"".join(fetched) == b"What I did that week."
    assert AccessLine.objects.get().user == house.other_assessor


def test_what_was_agreed_is_told_only_at_its_own_centre(client: AskingClient, house: House, other_house: House) -> None:
    exercise = a_closed_exercise(house)
    standardisation.agree_outcome(
        exercise=exercise,
        criterion=exercise.criteria.all()[0].criterion,
        verdict=Verdict.MET,
        rationale="One call is enough.",
        meeting=None,
        by=house.lead,
        at=timezone.now(),
    )
    version = handed_in(an_enrolment(other_house), "1.1")
    assert "One call is enough." not in text(client, other_house.assessor, place("judge", version.pk))
