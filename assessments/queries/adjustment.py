"""What is arranged for a candidate, as everybody who works with them may read it."""

import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from assessments.models import Adjustment
from portfolio.models import Centre, StaffRecord, User


def arranged_for(candidate_id: int, day: datetime.date) -> list[Adjustment]:
    """What is arranged for the candidate that day and by whom (`approver`), without the detail behind it. One query."""
    approver = StaffRecord.objects.filter(user=OuterRef("approved_by"), centre=OuterRef("candidate__centre")).order_by()
    rows = Adjustment.objects.filter(candidate=candidate_id).in_force(day).defer("detail", "held_elsewhere")
    return list(rows.annotate(approver=Subquery(approver.values("name")[:1])))


def adjustments_kept(user: User, centre: Centre) -> QuerySet[Adjustment]:
    """Every adjustment of a centre's candidates for its administrator, those in force first, without the detail."""
    rows = Adjustment.objects.kept_by(user).filter(candidate__centre=centre)
    return rows.select_related("candidate").defer("detail").order_by("candidate__legal_name", "-from_on", "-pk")
