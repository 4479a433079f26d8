"""Verbs of an item of evidence: prepare, hand in, replace, withdraw."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from assessments.actions import claims, leaves, telling
from assessments.actions.claims import Target, units_of
from assessments.actions.counting import recount
from assessments.actions.items import lock_item, told
from assessments.actions.journey import lock, move_item, person, refuse, require
from assessments.actions.leaves import LeafTarget
from assessments.actions.watching import watch
from assessments.enums import READABLE, EvidenceKind, HeldAt, ItemStatus, OthersData, Setting, UnitStatus, Verb, Verdict
from assessments.models import Evidence, EvidenceFile, EvidenceVersion, Mapping
from assessments.queries.evidence import enrolments_of
from assessments.workflow import ITEM_FROZEN, item_refusals
from portfolio import audit, notices, renditions, signing, transfers
from portfolio.actions.checks import refuse_invalid
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord, Statement, StoredFile, User
from portfolio.refusal import Refusal


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


@transaction.atomic
def add_evidence(
    *,
    candidate: CandidateRecord,
    described: Described,
    files: Sequence[NamedFile],
    targets: Sequence[Target],
    shows: Sequence[LeafTarget] = (),
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
    version, shown = begun(candidate, described, files, targets, by, at, shows, device_draft)
    evidence = version.evidence
    details: dict[str, JSON] = {"title": described.title, "files": len(files), "criteria": len(targets)}
    if shown:
        details["requirements"] = len(shown)
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
    shows: Sequence[LeafTarget] = (),
    by: User,
    at: datetime.datetime,
) -> EvidenceVersion:
    """Change a draft: its description, its files (`remove` holds EvidenceFile ids) and, as a whole, its mapping and
    what it shows of evidence requirements.

    What was judged in an earlier version, or belongs to a unit past collecting, stays whatever `targets` and `shows`
    say. Raises Refusal once handed in.
    """
    item = lock_item(version, units_of(targets, shows))
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
    dropped = claims.leave_out(item, targets, by, at) + leaves.leave_out(item, shows, by, at)
    version.save(update_fields=list(asdict(described)))
    claims.claim(version, targets, item.enrolments, person(by, version.evidence.centre_id, at), by, at)
    leaves.drop_unmapped(version.evidence_id, by, at)
    leaves.show(version, item.enrolments, shows, by, at)
    recount(item.enrolments)
    watch(item.enrolments, by, at)
    details: dict[str, JSON] = {"title": described.title, "added": len(add), "criteria": len(targets)}
    told("edit_draft", version, by, at, {**details, "taken_back": dropped})
    return version


@transaction.atomic
def submit(*, version: EvidenceVersion, by: User, at: datetime.datetime) -> EvidenceVersion:
    """Hand an item in, declared authentic: it takes its number, is locked for good, and waits to be read.

    An earlier version is replaced at this moment, not before. Source: authenticity is declared by the learner for
    each piece (Ofqual G8.1). Raises Refusal with everything that is missing.
    """
    version = _ready(version, Verb.SUBMIT, by, at)
    declaration = signing.current_statement("evidence-authentic")
    put_in_force(version, Verb.SUBMIT, declaration, at)
    enrolments = [row.pk for row in enrolments_of(version.evidence_id)]
    recount(enrolments)
    watch(enrolments, by, at)
    telling.handed_in(version, by, at)
    told(Verb.SUBMIT, version, by, at, {"number": version.evidence.number, "statement": declaration.pk})
    return version


@transaction.atomic
def replace(*, version: EvidenceVersion, by: User, at: datetime.datetime) -> EvidenceVersion:
    """Start the next version of an item as a draft with the same words and files. The earlier one stays in force
    until the new one is handed in."""
    version = _ready(version, Verb.REPLACE, by, at)
    evidence = version.evidence
    words = {field: getattr(version, field) for field in asdict(Described(title=""))}
    draft = EvidenceVersion.objects.create(
        evidence=evidence, centre=evidence.centre, number=evidence.versions.count() + 1, created_at=at, **words
    )
    kept = version.files.filter(removed_at=None, destroyed_at=None, disposed_at=None, quarantined_at=None)
    add_files(draft, [NamedFile(file.stored, file.name) for file in kept.select_related("stored")], at)
    notices.settle(evidence, by, at)
    told(Verb.REPLACE, draft, by, at, {"version": draft.number})
    return draft


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
        leaves.drop_all(evidence.pk, by, at)
    elif in_force := evidence.versions.filter(replaced_at=None, status__in=READABLE).first():
        _wait_to_be_read(in_force, at, but=set(in_force.decisions.values_list("enrolment_id", "criterion_id")))
    elif evidence.number is None:
        leaves.drop_all(evidence.pk, by, at)
    enrolments = [row.pk for row in enrolments_of(version.evidence_id)]
    recount(enrolments)
    watch(enrolments, by, at)
    telling.item_withdrawn(version, by, at)
    told(Verb.WITHDRAW_ITEM, version, by, at, {"reason": reason, "version": version.number})
    return version


def put_in_force(version: EvidenceVersion, verb: Verb, declaration: Statement, at: datetime.datetime) -> None:
    """Lock a draft for good: it takes its number and the place of the earlier version, and waits to be read."""
    evidence = version.evidence
    if evidence.number is None:
        _take_number(evidence)
    evidence.versions.exclude(pk=version.pk).filter(replaced_at=None).exclude(status=ItemStatus.WITHDRAWN).update(
        replaced_at=at
    )
    move_item(version, verb, ItemStatus.SUBMITTED, submitted_at=at, declaration=declaration)
    _wait_to_be_read(version, at, but=_met(version))


def begun(
    candidate: CandidateRecord,
    described: Described,
    files: Sequence[NamedFile],
    targets: Sequence[Target],
    by: User,
    at: datetime.datetime,
    shows: Sequence[LeafTarget] = (),
    device_draft: UUID | None = None,
) -> tuple[EvidenceVersion, Sequence[object]]:
    """A new item as a draft, and what it shows of evidence requirements, for a verb that writes it in the book."""
    enrolments = lock(units_of(targets, shows))
    evidence = Evidence.objects.create(
        centre=candidate.centre, candidate=candidate, created_at=at, device_draft=device_draft
    )
    version = EvidenceVersion(evidence=evidence, centre=evidence.centre, created_at=at, **asdict(described))
    refuse_invalid(version)
    version.save()
    add_files(version, files, at)
    claims.claim(version, targets, enrolments, person(by, evidence.centre_id, at), by, at)
    return version, leaves.show(version, enrolments, shows, by, at)


def add_files(version: EvidenceVersion, files: Sequence[NamedFile], at: datetime.datetime) -> None:
    """Put files after those the version has, and have them drawn.

    Raises Refusal for one of another centre's vault, or saved already.
    """
    if any(file.stored.centre_id != version.evidence.centre_id for file in files):
        raise Refusal(["One of the files is not kept by this centre: add it again."])
    transfers.claim((file.upload for file in files if file.upload), at=at)
    start = version.files.count()
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            version=version,
            centre_id=version.centre_id,
            stored=file.stored,
            name=file.name,
            position=start + place,
            added_at=at,
        )
        for place, file in enumerate(files, start=1)
    )
    renditions.ask([file.stored for file in files], at=at)


def _ready(version: EvidenceVersion, verb: Verb, by: User, at: datetime.datetime) -> EvidenceVersion:
    """The version locked with its enrolments, once nothing refuses the verb."""
    item = lock_item(version)
    refuse(item_refusals(verb, person(by, item.version.evidence.centre_id, at), item.facts))
    return item.version


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
