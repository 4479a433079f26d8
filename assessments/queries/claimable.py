"""What stands in the way of claims, of many units at once: in as many queries as of one."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateField, DateTimeField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from assessments.claiming import ClaimFacts, claim_refusals, claim_warnings, number_refusals
from assessments.enums import UnitStatus
from assessments.models import (
    Action,
    AwardClaim,
    Enrolment,
    EnrolmentQuerySet,
    PlannedCell,
    Registration,
    Sample,
    UnsampledNote,
)
from assessments.queries.judgement import UnitRows, digest_for, rows_of, with_signatures
from assessments.queries.verification import LOOKED_AT, LookedAt, unit_facts
from assessments.rules import Person
from assessments.workflow import Reason
from portfolio.compiled import compiled

CLAIMED = (UnitStatus.CLAIMED, UnitStatus.CERTIFICATED)
CLAIMED_WITH = "{} is claimed with this unit: take that claim back first."
CERTIFICATED_WITH = "{} was certificated with this unit, so its claim stands."


@dataclass(frozen=True)
class UnitToClaim:
    """A unit with every reason why it cannot be claimed, what to look at again, and the digest of what is claimed."""

    enrolment: Enrolment
    reasons: list[Reason]
    warnings: list[str]
    snapshot: str


def units_to_claim(enrolments: Sequence[Enrolment], person: Person) -> list[UnitToClaim]:
    """Give them with their unit, its awarding body, their candidate and their centre."""
    if not enrolments:
        return []
    registered = registrations_of(enrolments)
    looked_at = looked_at_among(enrolments)
    return [
        unit_to_claim(rows, looked_at[rows.enrolment.pk], registered[rows.enrolment.candidate_id], person)
        for rows in with_signatures(rows_of(list(enrolments)))
    ]


def unit_to_claim(
    rows: UnitRows, looked_at: LookedAt, registered: Sequence[Registration], person: Person
) -> UnitToClaim:
    enrolment = rows.enrolment
    candidate, body = enrolment.candidate, enrolment.unit.awarding_body
    theirs = [row for row in registered if row.qualification.awarding_body_id == body.pk]
    days = [row.registered_on for row in theirs] + ([candidate.registered_on] if candidate.registered_on else [])
    decided = [row.at for row in rows.decided]
    facts = ClaimFacts(
        unit=unit_facts(enrolment, rows, looked_at),
        candidate_id=candidate.pk,
        candidate=candidate.name,
        body=str(body),
        numbers=(candidate.candidate_number, candidate.uln, candidate.scn, *(row.number for row in theirs)),
        registered_on=min(days, default=None),
        first_decided_on=day_of(min(decided)) if decided else None,
    )
    return UnitToClaim(enrolment, claim_refusals(person, facts), claim_warnings(facts), digest_for(rows, "claim"))


def numbers_lacking(enrolment: Enrolment) -> list[Reason]:
    """Why the awarding body could not know whose claim this is, for the page of one. A query where numbers lack."""
    candidate, body = enrolment.candidate, enrolment.unit.awarding_body
    numbers = (candidate.candidate_number, candidate.uln, candidate.scn)
    if any(numbers):
        return []
    registered = registrations_of([enrolment])[candidate.pk]
    theirs = [row.number for row in registered if row.qualification.awarding_body_id == body.pk]
    return number_refusals(candidate.pk, candidate.name, str(body), theirs)


def award_resting_on(enrolment: Enrolment) -> list[Reason]:
    """Why the unit's claim stands: a whole award was claimed when the unit was, and was not revoked. Two queries."""
    claims = AwardClaim.objects.filter(
        registration__candidate=enrolment.candidate_id,
        registration__qualification__listed_units__unit=enrolment.unit_id,
        batch__claimed_at__gte=enrolment.claimed_at,
        taken_back_at=None,
    ).exclude(certificates__revoked_on__isnull=False)
    return [
        Reason(words.format(claim.registration.qualification), "batch", claim.batch_id)
        for claim in claims.select_related("registration__qualification").prefetch_related("certificates")
        for words in [CERTIFICATED_WITH if claim.certificates.all() else CLAIMED_WITH]
    ]


def made_of(claim: AwardClaim) -> EnrolmentQuerySet:
    """The units of the award that were claimed when it was: those it rests on."""
    row = claim.registration
    units = Enrolment.objects.filter(candidate=row.candidate_id, unit__listed_in__qualification=row.qualification_id)
    return units.filter(claimed_at__lte=claim.batch.claimed_at, status__in=CLAIMED)


def day_of(moment: datetime.datetime) -> datetime.date:
    return timezone.localdate(moment)


def registrations_of(enrolments: Sequence[Enrolment]) -> dict[int, list[Registration]]:
    """The registrations in force of the units' candidates, by candidate. One query."""
    found: dict[int, list[Registration]] = defaultdict(list)
    for row in _registrations([row.candidate_id for row in enrolments]):
        found[row.candidate_id].append(row)
    return found


@compiled
def _registrations(candidates: list[int]) -> QuerySet[Registration]:
    return Registration.objects.in_force().filter(candidate__in=candidates).select_related("qualification")


def looked_at_among(enrolments: Sequence[Enrolment]) -> dict[int, LookedAt]:
    """What verifiers did in each of the units, with the columns that claims rest on. One query."""
    found = {row.pk: LookedAt([], [], [], []) for row in enrolments}
    for name, pk, enrolment, words, outcome, begun, done, ended, _ in sorted(_looked_at(list(found)), key=in_turn):
        of, row = found[enrolment], {"pk": pk, "enrolment_id": enrolment}
        if name == "sampled":
            stands = {"stage": words, "outcome": outcome, "planned_at": begun, "done_at": done, "dropped_at": ended}
            of.samples.append(Sample(**row, **stands))
        elif name == "acted":
            of.actions.append(Action(**row, wanted=words, closed_at=ended))
        elif name == "noted":
            of.notes.append(UnsampledNote(**row, at=begun))
        else:
            of.planned.append(PlannedCell(**row, stage=words))
    return found


@compiled
def _looked_at(enrolments: list[int]) -> QuerySet[Any, Any]:
    """`LOOKED_AT` in one: which of it, its number and unit, its words, and what became of it when; when it is
    due."""
    nothing, never, no_day = Value(""), Cast(Value(None), DateTimeField()), Cast(Value(None), DateField())
    columns: dict[str, tuple[Any, ...]] = {
        "sampled": ("stage", "outcome", "planned_at", "done_at", "dropped_at", no_day),
        "acted": ("wanted", nothing, never, never, "closed_at", "due_on"),
        "noted": (nothing, nothing, "at", never, never, no_day),
        "planned": ("stage", nothing, never, never, never, no_day),
    }
    first, *further = (
        LOOKED_AT[name]
        .filter(enrolment__in=enrolments)
        .order_by()
        .values_list(Value(name, CharField()), "pk", "enrolment_id", *told)
        for name, told in columns.items()
    )
    return first.union(*further, all=True)


def in_turn(row: tuple[Any, ...]) -> tuple[datetime.date, int]:
    """Actions as they fall due, all else from the oldest."""
    return row[-1] or datetime.date.min, row[1]
