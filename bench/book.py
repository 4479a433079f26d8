"""The audit book's lines for what is loaded: as many as the verbs would have written, in one chain that verifies."""

import datetime
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from portfolio import canonical
from portfolio.audit import hash_of, kind_of
from portfolio.models import AuditChain, AuditDetail, AuditEvent, Centre, User

COLUMNS = [column for column in AuditEvent._meta.local_concrete_fields if not column.primary_key]
NAMES, PLACES = ", ".join(str(column.column) for column in COLUMNS), ", ".join(["%s"] * len(COLUMNS))
ADD = f"INSERT INTO {AuditEvent._meta.db_table} ({NAMES}) VALUES ({PLACES}) RETURNING id"  # noqa: S608  # our own table
GROW = f"UPDATE {AuditChain._meta.db_table} SET length = %s, head = %s WHERE id = %s"  # noqa: S608  # our own table


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
        """The lines one by one, as the walls want the book to grow; their details at one stroke.

        In two statements that are written once: what Django takes to write an INSERT is most of what a line costs.
        """
        chain = AuditChain.objects.select_for_update().get(centre=self.centre)
        details = []
        with connection.cursor() as cursor:
            for line in sorted(self.lines, key=lambda line: line.at):
                event, detail = follow(chain, line)
                cursor.execute(ADD, prepared(event))
                event.pk = cursor.fetchone()[0]
                chain.length, chain.head = event.sequence, event.hash
                cursor.execute(GROW, [chain.length, chain.head, chain.pk])
                details.append(detail)
        AuditDetail.objects.bulk_create(
            AuditDetail(event_id=detail.event.pk, salt=detail.salt, details=detail.details) for detail in details
        )


def prepared(event: AuditEvent) -> list[Any]:
    """The columns of a line as the database takes them."""
    return [column.get_db_prep_save(getattr(event, column.attname), connection) for column in COLUMNS]


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
