"""What verification knows of a unit."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.enums import HeldAt, ItemStatus, SampleOutcome, SignedAs
from assessments.models import Action, Enrolment, EvidenceVersion, Mapping, PlannedCell, Sample, UnsampledNote
from assessments.progress import is_confirmed
from assessments.queries import judgement
from assessments.queries.judgement import UnitRows, digest_for, unit_rows
from assessments.verifying import ActionFacts
from assessments.workflow import Named, UnitFacts
from portfolio.canonical import JSON
from portfolio.compiled import Question, compiled
from units.enums import VerifierSignature


@dataclass(frozen=True)
class LookedAt:
    """The samples of a unit, oldest first, dropped ones among them; the actions raised; why it was not sampled; and
    where a plan wants it sampled before it is verified."""

    samples: list[Sample]
    actions: list[Action]
    notes: list[UnsampledNote]
    planned: list[PlannedCell]

    @property
    def kept(self) -> list[Sample]:
        """The samples that were not dropped."""
        return [sample for sample in self.samples if sample.dropped_at is None]

    @property
    def still_open(self) -> list[Named]:
        """The samples that are neither taken nor dropped."""
        return [Named(sample.pk, sample.get_stage_display()) for sample in self.samples if sample.is_open]

    @property
    def done(self) -> list[Sample]:
        """The samples that were taken."""
        return [sample for sample in self.samples if sample.done_at is not None]


LOOKED_AT: dict[str, QuerySet[Any]] = {
    "sampled": Sample.objects.order_by("pk"),
    "acted": Action.objects.all(),
    "noted": UnsampledNote.objects.order_by("pk"),
    "planned": PlannedCell.objects.before_verifying().order_by("pk"),
}
"""What verifiers do in a unit, by how an enrolment says whether it has any of it."""
EVER_LOOKED_AT = {found: Exists(rows.filter(enrolment=OuterRef("pk"))) for found, rows in LOOKED_AT.items()}
"""Annotations with which an enrolment says so: asked in its own query, they save those for what it has none of."""


def looked_at_in(enrolment: Enrolment, *, but: str = "") -> LookedAt:
    """What verifiers did in the unit, in four queries.

    None is asked for what the enrolment says it has none of, nor for what it is `but`, which the reader has no use for.
    """

    def found(name: str) -> list[Any]:
        wanted = name != but and getattr(enrolment, name, True)
        return looked_at_by(name, [enrolment.pk]) if wanted else []

    return LookedAt(samples=found("sampled"), actions=found("acted"), notes=found("noted"), planned=found("planned"))


def looked_at_by(name: str, enrolment_ids: list[int]) -> list[Any]:
    """One of `LOOKED_AT` in these units. One query."""
    return _looked_at[name](enrolment_ids)


def _in_units(rows: QuerySet[Any]) -> Question[[list[int]], Any]:
    return compiled(lambda enrolment_ids: rows.filter(enrolment__in=enrolment_ids))


_looked_at = {name: _in_units(rows) for name, rows in LOOKED_AT.items()}
AGREEING = (SampleOutcome.AGREED, SampleOutcome.AGREED_WITH_ACTION)


def unit_facts(enrolment: Enrolment, rows: UnitRows | None = None, looked_at: LookedAt | None = None) -> UnitFacts:
    """The unit as every verb sees it: judgement's facts, with samples, actions and the body's rule added.

    Four queries at most beside those of the unit's rows.
    """
    rows = rows or unit_rows(enrolment)
    looked_at = looked_at or looked_at_in(enrolment)
    facts = judgement.unit_facts(rows, confirmed=confirmed_in(enrolment, looked_at))
    samples, still_open, always = looked_at.kept, looked_at.still_open, verifier_always(enrolment)
    return replace(
        facts,
        stale=facts.stale + stale_verifier(rows, samples),
        open_sample=still_open[0] if still_open else None,
        agreed_samples=sum(1 for sample in samples if sample.outcome in AGREEING),
        open_actions=tuple(Named(row.pk, row.wanted) for row in looked_at.actions if row.closed_at is None),
        verifier_always=always,
        must_sample=bool(looked_at.planned),
        left_unsampled=not always and is_left_unsampled(looked_at.notes, enrolment.signed_off_at),
    )


def verifier_always(enrolment: Enrolment) -> bool:
    """Whether the awarding body wants the verifier's signature on every unit. No query."""
    return enrolment.unit.awarding_body.verifier_signature == VerifierSignature.ALWAYS


def confirmed_in(enrolment: Enrolment, looked_at: LookedAt) -> bool:
    """Whether what is accepted in the unit is confirmed: what `confirmed` says as SQL. No query."""
    asked_for = verifier_always(enrolment) or bool(looked_at.planned) or bool(looked_at.still_open)
    return is_confirmed(enrolment.status, to_be_verified=asked_for)


def action_facts(action: Action) -> ActionFacts:
    """What the refusals of an action rest on. No query."""
    return ActionFacts(
        owner_id=action.owner_id,
        answered=action.answered_at is not None,
        closed=action.closed_at is not None,
        answered_by_id=action.answered_by_id,
    )


def is_left_unsampled(notes: list[UnsampledNote], signed_off_at: datetime.datetime | None) -> bool:
    """Whether a verifier recorded, since the unit was signed off, why it is not sampled."""
    return signed_off_at is not None and any(note.at >= signed_off_at for note in notes)


def stale_verifier(rows: UnitRows, samples: list[Sample]) -> tuple[SignedAs, ...]:
    """The verifier's part, where their signature no longer fits the facts and the samples done by then."""
    sign_off = rows.sign_offs.get(SignedAs.VERIFIER)
    if sign_off is None:
        return ()
    known = [sample for sample in samples if sample.done_at and sample.done_at <= sign_off.signature.signed_at]
    if verifier_digest(rows, known) == sign_off.signature.digest:
        return ()
    return (SignedAs.VERIFIER,)


def verifier_digest(rows: UnitRows, samples: list[Sample]) -> str:
    """The digest a verifier's signature carries: the unit's facts and the samples done."""
    done: JSON = [[sample.planned_at, sample.outcome, sample.done_at] for sample in samples if sample.done_at]
    return digest_for(rows, SignedAs.VERIFIER, samples=done)


def places_held(enrolment_id: int, criteria: Iterable[int] | None = None, readings: Iterable[int] = ()) -> list[str]:
    """Where evidence of the unit is held outside the portfolio, in one query: all of it, or what shows the criteria
    and what was read in these readings."""
    mapped = Mapping.objects.filter(enrolment=enrolment_id, taken_back_at=None)
    if criteria is not None:
        looked_at = Q(criterion__in=list(criteria)) | Q(evidence__versions__reviews__in=list(readings))
        mapped = mapped.filter(looked_at)
    held = EvidenceVersion.objects.filter(
        evidence__mappings__in=mapped, held=HeldAt.LOCATION, submitted_at__isnull=False, replaced_at=None
    )
    places = held.exclude(status=ItemStatus.WITHDRAWN).order_by("location").values_list("location", flat=True)
    return list(places.distinct())
