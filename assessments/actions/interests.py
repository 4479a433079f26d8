"""Verbs of conflicts of interest: declaring one, and ending it."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import administers, person, require
from assessments.enums import InterestKind
from assessments.models import Interest
from portfolio import audit
from portfolio.actions.checks import refuse_invalid
from portfolio.enums import Role
from portfolio.models import CandidateRecord, StaffRecord, User
from portfolio.refusal import Refusal
from portfolio.rules import STAFF_ROLES


@transaction.atomic
def declare_interest(
    *,
    staff: User,
    candidate: CandidateRecord,
    kind: InterestKind,
    words: str,
    from_on: datetime.date,
    to_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> Interest:
    """Record that somebody on the staff is tied to a candidate: they themselves, or an administrator for them.

    From then on what they decide of the candidate waits for a countersignature. Raises Refusal for anybody else, and
    where the same is on record already.
    """
    candidate = CandidateRecord.objects.select_for_update(of=("self",)).select_related("centre").get(pk=candidate.pk)
    centre = candidate.centre
    roles = person(by, centre.pk, at).roles
    if not (by == staff and roles & {*STAFF_ROLES}) and Role.ADMINISTRATOR not in roles:
        raise Refusal([f"Only the person themselves, or an administrator of {centre}, can declare this."])
    if not StaffRecord.objects.filter(user=staff, centre=centre).exists():
        raise Refusal([f"{staff} is not on the staff of {centre}."])
    if staff.pk == candidate.user_id:
        raise Refusal(["Nobody works on their own units in any case: there is nothing to declare."])
    same = Interest.objects.filter(staff=staff, candidate=candidate, kind=kind)
    if same.on(max(from_on, timezone.localdate(at))).exists():
        raise Refusal(["This is on record already. Where it has changed, have it ended first."])
    interest = Interest(
        centre=centre,
        staff=staff,
        candidate=candidate,
        kind=kind,
        words=require(words, "Say what the interest is."),
        from_on=from_on,
        to_on=to_on,
        declared_by=by,
        declared_at=at,
    )
    refuse_invalid(interest)
    interest.save()
    audit.record(
        verb="declare_interest",
        by=by,
        at=at,
        subject=interest,
        centre=centre,
        details={
            "staff": staff.pk,
            "candidate": candidate.pk,
            "kind": str(kind),
            "words": interest.words,
            "from_on": str(from_on),
            "to_on": to_on and str(to_on),
        },
    )
    return interest


@transaction.atomic
def end_interest(*, interest: Interest, to_on: datetime.date, by: User, at: datetime.datetime) -> Interest:
    """Record the last day of an interest. What waited for a countersignature because of it still does.

    Raises Refusal for everybody but an administrator, and for the person it is declared of.
    """
    interest = Interest.objects.select_for_update(of=("self",)).select_related("centre").get(pk=interest.pk)
    administers(by, interest.centre, at)
    if by.pk == interest.staff_id:
        raise Refusal(["Another administrator must end what is declared of yourself."])
    if interest.ended_at:
        raise Refusal([f"This was ended already: its last day is {interest.to_on:%-d %B %Y}."])
    if to_on > timezone.localdate(at):
        raise Refusal(["The last day lies ahead: end it when it is over."])
    if to_on < interest.from_on:
        raise Refusal(["The last day cannot be before the first."])
    Interest.objects.filter(pk=interest.pk).update(to_on=to_on, ended_by=by, ended_at=at)
    interest.refresh_from_db()
    audit.record(
        verb="end_interest", by=by, at=at, subject=interest, centre=interest.centre, details={"to_on": str(to_on)}
    )
    return interest
