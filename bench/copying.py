"""The candidates of a loaded centre, with all that is theirs, copied into further centres: rows from rows.

Loading three hundred candidates takes minutes, and a hundred centres would take half a day. So one centre is loaded,
and its candidates are copied within the database, each number moved on by as much as puts it behind all that are there.
What is copied is found by the catalogue of archives: a table added tomorrow is copied too, or this says that it cannot.

Written anew is what names its centre or may not be there twice: addresses, the marks of enrolments, the digests of
signatures, and every line of the audit book. The walls are lifted within the transaction, as for an archive that comes
in (docs/adr/0037): they watch how a record grows, and this one has grown elsewhere.

The details beside the lines of the book are copied word for word, so where they name a row they name the template's.
Letters and news are not copied: the letters of invitation are sent or not where they were written, and news of what
falls due is told by `assessments.actions.due`, of all centres at once. bench/tests/test_copying.py holds a copy against
what the verbs write.
"""

import datetime
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, ForeignKey, GeneratedField, Max, Min, Model, Q, QuerySet

from assessments.enums import SignedAs
from assessments.models import Enrolment, Sample, SignOff
from assessments.queries.judgement import UnitRows, digest_for, rows_of, with_signatures
from assessments.queries.verification import verifier_digest
from bench.centre import Staffed
from portfolio import audit, walls
from portfolio.archive import catalogue
from portfolio.archive.numbering import reserve
from portfolio.arrivals import kinds_by_word
from portfolio.models import (
    AuditChain,
    AuditDetail,
    AuditEvent,
    CandidateRecord,
    Centre,
    RoleGrant,
    Signature,
    StoredFile,
    User,
)
from portfolio.models.people import new_handle

Kind = type[Model]
AT_ONCE = 100
POURED: tuple[Kind, ...] = (User, Enrolment, Signature, AuditEvent)
"""Kinds whose rows pass through Python, since some of their columns are written anew."""


class NotAlone(Exception):
    """Rows of somebody else lie between those that are to be copied."""


