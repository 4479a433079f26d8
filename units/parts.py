"""What a specification is made of beside its particulars. Of a unit in use each process asks for it once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from units.enums import Marked, SkillSubject, WordingStatus
from units.for_good import ForGood
from units.models import (
    Criterion,
    EvidenceRequirement,
    FunctionalSkill,
    LearningOutcome,
    NosReference,
    TeachingPoint,
    Unit,
)


@dataclass(frozen=True)
class Wording:
    """How sure a wording is: nothing for a sound one."""

    label: str = ""
    note: str = ""
    illegible: bool = False


@dataclass(frozen=True)
class TeachingLine:
    intro: str
    text: str


@dataclass(frozen=True)
class RequirementNode:
    label: str
    text: str
    wording: Wording
    items: Sequence["RequirementNode"]


@dataclass(frozen=True)
class SkillLine:
    name: str
    marked: Marked


@dataclass(frozen=True)
class SkillTable:
    subject: str
    skills: Sequence[SkillLine]


@dataclass(frozen=True)
class Parts:
    """What a specification is made of beside its particulars."""

    criteria: Sequence[Criterion]
    outcomes: Sequence[LearningOutcome]
    teaching: Mapping[int, list[TeachingLine]]
    requirements: Sequence[RequirementNode]
    nos_references: Sequence[NosReference]
    skills: Sequence[SkillTable]


_parts: ForGood[Parts] = ForGood()


def parts_of(unit: Unit) -> Parts:
    """Six queries; none where the unit is in use, and the process was asked before: none of it changes from then on."""
    if (kept := _parts.known([unit.pk])) and hasattr(unit, "publication"):
        return kept[unit.pk]
    found = Parts(
        criteria=list(unit.criteria.all()),
        outcomes=list(unit.outcomes.all()),
        teaching=teaching_of(unit),
        requirements=requirement_tree(unit.evidence_requirements.all()),
        nos_references=list(unit.nos_references.all()),
        skills=skill_tables(unit.functional_skills.all()),
    )
    if hasattr(unit, "publication"):
        _parts.keep({unit.pk: found})
    return found


def wording_of(row: Criterion | EvidenceRequirement) -> Wording:
    if row.wording == WordingStatus.SOUND:
        return Wording()
    return Wording(row.get_wording_display(), row.wording_note, row.wording == WordingStatus.ILLEGIBLE)


def teaching_of(unit: Unit) -> dict[int, list[TeachingLine]]:
    """By outcome, what may be taught for it: one query."""
    found: dict[int, list[TeachingLine]] = defaultdict(list)
    for point in TeachingPoint.objects.filter(outcome__unit=unit):
        found[point.outcome_id].append(TeachingLine(point.intro, point.text))
    return found


def requirement_tree(rows: Iterable[EvidenceRequirement]) -> list[RequirementNode]:
    """The requirements as a tree, each level in reading order."""
    below: dict[int | None, list[EvidenceRequirement]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)

    def nodes(parent: int | None) -> list[RequirementNode]:
        return [RequirementNode(row.label, row.text, wording_of(row), nodes(row.pk)) for row in below[parent]]

    return nodes(None)


def skill_tables(rows: Iterable[FunctionalSkill]) -> list[SkillTable]:
    """The functional skills by subject, in the order of the source's table."""
    found: dict[str, list[SkillLine]] = defaultdict(list)
    for row in rows:
        found[row.subject].append(SkillLine(row.name, Marked(row.marked)))
    return [SkillTable(str(subject.label), found[subject]) for subject in SkillSubject if subject in found]
