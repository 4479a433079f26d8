"""Lists of candidates' units: filtered, sorted, taken away, and given to somebody else."""

import csv
import datetime
import io
import zipfile
from typing import cast

import pytest
from django.http import StreamingHttpResponse
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.enums import AllocatedAs, Pace
from assessments.models import Enrolment, EvidenceVersion, Mapping
from assessments.pace import FEEDBACK_DAYS, FEEDBACK_RULE, PACE_RULE
from assessments.queries.caseload import SORTS, Wanted, case_rows, caseload, centre_units, in_list
from assessments.queries.enrolment import kept_pace
from assessments.queries.feedback import feedback_at, own_time
from assessments.testing import House, a_unit, an_enrolment, handed_in, judged, met
from assessments.tests.ties import a_tie
from assessments.tests.views.visitors import signed_in
from portfolio.models import AccessLine, CandidateRecord, User

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def aimed(house: House, key: str, *, passed: int, days: int, candidate: CandidateRecord | None = None) -> Enrolment:
    """A unit so many days on its way, of so many."""
    start = timezone.localdate() - passed * DAY
    return enrolments.enrol(
        candidate=candidate or house.candidate,
        unit=a_unit(key),
        assessor=house.assessor,
        verifier=house.verifier,
        countersigner=None,
        started_on=start,
        target_on=start + days * DAY,
        by=house.administrator,
        at=timezone.now(),
    )


def wait(unit: Enrolment, days: int) -> None:
    """An item of the unit waits since so many days ago."""
    version = handed_in(unit, "1.1")
    Mapping.objects.filter(evidence=version.evidence).update(waiting_since=timezone.now() - days * DAY)


def found(user: User, **wanted: object) -> list[int]:
    return [unit.pk for unit in caseload(user, Wanted(**wanted))]  # type: ignore[arg-type]


@pytest.fixture
def units(house: House) -> dict[str, Enrolment]:
    """Behind, on track and ahead; without a target."""
    behind = aimed(house, "ocr-cc16", passed=50, days=100)
    on_track = aimed(house, "ocr-cc32", passed=5, days=100)
    ahead = met(aimed(house, "ocr-cc26", passed=50, days=100))
    ahead.refresh_from_db()
    return {"behind": behind, "on_track": on_track, "ahead": ahead, "none": an_enrolment(house, "ocr-d20")}


@pytest.mark.parametrize("pace", Pace)
def test_it_finds_units_by_their_pace_as_the_rule_says(house: House, units: dict[str, Enrolment], pace: Pace) -> None:
    today = timezone.localdate()
    assert found(house.assessor, pace=pace.value) == [units[pace.value].pk]
    assert {name: kept_pace(unit, today) for name, unit in units.items()}[pace.value] == pace


def test_it_finds_what_has_waited_longer(house: House, units: dict[str, Enrolment]) -> None:
    wait(units["behind"], 9)
    wait(units["on_track"], 3)
    assert found(house.assessor, waiting_days=5) == [units["behind"].pk]
    assert set(found(house.assessor, waiting_days=2)) == {units["behind"].pk, units["on_track"].pk}
    assert found(house.assessor, waiting_days=10) == []
    assert found(house.assessor, sort="waiting")[:2] == [units["behind"].pk, units["on_track"].pk]


def test_it_sorts_by_pace_progress_and_target(house: House, units: dict[str, Enrolment]) -> None:
    assert found(house.assessor, sort="pace")[0] == units["behind"].pk
    assert found(house.assessor, sort="progress")[-1] == units["ahead"].pk
    assert found(house.assessor, sort="target")[-1] == units["none"].pk
    assert all(len(found(house.assessor, sort=sort)) == 4 for sort in SORTS)


def test_it_finds_by_candidate_unit_status_and_assessor(house: House, units: dict[str, Enrolment]) -> None:
    other = an_enrolment(house, candidate=house.other_candidate, assessor=house.other_assessor)
    assert found(house.assessor, search="cara") == found(house.assessor)
    assert found(house.assessor, search="colin") == []
    assert found(house.assessor, unit=units["none"].unit_id) == [units["none"].pk]
    assert found(house.assessor, status="declared") == []
    centre = [unit.pk for unit in centre_units(house.centre, Wanted(assessor=house.other_assessor.pk))]
    assert centre == [other.pk]


def test_a_filter_that_cannot_be_read_says_so_and_the_others_hold(house: House, units: dict[str, Enrolment]) -> None:
    page = signed_in(house.assessor).get("/assessing/caseload/?waiting_days=soon&pace=behind")
    text = page.content.decode()
    assert "Enter a whole number." in text
    assert "1 unit<" in text.replace("\n", "")


