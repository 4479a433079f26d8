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
        now = timezone.now()
        found = User.objects.signing_in_by(options["email"]) if options["email"] else sessions.everybody(now)
        people = list(found)
        if options["email"] and not people:
            raise CommandError(f"Nobody signs in with {options['email']}.")
        for user in people:
            try:
                sign_out(centre=None, user=user, reason=options["reason"], by=None, at=now)
            except Refusal as refusal:
                if options["email"]:
                    raise CommandError("\n".join(refusal.sentences)) from refusal
        self.stdout.write(f"Signed out, and told by letter: {len(people)}.")
