"""Verbs of destruction: asked for by one administrator, confirmed by another, carried out by a job.

What goes: bytes of evidence with all that was drawn of them, details in the audit book, a candidate's numbers. What
stays: the rows that name them, the digests, every decision and signature, and the lines of the book, which verify as
before.
"""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import administers, lock, require
from assessments.models import Disposal, DisposalLine, Enrolment, EvidenceFile
from assessments.queries.destroying import (
    CANDIDATE,
    DESTROYED,
    UNIT,
    dry_run,
    files_of,
    filled_numbers,
    lines_about,
    reason_of,
)
from assessments.queries.enrolment import staff_name
from assessments.queries.retention import NUMBERS, Due, due_by, ended_units, key_of, may_confirm, over_by
from portfolio import audit, jobs, leases, shredder
from portfolio.actions.checks import take_turns
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord, Centre, StoredFile, User
from portfolio.refusal import Refusal
from units.enums import RecordClass

LOST_AFTER = datetime.timedelta(minutes=10)
"""After which an order that is confirmed and not carried out is taken to have lost its worker."""
MOST = 200
"""How many lines an order has at most: as many as somebody can look through."""
CHANGED = "Some of what was chosen is not due any more, or something holds it now: look at the list again."
OWN = "A record of your own is among them: somebody else must ask for it and confirm it."
STANDS = "This destruction is confirmed, and stands."
NOT_DUE = "As the schedule and the record stand now, it is not due any more."


@transaction.atomic
def order_destruction(
    *, centre: Centre, chosen: Sequence[str], note: str = "", by: User, at: datetime.datetime
) -> Disposal:
    """Ask that what is due and held by nothing be destroyed. Nothing happens until somebody confirms it.

    `chosen` are keys of what is due. All of it is taken, or nothing.
    """
    centre = take_turns(centre)
    administers(by, centre, at)
    due = {row.key: row for row in due_by(centre, timezone.localdate(at)) if not row.holds}
    lines = [row for key, row in due.items() if key in set(chosen)]
    if not chosen:
        raise Refusal(["Choose something that is due and that nothing holds."])
    if len(lines) != len(set(chosen)):
        raise Refusal([CHANGED])
    if len(lines) > MOST:
        raise Refusal([f"An order has {MOST} lines at most, so that people can look through it: choose fewer."])
    refuse_own(lines, by)
    disposal = Disposal.objects.create(centre=centre, note=note.strip(), asked_by=by, asked_at=at)
    DisposalLine.objects.bulk_create(
        DisposalLine(
            disposal=disposal,
            record_class=going.due.record_class,
            candidate_id=going.due.candidate_id,
            enrolment_id=going.due.enrolment_id,
            due_on=going.due.due_on,
            under=going.due.under,
            index=index_of(going.due, going.details, [row.index for row in going.gone], going.numbers),
        )
        for going in dry_run(centre, lines)
    )
    return told("order_destruction", disposal, by, at, lines=[line.key for line in lines], note=disposal.note)


def refuse_own(lines: Sequence[Due], by: User) -> None:
    if any(line.candidate_user_id == by.pk for line in lines):
        raise Refusal([OWN])


def index_of(due: Due, details: int, files: Sequence[JSON], numbers: Sequence[str]) -> list[JSON]:
    """What will be left of it: digests and dates of files, a count of details, the names of numbers."""
    match due.record_class:
        case RecordClass.FILES:
            return list(files)
        case RecordClass.DETAILS:
            return [{"lines": details}]
    return [{"what": name} for name in numbers]


@transaction.atomic
def confirm_destruction(*, disposal: Disposal, by: User, at: datetime.datetime) -> Disposal:
    """Confirm an order: a job carries it out once this is safe. The caller has asked for the password again.

    A second administrator confirms; who asked for it may where nobody else administers the centre, and the order says
    so. Nobody confirms what is of their own. Raises Refusal.
    """
    disposal = locked(disposal, by, at)
    if sentences := refusals_to_confirm(disposal, by, timezone.localdate(at)):
        raise Refusal(sentences)
    disposal.confirmed_by, disposal.confirmed_at = by, at
    disposal.alone = by.pk == disposal.asked_by_id
    disposal.save()
    told("confirm_destruction", disposal, by, at, alone=disposal.alone)
    jobs.destroy_records.enqueue(disposal.pk)
    return disposal


def refusals_to_confirm(disposal: Disposal, by: User, day: datetime.date) -> list[str]:
    """Why this administrator does not confirm it; empty when they may. The page says the same before the press."""
    if disposal.lines.filter(candidate__user=by).exists():
        return [OWN]
    others = may_confirm(disposal, day) if by.pk == disposal.asked_by_id else []
    if not others:
        return []
    names = " or ".join(staff_name(user, disposal.centre_id) for user in others)
    return [f"You asked for it, so somebody else must confirm it: {names}."]


@transaction.atomic
def give_up_destruction(*, disposal: Disposal, reason: str, by: User, at: datetime.datetime) -> Disposal:
    """Give an order up that nobody has confirmed: what it named is on the list of what is due again."""
    reason = require(reason, "Say why it is given up.")
    disposal = locked(disposal, by, at)
    disposal.given_up_by, disposal.given_up_at = by, at
    disposal.save()
    return told("give_up_destruction", disposal, by, at, reason=reason)


def locked(disposal: Disposal, by: User, at: datetime.datetime) -> Disposal:
    """The order as it is now, while it can still be confirmed or given up. Raises Refusal."""
    row = Disposal.objects.select_for_update(of=("self",)).select_related("centre", "asked_by").get(pk=disposal.pk)
    administers(by, row.centre, at)
    if row.given_up_at:
        raise Refusal(["This destruction was given up: choose again what is due."])
    if row.confirmed_at:
        raise Refusal([STANDS])
    return row


