"""A candidate's unit as its official forms print it, in a fixed number of queries however long the portfolio is."""

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from assessments.enums import EvidenceKind, HeldAt, ItemStatus, SignedAs, UnitStatus
from assessments.models import AuthenticationForm, Enrolment, EvidenceVersion, Registration, SignOff, VersionMove
from assessments.models.enrolment import SIGNED_OFF, EnrolmentQuerySet
from assessments.progress import Mark
from assessments.queries.enrolment import staff_name
from assessments.queries.judgement import UnitRows, digest_for, stale_parts, unit_rows
from assessments.queries.moved import came_through
from assessments.queries.verification import LookedAt, confirmed_in, looked_at_in, stale_verifier
from portfolio import signing
from portfolio.compiled import compiled
from portfolio.enums import Role
from portfolio.models import (
    Centre,
    Document,
    Signature,
    SignatureVoid,
    StaffQualification,
    StaffRecord,
    Statement,
    User,
)
from portfolio.press import Shown
from units.models import CentreApproval, Criterion, Unit


@dataclass(frozen=True)
class PrintedUnit:
    """What a form says of the unit before anybody's name is on it."""

    unit: Unit
    criteria: list[Criterion]
    statement: Statement
    centre: Centre | None
    approval: CentreApproval | None


@dataclass(frozen=True)
class PrintedItem:
    """An item of evidence: a row of the form. `marks` by id of their criteria."""

    number: int
    title: str
    kind: str
    activity_on: datetime.date | None
    location: str
    marks: dict[int, Mark]


@dataclass(frozen=True)
class PrintedSignature:
    """The latest signature in a part, and what became of it."""

    signature: Signature
    void: SignatureVoid | None = None
    stale: bool = False
    comments: str = ""

    @property
    def in_force(self) -> bool:
        return self.void is None


@dataclass(frozen=True)
class PrintedRecord:
    """A candidate's unit: everything on its recording form."""

    enrolment: Enrolment
    printed_unit: PrintedUnit
    items: list[PrintedItem]
    signatures: dict[SignedAs, PrintedSignature]
    assessor_name: str
    rows: UnitRows
    looked_at: LookedAt
    came_through: list[VersionMove]
    """The moves by which the unit came to its version, the latest first."""

    @property
    def signed_off(self) -> bool:
        """Whether the unit is signed off or further."""
        return self.enrolment.status in SIGNED_OFF

    @property
    def confirmed(self) -> bool:
        """Whether what is accepted is confirmed: signed off, and verified where that is asked for."""
        return confirmed_in(self.enrolment, self.looked_at)

    @property
    def sampled_at(self) -> datetime.datetime | None:
        """When a verifier last sampled the unit."""
        return max((sample.done_at for sample in self.looked_at.done if sample.done_at), default=None)

    @property
    def unsampled_reason(self) -> str:
        """Why a verifier left the unit out of the sample since it was signed off; empty when none did."""
        since = self.enrolment.signed_off_at
        return next((note.reason for note in reversed(self.looked_at.notes) if since and note.at >= since), "")

    @property
    def stale(self) -> bool:
        """Whether something changed after a signature was put to the unit."""
        return any(signed.stale for signed in self.signatures.values())

    @property
    def issued(self) -> bool:
        """Whether its form is the official one: the unit signed off, and every signature fitting what was signed."""
        return self.signed_off and not self.stale


@dataclass(frozen=True)
class PrintedAuthentication:
    """A Centre Authentication form: the record, the centre's signature, and the award the assessor held that day.

    `registered`: for which qualifications with this unit the candidate is registered.
    """

    form: AuthenticationForm
    record: PrintedRecord
    stands: bool
    registered: list[Registration]
    award: StaffQualification | None
    award_held: bool
    job_title: str


def printed_unit(unit: Unit, centre: Centre | None) -> PrintedUnit:
    """The unit as a centre's blank form shows it, in three queries. The unit comes with its awarding body."""
    body = unit.awarding_body
    return PrintedUnit(
        unit=unit,
        criteria=list(_criteria(unit.pk)),
        statement=signing.current_statement("competence-candidate", body.code),
        centre=centre,
        approval=_approvals.first(centre.pk, body.pk) if centre else None,
    )


@compiled
def _criteria(unit_id: int) -> QuerySet[Criterion]:
    return Criterion.objects.filter(unit=unit_id).select_related("outcome")


@compiled
def _approvals(centre_id: int, body_id: int) -> QuerySet[CentreApproval]:
    return CentreApproval.objects.filter(centre=centre_id, awarding_body=body_id).order_by("pk")[:1]


