"""Everybody who signed or decided anything in some units: who, as what, from when to when, and how they sign."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from assessments.enums import SignedAs
from assessments.models import (
    SIGNED,
    Acknowledgement,
    AssessmentPlan,
    AssessorRecord,
    AuthenticationForm,
    Countersignature,
    PlanReview,
    Review,
    Sample,
    SignOff,
    Testimony,
)
from assessments.queries.enrolment import staff_names
from portfolio.models import Signature, StaffQualification

CANDIDATE, ASSESSOR, COUNTERSIGNER = "Candidate", "Assessor", "Countersigner"
VERIFIER, CENTRE, WITNESS = "Internal verifier", "For the centre", "Witness"
PARTS: dict[SignedAs, str] = {
    SignedAs.CANDIDATE: CANDIDATE,
    SignedAs.CANDIDATE_AUTHENTICITY: CANDIDATE,
    SignedAs.ASSESSOR: ASSESSOR,
    SignedAs.ASSESSOR_AUTHENTICITY: ASSESSOR,
    SignedAs.COUNTERSIGNER: COUNTERSIGNER,
    SignedAs.VERIFIER: VERIFIER,
}


class Act(NamedTuple):
    """Something that somebody signed or decided. `who` is their id, or the address of a witness."""

    who: int | str
    name: str
    part: str
    what: str
    at: datetime.datetime
    signature: Signature | None = None


@dataclass(frozen=True)
class Signatory:
    """A person in a portfolio: what they were in it, what they did, and their latest signature."""

    name: str
    parts: list[str]
    did: dict[str, int]
    qualifications: list[StaffQualification]
    first: datetime.datetime
    last: datetime.datetime
    signature: Signature | None


def signatories_in(enrolment_ids: Collection[int], centre_id: int) -> list[Signatory]:
    """Everybody who signed or decided in the units, in the order in which they first did. Thirteen queries."""
    acts = [*signed_in(enrolment_ids), *decided_in(enrolment_ids)]
    by_person: dict[int | str, list[Act]] = defaultdict(list)
    for act in sorted(acts, key=lambda act: act.at):
        by_person[act.who].append(act)
    staff = {who for who in by_person if isinstance(who, int)}
    names = {user: name for (user, _), name in staff_names(staff, {centre_id}).items()}
    awards: dict[int, list[StaffQualification]] = defaultdict(list)
    held = StaffQualification.objects.filter(staff__user__in=staff, staff__centre=centre_id).select_related("staff")
    for award in held.order_by("pk"):
        awards[award.staff.user_id].append(award)
    found = [
        signatory(who, own, names, awards.get(who, []) if isinstance(who, int) else [])
        for who, own in by_person.items()
    ]
    return sorted(found, key=lambda row: row.first)


def signatory(who: int | str, acts: list[Act], names: dict[int, str], awards: list[StaffQualification]) -> Signatory:
    """One person out of their acts, oldest first."""
    did: dict[str, int] = defaultdict(int)
    for act in acts:
        did[act.what] += 1
    signatures = [act.signature for act in acts if act.signature]
    signed_as = next((act.name for act in reversed(acts) if act.name), "")
    name = signed_as or (names.get(who, "") if isinstance(who, int) else "")
    parts = list(dict.fromkeys(act.part for act in acts))
    return Signatory(name, parts, dict(did), awards, acts[0].at, acts[-1].at, signatures[-1] if signatures else None)


# --- what was signed -------------------------------------------------------------------------------------------------


def signed_in(enrolment_ids: Collection[int]) -> Iterator[Act]:
    """What was signed in the units, voided signatures among it. Seven queries."""
    sign_offs = SignOff.objects.filter(enrolment__in=enrolment_ids).select_related("signature").order_by("pk")
    yield from (signed(row.signature, PARTS[SignedAs(row.part)], "signature on a unit") for row in sign_offs)
    within = {
        "version__evidence__mappings__enrolment__in": enrolment_ids,
        "version__evidence__mappings__taken_back_at": None,
        "version__submitted_at__isnull": False,
    }
    records = AssessorRecord.objects.filter(**within).select_related("signature").distinct()
    yield from (signed(row.signature, ASSESSOR, "record of assessment") for row in records)
    answers = Acknowledgement.objects.filter(agreed=True, **{f"record__{key}": value for key, value in within.items()})
    for answer in answers.select_related("signature").distinct():
        if answer.signature:
            yield signed(answer.signature, CANDIDATE, "acknowledgement")
    yield from plans_signed(enrolment_ids)
    forms = AuthenticationForm.objects.filter(enrolment__in=enrolment_ids).select_related("signature")
    yield from (signed(row.signature, CENTRE, "authentication form") for row in forms)
    for row in Testimony.objects.filter(SIGNED, **within).select_related("signature").distinct():
        if row.signature:
            act = signed(row.signature, WITNESS, "testimony")
            yield act._replace(who=row.mailbox)


def plans_signed(enrolment_ids: Collection[int]) -> Iterator[Act]:
    """What was signed of assessment plans and their reviews. Two queries."""
    people = ("assessor_signature", "candidate_signature")
    plans = AssessmentPlan.objects.filter(units__enrolment__in=enrolment_ids, units__removed_at=None)
    reviews = PlanReview.objects.filter(plan__units__enrolment__in=enrolment_ids, plan__units__removed_at=None)
    for what, rows in (("assessment plan", plans), ("review of a plan", reviews)):
        for row in rows.select_related(*people).distinct().order_by("pk"):
            for part, signature in ((ASSESSOR, row.assessor_signature), (CANDIDATE, row.candidate_signature)):
                if signature:
                    yield signed(signature, part, what)


def signed(signature: Signature, part: str, what: str) -> Act:
    who = signature.signer_id or signature.signer_email
    return Act(who, signature.signer_name, part, what, signature.signed_at, signature)


# --- what was decided ------------------------------------------------------------------------------------------------


def decided_in(enrolment_ids: Collection[int]) -> Iterable[Act]:
    """What was decided in the units without a signature of its own. Three queries."""
    readings = Review.objects.filter(decisions__enrolment__in=enrolment_ids).distinct().order_by("pk")
    for assessor, name, at in readings.values_list("assessor_id", "assessor_name", "at"):
        yield Act(assessor, name, ASSESSOR, "reading", at)
    agreed = Countersignature.objects.filter(decision__enrolment__in=enrolment_ids).order_by("at")
    for by, at in agreed.values_list("by_id", "at").distinct():
        yield Act(by, "", COUNTERSIGNER, "countersigning", at)
    samples = Sample.objects.filter(enrolment__in=enrolment_ids, done_at__isnull=False).order_by("pk")
    for verifier, done in samples.values_list("verifier_id", "done_at"):
        if done:
            yield Act(verifier, "", VERIFIER, "sample", done)
