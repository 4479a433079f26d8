"""What stands in the database of a unit, as the tree of our own format; and the tree as a file."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import yaml
from django.db import models
from django.db.models import Q

from units.enums import CriterionKind
from units.exchange.faults import Tree
from units.exchange.shapes import FORMAT, FORMAT_VERSION, SHAPES, Choice, Number, Switch, columns_of_unit
from units.keys import specification_of
from units.models import (
    Criterion,
    EvidenceRequirement,
    FunctionalSkill,
    LearningOutcome,
    NosReference,
    RelatedCriterion,
    TeachingPoint,
    Unit,
)

NOTHING: tuple[Any, ...] = (None, "", [])
OfUnit = TypeVar("OfUnit", Criterion, EvidenceRequirement, FunctionalSkill, LearningOutcome, NosReference)


def written(shape: str, **values: Any) -> Tree:
    """A thing of that shape: fields in the order of the table, without those that say nothing."""
    clean: Tree = {}
    for found in SHAPES[shape]:
        value = values.get(found.name)
        if value not in NOTHING and value != getattr(found, "usual", None):
            clean[found.name] = str(value) if isinstance(found, Choice) else value
    return clean


def unit_tree(unit: Unit) -> Tree:
    """All that is kept of a unit version. Give it with its awarding body. Seven queries."""
    return unit_trees([unit])[0]


def unit_trees(units: Sequence[Unit]) -> list[Tree]:
    """The same of several, in as many queries."""
    ids = [unit.pk for unit in units]
    outcomes = grouped(LearningOutcome.objects.filter(unit__in=ids))
    criteria = grouped(Criterion.objects.filter(unit__in=ids))
    requirements = grouped(EvidenceRequirement.objects.filter(unit__in=ids))
    references = grouped(NosReference.objects.filter(unit__in=ids))
    skills = grouped(FunctionalSkill.objects.filter(unit__in=ids))
    teaching: dict[int, list[Tree]] = defaultdict(list)
    for point in TeachingPoint.objects.filter(outcome__unit__in=ids):
        teaching[point.outcome_id].append(written("teaching_point", intro=point.intro, text=point.text))
    related = related_trees(units)
    return [
        written(
            "unit",
            **{found.name: getattr(unit, found.name) for found in columns_of_unit()},
            key=specification_of(unit.key),
            awarding_body=unit.awarding_body.code,
            outcomes=[outcome_tree(row, criteria[unit.pk], teaching[row.pk]) for row in outcomes[unit.pk]],
            knowledge=[
                criterion_tree(row, CriterionKind.KNOWLEDGE) for row in criteria[unit.pk] if row.outcome_id is None
            ],
            evidence_requirements=requirement_trees(requirements[unit.pk]),
            nos_references=[row_tree("nos_reference", row) for row in references[unit.pk]],
            functional_skills=[row_tree("functional_skill", row) for row in skills[unit.pk]],
            related_criteria=related[unit.pk],
        )
        for unit in units
    ]


def grouped(rows: Iterable[OfUnit]) -> dict[int, list[OfUnit]]:
    """Rows by their unit, in their order."""
    found: dict[int, list[OfUnit]] = defaultdict(list)
    for row in rows:
        found[row.unit_id].append(row)
    return found


def row_tree(shape: str, row: models.Model) -> Tree:
    """A row whose columns are called as the fields of the shape."""
    return written(shape, **{found.name: getattr(row, found.name) for found in SHAPES[shape]})


def outcome_tree(row: LearningOutcome, criteria: list[Criterion], teaching: list[Tree]) -> Tree:
    own = [criterion_tree(each, row.kind) for each in criteria if each.outcome_id == row.pk]
    return written("outcome", number=row.number, kind=row.kind, text=row.text, criteria=own, teaching=teaching)


def criterion_tree(row: Criterion, kind: str) -> Tree:
    return written(
        "criterion",
        number=row.number,
        text=row.text,
        kind="" if row.kind == kind else row.kind,
        wording=row.wording,
        wording_note=row.wording_note,
    )


def requirement_trees(rows: list[EvidenceRequirement], parent: int | None = None) -> list[Tree]:
    return [
        written(
            "requirement",
            label=row.label,
            text=row.text,
            wording=row.wording,
            wording_note=row.wording_note,
            items=requirement_trees(rows, row.pk),
        )
        for row in rows
        if row.parent_id == parent
    ]


def related_trees(units: Sequence[Unit]) -> dict[int, list[Tree]]:
    """By unit, the criteria that its own are related to, in whichever direction it was written down: of units of the
    standard, or of the unit's own centre."""
    pairs = RelatedCriterion.objects.filter(Q(criterion__unit__in=units) | Q(related__unit__in=units))
    found: dict[int, list[tuple[tuple[int, str, int, int], Tree]]] = defaultdict(list)
    centres = {unit.pk: unit.centre_id for unit in units}
    for pair in pairs.select_related("criterion__unit", "related__unit"):
        for near, far in ((pair.criterion, pair.related), (pair.related, pair.criterion)):
            if near.unit_id not in centres or far.unit.centre_id not in (None, centres[near.unit_id]):
                continue
            row = written(
                "related_criterion",
                number=near.number,
                key=specification_of(far.unit.key),
                version=far.unit.version,
                related_number=far.number,
            )
            found[near.unit_id].append(((near.position, far.unit.key, far.unit.version, far.position), row))
    rows = {pk: [row for _, row in sorted(pairs, key=lambda pair: pair[0])] for pk, pairs in found.items()}
    return defaultdict(list, rows)


# --- as a file -------------------------------------------------------------------------------------------------------


def enveloped(units: list[Tree]) -> Tree:
    return {"format": FORMAT, "format_version": FORMAT_VERSION, "units": units}


def as_json(units: list[Tree]) -> bytes:
    return (json.dumps(enveloped(units), ensure_ascii=False, indent=2) + "\n").encode()


class Writer(yaml.SafeDumper):
    """YAML as people edit it: text of several lines as a block, and numbers of criteria in quotation marks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(writer: Writer, said: str) -> yaml.ScalarNode:
    style = "|" if "\n" in said else '"' if said[:1].isdigit() else None
    return writer.represent_scalar("tag:yaml.org,2002:str", said, style=style)


Writer.add_representer(str, _text)


def as_yaml(units: list[Tree]) -> bytes:
    text = yaml.dump(enveloped(units), Dumper=Writer, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


def usual(found: Any) -> Any:
    """What a field that is left out stands for."""
    match found:
        case Number():
            return None
        case Switch() | Choice():
            return found.usual
    return ""
