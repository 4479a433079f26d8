"""What exactly would go, and what is left of it: the same for the dry run and for the destruction itself."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Count, QuerySet
from django.utils import timezone

from assessments.models import Disposal, DisposalLine, Enrolment, EvidenceFile
from assessments.models import Mapping as MappedTo
from assessments.queries.enrolment import staff_names
from assessments.queries.retention import NUMBERS, Due, ended_units, holds_of
from portfolio.audit import kind_of
from portfolio.canonical import JSON
from portfolio.models import AuditEvent, CandidateRecord, Centre, Destruction, Document, User
from portfolio.press import Shown
from units.enums import RecordClass

UNIT, CANDIDATE = kind_of(Enrolment()), kind_of(CandidateRecord())
"""How the book names them."""
DESTROYED = "destroy_records"
"""The verb of the lines that tell of a destruction: what they say stays."""


@dataclass(frozen=True)
class FileGoing:
    """A file of an item that goes, or why it stays."""

    pk: int
    stored_id: int
    evidence_id: int
    evidence: int | None
    version: int
    name: str
    size: int
    sha256: str
    content_type: str
    handed_in: datetime.datetime | None
    stays: str = ""

    @property
    def index(self) -> dict[str, JSON]:
        """What is left of it on the order: a number, a digest and dates."""
        return {
            "evidence": self.evidence,
            "version": self.version,
            "sha256": self.sha256,
            "bytes": self.size,
            "type": self.content_type,
            "handed_in": timezone.localdate(self.handed_in).isoformat() if self.handed_in else None,
        }


@dataclass(frozen=True)
class Going:
    """A line of the dry run: what is due, and all of it that goes."""

    due: Due
    files: list[FileGoing] = field(default_factory=list)
    details: int = 0
    numbers: list[str] = field(default_factory=list)

    @property
    def gone(self) -> list[FileGoing]:
        return [file for file in self.files if not file.stays]

    @property
    def staying(self) -> list[FileGoing]:
        return [file for file in self.files if file.stays]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.gone)


@dataclass(frozen=True)
class OrderLine:
    """A line of an order, as its page and its certificate tell it."""

    line: DisposalLine
    candidate: str
    unit: str

    @property
    def what(self) -> str:
        """How much of it there was."""
        return counted(self.line)


@dataclass(frozen=True)
class OrderPage:
    """An order of destruction with its lines, who stood behind it, and how far it is."""

    disposal: Disposal
    lines: list[OrderLine]
    names: Mapping[tuple[int, int], str]
    waiting: int
    spared: int

    def name(self, user: User | None) -> str:
        return self.names.get((user.pk, self.disposal.centre_id), str(user)) if user else ""

    @property
    def asked_by(self) -> str:
        return self.name(self.disposal.asked_by)

    @property
    def confirmed_by(self) -> str:
        return self.name(self.disposal.confirmed_by)

    @property
    def done(self) -> list[OrderLine]:
        return [row for row in self.lines if row.line.done_at and not row.line.kept_because]


# --- the dry run -----------------------------------------------------------------------------------------------------


def dry_run(centre: Centre, chosen: Sequence[Due]) -> list[Going]:
    """What would go of all this, counted and listed; nothing is changed. A handful of queries however much it is.

    What serves two units of the choice goes with the later of them, as it will in the destruction.
    """
    units = [due.enrolment_id for due in chosen if due.enrolment_id and due.record_class == RecordClass.FILES]
    told_of = [due.enrolment_id for due in chosen if due.enrolment_id and due.record_class == RecordClass.DETAILS]
    people = [due.candidate_id for due in chosen if due.record_class == RecordClass.NUMBERS]
    files, details, numbers = files_of(centre, units), details_of(centre, told_of), numbers_of(people)
    return [
        Going(
            due,
            files=files.get(due.enrolment_id or 0, []) if due.record_class == RecordClass.FILES else [],
            details=details.get(due.enrolment_id or 0, 0) if due.record_class == RecordClass.DETAILS else 0,
            numbers=numbers.get(due.candidate_id, []) if due.record_class == RecordClass.NUMBERS else [],
        )
        for due in chosen
    ]


def files_of(centre: Centre, enrolments: Sequence[int]) -> dict[int, list[FileGoing]]:
    """The files of the items of these units, by unit, each with why it stays. Three queries; two more where a unit
    shares items with one whose files were destroyed.

    An item that was ever mapped to a unit outside these stays, until that unit's evidence is due as well.
    """
    if not enrolments:
        return {}
    place = {pk: number for number, pk in enumerate(enrolments)}
    ours = MappedTo.objects.filter(enrolment__in=enrolments)
    pairs = MappedTo.objects.filter(evidence__in=ours.values("evidence")).order_by().distinct()
    units_of: dict[int, dict[int, str]] = defaultdict(dict)
    for evidence, enrolment, code in pairs.values_list("evidence", "enrolment", "enrolment__unit__short_code"):
        units_of[evidence][enrolment] = code
    gone = let_go(centre, {pk for units in units_of.values() for pk in units})
    found: dict[int, list[FileGoing]] = defaultdict(list)
    rows = EvidenceFile.objects.filter(version__evidence__in=units_of, disposed_at=None, destroyed_at=None)
    columns = (
        "pk",
        "stored_id",
        "version__evidence",
        "version__evidence__number",
        "version__number",
        "name",
        "stored__size",
        "stored__sha256",
        "stored__content_type",
        "version__submitted_at",
    )
    ordered = rows.order_by("version__evidence__number", "version__number", "position", "pk")
    for row in ordered.values_list(*columns):
        units = units_of[row[2]]
        others = [code for pk, code in units.items() if pk not in place and pk not in gone]
        stays = f"It is evidence for {', '.join(sorted(others))} too." if others else ""
        last = max((pk for pk in units if pk in place), key=lambda pk: place[pk])
        found[last].append(replace(FileGoing(*row), stays=stays))
    return dict(found)


def let_go(centre: Centre, among: Iterable[int]) -> set[int]:
    """Those of the units whose evidence files were destroyed, and which nothing has held since."""
    rows = DisposalLine.objects.filter(enrolment__in=list(among), record_class=RecordClass.FILES, kept_because="")
    gone = list(rows.filter(done_at__isnull=False).values_list("enrolment_id", flat=True))
    if not gone:
        return set()
    units = ended_units(centre, pk__in=gone)
    holds = holds_of(centre, units)
    return {unit.pk for unit in units if not holds(unit.candidate_id, unit.pk)}


def details_of(centre: Centre, enrolments: Sequence[int]) -> dict[int, int]:
    """How many lines of the book about these units have details to go. One query, or none for no unit."""
    if not enrolments:
        return {}
    rows = lines_about(centre, UNIT, enrolments).order_by().values_list("subject_id").annotate(Count("pk"))
    return dict(rows)


def lines_about(centre: Centre, kind: str, ids: Sequence[int]) -> QuerySet[AuditEvent]:
    """Lines of the centre's book about these records that have details to go: still there, and not of a destruction."""
    lines = AuditEvent.objects.filter(chain__centre=centre, subject_kind=kind, subject_id__in=ids)
    return lines.filter(detail__isnull=False).exclude(verb=DESTROYED)


