"""What a centre can claim at once, what it claimed, and the certificates that came of it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from assessments.enums import UnitStatus
from assessments.models import (
    AchievedElsewhere,
    AwardClaim,
    Certificate,
    Claim,
    ClaimBatch,
    ClaimBatchQuerySet,
    Enrolment,
    EnrolmentQuerySet,
    Registration,
    RegistrationQuerySet,
)
from assessments.models.enrolment import candidate_at
from assessments.queries.award import direct_on
from assessments.queries.claimable import CLAIMED, UnitToClaim, units_to_claim
from assessments.queries.enrolment import CONFIRMED, LONG_WORDS
from assessments.queries.registration import AwardLine, award_lines, knowing
from assessments.rules import Person
from assessments.workflow import UNIT_FROZEN, Reason
from portfolio.canonical import JSON
from portfolio.compiled import Listed, compiled
from portfolio.models import Centre
from portfolio.signing import digest_of
from units.models import AwardingBody, CentreApproval, Qualification

TO_CLAIM = (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED)
NO_NUMBER = (
    "{} was achieved elsewhere: the awarding body asks for the number of its certificate. Take the entry back under "
    "Transfers, and record it with the number."
)
TRANSFERRED = "{} counts as achieved elsewhere, under {}: name it to the awarding body as credit transfer."
ALL_ELSEWHERE = "All of its units were achieved elsewhere: the awarding body makes that award, and no centre claims it."
NEARLY = (UnitStatus.DECLARED, UnitStatus.AWAITING_COUNTERSIGNATURE, *TO_CLAIM)
"""What is listed: where a claim is the next step, or nearly so."""


@dataclass(frozen=True)
class AwardToClaim:
    """A whole award with every reason why it cannot be claimed, and the units of it that are claimed with it."""

    registration: Registration
    line: AwardLine
    units: list[UnitToClaim]
    made_of: list[int]
    """Every enrolment that makes it, those claimed before among them."""
    reasons: list[Reason]
    warnings: list[str]
    snapshot: str


@dataclass(frozen=True)
class BatchLine:
    """A batch in the list."""

    batch: ClaimBatch
    units: int
    awards: int


@dataclass(frozen=True)
class ClaimLine:
    """What was claimed in a batch: of whom, what, and its certificates, the one in force last."""

    claim: Claim | AwardClaim
    candidate: str
    candidate_number: str
    reference_number: str
    what: str
    is_award: bool
    snapshot: str
    taken_back_reason: str
    enrolment_id: int | None
    registration_id: int | None
    certificates: list[Certificate]

    @property
    def key(self) -> str:
        """`unit-7`, `award-3`: how forms name it."""
        return f"{'award' if self.is_award else 'unit'}-{self.claim.pk}"

    @property
    def certificate(self) -> Certificate | None:
        return self.certificates[-1] if self.certificates else None

    @property
    def awaits_certificate(self) -> bool:
        return not self.certificates and not self.claim.taken_back_at

    @property
    def state(self) -> str:
        """In words, for lists."""
        if self.claim.taken_back_at:
            return "Taken back"
        if self.certificate and self.certificate.revoked_on:
            return "Certificate revoked"
        return "Certificated" if self.certificate else "Claimed"


# --- what can be claimed ---------------------------------------------------------------------------------------------


def bodies_of(centre: Centre) -> list[CentreApproval]:
    """The awarding bodies a centre claims from. One query."""
    return list(CentreApproval.objects.filter(centre=centre).select_related("awarding_body"))


@compiled
def approvals_at(centres: list[int], slug: str, code: str, day: datetime.date) -> QuerySet[CentreApproval]:
    """The approval by which one of these centres claims from a body; `direct`: what its direct status rests on."""
    found = CentreApproval.objects.filter(centre__in=centres, centre__slug=slug, awarding_body__code=code)
    return found.select_related("awarding_body", "centre").annotate(direct=direct_on(day))


def units_nearly(centre: Centre, body: AwardingBody, search: str) -> QuerySet[Enrolment] | Listed[Enrolment]:
    """Units to claim from the body, or nearly so, by candidate: what `units_to_claim` takes."""
    return all_nearly(centre, body, search) if search else _nearly.listed(centre.pk, body.pk)


def all_nearly(centre: Centre, body: AwardingBody, search: str) -> QuerySet[Enrolment]:
    """The same, to be read whole."""
    found = _nearly.question(centre.pk, body.pk)
    return found.filter(of_candidate(search) | Q(unit__short_code__iexact=search)) if search else found


@compiled
def _nearly(centre_id: int, body_id: int) -> EnrolmentQuerySet:
    there = Enrolment.objects.filter(candidate_at(centre_id), centre=centre_id)
    found = there.filter(unit__awarding_body=body_id, status__in=NEARLY)
    whole = found.select_related("unit__awarding_body", "candidate__user", "centre").defer(*LONG_WORDS)
    return whole.order_by("candidate__legal_name", "unit__short_code", "pk")


def awards_open(centre: Centre, qualification: int, search: str) -> QuerySet[Registration] | Listed[Registration]:
    """Registrations for the award that are in force and not claimed, by candidate."""
    return all_open(centre, qualification, search) if search else _open.listed(centre.pk, qualification)


def all_open(centre: Centre, qualification: int, search: str) -> QuerySet[Registration]:
    """The same, to be read whole."""
    found = _open.question(centre.pk, qualification)
    return found.filter(of_candidate(search)) if search else found


@compiled
def _open(centre_id: int, qualification: int) -> RegistrationQuerySet:
    found = Registration.objects.in_force().filter(centre=centre_id, qualification=qualification)
    found = found.exclude(pk__in=AwardClaim.objects.filter(taken_back_at=None).values("registration"))
    whole = found.select_related(
        "candidate__user", "qualification__awarding_body", "qualification__publication", "centre"
    )
    return knowing(whole).order_by("candidate__legal_name", "pk")


def of_candidate(search: str) -> Q:
    """With these words in the candidate's name or place of work."""
    fields = ("legal_name", "known_as", "workplace")
    return reduce(or_, (Q(**{f"candidate__{field}__icontains": search}) for field in fields))


