"""What the pages of the standard show, each in a fixed number of queries whatever the size of the unit."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from portfolio.compiled import compiled
from units.beside import Guidance
from units.enums import CriterionKind, SpecificationStyle
from units.for_good import ForGood
from units.keys import JOINED, specification_of
from units.models import (
    Criterion,
    EvidenceRequirement,
    LearningOutcome,
    NosReference,
    RelatedCriterion,
    Unit,
    UnitPublication,
    UnitQuerySet,
)
from units.parts import RequirementNode, SkillTable, TeachingLine, Wording, parts_of, wording_of
from units.rules import unit_reference_warnings

HAS_LEAVES = Exists(EvidenceRequirement.objects.filter(unit=OuterRef("unit"), parent__isnull=False))
"""Whether the evidence requirements of a criterion's unit have leaves: most units' have none."""
IN_USE = Exists(UnitPublication.objects.filter(unit=OuterRef("unit")))
"""Whether a criterion's unit is published, and so worded for good."""
NOTHING_SAID: Mapping[int, Sequence[Guidance]] = {}
READING_ORDER = ("awarding_body__name", "short_code", "version")


_criteria: ForGood[list[Criterion]] = ForGood()


def criteria_of(unit_ids: Iterable[int]) -> dict[int, list[Criterion]]:
    """The criteria of units in reading order, each with its outcome and `has_leaves`: one query, or none.

    Those of units in use never change, so each process asks for them once.
    """
    wanted = set(unit_ids)
    found = {pk: list(criteria) for pk, criteria in _criteria.known(wanted).items()}
    unknown = wanted - set(found)
    if not unknown:
        return found
    found |= {pk: [] for pk in unknown}
    rows = Criterion.objects.filter(unit__in=unknown).annotate(has_leaves=HAS_LEAVES, in_use=IN_USE)
    for criterion in rows.select_related("outcome"):
        found[criterion.unit_id].append(criterion)
    _criteria.keep({pk: list(found[pk]) for pk in unknown if found[pk] and vars(found[pk][0])["in_use"]})
    return found


@dataclass(frozen=True)
class UnitLine:
    """A unit in the list."""

    key: str
    version: int
    short_code: str
    title: str
    title_is_public: bool
    body: str
    level: int | None
    credit_value: int | None
    contents: str
    incomplete: bool
    brought_in_by: str
    draft: bool


@dataclass(frozen=True)
class Fact:
    """A line of the unit's header; the note says what the source does not."""

    label: str
    value: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class RelatedLine:
    """The criteria of another specification that a criterion is related to by our cross-walk."""

    unit_name: str
    key: str
    version: int
    criteria: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class CriterionLine:
    number: str
    label: str
    text: str
    wording: Wording
    related: Sequence[RelatedLine]
    guidance: Sequence[Guidance] = ()


@dataclass(frozen=True)
class OutcomeRow:
    """A learning outcome or a headed section, with all that stands beside it."""

    number: str
    text: str
    criteria: Sequence[CriterionLine]
    teaching: Sequence[TeachingLine]


class RequirementWords(NamedTuple):
    """An evidence requirement as a tree is built of it."""

    pk: int
    unit_id: int
    parent_id: int | None
    path: str
    label: str
    text: str


@dataclass(frozen=True)
class Leaf:
    """A leaf of the tree of evidence requirements, which evidence can be shown to cover. Every leaf is asked for.

    `label` is printed before it, `heading` is what it stands below, with its numbers, `path` its place in the tree.
    """

    pk: int
    path: str
    label: str
    text: str
    above: tuple[str, ...]
    heading: str

    @property
    def number(self) -> str:
        """What is printed before it and above it: 5 (a)."""
        return " ".join(label for label in (*self.above, self.label) if label)

    @property
    def words(self) -> str:
        """Its words without the full stop that ends the list it stands in."""
        return self.text.rstrip(".")

    @property
    def printed(self) -> str:
        """Label and words, as it stands below its heading."""
        return f"{self.label} {self.words}".strip()


