"""The Candidate Recording Form: SQA's own, and on its plan the centre's form for units of other awarding bodies."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import groupby

from assessments.documents.words import Facts, day, foot, heading, place, signature_facts, title_note
from assessments.enums import SignedAs
from assessments.form_enums import Drawn
from assessments.queries.printed import PrintedItem, PrintedRecord, PrintedUnit
from portfolio.canonical import JSON
from units.enums import CriterionKind
from units.models import Criterion

BLANK_ROWS = 8
MOST_COLUMNS = 30
"""As many criteria as fit beside a description on A4 landscape; a longer unit goes on in a second table."""

SIGNERS = {
    SignedAs.CANDIDATE: "Candidate",
    SignedAs.VERIFIER: "Internal Verifier",
    SignedAs.ASSESSOR: "Assessor",
}
"""Who signs the statement of competence, in the order of SQA's form; a countersigner below, where there is one."""

KEY = {
    Drawn.CLAIMED: "claimed by the candidate",
    Drawn.CONTRIBUTES: "contributes, not enough by itself",
    Drawn.PENDING: "met, awaiting countersignature",
    Drawn.ACCEPTED: "accepted by the assessor",
    Drawn.CONFIRMED: "confirmed: accepted, and the unit signed off; verified where that is asked for",
    Drawn.RETURNED: "not yet met, returned with feedback",
}
"""The marks of the matrix, and what they mean."""


@dataclass(frozen=True)
class Row:
    """A row of the matrix: an item, with a mark or nothing for each criterion."""

    ref: str
    title: str
    about: str
    marks: Sequence[str]


def recording_form_facts(record: PrintedRecord) -> Facts:
    """The recording form of a candidate's unit."""
    unit, candidate = record.printed_unit, record.enrolment.candidate.legal_name
    rows = [item_row(item, unit.criteria, confirmed=record.confirmed) for item in record.items]
    facts: Facts = {
        **unit_facts(unit),
        "candidate": candidate,
        "assessor": record.assessor_name,
        "tables": tables(unit.criteria, rows or blank_rows(unit)),
        "key": key_to({mark for row in rows for mark in row.marks}),
        "comments": comments(record),
        "signatures": competence_signatures(record),
        "date_sampled": day(record.sampled_at),
        "draft": "" if record.issued else draft_line(record),
        "earlier": earlier_line(record),
    }
    return {**facts, "foot": foot(facts, candidate, *place(unit))}


def blank_form_facts(unit: PrintedUnit) -> Facts:
    """The recording form of a unit to write on: the same fields, empty."""
    return {
        **unit_facts(unit),
        "candidate": "",
        "assessor": "",
        "tables": tables(unit.criteria, blank_rows(unit)),
        "key": [],
        "comments": "",
        "signatures": [signature_facts(None, part) for part in SIGNERS.values()],
        "date_sampled": "",
        "draft": "",
        "earlier": "",
        "foot": " · ".join(place(unit)),
    }


def blank_rows(unit: PrintedUnit) -> list[Row]:
    """Rows to write on."""
    return [Row("", "", "", [""] * len(unit.criteria))] * BLANK_ROWS


def unit_facts(unit: PrintedUnit) -> Facts:
    """What the form says of the unit and of itself."""
    return {
        "form": "Candidate Recording Form",
        "heading": heading(unit.unit),
        "unit_title": unit.unit.shown_title,
        "title_note": title_note(unit.unit),
        "own_form": own_form(unit),
        "statement": {"title": unit.statement.title, "text": unit.statement.text},
    }


def own_form(unit: PrintedUnit) -> str:
    """Whose form this is, where the awarding body prints none: the centre's, once an external verifier approved it.

    Source: centres may use forms of their own if the external verifier approves each (OCR; domain rule 28).
    """
    body = unit.unit.awarding_body
    if body.own_recording_form:
        return ""
    approval = unit.approval
    if approval and approval.form_approved_by:
        by, on = approval.form_approved_by, day(approval.form_approved_on)
        approved = f"approved by the external verifier ({by}) on {on}"
    else:
        approved = f"not yet approved by an external verifier of {body}"
    return f"{unit.centre or 'The centre'}’s own recording form, {approved}."


def item_row(item: PrintedItem, criteria: Sequence[Criterion], *, confirmed: bool) -> Row:
    """The item as its row."""
    about = [item.kind, day(item.activity_on), f"held at {item.location}" if item.location else ""]
    return Row(
        ref=str(item.number),
        title=item.title,
        about=", ".join(word for word in about if word),
        marks=[
            mark.drawn(confirmed=confirmed) if (mark := item.marks.get(criterion.pk)) else "" for criterion in criteria
        ],
    )


def key_to(marks: Container[str]) -> list[JSON]:
    """The key to the marks that are on the form, in their order."""
    return [{"mark": mark, "meaning": meaning} for mark, meaning in KEY.items() if mark in marks]


def tables(criteria: Sequence[Criterion], rows: Sequence[Row]) -> list[JSON]:
    """The matrix, cut into as many tables as its columns need: columns under the heads of their groups, and rows."""
    parts = [(start, criteria[start : start + MOST_COLUMNS]) for start in range(0, len(criteria), MOST_COLUMNS)]
    return [
        {
            "part": f"Criteria {some[0].number} to {some[-1].number}" if len(parts) > 1 else "",
            "across": len(some) + 2,
            "groups": [{"name": name, "span": len(list(under))} for name, under in groupby(some, key=group_of)],
            "columns": [criterion.number for criterion in some],
            "rows": [
                {"ref": row.ref, "title": row.title, "about": row.about, "marks": row.marks[start : start + len(some)]}
                for row in rows
            ],
        }
        for start, some in parts
    ]


def group_of(criterion: Criterion) -> str:
    """What stands above a criterion's number: its learning outcome, or its kind as SQA's form names it."""
    if criterion.kind == CriterionKind.ASSESSMENT and criterion.outcome is not None:
        return f"Learning outcome {criterion.outcome.number}"
    return "Performance Criteria" if criterion.kind == CriterionKind.PERFORMANCE else "Knowledge and Understanding"


def comments(record: PrintedRecord) -> str:
    """The assessor's, written at sign-off and part of what they signed."""
    signed = record.signatures.get(SignedAs.ASSESSOR)
    return signed.comments if signed and signed.in_force else ""


def competence_signatures(record: PrintedRecord) -> list[JSON]:
    """The signatures to the statement of competence in the form's order; a countersigner's where there is one."""
    signers = dict(SIGNERS)
    countersigned = record.signatures.get(SignedAs.COUNTERSIGNER)
    if countersigned and countersigned.in_force:
        signers[SignedAs.COUNTERSIGNER] = "Countersigner"
    above = record.printed_unit.statement.text
    return [signature_facts(record.signatures.get(part), name, above=above) for part, name in signers.items()]


def earlier_line(record: PrintedRecord) -> str:
    """Where what was decided under earlier versions of the unit stands: on the form of each."""
    moves = record.came_through
    if not moves:
        return ""
    came = " and ".join(f"from version {move.map.earlier.version} on {day(move.at)}" for move in reversed(moves))
    return f"The unit came {came}. What was decided there stands on the recording form of that version."


def draft_line(record: PrintedRecord) -> str:
    """Why the form is a draft."""
    if record.stale:
        return "Draft: something changed after it was signed."
    return f"Draft: {record.enrolment.get_status_display().lower()}."
