"""Verbs of units from outside: a file sent and checked, taken as drafts, or thrown away.

Nothing of a file is a unit before it is taken. What is taken is a draft of the centre's, for its administrators to
read; publishing it (standard.py) puts it into use and freezes it.
"""

import datetime
from typing import Any

from django.db import transaction

from portfolio import audit, vault
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units.actions.standard import locked_unit, publish
from units.enums import CriterionKind, UnitFormat
from units.exchange.checking import checked, criteria_in, kind_of
from units.exchange.describing import unit_tree, usual
from units.exchange.faults import Fault, Tree
from units.exchange.formats import recognised
from units.exchange.shapes import columns_of_unit
from units.exchange.trees import Asked
from units.keys import key_at, specification_of
from units.models import (
    AwardingBody,
    CentreApproval,
    Criterion,
    EvidenceRequirement,
    FunctionalSkill,
    LearningOutcome,
    NosReference,
    RelatedCriterion,
    TeachingPoint,
    Unit,
    UnitImport,
    UnitPublication,
)

KEPT_FOR = datetime.timedelta(days=90)
"""How long a file that nobody takes is kept."""
TAKEN_ALREADY = "The units of this file were taken already: they are in the list of units."


@transaction.atomic
def send_units(
    *,
    centre: Centre,
    content: bytes,
    name: str,
    by: User,
    at: datetime.datetime,
    awarding_body: AwardingBody | None = None,
    version: int | None = None,
) -> UnitImport:
    """Read and check a file of units. Nothing of it is taken yet. Raises Refusal for one that cannot be read.

    `awarding_body` and `version` are for formats in which a file does not say them.
    """
    refuse_strangers(by, centre, at)
    name = vault.safe_name(name)
    format, units, faults, notes = read_units(content, name, centre, awarding_body, version)
    sent = UnitImport.objects.create(
        centre=centre,
        by=by,
        file_name=name,
        format=format,
        sent_at=at,
        units=units,
        faults=[[fault.place, fault.sentence] for fault in faults],
        notes=notes,
    )
    details: dict[str, JSON] = {"file": name, "format": sent.format, "units": len(units), "faults": len(faults)}
    audit.record(verb="send units", by=by, at=at, subject=sent, centre=centre, details=details)
    return sent


@transaction.atomic
def take_units(*, unit_import: UnitImport, by: User, at: datetime.datetime) -> list[Unit]:
    """Make drafts of the units of a file that has no fault: all of them, or none. Raises Refusal.

    They are checked once more against what the centre has, for it may have changed since the file was sent.
    """
    centre = take_turns(unit_import.centre)
    refuse_strangers(by, centre, at)
    sent = not_taken(unit_import)
    if sent.faults:
        refuse(["The file has faults: put them right in the file, and send it again."])
    refuse([sentence for unit in sent.units for sentence in refusals_here(unit, centre)])
    bodies = {body.code: body for body in AwardingBody.objects.all()}
    made = [put_down(unit, centre, bodies[unit["awarding_body"]]) for unit in sent.units]
    sent.taken_by, sent.taken_at = by, at
    sent.save(update_fields=["taken_by", "taken_at"])
    details: dict[str, JSON] = {"file": sent.file_name, "units": [[unit.key, unit.version] for unit in made]}
    audit.record(verb="take units", by=by, at=at, subject=sent, centre=centre, details=details)
    return made


@transaction.atomic
def throw_units_away(*, unit_import: UnitImport, by: User, at: datetime.datetime) -> None:
    """Forget a file of which nothing was taken. Raises Refusal."""
    centre = take_turns(unit_import.centre)
    refuse_strangers(by, centre, at)
    sent = not_taken(unit_import)
    details = {"file": sent.file_name}
    audit.record(verb="throw units away", by=by, at=at, subject=sent, centre=centre, details=details)
    sent.delete()


