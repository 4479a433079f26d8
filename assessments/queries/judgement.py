"""What an assessor has said of a unit, and what signatures on it rest on.

A unit's rows are read once, in seven queries at most however long the portfolio is; everything else here is derived
from them.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from assessments.consistency import Rule
from assessments.enums import EvidenceKind, ItemStatus, Setting, SignedAs, UnitStatus
from assessments.models import (
    SIGNED,
    Countersignature,
    Decision,
    Enrolment,
    EvidenceFile,
    SignOff,
    Testimony,
)
from assessments.progress import Mark, layer_of, layers
from assessments.queries.consistency import Asked, counted, falling_short, rules_for
from assessments.queries.enrolment import authors_in, gathered, open_appeal_of, people_of, witnesses_in
from assessments.queries.interests import Held, held_in
from assessments.queries.leaves import Leaves, leaves_in
from assessments.queries.marks import Decided, Mapped, decided_in, mapped_to, marks
from assessments.queries.observed import RecordState, record_states
from assessments.rules import People
from assessments.workflow import CriterionState, LeafState, Named, UnitFacts
from portfolio.canonical import JSON, beside, canonical, digest_of_written
from portfolio.compiled import compiled
from units.models import Criterion
from units.queries import criteria_of

SCHEME = 1
"""How `signed_facts` writes the facts down. A later way gets the next number; old signatures keep theirs."""

SIGN_OFFS = SignOff.objects.select_related("signature__void").order_by("pk")
JUDGING_PARTS = (SignedAs.ASSESSOR, SignedAs.COUNTERSIGNER)


@dataclass(frozen=True)
class UnitRows:
    """Everything a unit's progress, refusals and signatures rest on."""

    enrolment: Enrolment
    criteria: list[Criterion]
    mapped: list[Mapped]
    decided: list[Decided]
    leaves: Leaves = field(default_factory=Leaves)
    records: dict[int, RecordState] = field(default_factory=dict)
    digests: dict[int, list[str]] = field(default_factory=dict)
    sign_offs: dict[str, SignOff] = field(default_factory=dict)
    voided: dict[str, SignOff] = field(default_factory=dict)
    """The last signature of each part that has none in force, where it was voided."""
    signers: frozenset[int] = frozenset()
    testimonies: dict[int, list[str]] = field(default_factory=dict)
    witnesses: frozenset[int] = frozenset()
    held: tuple[Held, ...] = ()
    rules: list[Rule] = field(default_factory=list)

    @cached_property
    def marks(self) -> list[Mark]:
        return list(marks(self.mapped, self.decided))

    @cached_property
    def asked(self) -> Asked:
        """What the rules ask of criteria, and what there is."""
        pairs = zip(self.mapped, self.marks, strict=True) if self.rules else ()
        return counted(self.rules, self.criteria, pairs)

    @cached_property
    def written(self) -> bytes:
        """What is signed of the unit (`signed_facts`), as it is written down: each signature on it rests on that."""
        return canonical(signed_facts(self))

    @property
    def pending(self) -> list[Decided]:
        """Decisions nobody has countersigned yet."""
        return [row for row in self.decided if row.needs_countersignature and row.countersigned is None]

    @property
    def deciders(self) -> frozenset[int]:
        """Everybody who ever judged, signed off or countersigned in the unit."""
        assessors = {row.assessor_id for row in self.decided}
        return self.signers | assessors | {row.countersigner_id for row in self.decided if row.countersigner_id}

    @property
    def authors(self) -> frozenset[int]:
        """Everybody who made a record that is evidence in the unit, or devised questions asked in one."""
        records = [self.records[row.version_id] for row in self.mapped if row.version_id in self.records]
        return frozenset(user for record in records for user in record.made_by)


def everybody_in(enrolment: Enrolment) -> People:
    """Who is named on the unit, and whose hand was in it: what keeps somebody from verifying. Three queries."""
    pk = enrolment.pk
    return people_of(enrolment, deciders_in(pk), witnesses_in(pk), authors_in(pk))


