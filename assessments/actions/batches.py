"""Verbs of claims at once: a batch of units and whole awards, and the certificates that come of it."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions import award, telling
from assessments.actions.award import claim_unit, issued, refuse_revoking
from assessments.actions.journey import administers, lock, lock_one, person, require
from assessments.claiming import Basis, basis_of, basis_refusals
from assessments.enums import UnitStatus
from assessments.models import AwardClaim, Certificate, ClaimBatch, Enrolment, Registration
from assessments.queries.award import authorised_among, claiming_at
from assessments.queries.batches import AwardToClaim, awards_to_claim
from assessments.queries.claimable import UnitToClaim, made_of, units_to_claim
from assessments.workflow import UNIT_FROZEN
from portfolio import audit
from portfolio.actions.checks import take_turns
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from portfolio.signing import digest_of
from units.models import AwardingBody

MOST_CLAIMED = 100
"""How many units and awards one batch takes."""
GONE = "Some of what was ticked cannot be found any more: look at the list again."
CERTIFICATED = "A certificate came of this claim, so it stands: record its revocation instead."


@dataclass(frozen=True)
class Recorded:
    """A certificate that came of a claim, of a unit or of a whole award."""

    claim_id: int
    is_award: bool
    number: str
    issued_on: datetime.date


@transaction.atomic
def claim_batch(
    *,
    centre: Centre,
    awarding_body: AwardingBody,
    reference: str,
    authorisation: str,
    units: Sequence[int],
    awards: Sequence[int],
    by: User,
    at: datetime.datetime,
) -> ClaimBatch:
    """Claim these enrolments and registrations at once: all of them, or none and the reasons.

    A whole award is claimed with the units that make it and are not claimed yet. After: the batch stands with a digest
    over every snapshot, each unit is claimed and each award has its claim. Raises Refusal.
    """
    administers(by, centre, at)
    centre, me = take_turns(centre), person(by, centre.pk, at)
    reference = require(reference, "Give the batch a reference of the centre's own.")
    authorisation = authorisation.strip()
    chosen, ticked = _awards_chosen(centre, awarding_body, awards), _units_chosen(centre, units)
    ready_awards = awards_to_claim(chosen, me)
    lock([*ticked, *(pk for row in ready_awards for pk in row.made_of)])
    ready_awards = awards_to_claim(chosen, me)
    locked = list(lock([*ticked, *(one.enrolment.pk for row in ready_awards for one in row.units)]).values())
    ready_units = units_to_claim(locked, me)
    said = {(one.enrolment.pk, reason) for row in ready_awards for one in row.units for reason in one.reasons}
    gone = set(units) - {row.pk for row in locked} or set(awards) - {row.pk for row in chosen}
    claiming = claiming_at(centre, awarding_body, timezone.localdate(at))
    standing = {row.unit_id: claiming.of(row.unit_id) for row in locked}
    standing_of = {row.qualification_id: claiming.of_award(row.qualification_id) for row in chosen}
    by_visit = authorised_among(row.pk for row in locked) if not authorisation else {}
    given = {row.pk: authorisation or by_visit.get(row.pk, "") for row in locked}
    resting = [(standing[row.unit_id], given[row.pk]) for row in locked]
    resting.extend((one, authorisation) for one in standing_of.values())
    refusals = [
        *([GONE] if gone else []),
        *dict.fromkeys(sentence for one, word in resting for sentence in basis_refusals(one.direct, one.why_not, word)),
        *_batch_refusals(centre, awarding_body, reference, locked, chosen, len(set(units)) + len(set(awards))),
        *(_named(row.registration.candidate.name, reason.sentence) for row in ready_awards for reason in row.reasons),
        *(
            _named(f"{row.enrolment.candidate.name}, {row.enrolment.unit.short_code}", reason.sentence)
            for row in ready_units
            for reason in row.reasons
            if (row.enrolment.pk, reason) not in said
        ),
    ]
    if refusals:
        raise Refusal(refusals)
    batch = ClaimBatch.objects.create(
        centre=centre,
        awarding_body=awarding_body,
        reference=reference,
        claimed_by=by,
        claimed_at=at,
        digest=_digest(reference, ready_units, ready_awards),
    )
    act_id = uuid.uuid4()
    for unit in ready_units:
        basis = basis_of(standing[unit.enrolment.unit_id].direct, given[unit.enrolment.pk])
        claim_unit(unit, basis, batch, by, at, act_id)
    for row in ready_awards:
        _claim_award(
            row, basis_of(standing_of[row.registration.qualification_id].direct, authorisation), batch, by, at, act_id
        )
    return batch


@transaction.atomic
def unclaim_award(*, claim: AwardClaim, reason: str, by: User, at: datetime.datetime) -> AwardClaim:
    """Take back the claim of a whole award before a certificate comes of it. Its units stay claimed, one by one."""
    reason = require(reason, "Say why the claim is taken back.")
    claim = _ready(claim, by, at)
    if claim.certificates.exists():
        raise Refusal([CERTIFICATED])
    _refuse_held(claim)
    AwardClaim.objects.filter(pk=claim.pk).update(taken_back_at=at, taken_back_reason=reason)
    claim.refresh_from_db()
    _told("unclaim_award", claim, by, at, {"reason": reason})
    return claim


@transaction.atomic
def record_certificates(
    *, batch: ClaimBatch, certificates: Sequence[Recorded], by: User, at: datetime.datetime
) -> list[Certificate]:
    """Record the certificates that came of a batch, several at once: all of them, or none and the reasons."""
    administers(by, batch.centre, at)
    if not certificates:
        raise Refusal(["Give the number of at least one certificate."])
    act_id = uuid.uuid4()
    made: list[Certificate] = []
    refused: list[str] = []
    awards = batch.awards.select_related("registration__candidate", "registration__qualification")
    units = batch.claims.select_related("enrolment__candidate", "enrolment__unit")
    for row in sorted(certificates, key=lambda row: row.is_award):
        told: dict[str, Any] = {"number": row.number, "issued_on": row.issued_on, "by": by, "at": at, "act_id": act_id}
        claim = (awards if row.is_award else units).get(pk=row.claim_id)
        try:
            if isinstance(claim, AwardClaim):
                whose = claim.registration.candidate.name
                made.append(certificate_award(claim=claim, **told))
            else:
                whose = f"{claim.enrolment.candidate.name}, {claim.enrolment.unit.short_code}"
                made.append(award.certificate(enrolment=claim.enrolment, **told))
        except Refusal as refusal:
            refused += [_named(whose, sentence) for sentence in refusal.sentences]
    if refused:
        raise Refusal(refused)
    return made


@transaction.atomic
def certificate_award(
    *,
    claim: AwardClaim,
    number: str,
    issued_on: datetime.date,
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> Certificate:
    """Record the certificate of a whole award; units claimed with it that have none yet are certificated by it."""
    number = issued(number, issued_on, at)
    claim = _ready(claim, by, at)
    if claim.certificates.exists():
        raise Refusal([f"The certificate of {claim.registration.candidate} is on record already."])
    _refuse_held(claim)
    made = Certificate.objects.create(award=claim, number=number, issued_on=issued_on, recorded_by=by, recorded_at=at)
    act_id = act_id or uuid.uuid4()
    with_it = claim.batch.claims.filter(
        enrolment__candidate=claim.registration.candidate_id,
        enrolment__unit__listed_in__qualification=claim.registration.qualification_id,
        enrolment__status=UnitStatus.CLAIMED,
        taken_back_at=None,
    )
    for unit in with_it.select_related("enrolment"):
        award.certificate(enrolment=unit.enrolment, number=number, issued_on=issued_on, by=by, at=at, act_id=act_id)
    telling.award_certificated(claim.registration, "Its certificate is on record.", by, at)
    _told("certificate_award", claim, by, at, {"number": number, "issued_on": issued_on.isoformat()}, act_id)
    return made


@transaction.atomic
def replace_certificate(
    *, certificate: Certificate, number: str, issued_on: datetime.date, reason: str, by: User, at: datetime.datetime
) -> Certificate:
    """Record that the awarding body replaced a certificate: the earlier one stays, marked as replaced (Ofqual I3)."""
    number = issued(number, issued_on, at)
    reason = require(reason, "Say why the certificate was replaced.")
    found = _certificate(certificate, by, at)
    refuse_held(found)
    if issued_on < found.issued_on:
        raise Refusal(["A replacement is issued after the certificate that it replaces."])
    made = Certificate.objects.create(
        claim=found.claim,
        award=found.award,
        number=number,
        issued_on=issued_on,
        recorded_by=by,
        recorded_at=at,
        replaces=found,
        replacement_reason=reason,
    )
    subject, sentence = _subject(found), "Its certificate was replaced by the awarding body."
    if isinstance(subject, Enrolment):
        telling.certificated(subject, sentence, by, at)
    else:
        telling.award_certificated(subject, sentence, by, at)
    audit.record(
        verb="replace_certificate",
        by=by,
        at=at,
        subject=subject,
        centre=subject.centre,
        details={"replaces": found.number, "number": number, "issued_on": issued_on.isoformat(), "reason": reason},
    )
    return made


@transaction.atomic
def revoke_award(
    *, certificate: Certificate, reason: str, revoked_on: datetime.date, by: User, at: datetime.datetime
) -> Certificate:
    """Record that the awarding body revoked the certificate of a whole award. Its units are revoked one by one."""
    reason = require(reason, "Say why the certificate was revoked.")
    found = _certificate(certificate, by, at)
    if found.award is None:
        raise Refusal(["This is the certificate of a unit: record its revocation on the page of the unit."])
    refuse_revoking(found, revoked_on, at)
    Certificate.objects.filter(pk=found.pk).update(revoked_on=revoked_on, revocation_reason=reason)
    found.refresh_from_db()
    telling.award_certificated(found.award.registration, "Its certificate was revoked by the awarding body.", by, at)
    _told("revoke_award", found.award, by, at, {"reason": reason, "revoked_on": revoked_on.isoformat()})
    return found


def refuse_past(certificate: Certificate) -> None:
    """Raise Refusal where the certificate is not in force any more: revoked, or replaced."""
    if certificate.revoked_on:
        raise Refusal([f"Certificate {certificate.number} was revoked on {certificate.revoked_on:%-d %B %Y}."])
    if Certificate.objects.filter(replaces=certificate).exists():
        raise Refusal([f"Certificate {certificate.number} has been replaced already."])


def refuse_own(row: Enrolment | Registration, by: User) -> None:
    """Raise Refusal where the unit or the award is the person's own."""
    own = row.candidate_user_id if isinstance(row, Enrolment) else row.candidate.user_id
    if own == by.pk:
        raise Refusal(["Nobody keeps claims and certificates of their own."])


