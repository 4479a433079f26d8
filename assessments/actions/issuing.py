"""Verbs of forms made at once: the press that signs and asks for all of them, and stopping and going on.

The forms are made by a worker, in `assessments/documents/issuing.py`: what is done here is only what was asked for.
"""

import datetime
import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction

from assessments.actions.award import centre_statement
from assessments.actions.journey import administers
from assessments.form_enums import FormsStatus, FormState, GatheredAs
from assessments.models import BatchedForm, Enrolment, FormBatch
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.jobs import make_forms as job
from portfolio.models import Centre, User
from portfolio.refusal import Refusal

MOST = 10_000
"""How many units one batch takes."""
NOTHING_CHOSEN = "Tick at least one unit."
NEW_WORDS = "The words of a declaration have changed while you looked. Read them again, and sign again."
IN_ORDER = ("candidate__legal_name", "candidate_id", "unit__short_code", "pk")


@transaction.atomic
def make_forms(
    *,
    centre: Centre,
    enrolments: Iterable[int],
    statements: Sequence[int],
    chosen: str,
    gathered_as: GatheredAs,
    shown_at: datetime.datetime,
    by: User,
    at: datetime.datetime,
) -> FormBatch:
    """Sign the centre's declaration for these units and have their forms made, all by one press.

    The caller has asked for the password again. `statements` are the wordings that were shown, and `shown_at` is when
    the units were: one whose wording is another by the time its turn comes, or that was signed off after it was shown,
    is left out. So is one that is not ready, with the reasons. Raises Refusal.
    """
    administers(by, centre, at)
    rows = list(_found(centre, enrolments))
    if not rows:
        raise Refusal([NOTHING_CHOSEN])
    if len(rows) > MOST:
        many = f"One batch takes {MOST:,} units, and these are {len(rows):,}"
        raise Refusal([f"{many}: narrow the list, and make several."])
    bodies = {row.unit.awarding_body_id: row for row in rows}
    if any(centre_statement(row).pk not in statements for row in bodies.values()):
        raise Refusal([NEW_WORDS])
    batch = FormBatch.objects.create(
        centre=centre,
        asked_by=by,
        asked_at=at,
        chosen=chosen[:200],
        statements=list(statements),
        act_id=uuid.uuid4(),
        gathered_as=gathered_as,
        shown_at=shown_at,
    )
    BatchedForm.objects.bulk_create(
        (BatchedForm(batch=batch, number=number, enrolment=row) for number, row in enumerate(rows, start=1)),
        batch_size=500,
    )
    _told("make_forms", batch, by, at, {"units": len(rows), "chosen": batch.chosen})
    job.enqueue(batch.pk)
    return batch


@transaction.atomic
def stop_forms(*, batch: FormBatch, by: User, at: datetime.datetime) -> FormBatch:
    """Make no more of them. What is signed and issued stays, and can be downloaded."""
    batch = _locked(batch, by, at)
    if batch.status != FormsStatus.MAKING:
        raise Refusal(["These forms are not being made any more: there is nothing to stop."])
    _move(batch, FormsStatus.CANCELLED)
    _told("stop_forms", batch, by, at, {"left": batch.rows.filter(state=FormState.WAITING).count()})
    return batch


@transaction.atomic
def resume_forms(*, batch: FormBatch, by: User, at: datetime.datetime) -> FormBatch:
    """Go on where it was stopped, and try again what could not be made. Nothing that is there is made again."""
    batch = _locked(batch, by, at)
    if batch.status not in (FormsStatus.CANCELLED, FormsStatus.READY):
        raise Refusal(["These forms are being made already."])
    batch.rows.filter(state=FormState.FAILED).update(state=FormState.WAITING, problem="")
    left = batch.rows.filter(state=FormState.WAITING).count()
    if not left:
        raise Refusal(["Every form that can be made is there. What was left out is made in a new batch."])
    _move(batch, FormsStatus.MAKING)
    _told("resume_forms", batch, by, at, {"left": left})
    job.enqueue(batch.pk)
    return batch


# --- inside ----------------------------------------------------------------------------------------------------------


def _found(centre: Centre, enrolments: Iterable[int]) -> Iterable[Enrolment]:
    """The centre's own among these, in the order of the file, with their awarding bodies."""
    found = Enrolment.objects.filter(centre=centre, pk__in=list(enrolments))
    return found.select_related("unit__awarding_body").order_by(*IN_ORDER)


def _locked(batch: FormBatch, by: User, at: datetime.datetime) -> FormBatch:
    batch = FormBatch.objects.select_for_update(of=("self",)).select_related("centre").get(pk=batch.pk)
    administers(by, batch.centre, at)
    return batch


def _move(batch: FormBatch, status: FormsStatus) -> None:
    batch.status, batch.started_at, batch.problem = status, None, ""
    batch.save(update_fields=["status", "started_at", "problem"])


def _told(verb: str, batch: FormBatch, by: User, at: datetime.datetime, details: dict[str, JSON]) -> None:
    audit.record(verb=verb, by=by, at=at, subject=batch, centre=batch.centre, details=details, act_id=batch.act_id)
