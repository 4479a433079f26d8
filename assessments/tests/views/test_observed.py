"""The pages of records that assessors make: written, kept, read through, signed, answered and corrected."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from assessments.actions import verification
from assessments.models import AssessorRecord, Enrolment, EvidenceVersion
from assessments.testing import House, an_enrolment, handed_in, judged, targets
from assessments.tests.records import NARRATIVE, a_set, acknowledged, disputed, in_use, recorded
from assessments.tests.views.visitors import queries_of, signed_in
from portfolio.harness import AskingClient
from portfolio.models import WorkInProgress
from portfolio.testing import PASSWORD, signs

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(house: House) -> Enrolment:
    return an_enrolment(house)


@pytest.fixture
def assessor(unit: Enrolment) -> AskingClient:
    return signed_in(unit.assessor)


def key(unit: Enrolment, number: str = "1.1") -> str:
    (target,) = targets(unit, number)
    return f"{target.enrolment_id}-{target.criterion_id}"


def page_of(unit: Enrolment, kind: str = "observation") -> str:
    return reverse("assessments:write_record", args=[unit.pk, kind])


def typed(unit: Enrolment, **more: Any) -> dict[str, Any]:
    """What a browser with script sends when all is well."""
    marks = [{"quote": "She greeted the caller by name.", "start": 0, "key": key(unit)}]
    return {
        "title": "The late shift",
        "activity_on": timezone.localdate().isoformat(),
        "place": "The contact centre",
        "setting": "paid_work",
        "context": "A busy evening.",
        "narrative": NARRATIVE.replace("\n", "\r\n"),
        "feedback": "Clear and calm.",
        "marks": json.dumps(marks),
        "then": "sign",
        **more,
    }


def shown(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


# --- writing and signing ---------------------------------------------------------------------------------------------


def test_an_assessor_writes_reads_through_and_signs(assessor: AskingClient, unit: Enrolment) -> None:
    answer = assessor.post(page_of(unit), typed(unit))
    signing = reverse("assessments:sign_record", args=[unit.pk, "observation"])
    assert (answer.status_code, answer["Location"]) == (302, signing)
    page = shown(assessor.get(signing))
    assert "She greeted the caller by name." in page
    assert "CC26 1.1" in page
    assert not AssessorRecord.objects.exists()
    assert "That password is not right" in shown(signs(assessor, signing, password="wrong"))
    assert signs(assessor, signing)["Location"] == reverse("assessments:records")
    version = EvidenceVersion.objects.get()
    assert (version.evidence.number, version.record.narrative, version.status) == (1, NARRATIVE, "submitted")
    assert not WorkInProgress.objects.exists()
    assert "Evidence 1: The late shift" in shown(assessor.get(reverse("assessments:records")))


def test_who_signs_may_go_on_to_assess_at_once(assessor: AskingClient, unit: Enrolment) -> None:
    assessor.post(page_of(unit), typed(unit))
    signing = reverse("assessments:sign_record", args=[unit.pk, "observation"])
    answer = signs(assessor, signing, assess="yes")
    version = EvidenceVersion.objects.get()
    assert answer["Location"] == reverse("assessments:judge", args=[version.pk])
    page = shown(assessor.get(answer["Location"]))
    assert "She greeted the caller by name." in page
    assert "Return with feedback" not in page


def test_without_script_paragraphs_are_named_by_number(assessor: AskingClient, unit: Enrolment) -> None:
    numbered = typed(unit, marks="", **{f"at-{key(unit)}": "1, 2", f"at-{key(unit, '1.2')}": "2"})
    page = shown(assessor.post(page_of(unit), {**numbered, "then": "number"}))
    assert "<li>She greeted the caller by name.</li>" in page
    assert assessor.post(page_of(unit), numbered).status_code == 302
    signs(assessor, reverse("assessments:sign_record", args=[unit.pk, "observation"]))
    found = EvidenceVersion.objects.get().evidence.mappings.order_by("criterion__position")
    assert [(row.criterion.number, row.locator) for row in found] == [
        ("1.1", "paragraphs 1, 2"),
        ("1.2", "paragraph 2"),
    ]


def test_a_passage_is_found_again_when_the_text_around_it_changed(assessor: AskingClient, unit: Enrolment) -> None:
    moved = typed(unit, narrative=f"At six it began. {NARRATIVE}")
    assert assessor.post(page_of(unit), moved).status_code == 302
    signs(assessor, reverse("assessments:sign_record", args=[unit.pk, "observation"]))
    marker = AssessorRecord.objects.get().markers.get()
    assert (marker.start, marker.quote) == (17, "She greeted the caller by name.")


@pytest.mark.parametrize(
    ("otherwise", "sentence"),
    [
        ({"narrative": "Other words."}, "is not in the text any more"),
        ({"marks": "", "narrative": NARRATIVE}, "Mark at least one passage or answer"),
        ({"marks": "{nonsense"}, "Mark at least one passage or answer"),
        ({"marks": json.dumps([{"quote": "She", "start": 0, "key": "1-1"}])}, "Mark at least one passage"),
        ({"feedback": ""}, "Write down what you told the candidate"),
        ({"from_time": "10:00", "to_time": "09:00"}, "The end cannot lie before the beginning."),
        ({"asked-1": "Why?", "said-1": ""}, "Question 1: write down the question and the answer."),
    ],
)
def test_what_is_missing_is_said_and_everything_typed_is_kept(
    assessor: AskingClient, unit: Enrolment, otherwise: dict[str, Any], sentence: str
) -> None:
    answer = assessor.post(page_of(unit), typed(unit, people="Two agents", **otherwise))
    assert answer.status_code == 200
    assert sentence in shown(answer)
    assert "Two agents" in shown(answer)


def test_a_paragraph_that_is_not_there_is_named(assessor: AskingClient, unit: Enrolment) -> None:
    answer = assessor.post(page_of(unit), typed(unit, **{f"at-{key(unit)}": "9"}))
    assert "CC26 1.1: there is no paragraph 9." in shown(answer)


def test_what_is_kept_for_later_is_there_again_on_any_device(assessor: AskingClient, unit: Enrolment) -> None:
    photograph = SimpleUploadedFile("desk.txt", b"A sketch of the desk.")
    answer = assessor.post(page_of(unit), typed(unit, then="keep", feedback="", uploads=photograph))
    assert answer["Location"] == reverse("assessments:records")
    listed = shown(assessor.get(reverse("assessments:records")))
    assert page_of(unit) in listed
    page = shown(assessor.get(page_of(unit)))
    assert "A busy evening." in page
    assert "desk.txt" in page
    assert not AssessorRecord.objects.exists()
    again = shown(assessor.get(reverse("assessments:new_record", args=[unit.pk])))
    assert f"{page_of(unit)}?another=2" in again
    assert "A busy evening." not in shown(assessor.get(f"{page_of(unit)}?another=2"))


def test_files_go_with_the_record(assessor: AskingClient, unit: Enrolment) -> None:
    files = [SimpleUploadedFile("desk.txt", b"A sketch."), SimpleUploadedFile("other.txt", b"Another.")]
    assessor.post(page_of(unit), typed(unit, then="keep", uploads=files))
    kept = WorkInProgress.objects.get()
    tokens = [entry["values"][0] for name, entry in kept.fields.items() if name.startswith("upload=")]
    more = {f"name-{tokens[0]}": "sketch.txt", "leave_out": f"kept-{tokens[1]}", "upload": tokens}
    assert assessor.post(page_of(unit), typed(unit, **more)).status_code == 302
    signing = reverse("assessments:sign_record", args=[unit.pk, "observation"])
    assert "sketch.txt" in shown(assessor.get(signing))
    signs(assessor, signing)
    assert [file.name for file in EvidenceVersion.objects.get().files.all()] == ["sketch.txt"]


def test_questions_come_from_sets_in_use_and_from_ones_own_head(
    house: House, assessor: AskingClient, unit: Enrolment
) -> None:
    page = page_of(unit, "questions")
    draft, used = a_set(house, "Never asked?"), in_use(a_set(house, "Why ring back?"), house.verifier)
    offered = shown(assessor.get(page))
    assert f'<option value="{used.pk}">' in offered
    assert f'<option value="{draft.pk}">' not in offered
    taken = shown(assessor.post(page, typed(unit, then="take", set=used.pk, **{"asked-1": "My own?"})))
    assert "My own?" in taken
    question = used.questions.get()
    assert f'name="from-2" value="{question.pk}"' in taken
    first = used.unit.criteria.earliest("position").number
    rows = {
        "from-1": question.pk,
        "said-1": "So that they know.",
        "shows-1": [key(unit, first)],
        "asked-2": "And then?",
        "said-2": "I write it down.",
        "how-2": "written",
    }
    assert assessor.post(page, typed(unit, narrative="", marks="", **rows)).status_code == 302
    signs(assessor, reverse("assessments:sign_record", args=[unit.pk, "questions"]))
    asked = AssessorRecord.objects.get().exchanges.order_by("position")
    assert [(row.asked, row.how, row.set_question) for row in asked] == [
        ("Why ring back?", "oral", question),
        ("And then?", "written", None),
    ]


def test_one_more_row_is_a_press(assessor: AskingClient, unit: Enrolment) -> None:
    page = shown(assessor.post(page_of(unit), typed(unit, then="row", **{"asked-1": "Why?"})))
    assert 'name="asked-2"' in page
    assert "Not ready to be signed" not in page


def test_more_questions_than_a_record_holds_are_said_and_all_are_kept(assessor: AskingClient, unit: Enrolment) -> None:
    rows = {f"{part}-{number}": f"{part} {number}?" for number in range(1, 63) for part in ("asked", "said")}
    page = shown(assessor.post(page_of(unit, "questions"), typed(unit, narrative="", marks="", **rows)))
    assert "A record holds 60 questions at most and this has 62" in page
    assert page.count("said 62?") == page.count("said 61?") == page.count("said 1?") == 1
    assessor.post(page_of(unit, "questions"), typed(unit, then="keep", **rows))
    assert "said 62?" in shown(assessor.get(page_of(unit, "questions")))


def test_nothing_is_signed_that_was_not_written(assessor: AskingClient, unit: Enrolment) -> None:
    signing = reverse("assessments:sign_record", args=[unit.pk, "observation"])
    assert assessor.post(signing, {"password": PASSWORD})["Location"] == page_of(unit)
    assessor.post(page_of(unit), typed(unit, then="keep", feedback=""))
    assert assessor.get(signing)["Location"] == page_of(unit)


def test_a_kind_that_is_none_and_a_unit_past_collecting_have_no_page(assessor: AskingClient, unit: Enrolment) -> None:
    assert assessor.get(page_of(unit, "project")).status_code == 404
    Enrolment.objects.filter(pk=unit.pk).update(status="withdrawn", ended_at=timezone.now(), ended_as="withdrawn")
    assert assessor.get(page_of(unit)).status_code == 404


# --- the candidate ---------------------------------------------------------------------------------------------------


def test_it_waits_on_the_candidates_home_to_be_read_and_acknowledged(unit: Enrolment) -> None:
    version = recorded(unit)
    candidate = signed_in(unit.candidate_user)
    page = reverse("assessments:acknowledge", args=[version.evidence_id])
    assert page in shown(candidate.get(reverse("assessments:candidate_home")))
    assert "She greeted the caller by name." in shown(candidate.get(page))
    assert "That password is not right" in shown(signs(candidate, page, password="wrong"))
    item = reverse("assessments:evidence", args=[version.evidence_id])
    assert signs(candidate, page)["Location"] == item
    assert AssessorRecord.objects.get().acknowledgements.get().signature is not None
    assert page not in shown(candidate.get(reverse("assessments:candidate_home")))
    assert "You have acknowledged this record already." in shown(candidate.get(page))
    assert "Replace with a new version" not in shown(candidate.get(item))


def test_a_dispute_needs_no_password_but_words(unit: Enrolment) -> None:
    version = recorded(unit)
    candidate = signed_in(unit.candidate_user)
    page = reverse("assessments:acknowledge", args=[version.evidence_id])
    assert "Say what is not right in the record." in shown(candidate.post(page, {"dispute": "yes", "words": " "}))
    assert candidate.post(page, {"dispute": "yes", "words": "It was Anna."}).status_code == 302
    item = shown(candidate.get(reverse("assessments:evidence", args=[version.evidence_id])))
    assert "It was Anna." in item
    assert "Disputed" in item


# --- correcting ------------------------------------------------------------------------------------------------------


def test_its_author_corrects_it_from_the_words_of_the_version_before(assessor: AskingClient, unit: Enrolment) -> None:
    version = disputed(recorded(unit, people="Anna"))
    page = reverse("assessments:correct_record", args=[version.evidence_id])
    form = shown(assessor.get(page))
    assert "I did not ring back." in form
    assert "She greeted the caller by name." in form
    assert 'value="Anna"' in form
    assert assessor.post(page, typed(unit, people="Bethan")).status_code == 302
    signing = reverse("assessments:sign_correction", args=[version.evidence_id])
    assert "Bethan" in shown(assessor.get(signing))
    assert signs(assessor, signing).status_code == 302
    assert [row.record.people for row in version.evidence.versions.order_by("number")] == ["Anna", "Bethan"]


def test_what_is_no_record_has_no_page_of_one(assessor: AskingClient, unit: Enrolment) -> None:
    version = handed_in(unit, "1.1")
    for name in ("correct_record", "sign_correction"):
        assert assessor.get(reverse(f"assessments:{name}", args=[version.evidence_id])).status_code == 404


# --- where it is shown -----------------------------------------------------------------------------------------------


def test_pages_of_records_ask_no_more_often_for_a_long_one(house: House) -> None:
    unit = an_enrolment(house)
    short, long = ["1.1"], [row.number for row in unit.unit.criteria.all()]
    assessor, candidate = signed_in(unit.assessor), signed_in(unit.candidate_user)
    counted: dict[str, list[int]] = {}
    for numbers in (short, long):
        version = recorded(unit, *numbers)
        disputed(version)
        judged(version, unit)
        marked = json.dumps([{"quote": "I did", "start": 0, "key": key(unit, number)} for number in numbers])
        of_unit, of_item = [unit.pk, "observation"], [version.evidence_id]
        written = typed(unit, marks=marked, narrative="I did what they all ask for.")
        for name, args in (("write_record", of_unit), ("correct_record", of_item)):
            assert assessor.post(reverse(f"assessments:{name}", args=args), written).status_code == 302, name
        for reader, name, args in (
            (assessor, "evidence", of_item),
            (assessor, "correct_record", of_item),
            (assessor, "sign_correction", of_item),
            (assessor, "sign_record", of_unit),
            (candidate, "acknowledge", of_item),
        ):
            queries = queries_of(reader, reverse(f"assessments:{name}", args=args))
            counted.setdefault(name, []).append(queries)
    assert all(few == many <= 15 for few, many in counted.values()), counted


def test_a_verifier_reads_it_beside_the_sample(house: House) -> None:
    unit = an_enrolment(house)
    acknowledged(judged(recorded(unit), unit))
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    page = shown(signed_in(house.verifier).get(reverse("assessments:sample", args=[sample.pk])))
    assert "Evidence 1: The late shift" in page
    assert "She greeted the caller by name." in page


def test_units_to_make_records_for_come_by_pages_and_are_found_by_candidate_or_code(
    assessor: AskingClient, unit: Enrolment, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
    places = [reverse("assessments:new_record", args=[row.pk]) for row in (unit, other)]
    desk = reverse("assessments:records")
    assert all(place in shown(assessor.get(desk)) for place in places)
    assert 'role="search"' not in shown(assessor.get(desk))
    monkeypatch.setattr("assessments.views.observed.UNITS_PER_PAGE", 1)
    pages = [shown(assessor.get(desk, {"page": number})) for number in (1, 2)]
    assert sorted(sum(place in page for page in pages) for place in places) == [1, 1]
    for words in (house.other_candidate.name, "cc32"):
        found = shown(assessor.get(desk, {"search": words}))
        assert [place in found for place in places] == [False, True], words
    assert "None of the units you assess" in shown(assessor.get(desk, {"search": "nobody"}))


def test_a_new_record_is_a_press_away_from_unit_caseload_and_queue(assessor: AskingClient, unit: Enrolment) -> None:
    new = reverse("assessments:new_record", args=[unit.pk])
    assert new in shown(assessor.get(reverse("assessments:enrolment", args=[unit.pk])))
    assert new in shown(assessor.get(reverse("assessments:caseload")))
    assert reverse("assessments:records") in shown(assessor.get(reverse("assessments:queue")))
    assert page_of(unit) in shown(assessor.get(new))
