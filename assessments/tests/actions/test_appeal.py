"""Appeals: raised, heard by people without a part in the unit, answered in time, followed up; and the claim waits."""

import datetime
from functools import partial

import pytest
from django.utils import timezone

from assessments.actions import allocation, award, judgement, verification
from assessments.actions import appeal as appeals
from assessments.actions import case as cases
from assessments.enums import AllocatedAs, AppealAbout, AppealClosed, AppealOutcome, AppealStage, Verdict
from assessments.models import DAYS, IN_GENERAL, Appeal, Days, Enrolment, EvidenceVersion
from assessments.queries.appeal import Against, appeal_page, appealable, involved_in, people_to_hear
from assessments.testing import House, an_enrolment, declared, handed_in, judged, verified
from assessments.tests.appeals import a_case, acknowledged, appealed, appointed, decided, further, not_yet
from assessments.tests.further_acts import arranged
from assessments.tests.refusing import refusals
from assessments.workflow import ITEM_FROZEN
from portfolio.models import SignatureVoid, User
from portfolio.workdays import working_days_after

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def now() -> datetime.datetime:
    return timezone.now()


def appoint(appeal: Appeal, adjudicator: User | None, house: House, name: str = "") -> Appeal:
    return appeals.appoint_adjudicator(
        appeal=appeal, adjudicator=adjudicator, name=name, by=house.administrator, at=now()
    )


def raised(unit: Enrolment, against: Against | AppealAbout) -> Appeal:
    return appeals.raise_appeal(
        enrolment=unit, against=against, grounds="I was not heard.", by=unit.candidate_user, at=now()
    )


def version_of(appeal: Appeal) -> EvidenceVersion:
    """What was read, where a reading is appealed against."""
    assert appeal.reading
    return appeal.reading.version


def decide(appeal: Appeal, by: User, outcome: str = AppealOutcome.NOT_UPHELD) -> Appeal:
    return appeals.decide_appeal(appeal=appeal, outcome=outcome, finding="It was read.", by=by, at=now())


def go_on(appeal: Appeal, house: House) -> Appeal:
    return appeals.take_further(appeal=appeal, by=house.candidate.user, at=now())


# --- raising ---------------------------------------------------------------------------------------------------------


def test_the_first_stage_is_due_after_its_working_days(house: House) -> None:
    appeal = appealed(house)
    hearing = appeal.hearings.get()
    assert (hearing.stage, hearing.due_on) == ("assessor", working_days_after(TODAY, 5, house.centre.country))
    assert appeal.enrolment.open_appeal == appeal


