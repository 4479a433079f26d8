"""Verbs of keeping: how long a class of record is kept, and a legal hold that keeps it longer."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import administers, lock, require
from assessments.keeping import DESTROYABLE, KEPT_FOR_GOOD, LONGEST, STAYS, Period, is_shorter, least
from assessments.models import Enrolment, KeepingRule, LegalHold
from assessments.queries.retention import rules_at
from portfolio import audit
from portfolio.actions.checks import take_turns
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord, Centre, User
from portfolio.refusal import Refusal
from units.enums import CountedFrom, PeriodUnit, RecordClass, WhenDue
from units.models import AwardingBody


@transaction.atomic
def set_keeping(
    *,
    centre: Centre,
    awarding_body: AwardingBody,
    record_class: str,
    counted_from: str,
    length: int,
    unit: str,
    when_due: str,
    source: str,
    by: User,
    at: datetime.datetime,
) -> KeepingRule:
    """Say how long the centre keeps a class of record in units of an awarding body. The earlier rules stay on record.

    Longer than the body wants is the centre's choice; shorter is refused. What was destroyed before stays destroyed.
    """
    centre = take_turns(centre)
    administers(by, centre, at)
    source = require(source, "Say where the rule comes from: the regulation, or the awarding body’s document.")
    refuse_unknown(record_class, counted_from, unit, when_due)
    period, wanted = Period(length, unit), least(awarding_body, RecordClass(record_class))
    if not 1 <= length <= LONGEST[unit]:
        raise Refusal([f"Give a time of at least one day, and of {LONGEST[unit]:,} {unit} at most."])
    if wanted and is_shorter(period, wanted):
        raise Refusal(
            [
                f"{awarding_body} wants this kept for at least {wanted}, so {period} is too short. "
                f"{awarding_body.keeping_source}".strip()
            ]
        )
    before = rules_at(centre, [awarding_body])[0][awarding_body.pk, record_class]
    rule = KeepingRule.objects.create(
        centre=centre,
        awarding_body=awarding_body,
        record_class=record_class,
        counted_from=counted_from,
        length=length,
        unit=unit,
        when_due=when_due,
        source=source,
        set_by=by,
        set_at=at,
    )
    details: dict[str, JSON] = {
        "awarding_body": awarding_body.code,
        "record_class": record_class,
        "before": before.words,
        "now": f"{period} after {CountedFrom(counted_from).label}",
        "when_due": when_due,
        "source": source,
    }
    audit.record(verb="set_keeping", by=by, at=at, subject=rule, centre=centre, details=details)
    return rule


def refuse_unknown(record_class: str, counted_from: str, unit: str, when_due: str) -> None:
    """Raise Refusal for a class that is kept for good, and for what is none of the choices."""
    if record_class in KEPT_FOR_GOOD:
        raise Refusal([STAYS])
    known = (
        record_class in DESTROYABLE
        and counted_from in CountedFrom.values
        and unit in PeriodUnit.values
        and when_due in WhenDue.values
    )
    if not known:
        raise Refusal(["Choose what is kept, from which day, for how long, and what happens then."])


@transaction.atomic
def hold_record(
    *, candidate: CandidateRecord, enrolment: Enrolment | None, reason: str, by: User, at: datetime.datetime
) -> LegalHold:
    """Keep all of a candidate's records, or those of one unit, whatever the schedule says, until it is lifted.

    The units are locked, so that nothing of them is being destroyed meanwhile.
    """
    centre = candidate.centre
    administers(by, centre, at)
    reason = require(reason, "Say why it is kept: who asked for it, and in which matter.")
    lock(Enrolment.objects.filter(candidate=candidate).values_list("pk", flat=True))
    if enrolment and enrolment.candidate_id != candidate.pk:
        raise Refusal([f"{enrolment.unit.short_code} is not a unit of {candidate}."])
    hold = LegalHold.objects.create(
        centre=centre, candidate=candidate, enrolment=enrolment, reason=reason, set_by=by, set_at=at
    )
    details: dict[str, JSON] = {"enrolment": enrolment.pk if enrolment else None, "reason": reason}
    audit.record(verb="hold_record", by=by, at=at, subject=hold, centre=centre, details=details)
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, reason: str, by: User, at: datetime.datetime) -> LegalHold:
    """Lift a legal hold: from now on the schedule counts again. The hold stays on record."""
    administers(by, hold.centre, at)
    reason = require(reason, "Say why it need not be kept any longer.")
    open_now = LegalHold.objects.filter(pk=hold.pk, lifted_at=None)
    if open_now.update(lifted_at=at, lifted_by=by, lift_reason=reason) != 1:
        raise Refusal([f"This hold was lifted already, on {timezone.localdate(hold.lifted_at or at):%-d %B %Y}."])
    hold.refresh_from_db()
    audit.record(verb="lift_hold", by=by, at=at, subject=hold, centre=hold.centre, details={"reason": reason})
    return hold
