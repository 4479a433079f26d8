"""What has its day: the rules of what falls due, and all that does at a centre in the next weeks.

By the same rules people are told day by day (assessments/actions/due.py), and those who run a centre see it at once.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, Value
from django.urls import reverse

from assessments.enums import DueKind, SampleStage, UnitStatus
from assessments.models import Action, Break, CentreAction, DataRequest, Enrolment, ExternalAccess, PlannedCell
from assessments.models.activities import CentreActionQuerySet
from assessments.models.enrolment import candidate_at
from assessments.models.verification import ActionQuerySet
from assessments.queries.enrolment import staff_names
from assessments.workflow import UNIT_FINAL
from portfolio.compiled import Count as Most
from portfolio.compiled import compiled
from portfolio.models import Centre, ExternalRecord, User
from portfolio.queries.staff import falls_due

WEEKS = 8
MOST = 30
"""How many of each kind a page shows at most: it counts them all."""
Days = tuple[datetime.date, datetime.date]


# --- the rules -------------------------------------------------------------------------------------------------------


def aimed_at(days: Days) -> QuerySet[Enrolment]:
    """Units still being collected whose target date is one of the days, the first and the last among them."""
    return Enrolment.objects.filter(status=UnitStatus.COLLECTING, target_on__range=days)


def unanswered() -> ActionQuerySet:
    """What is asked of the assessor of a unit, and neither answered nor closed."""
    return Action.objects.filter(answered_at=None, closed_at=None)


def unanswered_at_centre() -> CentreActionQuerySet:
    """The same of what is asked of one of the staff elsewhere than in a unit."""
    return CentreAction.objects.filter(answered_at=None, closed_at=None)


# --- a centre's ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueLine:
    """Something that has its day: what, of whom or in what, and whose turn it is."""

    day: datetime.date
    kind: DueKind
    what: str
    about: str
    who: str
    href: str
    passed: bool


@dataclass(frozen=True)
class DueWeek:
    """How much of each kind has its day in a week; without a first day: how much has passed it."""

    first: datetime.date | None
    numbers: tuple[int, ...]

    @property
    def name(self) -> str:
        if self.first is None:
            return "Overdue"
        last = self.first + datetime.timedelta(days=6)
        return f"{self.first:%-d %b} to {last:%-d %b}"

    @property
    def total(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True)
class DuePage:
    """The weeks, what is overdue on top; and the list, of each kind the first `MOST`."""

    weeks: list[DueWeek]
    lines: list[DueLine]

    @property
    def number(self) -> int:
        return sum(week.total for week in self.weeks)


class Dated(NamedTuple):
    """What has its day at a centre up to the last day looked at, as somebody who runs the centre sees it."""

    centre: int
    user: User
    today: datetime.date
    last: datetime.date

    def targets(self) -> QuerySet[Enrolment]:
        """A target date that has passed is no longer due: the unit is behind."""
        return aimed_at((self.today, self.last)).filter(candidate_at(self.centre), centre=self.centre)

    def actions(self) -> QuerySet[Action]:
        seen = unanswered().visible_to(self.user, self.today)
        return seen.filter(centre=self.centre, due_on__lte=self.last)

    def centre_actions(self) -> QuerySet[CentreAction]:
        seen = unanswered_at_centre().visible_to(self.user, self.today)
        return seen.filter(centre=self.centre, due_on__lte=self.last)

    def samples(self) -> QuerySet[PlannedCell]:
        """Nothing is sampled any more of a unit that has ended. The centre's plans are few, its units are not."""
        here = PlannedCell.objects.to_do().filter(plan__policy__centre=self.centre, due_on__lte=self.last)
        return here.exclude(enrolment__candidate_user=self.user).exclude(enrolment__status__in=UNIT_FINAL)

    def accesses(self) -> QuerySet[ExternalAccess]:
        return ExternalAccess.objects.on(self.today).filter(centre=self.centre, grant__ends_on__lte=self.last)

    def returns(self) -> QuerySet[Break]:
        return Break.objects.going_on().filter(centre=self.centre, expected_on__lte=self.last)

    def requests(self) -> QuerySet[DataRequest]:
        """Whoever administers the centre answers them, so nobody else is shown one."""
        seen = DataRequest.objects.visible_to(self.user, self.today).still_open()
        return seen.filter(centre=self.centre, due_on__lte=self.last)


