"""The action log of a period, and the verifier's report."""

import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import verification
from assessments.documents.verified import ask_log, ask_report
from assessments.models import Enrolment, SamplingPolicy
from assessments.queries.coverage import coverage_page, coverages
from assessments.queries.report import Scope, log_papers, report_papers, scope_of
from assessments.testing import House, all_well, an_enrolment, an_external, handed_in, judged, signed_off, verified
from assessments.tests.acts_of_external import asked_of_the_centre
from assessments.tests.acts_of_quality import a_closed_exercise, a_meeting, an_activity, an_exercise, recorded
from assessments.tests.acts_of_strategy import a_plan
from assessments.tests.documents.reading import in_order, made, pages_of, said_in, text_of
from portfolio import press
from portfolio.models import Document, User

pytestmark = pytest.mark.django_db


def today() -> str:
    return f"{timezone.localdate():%-d %B %Y}"


def scope(house: House, user: User | None = None, *, back: int = 30, to: int = 0) -> Scope:
    day = timezone.localdate()
    since, until = (day - datetime.timedelta(days=days) for days in (back, to))
    return scope_of(user or house.lead, house.centre, since, until, day)


def log(found: Scope) -> bytes:
    return made(ask_log(scope=found, by=found.user, at=timezone.now()))


def report(found: Scope) -> bytes:
    return made(ask_report(scope=found, by=found.user, at=timezone.now()))


def a_finding(house: House, unit: Enrolment | None = None, **otherwise: Any) -> Enrolment:
    """A unit of which a sample asked for an action."""
    unit = unit or an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=unit.verifier, at=timezone.now())
    values: dict[str, Any] = {
        "checks": all_well(),
        "criteria": [unit.unit.criteria.get(number="1.1").pk],
        "feedback": "Thin.",
        "wanted": "Hear another call.",
        "due_on": timezone.localdate(),
        "by": unit.verifier,
        "at": timezone.now(),
    }
    verification.close_sample(sample=sample, **{**values, **otherwise})
    return unit


# --- the action log --------------------------------------------------------------------------------------------------


def test_a_log_has_every_action_with_its_owner_day_and_turns(house: House) -> None:
    action = a_finding(house).actions.get()
    recorded(an_activity(house))
    verification.answer_action(action=action, answer="Heard it.", by=house.assessor, at=timezone.now())
    content = log(scope(house))
    found = text_of(content)
    in_order(found, "Action log", str(house.centre), "All units of the centre", f"As it stood on {today()}")
    in_order(found, "In candidates’ units", "Cara Northgate, CC26", "Hear another call.", "Asha Northgate", today())
    in_order(found, f"Answered {today()}, Asha Northgate: Heard it.", "Answered, and not closed yet.")
    in_order(found, "Of the centre’s staff", "Observation of an assessor", "Agree the next step aloud.", "Open: it")
    said = said_in(content)
    assert said["In candidates’ units", "Asked in the period"] == "1"
    assert said["In candidates’ units", "Of them answered"] == "1"
    assert said["Of the centre’s staff", "Open"] == "1"


def test_what_an_external_verifier_asked_for_is_in_the_log(house: House) -> None:
    asked_of_the_centre(an_external(house), house.administrator)
    (row,) = log_papers(scope(house)).of_centre
    in_order(text_of(log(scope(house))), "Of the centre’s staff", row.source[:20], row.action.wanted)


def test_an_action_is_overdue_once_its_day_has_passed(house: House) -> None:
    a_finding(house)
    assert said_in(log(scope(house)))["In candidates’ units", "Of them overdue"] == "0"
    found = scope(house)
    later = Scope(found.user, found.centre, found.since, found.until, found.day + datetime.timedelta(days=1))
    content = log(later)
    assert said_in(content)["In candidates’ units", "Of them overdue"] == "1"
    in_order(text_of(content), "Hear another call.", f"Due {today()}", "Overdue")


def test_what_was_asked_after_the_period_or_closed_before_it_is_not_in_the_log(house: House) -> None:
    action = a_finding(house).actions.get()
    assert not log_papers(scope(house, back=30, to=10)).in_units
    verification.answer_action(action=action, answer="Heard.", by=house.assessor, at=timezone.now())
    verification.close_action(action=action, by=house.verifier, at=timezone.now())
    assert len(log_papers(scope(house)).in_units) == 1
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert not log_papers(scope_of(house.lead, house.centre, tomorrow, tomorrow, tomorrow)).in_units
    assert "None was open in the period." in text_of(log(scope(house, back=30, to=10)))


