"""Centre Authentication forms made at once by a worker, then put together as one file.

Each unit is signed and its form asked for in one transaction with the row's own mark, and rendered after it, on all
cores at once. So where a worker is killed another goes on: nothing is signed twice, and no form that is there is
rendered again. A worker makes some, then takes its place at the end of the queue, so that a document somebody waits for
goes between.

What is put together is a copy to print or to send, and goes after some days. The forms themselves are kept for good.
"""

import datetime
import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from assessments.actions.award import centre_statement, declare_authentic
from assessments.actions.journey import lock, refuse
from assessments.authenticating import authentication_refusals
from assessments.documents import issue, issued_form
from assessments.documents.gathering import gathered, making_folder
from assessments.enums import UnitStatus
from assessments.form_enums import FormsStatus, FormState, GatheredAs
from assessments.models import AuthenticationForm, BatchedForm, FormBatch
from assessments.queries.judgement import digest_for
from assessments.queries.printed import PrintedRecord, authentication_of, printed_record
from portfolio import composing, leases, press, stores, vault
from portfolio.enums import DocumentStatus
from portfolio.jobs import make_forms as job
from portfolio.models import Document
from portfolio.refusal import Refusal

log = logging.getLogger(__name__)

SECONDS = 20
"""How long a worker makes forms before others have their turn."""
LOST_AFTER = datetime.timedelta(minutes=5)
KEPT_FOR = datetime.timedelta(days=14)
"""How long the file stays."""
BUSY = (FormsStatus.MAKING, FormsStatus.GATHERING)
FAULT = "A fault on the server stopped this; it has been noted. Every form that was made is safe: go on."
NO_ROOM = "The server has no room left for the file. Every form that was made is safe: go on once there is room."
OTHER_WORDS = "The words of the centre’s declaration have changed since they were signed for this unit: sign it anew."
SIGNED_ANEW = (
    "The unit was signed off after the page was opened on which the centre’s declaration was signed for it: look at "
    "it, and sign again."
)


# --- asked again -----------------------------------------------------------------------------------------------------


def place_of(batch: FormBatch) -> str:
    """Where the file lies, once it is put together."""
    return f"{batch.pk}.{batch.gathered_as}"


def opened(batch: FormBatch) -> BinaryIO:
    """The file, to be sent. Raises FileNotFoundError once it is gone."""
    if batch.gathered_at is None:
        raise FileNotFoundError(place_of(batch))
    return stores.gathered().open(place_of(batch))


def gather_again(batch: FormBatch, gathered_as: GatheredAs) -> None:
    """Have what was made put together once more, perhaps otherwise, without rendering anything. Raises Refusal."""
    idle = FormBatch.objects.filter(pk=batch.pk, status__in=[FormsStatus.READY, FormsStatus.CANCELLED])
    with transaction.atomic():
        before, other = place_of(batch), gathered_as != batch.gathered_as
        asked = {"status": FormsStatus.GATHERING, "gathered_as": gathered_as, "gathered_at": None, "started_at": None}
        if not idle.update(problem="", **asked):
            raise Refusal(["These forms are being made: wait until they are ready."])
        if other:  # else the new file takes the place of the one before
            transaction.on_commit(lambda: stores.gathered().delete(before), robust=True)  # else swept later
        job.enqueue(batch.pk)


def is_lost(batch: FormBatch, now: datetime.datetime) -> bool:
    """Whether the worker on it must have been killed, or could not go on."""
    if batch.status not in BUSY:
        return False
    return bool(batch.problem) or leases.is_lost(batch.started_at or batch.asked_at, now, LOST_AFTER)


def go_on(batch: FormBatch) -> None:
    """Put a batch whose worker was lost before another one, unless somebody has done that meanwhile."""
    seen = {"status": batch.status, "started_at": batch.started_at}
    if FormBatch.objects.filter(pk=batch.pk, **seen).update(started_at=None, problem=""):
        job.enqueue(batch.pk)


def requeue_lost(at: datetime.datetime) -> int:
    """Go on with every batch whose worker was killed; one that met a fault waits for a person. Returns how many."""
    lost = [row for row in FormBatch.objects.filter(status__in=BUSY, problem="") if is_lost(row, at)]
    for batch in lost:
        go_on(batch)
    return len(lost)


def sweep(now: datetime.datetime) -> int:
    """Remove files that have been kept long enough, and what a killed worker left of one. Returns how many."""
    then = now - KEPT_FOR
    FormBatch.objects.filter(gathered_at__lt=then).exclude(status__in=BUSY).update(gathered_at=None)
    cut_off = [path for path in making_folder().glob("*") if path.stat().st_mtime < then.timestamp()]
    for path in cut_off:
        path.unlink(missing_ok=True)
    old = [one.place for one in stores.gathered().found() if one.written_at < then.timestamp()]
    for place in old:
        stores.gathered().delete(place)
    return len(cut_off) + len(old)


# --- the worker ------------------------------------------------------------------------------------------------------


def make(batch_id: int) -> None:
    """Make some more forms, or put them together when all are there; whoever comes second does nothing."""
    here = FormBatch.objects.filter(pk=batch_id)
    if not here.filter(status__in=BUSY, started_at=None).update(started_at=timezone.now(), problem=""):
        return
    batch = here.select_related("centre", "asked_by").get()
    try:
        if batch.status == FormsStatus.MAKING:
            others_turn = made_some(batch)
            if batch.rows.filter(state=FormState.WAITING).exists():
                if others_turn and here.filter(status=FormsStatus.MAKING).update(started_at=None):
                    job.enqueue(batch_id)
                return  # what waits for the store is gone on with by `requeue_lost`
        if here.filter(status__in=BUSY).update(status=FormsStatus.GATHERING, started_at=timezone.now()):
            is_there = gathered(batch, place_of(batch))
            done = {"status": FormsStatus.READY, "gathered_at": timezone.now() if is_there else None}
            here.filter(status=FormsStatus.GATHERING).update(started_at=None, **done)
    except Exception as error:
        log.exception("Forms of batch %s could not be made", batch_id)
        here.filter(status__in=BUSY).update(problem=NO_ROOM if vault.has_no_room(error) else FAULT)


