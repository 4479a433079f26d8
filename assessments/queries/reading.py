"""What an assessor reads: the queue of items, and one item beside the criteria it is to be judged against."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from assessments.enums import ItemStatus, UnitStatus
from assessments.models import (
    Action,
    Adjustment,
    Decision,
    Enrolment,
    EvidenceFile,
    EvidenceVersion,
    Mapping,
    Testimony,
)
from assessments.queries.adjustment import arranged_for
from assessments.queries.evidence import facts_of, held_up_by_scans, scans_of, testimonies_of
from assessments.queries.versions import MAPPINGS, Changes, before, changes, files_of, mapped_now
from assessments.workflow import ItemFacts
from portfolio.enums import ScanResult
from portfolio.models import User
from units.enums import WordingStatus
from units.models import Criterion

READABLE = (ItemStatus.SUBMITTED, ItemStatus.REVIEWED)
SHORT_LIST = 5
"""How many of each kind the desk shows before it says how many more there are."""


@dataclass(frozen=True)
class Queued:
    """An item that waits to be read."""

    version_id: int
    name: str
    title: str
    candidate: str
    units: str
    criteria: int
    since: datetime.datetime


@dataclass(frozen=True)
class UnitAtHand:
    """A unit that waits for this person's signature."""

    enrolment_id: int
    candidate: str
    unit: str
    since: datetime.datetime | None


@dataclass(frozen=True)
class ActionAtHand:
    """Something internal verification asks of this person."""

    action_id: int
    wanted: str
    candidate: str
    unit: str
    due_on: datetime.date


@dataclass(frozen=True)
class Desk:
    """What waits for an assessor beside the queue itself. Lists hold one more than is shown where there are more."""

    to_sign: list[UnitAtHand]
    to_countersign: list[UnitAtHand]
    actions: list[ActionAtHand]


def waiting_for(user: User) -> QuerySet[Mapping]:
    """Mappings that wait for this assessor: of units they hold, that are collecting, centre role still in force."""
    held = Enrolment.objects.held_by(user, "assessor").filter(status=UnitStatus.COLLECTING)
    return Mapping.objects.filter(enrolment__in=held, waiting_since__isnull=False)


def queue_keys(user: User) -> QuerySet[Mapping, tuple[int, datetime.datetime, int]]:
    """(item, since when, how many criteria), the oldest first: what the queue's pages are cut from."""
    return (
        waiting_for(user)
        .values("evidence_id")
        .annotate(since=Min("waiting_since"), criteria=Count("pk"))
        .order_by("since", "evidence_id")
        .values_list("evidence_id", "since", "criteria")
    )


def queued(user: User, keys: list[tuple[int, datetime.datetime, int]]) -> list[Queued]:
    """The items of one page of the queue, in two queries."""
    ids = [evidence for evidence, _, _ in keys]
    readable = EvidenceVersion.objects.filter(evidence__in=ids, replaced_at=None, status__in=READABLE)
    versions = {
        evidence: (pk, f"Evidence {number}", title, known_as or legal_name)
        for evidence, pk, number, title, known_as, legal_name in readable.order_by().values_list(
            "evidence_id",
            "pk",
            "evidence__number",
            "title",
            "evidence__candidate__known_as",
            "evidence__candidate__legal_name",
        )
    }
    units: dict[int, dict[str, None]] = defaultdict(dict)
    waiting = Mapping.objects.filter(evidence__in=ids, waiting_since__isnull=False, enrolment__assessor=user)
    waiting = waiting.filter(enrolment__status=UnitStatus.COLLECTING).order_by("evidence_id", "criterion__position")
    for evidence, code in waiting.values_list("evidence_id", "enrolment__unit__short_code"):
        units[evidence][code] = None
    return [
        Queued(*versions[evidence], units=", ".join(units[evidence]), criteria=criteria, since=since)
        for evidence, since, criteria in keys
        if evidence in versions
    ]


def next_in_queue(user: User, after: int) -> int | None:
    """The version to read after an item (by evidence id): the oldest other one, or None when the queue is empty."""
    row = queue_keys(user).exclude(evidence_id=after).first()
    if row is None:
        return None
    versions = EvidenceVersion.objects.filter(evidence=row[0], replaced_at=None, status__in=READABLE)
    return versions.values_list("pk", flat=True).first()


def desk(user: User) -> Desk:
    """What waits for an assessor's signature or answer, in three queries."""
    units = Enrolment.objects.all()
    to_sign = units.held_by(user, "assessor").filter(status=UnitStatus.DECLARED)
    to_countersign = units.held_by(user, "countersigner").filter(status=UnitStatus.AWAITING_COUNTERSIGNATURE)
    return Desk(
        to_sign=at_hand(to_sign, "declared_at"),
        to_countersign=at_hand(to_countersign, "assessor_signed_at"),
        actions=to_answer(user),
    )


def at_hand(enrolments: QuerySet[Enrolment], since: str) -> list[UnitAtHand]:
    """The units that have waited longest, by the column that says since when."""
    rows = enrolments.order_by(since).values_list(
        "pk", "candidate__known_as", "candidate__legal_name", "unit__short_code", since
    )
    return [
        UnitAtHand(pk, known_as or legal_name, code, at)
        for pk, known_as, legal_name, code, at in rows[: SHORT_LIST + 1]
    ]


def to_answer(user: User) -> list[ActionAtHand]:
    """The actions given to this person that they have not answered, the first due first."""
    rows = Action.objects.filter(owner=user, closed_at=None, answered_at=None).values_list(
        "pk",
        "wanted",
        "enrolment__candidate__known_as",
        "enrolment__candidate__legal_name",
        "enrolment__unit__short_code",
        "due_on",
    )
    return [
        ActionAtHand(pk, wanted, known_as or legal_name, code, due_on)
        for pk, wanted, known_as, legal_name, code, due_on in rows[: SHORT_LIST + 1]
    ]


