"""Documents of an item of evidence: what an assessor recorded, what a witness saw, and what was said of the item."""

from collections.abc import Iterable

from assessments.documents.sheets import Cells, Column, Covers, Part, Sheet, Table, known, table
from assessments.documents.words import day, signature_facts, titled
from assessments.enums import EvidenceKind, HeldAt, ItemStatus
from assessments.models import EvidenceFile, EvidenceVersion, Testimony
from assessments.queries.item import ItemPage, UnitShown
from assessments.queries.observed import ExchangeShown, Marked, RecordShown
from assessments.queries.papers import DecisionRead, ItemHead, Reading, head_of
from assessments.queries.printed import PrintedSignature
from portfolio.canonical import JSON
from portfolio.models import Signature

RECORDS = {
    EvidenceKind.OBSERVATION: "Observation record",
    EvidenceKind.PROFESSIONAL_DISCUSSION: "Professional discussion record",
    EvidenceKind.QUESTIONS: "Record of questions and answers",
}
TESTIMONY = "Witness testimony"
FEEDBACK = "Assessment feedback record"


def stamp_of(number: int | None, version: int) -> str:
    """What the pages of an item's documents are stamped with."""
    return f"Evidence {number}, version {version}"


def item_sheet(head: ItemHead, form: str, parts: Iterable[Part], *, staff: bool = False) -> Sheet:
    """A document of an item: its head, and what it is about."""
    version, candidate = head.version, head.evidence.candidate.legal_name
    gone = version.status == ItemStatus.WITHDRAWN
    return Sheet(
        form=form,
        heading=version.title,
        candidate=candidate,
        stamp=stamp_of(head.evidence.number, version.number),
        about=(
            ("Candidate", candidate),
            ("Evidence number", str(head.evidence.number)),
            *known(
                ("Units", "\n".join(titled(unit.unit) for unit in head.units)),
                ("Kind of evidence", version.get_kind_display()),
                ("Date of the activity", day(version.activity_on)),
                ("Setting", version.get_setting_display()),
                ("Handed in", handed_in(version)),
                ("Withdrawn", f"{day(version.withdrawn_at)}: {version.withdrawal_reason}" if gone else ""),
            ),
        ),
        parts=tuple(parts),
        covers=Covers(tuple(sorted(unit.pk for unit in head.units)), staff=staff),
    )


def handed_in(version: EvidenceVersion) -> str:
    """When, and that it was declared authentic."""
    declared = f", with “{version.declaration.title}”" if version.declaration else ""
    return f"{day(version.submitted_at)}{declared}" if version.submitted_at else ""


# --- what an assessor recorded ---------------------------------------------------------------------------------------


def record_sheet(head: ItemHead, record: RecordShown) -> Sheet:
    """An observation, a professional discussion, or questions and answers (domain document F1)."""
    return item_sheet(head, RECORDS[EvidenceKind(record.kind)], record_parts(record))


def record_parts(record: RecordShown) -> list[Part]:
    """The record in the order in which it is written: the situation first."""
    parts = [
        Part(
            "When and where",
            fields=known(
                ("Date", day(record.activity_on)),
                ("Time", " to ".join(f"{at:%H:%M}" for at in (record.from_time, record.to_time) if at)),
                ("Where", record.place),
                ("Who else was present", record.people),
                ("Recorded as sound or film", "Yes" if record.recorded else "No"),
            ),
        ),
        Part("The situation", record.context),
    ]
    if record.agenda:
        parts.append(Part("What was to be talked about", record.agenda))
    if record.paragraphs:
        parts.append(Part(record.narrative_label, table=narrative(record)))
    if record.exchanges:
        parts.append(Part(record.exchanges_label, table=exchanges(record)))
    return [
        *parts,
        Part("Criteria noted", table=criteria_noted(record), note="" if criteria_noted(record) else "None was noted."),
        Part("What the candidate was told, and the next step agreed", record.feedback),
        signed_record(record),
    ]


def narrative(record: RecordShown) -> Table | None:
    """The text by paragraphs, with the criteria noted on each; a passage that is not all of it in its words."""
    return table(
        (Column("No.", 11), Column(record.narrative_label), Column("Criteria", 46)),
        (
            (
                str(one.number),
                text := "".join(piece.text for piece in one.pieces),
                "\n".join(mark.name if mark.quote.strip() == text else quoted(mark) for mark in one.marks),
            )
            for one in record.paragraphs
        ),
    )


