"""How the demonstration centre received its candidates."""

import datetime

from assessments.demo.centre import Harbour
from portfolio import actions
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
