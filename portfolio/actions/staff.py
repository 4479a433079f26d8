"""What staff know of the work they judge, recorded by who runs the centre; what they learn, recorded by themselves."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from portfolio import audit
from portfolio.actions.checks import refuse, refuse_invalid, take_turns
from portfolio.actions.records import change
from portfolio.canonical import JSON
from portfolio.models import Centre, Competence, Development, RoleGrant, StaffRecord, User
from portfolio.models.staff import RUNS
from portfolio.refusal import Refusal

AHEAD = "That day lies ahead: record it once it has happened."


def refuse_who_does_not_run(by: User | None, centre: Centre, at: datetime.datetime) -> None:
    """Only the operator, an administrator or a lead verifier of the centre says what its staff know."""
    if by is None:
        return
    grants = RoleGrant.objects.on(timezone.localdate(at)).filter(user=by, centre=centre, role__in=RUNS)
    if not grants.exists():
        refuse([f"Only an administrator or lead internal verifier of {centre} says what its staff are competent in."])


@transaction.atomic
def record_competence(
    *,
    staff: StaffRecord,
    area: str,
    evidence: str,
    confirmed_on: datetime.date,
    review_on: datetime.date | None = None,
    by: User | None,
    at: datetime.datetime,
) -> Competence:
    """Record what somebody on the staff is competent in, by what evidence. Nobody says it of themselves."""
    centre = take_turns(staff.centre)
    refuse_who_does_not_run(by, centre, at)
    refusals = [AHEAD] if confirmed_on > timezone.localdate(at) else []
    if by is not None and by.pk == staff.user_id:
        refusals.append("Nobody confirms their own competence: ask another administrator or lead verifier.")
    refuse(refusals)
    competence = Competence(
        staff=staff,
        area=area.strip(),
        evidence=evidence.strip(),
        confirmed_on=confirmed_on,
        review_on=review_on,
        noted_at=at,
    )
    refuse_invalid(competence)
    competence.save()
    details: dict[str, JSON] = {
        "staff": staff.pk,
        "area": competence.area,
        "confirmed_on": str(confirmed_on),
        "review_on": review_on and str(review_on),
    }
    audit.record(verb="record competence", by=by, at=at, subject=competence, centre=centre, details=details)
    return competence


@transaction.atomic
def end_competence(
    *, competence: Competence, ended_on: datetime.date, reason: str, by: User | None, at: datetime.datetime
) -> Competence:
    """Say that it no longer counts from a day on, and why. What was decided before stands."""
    centre = take_turns(competence.staff.centre)
    refuse_who_does_not_run(by, centre, at)
    if by is not None and by.pk == competence.staff.user_id:
        refuse(["Nobody ends their own competence: ask another administrator or lead verifier."])
    found = Competence.objects.select_for_update().get(pk=competence.pk)
    if found.ended_on is not None:
        refuse([f"It does not count since {found.ended_on:%-d %B %Y} already."])
    if not reason.strip():
        refuse(["Say why it no longer counts."])
    if ended_on < found.confirmed_on:
        refuse(["It cannot end before it was confirmed."])
    found.ended_on, found.end_reason = ended_on, reason.strip()
    refuse_invalid(found)
    found.save(update_fields=["ended_on", "end_reason"])
    details: dict[str, JSON] = {"ended_on": str(ended_on), "reason": found.end_reason}
    audit.record(verb="end competence", by=by, at=at, subject=found, centre=centre, details=details)
    return found


@transaction.atomic
def record_development(
    *,
    staff: StaffRecord,
    done_on: datetime.date,
    what: str,
    hours: Decimal,
    reflection: str = "",
    by: User,
    at: datetime.datetime,
) -> Development:
    """Add an entry to one's own log."""
    refuse_others(staff, by)
    refuse([AHEAD] if done_on > timezone.localdate(at) else [])
    entry = Development(
        staff=staff, done_on=done_on, what=what.strip(), hours=hours, reflection=reflection.strip(), noted_at=at
    )
    refuse_invalid(entry)
    entry.save()
    details: dict[str, JSON] = {"done_on": str(done_on), "what": entry.what, "hours": str(hours)}
    audit.record(verb="record development", by=by, at=at, subject=entry, centre=staff.centre, details=details)
    return entry


@transaction.atomic
def correct_development(
    *,
    entry: Development,
    done_on: datetime.date,
    what: str,
    hours: Decimal,
    reflection: str = "",
    by: User,
    at: datetime.datetime,
) -> Development:
    """Correct an entry of one's own log. The audit book keeps what it said."""
    found = own_entry(entry, by)
    refuse([AHEAD] if done_on > timezone.localdate(at) else [])
    values = {"done_on": done_on, "what": what.strip(), "hours": hours, "reflection": reflection.strip()}
    details = change(found, values)
    refuse_invalid(found)
    found.save(update_fields=list(values))
    audit.record(verb="correct development", by=by, at=at, subject=found, centre=found.staff.centre, details=details)
    return found


@transaction.atomic
def take_back_development(*, entry: Development, by: User, at: datetime.datetime) -> Development:
    """Take an entry out of one's own log. The row stays, as the book speaks of it."""
    found = own_entry(entry, by)
    found.taken_back_at = at
    found.save(update_fields=["taken_back_at"])
    audit.record(verb="take back development", by=by, at=at, subject=found, centre=found.staff.centre, details={})
    return found


# --- inside ----------------------------------------------------------------------------------------------------------


def own_entry(entry: Development, by: User) -> Development:
    found = Development.objects.select_for_update(of=("self",)).select_related("staff__centre").get(pk=entry.pk)
    refuse_others(found.staff, by)
    if found.taken_back_at is not None:
        raise Refusal(["This entry was taken back already."])
    return found


def refuse_others(staff: StaffRecord, by: User) -> None:
    if by.pk != staff.user_id:
        raise Refusal(["Everybody keeps their own log of development."])
