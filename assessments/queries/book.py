"""The audit book of a centre to be read: its lines in words, whom and what they are about, and who looked at what.

Which candidate or unit a record belongs to is read off the models: whatever has a candidate or an enrolment is theirs.
Lines about a case are told to those who work on it and to nobody else (ADR 0018), and of their own
portfolio nobody reads what others did.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import BigIntegerField, CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from assessments.models import Case, Enrolment, Evidence, ExternalNote, VersionMove
from assessments.models import Mapping as MappedTo
from portfolio.arrivals import Said
from portfolio.audit import kind_of, lines_of, name_of
from portfolio.canonical import Plain, moment
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

FLOORS = ("portfolio", "units", "assessments")
FORMAT = "nvq-audit-book/1"
FURTHER = {"user": "candidate_records", "exercise": "version__evidence__candidate"}
"""Paths to a candidate that no field of their own names."""
RESTRICTED = (Case, ExternalNote)
"""Records that some who run a centre may not know of."""
ALONE = {"user": "account", "centre": "centre", "auditchain": "audit book"}
"""What needs no number to be known by."""


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
class About:
    """What a line is about: the record in words, whose it is, of which unit, and the enrolment or item to open."""

    words: str
    candidate: str = ""
    unit: str = ""
    enrolment: int | None = None
    evidence: int | None = None


@dataclass(frozen=True)
class BookLine:
    """A line as it is read. `details` is None where they were erased."""

    sequence: int
    at: datetime.datetime
    by: str
    verb: str
    about: About
    details: list[tuple[str, str]] | None


@dataclass(frozen=True)
class Look:
    """That somebody opened a record, or took it away."""

    at: datetime.datetime
    by: str
    downloaded: bool
    about: About


@dataclass(frozen=True)
class Choices:
    """The verbs and kinds of record that the book has lines of, each with its words."""

    verbs: list[tuple[str, str]] = field(default_factory=list)
    kinds: list[tuple[str, str]] = field(default_factory=list)


# --- what belongs to whom --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tie:
    """By which paths a record of a model leads to its candidate and to its enrolment; empty where it has none."""

    model: type[models.Model]
    candidate: str
    enrolment: str

    @property
    def shown(self) -> bool:
        """Whether a line can name the candidate: an account can be one's at several centres, and who acted is named."""
        return bool(self.candidate) and self.model is not User


@cache
def ties() -> dict[str, Tie]:
    """Each kind of record that a line can be about, by the name the book has for it."""
    found = {}
    for model in (model for floor in FLOORS for model in apps.get_app_config(floor).get_models()):
        kind = str(model._meta.model_name)
        keys = {key.name: key.related_model for key in model._meta.fields if key.is_relation}
        enrolment = "pk" if model is Enrolment else "enrolment" if keys.get("enrolment") is Enrolment else ""
        if model is CandidateRecord:
            candidate = "pk"
        elif keys.get("candidate") is CandidateRecord:
            candidate = "candidate"
        else:
            candidate = "enrolment__candidate" if enrolment else FURTHER.get(kind, "")
        found[kind] = Tie(model, candidate, enrolment)
    return found


def of_candidates(candidates: QuerySet[CandidateRecord], kinds: Iterable[str]) -> Q:
    """Lines about anything that is of these candidates."""
    known = ((kind, tie) for kind in kinds if (tie := ties().get(kind)) and tie.candidate)
    return any_of(
        Q(subject_kind=kind, subject_id__in=records(tie).filter(**{f"{tie.candidate}__in": candidates}).values("pk"))
        for kind, tie in known
    )


def of_unit(enrolment: int, kinds: Iterable[str]) -> Q:
    """Lines about a candidate's unit, and about the items mapped to it."""
    known = ((kind, tie) for kind in kinds if (tie := ties().get(kind)) and tie.enrolment)
    items = MappedTo.objects.filter(enrolment=enrolment).values("evidence")
    left = VersionMove.objects.filter(earlier=enrolment).values("pk")
    return any_of(
        (
            Q(subject_kind=kind, subject_id__in=records(tie).filter(**{tie.enrolment: enrolment}).values("pk"))
            for kind, tie in known
        ),
        Q(subject_kind=kind_of(Evidence()), subject_id__in=items),
        Q(subject_kind=kind_of(VersionMove()), subject_id__in=left),
    )


