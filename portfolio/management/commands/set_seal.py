"""Set the certificate that a centre's issued forms are sealed with, or put it aside."""

from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portfolio import seals
from portfolio.actions import end_seal, set_seal
from portfolio.models import Centre
from portfolio.refusal import Refusal


class Command(BaseCommand):
    help = "Set the certificate that a centre's issued forms are sealed with; without a file, say which it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("centre", help="the centre's short name in addresses, e.g. northgate")
        parser.add_argument("--pkcs12", type=Path, metavar="FILE", help="certificate, chain and key, as .p12 or .pfx")
        parser.add_argument("--password-file", type=Path, metavar="FILE", help="its password; asked for without one")
        parser.add_argument("--time-stamps", default="", metavar="URL", help="a time-stamp server (RFC 3161)")
        parser.add_argument("--end", action="store_true", help="seal no more forms, and forget the key")

    def handle(self, *args: Any, **options: Any) -> None:
        centre = Centre.objects.filter(slug=options["centre"]).first()
        if centre is None:
            raise CommandError(f"No centre has the short name {options['centre']}.")
        try:
            if options["end"]:
                end_seal(centre=centre, by=None, at=timezone.now())
            elif options["pkcs12"]:
                self.set(centre, options)
        except Refusal as refusal:
            raise CommandError("\n".join(refusal.sentences)) from refusal
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        self.say(centre)

    def set(self, centre: Centre, options: dict[str, Any]) -> None:
        told: Path | None = options["password_file"]
        password = told.read_text().rstrip("\r\n") if told else getpass(f"Password of {options['pkcs12']}: ")
        set_seal(
            centre=centre,
            file=options["pkcs12"].read_bytes(),
            password=password,
            time_stamps=options["time_stamps"],
            by=None,
            at=timezone.now(),
        )

    def say(self, centre: Centre) -> None:
        standing = seals.standing(centre, timezone.now())
        seal = standing.seal
        if seal is None:
            self.stdout.write(f"Forms of {centre} are issued without a seal.")
            return
        if standing.ended:
            self.stdout.write(
                f"Forms of {centre} are issued without a seal: the certificate of {seal.subject} ended on "
                f"{seal.valid_until:%-d %B %Y}."
            )
            return
        stamped = f", with time stamps of {seal.time_stamps}" if seal.time_stamps else ""
        self.stdout.write(f"Forms of {centre} are sealed with the certificate of {seal.subject}{stamped}.")
        self.stdout.write(
            f"Issued by {seal.issuer}, good until {seal.valid_until:%-d %B %Y}, SHA-256 {seal.fingerprint}"
        )
