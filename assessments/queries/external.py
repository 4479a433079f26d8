"""What external verifiers choose, note, remark and ask for: on their own pages, and on the centre's."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, Expression, F, Manager, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from assessments.enums import UnitStatus
from assessments.models import (
    CentreAction,
    ClaimAuthorisation,
    Enrolment,
    Evidence,
    EvidenceFile,
    ExternalAccess,
    ExternalChoice,
    ExternalNote,
    SamplingPlan,
)
from assessments.models.access import bodies_opened_to, opened_to
from assessments.queries.access import AccessLine, access_lines, days_of, with_remit, with_words
from assessments.queries.activities import SOURCES, CentreActionLine, lines_of
from assessments.queries.award import direct_for
from assessments.queries.enrolment import BY_CANDIDATE, name_of, named_staff, staff_holding
from assessments.queries.sampling import SAMPLED_AT
from assessments.visiting import CLAIMABLE, authorising_refusals
from assessments.workflow import Reason
from portfolio.compiled import compiled
from portfolio.enums import Role
from portfolio.models import AccessLine as Look
from portfolio.models import Centre, StaffRecord, User, centres_of
from portfolio.rules import IN_CHARGE
from units.models import DirectClaim

PER_PAGE = 20
SHOWN = ("candidate__known_as", "candidate__legal_name", "unit__short_code")
KINDS = {
    "enrolment": "A candidate’s unit",
    "evidence": "An item of evidence",
    "evidencefile": "A file",
    "document": "A document",
    "sample": "A sample",
    "action": "An action",
    "assessmentplan": "An assessment plan",
    "appeal": "An appeal",
    "samplingplan": "A sampling plan",
    "activity": "An observation, interview or review",
    "meeting": "A meeting",
    "exercise": "An exercise of standardisation",
    "centreaction": "An action of the centre",
    "candidaterecord": "A candidate’s documents",
    "staffrecord": "Somebody on the staff",
    "centre": "Strategy or staff of the centre",
    "unit": "A specification, with what the centre agreed on its criteria",
    "externalaccess": "A visit, and what came of it",
}
"""What was looked at, by how the book names it."""
PAGES = {
    "visit": "Their first page",
    "remit": "List of units to look at",
    "activities": "List of observations, interviews and reviews",
    "standardisation": "List of exercises and meetings of standardisation",
    "appeals": "List of appeals",
    "cases": "List of cases",
    "staff": "List of the staff",
    "meetings": "List of meetings",
    "awards": "List of whole awards",
    "news": "What they were told",
    "search": "What was found by words",
}
"""Pages that are of no one record."""


@dataclass(frozen=True)
class NoteLine:
    """A note or a remark, with the unit it is about in words."""

    note: ExternalNote
    about: str


@dataclass(frozen=True)
class Visit:
    """What came of somebody's looking: an account with what was chosen, written down and asked for in it; and the
    direct claim statuses that the centre holds with their awarding body today."""

    line: AccessLine
    plan: int | None
    """The plan by which the centre samples the body's units now, to their external verifier."""
    statuses: list[DirectClaim]
    choices: list[ExternalChoice]
    authorised: list[ClaimAuthorisation]
    notes: list[NoteLine]
    actions: list[CentreActionLine]


@dataclass(frozen=True)
class Home:
    """Where an external verifier begins: what is in their remit now, and what is open of earlier visits."""

    visits: list[Visit]
    earlier: list[AccessLine]
    carried_over: list[CentreActionLine]


def home_of(user: User, day: datetime.date) -> Home:
    """All that waits for somebody who looks from outside, in eight queries however much it is."""
    lines, earlier = accounts_of(user, day)
    open_still = [row for row in _asked([line.access.pk for line in earlier]) if row.closed_at is None]
    return Home(
        visits=visits_of(user, lines, day, own=True),
        earlier=earlier,
        carried_over=lines_of(open_still, day),
    )


