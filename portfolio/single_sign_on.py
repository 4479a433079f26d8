"""Signing in through the centre's own provider of identities, by OpenID Connect.

Nobody gets an account by it. Whoever comes the first time is known by the e-mail address at which a centre invited
them, which the provider must say it has verified; from then on by the provider's own name for them, which does not
change when addresses do. A second factor that is set up or asked for here is asked for all the same.
"""

import logging
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portfolio import actions
from portfolio.models import User

logger = logging.getLogger(__name__)

NO_ANSWER = "There was no answer that can be relied on. Try once more, or sign in with your password."
NOT_VERIFIED = "It does not say which e-mail address of yours it has verified. Sign in with your password."
NOBODY = (
    "Nobody here signs in with the address {email}. Accounts are opened by assessment centres: ask yours to invite you "
    "at this address."
)
ANOTHER = "Somebody else has signed in here with the address {email} before. Ask your centre."
TAKE_UP_FIRST = (
    "Take up your invitation first: its letter has a link with which you choose a password. You sign your work with it."
)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Who may come in this way, and what somebody is told who may not."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Once the provider's answer is checked: know the person, or refuse. What it told of them is not kept."""
        sociallogin.state["process"] = AuthProcess.LOGIN  # allauth would also link it to whoever is signed in
        account = sociallogin.account
        said = account.extra_data
        account.extra_data = {}
        claims = said.get("userinfo") or {}
        if claims.get("sub") != said.get("id_token", {}).get("sub", ""):
            refuse(request, NO_ANSWER)
        if sociallogin.is_existing:
            account.save(update_fields=["extra_data"])
            return
        user = invited_at(request, claims)
        if SocialAccount.objects.filter(user=user, provider=account.provider).exists():
            refuse(request, ANOTHER.format(email=user.email))
        with transaction.atomic():
            sociallogin.connect(request, user)
            actions.note_single_sign_on(user=user, provider=settings.OIDC_NAME, by=user, at=timezone.now())

    def on_authentication_error(self, request: HttpRequest, provider: Any, **what: Any) -> None:
        logger.warning("Signing in through %s failed: %s %s", provider, what.get("error"), what.get("exception"))
        refuse(request, NO_ANSWER)


# --- inside ----------------------------------------------------------------------------------------------------------


def invited_at(request: HttpRequest, claims: dict[str, Any]) -> User:
    """The person who was invited at the address that the provider has verified, and took the invitation up."""
    email = str(claims.get("email", "")).strip()
    if not email or claims.get("email_verified") is not True:
        refuse(request, NOT_VERIFIED)
    user = User.objects.signing_in_by(email).first()
    if user is None:
        refuse(request, NOBODY.format(email=email))
    if not user.has_usable_password():
        refuse(request, TAKE_UP_FIRST)
    return user


def refuse(request: HttpRequest, sentence: str) -> NoReturn:
    """End the way in with a page that says why."""
    raise ImmediateHttpResponse(refusal(request, sentence))


def refusal(request: HttpRequest, sentence: str) -> HttpResponse:
    context = {"sentence": sentence, "provider": settings.OIDC_NAME}
    return render(request, "account/single_sign_on.html", context, status=403)
