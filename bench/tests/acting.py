"""Acting a plan out: the same story as the loader writes, told by the real verbs at the same times."""

import datetime
from collections.abc import Callable
from functools import partial

from assessments.actions import claims, judgement, verification
from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.models import Enrolment, EvidenceVersion
from assessments.testing import all_well, leaves
from bench.centre import Staffed
from bench.loading import described, invited
from bench.plan import DAY, DECLARED, FEEDBACK, SAMPLED, SIGNED, PlannedCandidate, PlannedItem, PlannedUnit, Stage
from bench.signing import COMMENTS, FINDING, WANTED, WHY
from units.models import Criterion, Unit

Act = tuple[datetime.datetime, Callable[[], object]]


class Actor:
    """One candidate's story. Everybody's acts happen in the order of time, whichever unit they belong to."""

    def __init__(self, staffed: Staffed, planned: PlannedCandidate) -> None:
        self.staffed, self.planned = staffed, planned
        self.candidate = invited(staffed, planned)

    def act(self) -> None:
        acts = [act for unit in self.planned.units for act in self.acts_of(unit)]
        for _, happen in sorted(acts, key=lambda act: act[0]):
            happen()

    def acts_of(self, planned: PlannedUnit) -> list[Act]:
        """Everything that happens in a unit."""
        enrolment = self.enrol(planned)
        acts = [act for item in planned.items for act in self.acts_with(item, enrolment)]
        if planned.stage in DECLARED:
            acts.append((planned.declared_at, partial(self.declare, planned, enrolment)))
        if planned.stage in SIGNED:
            acts.append((planned.assessor_signed_at, partial(self.sign_off, planned, enrolment)))
        if planned.stage is Stage.COUNTERSIGNED:
            acts.append((planned.countersigned_at, partial(self.countersign, planned, enrolment)))
        if planned.stage in (Stage.BEING_SAMPLED, *SAMPLED):
            acts.append((planned.planned_at, partial(self.plan_sample, planned, enrolment)))
        if planned.stage in SAMPLED:
            acts.append((planned.sampled_at, partial(self.close_sample, planned, enrolment)))
        if planned.stage is Stage.VERIFIED:
            acts.append((planned.verified_at, partial(self.verify, planned, enrolment)))
        return acts

    def enrol(self, planned: PlannedUnit) -> Enrolment:
        return enrolments.enrol(
            candidate=self.candidate,
            unit=Unit.objects.get(key=planned.key),
            assessor=self.staffed.trainee if planned.by_trainee else self.staffed.assessor,
            countersigner=self.staffed.assessor if planned.by_trainee else None,
            verifier=self.staffed.verifier,
            started_on=planned.enrolled_at.date(),
            target_on=planned.target_on,
            by=self.staffed.administrator,
            at=planned.enrolled_at,
        )

    # --- an item -----------------------------------------------------------------------------------------------------

    def acts_with(self, item: PlannedItem, enrolment: Enrolment) -> list[Act]:
        """What becomes of an item."""
        criteria = list(enrolment.unit.criteria.all())
        told = Told(self, item, enrolment, [criteria[place] for place in item.places])
        acts: list[Act] = [(item.created_at, told.add)]
        if item.handed_in:
            acts.append((item.submitted_at, told.hand_in))
        if item.read:
            acts.append((item.read_at, told.read))
        return acts

    # --- a unit ------------------------------------------------------------------------------------------------------

    def declare(self, planned: PlannedUnit, enrolment: Enrolment) -> None:
        judgement.declare(enrolment=enrolment, by=self.candidate.user, at=planned.declared_at)

    def sign_off(self, planned: PlannedUnit, enrolment: Enrolment) -> None:
        at = planned.assessor_signed_at
        judgement.sign_off(enrolment=enrolment, comments=COMMENTS, by=enrolment.assessor, at=at)

    def countersign(self, planned: PlannedUnit, enrolment: Enrolment) -> None:
        judgement.countersign(enrolment=enrolment, by=self.staffed.assessor, at=planned.countersigned_at)

    def plan_sample(self, planned: PlannedUnit, enrolment: Enrolment) -> None:
        verification.plan_sample(enrolment=enrolment, reason=WHY, by=self.staffed.verifier, at=planned.planned_at)

    def close_sample(self, planned: PlannedUnit, enrolment: Enrolment) -> None:
        agreed = planned.stage is Stage.VERIFIED
        verification.close_sample(
            sample=enrolment.samples.get(),
            checks=all_well(),
            criteria=list(enrolment.unit.criteria.values_list("pk", flat=True)[:3]),
            feedback="" if agreed else FINDING,
            wanted="" if agreed else WANTED,
            due_on=None if agreed else (planned.sampled_at + 14 * DAY).date(),
            by=self.staffed.verifier,
            at=planned.sampled_at,
        )

    def verify(self, planned: PlannedUnit, enrolment: Enrolment) -> None:
        verification.verify(enrolment=enrolment, by=self.staffed.verifier, at=planned.verified_at)


class Told:
    """One item's story."""

    version: EvidenceVersion

    def __init__(self, actor: Actor, item: PlannedItem, enrolment: Enrolment, criteria: list[Criterion]) -> None:
        self.actor, self.item, self.enrolment, self.criteria = actor, item, enrolment, criteria

    def add(self) -> None:
        self.version = items.add_evidence(
            candidate=self.actor.candidate,
            described=described(self.item),
            files=[items.NamedFile(stored, name) for stored, name in self.actor.staffed.stored],
            targets=[claims.Target(self.enrolment.pk, row.pk, self.item.locator) for row in self.criteria],
            shows=leaves(self.enrolment) if self.item.shows else (),
            by=self.actor.candidate.user,
            at=self.item.created_at,
        )

    def hand_in(self) -> None:
        items.submit(version=self.version, by=self.actor.candidate.user, at=self.item.submitted_at)

    def read(self) -> None:
        judgement.review(
            version=self.version,
            rules=judgement.RulesOfEvidence(),
            decisions=[
                judgement.Judged(self.enrolment.pk, row.pk, verdict, "" if verdict == verdict.MET else FEEDBACK)
                for row, verdict in zip(self.criteria, self.item.verdicts, strict=True)
                if verdict
            ],
            feedback=FEEDBACK if self.item.returned else "",
            returned=self.item.returned,
            seen_at_location=False,
            by=self.enrolment.assessor,
            at=self.item.read_at,
        )