def deciders_of(enrolment_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Everybody who ever judged, signed off or countersigned in each of the units, in one query."""
    ids = list(enrolment_ids)
    return gathered(ids, _deciders(ids))


@compiled
def _deciders(ids: list[int]) -> QuerySet[Decision, Any]:
    judged = Decision.objects.filter(enrolment__in=ids).order_by()
    agreed = Countersignature.objects.filter(decision__enrolment__in=ids).order_by()
    signed = SignOff.objects.filter(enrolment__in=ids, part__in=JUDGING_PARTS).order_by()
    return judged.values_list("enrolment_id", "review__assessor_id").union(
        agreed.values_list("decision__enrolment_id", "by_id"),
        signed.values_list("enrolment_id", "signature__signer_id"),
    )


def deciders_in(enrolment_id: int) -> frozenset[int]:
    """The same of one unit: `UnitRows.deciders` alone."""
    return deciders_of([enrolment_id])[enrolment_id]


def unit_rows(
    enrolment: Enrolment, *, to_sign: bool = True, day: datetime.date | None = None, ruled: bool = True
) -> UnitRows:
    """The unit's rows, in eight queries at most, with who is interested on the `day` (today) and the centre's rules."""
    rows = with_signatures(rows_of([enrolment]), to_sign=to_sign)
    return replace((with_rules(rows) if ruled else rows)[0], held=held_in(enrolment, day or timezone.localdate()))


def rows_of(enrolments: list[Enrolment]) -> list[UnitRows]:
    """The rows of many units at once, in three queries, or four where a unit has leaves.

    Two more where an assessor made evidence themselves. They come without signatures, and what only these rest on.
    """
    ids = [row.pk for row in enrolments]
    criteria = criteria_of({row.unit_id for row in enrolments})
    with_leaves = {pk for pk, own in criteria.items() if any(vars(criterion)["has_leaves"] for criterion in own)}
    mapped: dict[int, list[Mapped]] = defaultdict(list)
    for mapping in mapped_to(ids):
        mapped[mapping.enrolment_id].append(mapping)
    decided: dict[int, list[Decided]] = defaultdict(list)
    for decision in decided_in(ids):
        decided[decision.enrolment_id].append(decision)
    leaves = leaves_in([row for row in enrolments if row.unit_id in with_leaves]) if with_leaves else {}
    records = record_states({row.version_id for rows in mapped.values() for row in rows if row.author_id})
    return [
        UnitRows(row, criteria[row.unit_id], mapped[row.pk], decided[row.pk], leaves.get(row.pk, Leaves()), records)
        for row in enrolments
    ]


def with_signatures(units: list[UnitRows], *, to_sign: bool = True) -> list[UnitRows]:
    """The same units with their signatures, and the digests of the files these were put to: two queries for all, and
    one more where witnesses have a say.

    Unless somebody is to sign them, only where a signature is in force.
    """
    signed: dict[int, list[SignOff]] = defaultdict(list)
    for row in signatures_in([unit.enrolment.pk for unit in units]):
        signed[row.enrolment_id].append(row)
    standing = {pk: in_force(rows) for pk, rows in signed.items()}
    resting = [unit for unit in units if to_sign or standing.get(unit.enrolment.pk)]
    digests = digests_of({row.version_id for unit in resting for row in unit.mapped})
    testified = testified_in(units)
    return [
        replace(
            unit,
            digests=digests,
            sign_offs=standing.get(unit.enrolment.pk, {}),
            voided={row.part: row for row in signed[unit.enrolment.pk] if row.part not in standing[unit.enrolment.pk]},
            signers=frozenset(
                row.signature.signer_id
                for row in signed[unit.enrolment.pk]
                if row.part in JUDGING_PARTS and row.signature.signer_id
            ),
            testimonies=digests_by_version(testified),
            witnesses=witnesses_among(testified, {row.evidence_id for row in unit.mapped}),
        )
        for unit in units
    ]


def with_rules(units: list[UnitRows]) -> list[UnitRows]:
    """The same units with the consistency rules in force for them: one query for all."""
    rules = rules_for([unit.enrolment for unit in units])
    return [replace(unit, rules=rules.get(unit.enrolment.pk, [])) for unit in units]


def digests_of(version_ids: set[int]) -> dict[int, list[str]]:
    """SHA-256 of the files of versions that can be opened, in their order, by version."""
    if not version_ids:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    for version, digest in _digests(list(version_ids)):
        found[version].append(digest)
    return dict(found)


@compiled
def _digests(version_ids: list[int]) -> QuerySet[EvidenceFile, Any]:
    kept = EvidenceFile.objects.filter(version__in=version_ids, removed_at=None, destroyed_at=None, quarantined_at=None)
    return kept.order_by("version_id", "position", "pk").values_list("version_id", "stored__sha256")


def testified_in(units: Iterable[UnitRows]) -> list[Testimony]:
    """The signed testimonies of the units' items, in one query; in none where no item is a witness's."""
    items = {row.evidence_id for unit in units for row in unit.mapped if row.kind == EvidenceKind.WITNESS_TESTIMONY}
    if not items:
        return []
    return _testified(list(items))


@compiled
def _testified(items: list[int]) -> QuerySet[Testimony]:
    rows = Testimony.objects.with_accounts().filter(SIGNED, version__evidence__in=items)
    return rows.select_related("version", "signature").order_by("pk")


def digests_by_version(testified: Iterable[Testimony]) -> dict[int, list[str]]:
    """What witnesses signed, by version."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in testified:
        if row.signature:
            found[row.version_id].append(row.signature.digest)
    return dict(found)


def witnesses_among(testified: Iterable[Testimony], items: set[int]) -> frozenset[int]:
    """Those who sign in and are witnesses of one of these items."""
    return frozenset(row.account for row in testified if row.account and row.version.evidence_id in items)


def signatures_in(enrolment_ids: Iterable[int]) -> list[SignOff]:
    """Every signature on the units, oldest first, those voided since among them, in one query."""
    return _signatures(list(enrolment_ids))


@compiled
def _signatures(enrolment_ids: list[int]) -> QuerySet[SignOff]:
    return SIGN_OFFS.filter(enrolment__in=enrolment_ids)


def in_force(signatures: Iterable[SignOff]) -> dict[str, SignOff]:
    """The signature that counts in each part: the latest one not voided."""
    return {row.part: row for row in signatures if getattr(row.signature, "void", None) is None}


def signatures_in_force(enrolment_id: int) -> dict[str, SignOff]:
    """The signature that counts in each part of the unit, in one query."""
    return in_force(signatures_in([enrolment_id]))


def unit_facts(rows: UnitRows, *, confirmed: bool = False) -> UnitFacts:
    """The unit as its candidate's and assessor's verbs see it. Verification adds what it knows (queries there), and
    whether what is accepted is `confirmed`."""
    enrolment = rows.enrolment
    marks = rows.marks
    found = layers([criterion.pk for criterion in rows.criteria], marks, confirmed=confirmed)
    pending = {mark.criterion_id for mark in marks if mark.pending}
    return UnitFacts(
        enrolment_id=enrolment.pk,
        status=UnitStatus(enrolment.status),
        people=people_of(enrolment, rows.deciders, rows.witnesses, rows.authors),
        criteria=tuple(
            CriterionState(criterion.pk, criterion.number, found[criterion.pk], criterion.pk in pending)
            for criterion in rows.criteria
        ),
        leaves=tuple(leaf_states(rows, confirmed=confirmed)),
        waiting=waiting_items(rows),
        unacknowledged=unsettled(rows, disputed=False),
        disputed=unsettled(rows, disputed=True),
        stale=stale_parts(rows),
        pending_deciders=frozenset(row.assessor_id for row in rows.pending),
        assessor_signed_by=enrolment.assessor_signed_by_id,
        kept_status=UnitStatus(enrolment.kept_status) if enrolment.kept_status else None,
        interested=frozenset(row.user_id for row in rows.held if row.to_at is None and row.interested),
        short=falling_short(rows.asked),
        break_until=rows.enrolment.break_until,
        frozen=enrolment.frozen_at is not None,
        open_appeal=open_appeal_of(enrolment),
        simulated=simulated_items(rows),
    )


def leaf_states(rows: UnitRows, *, confirmed: bool) -> Iterator[LeafState]:
    """How far each leaf of the evidence requirements is: as far as the best of what shows it."""
    marks = rows.marks if rows.leaves.shown else []
    for leaf in rows.leaves.leaves:
        found = [mark for _, own in rows.leaves.marks_for(leaf, marks) for mark in own]
        layer = layer_of(found, confirmed=confirmed)
        yield LeafState(leaf.pk, leaf.number, leaf.words, layer, any(mark.pending for mark in found))


def waiting_items(rows: UnitRows) -> tuple[Named, ...]:
    """Items handed in and not judged yet, in their order."""
    waiting = {row.evidence_id: row.item for row in rows.mapped if row.waiting_since}
    return tuple(Named(pk, name) for pk, name in waiting.items())


def unsettled(rows: UnitRows, *, disputed: bool) -> tuple[Named, ...]:
    """Records in force that the candidate has not acknowledged: those they dispute, or those they said nothing of."""
    if not rows.records:
        return ()
    states = ((row, rows.records.get(row.version_id)) for row in rows.mapped)
    found = {row.evidence_id: row.item for row, state in states if state and state.is_open(disputed=disputed)}
    return tuple(Named(pk, name) for pk, name in found.items())


def simulated_items(rows: UnitRows) -> tuple[Named, ...]:
    """Items handed in that were simulated: all of them are sampled (domain rule 17)."""
    simulated = (row for row in rows.mapped if row.setting == Setting.SIMULATED and row.status != ItemStatus.DRAFT)
    return tuple(Named(pk, name) for pk, name in {row.evidence_id: row.item for row in simulated}.items())


def signed_facts(rows: UnitRows) -> dict[str, JSON]:
    """What a signature on the unit is put to: every item handed in, its bytes, what witnesses and assessors signed,
    which evidence requirements it shows, and the latest decision on each criterion. A draft may change, so it is no
    part of it.

    Nothing is named by the number of a row: those differ in an installation to which the record is moved, and the
    signature holds there as well.
    """
    numbers = {criterion.pk: criterion.number for criterion in rows.criteria}
    latest = {(row.version_id, row.criterion_id): row for row in rows.decided}
    items: dict[int, dict[str, JSON]] = {}
    lines: dict[int, list[JSON]] = defaultdict(list)
    for row in (row for row in rows.mapped if row.status != ItemStatus.DRAFT):
        files = rows.digests.get(row.version_id, [])
        items[row.evidence_id] = {"evidence": row.evidence_number, "version": row.version_number, "files": files}
        if shown := rows.leaves.shown and rows.leaves.of(row.evidence_id):
            items[row.evidence_id]["requirements"] = [leaf.path for leaf in rows.leaves.leaves if leaf.pk in shown]
        if testified := rows.testimonies.get(row.version_id):
            items[row.evidence_id]["testimonies"] = testified
        if record := rows.records.get(row.version_id):
            items[row.evidence_id]["record"] = [record.digest, record.acknowledged]
        word = latest.get((row.version_id, row.criterion_id))
        said: list[JSON] = [word.verdict, word.assessor_name, word.at] if word else []
        lines[row.evidence_id].append([numbers[row.criterion_id], row.locator, *said])
    return {
        "enrolment": rows.enrolment.key,
        "items": [{**item, "criteria": lines[pk]} for pk, item in items.items()],
    }


def digest_for(rows: UnitRows, part: str, comments: str = "", samples: JSON = ()) -> str:
    """The digest a signature of a part carries: the facts, and what that part signs beside them."""
    facts: dict[str, JSON] = {"scheme": SCHEME, "part": part, "comments": comments, "samples": samples}
    return digest_of_written(beside(facts, "facts", rows.written))


def stale_parts(rows: UnitRows) -> tuple[SignedAs, ...]:
    """Parts whose signature no longer fits the facts. The verifier's is looked at in verification."""
    return tuple(
        SignedAs(part)
        for part, sign_off in rows.sign_offs.items()
        if part != SignedAs.VERIFIER and digest_for(rows, part, sign_off.comments) != sign_off.signature.digest
    )