def accounts_of(user: User, day: datetime.date) -> tuple[list[AccessLine], list[AccessLine]]:
    """The accounts by which somebody looks from outside on the day, the first to end first; and all others ever given
    for the same awarding bodies there. Two queries."""
    same = bodies_opened_to(user, centre="centre", body="awarding_body")
    rows = access_lines(with_words(with_remit(ExternalAccess.objects.filter(same))) if same else [], day)
    mine = [line for line in rows if line.running and line.access.grant.user_id == user.pk]
    mine.sort(key=lambda line: (line.days.ends_on, line.access.pk))
    return mine, [line for line in rows if line not in mine]


def visits_of(user: User, lines: list[AccessLine], day: datetime.date, *, own: bool) -> list[Visit]:
    """What came of these accounts, but for what is about the reader's own unit: for their external verifier with the
    notes that were not issued, the direct claim statuses in force and the newest plan. Five queries, two more for who
    looks, one for names."""
    ids = [line.access.pk for line in lines]
    statuses, plans = (direct_claims(lines, day), newest_plans(user, lines, day)) if own else ([], {})
    choices, given = _chosen(user, day, ids), _authorised(user, ids)
    notes = _written(user, day, ids) if own else _remarks(user, day, ids)
    written = [NoteLine(note, about(note)) for note in notes]
    actions = lines_of(_asked(ids), day)
    return [
        Visit(
            line=line,
            plan=plans.get((line.access.centre_id, line.access.awarding_body_id)),
            statuses=[
                row
                for row in statuses
                if (row.centre_id, row.awarding_body_id) == (line.access.centre_id, line.access.awarding_body_id)
            ],
            choices=[row for row in choices if row.access_id == line.access.pk],
            authorised=[row for row in given if row.access_id == line.access.pk],
            notes=[row for row in written if row.note.access_id == line.access.pk],
            actions=[row for row in actions if row.action.access_id == line.access.pk],
        )
        for line in lines
    ]


def direct_claims(lines: list[AccessLine], day: datetime.date) -> list[DirectClaim]:
    """The direct claim statuses in force at the centres of these accounts. One query."""
    return _direct_claims(day, [line.access.centre_id for line in lines])


@compiled
def _direct_claims(day: datetime.date, centres: list[int]) -> QuerySet[DirectClaim]:
    return DirectClaim.objects.on(day).filter(centre__in=centres).select_related("unit", "qualification")


@compiled
def _chosen(user: User, day: datetime.date, ids: list[int]) -> "QuerySet[ExternalChoice]":
    return chosen(ExternalChoice.objects.visible_to(user, day).filter(access__in=ids))


@compiled
def _authorised(user: User, ids: list[int]) -> "QuerySet[ClaimAuthorisation]":
    return authorisations(user, ids)


@compiled
def _written(user: User, day: datetime.date, ids: list[int]) -> "QuerySet[ExternalNote]":
    seen = ExternalNote.objects.visible_to(user, day).filter(access__in=ids)
    return seen.select_related("enrolment__candidate", "enrolment__unit")


@compiled
def _remarks(user: User, day: datetime.date, ids: list[int]) -> "QuerySet[ExternalNote]":
    seen = issued(ExternalNote.objects.visible_to(user, day), ids)
    return seen.select_related("enrolment__candidate", "enrolment__unit")


@compiled
def _asked(ids: list[int]) -> "QuerySet[CentreAction]":
    return CentreAction.objects.filter(access__in=ids).select_related(*SOURCES)


def chosen(rows: "QuerySet[ExternalChoice]") -> "QuerySet[ExternalChoice]":
    """Choices with the candidate and unit, those not looked at yet first."""
    told = [f"enrolment__{column}" for column in SHOWN]
    rows = rows.select_related("enrolment__candidate", "enrolment__unit").only(
        "access", "reason", "chosen_at", "looked_at", *told
    )
    return rows.order_by(F("looked_at").desc(nulls_first=True), "pk")


def authorisations(user: User, ids: Iterable[int]) -> "QuerySet[ClaimAuthorisation]":
    """The claims authorised in these visits with candidate and unit, but for the reader's own."""
    told = [f"enrolment__{column}" for column in SHOWN]
    rows = ClaimAuthorisation.objects.filter(access__in=list(ids)).exclude(enrolment__candidate_user=user)
    return rows.select_related("enrolment__candidate", "enrolment__unit").only(
        "access", "reference", "authorised_at", "taken_back_at", "taken_back_reason", *told
    )


