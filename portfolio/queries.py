"""Questions about people: each page's data in a fixed number of queries, as frozen dataclasses."""

import datetime

from portfolio.enums import Role
from portfolio.models import Centre, StaffQualification, User
from portfolio.rules import is_qualified


def holds_award(user: User, centre: Centre, role: Role, day: datetime.date) -> bool:
    """Whether the centre has an award on record that qualified the person for the role on that day. One query."""
    return is_qualified(StaffQualification.objects.filter(staff__user=user, staff__centre=centre), role, day)


def is_qualified_to_assess(user: User, centre: Centre, day: datetime.date) -> bool:
    """Whether the person's decisions as an assessor stood alone on that day, without a countersignature."""
    return holds_award(user, centre, Role.ASSESSOR, day)


def is_qualified_to_verify(user: User, centre: Centre, day: datetime.date) -> bool:
    """Whether the person was a qualified internal verifier on that day."""
    return holds_award(user, centre, Role.INTERNAL_VERIFIER, day)
