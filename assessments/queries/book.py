"""The audit book of a centre to be read: which lines are asked for, and who looked at what.

Lines about a case are told to those who work on it and to nobody else (ADR 0018), and of their own
portfolio nobody reads what others did.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

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


def choices_of(centre: Centre, reader: User, own: int | None) -> Choices:
    """What the reader can ask for. One query; one more where the book has lines that not everybody is told."""
    pairs = told_of(centre, reader, own)
    return Choices(
        verbs=sorted({(verb, phrase(verb)) for verb, _ in pairs}, key=lambda pair: pair[1]),
        kinds=sorted({(kind, kind_in_words(kind)) for _, kind in pairs}, key=lambda pair: pair[1]),
    )


def told_of(centre: Centre, reader: User, own: int | None) -> list[tuple[str, str]]:
    """The verbs and kinds of record of which the reader is told a line at least."""
    day = timezone.localdate()
    if own is not None:
        return _chosen(centre.pk, reader, own, day)
    pairs = verbs_and_kinds(centre)
    if not any(kind in RESTRICTED_KINDS for _, kind in pairs):
        return pairs
    return [pair for pair in pairs if pair[1] not in RESTRICTED_KINDS] + _restricted(centre.pk, reader, day)


@compiled
def _chosen(centre_id: int, reader: User, own: int | None, day: datetime.date) -> QuerySet[AuditEvent, Any]:
    found = told_to(AuditEvent.objects.filter(chain__centre=centre_id), reader, own, "actor", day)
    return found.order_by().values_list("verb", "subject_kind").distinct()


@compiled
def _restricted(centre_id: int, reader: User, day: datetime.date) -> QuerySet[AuditEvent, Any]:
    lines = AuditEvent.objects.filter(chain__centre=centre_id, subject_kind__in=RESTRICTED_KINDS)
    return told_to(lines, reader, None, "actor", day).order_by().values_list("verb", "subject_kind")


def own_portfolio(centre: Centre, reader: User) -> int | None:
    """The reader's own record as a candidate of the centre, if they have one. One query."""
    return _own.first(centre.pk, reader.pk)


@compiled
def _own(centre_id: int, reader_id: int) -> QuerySet[CandidateRecord, int]:
    return CandidateRecord.objects.filter(centre=centre_id, user=reader_id).values_list("pk", flat=True)[:1]


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


def lines_asked_for(
    centre: Centre, reader: User, own: int | None, asked: Asked, kinds: Iterable[str]
) -> QuerySet[AuditEvent]:
    """The lines of the centre's book that fit, the newest first; as `told` takes them with `values_list(*WRITTEN)`."""
    day = timezone.localdate()
    found = told_to(those_about(AuditEvent, {"chain__centre": centre.pk}, asked, kinds), reader, own, "actor", day)
    if asked.verb:
        found = found.filter(verb=asked.verb)
    if asked.kind:
        found = found.filter(subject_kind=asked.kind)
    return narrowed(found, centre, asked, "actor").order_by("-sequence")


def lines_listed(
    centre: Centre, reader: User, own: int | None, asked: Asked, kinds: Iterable[str]
) -> QuerySet[AuditEvent, Any] | Listed[Any]:
    """The same for a page, where mostly nothing is asked for, or a unit is followed."""
    day = timezone.localdate()
    if asked == Asked():
        return AllLines(_lines, (centre.pk, reader, own, day, None))
    if asked == Asked(unit=asked.unit):
        return _lines.listed(centre.pk, reader, own, day, asked.unit, *map(Word, kinds))
    return lines_asked_for(centre, reader, own, asked, kinds).values_list(*WRITTEN)


@compiled
def _lines(
    centre_id: int, reader: User, own: int | None, day: datetime.date, unit: int | None, *kinds: Word
) -> QuerySet[AuditEvent, Any]:
    lines = those_about(AuditEvent, {"chain__centre": centre_id}, Asked(unit=unit), kinds)
    return told_to(lines, reader, own, "actor", day).order_by("-sequence").values_list(*WRITTEN)


class AllLines(Listed[Any]):
    """The whole book. It says itself how long it is; what the reader is not told of it is quickly counted."""

    def count(self) -> int:
        centre_id, reader, own, day, _ = self.args
        length = _told.first(centre_id, reader, day) if own is None else None
        return super().count() if length is None else length


@compiled
def _told(centre_id: int, reader: User, day: datetime.date) -> QuerySet[AuditChain, int]:
    """How many lines of the book a reader is told, who is no candidate of the centre."""
    about = Q(subject_kind__in=RESTRICTED_KINDS)
    lines = AuditEvent.objects.filter(about, chain__centre=centre_id).order_by()
    told = told_to(lines, reader, None, "actor", day).values("pk")
    untold = lines.exclude(pk__in=told).values("chain").annotate(lines=Count("*")).values("lines")
    counted = F("length") - Coalesce(Subquery(untold), 0)
    return AuditChain.objects.filter(centre=centre_id).annotate(told=counted).values_list("told", flat=True)


def looks_asked_for(centre: Centre, reader: User, own: int | None, asked: Asked) -> QuerySet[AccessLine]:
    """Who looked at what at the centre, as far as it fits, the newest first."""
    found = those_about(AccessLine, {"centre": centre.pk}, asked, ties())
    lines = told_to(found, reader, own, "user", timezone.localdate())
    return narrowed(lines, centre, asked, "user").order_by("-pk")


def those_about(model: type[models.Model], scope: dict[str, int], asked: Asked, kinds: Iterable[str]) -> QuerySet[Any]:
    """Lines of a `scope`, which names the centre, about the candidate and the unit asked for.

    Each kind of record is looked up by the index it stands in: a book has a hundred lines for every one of a unit.
    """
    (centre_id,) = scope.values()
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


def narrowed(lines: QuerySet[Any], centre: Centre, asked: Asked, by: str) -> QuerySet[Any]:
    """Of the lines those by the person asked for, in the days asked for."""
    if asked.person:
        lines = lines.filter(**{f"{by}__in": people_called(centre, asked.person)})
    if asked.since:
        lines = lines.filter(at__date__gte=asked.since)
    if asked.until:
        lines = lines.filter(at__date__lte=asked.until)
    return lines


def people_called(centre: Centre, name: str) -> QuerySet[User]:
    """Whoever is called that at the centre, as candidate, on its staff or from outside."""
    called = [
        Q(pk__in=model._default_manager.filter(named, centre=centre).order_by().values("user"))
        for model, named in (
            (StaffRecord, Q(name__icontains=name)),
            (ExternalRecord, Q(name__icontains=name)),
            (CandidateRecord, Q(legal_name__icontains=name) | Q(known_as__icontains=name)),
        )
    ]
    return User.objects.filter(any_of(called)).order_by()


def newest_check(centre: Centre) -> BookCheck | None:
    """What the last check of the centre's book found, or that one is under way. One query."""
    return _newest_check.first(centre.pk)


@compiled
def _newest_check(centre_id: int) -> QuerySet[BookCheck]:
    return BookCheck.objects.filter(chain__centre=centre_id).select_related("by")[:1]
