"""Documents of a candidate's unit: how far it is, the index of its evidence, and the feedback given in it."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from assessments.documents.items import FEEDBACK, reading_part, stamp_of
from assessments.documents.recording import SIGNERS, group_of
from assessments.documents.sheets import Cells, Column, Covers, Part, Sheet, known, numbers, table
from assessments.documents.words import day, place, signature_facts, titled
from assessments.enums import EndedAs, HeldAt, ItemStatus, Layer, SignedAs
from assessments.models import EvidenceVersion
from assessments.progress import Mark, drawn_at, layers
from assessments.queries.marks import Mapped
from assessments.queries.papers import ItemKept, UnitPapers
from assessments.queries.printed import PrintedRecord
from units.enums import CriterionKind
from units.models import Criterion

PROGRESS = "Unit progress record"
INDEX = "Index of evidence"


def unit_sheet(papers: UnitPapers, form: str, parts: Iterable[Part]) -> Sheet:
    """A document of a unit: its head, and who works on it."""
    enrolment, unit, staff = papers.record.enrolment, papers.record.printed_unit, papers.staff
    return Sheet(
        form=form,
        heading=titled(unit.unit),
        candidate=enrolment.candidate.legal_name,
        stamp=f"Unit {unit.unit.short_code}",
        about=(
            ("Candidate", enrolment.candidate.legal_name),
            *known(
                ("Candidate number", enrolment.candidate.candidate_number),
                ("Scottish candidate number", enrolment.candidate.scn),
            ),
            ("Centre", place(unit)[-1]),
            ("Assessor", staff.get(enrolment.assessor_id, "")),
            *known(("Countersigner", staff.get(enrolment.countersigner_id or 0, ""))),
            ("Internal verifier", staff.get(enrolment.verifier_id, "")),
            ("Unit", enrolment.get_status_display()),
        ),
        parts=tuple(parts),
        covers=Covers((enrolment.pk,)),
    )


# --- how far it is ---------------------------------------------------------------------------------------------------


def progress_sheet(papers: UnitPapers) -> Sheet:
    """Each criterion: by which items it is claimed, and by whom and when it was accepted (domain document F1)."""
    record = papers.record
    rows = record.rows
    found = layers([criterion.pk for criterion in rows.criteria], rows.marks, confirmed=record.confirmed)
    counted = list(found.values())
    told = [f"{counted.count(layer)} {layer.label.lower()}" for layer in Layer if layer in counted]
    parts = [Part("So far", fields=milestones(record), text=f"{len(counted)} criteria: {', '.join(told)}.")]
    for name, group in groupby(rows.criteria, key=outcome_of):
        columns = (Column("Criterion", 18), Column("What it asks for"), Column("Claimed by evidence", 26))
        further = (Column("How far", 31), Column("Accepted", 38))
        lines = (progress_cells(record, criterion, found[criterion.pk]) for criterion in group)
        parts.append(Part(name, table=table((*columns, *further), lines)))
    return unit_sheet(papers, PROGRESS, [*parts, signatures_part(record)])


def outcome_of(criterion: Criterion) -> str:
    """The head above a criterion: its learning outcome in words."""
    if criterion.kind == CriterionKind.ASSESSMENT and criterion.outcome is not None:
        return f"Learning outcome {criterion.outcome.number}: {criterion.outcome.text}"
    return group_of(criterion)


def milestones(record: PrintedRecord) -> tuple[tuple[str, str], ...]:
    """What happened to the unit, by day."""
    unit = record.enrolment
    return known(
        ("Started", day(unit.started_on)),
        ("Target date", day(unit.target_on)),
        ("Declared complete", day(unit.declared_at)),
        ("Signed off", day(unit.signed_off_at)),
        ("Sampled by the internal verifier", day(record.sampled_at)),
        ("Verified", day(unit.verified_at)),
        ("Claimed", day(unit.claimed_at)),
        (EndedAs(unit.ended_as or EndedAs.WITHDRAWN).label, day(unit.ended_at)),
    )


def progress_cells(record: PrintedRecord, criterion: Criterion, layer: Layer) -> Cells:
    """A criterion as a row."""
    pairs = [
        (row, mark)
        for row, mark in zip(record.rows.mapped, record.rows.marks, strict=True)
        if row.criterion_id == criterion.pk and row.status != ItemStatus.DRAFT
    ]
    claimed = numbers(row.evidence_number for row, _ in pairs if row.evidence_number)
    how_far = drawn_at(layer, pending=any(mark.pending for _, mark in pairs)).label
    return criterion.number, criterion.text, claimed, how_far, accepted_in_words(record, pairs)


def accepted_in_words(record: PrintedRecord, pairs: Iterable[tuple[Mapped, Mark]]) -> str:
    """By whom, when and on which evidence a criterion was accepted; the first that did is named."""
    words = {(row.version_id, row.criterion_id): row for row in record.rows.decided}
    accepted = [row for row, mark in pairs if mark.accepted]
    if not accepted:
        return ""
    first = min((words[row.version_id, row.criterion_id] for row in accepted), key=lambda word: word.at)
    items = numbers(row.evidence_number or 0 for row in accepted)
    return f"{day(first.at)} by {first.assessor_name}, on evidence {items}"


def signatures_part(record: PrintedRecord) -> Part:
    """Who signed the unit: the statement of competence, and the verifier."""
    signers = dict(SIGNERS)
    if (countersigned := record.signatures.get(SignedAs.COUNTERSIGNER)) and countersigned.in_force:
        signers[SignedAs.COUNTERSIGNER] = "Countersigner"
    return Part(
        "Signatures",
        signatures=tuple(signature_facts(record.signatures.get(part), name) for part, name in signers.items()),
    )


# --- what there is ---------------------------------------------------------------------------------------------------


def index_sheet(papers: UnitPapers) -> Sheet:
    """Every item by its number: what it is, where it is held, and what it is claimed and accepted for (domain: F1)."""
    rows = index_rows(papers.record, papers.kept) + [withdrawn_row(version) for version in papers.withdrawn]
    columns = (Column("No.", 11), Column("Evidence"), Column("Date", 23), Column("Held", 32))
    further = (Column("Claimed for", 36), Column("Accepted for", 26))
    lines = [cells for _, cells in sorted(rows, key=lambda row: row[0])]
    return unit_sheet(
        papers,
        INDEX,
        [
            Part(
                "Evidence",
                table=table((*columns, *further), lines),
                note=items_in_words(len(lines)) if lines else "Nothing has been handed in for this unit yet.",
            ),
            Part("Sampled by the internal verifier", day(papers.record.sampled_at) or "Not sampled so far."),
        ],
    )


def items_in_words(count: int) -> str:
    return "1 item." if count == 1 else f"{count} items."


def index_rows(record: PrintedRecord, kept: dict[int, ItemKept]) -> list[tuple[int, Cells]]:
    """The items handed in, each under its number."""
    by_item: dict[int, list[tuple[Mapped, Mark]]] = defaultdict(list)
    for row, mark in zip(record.rows.mapped, record.rows.marks, strict=True):
        if row.evidence_number and row.status != ItemStatus.DRAFT:
            by_item[row.evidence_number].append((row, mark))
    criteria = {criterion.pk: criterion.number for criterion in record.rows.criteria}
    found: list[tuple[int, Cells]] = []
    for number, pairs in by_item.items():
        item = kept[pairs[0][0].version_id]
        version = item.version
        version_said = f", version {version.number}" if version.number > 1 else ""
        claimed = [f"{criteria[row.criterion_id]}{f' ({row.locator})' if row.locator else ''}" for row, _ in pairs]
        accepted = [criteria[row.criterion_id] for row, mark in pairs if mark.accepted]
        cells = (
            str(number),
            f"{version.title}\n{version.get_kind_display()}{version_said}",
            day(version.activity_on),
            where_held(item),
            ", ".join(claimed),
            ", ".join(accepted),
        )
        found.append((number, cells))
    return found


def where_held(item: ItemKept) -> str:
    """In the portfolio or where else, and what cannot be opened any more."""
    version = item.version
    words = [f"Not here: {version.location}" if version.held == HeldAt.LOCATION else "In the portfolio"]
    if item.shut_away:
        words.append(f"{of_files(item.shut_away)} in quarantine")
    if item.destroyed:
        words.append(f"{of_files(item.destroyed)} redacted")
    if item.disposed:
        words.append(f"{of_files(item.disposed)} destroyed when the time to keep it was over")
    return "\n".join(words)


def of_files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def withdrawn_row(version: EvidenceVersion) -> tuple[int, Cells]:
    """An item that is out: its number is never used again."""
    number = version.evidence.number or 0
    title = f"{version.title}\n{version.get_kind_display()}"
    out = f"Withdrawn on {day(version.withdrawn_at)}"
    return number, (str(number), title, day(version.activity_on), out, "", "")


# --- what was said ---------------------------------------------------------------------------------------------------


def unit_feedback_sheet(papers: UnitPapers) -> Sheet:
    """Every reading of evidence in the unit, by item, with what it decided in this unit (domain document F1)."""
    parts = [reading_part(row, of=f"{stamp_of(row.number, row.review.version.number)}. ") for row in papers.readings]
    return unit_sheet(papers, FEEDBACK, parts or [Part("Assessment", note="No assessor has read anything yet.")])
