"""What refusals rest on. Gathered by queries, judged by the needs; and the form a refusal takes."""

import datetime
from dataclasses import dataclass

from assessments.enums import EvidenceKind, HeldAt, ItemStatus, Layer, SignedAs, UnitStatus
from assessments.rules import People


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a sentence, and what it is about (`criterion`, `item`, `sample`, `action`, `unit`), to link to."""

    sentence: str
    about: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class CriterionState:
    """A criterion of a candidate's unit and how far it is."""

    pk: int
    number: str
    layer: Layer
    pending: bool = False


@dataclass(frozen=True)
class LeafState:
    """A leaf of the evidence requirements of a candidate's unit, and how far it is shown."""

    pk: int
    number: str
    words: str
    layer: Layer
    pending: bool = False


@dataclass(frozen=True)
class Named:
    """A row that stands in the way, by its id and what people call it."""

    pk: int
    name: str


@dataclass(frozen=True)
class FallsShort:
    """A criterion that is shown less often than a rule of the centre asks, in words."""

    criterion_id: int
    sentence: str
    blocks: bool


@dataclass(frozen=True)
class UnitFacts:
    """All that the unit's refusals rest on. Gathered by queries, judged here."""

    enrolment_id: int
    status: UnitStatus
    people: People
    criteria: tuple[CriterionState, ...] = ()
    leaves: tuple[LeafState, ...] = ()
    waiting: tuple[Named, ...] = ()
    unacknowledged: tuple[Named, ...] = ()
    disputed: tuple[Named, ...] = ()
    stale: tuple[SignedAs, ...] = ()
    """The parts whose signature no longer fits the facts."""
    pending_deciders: frozenset[int] = frozenset()
    assessor_signed_by: int | None = None
    open_sample: Named | None = None
    agreed_samples: int = 0
    open_actions: tuple[Named, ...] = ()
    verifier_always: bool = False
    left_unsampled: bool = False
    must_sample: bool = False
    short: tuple[FallsShort, ...] = ()
    kept_status: UnitStatus | None = None
    interested: frozenset[int] = frozenset()
    """Those named on the unit who have a conflict of interest with its candidate today."""
    frozen: bool = False
    break_until: datetime.date | None = None
    """Suspended by a break in learning: when its candidate is expected back."""
    open_appeal: Named | None = None
    simulated: tuple[Named, ...] = ()

    @property
    def layers(self) -> dict[int, Layer]:
        """How far each criterion is, by its id."""
        return {criterion.pk: criterion.layer for criterion in self.criteria}

    @property
    def pending(self) -> bool:
        """Whether a decision waits for its countersignature."""
        return any(criterion.pending for criterion in self.criteria)


@dataclass(frozen=True)
class ItemUnit:
    """A unit an item is mapped to. `forbids` is the sentence why the item's setting is not allowed in it.

    `unapproved` is the sentence why a simulation, which the unit allows, cannot be handed in yet.
    """

    enrolment_id: int
    name: str
    status: UnitStatus
    people: People
    forbids: str = ""
    unapproved: str = ""
    frozen: bool = False


@dataclass(frozen=True)
class ItemFacts:
    """All that the item's refusals rest on.

    `testimonies` counts those signed for the version, `asked` names witnesses who may sign yet, `witnesses` are those
    of them who sign in as well. `author_id` is the assessor who made it, if one did, and `acknowledged` whether its
    candidate has said that it is right.
    """

    version_id: int
    status: ItemStatus
    candidate_id: int
    units: tuple[ItemUnit, ...] = ()
    files: int = 0
    quarantined: int = 0
    being_scanned: tuple[str, ...] = ()
    held: str = HeldAt.HERE
    location: str = ""
    described: bool = True
    dated: bool = True
    has_draft: bool = False
    replaced: bool = False
    kind: str = EvidenceKind.WORK_PRODUCT
    testimonies: int = 0
    asked: tuple[str, ...] = ()
    witnesses: frozenset[int] = frozenset()
    author_id: int | None = None
    acknowledged: bool = False
    frozen: bool = False

    @property
    def is_frozen(self) -> bool:
        """Whether the centre's office holds the item, or a unit that it is mapped to."""
        return self.frozen or any(unit.frozen and unit.status != UnitStatus.WITHDRAWN for unit in self.units)
