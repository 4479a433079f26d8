"""What is ready and what is not, taken away as a list."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import award
from assessments.testing import House, an_enrolment, signed_off, verified
from assessments.tests.views.visitors import signed_in
from portfolio.models import AccessLine
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db


def test_units_for_forms_leave_as_asked_for_with_the_reason_why_not(house: House) -> None:
    signed = signed_off(an_enrolment(house))
    verified(an_enrolment(house, "ocr-cc16"))
    an_enrolment(house, "ocr-cc32")
    award.authenticate(enrolment=signed, by=house.administrator, at=timezone.now())
    office, place = signed_in(house.administrator), reverse("assessments:centre_forms", args=[house.centre.slug])
    assert f'href="{place}file/csv/?stage=waiting"' in office.get(f"{place}?stage=waiting").content.decode()
    (line,) = taken(office, f"{place}file/csv/?stage=waiting")
    assert (line["Unit"], "it must be signed off by its assessor first" in line["Why not yet"]) == ("CC32", True)
    told = [[line[head] for head in ("Unit", "Ready", "Still fits")] for line in taken(office, f"{place}file/csv/")]
    assert told == [["CC16", "yes", ""], ["CC26", "yes", "yes"], ["CC32", "no", ""]]
    assert AccessLine.objects.first().subject_kind == "units for forms"  # type: ignore[union-attr]


def test_what_can_be_claimed_leaves_with_every_reason_why_not(house: House) -> None:
    verified(an_enrolment(house))
    signed_off(an_enrolment(house, "ocr-cc32", candidate=house.other_candidate))
    office = signed_in(house.administrator)
    place = reverse("assessments:to_claim_file", args=[house.centre.slug, "ocr", "csv"])
    page = office.get(reverse("assessments:make_claims", args=[house.centre.slug, "ocr"])).content.decode()
    assert f'href="{place}"' in page
    ready, not_yet = taken(office, place)
    assert [(line["Candidate"], line["Ready"]) for line in (ready, not_yet)] == [
        ("Cara Northgate", "yes"), ("Colin Northgate", "no"),
    ]  # fmt: skip
    assert not_yet["Why not yet"]
    assert [line["Candidate"] for line in taken(office, f"{place}?search=colin")] == ["Colin Northgate"]
