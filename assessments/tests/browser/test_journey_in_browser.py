"""The main job, from an empty centre to the signed forms: six people in browsers of their own, by clicks and typing."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import pytest_django
from django.core.management import call_command
from django.utils import timezone

from assessments.demo import files
from assessments.enums import CheckedFor
from assessments.tests.browser.people import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNIT = "CC26"
FIRST, REST = "1.1 1.2 1.3", "2.1 2.2 2.3 3.1 3.2 3.3 4.1 4.2 4.3 4.4"
TODAY = timezone.localdate()


@dataclass(frozen=True)
class Cast:
    """Everybody who has a part."""

    alma: Visitor
    cara: Visitor
    tom: Visitor
    dora: Visitor
    vera: Visitor

    @property
    def everybody(self) -> list[Visitor]:
        return [self.alma, self.cara, self.tom, self.dora, self.vera]


@pytest.fixture
def cast(
    live_server: Any, settings: pytest_django.Settings, new_context: "Callable[..., BrowserContext]"
) -> Iterator[Cast]:
    """An installation on its first day: the standard, and one centre with its first administrator."""
    settings.SITE_URL = live_server.url
    people = Cast(
        alma=Visitor("Alma Reyes", new_context),
        cara=Visitor("Cara Ó Briain", new_context),
        tom=Visitor("Tom Żak", new_context),
        dora=Visitor("Dora Lang", new_context),
        vera=Visitor("Vera Pryce", new_context),
    )
    call_command("load_standard", verbosity=0)
    said = io.StringIO()
    call_command(
        "open_centre",
        "Northgate",
        slug="northgate",
        administrator=people.alma.email,
        name=people.alma.name,
        stdout=said,
    )
    people.alma.takes_up_the_invitation(said.getvalue())
    yield people
    assert [said for person in people.everybody for said in person.complaints] == []


def test_a_candidate_is_taken_from_an_empty_portfolio_to_the_signed_forms(cast: Cast) -> None:
    the_office_brings_everybody_together(cast)
    the_candidate_hands_evidence_in(cast)
    the_assessor_reads_it(cast)
    the_candidate_replaces_what_was_not_enough(cast)
    the_assessor_finds_everything_met(cast)
    the_unit_is_declared_signed_off_and_countersigned(cast)
    the_verifier_samples_and_asks_for_something(cast)
    the_assessor_answers_and_the_verifier_verifies(cast)
    the_office_signs_and_keeps_the_forms(cast)


# --- the office ------------------------------------------------------------------------------------------------------


def the_office_brings_everybody_together(cast: Cast) -> None:
    alma = cast.alma
    for person, role in ((cast.tom, "Assessor"), (cast.dora, "Assessor"), (cast.vera, "Internal verifier")):
        alma.goes_to("People")
        alma.follows("Add staff")
        alma.types("Name", person.name)
        alma.types("E-mail address", person.email)
        alma.ticks(role)
        alma.presses("Add and send the invitation")
        alma.reads(f"{person.name} has been invited")
        person.takes_up_the_invitation(person.letter())
    alma.follows(cast.dora.name)
    alma.follows("Add a qualification")
    alma.page.get_by_label("Qualification").select_option(index=1)
    alma.types("Achieved on", "2020-01-31")
    alma.presses("Add")
    alma.reads("The qualification has been recorded")
    the_office_enrols_the_candidate(cast)


def the_office_enrols_the_candidate(cast: Cast) -> None:
    alma, cara = cast.alma, cast.cara
    alma.goes_to("People")
    alma.follows("Add a candidate")
    alma.types("E-mail address", cara.email)
    alma.types("Full name as on legal identification", cara.name)
    alma.presses("Add and send the invitation")
    alma.goes_to("Enrolments")
    alma.follows("Approvals")
    alma.follows("Record the approval by OCR")
    alma.types("Centre number", "10481")
    alma.presses("Record the approval")
    alma.goes_to("Enrolments")
    alma.follows("Enrol a candidate")
    alma.chooses("Candidate", cara.name)
    alma.chooses("Assessor", f"{cast.tom.name} (needs a countersigner)")
    alma.chooses("Countersigner", cast.dora.name)
    alma.chooses("Internal verifier", cast.vera.name)
    unit = alma.page.get_by_label("Unit").locator("option", has_text=UNIT)
    alma.page.get_by_label("Unit").select_option(unit.get_attribute("value"))
    alma.presses("Enrol the candidate")
    alma.reads("Collecting evidence")


# --- evidence and its reading ----------------------------------------------------------------------------------------


def the_candidate_hands_evidence_in(cast: Cast) -> None:
    cara = cast.cara
    cara.takes_up_the_invitation(cara.letter())
    cara.reads("My units")
    report = ("Induction plan.pdf", "application/pdf", files.pdf("Induction plan", "Five weeks, with a coach."))
    board = ("Whiteboard.jpg", "image/jpeg", files.photograph("Who does what"))
    adds_evidence(cara, "Induction of three advisers", FIRST, report, board)
    notes = ("Notes.txt", "text/plain", b"What I said, and what came of it.")
    adds_evidence(cara, "A quarter of coaching", REST, notes)


def adds_evidence(cara: Visitor, title: str, numbers: str, *added: tuple[str, str, bytes]) -> None:
    cara.goes_to("Add evidence")
    cara.adds_files(*added)
    cara.types("Title", title)
    cara.types("What I did", "I planned it with the team and carried it out.")
    cara.types("Date of the activity", TODAY.isoformat())
    for number in numbers.split():
        cara.ticks(number)
    cara.presses("Save and hand in")
    hands_in(cara)


def hands_in(cara: Visitor) -> None:
    cara.ticks("I declare this")
    cara.presses("Hand in")
    cara.reads("is handed in")


def the_assessor_reads_it(cast: Cast) -> None:
    """The first item by keys: one criterion only contributes. From there on to the second, without a list between."""
    tom = cast.tom
    tom.goes_home()
    tom.follows("Evidence 1: Induction of three advisers")
    tom.page.get_by_alt_text("Whiteboard.jpg").wait_for()
    tom.page.get_by_alt_text("Page 1 of Induction plan.pdf").wait_for()
    judges(tom, "112")
    tom.types("Feedback on 1.3", "Show how you checked that they had understood.")
    saves_the_reading(tom)
    tom.reads("Evidence 2: A quarter of coaching")
    tom.reads("What I said, and what came of it.")
    judges(tom, "1" * len(REST.split()))
    saves_the_reading(tom)
    tom.reads("Nothing waits to be assessed")


def judges(tom: Visitor, keys: str) -> None:
    """Key by key down the list of criteria; what is not met wants a word, which is left for later."""
    tom.page.wait_for_selector("[data-at-hand]")
    for key in keys:
        tom.page.keyboard.press(key)
        if key != "1":
            tom.page.keyboard.press("Escape")


def saves_the_reading(tom: Visitor) -> None:
    for rule in ("Valid", "Authentic", "Current", "Sufficient"):
        tom.ticks(rule)
    tom.presses("Save assessment")
    tom.reads("Your assessment of Evidence")


def the_candidate_replaces_what_was_not_enough(cast: Cast) -> None:
    cara = cast.cara
    cara.goes_home()
    cara.reads("Show how you checked that they had understood.")
    cara.follows("Evidence 1: Induction of three advisers")
    cara.presses("Replace with a new version")
    cara.adds_files(("Quiz.txt", "text/plain", b"Ten questions, and how they were answered."))
    cara.presses("Save and hand in")
    hands_in(cara)


def the_assessor_finds_everything_met(cast: Cast) -> None:
    tom = cast.tom
    tom.goes_home()
    tom.follows("Evidence 1: Induction of three advisers")
    judges(tom, "111")
    saves_the_reading(tom)


# --- signatures ------------------------------------------------------------------------------------------------------


def the_unit_is_declared_signed_off_and_countersigned(cast: Cast) -> None:
    cara, tom, dora = cast.cara, cast.tom, cast.dora
    cara.goes_home()
    cara.follows(UNIT)  # the first thing that waits for her is to declare it
    cara.signs("Sign and declare complete")
    cara.reads("You have declared the unit complete")
    tom.goes_home()
    tom.follows(f"Sign off {cara.name}, {UNIT}")
    tom.types("Comments", "Three inductions, each better than the one before.")
    tom.signs("Sign off")
    tom.reads("Awaiting countersignature")
    dora.goes_home()
    dora.follows(f"Countersign {cara.name}, {UNIT}")
    dora.signs("Countersign")
    dora.reads("You have countersigned the unit")


# --- verification ----------------------------------------------------------------------------------------------------


def the_verifier_samples_and_asks_for_something(cast: Cast) -> None:
    vera = cast.vera
    vera.goes_home()
    vera.follows("Sample")
    vera.types("Why", "The first unit of a new assessor.")
    vera.presses("Choose for sampling")
    for number in ("1.3", "4.4"):
        vera.ticks(number)
    for check in CheckedFor.labels:
        vera.answers(check, "Yes")
    vera.types("Feedback to the assessor", "Well judged. Name the place in the file.")
    vera.types("What the assessor is to do", "Say where in the quiz 1.3 shows.")
    vera.types("By when", TODAY.isoformat())
    vera.presses("Agree")
    vera.reads("The sample is closed")


def the_assessor_answers_and_the_verifier_verifies(cast: Cast) -> None:
    tom, vera = cast.tom, cast.vera
    tom.goes_home()
    tom.follows("Answer")
    tom.types("What you have done", "Questions 4 to 6; said so in my notes.")
    tom.presses("Answer")
    tom.reads("Your answer is on record")
    vera.goes_home()
    vera.reads("Say where in the quiz 1.3 shows.")
    vera.follows("Read the answer")
    vera.presses("Close the action")
    vera.reads("The action is closed")
    vera.follows(UNIT)
    vera.follows("Verify the unit")
    vera.signs("Sign and verify")
    vera.reads("You have verified the unit")


# --- the forms -------------------------------------------------------------------------------------------------------


def the_office_signs_and_keeps_the_forms(cast: Cast) -> None:
    alma, cara = cast.alma, cast.cara
    alma.goes_to("Forms")
    alma.follows("Sign for")
    alma.signs("Sign for the centre")
    alma.page.get_by_role("button", name="Form (PDF)").click()
    authentication = alma.keeps("Download")
    for words in ("Northgate", "10481", UNIT, cara.name, cast.tom.name, alma.name):
        assert words in authentication
    cara.goes_home()
    cara.follows(UNIT)
    cara.presses("Recording form (PDF)")
    record = cara.keeps("Download")
    signers = [person.name for person in (cara, cast.tom, cast.dora, cast.vera)]
    for words in (*signers, "Induction of three advisers", "1.3", "Three inductions, each better than the one before."):
        assert words in record
