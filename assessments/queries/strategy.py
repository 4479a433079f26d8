"""What a sampling plan is drawn from: the strategy in force, the risk of each part, the units of a period."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet

from assessments.enums import (
    HANDED_IN,
    EvidenceKind,
    RatedAs,
    RiskLevel,
    SampleOutcome,
    SampleStage,
    Setting,
    UnitStatus,
    Verdict,
)
from assessments.models import (
    Decision,
    Enrolment,
    EnrolmentQuerySet,
    PlannedCell,
    RiskRating,
    Sample,
    SamplingPlan,
    SamplingPolicy,
)
from assessments.models import Mapping as Mapped
from assessments.models.enrolment import candidate_at
from assessments.sampling import Cell, Policy, Rates, Ratings
from portfolio.compiled import Word, compiled
from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, StaffQualification, StaffRecord, User
from portfolio.rules import is_qualified
from portfolio.workdays import midnight
from units.models import AwardingBody, Unit

AT_WORK = (
    UnitStatus.COLLECTING,
    UnitStatus.DECLARED,
    UnitStatus.AWAITING_COUNTERSIGNATURE,
    UnitStatus.SUSPENDED,
)
SETTLED_SAMPLES, TRUSTED_SAMPLES = 1, 5
"""So many samples agreed in full, and an assessor or a unit that nobody rated is at medium, then at low risk.

