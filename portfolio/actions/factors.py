"""How somebody signs in: every change to it is in the book, and the person reads of it in a letter."""

import datetime
from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone

from portfolio import audit, post, sessions
from portfolio.actions.checks import refuse, refuse_strangers, take_turns
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, User
from portfolio.refusal import Refusal

Kinds = Authenticator.Type
CALLED = {Kinds.TOTP: "an authenticator app", Kinds.WEBAUTHN: "a passkey"}
NO_ROLE = "This person holds no role here today."
CODES_MADE = "New recovery codes were made. The ones before no longer work."


@transaction.atomic
def note_factors(
    *, user: User, before: Mapping[int, str], after: Mapping[int, str], by: User, at: datetime.datetime
) -> str:
    """Write down how a person changed their second factors, in the transaction in which they did. The verb, if any.

    Recovery codes that come with the first factor, or go with the last, are part of that change.
    """
    gained = sorted(kind for pk, kind in after.items() if pk not in before)
    lost = sorted(kind for pk, kind in before.items() if pk not in after)
    if not gained and not lost:
        return ""
    verb, kind = what_was_done(gained, lost)
    details: dict[str, JSON] = {"kind": str(kind)}
    told = CODES_MADE if verb == "make recovery codes" else sentence_of(verb, CALLED[Kinds(kind)])
    tell(user, told, at=at)
    audit.record(verb=verb, by=by, at=at, subject=user, centre=None, details=details)
    return verb


@transaction.atomic
def rename_passkey(*, passkey: Authenticator, name: str, by: User, at: datetime.datetime) -> None:
    """Call one's own passkey something else: which telephone, which key. Raises Refusal."""
    name = name.strip()
    if by.pk != passkey.user_id:
        raise Refusal(["Everybody names their own passkeys."])
    if not name:
        raise Refusal(["Say what the passkey is called."])
    found = Authenticator.objects.select_for_update().get(pk=passkey.pk, type=Kinds.WEBAUTHN)
    called = found.wrap()
    details: dict[str, JSON] = {"before": called.name, "now": name}
    called.name = name
    found.save(update_fields=["data"])
    audit.record(verb="rename passkey", by=by, at=at, subject=by, centre=None, details=details)


@transaction.atomic
def note_single_sign_on(*, user: User, provider: str, by: User, at: datetime.datetime) -> None:
    """Write down that a provider of identities vouches for the person from now on; they came through it just now."""
    tell(user, f"You were signed in through {provider} for the first time. From now on that is another way in.", at=at)
    audit.record(verb="add single sign-on", by=by, at=at, subject=user, centre=None, details={"provider": provider})


@transaction.atomic
def remove_single_sign_on(*, user: User, provider: str, by: User, at: datetime.datetime) -> bool:
    """End that the provider vouches for the person: coming through it once more begins anew. False: it did not."""
    if by != user:
        raise Refusal(["Everybody ends their own ways in."])
    ended, _ = SocialAccount.objects.filter(user=user).delete()
    if ended:
        tell(user, f"Nobody is signed in as you through {provider} any more, unless you begin it anew.", at=at)
        details: dict[str, JSON] = {"provider": provider}
        audit.record(verb="remove single sign-on", by=by, at=at, subject=user, centre=None, details=details)
    return bool(ended)


@transaction.atomic
def remove_factors(*, centre: Centre | None, user: User, reason: str, by: User | None, at: datetime.datetime) -> None:
    """Take the second factor from somebody who has lost it: they sign in by their password, and set up another.

    By an administrator of the centre where they hold a role, or by the operator, who is of no centre. Ends all sign-ins
    of theirs, as the telephone may be in other hands, and writes to them. Refused for oneself, and for somebody whose
    sign-in opens another centre's records too.
    """
    if centre is not None:
        centre = take_turns(centre)
        refuse_strangers(by, centre, at)
    refuse(removal_refusals(centre, user, by, timezone.localdate(at)))
    if not reason.strip():
        refuse(["Say why, and how you made sure that it was them who asked."])
    found = Authenticator.objects.select_for_update().filter(user=user)
    if not found.exclude(type=Kinds.RECOVERY_CODES).exists():
        refuse(["This person has no second factor: their password alone signs them in."])
    found.delete()
    sessions.end(user)
    who = told_by(centre)
    tell(user, f"Your second factor was removed by {who}, and you were signed out everywhere.", centre=centre, at=at)
    details: dict[str, JSON] = {"user": user.pk, "reason": reason.strip()}
    audit.record(verb="remove second factor", by=by, at=at, subject=user, centre=centre, details=details)


