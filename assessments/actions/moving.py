"""Verbs of a new version: saying what became of each criterion, and moving candidates over with their evidence.

Decisions never move: they were made against the earlier wording. They stay with the earlier enrolment, and are shown
beside the criterion when the assessor reads the item again.
"""

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.counting import recount
from assessments.actions.enrolment import begun, ended
from assessments.actions.journey import administers, lock, move_unit, person, require
from assessments.consistency import COUNTED
from assessments.enums import EndedAs, UnitStatus, Verb
from assessments.models import ConsistencyRule, Enrolment, Mapping, Showing, VersionMap, VersionMove, VersionPair
from assessments.queries.allocation import PARTS
from assessments.queries.leaves import leaves_in
from assessments.queries.moving import (
    ToMove,
    pairs_of,
    recorded_map,
    same_leaves,
    to_move,
    version_refusals,
    with_hindrances,
)
from portfolio import audit
from portfolio.actions.checks import take_turns
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units.models import Criterion, Unit

WHY = "Say why the candidates move to the new version."
STANDS = "Candidates were moved by what is recorded of these versions, so it stands."
AS_IT_IS = "That is what is recorded already."
NONE_CHOSEN = "Choose at least one candidate."

Pair = tuple[int, int]
"""A criterion of the earlier version and one of the later that comes from it, by id."""


@dataclass(frozen=True)
class Moved:
    """What became of many units: the enrolments that go on, and those that stay, with the reasons."""

    done: list[Enrolment] = field(default_factory=list)
    refused: list[tuple[Enrolment, list[str]]] = field(default_factory=list)


@transaction.atomic
def map_versions(
    *, centre: Centre, earlier: Unit, later: Unit, pairs: Collection[Pair], by: User, at: datetime.datetime
) -> VersionMap:
    """Record what became of the criteria of a unit in a later version of it. What was recorded before stays readable.

    Raises Refusal when the one is no later version of the other that the centre offers, for a criterion of neither,
    where nothing would change, and once a candidate was moved by it.
    """
    centre = take_turns(centre)
    administers(by, centre, at)
    sentences = version_refusals(centre, earlier, later)
    known = dict(Criterion.objects.filter(unit__in=(earlier, later)).values_list("pk", "unit_id"))
    if any(known.get(old) != earlier.pk or known.get(new) != later.pk for old, new in pairs):
        sentences.append("A pair is of a criterion of the earlier version and one of the later.")
    before = recorded_map(centre, earlier, later)
    if before and vars(before)["used"]:
        sentences.append(STANDS)
    elif before and {(old, new) for old, found in pairs_of(before).items() for new in found} == set(pairs):
        sentences.append(AS_IT_IS)
    if sentences:
        raise Refusal(sentences)
    made = VersionMap.objects.create(centre=centre, earlier=earlier, later=later, by=by, at=at)
    VersionPair.objects.bulk_create(
        VersionPair(map=made, earlier_id=old, later_id=new) for old, new in sorted(set(pairs))
    )
    details: dict[str, JSON] = {
        "unit": later.key,
        "from": earlier.version,
        "to": later.version,
        "pairs": len(set(pairs)),
        "before": before.pk if before else None,
    }
    audit.record(verb="map_versions", by=by, at=at, subject=made, centre=centre, details=details)
    return made


