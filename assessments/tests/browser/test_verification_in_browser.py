"""A period of internal verification, from its strategy to the external verifier's last word, in everybody's browser."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from assessments.enums import CheckedFor, SampleOutcome
from assessments.models import CentreAction, Sample, SamplingPlan
from assessments.testing import House, a_house, an_enrolment, signed_off
from assessments.tests.browser.people import Visitor
from portfolio.models import AccessLine, User
from portfolio.tests.browsing import cookie_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS: Path = settings.BASE_DIR / "test-results" / "a-period"
TODAY = timezone.localdate()
SOON = (TODAY + datetime.timedelta(days=14)).isoformat()


class Walk:
    """Visitors of a house, signed in, and the pictures taken on their way."""

    def __init__(self, url: str, new_context: "Callable[..., BrowserContext]") -> None:
        self.url, self.new_context, self.taken = url, new_context, 0

    def visitor(self, user: User, name: str) -> Visitor:
        found = Visitor(name, self.new_context)
        let_in(found.page.context, cookie_of(user), self.url)
        found.page.goto(self.url)
        return found

    def pictured(self, visitor: Visitor, name: str) -> None:
        """The page as it is, kept to be looked at; axe finds nothing on it."""
        self.taken += 1
        visitor.page.screenshot(path=SHOTS / f"{self.taken:02}-{name}.png", full_page=True)
        assert violations(visitor.page) == [], name

    def opens(self, visitor: Visitor, page: str, *args: Any) -> None:
        visitor.page.goto(self.url + reverse(f"assessments:{page}", args=args))


def test_a_period_from_its_strategy_to_the_external_verifiers_last_word(
    live_server: Any, new_context: "Callable[..., BrowserContext]"
) -> None:
    house = a_house()
    for candidate in (house.candidate, house.other_candidate):
        signed_off(an_enrolment(house, candidate=candidate))
    walk = Walk(live_server.url, new_context)
    lena, vera = walk.visitor(house.lead, "Lena"), walk.visitor(house.verifier, "Vera")
    asha, alma = walk.visitor(house.assessor, "Asha"), walk.visitor(house.administrator, "Alma")
    the_lead_sets_the_strategy_and_adopts_a_plan(walk, house, lena)
    the_verifier_samples_and_the_assessor_answers(walk, vera, asha)
    the_office_lets_the_external_verifier_in(walk, house, alma)
    account = User.objects.get(email="eve@body.example")
    eve = walk.visitor(account, "Eve")
    the_external_verifier_looks_chooses_and_asks(walk, eve)
    the_centre_answers_and_the_external_verifier_closes(walk, lena, eve)
    looked_at = set(AccessLine.objects.filter(user=account).values_list("subject_kind", flat=True))
    assert {"enrolment"} <= looked_at
    for visitor in (lena, vera, asha, alma, eve):
        assert visitor.complaints == []


def the_lead_sets_the_strategy_and_adopts_a_plan(walk: Walk, house: House, lena: Visitor) -> None:
    walk.opens(lena, "centre_strategy", house.centre.slug)
    lena.follows("Set the strategy for OCR")
    lena.types("Why these rules", "Two new assessors began this year.")
    lena.presses("Put it in force")
    lena.reads("Version 1, in force since")
    walk.pictured(lena, "strategy")
    lena.follows("Draw a plan for OCR")
    lena.presses("Draw")
    lena.reads("To be sampled")
    walk.pictured(lena, "plan")
    lena.presses("Adopt this plan")
    lena.reads("Adopted")
    plan = SamplingPlan.objects.get()
    assert plan.adopted_at
    walk.opens(lena, "grid", plan.pk)
    lena.reads("0 of")
    walk.pictured(lena, "grid")


def the_verifier_samples_and_the_assessor_answers(walk: Walk, vera: Visitor, asha: Visitor) -> None:
    vera.goes_home()
    walk.pictured(vera, "what-waits")
    vera.follows("Sample")
    vera.types("Why", "Planned for this quarter.")
    vera.presses("Choose for sampling")
    vera.ticks("1.1")
    for check in CheckedFor.labels:
        vera.answers(check, "Yes")
    vera.types("Feedback to the assessor", "Well judged.")
    vera.types("What the assessor is to do", "Name the call in the feedback on 1.1.")
    vera.types("By when", SOON)
    walk.pictured(vera, "sample")
    vera.presses("Agree")
    vera.reads("The sample is closed")
    assert Sample.objects.get().outcome == SampleOutcome.AGREED_WITH_ACTION
    asha.goes_home()
    asha.follows("Answer")
    asha.types("What you have done", "It says so now.")
    asha.presses("Answer")
    asha.reads("Your answer is on record")
    vera.goes_home()
    vera.follows("Read the answer")
    vera.presses("Close the action")
    vera.reads("The action is closed")


def the_office_lets_the_external_verifier_in(walk: Walk, house: House, alma: Visitor) -> None:
    walk.opens(alma, "give_access", house.centre.slug)
    alma.types("Name", "Eve External")
    alma.types("E-mail address", "eve@body.example")
    alma.chooses("Sent by", "OCR")
    alma.types("First day", TODAY.isoformat())
    alma.types("Last day", SOON)
    alma.types("Visit or reference", "Winter visit")
    alma.presses("Give access")
    alma.reads("Eve External")
    walk.pictured(alma, "access")


def the_external_verifier_looks_chooses_and_asks(walk: Walk, eve: Visitor) -> None:
    walk.pictured(eve, "visit")
    eve.follows("Sampling grid")
    walk.pictured(eve, "grid-from-outside")
    eve.goes_to("Work to look at")
    eve.reads("Every candidate’s unit in your remit.")
    walk.pictured(eve, "work-to-look-at")
    eve.page.get_by_role("row", name="Colin Northgate").get_by_role("link").click()
    eve.reads("Your look at this unit")
    walk.pictured(eve, "unit-from-outside")
    eve.follows("Authorise its claim")
    walk.pictured(eve, "authorise-its-claim")
    eve.presses("Authorise it")
    eve.reads("Claim authorised")
    eve.follows("Take it back")
    walk.pictured(eve, "take-it-back")
    eve.follows("Not now")
    eve.follows("Choose this unit")
    eve.types("Why", "Not in the centre's sample.")
    eve.presses("Choose it")
    eve.reads("In your selection")
    eve.presses("I have looked at it")
    eve.reads("Looked at on")
    eve.goes_to("Strategy")
    eve.follows("Agree this strategy for OCR")
    walk.pictured(eve, "agree-the-strategy")
    eve.presses("Agree it")
    eve.reads("Agreed by Eve External on their visit")
    walk.pictured(eve, "strategy-agreed")
    eve.goes_home()
    eve.follows("Give the centre an action")
    eve.chooses("Who", "Lena Northgate")
    eve.types("What is to be done", "Standardise 1.1 among all assessors.")
    eve.types("By when", SOON)
    eve.presses("Give the action")
    eve.reads("Standardise 1.1 among all assessors.")


def the_centre_answers_and_the_external_verifier_closes(walk: Walk, lena: Visitor, eve: Visitor) -> None:
    walk.opens(lena, "centre_action", CentreAction.objects.get().pk)
    lena.types("What you have done", "A meeting was held.")
    lena.presses("Answer")
    lena.reads("A meeting was held.")
    eve.goes_home()
    eve.follows("Standardise 1.1 among all assessors.")
    eve.presses("Close the action")
    eve.reads("Closed")
    assert CentreAction.objects.get().closed_at
    eve.goes_home()
    walk.pictured(eve, "visit-at-its-end")
