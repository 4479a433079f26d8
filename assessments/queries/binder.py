"""A candidate's portfolio as one person sees it: the binder, its units and items, and what should be in it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessments.enums import EvidenceKind, HeldAt, ItemStatus, PlanStatus
from assessments.models import (
    SIGNED,
    AssessmentPlan,
    AuthenticationForm,
    Enrolment,
    EvidenceVersion,
    Mapping,
    PlanUnit,
    Profile,
    Sample,
    SignOff,
    Testimony,
)
from assessments.queries.enrolment import staff_holding, staff_names
from assessments.queries.evidence import testimonies_of
from assessments.queries.judgement import in_force, signatures_in
from assessments.queries.observed import RecordShown, record_states, records_shown
from assessments.queries.papers import ItemHead
from portfolio.compiled import compiled
from portfolio.enums import Role
from portfolio.models import CandidateRecord, StaffRecord, User
from units.models import CentreApproval

NAMED = ("evidence", "declaration")
PEOPLE = ("assessor", "countersigner", "verifier")


@dataclass(frozen=True)
class Binder:
    """A candidate's portfolio at a centre, as far as one person sees it."""

    candidate: CandidateRecord
    units: list[Enrolment]
    own: bool

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(sorted(unit.pk for unit in self.units))


def binder_of(user: User, slug: str, handle: str) -> Binder:
    """The portfolio behind an address, in two queries.

    Raises CandidateRecord.DoesNotExist where it is neither the person's own nor has a unit that they see.
    """
    candidate = _candidate.first(slug, handle)
    if candidate is None:
        raise CandidateRecord.DoesNotExist
    found = _units(user, candidate.pk, timezone.localdate())
    for unit in found:
        unit.candidate, unit.centre, unit.candidate_user = candidate, candidate.centre, candidate.user
    own = candidate.user_id == user.pk
    if not own and not found:
        raise CandidateRecord.DoesNotExist
    return Binder(candidate, found, own)


@compiled
def _candidate(slug: str, handle: str) -> QuerySet[CandidateRecord]:
    found = CandidateRecord.objects.filter(centre__slug=slug, user__handle=handle)
    return found.select_related("centre", "user")


@compiled
def _units(user: User, candidate_id: int, day: datetime.date) -> QuerySet[Enrolment]:
    units = Enrolment.objects.visible_to(user, day).filter(candidate=candidate_id)
    return units.select_related("unit__awarding_body", *PEOPLE).order_by("unit__short_code", "pk")


# --- the page of documents -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BinderItem:
    """An item with documents of its own."""

    evidence_id: int
    number: int
    title: str
    kind: str
    record: str
    """What the assessor's record is called, if it is one."""
    witnessed: bool


@dataclass(frozen=True)
class BinderUnit:
    """A unit with what there is to be printed of it beside what every unit has."""

    enrolment: Enrolment
    plans: list[AssessmentPlan]
    forms: list[AuthenticationForm]


@dataclass(frozen=True)
class BinderPage:
    """The documents of a portfolio."""

    binder: Binder
    profile: Profile | None
    units: list[BinderUnit]
    items: list[BinderItem]


def binder_page(binder: Binder, user: User) -> BinderPage:
    """What there is to be printed, in six queries beside the binder's."""
    plans = plans_in(binder, user)
    forms: dict[int, list[AuthenticationForm]] = defaultdict(list)
    for form in _forms(binder.ids):
        forms[form.enrolment_id].append(form)
    units = [BinderUnit(unit, plans.get(unit.pk, []), forms[unit.pk][-1:]) for unit in binder.units]
    return BinderPage(binder, profile_of(binder), units, items_in(binder))


def profile_of(binder: Binder) -> Profile | None:
    """What the candidate said of themselves, if they did. One query."""
    return _profile.first(binder.candidate.pk)


@compiled
def _profile(candidate_id: int) -> QuerySet[Profile]:
    return Profile.objects.filter(candidate=candidate_id).order_by("pk")[:1]


@compiled
def _forms(units: Sequence[int]) -> QuerySet[AuthenticationForm]:
    return AuthenticationForm.objects.filter(enrolment__in=units).select_related("signature")


def plans_in(binder: Binder, user: User) -> dict[int, list[AssessmentPlan]]:
    """The plans of each unit that the person sees, as far as they were proposed and not replaced. Two queries."""
    plans = {plan.pk: plan for plan in _plans(user, binder.ids, timezone.localdate())}
    found: dict[int, list[AssessmentPlan]] = defaultdict(list)
    for plan, enrolment in _planned(binder.ids):
        if plan in plans:
            found[enrolment].append(plans[plan])
    return dict(found)


