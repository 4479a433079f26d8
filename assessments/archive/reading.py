"""What the pages of an archive say of a candidate: read of the rows that the archive holds, and of no others."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet

from assessments.archive.cuts import people
from assessments.enums import ItemStatus, Layer
from assessments.form_enums import Drawn
from assessments.models import (
    AssessorRecord,
    AuthenticationForm,
    Certificate,
    Enrolment,
    Evidence,
    EvidenceFile,
    EvidenceVersion,
    Exchange,
    Review,
    Sample,
    SignOff,
    Testimony,
)
from assessments.progress import Mark, drawn_at, layers
from assessments.queries.enrolment import CONFIRMED
from assessments.queries.marks import Decided, Mapped, decided_in, mapped_to, marks
from portfolio import vault
from portfolio.archive.packing import path_in_bag
from portfolio.archive.selection import Selection
from portfolio.models import CandidateRecord, Document
from units.models import Criterion

RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True)
class FileShown:
    """A file of an item: its name, and where it lies in the archive; empty where its bytes are not there."""

    name: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Claimed:
    """A criterion that an item is claimed for, or the other way round, with the latest word on it."""

    evidence: Mapped
    criterion: Criterion
    unit: Enrolment
    mark: Mark
    decided: Decided | None
    line: int
    """Of the item."""
    unit_line: int


@dataclass(frozen=True)
class CriterionShown:
    criterion: Criterion
    layer: Layer
    drawn: Drawn
    claimed: list[Claimed]


@dataclass(frozen=True)
class UnitShown:
    """A candidate's unit as its page shows it."""

    line: int
    enrolment: Enrolment
    people: list[tuple[str, str]]
    criteria: list[CriterionShown]
    signed: list[SignOff]
    samples: list[Sample]
    forms: list[AuthenticationForm]
    certificates: list[Certificate]

    @property
    def counted(self) -> list[tuple[Layer, int]]:
        """How many criteria stand at each layer, in the layers' order."""
        return [(layer, sum(one.layer == layer for one in self.criteria)) for layer in Layer]


@dataclass(frozen=True)
class VersionShown:
    version: EvidenceVersion
    files: list[FileShown]
    readings: list[Review]
    testimonies: list[Testimony]
    record: AssessorRecord | None
    exchanges: list[Exchange]


@dataclass(frozen=True)
class ItemShown:
    """An item of evidence as its page shows it: its versions, the newest first."""

    line: int
    number: int | None
    versions: list[VersionShown]
    claimed: list[Claimed]

    @property
    def newest(self) -> EvidenceVersion:
        return self.versions[0].version

    @property
    def name(self) -> str:
        return f"Evidence {self.number}" if self.number else "Draft"


@dataclass
class CandidateShown:
    line: int
    candidate: CandidateRecord
    units: list[UnitShown]
    items: list[ItemShown]
    documents: list[tuple[str, FileShown]] = field(default_factory=list)


