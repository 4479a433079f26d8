"""What stands in the database of a unit, as the tree of our own format; and the tree as a file."""

import json
from typing import Any

import yaml
from django.db.models import Q

from units.enums import CriterionKind
from units.exchange.faults import Tree
from units.exchange.shapes import FORMAT, FORMAT_VERSION, SHAPES, Choice, Number, Switch, columns_of_unit
from units.keys import specification_of
from units.models import Criterion, EvidenceRequirement, RelatedCriterion, TeachingPoint, Unit

NOTHING: tuple[Any, ...] = (None, "", [])


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
    criteria = list(unit.criteria.select_related("outcome"))
    teaching: dict[int, list[Tree]] = {}
    for point in TeachingPoint.objects.filter(outcome__unit=unit):
        row = written("teaching_point", intro=point.intro, text=point.text)
        teaching.setdefault(point.outcome_id, []).append(row)
    outcomes = [
        written(
            "outcome",
            number=outcome.number,
            kind=outcome.kind,
            text=outcome.text,
            criteria=[criterion_tree(row, outcome.kind) for row in criteria if row.outcome_id == outcome.pk],
            teaching=teaching.get(outcome.pk, []),
        )
        for outcome in unit.outcomes.all()
    ]
    knowledge = [criterion_tree(row, CriterionKind.KNOWLEDGE) for row in criteria if row.outcome_id is None]
    columns = {found.name: getattr(unit, found.name) for found in columns_of_unit()}
    return written(
        "unit",
        **columns,
        key=specification_of(unit.key),
        awarding_body=unit.awarding_body.code,
        outcomes=outcomes,
        knowledge=knowledge,
        evidence_requirements=requirement_trees(list(unit.evidence_requirements.all())),
        nos_references=[
            written(
                "nos_reference",
                occupational_standards=row.occupational_standards,
                unit_number=row.unit_number,
                title=row.title,
            )
            for row in unit.nos_references.all()
        ],
        functional_skills=[
            written("functional_skill", subject=row.subject, name=row.name, marked=row.marked)
            for row in unit.functional_skills.all()
        ],
        related_criteria=related_trees(unit),
    )


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


def related_trees(unit: Unit) -> list[Tree]:
    """Criteria that the unit's are related to, in whichever direction it was written down: of units of the standard, or
    of the unit's own centre."""
    pairs = RelatedCriterion.objects.filter(Q(criterion__unit=unit) | Q(related__unit=unit))
    found = []
    for pair in pairs.select_related("criterion__unit", "related__unit"):
        near, far = pair.criterion, pair.related
        if near.unit_id != unit.pk:
            near, far = far, near
        if far.unit.centre_id not in (None, unit.centre_id):
            continue
        place = (near.position, far.unit.key, far.unit.version, far.position)
        row = written(
            "related_criterion",
            number=near.number,
            key=specification_of(far.unit.key),
            version=far.unit.version,
            related_number=far.number,
        )
        found.append((place, row))
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


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
