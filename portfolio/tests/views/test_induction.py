"""The pages on which a candidate is received, and their own."""

import pytest
from django.test import Client
from django.utils import timezone

from portfolio import actions
from portfolio.actions.induction import STATEMENT
from portfolio.enums import InductionTopic
from portfolio.models import CandidateRecord, Centre, IdentityCheck, Induction, StaffRecord, Statement, User
from portfolio.testing import a_candidate, a_centre, an_administrator, signs, with_password

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def centre() -> Centre:
    Statement.objects.create(key=STATEMENT, version=1, title="Induction", text="I was told.")
    return a_centre()


@pytest.fixture
def admin(centre: Centre) -> User:
    return an_administrator(centre)


@pytest.fixture
def candidate(centre: Centre) -> CandidateRecord:
    return a_candidate(centre)


def address(candidate: CandidateRecord, page: str) -> str:
    return f"/centre/{candidate.centre.slug}/people/{candidate.user.handle}/{page}/"


def test_an_office_records_identity_and_induction_and_the_person_shows_both(
    client: Client, candidate: CandidateRecord, admin: User
) -> None:
    client.force_login(admin)
    staff = StaffRecord.objects.get(user=admin).pk
    asked = client.get(address(candidate, "identity")).content.decode()
    assert f'value="{staff}" selected' in asked, "whoever sits there is proposed"
    typed = {"document": "passport", "seen_by": staff, "seen_on": str(TODAY)}
    shown = client.post(address(candidate, "identity"), typed, follow=True).content.decode()
    assert "Passport, seen by Alma Admin" in shown
    typed = {"topics": InductionTopic.values, "held_by": staff, "held_on": str(TODAY)}
    shown = client.post(address(candidate, "induction"), typed, follow=True).content.decode()
    assert "not confirmed yet" in shown
    assert (IdentityCheck.objects.count(), Induction.objects.count()) == (1, 1)


def test_what_is_left_out_of_an_induction_is_said_and_the_rest_kept(
    client: Client, candidate: CandidateRecord, admin: User
) -> None:
    client.force_login(admin)
    staff = StaffRecord.objects.get(user=admin).pk
    typed = {"topics": ["roles"], "held_by": staff, "held_on": str(TODAY)}
    answer = client.post(address(candidate, "induction"), typed)
    assert answer.status_code == 409
    assert "No induction leaves this out: How to appeal" in answer.content.decode()
    assert 'value="roles" id="id_topics_0" checked' in " ".join(answer.content.decode().split())


def test_a_candidate_reads_what_is_kept_and_signs_the_induction(
    client: Client, candidate: CandidateRecord, admin: User
) -> None:
    induction = actions.record_induction(
        candidate=candidate, topics=list(InductionTopic), held_by=admin, held_on=TODAY, by=admin, at=timezone.now()
    )
    client.force_login(with_password(candidate.user))
    page = f"/about-me/induction/{induction.pk}/"
    assert page in client.get("/about-me/").content.decode()
    assert "I was told." in client.get(page).content.decode()
    assert signs(client, page, password="wrong").status_code == 409
    assert not hasattr(Induction.objects.get(), "acknowledged")
    signs(client, page)
    shown = client.get("/about-me/").content.decode()
    assert "confirmed by the candidate on" in shown
    assert "You confirmed it on" in client.get(page).content.decode()


def test_nobody_else_finds_an_induction(client: Client, candidate: CandidateRecord, admin: User) -> None:
    induction = actions.record_induction(
        candidate=candidate, topics=list(InductionTopic), held_by=admin, held_on=TODAY, by=admin, at=timezone.now()
    )
    client.force_login(a_candidate(candidate.centre, "Dan Other").user)
    assert client.get(f"/about-me/induction/{induction.pk}/").status_code == 404
    assert "Cara" not in client.get("/about-me/").content.decode()


def test_an_odd_candidate_number_is_asked_about_and_kept(
    client: Client, candidate: CandidateRecord, admin: User
) -> None:
    client.force_login(admin)
    typed = {"legal_name": "Cara Candidate", "candidate_number": "47-11", "language": "welsh"}
    shown = client.post(address(candidate, "candidate"), typed, follow=True).content.decode()
    assert "47-11 is no candidate number of OCR" in shown
    assert "Welsh" in shown
