"""What an assessor reads: one item beside the criteria it is to be judged against."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessments.enums import ItemStatus, UnitStatus, Verdict
from assessments.models import (
    Adjustment,
    AgreedOutcome,
    Decision,
    Enrolment,
    EvidenceFile,
    EvidenceVersion,
    Interest,
    Mapping,
    Testimony,
    VersionMove,
)
from assessments.queries.adjustment import arranged_for
from assessments.queries.conversation import Turn, about, decisions_on, readings_of, turns
from assessments.queries.enrolment import awards_to_assess, staff_names
from assessments.queries.evidence import facts_of, held_up_by_scans, scans_of, testimonies_of
from assessments.queries.leaves import Leaves, leaves_in
from assessments.queries.moved import EarlierWord, earlier_words
from assessments.queries.observed import RecordShown, records_shown
from assessments.queries.seen import Seen, state_of
from assessments.queries.versions import Changes, before, changes, files_of, mapped_now, mappings_of
from assessments.workflow import ItemFacts
from portfolio.compiled import compiled
from portfolio.enums import ScanResult
from portfolio.models import User
from units.enums import WordingStatus
from units.models import Criterion
from units.queries import Leaf


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
    """A criterion of a unit the reader holds: mapped to the item or not, the latest word on this version, and what was
    said of it so far."""

    enrolment_id: int
    criterion: Worded
    locator: str
    mapped: bool
    waiting: bool
    said: Decision | None
    history: list[Turn]
    earlier: list[EarlierWord] = field(default_factory=list)
    """What was decided of the item under an earlier version of the unit, from which the candidate was moved."""

    @property
    def key(self) -> str:
        """How the form's fields of this criterion are named."""
        return f"{self.enrolment_id}-{self.criterion.pk}"


@dataclass(frozen=True)
class LeafToJudge:
    """A leaf of the evidence requirements: whether the item is said to show it, and whether something else is."""

    enrolment_id: int
    leaf: Leaf
    shown: bool
    elsewhere: bool

    @property
    def value(self) -> str:
        """How the form names it."""
        return f"{self.enrolment_id}:{self.leaf.pk}"


@dataclass(frozen=True)
class UnitToJudge:
    """A unit the reader holds, with the criteria the item claims and the others it might show."""

    enrolment: Enrolment
    claimed: list[ToJudge]
    others: list[ToJudge]
    leaves: list[LeafToJudge]


@dataclass(frozen=True)
class Reading:
    """One item as its assessor reads it. `newer` is the version in force where this is an earlier one."""

    version: EvidenceVersion
    files: list[EvidenceFile]
    scans: dict[int, ScanResult]
    testimonies: list[Testimony]
    units: list[UnitToJudge]
    changes: Changes | None
    """What changed since the version handed in before."""
    newer: EvidenceVersion | None
    record: RecordShown | None
    """Where an assessor made it."""
    facts: ItemFacts
    shown: Seen
    adjustments: list[Adjustment]
    interested: bool
    """Whether the reader has a conflict of interest with the candidate."""
    qualified: bool
    """Whether the reader holds an assessor's award at the centre."""

    @property
    def criteria(self) -> list[ToJudge]:
        return [row for unit in self.units for row in (*unit.claimed, *unit.others)]

    @property
    def leaves(self) -> list[LeafToJudge]:
        return [row for unit in self.units for row in unit.leaves]