def sweep(now: datetime.datetime) -> int:
    """Forget files of units that nobody took for long, a line in the book for each. Returns how many.

    One that somebody takes meanwhile stays.
    """
    old = UnitImport.objects.filter(taken_at=None, sent_at__lt=now - KEPT_FOR)
    return sum(forgotten(pk, now) for pk in old.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def forgotten(pk: int, now: datetime.datetime) -> bool:
    """Whether the file was there still, and not taken."""
    sent = UnitImport.objects.select_for_update(of=("self",)).select_related("centre").filter(pk=pk, taken_at=None)
    found = sent.first()
    if found is None:
        return False
    details: dict[str, JSON] = {"file": found.file_name, "not taken for days": KEPT_FOR.days}
    audit.record(verb="throw units away", by=None, at=now, subject=found, centre=found.centre, details=details)
    found.delete()
    return True


def not_taken(unit_import: UnitImport) -> UnitImport:
    """The file as it is now, locked. Raises Refusal where it was taken or thrown away meanwhile."""
    sent = UnitImport.objects.select_for_update(of=("self",)).filter(pk=unit_import.pk).first()
    if sent is None:
        raise Refusal(["The file is thrown away already."])
    if sent.taken_at is not None:
        raise Refusal([TAKEN_ALREADY])
    return sent


@transaction.atomic
def discard_draft(*, unit: Unit, by: User, at: datetime.datetime) -> None:
    """Take a draft out again, before it is in use. Raises Refusal."""
    if unit.centre is None:
        refuse(["It comes with the standard, so nobody takes it out here."])
        return
    centre = take_turns(unit.centre)
    refuse_strangers(by, centre, at)
    unit = locked_unit(unit)
    if UnitPublication.objects.filter(unit=unit).exists():
        refuse([f"{unit.short_code} version {unit.version} is published, so it stands."])
    details: dict[str, JSON] = {"unit": unit.key, "version": unit.version}
    audit.record(verb="discard draft", by=by, at=at, subject=unit, centre=centre, details=details)
    RelatedCriterion.objects.filter(criterion__unit=unit).delete()
    RelatedCriterion.objects.filter(related__unit=unit).delete()
    TeachingPoint.objects.filter(outcome__unit=unit).delete()
    Criterion.objects.filter(unit=unit).delete()
    LearningOutcome.objects.filter(unit=unit).delete()
    for row in EvidenceRequirement.objects.filter(unit=unit).order_by("-position"):
        row.delete()
    NosReference.objects.filter(unit=unit).delete()
    FunctionalSkill.objects.filter(unit=unit).delete()
    unit.delete()


@transaction.atomic
def load_units(
    *, content: bytes, name: str, at: datetime.datetime, awarding_body: AwardingBody | None, version: int | None
) -> list[Unit]:
    """Bring the units of a file in for every centre, and publish them: the operator's act. Raises Refusal."""
    _, units, faults, _ = read_units(content, name, None, awarding_body, version)
    refuse([f"{fault.place}: {fault.sentence}" for fault in faults])
    bodies = {body.code: body for body in AwardingBody.objects.all()}
    made = [put_down(unit, None, bodies[unit["awarding_body"]]) for unit in units]
    for unit in made:
        publish(unit=unit, by=None, at=at)
    return made


# --- reading ---------------------------------------------------------------------------------------------------------


def read_units(
    content: bytes, name: str, centre: Centre | None, body: AwardingBody | None, version: int | None
) -> tuple[UnitFormat, list[Tree], list[Fault], list[str]]:
    """The format of a file, its units, why they cannot be taken, and how it was read. Raises Refusal for no such file.

    `centre` is nobody's where they are to be the standard's.
    """
    format, found = recognised(content, name, Asked(body.code if body else "", version), known_bodies())
    units, faults = checked(found)
    here = [found.source.said(place) for place in found.places]
    faults += [Fault(here[i], sentence) for i, unit in enumerate(units) for sentence in refusals_here(unit, centre)]
    faults += [Fault(here[i], sentence) for i, sentence in listed_twice(units)]
    notes = [*found.notes, *(sentence for unit in units for sentence in notes_here(unit, centre))]
    return format, units, faults, list(dict.fromkeys(notes))


def known_bodies() -> dict[str, str]:
    """The codes of awarding bodies by code and by name, in small letters."""
    bodies = AwardingBody.objects.values_list("code", "name")
    return {word.casefold(): code for code, name in bodies for word in (code, name)}


# --- what the centre has already -------------------------------------------------------------------------------------


def refusals_here(unit: Tree, centre: Centre | None) -> list[str]:
    """Why this unit cannot be taken at the centre, beside what is wrong with it in itself."""
    refusals = []
    body, key, version = unit.get("awarding_body"), unit.get("key"), unit.get("version")
    if body and not AwardingBody.objects.filter(code=body).exists():
        known = ", ".join(AwardingBody.objects.order_by("code").values_list("code", flat=True))
        refusals.append(f"There is no awarding body “{body}” here. Known are: {known}.")
    if key and version and (there := known_version(key, version, centre)):
        refusals.append(already_here(there, unit))
    return refusals


def known_version(key: str, version: int, centre: Centre | None) -> Unit | None:
    """That version of the specification, the standard's or the centre's own, in use or not."""
    names = (key, key_at(key, centre))
    known = Unit.objects.known_at(centre).filter(key__in=names, version=version)
    return known.select_related("awarding_body", "centre", "publication").first()


def already_here(there: Unit, unit: Tree) -> str:
    name = f"{there.short_code} version {there.version}"
    if nothing_new(unit_tree(there), unit, there.centre):
        return f"{name} is here already, word for word: there is nothing to take."
    if hasattr(there, "publication"):
        return f"{name} is in use here with other words, which never change: give the file’s unit a new version number."
    return f"{name} is a draft here with other words: discard that draft first, or give the file’s unit a new version."


def nothing_new(there: Tree, unit: Tree, centre: Centre | None) -> bool:
    """Whether all of a unit of a file is here: each word, in whatever order its standards are listed; and of its
    cross-walk, which grows with the units beside it, whatever leads to a criterion in use."""
    known = related_here(unit.get("related_criteria", []), centre)
    related = [row for row in unit.get("related_criteria", []) if meant(row) in known]
    return worded(there) == worded(unit) and all(row in there.get("related_criteria", []) for row in related)


def worded(unit: Tree) -> Tree:
    """A unit without its cross-walk, its standards in one order."""
    standards = sorted(unit.get("nos_references", []), key=lambda row: sorted(row.items()))
    return {name: value for name, value in unit.items() if name != "related_criteria"} | {"nos_references": standards}


def listed_twice(units: list[Tree]) -> list[tuple[int, str]]:
    seen: set[tuple[Any, Any]] = set()
    found = []
    for place, unit in enumerate(units):
        name = (unit.get("key"), unit.get("version"))
        if name in seen and None not in name:
            found.append((place, f"{name[0]} version {name[1]} stands in the file twice."))
        seen.add(name)
    return found


def notes_here(unit: Tree, centre: Centre | None) -> list[str]:
    """What is to be known of taking it at the centre."""
    notes = []
    body = AwardingBody.objects.filter(code=unit.get("awarding_body", "")).first()
    if centre and body and not CentreApproval.objects.filter(centre=centre, awarding_body=body).exists():
        notes.append(f"{centre} has no approval by {body} on record: record it before candidates are enrolled.")
    known = related_here(unit.get("related_criteria", []), centre)
    lost = [row for row in unit.get("related_criteria", []) if meant(row) not in known]
    names = dict.fromkeys(f"{row.get('key')} version {row.get('version')}" for row in lost)
    if names:
        notes.append(f"Criteria related to {', '.join(names)} are left out: there is no such criterion in use here.")
    return notes


Meant = tuple[Any, Any, Any]
"""A criterion of another unit, as a cross-walk names it: specification, version, number."""


def meant(row: Tree) -> Meant:
    return row.get("key"), row.get("version"), row.get("related_number")


def related_here(rows: list[Tree], centre: Centre | None) -> dict[Meant, Criterion]:
    """The criteria of other units in use that a cross-walk means. One query; none without a cross-walk."""
    if not rows:
        return {}
    wanted = {meant(row) for row in rows}
    keys = {name for key, _, _ in wanted if key for name in (key, key_at(key, centre))}
    units = Unit.objects.known_at(centre).published().filter(key__in=keys)
    found = Criterion.objects.filter(unit__in=units).select_related("unit").order_by("-unit_id", "position")
    named = {(specification_of(one.unit.key), one.unit.version, one.number): one for one in found}
    return {name: named[name] for name in wanted if name in named}


# --- putting it down -------------------------------------------------------------------------------------------------


def put_down(written: Tree, centre: Centre | None, body: AwardingBody) -> Unit:
    """A draft with all that stands in the tree. Raises Refusal where a row cannot be right."""
    columns = {found.name: written.get(found.name, usual(found)) for found in columns_of_unit()}
    unit = Unit(key=key_at(written["key"], centre), centre=centre, awarding_body=body, **columns)
    refuse_invalid(unit)
    unit.save()
    outcomes = put_outcomes(unit, written)
    kept = []
    for position, (outcome, row) in enumerate(criteria_in(written), start=1):
        kept.append(
            Criterion(
                unit=unit,
                outcome=None if outcome is None else outcomes[id(outcome)],
                kind=CriterionKind(kind_of(outcome, row)),
                number=row["number"],
                position=position,
                text=row["text"],
                **wording(row),
            )
        )
    Criterion.objects.bulk_create(kept)
    put_requirements(unit, written.get("evidence_requirements", []))
    NosReference.objects.bulk_create(
        NosReference(unit=unit, **{"title": "", **row}) for row in written.get("nos_references", [])
    )
    FunctionalSkill.objects.bulk_create(
        FunctionalSkill(unit=unit, position=position, **row)
        for position, row in enumerate(written.get("functional_skills", []), start=1)
    )
    put_related(unit, written.get("related_criteria", []))
    return unit


def wording(row: Tree) -> dict[str, str]:
    return {name: row[name] for name in ("wording", "wording_note") if name in row}


def put_outcomes(unit: Unit, written: Tree) -> dict[int, LearningOutcome]:
    """The outcomes with what may be taught for them, each by the identity of what it was written from."""
    outcomes: dict[int, LearningOutcome] = {}
    for position, row in enumerate(written.get("outcomes", []), start=1):
        outcome = LearningOutcome.objects.create(
            unit=unit,
            position=position,
            number=row.get("number", ""),
            kind=row.get("kind", CriterionKind.ASSESSMENT),
            text=row["text"],
        )
        outcomes[id(row)] = outcome
        TeachingPoint.objects.bulk_create(
            TeachingPoint(outcome=outcome, position=place, intro=point.get("intro", ""), text=point["text"])
            for place, point in enumerate(row.get("teaching", []), start=1)
        )
    return outcomes


def put_requirements(unit: Unit, rows: list[Tree], parent: EvidenceRequirement | None = None, position: int = 0) -> int:
    """A tree of evidence requirements from the top down. Returns the last place used."""
    for place, row in enumerate(rows, start=1):
        position += 1
        path = f"{parent.path}.{place}" if parent else str(place)
        kept = EvidenceRequirement.objects.create(
            unit=unit,
            parent=parent,
            path=path,
            position=position,
            label=row.get("label", ""),
            text=row["text"],
            **wording(row),
        )
        position = put_requirements(unit, row.get("items", []), kept, position)
    return position


def put_related(unit: Unit, rows: list[Tree]) -> None:
    """Those of the cross-walk whose other criterion is in use here."""
    if not rows:
        return
    own = {row.number: row for row in Criterion.objects.filter(unit=unit)}
    known = related_here(rows, unit.centre)
    RelatedCriterion.objects.bulk_create(
        RelatedCriterion(criterion=own[row["number"]], related=known[meant(row)])
        for row in rows
        if meant(row) in known and row["number"] in own
    )
