"""It lets a centre's office enrol, allocate, record approvals and sign for the centre."""

import pytest
from django.test import Client
from django.utils import timezone

from assessments.allocating import NO_AWARD_YET
from assessments.forms import office as forms
from assessments.models import Allocation, AuthenticationForm, Enrolment
from assessments.testing import House, a_unit, an_enrolment, signed_off, verified
from assessments.tests.views.visitors import queries_of
from portfolio.models import StaffRecord, User
from portfolio.testing import signs, with_password
from units.models import DirectClaim

pytestmark = pytest.mark.django_db


def staff(house: House, user: User) -> int:
    return StaffRecord.objects.get(centre=house.centre, user=user).pk


def test_an_administrator_enrols_a_candidate_with_everybody_named(client: Client, house: House) -> None:
    client.force_login(house.administrator)
    typed = {
        "candidate": house.candidate.pk,
        "unit": a_unit("ocr-cc32").pk,
        "assessor": staff(house, house.assessor),
        "verifier": staff(house, house.verifier),
        "started_on": timezone.localdate().isoformat(),
    }
    address = f"/centre/{house.centre.slug}/enrolments/new/"
    assert client.get(address).status_code == 200
    assert client.post(address, typed).status_code == 302
    enrolment = Enrolment.objects.get()
    assert (enrolment.assessor, enrolment.verifier) == (house.assessor, house.verifier)


def test_it_says_why_an_unqualified_assessor_needs_a_countersigner_and_keeps_what_was_typed(
    client: Client, house: House
) -> None:
    client.force_login(house.administrator)
    typed = {
        "candidate": house.candidate.pk,
        "unit": a_unit("ocr-cc32").pk,
        "assessor": staff(house, house.trainee),
        "verifier": staff(house, house.verifier),
        "started_on": timezone.localdate().isoformat(),
    }
    answer = client.post(f"/centre/{house.centre.slug}/enrolments/new/", typed)
    assert answer.status_code == 409
    assert "name a qualified countersigner" in answer.content.decode()
    assert f'value="{staff(house, house.trainee)}" selected' in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_an_assessor_who_needs_a_countersigner_is_told_apart_before_anything_is_sent(
    client: Client, house: House
) -> None:
    enrolment = an_enrolment(house)
    client.force_login(house.administrator)
    enrol = f"/centre/{house.centre.slug}/enrolments/new/"
    for address in (enrol, f"/enrolments/{enrolment.pk}/allocate/assessor/"):
        page = client.get(address).content.decode()
        trainee, qualified = (StaffRecord.objects.get(user=user) for user in (house.trainee, house.assessor))
        assert f">{trainee.name} (needs a countersigner)<" in page
        assert f">{qualified.name}<" in page
    assert f"the assessor {NO_AWARD_YET}" in client.get(enrol).content.decode()


def test_an_allocation_changes_with_a_reason_and_the_history_keeps_both(client: Client, house: House) -> None:
    enrolment = an_enrolment(house)
    client.force_login(house.administrator)
    address = f"/enrolments/{enrolment.pk}/allocate/assessor/"
    assert client.get(address).status_code == 200
    typed = {"user": staff(house, house.other_assessor), "reason": "Asha is on leave."}
    assert client.post(address, typed).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.assessor == house.other_assessor
    assert Allocation.objects.filter(enrolment=enrolment, part="assessor").count() == 2
    assert client.get(f"/enrolments/{enrolment.pk}/allocate/driver/").status_code == 404


def test_the_list_of_enrolments_asks_as_many_questions_of_many_rows_as_of_few(client: Client, house: House) -> None:
    an_enrolment(house)
    client.force_login(house.administrator)
    address = f"/centre/{house.centre.slug}/enrolments/"
    few = queries_of(client, address)
    for key in ("ocr-cc16", "ocr-cc32", "ocr-d20"):
        an_enrolment(house, key)
        an_enrolment(house, key, candidate=house.other_candidate)
    assert queries_of(client, address) == few <= 15


