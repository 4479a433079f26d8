"""Sets of questions: those of a centre, one with all its questions, and those that may be asked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.enums import SetStatus
from assessments.models import Enrolment, QuestionSet, SetQuestion, SetQuestionCriterion
from assessments.queries.enrolment import staff_names
from portfolio.models import User
from units.models import Criterion, Unit

LIVE = (SetStatus.DRAFT, SetStatus.OFFERED, SetStatus.VERIFIED, SetStatus.IN_USE)


@dataclass(frozen=True)
class Asking:
    """A question of a set, with the criteria that a good answer shows."""

    pk: int
    text: str
    expected: str
    criteria: list[Criterion]


@dataclass(frozen=True)
class SetPage:
    """A set with its questions and its people by name."""

    set: QuestionSet
    questions: list[Asking]
    author: str
    verifier: str
    handed_back_by: str
    next: QuestionSet | None


@dataclass(frozen=True)
class SetLine:
    """A set in a list."""

    set: QuestionSet
    questions: int
    author: str


def sets_of(user: User, *, withdrawn: bool = False) -> list[SetLine]:
    """The sets that exist for this person, by centre and unit, in three queries; withdrawn ones only when asked for."""
    rows = QuestionSet.objects.visible_to(user)
    if not withdrawn:
        rows = rows.filter(status__in=LIVE)
    sets = list(rows.select_related("unit", "centre").order_by("centre__name", "unit__short_code", "title", "number"))
    counts = {pk: len(found) for pk, found in questions_of([row.pk for row in sets]).items()}
    names = staff_names({row.author_id for row in sets}, {row.centre_id for row in sets})
    return [SetLine(row, counts.get(row.pk, 0), names.get((row.author_id, row.centre_id), "")) for row in sets]


def questions_of(set_ids: Iterable[int]) -> dict[int, list[SetQuestion]]:
    """The questions of each set as it was written last, in their order. One query."""
    found: dict[int, list[SetQuestion]] = defaultdict(list)
    for question in SetQuestion.objects.filter(set__in=list(set_ids)).order_by("set", "writing", "position"):
        rows = found[question.set_id]
        if rows and rows[-1].writing != question.writing:
            rows.clear()
        rows.append(question)
    return found


def asked_in(set_ids: Iterable[int]) -> dict[int, list[Asking]]:
    """The same with their criteria. Two queries."""
    questions = questions_of(set_ids)
    ids = [question.pk for rows in questions.values() for question in rows]
    criteria: dict[int, list[Criterion]] = defaultdict(list)
    shown = SetQuestionCriterion.objects.filter(question__in=ids).select_related("criterion__unit")
    for row in shown.order_by("criterion__position"):
        criteria[row.question_id].append(row.criterion)
    return {
        pk: [Asking(row.pk, row.text, row.expected, criteria[row.pk]) for row in rows] for pk, rows in questions.items()
    }


def set_page(user: User, pk: int) -> SetPage:
    """One set, in five queries. Raises QuestionSet.DoesNotExist where it does not exist for this person."""
    found = QuestionSet.objects.visible_to(user).select_related("unit", "centre", "followed_by").get(pk=pk)
    people = {found.author_id, found.verified_by_id or 0, found.handed_back_by_id or 0}
    names = staff_names(people, {found.centre_id})
    author, verifier, back = (
        names.get((user_id or 0, found.centre_id), "")
        for user_id in (found.author_id, found.verified_by_id, found.handed_back_by_id)
    )
    following = getattr(found, "followed_by", None)
    return SetPage(found, asked_in([pk]).get(pk, []), author, verifier, back, following)


def sets_in_use(centre_id: int, units: Iterable[Enrolment]) -> list[QuestionSet]:
    """What may be asked of a candidate of these units. One query."""
    asked = QuestionSet.objects.asked_now(centre_id, [row.unit_id for row in units])
    return list(asked.select_related("unit").order_by("unit__short_code", "title"))


def units_offered() -> list[Unit]:
    """The units that a set can be written for. One query."""
    return list(Unit.objects.only("key", "version", "short_code", "title", "public_title").order_by("short_code"))
