"""The verbs of registrations and batches of claims, ready to be done."""

from django.utils import timezone

from assessments.actions import registration
from assessments.testing import House
from assessments.tests.awards import a_registration, the_award
from assessments.tests.doing import Act


def register(house: House) -> Act:
    award, today = the_award(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: registration.register(
            candidate=house.candidate, qualification=award, number="R-1", registered_on=today, by=by, at=timezone.now()
        ),
    )


def correct_registration(house: House) -> Act:
    row = a_registration(house)
    return Act(
        house.administrator,
        lambda by: registration.correct_registration(
            registration=row, number="R-2", registered_on=timezone.localdate(), by=by, at=timezone.now()
        ),
    )


def end_registration(house: House) -> Act:
    row = a_registration(house)
    return Act(
        house.administrator,
        lambda by: registration.end_registration(registration=row, reason="Units only.", by=by, at=timezone.now()),
    )


ACTS_OF_AWARDS = {
    "register": register,
    "correct_registration": correct_registration,
    "end_registration": end_registration,
}
