"""The verbs of registrations and batches of claims, ready to be done."""

from django.utils import timezone

from assessments.actions import award, batches, issuing, registration
from assessments.enums import FormsStatus
from assessments.models import FormBatch
from assessments.testing import House, an_enrolment, signed_off
from assessments.tests.awards import a_registration, an_award_certificate, an_award_claim, the_award
from assessments.tests.doing import Act
from assessments.tests.form_batches import a_batch, waiting


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


def make_forms(house: House) -> Act:
    unit = signed_off(an_enrolment(house))
    form = award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())
    return Act(house.administrator, lambda by: a_batch(house, [form.enrolment], by=by))


def stop_forms(house: House) -> Act:
    batch = waiting(a_batch(house, [an_enrolment(house)]))
    return Act(house.administrator, lambda by: issuing.stop_forms(batch=batch, by=by, at=timezone.now()))


def resume_forms(house: House) -> Act:
    unit = signed_off(an_enrolment(house))
    award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())
    batch = waiting(a_batch(house, [unit]))
    FormBatch.objects.filter(pk=batch.pk).update(status=FormsStatus.CANCELLED)
    return Act(house.administrator, lambda by: issuing.resume_forms(batch=batch, by=by, at=timezone.now()))


ACTS_OF_AWARDS = {
    "make_forms": make_forms,
    "stop_forms": stop_forms,
    "resume_forms": resume_forms,
    "unclaim_award": unclaim_award,
    "certificate_award": certificate_award,
    "replace_certificate": replace_certificate,
    "revoke_award": revoke_award,
    "register": register,
    "correct_registration": correct_registration,
    "end_registration": end_registration,
}