@compiled
def _plans(user: User, units: Sequence[int], day: datetime.date) -> QuerySet[AssessmentPlan]:
    within = PlanUnit.objects.filter(enrolment__in=units, removed_at=None).values("plan")
    seen = AssessmentPlan.objects.visible_to(user, day).filter(pk__in=within, proposed_at__isnull=False)
    return seen.exclude(status=PlanStatus.REPLACED)


@compiled
def _planned(units: Sequence[int]) -> QuerySet[PlanUnit, Any]:
    within = PlanUnit.objects.filter(enrolment__in=units, removed_at=None)
    return within.order_by("plan_id").values_list("plan_id", "enrolment_id")


def items_in(binder: Binder) -> list[BinderItem]:
    """The items handed in for the units, by number. One query."""
    return [
        BinderItem(pk, number, title, EvidenceKind(kind).label, kind if author else "", seen)
        for pk, number, title, kind, author, seen in _items(binder.ids)
    ]


@compiled
def _items(units: Sequence[int]) -> QuerySet[EvidenceVersion, Any]:
    witnessed = Exists(Testimony.objects.filter(SIGNED, version=OuterRef("pk")))
    columns = ("evidence_id", "evidence__number", "title", "kind", "evidence__author_id")
    return of_units(units).values_list(*columns, witnessed)


def in_binder(binder: Binder) -> QuerySet[EvidenceVersion]:
    """The versions in force of what is evidence in the units, by number."""
    return of_units(binder.ids)


def of_units(units: Sequence[int]) -> QuerySet[EvidenceVersion]:
    """The same of units by their ids."""
    mapped = Mapping.objects.filter(enrolment__in=units, taken_back_at=None).order_by().values("evidence")
    rows = EvidenceVersion.objects.filter(
        evidence__in=mapped, evidence__number__isnull=False, submitted_at__isnull=False, replaced_at=None
    )
    return rows.exclude(status=ItemStatus.WITHDRAWN).order_by("evidence__number")


@dataclass(frozen=True)
class RecordedItem:
    """An item that an assessor made or witnesses signed, in full."""

    head: ItemHead
    record: RecordShown | None
    testimonies: list[Testimony]


def recorded_items(binder: Binder) -> list[RecordedItem]:
    """The records and testimonies among the units' evidence, by number, in nine queries."""
    units = {unit.pk: unit for unit in binder.units}
    mapped = Mapping.objects.filter(enrolment__in=binder.ids, taken_back_at=None).order_by()
    of_item: dict[int, list[Enrolment]] = defaultdict(list)
    for evidence, enrolment in sorted(set(mapped.values_list("evidence_id", "enrolment_id"))):
        of_item[evidence].append(units[enrolment])
    versions = list(in_binder(binder).select_related(*NAMED))
    records = records_shown(version.pk for version in versions if version.evidence.author_id)
    testified: dict[int, list[Testimony]] = defaultdict(list)
    for row in testimonies_of(versions):
        if row.is_signed:
            testified[row.version_id].append(row)
    for version in versions:
        version.evidence.candidate = binder.candidate
    return [
        RecordedItem(
            ItemHead(version.evidence, version, of_item[version.evidence_id], binder.own),
            records.get(version.pk),
            testified[version.pk],
        )
        for version in versions
        if version.pk in records or testified[version.pk]
    ]


# --- who is in it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TitlePage:
    """Whose portfolio it is, at which centre, and who works on it."""

    binder: Binder
    profile: Profile | None
    names: dict[int, str]
    approvals: list[CentreApproval]
    office: list[StaffRecord]


def title_page(binder: Binder, day: datetime.date) -> TitlePage:
    """The title page, in four queries beside the binder's."""
    centre = binder.candidate.centre
    people = {getattr(unit, f"{part}_id") for unit in binder.units for part in PEOPLE} - {None}
    bodies = {unit.unit.awarding_body_id for unit in binder.units}
    approvals = CentreApproval.objects.filter(centre=centre, awarding_body__in=bodies).select_related("awarding_body")
    return TitlePage(
        binder=binder,
        profile=profile_of(binder),
        names={user: name for (user, _), name in staff_names(people, {centre.pk}).items()},
        approvals=list(approvals.order_by("awarding_body__name")),
        office=list(staff_holding(centre, day, Role.ADMINISTRATOR).order_by("name")),
    )


@dataclass(frozen=True)
class WitnessLine:
    """A witness, and what of the portfolio they saw."""

    testimony: Testimony
    evidence: list[int]
    units: list[str]


