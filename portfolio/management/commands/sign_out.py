"""Sign somebody out everywhere, or everybody."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portfolio import sessions
from portfolio.actions import sign_out
from portfolio.models import User
from portfolio.refusal import Refusal


class Command(BaseCommand):
    help = "Sign somebody out in every browser, or everybody at every centre. They are told by letter."

    def add_arguments(self, parser: CommandParser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("email", nargs="?", help="the address they sign in with")
        whom.add_argument("--everybody", action="store_true", help="whoever is signed in")
        parser.add_argument("--reason", required=True, help="why, for the audit book")

    def handle(self, *args: Any, **options: Any) -> None:
        now, email, reason = timezone.now(), options["email"], options["reason"]
        if not reason.strip():
            raise CommandError("Say why: the reason is written into the audit book.")
        people = list(User.objects.signing_in_by(email) if email else sessions.everybody(now))
        if email and not people:
            raise CommandError(f"Nobody signs in with {email}.")
        signed_out = 0
        for user in people:
            try:
                sign_out(centre=None, user=user, reason=reason, by=None, at=now)
            except Refusal as refusal:
                if email:
                    raise CommandError("\n".join(refusal.sentences)) from refusal
                continue  # they signed out themselves meanwhile
            signed_out += 1
        self.stdout.write(f"Signed out, and told by letter: {signed_out}.")
