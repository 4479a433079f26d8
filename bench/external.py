"""What an external verifier does in a measured centre, and the pages it makes."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from assessments.actions import access as office
from assessments.actions import activities, external
from assessments.models import Enrolment, Evidence, EvidenceFile, ExternalAccess, ExternalNote, SamplingPlan
from bench.centre import Staffed
from portfolio import audit
from portfolio.models import CandidateRecord, StaffRecord, User
from units.models import AwardingBody

Line = tuple[str, User, str, list[object]]


@dataclass(frozen=True)
class External:
    """An account in force, and a note of its external verifier's."""

    access: ExternalAccess
    note: ExternalNote

    @property
    def user(self) -> User:
        return self.access.grant.user


def external_of(staffed: Staffed, unit: Enrolment) -> External:
    """Somebody who looks at all of OCR's units: a unit chosen, a note kept, a remark issued, an action asked for."""
    address = f"eve@body-of-{staffed.centre.slug}.example"
    found = ExternalAccess.objects.filter(centre=staffed.centre, grant__user__email=address).first()
    if found:
        return External(found, found.notes.get(issued_at=None))
    now, today = timezone.now(), timezone.localdate()
    access = office.give_access(
        centre=staffed.centre,
        email=address,
        name="Eve External",
        awarding_body=AwardingBody.objects.get(code="ocr"),
        starts_on=today,
        ends_on=today + datetime.timedelta(days=13),
        may_download=True,
        reference="Visit of spring",
        by=staffed.administrator,
        at=now,
    )
    by = access.grant.user
    item = Evidence.objects.visible_to(by).filter(candidate=unit.candidate).earliest("pk")
    staff = StaffRecord.objects.filter(centre=staffed.centre).earliest("pk")
    for looked_at in (unit, item, EvidenceFile.objects.filter(version__evidence=item).earliest("pk"), staff):
        audit.looked_at(looked_at, by=by, centre_id=staffed.centre.pk, at=now)
    external.choose_unit(access=access, enrolment=unit, reason="A new assessor.", by=by, at=now)
    note = external.write_note(access=access, enrolment=unit, words="Ask for the call log.", by=by, at=now)
    issued = external.write_note(access=access, enrolment=unit, words="Well planned.", by=by, at=now)
    external.issue_note(note=issued, by=by, at=now)
    due_on = today + datetime.timedelta(days=30)
    activities.ask_of_staff(source=access, owner=staffed.lead, wanted="Send the minutes.", due_on=due_on, by=by, at=now)
    return External(access, note)


def external_lines(
    found: External, staffed: Staffed, candidate: CandidateRecord, signed: Enrolment, plan: SamplingPlan
) -> Iterator[Line]:
    """Name, reader, address and its arguments of each page."""
    chosen, other = candidate.enrolments.get(unit__key="ocr-cc32"), candidate.enrolments.get(unit__key="ocr-cc16")
    item = Evidence.objects.visible_to(found.user).filter(candidate=candidate).earliest("pk")
    eve, admin, slug, access = found.user, staffed.administrator, staffed.centre.slug, found.access.pk
    action = found.access.actions.get().pk
    yield "External verifiers", admin, "assessments:external_verifiers", [slug]
    yield "Give an external verifier access", admin, "assessments:give_access", [slug]
    yield "Access of an external verifier", admin, "assessments:external_access", [access]
    yield "Access, to its external verifier", eve, "assessments:external_access", [access]
    yield "Change their days", admin, "assessments:change_external_days", [access]
    yield "End their access", admin, "assessments:end_external_access", [access]
    yield "External verifier's home", eve, "assessments:external_home", []
    yield "Work to look at", eve, "assessments:external_units", []
    yield "Write a note on a visit", eve, "assessments:note_on_visit", [access]
    yield "Give the centre an action", eve, "assessments:ask_centre", [access]
    yield "Choose a unit to look at", eve, "assessments:choose_unit", [other.pk]
    yield "Authorise a claim", eve, "assessments:authorise_claim", [signed.pk]
    yield "Agree the strategy, from outside", eve, "assessments:agree_strategy", [plan.policy_id]
    yield "Write a note on a unit", eve, "assessments:note_on_unit", [chosen.pk]
    yield "A note", eve, "assessments:external_note", [found.note.pk]
    yield "Strategy, from outside", eve, "assessments:centre_strategy", [slug]
    yield "Sampling plan, from outside", eve, "assessments:sampling_plan", [plan.pk]
    yield "Sampling grid, from outside", eve, "assessments:grid", [plan.pk]
    yield "Coverage, from outside", eve, "assessments:coverage", [plan.pk]
    yield "Unit, from outside", eve, "assessments:enrolment", [chosen.pk]
    yield "Evidence, from outside", eve, "assessments:evidence", [item.pk]
    yield "Plans of a unit, from outside", eve, "assessments:unit_plans", [chosen.pk]
    yield "Staff, from outside", eve, "portfolio:staff", [slug]
    yield "Activities, from outside", eve, "assessments:activities", []
    yield "Standardisation, from outside", eve, "assessments:standardisation", []
    yield "Action of an external verifier's", eve, "assessments:centre_action", [action]
