"""The criteria an item can be mapped to, as the tree the forms show, and those its words speak of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from assessments.enums import Setting, UnitStatus
from assessments.models import Decision, Enrolment, Evidence, Mapping
from assessments.progress import Mark, is_covered
from assessments.queries.evidence import forbidden_setting
from assessments.queries.leaves import Leaves, Shown, leaves_in
from assessments.queries.marks import marks_of
from assessments.wording import Text, ranked
from portfolio.models import CandidateRecord, User
from units.models import Criterion, RelatedCriterion, TeachingPoint
from units.queries import Leaf

SETTINGS_TAKEN = (
    "unit__simulation_allowed",
    "unit__realistic_working_environment_allowed",
    "unit__work_placement_allowed",
)
OUTCOME_WORTH, TEACHING_WORTH = 0.3, 0.3
"""What a word in the outcome, or in what is taught for it, is worth beside one in the criterion itself."""


Mapped = dict[tuple[int, int], tuple[Mapping, bool]]
"""What an item is mapped to, by enrolment and criterion, and whether any version of it was judged on that."""


class Worded(NamedTuple):
    """A criterion as the tree words it. Not a row of the table: a tree has hundreds."""

    pk: int
    unit_id: int
    number: str
    text: str
    outcome_id: int | None
    outcome_number: str
    outcome: str

    @property
    def heading(self) -> str:
        """What stands above it in the tree."""
        return f"{self.outcome_number} {self.outcome}".strip() if self.outcome_id else "Knowledge and understanding"


@dataclass(frozen=True)
class ToMap:
    """A criterion of a unit that is open, and how the item and the rest of the portfolio stand to it.

    It is `covered` where something else was handed in for it and not returned: as the unit's own page counts.
    `related` are criteria of the other open units that our cross-walk relates it to.
    """

    enrolment: Enrolment
    criterion: Worded
    covered: bool
    mapping: Mapping | None = None
    judged: bool = False
    related: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        """How a form names it."""
        return value_of(self.enrolment.pk, self.criterion.pk)


@dataclass(frozen=True)
class LeafToShow:
    """A leaf of the evidence requirements of a unit that is open: `shown` as the item shows it now, if it does, and
    whether something else of the portfolio does."""

    enrolment: Enrolment
    leaf: Leaf
    covered: bool
    shown: Shown | None = None

    @property
    def value(self) -> str:
        """How a form names it."""
        return value_of(self.enrolment.pk, self.leaf.pk)


@dataclass(frozen=True)
class UnitToMap:
    """A unit that is collecting evidence. `not_taken` says by setting why evidence from it is not taken."""

    enrolment: Enrolment
    criteria: list[ToMap]
    leaves: list[LeafToShow]
    not_taken: dict[str, str]


@dataclass(frozen=True)
class Suggested:
    """A criterion that what was typed seems to speak of, and the words that make it seem so."""

    offered: ToMap
    because: tuple[str, ...]


def value_of(enrolment_id: int, pk: int) -> str:
    """The name a form gives to a criterion, or to an evidence requirement, of an enrolment."""
    return f"{enrolment_id}:{pk}"


def open_enrolments(candidate: CandidateRecord) -> QuerySet[Enrolment]:
    """The candidate's units that are collecting evidence, with the settings they take it from."""
    return Enrolment.objects.filter(candidate=candidate, status=UnitStatus.COLLECTING).listed(*SETTINGS_TAKEN)


def open_to_mapping(evidence: Evidence, user: User) -> QuerySet[Enrolment]:
    """The units this person may map the item to: the candidate all that are open, an assessor those they assess."""
    enrolments = open_enrolments(evidence.candidate)
    return enrolments if evidence.candidate.user_id == user.pk else enrolments.filter(assessor=user)


def units_to_map(
    enrolments: Iterable[Enrolment], evidence: Evidence | None = None, *, mapped: Mapped | None = None
) -> list[UnitToMap]:
    """The tree of these units, in six queries at most however many there are.

    `mapped` is what the item is mapped to now, where that is known; else it is asked here.
    """
    units = list(enrolments)
    criteria: dict[int, list[Worded]] = defaultdict(list)
    rows = Criterion.objects.filter(unit__in={unit.unit_id for unit in units})
    worded = ("pk", "unit_id", "number", "text", "outcome_id", "outcome__number", "outcome__text")
    for row in rows.values_list(*worded):
        criterion = Worded(*row)
        criteria[criterion.unit_id].append(criterion)
    marks = marks_besides(units, evidence)
    covered = {(pk, criterion) for pk, found in marks.items() for criterion in covered_by(found)}
    mapped = mappings_of(evidence, units) if mapped is None else mapped
    related = related_in(units, criteria)

    def to_map(unit: Enrolment, criterion: Worded) -> ToMap:
        key = (unit.pk, criterion.pk)
        mapping, judged = mapped.get(key, (None, False))
        return ToMap(unit, criterion, key in covered, mapping, judged, related.get(criterion.pk, []))

    leaves = leaves_in(units)
    return [
        UnitToMap(
            unit,
            [to_map(unit, row) for row in criteria[unit.unit_id]],
            list(leaves_to_show(unit, leaves[unit.pk], evidence, marks[unit.pk])),
            settings_not_taken(unit),
        )
        for unit in units
    ]


