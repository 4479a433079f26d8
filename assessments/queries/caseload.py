"""Many candidates' units at once, with their progress in layers."""

import datetime
from dataclasses import dataclass

from django.db.models import Min

from assessments.enums import UnitStatus
from assessments.models import Enrolment, EnrolmentQuerySet, Mapping
from assessments.progress import Progress, layers, progress_of
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
    assessor: str = ""
    verifier: str = ""


def caseload(user: User) -> EnrolmentQuerySet:
    """The units a person assesses or countersigns now, by candidate."""
    units = Enrolment.objects.filter(status__in=ACTIVE)
    mine = units.held_by(user, "assessor") | units.held_by(user, "countersigner")
    return mine.order_by("candidate__legal_name", "candidate_id", "unit_id")


def case_rows(enrolments: list[Enrolment], *, waiting: bool = True) -> list[CaseRow]:
    """The rows of one page of a list, in three queries however many there are. They come with candidate and unit.

    Who does not ask how long something has been `waiting` takes two.
    """
    ids = [enrolment.pk for enrolment in enrolments]
    criteria: dict[int, list[int]] = {}
    for unit_id, pk in Criterion.objects.filter(unit__in={row.unit_id for row in enrolments}).values_list(
        "unit_id", "pk"
    ):
        criteria.setdefault(unit_id, []).append(pk)
    marks = marks_of(ids)
    oldest = oldest_waiting(ids) if waiting else {}
    return [
        CaseRow(
            enrolment=row,
            progress=progress_of(layers(criteria.get(row.unit_id, []), marks[row.pk], row.status)),
            oldest_waiting=oldest.get(row.pk),
        )
        for row in enrolments
    ]


def oldest_waiting(enrolment_ids: list[int]) -> dict[int, datetime.datetime]:
    """Since when the oldest unread item of each enrolment has waited; nothing for those with none."""
    waiting = Mapping.objects.filter(enrolment__in=enrolment_ids, waiting_since__isnull=False).order_by()
    return dict(
        waiting.values("enrolment_id").annotate(since=Min("waiting_since")).values_list("enrolment_id", "since")
    )
