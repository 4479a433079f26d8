"""What is asked in a sample, and the lists of questions a centre keeps."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from assessments.models import Enrolment, SampleQuestion, SampleQuestions
from portfolio.models import Centre, StaffRecord
from units.models import AwardingBody, Unit

LATER = SampleQuestions.objects.filter(
    centre=OuterRef("centre"), awarding_body=OuterRef("awarding_body"), number__gt=OuterRef("number")
)
IN_FORCE = SampleQuestions.objects.filter(
    Q(unit=None) & ~Exists(LATER.filter(unit=None))
    | Q(unit__isnull=False) & ~Exists(LATER.filter(unit=OuterRef("unit")))
)
"""The latest version of each list: of a body's questions, and of each unit's own."""


@dataclass(frozen=True)
class QuestionList:
    """A body's questions or a unit's own, as they are asked now."""

    body: AwardingBody
    unit: Unit | None
    version: SampleQuestions | None
    made_by: str
    questions: list[str]


def questions_for(enrolment: Enrolment) -> list[SampleQuestion]:
    """What a sample of the unit is asked today, the body's questions first. One query."""
    asked = IN_FORCE.filter(
        Q(unit=None) | Q(unit=enrolment.unit_id),
        centre=enrolment.centre_id,
        awarding_body=enrolment.unit.awarding_body_id,
    )
    of_the_body_first = F("asked_in__unit").asc(nulls_first=True)
    return list(SampleQuestion.objects.filter(asked_in__in=asked).order_by(of_the_body_first, "position"))


def latest_list(centre: Centre, body: AwardingBody, unit: Unit | None) -> SampleQuestions | None:
    """The version of a list that is in force; None where there is none yet."""
    return SampleQuestions.objects.filter(centre=centre, awarding_body=body, unit=unit).order_by("-number").first()


def lists_at(centre: Centre) -> list[QuestionList]:
    """The lists of every body that approved the centre, and of the units that have one of their own. Five queries."""
    bodies = list(AwardingBody.objects.filter(approvals__centre=centre).order_by("name"))
    latest = list(IN_FORCE.filter(centre=centre).select_related("awarding_body", "unit").prefetch_related("questions"))
    staff = StaffRecord.objects.filter(centre=centre, user__in=[row.made_by_id for row in latest])
    names = dict(staff.values_list("user_id", "name"))
    by_body = {row.awarding_body_id: row for row in latest if row.unit_id is None}
    found = []
    for body in bodies:
        own = [row for row in latest if row.unit_id and row.awarding_body_id == body.pk and row.questions.all()]
        for version in [by_body.get(body.pk), *own]:
            found.append(
                QuestionList(
                    body=body,
                    unit=version.unit if version else None,
                    version=version,
                    made_by=names.get(version.made_by_id, "") if version else "",
                    questions=[question.text for question in version.questions.all()] if version else [],
                )
            )
    return found
