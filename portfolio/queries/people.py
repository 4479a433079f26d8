"""Questions about people: each page's data in a fixed number of queries, as frozen dataclasses."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from portfolio.compiled import Listed, compiled
from portfolio.enums import Role
from portfolio.models import (
    AuditEvent,
    CandidateRecord,
    Centre,
    OutgoingMessage,
    RoleGrant,
    StaffQualification,
    StaffRecord,
    User,
)
from portfolio.numbers import candidate_number_warnings, uci_warnings
from portfolio.rules import STAFF_ROLES, is_qualified

PER_PAGE = 50
LONGEST_HISTORY = 100
DUE_SOON = 60
"""So many days before an award is to be held, administrators are told."""
MOST_DUE = 20


def holds_award(user: User, centre: Centre, role: Role, day: datetime.date) -> bool:
    """Whether the centre has an award on record that qualified the person for the role on that day. One query."""
    return is_qualified(StaffQualification.objects.filter(staff__user=user, staff__centre=centre), role, day)


def is_qualified_to_assess(user: User, centre: Centre, day: datetime.date) -> bool:
    """Whether the person's decisions as an assessor stood alone on that day, without a countersignature."""
    return holds_award(user, centre, Role.ASSESSOR, day)


def is_qualified_to_verify(user: User, centre: Centre, day: datetime.date) -> bool:
    """Whether the person was a qualified internal verifier on that day."""
    return holds_award(user, centre, Role.INTERNAL_VERIFIER, day)


def names_at(centre: Centre, users: Iterable[int]) -> dict[int, str]:
    """What the centre calls these people: the name on the staff record first. One query."""
    wanted = {"centre": centre, "user__in": set(users)}
    shown = Coalesce(NullIf("known_as", Value("")), "legal_name")
    candidates = CandidateRecord.objects.filter(**wanted).order_by().values_list("user_id", shown, Value(0))
    staff = StaffRecord.objects.filter(**wanted).order_by().values_list("user_id", "name", Value(1))
    return {user: name for user, name, _ in sorted(candidates.union(staff, all=True), key=lambda row: row[2])}


def people_of(centre: Centre | int) -> QuerySet[Any]:
    """Users of whom the centre keeps a record, each annotated with the `name` it calls them by."""
    staff = StaffRecord.objects.filter(centre=centre)
    candidates = CandidateRecord.objects.filter(centre=centre)
    shown = Coalesce(NullIf("known_as", Value("")), "legal_name")
    return User.objects.filter(pk__in=users_of(staff, candidates)).annotate(
        name=Coalesce(
            Subquery(staff.filter(user=OuterRef("pk")).values("name")),
            Subquery(candidates.filter(user=OuterRef("pk")).annotate(shown=shown).values("shown")),
        )
    )


def held_back(centre: Centre | int, day: datetime.date) -> QuerySet[User]:
    """Whose invitation was held back, and who holds a role on the day or later."""
    holding = RoleGrant.objects.ending_from(day).filter(centre=centre).values("user")
    candidates = CandidateRecord.objects.filter(centre=centre, invited_at=None)
    staff = StaffRecord.objects.filter(centre=centre, invited_at=None)
    return User.objects.filter(pk__in=users_of(candidates, staff)).filter(pk__in=holding)


