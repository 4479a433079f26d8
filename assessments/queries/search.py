"""What is found by words, of all that a person can see: evidence, people, and criteria with their units."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from assessments.models import Enrolment, Evidence, EvidenceVersion
from portfolio import searching
from portfolio.compiled import Listed, compiled
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, RoleGrant, StaffRecord, User
from portfolio.models.people import centres_of
from portfolio.searching import Piece, Searched, Wanted, either, excerpt, having, wanted, words_of
from units.models import Criterion, Unit

EVIDENCE, FILES, CANDIDATES, STAFF, CRITERIA, UNITS = (
    f"search_{name}" for name in ("evidence", "files", "candidates", "staff", "criteria", "units")
)
NUMBERS = ("centre_reference", "candidate_number", "uln", "scn", "uci")
SEARCHED = (
    Searched(EVIDENCE, "assessments_evidenceversion", ("title", "description"), in_english=True, by_centre=True),
    Searched(FILES, "assessments_evidencefile", ("name",), by_centre=True),
    Searched(CANDIDATES, "portfolio_candidaterecord", ("legal_name", "known_as", *NUMBERS), by_centre=True),
    Searched(STAFF, "portfolio_staffrecord", ("name", "job_title"), by_centre=True),
    Searched(CRITERIA, "units_criterion", ("number", "text"), in_english=True),
    Searched(UNITS, "units_unit", ("short_code", "title", "public_title"), in_english=True),
)


def register() -> None:
    searching.register("assessments", SEARCHED)


@dataclass(frozen=True)
class Found:
    """A thing found: where it is, what it is called, and what of it was looked for."""

    address: str
    title: list[Piece]
    about: str
    text: list[Piece]
    leads: tuple[tuple[str, str], ...] = ()
    """Further addresses with their names: a candidate's units."""


@dataclass(frozen=True)
class Group:
    """Things of one kind. Whether there are `more` than are listed is known, how many is not."""

    kind: str
    name: str
    found: list[Found]
    more: bool


class Reach(NamedTuple):
    """How far somebody sees: from which day's roles, the centres of which they may see anything, and their own
    portfolios, beside which they see none where they hold no role but a candidate's (`own_alone`)."""

    day: datetime.date
    centres: list[int]
    own: list[int]
    own_alone: bool


def found_for(user: User, asked: str, *, most: int) -> list[Group]:
    """The first of each kind; nothing for words that are none. Eight queries at most."""
    if not words_of(asked):
        return []
    reach = reach_of(user)
    return [group_of(user, asked, kind, most=most, reach=reach) for kind in KINDS]


def reach_of(user: User) -> Reach:
    """One query where the door has read the person's roles."""
    day = timezone.localdate()
    roles = user.roles_read.roles if user.roles_read else roles_of(user, day)
    own = dict(_own(user.pk))
    own_alone = not any(held - {Role.CANDIDATE} for held in roles.values())
    return Reach(day, sorted({*roles, *own.values()}), list(own), own_alone)


def roles_of(user: User, day: datetime.date) -> dict[int, frozenset[str]]:
    """What somebody whom no door has let in holds at which centres."""
    held = RoleGrant.objects.on(day).filter(user=user).values_list("centre_id", "role")
    return {centre: frozenset(role for where, role in held if where == centre) for centre, _ in held}


@compiled
def _own(user_id: int) -> QuerySet[CandidateRecord, Any]:
    return CandidateRecord.objects.filter(user=user_id).order_by().values_list("pk", "centre_id")


def group_of(user: User, asked: str, kind: str, *, most: int, page: int = 1, reach: Reach | None = None) -> Group:
    """A page of one kind; the first is 1. Raises KeyError for a kind that is none."""
    name, asking, telling = KINDS[kind]
    words, first = words_of(asked), (page - 1) * most
    if not words:
        return Group(kind, name, [], more=False)
    reach = reach or reach_of(user)
    rows = list(asking(user, wanted(words, reach.centres), reach)[first : first + most + 1])
    return Group(kind, name, telling(user, rows[:most], words), more=len(rows) > most)


# --- evidence --------------------------------------------------------------------------------------------------------