def awards_to_claim(rows: Iterable[Registration], person: Person) -> list[AwardToClaim]:
    """Each award with what stands in its way: the units that make it, taken in as many queries as one."""
    lines = award_lines(rows)
    wanted = {(line.registration.candidate_id, unit) for line in lines for unit in line.standing.counted}
    wanted |= {(line.registration.candidate_id, unit) for line in lines for unit in waited_for(line)}
    found = _far_enough([candidate for candidate, _ in wanted], [unit for _, unit in wanted])
    enrolments = [row for row in found if (row.candidate_id, row.unit_id) in wanted]
    open_ones = units_to_claim([row for row in enrolments if row.status in TO_CLAIM], person)
    return [award_to_claim(line, enrolments, open_ones, person) for line in lines]


def waited_for(line: AwardLine) -> frozenset[int]:
    """Units that would count towards the award were they verified, while it is not complete without them."""
    return line.to_be_verified if line.standing.missing else frozenset()


@compiled
def _far_enough(candidates: list[int], units: list[int]) -> EnrolmentQuerySet:
    of_them = Enrolment.objects.filter(candidate__in=candidates, unit__in=units, status__in=(*TO_CLAIM, *CLAIMED))
    found = of_them.annotate(confirmed=CONFIRMED)
    whole = found.select_related("unit__awarding_body", "candidate__user", "centre").defer(*LONG_WORDS)
    return whole.order_by("pk")


def award_to_claim(
    line: AwardLine, enrolments: Sequence[Enrolment], open_ones: Sequence[UnitToClaim], person: Person
) -> AwardToClaim:
    row, counted = line.registration, line.standing.counted
    own = [unit for unit in enrolments if unit.candidate_id == row.candidate_id]
    theirs = [unit for unit in own if unit.unit_id in counted and vars(unit)["confirmed"]]
    units = [one for one in open_ones if one.enrolment in theirs]
    waiting = [one for one in open_ones if one.enrolment in own and one.enrolment.unit_id in waited_for(line)]
    reasons = [Reason(missing.sentence, "award", row.pk) for missing in line.standing.missing]
    brought = [one for unit, one in line.elsewhere.items() if unit in counted]
    reasons += [Reason(NO_NUMBER.format(one.title), "award", row.pk) for one in brought if not one.certificate]
    if brought and not theirs:
        reasons.append(Reason(ALL_ELSEWHERE, "award", row.pk))
    for one in (*units, *waiting):
        for reason in one.reasons:
            named = (
                f"{one.enrolment.unit.short_code}: {reason.sentence}"
                if reason.about != "candidate"
                else reason.sentence
            )
            found = Reason(named, reason.about or "unit", reason.pk or one.enrolment.pk)
            reasons += [found] if found not in reasons else []
    claimed = [unit for unit in theirs if unit.status in CLAIMED]
    reasons += [Reason(f"{unit.unit.short_code}: {UNIT_FROZEN}", "unit", unit.pk) for unit in claimed if unit.frozen_at]
    if person.user_id == row.candidate.user_id:
        reasons.append(Reason("Nobody claims their own award.", "award", row.pk))
    warnings = list(dict.fromkeys(warning for one in units for warning in one.warnings))
    warnings += [TRANSFERRED.format(one.title, one.certificate) for one in brought if one.certificate]
    return AwardToClaim(
        row, line, units, [unit.pk for unit in theirs], reasons, warnings, snapshot_of(row, theirs, units, brought)
    )


