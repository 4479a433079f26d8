"""The verbs of what assessors make themselves, ready to be done."""

from collections.abc import Callable

from django.utils import timezone

from assessments.actions import observed, question_sets
from assessments.enums import Verb
from assessments.testing import House, a_unit, an_enrolment
from assessments.tests.doing import Act
from assessments.tests.records import a_set, asking, content_for, in_use, offered, recorded, verified
from portfolio.models import User


def hand_over(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.assessor,
        lambda by: observed.hand_over(
            candidate=house.candidate, content=content_for(unit), files=[], by=by, at=timezone.now()
        ),
    )


def correct(house: House) -> Act:
    unit = an_enrolment(house)
    version = recorded(unit)
    return Act(
        house.assessor,
        lambda by: observed.correct(
            version=version, content=content_for(unit), files=[], keep=[], by=by, at=timezone.now()
        ),
    )


def acknowledge(house: House) -> Act:
    version = recorded(an_enrolment(house))
    return Act(house.candidate.user, lambda by: observed.acknowledge(version=version, by=by, at=timezone.now()))


def dispute(house: House) -> Act:
    version = recorded(an_enrolment(house))
    return Act(
        house.candidate.user, lambda by: observed.dispute(version=version, words="Not so.", by=by, at=timezone.now())
    )


def write_set(house: House) -> Act:
    def write(by: User) -> object:
        return question_sets.write_set(
            centre=house.centre, unit=a_unit(), title="Calls", questions=asking(), by=by, at=timezone.now()
        )

    return Act(house.assessor, write)


def rewrite_set(house: House) -> Act:
    found = a_set(house)
    return Act(
        house.assessor,
        lambda by: question_sets.rewrite_set(
            questions_set=found, title="Calls", questions=asking(), by=by, at=timezone.now()
        ),
    )


def offer_set(house: House) -> Act:
    found = a_set(house)
    return Act(house.assessor, lambda by: question_sets.offer_set(questions_set=found, by=by, at=timezone.now()))


def verify_set(house: House) -> Act:
    found = offered(a_set(house))
    return Act(
        house.verifier,
        lambda by: question_sets.verify_set(questions_set=found, by=by, at=timezone.now()),
    )


def hand_set_back(house: House) -> Act:
    found = offered(a_set(house))
    return Act(
        house.verifier,
        lambda by: question_sets.hand_set_back(questions_set=found, words="Leading.", by=by, at=timezone.now()),
    )


def use_set(house: House) -> Act:
    found = verified(a_set(house), house.verifier)
    return Act(house.assessor, lambda by: question_sets.use_set(questions_set=found, by=by, at=timezone.now()))


def withdraw_set(house: House) -> Act:
    found = in_use(a_set(house), house.verifier)
    return Act(
        house.assessor,
        lambda by: question_sets.withdraw_set(questions_set=found, words="Too old.", by=by, at=timezone.now()),
    )


def follow_set(house: House) -> Act:
    found = in_use(a_set(house), house.verifier)
    return Act(
        house.assessor,
        lambda by: question_sets.follow_set(questions_set=found, by=by, at=timezone.now()),
    )


MADE: dict[str, Callable[[House], Act]] = {
    Verb.HAND_OVER.value: hand_over,
    Verb.CORRECT.value: correct,
    Verb.ACKNOWLEDGE.value: acknowledge,
    Verb.DISPUTE.value: dispute,
    "write_set": write_set,
    "rewrite_set": rewrite_set,
    "offer_set": offer_set,
    "verify_set": verify_set,
    "hand_set_back": hand_set_back,
    "use_set": use_set,
    "withdraw_set": withdraw_set,
    "follow_set": follow_set,
}
"""By the verb the audit book writes."""
