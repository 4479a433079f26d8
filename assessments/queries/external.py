"""What external verifiers choose, note, remark and ask for: on their own pages, and on the centre's."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assessments.enums import UnitStatus
from assessments.models import (
    CentreAction,
    Enrolment,
    Evidence,
    EvidenceFile,
    ExternalAccess,
    ExternalChoice,
    ExternalNote,
    SamplingPlan,
)
from assessments.models.access import opened_to
from assessments.queries.access import AccessLine, access_lines, days_of, own_access, with_remit
from assessments.queries.activities import CentreActionLine, action_lines
from assessments.queries.enrolment import name_of, named_staff, staff_holding
from assessments.queries.sampling import SAMPLED_AT
from portfolio.models import AccessLine as Look
from portfolio.models import Centre, StaffRecord, User
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
}
"""What was looked at, by how the book names it."""


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
    statuses: list[DirectClaim]
    choices: list[ExternalChoice]
    notes: list[NoteLine]
    actions: list[CentreActionLine]


@dataclass(frozen=True)
class Home:
    """Where an external verifier begins: what is in their remit now, and what is open of earlier visits."""

    visits: list[Visit]
    plans: dict[int, int]
    earlier: list[AccessLine]
    carried_over: list[CentreActionLine]


def home_of(user: User, day: datetime.date) -> Home:
    """All that waits for somebody who looks from outside, in ten queries however much it is."""
    lines = access_lines(own_access(user, day), day)
    ids = [line.access.pk for line in lines]
    same = Q(pk__in=[])
    for line in lines:
        same |= Q(centre=line.access.centre_id, awarding_body=line.access.awarding_body_id)
    before = with_remit(ExternalAccess.objects.filter(same).exclude(pk__in=ids))
    earlier = access_lines(list(before), day)
    open_still = CentreAction.objects.filter(access__in=[line.access.pk for line in earlier], closed_at=None)
    return Home(
        visits=visits_of(user, lines, day, own=True),
        plans=newest_plans(user),
        earlier=earlier,
        carried_over=action_lines(open_still, day),
    )


def visits_of(user: User, lines: list[AccessLine], day: datetime.date, *, own: bool) -> list[Visit]:
    """What came of these accounts, but for what is about the reader's own unit: for their external verifier with the
    notes that were not issued, and the direct claim statuses in force. Four queries, one for names."""
    ids = [line.access.pk for line in lines]
    statuses = direct_claims(lines, day) if own else []
    choices = list(chosen(ExternalChoice.objects.visible_to(user).filter(access__in=ids)))
    seen = ExternalNote.objects.visible_to(user)
    notes = seen.filter(access__in=ids) if own else issued(seen, ids)
    written = [NoteLine(note, about(note)) for note in notes.select_related("enrolment__candidate", "enrolment__unit")]
    actions = action_lines(CentreAction.objects.filter(access__in=ids), day)
    return [
        Visit(
            line=line,
            statuses=[
                row
                for row in statuses
                if (row.centre_id, row.awarding_body_id) == (line.access.centre_id, line.access.awarding_body_id)
            ],
            choices=[row for row in choices if row.access_id == line.access.pk],
            notes=[row for row in written if row.note.access_id == line.access.pk],
            actions=[row for row in actions if row.action.access_id == line.access.pk],
        )
        for line in lines
    ]


def direct_claims(lines: list[AccessLine], day: datetime.date) -> list[DirectClaim]:
    """The direct claim statuses in force at the centres of these accounts. One query."""
    centres = [line.access.centre_id for line in lines]
    return list(DirectClaim.objects.on(day).filter(centre__in=centres).select_related("unit"))


def chosen(rows: "QuerySet[ExternalChoice]") -> "QuerySet[ExternalChoice]":
    """Choices with the candidate and unit, those not looked at yet first."""
    told = [f"enrolment__{column}" for column in SHOWN]
    rows = rows.select_related("enrolment__candidate", "enrolment__unit").only(
        "access", "reason", "chosen_at", "looked_at", *told
    )
    return rows.order_by(F("looked_at").desc(nulls_first=True), "pk")


def issued(notes: "QuerySet[ExternalNote]", ids: Iterable[int]) -> "QuerySet[ExternalNote]":
    """The remarks among notes that were made in these visits."""
    return notes.filter(access__in=list(ids), issued_at__isnull=False).order_by("-issued_at", "-pk")


def about(note: ExternalNote) -> str:
    """The unit a note is about, in words; the visit where it is about none."""
    if note.enrolment is None:
        return "The visit"
    return f"{note.enrolment.candidate}, {note.enrolment.unit.short_code}"


def newest_plans(user: User) -> dict[int, int]:
    """The plan adopted last, by awarding body and centre as an account names them: by the id of the account."""
    plans = SamplingPlan.objects.visible_to(user).order_by("adopted_at", "pk")
    mine = ExternalAccess.objects.in_force(user)
    rows = plans.filter(
        policy__centre__in=mine.values("centre"), policy__awarding_body__in=mine.values("awarding_body")
    ).values_list("policy__centre", "policy__awarding_body", "pk")
    newest = {(centre, body): pk for centre, body, pk in rows}
    accounts = mine.values_list("pk", "centre", "awarding_body")
    return {pk: newest[centre, body] for pk, centre, body in accounts if (centre, body) in newest}


# --- the units of a remit --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Narrowed:
    """What narrows the list of a remit's units."""

    words: str = ""
    status: str = ""
    unsampled: bool = False


