"""What an assessor has said of a unit, and what signatures on it rest on.

A unit's rows are read once, in five queries however long the portfolio is; everything else here is derived from them.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models import F, FilteredRelation, Q

from assessments.enums import EvidenceKind, ItemStatus, Setting, SignedAs, UnitStatus
from assessments.models import SIGNED, Countersignature, Decision, Enrolment, EvidenceFile, SignOff, Testimony
from assessments.progress import Mark, layers
from assessments.queries.enrolment import open_appeal_of, people_of
from assessments.queries.mapping import LIVING
from assessments.workflow import CriterionState, Named, UnitFacts
from portfolio.canonical import JSON
from portfolio.signing import digest_of
from units.models import Criterion

SCHEME = 1
"""How `signed_facts` writes the facts down. A later way gets the next number; old signatures keep theirs."""

SIGN_OFFS = SignOff.objects.select_related("signature__void").order_by("pk")
JUDGING_PARTS = (SignedAs.ASSESSOR, SignedAs.COUNTERSIGNER)


class Mapped(NamedTuple):
    """A live mapping of an item to a criterion, with the item's version in force (or its first draft)."""

    pk: int
    enrolment_id: int
    evidence_id: int
    evidence_number: int | None
    criterion_id: int
    locator: str
    waiting_since: datetime.datetime | None
    version_id: int
    status: str
    title: str
    kind: str
    setting: str
    activity_on: datetime.date | None
    prior_achieved_on: datetime.date | None

    @property
    def item(self) -> str:
        """What people call the item."""
        return f"Evidence {self.evidence_number}" if self.evidence_number else "Draft"


class Decided(NamedTuple):
    """A decision with its countersignature, if there is one. The latest on a version and criterion counts."""

    pk: int
    enrolment_id: int
    version_id: int
    criterion_id: int
    verdict: str
    feedback: str
    needs_countersignature: bool
    assessor_id: int
    assessor_name: str
    at: datetime.datetime
    countersigned: bool | None
    countersigner_id: int | None


@dataclass(frozen=True)
class UnitRows:
    """Everything a unit's progress, refusals and signatures rest on."""

    enrolment: Enrolment
    criteria: list[Criterion]
    mapped: list[Mapped]
    decided: list[Decided]
    digests: dict[int, list[str]] = field(default_factory=dict)
    sign_offs: dict[str, SignOff] = field(default_factory=dict)
    signers: frozenset[int] = frozenset()
    testimonies: dict[int, list[str]] = field(default_factory=dict)
    witnesses: frozenset[int] = frozenset()

    @property
    def marks(self) -> list[Mark]:
        return list(marks(self.mapped, self.decided))

    @property
    def pending(self) -> list[Decided]:
        """Decisions nobody has countersigned yet."""
        return [row for row in self.decided if row.needs_countersignature and row.countersigned is None]

    @property
    def deciders(self) -> frozenset[int]:
        """Everybody who ever judged, signed off or countersigned in the unit."""
        assessors = {row.assessor_id for row in self.decided}
        return self.signers | assessors | {row.countersigner_id for row in self.decided if row.countersigner_id}


def deciders_in(enrolment_id: int) -> frozenset[int]:
    """Everybody who ever judged, signed off or countersigned in the unit, in one query: `UnitRows.deciders` alone."""
    judged = Decision.objects.filter(enrolment=enrolment_id).order_by().values_list("review__assessor_id")
    agreed = Countersignature.objects.filter(decision__enrolment=enrolment_id).order_by().values_list("by_id")
    signed = SignOff.objects.filter(enrolment=enrolment_id, part__in=JUDGING_PARTS).order_by()
    return frozenset(user for (user,) in judged.union(agreed, signed.values_list("signature__signer_id")) if user)


def unit_rows(enrolment: Enrolment, *, to_sign: bool = True) -> UnitRows:
    """The unit's rows, in five queries. A page that only shows them says so, and where nothing is signed takes four."""
    return with_signatures(rows_of([enrolment]), to_sign=to_sign)[0]


def rows_of(enrolments: list[Enrolment], *, worded: bool = True) -> list[UnitRows]:
    """The rows of many units at once, in three queries: without signatures, and what only they rest on.

    Unless `worded`, the criteria come as their numbers alone, which is all that progress and refusals want of them.
    """
    ids = [row.pk for row in enrolments]
    criteria: dict[int, list[Criterion]] = defaultdict(list)
    found = Criterion.objects.filter(unit__in={row.unit_id for row in enrolments})
    for criterion in found.select_related("outcome") if worded else found.only("unit", "number"):
        criteria[criterion.unit_id].append(criterion)
    mapped: dict[int, list[Mapped]] = defaultdict(list)
    for mapping in mapped_to(ids):
        mapped[mapping.enrolment_id].append(mapping)
    decided: dict[int, list[Decided]] = defaultdict(list)
    for decision in decided_in(ids):
        decided[decision.enrolment_id].append(decision)
    return [UnitRows(row, criteria[row.unit_id], mapped[row.pk], decided[row.pk]) for row in enrolments]


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


