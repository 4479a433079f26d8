"""Forms of many units: chosen, signed for by one press, made by a worker that may be killed, and downloaded."""

import csv
import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import pytest_django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from assessments.actions import award, verification
from assessments.actions.enrolment import set_cohort
from assessments.actions.issuing import NOTHING_CHOSEN, resume_forms
from assessments.documents import issuing
from assessments.form_enums import FormsStatus, FormState, GatheredAs
from assessments.models import AuthenticationForm, Enrolment, FormBatch
from assessments.testing import House, an_enrolment, signed_off, verified
from assessments.tests.documents.reading import text_of
from assessments.tests.form_batches import a_batch
from assessments.tests.refusing import refusals
from portfolio import press, stores, vault
from portfolio.actions import end_seal, set_seal
from portfolio.enums import DocumentStatus
from portfolio.models import AccessLine, AuditEvent, Document, Statement
from portfolio.pdf import typeset
from portfolio.testing import signs, with_password
from portfolio.tests.certificates import PASSWORD as CERTIFICATES
from portfolio.tests.certificates import an_authority
from portfolio.tests.full_disk import no_file_larger_than
from portfolio.tests.letter import wait_for_a_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(house: House) -> Client:
    client = Client()
    client.force_login(with_password(house.administrator))
    return client


def page_of(house: House) -> str:
    return reverse("assessments:centre_forms", args=[house.centre.slug])


def pressed(office: Client, house: House, query: str = "", **sent: Any) -> Any:
    statements = Statement.objects.filter(key="authentic-centre").values_list("pk", flat=True)
    told = {"gathered_as": "pdf", "statement": list(statements), **sent}
    return signs(office, page_of(house) + query, **told)


def three(house: House) -> list[Enrolment]:
    """Two units that are ready and one that is not."""
    ready = [signed_off(an_enrolment(house)), verified(an_enrolment(house, "ocr-cc16"))]
    return [*ready, an_enrolment(house, "ocr-cc32")]


def states(batch: FormBatch) -> list[str]:
    return list(batch.rows.values_list("state", flat=True))


def file_of(batch: FormBatch) -> Path:
    return Path(settings.GATHERED_DIR) / issuing.place_of(batch)


def sent(office: Client, batch: FormBatch) -> bytes:
    response = office.get(reverse("assessments:forms_file", args=[batch.pk]))
    assert response.status_code == 200
    return b"".join(response)


# --- what is ready ---------------------------------------------------------------------------------------------------


def test_it_lists_what_is_ready_and_what_is_not_with_the_reason_and_a_link(house: House, office: Client) -> None:
    ready, _, not_yet = three(house)
    page = office.get(page_of(house)).content.decode()
    assert "Ready: 2 on this page" in page
    assert "Not ready: 1 on this page" in page
    assert "Sign and make all 2 signed off" in page
    assert f'name="chosen" value="{ready.pk}"' in page
    assert "it must be signed off by its assessor first" in page
    assert f'href="/enrolments/{not_yet.pk}/"' in page
    assert "On behalf of the centre I confirm" in page


def test_it_is_narrowed_to_a_unit_a_cohort_and_what_has_no_form_yet(house: House, office: Client) -> None:
    one, other, not_yet = three(house)
    set_cohort(enrolments=[other], cohort="Blue", by=house.administrator, at=timezone.now())
    award.authenticate(enrolment=one, by=house.administrator, at=timezone.now())

    def found(**asked: Any) -> set[int]:
        page = office.get(page_of(house), asked).content.decode()
        return {unit.pk for unit in (one, other, not_yet) if f'href="/enrolments/{unit.pk}/"' in page}

    assert found(cohort="Blue") == {other.pk}
    assert found(unit=one.unit_id) == {one.pk}
    assert found(stage="new") == {other.pk}
    assert found(stage="waiting") == {not_yet.pk}
    assert found(search="Cara") == {one.pk, other.pk, not_yet.pk}
    assert found(search="Nobody") == set()


