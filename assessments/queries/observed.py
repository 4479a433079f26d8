"""Records that assessors make: as pages and forms show them, where they stand, and what an assessor still has to do.

`records_shown` gives all that a record holds, in four queries however many there are: pages and prints read no more.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from django.db.models import Exists, F, OuterRef, QuerySet

from assessments.enums import EvidenceKind
from assessments.models import (
    Acknowledgement,
    AssessorRecord,
    Exchange,
    Marker,
)
from portfolio.compiled import compiled
from portfolio.models import Signature

RowT = TypeVar("RowT", Exchange, Acknowledgement)

PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
NARRATIVE = {
    EvidenceKind.OBSERVATION: "What I saw",
    EvidenceKind.PROFESSIONAL_DISCUSSION: "What was said, in short",
    EvidenceKind.QUESTIONS: "The circumstances",
}
EXCHANGES = {
    EvidenceKind.OBSERVATION: "Questions asked",
    EvidenceKind.PROFESSIONAL_DISCUSSION: "Points of the discussion",
    EvidenceKind.QUESTIONS: "Questions and answers",
}


# --- where records stand ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordState:
    """Where a record stands with its candidate, and whose work it is."""

    digest: str
    made_by: frozenset[int]
    acknowledged: str = ""
    disputed: bool = False

    def is_open(self, *, disputed: bool) -> bool:
        """Whether the candidate has yet to acknowledge it, having disputed it or not."""
        return not self.acknowledged and self.disputed is disputed


def record_states(version_ids: set[int]) -> dict[int, RecordState]:
    """The records of these versions, by version, in one query; in none where there are none."""
    if not version_ids:
        return {}
    made: dict[int, set[int]] = defaultdict(set)
    found: dict[int, RecordState] = {}
    for version, author, digest, agreed, acknowledged, devised in _states(list(version_ids)):
        made[version] |= {author, devised} - {None}
        found[version] = RecordState(digest, frozenset(made[version]), acknowledged or "", agreed is False)
    return found


@compiled
def _states(version_ids: list[int]) -> QuerySet[AssessorRecord, Any]:
    rows = AssessorRecord.objects.filter(version__in=version_ids).order_by("pk", "acknowledgements__pk")
    told = rows.values_list(
        "version_id",
        "version__evidence__author_id",
        "signature__digest",
        "acknowledgements__agreed",
        "acknowledgements__signature__digest",
        "exchanges__set_question__set__author_id",
    )
    return told.distinct()


# --- a record as it is shown -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marked:
    """What shows a criterion: a passage, from one letter of the narrative to another, or an exchange by its number."""

    enrolment_id: int
    criterion_id: int
    unit: str
    number: str
    text: str
    start: int | None = None
    end: int | None = None
    quote: str = ""
    exchange: int | None = None

    @property
    def name(self) -> str:
        return f"{self.unit} {self.number}"


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and the criteria that are noted on it."""

    text: str
    names: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the narrative, with what is noted beside it."""

    number: int
    pieces: list[Piece]
    marks: list[Marked]

    @property
    def beside(self) -> list[Marked]:
        """Each criterion noted on it, once."""
        return list({mark.name: mark for mark in self.marks}.values())


@dataclass(frozen=True)
class ExchangeShown:
    """A question with its answer, and the criteria noted beside it."""

    number: int
    asked: str
    said: str
    way: str
    how: str
    minute: str
    set_question: int | None
    from_set: str
    marks: list[Marked]


@dataclass(frozen=True)
class RecordShown:
    """All that a record holds. `signature` is None while it is only read through before it is signed."""

    kind: str
    kind_label: str
    title: str
    activity_on: datetime.date | None
    place: str
    from_time: datetime.time | None
    to_time: datetime.time | None
    people: str
    context: str
    agenda: str
    narrative: str
    recorded: bool
    feedback: str
    paragraphs: list[Paragraph]
    exchanges: list[ExchangeShown]
    version_id: int | None = None
    number: int | None = None
    signature: Signature | None = None
    acknowledgements: list[Acknowledgement] = field(default_factory=list)

    @property
    def narrative_label(self) -> str:
        return NARRATIVE[EvidenceKind(self.kind)]

    @property
    def exchanges_label(self) -> str:
        return EXCHANGES[EvidenceKind(self.kind)]

    @property
    def marks_on_text(self) -> list[Marked]:
        """What is noted on passages, in their order."""
        return [mark for paragraph in self.paragraphs for mark in paragraph.marks]

    @property
    def acknowledged(self) -> Acknowledgement | None:
        """The candidate's signature, once it is there."""
        return next((row for row in self.acknowledgements if row.agreed), None)

    @property
    def disputes(self) -> list[Acknowledgement]:
        """What the candidate said was not right, oldest first."""
        return [row for row in self.acknowledgements if not row.agreed]