def reading(user: User, version_id: int) -> Reading:
    """The item beside the criteria of every collecting unit of the candidate that the user assesses.

    Ten queries at most, however many criteria, three more for a witness's testimony, and four for an assessor's record,
    one where something is arranged. Raises EvidenceVersion.DoesNotExist where there is nothing for them to judge.
    """
    versions = versions_to_read(user, version_id)
    version = next((row for row in versions if row.pk == version_id and row.submitted_at), None)
    if version is None:
        raise EvidenceVersion.DoesNotExist
    handed_in = [row for row in versions if row.submitted_at]
    held = units_held(user, version)
    ids = {enrolment.pk for enrolment in held}
    readings = readings_of(handed_in)
    decisions = decisions_on(handed_in, ids) if readings else []
    ever = mappings_of(version.evidence_id)
    mappings = [row for row in ever if row.enrolment_id in ids]
    earlier = before(version, versions)
    files = files_of([row for row in (earlier, version) if row])
    records = records_shown(row.pk for row in handed_in) if version.evidence.author_id else {}
    talk = turns(version.evidence, handed_in, readings, decisions, countersigners(version, decisions), records)
    testimonies, scans = testimonies_of([version]), scans_of(files[version.pk])
    in_the_way = scans if held_up_by_scans(version) else {}
    has_draft = any(row.status == ItemStatus.DRAFT for row in versions)
    return Reading(
        version=version,
        files=files[version.pk],
        scans=scans,
        testimonies=testimonies,
        units=units_to_judge(version, held, mappings, decisions, talk),
        changes=changes(earlier, version, files, mappings) if earlier else None,
        newer=next((row for row in handed_in if row.number > version.number and not row.replaced_at), None),
        record=records.get(version.pk),
        adjustments=adjustments_for(version),
        interested=vars(version)["interested"],
        qualified=vars(version)["qualified"],
        facts=facts_of(version, mapped_now(ever), files[version.pk], in_the_way, testimonies, has_draft=has_draft),
        shown=shown_of(version, ids, mappings, decisions, files[version.pk]),
    )


def versions_to_read(user: User, version_id: int) -> list[EvidenceVersion]:
    """The versions of the item that has this one, the oldest first, if the user assesses a unit it was mapped to.

    Each says whether anything is `adjusted` for its candidate, whether the user is `interested` in how they do, whether
    its centre `agreed` on any criterion, and whether the user is `qualified` to assess there.
    """
    return _versions(user, version_id, timezone.localdate())


@compiled
def _versions(user: User, version_id: int, day: datetime.date) -> QuerySet[EvidenceVersion]:
    mine = Mapping.objects.filter(evidence=OuterRef("evidence"), enrolment__assessor=user)
    same = EvidenceVersion.objects.filter(pk=version_id).order_by().values("evidence")
    arranged = Adjustment.objects.in_force(day).filter(candidate=OuterRef("evidence__candidate"))
    interest = Interest.objects.on(day).filter(staff=user, candidate=OuterRef("evidence__candidate"))
    agreed = AgreedOutcome.objects.filter(exercise__centre=OuterRef("evidence__centre"))
    qualified = awards_to_assess(user, day).filter(staff__centre=OuterRef("evidence__centre"))
    rows = EvidenceVersion.objects.filter(Exists(mine), evidence__in=same).annotate(
        adjusted=Exists(arranged), interested=Exists(interest), agreed=Exists(agreed), qualified=Exists(qualified)
    )
    return rows.select_related("evidence__candidate", "evidence__centre").order_by("number")


def adjustments_for(version: EvidenceVersion) -> list[Adjustment]:
    """What is arranged for the candidate. One query where anything is. The version comes with whether it is."""
    adjusted: bool = getattr(version, "adjusted", True)
    return arranged_for(version.evidence.candidate_id, timezone.localdate()) if adjusted else []


def units_held(user: User, version: EvidenceVersion) -> list[Enrolment]:
    """The candidate's units that collect evidence and that this person assesses."""
    return _held(user, version.evidence.candidate_id)


@compiled
def _held(user: User, candidate_id: int) -> QuerySet[Enrolment]:
    held = Enrolment.objects.held_by(user, "assessor")
    moved = Exists(VersionMove.objects.filter(enrolment=OuterRef("pk")))
    return held.filter(candidate=candidate_id, status=UnitStatus.COLLECTING).listed().annotate(moved=moved)


def criteria_of(unit_ids: set[int]) -> dict[int, list[Worded]]:
    """The criteria of the units, by unit, in one query."""
    found: dict[int, list[Worded]] = defaultdict(list)
    for told in _worded(list(unit_ids)):
        criterion = Worded(*told)
        found[criterion.unit_id].append(criterion)
    return found


