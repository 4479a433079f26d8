"""The sweep of the vault: what an act that was undone, or an upload that was broken off, left lying there."""

import contextlib
import re
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from portfolio import stores, vault
from portfolio.models import StoredFile, Upload

A_DAY = 24 * 60 * 60
OF_A_FILE = re.compile(r"(\d+)/[0-9a-f]{2}/([0-9a-f]{64})")


def sweep(*, dry_run: bool = False) -> list[str]:
    """Remove what lies in the vault for more than a day and no row knows, or only as destroyed: an act that was undone.

    Returns the places that went, or would go.
    """
    cut_off = [path for path in vault.incoming_folder().glob("*") if is_old(path) and not is_coming_in(path)]
    unknown = [one.place for one in stores.vault().found() if is_past(one.written_at) and is_nobodys(one.place)]
    places = [f"incoming/{path.name}" for path in cut_off]
    if dry_run:
        return places + unknown
    for path in cut_off:
        path.unlink(missing_ok=True)
    return places + [place for place in unknown if removed(place)]


# --- inside ----------------------------------------------------------------------------------------------------------


def is_past(written_at: float) -> bool:
    """Whether bytes were written more than a day ago: longer than any upload or transaction takes."""
    return written_at < time.time() - A_DAY


def is_old(path: Path) -> bool:
    try:
        return is_past(path.stat().st_mtime)
    except FileNotFoundError:
        return False


def is_coming_in(path: Path) -> bool:
    """Whether the bytes are of an upload that may still go on."""
    return Upload.objects.filter(token__in=token_in(path), finished_at=None).exists()


def token_in(path: Path) -> list[UUID]:
    """The upload's token that names what came in, if it is one."""
    try:
        return [UUID(hex=path.name)]
    except ValueError:
        return []


def is_nobodys(place: str) -> bool:
    """Whether it is the place of a file that no stored file refers to, or only one whose bytes were destroyed."""
    named = named_by(place)
    return bool(named) and not vault.not_gone().filter(**named).exists()


def named_by(place: str) -> dict[str, Any]:
    """Centre and digest that a place of the vault tells; nothing for any other place."""
    match = OF_A_FILE.fullmatch(place)
    return {"centre_id": int(match[1]), "sha256": match[2]} if match else {}


def removed(place: str) -> bool:
    """Remove bytes without a row, unless somebody has stored them again since they were looked at.

    The row is locked, or written for the moment and taken back: whoever stores the same bytes waits for that, finds
    them gone and puts them there again; and where somebody came first, it is this that waits, and finds their row.
    """
    store, goes = stores.vault(), False
    with contextlib.suppress(IntegrityError), transaction.atomic():
        if not StoredFile.objects.select_for_update().filter(**named_by(place)).exists():
            StoredFile.objects.create(**named_by(place), size=1, content_type="none", stored_at=timezone.now())
        elif not is_nobodys(place):
            return False
        there = store.look(place)
        if goes := there is not None and is_past(there.written_at):
            store.delete(place)
        transaction.set_rollback(True)
    return goes
