"""Many candidates' units at once, with their progress in layers."""

import datetime
from dataclasses import dataclass

from django.db.models import Min, QuerySet

from assessments.enums import UnitStatus
from assessments.models import Enrolment, Mapping
from assessments.progress import Progress, layers, progress_of
from assessments.queries.enrolment import staff_names
from assessments.queries.judgement import marks_of
from portfolio.models import User
from units.models import Criterion

ACTIVE = (
    UnitStatus.COLLECTING,
    UnitStatus.DECLARED,
    UnitStatus.AWAITING_COUNTERSIGNATURE,
    UnitStatus.SIGNED_OFF,
    UnitStatus.VERIFIED,
    UnitStatus.SUSPENDED,
)


@dataclass(frozen=True)
class CaseRow:
    """A candidate's unit in a list: how far it is, and how long its oldest unread item has waited."""

    enrolment: Enrolment
    progress: Progress
    oldest_waiting: datetime.datetime | None
    assessor: str
    verifier: str


def caseload(user: User) -> QuerySet[Enrolment]:
    """The units a person assesses or countersigns now, by candidate."""
    visible = Enrolment.objects.visible_to(user).filter(status__in=ACTIVE)
    mine = visible.filter(assessor=user) | visible.filter(countersigner=user)
    return mine.order_by("candidate__legal_name", "candidate_id", "unit_id")


def case_rows(enrolments: list[Enrolment]) -> list[CaseRow]:
    """The rows of one page of a list, in five queries however many there are. They come with candidate and unit."""
    ids = [enrolment.pk for enrolment in enrolments]
    criteria: dict[int, list[int]] = {}
    for unit_id, pk in Criterion.objects.filter(unit__in={row.unit_id for row in enrolments}).values_list(
        "unit_id", "pk"
    ):
        criteria.setdefault(unit_id, []).append(pk)
    marks = marks_of(ids)
    waiting = dict(
        Mapping.objects.filter(enrolment__in=ids, waiting_since__isnull=False)
        .values("enrolment_id")
        .annotate(since=Min("waiting_since"))
        .values_list("enrolment_id", "since")
    )
    users = {user for row in enrolments for user in (row.assessor_id, row.verifier_id)}
    names = staff_names(users, {row.centre_id for row in enrolments})
    return [
        CaseRow(
            enrolment=row,
            progress=progress_of(layers(criteria.get(row.unit_id, []), marks[row.pk], row.status)),
            oldest_waiting=waiting.get(row.pk),
            assessor=names.get((row.assessor_id, row.centre_id), ""),
            verifier=names.get((row.verifier_id, row.centre_id), ""),
        )
        for row in enrolments
    ]
