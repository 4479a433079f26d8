"""The audit book of a centre to be read: which lines are asked for, and who looked at what.

Lines about a case are told to those who work on it and to nobody else (ADR 0018), and of their own
portfolio nobody reads what others did.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.models import Case, ExternalNote
from assessments.queries.book_lines import WRITTEN, kind_in_words, phrase
from assessments.queries.book_ties import Records, about_one_of, any_of, of_candidates, of_unit, ties
from portfolio.audit import kind_of, verbs_and_kinds
from portfolio.compiled import Listed, Word, compiled
from portfolio.models import (
    AccessLine,
    AuditChain,
    AuditEvent,
    BookCheck,
    CandidateRecord,
    Centre,
    ExternalRecord,
    StaffRecord,
    User,
)

RESTRICTED = (Case, ExternalNote)
"""Records that some who run a centre may not know of."""
RESTRICTED_KINDS = [kind_of(model()) for model in RESTRICTED]


@dataclass(frozen=True)
class Asked:
    """What is asked of the book; None and empty mean anything."""

    candidate: str = ""
    person: str = ""
    verb: str = ""
    kind: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    unit: int | None = None


@dataclass(frozen=True)
class Choices:
    """The verbs and kinds of record that the book has lines of, each with its words."""

    verbs: list[tuple[str, str]] = field(default_factory=list)
    kinds: list[tuple[str, str]] = field(default_factory=list)


# --- reading ---------------------------------------------------------------------------------------------------------


class Book(NamedTuple):
    """A centre's book as somebody reads it: its chain, and their `own` portfolio at the centre, if they have one."""

    centre: int
    chain: int
    own: int | None


def book_of(centre: Centre, reader: User) -> Book:
    """One query."""
    chain, own = _opened.first(centre.pk, reader.pk) or (0, None)
    return Book(centre.pk, chain, own)


@compiled
def _opened(centre_id: int, reader_id: int) -> QuerySet[AuditChain, Any]:
    own = CandidateRecord.objects.filter(centre=centre_id, user=reader_id).order_by().values("pk")[:1]
    return AuditChain.objects.filter(centre=centre_id).values_list("pk", Subquery(own))


def choices_of(book: Book, reader: User) -> Choices:
    """What the reader can ask for. One query; one more where the book has lines that not everybody is told."""
    pairs = told_of(book, reader)
    return Choices(
        verbs=sorted({(verb, phrase(verb)) for verb, _ in pairs}, key=lambda pair: pair[1]),
        kinds=sorted({(kind, kind_in_words(kind)) for _, kind in pairs}, key=lambda pair: pair[1]),
    )


def told_of(book: Book, reader: User) -> list[tuple[str, str]]:
    """The verbs and kinds of record of which the reader is told a line at least."""
    day = timezone.localdate()
    if book.own is not None:
        return _chosen(book, reader, day)
    pairs = verbs_and_kinds(book.chain)
    if not any(kind in RESTRICTED_KINDS for _, kind in pairs):
        return pairs
    return [pair for pair in pairs if pair[1] not in RESTRICTED_KINDS] + _restricted(book.chain, reader, day)


@compiled
def _chosen(book: Book, reader: User, day: datetime.date) -> QuerySet[AuditEvent, Any]:
    found = told_to(AuditEvent.objects.filter(chain=book.chain), reader, book.own, "actor", day)
    return found.order_by().values_list("verb", "subject_kind").distinct()


@compiled
def _restricted(chain: int, reader: User, day: datetime.date) -> QuerySet[AuditEvent, Any]:
    lines = AuditEvent.objects.filter(chain=chain, subject_kind__in=RESTRICTED_KINDS)
    return told_to(lines, reader, None, "actor", day).order_by().values_list("verb", "subject_kind")


def told_to(lines: QuerySet[Any], reader: User, own: int | None, by: str, day: datetime.date) -> QuerySet[Any]:
    """Without lines about cases the reader does not work on, and about remarks of an external verifier that they may
    not read; of their `own` portfolio with what they did themselves alone, for others verify it."""
    for model in RESTRICTED:
        theirs = model.objects.visible_to(reader, day).values("pk")
        lines = lines.exclude(Q(subject_kind=kind_of(model())) & ~Q(subject_id__in=theirs))
    if own is not None:
        mine = CandidateRecord.objects.filter(pk=own)
        lines = lines.exclude(about_one_of(of_candidates(mine, ties())) & ~Q(**{by: reader}))
    return lines


def lines_asked_for(book: Book, reader: User, asked: Asked, kinds: Iterable[str]) -> QuerySet[AuditEvent]:
    """The lines of the centre's book that fit, the newest first; as `told` takes them with `values_list(*WRITTEN)`."""
    day = timezone.localdate()
    found = told_to(lines_about(book, asked, kinds), reader, book.own, "actor", day)
    if asked.verb:
        found = found.filter(verb=asked.verb)
    if asked.kind:
        found = found.filter(subject_kind=asked.kind)
    return narrowed(found, book, asked, "actor").order_by("-sequence")