def snapshot_of(
    row: Registration,
    theirs: Iterable[Enrolment],
    units: Iterable[UnitToClaim],
    brought: Iterable[AchievedElsewhere] = (),
) -> str:
    """The digest of the award as it is claimed: its version, and each unit with where it stood and its facts; those
    achieved elsewhere with the number under which."""
    facts = {one.enrolment.pk: one.snapshot for one in units}
    listed: list[JSON] = [[unit.pk, unit.unit_id, unit.status, facts.get(unit.pk, "")] for unit in theirs]
    facts_of_award: dict[str, JSON] = {"registration": row.pk, "qualification": row.qualification_id, "units": listed}
    if elsewhere := [[one.unit_id, one.achieved_on.isoformat(), one.certificate] for one in brought]:
        facts_of_award["elsewhere"] = elsewhere
    return digest_of(facts_of_award)


# --- what narrows it -------------------------------------------------------------------------------------------------


def awards_of(centre: Centre, body: AwardingBody) -> list[tuple[int, str]]:
    """Whole awards of the body's for which somebody at the centre is registered. One query."""
    return _awards(centre.pk, body.pk)


@compiled
def _awards(centre_id: int, body_id: int) -> QuerySet[Qualification, Any]:
    ids = Registration.objects.in_force().filter(centre=centre_id).order_by().values("qualification")
    return Qualification.objects.filter(pk__in=ids, awarding_body=body_id).values_list("pk", "title")


# --- what was claimed ------------------------------------------------------------------------------------------------


def batch_lines(rows: Iterable[ClaimBatch]) -> list[BatchLine]:
    return [BatchLine(row, row.unit_count, row.award_count) for row in rows]  # type: ignore[attr-defined]  # annotated


def batches_of(centre: Centre) -> ClaimBatchQuerySet:
    """The centre's batches, the newest first."""
    counts = {"unit_count": Count("claims", distinct=True), "award_count": Count("awards", distinct=True)}
    found: ClaimBatchQuerySet = ClaimBatch.objects.filter(centre=centre)
    return found.select_related("awarding_body").annotate(**counts).order_by("-claimed_at", "-pk")


CERTIFICATES = Prefetch("certificates", queryset=Certificate.objects.order_by("pk"))


def claim_lines(batch: ClaimBatch) -> list[ClaimLine]:
    """All that was claimed in the batch, awards first, by candidate: four queries."""
    awards = batch.awards.select_related("registration__candidate", "registration__qualification")
    units = batch.claims.select_related("enrolment__candidate", "enrolment__unit")
    found = [award_line(row) for row in awards.prefetch_related(CERTIFICATES)]
    found += [unit_line(row) for row in units.prefetch_related(CERTIFICATES)]
    return sorted(found, key=lambda line: (line.candidate, not line.is_award, line.what))


def certificates_of(enrolment: Enrolment) -> list[Certificate]:
    """The certificates of a unit, the one in force last. One query."""
    return list(Certificate.objects.filter(claim__enrolment=enrolment, claim__taken_back_at=None).order_by("pk"))


def award_line(claim: AwardClaim) -> ClaimLine:
    row = claim.registration
    return ClaimLine(
        claim=claim,
        candidate=row.candidate.legal_name,
        candidate_number=row.number or row.candidate.candidate_number,
        reference_number=row.qualification.number,
        what=row.qualification.title,
        is_award=True,
        snapshot=claim.snapshot,
        taken_back_reason=claim.taken_back_reason,
        enrolment_id=None,
        registration_id=row.pk,
        certificates=list(claim.certificates.all()),
    )


def unit_line(claim: Claim) -> ClaimLine:
    enrolment = claim.enrolment
    unit = enrolment.unit
    return ClaimLine(
        claim=claim,
        candidate=enrolment.candidate.legal_name,
        candidate_number=enrolment.candidate.candidate_number,
        reference_number=unit.body_unit_number or unit.unit_reference_number,
        what=str(unit),
        is_award=False,
        snapshot=claim.snapshot,
        taken_back_reason=claim.taken_back_reason,
        enrolment_id=enrolment.pk,
        registration_id=None,
        certificates=list(claim.certificates.all()),
    )
