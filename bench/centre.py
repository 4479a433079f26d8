"""The centre that is measured: opened, approved and staffed through the real verbs. Only its portfolios are loaded."""

import datetime
import hashlib
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.management import call_command

from assessments.demo import files
from bench.plan import DAY, DAYS
from portfolio import actions, vault
from portfolio.enums import QualificationKind, Role
from portfolio.models import Centre, StaffRecord, StoredFile, User
from units.actions import approve
from units.models import AwardingBody, Unit


@dataclass(frozen=True)
class Staffed:
    """A centre with everybody a unit needs. One assessor holds all units but the trainee's: the hard case."""

    centre: Centre
    administrator: User
    assessor: User
    trainee: User
    verifier: User
    lead: User
    stored: list[tuple[StoredFile, str]]
    """Files that every item of evidence is made of, with the names they are given."""


def open_centre(name: str, now: datetime.datetime) -> Staffed:
    """The centre, open since before the first candidate's story begins."""
    if not Unit.objects.exists():
        call_command("load_standard", verbosity=0)
    at = now - (DAYS + 10) * DAY
    slug = name.lower().replace(" ", "-")
    centre = actions.open_centre(name=name, slug=slug, by=None, at=at)

    def invited(first_name: str, role: Role) -> StaffRecord:
        email = f"{first_name.lower()}@{slug}.example"
        return actions.invite_staff(centre=centre, email=email, name=first_name, roles=[role], by=None, at=at)

    assessor = invited("Asha", Role.ASSESSOR)
    actions.record_qualification(
        staff=assessor, kind=QualificationKind.TAQA, role=Role.ASSESSOR, achieved_on=at.date(), by=None, at=at
    )
    for body in AwardingBody.objects.all():
        approve(centre=centre, awarding_body=body, centre_number="12345", by=None, at=at)
    return Staffed(
        centre=centre,
        administrator=invited("Alma", Role.ADMINISTRATOR).user,
        assessor=assessor.user,
        trainee=invited("Tomasz", Role.ASSESSOR).user,
        verifier=invited("Vera", Role.INTERNAL_VERIFIER).user,
        lead=invited("Lena", Role.LEAD_VERIFIER).user,
        stored=[(kept(centre, content, name, at), name) for name, content in contents().items()],
    )


def staffed_of(centre: Centre) -> Staffed:
    """A centre that `open_centre` opened, found again."""

    def called(first_name: str) -> User:
        return User.objects.get(email=f"{first_name.lower()}@{centre.slug}.example")

    files = {hashlib.sha256(content).hexdigest(): name for name, content in contents().items()}
    stored = StoredFile.objects.filter(centre=centre, sha256__in=files).order_by("pk")
    return Staffed(
        centre=centre,
        administrator=called("Alma"),
        assessor=called("Asha"),
        trainee=called("Tomasz"),
        verifier=called("Vera"),
        lead=called("Lena"),
        stored=[(row, files[row.sha256]) for row in stored],
    )


def contents() -> dict[str, bytes]:
    """A report and a note, as candidates hand them in."""
    words = "I reviewed the calls of my team that week and agreed with each of them what to change."
    return {"report.pdf": files.pdf("Call handling review", words), "notes.txt": words.encode()}


def kept(centre: Centre, content: bytes, name: str, at: datetime.datetime) -> StoredFile:
    return vault.store(centre=centre, file=ContentFile(content, name=name), name=name, at=at)
