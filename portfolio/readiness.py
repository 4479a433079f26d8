"""Whether this installation can do its work: what each part says of itself, in a sentence without secrets.

For whoever watches over it, and for a load balancer. Without database, tables or vault no page can be shown; without
a worker or the scanner pages work, and letters, documents and uploads wait.
"""

import datetime
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from portfolio import clamav, stores, workers

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Check:
    """A part, and why it is not ready; nothing when it is."""

    name: str
    why: str = ""


def for_pages() -> list[Check]:
    """What no page can do without. Two queries."""
    return [Check("database", database()), Check("migrations", asked(migrations)), Check("vault", vault())]


def for_everything(now: datetime.datetime) -> list[Check]:
    """All that the installation is made of. Three queries."""
    scanner_too = [Check("scanner", scanner())] if settings.CLAMAV else []
    return [*for_pages(), Check("worker", asked(lambda: worker(now))), *scanner_too]


# --- inside ----------------------------------------------------------------------------------------------------------


def asked(question: Callable[[], str]) -> str:
    """The answer to what only the database knows."""
    try:
        return question()
    except Error as problem:
        log.warning("Not ready: %s", type(problem).__name__)
        return "Nobody knows, as the database does not answer."


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as problem:
        log.warning("Not ready: %s", type(problem).__name__)
        connection.close()
        return "The database does not answer."
    return ""


def migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations are not applied: run `manage.py migrate`." if waiting else ""


def vault() -> str:
    """Whether files can be taken in here, and whether the bucket answers where there is one."""
    return bucket() or folder()


def bucket() -> str:
    if not settings.S3_BUCKET:
        return ""
    try:
        stores.vault().look("readiness")
    except stores.StoreAwayError as problem:
        log.warning("Not ready: the object store: %s", type(problem).__name__)
        return "The object store does not answer."
    return ""


def folder() -> str:
    """On a server with a bucket files come in through the disk too."""
    folder = Path(settings.VAULT_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"written")
    except OSError as problem:
        log.warning("Not ready: the vault cannot be written: %s", problem.strerror)
        return f"No evidence can be kept: {problem.strerror}."
    return ""


def worker(now: datetime.datetime) -> str:
    if workers.how_many(now):
        return ""
    return "No worker has been seen for two minutes: letters, documents and previews wait."


def scanner() -> str:
    try:
        clamav.version(settings.CLAMAV)
    except (clamav.ScannerAwayError, OSError) as problem:
        log.warning("Not ready: the scanner: %s", problem)
        return "The scanner does not answer: new files wait to be looked through."
    return ""
