"""What happened to each candidate of a made-up centre: a plan, which the loader writes and the verbs can act out.

Every candidate takes four units with twelve items of evidence each, and the units stand at every stage of the journey.
The plan is the same every time: it knows no clock but the start it is given, and no chance.
"""

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from assessments.enums import Verdict

UNITS = ("sqa-h12e04", "ocr-d20", "ocr-cc32", "ocr-cc16")
ITEMS = 12
CRITERIA_PER_ITEM = 3
DAYS = 170
"""How long a candidate's story takes, from the enrolment to the last signature."""

DAY = datetime.timedelta(days=1)
DECIDED_IN = 3 * DAY
FEEDBACK = "Tell me what came of it."


class Stage(Enum):
    """How far a unit is in the plan."""

    BUSY = auto()
    READY = auto()
    DECLARED = auto()
    AWAITING_COUNTERSIGNATURE = auto()
    COUNTERSIGNED = auto()
    BEING_SAMPLED = auto()
    ACTION_RAISED = auto()
    VERIFIED = auto()


JOURNEY = tuple(Stage)
DECLARED = JOURNEY[2:]
SIGNED = JOURNEY[3:]
BY_TRAINEE = (Stage.AWAITING_COUNTERSIGNATURE, Stage.COUNTERSIGNED)
SAMPLED = (Stage.ACTION_RAISED, Stage.VERIFIED)


@dataclass(frozen=True)
class PlannedItem:
    """An item: what it claims (places of criteria in the unit, from 0), and what became of it.

    `verdicts` stand in the order of `places`; None where the criterion still waits. `returned` sends it back.
    """

    title: str
    places: tuple[int, ...]
    created_at: datetime.datetime
    handed_in: bool = True
    read: bool = True
    verdicts: tuple[Verdict | None, ...] = ()
    returned: bool = False
    shows: bool = False
    """Whether it is the item that shows the evidence requirements of its unit, where that has leaves."""

    @property
    def submitted_at(self) -> datetime.datetime:
        return self.created_at + DAY

    @property
    def read_at(self) -> datetime.datetime:
        return self.submitted_at + DECIDED_IN

    @property
    def locator(self) -> str:
        return f"page {len(self.title) % 7 + 1}"


@dataclass(frozen=True)
class PlannedUnit:
    """A unit, its items in the order they were made, and when its signatures were given."""

    key: str
    stage: Stage
    enrolled_at: datetime.datetime
    items: tuple[PlannedItem, ...]

    @property
    def target_on(self) -> datetime.date:
        """Some are aimed at a day that has passed, some at one that is far."""
        return (self.enrolled_at + (120 + len(self.key) * 12) * DAY).date()

    @property
    def by_trainee(self) -> bool:
        return self.stage in BY_TRAINEE

    def on(self, day: int) -> datetime.datetime:
        """So many days after the start."""
        return self.enrolled_at + day * DAY

    @property
    def declared_at(self) -> datetime.datetime:
        return self.on(155)

    @property
    def assessor_signed_at(self) -> datetime.datetime:
        return self.on(157)

    @property
    def countersigned_at(self) -> datetime.datetime:
        return self.on(159)

    @property
    def planned_at(self) -> datetime.datetime:
        return self.on(161)

    @property
    def sampled_at(self) -> datetime.datetime:
        return self.on(163)

    @property
    def verified_at(self) -> datetime.datetime:
        return self.on(165)

    @property
    def signed_off_at(self) -> datetime.datetime:
        return self.countersigned_at if self.by_trainee else self.assessor_signed_at


@dataclass(frozen=True)
class PlannedCandidate:
    """A candidate of the centre, by a running number from 1."""

    number: int
    started_at: datetime.datetime
    units: tuple[PlannedUnit, ...]

    @property
    def name(self) -> str:
        return f"Candidate {self.number:04}"


def plan(number: int, criteria: dict[str, int], now: datetime.datetime, items: int = ITEMS) -> PlannedCandidate:
    """The story of one candidate, with so many items for each unit. `criteria` says how many each unit has."""
    start = now - DAYS * DAY
    units = []
    for place, key in enumerate(UNITS):
        stage, each = stage_of(number, place), max(CRITERIA_PER_ITEM, math.ceil(criteria[key] / items))
        first = start + 3 * place * DAY + datetime.timedelta(hours=1 + place)
        made = [
            PlannedItem(
                title=f"Call handling review {turn + 1}",
                places=tuple((turn * each + step) % criteria[key] for step in range(each)),
                created_at=first + 12 * turn * DAY,
                shows=turn == 0,
            )
            for turn in range(items)
        ]
        enrolled_at = start + datetime.timedelta(minutes=place + 1)
        units.append(PlannedUnit(key, stage, enrolled_at, (*judged(made, stage),)))
    return PlannedCandidate(number, start, tuple(units))


def stage_of(number: int, place: int) -> Stage:
    """Each first of five candidates has just begun all four units; the others' stand at four different stages."""
    if number % 5 == 1:
        return Stage.BUSY
    return JOURNEY[(number + 2 * place) % len(JOURNEY)]


def judged(items: list[PlannedItem], stage: Stage) -> Iterator[PlannedItem]:
    """The items with their verdicts: all met, but in a busy unit the last four, which end in four ways."""
    done = len(items) - 4 if stage is Stage.BUSY else len(items)
    for item in items[:done]:
        yield replace(item, verdicts=(Verdict.MET,) * len(item.places))
    if stage is Stage.BUSY:
        partly, back, waiting, draft = items[done:]
        yield replace(partly, verdicts=up_to(partly, Verdict.MET, Verdict.NOT_YET))
        yield replace(back, verdicts=up_to(back, Verdict.CONTRIBUTES), returned=True)
        yield replace(waiting, read=False)
        yield replace(draft, read=False, handed_in=False)


def up_to(item: PlannedItem, *verdicts: Verdict) -> tuple[Verdict | None, ...]:
    """These verdicts on the first criteria; the others wait."""
    return (*verdicts, *[None] * (len(item.places) - len(verdicts)))