def test_a_page_of_the_list_tells_how_far_units_are_in_one_query(
    house: House, units: dict[str, Enrolment], django_assert_num_queries: object
) -> None:
    listed = list(in_list(caseload(house.assessor)))
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = case_rows(listed)
    accepted = {row.enrolment.pk: (row.progress.accepted, row.pace) for row in rows}
    assert accepted[units["ahead"].pk] == (units["ahead"].criteria_count, Pace.AHEAD)
    assert accepted[units["behind"].pk] == (0, Pace.BEHIND)


# --- taken away ------------------------------------------------------------------------------------------------------


def content(response: object) -> bytes:
    answer = cast(StreamingHttpResponse, response)
    return b"".join(answer) if answer.streaming else answer.content


def test_the_list_leaves_as_it_is_filtered_and_that_is_written_down(house: House, units: dict[str, Enrolment]) -> None:
    CandidateRecord.objects.filter(pk=house.candidate.pk).update(legal_name="=Cara Northgate")
    response = signed_in(house.assessor).get("/assessing/caseload/file/csv/?pace=behind")
    lines = list(csv.DictReader(io.StringIO(content(response).decode("utf-8-sig"))))
    assert [(line["Candidate"], line["Unit"], line["Against target"], line["Accepted"]) for line in lines] == [
        ("'=Cara Northgate", "CC16", "Behind target", "0")
    ]
    assert lines[0]["Assessor"] == "Asha Northgate"
    line = AccessLine.objects.get()
    assert (line.user, line.centre, line.subject_kind) == (house.assessor, house.centre, "caseload")


def test_a_centres_list_leaves_as_a_workbook(house: House, units: dict[str, Enrolment]) -> None:
    address = f"/centre/{house.centre.slug}/enrolments/file/xlsx/"
    response = signed_in(house.lead).get(address)
    sheet = zipfile.ZipFile(io.BytesIO(content(response))).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 5
    assert AccessLine.objects.get().subject_kind == "enrolments"


def test_an_assessor_takes_away_nobody_elses_units(house: House, units: dict[str, Enrolment]) -> None:
    response = signed_in(house.other_assessor).get("/assessing/caseload/file/csv/")
    assert len(content(response).decode().strip().splitlines()) == 1
    assert not AccessLine.objects.exists()


# --- time to feedback ------------------------------------------------------------------------------------------------


def read_after(unit: Enrolment, days: int) -> None:
    """An item read so many days after it was handed in: handed in earlier, as far as the record says."""
    version, at = handed_in(unit, "1.1"), timezone.now()
    EvidenceVersion.objects.filter(pk=version.pk).update(submitted_at=at - days * DAY)
    version.refresh_from_db()
    judged(version, unit, at=at)


def test_the_median_is_of_first_readings_and_what_waits_is_apart(house: House) -> None:
    unit = an_enrolment(house)
    for days in (1, 2, 9):
        read_after(unit, days)
    wait(unit, 30)
    time = own_time(house.assessor, timezone.now())
    assert (time.median, time.read, time.waiting, time.words) == (2 * DAY, 3, 1, "2 days")
    assert [(line.name, line.time) for line in feedback_at(house.centre, timezone.now(), 1).lines] == [
        ("Asha Northgate", time)
    ]


def test_what_was_read_before_the_period_is_no_part_of_the_median(house: House) -> None:
    read_after(an_enrolment(house), 1)
    later = timezone.now() + (FEEDBACK_DAYS + 1) * DAY
    assert own_time(house.assessor, later).read == 0


def test_the_rules_are_published_word_by_word(house: House) -> None:
    text = signed_in(house.candidate.user).get("/help/worked-out/").content.decode()
    assert all(sentence.replace("'", "&#x27;") in text for sentence in (*PACE_RULE, *FEEDBACK_RULE))


def test_a_candidate_sees_their_pace(house: House, units: dict[str, Enrolment]) -> None:
    client = signed_in(house.candidate.user)
    home = client.get("/portfolio/").content.decode()
    assert [home.count(str(pace.label)) for pace in Pace] == [1, 1, 1]
    assert "Behind target" in client.get(f"/enrolments/{units['behind'].pk}/").content.decode()


# --- given to somebody else ------------------------------------------------------------------------------------------


