"""Who is asking, who works on a unit, and where it stands."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, TextField

from assessments.enums import HANDED_IN, Pace, SignedAs, Turn, UnitStatus
from assessments.models import (
    SIGNED,
    Action,
    ActionTurn,
    Activity,
    Alarm,
    Enrolment,
    Exchange,
    Mapping,
    PlannedCell,
    Sample,
    SignOff,
    Testimony,
)
from assessments.pace import PaceDates, pace_of
from assessments.progress import CONFIRMING, Progress, Tally
from assessments.rules import People, Person
from assessments.workflow import Named, UnitFacts
from portfolio.compiled import compiled
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, ExternalRecord, RoleGrant, StaffQualification, StaffRecord, User
from portfolio.rules import VERIFYING
from units.enums import VerifierSignature
from units.models import Unit

LONG_WORDS = tuple(f"unit__{field.name}" for field in Unit._meta.fields if isinstance(field, TextField))
"""The texts of a specification, which no list tells: a unit read beside each of its rows comes without them."""
BY_CANDIDATE = ("candidate__legal_name", "candidate_id", "unit_id", "pk")
"""The order of lists of units. Somebody who left a unit and takes it again has it twice, in the order they began."""


def person_at(user: User, centre_id: int, day: datetime.date) -> Person:
    """The person as the rules see them at a centre on a day: roles in force, and whether they hold an award."""
    roles = RoleGrant.objects.on(day).filter(user=user, centre=centre_id).values_list("role", flat=True)
    return Person(user.pk, frozenset(roles), is_qualified_assessor(user, centre_id, day))


def is_qualified_assessor(user: User, centre_id: int, day: datetime.date) -> bool:
    """Whether the person held an assessor's award on the day (NVQ Code of Practice: else a countersignature)."""
    return bool(_awards(user.pk, centre_id, day))


@compiled
def _awards(user_id: int, centre_id: int, day: datetime.date) -> QuerySet[StaffQualification, int]:
    return awards_to_assess(user_id, day).filter(staff__centre=centre_id).order_by().values_list("pk", flat=True)[:1]


def awards_to_assess(user: User | int, day: datetime.date) -> QuerySet[StaffQualification]:
    """The assessor's awards that a person held on the day, at any centre."""
    return StaffQualification.objects.filter(staff__user=user, role=Role.ASSESSOR, achieved_on__lte=day)