def records(tie: Tie) -> QuerySet[Any]:
    return tie.model._default_manager.order_by()


def any_of(conditions: Iterable[Q], *further: Q) -> Q:
    """One of them at least; nothing where there are none."""
    return reduce(or_, [*conditions, *further], Q(pk__in=[]))


# --- reading ---------------------------------------------------------------------------------------------------------


def choices_of(centre: Centre, reader: User, own: int | None) -> Choices:
    """What the reader can ask for, in one query."""
    found = told_to(AuditEvent.objects.filter(chain__centre=centre), reader, own, "actor").order_by()
    pairs = list(found.values_list("verb", "subject_kind").distinct())
    return Choices(
        verbs=sorted({(verb, phrase(verb)) for verb, _ in pairs}, key=lambda pair: pair[1]),
        kinds=sorted({(kind, kind_in_words(kind)) for _, kind in pairs}, key=lambda pair: pair[1]),
    )


def own_portfolio(centre: Centre, reader: User) -> int | None:
    """The reader's own record as a candidate of the centre, if they have one. One query."""
    return CandidateRecord.objects.filter(centre=centre, user=reader).values_list("pk", flat=True).first()


def told_to(lines: QuerySet[Any], reader: User, own: int | None, by: str) -> QuerySet[Any]:
    """Without lines about cases the reader does not work on, and about remarks of an external verifier that they may
    not read; of their `own` portfolio with what they did themselves alone, for others verify it."""
    for model in RESTRICTED:
        theirs = model.objects.visible_to(reader).values("pk")
        lines = lines.exclude(Q(subject_kind=kind_of(model())) & ~Q(subject_id__in=theirs))
    if own is not None:
        mine = CandidateRecord.objects.filter(pk=own)
        lines = lines.exclude(of_candidates(mine, ties()) & ~Q(**{by: reader}))
    return lines


def lines_asked_for(
    centre: Centre, reader: User, own: int | None, asked: Asked, kinds: Iterable[str]
) -> QuerySet[AuditEvent]:
    """The lines of the centre's book that fit, the newest first."""
    lines = told_to(AuditEvent.objects.filter(chain__centre=centre), reader, own, "actor")
    if asked.verb:
        lines = lines.filter(verb=asked.verb)
    if asked.kind:
        lines = lines.filter(subject_kind=asked.kind)
    return narrowed(lines, centre, asked, kinds, "actor").select_related("detail").order_by("-sequence")


def looks_asked_for(centre: Centre, reader: User, own: int | None, asked: Asked) -> QuerySet[AccessLine]:
    """Who looked at what at the centre, as far as it fits, the newest first."""
    lines = told_to(AccessLine.objects.filter(centre=centre), reader, own, "user")
    return narrowed(lines, centre, asked, ties(), "user").order_by("-pk")


def narrowed(lines: QuerySet[Any], centre: Centre, asked: Asked, kinds: Iterable[str], by: str) -> QuerySet[Any]:
    if asked.candidate:
        named = Q(legal_name__icontains=asked.candidate) | Q(known_as__icontains=asked.candidate)
        lines = lines.filter(of_candidates(CandidateRecord.objects.filter(named, centre=centre).order_by(), kinds))
    if asked.unit:
        lines = lines.filter(of_unit(asked.unit, kinds))
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


def told(centre: Centre, events: Sequence[AuditEvent]) -> list[BookLine]:
    """Lines in words, in two queries."""
    names = names_of(centre, {event.actor_id for event in events if event.actor_id})
    about = abouts({(event.subject_kind, event.subject_id) for event in events})
    return [
        BookLine(
            sequence=event.sequence,
            at=event.at,
            by=names.get(event.actor_id or 0, "") or ("The operator" if event.actor_id is None else "Somebody else"),
            verb=phrase(event.verb),
            about=about[event.subject_kind, event.subject_id],
            details=spelled(event.detail.details) if hasattr(event, "detail") else None,
        )
        for event in events
    ]


def looks_told(centre: Centre, looks: Sequence[AccessLine]) -> list[Look]:
    """Looks in words, in two queries."""
    names = names_of(centre, {look.user_id for look in looks})
    about = abouts({(look.subject_kind, look.subject_id) for look in looks})
    return [
        Look(
            look.at,
            names.get(look.user_id, "Somebody else"),
            look.downloaded,
            about[look.subject_kind, look.subject_id],
        )
        for look in looks
    ]


