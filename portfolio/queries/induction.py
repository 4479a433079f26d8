"""How a candidate was received, as the office and the candidate read it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from portfolio.compiled import compiled
from portfolio.enums import InductionTopic
from portfolio.models import CandidateRecord, IdentityCheck, Induction, StaffRecord, User
from portfolio.queries.people import candidate_facts


@dataclass(frozen=True)
class Received:
    """What is on record of a candidate's identity and induction, and who on the staff it was."""

    identity: IdentityCheck | None
    identity_by: str
    induction: Induction | None
    induction_by: str
    covered: int

    @property
    def waits(self) -> bool:
        """Whether an induction waits for its candidate to confirm it."""
        return self.induction is not None and not hasattr(self.induction, "acknowledged")

    @property
    def of(self) -> int:
        """How many topics there are."""
        return len(InductionTopic)


def received(candidate: CandidateRecord) -> Received:
    """The latest of each. Two queries."""
    identity = _identity.first(candidate.pk, candidate.centre_id)
    induction = _induction.first(candidate.pk, candidate.centre_id)
    return Received(
        identity,
        identity.staff_name or "" if identity else "",
        induction,
        induction.staff_name or "" if induction else "",
        induction.covered if induction else 0,
    )


@compiled
def _identity(candidate_id: int, centre_id: int) -> QuerySet[Any]:
    return annotated(IdentityCheck.objects.filter(candidate=candidate_id), centre_id, "seen_by").order_by("-pk")[:1]


@compiled
def _induction(candidate_id: int, centre_id: int) -> QuerySet[Any]:
    found = annotated(Induction.objects.filter(candidate=candidate_id), centre_id, "held_by")
    counted: QuerySet[Any] = found.select_related("acknowledged__signature").annotate(covered=Count("topics"))
    return counted.order_by("-pk")[:1]


def annotated(rows: QuerySet[Any], centre_id: int, by: str) -> QuerySet[Any]:
    """With the name that the centre calls whoever it was by."""
    staff = StaffRecord.objects.filter(centre=centre_id, user=OuterRef(by))
    found: QuerySet[Any] = rows.annotate(staff_name=Subquery(staff.values("name")[:1]))
    return found


@dataclass(frozen=True)
class OwnRecord:
    """What a centre keeps about a candidate, as they read it themselves."""

    record: CandidateRecord
    received: Received

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Names and numbers, label beside value."""
        return candidate_facts(self.record)


def own_records(user: User) -> list[OwnRecord]:
    """A person's candidate records, at whichever centres. Three queries where there is one, as nearly always."""
    records = CandidateRecord.objects.filter(user=user).select_related("centre").order_by("centre__name")
    return [OwnRecord(record, received(record)) for record in records]
