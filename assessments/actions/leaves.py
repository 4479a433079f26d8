"""What an item shows of the evidence requirements of the units it is mapped to, leaf by leaf."""

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from assessments.actions.items import LockedItem
from assessments.actions.journey import lock, person
from assessments.actions.watching import watch
from assessments.enums import READABLE, Party, UnitStatus
from assessments.models import Enrolment, EvidenceVersion, Mapping, Showing
from assessments.queries.enrolment import people_of
from assessments.queries.leaves import leaves_in
from assessments.rules import Person, parties
from assessments.workflow import ITEM_FROZEN
from portfolio import audit
from portfolio.models import User
from portfolio.refusal import Refusal


@dataclass(frozen=True)
class LeafTarget:
    """A leaf of the evidence requirements of an enrolment's unit."""

    enrolment_id: int
    requirement_id: int


@transaction.atomic
def take_back_showing(*, showing: Showing, by: User, at: datetime.datetime) -> Showing:
    """Say no more that an item shows a leaf: its candidate until an assessor has read it with the item, the unit's
    assessor at any time while the unit is collecting. Raises Refusal."""
    enrolment = lock([showing.enrolment_id])[showing.enrolment_id]
    showing = Showing.objects.select_related("evidence").get(pk=showing.pk)
    found = parties(person(by, enrolment.centre_id, at), people_of(enrolment))
    sentences = []
    if not found & {Party.CANDIDATE, Party.ASSESSOR}:
        sentences.append("Only the candidate or the unit's assessor can take back what an item shows.")
    if showing.evidence.number is not None and enrolment.status != UnitStatus.COLLECTING:
        sentences.append(f"{enrolment.unit.short_code} is “{enrolment.get_status_display()}”: what it rests on stands.")
    if showing.taken_back_at:
        sentences.append("This was taken back already.")
    if enrolment.frozen_at or showing.evidence.frozen_at:
        sentences.append(ITEM_FROZEN)
    shown = leaves_in([enrolment])[enrolment.pk].of(showing.evidence_id).get(showing.requirement_id)
    if shown and shown.seen and Party.ASSESSOR not in found:
        sentences.append("Your assessor has read the item as showing this: ask them to take it back.")
    if sentences:
        raise Refusal(sentences)
    Showing.objects.filter(pk=showing.pk).update(taken_back_at=at, taken_back_by=by)
    watch([enrolment.pk], by, at)
    showing.refresh_from_db()
    audit.record(
        verb="take_back_showing",
        by=by,
        at=at,
        subject=showing.evidence,
        centre=enrolment.centre,
        details={"enrolment": enrolment.pk, "requirement": showing.requirement_id},
    )
    return showing


# --- inside the verbs of an item --------------------------------------------------------------------------------------


def show(
    version: EvidenceVersion,
    enrolments: dict[int, Enrolment],
    wanted: Iterable[LeafTarget],
    by: User,
    at: datetime.datetime,
) -> list[Showing]:
    """Add what the item is not said to show yet, once it is mapped as the verb wants it.

    Raises Refusal for a leaf of another unit, a unit it is not mapped to or that is past collecting; and to the
    candidate where nobody would look at it any more: an assessor's word must never cover what they were not told.
    """
    evidence = version.evidence
    targets = list(dict.fromkeys(wanted))
    if not targets:
        return []
    found = leaves_in(enrolments.values())
    new = [
        target
        for target in targets
        if target.enrolment_id not in found or target.requirement_id not in found[target.enrolment_id].of(evidence.pk)
    ]
    leaves = {pk: {leaf.pk for leaf in one.leaves} for pk, one in found.items()}
    sentences: list[str] = []
    for enrolment_id in dict.fromkeys(target.enrolment_id for target in new):
        chosen = {target.requirement_id for target in new if target.enrolment_id == enrolment_id}
        sentences += _refusals(version, enrolments.get(enrolment_id), chosen - leaves.get(enrolment_id, set()), by, at)
    if sentences:
        raise Refusal(sentences)
    return Showing.objects.bulk_create(
        Showing(
            evidence=evidence,
            enrolment_id=target.enrolment_id,
            requirement_id=target.requirement_id,
            made_by=by,
            made_at=at,
            seen_at=None if by.pk == evidence.candidate.user_id else at,
        )
        for target in new
    )


