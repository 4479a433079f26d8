"""A worker that makes the forms of a batch is killed as the system kills, in the middle."""

import signal
from pathlib import Path

import pytest
import pytest_django
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.documents import issuing
from assessments.form_enums import FormsStatus
from assessments.models import AuthenticationForm, FormBatch
from assessments.testing import a_house, an_enrolment, verified
from assessments.tests.form_batches import a_batch
from portfolio import audit, vault, workers
from portfolio.enums import DocumentStatus
from portfolio.models import AuditChain, Document, Worker
from portfolio.tests import a_job
from portfolio.tests.processes import a_worker, until

HANGS = """
import os, pathlib, sys, time
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "portfolio.settings"
import django
django.setup()
from django.core.management import execute_from_command_line
from portfolio import composing
real, calls = composing.typeset, []
def hangs_at_the_second(*args, **kwargs):
    calls.append(args)
    if len(calls) == 2:
        pathlib.Path({place!r}).touch()
        time.sleep(600)
    return real(*args, **kwargs)
composing.typeset = hangs_at_the_second
execute_from_command_line(sys.argv)
"""
"""`manage.py` for a worker that hangs while it sets the second form."""


def states(batch: FormBatch) -> list[str]:
    return list(batch.rows.values_list("state", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_no_form_by_halves_and_another_makes_the_rest(
    settings: pytest_django.Settings, tmp_path: Path
) -> None:
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "portfolio.queueing.Queue"}}
    house = a_house()
    units = [an_enrolment(house), an_enrolment(house, "ocr-cc16"), an_enrolment(house, "ocr-cc32")]
    batch = a_batch(house, [verified(unit) for unit in units])
    hangs, program = tmp_path / "hangs", tmp_path / "manage.py"
    program.write_text(HANGS.format(place=str(hangs)))
    with a_worker("killed", str(program), NVQ_PDF_PROCESSES="1") as process:
        until(hangs.exists, 60)
        process.send_signal(signal.SIGKILL)
    batch.refresh_from_db()
    assert (batch.status, states(batch)) == (FormsStatus.MAKING, ["made", "waiting", "waiting"])
    [form] = Document.objects.filter(status=DocumentStatus.READY).values_list("pk", "stored__sha256")
    issuing.make(batch.pk)  # another worker is not let in while the first seems to be at it
    assert states(batch) == ["made", "waiting", "waiting"]
    long_ago = timezone.now() - 2 * issuing.LOST_AFTER
    Worker.objects.update(seen_at=long_ago)
    DBTaskResult.objects.update(started_at=long_ago)
    FormBatch.objects.update(started_at=long_ago)
    workers.tend(timezone.now())
    assert issuing.requeue_lost(timezone.now()) == 1
    a_job.work()
    batch.refresh_from_db()
    assert (batch.status, states(batch)) == (FormsStatus.READY, ["made", "made", "made"])
    assert AuthenticationForm.objects.count() == Document.objects.count() == len(units)
    assert form in Document.objects.values_list("pk", "stored__sha256")
    assert all(vault.has(document.stored) for document in Document.objects.select_related("stored") if document.stored)
    assert audit.verify(AuditChain.objects.get(centre=house.centre)) is None
