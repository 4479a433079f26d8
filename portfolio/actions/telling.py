"""What somebody wants to be told by e-mail. Their own choice, and nobody else's."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from portfolio import audit
from portfolio.enums import Rhythm, Told
from portfolio.models import LeftOut, Telling, User
from portfolio.refusal import Refusal


@transaction.atomic
def choose_telling(
    *, user: User, rhythm: Rhythm, offered: Iterable[Told], wanted: Iterable[Told], by: User, at: datetime.datetime
) -> Telling:
    """How often a person gets news by e-mail, and of which kinds. Kinds that were not offered stay as they were."""
    if by != user:
        raise Refusal(["Everybody chooses for themselves what they are told."])
    kinds, kept = list(offered), set(wanted)
    telling = _set_rhythm(user, rhythm)
    LeftOut.objects.filter(user=user, kind__in=kinds).delete()
    LeftOut.objects.bulk_create(LeftOut(user=user, kind=kind) for kind in kinds if kind not in kept)
    left_out = sorted(LeftOut.objects.filter(user=user).values_list("kind", flat=True))
    details = {"rhythm": rhythm.value, "left_out": list(left_out)}
    audit.record(verb="choose news", by=by, at=at, subject=user, centre=None, details=details)
    return telling


@transaction.atomic
def stop_digest(*, user: User, by: User | None, at: datetime.datetime) -> Telling:
    """End a person's e-mails of news: by the link in one of them, without a sign-in. The home page goes on."""
    telling = _set_rhythm(user, Rhythm.NEVER)
    audit.record(verb="stop news", by=by, at=at, subject=user, centre=None, details={"rhythm": Rhythm.NEVER.value})
    return telling


def _set_rhythm(user: User, rhythm: Rhythm) -> Telling:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two choices at once: one after the other
    return Telling.objects.update_or_create(user=user, defaults={"rhythm": rhythm})[0]