def quoted(mark: Marked) -> str:
    return f"{mark.name}: “{mark.quote}”"


def exchanges(record: RecordShown) -> Table | None:
    """What was asked and said, with the criteria noted on each."""
    return table(
        (Column("No.", 11), Column("Asked", 58), Column("Said"), Column("Criteria", 24)),
        (
            (
                str(row.number),
                "\n".join(filter(None, (row.asked, how_asked(row)))),
                row.said,
                ", ".join(mark.name for mark in row.marks),
            )
            for row in record.exchanges
        ),
    )


def how_asked(row: ExchangeShown) -> str:
    """`Spoken, minute 3:25, from Ringing back`."""
    words = (row.how, f"minute {row.minute}" if row.minute else "", f"from {row.from_set}" if row.from_set else "")
    return f"({', '.join(filter(None, words))})"


def criteria_noted(record: RecordShown) -> Table | None:
    """Each criterion that the record is noted to show, once, with where."""
    where: dict[str, tuple[str, list[str]]] = {}
    for one in record.paragraphs:
        for mark in one.marks:
            where.setdefault(mark.name, (mark.text, []))[1].append(f"paragraph {one.number}")
    for row in record.exchanges:
        for mark in row.marks:
            where.setdefault(mark.name, (mark.text, []))[1].append(f"no. {row.number}")
    return table(
        (Column("Criterion", 24), Column("What it asks for"), Column("Where", 46)),
        ((name, text, ", ".join(dict.fromkeys(places))) for name, (text, places) in where.items()),
    )


def signed_record(record: RecordShown) -> Part:
    """Who signed it, and what the candidate said against it."""
    answer = record.acknowledged.signature if record.acknowledged else None
    disputes = [f"Disputed by the candidate on {day(row.at)}: {row.words}" for row in record.disputes]
    waits = "" if answer else "The candidate has not signed it yet."
    return Part(
        "Signatures",
        note="\n".join(filter(None, (*disputes, waits))),
        signatures=(signed(record.signature, "Assessor"), signed(answer, "Candidate")),
    )


def signed(signature: Signature | None, part: str) -> JSON:
    """A signature with the words it stands under."""
    return signature_facts(PrintedSignature(signature) if signature else None, part)


# --- what a witness saw ----------------------------------------------------------------------------------------------


def testimony_sheet(head: ItemHead, testimonies: Iterable[Testimony]) -> Sheet:
    """What the witnesses of the version signed (domain document F1). How to reach them is told to staff alone."""
    staff = not head.own
    parts = [part for row in testimonies if row.is_signed for part in testimony_parts(row, contact=staff)]
    return item_sheet(head, TESTIMONY, parts, staff=staff)


def testimony_parts(row: Testimony, *, contact: bool) -> list[Part]:
    """One testimony: what was asked for, what was seen, and by whom."""
    criteria = [f"{one.criterion.unit.short_code} {one.criterion.number}" for one in row.criteria.all()]
    seen = " to ".join(filter(None, (day(row.seen_from), day(row.seen_to))))
    reach = ", ".join(filter(None, (row.email, row.telephone))) if contact else ""
    return [
        Part(f"What {row.name} saw", row.statement),
        Part(
            "Where and when, and who saw it",
            fields=known(
                ("Seen on", seen),
                ("Where", row.place),
                ("Witness", row.name),
                ("Job", row.own_job_title or row.job_title),
                ("What they are to the candidate", row.own_relationship),
                ("Status", f"“{row.get_status_display()}”"),
                ("Contact", reach),
                ("Asked about", ", ".join(criteria)),
                ("The candidate’s request", row.request),
            ),
            signatures=(witness_signature(row),),
        ),
    ]


def witness_signature(row: Testimony) -> JSON:
    facts = signed(row.signature, "Witness")
    return {**facts, "role": "witness, by e-mail link"} if isinstance(facts, dict) else facts


# --- what was said of it ---------------------------------------------------------------------------------------------


