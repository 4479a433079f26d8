"""The verbs of registrations and batches of claims, ready to be done."""

from django.utils import timezone

from assessments.actions import batches, registration
from assessments.testing import House
from assessments.tests.awards import a_registration, an_award_certificate, an_award_claim, the_award
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


def unclaim_award(house: House) -> Act:
    claim = an_award_claim(house)
    return Act(
        house.administrator, lambda by: batches.unclaim_award(claim=claim, reason="Wrong.", by=by, at=timezone.now())
    )


def certificate_award(house: House) -> Act:
    claim, today = an_award_claim(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: batches.certificate_award(claim=claim, number="A 1", issued_on=today, by=by, at=timezone.now()),
    )


def replace_certificate(house: House) -> Act:
    certificate, today = an_award_certificate(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: batches.replace_certificate(
            certificate=certificate, number="A 2", issued_on=today, reason="Lost.", by=by, at=timezone.now()
        ),
    )


def revoke_award(house: House) -> Act:
    certificate, today = an_award_certificate(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: batches.revoke_award(
            certificate=certificate, reason="Wrong.", revoked_on=today, by=by, at=timezone.now()
        ),
    )


ACTS_OF_AWARDS = {
    "unclaim_award": unclaim_award,
    "certificate_award": certificate_award,
    "replace_certificate": replace_certificate,
    "revoke_award": revoke_award,
    "register": register,
    "correct_registration": correct_registration,
    "end_registration": end_registration,
}