def numbers_of(candidates: Sequence[int]) -> dict[int, list[str]]:
    """Which of a candidate's numbers are filled, in words. One query."""
    if not candidates:
        return {}
    rows = CandidateRecord.objects.filter(pk__in=candidates)
    return {row.pk: filled_numbers(row) for row in rows}


def filled_numbers(candidate: CandidateRecord) -> list[str]:
    labels = {name: str(row.verbose_name) for row in CandidateRecord._meta.fields if (name := row.name) in NUMBERS}
    return [label for name, label in labels.items() if getattr(candidate, name)]


# --- orders ----------------------------------------------------------------------------------------------------------


def order_page(disposal: Disposal) -> OrderPage:
    """An order with all that its page shows. Four queries."""
    rows = disposal.lines.select_related("candidate", "enrolment__unit").order_by("due_on", "pk")
    lines = [
        OrderLine(row, row.candidate.legal_name, row.enrolment.unit.short_code if row.enrolment else "") for row in rows
    ]
    people = {pk for pk in (disposal.asked_by_id, disposal.confirmed_by_id, disposal.given_up_by_id) if pk}
    names = staff_names(people, {disposal.centre_id})
    ordered = Destruction.objects.filter(reason__startswith=reason_of(disposal))
    gone = Destruction.objects.gone().values("stored")
    return OrderPage(
        disposal,
        lines,
        names,
        waiting=ordered.filter(done_at=None).count(),
        spared=ordered.filter(spared=True).exclude(stored__in=gone).values("stored").distinct().count(),
    )


def reason_of(disposal: Disposal) -> str:
    """How the shredder's rows name the order."""
    return f"Retention, destruction {disposal.pk}."


def counted(line: DisposalLine) -> str:
    """How much a line is of, in words."""
    if line.record_class == RecordClass.FILES:
        size = sum(int(row["bytes"]) for row in line.index)
        return f"{len(line.index)} {'file' if len(line.index) == 1 else 'files'}, {size:,} bytes"
    if line.record_class == RecordClass.DETAILS:
        number = sum(int(row["lines"]) for row in line.index)
        return f"details of {number} {'line' if number == 1 else 'lines'}"
    return ", ".join(str(row["what"]) for row in line.index) or "nothing left"


def destroyed_in(enrolment_id: int) -> list[DisposalLine]:
    """What was destroyed of a unit, oldest first. One query."""
    rows = DisposalLine.objects.filter(enrolment=enrolment_id, done_at__isnull=False, kept_because="")
    return list(rows.order_by("done_at", "pk"))


def certificate_shown(user: User, document: Document) -> Shown | None:
    """The order whose certificate it is, for the administrators of its centre. One query."""
    found = Disposal.objects.visible_to(user).filter(pk=document.subject_id).first()
    return Shown(str(found), "assessments:destruction", (found.pk,)) if found else None
