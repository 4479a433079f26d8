"""Columns of a table of people that enrol them: the units, and who works on them. See portfolio/importing.py.

What is checked beforehand is what can be told before the candidate is there; the verb has the last word.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from assessments.actions.enrolment import LONGEST_COHORT, enrol
from assessments.allocating import HOLDS, Colleague, team_refusals
from assessments.enums import AllocatedAs, UnitStatus
from assessments.models import Enrolment
from assessments.queries.allocation import colleagues
from assessments.queries.office import units_offered
from portfolio.columns import KnownColumn, plain
from portfolio.matching import Change, Plan
from portfolio.models import CandidateRecord, Centre, StaffRecord, User
from portfolio.people_rows import PersonRow, read_day
from portfolio.refusal import Refusal
from units.models import Unit

UNITS, STARTS, TARGET, COHORT = "units", "starts_on", "target_on", "cohort"
PARTS = {part.value: part for part in AllocatedAs}
COLUMNS = (
    KnownColumn(UNITS, "Units", ("unit", "unit code", "unit codes", "enrol on"), "CC16; CC32",
                "Codes of the units to enrol a candidate on, with semicolons between."),
    KnownColumn("assessor", "Assessor", ("assessor e-mail", "assessor name"), "ann.lee@example.org",
                "Name or e-mail address of somebody on the staff."),
    KnownColumn("countersigner", "Countersigner", ("second assessor",), "",
                "Needed where the assessor holds no assessor’s award yet."),
    KnownColumn("verifier", "Internal verifier", ("verifier", "iv", "iqa", "internal quality assurer"),
                "vic.moss@example.org"),
    KnownColumn(STARTS, "Starts on", ("start", "start date"), "2026-09-14", "Today where it is left empty."),
    KnownColumn(TARGET, "Target date", ("target", "planned end date", "end date"), "2027-06-30"),
    KnownColumn(COHORT, "Cohort", ("group", "intake", "class"), "Autumn 2026",
                "Who goes through together, as the centre calls them."),
)  # fmt: skip
FIELDS = frozenset(column.field for column in COLUMNS)


@dataclass(frozen=True)
class Office:
    """What a centre can enrol on, and whom it can name."""

    units: Mapping[str, Unit]
    staff: Mapping[str, User]
    several: frozenset[str]
    names: Mapping[int, str]
    people: Mapping[int, Colleague]


@dataclass(frozen=True)
class Wanted:
    """What a row asks for, as far as it can be read."""

    units: list[Unit]
    team: dict[AllocatedAs, User | None]
    starts_on: datetime.date
    target_on: datetime.date | None
    cohort: str


class Allocations:
    """The columns as portfolio/importing.py asks for them."""

    columns = COLUMNS

    def check(self, centre: Centre, plans: Sequence[Plan], day: datetime.date) -> None:
        """Say of each row what its columns would do, or why they cannot. Six queries, however many rows."""
        asking = [plan for plan in plans if FIELDS & set(plan.row.values)]
        if not asking:
            return
        office = office_of(centre, day)
        taken = taken_by(plan.subject for plan in asking)
        for plan in asking:
            if plan.row.is_staff:
                for name in sorted(FIELDS & set(plan.row.values)):
                    plan.refuse(name, "Staff are enrolled on nothing: leave it empty.")
                continue
            wanted = wanted_by(plan.row, office, day)
            here = taken[plan.subject.pk] if isinstance(plan.subject, CandidateRecord) else set()
            new = [unit for unit in wanted.units if unit.pk not in here]
            if new:
                check_team(plan, wanted, office, centre)
            plan.changes += [change_of(unit, wanted, office) for unit in new]

    def take(self, *, candidate: CandidateRecord, row: PersonRow, by: User, at: datetime.datetime, **act: Any) -> None:
        """Enrol the candidate on each unit of the row that they do not take yet. Raises Refusal with the reasons."""
        if not FIELDS & set(row.values):
            return
        day = timezone.localdate(at)
        wanted = wanted_by(row, office_of(candidate.centre, day), day)
        assessor, verifier = wanted.team[AllocatedAs.ASSESSOR], wanted.team[AllocatedAs.VERIFIER]
        if row.problems or assessor is None or verifier is None:
            raise Refusal([sentence for _, sentence in row.problems] or ["Name an assessor and a verifier."])
        here = taken_by([candidate])[candidate.pk]
        for unit in wanted.units:
            if unit.pk not in here:
                enrol(
                    candidate=candidate,
                    unit=unit,
                    assessor=assessor,
                    verifier=verifier,
                    countersigner=wanted.team[AllocatedAs.COUNTERSIGNER],
                    started_on=wanted.starts_on,
                    target_on=wanted.target_on,
                    cohort=wanted.cohort,
                    by=by,
                    at=at,
                    **act,
                )


allocations = Allocations()


# --- inside ----------------------------------------------------------------------------------------------------------


def office_of(centre: Centre, day: datetime.date) -> Office:
    """Four queries."""
    units: dict[str, Unit] = {}
    for unit in units_offered(centre):
        units |= {plain(code): unit for code in (unit.short_code, unit.key, unit.body_unit_number) if code}
    records = list(StaffRecord.objects.filter(centre=centre).select_related("user"))
    staff: dict[str, User] = {record.user.email.lower(): record.user for record in records}
    several = set()
    for record in records:
        name = record.name.casefold()
        if staff.setdefault(name, record.user) != record.user:
            several.add(name)
    people = colleagues([record.user for record in records], centre.pk, day)
    return Office(units, staff, frozenset(several), {row.user_id: row.name for row in records}, people)


def taken_by(subjects: Iterable[object]) -> dict[int, set[int]]:
    """The units that each candidate takes already, by candidate. One query."""
    ids = [subject.pk for subject in subjects if isinstance(subject, CandidateRecord)]
    found: dict[int, set[int]] = defaultdict(set)
    rows = Enrolment.objects.filter(candidate__in=ids).exclude(status=UnitStatus.WITHDRAWN)
    for candidate_id, unit_id in rows.order_by().values_list("candidate_id", "unit_id"):
        found[candidate_id].add(unit_id)
    return found


def wanted_by(row: PersonRow, office: Office, day: datetime.date) -> Wanted:
    """What a row's columns ask for, with what is wrong with them among its problems."""
    units: list[Unit] = []
    for code in re.split(r"[;,]", row.values.get(UNITS, "")):
        unit = office.units.get(plain(code)) if code.strip() else None
        if code.strip() and unit is None:
            row.problems.append((UNITS, f"“{code.strip()}” is no unit that the centre may offer."))
        elif unit and unit not in units:
            units.append(unit)
    team = {part: somebody(row, name, office) for name, part in PARTS.items()}
    if not row.values.get(UNITS):
        row.problems.append((UNITS, "Say which units: without them nobody works on anything."))
    for name in ("assessor", "verifier"):
        if row.values.get(UNITS) and not row.values.get(name):
            row.problems.append((name, f"A unit needs its {PARTS[name].label.lower()} named before it starts."))
    starts, target = day_of(row, STARTS) or day, day_of(row, TARGET)
    if target and target < starts:
        row.problems.append((TARGET, "The target date cannot be before the start."))
    cohort = row.values.get(COHORT, "")
    if len(cohort) > LONGEST_COHORT:
        row.problems.append((COHORT, f"The name of a cohort has {LONGEST_COHORT} letters at most."))
    return Wanted(units, team, starts, target, cohort)


