"""Remove somebody's second factor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portfolio.actions import remove_factors
from portfolio.models import User
from portfolio.refusal import Refusal


class Command(BaseCommand):
    help = "Remove the second factor of somebody who lost their telephone and recovery codes, and sign them out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("--reason", required=True, help="why, and how you made sure that it was them who asked")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.signing_in_by(options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {options['email']}.")
        try:
            remove_factors(centre=None, user=user, reason=options["reason"], by=None, at=timezone.now())
        except Refusal as refusal:
            raise CommandError("\n".join(refusal.sentences)) from refusal
        self.stdout.write(f"{user} signs in by their password alone now, and has been told by letter.")
