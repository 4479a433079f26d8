"""Replacing, mapping and withdrawing evidence, and shutting its files away, as their pages do it."""

import pytest
from django.urls import reverse

from assessments.enums import ItemStatus, Verdict
from assessments.models import Enrolment, Mapping
from assessments.testing import House, a_draft, an_enrolment, handed_in, judged
from assessments.tests.views.sent import address, kept_in, typed, upload, value
from portfolio.harness import AskingClient
from portfolio.models import StoredFile, User

pytestmark = pytest.mark.django_db

OF_ITEM = ("edit_evidence", "submit_evidence", "replace_evidence", "map_evidence", "withdraw_evidence")
OF_FILE = ("quarantine_file", "release_file", "redact_file")


@pytest.fixture
def enrolment(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def candidate(client: AskingClient, house: House, enrolment: Enrolment) -> User:
    """The candidate, signed in."""
    client.force_login(house.candidate.user)
    return house.candidate.user


# --- replacing, mapping, withdrawing ---------------------------------------------------------------------------------


def test_replacing_starts_the_next_version_and_goes_on_to_edit_it(
    client: AskingClient, house: House, candidate: User, enrolment: Enrolment
) -> None:
    version = judged(handed_in(enrolment, "1.1", "1.2"), enrolment, Verdict.NOT_YET, "1.1")
    assert client.get(address("replace_evidence", version)).status_code == 405
    answer = client.post(address("replace_evidence", version))
    assert answer["Location"] == address("edit_evidence", version)
    shown = client.get(answer["Location"]).content.decode()
    assert "Edit Evidence 1, version 2" in shown
    assert "judged already" in shown
    client.post(answer["Location"], typed(title="Again", uploads=[upload("b.txt", b"More.")]))
    live = version.evidence.mappings.filter(taken_back_at=None)
    assert set(live.values_list("criterion__number", flat=True)) == {"1.1"}
    client.force_login(house.assessor)
    assert client.post(address("replace_evidence", version)).status_code == 409


def test_an_assessor_maps_more_in_their_own_unit_only(client: AskingClient, house: House, enrolment: Enrolment) -> None:
    theirs = an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    version = handed_in(enrolment, "1.1")
    client.force_login(house.assessor)
    shown = client.get(address("map_evidence", version)).content.decode()
    assert value(enrolment, "1.2") in shown
    assert value(theirs, "1.1") not in shown
    answer = client.post(address("map_evidence", version), {"criteria": [value(theirs, "1.1")]})
    assert "cannot be chosen any more" in answer.content.decode()
    assert "Tick at least one" in client.post(address("map_evidence", version)).content.decode()
    client.post(address("map_evidence", version), {"criteria": [value(enrolment, "1.2")]})
    assert version.evidence.mappings.get(criterion__number="1.2").made_by == house.assessor


def test_an_unjudged_mapping_is_taken_back_and_a_judged_one_stays(
    client: AskingClient, candidate: User, enrolment: Enrolment, house: House
) -> None:
    version = judged(handed_in(enrolment, "1.1", "1.2"), enrolment, Verdict.MET, "1.1")
    met, waiting = version.evidence.mappings.order_by("criterion__position")
    other = handed_in(an_enrolment(house, "ocr-cc32", candidate=house.other_candidate), "1.1")
    theirs = other.evidence.mappings.get()
    page = address("map_evidence", version)
    assert client.post(page, {"take_back": waiting.pk}).status_code == 302
    assert client.post(page, {"take_back": met.pk}).status_code == 409
    assert client.post(page, {"take_back": theirs.pk}).status_code == 404
    assert client.post(page, {"take_back": "x"}).status_code == 404
    taken = Mapping.objects.exclude(taken_back_at=None)
    assert list(taken) == [waiting]


def test_a_draft_is_withdrawn_by_its_candidate_with_a_reason(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    draft = a_draft(enrolment, "1.1")
    assert "This field is required." in client.post(address("withdraw_evidence", draft)).content.decode()
    assert client.post(address("withdraw_evidence", draft), {"reason": "Wrong file."}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == ItemStatus.WITHDRAWN
    assert "Wrong file." in client.get(address("evidence", draft)).content.decode()


def test_what_is_handed_in_is_withdrawn_by_its_assessor(
    client: AskingClient, house: House, candidate: User, enrolment: Enrolment
) -> None:
    version = handed_in(enrolment, "1.1")
    answer = client.post(address("withdraw_evidence", version), {"reason": "Mine."})
    assert answer.status_code == 409
    assert "ask your assessor" in answer.content.decode()
    client.force_login(house.assessor)
    assert client.post(address("withdraw_evidence", version), {"reason": "Not yours."}).status_code == 302


# --- files that must not be seen -------------------------------------------------------------------------------------


def test_an_assessor_shuts_a_file_away(client: AskingClient, house: House, enrolment: Enrolment) -> None:
    file = handed_in(enrolment, "1.1").files.get()
    page = reverse("assessments:quarantine_file", args=[file.pk])
    for user, code in ((house.candidate.user, 403), (house.verifier, 403), (house.other_assessor, 404)):
        client.force_login(user)
        assert client.get(page).status_code == code
        assert client.post(page, {"reason": "x"}).status_code == code
    client.force_login(house.assessor)
    assert client.post(page, {"reason": "Card numbers."}).status_code == 302
    file.refresh_from_db()
    assert file.reason == "Card numbers."
    again = reverse("assessments:release_file", args=[file.pk])
    assert "somebody else must look at it" in client.get(again).content.decode()
    assert client.post(again, {"reason": "x"}).status_code == 409
    client.force_login(house.administrator)
    assert "Release" in client.get(reverse("assessments:evidence", args=[file.version.evidence_id])).content.decode()
    assert client.post(again, {"reason": "The numbers are made up."}).status_code == 302
    shown = client.get(reverse("assessments:evidence", args=[file.version.evidence_id])).content.decode()
    assert "The numbers are made up." in shown
    assert client.head(reverse("assessments:evidence_file", args=[file.pk])).status_code == 200


def test_nothing_is_kept_of_what_a_person_without_the_right_sends(
    client: AskingClient, house: House, enrolment: Enrolment
) -> None:
    file = handed_in(enrolment, "1.1").files.get()
    kept = StoredFile.objects.count()
    client.force_login(house.verifier)
    page = reverse("assessments:redact_file", args=[file.pk])
    assert client.post(page, {"reason": "x", "uploads": upload("other.txt", b"Other.")}).status_code == 403
    assert StoredFile.objects.count() == kept


@pytest.mark.parametrize("name", OF_ITEM + OF_FILE)
def test_strangers_find_nothing_and_visitors_are_asked_to_sign_in(
    client: AskingClient, house: House, other_house: House, enrolment: Enrolment, name: str
) -> None:
    version = handed_in(enrolment, "1.1")
    pk = version.evidence_id if name in OF_ITEM else version.files.get().pk
    page = reverse(f"assessments:{name}", args=[pk])
    assert client.post(page)["Location"].startswith("/accounts/login/")
    for user in (house.other_candidate.user, house.other_assessor, other_house.assessor, other_house.administrator):
        client.force_login(user)
        assert client.post(page).status_code == 404, user


def test_a_redacted_file_takes_the_old_ones_place(client: AskingClient, house: House, enrolment: Enrolment) -> None:
    version = handed_in(enrolment, "1.1")
    file = version.files.get()
    page = reverse("assessments:redact_file", args=[file.pk])
    client.force_login(house.assessor)
    assert "Add the redacted file." in client.post(page, {"reason": "Names."}).content.decode()
    answer = client.post(page, {"reason": "", "uploads": upload("clean.txt", b"Names removed.")})
    assert "clean.txt" in answer.content.decode()
    assert client.post(page, {"reason": "Names.", "upload": kept_in(answer)}).status_code == 302
    assert [row.name for row in version.files.filter(destroyed_at=None)] == ["clean.txt"]
    assert "Destroyed on" in client.get(address("evidence", version)).content.decode()
