"""Whom the rows of a table mean: somebody new, somebody the centre knows, or nobody that can be told. It only reads.

People are matched within the centre alone, by e-mail, ULN, SCN or the centre's own reference. What other centres know
of an address is never told.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from portfolio.columns import KnownColumn
from portfolio.enums import Language, Role, RowState
from portfolio.models import CandidateRecord, Centre, RoleGrant, StaffRecord
from portfolio.people_rows import OF_CANDIDATES, PersonRow, Problem

KEYS = ("email", "uln", "scn", "centre_reference")
"""What a candidate is known by. Staff are known by their e-mail."""
CALLED = {"email": "e-mail", "uln": "ULN", "scn": "SCN", "centre_reference": "own reference"}

Change = tuple[str, str, str, str]
"""A field, what it is called, what it was, and what it becomes."""


@dataclass
class Plan:
    """What a row would do."""

    row: PersonRow
    state: RowState = RowState.NEW
    subject: CandidateRecord | StaffRecord | None = None
    changes: list[Change] = field(default_factory=list)

    def refuse(self, name: str, sentence: str) -> None:
        self.row.problems.append((name, sentence))


class Further(Protocol):
    """Columns of a floor above: what they are, what is wrong with them, and what they would do."""

    columns: tuple[KnownColumn, ...]

    def check(self, centre: Centre, plans: Sequence[Plan], day: datetime.date) -> None:
        """Add problems and changes to the plans."""

    def take(self, **act: Any) -> None:
        """Do what a row's columns say for the candidate."""


@dataclass(frozen=True)
class Known:
    """Everybody of a centre, by what they are known by."""

    candidates: Mapping[str, Mapping[str, CandidateRecord]]
    staff: Mapping[str, StaffRecord]
    roles: Mapping[int, set[str]]
    several: frozenset[str]


def known_at(centre: Centre, day: datetime.date) -> Known:
    """Three queries, whatever the table holds."""
    candidates: dict[str, dict[str, CandidateRecord]] = {key: {} for key in KEYS}
    references: Counter[str] = Counter()
    for record in CandidateRecord.objects.filter(centre=centre).select_related("user"):
        for key in KEYS:
            if said := key_of(record, key):
                candidates[key][said] = record
        references[record.centre_reference.casefold()] += 1
    roles: dict[int, set[str]] = {}
    for user_id, role in RoleGrant.objects.ending_from(day).filter(centre=centre).values_list("user_id", "role"):
        roles.setdefault(user_id, set()).add(role)
    staff = {row.user.email.lower(): row for row in StaffRecord.objects.filter(centre=centre).select_related("user")}
    return Known(candidates, staff, roles, frozenset(word for word, times in references.items() if times > 1))


def planned(rows: Iterable[PersonRow], known: Known) -> list[Plan]:
    """What each row would do, with everything that is wrong with it."""
    seen: dict[tuple[str, str, str], int] = {}
    return [planned_row(row, known, seen) for row in rows]


def settled(plan: Plan) -> Plan:
    """The plan with its state, once every floor has said its word."""
    if plan.row.problems:
        plan.state = RowState.BAD
    elif plan.subject is None:
        plan.state = RowState.NEW
    else:
        plan.state = RowState.CHANGE if plan.changes else RowState.SAME
    return plan


# --- inside ----------------------------------------------------------------------------------------------------------


def key_of(record: CandidateRecord, key: str) -> str:
    said = record.user.email if key == "email" else getattr(record, key)
    return str(said).casefold()


def planned_row(row: PersonRow, known: Known, seen: dict[tuple[str, str, str], int]) -> Plan:
    plan = Plan(row)
    twice(plan, seen)
    before = len(row.problems)
    plan.subject = known.staff.get(row.email) if row.is_staff else candidate_meant(plan, known)
    if plan.subject is None and len(row.problems) > before:
        return plan
    if plan.subject is None:
        wanted = (("email", "An e-mail address is missing."), ("name", "The name is missing."))
        for name, sentence in wanted:
            if name not in row.clean and not any(found == name for found, _ in row.problems):
                plan.refuse(name, sentence)
    elif isinstance(plan.subject, CandidateRecord):
        plan.changes += candidate_changes(row, plan.subject)
    else:
        plan.changes += staff_changes(row, plan.subject, known.roles.get(plan.subject.user_id, set()))
    return plan


def twice(plan: Plan, seen: dict[tuple[str, str, str], int]) -> None:
    """Nobody stands in a table twice."""
    kind = "staff" if plan.row.is_staff else "candidate"
    for key in KEYS:
        said = str(plan.row.clean.get(key, "")).casefold()
        if not said:
            continue
        first = seen.setdefault((kind, key, said), plan.row.number)
        if first != plan.row.number:
            plan.refuse(key, f"Row {first} has the same {CALLED[key]}. One row for each person.")


def candidate_meant(plan: Plan, known: Known) -> CandidateRecord | None:
    """The one candidate that all the row's keys lead to; where they lead to several, that is what is wrong."""
    found: dict[int, tuple[str, CandidateRecord]] = {}
    for key in KEYS:
        said = str(plan.row.clean.get(key, "")).casefold()
        if key == "centre_reference" and said in known.several:
            continue  # a reference that several have tells nobody apart
        record = known.candidates[key].get(said) if said else None
        if record is not None:
            found.setdefault(record.pk, (key, record))
    if len(found) > 1:
        (first, one), (second, other) = list(found.values())[:2]
        plan.refuse(
            second, f"The {CALLED[first]} is that of {one.name}, but the {CALLED[second]} is that of {other.name}."
        )
        return None
    meant = next((record for _, record in found.values()), None)
    if meant and plan.row.email and plan.row.email != meant.user.email.lower():
        plan.refuse(
            "email",
            f"The row is of {meant.name}, who signs in as {meant.user.email}. A sign-in changes hands with nobody but "
            "its owner: put that address here, or leave it empty.",
        )
    return meant


def candidate_changes(row: PersonRow, record: CandidateRecord) -> list[Change]:
    names = {"name": "legal_name", **dict.fromkeys(OF_CANDIDATES)}
    found = []
    for name, column in names.items():
        if name not in row.clean:
            continue
        new, field_name = str(row.clean[name]), column or name
        old = str(getattr(record, field_name) or "")
        if new != old:
            called = str(CandidateRecord._meta.get_field(field_name).verbose_name)  # type: ignore[union-attr]
            found.append((field_name, called, *shown(field_name, old, new)))
    return found


def shown(name: str, old: str, new: str) -> tuple[str, str]:
    """Both as people read them."""
    return (Language(old).label, Language(new).label) if name == "language" else (old, new)


def staff_changes(row: PersonRow, record: StaffRecord, held: set[str]) -> list[Change]:
    found: list[Change] = []
    for name in ("name", "job_title"):
        old = getattr(record, name)
        if name in row.clean and row.clean[name] != old:
            called = str(StaffRecord._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append((name, called, old, row.clean[name]))
    return found + [("roles", "role from today on", "", role.label) for role in row.roles if role not in held]


def role_called(label: str) -> Role:
    """The role behind its name."""
    return next(role for role in Role if role.label == label)


def problems_of(plan: Plan) -> list[Problem]:
    """Without saying the same twice."""
    return list(dict.fromkeys(plan.row.problems))