class Worded(NamedTuple):
    """A criterion as it is judged against. Not a row of the table: the page shows a hundred."""

    pk: int
    unit_id: int
    number: str
    text: str
    wording: str
    wording_note: str

    @property
    def wording_label(self) -> str:
        """How sure its wording is."""
        return WordingStatus(self.wording).label


@dataclass(frozen=True)
class ToJudge:
    """A criterion of a unit the reader holds: mapped to the item or not, and the latest word on this version."""

    enrolment_id: int
    criterion: Worded
    locator: str
    mapped: bool
    waiting: bool
    said: Decision | None

    @property
    def key(self) -> str:
        """How the form's fields of this criterion are named."""
        return f"{self.enrolment_id}-{self.criterion.pk}"


@dataclass(frozen=True)
class UnitToJudge:
    """A unit the reader holds, with the criteria the item claims and the others it might show."""

    enrolment: Enrolment
    claimed: list[ToJudge]
    others: list[ToJudge]


@dataclass(frozen=True)
class Reading:
    """One item as its assessor reads it."""

    version: EvidenceVersion
    files: list[EvidenceFile]
    scans: dict[int, ScanResult]
    testimonies: list[Testimony]
    units: list[UnitToJudge]
    changes: Changes | None
    """What changed since the version handed in before."""
    facts: ItemFacts
    adjustments: list[Adjustment]

    @property
    def criteria(self) -> list[ToJudge]:
        return [row for unit in self.units for row in (*unit.claimed, *unit.others)]


def reading(user: User, version_id: int) -> Reading:
    """The item beside the criteria of every collecting unit of the candidate that the user assesses.

    Eight queries, however many criteria, two more for a witness's testimony, one where something is arranged. Raises
    EvidenceVersion.DoesNotExist where there is nothing for them to judge.
    """
    mine = Mapping.objects.filter(evidence=OuterRef("evidence"), enrolment__assessor=user)
    today = timezone.localdate()
    arranged = Adjustment.objects.in_force(today)
    version = (
        EvidenceVersion.objects.filter(Exists(mine), submitted_at__isnull=False)
        .annotate(adjusted=Exists(arranged.filter(candidate=OuterRef("evidence__candidate"))))
        .select_related("evidence__candidate", "evidence__centre")
        .get(pk=version_id)
    )
    versions = list(EvidenceVersion.objects.filter(evidence=version.evidence_id).order_by("number"))
    earlier = before(version, versions)
    files = files_of([version, earlier] if earlier else [version])
    mappings = list(MAPPINGS.filter(evidence=version.evidence_id))
    mapped = {(row.enrolment_id, row.criterion_id): row for row in mappings if row.taken_back_at is None}
    decisions = Decision.objects.filter(version=version).select_related("review").order_by("pk")
    said = {(row.enrolment_id, row.criterion_id): row for row in decisions}
    held = list(to_judge(user, version))
    criteria = criteria_of({enrolment.unit_id for enrolment in held})
    units = [unit_to_judge(enrolment, criteria[enrolment.unit_id], mapped, said) for enrolment in held]
    shown = {enrolment.pk for enrolment in held}
    told = [row for row in mappings if row.enrolment_id in shown]
    testimonies, scans = testimonies_of([version]), scans_of(files[version.pk])
    has_draft = any(other.status == ItemStatus.DRAFT for other in versions)
    in_the_way = scans if held_up_by_scans(version) else {}
    return Reading(
        version=version,
        files=files[version.pk],
        scans=scans,
        testimonies=testimonies,
        units=sorted(units, key=lambda unit: not unit.claimed),
        changes=changes(earlier, version, files, told) if earlier else None,
        adjustments=arranged_for(version.evidence.candidate_id, today) if version.adjusted else [],
        facts=facts_of(version, mapped_now(mappings), files[version.pk], in_the_way, testimonies, has_draft=has_draft),
    )


def to_judge(user: User, version: EvidenceVersion) -> QuerySet[Enrolment]:
    """The candidate's units that collect evidence and that this person assesses."""
    held = Enrolment.objects.held_by(user, "assessor")
    return held.filter(candidate=version.evidence.candidate_id, status=UnitStatus.COLLECTING).listed()


def criteria_of(unit_ids: set[int]) -> dict[int, list[Worded]]:
    """The criteria of the units, by unit, in one query."""
    found: dict[int, list[Worded]] = defaultdict(list)
    for told in Criterion.objects.filter(unit__in=unit_ids).values_list(*Worded._fields):
        criterion = Worded(*told)
        found[criterion.unit_id].append(criterion)
    return found


def unit_to_judge(
    enrolment: Enrolment,
    criteria: list[Worded],
    mapped: dict[tuple[int, int], Mapping],
    said: dict[tuple[int, int], Decision],
) -> UnitToJudge:
    """The unit's criteria, split into those the item is mapped to and the others."""
    rows = []
    for criterion in criteria:
        place = (enrolment.pk, criterion.pk)
        found = mapped.get(place)
        rows.append(
            ToJudge(
                enrolment_id=enrolment.pk,
                criterion=criterion,
                locator=found.locator if found else "",
                mapped=found is not None,
                waiting=bool(found and found.waiting_since),
                said=said.get(place),
            )
        )
    return UnitToJudge(enrolment, [row for row in rows if row.mapped], [row for row in rows if not row.mapped])