def verifiers_in(enrolment_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Who ever sampled or verified each of the units, in one query, or looked at it beside that: settled an alarm,
    sent an answer back, or recorded an activity about it. A sample that was dropped is none."""
    ids = list(enrolment_ids)
    return gathered(ids, _verifiers(ids))


@compiled
def _verifiers(ids: list[int]) -> QuerySet[Sample, Any]:
    sampled = Sample.objects.filter(enrolment__in=ids, dropped_at=None).order_by()
    closed = Action.objects.filter(enrolment__in=ids, closed_by__isnull=False).order_by()
    signed = SignOff.objects.filter(enrolment__in=ids, part=SignedAs.VERIFIER).order_by()
    marked = Enrolment.objects.filter(pk__in=ids, verified_by__isnull=False).order_by()
    looked = Alarm.objects.filter(sample__enrolment__in=ids, looked_by__isnull=False).order_by()
    returned = ActionTurn.objects.filter(action__enrolment__in=ids, kind=Turn.SENT_BACK).order_by()
    recorded = Activity.objects.filter(enrolment__in=ids, recorded_at__isnull=False).order_by()
    return sampled.values_list("enrolment_id", "verifier_id").union(
        closed.values_list("enrolment_id", "closed_by_id"),
        signed.values_list("enrolment_id", "signature__signer_id"),
        marked.values_list("pk", "verified_by_id"),
        looked.values_list("sample__enrolment_id", "looked_by_id"),
        returned.values_list("action__enrolment_id", "by_id"),
        recorded.values_list("enrolment_id", "verifier_id"),
    )


def has_judged(enrolment: Enrolment, user: User) -> bool:
    """Whether the person ever decided, countersigned or signed off in the unit, even if that was voided since."""
    judging = [SignedAs.ASSESSOR, SignedAs.COUNTERSIGNER]
    decided = Q(review__assessor=user) | Q(countersignature__by=user)
    return (
        enrolment.decisions.filter(decided).exists()
        or enrolment.sign_offs.filter(part__in=judging, signature__signer=user).exists()
    )


def has_verified(enrolment: Enrolment, user: User) -> bool:
    """Whether the person ever sampled or verified the unit."""
    return user.pk in verifiers_in([enrolment.pk])[enrolment.pk]


def witnesses_among(enrolment_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Those who sign in and are witnesses in each of the units, in one query."""
    ids = list(enrolment_ids)
    return gathered(ids, ((row.unit, row.account) for row in _witnesses(ids)))  # type: ignore[attr-defined]  # annotated


@compiled
def _witnesses(ids: list[int]) -> QuerySet[Testimony]:
    mapped = {
        "version__evidence__mappings__enrolment__in": ids,
        "version__evidence__mappings__taken_back_at": None,
    }
    signed = Testimony.objects.with_accounts().filter(SIGNED).filter(**mapped).order_by()
    return signed.annotate(unit=F("version__evidence__mappings__enrolment"))


def witnesses_in(enrolment_id: int) -> frozenset[int]:
    """Those who sign in and are witnesses in the unit, in one query."""
    return witnesses_among([enrolment_id])[enrolment_id]


def gathered(ids: Iterable[int], pairs: Iterable[tuple[int, int | None]]) -> dict[int, frozenset[int]]:
    """(unit, person) as the people of each unit; an empty set for a unit with none."""
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    for unit, person in pairs:
        if person:
            found[unit].add(person)
    return {unit: frozenset(people) for unit, people in found.items()}


def authors_among(enrolment_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Those who made a record that is evidence in each of the units, or devised questions asked in one. One query."""
    ids = list(enrolment_ids)
    return gathered(ids, _authors(ids))


@compiled
def _authors(ids: list[int]) -> QuerySet[Mapping, Any]:
    made = Mapping.objects.filter(
        enrolment__in=ids,
        taken_back_at=None,
        evidence__author__isnull=False,
        evidence__versions__status__in=HANDED_IN,
        evidence__versions__replaced_at=None,
    ).order_by()
    asked = Exchange.objects.filter(
        set_question__isnull=False,
        record__version__status__in=HANDED_IN,
        record__version__replaced_at=None,
        record__version__evidence__mappings__enrolment__in=ids,
        record__version__evidence__mappings__taken_back_at=None,
    ).order_by()
    return made.values_list("enrolment_id", "evidence__author_id").union(
        asked.values_list("record__version__evidence__mappings__enrolment_id", "set_question__set__author_id")
    )


def authors_in(enrolment_id: int) -> frozenset[int]:
    """The same of one unit."""
    return authors_among([enrolment_id])[enrolment_id]


def people_of(
    enrolment: Enrolment,
    deciders: frozenset[int] = frozenset(),
    witnesses: frozenset[int] = frozenset(),
    authors: frozenset[int] = frozenset(),
) -> People:
    """Who is named on the unit."""
    return People(
        candidate_id=enrolment.candidate_user_id,
        assessor_id=enrolment.assessor_id,
        verifier_id=enrolment.verifier_id,
        countersigner_id=enrolment.countersigner_id,
        deciders=deciders,
        witnesses=witnesses,
        authors=authors,
    )


def bare_facts(enrolment: Enrolment) -> UnitFacts:
    """Status and people only: enough for the verbs that need nothing else. No query."""
    return UnitFacts(
        enrolment_id=enrolment.pk,
        status=UnitStatus(enrolment.status),
        people=people_of(enrolment),
        kept_status=UnitStatus(enrolment.kept_status) if enrolment.kept_status else None,
        frozen=enrolment.frozen_at is not None,
        break_until=enrolment.break_until,
        open_appeal=open_appeal_of(enrolment),
    )


def confirmed(at: str = "") -> ExpressionWrapper[Q]:
    """Whether what is accepted in a unit is confirmed: `is_confirmed` as SQL.

    What verification is asked for matters to units signed off alone. `at` leads to the enrolment, e.g. `enrolment__`.
    """
    of_it = {"enrolment": OuterRef(f"{at}pk")}
    asked_for = Q(**{f"{at}unit__awarding_body__verifier_signature": VerifierSignature.ALWAYS})
    asked_for |= Q(Exists(Sample.objects.still_open().filter(**of_it)))
    asked_for |= Q(Exists(PlannedCell.objects.before_verifying().filter(**of_it)))
    found = Q(**{f"{at}status__in": CONFIRMING}) | (Q(**{f"{at}status": UnitStatus.SIGNED_OFF}) & ~asked_for)
    return ExpressionWrapper(found, BooleanField())


CONFIRMED = confirmed()
"""What lists annotate their units with, as `confirmed`."""


def kept_progress(enrolment: Enrolment, *, confirmed: bool) -> Progress:
    """The unit's progress as its verbs wrote it down. No query."""
    tally = Tally(enrolment.claimed_count, enrolment.accepted_count, enrolment.returned_count, enrolment.pending_count)
    return tally.progress(enrolment.criteria_count, confirmed=confirmed)


def kept_pace(enrolment: Enrolment, today: datetime.date) -> Pace | None:
    """How the unit keeps pace with its target date. No query."""
    if enrolment.target_on is None or not enrolment.criteria_count:
        return None
    return pace_of(PaceDates(enrolment.ahead_before, enrolment.behind_from), enrolment.status, today)


def open_appeal_of(enrolment: Enrolment) -> Named | None:
    """The appeal that is open in the unit, as the unit itself notes it. No query."""
    pk = enrolment.open_appeal_id
    return Named(pk, f"Appeal {pk}") if pk else None


def staff_name(user: User, centre_id: int) -> str:
    """The name a member of staff signs with at a centre; their address where the centre keeps no record of them."""
    return StaffRecord.objects.filter(user=user, centre=centre_id).values_list("name", flat=True).first() or user.email


def name_of(part: str, centre: str = "centre") -> Subquery:
    """Of an enrolment: the name of whoever is named in a part, as the centre keeps it. `centre` leads there."""
    record = StaffRecord.objects.filter(user=OuterRef(part), centre=OuterRef(centre)).order_by()
    return Subquery(record.values("name")[:1])


def staff_holding(centre: Centre, day: datetime.date, *roles: Role) -> QuerySet[StaffRecord]:
    """Staff who hold one of the roles at the centre on the day, by name."""
    holders = RoleGrant.objects.on(day).filter(centre=centre, role__in=roles).values("user")
    return StaffRecord.objects.filter(centre=centre, user__in=holders).select_related("user")


def named_staff(rows: QuerySet[StaffRecord]) -> list[tuple[int, str]]:
    """Staff to choose from: who, and what they are called."""
    return list(rows.order_by("name", "pk").values_list("user_id", "name"))


def verifiers_at(centre: Centre, day: datetime.date) -> list[tuple[int, str]]:
    """Those who verify at the centre, by name."""
    return named_staff(staff_holding(centre, day, *VERIFYING))


def qualified_assessors(centre: Centre, day: datetime.date) -> QuerySet[StaffRecord]:
    """Assessors of the centre who hold an assessor's award on the day: who can countersign."""
    return staff_holding(centre, day, Role.ASSESSOR).filter(_award_held(day))


def assessors_of(centre: Centre, day: datetime.date) -> QuerySet[StaffRecord]:
    """Assessors of the centre, each with `awarded`: whether they hold an assessor's award on the day."""
    return staff_holding(centre, day, Role.ASSESSOR).annotate(awarded=_award_held(day))


def _award_held(day: datetime.date) -> Exists:
    return Exists(StaffQualification.objects.filter(staff=OuterRef("pk"), role=Role.ASSESSOR, achieved_on__lte=day))


def staff_names(user_ids: set[int], centre_ids: set[int]) -> dict[tuple[int, int], str]:
    """Names of many staff at many centres, by (user, centre), in one query; in none where nobody is asked for.

    Who is not found among them may be an external verifier: that is asked with one more.
    """
    if not user_ids:
        return {}
    found = {(user, centre): name for user, centre, name in _staff(list(user_ids), list(centre_ids))}
    if others := user_ids - {user for user, _ in found}:
        found |= {(user, centre): name for user, centre, name in _outside(list(others), list(centre_ids))}
    return found


@compiled
def _staff(user_ids: list[int], centre_ids: list[int]) -> QuerySet[StaffRecord, Any]:
    rows = StaffRecord.objects.filter(user__in=user_ids, centre__in=centre_ids).order_by()
    return rows.values_list("user_id", "centre_id", "name")


@compiled
def _outside(user_ids: list[int], centre_ids: list[int]) -> QuerySet[ExternalRecord, Any]:
    rows = ExternalRecord.objects.filter(user__in=user_ids, centre__in=centre_ids).order_by()
    return rows.values_list("user_id", "centre_id", "name")


def candidate_of(user: User, centre_id: int) -> CandidateRecord:
    """The person's candidate record at a centre. Raises CandidateRecord.DoesNotExist where there is none."""
    return CandidateRecord.objects.get(user=user, centre=centre_id)
