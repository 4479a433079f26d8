"""Verbs of award: authenticating, claiming, and what comes of a claim."""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.journey import lock_one, move_unit, person, refuse, require
from assessments.authenticating import authentication_refusals
from assessments.claiming import Basis, basis_of, basis_refusals
from assessments.enums import UnitStatus, Verb
from assessments.form_enums import DeclarationOf
from assessments.models import AuthenticationForm, Certificate, Claim, ClaimBatch, Enrolment
from assessments.queries.award import ClaimingStanding, authorised_among, claiming_standing
from assessments.queries.claimable import UnitToClaim, award_resting_on, units_to_claim
from assessments.queries.enrolment import bare_facts, staff_name
from assessments.queries.judgement import SCHEME, UnitRows, digest_for, unit_rows
from assessments.queries.verification import unit_facts
from assessments.workflow import unit_refusals
from portfolio import audit, notices, signing
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import Statement, User
from portfolio.refusal import Refusal


@transaction.atomic
def authenticate(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> AuthenticationForm:
    """The centre declares the unit's evidence authentic: the signature a Centre Authentication form is issued on.

    Source: centres must confirm to OCR that the evidence is authentic (unit specifications, assessment).
    """
    enrolment = lock_one(enrolment)
    rows = unit_rows(enrolment)
    facts = unit_facts(enrolment, rows)
    refuse(authentication_refusals(enrolment.pk, facts.status, facts.stale))
    return declare_authentic(enrolment, rows, centre_statement(enrolment), by, at)


def centre_statement(enrolment: Enrolment) -> Statement:
    """The words with which the centre declares the unit authentic."""
    return signing.current_statement(DeclarationOf.CENTRE, enrolment.unit.awarding_body.code, enrolment.centre_id)


def declare_authentic(
    enrolment: Enrolment,
    rows: UnitRows,
    statement: Statement,
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> AuthenticationForm:
    """The centre's signature to a unit that is locked and that nothing stands in the way of, with its line in the book.

    Raises Refusal for anybody but an administrator, and for a unit of their own.
    """
    if Role.ADMINISTRATOR not in person(by, enrolment.centre_id, at).roles or by.pk == enrolment.candidate_user_id:
        raise Refusal([f"Only an administrator of {enrolment.centre} can confirm this, and never for themselves."])
    signature = signing.sign(
        by=by,
        role=Role.ADMINISTRATOR,
        name=staff_name(by, enrolment.centre_id),
        centre=enrolment.centre,
        statement=statement,
        scheme=SCHEME,
        digest=digest_for(rows, "centre"),
        at=at,
    )
    form = AuthenticationForm.objects.create(enrolment=enrolment, signature=signature)
    _told(enrolment, "authenticate", by, at, act_id, form=form.pk)
    return form


@transaction.atomic
def claim(*, enrolment: Enrolment, authorisation: str, by: User, at: datetime.datetime) -> Claim:
    """Claim the unit from its awarding body: on the external verifier's authorisation where one is given, here or by
    themselves, else by direct claim status in force that day.

    Source: without direct claim status the external verifier must authorise after a visit (domain rules 54, 55).
    """
    enrolment = lock_one(enrolment)
    (ready,) = units_to_claim([enrolment], person(by, enrolment.centre_id, at))
    refuse(ready.reasons)
    given = authorisation.strip() or authorised_among([enrolment.pk]).get(enrolment.pk, "")
    basis = basis_for(claiming_standing(enrolment, timezone.localdate(at)), given)
    return claim_unit(ready, basis, None, by, at)


def claim_unit(
    ready: UnitToClaim,
    basis: Basis,
    batch: ClaimBatch | None,
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> Claim:
    """Claim a unit that is locked and that nothing stands in the way of, by itself or in a batch."""
    enrolment = ready.enrolment
    move_unit(enrolment, Verb.CLAIM, UnitStatus.CLAIMED, claimed_at=at)
    made = Claim.objects.create(
        enrolment=enrolment,
        batch=batch,
        claimed_by=by,
        claimed_at=at,
        basis=basis.kind,
        reference=basis.reference,
        snapshot=ready.snapshot,
    )
    notices.settle(enrolment, by, at)
    details: dict[str, JSON] = {"claim": made.pk, "basis": basis.kind.value, "reference": basis.reference}
    if batch:
        details |= {"batch": batch.pk, "digest": batch.digest}
    _told(enrolment, Verb.CLAIM, by, at, act_id=act_id, **details)
    return made


@transaction.atomic
def unclaim(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Enrolment:
    """Take a claim back before a certificate comes of it; the unit stands as before."""
    reason = require(reason, "Say why the claim is taken back.")
    enrolment = _ready(enrolment, Verb.UNCLAIM, by, at)
    refuse(award_resting_on(enrolment))
    before = UnitStatus.VERIFIED if enrolment.verified_at else UnitStatus.SIGNED_OFF
    Claim.objects.filter(enrolment=enrolment, taken_back_at=None).update(taken_back_at=at, taken_back_reason=reason)
    move_unit(enrolment, Verb.UNCLAIM, before, claimed_at=None)
    return _told(enrolment, Verb.UNCLAIM, by, at, reason=reason)


@transaction.atomic
def certificate(
    *,
    enrolment: Enrolment,
    number: str,
    issued_on: datetime.date,
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> Certificate:
    """Record the certificate the awarding body issued."""
    number = issued(number, issued_on, at)
    enrolment = _ready(enrolment, Verb.CERTIFICATE, by, at)
    made = Certificate.objects.create(
        claim=Claim.objects.get(enrolment=enrolment, taken_back_at=None),
        number=number,
        issued_on=issued_on,
        recorded_by=by,
        recorded_at=at,
    )
    move_unit(enrolment, Verb.CERTIFICATE, UnitStatus.CERTIFICATED)
    telling.certificated(enrolment, "Its certificate is on record.", by, at)
    _told(enrolment, Verb.CERTIFICATE, by, at, act_id=act_id, number=number, issued_on=issued_on.isoformat())
    return made


@transaction.atomic
def revoke(
    *, enrolment: Enrolment, reason: str, revoked_on: datetime.date, by: User, at: datetime.datetime
) -> Enrolment:
    """Record that the awarding body revoked the certificate."""
    reason = require(reason, "Say why the certificate was revoked.")
    enrolment = _ready(enrolment, Verb.REVOKE, by, at)
    found = Certificate.objects.get(claim__enrolment=enrolment, claim__taken_back_at=None, replacement=None)
    refuse_revoking(found, revoked_on, at)
    move_unit(enrolment, Verb.REVOKE, UnitStatus.REVOKED)
    Certificate.objects.filter(pk=found.pk).update(revoked_on=revoked_on, revocation_reason=reason)
    telling.certificated(enrolment, "Its certificate was revoked by the awarding body.", by, at)
    return _told(enrolment, Verb.REVOKE, by, at, reason=reason, revoked_on=revoked_on.isoformat())


def issued(number: str, issued_on: datetime.date, at: datetime.datetime) -> str:
    """The number of a certificate that can have been issued on the day. Raises Refusal."""
    number = require(number, "Give the certificate's number.")
    if issued_on > timezone.localdate(at):
        raise Refusal(["The day the certificate was issued cannot be in the future."])
    return number


def refuse_revoking(found: Certificate, revoked_on: datetime.date, at: datetime.datetime) -> None:
    """Raise Refusal where the certificate cannot have been revoked on the day."""
    if not found.issued_on <= revoked_on <= timezone.localdate(at):
        raise Refusal(["A certificate is revoked after it was issued, and not in the future."])


def basis_for(standing: ClaimingStanding, authorisation: str) -> Basis:
    """On what is claimed. Raises Refusal where there is neither an authorisation nor a status in force."""
    if refusals := basis_refusals(standing.direct, standing.why_not, authorisation):
        raise Refusal(refusals)
    return basis_of(standing.direct, authorisation)


def _ready(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime) -> Enrolment:
    enrolment = lock_one(enrolment)
    refuse(unit_refusals(verb, person(by, enrolment.centre_id, at), bare_facts(enrolment)))
    return enrolment


def _told(
    enrolment: Enrolment,
    verb: str,
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
    **details: JSON,
) -> Enrolment:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details=details, act_id=act_id)
    return enrolment