def leaves_to_show(
    unit: Enrolment, found: Leaves, evidence: Evidence | None, marks: list[Mark]
) -> Iterator[LeafToShow]:
    """The leaves of a unit, as an item and the rest of the portfolio, whose marks these are, show them."""
    own = found.of(evidence.pk) if evidence else {}
    for leaf in found.leaves:
        covered = any(is_covered(counted) for _, counted in found.marks_for(leaf, marks))
        yield LeafToShow(unit, leaf, covered, own.get(leaf.pk))


def marks_besides(units: list[Enrolment], evidence: Evidence | None) -> dict[int, list[Mark]]:
    """The marks of everything in the portfolio but the item, by enrolment. One query."""
    own = evidence.pk if evidence else None
    found = marks_of(unit.pk for unit in units)
    return {pk: [mark for mark in marks if mark.evidence_id != own] for pk, marks in found.items()}


def settings_not_taken(enrolment: Enrolment) -> dict[str, str]:
    """The settings the unit takes no evidence from, each with its sentence."""
    sentences = {setting.value: forbidden_setting(enrolment.unit, setting) for setting in Setting}
    return {setting: sentence for setting, sentence in sentences.items() if sentence}


def related_in(units: list[Enrolment], criteria: dict[int, list[Worded]]) -> dict[int, list[str]]:
    """By criterion, what the cross-walk relates it to in the other units: one query, both ways."""
    within = {unit.unit_id for unit in units}
    pairs = RelatedCriterion.objects.filter(criterion__unit__in=within, related__unit__in=within)
    beside: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs.order_by().values_list("criterion_id", "related_id"):
        beside[one].add(other)
        beside[other].add(one)
    places = [(unit, criterion.pk) for unit in units for criterion in criteria[unit.unit_id]]
    return {pk: [value_of(unit.pk, other) for unit, other in places if other in far] for pk, far in beside.items()}


def covered_by(marks: list[Mark]) -> set[int]:
    """The criteria that these marks answer."""
    found: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        found[mark.criterion_id].append(mark)
    return {pk for pk, own in found.items() if is_covered(own)}


def mappings_of(evidence: Evidence | None, enrolments: list[Enrolment]) -> Mapped:
    """What the item is mapped to in these units now, by enrolment and criterion, and whether any version of it was
    judged on that: such a mapping stays for good. One query."""
    if evidence is None:
        return {}
    decisions = Decision.objects.filter(
        version__evidence=evidence, enrolment=OuterRef("enrolment"), criterion=OuterRef("criterion")
    )
    rows = Mapping.objects.filter(evidence=evidence, taken_back_at=None, enrolment__in=enrolments)
    found = rows.annotate(judged=Exists(decisions)).only("enrolment", "criterion", "locator").order_by()
    return {(row.enrolment_id, row.criterion_id): (row, row.judged) for row in found}


def suggested(typed: str, units: Sequence[UnitToMap], *, but: Collection[str]) -> list[Suggested]:
    """The criteria that what was typed seems to speak of, best first, but those ticked already. One query.

    The criterion's own words count most, then its outcome's and what is taught for that.
    """
    offered = {row.value: row for unit in units for row in unit.criteria}
    taught: dict[int, list[str]] = defaultdict(list)
    within = {unit.enrolment.unit_id for unit in units}
    points = TeachingPoint.objects.filter(outcome__unit__in=within) if typed.strip() else TeachingPoint.objects.none()
    for outcome, text in points.values_list("outcome_id", "text"):
        taught[outcome].append(text)
    texts = [text_of(row, taught) for row in offered.values()]
    matches = ranked(typed, texts)
    return [Suggested(offered[match.key], match.because) for match in matches if match.key not in but]


def text_of(row: ToMap, taught: dict[int, list[str]]) -> Text:
    """A criterion with what stands around it."""
    criterion = row.criterion
    fields = [(1.0, criterion.text)]
    if criterion.outcome_id:
        fields.append((OUTCOME_WORTH, criterion.outcome))
        fields += [(TEACHING_WORTH, text) for text in taught[criterion.outcome_id]]
    return Text(row.value, tuple(fields))
