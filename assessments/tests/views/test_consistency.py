"""Rules are set by the page of their scope; everybody reads what falls short, who asked for it, and what there is."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions.consistency import For
from assessments.enums import Effect
from assessments.models import ConsistencyRule, Enrolment
from assessments.testing import House, an_enrolment, declared, handed_in, judged
from assessments.tests.plans import ask_for
from assessments.tests.views.visitors import signed_in
from portfolio.models import User

pytestmark = pytest.mark.django_db
SENT = {"times": "2", "dates": "2", "kinds": "", "effect": "block", "reason": "Two calls."}


def read(user: User, unit: Enrolment, view: str = "criteria") -> str:
    answer = signed_in(user).get(reverse("assessments:enrolment", args=[unit.pk]), {"view": view})
    return str(answer.content.decode())


def criterion(unit: Enrolment, number: str) -> int:
    return unit.unit.criteria.get(number=number).pk


def test_every_role_reads_which_rule_is_not_reached_who_set_it_and_what_there_is(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    ask_for(house, For(criterion=unit.unit.criteria.get(number="1.1")), Effect.WARN, times=2, dates=2)
    today = f"{timezone.localdate():%-d %B %Y}"
    for user in (house.candidate.user, house.assessor, house.verifier, house.lead, house.administrator):
        page = read(user, unit)
        assert "<strong>Warning:</strong> asked for CC26 1.1: 2 times, on 2 dates." in page
        assert f"Set by Lena Northgate on {today}: Two calls at least." in page
        link = f'?view=criteria#criterion-{criterion(unit, "1.1")}">1.1: 1 of 2 times, on 1 of 2 dates</a>'
        assert link in page
        assert "shown 1 of 2 times, on 1 of 2 dates</span>" in page


def test_what_blocks_stands_in_the_panel_of_what_is_missing_and_greys_the_button(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit), unit)
    ask_for(house, For(unit=unit.unit), kinds=2)
    page = read(house.candidate.user, unit)
    assert "1.1 is shown by 1 of 2 kinds of evidence. Asked for CC26 by Lena Northgate" in page
    asked = signed_in(house.candidate.user).get(reverse("assessments:declare", args=[unit.pk]))
    assert "Why this cannot be done now" in asked.content.decode()


def test_a_warning_stands_on_the_page_where_the_unit_is_signed_off(house: House) -> None:
    unit = declared(an_enrolment(house))
    ask_for(house, For(unit=unit.unit), Effect.WARN, times=2)
    page = signed_in(house.assessor).get(reverse("assessments:sign_off", args=[unit.pk])).content.decode()
    assert "<strong>Warning:</strong> asked for CC26: 2 times" in page
    assert "Sign off" in page


def test_to_ask_for_once_says_that_nothing_more_is_asked(house: House) -> None:
    unit = an_enrolment(house)
    ask_for(house, For(unit=unit.unit), times=1)
    assert "Not shown as often as asked" not in read(house.candidate.user, unit)


def test_a_rule_is_set_from_the_page_of_a_body_a_unit_and_a_criterion(house: House) -> None:
    browser, slug = signed_in(house.lead), house.centre.slug
    unit = an_enrolment(house)
    of_unit = reverse("assessments:set_unit_consistency", args=[slug, "ocr-cc26", 1])
    for address in (
        reverse("assessments:set_body_consistency", args=[slug, "ocr"]),
        of_unit,
        f"{of_unit}?criterion={criterion(unit, '1.1')}",
        reverse("assessments:set_candidate_consistency", args=[unit.pk]),
    ):
        assert browser.post(address, SENT).status_code == 302, address
    assert [rule.awarding_body_id is not None for rule in ConsistencyRule.objects.order_by("pk")] == [True] + [
        False
    ] * 3
    grid = browser.get(reverse("assessments:candidate_consistency", args=[unit.pk])).content.decode()
    assert f"{unit.candidate} in CC26" in grid
    lists = browser.get(reverse("assessments:centre_consistency", args=[slug])).content.decode()
    assert "all units of OCR" in lists


def test_what_cannot_be_set_comes_back_with_the_words_typed(house: House) -> None:
    unit = an_enrolment(house)
    ask_for(house, For(unit=unit.unit), times=3)
    address = reverse("assessments:set_candidate_consistency", args=[unit.pk])
    answer = signed_in(house.assessor).post(address, SENT)
    assert answer.status_code == 409
    assert "for the lead verifier" in answer.content.decode()
    assert "Two calls." in answer.content.decode()
    nothing = signed_in(house.assessor).post(address, {**SENT, "times": "", "dates": ""})
    assert "Say how many times" in nothing.content.decode()


def test_a_criterion_of_another_unit_has_no_page(house: House) -> None:
    foreign = criterion(an_enrolment(house, "ocr-d20"), "1.1")
    address = reverse("assessments:set_unit_consistency", args=[house.centre.slug, "ocr-cc26", 1])
    for named in (foreign, "x"):
        assert signed_in(house.lead).get(address, {"criterion": named}).status_code == 404


def test_a_rule_is_ended_with_a_reason_and_stays_on_the_list(house: House) -> None:
    unit = an_enrolment(house)
    rule = ask_for(house, For(unit=unit.unit), times=2)
    browser = signed_in(house.administrator)
    ended = browser.post(reverse("assessments:end_consistency", args=[rule.pk]), {"reason": "Too much."}, follow=True)
    assert "Too much." in ended.content.decode()
    assert "Ended" in ended.content.decode()
