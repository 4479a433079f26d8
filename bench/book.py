"""The audit book's lines for what is loaded: as many as the verbs would have written, in one chain that verifies."""

import datetime
import secrets
import uuid
from dataclasses import dataclass

from django.db import models

from portfolio import canonical
from portfolio.audit import hash_of, kind_of
from portfolio.models import AuditChain, AuditDetail, AuditEvent, Centre, User


@dataclass(frozen=True)
class Line:
    """Who did what to which record, when."""

    at: datetime.datetime
    verb: str
    by: User
    subject: models.Model


class Book:
    """Lines gathered in any order, written in the order of time after those the centre's chain has."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.lines: list[Line] = []

    def tell(self, at: datetime.datetime, verb: str, by: User, subject: models.Model) -> None:
        self.lines.append(Line(at, verb, by, subject))

    def write(self) -> None:
        """The lines one by one, as the walls want the book to grow; their details at one stroke."""
        chain = AuditChain.objects.select_for_update().get(centre=self.centre)
        book, details = AuditChain.objects.filter(pk=chain.pk), []
        for line in sorted(self.lines, key=lambda line: line.at):
            event, detail = follow(chain, line)
            event.save(force_insert=True)
            chain.length, chain.head = event.sequence, event.hash
            book.update(length=chain.length, head=chain.head)
            details.append(detail)
        AuditDetail.objects.bulk_create(details)


def follow(chain: AuditChain, line: Line) -> tuple[AuditEvent, AuditDetail]:
    """The next line of the chain, and its details."""
    salt = secrets.token_hex(32)
    details: dict[str, canonical.JSON] = {"loaded": True}
    event = AuditEvent(
        chain=chain,
        sequence=chain.length + 1,
        at=line.at,
        actor=line.by,
        verb=line.verb,
        subject_kind=kind_of(line.subject),
        subject_id=line.subject.pk,
        act_id=uuid.uuid4(),
        details_digest=canonical.digest(details, salt=salt),
        previous=chain.head,
    )
    event.hash = hash_of(event)
    return event, AuditDetail(event=event, salt=salt, details=details)