Source: new assessors and units begin high and fall as sampling agrees with them (domain rule 39); the numbers are ours.
"""


@dataclass(frozen=True)
class Rated:
    """How risky an assessor, a unit or a kind is, and why. `rating` is None where nobody said so and it follows."""

    about: RatedAs
    subject: int | str
    name: str
    level: RiskLevel
    why: str
    rating: RiskRating | None = None


def policies_of(centre: Centre) -> dict[int, SamplingPolicy]:
    """The strategy in force for each awarding body (by id): its latest version. One query."""
    return {policy.awarding_body_id: policy for policy in _policies(centre.pk)}


@compiled
def _policies(centre_id: int) -> QuerySet[SamplingPolicy]:
    return SamplingPolicy.objects.filter(centre=centre_id).select_related("awarding_body").order_by("number")


def latest_policy(centre: Centre, body: AwardingBody) -> SamplingPolicy | None:
    """The strategy in force, or None before there is one."""
    return SamplingPolicy.objects.filter(centre=centre, awarding_body=body).order_by("-number").first()


def policy_of(row: SamplingPolicy) -> Policy:
    """The rules of a version, as a plan is drawn by them. Kinds go by their labels, as in the sentences."""
    return Policy(
        rates=Rates(row.high_rate, row.medium_rate, row.low_rate),
        candidates=row.candidates,
        interim=row.interim,
        kinds=tuple(EvidenceKind(kind).label for kind in row.kinds),
        every_candidate=row.every_candidate,
        every_assessor=row.every_assessor,
        every_unit=row.every_unit,
        every_site=row.every_site,
        all_simulation=row.all_simulation,
    )


# --- risk ------------------------------------------------------------------------------------------------------------


def risks_of(centre: Centre, day: datetime.date) -> list[Rated]:
    """Every assessor and unit of the centre with its risk, and the kinds somebody rated; the riskiest first.

    Six queries. Without a rating of its own, an assessor who is not qualified is at high risk, and so is an assessor
    or a unit of which no sample was agreed yet.
    """
    given: dict[tuple[str, int | str], RiskRating] = {}
    for rating in _ratings(centre.pk):
        given[rating.about, rating.assessor_id or rating.unit_id or rating.kind] = rating
    lines = [*_assessors(centre, given, day), *_units(centre, given), *_kinds(given)]
    order = list(RiskLevel)
    return sorted(lines, key=lambda line: (order.index(line.level), list(RatedAs).index(line.about), line.name))


@compiled
def _ratings(centre_id: int) -> QuerySet[RiskRating]:
    return RiskRating.objects.filter(centre=centre_id).order_by("pk")


@compiled
def _staff(centre_id: int, day: datetime.date) -> QuerySet[StaffRecord, Any]:
    holders = RoleGrant.objects.on(day).filter(centre=centre_id, role=Role.ASSESSOR).values("user")
    named = Enrolment.objects.filter(centre=centre_id).exclude(status=UnitStatus.WITHDRAWN).values("assessor")
    assesses = ExpressionWrapper(Q(user__in=holders) | Q(user__in=named), output_field=BooleanField())
    staff = StaffRecord.objects.filter(centre=centre_id).annotate(assesses=assesses)
    return staff.values_list("user_id", "name", "assesses")


@compiled
def _awards(centre_id: int) -> QuerySet[StaffQualification]:
    return StaffQualification.objects.filter(staff__centre=centre_id).select_related("staff")


def _assessors(centre: Centre, given: Mapping[tuple[str, int | str], RiskRating], day: datetime.date) -> list[Rated]:
    rows = _staff(centre.pk, day)
    names = unique((user, name) for user, name, _ in rows)
    awards: dict[int, list[StaffQualification]] = defaultdict(list)
    for award in _awards(centre.pk):
        awards[award.staff.user_id].append(award)
    agreed = dict(_agreed(centre.pk, Word("enrolment__assessor")))
    return [
        rated(
            RatedAs.ASSESSOR,
            user,
            names[user],
            given,
            agreed.get(user, 0),
            unqualified=not is_qualified(awards[user], Role.ASSESSOR, day),
        )
        for user, _, assessing in rows
        if assessing
    ]


def _units(centre: Centre, given: Mapping[tuple[str, int | str], RiskRating]) -> list[Rated]:
    agreed = dict(_agreed(centre.pk, Word("enrolment__unit")))
    return [rated(RatedAs.UNIT, pk, name, given, agreed.get(pk, 0)) for pk, name in unit_names(centre).items()]


def _kinds(given: Mapping[tuple[str, int | str], RiskRating]) -> list[Rated]:
    return [
        rated(RatedAs.KIND, subject, EvidenceKind(str(subject)).label, given, 0)
        for about, subject in given
        if about == RatedAs.KIND
    ]


@compiled
def _agreed(centre_id: int, by: Word) -> QuerySet[Sample, Any]:
    """How many samples were agreed without an action, by what leads from a sample to whom or what."""
    agreed = Sample.objects.filter(centre=centre_id, outcome=SampleOutcome.AGREED).order_by()
    counted: QuerySet[Sample, Any] = agreed.values(by).annotate(count=Count("pk")).values_list(by, "count")
    return counted


def rated(
    about: RatedAs,
    subject: int | str,
    name: str,
    given: Mapping[tuple[str, int | str], RiskRating],
    agreed: int,
    *,
    unqualified: bool = False,
) -> Rated:
    """The rating somebody gave, else what follows from the facts."""
    if rating := given.get((about, subject)):
        return Rated(about, subject, name, RiskLevel(rating.level), rating.comment, rating)
    if unqualified:
        return Rated(about, subject, name, RiskLevel.HIGH, "Holds no assessor’s award yet.")
    if agreed < SETTLED_SAMPLES:
        return Rated(about, subject, name, RiskLevel.HIGH, "New: no sample was agreed yet.")
    level = RiskLevel.MEDIUM if agreed < TRUSTED_SAMPLES else RiskLevel.LOW
    return Rated(about, subject, name, level, f"{agreed} sample{'s' if agreed > 1 else ''} agreed so far.")


def ratings_of(risks: Iterable[Rated]) -> Ratings:
    """The levels as a plan is drawn by them, by name."""
    found: dict[RatedAs, dict[str, RiskLevel]] = {about: {} for about in RatedAs}
    for line in risks:
        found[line.about][line.name] = line.level
    return Ratings(found[RatedAs.ASSESSOR], found[RatedAs.UNIT], found[RatedAs.KIND])


# --- the units of a period -------------------------------------------------------------------------------------------


def unique(names: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Each id's name; where two have the same, each with its number behind it, so that a name means one thing."""
    listed = list(names)
    count: dict[str, int] = defaultdict(int)
    for _, name in listed:
        count[name] += 1
    return {pk: name if count[name] == 1 else f"{name} (no. {pk})" for pk, name in listed}


