"""Second factors: who has one, of whom it is asked, and what a sign-in remembers of it."""

from collections.abc import Iterable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from portfolio.models import User

NEEDED = (
    "Your role asks for a second factor, and you have none yet. Set one up under “Sign-in and security” first: it "
    "takes two minutes, and then all is open to you again."
)
REMEMBERED = "second_factor"


def has_factor(user: User) -> bool:
    """Whether their password alone does not sign them in; recovery codes are no factor by themselves. One query."""
    kinds = Authenticator.Type
    return bool(Authenticator.objects.filter(user=user).exclude(type=kinds.RECOVERY_CODES).exists())


def has_passkey(user: User) -> bool:
    """Whether one of their factors is a passkey. One query."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists())


def is_asked_of(roles: Iterable[str]) -> bool:
    """Whether the operator asks for a second factor of whoever holds one of the roles."""
    return not settings.SECOND_FACTOR_ROLES.isdisjoint(roles)


def remember(request: HttpRequest, *, has: bool) -> None:
    """Keep with the sign-in whether its person has a factor, so that no page need ask."""
    if has:
        request.session[REMEMBERED] = True
    else:
        request.session.pop(REMEMBERED, None)


def is_remembered(request: HttpRequest) -> bool:
    """Whether this sign-in was made with a factor, or one was found or set up since. Asks nothing."""
    if request.session.get(REMEMBERED):
        return True
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def is_missing(request: HttpRequest, user: User, roles: Iterable[str]) -> bool:
    """Whether a factor is asked of the person and they have none. One query, once in a sign-in that has one."""
    if not is_asked_of(roles) or is_remembered(request):
        return False
    if not has_factor(user):
        return True
    remember(request, has=True)
    return False
