"""What the refusals of an item rest on."""

import datetime
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from assessments.enums import EvidenceKind, ItemStatus, Setting, TestimonyState, UnitStatus
from assessments.models import (
    Acknowledgement,
    Enrolment,
    Evidence,
    EvidenceFile,
    EvidenceVersion,
    Mapping,
    Testimony,
    TestimonyCriterion,
)
from assessments.queries.enrolment import people_of
from assessments.queries.simulation import criteria_approved
from assessments.workflow import ItemFacts, ItemUnit
from portfolio import scanning
from portfolio.enums import ScanResult
from portfolio.models import StoredFile, User
from units.models import Unit

OF_AN_ITEM = (
    "centre",
    "candidate_user",
    "assessor",
    "countersigner",
    "verifier",
    "status",
    "frozen_at",
    "unit__short_code",
    "unit__title",
    "unit__public_title",
    "unit__simulation_allowed",
    "unit__realistic_working_environment_allowed",
    "unit__work_placement_allowed",
)
"""What an item wants of the units it is mapped to."""
MAY_SIGN = (TestimonyState.ASKED, TestimonyState.OPENED)


def forbidden_setting(unit: Unit, setting: str) -> str:
    """The sentence why a unit refuses evidence from a setting, or empty.

    Source: the unit's own evidence requirements, e.g. D20: no simulation, realistic working environment or placement.
    """
    forbidden = {
        Setting.SIMULATED: not unit.simulation_allowed,
        Setting.REALISTIC_ENVIRONMENT: not unit.realistic_working_environment_allowed,
        Setting.PLACEMENT: not unit.work_placement_allowed,
    }
    if setting in Setting.values and forbidden.get(Setting(setting), False):
        label = Setting(setting).label.lower()
        return f"{unit.short_code} does not accept evidence from {label}: show real work, or take its criteria off."
    return ""


def item_unit(enrolment: Enrolment, setting: str, unapproved: str = "") -> ItemUnit:
    """A unit as an item mapped to it sees it. The enrolment comes with its unit."""
    return ItemUnit(
        enrolment_id=enrolment.pk,
        name=enrolment.unit.short_code,
        status=UnitStatus(enrolment.status),
        people=people_of(enrolment),
        forbids=forbidden_setting(enrolment.unit, setting),
        unapproved=unapproved,
        frozen=enrolment.frozen_at is not None,
    )


def enrolments_of(evidence_id: int) -> QuerySet[Enrolment]:
    """The enrolments an item is mapped to now, with their units, in id order."""
    mapped = Mapping.objects.filter(evidence=evidence_id, taken_back_at=None).order_by().values("enrolment")
    return Enrolment.objects.filter(pk__in=mapped).select_related("unit").only(*OF_AN_ITEM).order_by("pk")


def files_visible_to(user: User) -> QuerySet[EvidenceFile]:
    """Files of items that exist for this person, shut away ones too. Files of a draft are their candidate's alone."""
    mine = Q(version__evidence__candidate__user=user) | Q(version__submitted_at__isnull=False)
    item = Evidence.objects.visible_to(user).filter(pk=OuterRef("version__evidence"))
    return EvidenceFile.objects.filter(mine, Exists(item), removed_at=None).select_related("stored__rendition")


def file_that_opens(user: User, pk: int) -> EvidenceFile:
    """A file this person may open: neither in quarantine nor destroyed, and scanned, but for its candidate.

    Raises EvidenceFile.DoesNotExist.
    """
    files = files_visible_to(user).select_related("stored", "version__evidence__candidate")
    file = files.get(pk=pk, quarantined_at=None, destroyed_at=None, disposed_at=None)
    if not opens_for(file, scans_of([file])[file.stored_id], own=file.version.evidence.candidate.user_id == user.pk):
        raise EvidenceFile.DoesNotExist
    return file


def scans_of(files: Iterable[EvidenceFile]) -> dict[int, ScanResult]:
    """What scanning came to, by the id of the bytes. One query."""
    return scanning.results(file.stored_id for file in files)


def held_up_by_scans(version: EvidenceVersion) -> bool:
    """Whether a scan can be in the way of it: of what may yet be handed in, and of nothing else."""
    return version.status in (ItemStatus.DRAFT, ItemStatus.RETURNED)


def opens_for(file: EvidenceFile, scan: ScanResult, *, own: bool) -> bool:
    """Whether the bytes may be opened: until a file is scanned only by its candidate, once shut away by nobody."""
    if file.quarantined_at or file.destroyed_at or file.disposed_at or scan == ScanResult.INFECTED:
        return False
    return own or scan not in scanning.WAITING


def is_shown(stored: StoredFile) -> bool:
    """Whether an item still shows these bytes, so that they must not be destroyed."""
    shown = EvidenceFile.objects.filter(stored=stored, destroyed_at=None, disposed_at=None, removed_at=None)
    return shown.exists()


