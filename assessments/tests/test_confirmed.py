"""What is accepted is confirmed once its unit is verified, where that is asked for: wherever it is told alike."""

import pytest
from django.utils import timezone

from assessments.actions import safekeeping, verification
from assessments.actions.strategy import remove_cell
from assessments.documents.recording import recording_form_facts
from assessments.enums import Layer
from assessments.models import Enrolment, EvidenceFile, PlannedCell, Sample
from assessments.queries.batches import awards_to_claim
from assessments.queries.caseload import case_rows, caseload, in_list
from assessments.queries.enrolment import person_at
from assessments.queries.printed import printed_record
from assessments.queries.registration import award_page
from assessments.queries.verification import unit_facts
from assessments.testing import House, an_enrolment, sampled, signed_off, verified
from assessments.tests.acts_of_strategy import a_plan, a_policy
from assessments.tests.awards import a_registration
from assessments.tests.counting import miscounted
from assessments.tests.views.visitors import signed_in

pytestmark = pytest.mark.django_db


def to_sample(unit: Enrolment) -> Sample:
    return verification.plan_sample(enrolment=unit, reason="A new kind.", by=unit.verifier, at=timezone.now())


def told(unit: Enrolment) -> set[str]:
    """How far its criteria are, as the unit, a list, the form and its page tell it."""
    unit = Enrolment.objects.get(pk=unit.pk)
    layers = set(unit_facts(unit).layers.values())
    (row,) = case_rows([found for found in in_list(caseload(unit.assessor)) if found.pk == unit.pk])
    form = recording_form_facts(printed_record(unit))
    marks = {mark for table in form["tables"] for row in table["rows"] for mark in row["marks"]}  # type: ignore
    page = signed_in(unit.assessor).get(f"/enrolments/{unit.pk}/").content.decode()
    confirmed = row.progress.total if layers == {Layer.CONFIRMED} else 0
    assert row.progress.confirmed == confirmed
    assert f"{row.progress.total} accepted, {confirmed} confirmed" in page
    assert marks == layers
    assert miscounted() == []
    return {str(layer) for layer in layers}


def test_a_signed_off_unit_that_nobody_asks_to_verify_is_confirmed(house: House) -> None:
    assert told(signed_off(an_enrolment(house))) == {"confirmed"}


def test_an_open_sample_keeps_it_at_accepted_until_it_is_taken_or_dropped(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    sample = to_sample(unit)
    assert told(unit) == {"accepted"}
    verification.drop_sample(sample=sample, reason="Another was chosen.", by=house.verifier, at=timezone.now())
    assert told(unit) == {"confirmed"}


def test_a_plan_keeps_it_at_accepted_until_it_lets_it_go(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    a_plan(house, a_policy(house, interim=0))
    assert told(unit) == {"accepted"}
    cell = PlannedCell.objects.get(enrolment=unit)
    remove_cell(cell=cell, reason="Looked at already.", by=house.verifier, at=timezone.now())
    assert told(unit) == {"confirmed"}


def test_a_plan_is_content_once_the_unit_was_sampled(house: House) -> None:
    unit = an_enrolment(house)
    a_plan(house, a_policy(house, interim=0))
    assert told(sampled(unit)) == {"confirmed"}
    assert Sample.objects.get(enrolment=unit).cell == PlannedCell.objects.get(enrolment=unit)


def test_where_the_awarding_body_wants_every_unit_verified_no_other_is_confirmed(house: House) -> None:
    unit = sampled(an_enrolment(house, "sqa-h12e04"))
    assert told(unit) == {"accepted"}
    assert told(verification.verify(enrolment=unit, by=house.verifier, at=timezone.now())) == {"confirmed"}


def test_a_sample_of_a_verified_unit_takes_nothing_from_it(house: House) -> None:
    unit = verified(an_enrolment(house))
    to_sample(unit)
    assert told(unit) == {"confirmed"}


def test_a_unit_to_be_verified_is_not_done_towards_an_award(house: House) -> None:
    row, unit = a_registration(house), signed_off(an_enrolment(house))
    assert award_page(row).line.done == 1
    to_sample(unit)
    page = award_page(row)
    (shown,) = (one for group in page.groups for one in group.units if one.enrolment_id == unit.pk)
    assert (shown.words, shown.layer) == ("Under way: signed off, to be verified", Layer.ACCEPTED)
    assert (page.line.done, page.line.under_way) == (0, 1)


def test_an_award_says_what_keeps_back_the_units_that_it_lacks(house: House) -> None:
    row, unit = a_registration(house), signed_off(an_enrolment(house))
    to_sample(unit)
    (found,) = awards_to_claim([row], person_at(house.administrator, house.centre.pk, timezone.localdate()))
    sentences = [reason.sentence for reason in found.reasons]
    assert sentences[0] == "CC26 is mandatory."
    assert "CC26: A sample of this unit is still open." in sentences
    assert (found.units, found.made_of) == ([], [])


def test_a_page_of_confirmed_criteria_says_that_a_signature_on_them_is_out_of_date(house: House) -> None:
    unit = verified(an_enrolment(house))
    page = f"/enrolments/{unit.pk}/"
    assert "Signature out of date" not in signed_in(house.assessor).get(page).content.decode()
    file = EvidenceFile.objects.get(version__evidence__candidate=house.candidate)
    safekeeping.quarantine(file=file, reason="A customer's address.", by=house.assessor, at=timezone.now())
    for who in (house.assessor, house.verifier, house.candidate.user):
        shown = signed_in(who).get(page).content.decode()
        assert "13 confirmed. <strong>Signature out of date</strong></p>" in shown