def remit_page(user: User, asked: Narrowed, number: str) -> "Page[Enrolment]":
    """A page of the candidates' units that an external verifier may look at; when each was sampled, and whether they
    have chosen it. Two queries."""
    mine = ExternalAccess.objects.in_force(user)
    units = Enrolment.objects.filter(opened_to(user)).named(asked.words.strip())
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
    return Paginator(marked.order_by("candidate__legal_name", "candidate_id", "unit_id"), PER_PAGE).get_page(number)


@dataclass(frozen=True)
class OutsideUnit:
    """What an external verifier did in a unit, and by which account they look at it."""

    access: ExternalAccess
    choice: ExternalChoice | None
    notes: list[ExternalNote]


def outside_unit(user: User, enrolment: Enrolment, day: datetime.date) -> OutsideUnit | None:
    """Of a unit that exists for them; None for who does not look from outside. Three queries."""
    access = access_for(user, enrolment, day)
    if access is None:
        return None
    choice = ExternalChoice.objects.filter(access=access, enrolment=enrolment).first()
    return OutsideUnit(access, choice, list(ExternalNote.objects.filter(access=access, enrolment=enrolment)))


def access_for(user: User, enrolment: Enrolment, day: datetime.date) -> ExternalAccess | None:
    """The account by which somebody looks at a unit. One query."""
    remit = Q(units=enrolment.unit_id) | Q(all_units=True)
    mine = ExternalAccess.objects.in_force(user, day).filter(
        remit, centre=enrolment.centre_id, awarding_body=enrolment.unit.awarding_body_id
    )
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
    """A page of what an external verifier looked at on the days of a visit, the latest first. Two queries."""
    days = days_of(access)
    rows = Look.objects.filter(user=access.grant.user_id, centre=access.centre_id, at__gte=access.given_at)
    rows = rows.filter(at__date__gte=days.starts_on, at__date__lte=days.ends_on)
    if access.ended_at:
        rows = rows.filter(at__lte=access.ended_at)
    return Paginator(rows.order_by("-pk"), PER_PAGE).get_page(number)


def look_lines(page: Iterable[Look]) -> list[LookLine]:
    """The lines of a page of them, in four queries at most."""
    rows = list(page)
    ids: dict[str, set[int]] = {}
    for row in rows:
        ids.setdefault(row.subject_kind, set()).add(row.subject_id)
    names = {
        **{("enrolment", row.pk): f"{row.candidate}, {row.unit.short_code}" for row in units_named(ids)},
        **{("evidence", row.pk): f"{row} of {row.candidate}" for row in items_named(ids)},
        **{("evidencefile", row.pk): f"File “{row.name}”" for row in files_named(ids)},
        **{("staffrecord", row.pk): row.name for row in staff_named(ids)},
    }
    return [
        LookLine(row.at, names.get((row.subject_kind, row.subject_id)) or kind_in_words(row), row.downloaded)
        for row in rows
    ]


def kind_in_words(row: Look) -> str:
    """What was looked at, where its name tells nothing more."""
    return f"{KINDS.get(row.subject_kind, row.subject_kind.capitalize())} (number {row.subject_id})"


def units_named(ids: dict[str, set[int]]) -> Iterable[Enrolment]:
    units = Enrolment.objects.filter(pk__in=ids.get("enrolment", ())).select_related("candidate", "unit")
    return units.only(*SHOWN) if "enrolment" in ids else ()


def items_named(ids: dict[str, set[int]]) -> Iterable[Evidence]:
    items = Evidence.objects.filter(pk__in=ids.get("evidence", ())).select_related("candidate")
    return items if "evidence" in ids else ()


def files_named(ids: dict[str, set[int]]) -> Iterable[EvidenceFile]:
    return EvidenceFile.objects.filter(pk__in=ids["evidencefile"]) if "evidencefile" in ids else ()


def staff_named(ids: dict[str, set[int]]) -> Iterable[StaffRecord]:
    return StaffRecord.objects.filter(pk__in=ids["staffrecord"]) if "staffrecord" in ids else ()
