"""Open a centre and invite its first administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from portfolio.actions import invite_staff, open_centre
from portfolio.enums import Role
from portfolio.invitation import Invitation, link_to, sign_in_link
from portfolio.models import StaffRecord
from portfolio.refusal import Refusal


class Command(BaseCommand):
    help = "Open a centre and invite its first administrator by e-mail; prints the link in the letter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("centre", help='the centre\'s name, e.g. "Northgate Training"')
        parser.add_argument("--slug", required=True, help="its short name in addresses, e.g. northgate")
        parser.add_argument("--administrator", required=True, metavar="EMAIL", help="who keeps its people's records")
        parser.add_argument("--name", required=True, help="the administrator's name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            staff = self.open(options)
        except Refusal as refusal:
            raise CommandError("\n".join(refusal.sentences)) from refusal
        self.stdout.write(f"{staff.centre} is open. {staff.name} has been invited as its administrator:")
        self.stdout.write(
            sign_in_link() if staff.user.has_usable_password() else link_to(Invitation(staff.user, staff.centre))
        )

    @transaction.atomic
    def open(self, options: dict[str, Any]) -> StaffRecord:
        """Both acts or neither."""
        now = timezone.now()
        return invite_staff(
            centre=open_centre(name=options["centre"], slug=options["slug"], by=None, at=now),
            email=options["administrator"],
            name=options["name"],
            roles=[Role.ADMINISTRATOR],
            by=None,
            at=now,
        )
