"""Verbs of qualifications: writing down which units make a whole award, and putting that into use."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from portfolio import audit
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.actions.records import change
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units import combination
from units.models import (
    AwardingBody,
    BarredPair,
    CentreApproval,
    Qualification,
    QualificationGroup,
    QualificationPublication,
    QualificationUnit,
)
from units.qualifications import structure_of, units_to_list

MOST_OF_A_KEY = 50


@dataclass(frozen=True)
class Particulars:
    """What is said of a qualification beside its structure."""

    title: str
    number: str = ""
    level: int | None = None
    minimum_credits: int | None = None
    high_level: int | None = None
    minimum_at_high_level: int | None = None
    from_on: datetime.date | None = None
    to_on: datetime.date | None = None
    source: str = ""

    def values(self) -> dict[str, Any]:
        return {name: value.strip() if isinstance(value, str) else value for name, value in vars(self).items()}


@dataclass(frozen=True)
class WrittenGroup:
    """A group as it is written down, with the ids of its units in order."""

    title: str
    kind: str
    units: Sequence[int]
    minimum_units: int | None = None
    minimum_credits: int | None = None
    maximum_credits: int | None = None


@transaction.atomic
def write_qualification(
    *, centre: Centre, awarding_body: AwardingBody, particulars: Particulars, by: User | None, at: datetime.datetime
) -> Qualification:
    """Begin a qualification of the centre's: a draft, for its structure to be written down. Raises Refusal."""
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    values = particulars.values()
    known = Qualification.objects.filter(centre=centre, title=values["title"]).exists()
    written = Qualification(
        key=_free_key(f"{centre.slug} {values['title']}"),
        centre=centre,
        awarding_body=awarding_body,
        **values,
    )
    further = []
    if known:
        further.append(f"The centre has written down “{values['title']}” already: begin a new version on its page.")
    if not CentreApproval.objects.filter(centre=centre, awarding_body=awarding_body).exists():
        further.append(f"{centre} has no approval by {awarding_body} on record: record it first.")
    refuse_invalid(written, *further)
    written.save()
    return _written("write qualification", written, by, at, {"awarding_body": awarding_body.code, **_said(values)})


@transaction.atomic
def edit_qualification(
    *, qualification: Qualification, particulars: Particulars, by: User, at: datetime.datetime
) -> Qualification:
    """Correct a draft. Raises Refusal."""
    draft = _draft(qualification, by, at)
    details = change(draft, particulars.values())
    refuse_invalid(draft)
    draft.save()
    return _written("edit qualification", draft, by, at, details)


@transaction.atomic
def arrange(
    *,
    qualification: Qualification,
    groups: Sequence[WrittenGroup],
    barred: Sequence[tuple[int, int]],
    by: User,
    at: datetime.datetime,
) -> Qualification:
    """Write a draft's structure down, in place of what stood there. `barred` are pairs of ids of its units.

    What is not whole yet may be kept: only publishing asks that it can make an award. Raises Refusal.
    """
    draft = _draft(qualification, by, at)
    known = {unit.pk for unit in units_to_list(draft)}
    placed = [unit for group in groups for unit in group.units]
    refusals = [] if set(placed) <= known else [f"Only units of {draft.awarding_body} in use can be put in a group."]
    if len(placed) != len(set(placed)):
        refusals.append("A unit stands in one group of a qualification.")
    if not {unit for pair in barred for unit in pair} <= set(placed):
        refusals.append("Only units that stand in a group can be barred with each other.")
    if any(one == other for one, other in barred):
        refusals.append("A unit cannot be barred with itself.")
    refuse(refusals)
    BarredPair.objects.filter(qualification=draft).delete()
    QualificationUnit.objects.filter(qualification=draft).delete()
    QualificationGroup.objects.filter(qualification=draft).delete()
    _put_down(draft, groups, barred)
    details: dict[str, JSON] = {
        "groups": [[group.title, group.kind, *map(int, group.units)] for group in groups],
        "barred": [list(pair) for pair in barred],
    }
    return _written("arrange qualification", draft, by, at, details)


