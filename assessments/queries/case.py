"""Cases, for those who work on them: the file, what it holds, and an aid to find the same bytes twice."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from assessments.enums import HANDED_IN, UnitStatus
from assessments.models import (
    Case,
    CaseFile,
    CaseStep,
    Claim,
    Enrolment,
    Evidence,
    EvidenceFile,
    EvidenceVersion,
    Freeze,
)
from assessments.models.enrolment import STAFF
from assessments.queries.enrolment import staff_holding
from assessments.queries.judgement import deciders_of
from portfolio import scanning
from portfolio.enums import ScanResult
from portfolio.models import CandidateRecord, Centre, StaffRecord, StoredFile, User

SHORT_LIST = 50


@dataclass(frozen=True)
class Same:
    """Files with the very same bytes, of different candidates. A fact to look into, never an accusation."""

    sha256: str
    files: list[EvidenceFile]


@dataclass(frozen=True)
class Worker:
    """Somebody who works on a case, or did."""

    pk: int
    name: str
    since: datetime.datetime
    until: datetime.datetime | None


@dataclass(frozen=True)
class FileTold:
    """A file of a step, whether this reader may open it, and what scanning it came to where that is worth a word."""

    file: CaseFile
    opens: bool
    scan: str


@dataclass(frozen=True)
class StepTold:
    """A step, who wrote it down, and its files."""

    step: CaseStep
    by: str
    files: list[FileTold]


@dataclass(frozen=True)
class CasePage:
    """A case as its workers see it."""

    case: Case
    working: list[Worker]
    concerned_names: list[str]
    told: list[StepTold]
    freezes: list[Freeze]
    same: list[Same]

    @property
    def may_end(self) -> bool:
        """Whether somebody's part may end: one worker stays."""
        return sum(1 for worker in self.working if worker.until is None) > 1


def case_page(case: Case, user: User) -> CasePage:
    """The file as this person reads it, who works on it. In ten queries."""
    concerned = list(case.concerns.values_list("user_id", flat=True))
    workers, steps = list(case.workers.order_by("pk")), list(case.steps.order_by("happened_on", "pk"))
    names = names_in(case, {*concerned, *(row.user_id for row in workers), *(step.by_id for step in steps)})
    rows = case.freezes.select_related("enrolment__unit", "enrolment__candidate", "evidence__candidate", "claim")
    return CasePage(
        case=case,
        working=[Worker(row.pk, names.get(row.user_id, ""), row.named_at, row.ended_at) for row in workers],
        concerned_names=sorted(names.get(user, "") for user in concerned),
        told=steps_told(case, steps, names, user),
        freezes=list(rows.order_by("pk")),
        same=same_bytes(case, concerned),
    )


def steps_told(case: Case, steps: Sequence[CaseStep], names: dict[int, str], user: User) -> list[StepTold]:
    """Every step of a case as this person is told it: two queries, one where there are no files."""
    files = list(CaseFile.objects.filter(step__case=case).select_related("stored").order_by("step", "position"))
    scans = scanning.results(file.stored_id for file in files)
    of_step: dict[int, list[FileTold]] = defaultdict(list)
    writers = {step.pk: step.by_id for step in steps}
    for file in files:
        scan = scans[file.stored_id]
        opens = opens_for(scan, own=writers[file.step_id] == user.pk)
        of_step[file.step_id].append(FileTold(file, opens, SCAN_SAID.get(scan, "")))
    return [StepTold(step, names.get(step.by_id, ""), of_step[step.pk]) for step in steps]


SCAN_SAID = {
    ScanResult.WAITING: "Being scanned for malware: until then only whoever added it can open it.",
    ScanResult.FAILED: "Being scanned for malware: until then only whoever added it can open it.",
    ScanResult.NOT_SCANNED: "Not scanned for malware.",
    ScanResult.TOO_LARGE: "Not scanned for malware: it is larger than the scanner takes.",
    ScanResult.INFECTED: "The scanner found malware in it, so it is shut away and nobody can open it.",
}


def opens_for(scan: ScanResult, *, own: bool) -> bool:
    """Whether a file may be opened: until it is scanned only by whoever added it, and never where it is infected."""
    return scan != ScanResult.INFECTED and (own or scan not in scanning.WAITING)


def file_of_case(user: User, pk: int) -> CaseFile:
    """A file of a case this person works on, that may be opened. Raises CaseFile.DoesNotExist. Two queries."""
    file = CaseFile.objects.visible_to(user).select_related("stored", "step").get(pk=pk)
    if not opens_for(scanning.results([file.stored_id])[file.stored_id], own=file.step.by_id == user.pk):
        raise CaseFile.DoesNotExist
    return file


