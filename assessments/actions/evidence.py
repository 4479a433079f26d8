"""Verbs of an item of evidence: prepare, map, hand in, replace, withdraw."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from assessments.actions.journey import lock, move_item, person, refuse, require
from assessments.enums import EvidenceKind, HeldAt, ItemStatus, OthersData, Party, Setting, UnitStatus, Verb, Verdict
from assessments.models import Decision, Enrolment, Evidence, EvidenceFile, EvidenceVersion, Mapping
from assessments.queries.enrolment import people_of
from assessments.queries.evidence import enrolments_of, forbidden_setting, further_simulation, item_facts
from assessments.rules import Person, parties
from assessments.workflow import ITEM_FROZEN, UNIT_FROZEN, ItemFacts, item_refusals
from portfolio import audit, renditions, signing, transfers
from portfolio.actions.checks import refuse_invalid
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord, StoredFile, User
from portfolio.refusal import Refusal

READABLE = (ItemStatus.SUBMITTED, ItemStatus.REVIEWED)
HANDED_IN = (*READABLE, ItemStatus.RETURNED)


@dataclass(frozen=True)
class Described:
    """What a candidate says of an item."""

    title: str
    description: str = ""
    kind: str = EvidenceKind.WORK_PRODUCT
    prior_source: str = ""
    prior_achieved_on: datetime.date | None = None
    setting: str = Setting.PAID_WORK
    activity_on: datetime.date | None = None
    held: str = HeldAt.HERE
    location: str = ""
    others_data: str = OthersData.NONE
    data_protection: str = ""
    group_work: bool = False
    own_contribution: str = ""


@dataclass(frozen=True)
class NamedFile:
    """Bytes already in the vault, under the name the candidate gave them."""

    stored: StoredFile
    name: str
    upload: UUID | None = None
    """The upload it came by, which belongs to whatever it is saved in and to nothing else."""
    received_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Target:
    """A criterion an item is mapped to, and where in the item to look."""

    enrolment_id: int
    criterion_id: int
    locator: str = ""


@dataclass(frozen=True)
class LockedItem:
    """A version as it is now, with the enrolments a verb touches locked, and the facts its refusals rest on.

    `enrolments` are those the item is mapped to and those it is about to be mapped to; `facts` know only the former.
    """

    version: EvidenceVersion
    enrolments: dict[int, Enrolment]
    facts: ItemFacts


@transaction.atomic
def add_evidence(
    *,
    candidate: CandidateRecord,
    described: Described,
    files: Sequence[NamedFile],
    targets: Sequence[Target],
    device_draft: UUID | None = None,
    by: User,
    at: datetime.datetime,
) -> EvidenceVersion:
    """A new item as a draft: what it is, its files and what it is mapped to, saved by one press.

    `device_draft` marks a draft that was written without a connection: sent twice, it is one item all the same.
    Raises Refusal when the record is somebody else's, when the description contradicts itself, or when a unit mapped
    to is not collecting or forbids the setting.
    """
    if by.pk != candidate.user_id:
        raise Refusal(["Only the candidate can add evidence to their portfolio."])
    if device_draft:
        CandidateRecord.objects.select_for_update(no_key=True).get(pk=candidate.pk)  # two at once are one as well
        if sent := Evidence.objects.filter(candidate=candidate, device_draft=device_draft).first():
            return sent.versions.latest("number")
    enrolments = lock(target.enrolment_id for target in targets)
    evidence = Evidence.objects.create(
        centre=candidate.centre, candidate=candidate, created_at=at, device_draft=device_draft
    )
    version = EvidenceVersion(evidence=evidence, created_at=at, **asdict(described))
    refuse_invalid(version)
    version.save()
    add_files(version, files, at)
    _map(version, targets, enrolments, person(by, evidence.centre_id, at), by, at)
    details: dict[str, JSON] = {"title": described.title, "files": len(files), "criteria": len(targets)}
    audit.record(verb="add_evidence", by=by, at=at, subject=evidence, centre=evidence.centre, details=details)
    return version


@transaction.atomic
def edit_draft(
    *,
    version: EvidenceVersion,
    described: Described,
    add: Sequence[NamedFile],
    remove: Iterable[int],
    targets: Sequence[Target],
    by: User,
    at: datetime.datetime,
) -> EvidenceVersion:
    """Change a draft: its description, its files (`remove` holds EvidenceFile ids) and, as a whole, its mapping.

    Mappings that were judged in an earlier version, or belong to a unit past collecting, stay whatever `targets` says.
    Raises Refusal once handed in.
    """
    item = lock_item(version, (target.enrolment_id for target in targets))
    version = item.version
    if by.pk != version.evidence.candidate.user_id:
        raise Refusal(["Only the candidate can edit their draft."])
    if item.facts.is_frozen:
        raise Refusal([ITEM_FROZEN])
    if version.status != ItemStatus.DRAFT:
        raise Refusal(["What has been handed in is never edited: replace it with a new version instead."])
    if described.kind != EvidenceKind.WITNESS_TESTIMONY and (item.facts.testimonies or item.facts.asked):
        raise Refusal(["A witness was asked for this item, so it stays a witness testimony: take the request back."])
    for field, value in asdict(described).items():
        setattr(version, field, value)
    refuse_invalid(version)
    version.files.filter(pk__in=list(remove), removed_at=None).update(removed_at=at)
    add_files(version, add, at)
    dropped = _leave_out(item, targets, by, at)
    version.save(update_fields=list(asdict(described)))
    _map(version, targets, item.enrolments, person(by, version.evidence.centre_id, at), by, at)
    details: dict[str, JSON] = {"title": described.title, "added": len(add), "criteria": len(targets)}
    _told("edit_draft", version, by, at, {**details, "taken_back": dropped})
    return version


@transaction.atomic
def submit(*, version: EvidenceVersion, by: User, at: datetime.datetime) -> EvidenceVersion:
    """Hand an item in, declared authentic: it takes its number, is locked for good, and waits to be read.

    An earlier version is replaced at this moment, not before. Source: authenticity is declared by the learner for
    each piece (Ofqual G8.1). Raises Refusal with everything that is missing.
    """
    version = _ready(version, Verb.SUBMIT, by, at)
    evidence = version.evidence
    if evidence.number is None:
        _take_number(evidence)
    evidence.versions.exclude(pk=version.pk).filter(replaced_at=None).exclude(status=ItemStatus.WITHDRAWN).update(
        replaced_at=at
    )
    declaration = signing.current_statement("evidence-authentic")
    move_item(version, Verb.SUBMIT, ItemStatus.SUBMITTED, submitted_at=at, declaration=declaration)
    _wait_to_be_read(version, at, but=_met(version))
    _told(Verb.SUBMIT, version, by, at, {"number": evidence.number, "statement": declaration.pk})
    return version


@transaction.atomic
def replace(*, version: EvidenceVersion, by: User, at: datetime.datetime) -> EvidenceVersion:
    """Start the next version of an item as a draft with the same words and files. The earlier one stays in force
    until the new one is handed in."""
    version = _ready(version, Verb.REPLACE, by, at)
    evidence = version.evidence
    words = {field: getattr(version, field) for field in asdict(Described(title=""))}
    draft = EvidenceVersion.objects.create(
        evidence=evidence, number=evidence.versions.count() + 1, created_at=at, **words
    )
    kept = version.files.filter(removed_at=None, destroyed_at=None, quarantined_at=None).select_related("stored")
    add_files(draft, [NamedFile(file.stored, file.name) for file in kept], at)
    _told(Verb.REPLACE, draft, by, at, {"version": draft.number})
    return draft


@transaction.atomic
def map_more(
    *, version: EvidenceVersion, targets: Sequence[Target], by: User, at: datetime.datetime
) -> EvidenceVersion:
    """Map an item to further criteria. Once the item is handed in, each new mapping waits to be read."""
    item = lock_item(version, (target.enrolment_id for target in targets))
    version = item.version
    mapper = person(by, version.evidence.centre_id, at)
    refuse(item_refusals(Verb.MAP_MORE, mapper, item.facts))
    made = _map(version, targets, item.enrolments, mapper, by, at)
    _told(Verb.MAP_MORE, version, by, at, {"criteria": [mapping.criterion_id for mapping in made]})
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
    if not _unjudged(Mapping.objects.filter(pk=mapping.pk)):
        sentences.append("The assessor has judged this, so it stays on the record.")
    if _is_last(mapping):
        sentences.append("It is all that this item is mapped to: map it to something else first, or withdraw the item.")
    if sentences:
        raise Refusal(sentences)
    Mapping.objects.filter(pk=mapping.pk).update(taken_back_at=at, taken_back_by=by, waiting_since=None)
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


@transaction.atomic
def withdraw_item(*, version: EvidenceVersion, reason: str, by: User, at: datetime.datetime) -> EvidenceVersion:
    """Withdraw an item with a reason: a draft by its candidate, else by the assessor. The number is never reused.

    Withdrawing a draft that was to replace an earlier version leaves the earlier one in force.
    """
    reason = require(reason, "Say why the item is withdrawn.")
    version = _ready(version, Verb.WITHDRAW_ITEM, by, at)
    evidence = version.evidence
    was_draft = version.status == ItemStatus.DRAFT
    move_item(version, Verb.WITHDRAW_ITEM, ItemStatus.WITHDRAWN, withdrawn_at=at, withdrawal_reason=reason)
    if not was_draft:
        evidence.versions.filter(status=ItemStatus.DRAFT).update(
            status=ItemStatus.WITHDRAWN, withdrawn_at=at, withdrawal_reason=reason
        )
        evidence.mappings.update(waiting_since=None)
    elif in_force := evidence.versions.filter(replaced_at=None, status__in=READABLE).first():
        _wait_to_be_read(in_force, at, but=set(in_force.decisions.values_list("enrolment_id", "criterion_id")))
    _told(Verb.WITHDRAW_ITEM, version, by, at, {"reason": reason, "version": version.number})
    return version


def lock_item(version: EvidenceVersion, more: Iterable[int] = ()) -> LockedItem:
    """The version with every enrolment it touches locked, then itself. `more` are enrolments to be mapped to.

    Raises Refusal when somebody mapped the item to a further unit in between.
    """
    touched = {enrolment.pk for enrolment in enrolments_of(version.evidence_id)}
    enrolments = lock(touched | set(more))
    rows = EvidenceVersion.objects.select_related("evidence__candidate", "evidence__centre")
    version = rows.select_for_update(of=("self",)).get(pk=version.pk)
    mapped = {enrolment.pk for enrolment in enrolments_of(version.evidence_id)}
    if not mapped <= set(enrolments):
        raise Refusal(["Somebody else has just mapped this item: look at it again."])
    return LockedItem(version, enrolments, item_facts(version, [enrolments[pk] for pk in sorted(mapped)]))


def add_files(version: EvidenceVersion, files: Sequence[NamedFile], at: datetime.datetime) -> None:
    """Put files after those the version has, and have them drawn.

    Raises Refusal for one of another centre's vault, or saved already.
    """
    if any(file.stored.centre_id != version.evidence.centre_id for file in files):
        raise Refusal(["One of the files is not kept by this centre: add it again."])
    transfers.claim((file.upload for file in files if file.upload), at=at)
    start = version.files.count()
    EvidenceFile.objects.bulk_create(
        EvidenceFile(version=version, stored=file.stored, name=file.name, position=start + place, added_at=at)
        for place, file in enumerate(files, start=1)
    )
    renditions.ask([file.stored for file in files], at=at)


def _ready(version: EvidenceVersion, verb: Verb, by: User, at: datetime.datetime) -> EvidenceVersion:
    """The version locked with its enrolments, once nothing refuses the verb."""
    item = lock_item(version)
    refuse(item_refusals(verb, person(by, item.version.evidence.centre_id, at), item.facts))
    return item.version


def _leave_out(item: LockedItem, targets: Sequence[Target], by: User, at: datetime.datetime) -> int:
    """Take back what a draft's targets leave out, where that is free, and correct the locators of what stays.

    Returns how many were taken back. Raises Refusal for a setting that a unit still mapped to does not take.
    """
    version, enrolments = item.version, item.enrolments
    locators = {(target.enrolment_id, target.criterion_id): target.locator.strip() for target in targets}
    live = version.evidence.mappings.filter(taken_back_at=None)
    free = [row for row in _unjudged(live) if enrolments[row.enrolment_id].status == UnitStatus.COLLECTING]
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


def _map(
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


def _unjudged(mappings: Iterable[Mapping]) -> list[Mapping]:
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


def _met(version: EvidenceVersion) -> set[tuple[int, int]]:
    """What the version has met by the latest word on it: enrolment and criterion, by id."""
    words = version.decisions.order_by("pk").values_list(
        "enrolment_id", "criterion_id", "verdict", "countersignature__agreed"
    )
    latest = {(enrolment, criterion): (verdict, agreed) for enrolment, criterion, verdict, agreed in words}
    return {key for key, (verdict, agreed) in latest.items() if verdict == Verdict.MET and agreed is not False}


def _wait_to_be_read(version: EvidenceVersion, at: datetime.datetime, *, but: set[tuple[int, int]]) -> None:
    """Put the item's mappings in the assessor's queue, except those (enrolment, criterion) that need no reading."""
    idle = version.evidence.mappings.filter(taken_back_at=None, waiting_since=None)
    idle = idle.exclude(enrolment__status=UnitStatus.WITHDRAWN)
    due = [row.pk for row in idle if (row.enrolment_id, row.criterion_id) not in but]
    Mapping.objects.filter(pk__in=due).update(waiting_since=at)


def _take_number(evidence: Evidence) -> None:
    """The candidate's next number: counted up in the database, so it is never given twice."""
    records = CandidateRecord.objects.filter(pk=evidence.candidate_id)
    records.update(last_evidence_number=F("last_evidence_number") + 1)
    evidence.number = records.values_list("last_evidence_number", flat=True).get()
    evidence.save(update_fields=["number"])


def _told(verb: str, version: EvidenceVersion, by: User, at: datetime.datetime, details: dict[str, JSON]) -> None:
    evidence = version.evidence
    audit.record(verb=verb, by=by, at=at, subject=evidence, centre=evidence.centre, details={**details})
