"""What was said of an item, in order: handed in, read, returned, countersigned, withdrawn; with people and dates."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, QuerySet

from assessments.models import Decision, DecisionMarker, Evidence, EvidenceVersion, Review
from assessments.queries.markers import MarkerShown, markers_of
from assessments.queries.observed import RecordShown
from portfolio.compiled import compiled
from portfolio.models import Signature

DECIDED = (
    "version",
    "review",
    "verdict",
    "feedback",
    "needs_countersignature",
    "criterion__number",
    "enrolment__unit__short_code",
    "countersignature__by",
    "countersignature__at",
    "countersignature__agreed",
    "countersignature__reason",
)
"""What the conversation about an item tells of a decision."""
RULES = {"valid": "Valid", "authentic": "Authentic", "current": "Current", "sufficient": "Sufficient"}


@dataclass(frozen=True)
class Word:
    """A decision as somebody speaks it, with the places it rests on."""

    decision: Decision
    markers: list[MarkerShown]


@dataclass(frozen=True)
class Turn:
    """One turn of the conversation about the item."""

    at: datetime.datetime
    who: str
    role: str
    title: str
    version: int
    text: str = ""
    returned: bool = False
    seen: bool = False
    """Whether an assessor has seen the evidence where it is held."""
    rules: list[tuple[str, bool]] = field(default_factory=list)
    remarks: str = ""
    words: list[Word] = field(default_factory=list)
    reading: int | None = None
    """The reading it is, where news of it lands."""


def decisions_on(versions: Iterable[EvidenceVersion], enrolments: Iterable[int]) -> list[Decision]:
    """Every decision on the versions in these enrolments, oldest first; each says if places are `marked` for it.

    One query.
    """
    return _decisions([version.pk for version in versions], list(enrolments))


@compiled
def _decisions(versions: list[int], enrolments: list[int]) -> QuerySet[Decision]:
    return (
        Decision.objects.filter(version__in=versions, enrolment__in=enrolments)
        .select_related("criterion", "enrolment__unit", "countersignature")
        .only(*DECIDED)
        .annotate(marked=Exists(DecisionMarker.objects.filter(decision=OuterRef("pk"))))
        .order_by("pk")
    )


def readings_of(versions: Iterable[EvidenceVersion]) -> list[Review]:
    """Every reading of the versions, oldest first. One query."""
    return _readings([version.pk for version in versions])


@compiled
def _readings(versions: list[int]) -> QuerySet[Review]:
    return Review.objects.filter(version__in=versions).order_by("at", "pk")


def turns(
    evidence: Evidence,
    versions: list[EvidenceVersion],
    readings: list[Review],
    decisions: Collection[Decision],
    names: dict[int, str],
    records: dict[int, RecordShown],
) -> list[Turn]:
    """The conversation, oldest first. One query at most. The decisions come with whether places are `marked`; `names`
    are those of the countersigners; `records` are what an assessor made, by version."""
    numbers = {version.pk: version.number for version in versions}
    markers = markers_of([decision.pk for decision in decisions if getattr(decision, "marked", True)])
    words = [Word(decision, markers.get(decision.pk, [])) for decision in decisions]
    said = version_turns(evidence, versions, records)
    said += [reading_turn(reading, numbers[reading.version_id], words) for reading in readings]
    return sorted(said + countersigner_turns(words, numbers, names), key=lambda turn: turn.at)


def about(turns: Iterable[Turn], enrolment_id: int, criterion_id: int) -> list[Turn]:
    """The same conversation as far as it is about one criterion; empty while nobody has decided anything on it.

    Handing in and returning concern every criterion, what was decided on others does not.
    """
    found, decided = [], False
    for turn in turns:
        words = [
            word
            for word in turn.words
            if (word.decision.enrolment_id, word.decision.criterion_id) == (enrolment_id, criterion_id)
        ]
        decided = decided or bool(words)
        if words or turn.returned or turn.role not in ("Assessor", "Countersigner"):
            found.append(replace(turn, words=words))
    return found if decided else []


def version_turns(evidence: Evidence, versions: list[EvidenceVersion], records: dict[int, RecordShown]) -> list[Turn]:
    """What happened to the versions by themselves. A later one says again what it shows only in other words."""
    name, found, told = str(evidence.candidate), [], ""
    for version in versions:
        record = records.get(version.pk)
        if record and record.signature:
            found += record_turns(name, version.number, record, record.signature)
        elif version.submitted_at:
            title = "Handed in" if version.number == 1 else f"Handed in version {version.number}"
            words = version.description if version.description != told else ""
            found.append(Turn(version.submitted_at, name, "Candidate", title, version.number, words))
            told = version.description
        if version.withdrawn_at:
            found.append(Turn(version.withdrawn_at, "", "", "Withdrawn", version.number, version.withdrawal_reason))
    return found


def record_turns(candidate: str, number: int, record: RecordShown, signed: Signature) -> list[Turn]:
    """That an assessor made a version, and what the candidate said of it."""
    title = "Recorded" if number == 1 else f"Corrected, as version {number}"
    made = Turn(signed.signed_at, signed.signer_name, "Assessor", title, number)
    return [
        made,
        *(
            Turn(row.at, candidate, "Candidate", "Acknowledged" if row.agreed else "Disputed", number, row.words)
            for row in record.acknowledgements
        ),
    ]


def reading_turn(reading: Review, number: int, words: Iterable[Word]) -> Turn:
    """A reading: the four rules, the feedback, and the decisions made with it."""
    return Turn(
        at=reading.at,
        who=reading.assessor_name,
        role="Assessor",
        title="Returned" if reading.returned else "Assessed",
        version=number,
        text=reading.feedback,
        returned=reading.returned,
        seen=reading.seen_at_location,
        rules=[(label, getattr(reading, rule)) for rule, label in RULES.items()],
        remarks=reading.remarks,
        words=[word for word in words if word.decision.review_id == reading.pk],
        reading=reading.pk,
    )


def countersigner_turns(words: Iterable[Word], numbers: dict[int, int], names: dict[int, str]) -> list[Turn]:
    """What countersigners said, one turn for each of their acts."""
    acts: dict[tuple[int, datetime.datetime, bool, str, int], list[Word]] = {}
    for word in words:
        if hasattr(word.decision, "countersignature"):
            said = word.decision.countersignature
            key = (said.by_id, said.at, said.agreed, said.reason, numbers[word.decision.version_id])
            acts.setdefault(key, []).append(Word(word.decision, []))
    return [
        Turn(
            at=at,
            who=names.get(by, ""),
            role="Countersigner",
            title="Countersigned" if agreed else "Did not agree",
            version=number,
            text=reason,
            words=named,
        )
        for (by, at, agreed, reason, number), named in acts.items()
    ]
