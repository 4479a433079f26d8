"""What a centre writes down about its people: names, numbers, qualifications."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from portfolio import audit
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.canonical import JSON
from portfolio.enums import Language, QualificationKind, Role
from portfolio.models import CandidateRecord, StaffQualification, StaffRecord, User
from portfolio.numbers import scn_refusals, uci_refusals, uln_refusals
from portfolio.rules import award_refusals


def number_refusals(candidate: CandidateRecord) -> list[str]:
    """Why the candidate's numbers cannot be right."""
    return uln_refusals(candidate.uln) + scn_refusals(candidate.scn) + uci_refusals(candidate.uci)


def change(record: models.Model, values: Mapping[str, Any]) -> dict[str, JSON]:
    """Set the fields; say which of them changed, from what to what, for the audit book."""
    changed: dict[str, JSON] = {}
    for field, value in values.items():
        before = getattr(record, field)
        if before != value:
            changed[field] = [before and str(before), value and str(value)]
            setattr(record, field, value)
    return changed


@transaction.atomic
def edit_candidate(
    *,
    candidate: CandidateRecord,
    legal_name: str,
    known_as: str = "",
    centre_reference: str = "",
    candidate_number: str = "",
    uln: str = "",
    scn: str = "",
    uci: str = "",
    language: str = Language.ENGLISH,
    workplace: str = "",
    registered_on: datetime.date | None = None,
    by: User | None,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> CandidateRecord:
    """Correct a candidate's names and numbers. The audit book keeps what they were."""
    centre = take_turns(candidate.centre)
    refuse_strangers(by, centre, at)
    candidate = CandidateRecord.objects.select_for_update().get(pk=candidate.pk)
    values = {
        "legal_name": legal_name.strip(),
        "known_as": known_as.strip(),
        "centre_reference": centre_reference.strip(),
        "candidate_number": candidate_number.strip(),
        "uln": uln.strip(),
        "scn": scn.strip(),
        "uci": uci.strip(),
        "language": language,
        "workplace": workplace.strip(),
        "registered_on": registered_on,
    }
    details = change(candidate, values)
    refuse_invalid(candidate, *number_refusals(candidate))
    candidate.save(update_fields=list(values))
    audit.record(verb="edit candidate", by=by, at=at, subject=candidate, centre=centre, details=details, act_id=act_id)
    return candidate


@transaction.atomic
def edit_staff(
    *,
    staff: StaffRecord,
    name: str,
    job_title: str = "",
    by: User | None,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> StaffRecord:
    """Correct the name or job title of somebody on the staff. The audit book keeps what they were."""
    centre = take_turns(staff.centre)
    refuse_strangers(by, centre, at)
    staff = StaffRecord.objects.select_for_update().get(pk=staff.pk)
    details = change(staff, {"name": name.strip(), "job_title": job_title.strip()})
    refuse_invalid(staff)
    staff.save()
    audit.record(verb="edit staff", by=by, at=at, subject=staff, centre=centre, details=details, act_id=act_id)
    return staff


@transaction.atomic
def record_qualification(
    *,
    staff: StaffRecord,
    kind: QualificationKind,
    role: Role,
    achieved_on: datetime.date | None = None,
    target_on: datetime.date | None = None,
    certificate_number: str = "",
    by: User | None,
    at: datetime.datetime,
) -> StaffQualification:
    """Record an award that somebody holds, or works towards by a day. It must be one that qualifies for the role."""
    centre = take_turns(staff.centre)
    refuse_strangers(by, centre, at)
    award = StaffQualification(
        staff=staff,
        kind=kind,
        role=role,
        achieved_on=achieved_on,
        target_on=target_on,
        certificate_number=certificate_number.strip(),
    )
    refuse(award_refusals(kind, role, achieved_on, target_on, timezone.localdate(at)))
    if StaffQualification.objects.filter(staff=staff, kind=kind).exists():
        refuse([f"{kind.label} is recorded for this person already. If it has been achieved since, say so there."])
    refuse_invalid(award)
    award.save()
    details: dict[str, JSON] = {
        "staff": staff.pk,
        "kind": str(kind),
        "role": str(role),
        "achieved_on": achieved_on and str(achieved_on),
        "target_on": target_on and str(target_on),
        "certificate_number": award.certificate_number,
    }
    audit.record(verb="record qualification", by=by, at=at, subject=award, centre=centre, details=details)
    return award


@transaction.atomic
def achieve_qualification(
    *,
    qualification: StaffQualification,
    achieved_on: datetime.date,
    certificate_number: str = "",
    by: User | None,
    at: datetime.datetime,
) -> StaffQualification:
    """Record that an award somebody worked towards has been achieved. From that day their decisions stand alone."""
    centre = take_turns(qualification.staff.centre)
    refuse_strangers(by, centre, at)
    award = StaffQualification.objects.select_for_update().get(pk=qualification.pk)
    if award.achieved_on is not None:
        refuse([f"This award has been recorded as achieved on {award.achieved_on:%-d %B %Y} already."])
    kind, role = QualificationKind(award.kind), Role(award.role)
    refuse(award_refusals(kind, role, achieved_on, award.target_on, timezone.localdate(at)))
    award.achieved_on = achieved_on
    award.certificate_number = certificate_number.strip()
    refuse_invalid(award)
    award.save()
    details: dict[str, JSON] = {"achieved_on": str(achieved_on), "certificate_number": award.certificate_number}
    audit.record(verb="achieve qualification", by=by, at=at, subject=award, centre=centre, details=details)
    return award
