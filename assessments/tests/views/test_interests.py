"""Pages of conflicts of interest: what staff declare, and what the office sees of it."""

import pytest
from django.utils import timezone

from assessments.models import Interest
from assessments.testing import House, an_enrolment, handed_in
from assessments.tests.ties import a_tie
from assessments.tests.views.visitors import signed_in
from portfolio.models import CandidateRecord, StaffRecord
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db


def typed(**more: object) -> dict[str, object]:
    return {
        "candidate": "cara northgate",
        "kind": "relative",
        "words": "My cousin.",
        "from_on": timezone.localdate().isoformat(),
        **more,
    }


def test_staff_declare_their_own_by_naming_the_candidate(house: House) -> None:
    client, address = signed_in(house.assessor), f"/conflicts/new/{house.centre.slug}/"
    assert "Cara" not in client.get(address).content.decode()
    assert client.post(address, typed()).status_code == 302
    tie = Interest.objects.get()
    assert (tie.staff, tie.candidate, tie.declared_by) == (house.assessor, house.candidate, house.assessor)
    assert "My cousin." in client.get("/conflicts/").content.decode()
    assert "My cousin." not in signed_in(house.other_assessor).get("/conflicts/").content.decode()


def test_a_name_that_fits_nobody_or_several_is_asked_again_and_what_was_typed_is_kept(house: House) -> None:
    client, address = signed_in(house.assessor), f"/conflicts/new/{house.centre.slug}/"
    answer = client.post(address, typed(candidate="Cara"))
    assert answer.status_code == 409
    assert "No candidate of Northgate Centre is called that." in answer.content.decode()
    assert "My cousin." in answer.content.decode()
    CandidateRecord.objects.filter(pk=house.other_candidate.pk).update(known_as="Cara Northgate")
    assert "Several candidates are called that" in client.post(address, typed()).content.decode()
    assert not Interest.objects.exists()


def test_the_office_records_sees_and_ends_conflicts_with_the_units_they_concern(house: House) -> None:
    unit, client = an_enrolment(house), signed_in(house.administrator)
    listed, new = (f"/centre/{house.centre.slug}/conflicts/{more}" for more in ("", "new/"))
    who = StaffRecord.objects.get(centre=house.centre, user=house.assessor).pk
    assert client.post(new, typed(staff=who)).status_code == 302
    text = client.get(listed).content.decode()
    assert "Asha Northgate and Cara Northgate" in text
    assert f'href="/enrolments/{unit.pk}/"' in text
    assert "nobody countersigns yet" in text
    assert f'href="{listed}file/csv/"' in text
    (line,) = taken(client, f"{listed}file/csv/")
    told = [line[head] for head in ("Staff", "Candidate", "What it is", "In force", "Units it concerns")]
    assert told == ["Asha Northgate", "Cara Northgate", "My cousin.", "yes", "CC26 as assessor"]
    tie = Interest.objects.get()
    ended = client.post(f"/conflicts/{tie.pk}/end/", {"to_on": timezone.localdate().isoformat()})
    assert ended.status_code == 302
    tie.refresh_from_db()
    assert (tie.to_on, tie.ended_by) == (timezone.localdate(), house.administrator)


def test_whoever_assesses_in_spite_of_a_conflict_is_told_that_it_waits(house: House) -> None:
    unit = an_enrolment(house, countersigner=house.other_assessor)
    version = handed_in(unit, "1.1")
    client, address = signed_in(house.assessor), f"/assessing/{version.pk}/"
    waits = "counts only once the unit's countersigner has agreed"
    assert waits not in client.get(address).content.decode()
    a_tie(house)
    assert f"{waits}, as you have a conflict of interest" in client.get(address).content.decode()


def test_a_trainee_is_told_that_what_they_decide_waits(house: House) -> None:
    version = handed_in(an_enrolment(house, assessor=house.trainee), "1.1")
    text = signed_in(house.trainee).get(f"/assessing/{version.pk}/").content.decode()
    assert "as you hold no assessor&#x27;s award yet" in text