def dated_at(centre: Centre, user: User, today: datetime.date) -> Dated:
    return Dated(centre.pk, user, today, today + datetime.timedelta(days=7 * WEEKS - 1))


def due_page(centre: Centre, user: User, today: datetime.date) -> DuePage:
    """What falls due in the next weeks and what is overdue. Eleven queries."""
    dated = dated_at(centre, user, today)
    staff, others = staff_lines(centre, dated), dated_lines(centre, dated, Most(MOST))
    counted = Counter((week_of(line.day, today), line.kind) for line in staff) + counts(dated)
    weeks = [
        DueWeek(
            None if place < 0 else today + datetime.timedelta(weeks=place),
            tuple(counted[place, kind] for kind in DueKind),
        )
        for place in range(-1, WEEKS)
    ]
    return DuePage(weeks if weeks[0].total else weeks[1:], in_order([*staff, *others]))


def all_due(centre: Centre, user: User, today: datetime.date) -> list[DueLine]:
    """Every line of it, to take away."""
    dated = dated_at(centre, user, today)
    return in_order([*staff_lines(centre, dated), *dated_lines(centre, dated, None)])


def in_order(lines: list[DueLine]) -> list[DueLine]:
    return sorted(lines, key=lambda line: (line.day, list(DueKind).index(line.kind), line.about))


