"""What is mapped in units, what was decided of it, and the marks that come of both."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from assessments.enums import ItemStatus
from assessments.models import Decision, DecisionMarker, Mapping
from assessments.progress import Mark
from portfolio.compiled import compiled

LIVE = (ItemStatus.DRAFT, ItemStatus.SUBMITTED, ItemStatus.REVIEWED, ItemStatus.RETURNED)
LIVING = Mapping.objects.filter(
    taken_back_at=None, evidence__versions__replaced_at=None, evidence__versions__status__in=LIVE
)
"""Live mappings, each beside the item's version in force and the draft of the next. Written once, as are the queries
made of it: writing one takes longer than asking it."""


class Mapped(NamedTuple):
    """A live mapping of an item to a criterion, with the item's version in force (or its first draft)."""

    pk: int
    enrolment_id: int
    evidence_id: int
    evidence_number: int | None
    criterion_id: int
    locator: str
    waiting_since: datetime.datetime | None
    version_id: int
    status: str
    title: str
    kind: str
    setting: str
    activity_on: datetime.date | None
    author_id: int | None
    prior_achieved_on: datetime.date | None
    version_number: int

    @property
    def item(self) -> str:
        """What people call the item."""
        return f"Evidence {self.evidence_number}" if self.evidence_number else "Draft"


class Decided(NamedTuple):
    """A decision with its countersignature, if there is one. The latest on a version and criterion counts."""

    pk: int
    enrolment_id: int
    version_id: int
    criterion_id: int
    verdict: str
    feedback: str
    needs_countersignature: bool
    assessor_id: int
    assessor_name: str
    at: datetime.datetime
    countersigned: bool | None
    countersigner_id: int | None
    countersigner_says: str | None
    marked: bool
    """Whether it rests on places that were marked."""

    @property
    def why(self) -> str:
        """The word on it that counts: the countersigner's where they did not agree, else the assessor's."""
        return (self.countersigner_says or "") if self.countersigned is False else self.feedback


MAPPED = LIVING.order_by(
    F("evidence__number").asc(nulls_last=True), "evidence_id", "criterion__position", "enrolment_id"
).values_list(
    "pk",
    "enrolment_id",
    "evidence_id",
    "evidence__number",
    "criterion_id",
    "locator",
    "waiting_since",
    "evidence__versions__pk",
    "evidence__versions__status",
    "evidence__versions__title",
    "evidence__versions__kind",
    "evidence__versions__setting",
    "evidence__versions__activity_on",
    "evidence__author_id",
    "evidence__versions__prior_achieved_on",
    "evidence__versions__number",
)
"""The columns of `Mapped`, in the recording form's order."""


DECIDED = Decision.objects.order_by("pk").values_list(
    "pk",
    "enrolment_id",
    "version_id",
    "criterion_id",
    "verdict",
    "feedback",
    "needs_countersignature",
    "review__assessor_id",
    "review__assessor_name",
    "review__at",
    "countersignature__agreed",
    "countersignature__by_id",
    "countersignature__reason",
    Exists(DecisionMarker.objects.filter(decision=OuterRef("pk"))),
)
"""The columns of `Decided`, oldest first."""


WORDED = LIVING.annotate(
    word=FilteredRelation(
        "evidence__versions__decisions",
        condition=Q(
            evidence__versions__decisions__enrolment=F("enrolment"),
            evidence__versions__decisions__criterion=F("criterion"),
        ),
    )
).order_by("pk", "word__pk")
"""Live mappings, each beside what was decided of it, the latest decision last."""

MARK = (
    "pk",
    "enrolment_id",
    "evidence_id",
    "criterion_id",
    "evidence__versions__status",
    "word__verdict",
    "word__needs_countersignature",
    "word__countersignature__agreed",
)
MARKED = WORDED.values_list(*MARK)
"""What the marks of live mappings are made of."""

TOLD = WORDED.values_list(
    *MARK,
    "criterion__position",
    "criterion__number",
    "evidence__number",
    "evidence__versions__title",
    "word__pk",
    "word__feedback",
    "word__review__at",
)
"""The same, with what the latest decision said: the columns of `Word`."""


