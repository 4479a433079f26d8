"""What the office of the demonstration centre deals with: an appeal, a case, an adjustment, a simulation to come."""

import datetime

from django.core.files.base import ContentFile

from assessments.actions import appeal, case
from assessments.actions.adjustment import Arranged, arrange_adjustment
from assessments.actions.evidence import NamedFile
from assessments.actions.retention import hold_record
from assessments.actions.simulation import approve_simulation
from assessments.demo.centre import Harbour
from assessments.demo.files import pdf
from assessments.enums import AppealAbout, AppealOutcome, CaseKind
from assessments.models import Decision, Enrolment, Evidence
from assessments.queries.appeal import Against
from portfolio import vault

DAY = datetime.timedelta(days=1)


def appealed(harbour: Harbour, now: datetime.datetime) -> None:
    """Siân does not agree that her log only contributes. The first stage upheld nothing; the second has begun."""
    staff, sian = harbour.staff, harbour.candidates["sian"]
    decision = Decision.objects.filter(enrolment__candidate=sian, verdict="contributes").earliest("pk")
    raised = appeal.raise_appeal(
        enrolment=decision.enrolment,
        against=Against(AppealAbout.DECISION, decision_id=decision.pk),
        grounds=(
            "The log shows the second case as well: it begins on its second page, and says how I settled it with the "
            "customer the same afternoon."
        ),
        by=sian.user,
        at=now - 13 * DAY,
    )
    appeal.acknowledge_appeal(appeal=raised, by=staff.administrator, at=now - 12 * DAY)
    appeal.appoint_adjudicator(
        appeal=raised, adjudicator=staff.other_assessor, by=staff.administrator, at=now - 12 * DAY
    )
    appeal.decide_appeal(
        appeal=raised,
        outcome=AppealOutcome.NOT_UPHELD,
        finding="I read both pages. The second case is named there, but not what you did to settle it.",
        by=staff.other_assessor,
        at=now - 9 * DAY,
    )
    appeal.take_further(appeal=raised, by=sian.user, at=now - 7 * DAY)
    appeal.appoint_adjudicator(appeal=raised, adjudicator=staff.verifier, by=staff.lead, at=now - 6 * DAY)


def held(harbour: Harbour, now: datetime.datetime) -> None:
    """OCR asked that what Grace handed in be kept, whatever the schedule says."""
    hold_record(
        candidate=harbour.candidates["grace"],
        enrolment=None,
        reason="OCR looks into how calls are assessed at several centres, and asked for this by letter.",
        by=harbour.staff.administrator,
        at=now - 2 * DAY,
    )


def investigated(harbour: Harbour, now: datetime.datetime) -> None:
    """A chart of Hannah's is the same as one that others handed in: her item is held while it is looked into."""
    staff, hannah = harbour.staff, harbour.candidates["hannah"]
    opened = case.open_case(
        centre=harbour.centre,
        kind=CaseKind.MALPRACTICE,
        summary="An assessor noticed that a chart is the same, to the last figure, as one of another candidate.",
        concerns=[hannah.user],
        by=staff.administrator,
        at=now - 6 * DAY,
    )
    case.name_investigator(case=opened, user=staff.verifier, by=staff.administrator, at=now - 6 * DAY)
    item = Evidence.objects.filter(candidate=hannah, number__isnull=False).earliest("pk")
    case.freeze_item(case=opened, evidence=item, by=staff.administrator, at=now - 6 * DAY)
    case.add_step(
        case=opened,
        happened_on=(now - 5 * DAY).date(),
        text="Compared the files. Asked the contact centre whether the chart may have been given to several people.",
        files=[letter(harbour, now - 5 * DAY)],
        by=staff.verifier,
        at=now - 5 * DAY,
    )


LETTER = "Dear Ms Reid\n\nWas the chart of the week from 2 March handed out to the team? If so, to whom, and by whom?"


def letter(harbour: Harbour, at: datetime.datetime) -> NamedFile:
    """What was asked of the contact centre."""
    name = "Letter to the contact centre.pdf"
    written = ContentFile(pdf("A chart", LETTER), name=name)
    return NamedFile(vault.store(centre=harbour.centre, file=written, name=name, at=at), name)


def arranged(harbour: Harbour, now: datetime.datetime) -> None:
    """Siân may record instead of writing."""
    arrange_adjustment(
        candidate=harbour.candidates["sian"],
        words=Arranged(
            arranged="Recordings in place of written accounts, and twice the time for questions.",
            from_on=(now - 60 * DAY).date(),
            detail="Dyslexia, assessed at school. She asked for this at her induction.",
            held_elsewhere="Educational psychologist's report, locked cabinet in the office",
        ),
        by=harbour.staff.administrator,
        at=now - 60 * DAY,
    )


def to_be_simulated(harbour: Harbour, now: datetime.datetime) -> None:
    """A threatening call is practised, not waited for."""
    unit = Enrolment.objects.get(candidate=harbour.candidates["sian"], unit__key="ocr-cc32")
    approve_simulation(
        enrolment=unit,
        what="A threatening call, played by a colleague from the security team.",
        reason="There has been none in two years, and nobody would want one.",
        criteria=list(unit.unit.criteria.values_list("pk", flat=True)[:2]),
        planned_on=(now + 7 * DAY).date(),
        by=unit.verifier,
        at=now,
    )
