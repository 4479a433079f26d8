"""Documents of a unit and of its plans: progress, index, feedback, what was agreed and signed."""

import datetime
from dataclasses import replace

import pytest
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import follow_up, safekeeping
from assessments.documents.asking import ask_plan, ask_unit_document
from assessments.documents.sheets import numbers
from assessments.enums import HeldAt, Verdict
from assessments.models import AssessmentPlan, Enrolment, EvidenceFile
from assessments.queries.enrolment import person_at
from assessments.queries.planning import plan_page
from assessments.testing import House, an_enrolment, described, handed_in, judged, sampled, signed_off, verified
from assessments.tests.documents.reading import in_order, made, pages_of, said_in, text_of
from assessments.tests.plans import agreed, held, proposed
from portfolio.models import User

pytestmark = pytest.mark.django_db


def printed(enrolment: Enrolment, kind: str) -> bytes:
    asked = ask_unit_document(enrolment=enrolment, kind=kind, by=enrolment.assessor, at=timezone.now())
    return made(asked)


def text(enrolment: Enrolment, kind: str) -> str:
    return text_of(printed(enrolment, kind))


def today() -> str:
    return f"{timezone.localdate():%-d %B %Y}"


# --- how far it is ---------------------------------------------------------------------------------------------------


def test_progress_tells_each_criterion_with_its_evidence_and_who_accepted_it(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1", "1.2"), unit, Verdict.MET, "1.1")
    handed_in(unit, "1.1", "2.1")
    heard = said_in(printed(unit, "unit_progress"))
    assert heard["1.1", "Claimed by evidence"] == "1, 2"
    assert heard["1.1", "How far"] == "Accepted"
    assert heard["1.1", "Accepted"] == f"{today()} by Asha Northgate, on evidence 1"
    assert heard["1.2", "How far"] == "Claimed"
    assert heard["4.4", "How far"] == "Not started"
    assert ("1.2", "Accepted") not in heard


def test_progress_stands_under_the_heads_of_the_specification(house: House) -> None:
    unit = an_enrolment(house)
    found = text(unit, "unit_progress")
    in_order(
        found, "Unit progress record", "CC26 Coordinate", "Candidate Cara Northgate", "13 criteria: 13 not started."
    )
    in_order(found, *(f"Learning outcome {outcome.number}:" for outcome in unit.unit.outcomes.all()), "Signatures")
    sqa = text(an_enrolment(house, "sqa-h12e04"), "unit_progress")
    in_order(sqa, "Performance Criteria", "Knowledge and Understanding")


def test_a_title_that_the_source_does_not_have_is_marked_on_every_paper_of_a_unit(house: House) -> None:
    marked = "CC16 Manage customer service delivery in a contact centre (title from public lists, not in the source"
    unit = an_enrolment(house, "ocr-cc16")
    papers = ("unit_progress", "evidence_index", "unit_feedback")
    assert [marked in text(unit, kind) for kind in papers] == [True, True, True]
    own = an_enrolment(house, "ocr-cc26")
    assert ["public lists" in text(own, kind) for kind in papers] == [False, False, False]


def test_progress_of_a_verified_unit_has_its_days_and_everybodys_signature(house: House) -> None:
    found = text(verified(an_enrolment(house)), "unit_progress")
    in_order(found, f"Signed off {today()}", f"Sampled by the internal verifier {today()}", f"Verified {today()}")
    in_order(found, "Signatures", "Cara Northgate", "Vera Northgate", "Asha Northgate")
    assert "13 criteria: 13 confirmed." in found


def test_a_criterion_met_by_a_trainee_waits_for_its_countersignature(house: House) -> None:
    unit = an_enrolment(house, assessor=house.trainee)
    judged(handed_in(unit, "1.1"), unit)
    heard = said_in(printed(unit, "unit_progress"))
    assert heard["1.1", "How far"] == "Met, awaiting countersignature"
    assert ("1.1", "Accepted") not in heard


# --- what there is ---------------------------------------------------------------------------------------------------


def test_the_index_has_every_item_by_its_number_with_where_it_is_held(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1", "1.2"), unit, Verdict.MET, "1.1")
    elsewhere = replace(described("The wallboard"), held=HeldAt.LOCATION, location="Control room, wall 3")
    handed_in(unit, "2.1", words=elsewhere)
    withdrawn = handed_in(unit, "2.2", words=described("The wrong report"))
    items.withdraw_item(version=withdrawn, reason="Wrong.", by=house.assessor, at=timezone.now())
    shut_away = handed_in(unit, "2.3", words=described("A call list"))
    file = EvidenceFile.objects.get(version=shut_away)
    safekeeping.quarantine(file=file, reason="A customer's address.", by=house.assessor, at=timezone.now())
    content = printed(unit, "evidence_index")
    heard = said_in(content)
    assert heard["1", "Claimed for"] == "1.1, 1.2"
    assert heard["1", "Accepted for"] == "1.1"
    assert heard["1", "Held"] == "In the portfolio"
    assert heard["2", "Held"] == "Not here: Control room, wall 3"
    assert heard["3", "Held"] == f"Withdrawn on {today()}"
    assert heard["4", "Held"].endswith("1 file in quarantine")
    in_order(text_of(content), "4 items.", "Not sampled so far.")


def test_an_index_says_when_the_unit_was_sampled(house: House) -> None:
    in_order(text(sampled(an_enrolment(house)), "evidence_index"), "Sampled by the internal verifier", today())


def test_an_empty_unit_reads_well(house: House) -> None:
    unit = an_enrolment(house)
    assert "Nothing has been handed in for this unit yet." in text(unit, "evidence_index")
    assert "No assessor has read anything yet." in text(unit, "unit_feedback")


def test_a_long_index_repeats_its_head_and_stamp_on_every_page(house: House) -> None:
    unit = an_enrolment(house)
    for number in range(60):
        handed_in(unit, "1.1", words=described(f"Seònaid Featherstonehaugh-Śliwińska’s call review of week {number}"))
    pages = pages_of(printed(unit, "evidence_index"))
    assert len(pages) > 2
    for page in pages[:-1]:
        in_order(page, "No. Evidence Date Held Claimed for Accepted for")
    for number in range(60):
        assert any(f"week {number} " in page for page in pages)
    assert all("Unit CC26" in page for page in pages)
    assert "60 items." in pages[-1]


# --- what was said ---------------------------------------------------------------------------------------------------


def test_feedback_of_a_unit_tells_what_was_decided_in_it_alone(house: House) -> None:
    unit, other = an_enrolment(house), an_enrolment(house, "ocr-cc32")
    judged(handed_in(unit, "1.1"), unit)
    judged(handed_in(other, "1.2"), other, Verdict.NOT_YET)
    found = text(unit, "unit_feedback")
    in_order(found, f"Evidence 1, version 1. Read on {today()} by Asha Northgate", "CC26 1.1", "Met")
    assert "CC32" not in found


def test_a_remark_of_the_verifier_is_in_none_of_them(house: House) -> None:
    unit = sampled(an_enrolment(house))
    for kind in ("unit_progress", "evidence_index", "unit_feedback"):
        assert "First unit of a new candidate." not in text(unit, kind)


def test_a_unit_that_changed_after_it_was_signed_says_so(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    file = EvidenceFile.objects.get(version__evidence__candidate=house.candidate)
    safekeeping.quarantine(file=file, reason="A customer's address.", by=house.assessor, at=timezone.now())
    assert "Stale: something changed after this was signed." in text(unit, "unit_progress")


# --- the plan --------------------------------------------------------------------------------------------------------


def plan_text(plan: AssessmentPlan, user: User) -> str:
    day = timezone.localdate()
    page = plan_page(user, plan.pk, lambda centre: person_at(user, centre, day), day)
    return text_of(made(ask_plan(page=page, by=user, at=timezone.now())))


def test_a_plan_has_its_activities_reviews_and_signatures(house: House) -> None:
    plan = agreed(an_enrolment(house), place="The contact centre")
    review = held(plan)
    follow_up.agree_review(review=review, comment="I agree.", by=house.candidate.user, at=timezone.now())
    found = plan_text(plan, house.candidate.user)
    week = f"{timezone.localdate() + datetime.timedelta(days=7):%-d %B %Y}"
    in_order(found, "Assessment plan and reviews", "Calls in spring", "Units CC26", f"Agreed {today()}")
    in_order(found, "Language and special needs Welsh", "Handle two complaints", "The contact centre", "CC26 1.1, 1.2")
    in_order(found, "Agreed by", "Asha Northgate", "Cara Northgate", f"Review of {today()}", "The first calls.")
    in_order(found, "CC26: 0 of 13 accepted", "Two more.", f"Next review {week}", "I agree.", "Cara Northgate")


def test_a_plan_not_agreed_yet_leaves_the_candidates_line_open(house: House) -> None:
    found = plan_text(proposed(an_enrolment(house)), house.assessor)
    in_order(
        found, "Plan Waiting for the candidate", "Agreed by", "Asha Northgate", "Candidate Date", "None was held yet."
    )


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "said"),
    [([], ""), ([3], "3"), ([2, 1], "1, 2"), ([5, 3, 4, 1], "1, 3 to 5"), ([1, 2, 3, 5, 6, 8, 8], "1 to 3, 5, 6, 8")],
)
def test_numbers_that_follow_each_other_are_a_range(found: list[int], said: str) -> None:
    assert numbers(found) == said


def test_a_draft_that_was_given_up_makes_no_item_withdrawn(house: House) -> None:
    unit = an_enrolment(house)
    read = judged(handed_in(unit, "1.1", words=described("The log")), unit)
    draft = items.replace(version=read, by=unit.candidate_user, at=timezone.now())
    items.withdraw_item(version=draft, reason="Not now.", by=unit.candidate_user, at=timezone.now())
    index = text(unit, "evidence_index")
    assert "The log" in index
    assert "Withdrawn" not in index
