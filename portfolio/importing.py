"""People brought in from a table: sent, checked by a worker, looked at, and taken by a worker.

Nothing of anybody is written before it is taken. Each row is then taken by the verbs the pages use, in a transaction
with the row's own mark, with one act_id over all: so a worker that is killed is gone on with where it stopped, and no
row is ever taken twice. Rows go through the same checks again, for the centre may have changed meanwhile.
"""

import datetime
import logging
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from portfolio import actions, audit, leases, vault
from portfolio.actions.checks import refuse_strangers, take_turns
from portfolio.canonical import JSON
from portfolio.columns import PEOPLE, KnownColumn, recognise
from portfolio.enums import ImportStatus, Language, RowState
from portfolio.jobs import read_people, take_people
from portfolio.matching import Further, Plan, known_at, planned, problems_of, role_called, settled
from portfolio.models import CandidateRecord, Centre, ImportedRow, PeopleImport, StaffRecord, User
from portfolio.people_rows import PersonRow, person_row
from portfolio.refusal import Refusal
from portfolio.sheets import MOST_BYTES, Row, rows_of

log = logging.getLogger(__name__)

SLICE = 250
KEPT_FOR = datetime.timedelta(days=30)
LOST_AFTER = datetime.timedelta(minutes=5)
TAKEN_ALREADY = "This table is being taken already, or was."
FAULT = "A fault on the server stopped this; it has been noted. Nothing was done by halves: go on, or send it again."
CHANGED_SINCE = "This was changed since the table was checked: it says “{now}” now."

_further: list[str] = []


def extended_by(dotted_path: str) -> None:
    """Say which columns a floor above adds: the path of a `Further`, given from its AppConfig.ready."""
    if dotted_path not in _further:
        _further.append(dotted_path)


def further() -> list[Further]:
    return [cast(Further, import_string(path)) for path in _further]


def known_columns() -> tuple[KnownColumn, ...]:
    """Every column that is read, in the order of the template."""
    return (*PEOPLE, *(column for floor in further() for column in floor.columns))


# --- sent, looked at, thrown away ------------------------------------------------------------------------------------


@transaction.atomic
def begin(*, centre: Centre, content: bytes, name: str, by: User, at: datetime.datetime) -> PeopleImport:
    """Keep a table that somebody sends until a worker has read it. Raises Refusal for one that is too large."""
    refuse_strangers(by, centre, at)
    name = vault.safe_name(name)
    if len(content) > MOST_BYTES:
        raise Refusal([f"“{name}” is larger than 5 MB, the most such a table may have. Split it, and send the parts."])
    sent = PeopleImport.objects.create(centre=centre, by=by, file_name=name, content=content, sent_at=at)
    audit.record(verb="send people", by=by, at=at, subject=sent, centre=centre, details={"file": name})
    read_people.enqueue(sent.pk)
    return sent


@transaction.atomic
def choose(*, people_import: PeopleImport, shown: Sequence[int] | None, wanted: Sequence[int] | None) -> None:
    """Which changes are to be taken: of those shown on a page the ticked ones; all, or none, where nothing is shown.

    Raises Refusal once the table is being taken: what was ticked by then is what is taken.
    """
    if not PeopleImport.objects.select_for_update().filter(pk=people_import.pk, status=ImportStatus.CHECKED).exists():
        raise Refusal([TAKEN_ALREADY])
    changes = people_import.rows.filter(state=RowState.CHANGE)
    if shown is None:
        changes.update(wanted=wanted is None)
    else:
        changes.filter(pk__in=shown).update(wanted=False)
        changes.filter(pk__in=[pk for pk in wanted or () if pk in set(shown)]).update(wanted=True)


@transaction.atomic
def take(*, people_import: PeopleImport, send: bool, by: User, at: datetime.datetime) -> PeopleImport:
    """Have everybody new, and the changes that were ticked, taken by a worker. Raises Refusal where there is nobody."""
    refuse_strangers(by, people_import.centre, at)
    PeopleImport.objects.select_for_update().get(pk=people_import.pk)
    wanted = to_take(people_import).count()
    if not wanted:
        raise Refusal(["There is nothing to take: nobody in the table is new, and no change is ticked."])
    act = {"act_id": uuid.uuid4(), "taken_by": by, "taken_at": at, "send": send}
    checked = PeopleImport.objects.filter(pk=people_import.pk, status=ImportStatus.CHECKED)
    if not checked.update(status=ImportStatus.TAKING, started_at=None, total=wanted, done=0, **act):
        raise Refusal([TAKEN_ALREADY])
    people_import.refresh_from_db()
    details: dict[str, JSON] = {"file": people_import.file_name, "rows": wanted, "send": send}
    audit.record(
        verb="take people",
        by=by,
        at=at,
        subject=people_import,
        centre=people_import.centre,
        details=details,
        act_id=people_import.act_id,
    )
    take_people.enqueue(people_import.pk)
    return people_import


