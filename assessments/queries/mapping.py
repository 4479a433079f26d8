"""The criteria an item can be mapped to, as the tree the forms show."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from assessments.enums import ItemStatus, UnitStatus
from assessments.models import Decision, Enrolment, Evidence, Mapping
from portfolio.models import CandidateRecord, User
from units.models import Criterion

LIVE = (ItemStatus.DRAFT, ItemStatus.SUBMITTED, ItemStatus.REVIEWED, ItemStatus.RETURNED)


@dataclass(frozen=True)
class ToMap:
    """A criterion of a unit that is open, and how the item and the rest of the portfolio stand to it."""

    enrolment_id: int
    criterion: Criterion
    covered: bool
    mapping: Mapping | None = None
    judged: bool = False

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.enrolment_id}:{self.criterion.pk}"


@dataclass(frozen=True)
class Heading:
    """An outcome or headed group, and its criteria."""

    text: str
    criteria: list[ToMap]


@dataclass(frozen=True)
class UnitToMap:
    """A unit that is collecting evidence."""

    enrolment: Enrolment
    headings: list[Heading]


def open_enrolments(candidate: CandidateRecord) -> QuerySet[Enrolment]:
    """The candidate's units that are collecting evidence."""
    return Enrolment.objects.filter(candidate=candidate, status=UnitStatus.COLLECTING).listed()


def open_to_mapping(evidence: Evidence, user: User) -> QuerySet[Enrolment]:
    """The units this person may map the item to: the candidate all that are open, an assessor those they assess."""
    enrolments = open_enrolments(evidence.candidate)
    return enrolments if evidence.candidate.user_id == user.pk else enrolments.filter(assessor=user)


def units_to_map(enrolments: Iterable[Enrolment], evidence: Evidence | None = None) -> list[UnitToMap]:
    """The tree of these units, in four queries however many there are."""
    units = list(enrolments)
    criteria: dict[int, list[Criterion]] = defaultdict(list)
    worded = ("unit", "number", "text", "outcome__number", "outcome__text")
    found = Criterion.objects.filter(unit__in={unit.unit_id for unit in units}).select_related("outcome")
    for criterion in found.only(*worded):
        criteria[criterion.unit_id].append(criterion)
    covered = covered_in(units, but=evidence)
    mapped = {(row.enrolment_id, row.criterion_id): row for row in mappings_of(evidence, units)}
    judged = judged_of(evidence)

    def to_map(unit: Enrolment, criterion: Criterion) -> ToMap:
        key = (unit.pk, criterion.pk)
        return ToMap(unit.pk, criterion, key in covered, mapped.get(key), key in judged)

    return [UnitToMap(unit, headings([to_map(unit, row) for row in criteria[unit.unit_id]])) for unit in units]


def headings(criteria: list[ToMap]) -> list[Heading]:
    """The criteria under their outcomes, in the specification's order."""
    found: dict[str, Heading] = {}
    for row in criteria:
        text = str(row.criterion.outcome) if row.criterion.outcome else "Knowledge and understanding"
        found.setdefault(text, Heading(text, [])).criteria.append(row)
    return list(found.values())


def live(enrolment_ids: Iterable[int]) -> QuerySet[Mapping]:
    """The live mappings of the enrolments, each beside the item's version in force and the draft of the next."""
    return Mapping.objects.filter(
        enrolment__in=list(enrolment_ids),
        taken_back_at=None,
        evidence__versions__replaced_at=None,
        evidence__versions__status__in=LIVE,
    )


def covered_in(enrolments: list[Enrolment], *, but: Evidence | None) -> set[tuple[int, int]]:
    """The (enrolment, criterion) pairs that another item of the portfolio is mapped to."""
    rows = live(unit.pk for unit in enrolments)
    if but is not None:
        rows = rows.exclude(evidence=but)
    return set(rows.order_by().values_list("enrolment_id", "criterion_id").distinct())


def mappings_of(evidence: Evidence | None, enrolments: list[Enrolment]) -> Iterable[Mapping]:
    """What the item is mapped to in these units now."""
    if evidence is None:
        return ()
    mapped = Mapping.objects.filter(evidence=evidence, taken_back_at=None, enrolment__in=enrolments)
    return mapped.only("enrolment", "criterion", "locator").order_by()


def judged_of(evidence: Evidence | None) -> set[tuple[int, int]]:
    """The (enrolment, criterion) pairs on which any version of the item was judged: those stay mapped for good."""
    if evidence is None:
        return set()
    decisions = Decision.objects.filter(version__evidence=evidence)
    return set(decisions.order_by().values_list("enrolment_id", "criterion_id").distinct())
