"""Lines of the audit book in words: who did what to whose record."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from assessments.models import Enrolment, Evidence
from assessments.queries.book_ties import records, ties
from portfolio.audit import kind_of
from portfolio.compiled import Word, compiled
from portfolio.models import AccessLine, CandidateRecord, Centre, ExternalRecord, StaffRecord

ALONE = {"user": "account", "centre": "centre", "auditchain": "audit book"}
"""What needs no number to be known by."""


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


WRITTEN = ("sequence", "at", "actor_id", "verb", "subject_kind", "subject_id", "detail__details")
"""The columns of a line as it is told; the details last, None where they were erased."""
Written = tuple[int, datetime.datetime, int | None, str, str, int, dict[str, Any] | None]


def told(centre: Centre, lines: Sequence[Written]) -> list[BookLine]:
    """Lines in words, in two queries."""
    names = names_of(centre, {actor for _, _, actor, *_ in lines if actor})
    about = abouts({(kind, pk) for *_, kind, pk, _ in lines})
    return [
        BookLine(
            sequence=sequence,
            at=at,
            by=names.get(actor or 0, "") or ("The operator" if actor is None else "Somebody else"),
            verb=phrase(verb),
            about=about[kind, pk],
            details=None if details is None else spelled(details),
        )
        for sequence, at, actor, verb, kind, pk, details in lines
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
    return dict(_called(centre.pk, list(users))) if users else {}


@compiled
def _called(centre_id: int, users: list[int]) -> QuerySet[Any, Any]:
    candidates, staff, outside = (
        model._default_manager.filter(centre=centre_id, user__in=users).order_by().annotate(called=called)
        for model, called in (
            (CandidateRecord, Coalesce(NullIf("known_as", Value("")), "legal_name", output_field=CharField())),
            (StaffRecord, F("name")),
            (ExternalRecord, F("name")),
        )
    )
    columns = ("user_id", "called")
    return candidates.values_list(*columns).union(staff.values_list(*columns), outside.values_list(*columns))


def abouts(subjects: set[tuple[str, int]]) -> dict[tuple[str, int], About]:
    """What these records are, in words, in one query."""
    by_kind: dict[str, list[int]] = {}
    for kind, pk in subjects:
        by_kind.setdefault(kind, []).append(pk)
    found = {(kind, pk): About(" ".join(numbered(kind, pk))) for kind, pk in subjects}
    shown = [(Word(kind), pks) for kind, pks in sorted(by_kind.items()) if kind in ties() and ties()[kind].shown]
    rows = _rows_about(*chain.from_iterable(shown)) if shown else []
    for kind, pk, legal, known_as, unit, enrolment, number in rows:
        evidence = pk if kind == kind_of(Evidence()) else None
        words = f"Evidence {number}" if evidence else "" if kind == kind_of(Enrolment()) else kind_in_words(kind)
        found[kind, pk] = About(words, known_as or legal or "", (unit or "").strip(), enrolment, evidence)
    return found


@compiled
def _rows_about(*kinds_and_ids: Any) -> QuerySet[Any, Any]:
    """By turns a kind of record and the ids of those meant."""
    first, *further = (
        rows_about(str(kind), pks) for kind, pks in zip(kinds_and_ids[::2], kinds_and_ids[1::2], strict=True)
    )
    return first.union(*further, all=True)


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


def phrase(verb: str) -> str:
    """`plan_sample` as “Plan sample”."""
    words = verb.replace("_", " ")
    return words[:1].upper() + words[1:]


def kind_in_words(kind: str) -> str:
    """`assessmentplan` as “Assessment plan”; what is no record of ours as it is written."""
    words = ALONE.get(kind) or (str(ties()[kind].model._meta.verbose_name) if kind in ties() else kind)
    return words[:1].upper() + words[1:]


def numbered(kind: str, pk: int) -> list[str]:
    """A record by its kind and number; where the book is the centre's own, there is but one, and so of a list."""
    return [kind_in_words(kind)] if kind in ALONE or kind not in kinds() else [kind_in_words(kind), str(pk)]


@lru_cache
def kinds() -> frozenset[str]:
    """Every kind of record there is."""
    return frozenset(str(model._meta.model_name) for model in apps.get_models())


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