def printed_record(enrolment: Enrolment) -> PrintedRecord:
    """Everything on the recording form, in sixteen queries, and one more for each move from an earlier version.

    One more where the unit is signed off and no further: whether a plan wants it sampled. The enrolment comes with its
    unit, people and centre.
    """
    settled = enrolment.status != UnitStatus.SIGNED_OFF
    rows, looked_at = unit_rows(enrolment, ruled=False), looked_at_in(enrolment, but="planned" if settled else "")
    stale = {*stale_parts(rows), *stale_verifier(rows, looked_at.kept)}
    signatures = latest_signatures(enrolment, stale)
    assessor = signatures.get(SignedAs.ASSESSOR)
    named = assessor.signature.signer_name if assessor and assessor.in_force else None
    return PrintedRecord(
        enrolment=enrolment,
        printed_unit=printed_unit(enrolment.unit, enrolment.centre),
        items=printed_items(rows),
        signatures=signatures,
        assessor_name=named or staff_name(enrolment.assessor, enrolment.centre_id),
        rows=rows,
        looked_at=looked_at,
        came_through=came_through([enrolment.pk])[enrolment.pk],
    )


def printed_items(rows: UnitRows) -> list[PrintedItem]:
    """The items handed in, by number, each with its marks. One query, for where evidence is held elsewhere."""
    places = dict(
        EvidenceVersion.objects.filter(
            pk__in={row.version_id for row in rows.mapped}, held=HeldAt.LOCATION
        ).values_list("pk", "location")
    )
    found: dict[int, PrintedItem] = {}
    for row, mark in zip(rows.mapped, rows.marks, strict=True):
        if row.evidence_number is None or row.status == ItemStatus.DRAFT:
            continue
        item = PrintedItem(
            number=row.evidence_number,
            title=row.title,
            kind=EvidenceKind(row.kind).label,
            activity_on=row.activity_on,
            location=places.get(row.version_id, ""),
            marks={},
        )
        found.setdefault(row.evidence_id, item).marks[row.criterion_id] = mark
    return list(found.values())


def latest_signatures(enrolment: Enrolment, stale: set[SignedAs]) -> dict[SignedAs, PrintedSignature]:
    """The latest signature in each part, voided ones too, in one query."""
    rows = SignOff.objects.filter(enrolment=enrolment.pk).order_by("pk")
    found: dict[SignedAs, PrintedSignature] = {}
    for sign_off in rows.select_related("signature__statement", "signature__void"):
        part, void = SignedAs(sign_off.part), getattr(sign_off.signature, "void", None)
        is_stale = void is None and part in stale
        found[part] = PrintedSignature(sign_off.signature, void, is_stale, sign_off.comments)
    return found


def printed_authentication(form: AuthenticationForm, enrolment: Enrolment) -> PrintedAuthentication:
    """Everything on a Centre Authentication form, in nineteen queries. The form comes with its signature."""
    return authentication_of(form, printed_record(enrolment))


def authentication_of(form: AuthenticationForm, record: PrintedRecord) -> PrintedAuthentication:
    """The same where the record is at hand already. Three queries."""
    centre = form.signature
    assessor = record.signatures.get(SignedAs.ASSESSOR_AUTHENTICITY)
    award, held = award_of(assessor.signature) if assessor else (None, False)
    signer = StaffRecord.objects.filter(user=centre.signer_id, centre=record.enrolment.centre_id).first()
    return PrintedAuthentication(
        form=form,
        record=record,
        stands=record.issued and digest_for(record.rows, "centre") == centre.digest,
        registered=list(_registered(record.enrolment.candidate_id, record.enrolment.unit_id)),
        award=award,
        award_held=held,
        job_title=signer.job_title if signer else "",
    )


@compiled
def _registered(candidate_id: int, unit_id: int) -> QuerySet[Registration]:
    """In force, for qualifications that list the unit, in the order in which the candidate was registered."""
    found = Registration.objects.in_force().filter(candidate=candidate_id, qualification__listed_units__unit=unit_id)
    return found.select_related("qualification").order_by("registered_on", "pk")


def award_of(signature: Signature) -> tuple[StaffQualification | None, bool]:
    """The assessor's award the signer held on the day they signed, else the one they worked towards; and which."""
    day = timezone.localdate(signature.signed_at)
    awards = list(
        StaffQualification.objects.filter(
            staff__user=signature.signer_id, staff__centre=signature.centre_id, role=Role.ASSESSOR
        ).order_by("pk")
    )
    for award in awards:
        if award.achieved_on and award.achieved_on <= day:
            return award, True
    return (awards[0] if awards else None), False


def unit_shown(user: User, document: Document) -> Shown | None:
    """The candidate's unit that a form of it shows, for whoever sees the unit."""
    return shown_as(Enrolment.objects.visible_to(user).filter(pk=document.subject_id))


def authentication_shown(user: User, document: Document) -> Shown | None:
    """The candidate's unit that an issued authentication form shows, for whoever sees the form."""
    forms = AuthenticationForm.objects.visible_to(user).filter(pk=document.subject_id)
    return shown_as(Enrolment.objects.filter(pk__in=forms.values("enrolment")))


def shown_as(found: EnrolmentQuerySet) -> Shown | None:
    """The way back to the unit found, if there is one. One query."""
    enrolment = found.select_related("unit", "candidate").first()
    if enrolment is None:
        return None
    return Shown(f"{enrolment.unit}, {enrolment.candidate}", "assessments:enrolment", (enrolment.pk,))
