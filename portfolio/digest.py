"""News by e-mail: one letter a person, of all that is new since the last, at the rhythm they chose.

A letter and the mark on each line it tells are written in one transaction, with person and lines locked: a run that is
killed loses none, and of two runs at once only one tells a person. The letter then goes the way of all letters
(portfolio/post.py). It names units, numbers and people as little as the lines do, and never says what was said.
"""

import datetime
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from portfolio import post
from portfolio.enums import Rhythm, Told
from portfolio.models import LeftOut, Notice, NoticeQuerySet, RoleGrant, Telling, User

SALT = "portfolio.digest.stop"
MORNING = datetime.time(7)
"""When the daily e-mail is made up, where we are: of what happened before it."""
TOLD_WITHIN = datetime.timedelta(days=7)
"""News older than that stays on the home page: whoever turns a kind on again is not flooded with it."""
MOST = 60
"""Lines of one e-mail. What is more is told as a number, and stands on the news page."""
ORDER = list(Told)


def send(now: datetime.datetime) -> int:
    """Write every letter that is due. Returns how many; run every hour, as often as one likes."""
    return sum(write(user, now) for user in User.objects.filter(pk__in=to_mail(now).values("user")).order_by("pk"))


@transaction.atomic
def write(user: User, now: datetime.datetime) -> bool:
    """Write one person's letter, if there is anything to tell them that nobody has told or is telling just now."""
    mine = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=user.pk).first()
    found = to_mail(now).filter(user=user).select_related("centre")
    lines = list(found.select_for_update(of=("self",), skip_locked=True)) if mine else []
    if not lines:
        return False
    letter = post.write(
        centre=None,
        to=user.email,
        subject=f"{len(lines)} new {'message' if len(lines) == 1 else 'messages'} in your portfolio system",
        template="digest",
        context={
            "centres": grouped(lines[:MOST]),
            "more": max(len(lines) - MOST, 0),
            "news": f"{settings.SITE_URL}{reverse('portfolio:news')}",
            "settings": f"{settings.SITE_URL}{reverse('portfolio:telling')}",
            "stop": stop_link(user),
        },
        at=now,
    )
    Notice.objects.filter(pk__in=[line.pk for line in lines]).update(letter=letter)
    return True


def to_mail(now: datetime.datetime) -> NoticeQuerySet:
    """News to be told by e-mail now: not told or seen yet, of a kind its person wants, at the rhythm they chose.

    Nobody gets any who has not taken up their invitation, or holds no role at the centre any more.
    """
    rhythm = Telling.objects.filter(user=OuterRef("user"))
    unwanted = LeftOut.objects.filter(user=OuterRef("user"), kind=OuterRef("kind"))
    held = RoleGrant.objects.on(timezone.localdate(now)).filter(user=OuterRef("user"), centre=OuterRef("centre"))
    hourly = Exists(rhythm.filter(rhythm=Rhythm.HOURLY))
    return (
        Notice.objects.filter(letter=None, seen_at=None, at__gt=now - TOLD_WITHIN, at__lte=now, user__is_active=True)
        .filter(Exists(held), ~Exists(unwanted), ~Exists(rhythm.filter(rhythm=Rhythm.NEVER)))
        .filter(Q(hourly) | Q(at__lte=latest_morning(now)))
        .exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )


def latest_morning(now: datetime.datetime) -> datetime.datetime:
    """The last moment at which a daily e-mail was made up."""
    here = timezone.localtime(now)
    day = here.date() if here.time() >= MORNING else here.date() - datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(day, MORNING))


Lines = list[tuple[str, str]]


def grouped(lines: Iterable[Notice]) -> list[tuple[str, list[tuple[str, Lines]]]]:
    """The lines by centre and kind: what is said, and the address where it lands."""
    ordered = sorted(lines, key=lambda line: (line.centre.name, line.centre_id, ORDER.index(Told(line.kind)), line.at))
    return [
        (centre.name, [(Told(kind).label, said(of_kind)) for kind, of_kind in groupby(of_centre, lambda row: row.kind)])
        for centre, of_centre in groupby(ordered, lambda row: row.centre)
    ]


def said(lines: Iterable[Notice]) -> Lines:
    """What each line says, and where it lands."""
    return [(str(line), f"{settings.SITE_URL}{line.address}") for line in lines]


# --- stopping it without a sign-in -----------------------------------------------------------------------------------


def stop_link(user: User) -> str:
    """The address at which somebody ends their e-mails: good for as long as the letter lies about."""
    return f"{settings.SITE_URL}{reverse('portfolio:stop_digest', args=[signing.dumps(user.pk, salt=SALT)])}"


def whose(token: str) -> User | None:
    """Whose e-mails a link ends; None for a forged one."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=pk, is_active=True).first()
