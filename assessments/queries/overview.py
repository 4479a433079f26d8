"""How a centre stands, for those who run it: how far its units are, and what was sampled of its plans.

Everything is counted where it is stored: a page costs the same whether there are thirty candidates or three thousand.
What each line counts is what the list of enrolments finds, narrowed by the line's own address.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from assessments.enums import EndedAs, Pace, SampleStage, UnitStatus
from assessments.models import Enrolment, PlannedCell, Sample, SamplingPlan
from assessments.queries.caseload import NO_COHORT, at_pace, reached, without_pace
from assessments.queries.enrolment import staff_names
from portfolio.models import Centre

COHORT, UNIT, ASSESSOR = "cohort", "unit", "assessor"
BY = {COHORT: "Cohort", UNIT: "Unit", ASSESSOR: "Assessor"}
"""What units can be counted by, and what such a line is called."""


@dataclass(frozen=True)
class Tally:
    """How many units there are, how they keep pace, where they stand, and how many criteria are accepted.

    Withdrawn ones are counted apart, and in nothing else; those that moved to a new version count there.
    """

    units: int = 0
    behind: int = 0
    on_track: int = 0
    ahead: int = 0
    unpaced: int = 0
    suspended: int = 0
    at_signed_off: int = 0
    at_verified: int = 0
    at_claimed: int = 0
    certificated: int = 0
    revoked: int = 0
    withdrawn: int = 0
    signed_off: int = 0
    verified: int = 0
    criteria: int = 0
    accepted: int = 0

    @property
    def going_on(self) -> int:
        """Those still being assessed."""
        return self.behind + self.on_track + self.ahead + self.unpaced

    def share(self, number: int) -> int | None:
        """A number of the units in per cent, rounded down so that 100 means all."""
        return per_cent(number, self.units)

    @property
    def accepted_share(self) -> int | None:
        return per_cent(self.accepted, self.criteria)


@dataclass(frozen=True)
class ProgressLine:
    """The units of a cohort, a unit or an assessor; `asked`: how the list of enrolments is narrowed to them."""

    name: str
    about: str
    tally: Tally
    asked: dict[str, Any]

    def found(self, **more: str) -> str:
        """What stands in the address of the list of these, narrowed further."""
        return urlencode({**self.asked, **more})


@dataclass(frozen=True)
class ProgressPage:
    """Each line, and all of them together."""

    by: str
    lines: list[ProgressLine]
    total: ProgressLine

    @property
    def all(self) -> list[ProgressLine]:
        """What all of them come to, as a list of one line."""
        return [self.total]


def per_cent(number: int, whole: int) -> int | None:
    """In per cent, rounded down; None of nothing."""
    return 100 * number // whole if whole else None


def tallies(today: datetime.date) -> dict[str, Any]:
    """What a tally is made of, as SQL."""
    there = ~Q(status=UnitStatus.WITHDRAWN)

    def of(which: Q) -> Count:
        return Count("pk", filter=which)

    return {
        "units": of(there),
        "behind": of(at_pace(Pace.BEHIND, today)),
        "on_track": of(at_pace(Pace.ON_TRACK, today)),
        "ahead": of(at_pace(Pace.AHEAD, today)),
        "unpaced": of(without_pace()),
        "suspended": of(Q(status=UnitStatus.SUSPENDED)),
        "at_signed_off": of(Q(status=UnitStatus.SIGNED_OFF)),
        "at_verified": of(Q(status=UnitStatus.VERIFIED)),
        "at_claimed": of(Q(status=UnitStatus.CLAIMED)),
        "certificated": of(Q(status=UnitStatus.CERTIFICATED)),
        "revoked": of(Q(status=UnitStatus.REVOKED)),
        "withdrawn": of(reached(EndedAs.WITHDRAWN)),
        "signed_off": of(reached("signed_off_on")),
        "verified": of(reached("verified_on")),
        "criteria": Coalesce(Sum("criteria_count", filter=there), 0),
        "accepted": Coalesce(Sum("accepted_count", filter=there), 0),
    }


def progress_page(centre: Centre, by: str, today: datetime.date) -> ProgressPage:
    """How far the units are and how they keep pace, by cohort, unit or assessor. Two queries at most."""
    keys = {
        COHORT: ("cohort",),
        UNIT: ("unit", "unit__short_code", "titled"),
        ASSESSOR: ("assessor",),
    }[by]
    units = Enrolment.objects.filter(centre=centre).order_by()
    if by == UNIT:
        units = units.annotate(titled=Coalesce(NullIf("unit__title", Value("")), "unit__public_title"))
    rows = list(units.values(*keys).annotate(**tallies(today)))
    names = staff_names({row["assessor"] for row in rows}, {centre.pk}) if by == ASSESSOR else {}
    lines = []
    for row in rows:
        tally = Tally(**{field.name: row[field.name] for field in fields(Tally)})
        if by == COHORT:
            cohort = row["cohort"]
            lines.append(ProgressLine(cohort or "No cohort", "", tally, {"cohort": cohort or NO_COHORT}))
        elif by == UNIT:
            lines.append(ProgressLine(row["unit__short_code"], row["titled"], tally, {"unit": row["unit"]}))
        else:
            name = names.get((row["assessor"], centre.pk), "")
            lines.append(ProgressLine(name, "", tally, {"assessor": row["assessor"]}))
    lines.sort(key=lambda line: (line.asked.get("cohort") == NO_COHORT, line.name.casefold(), line.about))
    return ProgressPage(by, lines, ProgressLine("All", "", added(line.tally for line in lines), {}))


def added(tallies: Iterable[Tally]) -> Tally:
    """Them all together."""
    rows = list(tallies)
    return Tally(**{field.name: sum(getattr(row, field.name) for row in rows) for field in fields(Tally)})


# --- sampling --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stages:
    """Samples that are planned, and how many of them were taken; `late`: whose day has passed untaken."""

    interim: int = 0
    interim_done: int = 0
    summative: int = 0
    summative_done: int = 0
    late: int = 0

    @property
    def planned(self) -> int:
        return self.interim + self.summative

    @property
    def done(self) -> int:
        return self.interim_done + self.summative_done

    @property
    def to_do(self) -> int:
        """Not taken yet, their day still to come."""
        return self.planned - self.done - self.late

    @property
    def share(self) -> int | None:
        return per_cent(self.done, self.planned)


@dataclass(frozen=True)
class SampledLine:
    """What a plan wants sampled of an assessor or a unit; `asked`: how the grid is narrowed to them."""

    plan: SamplingPlan
    name: str
    stages: Stages
    asked: str = ""


@dataclass(frozen=True)
class PlanInForce:
    """A plan of today, and what was done of it."""

    plan: SamplingPlan
    lines: list[SampledLine]
    total: SampledLine

    @property
    def all(self) -> list[SampledLine]:
        return [self.total]


def plans_in_force(centre: Centre, today: datetime.date) -> list[SamplingPlan]:
    """The centre's plans that were adopted and are of a period that today is in, by awarding body. One query."""
    plans = SamplingPlan.objects.filter(policy__centre=centre, adopted_at__isnull=False)
    plans = (
        plans.filter(starts_on__lte=today, ends_on__gte=today).defer("facts").select_related("policy__awarding_body")
    )
    return list(plans.order_by("policy__awarding_body__name", "-adopted_at", "-pk"))