@transaction.atomic
def throw_away(*, people_import: PeopleImport, by: User, at: datetime.datetime) -> None:
    """Forget a table of which nothing was taken, and all its rows."""
    refuse_strangers(by, people_import.centre, at)
    idle = [ImportStatus.CHECKED, ImportStatus.REFUSED, ImportStatus.READING]
    found = PeopleImport.objects.select_for_update().filter(pk=people_import.pk, status__in=idle).first()
    if found is None:
        raise Refusal(["Of this table people were taken: it goes by itself after thirty days."])
    audit.record(
        verb="throw people away", by=by, at=at, subject=found, centre=found.centre, details={"file": found.file_name}
    )
    found.rows.all().delete()
    found.delete()


def sweep(now: datetime.datetime) -> int:
    """Remove tables, and what they said of people, that have been kept long enough. Returns how many."""
    old = PeopleImport.objects.filter(sent_at__lt=now - KEPT_FOR).exclude(status=ImportStatus.TAKING, problem="")
    with transaction.atomic():
        ImportedRow.objects.filter(people_import__in=old).delete()
        return old.delete()[0]


def is_lost(people_import: PeopleImport, now: datetime.datetime) -> bool:
    """Whether the worker on it must have been killed, or could not go on."""
    if people_import.status not in (ImportStatus.READING, ImportStatus.TAKING):
        return False
    if people_import.problem:
        return True
    last = people_import.started_at or people_import.taken_at or people_import.sent_at
    return leases.is_lost(last, now, LOST_AFTER)


def go_on(people_import: PeopleImport) -> None:
    """Put a table whose worker was lost before another one, unless somebody has done that meanwhile."""
    seen = {"status": people_import.status, "started_at": people_import.started_at}
    if not PeopleImport.objects.filter(pk=people_import.pk, **seen).update(started_at=None, problem=""):
        return
    job = take_people if people_import.status == ImportStatus.TAKING else read_people
    job.enqueue(people_import.pk)


def requeue_lost(*, at: datetime.datetime) -> int:
    """Go on with every table whose worker was killed; one that met a fault waits for a person. Returns how many."""
    busy = PeopleImport.objects.filter(status__in=[ImportStatus.READING, ImportStatus.TAKING], problem="")
    lost = [row for row in busy.defer("content") if is_lost(row, at)]
    for people_import in lost:
        go_on(people_import)
    return len(lost)


# --- the worker: checking --------------------------------------------------------------------------------------------


def read(import_id: int) -> None:
    """Read and check a table that was sent. Run again, it begins anew; whoever comes second does nothing."""
    if not claimed(import_id, ImportStatus.READING):
        return
    sent = PeopleImport.objects.select_related("centre").get(pk=import_id)
    reading = PeopleImport.objects.filter(pk=import_id, status=ImportStatus.READING)
    try:
        sent.rows.all().delete()
        fill(sent, list(rows_of(bytes(sent.content or b""), sent.file_name)))
        reading.update(status=ImportStatus.CHECKED, content=None, started_at=None)
    except Refusal as refusal:
        sent.rows.all().delete()
        problem = " ".join(refusal.sentences)
        reading.update(status=ImportStatus.REFUSED, content=None, problem=problem, started_at=None)
    except Exception:
        log.exception("Table %s could not be read", import_id)
        reading.update(problem=FAULT)


def fill(sent: PeopleImport, sheet: list[Row]) -> None:
    """The rows with what each would do, a slice at a time, so that somebody can see it grow."""
    if not sheet:
        raise Refusal([f"“{sent.file_name}” is empty."])
    columns = known_columns()
    found = recognise(sheet[0].cells, columns)
    if len(sheet) == 1:
        raise Refusal(["The table has headings and no rows below them."])
    here = PeopleImport.objects.filter(pk=sent.pk)
    here.update(total=len(sheet) - 1, done=0, fields=list(found.places), unknown=found.unknown)
    today = timezone.localdate()
    known, floors = known_at(sent.centre, today), further()
    rows = [person_row(row.number, row.cells, found.places) for row in sheet[1:]]
    plans = planned(rows, known)
    for start in range(0, len(plans), SLICE):
        part = plans[start : start + SLICE]
        for floor in floors:
            floor.check(sent.centre, part, today)
        ImportedRow.objects.bulk_create(imported(sent, settled(plan)) for plan in part)
        here.update(done=start + len(part), started_at=timezone.now())


def imported(sent: PeopleImport, plan: Plan) -> ImportedRow:
    row = plan.row
    return ImportedRow(
        people_import=sent,
        number=row.number,
        name=row.name or (str(plan.subject) if plan.subject else ""),
        email=(row.email or row.values.get("email", ""))[:254],
        values=row.values,
        state=plan.state,
        problems=problems_of(plan),
        changes=plan.changes,
        wanted=plan.state == RowState.NEW,
        subject_id=plan.subject.pk if plan.subject else None,
    )


# --- the worker: taking ----------------------------------------------------------------------------------------------


def to_take(people_import: PeopleImport) -> QuerySet[ImportedRow]:
    """Rows that are wanted and not taken yet."""
    return people_import.rows.filter(Q(state=RowState.NEW) | Q(state=RowState.CHANGE), wanted=True)


