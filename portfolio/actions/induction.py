"""How a candidate is received: who saw their identity, what they were told at the start, and that they say so."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portfolio import audit, notices, signing
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.canonical import JSON
from portfolio.enums import IdentityDocument, InductionTopic, Role, Told
from portfolio.models import (
    CandidateRecord,
    CoveredTopic,
    IdentityCheck,
    Induction,
    InductionAcknowledged,
    RoleGrant,
    Signature,
    StaffRecord,
    User,
)
from portfolio.notices import News
from portfolio.refusal import Refusal
from portfolio.rules import NEVER_LEFT_OUT

STATEMENT = "induction-candidate"
SCHEME = 1


def receiving_refusals(
    candidate: CandidateRecord, staff: User, on: datetime.date, today: datetime.date, by: User | None
) -> list[str]:
    """Why it cannot be recorded that somebody received the candidate on that day."""
    refusals = []
    if by is not None and by.pk == candidate.user_id:
        refusals.append("Nobody records how they were received themselves: ask another administrator.")
    if staff.pk == candidate.user_id:
        refusals.append("Nobody confirms their own identity, or holds their own induction: name somebody else.")
    elif not StaffRecord.objects.filter(centre=candidate.centre_id, user=staff).exists():
        refusals.append("Only somebody on the staff of the centre can be named here: add them to the staff first.")
    if on > today:
        refusals.append("That day lies ahead: record it once it has happened.")
    return refusals


@transaction.atomic
def check_identity(
    *,
    candidate: CandidateRecord,
    document: IdentityDocument,
    seen_by: User,
    seen_on: datetime.date,
    by: User | None,
    at: datetime.datetime,
) -> IdentityCheck:
    """Record that somebody on the staff saw who a candidate is. No copy and no number of the document is kept."""
    centre = take_turns(candidate.centre)
    refuse_strangers(by, centre, at)
    refuse(receiving_refusals(candidate, seen_by, seen_on, timezone.localdate(at), by))
    check = IdentityCheck(candidate=candidate, document=document, seen_by=seen_by, seen_on=seen_on, noted_at=at)
    refuse_invalid(check)
    check.save()
    details: dict[str, JSON] = {"document": str(document), "seen_by": seen_by.pk, "seen_on": str(seen_on)}
    audit.record(verb="check identity", by=by, at=at, subject=candidate, centre=centre, details=details)
    return check


@transaction.atomic
def record_induction(
    *,
    candidate: CandidateRecord,
    topics: Iterable[InductionTopic],
    held_by: User,
    held_on: datetime.date,
    by: User | None,
    at: datetime.datetime,
) -> Induction:
    """Record what a candidate was told at the start, and ask them to confirm it.

    Refuses an induction without the appeals procedure or the privacy notice.
    """
    centre = take_turns(candidate.centre)
    refuse_strangers(by, centre, at)
    covered = [topic for topic in InductionTopic if topic in set(topics)]
    missing = [topic for topic in NEVER_LEFT_OUT if topic not in covered]
    refuse(
        [
            *receiving_refusals(candidate, held_by, held_on, timezone.localdate(at), by),
            *(f"No induction leaves this out: {topic.label}." for topic in missing),
        ]
    )
    induction = Induction(candidate=candidate, held_by=held_by, held_on=held_on, noted_at=at)
    refuse_invalid(induction)
    notices.take_back(candidate.user, candidate.inductions.all())
    induction.save()
    CoveredTopic.objects.bulk_create(CoveredTopic(induction=induction, topic=topic) for topic in covered)
    place = reverse("portfolio:acknowledge_induction", args=[induction.pk])
    sentence = f"Your induction of {held_on:%-d %B %Y} waits for you to confirm it."
    notices.tell(News(Told.INDUCTION, "Induction", sentence, place, induction), [candidate.user], centre, by, at)
    details: dict[str, JSON] = {
        "topics": [str(topic) for topic in covered],
        "held_by": held_by.pk,
        "held_on": str(held_on),
    }
    audit.record(verb="record induction", by=by, at=at, subject=candidate, centre=centre, details=details)
    return induction


def facts_of(induction: Induction) -> dict[str, JSON]:
    """What a candidate puts their name to."""
    topics: list[JSON] = list(induction.topics.order_by("topic").values_list("topic", flat=True))
    return {
        "scheme": SCHEME,
        "candidate": induction.candidate_id,
        "topics": topics,
        "held_by": induction.held_by_id,
        "held_on": str(induction.held_on),
    }


@transaction.atomic
def acknowledge_induction(*, induction: Induction, by: User, at: datetime.datetime) -> Signature:
    """The candidate signs that they were told. The caller has asked for the password again."""
    centre = take_turns(induction.candidate.centre)
    candidate = induction.candidate
    if by.pk != candidate.user_id:
        raise Refusal(["Only the candidate can say that they were told."])
    if not RoleGrant.objects.on(timezone.localdate(at)).filter(user=by, centre=centre, role=Role.CANDIDATE).exists():
        raise Refusal([f"You are no candidate of {centre} today."])
    if candidate.inductions.filter(pk__gt=induction.pk).exists():
        raise Refusal(["A later induction is on record: confirm that one."])
    if InductionAcknowledged.objects.filter(induction=induction).exists():
        raise Refusal(["You have confirmed this induction already."])
    signature = signing.sign(
        by=by,
        role=Role.CANDIDATE,
        name=candidate.legal_name,
        centre=centre,
        statement=signing.current_statement(STATEMENT),
        scheme=SCHEME,
        digest=signing.digest_of(facts_of(induction)),
        at=at,
    )
    InductionAcknowledged.objects.create(induction=induction, signature=signature)
    notices.settle(induction, by, at)
    details: dict[str, JSON] = {"induction": induction.pk, "signature": signature.pk}
    audit.record(verb="acknowledge induction", by=by, at=at, subject=candidate, centre=centre, details=details)
    return signature