def item_facts(version: EvidenceVersion, enrolments: Iterable[Enrolment]) -> ItemFacts:
    """The facts of a version, with the enrolments given: the locked ones it is mapped to, in a verb."""
    evidence = version.evidence
    has_draft = version.status != ItemStatus.DRAFT and evidence.versions.filter(status=ItemStatus.DRAFT).exists()
    kept = list(version.files.filter(removed_at=None))
    scans = scans_of(kept) if held_up_by_scans(version) else {}
    said, settled = testimonies_of([version]), is_acknowledged(version)
    return facts_of(version, enrolments, kept, scans, said, has_draft=has_draft, acknowledged=settled)


def is_acknowledged(version: EvidenceVersion) -> bool:
    """Whether the candidate has put their name to a record that an assessor made. No query where none did."""
    if version.evidence.author_id is None:
        return False
    return Acknowledgement.objects.filter(record__version=version, agreed=True).exists()


def testimonies_of(versions: Iterable[EvidenceVersion]) -> list[Testimony]:
    """What witnesses of these versions of one item were asked and said, oldest first. No query where there are none.

    Each comes with its signature and, as `account`, with who the witness is among those who sign in.
    """
    of = [version.pk for version in versions if version.kind == EvidenceKind.WITNESS_TESTIMONY]
    if not of:
        return []
    rows = Testimony.objects.with_accounts().filter(version__in=of).select_related("signature__statement")
    criteria = TestimonyCriterion.objects.select_related("criterion__unit")
    return list(rows.prefetch_related(Prefetch("criteria", criteria)).order_by("pk"))


def facts_of(
    version: EvidenceVersion,
    enrolments: Iterable[Enrolment],
    files: Iterable[EvidenceFile],
    scans: dict[int, ScanResult],
    testimonies: Iterable[Testimony] = (),
    *,
    has_draft: bool,
    acknowledged: bool = False,
) -> ItemFacts:
    """The same, from rows already read. The version comes with its item and candidate, the enrolments with units.

    `testimonies` may be of every version of the item: whoever testified once never judges it.
    """
    kept = [file for file in files if not (file.destroyed_at or file.disposed_at)]
    said, now = list(testimonies), timezone.now()
    units = list(enrolments)
    unapproved = simulations_unapproved(version, units)
    own = [row for row in said if row.version_id == version.pk]
    return ItemFacts(
        version_id=version.pk,
        status=ItemStatus(version.status),
        candidate_id=version.evidence.candidate.user_id,
        units=tuple(item_unit(unit, version.setting, unapproved.get(unit.pk, "")) for unit in units),
        files=len(kept),
        quarantined=sum(1 for file in kept if file.quarantined_at),
        being_scanned=tuple(
            file.name for file in kept if scans.get(file.stored_id) in scanning.WAITING and not file.quarantined_at
        ),
        held=version.held,
        location=version.location,
        described=bool(version.description.strip()),
        dated=version.activity_on is not None,
        has_draft=has_draft,
        replaced=version.replaced_at is not None,
        kind=version.kind,
        testimonies=sum(1 for row in own if row.is_signed),
        asked=tuple(row.name for row in own if row.state(now) in MAY_SIGN),
        witnesses=frozenset(row.account for row in said if row.is_signed and row.account),
        author_id=version.evidence.author_id,
        acknowledged=acknowledged,
        frozen=version.evidence.frozen_at is not None,
    )


def simulations_unapproved(version: EvidenceVersion, enrolments: Iterable[Enrolment]) -> dict[int, str]:
    """Why a simulation cannot be handed in for these units, by unit. Two queries; none for what is real.

    What is handed in already has been looked at then.
    """
    units = {row.pk: row.unit.short_code for row in enrolments if row.unit.simulation_allowed}
    waits = version.status in (ItemStatus.DRAFT, ItemStatus.RETURNED)
    if version.setting != Setting.SIMULATED or version.activity_on is None or not waits or not units:
        return {}
    mapped = Mapping.objects.filter(evidence=version.evidence_id, enrolment__in=units, taken_back_at=None)
    wanted: dict[int, set[tuple[int, str]]] = {}
    for unit, criterion, number in mapped.values_list("enrolment_id", "criterion_id", "criterion__number"):
        wanted.setdefault(unit, set()).add((criterion, number))
    approved = criteria_approved(units, version.activity_on)
    return {
        pk: simulation_unapproved(
            units[pk], [number for criterion, number in sorted(found) if (pk, criterion) not in approved]
        )
        for pk, found in wanted.items()
    }


def further_simulation(enrolment: Enrolment, criteria: Iterable[int], activity_on: datetime.date) -> str:
    """The same for criteria of one unit, for a simulation of that day. Two queries, or one where all is approved."""
    approved = {criterion for _, criterion in criteria_approved([enrolment.pk], activity_on)}
    if not (missing := set(criteria) - approved):
        return ""
    numbers = enrolment.unit.criteria.filter(pk__in=missing).values_list("number", flat=True)
    return simulation_unapproved(enrolment.unit.short_code, list(numbers))


def simulation_unapproved(unit: str, numbers: Sequence[str]) -> str:
    """The sentence why a simulation cannot be handed in for these criteria of a unit; empty for none."""
    if not numbers:
        return ""
    return (
        f"The verifier of {unit} has approved no simulation for {', '.join(numbers)} before the day of the activity: "
        "ask them first, or take these criteria off."
    )