MAPPED = LIVING.order_by(F("evidence__number").asc(nulls_last=True), "evidence_id", "criterion__position").values_list(
    "pk",
    "enrolment_id",
    "evidence_id",
    "evidence__number",
    "criterion_id",
    "locator",
    "waiting_since",
    "evidence__versions__pk",
    "evidence__versions__status",
    "evidence__versions__title",
    "evidence__versions__kind",
    "evidence__versions__setting",
    "evidence__versions__activity_on",
    "evidence__versions__prior_achieved_on",
)
"""The columns of `Mapped`, in the recording form's order."""
DECIDED = Decision.objects.order_by("pk").values_list(
    "pk",
    "enrolment_id",
    "version_id",
    "criterion_id",
    "verdict",
    "feedback",
    "needs_countersignature",
    "review__assessor_id",
    "review__assessor_name",
    "review__at",
    "countersignature__agreed",
    "countersignature__by_id",
)
"""The columns of `Decided`, oldest first."""
MARKED = (
    LIVING.annotate(
        word=FilteredRelation(
            "evidence__versions__decisions",
            condition=Q(
                evidence__versions__decisions__enrolment=F("enrolment"),
                evidence__versions__decisions__criterion=F("criterion"),
            ),
        )
    )
    .order_by("pk", "word__pk")
    .values_list(
        "pk",
        "enrolment_id",
        "evidence_id",
        "criterion_id",
        "evidence__versions__status",
        "word__verdict",
        "word__needs_countersignature",
        "word__countersignature__agreed",
    )
)
"""What the marks of live mappings are made of, the latest decision last."""


def mapped_to(enrolment_ids: Iterable[int]) -> list[Mapped]:
    """The live mappings of the enrolments in the recording form's order, in one query. Withdrawn items have none."""
    found: dict[int, Mapped] = {}
    for row in MAPPED.filter(enrolment__in=list(enrolment_ids)):
        mapped = Mapped(*row)
        if mapped.pk not in found or mapped.status != ItemStatus.DRAFT:
            found[mapped.pk] = mapped
    return list(found.values())


def decided_in(enrolment_ids: Iterable[int]) -> list[Decided]:
    """Every decision in the enrolments, oldest first, in one query."""
    return [Decided(*row) for row in DECIDED.filter(enrolment__in=list(enrolment_ids))]


def marks(mapped: Iterable[Mapped], decided: Iterable[Decided]) -> Iterator[Mark]:
    """The mark of each live mapping: the latest decision on its version in force."""
    latest = {(row.enrolment_id, row.version_id, row.criterion_id): row for row in decided}
    for row in mapped:
        word = latest.get((row.enrolment_id, row.version_id, row.criterion_id))
        if word is None:
            yield Mark(row.evidence_id, row.criterion_id, row.status)
        else:
            needs = word.needs_countersignature
            yield Mark(row.evidence_id, row.criterion_id, row.status, word.verdict, needs, word.countersigned)


def marks_of(enrolment_ids: Iterable[int]) -> dict[int, list[Mark]]:
    """The marks of many enrolments, by enrolment, in one query however many there are.

    The same marks as of their `mapped_to` and `decided_in`, but only what a mark holds is read: a list of units has a
    thousand of them.
    """
    ids = list(enrolment_ids)
    found: dict[int, dict[int, Mark]] = {pk: {} for pk in ids}
    for pk, enrolment, evidence, criterion, status, verdict, needs, agreed in MARKED.filter(enrolment__in=ids):
        if status != ItemStatus.DRAFT or pk not in found[enrolment]:
            found[enrolment][pk] = Mark(evidence, criterion, status, verdict, bool(needs), agreed)
    return {pk: list(marks.values()) for pk, marks in found.items()}


def digests_of(version_ids: set[int]) -> dict[int, list[str]]:
    """SHA-256 of the files of versions that can be opened, in their order, by version."""
    if not version_ids:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    kept = EvidenceFile.objects.filter(
        version__in=version_ids, removed_at=None, destroyed_at=None, quarantined_at=None
    ).order_by("version_id", "position", "pk")
    for version, digest in kept.values_list("version_id", "stored__sha256"):
        found[version].append(digest)
    return dict(found)