def unit_names(centre: Centre) -> dict[int, str]:
    """What people call the units ever taken at the centre: short codes, with the version where two of them are in use.

    They are the names by which ratings and cells of a plan find each other, so they do not depend on who asks.
    """
    rows = _units_taken(centre.pk)
    codes = [code for _, code, _, _ in rows]
    return {
        pk: code if codes.count(code) == 1 else f"{code} ({body}, version {version})"
        for pk, code, body, version in rows
    }


@compiled
def _units_taken(centre_id: int) -> QuerySet[Unit, Any]:
    taken = Enrolment.objects.filter(centre=centre_id).exclude(status=UnitStatus.WITHDRAWN).values("unit")
    return (
        Unit.objects.filter(pk__in=taken)
        .order_by("pk")
        .values_list("pk", "short_code", "awarding_body__name", "version")
    )


class Within(NamedTuple):
    """A sampling plan, as far as it says which units and samples are its own: of a centre and body, in a period.

    Moments are compared with the one in which the period begins, and the one in which it is over: to make a day of each
    moment takes SQLite as long as all else.
    """

    pk: int
    centre: int
    body: int
    begins: datetime.datetime
    ends_on: datetime.date
    over: datetime.datetime


def within(plan: SamplingPlan) -> Within:
    """The plan comes with its policy. No query."""
    begins, over = midnight(plan.starts_on), midnight(plan.ends_on + datetime.timedelta(days=1))
    return Within(plan.pk, plan.policy.centre_id, plan.policy.awarding_body_id, begins, plan.ends_on, over)


def in_period(
    centre: Centre | int, body_id: int, begins: datetime.datetime, ends_on: datetime.date
) -> EnrolmentQuerySet:
    """Units somebody works on in the period, or whose assessor signed them off in it or later."""
    return Enrolment.objects.filter(period(body_id, begins, ends_on), centre=centre)


def period(body_id: int, begins: datetime.datetime, ends_on: datetime.date) -> Q:
    """Of an enrolment: that it is a unit of the body's in the period.

    A unit that was signed off before the period began is not in it, unless nobody has verified it yet.
    """
    waiting = Q(status__in=[*AT_WORK, UnitStatus.SIGNED_OFF])
    begun = Q(unit__awarding_body=body_id, started_on__lte=ends_on)
    return begun & (waiting | Q(signed_off_at__gte=begins)) & ~Q(status=UnitStatus.WITHDRAWN)


@dataclass(frozen=True)
class Facts:
    """What a plan is drawn from, and which enrolment each key is."""

    cells: list[Cell]
    ratings: Ratings
    enrolments: dict[str, int]


def facts_of(
    centre: Centre, body: AwardingBody, starts_on: datetime.date, ends_on: datetime.date, day: datetime.date
) -> Facts:
    """The cells of the centre's units with that body in the period, with their risk on a day. Twelve queries."""
    scope = in_period(centre, body.pk, midnight(starts_on), ends_on)
    rows = list(
        scope.filter(candidate_at(centre)).order_by("pk").values_list(
            "pk", "candidate_id", "unit_id", "assessor_id", "unit__key", "unit__version", "signed_off_at",
            "candidate__workplace", "candidate__known_as", "candidate__legal_name",
        )
    )  # fmt: skip
    candidates = unique({candidate: known or legal for _, candidate, *_, known, legal in rows}.items())
    units = unit_names(centre)
    assessors = unique(StaffRecord.objects.filter(centre=centre).values_list("user_id", "name"))
    ids = scope.order_by().values("pk")
    kinds, simulated, done = accepted_kinds(centre, ids), with_simulation(ids), sampled_at(centre, ids, starts_on)
    cells, enrolments = [], {}
    for pk, candidate, unit, assessor, key, version, signed_off_at, workplace, *_ in rows:
        name = f"{candidate}/{key}/{version}"
        enrolments[name] = pk
        cells.append(
            Cell(
                key=name,
                candidate=candidates[candidate],
                unit=units[unit],
                assessor=assessors.get(assessor, f"assessor no. {assessor}"),
                site=workplace,
                kinds=frozenset(kinds[pk]),
                signed_off=signed_off_at is not None,
                simulated=pk in simulated,
                done=frozenset(done[pk]),
            )
        )
    named = {name for cell in cells for name in (cell.assessor, cell.unit, *cell.kinds)}
    risks = [line for line in risks_of(centre, day) if line.name in named]
    return Facts(cells, ratings_of(risks), enrolments)


