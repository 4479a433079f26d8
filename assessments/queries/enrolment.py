"""Who is asking, who works on a unit, and where it stands."""

import datetime

from django.db.models import Q

from assessments.enums import SignedAs, UnitStatus
from assessments.models import SIGNED, Enrolment, Mapping, Testimony
from assessments.rules import People, Person
from assessments.workflow import Named, UnitFacts
from portfolio.enums import Role
from portfolio.models import CandidateRecord, RoleGrant, StaffQualification, StaffRecord, User


def person_at(user: User, centre_id: int, day: datetime.date) -> Person:
    """The person as the rules see them at a centre on a day: roles in force, and whether they hold an award."""
    roles = RoleGrant.objects.on(day).filter(user=user, centre=centre_id).values_list("role", flat=True)
    return Person(user.pk, frozenset(roles), is_qualified_assessor(user, centre_id, day))


def is_qualified_assessor(user: User, centre_id: int, day: datetime.date) -> bool:
    """Whether the person held an assessor's award on the day (NVQ Code of Practice: else a countersignature)."""
    return StaffQualification.objects.filter(
        staff__user=user, staff__centre=centre_id, role=Role.ASSESSOR, achieved_on__lte=day
    ).exists()


def has_judged(enrolment: Enrolment, user: User) -> bool:
    """Whether the person ever decided, countersigned or signed off in the unit, even if that was voided since."""
    judging = [SignedAs.ASSESSOR, SignedAs.COUNTERSIGNER]
    decided = Q(review__assessor=user) | Q(countersignature__by=user)
    return (
        enrolment.decisions.filter(decided).exists()
        or enrolment.sign_offs.filter(part__in=judging, signature__signer=user).exists()
    )


def has_verified(enrolment: Enrolment, user: User) -> bool:
    """Whether the person ever sampled or verified the unit. A sample that was dropped is none."""
    return (
        enrolment.verified_by_id == user.pk
        or enrolment.samples.filter(verifier=user, dropped_at=None).exists()
        or enrolment.actions.filter(closed_by=user).exists()
        or enrolment.sign_offs.filter(part=SignedAs.VERIFIER, signature__signer=user).exists()
    )


def witnesses_in(enrolment_id: int) -> frozenset[int]:
    """Those who sign in and are witnesses in the unit, in one query."""
    mapped = Mapping.objects.filter(enrolment=enrolment_id, taken_back_at=None).order_by().values("evidence")
    signed = Testimony.objects.filter(SIGNED, version__evidence__in=mapped).with_accounts()
    return frozenset(row.account for row in signed if row.account)


def people_of(
    enrolment: Enrolment, deciders: frozenset[int] = frozenset(), witnesses: frozenset[int] = frozenset()
) -> People:
    """Who is named on the unit."""
    return People(
        candidate_id=enrolment.candidate_user_id,
        assessor_id=enrolment.assessor_id,
        verifier_id=enrolment.verifier_id,
        countersigner_id=enrolment.countersigner_id,
        deciders=deciders,
        witnesses=witnesses,
    )


def bare_facts(enrolment: Enrolment) -> UnitFacts:
    """Status and people only: enough for the verbs that need nothing else. No query."""
    return UnitFacts(
        enrolment_id=enrolment.pk,
        status=UnitStatus(enrolment.status),
        people=people_of(enrolment),
        kept_status=UnitStatus(enrolment.kept_status) if enrolment.kept_status else None,
        frozen=enrolment.frozen_at is not None,
        open_appeal=open_appeal_of(enrolment),
    )


def open_appeal_of(enrolment: Enrolment) -> Named | None:
    """The appeal that is open in the unit, as the unit itself notes it. No query."""
    pk = enrolment.open_appeal_id
    return Named(pk, f"Appeal {pk}") if pk else None


def staff_name(user: User, centre_id: int) -> str:
    """The name a member of staff signs with at a centre; their address where the centre keeps no record of them."""
    return StaffRecord.objects.filter(user=user, centre=centre_id).values_list("name", flat=True).first() or user.email


def staff_names(user_ids: set[int], centre_ids: set[int]) -> dict[tuple[int, int], str]:
    """Names of many staff at many centres, by (user, centre), in one query; in none where nobody is asked for."""
    if not user_ids:
        return {}
    rows = StaffRecord.objects.filter(user__in=user_ids, centre__in=centre_ids).order_by()
    return {(user, centre): name for user, centre, name in rows.values_list("user_id", "centre_id", "name")}


def candidate_of(user: User, centre_id: int) -> CandidateRecord:
    """The person's candidate record at a centre. Raises CandidateRecord.DoesNotExist where there is none."""
    return CandidateRecord.objects.get(user=user, centre=centre_id)
