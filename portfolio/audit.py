"""The audit book: one line per verb, each holding the hash of the line before it.

A line says who did what to which record, when. What was written beside it (the details) may have to be erased one
day, so the line holds only a salted digest of it: salt and details lie in a row of their own, and the chain verifies
without them.
"""

import datetime
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, models, transaction
from django.utils import timezone

from portfolio import canonical
from portfolio.arrivals import Lines, Said
from portfolio.canonical import JSON
from portfolio.models import AccessLine, AuditChain, AuditDetail, AuditEvent, BookCheck, Centre, Erasure, User

BEGINNING = "0" * 64


@dataclass(frozen=True)
class Broken:
    """The first line of a chain that does not hold, and what is wrong with it."""

    sequence: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.sequence}: {self.reason}"


def record(
    *,
    verb: str,
    by: User | None,
    at: datetime.datetime,
    subject: models.Model,
    centre: Centre | None,
    details: Mapping[str, JSON],
    act_id: uuid.UUID | None = None,
) -> AuditEvent:
    """Write one line in the book of the centre (of the installation when there is none), as the verb's last act.

    Before: the caller is inside its transaction and holds every other lock it needs; the subject is saved. After: the
    line, its details and the new head stand or fall with the caller's transaction. Raises TransactionManagementError
    outside a transaction, ValueError for a subject without an id, TypeError for details that cannot be written down.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit line is written in the transaction of its verb.")
    if subject.pk is None:
        raise ValueError(f"A {subject._meta.verbose_name} without an id cannot be the subject of an audit line.")
    written = canonical.plain(details)
    salt = secrets.token_hex(32)
    chain = _locked_chain(centre)
    event = AuditEvent(
        chain=chain,
        sequence=chain.length + 1,
        at=at,
        actor=by,
        verb=verb,
        subject_kind=kind_of(subject),
        subject_id=subject.pk,
        act_id=act_id or uuid.uuid4(),
        details_digest=canonical.digest(written, salt=salt),
        previous=chain.head,
    )
    event.hash = hash_of(event)
    event.save()
    AuditDetail.objects.create(event=event, salt=salt, details=written)
    AuditChain.objects.filter(pk=chain.pk).update(length=event.sequence, head=event.hash)
    return event


VERBS_AND_KINDS = """
    WITH RECURSIVE said(verb, kind, chain) AS (
        SELECT verb, subject_kind, chain_id FROM portfolio_auditevent WHERE id = (
            SELECT id FROM portfolio_auditevent WHERE chain_id = %s ORDER BY verb, subject_kind LIMIT 1
        )
        UNION ALL
        SELECT line.verb, line.subject_kind, line.chain_id
        FROM said JOIN portfolio_auditevent AS line ON line.id = COALESCE(
            (
                SELECT id FROM portfolio_auditevent
                WHERE chain_id = said.chain AND verb = said.verb AND subject_kind > said.kind
                ORDER BY verb, subject_kind LIMIT 1
            ), (
                SELECT id FROM portfolio_auditevent WHERE chain_id = said.chain AND verb > said.verb
                ORDER BY verb, subject_kind LIMIT 1
            )
        )
    )
    SELECT verb, kind FROM said
