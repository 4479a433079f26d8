"""What is found by words, of all that a person can see: evidence, people, and criteria with their units."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from assessments.models import Enrolment, Evidence, EvidenceVersion
from portfolio import searching
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, StaffRecord, User
from portfolio.models.people import centres_kept_by, centres_of
from portfolio.searching import Piece, Searched, either, excerpt, having, words_of
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


def found_for(user: User, asked: str, *, most: int) -> list[Group]:
    """The first of each kind; nothing for words that are none. Eight queries at most."""
    if not words_of(asked):
        return []
    centres = centres_of_records(user)
    return [group_of(user, asked, kind, most=most, centres=centres) for kind in KINDS]


def centres_of_records(user: User) -> list[int]:
    """Every centre of which the person may see anything: where they hold a role, and where they have a portfolio."""
    theirs = CandidateRecord.objects.filter(user=user).values("centre")
    found = Centre.objects.filter(Q(pk__in=centres_of(user, *Role)) | Q(pk__in=theirs))
    return list(found.order_by().values_list("pk", flat=True))


def group_of(
    user: User, asked: str, kind: str, *, most: int, page: int = 1, centres: Sequence[int] | None = None
) -> Group:
    """A page of one kind; the first is 1. Raises KeyError for a kind that is none."""
    name, asking, telling = KINDS[kind]
    words, first = words_of(asked), (page - 1) * most
    if not words:
        return Group(kind, name, [], more=False)
    here = centres_of_records(user) if centres is None else centres
    rows = list(asking(user, words, here)[first : first + most + 1])
    return Group(kind, name, telling(user, rows[:most], words), more=len(rows) > most)


# --- evidence --------------------------------------------------------------------------------------------------------


def evidence_having(user: User, words: Sequence[str], centres: Sequence[int]) -> QuerySet[EvidenceVersion]:
    """Items in force whose title, account or a file's name has the words, the newest first.

    Whether one is seen is asked of each that has them, from the newest, until a page is full: not of all there are.
    """
    files = having(FILES, words, centres, gives="version_id", only="removed_at IS NULL")
    theirs = Q(submitted_at__isnull=False) | Q(evidence__candidate__user=user, evidence__author=None)
    named = either(having(EVIDENCE, words, centres), files)
    seen = EvidenceVersion.objects.filter(theirs, pk__in=named, centre__in=centres, replaced_at=None)
    visible = Evidence.objects.visible_to(user).filter(pk=OuterRef("evidence"))
    return seen.filter(Exists(visible)).select_related("evidence__candidate").order_by("-pk")


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


def candidates_having(user: User, words: Sequence[str], centres: Sequence[int]) -> QuerySet[CandidateRecord]:
    """Candidates whose names or numbers have the words: of centres whose people the person keeps, and of units they
    see."""
    works_with = Enrolment.objects.visible_to(user).filter(candidate=OuterRef("pk"))
    seen = Q(user=user) | Q(centre__in=centres_kept_by(user)) | Exists(works_with)
    named = CandidateRecord.objects.filter(seen, pk__in=having(CANDIDATES, words, centres))
    return named.select_related("centre", "user").order_by("legal_name", "pk")


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


def staff_having(user: User, words: Sequence[str], centres: Sequence[int]) -> QuerySet[StaffRecord]:
    """Staff whose name or job has the words, at centres that the person runs."""
    named = StaffRecord.objects.filter(pk__in=having(STAFF, words, centres), centre__in=Centre.objects.run_by(user))
    return named.select_related("centre", "user").order_by("name", "pk")


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


def units_having(user: User, words: Sequence[str], _centres: Sequence[int]) -> QuerySet[Unit]:
    """Units in use whose code or title has the words."""
    return Unit.objects.visible_to(user).published().filter(pk__in=having(UNITS, words)).order_by("short_code", "pk")


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


def criteria_having(user: User, words: Sequence[str], _centres: Sequence[int]) -> QuerySet[Criterion]:
    """Criteria of units in use whose wording has the words, in the order of their units."""
    units = Unit.objects.visible_to(user).published()
    named = Criterion.objects.filter(pk__in=having(CRITERIA, words), unit__in=units)
    return named.select_related("unit").order_by("unit__short_code", "unit__version", "position")


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
