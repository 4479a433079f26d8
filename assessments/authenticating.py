"""When a centre can declare a candidate's unit authentic, and why not yet.

Sentences as in `workflow`: the same ones are shown before the button is pressed and raised by the action.
"""

from assessments.enums import UnitStatus
from assessments.workflow import Reason, UnitFacts

AUTHENTICATED_AT = (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED, UnitStatus.CLAIMED, UnitStatus.CERTIFICATED)


def authentication_refusals(facts: UnitFacts) -> list[Reason]:
    """Why no Centre Authentication form can be issued for the unit yet; empty when one can."""
    if facts.status not in AUTHENTICATED_AT:
        wanted = "it must be signed off by its assessor first"
        return [Reason(f"The unit is “{facts.status.label}”: {wanted}.", "unit", facts.enrolment_id)]
    return [
        Reason(f"Something changed after the {signer} signed: their signature is stale.", "unit", facts.enrolment_id)
        for signer in facts.stale
    ]
