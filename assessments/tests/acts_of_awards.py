"""The verbs of registrations and batches of claims, ready to be done."""

from django.utils import timezone

from assessments.actions import award, batches, declarations, issuing, registration
from assessments.form_enums import DeclarationOf, FormsStatus
from assessments.models import FormBatch
from assessments.testing import House, an_enrolment, an_external, signed_off
from assessments.tests.awards import a_registration, an_award_certificate, an_award_claim, the_award
from assessments.tests.doing import Act
from assessments.tests.form_batches import a_batch, waiting
from assessments.tests.wordings import WORDS, a_wording
from units.models import AwardingBody


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


def write_wording(house: House) -> Act:
    body = AwardingBody.objects.get(code="ocr")
    return Act(
        house.administrator,
        lambda by: declarations.write_wording(
            centre=house.centre,
            awarding_body=body,
            declaration=DeclarationOf.CENTRE,
            text=WORDS,
            by=by,
            at=timezone.now(),
        ),
    )


def withdraw_wording(house: House) -> Act:
    wording = a_wording(house)
    return Act(house.administrator, lambda by: declarations.withdraw_wording(wording=wording, by=by, at=timezone.now()))


def record_wording_approval(house: House) -> Act:
    wording, today = a_wording(house), timezone.localdate()
    return Act(
        house.administrator,
        lambda by: declarations.record_wording_approval(
            wording=wording, approved_by="Eve", approved_on=today, reference="Report 7", by=by, at=timezone.now()
        ),
    )


def approve_wording(house: House) -> Act:
    wording, access = a_wording(house, body="sqa"), an_external(house, code="sqa")
    return Act(access.grant.user, lambda by: declarations.approve_wording(wording=wording, by=by, at=timezone.now()))


ACTS_OF_AWARDS = {
    "write_wording": write_wording,
    "withdraw_wording": withdraw_wording,
    "record_wording_approval": record_wording_approval,
    "approve_wording": approve_wording,
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
