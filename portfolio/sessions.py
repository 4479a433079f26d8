"""Where somebody is signed in. allauth notes each sign-in; no page asks for it but the one that shows them.

That somebody signed in, or tried to, is noted by django-axes, which forgets nothing by itself.
"""

import datetime
import re
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from portfolio.models import User

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox|FxiOS": "Firefox",
    "Chrome|CriOS|Chromium": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "a Chromebook",
    "Mac OS X": "a Mac",
    "Linux": "Linux",
}
"""In this order: what pretends to be another stands before it."""

TRIES_KEPT_FOR = datetime.timedelta(days=365)
"""How long it is known who signed in or tried to, from where and with which browser: as long as somebody may ask."""


@dataclass(frozen=True)
class SignedInAt:
    """A browser in which somebody is signed in."""

    pk: int
    browser: str
    ip: str
    since: datetime.datetime
    here: bool


def in_words(user_agent: str) -> str:
    """What a browser calls itself, for people: Firefox on Windows."""
    browser = _first(BROWSERS, user_agent) or "Another program"
    system = _first(SYSTEMS, user_agent)
    return f"{browser} on {system}" if system else browser


def signed_in_at(user: User, session_key: str | None, now: datetime.datetime) -> list[SignedInAt]:
    """Every sign-in that has not ended, the newest first; which of them asks. One query."""
    return [
        SignedInAt(row.pk, in_words(row.user_agent), row.ip, row.created_at, row.session_key == session_key)
        for row in _of(user).filter(session_key__in=_alive(now)).order_by("-created_at", "-pk")
    ]


def end(user: User, *, besides: str | None = None, only: int | None = None) -> int:
    """Sign the person out: everywhere, everywhere but in one session, or in one alone. How many sign-ins it ended."""
    found = _of(user).exclude(session_key=besides or "")
    if only is not None:
        found = found.filter(pk=only)
    keys = list(found.values_list("session_key", flat=True))
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return ended


def everybody(now: datetime.datetime) -> QuerySet[User]:
    """Whoever is signed in somewhere."""
    users = UserSession.objects.filter(session_key__in=_alive(now)).values("user")
    return User.objects.filter(pk__in=users).order_by("pk")


def sweep(now: datetime.datetime) -> int:
    """Forget where people were signed in whose sign-in is over. How many that were."""
    Session.objects.filter(expire_date__lte=now).delete()
    forgotten, _ = UserSession.objects.exclude(session_key__in=_alive(now)).delete()
    return int(forgotten)


def sweep_tries(now: datetime.datetime) -> int:
    """Forget who signed in, or tried to, longer ago than that is kept. How many tries that were."""
    old = now - TRIES_KEPT_FOR
    kinds = (AccessLog, AccessAttempt, AccessFailureLog)
    return sum(kind.objects.filter(attempt_time__lt=old).delete()[0] for kind in kinds)


# --- inside ----------------------------------------------------------------------------------------------------------


def _of(user: User) -> QuerySet[UserSession]:
    found: QuerySet[UserSession] = UserSession.objects.filter(user=user)
    return found


def _alive(now: datetime.datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__gt=now).values("session_key")  # type: ignore[return-value]


def _first(names: dict[str, str], text: str) -> str:
    return next((name for mark, name in names.items() if re.search(mark, text)), "")
