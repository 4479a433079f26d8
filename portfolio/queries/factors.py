"""How somebody signs in besides by their password: second factors, recovery codes, and where they are signed in."""

import datetime
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from portfolio.models import User

Kinds = Authenticator.Type
Factors = dict[int, str]
"""The kind of each by its id: an app, a passkey, or the recovery codes, which alone are no factor."""


def factors_of(user: User) -> Factors:
    """What the person has set up. One query."""
    return dict(Authenticator.objects.filter(user=user).values_list("pk", "type"))


def recovery_codes_of(user: User) -> list[str] | None:
    """The recovery codes not used yet; None where none were ever made. One query."""
    found = Authenticator.objects.filter(user=user, type=Kinds.RECOVERY_CODES).first()
    return found.wrap().get_unused_codes() if found else None


def single_sign_on_of(user: User) -> datetime.datetime | None:
    """Since when a provider of identities vouches for the person; None where none does. One query."""
    found = SocialAccount.objects.filter(user=user).first()
    return found.date_joined if found else None


@dataclass(frozen=True)
class Factor:
    """A second factor that somebody has set up."""

    pk: int
    name: str
    since: datetime.datetime
    last_used: datetime.datetime | None


@dataclass(frozen=True)
class SigningIn:
    """How a person signs in."""

    app: Factor | None
    passkeys: list[Factor]
    codes_left: int | None

    @property
    def has_factor(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def signing_in(user: User) -> SigningIn:
    """What the page "Sign-in and security" shows. One query."""
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    app = next((row for row in rows if row.type == Kinds.TOTP), None)
    codes = next((row for row in rows if row.type == Kinds.RECOVERY_CODES), None)
    return SigningIn(
        app=Factor(app.pk, "Authenticator app", app.created_at, app.last_used_at) if app else None,
        passkeys=[
            Factor(row.pk, f"Passkey: {row.wrap().name}", row.created_at, row.last_used_at)
            for row in rows
            if row.type == Kinds.WEBAUTHN
        ],
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
    )
