"""The demonstration behind a running server, loaded once for a module's tests: they only look."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from assessments.demo.centre import DOMAIN
from assessments.documents import ask_recording_form
from assessments.testing import House, a_house
from assessments.tests.browser.visiting import NOBODY, SECOND, Visit, enrolment, person
from assessments.tests.browser.visits import VISITS
from portfolio import actions, harness
from portfolio.enums import Role
from portfolio.models import Centre
from portfolio.tests.browsing import cookie_of, let_in
from units.for_good import forget

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

DAY_OF_THE_PICTURES = datetime.datetime(2026, 11, 30, 11, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Harbour:
    """The demonstration at an address, with the sessions of its people and where each visit leads."""

    url: str
    cookies: dict[str, str]
    addresses: dict[Visit, str]

    def reader(self, visit: Visit, new_context: "Callable[..., BrowserContext]") -> "Page":
        """A page of a browser of its own, wide and light, with the visit's reader signed in."""
        context = new_context(
            viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce", locale="en-GB"
        )
        if visit.who:
            let_in(context, self.cookies[visit.who], self.url)
        return context.new_page()


def move_in() -> None:
    """People the story does not have: one of several roles and centres, and two where nothing has happened yet."""
    now = timezone.now()
    harbour = Centre.objects.get()
    lighthouse = actions.open_centre(name="Lighthouse Training", slug=SECOND, by=None, at=now)
    roles = [Role.ASSESSOR, Role.INTERNAL_VERIFIER, Role.ADMINISTRATOR]
    for centre in (harbour, lighthouse):
        actions.invite_staff(centre=centre, email=f"nia@{DOMAIN}", name="Nia Rhys", roles=roles, by=None, at=now)
    for centre, name in (
        (harbour, "Nia Rhys"),
        (lighthouse, "Nia Rhys"),
        (lighthouse, "Owen Price"),
        (lighthouse, "Mair Evans"),
    ):
        email = f"{name.split()[0].lower()}@{DOMAIN}"
        actions.invite_candidate(centre=centre, email=email, legal_name=name, by=None, at=now)
    ask_recording_form(enrolment=enrolment("tom", "ocr-cc32"), by=person("tom"), at=now)


@pytest.fixture(scope="module")
def harbour(vault_of_the_module: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Harbour]:
    """Told by the real command, and emptied again when the module is through."""
    forget()
    with django_db_blocker.unblock():
        call_command("load_standard", verbosity=0)
        call_command("demo", verbosity=0)
        move_in()
        server = LiveServer("localhost")
        yield Harbour(
            server.url,
            {who: cookie_of(person(who)) for who in {visit.who for visit in VISITS} - {NOBODY}},
            {visit: reverse(visit.name, args=visit.where()) + visit.query for visit in VISITS},
        )
        server.stop()
        with harness.walls_down():
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def clock_at_rest() -> Iterator[None]:
    """It is the day of the pictures, and stays it: the demonstration then says the same whenever it is told."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: DAY_OF_THE_PICTURES)
        yield


@pytest.fixture
def house_now(db: None) -> House:
    """A house of this test's own, where the browser's server sees it."""
    return a_house()


@pytest.fixture
def looking(harbour: Harbour, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """At the demonstration, without a transaction: a page that says who looked adds its access line.

    Modules that look give this under the name `db`, by which pytest-django knows that a database is to be made.
    """
    with django_db_blocker.unblock():
        yield
