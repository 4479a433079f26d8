"""How the demonstration centre received its candidates."""

import datetime

from assessments.demo.centre import Harbour
from portfolio import actions, importing
from portfolio.enums import IdentityDocument, InductionTopic

SEEN = {
    "sian": IdentityDocument.PASSPORT,
    "lukasz": IdentityDocument.IDENTITY_CARD,
    "eilidh": IdentityDocument.DRIVING_LICENCE,
    "priya": IdentityDocument.PASSPORT,
    "grace": IdentityDocument.RESIDENCE,
    "hannah": IdentityDocument.WORKS_PASS,
}
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