class Reader:
    """Reads candidate after candidate, each in a fixed number of queries."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.criteria: dict[int, list[Criterion]] = {}
        self.names = self._names()

    def rows(self, model: type[RowT], **where: Any) -> "QuerySet[RowT]":
        """Rows of the selection; none of a kind that is not in it."""
        found: Any = self.selection.rows(model) if model in self.selection.owned else model._base_manager.none()
        narrowed: QuerySet[RowT] = found.filter(**where)
        return narrowed

    def candidates(self) -> "QuerySet[CandidateRecord]":
        return self.rows(CandidateRecord)

    def line(self, model: type[Model], pk: int) -> int:
        return self.selection.line_of(model, pk) or 0

    def read(self, candidate: CandidateRecord) -> CandidateShown:
        """Everything of one candidate."""
        found = self.rows(Enrolment, candidate=candidate).select_related("unit__awarding_body")
        units: list[Enrolment] = [*found.annotate(confirmed=CONFIRMED)]
        ids = [unit.pk for unit in units]
        versions = self._versions(candidate)
        shown = {version.evidence_id for found in versions.values() for version in [found[0].version]}
        mapped = [row for row in mapped_to(ids) if row.evidence_id in shown and self._is_shown(row)]
        decided = decided_in(ids)
        latest = {(row.enrolment_id, row.version_id, row.criterion_id): row for row in decided}
        by_pk = {unit.pk: unit for unit in units}
        criteria = {criterion.pk: criterion for unit in units for criterion in self._criteria(unit.unit_id)}
        claimed = [
            Claimed(
                row,
                criteria[row.criterion_id],
                by_pk[row.enrolment_id],
                mark,
                latest.get((row.enrolment_id, row.version_id, row.criterion_id)),
                self.line(Evidence, row.evidence_id),
                self.line(Enrolment, row.enrolment_id),
            )
            for row, mark in zip(mapped, marks(mapped, decided), strict=True)
        ]
        return CandidateShown(
            self.line(CandidateRecord, candidate.pk),
            candidate,
            self._units(units, claimed),
            self._items(versions, claimed),
            self._documents(candidate, ids),
        )

    # --- inside ------------------------------------------------------------------------------------------------------

    def _names(self) -> dict[int, str]:
        return {pk: said["name"] for pk, said in people(self.selection, addresses=True).items()}

    def _is_shown(self, row: Mapped) -> bool:
        return row.status != ItemStatus.DRAFT or self.selection.cut.name in ("own", "whole")

    def _criteria(self, unit_id: int) -> list[Criterion]:
        if unit_id not in self.criteria:
            rows = Criterion.objects.filter(unit=unit_id).select_related("outcome").order_by("position")
            self.criteria[unit_id] = list(rows)
        return self.criteria[unit_id]

    def _units(self, units: list[Enrolment], claimed: list[Claimed]) -> list[UnitShown]:
        ids = [unit.pk for unit in units]
        signed = grouped(
            self.rows(SignOff, enrolment__in=ids).select_related("signature__void", "signature__statement"),
            "enrolment_id",
        )
        samples = grouped(self.rows(Sample, enrolment__in=ids), "enrolment_id")
        forms = grouped(
            self.rows(AuthenticationForm, enrolment__in=ids).select_related("signature__statement"), "enrolment_id"
        )
        certificates = defaultdict(list)
        for row in self.rows(Certificate, claim__enrolment__in=ids).select_related("claim"):
            if row.claim:
                certificates[row.claim.enrolment_id].append(row)
        by_unit: dict[int, list[Claimed]] = defaultdict(list)
        for one in claimed:
            by_unit[one.unit.pk].append(one)
        return [
            UnitShown(
                self.line(Enrolment, unit.pk),
                unit,
                self._people(unit),
                self._criteria_shown(unit, by_unit[unit.pk]),
                signed[unit.pk],
                samples[unit.pk],
                forms[unit.pk],
                certificates[unit.pk],
            )
            for unit in units
        ]

    def _criteria_shown(self, unit: Enrolment, claimed: list[Claimed]) -> list[CriterionShown]:
        criteria = self._criteria(unit.unit_id)
        found = layers(
            [criterion.pk for criterion in criteria], [one.mark for one in claimed], confirmed=vars(unit)["confirmed"]
        )
        by_criterion: dict[int, list[Claimed]] = defaultdict(list)
        for one in claimed:
            by_criterion[one.criterion.pk].append(one)
        return [
            CriterionShown(
                one,
                found[one.pk],
                drawn_at(found[one.pk], pending=any(claim.mark.pending for claim in by_criterion[one.pk])),
                by_criterion[one.pk],
            )
            for one in criteria
        ]

    def _people(self, unit: Enrolment) -> list[tuple[str, str]]:
        parts = {
            "Assessor": unit.assessor_id,
            "Countersigner": unit.countersigner_id,
            "Internal verifier": unit.verifier_id,
        }
        return [(part, self.names.get(pk, "")) for part, pk in parts.items() if pk]

    def _versions(self, candidate: CandidateRecord) -> dict[int, list[VersionShown]]:
        """The versions of each item, the newest first, by the item."""
        rows = self.rows(EvidenceVersion, evidence__candidate=candidate).select_related("evidence", "declaration")
        of = {"version__evidence__candidate": candidate}
        files = grouped(self.rows(EvidenceFile, **of, removed_at=None).select_related("stored"), "version_id")
        readings = grouped(self.rows(Review, **of), "version_id")
        testimonies = grouped(self.rows(Testimony, **of).select_related("signature"), "version_id")
        records = {row.version_id: row for row in self.rows(AssessorRecord, **of).select_related("signature")}
        exchanges = grouped(self.rows(Exchange, record__version__evidence__candidate=candidate), "record_id")
        found: dict[int, list[VersionShown]] = defaultdict(list)
        for version in rows.order_by(F("evidence__number").asc(nulls_last=True), "evidence_id", "-number"):
            record = records.get(version.pk)
            shown = VersionShown(
                version,
                [self._file(row.name, row.stored) for row in sorted(files[version.pk], key=lambda row: row.position)],
                readings[version.pk],
                testimonies[version.pk],
                record,
                exchanges[record.pk] if record else [],
            )
            found[version.evidence_id].append(shown)
        return found

    def _items(self, versions: dict[int, list[VersionShown]], claimed: list[Claimed]) -> list[ItemShown]:
        by_item: dict[int, list[Claimed]] = defaultdict(list)
        for one in claimed:
            by_item[one.evidence.evidence_id].append(one)
        return [
            ItemShown(self.line(Evidence, pk), found[0].version.evidence.number, found, by_item[pk])
            for pk, found in versions.items()
        ]

    def _documents(self, candidate: CandidateRecord, ids: list[int]) -> list[tuple[str, FileShown]]:
        """Issued forms of the candidate's units that are in the archive."""
        forms = self.rows(AuthenticationForm, enrolment__in=ids).values("pk")
        found = []
        for kind, pks in (("enrolment", ids), ("authenticationform", forms), ("candidaterecord", [candidate.pk])):
            rows = self.rows(Document, subject_kind=kind, subject_id__in=pks).select_related("stored")
            found += [(row.file_name, self._file(row.file_name, row.stored)) for row in rows if row.stored]
        return found

    def _file(self, name: str, stored: Any) -> FileShown:
        here = vault.has(stored)
        path = path_in_bag(stored.sha256, stored.content_type) if here else ""
        return FileShown(name, path, stored.size, stored.sha256)


def grouped(rows: "QuerySet[RowT]", by: str) -> dict[int, list[RowT]]:
    found: dict[int, list[RowT]] = defaultdict(list)
    for row in rows:
        found[getattr(row, by)].append(row)
    return found
