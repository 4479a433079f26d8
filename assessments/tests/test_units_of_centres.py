"""A unit that a centre brought in is taken there, and nowhere else: by the verb, the forms and the database."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.forms.office import EnrolForm
from assessments.queries.access import units_at
from assessments.queries.office import units_offered
from assessments.queries.question_sets import units_offered as units_asked_about
from assessments.testing import House, an_enrolment
from assessments.tests.doors_of_units import set_units
from assessments.tests.raw_sql import copy, refused
from portfolio.enums import Role
from portfolio.harness import AskingClient
from portfolio.models import Centre, RoleGrant
from portfolio.refusal import Refusal
from units.actions import record_direct_claim
from units.models import DirectClaim, Unit
from units.qualifications import units_to_list
from units.testing import a_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought_in(house: House) -> Unit:
    """In use at the first centre; a draft of its next version stands beside."""
    set_units(house)
    return Unit.objects.select_related("awarding_body").get(centre=house.centre, version=2)


def test_only_its_own_centre_is_offered_it(house: House, other_house: House, brought_in: Unit) -> None:
    for here, there in (
        (units_offered(house.centre), units_offered(other_house.centre)),
        (units_at(house.centre), units_at(other_house.centre)),
        (units_asked_about(house.centre), units_asked_about(other_house.centre)),
        (
            units_to_list(a_draft(house.centre, house.administrator)),
            units_to_list(a_draft(other_house.centre, other_house.administrator)),
        ),
    ):
        assert {unit for unit in here if unit.centre_id} == {brought_in}
        assert [unit for unit in there if unit.centre_id] == []


def test_who_works_at_two_centres_is_offered_it_at_its_own_alone(
    house: House, other_house: House, brought_in: Unit, client: AskingClient
) -> None:
    at_both = house.assessor
    today = timezone.localdate()
    RoleGrant.objects.create(user=at_both, centre=other_house.centre, role=Role.ASSESSOR, starts_on=today)
    client.force_login(at_both)
    for centre, offered in ((house.centre, True), (other_house.centre, False)):
        page = client.get(reverse("assessments:write_set", args=[centre.slug]))
        assert (f'"?unit={brought_in.pk}"' in page.content.decode()) is offered


def test_versions_are_told_apart_where_one_is_chosen(house: House, brought_in: Unit) -> None:
    form = EnrolForm(centre=house.centre, today=timezone.localdate())
    labels = [label for value, label in form.fields["unit"].choices if value]  # type: ignore[attr-defined]
    assert f"{brought_in} (version 2)" in labels
    assert len(set(labels)) == len(labels)


def test_a_candidate_of_another_centre_cannot_be_enrolled_on_it(
    house: House, other_house: House, brought_in: Unit
) -> None:
    unit = an_enrolment(house, brought_in.key)
    assert unit.unit == brought_in
    with pytest.raises(Refusal, match="was brought in by another centre"):
        an_enrolment(other_house, brought_in.key)
    elsewhere = an_enrolment(other_house)
    forged = copy("enrolment", elsewhere.pk, unit_id=str(brought_in.pk))
    refused(forged, "A unit that a centre brought in is taken at that centre only.")


def test_another_centre_is_given_no_direct_claim_status_for_it(other_house: House, brought_in: Unit) -> None:
    values: dict[str, Any] = {
        "centre": other_house.centre,
        "unit": brought_in,
        "starts_on": timezone.localdate(),
        "reference": "EV 7",
    }
    values["awarding_body"] = brought_in.awarding_body
    with pytest.raises(Refusal, match="was brought in by another centre"):
        record_direct_claim(ends_on=None, by=other_house.administrator, at=timezone.now(), **values)
    with pytest.raises(IntegrityError, match="to a centre that may offer it"), transaction.atomic():
        DirectClaim.objects.create(recorded_at=timezone.now(), **values)


def test_its_form_to_write_on_is_its_own_centres(
    house: House, other_house: House, client: AskingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_units(other_house)
    unit = Unit.objects.get(centre=other_house.centre, version=2)
    today = timezone.localdate()
    RoleGrant.objects.create(user=house.assessor, centre=other_house.centre, role=Role.ASSESSOR, starts_on=today)
    printed_for: list[Centre | None] = []

    def printed(unit: Unit, centre: Centre | None) -> bytes:
        printed_for.append(centre)
        return b"%PDF"

    monkeypatch.setattr("assessments.views.printed.blank_recording_form", printed)
    client.force_login(house.assessor)
    address = reverse("assessments:blank_form", args=[unit.key, unit.version])
    assert client.get(address).status_code == 200
    assert printed_for == [other_house.centre]
    assert client.get(address, {"centre": house.centre.slug}).status_code == 404
