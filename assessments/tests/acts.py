"""Every verb of the upper floor, ready to be done: who does it, and the act, where nothing stands in its way.

The structural tests do each once and count; and let everybody else try.
"""

from collections.abc import Callable, Mapping

from django.utils import timezone

from assessments.actions import allocation, award, enrolment, judgement, verification
from assessments.enums import AllocatedAs, Verb
from assessments.models import Action, Enrolment, Sample
from assessments.testing import (
    House,
    a_unit,
    all_well,
    an_enrolment,
    declared,
    met,
    sampled,
    signed_off,
    targets,
    verified,
)
from assessments.tests.acts_of_assessors import MADE
from assessments.tests.acts_of_awards import ACTS_OF_AWARDS
from assessments.tests.acts_of_data import ACTS_OF_DATA
from assessments.tests.acts_of_external import ACTS_OF_EXTERNAL
from assessments.tests.acts_of_findings import ACTS_OF_FINDINGS
from assessments.tests.acts_of_people import ACTS_OF_PEOPLE
from assessments.tests.acts_of_plans import ACTS as ACTS_OF_PLANS
from assessments.tests.acts_of_quality import ACTS_OF_QUALITY
from assessments.tests.acts_of_retention import ACTS_OF_RETENTION
from assessments.tests.acts_of_strategy import ACTS_OF_STRATEGY
from assessments.tests.doing import Act
from assessments.tests.further_acts import FURTHER_ACTS
from assessments.tests.item_acts import ITEM_ACTS
from assessments.tests.ties import declare_interest, end_interest


def trainees(house: House) -> Enrolment:
    return signed_off(an_enrolment(house, assessor=house.trainee))


def claimed(house: House) -> Enrolment:
    unit = verified(an_enrolment(house))
    award.claim(enrolment=unit, authorisation="EV 1", by=house.administrator, at=timezone.now())
    return unit


def certificated(house: House) -> Enrolment:
    unit = claimed(house)
    today = timezone.localdate()
    award.certificate(enrolment=unit, number="C 1", issued_on=today, by=house.administrator, at=timezone.now())
    return unit


def suspended(house: House) -> Enrolment:
    unit = an_enrolment(house)
    return enrolment.suspend(enrolment=unit, reason="Leave.", by=house.administrator, at=timezone.now())


def open_sample(house: House) -> Sample:
    unit = signed_off(an_enrolment(house))
    return verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())


def open_action(house: House, *, answered: bool = False) -> Action:
    sample = open_sample(house)
    verification.close_sample(
        sample=sample,
        checks=all_well(),
        criteria=[targets(sample.enrolment)[0].criterion_id],
        feedback="Thin.",
        wanted="Hear another call.",
        due_on=timezone.localdate(),
        by=house.verifier,
        at=timezone.now(),
    )
    action = sample.actions.get()
    if answered:
        verification.answer_action(action=action, answer="Heard.", by=house.assessor, at=timezone.now())
    return action


# --- units -----------------------------------------------------------------------------------------------------------


def enrol(house: House) -> Act:
    return Act(
        house.administrator,
        lambda by: enrolment.enrol(
            candidate=house.candidate,
            unit=a_unit(),
            assessor=house.assessor,
            verifier=house.verifier,
            countersigner=None,
            started_on=timezone.localdate(),
            target_on=None,
            by=by,
            at=timezone.now(),
        ),
    )


def set_cohort(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.administrator,
        lambda by: enrolment.set_cohort(enrolments=[unit], cohort="Autumn 2026", by=by, at=timezone.now()),
    )


def allocate(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.administrator,
        lambda by: allocation.allocate(
            enrolment=unit,
            part=AllocatedAs.ASSESSOR,
            user=house.other_assessor,
            reason="Leave.",
            by=by,
            at=timezone.now(),
        ),
    )


def suspend(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.administrator,
        lambda by: enrolment.suspend(enrolment=unit, reason="Leave.", by=by, at=timezone.now()),
    )


def resume(house: House) -> Act:
    unit = suspended(house)
    return Act(house.administrator, lambda by: enrolment.resume(enrolment=unit, by=by, at=timezone.now()))


def withdraw(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.candidate.user,
        lambda by: enrolment.withdraw(enrolment=unit, reason="New job.", by=by, at=timezone.now()),
    )


def declare(house: House) -> Act:
    unit = met(an_enrolment(house))
    return Act(house.candidate.user, lambda by: judgement.declare(enrolment=unit, by=by, at=timezone.now()))


def refer(house: House) -> Act:
    unit = declared(an_enrolment(house))
    return Act(house.assessor, lambda by: judgement.refer(enrolment=unit, feedback="Thin.", by=by, at=timezone.now()))


def sign_off(house: House) -> Act:
    unit = declared(an_enrolment(house))
    return Act(house.assessor, lambda by: judgement.sign_off(enrolment=unit, comments="", by=by, at=timezone.now()))


def countersign(house: House) -> Act:
    unit = trainees(house)
    return Act(house.assessor, lambda by: judgement.countersign(enrolment=unit, by=by, at=timezone.now()))


def hand_back(house: House) -> Act:
    unit = trainees(house)
    named = [unit.decisions.earliest("pk").pk]
    return Act(
        house.assessor,
        lambda by: judgement.hand_back(enrolment=unit, reason="Thin.", disagreed=named, by=by, at=timezone.now()),
    )


