"""What the pages of qualifications show, and their structure as the rules of combination take it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from units import combination
from units.combination import Listed, Structure
from units.enums import GroupKind
from units.for_good import ForGood
from units.models import (
    BarredPair,
    Qualification,
    QualificationGroup,
    QualificationQuerySet,
    QualificationUnit,
    Unit,
)
from units.rules import qualification_number_warnings

LISTED = ("qualification", "group", "position", "unit__key", "unit__version", "unit__short_code", "unit__title",
          "unit__public_title", "unit__level", "unit__credit_value", "unit__awarding_body")  # fmt: skip
"""What is read of a unit for a list: a specification is too much."""


@dataclass(frozen=True)
class GroupLine:
    """A group with its units, and what it asks for in words."""

    group: QualificationGroup
    asks: str
    units: list[Unit]


@dataclass(frozen=True)
class QualificationPage:
    """A qualification to read. `refusals` say why a draft cannot be published."""

    qualification: Qualification
    published_at: datetime.datetime | None
    facts: list[tuple[str, str]]
    groups: list[GroupLine]
    barred: list[tuple[Unit, Unit]]
    warnings: list[str]
    refusals: list[str]


@dataclass(frozen=True)
class QualificationLine:
    """A qualification in the list."""

    qualification: Qualification
    units: int
    published: bool


def qualification_lines(found: QualificationQuerySet) -> list[QualificationLine]:
    """One query."""
    rows = found.select_related("awarding_body", "publication", "centre").annotate(unit_count=Count("listed_units"))
    rows = rows.order_by("title", "key", "version")
    return [QualificationLine(row, row.unit_count, hasattr(row, "publication")) for row in rows]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Parts:
    """The rows that make qualifications, in their order, each by its qualification."""

    groups: dict[int, list[QualificationGroup]]
    units: dict[int, list[QualificationUnit]]
    pairs: dict[int, list[BarredPair]]

    def structure(self, qualification: Qualification) -> Structure:
        """As the rules of combination take it. No query."""
        pk = qualification.pk
        listed = {row.pk: row.unit_id for row in self.units[pk]}
        return Structure(
            groups=tuple(
                combination.Group(
                    title=group.title,
                    mandatory=group.kind == GroupKind.MANDATORY,
                    units=tuple(as_listed(row.unit) for row in self.units[pk] if row.group_id == group.pk),
                    minimum_units=group.minimum_units or 0,
                    minimum_credits=group.minimum_credits or 0,
                    maximum_credits=group.maximum_credits,
                )
                for group in self.groups[pk]
            ),
            minimum_credits=qualification.minimum_credits or 0,
            high_level=qualification.high_level,
            minimum_at_high_level=qualification.minimum_at_high_level or 0,
            barred=tuple((listed[pair.one_id], listed[pair.other_id]) for pair in self.pairs[pk]),
        )


def as_listed(unit: Unit) -> Listed:
    return Listed(unit.pk, unit.short_code, unit.credit_value, unit.level)


OwnParts = tuple[list[QualificationGroup], list[QualificationUnit], list[BarredPair]]
_parts: ForGood[OwnParts] = ForGood()


def parts_of(qualifications: Iterable[Qualification]) -> Parts:
    """The parts of these qualifications, in three queries however many there are.

    Those of one in use never change: of one that comes with its publication a process asks for them once. What is
    joined in for a draft is None.
    """
    wanted = {row.pk: row for row in qualifications}
    known = _parts.known(wanted)
    if unknown := set(wanted) - set(known):
        known |= asked_parts(unknown)
        _parts.keep({pk: known[pk] for pk in unknown if wanted[pk]._state.fields_cache.get("publication")})
    return Parts(
        groups={pk: groups for pk, (groups, _, _) in known.items()},
        units={pk: units for pk, (_, units, _) in known.items()},
        pairs={pk: pairs for pk, (_, _, pairs) in known.items()},
    )


def asked_parts(ids: Iterable[int]) -> dict[int, OwnParts]:
    """The groups, units and barred pairs of each of these, in three queries."""
    ids = list(ids)
    groups: dict[int, list[QualificationGroup]] = defaultdict(list)
    units: dict[int, list[QualificationUnit]] = defaultdict(list)
    pairs: dict[int, list[BarredPair]] = defaultdict(list)
    for group in QualificationGroup.objects.filter(qualification__in=ids):
        groups[group.qualification_id].append(group)
    for row in QualificationUnit.objects.filter(qualification__in=ids).select_related("unit").only(*LISTED):
        units[row.qualification_id].append(row)
    for pair in BarredPair.objects.filter(qualification__in=ids):
        pairs[pair.qualification_id].append(pair)
    return {pk: (groups[pk], units[pk], pairs[pk]) for pk in ids}


def structure_of(qualification: Qualification) -> Structure:
    """Three queries."""
    return parts_of([qualification]).structure(qualification)


def qualification_page(qualification: Qualification) -> QualificationPage:
    """All that its page shows, in three queries. Give it with its awarding body, its centre and its publication."""
    parts = parts_of([qualification])
    structure, units = parts.structure(qualification), parts.units[qualification.pk]
    by_row = {row.pk: row.unit for row in units}
    publication = getattr(qualification, "publication", None)
    return QualificationPage(
        qualification=qualification,
        published_at=publication.at if publication else None,
        facts=facts_of(qualification),
        groups=[
            GroupLine(group, asks_of(group), [row.unit for row in units if row.group_id == group.pk])
            for group in parts.groups[qualification.pk]
        ],
        barred=[(by_row[pair.one_id], by_row[pair.other_id]) for pair in parts.pairs[qualification.pk]],
        warnings=warnings_of(qualification, structure),
        refusals=[] if publication else combination.refusals(structure),
    )


def warnings_of(qualification: Qualification, structure: Structure) -> list[str]:
    """What to look at again, of the number and of the structure."""
    of_number = qualification_number_warnings(qualification.number) if qualification.number else []
    return [*of_number, *combination.warnings(structure)]


def facts_of(qualification: Qualification) -> list[tuple[str, str]]:
    """The lines above its structure. What its source does not say has no line."""
    row = qualification
    found = [
        ("Awarding body", str(row.awarding_body)),
        ("Qualification number", row.number),
        ("Level", printed(row.level)),
        ("Credits in all", f"at least {row.minimum_credits}" if row.minimum_credits else ""),
        (
            f"Credits at level {row.high_level} or above",
            f"at least {row.minimum_at_high_level}" if row.high_level else "",
        ),
        ("Candidates are registered", between(row.from_on, row.to_on)),
        ("Structure taken from", row.source),
        ("Written down by", str(row.centre) if row.centre else ""),
    ]
    return [(label, value) for label, value in found if value]


def asks_of(group: QualificationGroup) -> str:
    """What a group asks for: `at least 2 of them, worth at least 8 credits; at most 16 of its credits count`."""
    if group.kind == GroupKind.MANDATORY:
        asks = "all of them"
    else:
        units = f"at least {group.minimum_units} of them" if group.minimum_units else ""
        worth = f"worth at least {group.minimum_credits} credits" if group.minimum_credits else ""
        asks = ", ".join(part for part in (units, worth) if part) or "as many as the award needs"
    most = f"; at most {group.maximum_credits} of its credits count" if group.maximum_credits is not None else ""
    return asks + most


def printed(number: int | None) -> str:
    return "" if number is None else str(number)


def between(first: datetime.date | None, last: datetime.date | None) -> str:
    parts: Sequence[tuple[str, datetime.date | None]] = (("from", first), ("until", last))
    return " ".join(f"{word} {day:%-d %B %Y}" for word, day in parts if day)


def units_to_list(qualification: Qualification) -> list[Unit]:
    """Units in use that can stand in the qualification: its awarding body's. One query."""
    found = Unit.objects.known_at(qualification.centre).published().filter(awarding_body=qualification.awarding_body)
    columns = ("key", "version", "short_code", "title", "public_title", "level", "credit_value", "awarding_body")
    return list(found.only(*columns).order_by("short_code", "version"))
