"""What the refusals of an item rest on."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from assessments.enums import ItemStatus, Setting, UnitStatus
from assessments.models import Enrolment, Evidence, EvidenceFile, EvidenceVersion
from assessments.queries.enrolment import people_of
from assessments.workflow import ItemFacts, ItemUnit
from portfolio.models import User
from units.models import Unit


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


def item_unit(enrolment: Enrolment, setting: str) -> ItemUnit:
    """A unit as an item mapped to it sees it. The enrolment comes with its unit."""
    return ItemUnit(
        enrolment_id=enrolment.pk,
        name=enrolment.unit.short_code,
        status=UnitStatus(enrolment.status),
        people=people_of(enrolment),
        forbids=forbidden_setting(enrolment.unit, setting),
    )


def enrolments_of(evidence_id: int) -> QuerySet[Enrolment]:
    """The enrolments an item is mapped to now, with their units, in id order."""
    return (
        Enrolment.objects.filter(mappings__evidence=evidence_id, mappings__taken_back_at=None)
        .select_related("unit")
        .distinct()
        .order_by("pk")
    )


def files_visible_to(user: User) -> QuerySet[EvidenceFile]:
    """Files of items that exist for this person, shut away ones too. Files of a draft are their candidate's alone."""
    mine = Q(version__evidence__candidate__user=user) | Q(version__submitted_at__isnull=False)
    files = EvidenceFile.objects.filter(mine, version__evidence__in=Evidence.objects.visible_to(user), removed_at=None)
    return files.select_related("stored")


def file_that_opens(user: User, pk: int) -> EvidenceFile:
    """A file this person may open: not in quarantine, not destroyed. Raises EvidenceFile.DoesNotExist."""
    return files_visible_to(user).get(pk=pk, quarantined_at=None, destroyed_at=None)


def item_facts(version: EvidenceVersion, enrolments: Iterable[Enrolment] | None = None) -> ItemFacts:
    """The facts of a version, with the enrolments given (locked ones, in a verb) or those it is mapped to."""
    evidence = version.evidence
    has_draft = version.status != ItemStatus.DRAFT and evidence.versions.filter(status=ItemStatus.DRAFT).exists()
    found = enrolments_of(evidence.pk) if enrolments is None else enrolments
    return facts_of(version, found, version.files.filter(removed_at=None), has_draft=has_draft)


def facts_of(
    version: EvidenceVersion, enrolments: Iterable[Enrolment], files: Iterable[EvidenceFile], *, has_draft: bool
) -> ItemFacts:
    """The same, from rows already read. The version comes with its item and candidate, the enrolments with units."""
    kept = [file for file in files if file.destroyed_at is None]
    return ItemFacts(
        version_id=version.pk,
        status=ItemStatus(version.status),
        candidate_id=version.evidence.candidate.user_id,
        units=tuple(item_unit(enrolment, version.setting) for enrolment in enrolments),
        files=len(kept),
        quarantined=sum(1 for file in kept if file.quarantined_at),
        held=version.held,
        location=version.location,
        described=bool(version.description.strip()),
        dated=version.activity_on is not None,
        has_draft=has_draft,
        replaced=version.replaced_at is not None,
    )