def made_some(batch: FormBatch) -> bool:
    """Make forms until none waits any more, the time is over, or somebody stops it. Whether others have their turn.

    Here units are signed and forms kept, one after the other; their pages are set meanwhile, on every core.
    """
    until = time.monotonic() + SECONDS
    going = FormBatch.objects.filter(pk=batch.pk, status=FormsStatus.MAKING)
    waiting = batch.rows.filter(state=FormState.WAITING).select_related("document")
    last, under_way = 0, deque[Going]()
    with composing.room_for(waiting.count()) as room:
        while row := waiting.filter(number__gt=last).first():
            if time.monotonic() > until or not going.update(started_at=timezone.now()):
                break
            last = row.number
            if begun := begin_one(batch, row, room):
                under_way.append(begun)
            while len(under_way) > room.ahead:
                finish_one(under_way.popleft())
        for begun in under_way:
            finish_one(begun)
    return row is not None


@dataclass(frozen=True)
class Going:
    """A row whose form is signed, and its pages, which are being set unless they are there already."""

    row: BatchedForm
    document: Document
    pages: press.Pages | None


def begin_one(batch: FormBatch, row: BatchedForm, room: composing.Room) -> Going | None:
    """One unit signed and the pages of its form asked for; or, where that is refused or meets a fault, the reasons
    beside it."""
    mine = BatchedForm.objects.filter(pk=row.pk, state=FormState.WAITING)
    try:
        if row.document is None:
            with transaction.atomic():
                form, document = signed_and_asked(batch, row.enrolment_id)
                mine.update(form=form, document=document)
            row.document = document
    except Refusal as refusal:
        mine.update(state=FormState.LEFT_OUT, problem=" ".join(refusal.sentences))
        return None
    except Exception:  # of this unit alone: the others are not to wait for it
        log.exception("Enrolment %s could not be signed for in batch %s", row.enrolment_id, batch.pk)
        mine.update(state=FormState.FAILED, problem=FAULT)
        return None
    return Going(row, row.document, pages_of(batch, row.document, room))


def pages_of(batch: FormBatch, document: Document, room: composing.Room) -> press.Pages | None:
    """The pages of a form that is not there yet; one that failed, or that a lost worker left, is made again.

    Should another be at it at this moment, only one of the two keeps what it made: see `press.begin`.
    """
    document = press.again(document=document, by=batch.asked_by, at=timezone.now(), in_hand=True)
    if document.status != DocumentStatus.WAITING:
        return None
    Document.objects.filter(pk=document.pk, status=DocumentStatus.WAITING).update(started_at=None)
    return press.begin_in(room, document.pk)


def finish_one(going: Going) -> None:
    """The form kept, and what became of it noted beside the unit. One that waits for the store goes on waiting."""
    if going.pages:
        going.pages.keep()
    going.document.refresh_from_db()
    mine = BatchedForm.objects.filter(pk=going.row.pk, state=FormState.WAITING)
    if going.document.status == DocumentStatus.READY:
        mine.update(state=FormState.MADE)
    elif going.document.status == DocumentStatus.FAILED:
        mine.update(state=FormState.FAILED, problem=going.document.problem)


def signed_and_asked(batch: FormBatch, enrolment_id: int) -> tuple[AuthenticationForm, Document]:
    """The form of the unit that stands, or one that is signed now for whoever pressed; and its document. Raises
    Refusal.

    What the centre's signature covers is what the assessor signed: a unit whose signatures fit, and that was signed off
    before the page was shown, is what whoever pressed had before them.
    """
    enrolment = lock([enrolment_id])[enrolment_id]
    record = printed_record(enrolment)
    stale = [part for part, signed in record.signatures.items() if signed.stale]
    refuse(authentication_refusals(enrolment.pk, UnitStatus(enrolment.status), stale))
    form = standing_form(record)
    if form is None:
        form = signed_for(batch, record)
    document = issued_form(form)
    return form, document or issue(authentication_of(form, record), batch.asked_by, batch.asked_at, in_hand=True)


def standing_form(record: PrintedRecord) -> AuthenticationForm | None:
    """The newest form of the unit, if the centre's signature on it was put to the facts as they are. One query."""
    forms = AuthenticationForm.objects.filter(enrolment=record.enrolment.pk).select_related("signature__statement")
    newest = forms.order_by("-pk").first()
    return newest if newest and newest.signature.digest == digest_for(record.rows, "centre") else None


def signed_for(batch: FormBatch, record: PrintedRecord) -> AuthenticationForm:
    """The centre's signature by whoever pressed, as of then. Raises Refusal for what they had not before them."""
    enrolment = record.enrolment
    statement = centre_statement(enrolment)
    if statement.pk not in batch.statements:
        raise Refusal([OTHER_WORDS])
    if enrolment.signed_off_at and enrolment.signed_off_at > batch.shown_at:
        raise Refusal([SIGNED_ANEW])
    return declare_authentic(enrolment, record.rows, statement, batch.asked_by, batch.asked_at, batch.act_id)