def leave_out(item: LockedItem, wanted: Collection[LeafTarget], by: User, at: datetime.datetime) -> int:
    """Take back what a draft is no longer said to show, where no assessor has seen it; how many that were."""
    collecting = [row for row in item.enrolments.values() if row.status == UnitStatus.COLLECTING]
    free = [
        shown
        for found in leaves_in(collecting).values()
        for shown in found.of(item.version.evidence_id).values()
        if not shown.seen and LeafTarget(shown.enrolment_id, shown.requirement_id) not in wanted
    ]
    return _take_back(Showing.objects.filter(pk__in=[shown.pk for shown in free]), by, at)


def correct(
    item: LockedItem,
    shows: Collection[LeafTarget],
    hides: Collection[LeafTarget],
    reader: Person,
    by: User,
    at: datetime.datetime,
) -> None:
    """What an assessor says in a reading: the item shows these leaves, and does not show those.

    Raises Refusal for a unit that they do not assess, or past collecting.
    """
    for enrolment_id in {target.enrolment_id for target in (*shows, *hides)}:
        enrolment = item.enrolments.get(enrolment_id)
        if enrolment is None or Party.ASSESSOR not in parties(reader, people_of(enrolment)):
            raise Refusal(["Some of these evidence requirements are of a unit that you do not assess."])
        if enrolment.status != UnitStatus.COLLECTING:
            raise Refusal(
                [f"{enrolment.unit.short_code} is “{enrolment.get_status_display()}”: what it rests on stands."]
            )
    for target in hides:
        _take_back(
            Showing.objects.filter(
                evidence=item.version.evidence_id,
                enrolment=target.enrolment_id,
                requirement=target.requirement_id,
                taken_back_at=None,
            ),
            by,
            at,
        )
    show(item.version, item.enrolments, shows, by, at)


def seen(evidence_id: int, enrolments: set[int], at: datetime.datetime) -> None:
    """An assessor has judged the item in these units, with what it is said to show before their eyes."""
    live = Showing.objects.filter(evidence=evidence_id, enrolment__in=enrolments, taken_back_at=None, seen_at=None)
    live.update(seen_at=at)


def drop_all(evidence_id: int, by: User, at: datetime.datetime) -> None:
    """Take back what an item shows that is withdrawn. In a unit the candidate has left it stands."""
    live = Showing.objects.filter(evidence=evidence_id, taken_back_at=None)
    _take_back(live.filter(enrolment__status=UnitStatus.COLLECTING), by, at)


def drop_unmapped(evidence_id: int, by: User, at: datetime.datetime) -> None:
    """Take back what the item shows of units that it is not mapped to any more."""
    mapped = Mapping.objects.filter(evidence=evidence_id, taken_back_at=None).values("enrolment")
    live = Showing.objects.filter(evidence=evidence_id, taken_back_at=None)
    _take_back(live.exclude(enrolment__in=mapped), by, at)


def _take_back(showings: QuerySet[Showing], by: User, at: datetime.datetime) -> int:
    return showings.update(taken_back_at=at, taken_back_by=by)


def _refusals(
    version: EvidenceVersion, enrolment: Enrolment | None, foreign: set[int], by: User, at: datetime.datetime
) -> Iterator[str]:
    """Why the item cannot be said to show leaves of this unit; `foreign` are those that are not the unit's."""
    evidence = version.evidence
    if enrolment is None or enrolment.candidate_id != evidence.candidate_id:
        yield "One of the units is not among the candidate's."
        return
    code = enrolment.unit.short_code
    found = parties(person(by, evidence.centre_id, at), people_of(enrolment))
    if not found & {Party.CANDIDATE, Party.ASSESSOR}:
        yield f"Only the candidate or the unit's assessor can say what shows the evidence requirements of {code}."
        return
    if enrolment.status != UnitStatus.COLLECTING:
        yield f"{code} is “{enrolment.get_status_display()}”: nothing more can be shown for it."
    if foreign:
        yield f"One of the evidence requirements does not belong to {code}."
    mapped = list(evidence.mappings.filter(enrolment=enrolment, taken_back_at=None))
    if not mapped:
        yield f"Map the item to a criterion of {code} as well: then it can show evidence requirements of that unit."
    elif _is_read(version, mapped) and Party.ASSESSOR not in found:
        yield (
            f"Your assessor has read this item for {code}: ask them to tick what else it shows, map it to a further "
            "criterion as well, or replace it with a new version."
        )


def _is_read(version: EvidenceVersion, mapped: Iterable[Mapping]) -> bool:
    """Whether nothing of the item waits to be read in the unit, so that nobody would look at what is added."""
    return version.status in READABLE and not any(row.waiting_since for row in mapped)