def issued(notes: "QuerySet[ExternalNote]", ids: Iterable[int]) -> "QuerySet[ExternalNote]":
    """The remarks among notes that were made in these visits."""
    return notes.filter(access__in=list(ids), issued_at__isnull=False).order_by("-issued_at", "-pk")


def about(note: ExternalNote) -> str:
    """The unit a note is about, in words; the visit where it is about none."""
    if note.enrolment is None:
        return "The visit"
    return f"{note.enrolment.candidate}, {note.enrolment.unit.short_code}"


def newest_plans(user: User, lines: list[AccessLine], day: datetime.date) -> dict[tuple[int, int], int]:
    """The plan adopted last at each centre and awarding body of these accounts. One query."""
    centres = [line.access.centre_id for line in lines]
    rows = _adopted(user, day, centres, [line.access.awarding_body_id for line in lines])
    return {(centre, body): pk for centre, body, pk in rows}


@compiled
def _adopted(
    user: User, day: datetime.date, centres: list[int], bodies: list[int]
) -> "QuerySet[SamplingPlan, tuple[int, int, int]]":
    plans = SamplingPlan.objects.visible_to(user, day).filter(adopted_at__isnull=False)
    theirs = plans.filter(policy__centre__in=centres, policy__awarding_body__in=bodies)
    return theirs.order_by("adopted_at", "pk").values_list("policy__centre", "policy__awarding_body", "pk")


# --- the units of a remit --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Narrowed:
    """What narrows the list of a remit's units."""

    words: str = ""
    status: str = ""
    unsampled: bool = False


def remit_page(user: User, asked: Narrowed, number: str, day: datetime.date) -> "Page[Enrolment]":
    """A page of them. Two queries."""
    units = remit_units(user, asked, day) if asked != Narrowed() else _remit.listed(user, day)
    return Paginator(units, PER_PAGE).get_page(number)


@compiled
def _remit(user: User, day: datetime.date) -> "QuerySet[Enrolment]":
    return remit_units(user, Narrowed(), day)


def remit_units(user: User, asked: Narrowed, day: datetime.date) -> "QuerySet[Enrolment]":
    """The candidates' units that an external verifier may look at; when each was sampled, and whether they have chosen
    it."""
    mine = ExternalAccess.objects.in_force(user, day)
    # Named by their centres first: whether one is opened is asked of each, and there may be many other centres.
    there = Enrolment.objects.filter(centre__in=centres_of(user, Role.EXTERNAL_VERIFIER, day=day))
    units = there.filter(opened_to(user, day)).named(asked.words.strip())
    if asked.status:
        units = units.filter(status=asked.status)
    found = units.listed("centre__name").select_related("centre")
    marked = found.annotate(
        sampled_at=SAMPLED_AT,
        assessor_name=name_of("assessor"),
        chosen=Exists(ExternalChoice.objects.filter(enrolment=OuterRef("pk"), access__in=mine.values("pk"))),
    )
    if asked.unsampled:
        marked = marked.filter(sampled_at=None).exclude(status=UnitStatus.WITHDRAWN)
    return marked.order_by(*BY_CANDIDATE)


@dataclass(frozen=True)
class OutsideUnit:
    """What an external verifier did in a unit, and by which account they look at it.

    `authorised`: that its claim is authorised, by them or another of the body's; `why_not`: why they cannot do it now.
    """

    access: ExternalAccess
    choice: ExternalChoice | None
    notes: list[ExternalNote]
    authorised: ClaimAuthorisation | None
    why_not: list[Reason]
    may_take_back: bool


def outside_unit(user: User, enrolment: Enrolment, day: datetime.date) -> OutsideUnit | None:
    """Of a unit that exists for them; None for who does not look from outside. Four queries."""
    access = access_for(user, enrolment, day)
    if access is None:
        return None
    choice = ExternalChoice.objects.filter(access=access, enrolment=enrolment).first()
    notes = list(ExternalNote.objects.filter(access=access, enrolment=enrolment))
    authorised = ClaimAuthorisation.objects.counting().filter(enrolment=enrolment).first()
    status, direct = UnitStatus(enrolment.status), vars(access)["direct"] or ""
    why_not = authorising_refusals(status, direct, authorised=authorised is not None)
    return OutsideUnit(access, choice, notes, authorised, why_not, authorised is not None and status in CLAIMABLE)