def take_all(import_id: int) -> None:
    """Take every wanted row. Run again, it goes on where it stopped; whoever comes second does nothing."""
    if not claimed(import_id, ImportStatus.TAKING):
        return
    taking = PeopleImport.objects.select_related("centre", "taken_by").defer("content").get(pk=import_id)
    here = PeopleImport.objects.filter(pk=import_id, status=ImportStatus.TAKING)
    try:
        for part in slices(taking):
            for row in part:
                take_one(taking, row)
            here.update(done=taking.total - to_take(taking).count(), started_at=timezone.now())
        here.update(status=ImportStatus.TAKEN, done=taking.total)
    except Exception:
        log.exception("People could not be taken from table %s", import_id)
        here.update(problem=FAULT)


def slices(taking: PeopleImport) -> Iterator[list[ImportedRow]]:
    """What is still to be taken, some rows at a time: each time the first of those left."""
    while part := list(to_take(taking).order_by("number")[:50]):
        yield part


def take_one(taking: PeopleImport, row: ImportedRow) -> None:
    """One row by its verbs, with its mark; or, where they refuse, the reasons beside it."""
    clean = person_row(row.number, list(row.values.values()), {name: i for i, name in enumerate(row.values)})
    act = {"by": cast(User, taking.taken_by), "at": timezone.now(), "act_id": taking.act_id}
    try:
        with transaction.atomic():
            take_turns(taking.centre)
            if not to_take(taking).select_for_update(of=("self",)).filter(pk=row.pk).exists():
                return
            is_new = row.state == RowState.NEW
            taken = take_new(taking, clean, act) if is_new else take_change(row, clean, act)
            if isinstance(taken, CandidateRecord):
                for floor in further():
                    floor.take(candidate=taken, row=clean, **act)
            ImportedRow.objects.filter(pk=row.pk).update(state=RowState.TAKEN, subject_id=taken.pk)
    except Refusal as refusal:
        problems = [("", sentence) for sentence in refusal.sentences]
        ImportedRow.objects.filter(pk=row.pk).update(state=RowState.BAD, problems=problems, wanted=False)


def take_new(taking: PeopleImport, row: PersonRow, act: dict[str, Any]) -> CandidateRecord | StaffRecord:
    clean = {name: value for name, value in row.clean.items() if name in INVITED_WITH[row.is_staff]}
    words = {"centre": taking.centre, "email": row.email, "send": taking.send, **clean, **act}
    if row.is_staff:
        return actions.invite_staff(name=row.name, roles=row.roles, **words)
    return actions.invite_candidate(legal_name=row.name, **with_day(words))


INVITED_WITH = {
    True: {"job_title"},
    False: {"known_as", "centre_reference", "candidate_number", "uln", "scn", "uci", "language", "workplace",
            "registered_on"},
}  # fmt: skip


def take_change(row: ImportedRow, clean: PersonRow, act: dict[str, Any]) -> CandidateRecord | StaffRecord:
    """What was shown as old → new, and nothing else. Raises Refusal where the old is another by now."""
    columns = [(name, old, new) for name, _, old, new in row.changes]
    subject_id = cast(int, row.subject_id)
    if clean.is_staff:
        staff = StaffRecord.objects.select_related("centre", "user").get(pk=subject_id)
        words = {"name": staff.name, "job_title": staff.job_title}
        written = {name: new for name, old, new in columns if name in words and unchanged(old, words[name])}
        if written:
            actions.edit_staff(staff=staff, **{**words, **written}, **act)
        for role in [role_called(new) for name, _, new in columns if name == "roles"]:
            actions.grant_role(
                centre=staff.centre, user=staff.user, role=role, starts_on=timezone.localdate(act["at"]), **act
            )
        return staff
    candidate = CandidateRecord.objects.select_related("centre", "user").get(pk=subject_id)
    now = {name: getattr(candidate, name) for name in ("legal_name", *INVITED_WITH[False])}
    values = {"legal_name": clean.name, **clean.clean}
    written = {}
    for name, old, _ in columns:
        if name in now:
            unchanged(old, Language(now[name]).label if name == "language" else now[name])
            written[name] = values[name]
    if written:
        actions.edit_candidate(candidate=candidate, **with_day({**now, **written}), **act)
    return candidate


def unchanged(old: str, now: object) -> bool:
    """Raises Refusal unless the record still says what it said when the table was checked."""
    if old != str(now or ""):
        raise Refusal([CHANGED_SINCE.format(now=now)])
    return True


def with_day(words: dict[str, Any]) -> dict[str, Any]:
    """A day as a day: rows keep texts."""
    said = words.get("registered_on")
    return {**words, "registered_on": datetime.date.fromisoformat(said)} if isinstance(said, str) else words


def claimed(import_id: int, status: ImportStatus) -> bool:
    """Whether this worker is the one to do it now."""
    waiting = PeopleImport.objects.filter(pk=import_id, status=status, started_at=None)
    return bool(waiting.update(started_at=timezone.now(), problem=""))