def removal_refusals(centre: Centre | None, user: User, by: User | None, day: datetime.date) -> list[str]:
    """Why this administrator cannot take the second factor from that person, whether they have one or not."""
    if by is None or centre is None:
        return []
    if by == user:
        return ["Nobody removes their own second factor here: ask another administrator, or whoever runs this site."]
    held = set(RoleGrant.objects.on(day).filter(user=user).values_list("centre", flat=True))
    if centre.pk not in held:
        return [NO_ROLE]
    kept = RoleGrant.objects.on(day).filter(user=by, role=Role.ADMINISTRATOR).values_list("centre", flat=True)
    if held - set(kept):
        return [
            "Their sign-in opens more than the records of this centre, so it is not for you alone to make it weaker: "
            "ask whoever runs this site."
        ]
    return []


@transaction.atomic
def end_sign_ins(
    *, user: User, only: int | None = None, besides: str | None = None, by: User, at: datetime.datetime
) -> int:
    """Sign somebody out in one other browser, or in all but the one they sit at. Everybody for themselves."""
    if by != user:
        raise Refusal(["Everybody ends their own sign-ins."])
    ended = sessions.end(user, besides=besides, only=only)
    if ended:
        audit.record(verb="end sign-ins", by=by, at=at, subject=user, centre=None, details={"ended": ended})
    return ended


@transaction.atomic
def sign_out(*, centre: Centre | None, user: User, reason: str, by: User | None, at: datetime.datetime) -> int:
    """Sign somebody else out everywhere: their device was lost, or stands open. How many sign-ins it ended.

    By an administrator of a centre where they hold a role, or by the operator, who is of no centre; they are told by
    letter. How they sign in stays as it is, so it is nobody's loss where they work at other centres too. Raises
    Refusal. Source: OWASP ASVS 5, V7.4.5.
    """
    if centre is not None:
        centre = take_turns(centre)
        refuse_strangers(by, centre, at)
    refuse(signing_out_refusals(centre, user, by, timezone.localdate(at)))
    if not reason.strip():
        refuse(["Say why, and who asked for it."])
    ended = sessions.end(user)
    if not ended:
        refuse(["This person is signed in nowhere."])
    context = {"who": told_by(centre), "at": at}
    subject = "You were signed out of NVQ Portfolio"
    post.write(centre=centre, to=user.email, subject=subject, template="signed_out", context=context, at=at)
    details: dict[str, JSON] = {"ended": ended, "reason": reason.strip()}
    audit.record(verb="sign out", by=by, at=at, subject=user, centre=centre, details=details)
    return ended


def signing_out_refusals(centre: Centre | None, user: User, by: User | None, day: datetime.date) -> list[str]:
    """Why this administrator cannot sign that person out, whether they are signed in or not."""
    if by == user:
        return ["Everybody ends their own sign-ins, under Sign-in and security."]
    if centre is not None and not RoleGrant.objects.on(day).filter(user=user, centre=centre).exists():
        return [NO_ROLE]
    return []


# --- inside ----------------------------------------------------------------------------------------------------------


def told_by(centre: Centre | None) -> str:
    """Who did it, as a letter says it."""
    return f"an administrator of {centre}" if centre else "whoever runs this site"


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


def tell(user: User, told: str, *, centre: Centre | None = None, at: datetime.datetime) -> None:
    """The letter about a change to how somebody signs in."""
    subject = "Your sign-in at NVQ Portfolio has changed"
    context = {"told": told, "at": at}
    post.write(centre=centre, to=user.email, subject=subject, template="second_factor", context=context, at=at)
