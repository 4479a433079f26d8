"""What awarding bodies allow a centre."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import AuditDetail, AuditEvent, Centre, User
from portfolio.refusal import Refusal
from portfolio.testing import a_centre, a_staff_member, an_administrator
from units.actions import approve, approve_form
from units.models import AwardingBody, CentreApproval

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]
TODAY = timezone.localdate()


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def administrator(centre: Centre) -> User:
    return an_administrator(centre)


def approved(centre: Centre, by: User, code: str = "ocr", **values: Any) -> CentreApproval:
    body = AwardingBody.objects.get(code=code)
    values = {"centre_number": "12345", **values}
    return approve(centre=centre, awarding_body=body, by=by, at=timezone.now(), **values)


def test_it_records_an_approval_and_corrects_it_in_place(centre: Centre, administrator: User) -> None:
    first = approved(centre, administrator, centre_number=" 12345 ")
    assert first.centre_number == "12345"
    second = approved(centre, administrator, centre_number="54321")
    assert second.pk == first.pk
    assert AuditEvent.objects.filter(verb="approve centre", subject_id=first.pk).count() == 2
    assert AuditDetail.objects.latest("pk").details["centre_number"] == ["12345", "54321"]


def test_it_refuses_an_approval_without_a_number(centre: Centre, administrator: User) -> None:
    with pytest.raises(Refusal) as refused:
        approved(centre, administrator, centre_number=" ")
    assert refused.value.sentences == ["Centre number: This field cannot be blank."]
    assert not CentreApproval.objects.exists()


def test_only_an_administrator_of_the_centre_records_approvals(centre: Centre) -> None:
    stranger = an_administrator(a_centre("Harbour College"), "Hal Admin")
    assessor = a_staff_member(centre, "Asha Assessor", Role.ASSESSOR).user
    for somebody in (stranger, assessor):
        with pytest.raises(Refusal, match="Only an administrator of Northgate Centre"):
            approved(centre, somebody)


def test_an_external_verifier_approves_the_centres_own_form(centre: Centre, administrator: User) -> None:
    approval = approve_form(
        approval=approved(centre, administrator),
        approved_by=" Ewan Verifier ",
        approved_on=TODAY,
        by=administrator,
        at=timezone.now(),
    )
    approval.refresh_from_db()
    assert (approval.form_approved_by, approval.form_approved_on) == ("Ewan Verifier", TODAY)
    assert AuditEvent.objects.filter(verb="approve form", subject_id=approval.pk).count() == 1


@pytest.mark.parametrize(
    ("code", "name", "day", "sentence"),
    [
        ("sqa", "Ewan", TODAY, "SQA prints a recording form of its own, so the centre's needs no approval."),
        ("ocr", " ", TODAY, "Give the name of the external verifier who approved the form."),
        ("ocr", "Ewan", TODAY + datetime.timedelta(1), "The day of the approval cannot be in the future."),
    ],
)
def test_it_refuses_an_approval_of_a_form_that_cannot_be(
    centre: Centre, administrator: User, code: str, name: str, day: datetime.date, sentence: str
) -> None:
    approval = approved(centre, administrator, code)
    with pytest.raises(Refusal) as refused:
        approve_form(approval=approval, approved_by=name, approved_on=day, by=administrator, at=timezone.now())
    assert refused.value.sentences == [sentence]
