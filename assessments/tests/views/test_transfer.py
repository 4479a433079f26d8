"""The office closes what a candidate leaves behind, and records what they bring."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import verification
from assessments.models import AchievedElsewhere, TransferOut
from assessments.testing import House, a_unit, an_enrolment, signed_off
from assessments.tests.leaving import DAY, achieved_there, comes, leaves
from assessments.tests.views.visitors import queries_of, signed_in

pytestmark = pytest.mark.django_db


def page_of(house: House, name: str = "transfers") -> str:
    return reverse(f"assessments:{name}", args=[house.centre.slug, house.candidate.user.handle])


def test_what_ends_and_what_stands_in_the_way_is_shown_before(house: House) -> None:
    browser, page, today = signed_in(house.administrator), page_of(house, "transfer_out"), timezone.localdate()
    assert "has no unit in progress" in browser.get(page).content.decode()
    unit = signed_off(an_enrolment(house))
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    shown = browser.get(page).content.decode()
    assert "A sample of this unit is still open." in shown
    assert "Claimed before they leave, it is theirs" in shown
    assert "Close their units here" not in shown
    verification.drop_sample(sample=sample, reason="Leaves.", by=house.verifier, at=timezone.now())
    sent = {"to_centre": "Southgate College", "left_on": today + DAY, "known_on": today, "reason": "New job."}
    refused = browser.post(page, sent)
    assert refused.status_code == 409
    assert "The day they left cannot be after today." in refused.content.decode()
    assert "Southgate College" in refused.content.decode()
    assert browser.post(page, sent | {"left_on": today}).status_code == 302
    assert TransferOut.objects.get().to_centre == "Southgate College"
    done = browser.get(page_of(house)).content.decode()
    assert "stood at “Signed off”" in done
    assert page_of(house, "archive_candidate") in done


def test_the_candidate_reads_where_their_unit_went(house: House) -> None:
    unit = an_enrolment(house)
    leaves(house)
    page = signed_in(house.candidate.user).get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    assert "as you moved to Southgate College" in page
    assert "Transferred to another centre" in page


def test_what_they_bring_is_recorded_and_taken_back(house: House) -> None:
    browser, today = signed_in(house.administrator), timezone.localdate()
    sent = {"from_centre": "Eastgate Training", "joined_on": today, "note": ""}
    assert browser.post(page_of(house, "transfer_in"), sent).status_code == 302
    page = reverse("assessments:record_achieved", args=[house.centre.transfers_in.get().pk])
    unseen = browser.post(page, {"unit": a_unit().pk, "achieved_on": today, "seen": ""})
    assert unseen.status_code == 409
    assert (
        browser.post(page, {"unit": a_unit().pk, "achieved_on": today, "seen": "The certificate."}).status_code == 302
    )
    found = AchievedElsewhere.objects.get()
    assert (found.unit, found.title) == (a_unit(), str(a_unit()))
    take_back = reverse("assessments:take_back_achieved", args=[found.pk])
    assert take_back in browser.get(page_of(house)).content.decode()
    assert browser.post(take_back).status_code == 302
    assert "Taken back" in browser.get(page_of(house)).content.decode()
    lead = signed_in(house.lead).get(page_of(house)).content.decode()
    assert "Eastgate Training" in lead
    assert page not in lead


def test_the_page_asks_as_often_of_many_as_of_one(house: House) -> None:
    an_enrolment(house)
    leaves(house, left=1)
    came = comes(house)
    achieved_there(came, house.administrator)
    browser = signed_in(house.administrator)
    pages = [page_of(house), reverse("assessments:record_achieved", args=[came.pk])]
    few = [queries_of(browser, page) for page in pages]
    for key in ("ocr-cc26", "ocr-d20", "ocr-cc32"):
        an_enrolment(house, key)
        leaves(house)
        achieved_there(comes(house), house.administrator)
    assert [queries_of(browser, page) for page in pages] == few
    assert max(few) <= 15
