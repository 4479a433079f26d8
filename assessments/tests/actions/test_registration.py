"""It registers candidates for whole awards, and says how far they are and what would complete them."""

import datetime

import pytest
from django.utils import timezone

from assessments.actions import award as awards
from assessments.actions import enrolment, registration
from assessments.models import Registration
from assessments.queries.registration import Wanted, award_page, own_awards, registrations
from assessments.testing import House, an_enrolment, met, signed_off, verified
from assessments.tests.awards import a_registration, the_award
from portfolio.models import AuditEvent
from portfolio.refusal import Refusal
from units.testing import a_draft

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def words(row: Registration) -> dict[str, str]:
    """How far each unit of the award is."""
    return {unit.unit.short_code: unit.words for group in award_page(row).groups for unit in group.units}


def test_it_shows_what_is_done_under_way_and_not_begun(house: House) -> None:
    row = a_registration(house)
    signed_off(an_enrolment(house, "ocr-cc26"))
    met(an_enrolment(house, "ocr-cc32"))
    assert words(row) == {
        "CC26": "Done: signed off",
        "CC32": "Under way: collecting evidence",
        "D20": "Not begun",
        "CC16": "Not begun",
    }
    page = award_page(row)
    assert (page.line.done, page.line.under_way, page.line.not_begun, page.line.standing.credits) == (1, 1, 2, 6)
    assert [missing.sentence for missing in page.line.standing.missing] == [
        "2 more of these 3 of “Options”.",
        "5 more credits in all: 6 of 11 are achieved.",
    ]
    assert page.ways == [["CC32", "D20"], ["CC32", "CC16"], ["D20", "CC16"]]
    assert [unit.short_code for unit in page.to_begin] == ["D20", "CC16"]
    assert page.line.standing.notes == ("Credits unknown for CC16: it counts as none until the source says more.",)


def test_it_is_complete_when_the_rules_are_met(house: House) -> None:
    row = a_registration(house)
    for key in ("ocr-cc26", "ocr-cc32", "ocr-d20"):
        verified(an_enrolment(house, key))
    page = award_page(row)
    assert page.line.standing.complete
    assert (page.line.standing.credits, page.ways, page.to_begin) == (18, [], [])


def test_a_unit_withdrawn_is_not_begun_and_one_suspended_is_under_way(house: House) -> None:
    row = a_registration(house)
    unit, other = an_enrolment(house, "ocr-cc26"), an_enrolment(house, "ocr-cc32")
    at = timezone.now()
    enrolment.withdraw(enrolment=unit, reason="Moved.", by=house.administrator, at=at)
    enrolment.suspend(enrolment=other, reason="Leave.", by=house.administrator, at=at)
    assert (words(row)["CC26"], words(row)["CC32"]) == ("Not begun", "Under way: suspended")


def test_a_unit_whose_certificate_was_revoked_does_not_count(house: House) -> None:
    row, unit, at = a_registration(house), verified(an_enrolment(house, "ocr-cc26")), timezone.now()
    by, today = house.administrator, timezone.localdate()
    awards.claim(enrolment=unit, authorisation="EV 1", by=by, at=at)
    awards.certificate(enrolment=unit, number="C 1", issued_on=today, by=by, at=at)
    assert words(row)["CC26"] == "Done: certificated"
    awards.revoke(enrolment=unit, reason="Wrong.", revoked_on=today, by=by, at=at)
    assert words(row)["CC26"] == "Certificate revoked"
    assert "CC26 is mandatory." in [missing.sentence for missing in award_page(row).line.standing.missing]


def test_it_registers_once_and_never_in_the_future(house: House) -> None:
    with pytest.raises(Refusal, match="cannot be in the future"):
        a_registration(house, registered_on=timezone.localdate() + DAY)
    a_registration(house)
    with pytest.raises(Refusal, match="is registered for Award in running a contact centre already"):
        a_registration(house)


def test_it_registers_for_what_the_centre_offers_only(house: House) -> None:
    draft = a_draft(house.centre, house.administrator, "Award to come")
    with pytest.raises(Refusal, match="does not offer Award to come"):
        registration.register(
            candidate=house.candidate,
            qualification=draft,
            number="",
            registered_on=timezone.localdate(),
            by=house.administrator,
            at=timezone.now(),
        )


def test_it_registers_within_the_days_of_the_qualification(house: House) -> None:
    award = the_award(house)
    day = datetime.date(2024, 5, 1)
    award.from_on, award.to_on = day, day + DAY
    assert registration.day_refusals(award, day, day) == []
    assert registration.day_refusals(award, day - DAY, day) == [
        "Candidates are registered for Award in running a contact centre from 1 May 2024 on."
    ]
    assert registration.day_refusals(award, day + 2 * DAY, day + 3 * DAY) == [
        "Candidates were registered for Award in running a contact centre until 2 May 2024."
    ]


def test_it_ends_with_a_reason_and_can_begin_again(house: House) -> None:
    row, at = a_registration(house), timezone.now()
    with pytest.raises(Refusal, match="Say why the registration ends"):
        registration.end_registration(registration=row, reason=" ", by=house.administrator, at=at)
    registration.end_registration(registration=row, reason="Units only.", by=house.administrator, at=at)
    assert own_awards(house.candidate.user) == []
    with pytest.raises(Refusal, match="This registration ended on"):
        registration.correct_registration(
            registration=row, number="R-2", registered_on=timezone.localdate(), by=house.administrator, at=at
        )
    a_registration(house)
    assert Registration.objects.in_force().count() == 1


def test_the_book_keeps_what_a_registration_said(house: House) -> None:
    row = a_registration(house)
    registration.correct_registration(
        registration=row, number="R-2", registered_on=timezone.localdate(), by=house.administrator, at=timezone.now()
    )
    line = AuditEvent.objects.get(verb="correct_registration")
    assert line.detail.details["number"] == ["R-1", "R-2"]


def test_everybody_sees_the_registrations_of_those_they_work_with(house: House, other_house: House) -> None:
    row = a_registration(house)
    an_enrolment(house)
    seen = {
        name: list(registrations(user, Wanted()))
        for name, user in {
            "candidate": house.candidate.user,
            "other candidate": house.other_candidate.user,
            "assessor": house.assessor,
            "other assessor": house.other_assessor,
            "verifier": house.verifier,
            "lead": house.lead,
            "administrator": house.administrator,
            "administrator elsewhere": other_house.administrator,
        }.items()
    }
    assert {name for name, rows in seen.items() if rows == [row]} == {
        "candidate", "assessor", "verifier", "lead", "administrator",
    }  # fmt: skip
    assert {name for name, rows in seen.items() if not rows} == {
        "other candidate", "other assessor", "administrator elsewhere",
    }  # fmt: skip


def test_the_list_is_narrowed_by_name_number_and_award(house: House) -> None:
    row = a_registration(house)
    a_registration(house, candidate=house.other_candidate)
    me = house.administrator
    assert list(registrations(me, Wanted("cara"))) == [row]
    assert registrations(me, Wanted("r-1")).count() == 2
    assert registrations(me, Wanted("", row.qualification_id)).count() == 2
    assert not registrations(me, Wanted("", 0 + row.qualification_id + 999)).exists()
