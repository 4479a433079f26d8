"""What a centre's office works with: who can be named on a unit, what it may offer, and by whose approval."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, RoleGrant
from units.models import AwardingBody, CentreApproval, DirectClaim, Unit


def candidates_of(centre: Centre, day: datetime.date) -> QuerySet[CandidateRecord]:
    """Candidates of the centre on the day, by name."""
    holders = RoleGrant.objects.on(day).filter(centre=centre, role=Role.CANDIDATE).values("user")
    return CandidateRecord.objects.filter(centre=centre, user__in=holders)


def named(candidates: QuerySet[CandidateRecord], search: str) -> QuerySet[CandidateRecord]:
    """Those of the candidates with these words in a name, a number or their address; all where nothing is searched."""
    words = ("legal_name", "known_as", "centre_reference", "candidate_number", "user__email")
    found = Q()
    for word in words if search else ():
        found |= Q(**{f"{word}__icontains": search})
    return candidates.filter(found)


def units_offered(centre: Centre) -> QuerySet[Unit]:
    """Published units of the awarding bodies that approved the centre."""
    return Unit.objects.offered_at(centre).select_related("awarding_body")


@dataclass(frozen=True)
class ApprovalLine:
    """An awarding body, and the centre's approval by it if there is one."""

    body: AwardingBody
    approval: CentreApproval | None
    statuses: list[tuple[DirectClaim, bool]]
    """Each direct claim status that was ever on record, and whether it is in force."""


def approvals_of(centre: Centre, day: datetime.date) -> list[ApprovalLine]:
    """Every awarding body with the centre's approval and how it may claim, in three queries."""
    found = {row.awarding_body_id: row for row in CentreApproval.objects.filter(centre=centre)}
    statuses: dict[int, list[tuple[DirectClaim, bool]]] = {}
    for row in DirectClaim.objects.filter(centre=centre).select_related("unit", "qualification", "awarding_body"):
        statuses.setdefault(row.awarding_body_id, []).append((row, row.in_force(day)))
    bodies = AwardingBody.objects.all()
    return [ApprovalLine(body, found.get(body.pk), statuses.get(body.pk, [])) for body in bodies]
