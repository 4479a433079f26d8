"""Verbs of the standard."""

import datetime

from django.db import transaction
from django.utils import timezone

from portfolio import audit
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.actions.records import change
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units.enums import Provision
from units.models import AwardingBody, CentreApproval, Unit, UnitPublication
from units.standard import KEYS


def refusals_to_publish(unit: Unit) -> list[str]:
    """Why the unit version cannot be published; nothing when it can."""
    refusals = []
    if UnitPublication.objects.filter(unit=unit).exists():
        refusals.append(f"{unit.short_code} version {unit.version} is published already.")
    if not unit.criteria.exists():
        refusals.append(f"{unit.short_code} version {unit.version} has no criteria: add them before it is published.")
    return refusals


@transaction.atomic
def publish(*, unit: Unit, by: User | None, at: datetime.datetime) -> UnitPublication:
    """Put a unit version into use. `by` is nobody when the installation itself loads the standard.

    Before: it has criteria and is not published. After: candidates can be enrolled on it, and the database refuses
    any change to its wording. Raises Refusal.
    """
    locked = Unit.objects.select_for_update().get(pk=unit.pk)
    refusals = refusals_to_publish(locked)
    if refusals:
        raise Refusal(refusals)
    publication = UnitPublication.objects.create(unit=locked, by=by, at=at)
    audit.record(
        verb="publish",
        by=by,
        at=at,
        subject=locked,
        centre=None,
        details={"unit": locked.key, "version": locked.version},
    )
    return publication


@transaction.atomic
def publish_standard(*, at: datetime.datetime) -> list[Unit]:
    """Put into use whatever was loaded of the standard and is not yet. Returns those units. Raises Refusal."""
    waiting = Unit.objects.filter(key__in=KEYS, publication__isnull=True).select_related("awarding_body")
    for unit in (found := list(waiting)):
        publish(unit=unit, by=None, at=at)
    return found


@transaction.atomic
def approve(
    *,
    centre: Centre,
    awarding_body: AwardingBody,
    centre_number: str,
    claims: str = Provision.AUTHORISED,
    direct_claim_from: datetime.date | None = None,
    direct_claim_to: datetime.date | None = None,
    direct_claim_reference: str = "",
    by: User | None,
    at: datetime.datetime,
) -> CentreApproval:
    """Record that an awarding body approved a centre, and how the centre may claim; or correct what is recorded.

    Source: direct claim status is granted with dates and the report it rests on, and can be taken away at any time
    (domain rule 55). The audit book keeps what was recorded before. Raises Refusal.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    approval = CentreApproval.objects.filter(centre=centre, awarding_body=awarding_body).first()
    approval = approval or CentreApproval(centre=centre, awarding_body=awarding_body)
    values = {
        "centre_number": centre_number.strip(),
        "claims": claims,
        "direct_claim_from": direct_claim_from,
        "direct_claim_to": direct_claim_to,
        "direct_claim_reference": direct_claim_reference.strip(),
    }
    details = change(approval, values)
    further = []
    if direct_claim_from and direct_claim_to and direct_claim_to < direct_claim_from:
        further.append("Direct claim status cannot end before it starts.")
    refuse_invalid(approval, *further)
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