def somebody(row: PersonRow, name: str, office: Office) -> User | None:
    said = row.values.get(name, "").casefold()
    if said in office.several:
        row.problems.append((name, f"Several on the staff are called “{row.values[name]}”: give the e-mail address."))
        return None
    found = office.staff.get(said) if said else None
    if said and found is None:
        row.problems.append((name, f"“{row.values[name]}” is nobody on the staff."))
    return found


def day_of(row: PersonRow, name: str) -> datetime.date | None:
    said = row.values.get(name, "")
    found = read_day(said) if said else None
    if said and found is None:
        row.problems.append((name, f"“{said}” is not a day: write it like 2026-09-14 or 14/09/2026."))
    return found


def check_team(plan: Plan, wanted: Wanted, office: Office, centre: Centre) -> None:
    """Whether these people may work on units of this candidate together, named as the centre calls them."""
    parts = {part: colleague(user, office) for part, user in wanted.team.items()}
    if not parts[AllocatedAs.ASSESSOR] or not parts[AllocatedAs.VERIFIER]:
        return
    own = plan.subject.user_id if plan.subject else own_of(plan.row, office)
    for sentence in team_refusals(str(centre), own, parts, list(HOLDS)):
        plan.refuse(UNITS, sentence)


def own_of(row: PersonRow, office: Office) -> int:
    """The candidate's own sign-in where they are on the staff as well; else nobody's."""
    staff = office.staff.get(row.email)
    return staff.pk if staff else 0


def colleague(user: User | None, office: Office) -> Colleague | None:
    found = office.people.get(user.pk) if user else None
    if found is None:
        return None
    return Colleague(found.user_id, office.names[found.user_id], found.roles, found.qualified, found.aimed_at)


def change_of(unit: Unit, wanted: Wanted, office: Office) -> Change:
    """In words: which unit, and who works on it."""
    named = [f"{part.label.lower()} {office.names[user.pk]}" for part, user in wanted.team.items() if user]
    cohort = f", cohort {wanted.cohort}" if wanted.cohort else ""
    return (UNITS, "enrolled on", "", f"{unit.short_code} ({', '.join(named)}{cohort})")
