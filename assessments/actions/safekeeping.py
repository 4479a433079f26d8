"""Verbs on a file of an item: quarantine it, or redact it and destroy the old bytes.

They reach every version of the item that holds the same bytes, for a new version begins with the files of the last.
"""

import datetime

from django.db import transaction
from django.db.models import QuerySet

from assessments.actions.evidence import NamedFile, lock_item
from assessments.actions.journey import person, refuse, require
from assessments.enums import Verb
from assessments.models import EvidenceFile
from assessments.workflow import item_refusals
from portfolio import audit, renditions, transfers, vault
from portfolio.canonical import JSON
from portfolio.models import StoredFile, Upload, User
from portfolio.refusal import Refusal


@transaction.atomic
def quarantine(*, file: EvidenceFile, reason: str, by: User, at: datetime.datetime) -> EvidenceFile:
    """Shut a file away: from now on nobody can open it. Raises Refusal when it is shut away or destroyed already."""
    reason = require(reason, "Say why the file is put in quarantine.")
    _allowed(file, Verb.QUARANTINE, by, at)
    open_to_readers = _same_bytes(file).filter(quarantined_at=None, removed_at=None)
    if not open_to_readers.filter(pk=file.pk).exists():
        raise Refusal(["This file is in quarantine already, or was redacted or taken out."])
    open_to_readers.update(quarantined_at=at, quarantined_by=by, reason=reason)
    return _told(file, Verb.QUARANTINE, by, at, reason)


@transaction.atomic
def shut_away_infected(stored_id: int, signature: str, at: datetime.datetime) -> list[int]:
    """Put every file with these bytes in quarantine because the scanner found malware, and forget what was drawn.

    Returns the files' ids.

    Told of by the scan, which writes the audit line (portfolio/scanning.py).
    """
    files = EvidenceFile.objects.filter(stored=stored_id, quarantined_at=None, destroyed_at=None)
    ids = list(files.order_by("pk").values_list("pk", flat=True))
    files.filter(pk__in=ids).update(quarantined_at=at, reason=f"The scanner found malware in it: {signature}.")
    renditions.forget(StoredFile.objects.get(pk=stored_id))
    return ids


@transaction.atomic
def redact(*, file: EvidenceFile, replacement: NamedFile, reason: str, by: User, at: datetime.datetime) -> EvidenceFile:
    """Put a redacted file in a file's place and destroy the old bytes; the line, its digest and the reason stay.

    Redaction is a destructive edit, never an overlay (domain rules 25, 76). Signatures over the old bytes become
    stale. The bytes are destroyed once the transaction is safe, unless another item of the centre holds the same.
    Returns the file that now stands in its place.
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
            stored=replacement.stored,
            name=replacement.name,
            position=row.position,
            added_at=at,
        )
        for row in same
        if row.removed_at is None
    )
    renditions.ask([replacement.stored], at=at)
    transaction.on_commit(lambda: destroy_unused(file.stored_id))
    _told(file, Verb.REDACT, by, at, reason)
    return EvidenceFile.objects.get(version=file.version_id, position=file.position, destroyed_at=None)


@transaction.atomic
def destroy_unused(stored_id: int) -> bool:
    """Destroy the bytes of a stored file that nothing holds, no item and no upload. Returns whether they are gone.

    The row is locked, so that nobody adds it to an item while its bytes go.
    """
    stored = StoredFile.objects.select_for_update().get(pk=stored_id)
    if EvidenceFile.objects.filter(stored=stored, destroyed_at=None, removed_at=None).exists():
        return False
    if Upload.objects.to_use().filter(stored=stored).exists():
        return False
    renditions.forget(stored)
    return vault.destroy(stored)


def _allowed(file: EvidenceFile, verb: Verb, by: User, at: datetime.datetime) -> None:
    item = lock_item(file.version)
    refuse(item_refusals(verb, person(by, item.version.evidence.centre_id, at), item.facts))


def _same_bytes(file: EvidenceFile) -> QuerySet[EvidenceFile]:
    """The file in every version of its item, where it was not destroyed."""
    return EvidenceFile.objects.filter(
        version__evidence=file.version.evidence_id, stored=file.stored_id, destroyed_at=None
    )


def _told(file: EvidenceFile, verb: Verb, by: User, at: datetime.datetime, reason: str) -> EvidenceFile:
    evidence = file.version.evidence
    details: dict[str, JSON] = {"file": file.pk, "sha256": file.stored.sha256, "reason": reason}
    audit.record(verb=verb, by=by, at=at, subject=evidence, centre=evidence.centre, details=details)
    file.refresh_from_db()
    return file
