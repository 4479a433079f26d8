"""Lines of the audit book taken away with what shows that they stand in it (docs/audit-book.md)."""

import datetime
from collections.abc import Iterator

from django.db.models import QuerySet

from portfolio.arrivals import Said
from portfolio.audit import lines_of, name_of
from portfolio.canonical import Plain, moment
from portfolio.models import AuditChain, AuditEvent

FORMAT = "nvq-audit-book/1"


def proof(chain: AuditChain, chosen: QuerySet[AuditEvent], now: datetime.datetime) -> Iterator[dict[str, Plain]]:
    """The whole chain to the head it has now: the chosen lines in full, of every other only its place and hash.

    That is enough to show that the chosen lines stand in the book as they were written (docs/audit-book.md). First a
    head, then a dictionary a line; memory stays constant.
    """
    length = chain.length
    yield {
        "format": FORMAT,
        "book": name_of(chain),
        "centre": str(chain.centre),
        "length": length,
        "head": chain.head,
        "exported_at": moment(now),
    }
    shown = iter(
        chosen.filter(sequence__lte=length).select_related("detail").order_by("sequence").iterator(chunk_size=500)
    )
    upcoming, told = next(shown, None), lines_of(chain)
    places = AuditEvent.objects.filter(chain=chain, sequence__lte=length).order_by("sequence")
    for sequence, previous, own in places.values_list("sequence", "previous", "hash").iterator(chunk_size=2000):
        if upcoming is not None and upcoming.sequence == sequence:
            yield in_full(upcoming, told.said(upcoming), name_of(chain))
            upcoming = next(shown, None)
        else:
            yield {"sequence": sequence, "previous": previous, "hash": own, "left_out": True}


def in_full(event: AuditEvent, said: Said, book: str) -> dict[str, Plain]:
    """All that the line's hash is made of, and its details with their salt unless they were erased.

    A line that was written in another installation has the numbers, and the name of the book, that it had there.
    """
    line: dict[str, Plain] = {
        "sequence": event.sequence,
        "at": moment(event.at),
        "actor": said.actor,
        "verb": event.verb,
        "subject": [event.subject_kind, said.subject],
        "act": str(event.act_id),
        "details_digest": event.details_digest,
        "previous": event.previous,
        "hash": event.hash,
    }
    if said.book != book:
        line["book"] = said.book
    if hasattr(event, "detail"):
        line |= {"salt": event.detail.salt, "details": event.detail.details}
    return line
