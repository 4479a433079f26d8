"""`manage.py demo`: the demonstration centre."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from assessments.demo.centre import CANDIDATES, DOMAIN, PASSWORD, SLUG
from assessments.demo.story import tell
from portfolio.models import Centre

STAFF = [
    ("Morag Ferguson", "morag", "administrator"),
    ("Dylan Pryce", "dylan", "assessor"),
    ("Gwen Parry", "gwen", "assessor, who heard an appeal"),
    ("Zofia Wiśniewska", "zofia", "trainee assessor, countersigned by Dylan"),
    ("Anita Desai", "anita", "internal verifier"),
    ("Iain MacLeod", "iain", "lead internal verifier"),
    ("Margaret Ellison", "margaret", "external verifier of OCR, for eleven days"),
]
STAGES = [
    "collecting evidence",
    "declared complete",
    "awaiting countersignature",
    "signed off, being sampled",
    "verified",
    "claimed, and certificated",
    "sent back with an action",
    "suspended",
]

SECOND_FACTOR = """
To try a second factor: sign in, choose Sign-in and security in the account menu, and set up an authenticator app on a
telephone, or a passkey where the page is opened as localhost. The next sign-in asks for it; the recovery codes that
come with it work once each. NVQ_SECOND_FACTOR=administrator,assessor bin/demo asks it of these roles.
"""


class Command(BaseCommand):
    help = "Fill a demonstration centre with people and units at every stage, and print who can sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if Centre.objects.filter(slug=SLUG).exists():
            self.stdout.write("The demonstration centre is there already.\n")
        else:
            with transaction.atomic():
                tell()
        self.stdout.write(f"Everybody's password: {PASSWORD}\n\n")
        for name, address, what in STAFF:
            self._person(name, address, what)
        for (name, address), stage in zip(CANDIDATES, STAGES, strict=True):
            self._person(name, address, f"candidate, {stage}")
        self.stdout.write(SECOND_FACTOR)

    def _person(self, name: str, address: str, what: str) -> None:
        self.stdout.write(f"  {address + '@' + DOMAIN:26} {name:24} {what}\n")
