"""Direct claim status: recorded with its days and the report it rests on, and withdrawn with a reason."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import AuditEvent, Centre, User
from portfolio.refusal import Refusal
from portfolio.testing import a_centre, a_staff_member, an_administrator
from units.actions import approve, record_direct_claim, withdraw_direct_claim
from units.models import AwardingBody, DirectClaim, Unit
from units.testing import an_award

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standard")]
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def centre() -> Centre:
    centre = a_centre()
    approve(centre=centre, awarding_body=body(), centre_number="12345", by=None, at=timezone.now())
    return centre


@pytest.fixture
def administrator(centre: Centre) -> User:
    return an_administrator(centre)


def body(code: str = "ocr") -> AwardingBody:
    return AwardingBody.objects.get(code=code)


def recorded(centre: Centre, by: User | None, **otherwise: Any) -> DirectClaim:
    values: dict[str, Any] = {
        "awarding_body": body(), "unit": None, "starts_on": TODAY, "ends_on": None, "reference": "EV report 7",
    }  # fmt: skip
    return record_direct_claim(centre=centre, by=by, at=timezone.now(), **{**values, **otherwise})


def withdrawn(status: DirectClaim, by: User | None, **otherwise: Any) -> DirectClaim:
    values = {"withdrawn_on": TODAY, "reason": "Two visits graded 3.", **otherwise}
    return withdraw_direct_claim(status=status, by=by, at=timezone.now(), **values)


def in_force(status: DirectClaim, days: tuple[int, ...]) -> list[bool]:
    """Whether it is in force so many days from today, as the row says and as the database does."""
    asked = [TODAY + number * DAY for number in days]
    found = [status.in_force(day) for day in asked]
    assert found == [DirectClaim.objects.on(day).filter(pk=status.pk).exists() for day in asked]
    return found


def said(act: Any) -> list[str]:
    with pytest.raises(Refusal) as refused, transaction.atomic():
        act()
    return refused.value.sentences


def test_it_is_in_force_from_its_first_day_to_its_last_and_not_from_the_day_it_was_withdrawn(
    centre: Centre, administrator: User
) -> None:
    status = recorded(centre, administrator, starts_on=TODAY - DAY, ends_on=TODAY + DAY)
    assert in_force(status, (-2, -1, 0, 1, 2)) == [False, True, True, True, False]
    status = withdrawn(status, administrator)
    assert in_force(status, (-1, 0)) == [True, False]
    verbs = AuditEvent.objects.filter(subject_kind="directclaim").values_list("verb", flat=True)
    assert list(verbs) == ["record direct claim status", "withdraw direct claim status"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reference": " "}, "Report it rests on: This field cannot be blank."),
        ({"ends_on": TODAY - DAY}, "Direct claim status cannot end before it starts."),
    ],
)
def test_it_refuses_what_cannot_be(centre: Centre, administrator: User, values: dict[str, Any], sentence: str) -> None:
    assert sentence in said(lambda: recorded(centre, administrator, **values))


def test_it_refuses_another_bodys_unit_and_a_body_that_approved_nothing(centre: Centre, administrator: User) -> None:
    unit = Unit.objects.get(key="sqa-h12e04")
    assert said(lambda: recorded(centre, administrator, unit=unit)) == [f"{unit.short_code} is no unit of OCR."]
    [sentence] = said(lambda: recorded(centre, administrator, awarding_body=body("sqa")))
    assert sentence == "Record the approval of the centre by SQA first."


def test_days_are_covered_once_for_all_units_and_beside_that_for_one(centre: Centre, administrator: User) -> None:
    first = recorded(centre, administrator)
    [sentence] = said(lambda: recorded(centre, administrator, starts_on=TODAY + DAY))
    assert sentence.startswith("The status from ")
    recorded(centre, administrator, unit=Unit.objects.get(key="ocr-cc16"))
    withdrawn(first, administrator)
    recorded(centre, administrator, reference="EV report 8")


def test_a_withdrawal_has_its_reason_and_day_and_stands(centre: Centre, administrator: User) -> None:
    status = recorded(centre, administrator)
    assert said(lambda: withdrawn(status, administrator, reason=" ")) == [
        "Say from which day it is withdrawn, and why."
    ]
    [sentence] = said(lambda: withdrawn(status, administrator, withdrawn_on=TODAY + DAY))
    assert sentence.startswith("The day of the withdrawal lies ahead")
    withdrawn(status, administrator)
    [sentence] = said(lambda: withdrawn(status, administrator))
    assert sentence.startswith("It was withdrawn from ")


def test_only_an_administrator_of_the_centre_keeps_it(centre: Centre) -> None:
    status = recorded(centre, None)
    stranger = an_administrator(a_centre("Harbour College"), "Hal Admin")
    assessor = a_staff_member(centre, "Asha Assessor", Role.ASSESSOR).user
    for somebody in (stranger, assessor):
        assert "Only an administrator" in said(lambda by=somebody: recorded(centre, by))[0]
        assert "Only an administrator" in said(lambda by=somebody: withdrawn(status, by))[0]


def test_the_database_keeps_it_as_it_was_recorded(centre: Centre) -> None:
    status = recorded(centre, None)
    rows = DirectClaim.objects.filter(pk=status.pk)
    for act in (rows.delete, lambda: rows.update(reference="Another"), lambda: rows.update(starts_on=TODAY - DAY)):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    withdrawn(status, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(withdrawn_on=None, withdrawal_reason="")
    sqa = Unit.objects.get(key="sqa-h12e04")
    with pytest.raises(IntegrityError), transaction.atomic():
        DirectClaim.objects.create(
            centre=centre, awarding_body=body(), unit=sqa, starts_on=TODAY, reference="EV 9", recorded_at=timezone.now()
        )


def test_it_is_for_a_unit_or_a_qualification_of_the_body_that_the_centre_offers(
    centre: Centre, administrator: User
) -> None:
    ours = an_award(centre, administrator)
    status = recorded(centre, administrator, qualification=ours)
    assert str(status) == f"Direct claim status for {ours}: EV report 7"
    unit = Unit.objects.filter(awarding_body=body()).earliest("pk")
    assert "Choose a unit or a qualification, not both." in said(
        lambda: recorded(centre, administrator, unit=unit, qualification=ours)
    )
    far = a_centre("Elsewhere")
    approve(centre=far, awarding_body=body(), centre_number="54321", by=None, at=timezone.now())
    theirs = an_award(far, an_administrator(far))
    [sentence] = said(lambda: recorded(centre, administrator, qualification=theirs))
    assert sentence == f"{theirs} is no qualification of OCR that the centre offers."
    with pytest.raises(IntegrityError, match="given by its awarding body"), transaction.atomic():
        DirectClaim.objects.create(
            centre=centre,
            awarding_body=body(),
            qualification=theirs,
            starts_on=TODAY,
            reference="EV report 7",
            recorded_at=timezone.now(),
        )
