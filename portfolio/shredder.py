"""The shredder: bytes that must not be kept any longer, destroyed for good by a job.

The order is a row of the act's own transaction, so the act and the destruction cannot come apart: a server killed
between the two finds the row again. The bytes go with all that was drawn of them; the rows that name them stay.
"""

import datetime
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from portfolio import leases, renditions, vault
from portfolio.jobs import destroy_bytes
from portfolio.models import Destruction, StoredFile, Upload, User

LOST_AFTER = datetime.timedelta(minutes=10)

_guards: set[str] = set()


def guard(dotted_path: str) -> None:
    """Say who knows whether bytes are still shown.

    `dotted_path` names a function `(stored) -> bool` of the floor that knows, which calls this from its
    `AppConfig.ready`. Bytes that any of them knows are spared.
    """
    _guards.add(dotted_path)


def is_shown(stored: StoredFile) -> bool:
    """Whether any floor still shows the bytes, or somebody has sent them for something yet to be made."""
    if Upload.objects.to_use().filter(stored=stored).exists():
        return True
    guards: list[Callable[[StoredFile], bool]] = [import_string(dotted_path) for dotted_path in sorted(_guards)]
    return any(shows(stored) for shows in guards)


@transaction.atomic
def order(*, stored: StoredFile, reason: str, by: User | None, at: datetime.datetime) -> Destruction:
    """Have the bytes destroyed once the caller's transaction is safe."""
    ordered = Destruction.objects.create(stored=stored, reason=reason, ordered_by=by, ordered_at=at)
    destroy_bytes.enqueue(ordered.pk)
    return ordered


def requeue_lost(*, at: datetime.datetime) -> int:
    """Ask again for destructions whose worker was lost. Returns how many."""
    lost = Destruction.objects.filter(leases.lost("ordered_at", at, LOST_AFTER), done_at=None)
    ids = list(lost.values_list("pk", flat=True))
    for destruction_id in ids:
        destroy_bytes.enqueue(destruction_id)
    return len(ids)


@transaction.atomic
def carry_out(destruction_id: int) -> None:
    """Destroy the bytes, unless somebody shows them still, and note it; whoever comes second does nothing.

    The stored file's row is locked, so that nobody makes evidence of it while its bytes go. Should this end half-way,
    nothing is noted, and it is done over.
    """
    stored = StoredFile.objects.select_for_update().get(destructions=destruction_id)
    ordered = Destruction.objects.filter(pk=destruction_id, done_at=None)
    if not ordered.exists():
        return
    gone = not is_shown(stored) and vault.destroy(stored)
    if gone:
        renditions.forget(stored)
    ordered.update(done_at=timezone.now(), spared=not gone)