def test_only_what_was_decided_against_them_last_is_appealed(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1", "1.2")
    judged(version, unit, Verdict.MET, "1.1")
    judged(version, unit, Verdict.CONTRIBUTES, "1.2")
    overruled = version.decisions.get(criterion__number="1.2")
    judged(version, unit, Verdict.NOT_YET, "1.2")
    [only] = appealable(unit)
    assert only.label.startswith("1.2 with Evidence 1")
    assert refusals(lambda: appealed(house, overruled))[0].startswith("Choose what you appeal against")
    assert refusals(lambda: appealed(house, version.decisions.get(criterion__number="1.1")))


def test_a_returned_item_is_appealed_as_a_whole(house: House) -> None:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1")
    review = judgement.review(
        version=version, rules=judgement.RulesOfEvidence(), decisions=[], feedback="Thin.", returned=True,
        seen_at_location=False, by=house.assessor, at=now(),
    )  # fmt: skip
    [returned] = appealable(unit)
    appeal = raised(unit, returned)
    assert (appeal.about, appeal.reading) == (AppealAbout.RETURN, review)


def test_a_unit_that_came_back_is_appealed(house: House) -> None:
    unit = declared(an_enrolment(house))
    judgement.refer(enrolment=unit, feedback="The second call is missing.", by=house.assessor, at=now())
    [back] = appealable(unit)
    assert back.label == f"The unit: referred back on {TODAY:%-d %B %Y}"
    appeal = raised(unit, back)
    assert (appeal.about, appeal.void, appeal.reading) == (
        AppealAbout.RESULT,
        SignatureVoid.objects.get(pk=back.void_id or 0),
        None,
    )
    page = appeal_page(house.candidate.user, appeal.pk)
    assert (page.words, page.decided_by) == ("Referred back", "Asha Northgate")
    assert page.feedback == "The second call is missing."
    elsewhere = an_enrolment(house, "ocr-cc16")
    assert refusals(lambda: raised(elsewhere, back))[0].startswith("Choose what you appeal against")


@pytest.mark.parametrize("about", IN_GENERAL)
def test_how_one_was_assessed_is_appealed_before_anything_is_decided(house: House, about: AppealAbout) -> None:
    appeal = raised(an_enrolment(house), about)
    assert (appeal.about, appeal.reading, appeal.void) == (about, None, None)
    assert appeal.enrolment.open_appeal == appeal


@pytest.mark.parametrize("about", [AppealAbout.DECISION, AppealAbout.RETURN])
def test_a_decision_is_appealed_only_where_there_is_one(house: House, about: AppealAbout) -> None:
    unit = an_enrolment(house)
    assert refusals(lambda: raised(unit, about)) == ["Choose what you appeal against."]


def test_what_is_upheld_of_the_conduct_is_followed_up_without_a_reading(house: House) -> None:
    appeal = raised(an_enrolment(house), AppealAbout.CONDUCT)
    appeals.acknowledge_appeal(appeal=appeal, by=house.administrator, at=now())
    appoint(appeal, house.other_assessor, house)
    decide(appeal, house.other_assessor, AppealOutcome.UPHELD)
    follow = partial(appeals.follow_up, appeal=appeal, done="Observed once more.", by=house.administrator, at=now())
    assert refusals(partial(follow, reassess=True))[0].startswith("The appeal is against no reading of an item")
    assert follow(reassess=False).closed_as == AppealClosed.FOLLOWED_UP


def test_one_appeal_at_a_time_is_open_in_a_unit(house: House) -> None:
    decision = not_yet(house)
    appeal = appealed(house, decision)
    assert refusals(lambda: appealed(house, decision)) == [
        f"Appeal {appeal.pk} is open in this unit: another can follow once it is closed."
    ]
    appeals.withdraw_appeal(appeal=appeal, by=house.candidate.user, at=now())
    assert appealed(house, decision).pk != appeal.pk


def test_a_claimed_unit_is_past_appealing(house: House) -> None:
    unit = verified(an_enrolment(house))
    award.claim(enrolment=unit, authorisation="EV 1", by=house.administrator, at=now())
    unit.refresh_from_db()
    assert appeals.raising_refusals(unit) == ["The unit is “Claimed”: ask your centre about an appeal."]


# --- the procedure ---------------------------------------------------------------------------------------------------


def test_a_centre_sets_its_own_stages_and_what_began_keeps_its_day(house: House) -> None:
    begun = appealed(house).hearings.get()
    set_days = partial(appeals.set_appeals_procedure, centre=house.centre, by=house.administrator, at=now())
    set_days(days=Days(assessor=None, verifier=3, centre=None, awarding_body=7, answer=2))
    begun.refresh_from_db()
    assert begun.due_on == working_days_after(TODAY, DAYS.stages[0][1], house.centre.country)
    hearing = appealed(house, not_yet(house, "ocr-cc32")).hearings.get()
    assert (hearing.stage, hearing.due_on) == ("verifier", working_days_after(TODAY, 3, house.centre.country))
    assert refusals(lambda: set_days(days=Days(None, None, None, None, 5))) == [
        "Give at least one stage its working days."
    ]
    assert house.centre.appeals_procedures.count() == 1


# --- who hears -------------------------------------------------------------------------------------------------------


def test_nobody_hears_who_had_a_part_in_the_unit(house: House) -> None:
    decision = not_yet(house)
    unit = decision.enrolment
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=now())
    verification.drop_sample(sample=sample, reason="Ill.", by=house.verifier, at=now())
    reallocate = partial(allocation.allocate, enrolment=unit, reason="Leave.", by=house.administrator, at=now())
    reallocate(part=AllocatedAs.VERIFIER, user=house.other_verifier)
    appeal = acknowledged(house, decision)
    assert involved_in(unit) >= {house.assessor.pk, house.verifier.pk, house.other_verifier.pk, unit.candidate_user_id}
    [sentence] = refusals(lambda: appoint(appeal, house.assessor, house))
    assert sentence.endswith("has had a part in this unit or heard this appeal before: appoint somebody else.")
    assert refusals(lambda: appoint(appeal, house.trainee, house))[0].endswith("so cannot hear an appeal.")
    assert refusals(lambda: appoint(appeal, house.lead, house))[0].endswith("a role in which this stage is heard.")
    offered = people_to_hear(AppealStage.ASSESSOR, house.centre, TODAY, involved_in(unit))
    assert [record.user for record in offered] == [house.other_assessor]
    assert people_to_hear(AppealStage.VERIFIER, house.centre, TODAY, involved_in(unit))[0].user == house.lead
    appoint(appeal, house.other_assessor, house)


def test_whoever_sent_the_unit_back_or_arranged_an_adjustment_does_not_hear_of_it(house: House) -> None:
    unit = verified(an_enrolment(house))
    verification.reopen(enrolment=unit, reason="A page is missing.", by=house.lead, at=now())
    appeal = raised(unit, AppealAbout.CONDUCT)
    assert house.lead.pk in involved_in(unit)
    assert house.administrator.pk not in involved_in(unit, AppealAbout.ADJUSTMENT)
    arranged(house)
    assert house.administrator.pk in involved_in(unit, AppealAbout.ADJUSTMENT)
    assert house.administrator.pk not in involved_in(unit, appeal.about)


