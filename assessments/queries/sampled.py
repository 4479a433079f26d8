"""A sample beside the record it looks at, and an action: one page each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from assessments.models import Action, Enrolment, Sample, SampledCriterion
from assessments.queries.enrolment import staff_names
from assessments.queries.judgement import everybody_in
from assessments.queries.observed import RecordShown, records_shown
from assessments.queries.record import CriterionRow, Said, UnitPage, enrolment_shown, page_of, with_markers
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
class SamplePage:
    """A sample with the assessor's record of the unit."""

    sample: Sample
    unit: UnitPage
    person: Person
    verifier: str
    planned_by: str
    criteria: list[LookedCriterion]
    actions: list[Action]
    places: list[str]
    """Where evidence of the unit is held outside the portfolio."""
    records: list[RecordShown]
    """What assessors made themselves, by the items' numbers."""


@dataclass(frozen=True)
class ActionPage:
    """An action with its people by name, and who works on its unit."""

    action: Action
    people: People
    owner: str
    raised_by: str
    answered_by: str
    closed_by: str


def sample_page(user: User, pk: int, person_at: Callable[[int], Person]) -> SamplePage:
    """The page of a sample, in thirteen queries however long the portfolio is; one more where places were marked.

    Raises Enrolment.DoesNotExist where the sample does not exist for the user: nor does it for the candidate, as what a
    verifier remarks is said to the assessor.
    """
    enrolment, staff = enrolment_shown(user, Q(samples=pk) & ~Q(candidate_user=user))
    person = person_at(enrolment.centre_id)
    unit = page_of(enrolment, staff, person, ruled=False)
    sample = next(sample for sample in unit.looked_at.samples if sample.pk == pk)
    sampled = set(SampledCriterion.objects.filter(sample=pk).values_list("criterion_id", flat=True))
    countersigners = {said.countersigner_id for row in unit.criteria for said in row.said if said.countersigner_id}
    names = {held.user_id: held.name for held in unit.held}
    names |= names_at(enrolment, {sample.verifier_id, sample.planned_by_id, *countersigners} - set(names))
    return SamplePage(
        sample=sample,
        unit=unit,
        person=person,
        verifier=names[sample.verifier_id],
        planned_by=names[sample.planned_by_id],
        criteria=[looked_at(row, names, sampled) for row in with_markers(unit.criteria)],
        places=places_held(enrolment.pk),
        records=list(records_shown(unit.made).values()),
        actions=[action for action in unit.looked_at.actions if action.sample_id == pk],
    )


def looked_at(row: CriterionRow, names: dict[int, str], sampled: set[int]) -> LookedCriterion:
    """One criterion of the record, with the countersigners by name."""
    words = [Word(said, names[said.countersigner_id] if said.countersigner_id else "") for said in row.said]
    return LookedCriterion(row, words, row.criterion.pk in sampled)


def action_page(user: User, pk: int) -> ActionPage:
    """The page of an action, in five queries. Raises Action.DoesNotExist where it does not exist for the user."""
    action = (
        Action.objects.visible_to(user)
        .select_related("enrolment__unit", "enrolment__candidate", "enrolment__centre", "sample")
        .get(pk=pk)
    )
    enrolment = action.enrolment
    who = (action.owner_id, action.raised_by_id, action.answered_by_id, action.closed_by_id)
    names = names_at(enrolment, {user_id for user_id in who if user_id})
    owner, raised_by, answered_by, closed_by = (names[user_id] if user_id else "" for user_id in who)
    return ActionPage(
        action=action,
        people=everybody_in(enrolment),
        owner=owner,
        raised_by=raised_by,
        answered_by=answered_by,
        closed_by=closed_by,
    )


def names_at(enrolment: Enrolment, user_ids: set[int]) -> dict[int, str]:
    """The names these people go by at the unit's centre, by their id; a person without a record there has none."""
    found = staff_names(user_ids, {enrolment.centre_id})
    return {user_id: found.get((user_id, enrolment.centre_id), "") for user_id in user_ids}
