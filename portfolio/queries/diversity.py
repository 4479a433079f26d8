"""What candidates say of themselves: their own to see, and of all of them only counts that tell of nobody."""

import datetime
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Field

from portfolio.aggregates import suppressed
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, DiversityAnswer, RoleGrant

ASKED = ("age_band", "gender", "ethnicity", "disability")


@dataclass(frozen=True)
class Counted:
    """A question: what it is called, and how many gave each answer; None where that would tell of somebody."""

    name: str
    answers: list[tuple[str, int | None]]


@dataclass(frozen=True)
class DiversityPage:
    """Of the candidates of a centre, as far as it may be shown."""

    centre: Centre
    candidates: int
    questions: list[Counted]


def diversity_page(centre: Centre, day: datetime.date) -> DiversityPage:
    """Five queries."""
    holding = RoleGrant.objects.on(day).filter(centre=centre, role=Role.CANDIDATE).values("user")
    here = CandidateRecord.objects.filter(centre=centre, user__in=holding)
    return DiversityPage(centre, here.count(), [counted(name, centre, day) for name in ASKED])


def counted(name: str, centre: Centre, day: datetime.date) -> Counted:
    """How many of today's candidates gave each answer, in the order of the question. One query."""
    holding = RoleGrant.objects.on(day).filter(centre=centre, role=Role.CANDIDATE).values("user")
    rows = DiversityAnswer.objects.filter(candidate__centre=centre, candidate__user__in=holding).exclude(**{name: ""})
    found = dict(rows.order_by().values_list(name).annotate(Count("pk")))
    field = cast("Field[Any, Any]", DiversityAnswer._meta.get_field(name))
    labels = {str(value): str(label) for value, label in field.choices or () if value}
    shown = suppressed({value: found.get(value, 0) for value in labels})
    return Counted(str(field.verbose_name), [(label, shown[value]) for value, label in labels.items()])
