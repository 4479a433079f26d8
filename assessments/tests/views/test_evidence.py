"""Adding, editing, handing in, replacing, mapping and withdrawing evidence, as their pages do it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.enums import ItemStatus
from assessments.models import Enrolment, Evidence, EvidenceFile, EvidenceVersion, Mapping
from assessments.testing import House, a_draft, a_file, an_enrolment, declared, described, handed_in
from assessments.tests.views.sent import address, kept_in, typed, upload, value
from portfolio import signing
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, StoredFile, User
from portfolio.testing import a_candidate

pytestmark = pytest.mark.django_db

ADD = "/evidence/add/"


@pytest.fixture
def enrolment(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def candidate(client: AskingClient, house: House, enrolment: Enrolment) -> User:
    """The candidate, signed in."""
    client.force_login(house.candidate.user)
    return house.candidate.user


# --- adding ----------------------------------------------------------------------------------------------------------


def test_it_saves_files_words_and_mapping_by_one_press(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    lines = AuditEvent.objects.count()
    place = value(enrolment, "1.1")
    data = typed(enrolment, "1.1", "2.1", uploads=[upload(), upload("photo notes.txt", b"Notes.")])
    answer = client.post(ADD, data | {f"locator-{place}": " page 2 "})
    version = EvidenceVersion.objects.get()
    assert answer["Location"] == address("evidence", version)
    assert (version.status, version.title) == (ItemStatus.DRAFT, "Call handling review")
    assert [file.name for file in version.files.all()] == ["review.txt", "photo notes.txt"]
    mapped = {row.criterion.number: row.locator for row in Mapping.objects.select_related("criterion")}
    assert mapped == {"1.1": "page 2", "2.1": ""}
    assert AuditEvent.objects.count() == lines + 1


def test_save_and_hand_in_goes_on_to_the_declaration(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    answer = client.post(ADD, typed(enrolment, "1.1", uploads=[upload()], then="hand_in"))
    assert answer["Location"] == address("submit_evidence", EvidenceVersion.objects.get())


def test_prior_learning_says_whence_and_when(client: AskingClient, candidate: User, enrolment: Enrolment) -> None:
    prior = {"kind": "prior_learning", "prior_source": "", "prior_achieved_on": ""}
    refused = client.post(ADD, typed(enrolment, "1.1", uploads=[upload()], **prior)).content.decode()
    assert "Say where the prior learning comes from." in refused
    assert "Say when the prior learning was achieved." in refused
    told = {"prior_source": "OCR Level 2 in Contact Centre Skills", "prior_achieved_on": "2024-06-30"}
    client.post(ADD, typed(enrolment, "1.1", uploads=[upload()], **prior | told))
    version = EvidenceVersion.objects.get()
    shown = client.get(address("evidence", version)).content.decode()
    assert "OCR Level 2 in Contact Centre Skills, achieved on 30 June 2024" in shown
    client.post(address("edit_evidence", version), typed(enrolment, "1.1", **prior | told | {"kind": "project"}))
    version.refresh_from_db()
    assert (version.prior_source, version.prior_achieved_on) == ("", None)


def test_a_missing_title_takes_the_first_files_name(client: AskingClient, candidate: User) -> None:
    client.post(ADD, typed(title=" ", uploads=[upload("Rota week 12.txt"), upload("b.txt", b"b")]))
    assert EvidenceVersion.objects.get().title == "Rota week 12"
    assert "Give it a title" in client.post(ADD, typed(title="")).content.decode()


def test_bad_input_keeps_every_word_and_every_good_file(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    bad = {"held": "location", "location": "", "group_work": "on", "own_contribution": "", "others_data": "permitted"}
    files = [upload(), upload("empty.txt", b""), upload("page.html", b"<html>")]
    place = value(enrolment, "1.2")
    answer = client.post(ADD, typed(enrolment, "1.2", uploads=files, **bad) | {f"locator-{place}": "minute 3"})
    shown = answer.content.decode()
    assert not Evidence.objects.exists()
    for sentence in ("Say where the evidence can be seen.", "what your own contribution was", "how it is protected"):
        assert sentence in shown
    assert "“empty.txt” is empty" in shown
    assert "“page.html”" in shown
    assert "review.txt" in shown
    assert 'value="Call handling review"' in shown
    assert "I reviewed the calls of my team." in shown
    assert re.search(rf'value="{place}" checked', shown)
    assert 'value="minute 3"' in shown
    client.post(ADD, typed(enrolment, "1.2", upload=kept_in(answer)))
    assert [file.name for file in EvidenceFile.objects.all()] == ["review.txt"]


def test_a_refused_file_is_named_before_anything_is_saved(client: AskingClient, candidate: User) -> None:
    answer = client.post(ADD, typed(uploads=[upload("tool.exe", b"MZ\x90\x00" + bytes(200))]))
    assert "“tool.exe”" in answer.content.decode()
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_kept_file_can_be_left_out(client: AskingClient, candidate: User) -> None:
    answer = client.post(ADD, typed(title="", held="location", uploads=[upload(), upload("wrong.txt", b"wrong")]))
    kept = kept_in(answer)
    client.post(ADD, typed(title="", upload=kept, leave_out=[f"kept-{kept[1]}"]))
    assert [file.name for file in EvidenceFile.objects.all()] == ["review.txt"]
    assert EvidenceVersion.objects.get().title == "review"


def test_a_kept_file_can_be_renamed_but_for_its_ending(client: AskingClient, candidate: User) -> None:
    [token] = kept_in(client.post(ADD, typed(held="location", uploads=[upload()])))
    client.post(ADD, typed(upload=[token]) | {f"name-{token}": "Ten calls, March"})
    assert EvidenceFile.objects.get().name == "Ten calls, March.txt"


def test_a_kept_file_is_saved_once(client: AskingClient, candidate: User) -> None:
    kept = kept_in(client.post(ADD, typed(held="location", uploads=[upload()])))
    client.post(ADD, typed(upload=kept))
    assert "could not be found again" in client.post(ADD, typed(upload=kept)).content.decode()
    assert EvidenceFile.objects.count() == 1


def test_kept_files_are_for_their_owner_at_that_centre_only(
    client: AskingClient, house: House, other_house: House, candidate: User
) -> None:
    kept = kept_in(client.post(ADD, typed(held="location", uploads=[upload()])))
    for stranger in (house.other_candidate.user, other_house.candidate.user):
        client.force_login(stranger)
        answer = client.post(ADD, typed(upload=kept))
        assert "could not be found again" in answer.content.decode()
    client.force_login(candidate)
    assert "could not be found again" in client.post(ADD, typed(upload=["x"])).content.decode()
    assert not Evidence.objects.exists()


def test_two_candidates_with_the_same_bytes_have_a_file_each(
    client: AskingClient, house: House, candidate: User
) -> None:
    client.post(ADD, typed(uploads=[upload("mine.txt")]))
    client.force_login(house.other_candidate.user)
    client.post(ADD, typed(uploads=[upload("my own.txt")]))
    assert StoredFile.objects.count() == 1
    mine, other = EvidenceFile.objects.order_by("pk")
    assert (mine.name, other.name) == ("mine.txt", "my own.txt")
    assert client.get(reverse("assessments:evidence_file", args=[mine.pk])).status_code == 404


def test_a_criterion_of_somebody_elses_unit_cannot_be_ticked(
    client: AskingClient, house: House, candidate: User, enrolment: Enrolment
) -> None:
    theirs = an_enrolment(house, candidate=house.other_candidate)
    closed = declared(an_enrolment(house, "ocr-cc32"))
    before = Evidence.objects.count()
    foreign = closed.unit.criteria.get(number="1.1")
    for forged in (value(theirs, "1.1"), value(closed, "1.1"), f"{enrolment.pk}:{foreign.pk}", "x", "1:2:3"):
        answer = client.post(ADD, typed(criteria=[forged]))
        assert "cannot be chosen any more" in answer.content.decode(), forged
    assert Evidence.objects.count() == before


def test_nothing_but_the_forms_own_fields_is_taken(client: AskingClient, house: House, candidate: User) -> None:
    more: dict[str, Any] = {
        "status": "reviewed",
        "number": "7",
        "candidate": house.other_candidate.pk,
        "replaced_at": "2020-01-01",
    }
    client.post(ADD, typed(**more))
    version = EvidenceVersion.objects.select_related("evidence").get()
    assert (version.status, version.number, version.replaced_at) == (ItemStatus.DRAFT, 1, None)
    assert (version.evidence.candidate, version.evidence.number) == (house.candidate, None)


def test_a_candidate_of_two_centres_says_which(
    client: AskingClient, house: House, other_house: House, candidate: User, enrolment: Enrolment
) -> None:
    there = a_candidate(other_house.centre, house.candidate.legal_name)
    assert there.user == candidate
    assert "Which portfolio is it for?" in client.get(ADD).content.decode()
    client.post(f"{ADD}?record={there.pk}", typed())
    assert Evidence.objects.get().candidate == there
    assert client.get(f"{ADD}?unit={enrolment.pk}").status_code == 200
    client.post(f"{ADD}?unit={enrolment.pk}", typed(enrolment, "1.1"))
    assert Evidence.objects.filter(candidate=house.candidate).count() == 1
    assert client.get(f"{ADD}?record={house.other_candidate.pk}").status_code == 404


def test_only_candidates_add_evidence(client: AskingClient, house: House, enrolment: Enrolment) -> None:
    for user in (house.assessor, house.verifier, house.administrator):
        client.force_login(user)
        assert client.get(ADD).status_code == 403
    client.force_login(house.other_candidate.user)
    assert client.get(f"{ADD}?unit={enrolment.pk}").status_code == 404


def test_the_form_takes_the_same_queries_for_one_unit_and_for_three(
    client: AskingClient, house: House, candidate: User
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ADD).status_code == 200
        return len(captured)

    few = count()
    for key in ("ocr-cc32", "sqa-h12e04"):
        handed_in(an_enrolment(house, key))
    assert few == count() <= 15


# --- editing a draft -------------------------------------------------------------------------------------------------


def test_a_draft_comes_back_as_it_is_and_is_changed(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    draft = a_draft(enrolment, "1.1", "1.2")
    file = draft.files.get()
    shown = client.get(address("edit_evidence", draft)).content.decode()
    assert 'value="Call handling review"' in shown
    assert shown.count("checked") >= 2
    data = typed(enrolment, "1.1", "1.3", title="Better", leave_out=[f"file-{file.pk}"], uploads=[upload("new.txt")])
    assert client.post(address("edit_evidence", draft), data).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Better"
    assert [kept.name for kept in draft.files.filter(removed_at=None)] == ["new.txt"]
    live = draft.evidence.mappings.filter(taken_back_at=None)
    assert set(live.values_list("criterion__number", flat=True)) == {"1.1", "1.3"}


def test_a_file_of_another_item_cannot_be_left_out(client: AskingClient, house: House, candidate: User) -> None:
    theirs = a_draft(an_enrolment(house, candidate=house.other_candidate), "1.1")
    mine = a_draft(an_enrolment(house, "ocr-cc32"), "1.1")
    data = typed(leave_out=[f"file-{theirs.files.get().pk}"])
    assert client.post(address("edit_evidence", mine), data).status_code == 200
    assert theirs.files.get().removed_at is None


def test_only_a_draft_and_only_by_its_candidate_is_edited(
    client: AskingClient, house: House, enrolment: Enrolment
) -> None:
    version = handed_in(enrolment, "1.1")
    for user, code in ((house.candidate.user, 404), (house.assessor, 403), (house.other_candidate.user, 404)):
        client.force_login(user)
        assert client.get(address("edit_evidence", version)).status_code == code
        assert client.post(address("edit_evidence", version), typed()).status_code == code


def test_a_draft_that_needs_more_still_saves(client: AskingClient, house: House, candidate: User) -> None:
    draft = items.add_evidence(
        candidate=house.candidate,
        described=described(),
        files=[a_file(house.centre)],
        targets=[],
        by=candidate,
        at=timezone.now(),
    )
    assert client.post(address("edit_evidence", draft), typed(description="", activity_on="")).status_code == 302


# --- handing in ------------------------------------------------------------------------------------------------------


def test_handing_in_shows_the_words_and_wants_the_tick(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    draft = a_draft(enrolment, "1.1")
    statement = signing.current_statement("evidence-authentic")
    shown = client.get(address("submit_evidence", draft)).content.decode()
    assert "This evidence is my own work" in shown
    assert f"Version {statement.version}" in shown
    answer = client.post(address("submit_evidence", draft), {"statement": statement.pk})
    assert "Tick the box to declare" in answer.content.decode()
    answer = client.post(address("submit_evidence", draft), {"statement": statement.pk, "declared": "on"})
    assert answer["Location"] == address("evidence", draft)
    draft.refresh_from_db()
    assert (draft.status, draft.declaration, draft.evidence.number) == (ItemStatus.SUBMITTED, statement, 1)


def test_other_words_than_those_in_force_are_not_declared(
    client: AskingClient, candidate: User, enrolment: Enrolment
) -> None:
    draft = a_draft(enrolment, "1.1")
    other = signing.current_statement("verify")
    answer = client.post(address("submit_evidence", draft), {"statement": other.pk, "declared": "on"})
    assert "The words of the declaration have changed" in answer.content.decode()
    assert EvidenceVersion.objects.get(pk=draft.pk).status == ItemStatus.DRAFT


def test_what_is_missing_is_said_with_links_and_nothing_is_handed_in(
    client: AskingClient, house: House, candidate: User, enrolment: Enrolment
) -> None:
    draft = items.add_evidence(
        candidate=house.candidate,
        described=items.Described(title="Bare"),
        files=[],
        targets=[],
        by=candidate,
        at=timezone.now(),
    )
    statement = signing.current_statement("evidence-authentic")
    for answer in (
        client.get(address("submit_evidence", draft)),
        client.post(address("submit_evidence", draft), {"statement": statement.pk, "declared": "on"}),
    ):
        shown = answer.content.decode()
        for sentence in ("Say what you did.", "Add a file", "Map the item to at least one criterion."):
            assert sentence in shown
        assert f'href="{address("edit_evidence", draft)}"' in shown
    assert answer.status_code == 409


def test_nobody_hands_in_for_somebody_else(client: AskingClient, house: House, enrolment: Enrolment) -> None:
    version = handed_in(enrolment, "1.1")
    for user, code in ((house.assessor, 403), (house.verifier, 403), (house.other_candidate.user, 404)):
        client.force_login(user)
        assert client.get(address("submit_evidence", version)).status_code == code
