"""What waits for a worker at a centre, is being done, or failed: the queue's rows in words.

A row of the queue names its task and the record it is about; whose that record is says whose the job is. Models of
other floors are named as strings, as jobs.py names their work.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portfolio import post, workers
from portfolio.models import Centre, OutgoingMessage

MOST_LOOKED_AT = 1000
"""Rows of each state, of all centres together: more than that waits only while forms are made in bulk."""
MOST_LISTED = 50


@dataclass(frozen=True)
class Kind:
    """What a task does, of which model its first argument is an id, and how that leads to the centre."""

    what: str
    model: str
    centre: str = "centre"


KINDS: Mapping[str, Kind] = {
    "portfolio.post.send": Kind("Send a letter", "portfolio.OutgoingMessage"),
    "portfolio.jobs.render_document": Kind("Make a document", "portfolio.Document"),
    "portfolio.jobs.make_forms": Kind("Make forms in bulk", "assessments.FormBatch"),
    "portfolio.jobs.make_archive": Kind("Make an archive", "portfolio.Archive"),
    "portfolio.jobs.draw_pages": Kind("Draw the pages of a file", "portfolio.Rendition", "stored__centre"),
    "portfolio.jobs.scan": Kind("Scan a file for malware", "portfolio.StoredFile"),
    "portfolio.jobs.check_book": Kind("Check the audit book", "portfolio.BookCheck", "chain__centre"),
    "portfolio.jobs.read_people": Kind("Check a table of people", "portfolio.PeopleImport"),
    "portfolio.jobs.take_people": Kind("Take the people of a table", "portfolio.PeopleImport"),
    "portfolio.jobs.send_invitations": Kind("Send invitations that were held back", "portfolio.Centre", "pk"),
    "portfolio.jobs.destroy_bytes": Kind("Destroy the bytes of a file", "portfolio.Destruction", "stored__centre"),
    "portfolio.jobs.destroy_records": Kind("Carry out an order of destruction", "assessments.Disposal"),
}


@dataclass(frozen=True)
class JobLine:
    """A job in words. `when`: since when it waits or is done, or when it failed; `again`: when it is tried next."""

    pk: UUID
    what: str
    when: datetime.datetime
    tries: int
    why: str = ""
    again: datetime.datetime | None = None


@dataclass(frozen=True)
class JobsPage:
    """The jobs of a centre by state, and how many workers there are for all centres.

    `refused`, `given_up`: letters that the mail server did not take so far, and those that are not tried again.
    """

    failed: list[JobLine]
    running: list[JobLine]
    waiting: list[JobLine]
    workers: int
    refused: int
    given_up: int

    @property
    def more_waiting(self) -> int:
        """How many wait beside those that are listed."""
        return max(len(self.waiting) - MOST_LISTED, 0)

    @property
    def listed(self) -> list[JobLine]:
        return self.waiting[:MOST_LISTED]


def jobs_page(centre: Centre, now: datetime.datetime) -> JobsPage:
    """Six queries, however many jobs and kinds there are."""
    rows = DBTaskResult.objects.filter(task_path__in=KINDS)
    found = [
        *rows.failed().order_by("-finished_at")[:MOST_LOOKED_AT],
        *rows.running().order_by("started_at")[:MOST_LOOKED_AT],
        *rows.filter(status=TaskResultStatus.READY)[:MOST_LOOKED_AT],
    ]
    ours = of_centre(centre, found)
    lines = defaultdict(list)
    for row in found:
        if row.pk in ours:
            lines[row.status].append(line_of(row, now))
    by_state = (TaskResultStatus.FAILED, TaskResultStatus.RUNNING, TaskResultStatus.READY)
    failed, running, waiting = (lines[state] for state in by_state)
    unsent = OutgoingMessage.objects.filter(centre=centre, sent_at=None, attempts__gt=0).order_by()
    over = Q(attempts__gte=post.ATTEMPTS)
    letters = unsent.aggregate(refused=Count("pk", filter=~over), given_up=Count("pk", filter=over))
    return JobsPage(failed, running, waiting, workers.how_many(now), **letters)


def failed_job(centre: Centre, pk: UUID) -> "DBTaskResult[Any, Any] | None":
    """A failed job of the centre, locked; None when there is no such."""
    row = DBTaskResult.objects.failed().filter(task_path__in=KINDS, pk=pk).select_for_update().first()
    return row if row and of_centre(centre, [row]) else None


def of_centre(centre: Centre, rows: "Iterable[DBTaskResult[Any, Any]]") -> set[UUID]:
    """Which of these jobs are about records of the centre. One query."""
    about: dict[Kind, dict[int, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        about[KINDS[row.task_path]][row.args_kwargs["args"][0]].append(row.pk)
    asked = [ids_of(kind, list(ids), centre) for kind, ids in about.items()]
    if not asked:
        return set()
    kinds = {kind.what: ids for kind, ids in about.items()}
    return {pk for what, id_ in asked[0].union(*asked[1:], all=True) for pk in kinds[what][id_]}


def ids_of(kind: Kind, ids: list[int], centre: Centre) -> QuerySet[Any, Any]:
    """Those of the records that are the centre's, each with what is done to it."""
    mine: QuerySet[Any, Any] = (
        apps.get_model(kind.model)._default_manager.filter(**{"pk__in": ids, kind.centre: centre.pk}).order_by()
    )
    mine = mine.annotate(what=Value(kind.what, output_field=CharField()), id_=F("pk"))
    return mine.values_list("what", "id_")


def line_of(row: "DBTaskResult[Any, Any]", now: datetime.datetime) -> JobLine:
    what, tries = KINDS[row.task_path].what, len(row.worker_ids)
    if row.status == TaskResultStatus.FAILED:
        again = row.finished_at + workers.pause_after(tries) if row.finished_at and tries < workers.ATTEMPTS else None
        return JobLine(row.pk, what, row.finished_at or row.enqueued_at, tries, reason(row.exception_class_path), again)
    if row.status == TaskResultStatus.RUNNING:
        return JobLine(row.pk, what, row.started_at or row.enqueued_at, tries)
    put_off = row.run_after if now < row.run_after and row.run_after.year < 9999 else None
    return JobLine(row.pk, what, row.enqueued_at, tries, again=put_off)


def reason(exception: str) -> str:
    """Why a job failed, for people, of the class of the exception: its words may tell of somebody."""
    if exception == workers.LOST:
        return "Each worker that took it was lost."
    if exception.startswith(("django.db", "psycopg2", "sqlite3")):
        return "The database did not take it."
    if exception.startswith("builtins.") and exception.endswith(("OSError", "FileNotFoundError", "PermissionError")):
        return "A file could not be read or written."
    if exception.endswith(("MemoryError", "TimeoutError")):
        return "It took more memory or time than there is."
    return "A fault on the server, which its log tells of."
