"""Batches of Centre Authentication forms, born through the real verb."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from assessments.actions import issuing
from assessments.form_enums import FormsStatus, FormState, GatheredAs
from assessments.models import Enrolment, FormBatch
from assessments.testing import House
from portfolio.models import Statement, User


def a_batch(
    house: House,
    units: Iterable[Enrolment],
    *,
    by: User | None = None,
    gathered_as: GatheredAs = GatheredAs.PDF,
    shown_at: datetime.datetime | None = None,
) -> FormBatch:
    """Forms of these units, asked for by the administrator; made already where jobs are done on the spot."""
    batch = issuing.make_forms(
        centre=house.centre,
        enrolments=[unit.pk for unit in units],
        statements=list(Statement.objects.filter(key="authentic-centre").values_list("pk", flat=True)),
        chosen="All units",
        gathered_as=gathered_as,
        shown_at=shown_at or timezone.now(),
        by=by or house.administrator,
        at=timezone.now(),
    )
    batch.refresh_from_db()
    return batch


def waiting(batch: FormBatch) -> FormBatch:
    """The batch as if no worker had begun it."""
    batch.rows.update(state=FormState.WAITING, problem="")
    FormBatch.objects.filter(pk=batch.pk).update(status=FormsStatus.MAKING, started_at=None, gathered_at=None)
    batch.refresh_from_db()
    return batch
