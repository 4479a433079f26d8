"""Which rows an archive holds, and by which line each is known in it.

The rows of a centre stand in the order in which they were written, those that all centres share in the order of their
natural keys: so the same record gives the same lines in whatever installation it is kept.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from portfolio.archive import catalogue
from portfolio.archive.catalogue import Kind
from portfolio.arrivals import kind_name, kinds_by_word
from portfolio.models import AuditEvent, CandidateRecord, Centre, Document, StoredFile, User

T = TypeVar("T")
AT_ONCE = 500
"""Ids named in one statement."""


@dataclass(frozen=True)
class Cut:
    """How much of the record an archive holds.

    `kinds` names the kinds of rows of a centre that are in it, all where None. `rows` narrows some of them; `follow`
    those that are known only by what is in the selection already. `withheld` names columns that stay empty. `people`
    says what is told of each sign-in beside, or instead of, its address.
    """

    name: str
    kinds: frozenset[str] | None = None
    rows: Mapping[str, Q] = field(default_factory=dict)
    follow: Mapping[str, Callable[["Selection"], Q]] = field(default_factory=dict)
    withheld: frozenset[tuple[str, str]] = frozenset()
    people: Callable[["Selection"], Mapping[int, Mapping[str, str]]] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is all there is, which alone is read back."""
        return self.kinds is None

    def has(self, model: Kind) -> bool:
        return self.kinds is None or model._meta.label in self.kinds


WHOLE = Cut("whole")
"""All there is: what is read back into another installation."""


