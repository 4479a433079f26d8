"""A sample beside the record it looks at, and an action: one page each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Prefetch

from assessments.enums import SampleStage
from assessments.models import (
    Action,
    ActionTurn,
    Decision,
    Enrolment,
    Review,
    Sample,
    SampleAnswer,
    SampleCheck,
    SampledCriterion,
    SampledReading,
    SampleQuestion,
)
from assessments.queries.activities import TurnShown
from assessments.queries.checks import questions_for
from assessments.queries.enrolment import staff_names
from assessments.queries.judgement import everybody_in
from assessments.queries.observed import RecordShown, records_shown
from assessments.queries.record import CriterionRow, Said, UnitPage, page_of, with_markers
from assessments.queries.shown import sampled_shown
from assessments.queries.verification import places_held
from assessments.rules import People, Person
from portfolio.models import User


@dataclass(frozen=True)
class Word:
    """What the assessor said of an item for a criterion, and who countersigned that or did not agree."""

    said: Said
    countersigner: str


@dataclass(frozen=True)
class LookedCriterion:
    """A criterion as a verifier looks at it; `sampled` once it is on record that they did."""

    row: CriterionRow
    words: list[Word]
    sampled: bool


@dataclass(frozen=True)
class ReadingShown:
    """An assessor's reading of an item, as an interim sample looks at it. `failing` names the rules not met."""

    review: Review
    title: str
    failing: list[str]
    decisions: list[Decision]
    sampled: bool


@dataclass(frozen=True)
class SamplePage:
    """A sample with the assessor's record of the unit."""

    sample: Sample
    unit: UnitPage
    person: Person
    verifier: str
    planned_by: str
    criteria: list[LookedCriterion]
    untouched: list[str]
    """The numbers of criteria that nothing is mapped to, which an interim sample has nothing to look at for."""
    readings: list[ReadingShown]
    """What was read so far, in an interim sample."""
    actions: list[Action]
    questions: list[SampleQuestion]
    """The centre's, while the sample is open."""
    checks: list[SampleCheck]
    answers: list[SampleAnswer]
    places: list[str]
    """Where evidence of the unit is held outside the portfolio."""
    records: list[RecordShown]
    """What assessors made themselves, by the items' numbers."""


@dataclass(frozen=True)
class ActionPage:
    """An action with its people by name, what happened to it, and who works on its unit."""

    action: Action
    people: People
    owner: str
    raised_by: str
    closed_by: str
    turns: list[TurnShown]


def sample_page(user: User, pk: int, person_at: Callable[[int], Person]) -> SamplePage:
    """The page of a sample, in fourteen queries however long the portfolio is; one more where places were marked, and
    for an interim sample two that read what was read so far.

    Raises Enrolment.DoesNotExist where the sample does not exist for the user: nor does it for the candidate, as what a
    verifier remarks is said to the assessor.
    """
    enrolment, staff = sampled_shown(user, pk)
    person = person_at(enrolment.centre_id)
    unit = page_of(enrolment, staff, person, ruled=False)
    sample = next(sample for sample in unit.looked_at.samples if sample.pk == pk)
    closed = sample.done_at is not None
    sampled = (
        set(SampledCriterion.objects.filter(sample=pk).values_list("criterion_id", flat=True)) if closed else set()
    )
    countersigners = {said.countersigner_id for row in unit.criteria for said in row.said if said.countersigner_id}
    names = {held.user_id: held.name for held in unit.held}
    names |= names_at(enrolment, {sample.verifier_id, sample.planned_by_id, *countersigners} - set(names))
    criteria = [looked_at(row, names, sampled) for row in with_markers(unit.criteria)]
    interim = sample.stage == SampleStage.INTERIM
    bare = [row for row in criteria if interim and not row.words and not row.sampled]
    return SamplePage(
        sample=sample,
        unit=unit,
        person=person,
        verifier=names[sample.verifier_id],
        planned_by=names[sample.planned_by_id],
        criteria=[row for row in criteria if row not in bare],
        untouched=[row.row.criterion.number for row in bare],
        readings=readings_in(enrolment, sample) if interim else [],
        questions=questions_for(enrolment) if sample.is_open else [],
        checks=list(sample.checks.all()) if sample.done_at else [],
        answers=list(sample.answers.select_related("question")) if sample.done_at else [],
        places=places_held(enrolment.pk),
        records=list(records_shown(unit.made).values()),
        actions=[action for action in unit.looked_at.actions if action.sample_id == pk],
    )


RULES = ("valid", "authentic", "current", "sufficient")


def readings_in(enrolment: Enrolment, sample: Sample) -> list[ReadingShown]:
    """Every reading of items of the unit up to the sample's end, the latest first. Two queries, or three."""
    mapped = {"version__evidence__mappings__enrolment": enrolment.pk}
    taken_back = {"version__evidence__mappings__taken_back_at": None}
    decided = Decision.objects.filter(enrolment=enrolment).select_related("criterion").order_by("criterion__position")
    found = Review.objects.filter(**mapped, **taken_back).distinct().order_by("-at", "-pk")
    sampled: set[int] = set()
    if sample.done_at:
        sampled = set(SampledReading.objects.filter(sample=sample).values_list("review_id", flat=True))
        found = found.filter(at__lte=sample.done_at)
    rows = found.select_related("version__evidence").prefetch_related(Prefetch("decisions", decided, "decided_here"))
    return [
        ReadingShown(
            review=row,
            title=f"{row.version.evidence}: {row.version.title}",
            failing=[rule for rule in RULES if not getattr(row, rule)],
            decisions=vars(row)["decided_here"],
            sampled=row.pk in sampled,
        )
        for row in rows
    ]


def looked_at(row: CriterionRow, names: dict[int, str], sampled: set[int]) -> LookedCriterion:
    """One criterion of the record, with the countersigners by name."""
    words = [Word(said, names[said.countersigner_id] if said.countersigner_id else "") for said in row.said]
    return LookedCriterion(row, words, row.criterion.pk in sampled)


def action_page(user: User, pk: int) -> ActionPage:
    """The page of an action, in six queries. Raises Action.DoesNotExist where it does not exist for the user."""
    action = (
        Action.objects.visible_to(user)
        .select_related("enrolment__unit", "enrolment__candidate", "enrolment__centre", "sample")
        .get(pk=pk)
    )
    enrolment, turns = action.enrolment, list(ActionTurn.objects.filter(action=action))
    who = (action.owner_id, action.raised_by_id, action.closed_by_id, *(turn.by_id for turn in turns))
    names = names_at(enrolment, {user_id for user_id in who if user_id})
    return ActionPage(
        action=action,
        people=everybody_in(enrolment),
        owner=names[action.owner_id],
        raised_by=names[action.raised_by_id],
        closed_by=names[action.closed_by_id] if action.closed_by_id else "",
        turns=[TurnShown(turn, names[turn.by_id]) for turn in turns],
    )


def names_at(enrolment: Enrolment, user_ids: set[int]) -> dict[int, str]:
    """The names these people go by at the unit's centre, by their id; a person without a record there has none."""
    found = staff_names(user_ids, {enrolment.centre_id})
    return {user_id: found.get((user_id, enrolment.centre_id), "") for user_id in user_ids}