# --- the report ------------------------------------------------------------------------------------------------------


def test_a_report_counts_what_was_done_and_tells_each_sample(house: House) -> None:
    a_finding(house)
    verified(an_enrolment(house, "ocr-cc32", candidate=house.other_candidate))
    content = report(scope(house))
    found, said = text_of(content), said_in(content)
    assert (said["Interim", "Agreed with action"], said["Interim", "Agreed"]) == ("1", "0")
    assert (said["Summative", "Agreed"], said["Together", "Together"]) == ("1", "2")
    assert said["CC26", "Agreed with action"] == "1"
    in_order(found, "Internal verifier’s report", "Samples taken", "By assessor of the unit", "Asha Northgate")
    in_order(found, "By unit", "CC32", "Every sample", "Cara Northgate, CC26", "Interim", "Vera Northgate", today())
    in_order(found, "No sampling plan was in force", "Findings, and what followed", "Thin.", "Nothing is on record")
    in_order(found, "Changed after it was sampled", "Nothing.", "Actions in sum", "Units verified", "CC32", today())


def test_a_report_tells_coverage_on_what_was_sampled(house: House) -> None:
    unit = an_enrolment(house)
    a_plan(house)
    before = text_of(report(scope(house)))
    in_order(before, "Coverage: OCR", "Units of the plan sampled", "0 of 1")
    a_finding(house, unit)
    in_order(text_of(report(scope(house))), "Coverage: OCR", "Units of the plan sampled", "1 of 1")


def test_a_report_tells_activities_standardisation_and_units_left_unsampled(house: House) -> None:
    recorded(an_activity(house))
    an_activity(house)
    a_closed_exercise(house)
    an_exercise(house)
    a_meeting(house)
    unit = signed_off(an_enrolment(house, "ocr-cc32"))
    verification.leave_unsampled(enrolment=unit, reason="Sampled last month.", by=house.verifier, at=timezone.now())
    found = text_of(report(scope(house)))
    in_order(
        found, "Observations, interviews and reviews", "Observation of an assessor", "Satisfactory, with an action"
    )
    in_order(found, "Observations, interviews and reviews", "Observation of an assessor", "Planned")
    in_order(found, "Standardisation exercises", "2 of 2", "All the same on 1 of 2.", "0 of 2", "Not shown before all")
    in_order(found, "Standardisation meetings", "Standardisation of CC26", today(), "2")
    in_order(found, "Left unsampled by the verifier", "CC32", "Sampled last month.", "Vera Northgate", today())


def test_what_was_done_outside_the_period_is_not_in_the_report(house: House) -> None:
    a_finding(house)
    verified(an_enrolment(house, "ocr-cc32", candidate=house.other_candidate))
    a_meeting(house)
    found = report_papers(scope(house, back=30, to=10))
    assert [found.samples, found.verified, found.meetings, found.log.in_units] == [[], [], [], []]
    assert found.units == frozenset()
    in_order(text_of(report(scope(house, back=30, to=10))), "No sample was taken in the period.", "None in the period.")


def test_every_page_names_the_centre_and_the_period(house: House) -> None:
    a_finding(house)
    period = f"{scope(house).since:%-d %B %Y} to {today()}"
    for page in pages_of(report(scope(house))):
        in_order(page, str(house.centre), period)
        in_order(page, f"{house.centre} · {period} · facts ")


def more_done(house: House, number: int) -> None:
    """So much more of everything that a report tells of."""
    for place in range(number):
        unit = an_enrolment(house, f"ocr-cc{(16, 26, 32)[place]}")
        a_finding(house, unit)
        a_plan(house)
        recorded(an_activity(house))
        a_closed_exercise(house)
        a_meeting(house)
        left = signed_off(an_enrolment(house, f"ocr-cc{(16, 26, 32)[place]}", candidate=house.other_candidate))
        verification.leave_unsampled(enrolment=left, reason="Last month.", by=house.verifier, at=timezone.now())


