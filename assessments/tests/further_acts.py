"""The verbs of appeals, cases, adjustments and simulations, ready to be done."""

import datetime
from collections.abc import Callable

from django.utils import timezone

from assessments.actions import adjustment as adjustments
from assessments.actions import appeal as appeals
from assessments.actions import case as cases
from assessments.actions import profile
from assessments.actions.simulation import approve_simulation
from assessments.enums import AppealAbout, AppealOutcome, CaseOutcome
from assessments.models import Adjustment, Days
from assessments.queries.appeal import Against
from assessments.testing import House, an_enrolment, handed_in, targets
from assessments.tests.appeals import a_case, acknowledged, appealed, appointed, decided, not_yet
from assessments.tests.doing import Act
from portfolio.models import User

DAY = datetime.timedelta(days=1)


def set_appeals_procedure(house: House) -> Act:
    return Act(
        house.administrator,
        lambda by: appeals.set_appeals_procedure(
            centre=house.centre, days=Days(assessor=None, verifier=3), by=by, at=timezone.now()
        ),
    )


def raise_appeal(house: House) -> Act:
    decision = not_yet(house)
    return Act(
        house.candidate.user,
        lambda by: appeals.raise_appeal(
            enrolment=decision.enrolment,
            against=Against(AppealAbout.DECISION, decision_id=decision.pk),
            grounds="Read it again.",
            by=by,
            at=timezone.now(),
        ),
    )


def acknowledge_appeal(house: House) -> Act:
    appeal = appealed(house)
    return Act(house.administrator, lambda by: appeals.acknowledge_appeal(appeal=appeal, by=by, at=timezone.now()))


def appoint_adjudicator(house: House) -> Act:
    appeal = acknowledged(house)
    return Act(
        house.administrator,
        lambda by: appeals.appoint_adjudicator(
            appeal=appeal, adjudicator=house.other_assessor, by=by, at=timezone.now()
        ),
    )


def decide_appeal(house: House) -> Act:
    appeal = appointed(house)
    return Act(
        house.other_assessor,
        lambda by: appeals.decide_appeal(
            appeal=appeal, outcome=AppealOutcome.UPHELD, finding="The log shows it.", by=by, at=timezone.now()
        ),
    )


def accept_outcome(house: House) -> Act:
    appeal = decided(house)
    return Act(house.candidate.user, lambda by: appeals.accept_outcome(appeal=appeal, by=by, at=timezone.now()))


def take_further(house: House) -> Act:
    appeal = decided(house)
    return Act(house.candidate.user, lambda by: appeals.take_further(appeal=appeal, by=by, at=timezone.now()))


def withdraw_appeal(house: House) -> Act:
    appeal = appealed(house)
    return Act(house.candidate.user, lambda by: appeals.withdraw_appeal(appeal=appeal, by=by, at=timezone.now()))


def lapse_appeal(house: House) -> Act:
    appeal, later = decided(house), timezone.now() + 30 * DAY
    return Act(house.administrator, lambda by: appeals.lapse_appeal(appeal=appeal, by=by, at=later))


def follow_up(house: House) -> Act:
    appeal = decided(house, AppealOutcome.UPHELD)
    return Act(
        house.administrator,
        lambda by: appeals.follow_up(
            appeal=appeal, done="The assessor was told.", reassess=False, by=by, at=timezone.now()
        ),
    )


def open_case(house: House) -> Act:
    concerned: list[User] = [house.candidate.user]
    return Act(
        house.administrator,
        lambda by: cases.open_case(
            centre=house.centre, kind="malpractice", summary="Alike.", concerns=concerned, by=by, at=timezone.now()
        ),
    )


def name_investigator(house: House) -> Act:
    case = a_case(house)
    return Act(
        house.administrator,
        lambda by: cases.name_investigator(case=case, user=house.lead, by=by, at=timezone.now()),
    )


def end_investigator(house: House) -> Act:
    case = a_case(house)
    cases.name_investigator(case=case, user=house.lead, by=house.administrator, at=timezone.now())
    return Act(house.lead, lambda by: cases.end_investigator(case=case, user=house.lead, by=by, at=timezone.now()))


def add_step(house: House) -> Act:
    case, today = a_case(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: cases.add_step(case=case, happened_on=today, text="Read both.", by=by, at=timezone.now()),
    )


def freeze_unit(house: House) -> Act:
    case, unit = a_case(house), an_enrolment(house)
    return Act(house.administrator, lambda by: cases.freeze_unit(case=case, enrolment=unit, by=by, at=timezone.now()))


def freeze_item(house: House) -> Act:
    case, item = a_case(house), handed_in(an_enrolment(house)).evidence
    return Act(house.administrator, lambda by: cases.freeze_item(case=case, evidence=item, by=by, at=timezone.now()))


def release_freeze(house: House) -> Act:
    case, unit = a_case(house), an_enrolment(house)
    freeze = cases.freeze_unit(case=case, enrolment=unit, by=house.administrator, at=timezone.now())
    return Act(house.administrator, lambda by: cases.release_freeze(freeze=freeze, by=by, at=timezone.now()))


def close_case(house: House) -> Act:
    case = a_case(house)
    return Act(
        house.administrator,
        lambda by: cases.close_case(
            case=case, outcome=CaseOutcome.NO_CASE, reason="A form they both used.", by=by, at=timezone.now()
        ),
    )


def approved(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.verifier,
        lambda by: approve_simulation(
            enrolment=unit,
            what="An angry customer.",
            reason="None came up.",
            criteria=[targets(unit, "1.1")[0].criterion_id],
            planned_on=timezone.localdate() + DAY,
            by=by,
            at=timezone.now(),
        ),
    )


def arranged(house: House, by: User | None = None) -> Adjustment:
    return adjustments.arrange_adjustment(
        candidate=house.candidate,
        words=adjustments.Arranged("Recordings in place of writing.", timezone.localdate(), detail="Dyslexia."),
        by=by or house.administrator,
        at=timezone.now(),
    )


def write_profile(house: House) -> Act:
    words = {"job_title": "Team leader"}
    return Act(
        house.candidate.user,
        lambda by: profile.write_profile(candidate=house.candidate, words=words, by=by, at=timezone.now()),
    )


def arrange_adjustment(house: House) -> Act:
    return Act(house.administrator, lambda by: arranged(house, by))


def end_adjustment(house: House) -> Act:
    adjustment, today = arranged(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: adjustments.end_adjustment(adjustment=adjustment, to_on=today, by=by, at=timezone.now()),
    )


FURTHER_ACTS: dict[str, Callable[[House], Act]] = {
    "set_appeals_procedure": set_appeals_procedure,
    "raise_appeal": raise_appeal,
    "acknowledge_appeal": acknowledge_appeal,
    "appoint_adjudicator": appoint_adjudicator,
    "decide_appeal": decide_appeal,
    "accept_outcome": accept_outcome,
    "take_further": take_further,
    "withdraw_appeal": withdraw_appeal,
    "lapse_appeal": lapse_appeal,
    "follow_up": follow_up,
    "open_case": open_case,
    "name_investigator": name_investigator,
    "end_investigator": end_investigator,
    "add_step": add_step,
    "freeze_unit": freeze_unit,
    "freeze_item": freeze_item,
    "release_freeze": release_freeze,
    "close_case": close_case,
    "approve_simulation": approved,
    "arrange_adjustment": arrange_adjustment,
    "write_profile": write_profile,
    "end_adjustment": end_adjustment,
}
"""By the verb the audit book writes."""