def records_shown(version_ids: Iterable[int]) -> dict[int, RecordShown]:
    """The records of these versions, by version, with all they hold, in four queries at most."""
    wanted = set(version_ids)
    if not wanted:
        return {}
    rows = AssessorRecord.objects.filter(version__in=wanted).select_related("version__evidence", "signature__statement")
    asked, answered = (
        Exchange.objects.filter(record=OuterRef("pk")),
        Acknowledgement.objects.filter(record=OuterRef("pk")),
    )
    records = list(rows.annotate(asks=Exists(asked), answered=Exists(answered)).order_by("version"))
    exchanges: dict[int, list[Exchange]] = defaultdict(list)
    for exchange in rows_of(Exchange.objects.select_related("set_question__set"), records, "asks").order_by("position"):
        exchanges[exchange.record_id].append(exchange)
    markers: dict[int, list[Marker]] = defaultdict(list)
    noted = Marker.objects.filter(record__in=records).select_related("criterion__unit")
    for marker in noted.order_by(F("start").asc(nulls_first=True), "pk"):
        markers[marker.record_id].append(marker)
    said: dict[int, list[Acknowledgement]] = defaultdict(list)
    signed = Acknowledgement.objects.select_related("signature__statement")
    for row in rows_of(signed, records, "answered").order_by("pk"):
        said[row.record_id].append(row)
    return {
        record.version_id: record_shown(record, exchanges[record.pk], markers[record.pk], said[record.pk])
        for record in records
    }


def rows_of(rows: QuerySet[RowT], records: Iterable[AssessorRecord], where: str) -> QuerySet[RowT]:
    """The rows of those records that are known to have some: no query where none has."""
    having = [record for record in records if getattr(record, where)]
    return rows.filter(record__in=having) if having else rows.none()


def record_shown(
    record: AssessorRecord, exchanges: list[Exchange], markers: list[Marker], said: list[Acknowledgement]
) -> RecordShown:
    """One record out of its rows."""
    version, places = record.version, {exchange.pk: exchange.position for exchange in exchanges}
    marks = [
        Marked(
            enrolment_id=row.enrolment_id,
            criterion_id=row.criterion_id,
            unit=row.criterion.unit.short_code,
            number=row.criterion.number,
            text=row.criterion.text,
            start=row.start,
            end=row.end,
            quote=row.quote,
            exchange=places[row.exchange_id] if row.exchange_id else None,
        )
        for row in markers
    ]
    return RecordShown(
        kind=version.kind,
        kind_label=version.get_kind_display(),
        title=version.title,
        activity_on=version.activity_on,
        place=record.place,
        from_time=record.from_time,
        to_time=record.to_time,
        people=record.people,
        context=record.context,
        agenda=record.agenda,
        narrative=record.narrative,
        recorded=record.recorded,
        feedback=record.feedback,
        paragraphs=paragraphs_of(record.narrative, marks),
        exchanges=[
            ExchangeShown(
                number=row.position,
                asked=row.asked,
                said=row.said,
                way=row.how,
                how=row.get_how_display(),
                minute=row.minute,
                set_question=row.set_question_id,
                from_set=str(row.set_question.set) if row.set_question else "",
                marks=[mark for mark in marks if mark.exchange == row.position],
            )
            for row in exchanges
        ],
        version_id=version.pk,
        number=version.evidence.number,
        signature=record.signature,
        acknowledgements=said,
    )


def spans(narrative: str) -> list[tuple[int, int]]:
    """The paragraphs of a narrative: where each begins and ends. An empty line parts them."""
    return [(found.start(), found.end()) for found in PARAGRAPH.finditer(narrative)]


def paragraphs_of(narrative: str, marks: Sequence[Marked]) -> list[Paragraph]:
    """The narrative by paragraphs, each cut where a passage begins or ends; a passage is noted where it begins."""
    placed = [(mark, mark.start, mark.end) for mark in marks if mark.start is not None and mark.end is not None]
    found = []
    for number, (start, end) in enumerate(spans(narrative), start=1):
        cuts = {start, end} | {cut for _, first, last in placed for cut in (first, last) if start < cut < end}
        edges = sorted(cuts)
        pieces = [
            Piece(
                narrative[left:right],
                ", ".join(dict.fromkeys(mark.name for mark, first, last in placed if first <= left and right <= last)),
            )
            for left, right in pairwise(edges)
        ]
        beside = [mark for mark, first, _ in placed if start <= first < end]
        found.append(Paragraph(number, pieces, beside))
    return found