@dataclass(frozen=True)
class Block:
    """The numbers that the rows of a kind have: from the first to the last."""

    first: int
    last: int

    @property
    def span(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Signed:
    """A signature with what it was put to."""

    signature: Signature
    part: SignedAs
    comments: str
    unit: UnitRows
    samples: list[Sample]

    def digest(self, key: uuid.UUID) -> str:
        """What the same signature on the same unit holds, where that goes by another mark."""
        unit = replace(self.unit)
        vars(unit)["written"] = self.unit.written.replace(str(self.unit.enrolment.key).encode(), str(key).encode())
        if self.part == SignedAs.VERIFIER:
            return verifier_digest(unit, self.samples)
        return digest_for(unit, self.part, self.comments)


class Template:
    """A loaded centre whose candidates are copied: read once. Nothing else may have been written meanwhile."""

    def __init__(self, staffed: Staffed) -> None:
        self.staffed, self.centre = staffed, staffed.centre
        self.blocks = {kind: block for kind in kinds() if (block := self.block(kind))}

    def rows(self, kind: Kind) -> "QuerySet[Model]":
        """The rows of a kind that are of the centre's candidates, in the order of their numbers."""
        every = kind._base_manager.order_by("pk")
        theirs = CandidateRecord.objects.filter(centre=self.centre).order_by().values("user")
        if kind is User:
            return every.filter(pk__in=theirs)
        if kind is RoleGrant:
            return every.filter(centre=self.centre, user__in=theirs)
        if kind is Signature:
            return every.filter(centre=self.centre)
        if kind is AuditDetail:
            return every.filter(event__in=self.rows(AuditEvent).order_by().values("pk"))
        if kind is AuditEvent:
            return every.filter(self.about_candidates(), chain__centre=self.centre)
        leading = Q()
        for way in catalogue.ways_to(kind, CandidateRecord):
            leading |= Q(**{"centre" if way == "pk" else f"{way}__centre": self.centre})
        return every.filter(leading)

    def about_candidates(self) -> Q:
        """Lines of the book about what is copied."""
        words = AuditEvent.objects.filter(chain__centre=self.centre).order_by().values_list("subject_kind", flat=True)
        found = Q(pk__in=[])
        for word in words.distinct():
            kind = catalogue.by_label().get(kinds_by_word().get(word, ""))
            if kind in catalogue.of_candidates():
                found |= Q(subject_kind=word)
        return found

    def block(self, kind: Kind) -> Block | None:
        """The numbers of a kind; None where there is nothing to copy."""
        rows = self.rows(kind)
        ends = rows.order_by().aggregate(first=Min("pk"), last=Max("pk"))
        if ends["first"] is None:
            return None
        block = Block(ends["first"], ends["last"])
        if kind._base_manager.filter(pk__range=(block.first, block.last)).count() != rows.count():
            raise NotAlone(f"Between the rows of {kind._meta.label} to be copied there are others.")
        return block

    def leaves_empty(self, kind: Kind, field: "Field[Any, Any]") -> bool:
        """Whether no row to be copied fills the column."""
        return not self.rows(kind).filter(**{f"{field.name}__isnull": False}).exists()

    @cached_property
    def users(self) -> list[User]:
        return list(User.objects.filter(pk__in=self.rows(User).values("pk")).order_by("pk"))

    @cached_property
    def enrolments(self) -> list[Enrolment]:
        return list(Enrolment.objects.filter(pk__in=self.rows(Enrolment).values("pk")).order_by("pk"))

    @cached_property
    def lines(self) -> list[AuditEvent]:
        return list(AuditEvent.objects.filter(pk__in=self.rows(AuditEvent).values("pk")).order_by("sequence"))

    @cached_property
    def signed(self) -> list[Signed]:
        """The signatures, each with what it was put to. Raises ValueError for one that is not over that."""
        found = []
        for place in range(0, len(self.enrolments), AT_ONCE):
            some = self.enrolments[place : place + AT_ONCE]
            units = {unit.enrolment.pk: unit for unit in with_signatures(rows_of(some))}
            samples: dict[int, list[Sample]] = {}
            for sample in Sample.objects.filter(enrolment__in=some).order_by("pk"):
                samples.setdefault(sample.enrolment_id, []).append(sample)
            for row in SignOff.objects.filter(enrolment__in=some).select_related("signature"):
                unit, part = units[row.enrolment_id], SignedAs(row.part)
                found.append(Signed(row.signature, part, row.comments, unit, samples.get(row.enrolment_id, [])))
        for one in found:
            if one.digest(one.unit.enrolment.key) != one.signature.digest:
                raise ValueError(f"{one.signature} does not fit what it was put to, so it cannot be copied.")
        return sorted(found, key=lambda one: one.signature.pk)


def kinds() -> list[Kind]:
    """What is copied, those that others refer to first or last as it comes: references are looked at in the end."""
    return [User, RoleGrant, Signature, *catalogue.of_candidates(), AuditEvent, AuditDetail]


class Copy:
    """One copy: where its rows go."""

    def __init__(self, template: Template, staffed: Staffed) -> None:
        self.template, self.staffed, self.centre = template, staffed, staffed.centre
        self.moved = {
            kind: reserve(kind, block.span) + 1 - block.first for kind, block in sorted_blocks(template.blocks)
        }
        self.staff = dict(zip(staff_of(template.staffed), staff_of(staffed), strict=True))
        self.stored = dict(zip(files_of(template.staffed), files_of(staffed), strict=True))
        self.keys = {row.pk: uuid.uuid4() for row in template.enrolments}

    # --- within the database -----------------------------------------------------------------------------------------

    def write(self) -> None:
        """Everything, at one stroke."""
        pour(User, self.users())
        pour(Enrolment, self.enrolments())
        pour(Signature, self.signatures())
        pour(AuditEvent, self.lines())
        with connection.cursor() as cursor:
            for kind, block in self.template.blocks.items():
                if kind not in POURED:
                    cursor.execute(self.statement(kind), [block.first, block.last])

    def statement(self, kind: Kind) -> str:
        """SQL that copies the rows of one kind. Raises LookupError for a column that cannot be copied."""
        fields = written(kind)
        columns = ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(self.expression(kind, field) for field in fields)
        table = kind._meta.db_table
        return (
            f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" '  # noqa: S608  # our tables, and numbers
            'WHERE "id" BETWEEN %s AND %s ORDER BY "id"'
        )

    def expression(self, kind: Kind, field: "Field[Any, Any]") -> str:
        """What a column of the copy holds, in SQL."""
        column = f'"{field.column}"'
        if field.primary_key:
            return f"{column} + {self.moved[kind]}"
        if not isinstance(field, ForeignKey):
            return column
        target = catalogue.target_of(field)
        if target is Centre:
            return str(self.centre.pk)
        if target is User:
            return f"CASE {column} {whens(self.staff)} ELSE {column} + {self.moved[User]} END"
        if target is StoredFile:
            return f"CASE {column} {whens(self.stored)} END"
        if target in self.moved:
            return f"{column} + {self.moved[target]}"
        if catalogue.is_shared(target) or self.template.leaves_empty(kind, field):
            return column
        raise LookupError(f"{kind._meta.label}.{field.name} refers to what is not copied.")

    # --- through Python ----------------------------------------------------------------------------------------------

    def person(self, pk: int | None) -> int | None:
        return pk if pk is None else self.staff.get(pk, pk + self.moved[User])

    def users(self) -> Iterator[User]:
        here, there = f"@{self.template.centre.slug}.", f"@{self.centre.slug}."
        for row in self.template.users:
            yield self.moved_on(row, email=row.email.replace(here, there), handle=new_handle())

    def enrolments(self) -> Iterator[Enrolment]:
        for row in self.template.enrolments:
            yield self.moved_on(row, key=self.keys[row.pk])

    def signatures(self) -> Iterator[Signature]:
        for one in self.template.signed:
            yield self.moved_on(one.signature, digest=one.digest(self.keys[one.unit.enrolment.pk]))

    def lines(self) -> Iterator[AuditEvent]:
        """The lines that follow those the copy's book has, in the order of the template's."""
        chain = AuditChain.objects.select_for_update().get(centre=self.centre)
        kind_of = {word: catalogue.by_label().get(label) for word, label in kinds_by_word().items()}
        for row in self.template.lines:
            subject = kind_of[row.subject_kind]
            line = AuditEvent(
                pk=row.pk + self.moved[AuditEvent],
                chain=chain,
                sequence=chain.length + 1,
                at=row.at,
                actor_id=self.person(row.actor_id),
                verb=row.verb,
                subject_kind=row.subject_kind,
                subject_id=row.subject_id + self.moved[subject] if subject else row.subject_id,
                act_id=uuid.uuid4(),
                details_digest=row.details_digest,
                previous=chain.head,
            )
            line.hash = audit.hash_of(line)
            chain.length, chain.head = line.sequence, line.hash
            yield line
        AuditChain.objects.filter(pk=chain.pk).update(length=chain.length, head=chain.head)

    def moved_on(self, row: Any, **anew: Any) -> Any:
        """A row as it is in the copy, with these columns of its own."""
        kind = type(row)
        values = {field.attname: self.value(kind, field, row) for field in written(kind)}
        return kind(**{**values, **anew})

    def value(self, kind: Kind, field: "Field[Any, Any]", row: Model) -> Any:
        found = getattr(row, field.attname)
        if field.primary_key:
            return found + self.moved[kind]
        if found is None or not isinstance(field, ForeignKey):
            return found
        target = catalogue.target_of(field)
        if target is Centre:
            return self.centre.pk
        if target is User:
            return self.person(found)
        return found + self.moved[target] if target in self.moved else found


@transaction.atomic
def copy(template: Template, staffed: Staffed) -> None:
    """The template's candidates once more, as those of this centre, which has none yet."""
    with walls.lifted():
        Copy(template, staffed).write()


def sorted_blocks(blocks: dict[Kind, Block]) -> list[tuple[Kind, Block]]:
    """In one order, so that two who copy at a time wait for each other and not in a ring."""
    return sorted(blocks.items(), key=lambda pair: pair[0]._meta.label)


def staff_of(staffed: Staffed) -> list[int]:
    people = (staffed.administrator, staffed.assessor, staffed.trainee, staffed.verifier, staffed.lead)
    return [user.pk for user in people]


def files_of(staffed: Staffed) -> list[int]:
    return [stored.pk for stored, _ in staffed.stored]


def whens(numbers: dict[int, int]) -> str:
    return " ".join(f"WHEN {here} THEN {there}" for here, there in numbers.items())


def written(kind: Kind) -> "list[Field[Any, Any]]":
    """The columns of a row but those that the database works out."""
    return [field for field in kind._meta.local_concrete_fields if not isinstance(field, GeneratedField)]


def pour(kind: Kind, rows: Iterable[Model]) -> None:
    """Write many rows that have their numbers already: PostgreSQL takes them as a stream."""
    if connection.vendor != "postgresql":
        kind._base_manager.bulk_create(rows)
        return
    fields = written(kind)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    text = io.StringIO("".join(line(row, fields) for row in rows))
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{kind._meta.db_table}" ({columns}) FROM STDIN', text)


def line(row: Model, fields: "Sequence[Field[Any, Any]]") -> str:
    """A row as COPY reads it."""
    return "\t".join(cell(getattr(row, field.attname)) for field in fields) + "\n"


def cell(value: object) -> str:
    if value is None:
        return r"\N"
    text = value.isoformat() if isinstance(value, datetime.date) else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