def told(verb: str, disposal: Disposal, by: User, at: datetime.datetime, **details: JSON) -> Disposal:
    audit.record(verb=verb, by=by, at=at, subject=disposal, centre=disposal.centre, details=details)
    return disposal


# --- carried out by a worker -----------------------------------------------------------------------------------------


def carry_out(disposal_id: int) -> None:
    """Destroy what a confirmed order names, line by line, each in a transaction of its own with its audit line.

    Killed half-way it is done over: what is done stays done, whoever comes second does nothing.
    """
    disposal = Disposal.objects.select_related("centre", "confirmed_by").get(pk=disposal_id)
    if disposal.confirmed_by is None:
        return
    waiting = disposal.lines.filter(done_at=None).order_by("due_on", "pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        carry_out_line(pk, disposal.confirmed_by)
    Disposal.objects.filter(pk=disposal_id, finished_at=None).update(finished_at=timezone.now())


@transaction.atomic
def carry_out_line(pk: int, by: User) -> None:
    """Destroy one line of an order, unless it is not due any more or something holds it by now; then it stays, and says
    why. Nobody holds anything of the candidate meanwhile, or enrols them."""
    line = DisposalLine.objects.select_related("disposal__centre", "candidate", "enrolment").get(pk=pk)
    lock(Enrolment.objects.filter(candidate=line.candidate_id).values_list("pk", flat=True))
    CandidateRecord.objects.select_for_update().get(pk=line.candidate_id)
    if not DisposalLine.objects.select_for_update().filter(pk=pk, done_at=None).exists():
        return
    at, kept_because = timezone.now(), held_now(line)
    if not kept_because:
        destroy(line, by, at)
    line.done_at, line.kept_because = at, kept_because
    line.save(update_fields=["done_at", "kept_because", "index"])
    details: dict[str, JSON] = {
        "disposal": line.disposal_id,
        "record_class": line.record_class,
        "under": line.under,
        "number": len(line.index),
        "kept_because": kept_because,
    }
    centre = line.disposal.centre
    subject = line.enrolment or line.candidate
    audit.record(verb=DESTROYED, by=by, at=at, subject=subject, centre=centre, details=details)


def held_now(line: DisposalLine) -> str:
    """Why it stays after all: it is not due any more, or what holds it since it was asked for. Empty where it goes.

    What was due when it was asked for has to be so by the schedule and the record of today. The candidate is locked.
    """
    centre, asked_on = line.disposal.centre, timezone.localdate(line.disposal.asked_at)
    key = key_of(line.record_class, line.enrolment_id, line.candidate_id)
    due = over_by(centre, asked_on, ended_units(centre, candidate=line.candidate_id))
    return next((row.held for row in due if row.key == key), NOT_DUE)


def destroy(line: DisposalLine, by: User, at: datetime.datetime) -> None:
    """Destroy what is left of it, and write its index down as it truly went."""
    match line.record_class:
        case RecordClass.FILES:
            destroy_files(line, by, at)
        case RecordClass.DETAILS:
            number = erased(line, UNIT, line.enrolment_id, by, at)
            line.index = [{"lines": number}]
        case RecordClass.NUMBERS:
            destroy_numbers(line, by, at)


def destroy_files(line: DisposalLine, by: User, at: datetime.datetime) -> None:
    """The bytes of every file that goes, by the shredder, which spares those that another record shows."""
    if line.enrolment_id is None:
        return
    files = files_of(line.disposal.centre, [line.enrolment_id]).get(line.enrolment_id, [])
    going = [file for file in files if not file.stays]
    rows = EvidenceFile.objects.filter(pk__in=[file.pk for file in going], disposed_at=None, destroyed_at=None)
    rows.update(disposed_at=at, disposed_under=line.under)
    line.index = [file.index for file in going]
    reason = f"{reason_of(line.disposal)} {line.under}"
    for stored in StoredFile.objects.filter(pk__in={file.stored_id for file in going}).order_by("pk"):
        shredder.order(stored=stored, reason=reason, by=by, at=at)


def destroy_numbers(line: DisposalLine, by: User, at: datetime.datetime) -> None:
    """The candidate's numbers and place of work, and what the book says of them. The name stays: it signed."""
    candidate = CandidateRecord.objects.get(pk=line.candidate_id)
    line.index = [{"what": name} for name in filled_numbers(candidate)]
    CandidateRecord.objects.filter(pk=candidate.pk).update(**dict.fromkeys(NUMBERS, ""))
    erased(line, CANDIDATE, candidate.pk, by, at)


def erased(line: DisposalLine, kind: str, pk: int | None, by: User, at: datetime.datetime) -> int:
    """The details of the lines about a record, for good. Returns how many there were."""
    ids = lines_about(line.disposal.centre, kind, [pk] if pk else []).values_list("pk", flat=True)
    return audit.erase(ids, reason=f"{reason_of(line.disposal)} {line.under}", by=by, at=at)


@transaction.atomic
def requeue_lost(*, at: datetime.datetime) -> int:
    """Ask again for every order whose worker was lost. Returns how many."""
    lost = Disposal.objects.filter(leases.lost("confirmed_at", at, LOST_AFTER), finished_at=None)
    ids = list(lost.values_list("pk", flat=True))
    for disposal_id in ids:
        jobs.destroy_records.enqueue(disposal_id)
    return len(ids)