def test_a_form_that_no_longer_fits_is_told(house: House, office: Client) -> None:
    unit = signed_off(an_enrolment(house))
    award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())
    assert "signed on" in office.get(page_of(house)).content.decode()
    verification.reopen(enrolment=unit, reason="A call was missing.", by=house.lead, at=timezone.now())
    page = office.get(page_of(house)).content.decode()
    assert "Not ready: 1 on this page" in page
    assert "signed on" not in page


# --- one press -------------------------------------------------------------------------------------------------------


def test_one_press_signs_for_those_ticked_and_makes_one_pdf(house: House, office: Client) -> None:
    one, other, not_yet = three(house)
    answer = pressed(office, house, chosen=[one.pk, other.pk, not_yet.pk])
    batch = FormBatch.objects.get()
    assert answer.headers["Location"] == reverse("assessments:form_batch", args=[batch.pk])
    assert (batch.status, batch.chosen) == (FormsStatus.READY, "Chosen one by one")
    assert states(batch) == [FormState.MADE, FormState.MADE, FormState.LEFT_OUT]
    page = office.get(reverse("assessments:form_batch", args=[batch.pk])).content.decode()
    assert "2 of 3 forms are made" in page
    assert "must be signed off by its assessor first" in page
    content = sent(office, batch)
    with pikepdf.open(io.BytesIO(content)) as whole, whole.open_outline() as outline:
        titles = [item.title for item in outline.root]
        assert len(whole.pages) >= 2
    assert titles == ["Cara Northgate, CC16", "Cara Northgate, CC26"]
    for row in batch.rows.filter(state=FormState.MADE).select_related("document"):
        assert row.document
        assert row.document.printed_reference in text_of(content)
    assert AccessLine.objects.filter(subject_kind="formbatch", downloaded=True).count() == 1


def test_every_signature_has_its_line_in_the_book_and_all_are_one_act(house: House, office: Client) -> None:
    pressed(office, house, chosen=[unit.pk for unit in three(house)])
    batch = FormBatch.objects.get()
    act = AuditEvent.objects.filter(act_id=batch.act_id).values_list("verb", flat=True)
    assert sorted(act) == ["authenticate", "authenticate", "make_forms"]
    form = AuthenticationForm.objects.select_related("signature")[0]
    assert (form.signature.signer, form.signature.signed_at) == (house.administrator, batch.asked_at)


def test_all_that_a_filter_finds_are_made_and_the_batch_says_how_they_were_chosen(house: House, office: Client) -> None:
    units = three(house)
    set_cohort(enrolments=units[:1], cohort="Blue", by=house.administrator, at=timezone.now())
    pressed(office, house, "?cohort=Blue", all="yes")
    batch = FormBatch.objects.get()
    assert (batch.chosen, list(batch.rows.values_list("enrolment", flat=True))) == ("Blue", [units[0].pk])


def test_nothing_is_signed_with_a_wrong_password_or_nothing_ticked_and_ticks_stay(house: House, office: Client) -> None:
    one, other, _ = three(house)
    answer = pressed(office, house, chosen=[one.pk], password="wrong")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "That password is not right" in page
    assert f'value="{one.pk}" aria-label="Cara Northgate, CC26" checked' in page
    assert f'value="{other.pk}" aria-label="Cara Northgate, CC16" checked' not in page
    assert NOTHING_CHOSEN in pressed(office, house).content.decode()
    assert not FormBatch.objects.exists()
    assert not AuthenticationForm.objects.exists()


def test_words_that_were_not_shown_are_not_signed(house: House, office: Client) -> None:
    unit = signed_off(an_enrolment(house))
    assert "Read them again" in pressed(office, house, chosen=[unit.pk], statement=[]).content.decode()
    assert not AuthenticationForm.objects.exists()


def test_units_of_another_centre_are_passed_over(house: House, other_house: House, office: Client) -> None:
    an_enrolment(house)
    theirs = signed_off(an_enrolment(other_house))
    assert NOTHING_CHOSEN in pressed(office, house, chosen=[theirs.pk]).content.decode()


