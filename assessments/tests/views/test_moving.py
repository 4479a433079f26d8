"""The office says what became of each criterion of a new version, and moves candidates over."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions.moving import STANDS
from assessments.actions.registration import register
from assessments.models import Enrolment, VersionMap, VersionMove
from assessments.queries.overview import progress_page
from assessments.testing import House, handed_in, judged, signed_off
from assessments.tests.versions import a_map, moved_on, on_the_first, two_versions
from assessments.tests.views.visitors import queries_of, signed_in
from portfolio.testing import a_candidate
from units.actions import Particulars, WrittenGroup, arrange, publish_qualification, write_qualification
from units.enums import GroupKind

pytestmark = pytest.mark.django_db


def address(house: House, name: str) -> str:
    earlier, later = two_versions(house)
    return reverse(
        f"assessments:{name}", args=[house.centre.slug, earlier.key, earlier.version, later.key, later.version]
    )


def test_what_is_proposed_is_shown_side_by_side_corrected_and_recorded(house: House) -> None:
    browser, page = signed_in(house.administrator), address(house, "version_map")
    on_the_first(house)
    home = browser.get(reverse("assessments:new_versions", args=[house.centre.slug])).content.decode()
    assert "1 on version 1 collects evidence." in home
    assert page in home
    shown = browser.get(page)
    form, later = shown.context["form"], two_versions(house)[1]
    fields = {field.name: field.value() for _, field in form.rows()}
    assert list(fields.values()) == ["1.1", "1.10", "", "2.1"]
    assert "<ins>" in shown.content.decode()
    refused = browser.post(page, fields | {f"from-{later.criteria.get(number='2.1').pk}": "2.1, 9.9"})
    assert refused.status_code == 409
    assert "The earlier version has no criterion 9.9." in refused.content.decode()
    assert "2.1, 9.9" in refused.content.decode()
    done = browser.post(page, fields | {f"from-{later.criteria.get(number='2.1').pk}": "2.1; 1.10"})
    assert done.status_code == 302
    assert done["Location"] == address(house, "move_on")
    pairs = VersionMap.objects.get().pairs.values_list("later__number", "earlier__number")
    assert list(pairs) == [("1.1", "1.1"), ("1.10", "1.10"), ("2.1", "1.10"), ("2.1", "2.1"), ("2.2", "2.1")]


def test_who_goes_and_who_stays_is_shown_before_and_those_ticked_go(house: House) -> None:
    browser, page = signed_in(house.administrator), address(house, "move_on")
    one, other = on_the_first(house), on_the_first(house, candidate=house.other_candidate)
    assert "Record it first" in browser.get(page).content.decode()
    a_map(house)
    judged(handed_in(one), one)
    late = on_the_first(house, candidate=a_candidate(house.centre, "Lara Late", number="10000003"))
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Enrolment.objects.filter(pk=late.pk).update(started_on=yesterday, target_on=yesterday)
    shown = browser.get(page)
    assert {(row.enrolment, ticked, row.items, row.met) for row, ticked in shown.context["going"]} == {
        (one, True, 1, 3), (other, True, 0, 0), (late, False, 0, 0),
    }  # fmt: skip
    assert "The target date has passed: give a new one." in shown.content.decode()
    unsaid = browser.post(page, {"chosen": [one.pk], "reason": ""})
    assert unsaid.status_code == 409
    assert [ticked for row, ticked in unsaid.context["going"] if row.enrolment == other] == [False]
    assert browser.post(page, {"chosen": [one.pk], "reason": "Withdrawn."}).status_code == 302
    (move,) = VersionMove.objects.all()
    assert (move.earlier, move.reason) == (one, "Withdrawn.")
    assert STANDS in browser.get(address(house, "version_map")).content.decode()


def test_both_enrolments_say_where_it_went_and_where_it_came_from(house: House) -> None:
    a_map(house)
    unit = on_the_first(house)
    office = signed_in(house.administrator).get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    assert f"{address(house, 'move_on')}?chosen={unit.pk}" in office
    (new,) = moved_on(house, unit).done
    browser = signed_in(house.candidate.user)
    old_page = browser.get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    assert "Moved to a new version" in old_page
    assert reverse("assessments:enrolment", args=[new.pk]) in old_page
    assert (
        reverse("assessments:enrolment", args=[unit.pk])
        in browser.get(reverse("assessments:enrolment", args=[new.pk])).content.decode()
    )


def test_the_assessor_reads_the_earlier_decision_beside_the_criterion(house: House) -> None:
    a_map(house)
    unit = on_the_first(house)
    version = judged(handed_in(unit), unit)
    moved_on(house, unit)
    page = signed_in(house.assessor).get(reverse("assessments:judge", args=[version.pk])).content.decode()
    assert page.count("What was decided under the earlier version") == 3
    assert "It said: Answer within the time the organisation sets" in page


def test_pages_ask_as_often_of_many_candidates_as_of_one(house: House) -> None:
    a_map(house)
    pages = [
        reverse("assessments:new_versions", args=[house.centre.slug]),
        address(house, "version_map"),
        address(house, "move_on"),
    ]
    browser = signed_in(house.administrator)
    judged(handed_in(unit := on_the_first(house)), unit)
    few = [queries_of(browser, page) for page in pages]
    for place in range(3):
        candidate = a_candidate(house.centre, f"Cato {place}", number=f"2000000{place}")
        judged(handed_in(unit := on_the_first(house, candidate=candidate)), unit)
    signed_off(on_the_first(house, candidate=house.other_candidate))
    assert [queries_of(browser, page) for page in pages] == few
    assert max(few) <= 15


def test_an_award_that_does_not_list_the_later_version_is_named_before(house: House) -> None:
    a_map(house)
    earlier, _ = two_versions(house)
    on_the_first(house)
    by, now = house.administrator, timezone.now()
    award = write_qualification(
        centre=house.centre,
        awarding_body=earlier.awarding_body,
        particulars=Particulars("Award in answering"),
        by=by,
        at=now,
    )
    arrange(
        qualification=award,
        groups=[WrittenGroup("Core", GroupKind.MANDATORY, [earlier.pk])],
        barred=[],
        by=by,
        at=now,
    )
    publish_qualification(qualification=award, by=by, at=now)
    register(candidate=house.candidate, qualification=award, number="R-1", registered_on=now.date(), by=by, at=now)
    page = signed_in(by).get(address(house, "move_on")).content.decode()
    assert "registered for Award in answering, which lists version 1 and not version 2" in page


def test_who_moved_is_found_apart_from_who_left(house: House) -> None:
    a_map(house)
    unit = on_the_first(house)
    moved_on(house, unit)
    browser, found = signed_in(house.administrator), reverse("assessments:centre_enrolments", args=[house.centre.slug])
    assert [row.enrolment for row in browser.get(f"{found}?status=moved").context["rows"]] == [unit]
    assert not browser.get(f"{found}?status=withdrawn").context["rows"]
    total = progress_page(house.centre, "unit", timezone.localdate()).total.tally
    assert (total.units, total.withdrawn) == (1, 0)