def lines_listed(
    book: Book, reader: User, asked: Asked, kinds: Iterable[str]
) -> QuerySet[AuditEvent, Any] | Listed[Any] | list[Any]:
    """The same for a page, where mostly nothing is asked for, or a unit is followed."""
    day = timezone.localdate()
    if asked == Asked():
        return AllLines(_lines, (book, reader, day))
    if asked == Asked(unit=asked.unit):
        return _these(_of_unit(book, asked.unit, *map(Word, kinds)), book, reader, day)
    return lines_asked_for(book, reader, asked, kinds).values_list(*WRITTEN)


@compiled
def _lines(book: Book, reader: User, day: datetime.date) -> QuerySet[AuditEvent, Any]:
    lines = told_to(AuditEvent.objects.filter(chain=book.chain), reader, book.own, "actor", day)
    return lines.order_by("-sequence").values_list(*WRITTEN)


@compiled
def _of_unit(book: Book, unit: int | None, *kinds: Word) -> QuerySet[AuditEvent, int]:
    """Ids of a unit's lines, some dozens: in a question of their own, so that no database looks for them in the whole
    book."""
    return lines_about(book, Asked(unit=unit), kinds).values_list("pk", flat=True)


@compiled
def _these(ids: list[int], book: Book, reader: User, day: datetime.date) -> QuerySet[AuditEvent, Any]:
    lines = told_to(AuditEvent.objects.filter(pk__in=ids), reader, book.own, "actor", day)
    return lines.order_by("-sequence").values_list(*WRITTEN)


class AllLines(Listed[Any]):
    """The whole book. It says itself how long it is; what the reader is not told of it is quickly counted."""

    def count(self) -> int:
        book, reader, day = self.args
        length = _told.first(book.chain, reader, day) if book.own is None else None
        return super().count() if length is None else length


@compiled
def _told(chain: int, reader: User, day: datetime.date) -> QuerySet[AuditChain, int]:
    """How many lines of the book a reader is told, who is no candidate of the centre."""
    lines = AuditEvent.objects.filter(subject_kind__in=RESTRICTED_KINDS, chain=chain).order_by()
    told = told_to(lines, reader, None, "actor", day).values("pk")
    untold = lines.exclude(pk__in=told).values("chain").annotate(lines=Count("*")).values("lines")
    counted = F("length") - Coalesce(Subquery(untold), 0)
    return AuditChain.objects.filter(pk=chain).annotate(told=counted).values_list("told", flat=True)


def looks_asked_for(book: Book, reader: User, asked: Asked) -> QuerySet[AccessLine]:
    """Who looked at what at the centre, as far as it fits, the newest first."""
    found = those_about(AccessLine, {"centre": book.centre}, book.centre, asked, ties())
    lines = told_to(found, reader, book.own, "user", timezone.localdate())
    return narrowed(lines, book, asked, "user").order_by("-pk")


def lines_about(book: Book, asked: Asked, kinds: Iterable[str]) -> QuerySet[AuditEvent]:
    return those_about(AuditEvent, {"chain": book.chain}, book.centre, asked, kinds)


def those_about(
    model: type[models.Model], scope: dict[str, int], centre_id: int, asked: Asked, kinds: Iterable[str]
) -> QuerySet[Any]:
    """Lines of a `scope`, which is all of the centre's, about the candidate and the unit asked for.

    Each kind of record is looked up by the index it stands in: a book has a hundred lines for every one of a unit.
    """
    lines = model._default_manager.order_by()
    meant: list[list[Records]] = []
    if asked.candidate:
        named = Q(legal_name__icontains=asked.candidate) | Q(known_as__icontains=asked.candidate)
        meant.append(of_candidates(CandidateRecord.objects.filter(named, centre=centre_id).order_by(), kinds))
    if asked.unit:
        meant.append(of_unit(asked.unit, kinds))
    if not meant:
        return lines.filter(**scope)
    found = lines
    for one in meant:
        ids = [lines.filter(**scope, subject_kind=kind, subject_id__in=ids).values("pk") for kind, ids in one]
        found = found.filter(pk__in=ids[0].union(*ids[1:])) if ids else found.none()
    return found


def narrowed(lines: QuerySet[Any], book: Book, asked: Asked, by: str) -> QuerySet[Any]:
    """Of the lines those by the person asked for, in the days asked for."""
    if asked.person:
        lines = lines.filter(**{f"{by}__in": people_called(book.centre, asked.person)})
    if asked.since:
        lines = lines.filter(at__date__gte=asked.since)
    if asked.until:
        lines = lines.filter(at__date__lte=asked.until)
    return lines


def people_called(centre_id: int, name: str) -> QuerySet[User]:
    """Whoever is called that at the centre, as candidate, on its staff or from outside."""
    called = [
        Q(pk__in=model._default_manager.filter(named, centre=centre_id).order_by().values("user"))
        for model, named in (
            (StaffRecord, Q(name__icontains=name)),
            (ExternalRecord, Q(name__icontains=name)),
            (CandidateRecord, Q(legal_name__icontains=name) | Q(known_as__icontains=name)),
        )
    ]
    return User.objects.filter(any_of(called)).order_by()


def newest_check(book: Book) -> BookCheck | None:
    """What the last check of the centre's book found, or that one is under way. One query."""
    return _newest_check.first(book.chain)


@compiled
def _newest_check(chain: int) -> QuerySet[BookCheck]:
    return BookCheck.objects.filter(chain=chain).select_related("by")[:1]
