"""The demonstration centre and everybody in it."""

import datetime
from dataclasses import dataclass

from portfolio import actions
from portfolio.enums import QualificationKind, Role
from portfolio.invitation import Invitation
from portfolio.models import CandidateRecord, Centre, StaffRecord, User
from units.actions import approve, approve_form, record_direct_claim
from units.models import AwardingBody

SLUG = "harbour"
PASSWORD = "lighthouse by the harbour"  # noqa: S105  # printed for whoever tries the demonstration
DOMAIN = "harbour.example"

CANDIDATES = [
    ("Siân Llŷr Morgan", "sian"),
    ("Łukasz Żak", "lukasz"),
    ("Eilidh NicDhòmhnaill", "eilidh"),
    ("Priya Nair", "priya"),
    ("Tom Baker", "tom"),
    ("Grace Okafor", "grace"),
    ("Ruairidh Mac an t-Saoir", "ruairidh"),
    ("Hannah Whitfield", "hannah"),
]
UNNUMBERED = "priya"
"""Whose number with the awarding body is not known yet: it cannot be claimed for her."""
WORKPLACES = {
    "sian": "Quayside call centre",
    "lukasz": "Quayside call centre",
    "eilidh": "Lighthouse Insurance",
    "priya": "Harbour Street office",
    "tom": "Quayside call centre",
    "grace": "Harbour Street office",
    "ruairidh": "Lighthouse Insurance",
    "hannah": "Harbour Street office",
}


@dataclass(frozen=True)
class Staff:
    """The people who work at the centre."""

    administrator: User
    assessor: User
    other_assessor: User
    trainee: User
    verifier: User
    lead: User


@dataclass(frozen=True)
class Harbour:
    """The centre, its staff, and its candidates by first name."""

    centre: Centre
    staff: Staff
    candidates: dict[str, CandidateRecord]


def open_harbour(at: datetime.datetime) -> Harbour:
    """Open the centre, approve it, and have everybody take up their invitation."""
    centre = actions.open_centre(name="Harbour Contact Centre Academy", slug=SLUG, by=None, at=at)

    def staff(name: str, address: str, job_title: str, *roles: Role, by: User | None) -> StaffRecord:
        invited = actions.invite_staff(
            centre=centre, email=f"{address}@{DOMAIN}", name=name, job_title=job_title, roles=roles, by=by, at=at
        )
        accept(centre, invited.user, at)
        return invited

    administrator = staff("Morag Ferguson", "morag", "Centre administrator", Role.ADMINISTRATOR, by=None).user
    dylan = staff("Dylan Pryce", "dylan", "Senior assessor", Role.ASSESSOR, by=administrator)
    gwen = staff("Gwen Parry", "gwen", "Assessor", Role.ASSESSOR, by=administrator)
    zofia = staff("Zofia Wiśniewska", "zofia", "Trainee assessor", Role.ASSESSOR, by=administrator)
    anita = staff("Anita Desai", "anita", "Quality officer", Role.INTERNAL_VERIFIER, by=administrator)
    iain = staff("Iain MacLeod", "iain", "Quality manager", Role.LEAD_VERIFIER, by=administrator)
    award(dylan, QualificationKind.TAQA, Role.ASSESSOR, administrator, at, held=True)
    award(gwen, QualificationKind.A1, Role.ASSESSOR, administrator, at, held=True)
    award(zofia, QualificationKind.TAQA, Role.ASSESSOR, administrator, at, held=False)
    award(anita, QualificationKind.V1, Role.INTERNAL_VERIFIER, administrator, at, held=True)
    award(iain, QualificationKind.IQA, Role.INTERNAL_VERIFIER, administrator, at, held=True)
    approvals(centre, administrator, at)
    candidates = {}
    for place, (name, address) in enumerate(CANDIDATES, start=1):
        candidates[address] = actions.invite_candidate(
            centre=centre,
            email=f"{address}@{DOMAIN}",
            legal_name=name,
            centre_reference=f"{place:04}",
            candidate_number="" if address == UNNUMBERED else f"8104{place:04}",
            workplace=WORKPLACES[address],
            registered_on=at.date(),
            by=administrator,
            at=at,
        )
        accept(centre, candidates[address].user, at)
    return Harbour(centre, Staff(administrator, dylan.user, gwen.user, zofia.user, anita.user, iain.user), candidates)


def accept(centre: Centre, user: User, at: datetime.datetime) -> None:
    """The person chooses the password everybody here has."""
    actions.accept_invitation(invitation=Invitation(user, centre), password=PASSWORD, by=user, at=at)


def award(
    staff: StaffRecord, kind: QualificationKind, role: Role, by: User, at: datetime.datetime, *, held: bool
) -> None:
    """An award achieved two years ago, or aimed at by a day that is near, for the office to see to."""
    actions.record_qualification(
        staff=staff,
        kind=kind,
        role=role,
        achieved_on=at.date() - datetime.timedelta(days=700) if held else None,
        target_on=None if held else at.date() + datetime.timedelta(days=150),
        by=by,
        at=at,
    )


def approvals(centre: Centre, administrator: User, at: datetime.datetime) -> None:
    """OCR with direct claim status and an approved recording form; SQA after the external verifier's word."""
    ocr = approve(
        centre=centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        centre_number="10481",
        by=administrator,
        at=at,
    )
    record_direct_claim(
        centre=centre,
        awarding_body=ocr.awarding_body,
        unit=None,
        starts_on=at.date(),
        ends_on=None,
        reference="EV report 2026/03",
        by=administrator,
        at=at,
    )
    approve_form(approval=ocr, approved_by="Margaret Ellison, OCR", approved_on=at.date(), by=administrator, at=at)
    approve(
        centre=centre,
        awarding_body=AwardingBody.objects.get(code="sqa"),
        centre_number="3001234",
        by=administrator,
        at=at,
    )
