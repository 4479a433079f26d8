"""Cases, for those who work on them: the file, what it holds, and an aid to find the same bytes twice."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from assessments.enums import HANDED_IN, UnitStatus
from assessments.models import Case, CaseStep, Claim, Enrolment, Evidence, EvidenceFile, EvidenceVersion, Freeze
from assessments.models.enrolment import STAFF
from assessments.queries.enrolment import staff_holding
from assessments.queries.judgement import deciders_of
from portfolio.models import CandidateRecord, Centre, StaffRecord, User

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
class CasePage:
    """A case as its workers see it. `told` is each step with who wrote it down."""

    case: Case
    working: list[Worker]
    concerned_names: list[str]
    told: list[tuple[CaseStep, str]]
    freezes: list[Freeze]
    same: list[Same]


def case_page(user: User, pk: int) -> CasePage:
    """The file, in nine queries. Raises Case.DoesNotExist for whoever does not work on it."""
    case = Case.objects.visible_to(user).select_related("centre").get(pk=pk)
    concerned = list(case.concerns.values_list("user_id", flat=True))
    names = names_at_centre(case.centre_id)
    rows = case.freezes.select_related("enrolment__unit", "enrolment__candidate", "evidence__candidate", "claim")
    return CasePage(
        case=case,
        working=[
            Worker(row.pk, names.get(row.user_id, ""), row.named_at, row.ended_at)
            for row in case.workers.order_by("pk")
        ],
        concerned_names=sorted(names.get(user, "") for user in concerned),
        told=[(step, names.get(step.by_id, "")) for step in case.steps.order_by("happened_on", "pk")],
        freezes=list(rows.order_by("pk")),
        same=same_bytes(case, concerned),
    )


def names_at_centre(centre_id: int) -> dict[int, str]:
    """Everybody of a centre by name: candidates and staff, two queries."""
    candidates = CandidateRecord.objects.filter(centre=centre_id).values_list("user_id", "known_as", "legal_name")
    staff = StaffRecord.objects.filter(centre=centre_id).values_list("user_id", "name")
    return {user: known_as or legal for user, known_as, legal in candidates} | dict(staff)


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