def access_for(user: User, enrolment: Enrolment, day: datetime.date) -> ExternalAccess | None:
    """The account by which somebody looks at a unit, with the report on which its `direct` claims rest. One query."""
    remit = Q(units=enrolment.unit_id) | Q(all_units=True)
    mine = ExternalAccess.objects.in_force(user, day).filter(
        remit, centre=enrolment.centre_id, awarding_body=enrolment.unit.awarding_body_id
    )
    mine = mine.annotate(direct=direct_for(enrolment, day))
    return mine.select_related("centre", "awarding_body", "grant").first()


def in_charge_at(centre: Centre, day: datetime.date) -> list[tuple[int, str]]:
    """Those who speak for the centre, by name."""
    return named_staff(staff_holding(centre, day, *IN_CHARGE))


# --- the centre's page of an account ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class LookLine:
    """One look, in words: when, at what, and whether it was taken away."""

    at: datetime.datetime
    what: str
    taken: bool


def looks_of(access: ExternalAccess, number: str) -> "Page[Look]":
    """A page of them. Two queries."""
    return Paginator(looks_in(access), PER_PAGE).get_page(number)


def looks_in(access: ExternalAccess) -> "QuerySet[Look]":
    """What an external verifier looked at on the days of a visit, the latest first."""
    days = days_of(access)
    rows = Look.objects.filter(user=access.grant.user_id, centre=access.centre_id, at__gte=access.given_at)
    rows = rows.filter(at__date__gte=days.starts_on, at__date__lte=days.ends_on)
    if access.ended_at:
        rows = rows.filter(at__lte=access.ended_at)
    return rows.order_by("-pk")


def look_lines(page: Iterable[Look]) -> list[LookLine]:
    """The lines of a page of them, in one query."""
    rows = list(page)
    ids: dict[str, set[int]] = {}
    for row in rows:
        ids.setdefault(row.subject_kind, set()).add(row.subject_id)
    names = names_of(ids)
    return [
        LookLine(row.at, names.get((row.subject_kind, row.subject_id)) or kind_in_words(row), row.downloaded)
        for row in rows
    ]


def kind_in_words(row: Look) -> str:
    """What was looked at, where its name tells nothing more."""
    if row.subject_kind in PAGES:
        return PAGES[row.subject_kind]
    return f"{KINDS.get(row.subject_kind, row.subject_kind.capitalize())} (number {row.subject_id})"


WORDS = {
    "enrolment": "{0}, {1}",
    "evidence": "Evidence {1} of {0}",
    "evidencefile": "File “{0}”",
    "staffrecord": "{0}",
}
"""How a record is named by what `names_of` reads of it."""


def names_of(ids: dict[str, set[int]]) -> dict[tuple[str, int], str]:
    """What records are called, by what the book names them and their id. One query."""
    called = Coalesce(NullIf("candidate__known_as", Value("")), "candidate__legal_name")
    nothing = Value("", output_field=TextField())
    rows = [
        named("enrolment", Enrolment.objects, ids, called, Cast("unit__short_code", TextField())),
        named("evidence", Evidence.objects, ids, called, Cast("number", TextField())),
        named("evidencefile", EvidenceFile.objects, ids, F("name"), nothing),
        named("staffrecord", StaffRecord.objects, ids, F("name"), nothing),
    ]
    return {(kind, pk): WORDS[kind].format(*words) for kind, pk, *words in rows[0].union(*rows[1:], all=True)}


def named(
    kind: str, rows: "Manager[Any]", ids: dict[str, set[int]], first: Expression | F, second: Expression
) -> "QuerySet[Any, Any]":
    """Records of a kind with two words of each."""
    of_kind = rows.filter(pk__in=ids.get(kind, ())).order_by()
    told: QuerySet[Any, Any] = of_kind.annotate(
        as_kind=Value(kind, output_field=TextField()), as_first=Cast(first, TextField()), as_second=second
    )
    return told.values_list("as_kind", "pk", "as_first", "as_second")