def week_of(day: datetime.date, today: datetime.date) -> int:
    """Which of the weeks from today a day is in; -1 where it has passed."""
    return max((day - today).days // 7, -1)


def counts(dated: Dated) -> Counter[tuple[int, DueKind]]:
    """How much has its day in which week, but for the staff's own. One query."""
    found: Counter[tuple[int, DueKind]] = Counter()
    for kind, day, number in _counts(dated):
        found[week_of(day, dated.today), DueKind(kind)] += number
    return found


@compiled
def _counts(dated: Dated) -> QuerySet[Any, Any]:
    first, *further = (
        by_day(dated.targets(), DueKind.TARGET, "target_on"),
        by_day(dated.actions(), DueKind.ACTION, "due_on"),
        by_day(dated.centre_actions(), DueKind.ACTION, "due_on"),
        by_day(dated.samples(), DueKind.SAMPLE, "due_on"),
        by_day(dated.accesses(), DueKind.EXTERNAL, "grant__ends_on"),
        by_day(dated.returns(), DueKind.RETURN, "expected_on"),
        by_day(dated.requests(), DueKind.REQUEST, "due_on"),
    )
    return first.union(*further, all=True)


def by_day(rows: QuerySet[Any], kind: DueKind, column: str) -> QuerySet[Any, Any]:
    """(kind, day, how many) of rows."""
    labelled = rows.order_by().annotate(sort=Value(kind.value, output_field=CharField()), day=F(column))
    counted: QuerySet[Any, Any] = labelled.values("sort", "day").annotate(number=Count("pk"))
    return counted.values_list("sort", "day", "number")


def staff_lines(centre: Centre, dated: Dated) -> list[DueLine]:
    """What the staff are to renew, and roles that end. Three queries."""
    return [
        DueLine(
            row.day,
            DueKind.STAFF,
            row.what,
            row.name,
            "",
            reverse("portfolio:staff_member", args=[centre.slug, row.handle]),
            row.day < dated.today,
        )
        for row in falls_due(centre, dated.today)
        if row.day <= dated.last
    ]


UNIT = ("candidate__known_as", "candidate__legal_name", "unit__short_code")
OF_UNIT = tuple(f"enrolment__{column}" for column in UNIT)
SOURCES = ("activity__kind", "meeting__title", "meeting__held_on", "access__reference", "access__awarding_body__name")


@compiled
def _targets(dated: Dated, most: Most | None) -> QuerySet[Enrolment, Any]:
    return dated.targets().order_by("target_on", "pk").values_list("target_on", "assessor", "pk", *UNIT)[:most]


@compiled
def _actions(dated: Dated, most: Most | None) -> QuerySet[Action, Any]:
    return dated.actions().order_by("due_on", "pk").values_list("due_on", "owner", "pk", "wanted", *OF_UNIT)[:most]


@compiled
def _elsewhere(dated: Dated, most: Most | None) -> QuerySet[CentreAction]:
    rows = dated.centre_actions().select_related("activity", "meeting", "access__awarding_body")
    return rows.only("due_on", "owner", "wanted", *SOURCES).order_by("due_on", "pk")[:most]


@compiled
def _samples(dated: Dated, most: Most | None) -> QuerySet[PlannedCell, Any]:
    told = ("due_on", "enrolment__verifier", "enrolment", "stage", *OF_UNIT)
    return dated.samples().order_by("due_on", "pk").values_list(*told)[:most]


@compiled
def _returns(dated: Dated, most: Most | None) -> QuerySet[Break, Any]:
    told = ("expected_on", "candidate__known_as", "candidate__legal_name", "candidate__user__handle")
    return dated.returns().order_by("expected_on", "pk").values_list(*told)[:most]


def dated_lines(centre: Centre, dated: Dated, most: Most | None) -> list[DueLine]:
    """Everything else, the earliest `most` of each. Seven queries at most."""
    targets, actions, elsewhere = _targets(dated, most), _actions(dated, most), _elsewhere(dated, most)
    samples = _samples(dated, most)
    accesses, requests = ends_and_requests(dated, most)
    people = {row[1] for rows in (targets, actions, samples) for row in rows}
    here = centre.pk
    names = staff_names(people | {row.owner_id for row in elsewhere}, {here})

    def line(kind: DueKind, day: datetime.date, what: str, about: str, who: int | None, page: str, pk: int) -> DueLine:
        turn = names.get((who, here), "") if who else ""
        return DueLine(day, kind, what, about, turn, reverse(f"assessments:{page}", args=[pk]), day < dated.today)

    lines = [
        line(DueKind.TARGET, day, "Target date", unit_of(*unit), who, "enrolment", pk)
        for day, who, pk, *unit in targets
    ]
    lines += [
        line(DueKind.ACTION, day, wanted, unit_of(*unit), who, "action", pk) for day, who, pk, wanted, *unit in actions
    ]
    lines += [
        line(DueKind.ACTION, row.due_on, row.wanted, whence(row), row.owner_id, "centre_action", row.pk)
        for row in elsewhere
    ]
    lines += [
        line(DueKind.SAMPLE, day, f"{SampleStage(stage).label} sample", unit_of(*unit), who, "enrolment", pk)
        for day, who, pk, stage, *unit in samples
    ]
    lines += [
        line(DueKind.EXTERNAL, day, f"Access for {body} ends", name or "", None, "external_access", pk)
        for day, name, pk, body in accesses
        if day
    ]
    lines += [
        DueLine(
            day,
            DueKind.RETURN,
            "Back from a break in learning",
            known_as or legal_name,
            "",
            reverse("assessments:learning_break", args=[centre.slug, handle]),
            day < dated.today,
        )
        for day, known_as, legal_name, handle in _returns(dated, most)
    ]
    lines += [
        line(DueKind.REQUEST, day, "Answer to a request for data", name, None, "data_request", pk)
        for day, _, pk, name in requests
    ]
    return lines


Few = list[tuple[Any, ...]]


def ends_and_requests(dated: Dated, most: int | None) -> tuple[Few, Few]:
    """External verifiers' last days with who and the body, and requests for data with who asked: of either there are
    few, so that one query asks for both."""
    rows = sorted(_ends_and_requests(dated), key=lambda row: (row[1], row[3]))
    found = [[row[1:] for row in rows if row[0] == kind][:most] for kind in (DueKind.EXTERNAL, DueKind.REQUEST)]
    return found[0], found[1]


@compiled
def _ends_and_requests(dated: Dated) -> QuerySet[Any, Any]:
    nobody = Value("", output_field=CharField())
    called = ExternalRecord.objects.filter(centre=dated.centre, user=OuterRef("grant__user")).values("name")[:1]
    asked = dated.requests().order_by().annotate(kind=Value(DueKind.REQUEST.value, output_field=CharField()))
    ends = dated.accesses().order_by().annotate(kind=Value(DueKind.EXTERNAL.value, output_field=CharField()))
    both: QuerySet[Any, tuple[Any, ...]] = ends.annotate(called=Subquery(called)).values_list(
        "kind", "grant__ends_on", "called", "pk", "awarding_body__name"
    )
    return both.union(asked.annotate(nobody=nobody).values_list("kind", "due_on", "nobody", "pk", "name"), all=True)


def unit_of(known_as: str, legal_name: str, code: str) -> str:
    """A candidate's unit in words."""
    return f"{known_as or legal_name}, {code}"


def whence(action: CentreAction) -> str:
    """What an action at the centre came of."""
    return str(action.meeting or action.activity or action.access)