def test_a_zip_has_each_form_as_issued_and_a_list_of_all(house: House, office: Client) -> None:
    pressed(office, house, chosen=[unit.pk for unit in three(house)], gathered_as="zip")
    archive = zipfile.ZipFile(io.BytesIO(sent(office, FormBatch.objects.get())))
    names = archive.namelist()
    assert names == [
        "0001 Authentication form CC16 Cara Northgate.pdf",
        "0002 Authentication form CC26 Cara Northgate.pdf",
        "Contents.csv",
    ]
    rows = list(csv.DictReader(io.StringIO(archive.read("Contents.csv").decode("utf-8-sig"))))
    assert [row["File"] for row in rows] == [*names[:2], ""]
    assert "signed off by its assessor first" in rows[2]["Why there is none"]
    answer = Client().post("/check/", {"pdf": io.BytesIO(archive.read(names[0]))})
    assert rows[0]["Reference"] in answer.content.decode()


# --- a worker that is killed, stopped, and goes on -------------------------------------------------------------------


def test_a_worker_that_was_killed_is_gone_on_with_and_nothing_is_made_twice(
    house: House, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = three(house)
    wait_for_a_worker(settings)
    batch = a_batch(house, units)
    real, calls = typeset, []

    def killed_at_the_second(*args: Any, **kwargs: Any) -> bytes:
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit
        return real(*args, **kwargs)

    monkeypatch.setattr("portfolio.composing.typeset", killed_at_the_second)
    with pytest.raises(SystemExit):
        issuing.make(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, states(batch)) == (FormsStatus.MAKING, ["made", "waiting", "waiting"])
    assert Document.objects.filter(status=DocumentStatus.READY).count() == 1
    issuing.make(batch.pk)  # another worker is not let in while the first seems to be at it
    assert states(batch) == ["made", "waiting", "waiting"]
    assert issuing.requeue_lost(timezone.now()) == 0
    assert issuing.requeue_lost(timezone.now() + issuing.LOST_AFTER * 2) == 1
    issuing.make(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, states(batch)) == (FormsStatus.READY, ["made", "made", "left_out"])
    assert len(calls) == 3
    assert AuthenticationForm.objects.count() == 2


def test_it_can_be_stopped_and_gone_on_with(
    house: House, office: Client, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = three(house)
    wait_for_a_worker(settings)
    batch = a_batch(house, units)
    page = reverse("assessments:form_batch", args=[batch.pk])
    assert "0 of 3 done" in office.get(page).content.decode()
    monkeypatch.setattr(issuing, "SECONDS", -1)
    issuing.make(batch.pk)  # no time at all: others have their turn first
    batch.refresh_from_db()
    assert (batch.started_at, states(batch)) == (None, ["waiting"] * 3)
    monkeypatch.undo()
    office.post(reverse("assessments:stop_forms", args=[batch.pk]))
    issuing.make(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, states(batch)) == (FormsStatus.CANCELLED, ["waiting"] * 3)
    assert "Go on with the 3 left" in office.get(page).content.decode()
    office.post(reverse("assessments:resume_forms", args=[batch.pk]))
    issuing.make(batch.pk)
    batch.refresh_from_db()
    assert batch.status == FormsStatus.READY
    assert "Every form that can be made" in str(
        refusals(lambda: resume_forms(batch=batch, by=house.administrator, at=timezone.now()))
    )


def test_a_form_that_could_not_be_made_says_so_and_is_tried_again(
    house: House, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = signed_off(an_enrolment(house))
    monkeypatch.setattr("portfolio.composing.typeset", lambda *args, **kwargs: 1 / 0)
    batch = a_batch(house, [unit])
    assert (batch.status, states(batch), batch.gathered_at) == (FormsStatus.READY, ["failed"], None)
    monkeypatch.undo()
    office.post(reverse("assessments:resume_forms", args=[batch.pk]))
    assert states(batch) == ["made"]
    assert AuthenticationForm.objects.count() == 1


def test_a_unit_that_meets_a_fault_does_not_keep_the_others(
    house: House, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, faulty, _ = three(house)
    real = issuing.signed_and_asked

    def breaks_at_one(batch: FormBatch, enrolment_id: int) -> Any:
        return 1 / 0 if enrolment_id == faulty.pk else real(batch, enrolment_id)

    monkeypatch.setattr(issuing, "signed_and_asked", breaks_at_one)
    batch = a_batch(house, [ready, faulty])
    assert (batch.status, states(batch)) == (FormsStatus.READY, ["failed", "made"])
    monkeypatch.undo()
    office.post(reverse("assessments:resume_forms", args=[batch.pk]))
    assert states(batch) == ["made", "made"]


def test_a_fault_stops_it_with_a_sentence_and_a_person_goes_on(
    house: House, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = signed_off(an_enrolment(house))
    monkeypatch.setattr(issuing, "gathered", lambda *args: 1 / 0)
    batch = a_batch(house, [unit])
    page = reverse("assessments:form_batch", args=[batch.pk])
    assert issuing.FAULT in office.get(page).content.decode()
    assert issuing.requeue_lost(timezone.now() + issuing.LOST_AFTER * 2) == 0
    monkeypatch.undo()
    office.post(reverse("assessments:resume_forms", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.status == FormsStatus.READY


def test_a_unit_that_was_signed_off_anew_after_the_press_is_not_signed_for(
    house: House, settings: pytest_django.Settings
) -> None:
    unit = signed_off(an_enrolment(house))
    wait_for_a_worker(settings)
    batch = a_batch(house, [unit])
    later = timezone.now() + datetime.timedelta(hours=1)
    Enrolment.objects.filter(pk=unit.pk).update(signed_off_at=later)
    issuing.make(batch.pk)
    assert batch.rows.get().problem == issuing.SIGNED_ANEW
    assert not AuthenticationForm.objects.exists()


# --- again, without rendering ----------------------------------------------------------------------------------------


def test_forms_that_stand_are_neither_signed_nor_rendered_again(
    house: House, office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = three(house)
    first = a_batch(house, units)
    monkeypatch.setattr("portfolio.composing.typeset", lambda *args, **kwargs: pytest.fail("rendered twice"))
    second = a_batch(house, units, gathered_as=GatheredAs.ZIP)
    assert [row.document_id for row in first.rows.all()] == [row.document_id for row in second.rows.all()]
    assert AuthenticationForm.objects.count() == 2
    office.post(reverse("assessments:gather_forms", args=[first.pk]), {"gathered_as": "zip"})
    first.refresh_from_db()
    assert (first.status, first.gathered_as) == (FormsStatus.READY, GatheredAs.ZIP)
    assert zipfile.is_zipfile(io.BytesIO(sent(office, first)))


@pytest.mark.usefixtures("kept_in")
def test_the_file_goes_after_some_days_and_is_put_together_again(house: House, office: Client) -> None:
    batch = a_batch(house, [signed_off(an_enrolment(house))])
    assert issuing.sweep(timezone.now() + issuing.KEPT_FOR - datetime.timedelta(hours=1)) == 0
    assert issuing.sweep(timezone.now() + issuing.KEPT_FOR + datetime.timedelta(hours=1)) == 1
    assert stores.gathered().look(issuing.place_of(batch)) is None
    file = reverse("assessments:forms_file", args=[batch.pk])
    assert office.get(file).status_code == 404
    page = office.get(reverse("assessments:form_batch", args=[batch.pk])).content.decode()
    assert "Put together as one PDF" in page
    office.post(reverse("assessments:gather_forms", args=[batch.pk]), {"gathered_as": "pdf"})
    assert sent(office, batch).startswith(b"%PDF-")


def test_what_is_put_together_once_more_in_the_same_way_stays(
    house: House, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    batch = a_batch(house, [signed_off(an_enrolment(house))])
    with django_capture_on_commit_callbacks(execute=True):
        issuing.gather_again(batch, GatheredAs.PDF)
    assert file_of(batch).exists()
    before = file_of(batch)
    with django_capture_on_commit_callbacks(execute=True):
        issuing.gather_again(batch, GatheredAs.ZIP)
    assert not before.exists()


def test_the_page_of_a_batch_asks_as_often_of_many_units_as_of_one(house: House, office: Client) -> None:
    def count(units: list[Enrolment]) -> int:
        batch = a_batch(house, units)
        with CaptureQueriesContext(connection) as captured:
            office.get(reverse("assessments:form_batch", args=[batch.pk]))
        return len(captured)

    units = three(house)
    one, many = count(units[:1]), count(units[:2])
    assert one == many <= 15


def test_other_administrators_find_no_batch(house: House, other_house: House, client: Client) -> None:
    batch = a_batch(house, [signed_off(an_enrolment(house))])
    client.force_login(other_house.administrator)
    assert client.get(reverse("assessments:form_batch", args=[batch.pk])).status_code == 404
    assert client.get(reverse("assessments:forms_file", args=[batch.pk])).status_code == 404


# --- what breaks around it -------------------------------------------------------------------------------------------


def test_a_file_for_which_there_is_no_room_says_so_and_a_person_goes_on(house: House, office: Client) -> None:
    batch = a_batch(house, [signed_off(an_enrolment(house))])
    before = file_of(batch).read_bytes()
    with no_file_larger_than(4000):
        issuing.gather_again(batch, GatheredAs.PDF)
    page = reverse("assessments:form_batch", args=[batch.pk])
    assert issuing.NO_ROOM in office.get(page).content.decode()
    assert [path.read_bytes() for path in file_of(batch).parent.iterdir()] == [before]  # and nothing half made
    office.post(reverse("assessments:resume_forms", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.status, batch.problem) == (FormsStatus.READY, "")
    assert len(sent(office, batch)) > 4000


def test_forms_wait_while_the_store_is_away_without_asking_it_again_and_again(
    house: House, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_a_worker(settings)
    batch = a_batch(house, three(house)[:2])
    asked: list[object] = []

    def away(*args: object) -> None:
        asked.append(args)
        raise vault.NotReachedError("away")

    with monkeypatch.context() as patch:
        patch.setattr(press, "kept", away)
        issuing.make(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, states(batch), len(asked)) == (FormsStatus.MAKING, ["waiting"] * 2, 2)
    issuing.make(batch.pk)  # held until its time is up
    assert states(batch) == ["waiting"] * 2
    assert issuing.requeue_lost(timezone.now() + issuing.LOST_AFTER * 2) == 1
    issuing.make(batch.pk)
    assert states(batch) == ["made"] * 2


def test_a_batch_of_a_clock_that_was_ahead_is_gone_on_with(house: House, settings: pytest_django.Settings) -> None:
    wait_for_a_worker(settings)
    batch = a_batch(house, three(house)[:1])
    FormBatch.objects.update(started_at=timezone.now() + datetime.timedelta(days=1))
    assert issuing.requeue_lost(timezone.now()) == 1
    issuing.make(batch.pk)
    assert states(batch) == ["made"]


def test_what_the_forms_are_sealed_with_is_said_before_the_press(house: House, office: Client) -> None:
    signed_off(an_enrolment(house))
    assert "sealed with" not in office.get(page_of(house)).content.decode()
    file = an_authority().file_for("Northgate Training")
    set_seal(centre=house.centre, file=file, password=CERTIFICATES, by=None, at=timezone.now())
    page = office.get(page_of(house)).content.decode()
    assert "Issued forms are sealed with the certificate of Northgate Training, GB" in page
    assert "hand them on as the ZIP" in page
    end_seal(centre=house.centre, by=None, at=timezone.now())
    assert "sealed with" not in office.get(page_of(house)).content.decode()