def plan_sample(house: House) -> Act:
    unit = signed_off(an_enrolment(house))
    return Act(
        house.verifier, lambda by: verification.plan_sample(enrolment=unit, reason="New.", by=by, at=timezone.now())
    )


def drop_sample(house: House) -> Act:
    sample = open_sample(house)
    return Act(
        house.verifier, lambda by: verification.drop_sample(sample=sample, reason="Ill.", by=by, at=timezone.now())
    )


def close_sample(house: House) -> Act:
    sample = open_sample(house)
    looked_at = [targets(sample.enrolment)[0].criterion_id]
    return Act(
        house.verifier,
        lambda by: verification.close_sample(
            sample=sample,
            checks=all_well(),
            criteria=looked_at,
            feedback="",
            wanted="",
            due_on=None,
            by=by,
            at=timezone.now(),
        ),
    )


def leave_unsampled(house: House) -> Act:
    unit = signed_off(an_enrolment(house))
    return Act(
        house.verifier,
        lambda by: verification.leave_unsampled(enrolment=unit, reason="Low risk.", by=by, at=timezone.now()),
    )


def answer_action(house: House) -> Act:
    action = open_action(house)
    return Act(
        house.assessor, lambda by: verification.answer_action(action=action, answer="Heard.", by=by, at=timezone.now())
    )


def return_action(house: House) -> Act:
    action = open_action(house, answered=True)
    return Act(
        house.verifier,
        lambda by: verification.return_action(action=action, words="Which?", due_on=None, by=by, at=timezone.now()),
    )


def close_action(house: House) -> Act:
    action = open_action(house, answered=True)
    return Act(house.verifier, lambda by: verification.close_action(action=action, by=by, at=timezone.now()))


def verify(house: House) -> Act:
    unit = sampled(an_enrolment(house))
    return Act(house.verifier, lambda by: verification.verify(enrolment=unit, by=by, at=timezone.now()))


def send_back(house: House) -> Act:
    unit = signed_off(an_enrolment(house))
    return Act(
        house.verifier,
        lambda by: verification.send_back(
            enrolment=unit,
            finding="Thin.",
            wanted="Hear another call.",
            due_on=timezone.localdate(),
            criteria=[],
            by=by,
            at=timezone.now(),
        ),
    )


def reopen(house: House) -> Act:
    unit = signed_off(an_enrolment(house))
    return Act(house.lead, lambda by: verification.reopen(enrolment=unit, reason="Wrong.", by=by, at=timezone.now()))


def authenticate(house: House) -> Act:
    unit = signed_off(an_enrolment(house))
    return Act(house.administrator, lambda by: award.authenticate(enrolment=unit, by=by, at=timezone.now()))


def claim(house: House) -> Act:
    unit = verified(an_enrolment(house))
    return Act(
        house.administrator, lambda by: award.claim(enrolment=unit, authorisation="EV 1", by=by, at=timezone.now())
    )


def unclaim(house: House) -> Act:
    unit = claimed(house)
    return Act(house.administrator, lambda by: award.unclaim(enrolment=unit, reason="Wrong.", by=by, at=timezone.now()))


def certificate(house: House) -> Act:
    unit, today = claimed(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: award.certificate(enrolment=unit, number="C 1", issued_on=today, by=by, at=timezone.now()),
    )


def revoke(house: House) -> Act:
    unit, today = certificated(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: award.revoke(enrolment=unit, reason="Wrong.", revoked_on=today, by=by, at=timezone.now()),
    )


ACTS_OF_UNITS: dict[str, Callable[[House], Act]] = {
    "enrol": enrol,
    "set_cohort": set_cohort,
    "allocate": allocate,
    "declare_interest": declare_interest,
    "end_interest": end_interest,
    Verb.SUSPEND.value: suspend,
    Verb.RESUME.value: resume,
    Verb.WITHDRAW.value: withdraw,
    Verb.DECLARE.value: declare,
    Verb.REFER.value: refer,
    Verb.SIGN_OFF.value: sign_off,
    Verb.COUNTERSIGN.value: countersign,
    Verb.HAND_BACK.value: hand_back,
    "plan_sample": plan_sample,
    "drop_sample": drop_sample,
    "close_sample": close_sample,
    "leave_unsampled": leave_unsampled,
    "answer_action": answer_action,
    "return_action": return_action,
    "close_action": close_action,
    Verb.VERIFY.value: verify,
    Verb.SEND_BACK.value: send_back,
    Verb.REOPEN.value: reopen,
    "authenticate": authenticate,
    Verb.CLAIM.value: claim,
    Verb.UNCLAIM.value: unclaim,
    Verb.CERTIFICATE.value: certificate,
    Verb.REVOKE.value: revoke,
}

PARTS: tuple[Mapping[str, Callable[[House], Act]], ...] = (
    ITEM_ACTS,
    MADE,
    ACTS_OF_UNITS,
    ACTS_OF_STRATEGY,
    ACTS_OF_FINDINGS,
    ACTS_OF_QUALITY,
    ACTS_OF_EXTERNAL,
    ACTS_OF_AWARDS,
    ACTS_OF_RETENTION,
    ACTS_OF_DATA,
    ACTS_OF_PEOPLE,
    ACTS_OF_PLANS,
    FURTHER_ACTS,
)
ACTS: dict[str, Callable[[House], Act]] = {verb: act for part in PARTS for verb, act in part.items()}
if len(ACTS) != sum(map(len, PARTS)):
    raise RuntimeError("Two acts go by one verb: the book would not tell which was done, and one would not be tried.")
