"""What the refusals of an item rest on."""

from collections.abc import Iterable

from django.db.models import QuerySet

from assessments.enums import ItemStatus, Setting, UnitStatus
from assessments.models import Enrolment, EvidenceVersion
from assessments.queries.enrolment import people_of
from assessments.workflow import ItemFacts, ItemUnit
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


def item_facts(version: EvidenceVersion, enrolments: Iterable[Enrolment] | None = None) -> ItemFacts:
    """The facts of a version, with the enrolments given (locked ones, in a verb) or those it is mapped to."""
    evidence = version.evidence
    files = list(version.files.filter(removed_at=None, destroyed_at=None).values_list("quarantined_at", flat=True))
    if enrolments is None:
        enrolments = enrolments_of(evidence.pk)
    return ItemFacts(
        version_id=version.pk,
        status=ItemStatus(version.status),
        candidate_id=evidence.candidate.user_id,
        units=tuple(item_unit(enrolment, version.setting) for enrolment in enrolments),
        files=len(files),
        quarantined=sum(1 for quarantined_at in files if quarantined_at),
        held=version.held,
        location=version.location,
        described=bool(version.description.strip()),
        dated=version.activity_on is not None,
        has_draft=version.status != ItemStatus.DRAFT and evidence.versions.filter(status=ItemStatus.DRAFT).exists(),
        replaced=version.replaced_at is not None,
    )