def test_a_report_asks_no_more_often_the_more_was_done(house: House) -> None:
    counts = []
    for number in (1, 3):
        with transaction.atomic():
            more_done(house, number)
            with CaptureQueriesContext(connection) as captured:
                found = report_papers(scope(house))
            assert len(found.coverage) == len(found.exercises) == len(found.samples) == number
            counts.append(len(captured))
            transaction.set_rollback(True)
    assert counts[0] == counts[1] <= 45, counts


def test_plans_are_covered_together_as_each_by_itself(house: House) -> None:
    a_finding(house)
    plans = [a_plan(house)]
    a_finding(house, an_enrolment(house, "ocr-cc32", candidate=house.other_candidate, assessor=house.other_assessor))
    plans.append(a_plan(house, SamplingPolicy.objects.latest("pk")))
    an_enrolment(house, "ocr-cc16", candidate=house.other_candidate, assessor=house.other_assessor)
    early, late = coverages(plans)
    assert [early, late] == [coverage_page(plan) for plan in plans]
    assert 0 < early.met < early.wanted


# --- who may fetch them ----------------------------------------------------------------------------------------------


def test_a_verifier_is_told_of_the_units_they_verify_and_others_may_not_fetch_more_than_they_oversee(
    house: House, other_house: House
) -> None:
    a_finding(house)
    a_finding(house, an_enrolment(house, "ocr-cc32", candidate=house.other_candidate, verifier=house.other_verifier))
    assert len(report_papers(scope(house)).samples) == 2
    for user in (house.verifier, house.other_verifier):
        own = report_papers(scope(house, user))
        assert len(own.samples) == 1
        assert own.scope.verifier
    everything = ask_report(scope=scope(house), by=house.lead, at=timezone.now())
    assert ask_report(scope=scope(house, house.administrator), by=house.administrator, at=timezone.now()) == everything
    assert press.shown_by(everything, house.administrator)
    theirs = ask_log(scope=scope(house, house.verifier), by=house.verifier, at=timezone.now())
    assert press.shown_by(theirs, house.verifier)
    assert press.shown_by(theirs, house.lead)
    assert press.shown_by(theirs, house.other_verifier) is None
    for user in (house.verifier, house.assessor, house.candidate.user, other_house.lead, other_house.administrator):
        assert press.shown_by(everything, user) is None


def test_nobody_fetches_what_tells_of_them_as_a_candidate(house: House) -> None:
    exercise = a_closed_exercise(house)
    document = ask_report(scope=scope(house), by=house.lead, at=timezone.now())
    assert exercise.version.evidence.candidate.user_id in document.facts["covers"]["candidates"]
    assert press.shown_by(document, house.lead)
    covers = {**document.facts["covers"], "candidates": [house.lead.pk]}
    told_of = Document(subject_kind="centre", subject_id=house.centre.pk, facts={"covers": covers})
    assert press.shown_by(told_of, house.lead) is None


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_asks_for_a_period_and_leads_on_to_the_document(house: House, client: Client) -> None:
    a_finding(house)
    client.force_login(house.verifier)
    page = reverse("assessments:verification_papers", args=[house.centre.slug])
    assert client.get(reverse("assessments:papers_of_verification")).headers["Location"] == page
    assert "in the units you verify" in client.get(page).content.decode()
    for press_it, kind in (("report", "verifiers_report"), ("log", "action_log")):
        day = timezone.localdate().isoformat()
        response = client.post(page, {"since": day, "until": day, press_it: ""})
        document = Document.objects.get(kind=kind)
        assert response.headers["Location"] == reverse("portfolio:document", args=[document.pk])
        assert client.get(response.headers["Location"]).status_code == 200


def test_a_period_that_ends_before_it_begins_is_refused_with_what_was_typed(house: House, client: Client) -> None:
    client.force_login(house.administrator)
    page = reverse("assessments:verification_papers", args=[house.centre.slug])
    response = client.post(page, {"since": "2026-05-02", "until": "2026-05-01", "report": ""})
    assert response.status_code == 409
    assert "The last day lies before the first." in response.content.decode()
    assert "2026-05-02" in response.content.decode()
    assert not Document.objects.exists()


def test_desk_and_activities_lead_to_the_page(house: House, client: Client) -> None:
    leads = reverse("assessments:papers_of_verification")
    for user, page, there in (
        (house.verifier, "sampling", True),
        (house.administrator, "activities", True),
        (house.assessor, "activities", False),
    ):
        client.force_login(user)
        assert (leads in client.get(reverse(f"assessments:{page}")).content.decode()) is there
