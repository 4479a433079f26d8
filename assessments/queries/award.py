"""What a claim can rest on."""

import datetime
from dataclasses import dataclass

from assessments.models import Enrolment
from units.models import DirectClaim


@dataclass(frozen=True)
class ClaimingStanding:
    """The direct claim status by which a unit can be claimed on a day; or in a sentence why there is none."""

    in_force: DirectClaim | None
    why_not: str = ""


def claiming_standing(enrolment: Enrolment, day: datetime.date) -> ClaimingStanding:
    """How the unit can be claimed. One query. A status for the unit alone goes before one for all units of its body."""
    found = DirectClaim.objects.covering(enrolment.centre, enrolment.unit)
    ordered = sorted(found, key=lambda status: (status.unit_id is None, -status.pk))
    current = [status for status in ordered if status.in_force(day)]
    if current:
        return ClaimingStanding(current[0])
    body = enrolment.unit.awarding_body
    for status in ordered:
        if status.withdrawn_on and status.withdrawn_on <= day:
            return ClaimingStanding(
                None,
                f"Direct claim status with {body} was withdrawn from {status.withdrawn_on:%-d %B %Y}: "
                f"{status.withdrawal_reason.rstrip('.')}.",
            )
        if status.ends_on and status.ends_on < day:
            return ClaimingStanding(None, f"Direct claim status with {body} ended on {status.ends_on:%-d %B %Y}.")
    return ClaimingStanding(None, f"The centre has no direct claim status with {body} for this unit.")
