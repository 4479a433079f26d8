"""Write many candidates' portfolios as the verbs would have, by the thousand rows: the verbs take minutes for them.

The rows are those of the verbs, column by column: bench/tests/test_loading.py acts the same plan out and compares.
Nothing is loaded past the database's walls: an item begins as a draft, a decision is made while its unit is collecting.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import F

from assessments.actions.counting import recount
from assessments.actions.evidence import Described
from assessments.enums import AllocatedAs, ItemStatus
from assessments.models import (
    Allocation,
    Decision,
    Enrolment,
    Evidence,
    EvidenceFile,
    EvidenceVersion,
    Mapping,
    Review,
    Showing,
)
from assessments.queries.leaves import leaves_in
from bench.book import Book
from bench.centre import Staffed
from bench.plan import DAY, FEEDBACK, ITEMS, PlannedCandidate, PlannedItem, PlannedUnit, plan
from bench.signing import sign_units
from portfolio import actions, signing
from portfolio.models import CandidateRecord, User
from units.models import Criterion, Unit

BATCH = 25
"""Candidates written at one stroke: some five thousand rows."""


def described(item: PlannedItem) -> Described:
    """What the candidate says of an item."""
    words = "I reviewed the calls of my team that week and agreed with each of them what to change. " * 3
    return Described(title=item.title, description=words.strip(), activity_on=item.created_at.date())


@dataclass
class Written:
    """An item with the rows it became."""

    item: PlannedItem
    unit: "Taken"
    version: EvidenceVersion

    @property
    def criteria(self) -> list[Criterion]:
        return [self.unit.criteria[place] for place in self.item.places]


@dataclass
class Taken:
    """A planned unit with its enrolment."""

    planned: PlannedUnit
    enrolment: Enrolment
    criteria: Sequence[Criterion]
    written: list[Written] = field(default_factory=list)


def fill(staffed: Staffed, numbers: Iterable[int], now: datetime.datetime, items: int = ITEMS) -> list[CandidateRecord]:
    """Candidates with these numbers, and everything the plan says of them."""
    counts = counted()
    plans = [plan(number, counts, now, items) for number in numbers]
    made = []
    for first in range(0, len(plans), BATCH):
        made += load(staffed, plans[first : first + BATCH])
    return made


def criteria_by_unit() -> dict[str, list[Criterion]]:
    """Each unit's criteria in their order, by the unit's key."""
    found: dict[str, list[Criterion]] = defaultdict(list)
    for criterion in Criterion.objects.select_related("outcome", "unit__awarding_body"):
        found[criterion.unit.key].append(criterion)
    return found


def counted() -> dict[str, int]:
    """How many criteria each unit has."""
    return {key: len(found) for key, found in criteria_by_unit().items()}


@transaction.atomic
def load(staffed: Staffed, plans: Sequence[PlannedCandidate]) -> list[CandidateRecord]:
    """Some candidates, all or nothing. They themselves are invited by the real verb."""
    book = Book(staffed.centre)
    candidates = [invited(staffed, planned) for planned in plans]
    taken = enrol(staffed, list(zip(plans, candidates, strict=True)), book)
    add_evidence(staffed, taken, book)
    hand_in(taken, book)
    read(staffed, taken, book)
    sign_units(staffed, [(unit.planned, unit.enrolment, unit.criteria) for unit in taken], book)
    recount(unit.enrolment.pk for unit in taken)
    book.write()
    return candidates


def invited(staffed: Staffed, planned: PlannedCandidate) -> CandidateRecord:
    return actions.invite_candidate(
        centre=staffed.centre,
        email=f"{planned.name.lower().replace(' ', '.')}@{staffed.centre.slug}.example",
        legal_name=planned.name,
        candidate_number="10000001",
        by=staffed.administrator,
        at=planned.started_at,
    )


def enrol(staffed: Staffed, candidates: list[tuple[PlannedCandidate, CandidateRecord]], book: Book) -> list[Taken]:
    """Every unit of every candidate, collecting for now, with its people."""
    criteria = criteria_by_unit()
    taken = [
        Taken(planned, enrolment(staffed, candidate, planned, criteria[planned.key][0].unit), criteria[planned.key])
        for story, candidate in candidates
        for planned in story.units
    ]
    Enrolment.objects.bulk_create(unit.enrolment for unit in taken)
    parts = [(unit, part, user) for unit in taken for part, user in people_of(unit.enrolment)]
    Allocation.objects.bulk_create(
        Allocation(enrolment=unit.enrolment, part=part, user=user, from_at=unit.planned.enrolled_at)
        for unit, part, user in parts
    )
    for unit in taken:
        book.tell(unit.planned.enrolled_at, "enrol", staffed.administrator, unit.enrolment)
    return taken


def enrolment(staffed: Staffed, candidate: CandidateRecord, planned: PlannedUnit, unit: Unit) -> Enrolment:
    return Enrolment(
        centre=staffed.centre,
        candidate=candidate,
        candidate_user=candidate.user,
        unit=unit,
        assessor=staffed.trainee if planned.by_trainee else staffed.assessor,
        countersigner=staffed.assessor if planned.by_trainee else None,
        verifier=staffed.verifier,
        started_on=planned.enrolled_at.date(),
        target_on=planned.target_on,
        criteria_count=unit.criteria.count(),
    )


def people_of(enrolment: Enrolment) -> list[tuple[AllocatedAs, User]]:
    parts = {
        AllocatedAs.ASSESSOR: enrolment.assessor,
        AllocatedAs.COUNTERSIGNER: enrolment.countersigner,
        AllocatedAs.VERIFIER: enrolment.verifier,
    }
    return [(part, user) for part, user in parts.items() if user]


def add_evidence(staffed: Staffed, taken: list[Taken], book: Book) -> None:
    """Every item as a draft, with its number if it is going to be handed in, its files and its mapping."""
    numbers = evidence_numbers(taken)
    for unit in taken:
        for item in unit.planned.items:
            evidence = Evidence(
                centre=staffed.centre,
                candidate=unit.enrolment.candidate,
                number=numbers.get((unit.enrolment.pk, item.created_at)),
                created_at=item.created_at,
            )
            version = EvidenceVersion(
                evidence=evidence, centre=staffed.centre, created_at=item.created_at, **asdict(described(item))
            )
            unit.written.append(Written(item, unit, version))
    written = [row for unit in taken for row in unit.written]
    Evidence.objects.bulk_create(row.version.evidence for row in written)
    EvidenceVersion.objects.bulk_create(row.version for row in written)
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            version=row.version,
            centre=staffed.centre,
            stored=stored,
            name=name,
            position=place,
            added_at=row.item.created_at,
        )
        for row in written
        for place, (stored, name) in enumerate(staffed.stored, start=1)
    )
    Mapping.objects.bulk_create(mapping for row in written for mapping in mappings(row))
    leaves = leaves_in(unit.enrolment for unit in taken)
    Showing.objects.bulk_create(
        Showing(
            evidence=row.version.evidence,
            enrolment=row.unit.enrolment,
            requirement_id=leaf.pk,
            made_by=row.unit.enrolment.candidate_user,
            made_at=row.item.created_at,
            seen_at=row.item.read_at if row.item.read else None,
        )
        for row in written
        if row.item.shows
        for leaf in leaves[row.unit.enrolment.pk].leaves
    )
    for row in written:
        book.tell(row.item.created_at, "add_evidence", row.unit.enrolment.candidate_user, row.version.evidence)


def evidence_numbers(taken: list[Taken]) -> dict[tuple[int, datetime.datetime], int]:
    """The numbers the items take, in the order each candidate hands them in; counted on the candidate's record."""
    handed_in: dict[int, list[tuple[datetime.datetime, int, datetime.datetime]]] = defaultdict(list)
    for unit in taken:
        handed_in[unit.enrolment.candidate_id] += [
            (item.submitted_at, unit.enrolment.pk, item.created_at) for item in unit.planned.items if item.handed_in
        ]
    numbers = {}
    for candidate, items in handed_in.items():
        for number, (_, enrolment, created_at) in enumerate(sorted(items), start=1):
            numbers[enrolment, created_at] = number
        CandidateRecord.objects.filter(pk=candidate).update(last_evidence_number=len(items))
    return numbers