def test_an_approval_is_recorded_and_corrected(client: Client, house: House) -> None:
    client.force_login(house.administrator)
    address = f"/centre/{house.centre.slug}/approvals/ocr/"
    assert client.get(f"/centre/{house.centre.slug}/approvals/").status_code == 200
    assert client.post(address, {"centre_number": " "}).status_code == 409
    assert client.post(address, {"centre_number": "10481"}).status_code == 302
    typed = {"approved_by": "M. Ellison", "approved_on": "2026-01-02"}
    assert client.post(f"{address}form/", typed).status_code == 302
    page = client.get(f"/centre/{house.centre.slug}/approvals/").content.decode()
    assert "10481" in page
    assert "M. Ellison" in page


def test_direct_claim_status_is_recorded_shown_where_a_unit_is_claimed_and_withdrawn(
    client: Client, house: House
) -> None:
    unit = verified(an_enrolment(house))
    client.force_login(house.administrator)
    approvals, claim = f"/centre/{house.centre.slug}/approvals/", f"/enrolments/{unit.pk}/claim/"
    assert "has no direct claim status with OCR" in client.get(claim).content.decode()
    assert client.post(claim, {"authorisation": ""}).status_code == 200
    typed = {"unit": "", "starts_on": "2026-01-01", "ends_on": "", "reference": "EV report 7"}
    assert client.post(f"{approvals}ocr/direct-claim/", {**typed, "reference": ""}).status_code == 409
    assert client.post(f"{approvals}ocr/direct-claim/", typed).status_code == 302
    assert "EV report 7" in client.get(approvals).content.decode()
    assert "rests on direct claim status, EV report 7" in client.get(claim).content.decode()
    status = DirectClaim.objects.get()
    withdrawal = f"/direct-claims/{status.pk}/withdraw/"
    assert client.get(withdrawal).status_code == 200
    typed = {"withdrawn_on": timezone.localdate().isoformat(), "reason": "Records were missing."}
    assert client.post(withdrawal, typed).status_code == 302
    assert "Records were missing." in client.get(approvals).content.decode()
    assert "Records were missing." in client.get(claim).content.decode()


def test_the_centre_signs_its_declaration_with_the_password(client: Client, house: House) -> None:
    enrolment = signed_off(an_enrolment(house))
    client.force_login(with_password(house.administrator))
    address = f"/enrolments/{enrolment.pk}/authenticate/"
    assert "Sign for the centre" in client.get(address).content.decode()
    assert signs(client, address, password="not it").status_code == 409
    assert not AuthenticationForm.objects.exists()
    assert signs(client, address).status_code == 302
    assert AuthenticationForm.objects.get().signature.signer == house.administrator


def test_a_unit_not_signed_off_cannot_be_authenticated_and_says_why(client: Client, house: House) -> None:
    enrolment = an_enrolment(house)
    client.force_login(with_password(house.administrator))
    address = f"/enrolments/{enrolment.pk}/authenticate/"
    assert "it must be signed off by its assessor first" in client.get(address).content.decode()
    assert signs(client, address).status_code == 409


@pytest.mark.parametrize(
    "where",
    ["enrolments/", "enrolments/new/", "approvals/", "approvals/ocr/", "approvals/ocr/form/", "forms/"],
)
def test_the_office_is_for_the_centres_own_administrators(
    client: Client, house: House, other_house: House, where: str
) -> None:
    address = f"/centre/{house.centre.slug}/{where}"
    assert client.get(address).status_code == 302
    for user, code in [
        (house.administrator, 200),
        (other_house.administrator, 404),
        (house.assessor, 403),
        (house.candidate.user, 403),
    ]:
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == code, (user, answer.headers.get("Location"))


def test_a_large_centre_finds_the_candidate_before_it_enrols_them(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(house.administrator)
    address = f"/centre/{house.centre.slug}/enrolments/new/"
    other, wanted = str(house.candidate), str(house.other_candidate)
    assert 'name="search"' not in client.get(address).content.decode()
    monkeypatch.setattr(forms, "MOST_OFFERED", 1)
    first = client.get(address).content.decode()
    assert 'name="search"' in first
    assert "More candidates" in first
    found = client.get(address, {"search": house.other_candidate.legal_name.upper()}).content.decode()
    assert f">{wanted}</option>" in found
    assert f">{other}</option>" not in found
    assert "No candidate of today has that" in client.get(address, {"search": "nobody at all"}).content.decode()