def witnesses_in(binder: Binder) -> list[WitnessLine]:
    """Everybody who signed a testimony that is evidence in the units, by name. Three queries."""
    versions = {version.pk: version for version in in_binder(binder)}
    codes = {unit.pk: unit.unit.short_code for unit in binder.units}
    units: dict[int, set[str]] = defaultdict(set)
    mapped = Mapping.objects.filter(enrolment__in=binder.ids, taken_back_at=None).order_by()
    for evidence, enrolment in mapped.values_list("evidence_id", "enrolment_id").distinct():
        units[evidence].add(codes[enrolment])
    lines: dict[tuple[str, str, str, str], list[Testimony]] = defaultdict(list)
    for row in Testimony.objects.filter(SIGNED, version__in=versions).select_related("signature").order_by("pk"):
        lines[row.mailbox, row.name, row.status, row.own_relationship].append(row)
    found = []
    for rows in lines.values():
        items = [versions[row.version_id].evidence for row in rows]
        found.append(
            WitnessLine(
                testimony=rows[-1],
                evidence=sorted({item.number or 0 for item in items}),
                units=sorted(set().union(*(units[item.pk] for item in items))),
            )
        )
    return sorted(found, key=lambda line: line.testimony.name)


# --- what should be in it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitContents:
    """What there is of a unit, in numbers and days."""

    enrolment: Enrolment
    plans: list[AssessmentPlan]
    items: list[EvidenceVersion]
    unread: list[int]
    """Numbers of items that an assessor has not read, or not all that is mapped here."""
    unsigned: list[int]
    """Numbers of records that the candidate has not acknowledged."""
    elsewhere: list[int]
    """Numbers of items held at a place outside the portfolio."""
    signatures: dict[str, SignOff]
    sampled_at: datetime.datetime | None
    form: AuthenticationForm | None


@dataclass(frozen=True)
class Contents:
    """What a portfolio holds of what it should hold."""

    binder: Binder
    profile: Profile | None
    units: list[UnitContents]
    witnesses: int


def contents_of(binder: Binder, user: User) -> Contents:
    """What there is, in twelve queries at most however many units."""
    versions = {version.evidence_id: version for version in in_binder(binder)}
    mapped = Mapping.objects.filter(enrolment__in=binder.ids, taken_back_at=None).order_by()
    items: dict[int, list[EvidenceVersion]] = defaultdict(list)
    rows = list(mapped.values_list("enrolment_id", "evidence_id", "waiting_since"))
    waiting = {(enrolment, evidence) for enrolment, evidence, since in rows if since}
    for enrolment, evidence in sorted({(enrolment, evidence) for enrolment, evidence, _ in rows}):
        if evidence in versions:
            items[enrolment].append(versions[evidence])
    states = record_states({version.pk for version in versions.values() if version.evidence.author_id})
    signed: dict[int, list[SignOff]] = defaultdict(list)
    for row in signatures_in(binder.ids):
        signed[row.enrolment_id].append(row)
    sampled = dict(
        Sample.objects.filter(enrolment__in=binder.ids, done_at__isnull=False)
        .order_by("done_at")
        .values_list("enrolment_id", "done_at")
    )
    authenticated = AuthenticationForm.objects.filter(enrolment__in=binder.ids).select_related("signature")
    forms = {form.enrolment_id: form for form in authenticated}
    plans = plans_in(binder, user)
    witnesses = Testimony.objects.filter(SIGNED, version__in=list(versions.values())).values("mailbox").distinct()
    return Contents(
        binder=binder,
        profile=profile_of(binder),
        units=[
            UnitContents(
                enrolment=unit,
                plans=plans.get(unit.pk, []),
                items=items[unit.pk],
                unread=numbers_of(
                    row
                    for row in items[unit.pk]
                    if row.status == ItemStatus.SUBMITTED or (unit.pk, row.evidence_id) in waiting
                ),
                unsigned=numbers_of(
                    row for row in items[unit.pk] if row.pk in states and not states[row.pk].acknowledged
                ),
                elsewhere=numbers_of(row for row in items[unit.pk] if row.held == HeldAt.LOCATION),
                signatures=in_force(signed[unit.pk]),
                sampled_at=sampled.get(unit.pk),
                form=forms.get(unit.pk),
            )
            for unit in binder.units
        ],
        witnesses=witnesses.count(),
    )


def numbers_of(versions: Iterable[EvidenceVersion]) -> list[int]:
    return [version.evidence.number for version in versions if version.evidence.number]
