"""What a person was told."""

import datetime
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Window

from portfolio.compiled import compiled
from portfolio.models import Notice, User

NEWS_SHOWN, NEWS_PER_PAGE = 4, 25
NEWS_TOLD = ("centre__name", "subject", "sentence", "address", "at", "seen_at")
READ_SHOWN_FOR = datetime.timedelta(days=14)


@dataclass(frozen=True)
class News:
    """A person's newest news on their home page. `unread` counts all of it; `several`: of several centres."""

    lines: list[Notice]
    unread: int
    several: bool


def newest_news(user: User, now: datetime.datetime) -> News:
    """The newest that is unread or not old, in one query."""
    lines = _newest(user, now - READ_SHOWN_FOR)
    unread = lines[0].unread if lines else 0  # type: ignore[attr-defined]  # annotated above
    return News(lines, unread, len({line.centre_id for line in lines}) > 1)


@compiled
def _newest(user: User, since: datetime.datetime) -> QuerySet[Notice]:
    shown = Q(seen_at=None) | Q(at__gt=since)
    counted = Notice.objects.visible_to(user).annotate(unread=Window(Count("pk", filter=Q(seen_at=None))))
    return counted.filter(shown).select_related("centre").only(*NEWS_TOLD)[:NEWS_SHOWN]


def news_page(user: User, number: str) -> Page[Notice]:
    """All of a person's news that is kept, newest first."""
    return Paginator(Notice.objects.visible_to(user).select_related("centre"), NEWS_PER_PAGE).get_page(number)
