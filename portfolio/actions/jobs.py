"""Having a job that failed tried again at once."""

import datetime
from uuid import UUID

from django.db import transaction
from django_tasks import TaskResultStatus

from portfolio import audit
from portfolio.actions.checks import refuse, refuse_strangers
from portfolio.models import Centre, User
from portfolio.queries.jobs import KINDS, failed_job


@transaction.atomic
def try_job_again(*, centre: Centre, job: UUID, by: User, at: datetime.datetime) -> None:
    """Put a failed job of the centre back into the queue, as if it had not been tried yet.

    Raises Refusal for anybody but the centre's administrators, and for a job that has not failed, or no longer.
    """
    refuse_strangers(by, centre, at)
    row = failed_job(centre, job)
    if row is None:
        refuse(["This job has not failed, or somebody has had it tried again already: see how it stands now."])
        return
    row.status, row.run_after, row.worker_ids = TaskResultStatus.READY, at, []
    row.save(update_fields=["status", "run_after", "worker_ids"])
    details = {"job": str(row.pk), "what": KINDS[row.task_path].what}
    audit.record(verb="try job again", by=by, at=at, subject=centre, centre=centre, details=details)
