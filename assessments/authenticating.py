"""When a centre can declare a candidate's unit authentic, and why not yet.

Sentences as in `workflow`: the same ones are shown before the button is pressed and raised by the action.
"""

from collections.abc import Collection

from assessments.enums import SignedAs, UnitStatus
from assessments.workflow import Reason, went_stale

AUTHENTICATED_AT = (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED, UnitStatus.CLAIMED, UnitStatus.CERTIFICATED)


def authentication_refusals(enrolment_id: int, status: UnitStatus, stale: Collection[SignedAs]) -> list[Reason]:
    """Why no Centre Authentication form can be issued for the unit yet; empty when one can.

    `stale`: the parts whose signature no longer fits the facts.
    """
    if status not in AUTHENTICATED_AT:
        wanted = "it must be signed off by its assessor first"
        return [Reason(f"The unit is “{status.label}”: {wanted}.", "unit", enrolment_id)]
    return [Reason(went_stale(stale), "unit", enrolment_id)] if stale else []