def test_units_are_ticked_looked_at_and_given_to_somebody_else(house: House, units: dict[str, Enrolment]) -> None:
    client, address = signed_in(house.administrator), f"/centre/{house.centre.slug}/enrolments/reassign/"
    verified = an_enrolment(house, candidate=house.other_candidate, assessor=house.other_assessor)
    ticked = {"chosen": [units["behind"].pk, verified.pk]}
    to_whom = {**ticked, "part": "assessor", "assessor": house.other_assessor.handle}
    text = client.get(address, to_whom).content.decode()
    assert "1 goes to" in text
    assert "Aled Northgate holds this part already." in text
    assert "Reassign 2 units" in text
    refused = client.post(address, {**to_whom, "reason": ""})
    assert refused.status_code == 409
    answer = client.post(address, {**to_whom, "reason": "Asha is away."}, follow=True)
    text = answer.content.decode()
    assert "The assessor of 1 unit has changed." in text
    assert "stays as it is" in text
    units["behind"].refresh_from_db()
    assert units["behind"].assessor == house.other_assessor


def test_all_that_a_filter_finds_can_be_given_at_once(house: House, units: dict[str, Enrolment]) -> None:
    address = f"/centre/{house.centre.slug}/enrolments/reassign/?all=1&pace=behind"
    assert "Reassign 1 unit<" in signed_in(house.administrator).get(address).content.decode()


def test_no_unit_of_another_centre_is_given_away(house: House, other_house: House) -> None:
    foreign = an_enrolment(other_house)
    address = f"/centre/{house.centre.slug}/enrolments/reassign/"
    asked = {"chosen": foreign.pk, "part": "assessor", "assessor": house.other_assessor.handle, "reason": "No."}
    answer = signed_in(house.administrator).post(address, asked)
    assert "No unit is ticked" in answer.content.decode()
    foreign.refresh_from_db()
    assert foreign.assessor == other_house.assessor


def test_staff_see_who_held_a_unit_and_the_candidate_does_not(house: House) -> None:
    unit = an_enrolment(house)
    enrolment_page = f"/enrolments/{unit.pk}/"
    a_tie(house)
    assert "History of allocations" in signed_in(house.assessor).get(enrolment_page).content.decode()
    text = signed_in(house.administrator).get(enrolment_page).content.decode()
    assert "<strong>Conflict of interest</strong>" in text
    assert "History of allocations" not in signed_in(house.candidate.user).get(enrolment_page).content.decode()
    assert unit.allocations.filter(part=AllocatedAs.ASSESSOR).count() == 1


# --- cohorts ---------------------------------------------------------------------------------------------------------


def test_units_are_put_into_a_cohort_and_lists_are_narrowed_to_it(house: House) -> None:
    unit, other = an_enrolment(house), an_enrolment(house, "ocr-cc16")
    office = signed_in(house.administrator)
    page = f"/centre/{house.centre.slug}/enrolments/"
    assert "Any cohort" not in office.get(page).content.decode()
    assert office.post(f"{page}cohort/", {"chosen": [unit.pk], "cohort": " Autumn  2026 "}).status_code == 302
    assert office.post(f"{page}cohort/", {"chosen": [other.pk], "cohort": "autumn 2026"}).status_code == 302
    assert set(Enrolment.objects.values_list("cohort", flat=True)) == {"Autumn 2026"}
    office.post(f"{page}cohort/", {"chosen": [other.pk], "cohort": ""})
    assert found(house.assessor, cohort="Autumn 2026") == [unit.pk]
    for narrowed, by in ((page, house.administrator), ("/assessing/caseload/", house.assessor)):
        answer = signed_in(by).get(narrowed, {"cohort": "Autumn 2026"}).content.decode()
        assert (f"/enrolments/{unit.pk}/" in answer, f"/enrolments/{other.pk}/" in answer) == (True, False)


def test_a_cohort_that_changes_nothing_says_so_and_keeps_what_was_typed(house: House) -> None:
    unit = an_enrolment(house)
    enrolments.set_cohort(enrolments=[unit], cohort="Blue", by=house.administrator, at=timezone.now())
    office = signed_in(house.administrator)
    answer = office.post(f"/centre/{house.centre.slug}/enrolments/cohort/", {"chosen": [unit.pk], "cohort": "Blue"})
    assert answer.status_code == 409
    assert "in it already" in answer.content.decode()
    assert 'value="Blue"' in answer.content.decode()
    enrolments.set_cohort(enrolments=[unit], cohort="", by=house.administrator, at=timezone.now())
    answer = office.post(f"/centre/{house.centre.slug}/enrolments/cohort/", {"chosen": [unit.pk], "cohort": ""})
    assert "None of the units you chose is in a cohort." in answer.content.decode()