def test_the_record_is_open_to_the_adjudicator_while_the_stage_is_theirs(house: House) -> None:
    appeal = appointed(house)
    seen = Enrolment.objects.visible_to(house.other_assessor)
    assert list(seen.all()) == [appeal.enrolment]
    decide(appeal, house.other_assessor)
    assert list(seen.all()) == [appeal.enrolment]
    go_on(appeal, house)
    assert not seen.all().exists()
    assert list(Appeal.objects.visible_to(house.other_assessor)) == [appeal]


def test_who_has_a_part_in_the_unit_since_decides_no_longer(house: House) -> None:
    appeal = appointed(house)
    allocation.allocate(
        enrolment=appeal.enrolment, part=AllocatedAs.ASSESSOR, user=house.other_assessor, reason="Leave.",
        by=house.administrator, at=now(),
    )  # fmt: skip
    assert refusals(lambda: decide(appeal, house.other_assessor)) == [
        "You have had a part in this unit since, so somebody else must hear the appeal."
    ]


def test_an_adjudicator_of_an_earlier_stage_hears_no_later_one(house: House) -> None:
    appeal = go_on(decided(house), house)
    assert refusals(lambda: appoint(appeal, house.other_assessor, house))


# --- answering -------------------------------------------------------------------------------------------------------


def test_an_appeal_goes_through_its_stages_to_the_last(house: House) -> None:
    appeal = decide(further(house), house.other_verifier)
    appeal = decide(appoint(go_on(appeal, house), house.lead, house), house.lead)
    appeal = appoint(go_on(appeal, house), None, house, "M. Ellison, OCR")
    appeal = decide(appeal, house.administrator)
    assert [row.stage for row in appeal.hearings.all()] == list(AppealStage)
    assert (appeal.closed_as, appeal.enrolment.open_appeal_id) == (AppealClosed.EXHAUSTED, None)


def test_it_is_taken_further_in_time_or_lapses(house: House) -> None:
    appeal = decided(house)
    ends = appeal.hearings.get().answer_by
    assert ends == working_days_after(TODAY, DAYS.answer, house.centre.country)
    late = now() + (ends - TODAY + datetime.timedelta(1))
    lapse = partial(appeals.lapse_appeal, appeal=appeal, by=house.administrator)
    assert refusals(lambda: lapse(at=now())) == [f"The candidate has until {ends:%-d %B %Y} to answer."]
    [sentence] = refusals(lambda: appeals.take_further(appeal=appeal, by=house.candidate.user, at=late))
    assert sentence.startswith("The time to take it further ended on")
    assert lapse(at=late).closed_as == AppealClosed.LAPSED


def test_accepting_closes_what_was_not_upheld(house: House) -> None:
    appeal = appeals.accept_outcome(appeal=decided(house), by=house.candidate.user, at=now())
    assert appeal.closed_as == AppealClosed.ACCEPTED


# --- what follows ----------------------------------------------------------------------------------------------------


def test_upheld_the_item_waits_for_another_assessor(house: House) -> None:
    appeal = decided(house, AppealOutcome.UPHELD)
    unit = appeal.enrolment
    follow = partial(appeals.follow_up, appeal=appeal, done="Read again.", reassess=True, by=house.lead, at=now())
    assert refusals(follow) == ["Asha Northgate decided what was appealed: give the unit to another assessor first."]
    allocation.allocate(
        enrolment=unit, part=AllocatedAs.ASSESSOR, user=house.other_assessor, reason="Appeal.",
        by=house.administrator, at=now(),
    )  # fmt: skip
    assert follow().closed_as == AppealClosed.FOLLOWED_UP
    assert unit.mappings.get().waiting_since is not None
    unit.refresh_from_db()
    judged(version_of(appeal), unit)
    assert unit.mappings.get().waiting_since is None


def test_partly_upheld_and_accepted_it_is_followed_up(house: House) -> None:
    appeal = appeals.accept_outcome(appeal=decided(house, AppealOutcome.PARTLY), by=house.candidate.user, at=now())
    assert appeal.closed_at is None
    done = appeals.follow_up(appeal=appeal, done="Told.", reassess=False, by=house.administrator, at=now())
    assert done.closed_as == AppealClosed.FOLLOWED_UP


def test_the_claim_waits_until_the_appeal_is_closed(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit, Verdict.NOT_YET)
    appeal = appealed(house, unit.decisions.get())
    verified(unit)
    claim = partial(award.claim, enrolment=unit, authorisation="EV 1", by=house.administrator, at=now())
    assert refusals(claim) == [f"Appeal {appeal.pk} is open in this unit: it can be claimed once the appeal is closed."]
    appeals.withdraw_appeal(appeal=appeal, by=house.candidate.user, at=now())
    claim()


def test_an_item_that_is_held_does_not_wait_for_another_assessor_before_it_is_released(house: House) -> None:
    appeal = decided(house, AppealOutcome.UPHELD)
    cases.freeze_item(case=a_case(house), evidence=version_of(appeal).evidence, by=house.administrator, at=now())
    follow = partial(appeals.follow_up, appeal=appeal, done="Read again.", reassess=True, by=house.lead, at=now())
    assert ITEM_FROZEN in refusals(follow)