@transaction.atomic
def move_on(
    *,
    enrolments: Iterable[Enrolment],
    later: Unit,
    reason: str,
    target_on: datetime.date | None = None,
    by: User,
    at: datetime.datetime,
) -> Moved:
    """Move candidates from one version of a unit to a later one in one act: a line in the book for each.

    The earlier enrolment ends and stays readable; the new one has the same people, cohort and target date (`target_on`
    where a new one is given), and the same items under their numbers, mapped to what their criteria became. What was
    handed in waits to be read again. Units that cannot be moved stay, with the reasons. Raises Refusal when none can,
    for several units or centres at once, and for a centre that `by` does not administer.
    """
    ids = sorted({row.pk for row in enrolments})
    first = Enrolment.objects.filter(pk__in=ids).select_related("centre", "unit").first()
    if first is None:
        raise Refusal([NONE_CHOSEN])
    centre, earlier = take_turns(first.centre), first.unit
    locked = lock(ids).values()
    administers(by, centre, at)
    reason = require(reason, WHY)
    if any(row.centre_id != centre.pk or row.unit_id != earlier.pk for row in locked):
        raise Refusal(["Move candidates of one unit at one centre at a time."])
    sentences = version_refusals(centre, earlier, later)
    day = timezone.localdate(at)
    if target_on and target_on < day:
        sentences.append("The new target date cannot be before today.")
    if sentences:
        raise Refusal(sentences)
    recorded = recorded_map(centre, earlier, later)
    rows = with_hindrances(Enrolment.objects.filter(pk__in=ids).order_by("candidate__legal_name", "pk"), later)
    found = to_move(rows, later, recorded, person(by, centre.pk, at), target_on, day)
    refused = [(row.enrolment, row.sentences) for row in found if row.sentences]
    going = [row for row in found if not row.sentences]
    if not going or recorded is None:
        raise Refusal(list(dict.fromkeys(sentence for _, each in refused for sentence in each)))
    leaves, act = same_leaves(earlier, later), uuid.uuid4()
    return Moved([_moved(row, recorded, leaves, reason, target_on, by, at, act) for row in going], refused)


def _moved(
    row: ToMove,
    recorded: VersionMap,
    leaves: dict[int, int],
    reason: str,
    target_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID,
) -> Enrolment:
    """One unit of the act: the earlier enrolment ended, the new one begun, its evidence mapped, one line written."""
    old, day = row.enrolment, timezone.localdate(at)
    shown = leaves_in([old])[old.pk].shown if leaves else []
    old.mappings.update(waiting_since=None)
    move_unit(old, Verb.MOVE_ON, UnitStatus.WITHDRAWN, **ended(EndedAs.MOVED, at))
    team = {part: getattr(old, part) for part in PARTS}
    new = begun(old.candidate, recorded.later, team, day, target_on or old.target_on, old.cohort, row.despite, at)
    Mapping.objects.bulk_create(
        Mapping(
            evidence_id=going.mapped.evidence_id,
            enrolment=new,
            criterion_id=going.criterion_id,
            locator=going.mapped.locator,
            made_by=by,
            made_at=at,
            waiting_since=at if going.waits else None,
        )
        for going in row.going
    )
    along = {going.mapped.evidence_id for going in row.going}
    Showing.objects.bulk_create(
        Showing(
            evidence_id=one.evidence_id,
            enrolment=new,
            requirement_id=leaves[one.requirement_id],
            made_by=by,
            made_at=at,
        )
        for one in shown
        if one.requirement_id in leaves and one.evidence_id in along
    )
    asked = rules_brought(old, new, recorded, at)
    move = VersionMove.objects.create(enrolment=new, earlier=old, map=recorded, reason=reason, by=by, at=at)
    recount([new.pk])
    new.refresh_from_db()
    telling.moved_on(old, new, by, at)
    details: dict[str, JSON] = {
        "from": old.pk,
        "to": new.pk,
        "versions": [recorded.earlier.version, recorded.later.version],
        "items": row.items,
        "mappings": len(row.going),
        "to confirm": row.met,
        "rules": asked,
        "reason": reason,
    }
    audit.record(verb="move_on", by=by, at=at, subject=move, centre=old.centre, details=details, act_id=act_id)
    return new


def rules_brought(old: Enrolment, new: Enrolment, recorded: VersionMap, at: datetime.datetime) -> int:
    """What was asked of this candidate alone is asked of them in the new version too, of what its criteria became.

    The earlier rules stay with the earlier unit. Of two that come to one criterion the later holds.
    Returns how many there are now.
    """
    standing = ConsistencyRule.objects.in_force().filter(enrolment=old).order_by("set_at", "pk")
    pairs = pairs_of(recorded)
    brought: dict[int | None, ConsistencyRule] = {}
    for rule in standing:
        for criterion in [None] if rule.criterion_id is None else pairs.get(rule.criterion_id, []):
            brought[criterion] = rule
    ConsistencyRule.objects.bulk_create(
        ConsistencyRule(
            centre=new.centre,
            enrolment=new,
            criterion_id=criterion,
            **{name: getattr(rule, name) for name in (*COUNTED, "effect", "reason")},
            set_by=rule.set_by,
            set_by_name=rule.set_by_name,
            set_at=at,
        )
        for criterion, rule in brought.items()
    )
    return len(brought)
