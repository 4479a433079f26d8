"""Every file that comes in is scanned for malware before anybody but its uploader can open it.

That a file waits is a row, written with the file; the scan is a job, and what it found is another row. A scanner that
is away is asked again after a pause that grows, and the file waits. Without a scanner every file says so. What is
infected goes into the vault's quarantine, out of every reach.
"""

import datetime
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from portfolio import audit, clamav, jobs, post, vault
from portfolio.canonical import JSON
from portfolio.compiled import compiled
from portfolio.enums import Role, ScanResult
from portfolio.leases import lost
from portfolio.models import Scan, StoredFile, Upload, User, holders
from portfolio.stores import StoreAwayError

log = logging.getLogger(__name__)

WAITING = frozenset({ScanResult.WAITING, ScanResult.FAILED})
"""Not through yet: opened by nobody but the uploader."""
LOOKED_THROUGH = frozenset({ScanResult.CLEAN, ScanResult.TOO_LARGE, ScanResult.INFECTED})
LOST_AFTER = datetime.timedelta(minutes=15)


def ask(*, stored: StoredFile, at: datetime.datetime) -> None:
    """Have a file that has just come in scanned, in the transaction that keeps it; or note that nobody scans."""
    if settings.CLAMAV:
        Scan.objects.create(stored=stored, result=ScanResult.WAITING, at=at)
        jobs.scan.enqueue(stored.pk)
    elif not Scan.objects.filter(stored=stored).exists():
        Scan.objects.create(stored=stored, result=ScanResult.NOT_SCANNED, at=at)


def results(stored_ids: Iterable[int]) -> dict[int, ScanResult]:
    """How each file stands, in one query. The latest result counts; while the same bytes, which somebody has sent once
    more, are scanned again, what was found of them stands."""
    ids = set(stored_ids)
    found = dict.fromkeys(ids, ScanResult.NOT_SCANNED)
    for stored_id, result in _scans(list(ids)) if ids else ():
        if ScanResult(result) not in WAITING or found[stored_id] not in LOOKED_THROUGH:
            found[stored_id] = ScanResult(result)
    return found


@compiled
def _scans(stored_ids: list[int]) -> QuerySet[Scan, Any]:
    return Scan.objects.filter(stored__in=stored_ids).order_by("pk").values_list("stored_id", "result")


def scan(stored_id: int) -> None:
    """The job: ask the scanner about a file that waits. Harmless when it is done already."""
    last = Scan.objects.filter(stored=stored_id).order_by("pk").last()
    if last is None or last.result not in WAITING or not settings.CLAMAV:
        return
    stored = StoredFile.objects.select_related("centre").get(pk=stored_id)
    try:
        with vault.open_stored(stored) as content:
            verdict = clamav.examine(content, settings.CLAMAV)
    except (clamav.ScannerAwayError, FileNotFoundError, StoreAwayError) as problem:
        log.warning("File %s could not be scanned: %s", stored_id, problem)
        come_back(stored, timezone.now())
    else:
        conclude(stored=stored, verdict=verdict, at=timezone.now())


@transaction.atomic
def conclude(*, stored: StoredFile, verdict: clamav.Verdict, at: datetime.datetime) -> None:
    """Write down what the scanner found; of an infected file, see that nobody opens it and those concerned know.

    One audit line for an infected file, with everything it was part of.
    """
    Scan.objects.create(stored=stored, engine=verdict.engine, result=verdict.result, signature=verdict.signature, at=at)
    if verdict.result != ScanResult.INFECTED:
        return
    StoredFile.objects.select_for_update().get(pk=stored.pk)
    uploads = list(Upload.objects.filter(stored=stored).select_related("by").order_by("pk"))
    refuse_unsaved(stored, verdict.signature)
    shut_away = jobs.shut_away_infected(stored.pk, verdict.signature, at)
    tell(stored, uploads, verdict.signature, at)
    transaction.on_commit(lambda: vault.shut_away(stored), robust=True)  # else `ask_again` does
    details: dict[str, JSON] = {"sha256": stored.sha256, "signature": verdict.signature, "files": list(shut_away)}
    audit.record(verb="found_infected", by=None, at=at, subject=stored, centre=stored.centre, details=details)


def ask_again(now: datetime.datetime) -> int:
    """Ask again about every file whose job was lost, and shut away what a killed worker left. Returns how many."""
    latest = Scan.objects.order_by().values("stored").annotate(last=Max("pk")).values("last")
    waiting = Scan.objects.filter(pk__in=latest, result__in=WAITING).filter(lost("at", now, LOST_AFTER))
    ids = list(waiting.values_list("stored_id", flat=True)) if settings.CLAMAV else []
    for stored_id in ids:
        jobs.scan.enqueue(stored_id)
    for found in Scan.objects.filter(result=ScanResult.INFECTED).select_related("stored"):
        vault.shut_away(found.stored)
    return len(ids)


# --- inside ----------------------------------------------------------------------------------------------------------


def come_back(stored: StoredFile, now: datetime.datetime) -> None:
    """Note that the scanner could not be asked, and ask again after a pause: half a minute first, an hour at most."""
    Scan.objects.create(stored=stored, result=ScanResult.FAILED, at=now)
    failed = Scan.objects.filter(stored=stored, result=ScanResult.FAILED).count()
    pause = min(datetime.timedelta(seconds=30 * 2 ** min(failed - 1, 7)), datetime.timedelta(hours=1))
    if jobs.scan.get_backend().supports_defer:
        jobs.scan.using(run_after=now + pause).enqueue(stored.pk)


def refuse_unsaved(stored: StoredFile, signature: str) -> None:
    """Uploads of these bytes that are part of nothing yet are refused."""
    Upload.objects.to_use().filter(stored=stored).update(stored=None, refusal=refused(signature))


def refused(signature: str) -> str:
    return (
        f"The scanner found malware in this file ({signature}), so it was shut away and nobody can open it. Have the "
        "device it comes from looked at, and add a clean copy."
    )


def tell(stored: StoredFile, uploads: list[Upload], signature: str, at: datetime.datetime) -> None:
    """A letter to whoever sent the file, and one to each of the centre's administrators.

    These are not told what it is called: a file of a case may be called after whom it concerns, and be one of them.
    """
    common: dict[str, Any] = {"centre": stored.centre, "signature": signature, "sha256": stored.sha256}
    for sender in dict.fromkeys(upload.by for upload in uploads):
        names = [upload.name for upload in uploads if upload.by == sender]
        write(stored, sender, "infected_file", common | {"names": names}, at)
    senders = list(dict.fromkeys(upload.by.email for upload in uploads))
    for administrator in holders(stored.centre_id, Role.ADMINISTRATOR, timezone.localdate()):
        write(stored, administrator, "infected_file_office", common | {"senders": senders}, at)


def write(stored: StoredFile, to: User, template: str, context: dict[str, Any], at: datetime.datetime) -> None:
    subject = "A file you added carries malware" if template == "infected_file" else "A file with malware was shut away"
    post.write(centre=stored.centre, to=to.email, subject=subject, template=template, context=context, at=at)