def feedback_sheet(page: ItemPage, readings: Iterable[Reading]) -> Sheet:
    """All readings of the item with their decisions, below what it is and what it is claimed for (domain: F1)."""
    read = list(readings)
    parts = [what_it_is(page), *(claims_part(unit) for unit in page.units)]
    if not page.units:
        parts.append(Part("Claimed for", note="It is mapped to no criterion now."))
    parts += [reading_part(row) for row in read]
    if not read:
        parts.append(Part("Assessment", note="No assessor has read it yet."))
    return item_sheet(head_of(page), FEEDBACK, parts)


def what_it_is(page: ItemPage) -> Part:
    """What was handed in: the candidate's words, and the files with what became of them."""
    version = page.version
    files = [file_row(file) for file in page.files]
    return Part(
        "What was handed in",
        fields=known(
            ("What I did", version.description),
            ("Made with others; my own part", version.own_contribution if version.group_work else ""),
            ("Whose data, and how it is protected", version.data_protection),
            ("Where the learning comes from", prior_learning(version)),
            ("Held at", version.location if version.held == HeldAt.LOCATION else ""),
        ),
        table=table((Column("File"), Column("What became of it", 70)), files),
        note="" if files or version.held == HeldAt.LOCATION else "There is no file.",
    )


def prior_learning(version: EvidenceVersion) -> str:
    return f"{version.prior_source}, achieved {day(version.prior_achieved_on)}" if version.prior_source else ""


def file_row(file: EvidenceFile) -> Cells:
    """A file, and whether it can still be opened."""
    if file.disposed_at:
        return file.name, f"Its time was over: its content was destroyed on {day(file.disposed_at)}."
    if file.destroyed_at:
        return file.name, f"Redacted: its content was destroyed on {day(file.destroyed_at)}."
    if file.quarantined_at:
        return file.name, f"In quarantine since {day(file.quarantined_at)}: nobody can open it."
    return file.name, f"In this portfolio. SHA-256 {file.stored.sha256[:12]}"


def claims_part(unit: UnitShown) -> Part:
    """What the item is claimed for in a unit, and how far each got."""
    return Part(
        f"Claimed for {titled(unit.enrolment.unit)}",
        table=table(
            (Column("Criterion", 20), Column("What it asks for"), Column("Where in it", 34), Column("How far", 40)),
            ((one.criterion.number, one.criterion.text, one.mapping.locator, one.words) for one in unit.mapped),
        ),
        note="" if unit.mapped else "Nothing.",
    )


def reading_part(row: Reading, *, of: str = "") -> Part:
    """A reading: the four rules of evidence, the feedback, and each decision with what it still waits for."""
    review, version = row.review, row.review.version
    what = "Returned" if review.returned else "Read"
    replaced = f", replaced on {day(version.replaced_at)}" if version.replaced_at else ""
    decisions = table(
        (Column("Criterion", 22), Column("What it asks for", 58), Column("Decision", 38), Column("Feedback")),
        (decision_cells(one) for one in row.decisions),
    )
    return Part(
        f"{of}{what} on {day(review.at)} by {review.assessor_name}",
        fields=known(
            ("Version", f"{version.number}{replaced}"),
            ("Rules of evidence", ", ".join(f"{label.lower()}: {'yes' if met else 'no'}" for label, met in row.rules)),
            ("Why a rule is not met", review.remarks),
            ("Seen where it is held", "Yes" if review.seen_at_location else ""),
            ("Assessor", review.assessor_name + ("" if review.qualified else ", not qualified yet on that day")),
            ("Feedback", review.feedback),
        ),
        table=decisions,
        note="" if decisions else "No criterion was decided in it.",
    )


def decision_cells(one: DecisionRead) -> Cells:
    """A decision as a row: what was decided, whether it counts, and what was said."""
    return (
        f"{one.unit} {one.criterion.number}",
        one.criterion.text,
        "\n".join(filter(None, (one.verdict, standing(one)))),
        "\n".join(filter(None, (one.feedback, *one.places))),
    )


def standing(one: DecisionRead) -> str:
    """What else is to be known of a decision: its countersignature, and whether it was decided again."""
    words = []
    if one.waits:
        words.append("Not counting yet: waits for a countersignature.")
    if said := one.countersigned:
        agreed = f"Countersigned by {said.by} on {day(said.at)}."
        words.append(agreed if said.agreed else f"{said.by} did not agree on {day(said.at)}: {said.reason}")
    if one.again:
        words.append("Decided again later.")
    return "\n".join(words)
