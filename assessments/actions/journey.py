"""What every verb does around its own act: lock, refuse, move by compare-and-swap, sign."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from assessments.enums import ItemStatus, SignedAs, UnitStatus, Verb
from assessments.models import Enrolment, EvidenceVersion, SignOff
from assessments.queries.enrolment import person_at, staff_name
from assessments.queries.judgement import SCHEME
from assessments.rules import Person
from assessments.workflow import ITEM_STEPS, UNIT_STEPS, Reason
from portfolio import signing
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, User
from portfolio.refusal import Refusal

STATEMENT = {
    SignedAs.CANDIDATE: "competence-candidate",
    SignedAs.CANDIDATE_AUTHENTICITY: "authentic-candidate",
    SignedAs.ASSESSOR: "competence-assessor",
    SignedAs.ASSESSOR_AUTHENTICITY: "authentic-assessor",
    SignedAs.COUNTERSIGNER: "countersign",
    SignedAs.VERIFIER: "verify",
}
ROLE = {
    SignedAs.CANDIDATE: Role.CANDIDATE,
    SignedAs.CANDIDATE_AUTHENTICITY: Role.CANDIDATE,
    SignedAs.ASSESSOR: Role.ASSESSOR,
    SignedAs.ASSESSOR_AUTHENTICITY: Role.ASSESSOR,
    SignedAs.COUNTERSIGNER: Role.ASSESSOR,
    SignedAs.VERIFIER: Role.INTERNAL_VERIFIER,
}


def lock(enrolment_ids: Iterable[int]) -> dict[int, Enrolment]:
    """The enrolments a verb touches, locked in id order before anything is read: no write skew, no ring of waits."""
    ids = sorted(set(enrolment_ids))
    rows = Enrolment.objects.filter(pk__in=ids).select_related("unit__awarding_body", "candidate", "centre").locked()
    return {enrolment.pk: enrolment for enrolment in rows}


def locked_candidate(candidate: CandidateRecord) -> CandidateRecord:
    """The candidate as they are now, with their centre, locked until the transaction ends: nobody enrols them."""
    rows = CandidateRecord.objects.select_for_update(of=("self",), no_key=True).select_related("centre")
    return rows.get(pk=candidate.pk)


def lock_one(enrolment: Enrolment) -> Enrolment:
    """The enrolment as it is now, locked."""
    return lock([enrolment.pk])[enrolment.pk]


def person(by: User, centre_id: int, at: datetime.datetime) -> Person:
    """Whoever acts, on the day they act."""
    return person_at(by, centre_id, timezone.localdate(at))


def administers(by: User, centre: Centre, at: datetime.datetime) -> None:
    """Raise Refusal unless the person administers the centre on the day they act."""
    if Role.ADMINISTRATOR not in person(by, centre.pk, at).roles:
        raise Refusal([f"Only an administrator of {centre} can do this."])


def refuse(reasons: Sequence[Reason]) -> None:
    """Raise Refusal with every reason, if there is one."""
    if reasons:
        raise Refusal([reason.sentence for reason in reasons])


def require(text: str, sentence: str) -> str:
    """The text without surrounding space. Raises Refusal with the sentence when nothing is left."""
    if not text.strip():
        raise Refusal([sentence])
    return text.strip()


def move_unit(enrolment: Enrolment, verb: Verb, to: UnitStatus, **columns: Any) -> None:
    """Move the unit if it still stands where this verb may start. Raises Refusal when somebody was quicker."""
    step = UNIT_STEPS[verb]
    moved = Enrolment.objects.filter(pk=enrolment.pk, status=enrolment.status, status__in=step.sources)
    if to not in step.targets or moved.update(status=to, **columns) != 1:
        raise Refusal([f"Somebody else was quicker: the unit has moved on. Look at it again before you {step.phrase}."])
    enrolment.refresh_from_db()


def move_item(version: EvidenceVersion, verb: Verb, to: ItemStatus, **columns: Any) -> None:
    """Move the version if it still stands where this verb may start. Raises Refusal when somebody was quicker."""
    step = ITEM_STEPS[verb]
    moved = EvidenceVersion.objects.filter(pk=version.pk, status=version.status, status__in=step.sources)
    if to not in step.targets or moved.update(status=to, **columns) != 1:
        raise Refusal([f"Somebody else was quicker: the item has moved on. Look at it again before you {step.phrase}."])
    version.refresh_from_db()


BACK_TO_COLLECTING: dict[str, Any] = {
    "declared_at": None,
    "assessor_signed_at": None,
    "assessor_signed_by": None,
    "signed_off_at": None,
    "countersigned_by": None,
    "verified_at": None,
    "verified_by": None,
}


def sign(
    enrolment: Enrolment, part: SignedAs, digest: str, *, by: User, at: datetime.datetime, comments: str = ""
) -> SignOff:
    """Put the person's name to the part's statement, worded for the unit's awarding body."""
    own = ROLE[part] == Role.CANDIDATE
    name = enrolment.candidate.legal_name if own else staff_name(by, enrolment.centre_id)
    signature = signing.sign(
        by=by,
        role=ROLE[part],
        name=name,
        centre=enrolment.centre,
        statement=signing.current_statement(STATEMENT[part], enrolment.unit.awarding_body.code, enrolment.centre_id),
        scheme=SCHEME,
        digest=digest,
        at=at,
    )
    return SignOff.objects.create(enrolment=enrolment, part=part, signature=signature, comments=comments)


def void_signatures(
    enrolment: Enrolment, *, by: User, at: datetime.datetime, reason: str, parts: Iterable[SignedAs] = SignedAs
) -> list[str]:
    """Void every signature in force of these parts, a row each. Returns the parts voided."""
    found = SignOff.objects.filter(enrolment=enrolment, part__in=list(parts), signature__void=None)
    voided = []
    for sign_off in found.select_related("signature"):
        signing.void(signature=sign_off.signature, by=by, reason=reason, at=at)
        voided.append(sign_off.part)
    return voided