class Selection:
    """The rows of a centre's record, or of one candidate's, in a cut."""

    def __init__(self, centre: Centre, cut: Cut = WHOLE, candidate: CandidateRecord | None = None) -> None:
        self.centre, self.cut, self.candidate = centre, cut, candidate

    # --- rows of the centre ------------------------------------------------------------------------------------------

    @cached_property
    def owned(self) -> list[Kind]:
        return [model for model in catalogue.owned() if self.cut.has(model) and self._ways(model)]

    def rows(self, model: Kind) -> "QuerySet[Model]":
        """The rows of a kind that belong to the centre, in the order of their numbers."""
        found = self._within(model)
        if model is StoredFile:
            found = found.filter(self._referred_to())
        elif model in catalogue.hanging_on():
            files = self.rows(StoredFile).order_by().values("pk")
            found = found.filter(**{f"{_way_to(model, StoredFile)}__in": files})
        return found.order_by("pk")

    def _within(self, model: Kind) -> "QuerySet[Model]":
        root: Model = self.candidate if self.candidate and self._of_candidate(model) else self.centre
        leading = reduce(or_, (Q(**{way: root.pk}) for way in self._ways(model)))
        found = model._base_manager.filter(catalogue.rows_of(model), leading)
        if model._meta.label in self.cut.rows:
            found = found.filter(self.cut.rows[model._meta.label])
        if model._meta.label in self.cut.follow:
            found = found.filter(self.cut.follow[model._meta.label](self))
        return found

    def _ways(self, model: Kind) -> tuple[str, ...]:
        return catalogue.ways_to(model, CandidateRecord if self._of_candidate(model) else Centre)

    def _of_candidate(self, model: Kind) -> bool:
        return self.candidate is not None and bool(catalogue.ways_to(model, CandidateRecord))

    def _referred_to(self) -> Q:
        """Files to which a row that travels refers; those of drafts and of uploads nobody used stay."""
        return self.named_by(StoredFile, self.owned)

    def named_by(self, target: Kind, kinds: Iterable[Kind]) -> Q:
        """Rows to which a row of these kinds that is in the selection refers."""
        referring = [
            Q(pk__in=self._within(model).order_by().values(field.attname))
            for model in kinds
            if model is not target and model not in catalogue.hanging_on()
            for field in catalogue.relations(model)
            if catalogue.target_of(field) is target
        ]
        return reduce(or_, referring, Q(pk__in=[]))

    @property
    def of_candidate(self) -> list[Kind]:
        """The kinds whose rows are the candidate's, where it is of one."""
        return [model for model in self.owned if self._of_candidate(model)]

    @cached_property
    def _words(self) -> set[str]:
        """The kinds of records that the centre's book and documents are about."""
        lines = AuditEvent.objects.filter(chain__centre=self.centre).order_by()
        documents = Document.objects.filter(centre=self.centre).order_by()
        found = [rows.values_list("subject_kind", flat=True).distinct() for rows in (lines, documents)]
        return {word for words in found for word in words}

    def subjects(self) -> Q:
        """What names, as its subject, a row of the selection: a line of the book, or a document."""
        kinds = self.of_candidate if self.candidate else self.owned
        named = [
            Q(subject_kind=word, subject_id__in=self._within(model).order_by().values("pk"))
            for model in kinds
            if (word := str(model._meta.model_name)) in self._words
            and kinds_by_word().get(word) == kind_name(model)
            and model._meta.label not in self.cut.follow
        ]
        return reduce(or_, named, Q(pk__in=[]))

    @cached_property
    def _numbers(self) -> dict[Kind, "array[int]"]:
        """The numbers of all rows of the centre, eight bytes each."""
        return {
            model: array("q", self.rows(model).values_list("pk", flat=True).iterator(chunk_size=5000))
            for model in self.owned
        }

    # --- shared rows -------------------------------------------------------------------------------------------------

    @cached_property
    def shared(self) -> dict[Kind, list[int]]:
        """The rows that all centres share and this record refers to, in the order of their natural keys."""
        wanted: dict[Kind, set[int]] = {model: set() for model in catalogue.shared()}
        for model in self.owned:
            for relation in catalogue.relations(model):
                if (model._meta.label, relation.name) in self.cut.withheld:
                    continue
                if catalogue.target_of(relation) in wanted:
                    rows = self.rows(model).order_by().values_list(relation.attname, flat=True).distinct()
                    wanted[catalogue.target_of(relation)].update(pk for pk in rows.iterator() if pk is not None)
        for model in wanted:
            for relation in catalogue.relations(model):
                if catalogue.target_of(relation) is Centre and self.candidate is None:
                    own = model._base_manager.filter(**{relation.attname: self.centre.pk})
                    wanted[model].update(own.values_list("pk", flat=True))
        while self._followed(wanted):
            pass
        return {model: sorted_by_key(model, pks) for model, pks in wanted.items()}

    def _followed(self, wanted: dict[Kind, set[int]]) -> bool:
        """Take what the wanted rows refer to, and all parts of what is taken whole. Whether that was anything new."""
        before = sum(len(pks) for pks in wanted.values())
        parts = {model: part for model in wanted if (part := catalogue.whole_of(model))}
        for model, (whole, way) in parts.items():
            for some in in_slices(wanted[model]):
                wanted[whole].update(model._base_manager.filter(pk__in=some).values_list(way, flat=True))
        for model, pks in wanted.items():
            if model in parts:
                whole, way = parts[model]
                for some in in_slices(wanted[whole]):
                    of_whole = model._base_manager.filter(**{f"{way}__in": some})
                    pks.update(of_whole.values_list("pk", flat=True))
            for relation in catalogue.relations(model):
                target = catalogue.target_of(relation)
                if target in wanted and target is not model:
                    for some in in_slices(pks):
                        rows = model._base_manager.filter(pk__in=some).values_list(relation.attname, flat=True)
                        wanted[target].update(pk for pk in rows if pk is not None)
        return sum(len(pks) for pks in wanted.values()) > before

    # --- lines -------------------------------------------------------------------------------------------------------

    @cached_property
    def _shared_lines(self) -> dict[Kind, dict[int, int]]:
        return {model: {pk: line for line, pk in enumerate(pks, start=1)} for model, pks in self.shared.items()}

    def line_of(self, model: Kind, pk: int) -> int | None:
        """The line by which a row is known, counted from 1; None when it is not in the archive."""
        if model in self._shared_lines:
            return self._shared_lines[model].get(pk)
        numbers = self._numbers.get(model)
        if numbers is None:
            return None
        place = bisect_left(numbers, pk)
        return place + 1 if place < len(numbers) and numbers[place] == pk else None

    def kinds(self) -> list[Kind]:
        """Every kind that the archive has a file of, in the catalogue's order."""
        taken = {*self.owned, *self.shared}
        return [model for model in catalogue.travelling() if model in taken]

    def count(self, model: Kind) -> int:
        return len(self.shared[model]) if model in self.shared else len(self._numbers[model])

    def iterate(self, model: Kind) -> Iterator[tuple[Any, ...]]:
        """The rows of a kind in the order of their lines, as their number and their columns: a few at a time."""
        names = ["pk", *(field.attname for field in catalogue.columns(model))]
        if model not in self.shared:
            yield from self.rows(model).values_list(*names).iterator(chunk_size=2000)
            return
        for some in in_slices(self.shared[model]):
            found = {row[0]: row for row in model._base_manager.filter(pk__in=some).values_list(*names)}
            yield from (found[pk] for pk in some)


def in_slices(pks: Iterable[T]) -> Iterator[list[T]]:
    listed = list(pks)
    for first in range(0, len(listed), AT_ONCE):
        yield listed[first : first + AT_ONCE]


def sorted_by_key(model: Kind, pks: Iterable[int]) -> list[int]:
    """In the order of their natural keys, which no database has a say in."""
    keys: dict[int, tuple[Any, ...]] = {}
    for some in in_slices(pks):
        rows = model._base_manager.filter(pk__in=some)
        if model is not User:
            rows = rows.select_related()
        for row in rows:
            keys[row.pk] = key_of(row)
    return sorted(keys, key=lambda pk: keys[pk])


def key_of(row: Any) -> tuple[Any, ...]:
    """The natural key; of a sign-in its address, whatever its capitals. What a centre wrote for itself comes after what
    is everybody's."""
    if isinstance(row, User):
        return (row.email.lower(),)
    return (*row.natural_key(), getattr(row, "centre_id", None) is not None)


def _way_to(model: Kind, target: Kind) -> str:
    return catalogue.ways_to(model, target)[0]
