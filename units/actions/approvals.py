"""Verbs of what an awarding body lets a centre do: approval, its own form, direct claim status."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portfolio import audit
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.actions.records import change
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from units.models import (
    AwardingBody,
    CentreApproval,
    DirectClaim,
    Qualification,
    Unit,
)


@transaction.atomic
def approve(
    *,
    centre: Centre,
    awarding_body: AwardingBody,
    centre_number: str,
    by: User | None,
    at: datetime.datetime,
) -> CentreApproval:
    """Record that an awarding body approved a centre, or correct what is recorded.

    The audit book keeps what was recorded before. Raises Refusal.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    approval = CentreApproval.objects.filter(centre=centre, awarding_body=awarding_body).first()
    approval = approval or CentreApproval(centre=centre, awarding_body=awarding_body)
    details = change(approval, {"centre_number": centre_number.strip()})
    refuse_invalid(approval)
    approval.save()
    details["awarding_body"] = awarding_body.code
    audit.record(verb="approve centre", by=by, at=at, subject=approval, centre=centre, details=details)
    return approval


@transaction.atomic
def approve_form(
    *,
    approval: CentreApproval,
    approved_by: str,
    approved_on: datetime.date,
    by: User | None,
    at: datetime.datetime,
) -> CentreApproval:
    """Record which external verifier approved the centre's own recording form, and when.

    Only where the awarding body prints no form of its own. Raises Refusal.
    """
    centre = take_turns(approval.centre)
    refuse_strangers(by, centre, at)
    approval = CentreApproval.objects.select_related("awarding_body").get(pk=approval.pk)
    body = approval.awarding_body
    details = change(approval, {"form_approved_by": approved_by.strip(), "form_approved_on": approved_on})
    further = []
    if body.own_recording_form:
        further.append(f"{body} prints a recording form of its own, so the centre's needs no approval.")
    if not approved_by.strip():
        further.append("Give the name of the external verifier who approved the form.")
    if approved_on > timezone.localdate(at):
        further.append("The day of the approval cannot be in the future.")
    refuse(further)
    refuse_invalid(approval)
    approval.save(update_fields=["form_approved_by", "form_approved_on"])
    details["awarding_body"] = body.code
    audit.record(verb="approve form", by=by, at=at, subject=approval, centre=centre, details=details)
    return approval


@transaction.atomic
def record_direct_claim(
    *,
    centre: Centre,
    awarding_body: AwardingBody,
    unit: Unit | None,
    qualification: Qualification | None = None,
    starts_on: datetime.date,
    ends_on: datetime.date | None,
    reference: str,
    by: User | None,
    at: datetime.datetime,
) -> DirectClaim:
    """Record that the centre may claim directly from a day, perhaps to a day: one unit, one qualification, or all.

    Refuses a body that did not approve the centre, a unit or qualification of another body, and days that are covered
    already.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    status = DirectClaim(
        centre=centre,
        awarding_body=awarding_body,
        unit=unit,
        qualification=qualification,
        starts_on=starts_on,
        ends_on=ends_on,
        reference=reference.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    refuse_invalid(status, *direct_claim_refusals(status))
    status.save()
    details: dict[str, JSON] = {
        "awarding_body": awarding_body.code,
        "unit": unit.pk if unit else None,
        "qualification": qualification.pk if qualification else None,
        "starts_on": str(starts_on),
        "ends_on": ends_on and str(ends_on),
        "reference": status.reference,
    }
    verb = "record direct claim status"
    audit.record(verb=verb, by=by, at=at, subject=status, centre=centre, details=details)
    return status


def direct_claim_refusals(status: DirectClaim) -> list[str]:
    """Why the status cannot be recorded, beside what its columns say."""
    body, refusals = status.awarding_body, []
    if not CentreApproval.objects.filter(centre=status.centre, awarding_body=body).exists():
        refusals.append(f"Record the approval of the centre by {body} first.")
    if status.unit and status.unit.awarding_body_id != body.pk:
        refusals.append(f"{status.unit.short_code} is no unit of {body}.")
    refusals += status.unit.refusals_at(status.centre) if status.unit else []
    offered = Qualification.objects.offered_at(status.centre).filter(awarding_body=body)
    if status.qualification and not offered.filter(pk=status.qualification.pk).exists():
        refusals.append(f"{status.qualification} is no qualification of {body} that the centre offers.")
    same = DirectClaim.objects.filter(
        centre=status.centre,
        awarding_body=body,
        unit=status.unit,
        qualification=status.qualification,
        withdrawn_on=None,
    )
    same = same.filter(Q(ends_on=None) | Q(ends_on__gte=status.starts_on))
    if status.ends_on is not None:
        same = same.filter(starts_on__lte=status.ends_on)
    if found := same.first():
        refusals.append(
            f"The status from {found.starts_on:%-d %B %Y} covers some of these days: withdraw it first, or choose "
            "others."
        )
    return refusals


@transaction.atomic
def withdraw_direct_claim(
    *, status: DirectClaim, withdrawn_on: datetime.date, reason: str, by: User | None, at: datetime.datetime
) -> DirectClaim:
    """Record that the awarding body withdrew the status, from which day, and why. What was claimed before stands."""
    centre = take_turns(status.centre)
    refuse_strangers(by, centre, at)
    status = DirectClaim.objects.select_related("unit", "qualification", "awarding_body").get(pk=status.pk)
    if status.withdrawn_on:
        refuse([f"It was withdrawn from {status.withdrawn_on:%-d %B %Y} already."])
    if withdrawn_on > timezone.localdate(at):
        refuse(["The day of the withdrawal lies ahead: record it when it has come."])
    status.withdrawn_on, status.withdrawal_reason = withdrawn_on, reason.strip()
    refuse_invalid(status)
    status.save(update_fields=["withdrawn_on", "withdrawal_reason"])
    verb = "withdraw direct claim status"
    details: dict[str, JSON] = {"withdrawn_on": str(withdrawn_on), "reason": status.withdrawal_reason}
    audit.record(verb=verb, by=by, at=at, subject=status, centre=centre, details=details)
    return status