class Word(NamedTuple):
    """A live mapping with its mark, and what was said when it was decided; nothing while nobody has."""

    enrolment_id: int
    mark: Mark
    position: int
    number: str
    evidence_number: int | None
    title: str
    pk: int | None
    feedback: str | None
    at: datetime.datetime | None


def mapped_to(enrolment_ids: Iterable[int]) -> list[Mapped]:
    """The live mappings of the enrolments in the recording form's order, in one query. Withdrawn items have none."""
    return in_force(mapped_with_drafts(enrolment_ids))


def mapped_with_drafts(enrolment_ids: Iterable[int]) -> list[Mapped]:
    """The same, each once more where a draft of the item's next version is begun."""
    return [Mapped(*row) for row in _mapped(list(enrolment_ids))]


def in_force(rows: Iterable[Mapped]) -> list[Mapped]:
    """Each mapping once, with the item's version in force, or its first draft."""
    found: dict[int, Mapped] = {}
    for mapped in rows:
        if mapped.pk not in found or mapped.status != ItemStatus.DRAFT:
            found[mapped.pk] = mapped
    return list(found.values())


@compiled
def _mapped(enrolment_ids: list[int]) -> QuerySet[Mapping, Any]:
    return MAPPED.filter(enrolment__in=enrolment_ids)


def decided_in(enrolment_ids: Iterable[int]) -> list[Decided]:
    """Every decision in the enrolments, oldest first, in one query."""
    return [Decided(*row) for row in _decided(list(enrolment_ids))]


@compiled
def _decided(enrolment_ids: list[int]) -> QuerySet[Decision, Any]:
    return DECIDED.filter(enrolment__in=enrolment_ids)


def marks(mapped: Iterable[Mapped], decided: Iterable[Decided]) -> Iterator[Mark]:
    """The mark of each live mapping: the latest decision on its version in force."""
    latest = {(row.enrolment_id, row.version_id, row.criterion_id): row for row in decided}
    for row in mapped:
        word = latest.get((row.enrolment_id, row.version_id, row.criterion_id))
        if word is None:
            yield Mark(row.evidence_id, row.criterion_id, row.status)
        else:
            needs = word.needs_countersignature
            yield Mark(row.evidence_id, row.criterion_id, row.status, word.verdict, needs, word.countersigned)


def marks_of(enrolment_ids: Iterable[int]) -> dict[int, list[Mark]]:
    """The marks of many enrolments, by enrolment, in one query however many there are.

    The same marks as of their `mapped_to` and `decided_in`, but only what a mark holds is read: a list of units has a
    thousand of them.
    """
    ids = list(enrolment_ids)
    found: dict[int, dict[int, Mark]] = {pk: {} for pk in ids}
    for pk, enrolment, evidence, criterion, status, verdict, needs, agreed in _marked(ids):
        if status != ItemStatus.DRAFT or pk not in found[enrolment]:
            found[enrolment][pk] = Mark(evidence, criterion, status, verdict, bool(needs), agreed)
    return {pk: list(marks.values()) for pk, marks in found.items()}


@compiled
def _marked(enrolment_ids: list[int]) -> QuerySet[Mapping, Any]:
    return MARKED.filter(enrolment__in=enrolment_ids)


def words_in(enrolment_ids: Iterable[int]) -> list[Word]:
    """The live mappings of many enrolments with their marks and the latest word on each, in one query."""
    found: dict[int, Word] = {}
    for pk, enrolment, evidence, criterion, status, verdict, needs, agreed, *words in _told(list(enrolment_ids)):
        if status != ItemStatus.DRAFT or pk not in found:
            found[pk] = Word(enrolment, Mark(evidence, criterion, status, verdict, bool(needs), agreed), *words)
    return list(found.values())


@compiled
def _told(enrolment_ids: list[int]) -> QuerySet[Mapping, Any]:
    return TOLD.filter(enrolment__in=enrolment_ids)