def names_of(centre: Centre, users: set[int]) -> dict[int, str]:
    """What people are called at a centre, whatever they are there. One query."""
    if not users:
        return {}
    candidates, staff, outside = (
        model._default_manager.filter(centre=centre, user__in=users).order_by().annotate(called=called)
        for model, called in (
            (CandidateRecord, Coalesce(NullIf("known_as", Value("")), "legal_name", output_field=CharField())),
            (StaffRecord, F("name")),
            (ExternalRecord, F("name")),
        )
    )
    columns = ("user_id", "called")
    return dict(candidates.values_list(*columns).union(staff.values_list(*columns), outside.values_list(*columns)))


def abouts(subjects: set[tuple[str, int]]) -> dict[tuple[str, int], About]:
    """What these records are, in words, in one query."""
    by_kind: dict[str, list[int]] = {}
    for kind, pk in subjects:
        by_kind.setdefault(kind, []).append(pk)
    found = {(kind, pk): About(" ".join(numbered(kind, pk))) for kind, pk in subjects}
    parts = [rows_about(kind, pks) for kind, pks in sorted(by_kind.items()) if kind in ties() and ties()[kind].shown]
    if not parts:
        return found
    for kind, pk, legal, known_as, unit, enrolment, number in parts[0].union(*parts[1:], all=True):
        evidence = pk if kind == kind_of(Evidence()) else None
        words = f"Evidence {number}" if evidence else "" if kind == kind_of(Enrolment()) else kind_in_words(kind)
        found[kind, pk] = About(words, known_as or legal or "", (unit or "").strip(), enrolment, evidence)
    return found


def rows_about(kind: str, pks: list[int]) -> QuerySet[Any]:
    """(kind, id, candidate's names, unit, enrolment, number of the item)."""
    tie = ties()[kind]
    before = "" if tie.candidate == "pk" else f"{tie.candidate}__"
    unit = "" if tie.enrolment == "pk" else "enrolment__"
    nothing, no_number = Cast(Value(None), CharField()), Cast(Value(None), BigIntegerField())
    return (
        records(tie)
        .filter(pk__in=pks)
        .values_list(
            Value(kind, CharField()),
            "pk",
            F(f"{before}legal_name"),
            F(f"{before}known_as"),
            unit_called(f"{unit}unit__") if tie.enrolment else nothing,
            F(f"{unit}pk") if tie.enrolment else no_number,
            F("number") if tie.model is Evidence else no_number,
        )
    )


def unit_called(path: str) -> Concat:
    """A unit as it names itself, by a path that ends at it."""
    title = Coalesce(NullIf(f"{path}title", Value("")), f"{path}public_title", output_field=CharField())
    return Concat(f"{path}short_code", Value(" "), title, output_field=CharField())


def newest_check(centre: Centre) -> BookCheck | None:
    """What the last check of the centre's book found, or that one is under way. One query."""
    return BookCheck.objects.filter(chain__centre=centre).select_related("by").first()


# --- words -----------------------------------------------------------------------------------------------------------


def phrase(verb: str) -> str:
    """`plan_sample` as “Plan sample”."""
    words = verb.replace("_", " ")
    return words[:1].upper() + words[1:]


def kind_in_words(kind: str) -> str:
    """`assessmentplan` as “Assessment plan”; what is no record of ours as it is written."""
    words = ALONE.get(kind) or (str(ties()[kind].model._meta.verbose_name) if kind in ties() else kind)
    return words[:1].upper() + words[1:]


def numbered(kind: str, pk: int) -> list[str]:
    """A record by its kind and number; where the book is the centre's own, there is but one."""
    return [kind_in_words(kind)] if kind in ALONE else [kind_in_words(kind), str(pk)]


def spelled(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What stands beside a line, name by name."""
    return [(phrase(name), in_words(value)) for name, value in details.items() if value not in (None, "", [], {})]


def in_words(value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(in_words(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{phrase(name)}: {in_words(each)}" for name, each in value.items())
    return "" if value is None else str(value)


# --- taken away with proof -------------------------------------------------------------------------------------------


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
    shown = iter(chosen.filter(sequence__lte=length).order_by("sequence").iterator(chunk_size=500))
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