@compiled
def _worded(unit_ids: list[int]) -> QuerySet[Criterion, Any]:
    return Criterion.objects.filter(unit__in=unit_ids).values_list(*Worded._fields)


def leaves_to_judge(enrolment: Enrolment, found: Leaves, evidence_id: int) -> list[LeafToJudge]:
    """The leaves of a unit as the item at hand and others show them."""
    own = found.of(evidence_id)
    return [
        LeafToJudge(enrolment.pk, leaf, leaf.pk in own, any(row.evidence_id != evidence_id for row in found.by(leaf)))
        for leaf in found.leaves
    ]


def countersigners(version: EvidenceVersion, decisions: list[Decision]) -> dict[int, str]:
    """Those who countersigned, by name. One query where there are any."""
    agreed = {row.countersignature.by_id for row in decisions if hasattr(row, "countersignature")}
    return {user: name for (user, _), name in staff_names(agreed, {version.evidence.centre_id}).items()}


def shown_of(
    version: EvidenceVersion,
    units: set[int],
    mappings: list[Mapping],
    decisions: list[Decision],
    files: list[EvidenceFile],
) -> Seen:
    """What whoever reads this was shown."""
    return Seen(
        version_id=version.pk,
        units=frozenset(units),
        decisions=frozenset(row.pk for row in decisions if row.version_id == version.pk),
        mappings=frozenset(row.pk for row in mappings if not row.taken_back_at),
        files=frozenset((file.pk, state_of(file)) for file in files),
    )


def units_to_judge(
    version: EvidenceVersion,
    held: list[Enrolment],
    mappings: list[Mapping],
    decisions: list[Decision],
    talk: list[Turn],
) -> list[UnitToJudge]:
    """The units with their criteria, those that the item claims something of first."""
    mapped = {(row.enrolment_id, row.criterion_id): row for row in mappings if not row.taken_back_at}
    said = {(row.enrolment_id, row.criterion_id): row for row in decisions if row.version_id == version.pk}
    ever = {(row.enrolment_id, row.criterion_id) for row in decisions}
    histories = {key: about(talk, *key) for key in ever}
    criteria = criteria_of({enrolment.unit_id for enrolment in held})
    leaves = leaves_in(held)
    moved = [row.pk for row in held if vars(row).get("moved", True)]
    earlier = earlier_words(moved, version.evidence_id) if moved else {}
    units = [
        unit_to_judge(
            row,
            criteria[row.unit_id],
            mapped,
            said,
            histories,
            earlier,
            leaves_to_judge(row, leaves[row.pk], version.evidence_id),
        )
        for row in held
    ]
    return sorted(units, key=lambda unit: not unit.claimed)


def unit_to_judge(
    enrolment: Enrolment,
    criteria: list[Worded],
    mapped: dict[tuple[int, int], Mapping],
    said: dict[tuple[int, int], Decision],
    histories: dict[tuple[int, int], list[Turn]],
    earlier: dict[tuple[int, int], list[EarlierWord]],
    leaves: list[LeafToJudge],
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
                history=histories.get(place, []),
                earlier=earlier.get(place, []),
            )
        )
    claimed, others = [row for row in rows if row.mapped], [row for row in rows if not row.mapped]
    return UnitToJudge(enrolment, claimed, others, leaves)


@dataclass(frozen=True)
class TypedOn:
    """What somebody typed about a criterion that cannot be judged any more: which field of it, and the words."""

    criterion: str
    field: str
    words: str


def words_on(typed: list[tuple[str, str, str]]) -> list[TypedOn]:
    """The same with the criteria by name, out of (key of a criterion, field, words). One query, or none."""
    ids = {int(key.partition("-")[2]) for key, _, _ in typed}
    if not ids:
        return []
    found = Criterion.objects.filter(pk__in=ids).values_list("pk", "unit__short_code", "number")
    names = {pk: f"{code} {number}" for pk, code, number in found}
    return [
        TypedOn(names[pk], field, Verdict(words).label if field == "verdict" and words in Verdict.values else words)
        for key, field, words in typed
        if (pk := int(key.partition("-")[2])) in names
    ]
