"""Numbers for Prometheus: how requests were answered, and what waits.

Each process counts its own requests; under gunicorn they are added up through files (deploy/gunicorn.conf.py). What
waits is asked of the database when the numbers are fetched, so it is the same whichever process answers.
"""

import datetime
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min, Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from portfolio import workers
from portfolio.models import OutgoingMessage

METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

requests = Counter("nvq_requests", "Requests answered.", ["route", "method", "code"])
durations = Histogram("nvq_request_seconds", "Time to the head of the answer.", ["route", "method"], buckets=BUCKETS)
database_errors = Counter("nvq_database_errors", "Requests that failed at the database.")


def known(method: str | None) -> str:
    """The method, or `other`: whoever sends made-up ones makes no new series of them."""
    return method if method in METHODS else "other"


def answered(route: str, method: str, code: int, seconds: float) -> None:
    """Count a request."""
    requests.labels(route, method, str(code)).inc()
    durations.labels(route, method).observe(seconds)


def all_of_them(now: datetime.datetime) -> bytes:
    """Every number in Prometheus's text format. Four queries."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # registers itself
    else:
        registry.register(REGISTRY)
    registry.register(Waiting(now))
    return generate_latest(registry)


class Waiting:
    """What waits, who works, and how much room there is, at that moment."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        yield from room()
        try:
            found = [*jobs(self.now), *letters(), number("nvq_workers", "Workers seen.", workers.how_many(self.now))]
        except Error:
            found = []
        yield number("nvq_database_up", "Whether the database answers.", bool(found))
        yield from found


# --- inside ----------------------------------------------------------------------------------------------------------


def number(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def jobs(now: datetime.datetime) -> Iterator[Metric]:
    states = {"waiting": TaskResultStatus.READY, "running": TaskResultStatus.RUNNING, "failed": TaskResultStatus.FAILED}
    counts = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    family = GaugeMetricFamily("nvq_jobs", "Jobs by state; failed ones are tried again.", labels=["state"])
    for name, status in states.items():
        family.add_metric([name], counts.get(status, 0))
    yield family
    # One put off until later waits from then on; one that is not is due since it was asked for.
    put_off = Q(run_after__gt=now, run_after__year__lt=9999)
    due = DBTaskResult.objects.filter(status=TaskResultStatus.READY).exclude(put_off).order_by()
    since = due.aggregate(since=Min("enqueued_at"))["since"]
    age = (now - since).total_seconds() if since else 0
    yield number("nvq_oldest_job_seconds", "How long the oldest job that is due has waited.", max(age, 0))


def letters() -> Iterator[Metric]:
    waiting = OutgoingMessage.objects.filter(sent_at=None).order_by()
    found = waiting.aggregate(all=Count("pk"), tried=Count("pk", filter=Q(attempts__gt=0)))
    yield number("nvq_letters_waiting", "Letters not sent yet.", found["all"])
    yield number("nvq_letters_refused", "Of these, letters the mail server did not take so far.", found["tried"])


def room() -> Iterator[Metric]:
    folder = Path(settings.DATA_DIR)
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return
    yield number("nvq_data_bytes", "Size of the file system with the data directory.", usage.total)
    yield number("nvq_data_free_bytes", "Free space there.", usage.free)
