"""How the demonstration centre received its candidates."""

import datetime
from decimal import Decimal

from assessments.actions.breaks import begin_break
from assessments.actions.transfer import record_achieved, transfer_in
from assessments.demo.centre import Harbour
from portfolio import actions, importing
from portfolio.enums import IdentityDocument, InductionTopic
from portfolio.models import StaffRecord

SEEN = {
    "sian": IdentityDocument.PASSPORT,
    "lukasz": IdentityDocument.IDENTITY_CARD,
    "eilidh": IdentityDocument.DRIVING_LICENCE,
    "priya": IdentityDocument.PASSPORT,
    "grace": IdentityDocument.RESIDENCE,
    "hannah": IdentityDocument.WORKS_PASS,
}
SAY_SOMETHING = 7
DAY = datetime.timedelta(days=1)
NOT_CONFIRMED = "priya"
INTAKE = """E-mail,Full name,Known as,ULN,Own reference,Place of work,Units,Assessor,Internal verifier
rhys.bevan@harbour.example,Rhys Bevan,,9276308686,0031,Quayside,CC16; CC32,Dylan Pryce,Anita Desai
aoife.nolan@harbour.example,Aoife Ní Nualláin,Aoife,1234567899,0032,Quayside,CC16,gwen@harbour.example,Anita Desai
ewa.lis@harbour.example,Ewa Lis,,9999999999,0033,Quayside,CC16,Dylan Pryce,Anita Desai
sam.cole@harbour,Sam Cole,,,0034,Dockside,CC99,Dylan Pryce,Nobody Known
tom@harbour.example,Tom Baker,Tommy,,0005,Dockside,,,
grace@harbour.example,Grace Okafor,,,0006,,,,
"""


def received(harbour: Harbour, at: datetime.datetime) -> None:
    """Most were seen and told what to know on their first day; Priya has not said so yet, and two are still to come."""
    staff, day = harbour.staff, at.date()
    for name, document in SEEN.items():
        candidate = harbour.candidates[name]
        actions.check_identity(
            candidate=candidate,
            document=document,
            seen_by=staff.assessor,
            seen_on=day,
            by=staff.administrator,
            at=at,
        )
        induction = actions.record_induction(
            candidate=candidate,
            topics=list(InductionTopic),
            held_by=staff.assessor,
            held_on=day,
            by=staff.administrator,
            at=at,
        )
        if name != NOT_CONFIRMED:
            actions.acknowledge_induction(induction=induction, by=candidate.user, at=at)


def intake(harbour: Harbour, now: datetime.datetime) -> None:
    """A list of newcomers was sent this morning: checked, with two rows to put right, and not taken yet."""
    sent = importing.begin(
        centre=harbour.centre,
        content=INTAKE.encode(),
        name="Autumn intake.csv",
        by=harbour.staff.administrator,
        at=now,
    )
    importing.read(sent.pk)


def away(harbour: Harbour, now: datetime.datetime) -> None:
    """Hannah pauses what she had begun, beside the unit that was suspended by hand."""
    begin_break(
        candidate=harbour.candidates["hannah"],
        starts_on=now.date() - 12 * DAY,
        expected_on=now.date() + 40 * DAY,
        reason="Working at another site until the spring, without calls to show.",
        by=harbour.staff.administrator,
        at=now - 11 * DAY,
    )


def came_from_elsewhere(harbour: Harbour, now: datetime.datetime) -> None:
    """Priya came from another centre, where she had achieved a unit."""
    by, priya = harbour.staff.administrator, harbour.candidates["priya"]
    came = transfer_in(
        candidate=priya,
        from_centre="Riverside Skills, Leith",
        joined_on=now.date() - 118 * DAY,
        note="She brought the archive of her portfolio. Riverside confirmed the unit by letter.",
        by=by,
        at=now - 110 * DAY,
    )
    record_achieved(
        transfer=came,
        unit=None,
        title="OCR CC2 Communicate by telephone",
        achieved_on=now.date() - 200 * DAY,
        certificate="OCR 4471 0092",
        seen="The certificate, by Morag Ferguson.",
        by=by,
        at=now - 110 * DAY,
    )


def learning(harbour: Harbour, now: datetime.datetime) -> None:
    """What the senior assessor and the trainee know and learn; and what some candidates say of themselves."""
    staff, today = harbour.staff, now.date()
    dylan = StaffRecord.objects.get(centre=harbour.centre, user=staff.assessor)
    zofia = StaffRecord.objects.get(centre=harbour.centre, user=staff.trainee)
    for record, area, evidence, review in (
        (dylan, "CC16, CC26, CC32", "Team leader at Quayside, 2014 to 2021; references and CV seen.", 300),
        (zofia, "CC16", "Adviser and then coach at Dockside since 2022; observed by the lead verifier.", 21),
    ):
        actions.record_competence(
            staff=record,
            area=area,
            evidence=evidence,
            confirmed_on=today - 100 * DAY,
            review_on=today + review * DAY,
            by=staff.administrator,
            at=now - 100 * DAY,
        )
    for done, what, hours, brought in (
        (80, "Standardisation of CC16 with the quality team", "2.5", "We read “regularly” in 1.2 alike now."),
        (41, "A day on the phones at Quayside", "7", "The new system logs callbacks by itself: good evidence."),
        (
            9,
            "Webinar on artificial intelligence in candidates’ work",
            "1.5",
            "Ask how a text came about, and keep notes.",
        ),
    ):
        actions.record_development(
            staff=dylan,
            done_on=today - done * DAY,
            what=what,
            hours=Decimal(hours),
            reflection=brought,
            by=staff.assessor,
            at=now - done * DAY,
        )
    for place, candidate in enumerate(harbour.candidates.values()):
        if place < SAY_SOMETHING:
            actions.answer_diversity(
                candidate=candidate,
                age_band="25_34" if place else "35_44",
                gender="woman" if place % 3 else "not_said",
                by=candidate.user,
                at=now,
            )
