"""Sets of questions: those of a centre, one with all its questions, and those that may be asked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from assessments.enums import SetStatus
from assessments.models import Enrolment, QuestionSet, SetQuestion, SetQuestionCriterion
from assessments.queries.enrolment import staff_names
from portfolio.compiled import compiled
from portfolio.models import Centre, User
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


@dataclass(frozen=True)
class SetsWaiting:
    """The sets that wait for somebody: to be verified by them; and their own that came back, or are verified."""

    to_verify: list[QuestionSet] = field(default_factory=list)
    own: list[QuestionSet] = field(default_factory=list)


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
    """One set, in six queries. Raises QuestionSet.DoesNotExist where it does not exist for this person."""
    found = QuestionSet.objects.visible_to(user).select_related("unit", "centre").get(pk=pk)
    people = {found.author_id, found.verified_by_id or 0, found.handed_back_by_id or 0}
    names = staff_names(people, {found.centre_id})
    author, verifier, back = (
        names.get((user_id or 0, found.centre_id), "")
        for user_id in (found.author_id, found.verified_by_id, found.handed_back_by_id)
    )
    later = found.followed_by.exclude(status=SetStatus.WITHDRAWN, used_from=None).order_by("number").last()
    return SetPage(found, asked_in([pk]).get(pk, []), author, verifier, back, later)


def authors_of(found: QuestionSet) -> frozenset[int]:
    """Who wrote a set, or a version before it: they never verify it. A query for each version before."""
    authors, earlier = {found.author_id}, found.follows
    while earlier:
        authors.add(earlier.author_id)
        earlier = earlier.follows
    return frozenset(authors)


def sets_waiting(user: User, writes_at: Iterable[int], verifies_at: Iterable[int]) -> SetsWaiting:
    """What waits for a person who writes and who verifies at these centres. One query.

    A set is not theirs to verify where they wrote it, or a version before it.
    """
    centres = set(verifies_at)
    found = {row.pk: row for row in _sets_waiting(user, list(writes_at), list(centres))}

    def wrote(row: QuestionSet | None) -> bool:
        return row is not None and (row.author_id == user.pk or wrote(found.get(row.follows_id or 0)))

    return SetsWaiting(
        to_verify=[
            row
            for row in found.values()
            if row.status == SetStatus.OFFERED and row.centre_id in centres and not wrote(row)
        ],
        own=[row for row in found.values() if row.author_id == user.pk and is_back(row)],
    )


@compiled
def _sets_waiting(user: User, writes_at: list[int], verifies_at: list[int]) -> QuerySet[QuestionSet]:
    offered = QuestionSet.objects.filter(centre__in=verifies_at, status=SetStatus.OFFERED)
    own = Q(status=SetStatus.VERIFIED) | Q(status=SetStatus.DRAFT, handed_back_at__isnull=False)
    own &= Q(author=user, centre__in=writes_at)
    before = Q(unit__in=offered.order_by().values("unit"), centre__in=verifies_at)
    return (
        QuestionSet.objects.filter(own | before)
        .select_related("unit")
        .order_by(F("offered_at").asc(nulls_first=True), "pk")
    )


def is_back(row: QuestionSet) -> bool:
    """Whether a set is with its author again: verified, or handed back."""
    return row.status == SetStatus.VERIFIED or (row.status == SetStatus.DRAFT and row.handed_back_at is not None)


def sets_in_use(centre_id: int, units: Iterable[Enrolment]) -> list[QuestionSet]:
    """What may be asked of a candidate of these units. One query."""
    asked = QuestionSet.objects.asked_now(centre_id, [row.unit_id for row in units])
    return list(asked.select_related("unit").order_by("unit__short_code", "title"))


def units_offered(centre: Centre) -> list[Unit]:
    """The units that a set can be written for at a centre. One query."""
    units = Unit.objects.known_at(centre).published()
    return list(units.only("key", "version", "short_code", "title", "public_title").order_by("short_code", "version"))