@dataclass(frozen=True)
class UnitPage:
    """A unit in the reading order of its original."""

    unit: Unit
    is_svq: bool
    published_at: datetime.datetime | None
    facts: Sequence[Fact]
    outcomes: Sequence[OutcomeRow]
    knowledge: Sequence[CriterionLine]
    requirements: Sequence[RequirementNode]
    settings_refused: Sequence[str]
    nos_references: Sequence[NosReference]
    skills: Sequence[SkillTable]
    has_related: bool


def unit_lines(units: UnitQuerySet) -> list[UnitLine]:
    """Those units for the list: one query."""
    counts = {f"{kind}_count": Count("criteria", filter=Q(criteria__kind=kind)) for kind in CriterionKind.values}
    return [
        UnitLine(
            key=unit.key,
            version=unit.version,
            short_code=unit.short_code,
            title=unit.shown_title,
            title_is_public=not unit.title,
            body=unit.awarding_body.name,
            level=unit.level,
            credit_value=unit.credit_value,
            contents=contents({kind: getattr(unit, f"{kind}_count") for kind in CriterionKind.values}),
            incomplete=bool(unit.completeness_note),
            brought_in_by=str(unit.centre or ""),
            draft=not hasattr(unit, "publication"),
        )
        for unit in units.select_related("awarding_body", "centre", "publication")
        .annotate(**counts)
        .order_by(*READING_ORDER)
    ]


def other_versions(units: UnitQuerySet, unit: Unit) -> list[Unit]:
    """Those of the units that are versions of the same specification, the latest first: one query."""
    key = specification_of(unit.key)
    family = units.filter(Q(key=key) | Q(key__startswith=f"{key}{JOINED}")).exclude(pk=unit.pk)
    return list(family.only("key", "version", "short_code").order_by("-version", "key"))


def contents(counts: dict[str, int]) -> str:
    """How many criteria of which kind, in words."""
    names = {
        CriterionKind.ASSESSMENT: "assessment criteria",
        CriterionKind.PERFORMANCE: "performance criteria",
        CriterionKind.KNOWLEDGE: "knowledge items",
    }
    return ", ".join(f"{counts[kind]} {name}" for kind, name in names.items() if counts[kind])


def unit_page(unit: Unit, guidance: Mapping[int, Sequence[Guidance]] = NOTHING_SAID) -> UnitPage:
    """All that the unit's page shows, in seven queries at most. Give it with its awarding body and its publication.

    `guidance`: what is for the reader beside its criteria.
    """
    parts, related = parts_of(unit), related_lines(unit)
    lines = {row.pk: criterion_line(row, related.get(row.pk, []), guidance.get(row.pk, ())) for row in parts.criteria}
    return UnitPage(
        unit=unit,
        is_svq=unit.style == SpecificationStyle.SVQ,
        published_at=unit.publication.at if hasattr(unit, "publication") else None,
        facts=header(unit),
        outcomes=outcome_rows(parts.outcomes, parts.criteria, lines, parts.teaching),
        knowledge=[lines[row.pk] for row in parts.criteria if row.outcome_id is None],
        requirements=parts.requirements,
        settings_refused=settings_refused(unit),
        nos_references=parts.nos_references,
        skills=parts.skills,
        has_related=bool(related),
    )


def header(unit: Unit) -> list[Fact]:
    """The lines above a specification, in its order. What the source lacks has no line."""
    public = "From public lists, not in the source"
    reference = unit.unit_reference_number or unit.public_reference_number
    reference_notes = unit_reference_warnings(reference) if reference else []
    if reference and not unit.unit_reference_number:
        reference_notes = [public, *reference_notes]
    facts = [
        Fact("Unit title", unit.shown_title, [] if unit.title else [public]),
        Fact(f"{unit.awarding_body} unit number", unit.body_unit_number),
        Fact("Sector unit number", unit.sector_unit_number),
        Fact("Level", printed(unit.level)),
        Fact("Credit value", printed(unit.credit_value)),
        Fact("Guided learning hours", printed(unit.guided_learning_hours)),
        Fact("Unit reference number", reference, reference_notes),
    ]
    return [fact for fact in facts if fact.value]


def printed(number: int | None) -> str:
    return "" if number is None else str(number)