def refuse_held(certificate: Certificate) -> None:
    """Raise Refusal where the office holds what the certificate is of."""
    if certificate.award:
        _refuse_held(certificate.award)
    elif certificate.claim and certificate.claim.enrolment.frozen_at:
        raise Refusal([UNIT_FROZEN])


# --- inside ----------------------------------------------------------------------------------------------------------


def _awards_chosen(centre: Centre, body: AwardingBody, awards: Sequence[int]) -> list[Registration]:
    """The registrations, locked. Only those of the centre and the body that are in force."""
    rows = Registration.objects.select_for_update(of=("self",)).filter(
        pk__in=list(awards), centre=centre, qualification__awarding_body=body, ended_at=None
    )
    return list(rows.select_related("candidate", "qualification__awarding_body", "centre").order_by("pk"))


def _units_chosen(centre: Centre, units: Sequence[int]) -> list[int]:
    """Ids of the centre's own among these: of another centre's units nobody reads here even why they cannot go."""
    return list(Enrolment.objects.filter(pk__in=list(units), centre=centre).values_list("pk", flat=True))


def _batch_refusals(
    centre: Centre,
    body: AwardingBody,
    reference: str,
    locked: Sequence[Enrolment],
    chosen: Sequence[Registration],
    asked: int,
) -> list[str]:
    found = []
    if ClaimBatch.objects.filter(centre=centre, reference=reference).exists():
        found.append(f"The centre has a batch of claims “{reference}” already: give this one another reference.")
    if not asked:
        found.append("Tick at least one unit or award to claim.")
    if asked > MOST_CLAIMED:
        found.append(f"A batch takes {MOST_CLAIMED} at most: claim the rest in another.")
    if any(row.centre_id != centre.pk or row.unit.awarding_body_id != body.pk for row in locked):
        found.append(f"A batch holds units of {centre} and {body} alone.")
    claimed = AwardClaim.objects.filter(registration__in=chosen, taken_back_at=None)
    found += [f"{row.registration} is claimed already." for row in claimed.select_related("registration__candidate")]
    return found


