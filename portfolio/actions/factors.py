"""Second factors: every change is in the book, and the person reads of it in a letter."""

import datetime
from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.db import transaction

from portfolio import audit, post
from portfolio.canonical import JSON
from portfolio.models import Centre, User

Kinds = Authenticator.Type
CALLED = {Kinds.TOTP: "an authenticator app", Kinds.WEBAUTHN: "a passkey"}
CODES_MADE = "New recovery codes were made. The ones before no longer work."


@transaction.atomic
def note_factors(
    *, user: User, before: Mapping[int, str], after: Mapping[int, str], by: User, at: datetime.datetime
) -> bool:
    """Write down how a person changed their second factors, in the transaction in which they did. False: they did not.

    Recovery codes that come with the first factor, or go with the last, are part of that change.
    """
    gained = sorted(kind for pk, kind in after.items() if pk not in before)
    lost = sorted(kind for pk, kind in before.items() if pk not in after)
    if not gained and not lost:
        return False
    verb, kind = what_was_done(gained, lost)
    details: dict[str, JSON] = {"kind": str(kind)}
    told = CODES_MADE if verb == "make recovery codes" else sentence_of(verb, CALLED[Kinds(kind)])
    tell(user, told, centre=None, at=at)
    audit.record(verb=verb, by=by, at=at, subject=user, centre=None, details=details)
    return True


# --- inside ----------------------------------------------------------------------------------------------------------


def what_was_done(gained: list[str], lost: list[str]) -> tuple[str, str]:
    """The verb, and the kind of factor it is about."""
    new = [kind for kind in gained if kind != Kinds.RECOVERY_CODES]
    old = [kind for kind in lost if kind != Kinds.RECOVERY_CODES]
    if new:
        return ("move second factor" if old else "add second factor"), new[0]
    if old:
        return "remove second factor", old[0]
    return "make recovery codes", Kinds.RECOVERY_CODES


def sentence_of(verb: str, factor: str) -> str:
    if verb == "add second factor":
        return f"A second factor was added, {factor}: from now on your password alone does not sign you in."
    if verb == "move second factor":
        return f"Your second factor, {factor}, was moved to another device. The one before no longer works."
    return f"A second factor was removed, {factor}."


def tell(user: User, told: str, *, centre: Centre | None, at: datetime.datetime) -> None:
    """The letter about a change to how somebody signs in."""
    subject = "Your sign-in at NVQ Portfolio has changed"
    context = {"told": told, "at": at}
    post.write(centre=centre, to=user.email, subject=subject, template="second_factor", context=context, at=at)