def evidence_having(user: User, asked: Wanted, reach: Reach) -> Listed[EvidenceVersion]:
    """Items in force whose title, account or a file's name has the words, the newest first."""
    if reach.own_alone:
        return _own_items.listed(user, asked, reach.day, reach.own)
    return _items.listed(user, asked, reach.day, reach.centres)


@compiled
def _items(user: User, asked: Wanted, day: datetime.date, centres: list[int]) -> QuerySet[EvidenceVersion]:
    """Whether one is seen is asked of each that has the words, from the newest, until a page is full: not of all."""
    files = having(FILES, asked, gives="version_id", only="removed_at IS NULL")
    named = either(having(EVIDENCE, asked), files)
    return _seen(user, day).filter(named, centre__in=centres)


@compiled
def _own_items(user: User, asked: Wanted, day: datetime.date, own: list[int]) -> QuerySet[EvidenceVersion]:
    """Looked for among their own alone, which are few where everybody has the words."""
    versions = RawSQL(OF_OWN.format(", ".join(["%s"] * len(own)) or "NULL"), own)  # noqa: S611
    files = having(FILES, asked, gives="version_id", only="removed_at IS NULL", among=versions)
    named = either(having(EVIDENCE, asked, among=versions), files, few=True)
    return _seen(user, day).filter(named, evidence__candidate__in=own)


OF_OWN = (
    "SELECT v.id FROM assessments_evidenceversion v JOIN assessments_evidence e ON e.id = v.evidence_id "
    "WHERE e.candidate_id IN ({})"
)
TOLD = ("title", "description", "status", "evidence__number", "evidence__candidate__legal_name")


def _seen(user: User, day: datetime.date) -> QuerySet[EvidenceVersion]:
    theirs = Q(submitted_at__isnull=False) | Q(evidence__candidate__user=user, evidence__author=None)
    visible = Evidence.objects.visible_to(user, day).filter(pk=OuterRef("evidence"))
    found = EvidenceVersion.objects.filter(theirs, Exists(visible), replaced_at=None)
    return found.select_related("evidence__candidate").only(*TOLD).order_by("-pk")


def evidence_told(user: User, rows: Sequence[EvidenceVersion], words: Sequence[str]) -> list[Found]:
    return [
        Found(
            address=reverse("assessments:evidence", args=[row.evidence_id]),
            title=excerpt(row.title, words),
            about=" · ".join((str(row.evidence), row.evidence.candidate.legal_name, row.get_status_display())),
            text=excerpt(row.description, words),
        )
        for row in rows
    ]


# --- people ----------------------------------------------------------------------------------------------------------


def candidates_having(user: User, asked: Wanted, reach: Reach) -> Listed[CandidateRecord]:
    """Candidates whose names or numbers have the words: of centres whose people the person keeps, and of units they
    see."""
    return _candidates.listed(user, asked, reach.day)


@compiled
def _candidates(user: User, asked: Wanted, day: datetime.date) -> QuerySet[CandidateRecord]:
    works_with = Enrolment.objects.visible_to(user, day).filter(candidate=OuterRef("pk"))
    kept = centres_of(user, Role.ADMINISTRATOR, day=day)
    seen = Q(user=user) | Q(centre__in=kept) | Exists(works_with)
    named = CandidateRecord.objects.filter(seen, pk__in=having(CANDIDATES, asked))
    told = ("legal_name", "known_as", *NUMBERS, "centre__name", "centre__slug", "user__handle")
    return named.select_related("centre", "user").only(*told).order_by("legal_name", "pk")