@transaction.atomic
def publish_qualification(
    *, qualification: Qualification, by: User | None, at: datetime.datetime
) -> QualificationPublication:
    """Put a qualification into use: candidates can be registered for it, and its structure is frozen. Raises Refusal.

    `by` is nobody when the installation loads one that comes with the standard.
    """
    draft = _draft(qualification, by, at)
    refuse(combination.refusals(structure_of(draft)))
    publication = QualificationPublication.objects.create(qualification=draft, by=by, at=at)
    _written("publish qualification", draft, by, at, {"key": draft.key, "version": draft.version})
    return publication


@transaction.atomic
def new_version(*, qualification: Qualification, by: User, at: datetime.datetime) -> Qualification:
    """Begin the next version of a qualification of the centre's, with the structure of this one. Raises Refusal."""
    if qualification.centre is None:
        raise Refusal(["It comes with the standard: its new versions do, too."])
    centre = take_turns(qualification.centre)
    refuse_strangers(by, centre, at)
    latest = Qualification.objects.filter(key=qualification.key).select_related("awarding_body").order_by("-version")[0]
    if not hasattr(latest, "publication"):
        refuse([f"Version {latest.version} is being written already: go on with it."])
    groups, barred = structure_written(latest)
    same = {field.name: getattr(latest, field.name) for field in fields(Particulars)}
    draft = Qualification.objects.create(
        key=latest.key, version=latest.version + 1, centre=centre, awarding_body=latest.awarding_body, **same
    )
    _put_down(draft, groups, barred)
    return _written("write qualification", draft, by, at, {"version": draft.version})


def _free_key(words: str) -> str:
    """A key that no qualification of any centre has yet, made of these words."""
    key = slugify(words)[:MOST_OF_A_KEY].strip("-") or "award"
    taken = set(Qualification.objects.filter(key__startswith=key).values_list("key", flat=True))
    return key if key not in taken else next(other for n in count(2) if (other := f"{key}-{n}") not in taken)


def _draft(qualification: Qualification, by: User | None, at: datetime.datetime) -> Qualification:
    """The qualification locked, if it may be changed by this person. Raises Refusal."""
    if qualification.centre is not None:
        refuse_strangers(by, take_turns(qualification.centre), at)
    elif by is not None:
        refuse(["It comes with the standard, so nobody changes it here."])
    locked = Qualification.objects.select_for_update(of=("self",)).select_related("awarding_body", "centre")
    draft = locked.get(pk=qualification.pk)
    if QualificationPublication.objects.filter(qualification=draft).exists():
        refuse([f"{draft} version {draft.version} is published, so it stands as it is: begin a new version."])
    return draft


def structure_written(qualification: Qualification) -> tuple[list[WrittenGroup], list[tuple[int, int]]]:
    """What stands in a qualification, as it would be written down."""
    listed = {row.pk: row for row in qualification.listed_units.all()}
    groups = [
        WrittenGroup(
            group.title,
            group.kind,
            [row.unit_id for row in listed.values() if row.group_id == group.pk],
            group.minimum_units,
            group.minimum_credits,
            group.maximum_credits,
        )
        for group in qualification.groups.all()
    ]
    pairs = qualification.barred_pairs.all()
    return groups, [(listed[pair.one_id].unit_id, listed[pair.other_id].unit_id) for pair in pairs]


def _put_down(draft: Qualification, groups: Sequence[WrittenGroup], barred: Sequence[tuple[int, int]]) -> None:
    rows: dict[int, QualificationUnit] = {}
    for position, group in enumerate(groups, start=1):
        written = QualificationGroup(
            qualification=draft,
            position=position,
            title=group.title.strip(),
            kind=group.kind,
            minimum_units=group.minimum_units,
            minimum_credits=group.minimum_credits,
            maximum_credits=group.maximum_credits,
        )
        refuse_invalid(written)
        written.save()
        for unit in group.units:
            rows[unit] = QualificationUnit.objects.create(
                qualification=draft, group=written, unit_id=unit, position=len(rows) + 1
            )
    for one, other in dict.fromkeys(tuple(sorted(pair)) for pair in barred):
        BarredPair.objects.create(qualification=draft, one=rows[one], other=rows[other])


def _said(values: Mapping[str, Any]) -> dict[str, JSON]:
    return {name: str(value) for name, value in values.items() if value not in (None, "")}


def _written(
    verb: str, qualification: Qualification, by: User | None, at: datetime.datetime, details: dict[str, JSON]
) -> Qualification:
    audit.record(verb=verb, by=by, at=at, subject=qualification, centre=qualification.centre, details=details)
    return qualification