def accepted_kinds(centre: Centre, enrolments: QuerySet[Enrolment, Any]) -> defaultdict[int, set[str]]:
    """The kinds of evidence an assessor found to meet something, by enrolment. One query."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for enrolment, kind in accepted_in(centre, enrolments).distinct():
        found[enrolment].add(EvidenceKind(kind).label)
    return found


def accepted_in(centre: Centre, enrolments: QuerySet[Enrolment, Any]) -> QuerySet[Decision, tuple[int, str]]:
    """(enrolment, kind) of what an assessor found to meet something in the centre's units."""
    met = Decision.objects.filter(enrolment__in=enrolments, verdict=Verdict.MET, version__centre=centre).order_by()
    return met.values_list("enrolment_id", "version__kind")


def with_simulation(enrolments: QuerySet[Enrolment, Any]) -> set[int]:
    """Enrolments for which simulated evidence was handed in and stands. One query."""
    mapped = Mapped.objects.filter(
        enrolment__in=enrolments,
        taken_back_at=None,
        evidence__versions__setting=Setting.SIMULATED,
        evidence__versions__status__in=HANDED_IN,
        evidence__versions__replaced_at=None,
    )
    return set(mapped.order_by().values_list("enrolment_id", flat=True).distinct())


def sampled_at(
    centre: Centre, enrolments: QuerySet[Enrolment, Any], starts_on: datetime.date
) -> defaultdict[int, set[SampleStage]]:
    """The stages at which each of the centre's was sampled since the day, or is to be by a plan adopted already. Two
    queries."""
    done = Sample.objects.filter(centre=centre, enrolment__in=enrolments, done_at__gte=midnight(starts_on)).order_by()
    planned = PlannedCell.objects.to_do().filter(enrolment__in=enrolments).order_by()
    found: defaultdict[int, set[SampleStage]] = defaultdict(set)
    for rows in (done, planned):
        for enrolment, stage in rows.values_list("enrolment_id", "stage").distinct():
            found[enrolment].add(SampleStage(stage))
    return found


def cell_for(enrolment_id: int, stage: SampleStage) -> PlannedCell | None:
    """The planned cell that a sample of the unit at this stage is: the oldest still to be done. One query."""
    return PlannedCell.objects.to_do().filter(enrolment=enrolment_id, stage=stage).order_by("pk").first()


def taken_under(plan: Within, *, at: str = "") -> Q:
    """The centre's samples taken in the plan's period, and those it wanted that were taken later. `at` leads to the
    sample."""
    in_time = Q(**{f"{at}done_at__gte": plan.begins, f"{at}done_at__lt": plan.over})
    late = Q(**{f"{at}cell__plan": plan.pk, f"{at}done_at__isnull": False})
    return Q(**{f"{at}centre": plan.centre}) & (in_time | late)


def newest_plan(user: User) -> SamplingPlan | None:
    """The plan adopted last at the centres where the person verifies. One query."""
    adopted = SamplingPlan.objects.visible_to(user).filter(adopted_at__isnull=False)
    return adopted.only("pk").order_by("-adopted_at", "-pk").first()


@compiled
def plans_of(centre_id: int) -> QuerySet[SamplingPlan]:
    """The centre's plans that were not discarded, the newest first, with how many samples each still wants."""
    wanted, done = Q(cells__removed_at=None), Q(cells__in=Sample.objects.cells_taken_at(centre_id))
    plans = SamplingPlan.objects.filter(policy__centre=centre_id, discarded_at=None).defer("facts")
    return (
        plans.select_related("policy__awarding_body")
        .annotate(wanted=Count("cells", filter=wanted), taken=Count("cells", filter=wanted & done))
        .annotate(to_do=F("wanted") - F("taken"))
        .order_by("-drawn_at", "-pk")
    )