def _named(who: str, sentence: str) -> str:
    return f"{who}: {sentence}"


def _digest(reference: str, units: Sequence[UnitToClaim], awards: Sequence[AwardToClaim]) -> str:
    """Over all that is claimed, in the order of its ids."""
    of_units: list[JSON] = [[row.enrolment.pk, row.snapshot] for row in units]
    of_awards: list[JSON] = [[row.registration.pk, row.snapshot] for row in awards]
    return digest_of({"reference": reference, "units": of_units, "awards": of_awards})


def _claim_award(
    row: AwardToClaim, basis: Basis, batch: ClaimBatch, by: User, at: datetime.datetime, act_id: uuid.UUID
) -> AwardClaim:
    made = AwardClaim.objects.create(
        batch=batch,
        registration=row.registration,
        basis=basis.kind,
        reference=basis.reference,
        snapshot=row.snapshot,
    )
    details: dict[str, JSON] = {"batch": batch.pk, "digest": batch.digest, "snapshot": row.snapshot}
    _told("claim_award", made, by, at, details, act_id)
    return made


def _ready(claim: AwardClaim, by: User, at: datetime.datetime) -> AwardClaim:
    """The claim locked, of somebody else's award at a centre the person administers, and not taken back."""
    rows = AwardClaim.objects.select_for_update(of=("self",)).select_related(
        "batch", "registration__candidate", "registration__qualification", "registration__centre"
    )
    found = rows.get(pk=claim.pk)
    _administers(found.registration, by, at)
    if found.taken_back_at:
        raise Refusal(["This claim has been taken back."])
    return found