def sampling_page(centre: Centre, by: str, today: datetime.date) -> list[PlanInForce]:
    """What was sampled of each plan in force, by assessor or unit. Three queries however many plans there are."""
    plans = plans_in_force(centre, today)
    key, named = f"enrolment__{by}", "enrolment__unit__short_code"
    taken = Q(pk__in=Sample.objects.cells_taken_at(centre))
    cells = PlannedCell.objects.in_force().filter(plan__in=plans).order_by()
    columns = ("plan", key) if by == ASSESSOR else ("plan", key, named)
    rows = cells.values(*columns).annotate(
        interim=Count("pk", filter=Q(stage=SampleStage.INTERIM)),
        interim_done=Count("pk", filter=Q(taken, stage=SampleStage.INTERIM)),
        summative=Count("pk", filter=Q(stage=SampleStage.SUMMATIVE)),
        summative_done=Count("pk", filter=Q(taken, stage=SampleStage.SUMMATIVE)),
        late=Count("pk", filter=Q(~taken, due_on__lt=today)),
    )
    found = list(rows) if plans else []
    names = staff_names({row[key] for row in found}, {centre.pk}) if by == ASSESSOR else {}
    pages = []
    for plan in plans:
        lines = [
            SampledLine(
                plan,
                names.get((row[key], centre.pk), "") if by == ASSESSOR else row[named],
                Stages(**{field.name: row[field.name] for field in fields(Stages)}),
                urlencode({by: row[key]}),
            )
            for row in found
            if row["plan"] == plan.pk
        ]
        lines.sort(key=lambda line: line.name.casefold())
        sums = {field.name: sum(getattr(line.stages, field.name) for line in lines) for field in fields(Stages)}
        pages.append(PlanInForce(plan, lines, SampledLine(plan, "All", Stages(**sums))))
    return pages