"""


def verbs_and_kinds(chain_id: int) -> list[tuple[str, str]]:
    """Each verb in a book with each kind of record that it was done to. One query.

    It goes from one pair to the next in the index: there are a hundred of them in a book of a hundred thousand lines.
    """
    with connection.cursor() as cursor:
        cursor.execute(VERBS_AND_KINDS, [chain_id])
        return [(verb, kind) for verb, kind in cursor.fetchall()]


def kind_of(subject: models.Model) -> str:
    """How the book names a kind of record, e.g. `candidaterecord`."""
    return str(subject._meta.model_name)


def hash_of(event: AuditEvent, said: Said | None = None) -> str:
    """SHA-256 of all that the line says, its place in its chain and the hash of the line before it.

    `said`: the numbers by which it names things, where it was written in another installation.
    """
    said = said or Said(name_of(event.chain), event.actor_id, event.subject_id)
    return canonical.digest(
        {
            "chain": said.book,
            "sequence": event.sequence,
            "at": event.at,
            "actor": said.actor,
            "verb": event.verb,
            "subject": [event.subject_kind, said.subject],
            "act": event.act_id,
            "details": event.details_digest,
            "previous": event.previous,
        }
    )


def name_of(chain: AuditChain) -> str:
    """What identifies a chain in its hashes and in exported heads: `centre 7` or `installation`."""
    return "installation" if chain.centre_id is None else f"centre {chain.centre_id}"


def leads_through(name: str, length: int, head: str) -> bool:
    """Whether the named chain still has, at that length, the head that was once exported."""
    if length == 0:
        return True
    centre_id = None if name == "installation" else int(name.removeprefix("centre "))
    return AuditEvent.objects.filter(chain__centre=centre_id, sequence=length, hash=head).exists()


def verify(chain: AuditChain) -> Broken | None:
    """Walk a chain from its first line, in constant memory. Returns the first broken line, or None when all hold.

    Lines may be added meanwhile: the head is read after the lines that must lead to it, and lines the head has gained
    by then are walked too.
    """
    sequence, newest, told = 0, BEGINNING, lines_of(chain)
    while True:
        walked_from = sequence
        lines = chain.events.filter(sequence__gt=walked_from).order_by("sequence", "id")
        for event in lines.select_related("detail", "chain").iterator(chunk_size=500):
            reason = what_is_wrong(event, sequence + 1, newest, told)
            if reason:
                return Broken(sequence + 1, reason)
            sequence, newest = event.sequence, event.hash
        chain.refresh_from_db()
        if chain.length <= sequence:
            break
        if sequence == walked_from:
            return Broken(sequence + 1, f"it is missing, and so is all after it: the book had {chain.length} lines.")
    if chain.length < sequence:
        return Broken(chain.length + 1, f"the head of the book knows only {chain.length} lines.")
    if chain.head != newest:
        return Broken(sequence, "the head of the book holds another hash than the newest line.")
    return None


def carry_out(check_id: int) -> None:
    """Walk the book that a check asks about, and write down what was found. Done once: again, it changes nothing."""
    check = BookCheck.objects.select_related("chain").get(pk=check_id)
    broken = verify(check.chain)
    found = {"length": check.chain.length, "head": check.chain.head}
    if broken:
        before = check.chain.events.filter(sequence=broken.sequence - 1).values_list("hash", flat=True).first()
        found = {"length": broken.sequence - 1, "head": before or ""}
    BookCheck.objects.filter(pk=check.pk, done_at=None).update(
        done_at=timezone.now(),
        broken_at=broken.sequence if broken else None,
        reason=broken.reason if broken else "",
        **found,
    )


@transaction.atomic
def erase(event_ids: Iterable[int], *, reason: str, by: User, at: datetime.datetime) -> int:
    """Erase the details of these lines for good. Returns how many there still were.

    The lines stay, each with a row that says why, by whom and when; the book verifies as before.
    """
    details = AuditDetail.objects.filter(event__in=list(event_ids)).order_by("pk")
    found = list(details.values_list("event_id", flat=True))
    Erasure.objects.bulk_create(Erasure(event_id=pk, reason=reason, erased_by=by, erased_at=at) for pk in found)
    AuditDetail.objects.filter(event__in=found).delete()
    return len(found)


def looked_at(
    subject: models.Model, *, by: User, centre_id: int, at: datetime.datetime, downloaded: bool = False
) -> None:
    """Note who looked at something or took it away: beside the book, and the one thing that a GET may write."""
    AccessLine.objects.create(
        centre_id=centre_id,
        user=by,
        at=at,
        subject_kind=kind_of(subject),
        subject_id=subject.pk,
        downloaded=downloaded,
    )


def each_taken(subjects: Iterable[tuple[str, int, int]], *, by: User, at: datetime.datetime) -> None:
    """Note the same of everything that leaves in one file: its kind, its id, and its centre's."""
    AccessLine.objects.bulk_create(
        AccessLine(centre_id=centre, user=by, at=at, subject_kind=kind, subject_id=pk, downloaded=True)
        for kind, pk, centre in subjects
    )


def listed(kind: str, *, by: User, centre_id: int, at: datetime.datetime) -> None:
    """Note the same of a page that tells of many records of a centre, or of none by itself: `kind` says which page."""
    AccessLine.objects.create(
        centre_id=centre_id, user=by, at=at, subject_kind=kind, subject_id=centre_id, downloaded=False
    )


def looked_since(subject: models.Model, by: User, moment: datetime.datetime) -> bool:
    """Whether the person is down as having looked at it since then."""
    lines = AccessLine.objects.filter(subject_kind=kind_of(subject), subject_id=subject.pk, user=by, at__gte=moment)
    return lines.exists()


def _locked_chain(centre: Centre | None) -> AuditChain:
    """The centre's chain, locked until the transaction ends; begun if this is its first line.

    Two first lines may race: the second insert waits for the first to commit, then does nothing.
    """
    chains = AuditChain.objects.select_for_update().filter(centre=centre)
    chain = chains.first()
    if chain is None:
        AuditChain.objects.bulk_create([AuditChain(centre=centre)], ignore_conflicts=True)
        chain = chains.get()
    return chain


def lines_of(chain: AuditChain) -> Lines:
    """How the lines of a chain name things, also those that came from elsewhere."""
    return Lines(chain.centre, name_of(chain))


def what_is_wrong(event: AuditEvent, expected: int, previous: str, told: Lines | None = None) -> str | None:
    """Why this line does not follow the line before it, or None when it does."""
    if event.sequence > expected:
        return "it is missing."
    if event.sequence < expected:
        return f"number {event.sequence} stands here a second time."
    if event.previous != previous:
        return "it does not hold the hash of the line before it."
    if event.hash != hash_of(event, told.said(event) if told else None):
        return "it was altered: it no longer gives its hash."
    detail = getattr(event, "detail", None)
    if detail is not None and canonical.digest(detail.details, salt=detail.salt) != event.details_digest:
        return "its details were altered: they no longer give their digest."
    return None