def users_of(*records: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The ids of the people whose records these are, as one list: of two, all users would be looked through."""
    first, *further = (rows.order_by().values("user") for rows in records)
    return first.union(*further)


@dataclass(frozen=True)
class Person:
    """Somebody, as one centre knows them."""

    centre: Centre
    user: User
    name: str


def person_at(centre: Centre, handle: str) -> Person:
    """A person the centre keeps a record of. Raises User.DoesNotExist for everybody else."""
    user = _person.first(centre.pk, handle)
    if user is None:
        raise User.DoesNotExist
    return Person(centre, user, user.name)


@compiled
def _person(centre_id: int, handle: str) -> QuerySet[Any]:
    return people_of(centre_id).filter(handle=handle)


@dataclass(frozen=True)
class PersonLine:
    """One line of the list of people."""

    handle: str
    name: str
    email: str
    roles: list[str]


@dataclass(frozen=True)
class AwardDue:
    """An award that somebody on the staff was to hold by a day that has passed, or is near."""

    handle: str
    name: str
    award: str
    target_on: datetime.date
    passed: bool


AWARD_TOLD = ("kind", "target_on", "achieved_on", "staff__name", "staff__user__handle")


def awards_due(centre: Centre, day: datetime.date) -> list[AwardDue]:
    """Awards worked towards whose day has passed or is near, the earliest first, of people who hold a role that day.

    Not where another award qualifies the person for the same role already. One query.
    """
    return [
        AwardDue(row.staff.user.handle, row.staff.name, row.get_kind_display(), row.target_on, is_overdue(row, day))
        for row in _awards_due(centre.pk, day, day + datetime.timedelta(days=DUE_SOON))
        if row.target_on
    ]


@compiled
def _awards_due(centre_id: int, day: datetime.date, soon: datetime.date) -> QuerySet[StaffQualification]:
    held = StaffQualification.objects.filter(staff=OuterRef("staff"), role=OuterRef("role"), achieved_on__lte=day)
    working = RoleGrant.objects.on(day).filter(user=OuterRef("staff__user"), centre=centre_id, role__in=STAFF_ROLES)
    due = StaffQualification.objects.filter(
        ~Exists(held),
        Exists(working),
        staff__centre=centre_id,
        achieved_on=None,
        target_on__lt=soon,
    )
    return due.select_related("staff__user").only(*AWARD_TOLD).order_by("target_on", "pk")[:MOST_DUE]


@dataclass(frozen=True)
class PeoplePage:
    """A page of the list, as asked for."""

    centre: Centre
    page: Page[Any]
    lines: list[PersonLine]
    due: list[AwardDue]
    held_back: int


def people_page(centre: Centre, *, search: str, role: Role | None, number: str, day: datetime.date) -> PeoplePage:
    """The people of a centre whose name or address holds the words, and who hold the role that day. Five queries."""
    page: Page[Any] = Paginator(people_found(centre, search, role, day), PER_PAGE).get_page(number)
    lines = lines_of(centre, list(page), day)
    return PeoplePage(centre, page, lines, awards_due(centre, day), _held_back.listed(centre.pk, day).count())


def people_found(centre: Centre, search: str, role: Role | None, day: datetime.date) -> QuerySet[Any] | Listed[Any]:
    """The same people, by name. One query."""
    if not search:
        return _people.listed(centre.pk, role, day)
    legal = CandidateRecord.objects.filter(centre=centre, legal_name__icontains=search)
    named = Q(name__icontains=search) | Q(email__icontains=search) | Q(pk__in=legal.values("user"))
    found: QuerySet[Any] = _people.question(centre.pk, role, day).filter(named)
    return found


def lines_of(centre: Centre, people: Sequence[Any], day: datetime.date) -> list[PersonLine]:
    """People as the list has them, with the roles they hold that day. One query."""
    grants: dict[int, list[RoleGrant]] = defaultdict(list)
    for grant in _grants(centre.pk, [person.pk for person in people], day):
        grants[grant.user_id].append(grant)
    return [PersonLine(one.handle, one.name, one.email, roles_in_order(grants[one.pk])) for one in people]


@compiled
def _people(centre_id: int, role: Role | None, day: datetime.date) -> QuerySet[Any]:
    people = people_of(centre_id)
    if role:
        holding = RoleGrant.objects.on(day).filter(centre=centre_id, role=role)
        people = people.filter(pk__in=holding.values("user"))
    return people.order_by(Lower("name"), "pk")


@compiled
def _grants(centre_id: int, people: list[int], day: datetime.date) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.on(day).filter(centre=centre_id, user__in=people)


@compiled
def _held_back(centre_id: int, day: datetime.date) -> QuerySet[User]:
    return held_back(centre_id, day)


def roles_in_order(grants: Iterable[RoleGrant]) -> list[str]:
    """The names of the roles, in the order of the enum."""
    held = {grant.role for grant in grants}
    return [role.label for role in Role if role in held]


@dataclass(frozen=True)
class GrantLine:
    """A role somebody holds, held, or will hold."""

    grant: RoleGrant
    state: str
    may_end: bool


def grant_line(grant: RoleGrant, day: datetime.date) -> GrantLine:
    """How a grant stands on a day."""
    if grant.ends_on and grant.ends_on < day:
        return GrantLine(grant, "ended", may_end=False)
    if grant.starts_on > day:
        return GrantLine(grant, "to come", may_end=True)
    return GrantLine(grant, "in force", may_end=True)


@dataclass(frozen=True)
class AwardLine:
    """An award of somebody on the staff."""

    award: StaffQualification
    overdue: bool


@dataclass(frozen=True)
class HistoryLine:
    """A line of the audit book about somebody, in words."""

    at: datetime.datetime
    what: str
    who: str


@dataclass(frozen=True)
class PersonPage:
    """All that a centre keeps about one person."""

    person: Person
    candidate: CandidateRecord | None
    staff: StaffRecord | None
    grants: list[GrantLine]
    awards: list[AwardLine]
    letter: OutgoingMessage | None
    history: list[HistoryLine]

    @property
    def is_in(self) -> bool:
        """Whether they took up this centre's invitation, or have signed in since its latest letter.

        Whether they have a password is never asked: that would tell one centre that another knows them.
        """
        if any(line.what == TOLD["accept invitation"] for line in self.history):
            return True
        last = self.person.user.last_login
        return last is not None and self.letter is not None and last >= self.letter.written_at

    @property
    def may_be_invited(self) -> bool:
        """Whether there is anything to invite them to, and they are not in yet."""
        return not self.is_in and any(line.may_end for line in self.grants)

    @property
    def candidate_facts(self) -> list[tuple[str, str]]:
        """The candidate record, label beside value."""
        return candidate_facts(self.candidate) if self.candidate else []

    @property
    def warnings(self) -> list[str]:
        """What looks odd about the candidate's numbers, though it may be right."""
        found = self.candidate
        return candidate_number_warnings(found.candidate_number) + uci_warnings(found.uci) if found else []

    @property
    def staff_facts(self) -> list[tuple[str, str]]:
        """The staff record, label beside value."""
        return [("Name", self.staff.name), ("Job title", self.staff.job_title)] if self.staff else []


def candidate_facts(record: CandidateRecord) -> list[tuple[str, str]]:
    """Names and numbers of a candidate, label beside value."""
    return [
        ("Name as on legal identification", record.legal_name),
        ("Known as", record.known_as),
        ("The centre's own reference", record.centre_reference),
        ("Awarding body's candidate number", record.candidate_number),
        ("Unique learner number", record.uln),
        ("Scottish candidate number", record.scn),
        ("Unique candidate identifier", record.uci),
        ("Language of assessment", record.get_language_display()),
        ("Place of work", record.workplace),
        ("Registered with the awarding body", f"{record.registered_on:%-d %B %Y}" if record.registered_on else ""),
    ]


def roles_on_offer(person: Person) -> list[Role]:
    """The roles for which the centre keeps a record of the person. Two queries."""
    records = {"centre": person.centre, "user": person.user}
    offered = [Role.CANDIDATE] if CandidateRecord.objects.filter(**records).exists() else []
    return offered + (list(STAFF_ROLES) if StaffRecord.objects.filter(**records).exists() else [])


def person_page(person: Person, day: datetime.date) -> PersonPage:
    """One person at one centre. Seven queries."""
    centre, user = person.centre, person.user
    candidate, staff = _candidate.first(centre.pk, user.pk), _staff.first(centre.pk, user.pk)
    grants, awards = _held(centre.pk, user.pk), _awards(centre.pk, user.pk)
    subjects: Subjects = {
        "user": {user.pk: ""},
        "candidaterecord": {candidate.pk: ""} if candidate else {},
        "staffrecord": {staff.pk: ""} if staff else {},
        "rolegrant": {grant.pk: grant.get_role_display() for grant in grants},
        "staffqualification": {award.pk: award.get_kind_display() for award in awards},
    }
    return PersonPage(
        person=person,
        candidate=candidate,
        staff=staff,
        grants=[grant_line(grant, day) for grant in grants],
        awards=[AwardLine(award, is_overdue(award, day)) for award in awards],
        letter=_letter.first(centre.pk, user.email),
        history=history(centre, subjects),
    )


@compiled
def _candidate(centre_id: int, user_id: int) -> QuerySet[CandidateRecord]:
    return CandidateRecord.objects.filter(centre=centre_id, user=user_id)


@compiled
def _staff(centre_id: int, user_id: int) -> QuerySet[StaffRecord]:
    return StaffRecord.objects.filter(centre=centre_id, user=user_id)


@compiled
def _held(centre_id: int, user_id: int) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(centre=centre_id, user=user_id).order_by("-starts_on", "role")


@compiled
def _awards(centre_id: int, user_id: int) -> QuerySet[StaffQualification]:
    return StaffQualification.objects.filter(staff__centre=centre_id, staff__user=user_id)


@compiled
def _letter(centre_id: int, address: str) -> QuerySet[OutgoingMessage]:
    return OutgoingMessage.objects.filter(centre=centre_id, to=address).order_by("-pk")[:1]


def is_overdue(award: StaffQualification, day: datetime.date) -> bool:
    """Whether the day an award was aimed at has passed without it."""
    return award.achieved_on is None and award.target_on is not None and award.target_on < day


TOLD = {
    "invite candidate": "Invited as a candidate",
    "invite staff": "Invited to the staff",
    "invite": "Invited",
    "invite again": "Invited again",
    "add candidate": "Added as a candidate, the invitation held back",
    "add staff": "Added to the staff, the invitation held back",
    "accept invitation": "Took up the invitation",
    "edit candidate": "Corrected the candidate's record",
    "edit staff": "Corrected the staff record",
    "grant role": "Granted a role",
    "end role": "Ended a role",
    "remove second factor": "Removed their second factor",
    "sign out": "Signed them out everywhere",
    "record qualification": "Recorded a qualification",
    "achieve qualification": "Recorded that a qualification was achieved",
    "check identity": "Recorded who saw the candidate’s identity",
    "record induction": "Recorded an induction",
    "acknowledge induction": "Confirmed the induction",
}


Subjects = dict[str, dict[int, str]]
"""Kinds of record, and of each kind the ids with what to call the record; empty where the verb says enough."""


def told(event: AuditEvent, subjects: Subjects) -> str:
    """A line of the audit book in words: what was done, and to which of the person's records."""
    what = TOLD.get(event.verb, event.verb)
    which = subjects[event.subject_kind][event.subject_id]
    return f"{what}: {which}" if which else what


def history(centre: Centre, subjects: Subjects) -> list[HistoryLine]:
    """What the centre's audit book tells of these records, newest first. Two queries.

    Each kind of record is looked up by the book's index, and what is found is sorted here: asked for the newest, a
    database may read the whole book from its last line back.
    """
    book = AuditEvent.objects.filter(chain__centre=centre).order_by()
    found = [book.filter(subject_kind=kind, subject_id__in=list(ids)) for kind, ids in subjects.items() if ids]
    lines = found[0].union(*found[1:], all=True)
    events = sorted(lines, key=lambda event: event.sequence, reverse=True)[:LONGEST_HISTORY]
    names = names_at(centre, (event.actor_id for event in events if event.actor_id))
    return [
        HistoryLine(
            at=event.at,
            what=told(event, subjects),
            who=names.get(event.actor_id, "Somebody else") if event.actor_id else "The operator",
        )
        for event in events
    ]
