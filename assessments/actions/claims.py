"""What an item is claimed for: criteria it is mapped to, and leaves of evidence requirements that it shows."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from assessments.actions import leaves, telling
from assessments.actions.counting import recount
from assessments.actions.items import LockedItem, lock_item, told
from assessments.actions.journey import lock, person, refuse
from assessments.actions.leaves import LeafTarget
from assessments.actions.watching import watch
from assessments.enums import HANDED_IN, ItemStatus, Party, Setting, UnitStatus, Verb
from assessments.models import Decision, Enrolment, EvidenceVersion, Mapping
from assessments.queries.enrolment import has_verified, people_of
from assessments.queries.evidence import enrolments_of, forbidden_setting, further_simulation
from assessments.rules import Person, parties
from assessments.workflow import ITEM_FROZEN, UNIT_FROZEN, item_refusals
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal


@dataclass(frozen=True)
class Target:
    """A criterion an item is mapped to, and where in the item to look."""

    enrolment_id: int
    criterion_id: int
    locator: str = ""


@transaction.atomic
def map_more(
    *,
    version: EvidenceVersion,
    targets: Sequence[Target],
    shows: Sequence[LeafTarget] = (),
    by: User,
    at: datetime.datetime,
) -> EvidenceVersion:
    """Map an item to further criteria, and say which evidence requirements it shows.

    Once the item is handed in, each new mapping waits to be read.
    """
    item = lock_item(version, units_of(targets, shows))
    version = item.version
    mapper = person(by, version.evidence.centre_id, at)
    refuse(item_refusals(Verb.MAP_MORE, mapper, item.facts))
    made = claim(version, targets, item.enrolments, mapper, by, at)
    shown = leaves.show(version, item.enrolments, shows, by, at)
    recount(item.enrolments)
    watch(item.enrolments, by, at)
    telling.handed_in(version, by, at)
    details: dict[str, JSON] = {"criteria": [mapping.criterion_id for mapping in made]}
    if shown:
        details["requirements"] = [showing.requirement_id for showing in shown]
    told(Verb.MAP_MORE, version, by, at, details)
    return version


@transaction.atomic
def take_back(*, mapping: Mapping, by: User, at: datetime.datetime) -> Mapping:
    """Take a mapping back that nobody has judged. What has been judged stays mapped for good.

    Raises Refusal when it was judged, when its unit is past collecting (nothing rests on an item never handed in, so
    that one may go all the same), when it is somebody else's item, or when nothing would be left of what a handed-in
    item is for.
    """
    enrolment = lock([mapping.enrolment_id])[mapping.enrolment_id]
    mapping = Mapping.objects.select_related("evidence__candidate").get(pk=mapping.pk)
    allowed = {Party.CANDIDATE, Party.ASSESSOR}
    sentences = []
    if not parties(person(by, enrolment.centre_id, at), people_of(enrolment)) & allowed:
        sentences.append("Only the candidate or the unit's assessor can take a mapping back.")
    handed_in = mapping.evidence.number is not None
    if handed_in and enrolment.status != UnitStatus.COLLECTING:
        sentences.append(f"{enrolment.unit.short_code} is “{enrolment.get_status_display()}”: its mapping stands.")
    if mapping.taken_back_at:
        sentences.append("This mapping was taken back already.")
    if enrolment.frozen_at or mapping.evidence.frozen_at:
        sentences.append(ITEM_FROZEN)
    if not unjudged(Mapping.objects.filter(pk=mapping.pk)):
        sentences.append("The assessor has judged this, so it stays on the record.")
    if _is_last(mapping):
        sentences.append("It is all that this item is mapped to: map it to something else first, or withdraw the item.")
    if sentences:
        raise Refusal(sentences)
    Mapping.objects.filter(pk=mapping.pk).update(taken_back_at=at, taken_back_by=by, waiting_since=None)
    leaves.drop_unmapped(mapping.evidence_id, by, at)
    recount([enrolment.pk])
    watch([enrolment.pk], by, at)
    mapping.refresh_from_db()
    audit.record(
        verb="take_back_mapping",
        by=by,
        at=at,
        subject=mapping.evidence,
        centre=enrolment.centre,
        details={"enrolment": enrolment.pk, "criterion": mapping.criterion_id},
    )
    return mapping


# --- inside the verbs of an item --------------------------------------------------------------------------------------


def units_of(targets: Iterable[Target], shows: Iterable[LeafTarget]) -> set[int]:
    """The enrolments that an item is to be mapped to, by id."""
    return {target.enrolment_id for target in targets} | {leaf.enrolment_id for leaf in shows}


def leave_out(item: LockedItem, targets: Sequence[Target], by: User, at: datetime.datetime) -> int:
    """Take back what a draft's targets leave out, where that is free, and correct the locators of what stays.

    Returns how many were taken back. Raises Refusal for a setting that a unit still mapped to does not take.
    """
    version, enrolments = item.version, item.enrolments
    locators = {(target.enrolment_id, target.criterion_id): target.locator.strip() for target in targets}
    live = version.evidence.mappings.filter(taken_back_at=None)
    free = [row for row in unjudged(live) if enrolments[row.enrolment_id].status == UnitStatus.COLLECTING]
    dropped = [row.pk for row in free if (row.enrolment_id, row.criterion_id) not in locators]
    live.filter(pk__in=dropped).update(taken_back_at=at, taken_back_by=by, waiting_since=None)
    for row in free:
        locator = locators.get((row.enrolment_id, row.criterion_id), row.locator)
        if locator != row.locator:
            live.filter(pk=row.pk).update(locator=locator)
    kept = enrolments_of(version.evidence_id).exclude(status=UnitStatus.WITHDRAWN)
    if sentences := [text for enrolment in kept if (text := forbidden_setting(enrolment.unit, version.setting))]:
        raise Refusal(sentences)
    return len(dropped)


def claim(
    version: EvidenceVersion,
    targets: Sequence[Target],
    enrolments: dict[int, Enrolment],
    mapper: Person,
    by: User,
    at: datetime.datetime,
) -> list[Mapping]:
    """Add the mappings that are not there yet. Raises Refusal for a unit, criterion or setting that cannot be."""
    evidence = version.evidence
    live = {(row.enrolment_id, row.criterion_id) for row in evidence.mappings.filter(taken_back_at=None)}
    wanted = {(target.enrolment_id, target.criterion_id): target for target in targets}
    new = [target for key, target in wanted.items() if key not in live]
    sentences: list[str] = []
    for enrolment_id in dict.fromkeys(target.enrolment_id for target in new):
        enrolment = enrolments.get(enrolment_id)
        if enrolment is None or enrolment.candidate_id != evidence.candidate_id:
            sentences.append("One of the units is not among the candidate's.")
        elif not parties(mapper, people_of(enrolment)) & {Party.CANDIDATE, Party.ASSESSOR}:
            sentences.append(f"Only the candidate or the unit's assessor can map to {enrolment.unit.short_code}.")
        else:
            criteria = {target.criterion_id for target in new if target.enrolment_id == enrolment_id}
            sentences += mapping_refusals(enrolment, criteria, version.setting, simulated_on=simulated_on(version))
            if evidence.author and has_verified(enrolment, evidence.author):
                sentences.append(f"Whoever made this record has sampled or verified {enrolment.unit.short_code}.")
    if sentences:
        raise Refusal(sentences)
    waiting = at if version.submitted_at and version.status != ItemStatus.RETURNED else None
    return Mapping.objects.bulk_create(
        Mapping(
            evidence=evidence,
            enrolment_id=target.enrolment_id,
            criterion_id=target.criterion_id,
            locator=target.locator.strip(),
            made_by=by,
            made_at=at,
            waiting_since=waiting,
        )
        for target in new
    )


def simulated_on(version: EvidenceVersion) -> datetime.date | None:
    """The day of a simulation that has been handed in; None for whatever is real, or may change yet."""
    return version.activity_on if version.setting == Setting.SIMULATED and version.submitted_at else None


def mapping_refusals(
    enrolment: Enrolment, criteria: set[int], setting: str, *, simulated_on: datetime.date | None = None
) -> list[str]:
    """Why an item from this setting cannot be mapped to these criteria of the unit; empty when it can.

    A simulation handed in already, on that day, is mapped only to what was approved before (domain rule 17).
    """
    sentences = []
    if enrolment.frozen_at:
        sentences.append(UNIT_FROZEN)
    if enrolment.status != UnitStatus.COLLECTING:
        status = enrolment.get_status_display()
        sentences.append(f"{enrolment.unit.short_code} is “{status}”: nothing more can be mapped to it.")
    if enrolment.unit.criteria.filter(pk__in=criteria).count() != len(criteria):
        sentences.append(f"One of the criteria does not belong to {enrolment.unit.short_code}.")
    if forbidden := forbidden_setting(enrolment.unit, setting):
        sentences.append(forbidden)
    elif simulated_on and (refused := further_simulation(enrolment, criteria, simulated_on)):
        sentences.append(refused)
    return sentences


def unjudged(mappings: Iterable[Mapping]) -> list[Mapping]:
    """Those of the mappings that no decision was ever made on."""
    rows = list(mappings)
    judged = set(
        Decision.objects.filter(version__evidence__in={row.evidence_id for row in rows}).values_list(
            "version__evidence_id", "enrolment_id", "criterion_id"
        )
    )
    return [row for row in rows if (row.evidence_id, row.enrolment_id, row.criterion_id) not in judged]


def _is_last(mapping: Mapping) -> bool:
    """Whether a handed-in item is mapped to nothing else."""
    if not mapping.evidence.versions.filter(status__in=HANDED_IN, replaced_at=None).exists():
        return False
    return not mapping.evidence.mappings.filter(taken_back_at=None).exclude(pk=mapping.pk).exists()