def testified_in(units: Iterable[UnitRows]) -> list[Testimony]:
    """The signed testimonies of the units' items, in one query; in none where no item is a witness's."""
    items = {row.evidence_id for unit in units for row in unit.mapped if row.kind == EvidenceKind.WITNESS_TESTIMONY}
    if not items:
        return []
    rows = Testimony.objects.with_accounts().filter(SIGNED, version__evidence__in=items)
    return list(rows.select_related("version", "signature").order_by("pk"))


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
    return list(SIGN_OFFS.filter(enrolment__in=list(enrolment_ids)))


def in_force(signatures: Iterable[SignOff]) -> dict[str, SignOff]:
    """The signature that counts in each part: the latest one not voided."""
    return {row.part: row for row in signatures if getattr(row.signature, "void", None) is None}


def signatures_in_force(enrolment_id: int) -> dict[str, SignOff]:
    """The signature that counts in each part of the unit, in one query."""
    return in_force(signatures_in([enrolment_id]))


def unit_facts(rows: UnitRows) -> UnitFacts:
    """The unit as its candidate's and assessor's verbs see it. Verification adds what it knows (queries there)."""
    enrolment = rows.enrolment
    marks = rows.marks
    found = layers([criterion.pk for criterion in rows.criteria], marks, enrolment.status)
    pending = {mark.criterion_id for mark in marks if mark.pending}
    return UnitFacts(
        enrolment_id=enrolment.pk,
        status=UnitStatus(enrolment.status),
        people=people_of(enrolment, rows.deciders, rows.witnesses),
        criteria=tuple(
            CriterionState(criterion.pk, criterion.number, found[criterion.pk], criterion.pk in pending)
            for criterion in rows.criteria
        ),
        waiting=waiting_items(rows),
        stale=stale_parts(rows),
        pending_deciders=frozenset(row.assessor_id for row in rows.pending),
        assessor_signed_by=enrolment.assessor_signed_by_id,
        kept_status=UnitStatus(enrolment.kept_status) if enrolment.kept_status else None,
        frozen=enrolment.frozen_at is not None,
        open_appeal=open_appeal_of(enrolment),
        simulated=simulated_items(rows),
    )


def waiting_items(rows: UnitRows) -> tuple[Named, ...]:
    """Items handed in and not judged yet, in their order."""
    waiting = {row.evidence_id: row.item for row in rows.mapped if row.waiting_since}
    return tuple(Named(pk, name) for pk, name in waiting.items())


def simulated_items(rows: UnitRows) -> tuple[Named, ...]:
    """Items handed in that were simulated: all of them are sampled (domain rule 17)."""
    simulated = (row for row in rows.mapped if row.setting == Setting.SIMULATED and row.status != ItemStatus.DRAFT)
    return tuple(Named(pk, name) for pk, name in {row.evidence_id: row.item for row in simulated}.items())


def signed_facts(rows: UnitRows) -> dict[str, JSON]:
    """What a signature on the unit is put to: every item handed in, its bytes, what witnesses signed, and the
    latest decision on each criterion. A draft may change, so it is no part of it."""
    numbers = {criterion.pk: criterion.number for criterion in rows.criteria}
    latest = {(row.version_id, row.criterion_id): row for row in rows.decided}
    items: dict[int, dict[str, JSON]] = {}
    lines: dict[int, list[JSON]] = defaultdict(list)
    for row in (row for row in rows.mapped if row.status != ItemStatus.DRAFT):
        files = rows.digests.get(row.version_id, [])
        items[row.evidence_id] = {"evidence": row.evidence_number, "version": row.version_id, "files": files}
        if testified := rows.testimonies.get(row.version_id):
            items[row.evidence_id]["testimonies"] = testified
        word = latest.get((row.version_id, row.criterion_id))
        said: list[JSON] = [word.verdict, word.assessor_id, word.at] if word else []
        lines[row.evidence_id].append([numbers[row.criterion_id], row.locator, *said])
    return {
        "enrolment": rows.enrolment.pk,
        "candidate": rows.enrolment.candidate_id,
        "unit": rows.enrolment.unit_id,
        "items": [{**item, "criteria": lines[pk]} for pk, item in items.items()],
    }


def digest_for(rows: UnitRows, part: str, comments: str = "", samples: JSON = ()) -> str:
    """The digest a signature of a part carries: the facts, and what that part signs beside them."""
    facts: dict[str, JSON] = {"scheme": SCHEME, "part": part, "comments": comments, "samples": samples}
    return digest_of({**facts, "facts": signed_facts(rows)})


def stale_parts(rows: UnitRows) -> tuple[str, ...]:
    """Parts whose signature no longer fits the facts, in words. The verifier's is looked at in verification."""
    return tuple(
        SignedAs(part).label.lower()
        for part, sign_off in rows.sign_offs.items()
        if part != SignedAs.VERIFIER and digest_for(rows, part, sign_off.comments) != sign_off.signature.digest
    )
