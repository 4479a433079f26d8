"""How signing in behaves in this house: nobody signs up, people are invited by a centre.

django-allauth shows the pages and checks the password, django-axes counts the wrong tries per address and network
address in the database, so that the count holds across workers and restarts.
"""

import time
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import context
from allauth.core.internal.httpkit import get_client_ip
from allauth.core.internal.ratelimit import truncate_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from axes.utils import reset
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from portfolio import post, second_factor, sessions
from portfolio.access import standing_of
from portfolio.locking import keys
from portfolio.models import User

LOCK = "portfolio.second-factor"
"""What the secrets of second factors are locked up for."""


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's door, without a sign-up and with our own post office."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and this password do not go together. Check both, or choose a new "
        "password by “Forgot your password?” below.",
        "too_many_login_attempts": "Too many wrong passwords for this address. Wait some minutes, then try again.",
        "incorrect_password": "That password is not right: it is the one you sign in with.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the address of the settings: who asks may name any host that the site answers to."""
        return f"{settings.SITE_URL}{urlsplit(super().get_reset_password_from_key_url(key)).path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand the mail in rather than wait for the mail server: known and unknown addresses take equally long."""
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        post.hand_in(
            centre=None, to=email, subject=str(message.subject), body=str(message.body) + "\n", at=timezone.now()
        )

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """About passwords alone: other letters are written with their change (portfolio/actions/factors.py)."""
        if template_prefix.startswith("account/"):
            super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in within the last minutes has just said who they are, and is not asked once more."""
        records = get_authentication_records(context.request, context.request.user)
        latest = max((record["at"] for record in records), default=0)
        if time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A password, which everybody has, or a code; a passkey would ask for a page of its own."""
        ways = {way["id"]: way for way in get_reauthentication_flows(user)}
        found = []
        if "reauthenticate" in ways:
            found.append({"id": "reauthenticate", "description": "", "url": reverse("account_reauthenticate")})
        if {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES} & set(
            ways.get("mfa_reauthenticate", {}).get("types", [])
        ):
            found.append({"id": "mfa_reauthenticate", "description": "", "url": reverse("mfa_reauthenticate")})
        return found

    def set_password(self, user: User, password: str) -> None:
        """Forget the wrong tries as well: whoever could choose a new password need not wait out a lock.

        Whoever was signed in with the one before is not any more, but in the browser where it was changed.
        """
        super().set_password(user, password)
        sessions.end(user, besides=context.request.session.session_key)
        reset(username=user.email.lower())


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second factors, whose secrets lie locked up in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Your role asks for a second factor, and this is your only one. You can move it "
        "to another device, or set up another factor first.",
        "incorrect_code": "This code is not right, or has been used already. Codes change every half minute: type the "
        "one your app shows now, or a recovery code that you have not used.",
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor stays while the person's role asks for one."""
        roles = standing_of(authenticator.user, timezone.localdate()).roles.values()
        if not second_factor.is_asked_of(frozenset[str]().union(*roles)):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def build_totp_svg(self, url: str) -> str:
        """Dark on light in either colour scheme: not every camera reads the reverse."""
        drawn = BytesIO()
        segno.make(url, error="m", micro=False).save(drawn, kind="svg", scale=4, dark="#000", light="#fff")
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """What a passkey is called unless somebody says otherwise: by the browser in which it is made."""
        return sessions.in_words(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def encrypt(self, text: str) -> str:
        return keys(LOCK).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValidationError, for the form that asks, when the secret key is new and the old one not kept."""
        try:
            return keys(LOCK).decrypt(encrypted_text.encode()).decode()
        except InvalidToken as other_key:
            raise ValidationError(
                "Your codes cannot be checked here any more. Ask an administrator of your centre to remove your second "
                "factor; then you set it up anew."
            ) from other_key


def where_from(request: HttpRequest) -> str | None:
    """Where somebody tries to sign in from, as allauth counts it: past our own proxies and no others, and of IPv6 the
    network, of which anybody has as many addresses as they like."""
    address = get_client_ip(request)
    return str(truncate_ip(address)) if address else None


def address_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The address somebody tries to sign in with, for counting: however it was typed, it is one address."""
    tried = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(tried).strip().lower()