def criterion_line(row: Criterion, related: Sequence[RelatedLine], guidance: Sequence[Guidance]) -> CriterionLine:
    """A criterion as printed: knowledge items carry their letter in brackets."""
    label = f"({row.number})" if row.kind == CriterionKind.KNOWLEDGE else row.number
    return CriterionLine(row.number, label, row.text, wording_of(row), related, guidance)


def related_lines(unit: Unit) -> dict[int, list[RelatedLine]]:
    """By criterion of the unit, what our cross-walk relates it to in units in use: one query, both directions."""
    found: dict[int, dict[Unit, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for pair in _pairs(unit.pk, unit.centre_id):
        near, far = pair.criterion, pair.related
        if near.unit_id != unit.pk:
            near, far = far, near
        found[near.pk][far.unit].append((far.number, far.text))
    return {
        pk: [RelatedLine(f"{other.awarding_body} {other.short_code}", other.key, other.version, rows)
             for other, rows in units.items()]
        for pk, units in found.items()
    }  # fmt: skip


PAIRED = ("unit", "number", "text", "unit__key", "unit__version", "unit__short_code", "unit__awarding_body__name")


@compiled
def _pairs(unit_id: int, centre_id: int | None) -> QuerySet[RelatedCriterion]:
    pairs = RelatedCriterion.objects.filter(Q(criterion__unit=unit_id) | Q(related__unit=unit_id))
    in_use = pairs.filter(*(in_use_beside(unit_id, centre_id, end) for end in ("criterion", "related")))
    named = in_use.select_related("criterion__unit__awarding_body", "related__unit__awarding_body")
    told = named.only(*(f"{side}__{column}" for side in ("criterion", "related") for column in PAIRED))
    return told.order_by("criterion__position", "related__position")


def in_use_beside(unit_id: int, centre_id: int | None, end: str) -> Q:
    """That this end of a pair is the unit's own, or in use, the standard's or of the unit's own centre."""
    known = Q(**{f"{end}__unit__centre": None})
    if centre_id is not None:
        known |= Q(**{f"{end}__unit__centre": centre_id})
    return Q(**{f"{end}__unit": unit_id}) | Q(known, **{f"{end}__unit__publication__isnull": False})


def outcome_rows(
    outcomes: Iterable[LearningOutcome],
    criteria: Iterable[Criterion],
    lines: dict[int, CriterionLine],
    teaching: Mapping[int, Sequence[TeachingLine]],
) -> list[OutcomeRow]:
    held: dict[int | None, list[CriterionLine]] = defaultdict(list)
    for row in criteria:
        held[row.outcome_id].append(lines[row.pk])
    return [
        OutcomeRow(outcome.number, outcome.text, held[outcome.pk], teaching.get(outcome.pk, [])) for outcome in outcomes
    ]


def requirement_trees(unit_ids: Iterable[int]) -> QuerySet[EvidenceRequirement]:
    """The evidence requirements of these units in reading order."""
    return EvidenceRequirement.objects.filter(unit__in=list(unit_ids)).order_by("unit_id", "position")


def leaves_by_unit(rows: Iterable[RequirementWords]) -> dict[int, list[Leaf]]:
    """The leaves of such trees by unit, each with what it stands below.

    A requirement that stands alone is no leaf: it speaks of the evidence as a whole.
    """
    known = {row.pk: row for row in rows}
    parents = {row.parent_id for row in known.values()}
    found: dict[int, list[Leaf]] = defaultdict(list)
    for row in known.values():
        if row.parent_id is not None and row.pk not in parents:
            found[row.unit_id].append(leaf(row, known))
    return dict(found)


def leaf(row: RequirementWords, known: dict[int, RequirementWords]) -> Leaf:
    above: list[RequirementWords] = []
    parent = row.parent_id
    while parent is not None:
        above.insert(0, known[parent])
        parent = known[parent].parent_id
    labels = tuple(one.label for one in above if one.label)
    return Leaf(row.pk, row.path, row.label, row.text, labels, " ".join([*labels, *(one.text for one in above)]))


def settings_refused(unit: Unit) -> list[str]:
    """The settings from which this unit takes no evidence."""
    allowed = {
        "simulation": unit.simulation_allowed,
        "a realistic working environment": unit.realistic_working_environment_allowed,
        "a work placement": unit.work_placement_allowed,
    }
    return [setting for setting, taken in allowed.items() if not taken]
