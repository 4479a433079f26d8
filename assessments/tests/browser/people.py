"""People for browser tests: each with a browser of their own, in which they only click, type and read."""

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pypdfium2
from django.core import mail

from portfolio.tests.browsing import complaints_of, settled

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FilePayload, Locator

PASSWORD = "seven quiet lighthouse keepers"
LINK = re.compile(r"http\S+")


class Visitor:
    """Somebody at a browser. Whatever they look for must be there within a few seconds."""

    def __init__(self, name: str, new_context: "Callable[..., BrowserContext]") -> None:
        self.name = name
        self.email = f"{name.split()[0].lower()}@northgate.example"
        self.page = new_context(locale="en-GB", timezone_id="Europe/London").new_page()
        self.page.set_default_timeout(10_000)
        self.complaints = complaints_of(self.page)

    def letter(self) -> str:
        """The latest that was sent to them."""
        return next(str(letter.body) for letter in reversed(mail.outbox) if letter.to == [self.email])

    def takes_up_the_invitation(self, letter: str) -> None:
        """By the link in it, with a password of their own."""
        link = LINK.search(letter)
        assert link, letter
        self.page.goto(link[0])
        self.types("Password", PASSWORD)
        self.types("The same password again", PASSWORD)
        self.presses("Choose this password and sign in")
        self.reads("You are signed in")

    def goes_home(self) -> None:
        self.page.get_by_role("link", name="NVQ Portfolio").click()

    def goes_to(self, page: str) -> None:
        """By the navigation at the top of every page."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=page).click()

    def follows(self, link: str) -> None:
        """The first link they find with these words in it."""
        self.page.get_by_role("link", name=link).first.click()

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        settled(self.page)

    def types(self, field: str, words: str) -> None:
        self.page.get_by_label(re.compile(rf"^\s*{re.escape(field)}\W*$")).fill(words)

    def chooses(self, field: str, option: str) -> None:
        self.page.get_by_label(re.compile(rf"^\s*{re.escape(field)}\W*$")).select_option(label=option)

    def ticks(self, box: str) -> None:
        """The box whose label begins with these words."""
        self.page.get_by_role("checkbox", name=re.compile(rf"^{re.escape(box)}(?!\.?\w)")).check()

    def answers(self, question: str, answer: str) -> None:
        """One of a few, by its word: the box itself is out of sight."""
        self.page.get_by_role("group", name=question).get_by_text(answer, exact=True).click()

    def adds_files(self, *files: tuple[str, str, bytes]) -> None:
        """Files by name, kind and content."""
        payload: list[FilePayload] = [
            {"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files
        ]
        self.page.get_by_label("Files").set_input_files(payload)

    def signs(self, button: str) -> None:
        """With the password again: that is the signature."""
        self.types("Your password", PASSWORD)
        self.presses(button)

    def reads(self, words: str) -> "Locator":
        """Sees the words on the page."""
        found = self.page.get_by_text(words).filter(visible=True).first
        found.wait_for()
        return found

    def keeps(self, link: str) -> str:
        """Downloads a PDF; its words."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=link).click()
        with open(download.value.path(), "rb") as file:
            return words_of(file.read())


def words_of(pdf: bytes) -> str:
    """The text of every page, with single spaces."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()