def candidates_told(user: User, rows: Sequence[CandidateRecord], words: Sequence[str]) -> list[Found]:
    """With the units of theirs that the person sees, which is where each leads. Two queries."""
    units: dict[int, list[Enrolment]] = {row.pk: [] for row in rows}
    for enrolment in Enrolment.objects.visible_to(user).filter(candidate__in=units).listed().order_by("pk"):
        units[enrolment.candidate_id].append(enrolment)
    kept = set(Centre.objects.kept_by(user).values_list("pk", flat=True))
    found = []
    for row in rows:
        leads = [(reverse("assessments:enrolment", args=[one.pk]), one.unit.short_code) for one in units[row.pk]]
        first = leads[0][0] if leads else reverse("portfolio:own_record")
        person = reverse("portfolio:person", args=[row.centre.slug, row.user.handle])
        known_as = f"known as {row.known_as}" if row.known_as else ""
        numbers = excerpt(" ".join(number for name in NUMBERS if (number := getattr(row, name))), words)
        found.append(
            Found(
                address=person if row.centre_id in kept else first,
                title=excerpt(row.legal_name, words),
                about=" · ".join(filter(None, ("Candidate", row.centre.name, known_as))),
                text=numbers if any(piece.found for piece in numbers) else [],
                leads=tuple(leads),
            )
        )
    return found


def staff_having(user: User, asked: Wanted, reach: Reach) -> Listed[StaffRecord]:
    """Staff whose name or job has the words, at centres that the person runs."""
    return _staff.listed(user, asked)


@compiled
def _staff(user: User, asked: Wanted) -> QuerySet[StaffRecord]:
    run = centres_of(user, Role.ADMINISTRATOR, Role.LEAD_VERIFIER)
    named = StaffRecord.objects.filter(pk__in=having(STAFF, asked), centre__in=run)
    told = ("name", "job_title", "centre__name", "centre__slug", "user__handle")
    return named.select_related("centre", "user").only(*told).order_by("name", "pk")


def staff_told(user: User, rows: Sequence[StaffRecord], words: Sequence[str]) -> list[Found]:
    return [
        Found(
            address=reverse("portfolio:staff_member", args=[row.centre.slug, row.user.handle]),
            title=excerpt(row.name, words),
            about=f"Staff · {row.centre.name}",
            text=excerpt(row.job_title, words),
        )
        for row in rows
    ]


# --- the standard ----------------------------------------------------------------------------------------------------


def units_having(user: User, asked: Wanted, _reach: Reach) -> Listed[Unit]:
    """Units in use whose code or title has the words."""
    return _units.listed(user, asked)


@compiled
def _units(user: User, asked: Wanted) -> QuerySet[Unit]:
    named = Unit.objects.visible_to(user).published().filter(pk__in=having(UNITS, asked))
    return named.only("key", "version", "short_code", "title", "public_title").order_by("short_code", "pk")


def units_told(user: User, rows: Sequence[Unit], words: Sequence[str]) -> list[Found]:
    return [
        Found(
            address=reverse("units:unit", args=[row.key, row.version]),
            title=excerpt(row.offered_as, words),
            about="Unit",
            text=[],
        )
        for row in rows
    ]


def criteria_having(user: User, asked: Wanted, _reach: Reach) -> Listed[Criterion]:
    """Criteria of units in use whose wording has the words, in the order of their units."""
    return _named_criteria.listed(user, asked)


@compiled
def _named_criteria(user: User, asked: Wanted) -> QuerySet[Criterion]:
    units = Unit.objects.visible_to(user).published()
    named = Criterion.objects.filter(pk__in=having(CRITERIA, asked), unit__in=units)
    told = ("number", "text", "kind", "unit__key", "unit__version", "unit__short_code")
    return named.select_related("unit").only(*told).order_by("unit__short_code", "unit__version", "position")


def criteria_told(user: User, rows: Sequence[Criterion], words: Sequence[str]) -> list[Found]:
    return [
        Found(
            address=f"{reverse('units:unit', args=[row.unit.key, row.unit.version])}#criterion-{row.number}",
            title=[Piece(f"{row.unit.short_code} {row.number}", found=False)],
            about=row.get_kind_display(),
            text=excerpt(row.text, words, most=400),
        )
        for row in rows
    ]


KINDS: dict[str, tuple[str, Any, Any]] = {
    "evidence": ("Evidence", evidence_having, evidence_told),
    "candidates": ("Candidates", candidates_having, candidates_told),
    "staff": ("Staff", staff_having, staff_told),
    "units": ("Units", units_having, units_told),
    "criteria": ("Criteria", criteria_having, criteria_told),
}
