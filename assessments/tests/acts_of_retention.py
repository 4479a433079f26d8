"""The verbs of keeping and destroying, ready to be done."""

from django.test import override_settings
from django.utils import timezone

from assessments.actions import destroying, retention
from assessments.models import Disposal, LegalHold
from assessments.testing import House
from assessments.tests.doing import Act
from assessments.tests.retained import certificated, later, ordered
from portfolio.models import User
from units.enums import CountedFrom, PeriodUnit, RecordClass, WhenDue
from units.models import AwardingBody

NO_WORKER = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
"""What is asked of a worker waits: its lines are its own."""


def set_keeping(house: House) -> Act:
    return Act(
        house.administrator,
        lambda by: retention.set_keeping(
            centre=house.centre,
            awarding_body=AwardingBody.objects.get(code="ocr"),
            record_class=RecordClass.FILES,
            counted_from=CountedFrom.CERTIFICATE,
            length=2,
            unit=PeriodUnit.YEARS,
            when_due=WhenDue.DESTROY,
            source="Centre policy 4",
            by=by,
            at=timezone.now(),
        ),
    )


def a_hold(house: House) -> LegalHold:
    return retention.hold_record(
        candidate=house.candidate, enrolment=None, reason="OCR asked.", by=house.administrator, at=timezone.now()
    )


def hold_record(house: House) -> Act:
    return Act(
        house.administrator,
        lambda by: retention.hold_record(
            candidate=house.candidate, enrolment=None, reason="OCR asked.", by=by, at=timezone.now()
        ),
    )


def lift_hold(house: House) -> Act:
    hold = a_hold(house)
    return Act(
        house.administrator, lambda by: retention.lift_hold(hold=hold, reason="Settled.", by=by, at=timezone.now())
    )


def order_destruction(house: House) -> Act:
    key = f"files-{certificated(house).pk}"
    return Act(
        house.administrator,
        lambda by: destroying.order_destruction(centre=house.centre, chosen=[key], by=by, at=later()),
    )


def an_order(house: House) -> Disposal:
    certificated(house)
    return ordered(house)


def confirm_destruction(house: House) -> Act:
    order = an_order(house)

    def confirmed(by: User) -> None:
        with override_settings(TASKS=NO_WORKER):
            destroying.confirm_destruction(disposal=order, by=by, at=later())

    return Act(house.administrator, confirmed)


def give_up_destruction(house: House) -> Act:
    order = an_order(house)
    return Act(
        house.administrator,
        lambda by: destroying.give_up_destruction(disposal=order, reason="Too soon.", by=by, at=later()),
    )


ACTS_OF_RETENTION = {
    "set_keeping": set_keeping,
    "hold_record": hold_record,
    "lift_hold": lift_hold,
    "order_destruction": order_destruction,
    "confirm_destruction": confirm_destruction,
    "give_up_destruction": give_up_destruction,
}
