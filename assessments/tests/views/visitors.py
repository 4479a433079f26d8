"""Somebody at a page: signed in, able to sign there, and how often the page asks the database."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.harness import AskingClient
from portfolio.models import User
from portfolio.testing import with_password


def signed_in(user: User) -> AskingClient:
    """A browser of their own, with a password to sign by."""
    browser = AskingClient()
    browser.force_login(with_password(user))
    return browser


def queries_of(browser: Client, address: str) -> int:
    """How many the page takes, those for the session and the person among them."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200, address
    return len(captured)