def mappings(row: Written) -> Iterable[Mapping]:
    """What the item claims; what is handed in and not judged waits since then, unless the item was returned."""
    item = row.item
    for criterion, verdict in zip(row.criteria, item.verdicts or (None,) * len(item.places), strict=True):
        waits = item.handed_in and not item.returned and verdict is None
        yield Mapping(
            evidence=row.version.evidence,
            enrolment=row.unit.enrolment,
            criterion=criterion,
            locator=item.locator,
            made_by=row.unit.enrolment.candidate_user,
            made_at=item.created_at,
            waiting_since=item.submitted_at if waits else None,
        )


def hand_in(taken: list[Taken], book: Book) -> None:
    """The items handed in, each a day after it was made."""
    handed_in = [row for unit in taken for row in unit.written if row.item.handed_in]
    versions = EvidenceVersion.objects.filter(pk__in=[row.version.pk for row in handed_in])
    declaration = signing.current_statement("evidence-authentic")
    versions.update(status=ItemStatus.SUBMITTED, submitted_at=F("created_at") + DAY, declaration=declaration)
    for row in handed_in:
        book.tell(row.item.submitted_at, "submit", row.unit.enrolment.candidate_user, row.version.evidence)


def read(staffed: Staffed, taken: list[Taken], book: Book) -> None:
    """The assessor's readings with their decisions, and what became of the items."""
    rows = [row for unit in taken for row in unit.written if row.item.read]
    readings = [reading(staffed, row) for row in rows]
    Review.objects.bulk_create(readings)
    Decision.objects.bulk_create(
        Decision(
            review=review,
            version=row.version,
            enrolment=row.unit.enrolment,
            criterion=criterion,
            verdict=verdict,
            feedback="" if verdict == verdict.MET else FEEDBACK,
            needs_countersignature=not review.qualified,
        )
        for row, review in zip(rows, readings, strict=True)
        for criterion, verdict in zip(row.criteria, row.item.verdicts, strict=True)
        if verdict
    )
    for status, returned in ((ItemStatus.REVIEWED, False), (ItemStatus.RETURNED, True)):
        found = [row.version.pk for row in rows if row.item.returned is returned]
        EvidenceVersion.objects.filter(pk__in=found).update(status=status)
    for row in rows:
        book.tell(row.item.read_at, "review", row.unit.enrolment.assessor, row.version.evidence)


def reading(staffed: Staffed, row: Written) -> Review:
    assessor = row.unit.enrolment.assessor
    return Review(
        version=row.version,
        assessor=assessor,
        assessor_name="Tomasz" if assessor == staffed.trainee else "Asha",
        qualified=assessor != staffed.trainee,
        at=row.item.read_at,
        centre=staffed.centre,
        handed_in_at=row.item.submitted_at,
        valid=True,
        authentic=True,
        current=True,
        sufficient=True,
        returned=row.item.returned,
        feedback=FEEDBACK if row.item.returned else "",
    )
