"""The signatures on loaded units, what verifiers did in them, and where the units stand in the end.

Digests are taken by the house's own functions over rows read for many units at once, so no signature is stale.
"""

from collections.abc import Sequence
from functools import cache

from assessments.actions.journey import ROLE, STATEMENT
from assessments.enums import CheckedFor, CheckResult, SampleOutcome, SampleStage, SignedAs, UnitStatus
from assessments.models import Action, Countersignature, Enrolment, Sample, SampleCheck, SampledCriterion, SignOff
from assessments.queries.judgement import SCHEME, UnitRows, digest_for, rows_of, with_signatures
from assessments.queries.verification import verifier_digest
from bench.book import Book
from bench.centre import Staffed
from bench.plan import DAY, DECLARED, SAMPLED, SIGNED, PlannedUnit, Stage
from portfolio import signing
from portfolio.models import Signature, User
from units.models import Criterion

WHY = "First unit of a new candidate."
COMMENTS = "Consistent over time."
FINDING = "1.1 rests on one call."
WANTED = "Ask for a second call."
COLUMNS = (
    "status",
    "declared_at",
    "assessor_signed_at",
    "assessor_signed_by",
    "signed_off_at",
    "countersigned_by",
    "verified_at",
    "verified_by",
)
STATUS = {
    Stage.DECLARED: UnitStatus.DECLARED,
    Stage.AWAITING_COUNTERSIGNATURE: UnitStatus.AWAITING_COUNTERSIGNATURE,
    Stage.COUNTERSIGNED: UnitStatus.SIGNED_OFF,
    Stage.BEING_SAMPLED: UnitStatus.SIGNED_OFF,
    Stage.ACTION_RAISED: UnitStatus.SIGNED_OFF,
    Stage.VERIFIED: UnitStatus.VERIFIED,
}

Unit = tuple[PlannedUnit, Enrolment, Sequence[Criterion]]


class Pen:
    """Signatures gathered, and written at one stroke."""

    def __init__(self) -> None:
        self.rows: list[tuple[Signature, SignOff]] = []
        self.statement = cache(signing.current_statement)

    def sign(
        self, planned: PlannedUnit, enrolment: Enrolment, part: SignedAs, by: User, name: str, digest: str
    ) -> None:
        """The signature of one part, at its time in the plan."""
        at = {
            SignedAs.CANDIDATE: planned.declared_at,
            SignedAs.CANDIDATE_AUTHENTICITY: planned.declared_at,
            SignedAs.ASSESSOR: planned.assessor_signed_at,
            SignedAs.ASSESSOR_AUTHENTICITY: planned.assessor_signed_at,
            SignedAs.COUNTERSIGNER: planned.countersigned_at,
            SignedAs.VERIFIER: planned.verified_at,
        }[part]
        signature = Signature(
            centre=enrolment.centre,
            signer=by,
            signer_name=name,
            role=ROLE[part],
            statement=self.statement(STATEMENT[part], enrolment.unit.awarding_body.code),
            scheme=SCHEME,
            digest=digest,
            signed_at=at,
        )
        self.rows.append(
            (signature, SignOff(enrolment=enrolment, part=part, signature=signature, comments=comments_of(part)))
        )

    def write(self) -> None:
        Signature.objects.bulk_create(signature for signature, _ in self.rows)
        SignOff.objects.bulk_create(sign_off for _, sign_off in self.rows)


def comments_of(part: SignedAs) -> str:
    return COMMENTS if part in (SignedAs.ASSESSOR, SignedAs.ASSESSOR_AUTHENTICITY) else ""


def sign_units(staffed: Staffed, units: Sequence[Unit], book: Book) -> None:
    """Take each unit as far as the plan says."""
    declared = [unit for unit in units if unit[0].stage in DECLARED]
    read = with_signatures(rows_of([enrolment for _, enrolment, _ in declared]))
    rows = {unit.enrolment.pk: unit for unit in read}
    pen = Pen()
    for planned, enrolment, _ in declared:
        sign_as_candidate(pen, planned, enrolment, rows[enrolment.pk], book)
        if planned.stage in SIGNED:
            sign_as_assessor(pen, planned, enrolment, rows[enrolment.pk], book)
        if planned.stage is Stage.COUNTERSIGNED:
            countersign(staffed, pen, planned, enrolment, rows[enrolment.pk], book)
        stand(staffed, planned, enrolment)
    Enrolment.objects.bulk_update([enrolment for _, enrolment, _ in declared], COLUMNS, batch_size=100)
    samples = sample(staffed, declared, book)
    for planned, enrolment, _ in declared:
        if planned.stage is Stage.VERIFIED:
            digest = verifier_digest(rows[enrolment.pk], [samples[enrolment.pk]])
            pen.sign(planned, enrolment, SignedAs.VERIFIER, staffed.verifier, "Vera", digest)
            book.tell(planned.verified_at, "verify", staffed.verifier, enrolment)
    pen.write()


