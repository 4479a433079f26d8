"""News for people: what an act, or a day that comes near, has to tell them.

A notice is written in the transaction of the act it tells of, one for each person it concerns and never for whoever
acts. What a person acts on counts as seen by them, so that an e-mail does not tell of what they have dealt with. Due
things carry a mark (`once`), so that however often the clock is asked nobody is told one twice.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Model

from portfolio.audit import kind_of
from portfolio.enums import Told
from portfolio.models import Centre, Notice, OutgoingMessage, User

KEPT_FOR = datetime.timedelta(days=90)
"""How long news is kept. It is not the record, which stays."""
DUE_WITHIN = datetime.timedelta(days=30)
"""For how long after its moment a due thing is told: shorter than news is kept, so that it is not told anew."""


@dataclass(frozen=True)
class News:
    """What is told: kind, who and what, a sentence, and where it lands. `once` marks what is due."""

    kind: Told
    subject: str
    sentence: str
    address: str
    about: Model
    once: str = ""


def tell(news: News, people: Iterable[User | None], centre: Centre, by: User | None, at: datetime.datetime) -> None:
    """Write the news for these people but whoever acts, in the caller's transaction. What is due is told once."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("News is written in the transaction of what it tells of.")
    wanted = {person.pk: person for person in people if person is not None and person != by}
    Notice.objects.bulk_create(
        (
            Notice(
                user=person,
                centre=centre,
                kind=news.kind,
                subject=news.subject[:300],
                sentence=news.sentence[:300],
                address=news.address,
                concerns=key_of(news.about),
                once=news.once,
                at=at,
            )
            for _, person in sorted(wanted.items())
        ),
        ignore_conflicts=bool(news.once),
    )


def settle(about: Model, by: User | None, at: datetime.datetime) -> None:
    """Whoever acts on a record has seen what they were told of it before."""
    if by is not None:
        Notice.objects.filter(user=by, concerns=key_of(about), seen_at=None, at__lte=at).update(seen_at=at)


def take_back(person: User, about: Iterable[Model]) -> None:
    """Forget what a person was told of records that are no longer theirs to see."""
    Notice.objects.filter(user=person, concerns__in=[key_of(record) for record in about]).delete()


def read(user: User, at: datetime.datetime, pk: int | None = None) -> int:
    """Mark a person's news as read, all of it when none is named. Returns how many were not before."""
    unread = Notice.objects.filter(user=user, seen_at=None)
    return (unread.filter(pk=pk) if pk is not None else unread).update(seen_at=at)


@transaction.atomic
def sweep(now: datetime.datetime) -> int:
    """Remove news that has been kept long enough, and the letters that told it. Returns how many lines went."""
    old = Notice.objects.filter(at__lt=now - KEPT_FOR)
    letters = set(old.exclude(letter=None).values_list("letter_id", flat=True))
    gone = old.delete()[0]
    OutgoingMessage.objects.filter(pk__in=letters, sent_at__isnull=False, notices=None).delete()
    return gone


def key_of(record: Model) -> str:
    """How a record is named by its news."""
    return f"{kind_of(record)} {record.pk}"
