"""Verbs on a file of an item: quarantine it and release it again, or redact it and destroy the old bytes.

They reach every version of the item that holds the same bytes, for a new version begins with the files of the last.
"""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from assessments.actions import telling
from assessments.actions.evidence import NamedFile
from assessments.actions.items import lock_item
from assessments.actions.journey import person, refuse, require
from assessments.actions.watching import watch
from assessments.enums import Verb
from assessments.models import EvidenceFile, Mapping, Release
from assessments.workflow import item_refusals
from portfolio import audit, renditions, shredder, transfers
from portfolio.canonical import JSON
from portfolio.models import StoredFile, User
from portfolio.refusal import Refusal

OWN_QUARANTINE = (
    "You put this file in quarantine, so somebody else must look at it: another assessor or an administrator."
)
SCANNERS_QUARANTINE = (
    "The scanner found malware in this file, so it stays in quarantine. Have it redacted, or the item withdrawn."
)


@transaction.atomic
def quarantine(*, file: EvidenceFile, reason: str, by: User, at: datetime.datetime) -> EvidenceFile:
    """Shut a file away: from now on nobody can open it. Raises Refusal when it is shut away or destroyed already."""
    reason = require(reason, "Say why the file is put in quarantine.")
    _allowed(file, Verb.QUARANTINE, by, at)
    open_to_readers = _same_bytes(file).filter(quarantined_at=None, removed_at=None)
    if not open_to_readers.filter(pk=file.pk).exists():
        raise Refusal(["This file is in quarantine already, or was redacted or taken out."])
    open_to_readers.update(quarantined_at=at, quarantined_by=by, reason=reason)
    watch(_units_of([file.version.evidence_id]), by, at)
    telling.kept_safe(file, "put in quarantine: nobody can open it", by, at)
    return _told(file, Verb.QUARANTINE, by, at, reason)


@transaction.atomic
def shut_away_infected(stored_id: int, signature: str, at: datetime.datetime) -> list[int]:
    """Put every file with these bytes in quarantine because the scanner found malware, and forget what was drawn.

    Returns the files' ids. Told of by the scan, which writes the audit line (portfolio/scanning.py).
    """
    files = EvidenceFile.objects.filter(stored=stored_id, quarantined_at=None, destroyed_at=None)
    ids = list(files.order_by("pk").values_list("pk", flat=True))
    files.filter(pk__in=ids).update(quarantined_at=at, reason=f"The scanner found malware in it: {signature}.")
    renditions.forget(StoredFile.objects.get(pk=stored_id))
    watch(_units_of(EvidenceFile.objects.filter(pk__in=ids).values_list("version__evidence", flat=True)), None, at)
    return ids


@transaction.atomic
def release(*, file: EvidenceFile, reason: str, by: User, at: datetime.datetime) -> EvidenceFile:
    """Let a file be opened again. The quarantine stays on record, beside who ended it and why.

    It takes a second pair of eyes: whoever shut the file away does not release it, and nobody what the scanner did.
    Raises Refusal.
    """
    reason = require(reason, "Say why the file is released.")
    _allowed(file, Verb.RELEASE, by, at)
    shut = _same_bytes(file).filter(quarantined_at__isnull=False, removed_at=None)
    if not shut.filter(pk=file.pk).exists():
        raise Refusal(["This file is not in quarantine."])
    if shut.filter(quarantined_by=by).exists():
        raise Refusal([OWN_QUARANTINE])
    if shut.filter(quarantined_by=None).exists():
        raise Refusal([SCANNERS_QUARANTINE])
    Release.objects.bulk_create(
        Release(
            file_id=pk,
            quarantined_at=since,
            quarantined_by_id=shut_by,
            quarantine_reason=why,
            released_at=at,
            released_by=by,
            reason=reason,
        )
        for pk, since, shut_by, why in shut.values_list("pk", "quarantined_at", "quarantined_by", "reason")
        if since
    )
    shut.update(quarantined_at=None, quarantined_by=None, reason="")
    watch(_units_of([file.version.evidence_id]), by, at)
    telling.kept_safe(file, "released from quarantine", by, at)
    return _told(file, Verb.RELEASE, by, at, reason)


@transaction.atomic
def redact(*, file: EvidenceFile, replacement: NamedFile, reason: str, by: User, at: datetime.datetime) -> EvidenceFile:
    """Put a redacted file in a file's place and destroy the old bytes; the line, its digest and the reason stay.

    Redaction is a destructive edit, never an overlay (domain rules 25, 76). Signatures over the old bytes become
    stale. The bytes are destroyed by a job, with all that was drawn of them, unless another item of the centre holds
    the same. Returns the file that now stands in its place.
    """
    reason = require(reason, "Say why the file is redacted.")
    _allowed(file, Verb.REDACT, by, at)
    if replacement.stored.pk == file.stored_id:
        raise Refusal(["The redacted file is the same as the old one."])
    if replacement.stored.centre_id != file.stored.centre_id:
        raise Refusal(["The redacted file is not kept by this centre: add it again."])
    transfers.claim([replacement.upload] if replacement.upload else [], at=at)
    same = list(_same_bytes(file))
    if file.pk not in {row.pk for row in same if row.removed_at is None}:
        raise Refusal(["This file was redacted or taken out already."])
    EvidenceFile.objects.filter(pk__in=[row.pk for row in same]).update(destroyed_at=at, destroyed_by=by, reason=reason)
    EvidenceFile.objects.bulk_create(
        EvidenceFile(
            version_id=row.version_id,
            centre_id=row.centre_id,
            stored=replacement.stored,
            name=replacement.name,
            position=row.position,
            added_at=at,
        )
        for row in same
        if row.removed_at is None
    )
    renditions.ask([replacement.stored], at=at)
    shredder.order(stored=file.stored, reason=reason, by=by, at=at)
    watch(_units_of([file.version.evidence_id]), by, at)
    telling.redacted(file, by, at)
    _told(file, Verb.REDACT, by, at, reason)
    return EvidenceFile.objects.get(version=file.version_id, position=file.position, destroyed_at=None)


def _allowed(file: EvidenceFile, verb: Verb, by: User, at: datetime.datetime) -> None:
    item = lock_item(file.version)
    refuse(item_refusals(verb, person(by, item.version.evidence.centre_id, at), item.facts))


def _same_bytes(file: EvidenceFile) -> QuerySet[EvidenceFile]:
    """The file in every version of its item, where it was not destroyed."""
    return EvidenceFile.objects.filter(
        version__evidence=file.version.evidence_id, stored=file.stored_id, destroyed_at=None, disposed_at=None
    )


def _units_of(evidence: Iterable[int]) -> set[int]:
    """The units that something of these items is mapped to, by id."""
    mapped = Mapping.objects.filter(evidence__in=list(evidence), taken_back_at=None).order_by()
    return set(mapped.values_list("enrolment_id", flat=True))


def _told(file: EvidenceFile, verb: Verb, by: User, at: datetime.datetime, reason: str) -> EvidenceFile:
    evidence = file.version.evidence
    details: dict[str, JSON] = {"file": file.pk, "sha256": file.stored.sha256, "reason": reason}
    audit.record(verb=verb, by=by, at=at, subject=evidence, centre=evidence.centre, details=details)
    file.refresh_from_db()
    return file