def sign_as_candidate(pen: Pen, planned: PlannedUnit, enrolment: Enrolment, rows: UnitRows, book: Book) -> None:
    for part in (SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY):
        name = enrolment.candidate.legal_name
        pen.sign(planned, enrolment, part, enrolment.candidate_user, name, digest_for(rows, part))
    book.tell(planned.declared_at, "declare", enrolment.candidate_user, enrolment)


def sign_as_assessor(pen: Pen, planned: PlannedUnit, enrolment: Enrolment, rows: UnitRows, book: Book) -> None:
    name = "Tomasz" if planned.by_trainee else "Asha"
    for part in (SignedAs.ASSESSOR, SignedAs.ASSESSOR_AUTHENTICITY):
        pen.sign(planned, enrolment, part, enrolment.assessor, name, digest_for(rows, part, COMMENTS))
    book.tell(planned.assessor_signed_at, "sign_off", enrolment.assessor, enrolment)


def countersign(
    staffed: Staffed, pen: Pen, planned: PlannedUnit, enrolment: Enrolment, rows: UnitRows, book: Book
) -> None:
    Countersignature.objects.bulk_create(
        Countersignature(decision_id=row.pk, by=staffed.assessor, at=planned.countersigned_at, agreed=True)
        for row in rows.pending
    )
    digest = digest_for(rows, SignedAs.COUNTERSIGNER)
    pen.sign(planned, enrolment, SignedAs.COUNTERSIGNER, staffed.assessor, "Asha", digest)
    book.tell(planned.countersigned_at, "countersign", staffed.assessor, enrolment)


def stand(staffed: Staffed, planned: PlannedUnit, enrolment: Enrolment) -> None:
    """The enrolment's own columns at its stage; saved by whoever calls."""
    stage = planned.stage
    enrolment.status = STATUS[stage]
    enrolment.declared_at = planned.declared_at
    if stage in SIGNED:
        enrolment.assessor_signed_at, enrolment.assessor_signed_by = planned.assessor_signed_at, enrolment.assessor
    if enrolment.status in (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED):
        enrolment.signed_off_at = planned.signed_off_at
        enrolment.countersigned_by = staffed.assessor if planned.by_trainee else None
    if stage is Stage.VERIFIED:
        enrolment.verified_at, enrolment.verified_by = planned.verified_at, staffed.verifier


def sample(staffed: Staffed, units: Sequence[Unit], book: Book) -> dict[int, Sample]:
    """Samples by enrolment: one left open, the others closed, some with an action that is still open."""
    chosen = [unit for unit in units if unit[0].stage in (Stage.BEING_SAMPLED, *SAMPLED)]
    samples = {
        enrolment.pk: Sample(
            enrolment=enrolment,
            centre=staffed.centre,
            verifier=staffed.verifier,
            stage=SampleStage.SUMMATIVE,
            reason=WHY,
            planned_at=planned.planned_at,
            planned_by=staffed.verifier,
        )
        for planned, enrolment, _ in chosen
    }
    Sample.objects.bulk_create(samples.values())
    done = [unit for unit in chosen if unit[0].stage in SAMPLED]
    SampledCriterion.objects.bulk_create(
        SampledCriterion(sample=samples[enrolment.pk], criterion=criterion)
        for _, enrolment, criteria in done
        for criterion in criteria[:3]
    )
    SampleCheck.objects.bulk_create(
        SampleCheck(sample=samples[enrolment.pk], about=about, result=CheckResult.YES)
        for _, enrolment, _ in done
        for about in CheckedFor
    )
    for planned, enrolment, _ in done:
        close(planned, samples[enrolment.pk])
    closed = [samples[enrolment.pk] for _, enrolment, _ in done]
    Sample.objects.bulk_update(closed, ["done_at", "outcome", "feedback"], batch_size=100)
    Action.objects.bulk_create(
        action(staffed, planned, enrolment, samples[enrolment.pk])
        for planned, enrolment, _ in done
        if planned.stage is Stage.ACTION_RAISED
    )
    for planned, enrolment, _ in chosen:
        book.tell(planned.planned_at, "plan_sample", staffed.verifier, enrolment)
    for planned, enrolment, _ in done:
        book.tell(planned.sampled_at, "close_sample", staffed.verifier, enrolment)
    return samples


def close(planned: PlannedUnit, sample: Sample) -> None:
    agreed = planned.stage is Stage.VERIFIED
    sample.done_at = planned.sampled_at
    sample.outcome = SampleOutcome.AGREED if agreed else SampleOutcome.AGREED_WITH_ACTION
    sample.feedback = "" if agreed else FINDING


def action(staffed: Staffed, planned: PlannedUnit, enrolment: Enrolment, sample: Sample) -> Action:
    return Action(
        enrolment=enrolment,
        centre=staffed.centre,
        sample=sample,
        owner=enrolment.assessor,
        finding=FINDING,
        wanted=WANTED,
        due_on=(planned.sampled_at + 14 * DAY).date(),
        raised_by=staffed.verifier,
        raised_at=planned.sampled_at,
    )