def is_shown(stored: StoredFile) -> bool:
    """Whether a case still holds these bytes, so that they must not be destroyed."""
    return CaseFile.objects.filter(stored=stored).exists()


def names_in(case: Case, users: Iterable[int]) -> dict[int, str]:
    """These people by the names they have at the case's centre, as candidates or staff: two queries."""
    candidates = CandidateRecord.objects.filter(centre=case.centre_id, user__in=set(users))
    staff = StaffRecord.objects.filter(centre=case.centre_id, user__in=set(users)).values_list("user_id", "name")
    known = candidates.values_list("user_id", "known_as", "legal_name")
    return {user: known_as or legal for user, known_as, legal in known} | dict(staff)


def same_bytes(case: Case, concerned: Iterable[int]) -> list[Same]:
    """Files of the candidates concerned whose bytes another candidate of the centre handed in too. Two queries.

    Bytes are told apart by their SHA-256, within the centre only (domain rule 60: an aid, never automatic accusation).
    """
    handed_in = EvidenceFile.objects.filter(
        stored__centre=case.centre_id, removed_at=None, version__submitted_at__isnull=False
    )
    named = Q(version__evidence__candidate__user__in=list(concerned)) | Q(
        version__evidence__in=case.freezes.filter(evidence__isnull=False).values("evidence")
    )
    suspects = handed_in.filter(named).order_by().values("stored")
    found: dict[str, list[EvidenceFile]] = defaultdict(list)
    rows = handed_in.filter(stored__in=suspects).select_related("stored", "version__evidence__candidate")
    for file in rows.order_by("stored_id", "version__submitted_at", "pk"):
        found[file.stored.sha256].append(file)
    return [
        Same(digest, files)
        for digest, files in found.items()
        if len({file.version.evidence.candidate_id for file in files}) > 1
    ]


def interested_in(case: Case) -> frozenset[int]:
    """Whom the case concerns, and who has an interest in what it holds: they never work on it.

    The wall `nobody_works_on_a_case_that_concerns_them` holds the same in the database.
    """
    found = set(case.concerns.values_list("user_id", flat=True))
    freezes = list(case.freezes.select_related("enrolment", "evidence__candidate"))
    found |= {freeze.evidence.candidate.user_id for freeze in freezes if freeze.evidence}
    return frozenset(found | interested_in_units([freeze.enrolment for freeze in freezes if freeze.enrolment]))


def interested_in_units(enrolments: Sequence[Enrolment]) -> set[int]:
    """The candidates of units, their assessors, and whoever judged in them."""
    deciders = deciders_of([enrolment.pk for enrolment in enrolments])
    parties = {user for row in enrolments for user in (row.candidate_user_id, row.assessor_id)}
    return parties.union(*deciders.values())


def may_investigate(case: Case, day: datetime.date) -> list[StaffRecord]:
    """Staff of the centre on the day who could be named: no interest, and not on the case yet."""
    working = case.workers.filter(ended_at=None).values_list("user_id", flat=True)
    return free_staff(case.centre, day, interested_in(case).union(working))


def free_staff(centre: Centre, day: datetime.date, but: Iterable[int]) -> list[StaffRecord]:
    """Staff of the centre with a role on the day, but for these people."""
    return list(staff_holding(centre, day, *STAFF).exclude(user__in=list(but)).order_by("name", "pk"))


def can_be_held(case: Case) -> tuple[list[Enrolment], list[Evidence]]:
    """Units and items handed in, of the candidates concerned, or judged by the staff concerned. Two queries."""
    concerned = list(case.concerns.values_list("user_id", flat=True))
    held = case.freezes.filter(to_at=None)
    units = Enrolment.objects.filter(
        Q(candidate_user__in=concerned) | Q(assessor__in=concerned) | Q(verifier__in=concerned), centre=case.centre_id
    )
    units = units.exclude(status=UnitStatus.WITHDRAWN).exclude(
        pk__in=held.filter(enrolment__isnull=False).values("enrolment")
    )
    items = Evidence.objects.filter(candidate__user__in=concerned, centre=case.centre_id, number__isnull=False)
    items = items.exclude(pk__in=held.filter(evidence__isnull=False).values("evidence"))
    standing = EvidenceVersion.objects.filter(evidence=OuterRef("pk"), status__in=HANDED_IN, replaced_at=None)
    items = items.filter(Exists(standing))
    return (
        list(units.select_related("unit", "candidate").order_by("candidate__legal_name", "unit__short_code")),
        list(items.select_related("candidate").order_by("candidate__legal_name", "number")),
    )


def standing_claim(enrolment_id: int) -> Claim | None:
    """The unit's claim, where one stands."""
    return Claim.objects.filter(enrolment=enrolment_id, taken_back_at=None).first()