def _refuse_held(claim: AwardClaim) -> None:
    """Raise Refusal where the office holds a unit that the award rests on: what comes of its claim waits as well."""
    held = [unit for unit in lock(made_of(claim).values_list("pk", flat=True)).values() if unit.frozen_at]
    if held:
        raise Refusal([_named(unit.unit.short_code, UNIT_FROZEN) for unit in held])


def _certificate(certificate: Certificate, by: User, at: datetime.datetime) -> Certificate:
    """The certificate while it is in force: neither replaced nor revoked. Its unit is locked first, as every verb of a
    unit does."""
    if certificate.claim:
        lock_one(certificate.claim.enrolment)
    rows = Certificate.objects.select_for_update(of=("self",)).select_related(
        "claim__enrolment__centre", "award__registration__centre", "award__registration__candidate", "award__batch"
    )
    found = rows.get(pk=certificate.pk)
    _administers(_subject(found), by, at)
    refuse_past(found)
    return found


def _subject(certificate: Certificate) -> Enrolment | Registration:
    if certificate.claim:
        return certificate.claim.enrolment
    if certificate.award is None:
        raise ValueError(f"Certificate {certificate.pk} is of nothing.")
    return certificate.award.registration


def _administers(row: Enrolment | Registration, by: User, at: datetime.datetime) -> None:
    administers(by, row.centre, at)
    refuse_own(row, by)


def _told(
    verb: str,
    claim: AwardClaim,
    by: User,
    at: datetime.datetime,
    details: dict[str, JSON],
    act_id: uuid.UUID | None = None,
) -> None:
    row = claim.registration
    audit.record(verb=verb, by=by, at=at, subject=row, centre=row.centre, details=details, act_id=act_id)
