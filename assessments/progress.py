"""Pure arithmetic of progress: from marks to layers. Reads nothing, writes nothing, knows no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assessments.enums import READABLE, ItemStatus, Layer, UnitStatus, Verdict
from assessments.form_enums import Drawn

CONFIRMING = frozenset({UnitStatus.VERIFIED, UnitStatus.CLAIMED, UnitStatus.CERTIFICATED})
"""Where what is accepted is confirmed, whatever verification was asked for."""


def is_confirmed(status: str, *, to_be_verified: bool) -> bool:
    """Whether what is accepted in a unit is confirmed: it is signed off, and verified where that is asked for.

    `to_be_verified`: the awarding body wants the verifier's signature, or a plan or an open sample the verifier's look.
    """
    return status in CONFIRMING or (status == UnitStatus.SIGNED_OFF and not to_be_verified)


class Mark(NamedTuple):
    """An item mapped to a criterion, and the latest word on it: one filled cell of the recording form.

    `verdict` is the latest decision on the version in force, None while nobody has judged it. `countersigned` is None
    while a needed countersignature is missing, else whether the countersigner agreed.
    """

    evidence_id: int
    criterion_id: int
    item_status: str
    verdict: str | None = None
    needs_countersignature: bool = False
    countersigned: bool | None = None

    @property
    def accepted(self) -> bool:
        """Met, and countersigned where that is needed."""
        return self.verdict == Verdict.MET and (not self.needs_countersignature or self.countersigned is True)

    @property
    def pending(self) -> bool:
        """Met, but not by somebody whose decision stands alone, and nobody has countersigned yet: it does not count."""
        return self.verdict == Verdict.MET and self.needs_countersignature and self.countersigned is None

    @property
    def waiting(self) -> bool:
        """Handed in, and the assessor has not judged it for this criterion."""
        return self.verdict is None and self.item_status in READABLE

    @property
    def returned(self) -> bool:
        """The candidate has to do something before it can count."""
        return (
            self.verdict == Verdict.NOT_YET
            or self.countersigned is False
            or (self.item_status == ItemStatus.RETURNED and self.verdict is None)
        )

    def drawn(self, *, confirmed: bool) -> Drawn:
        """What is drawn of it in a unit that is `confirmed` or not: a cell of the matrix, on screen as on paper."""
        layer = layer_of([self], confirmed=confirmed)
        if layer == Layer.CLAIMED and self.verdict == Verdict.CONTRIBUTES:
            return Drawn.CONTRIBUTES
        return drawn_at(layer, pending=self.pending)

    @property
    def words(self) -> str:
        """The mark in words, as pages and forms say it."""
        if self.item_status == ItemStatus.DRAFT:
            return "not handed in yet"
        if self.countersigned is False:
            return "the countersigner did not agree"
        if self.pending:
            return "met, awaiting countersignature"
        if self.verdict is not None:
            return Verdict(self.verdict).label.lower()
        return "returned" if self.returned else "claimed, waiting to be assessed"


def layer_of(marks: Iterable[Mark], *, confirmed: bool = False) -> Layer:
    """How far a criterion is, given everything mapped to it. `confirmed`: its unit is (`is_confirmed`).

    The best mark decides: one accepted item meets a criterion, whatever else was returned. An item that only
    contributes leaves the criterion claimed. Drafts claim nothing.
    """
    marks = [mark for mark in marks if mark.item_status != ItemStatus.DRAFT]
    if any(mark.accepted for mark in marks):
        return Layer.CONFIRMED if confirmed else Layer.ACCEPTED
    if any(not mark.returned for mark in marks):
        return Layer.CLAIMED
    return Layer.RETURNED if marks else Layer.NOT_STARTED


def drawn_at(layer: Layer, *, pending: bool) -> Drawn:
    """What is drawn of a layer. `pending`: what meets it waits for a countersignature."""
    return Drawn.PENDING if layer == Layer.CLAIMED and pending else Drawn(layer.value)


def drawn_of(marks: Sequence[Mark], *, confirmed: bool) -> Drawn:
    """What is drawn of a criterion, or of an item that shows a leaf, given all its marks."""
    return drawn_at(layer_of(marks, confirmed=confirmed), pending=any(mark.pending for mark in marks))


def is_covered(marks: Iterable[Mark]) -> bool:
    """Whether something that was handed in and not returned answers a criterion."""
    return layer_of(marks) not in (Layer.NOT_STARTED, Layer.RETURNED)


def still_needed(marks: Sequence[Mark], why: Sequence[str] = ()) -> str:
    """What a criterion still needs, given everything mapped to it, the nearest way first; empty once it is met.

    `why` is what was said of each mark, in the same order: the sentence carries it where that is what is needed.
    """
    said = list(zip(marks, why or [""] * len(marks), strict=True))
    handed_in = [(mark, words) for mark, words in said if mark.item_status != ItemStatus.DRAFT]
    if any(mark.accepted for mark, _ in handed_in):
        return ""
    if any(mark.pending for mark, _ in handed_in):
        return "It is met, and waits for a countersignature."
    if any(mark.waiting for mark, _ in handed_in):
        return "It waits for the assessor."
    contributing = [words for mark, words in handed_in if not mark.returned]
    if contributing:
        return f"What there is contributes to it: more is needed to meet it.{quoted(contributing)}"
    if handed_in:
        asked = quoted(words for _, words in handed_in)
        return f"Put right what the assessor asks for, or show it with something else.{asked}"
    return "Hand in the draft that is to show it." if marks else "Nothing shows it yet."


def quoted(words: Iterable[str]) -> str:
    """Each of the words once, in quotation marks after a space; empty where there are none."""
    return "".join(f" “{said}”" for said in dict.fromkeys(words) if said)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a unit's criteria are at least so far. `accepted` counts the confirmed too, `claimed` all three.

    `stale`: something changed after a signature was put to the unit. Known where the whole unit was read.
    """

    total: int
    claimed: int
    accepted: int
    confirmed: int
    returned: int
    stale: bool = False

    @property
    def complete(self) -> bool:
        return self.total > 0 and self.accepted == self.total

    @property
    def per_cent(self) -> int:
        """Share of criteria accepted, in whole per cent, rounded down so that 100 means all."""
        return self.accepted * 100 // self.total if self.total else 0


def layers(criteria: Sequence[int], marks: Iterable[Mark], *, confirmed: bool) -> dict[int, Layer]:
    """The layer of each criterion (by id) of a unit, which is `confirmed` or not."""
    by_criterion: dict[int, list[Mark]] = {criterion: [] for criterion in criteria}
    for mark in marks:
        if mark.criterion_id in by_criterion:
            by_criterion[mark.criterion_id].append(mark)
    return {criterion: layer_of(found, confirmed=confirmed) for criterion, found in by_criterion.items()}


def progress_of(layer_by_criterion: Mapping[int, Layer]) -> Progress:
    """Count the layers."""
    found = list(layer_by_criterion.values())
    confirmed = found.count(Layer.CONFIRMED)
    accepted = found.count(Layer.ACCEPTED) + confirmed
    return Progress(
        total=len(found),
        claimed=found.count(Layer.CLAIMED) + accepted,
        accepted=accepted,
        confirmed=confirmed,
        returned=found.count(Layer.RETURNED),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a unit's criteria are at least so far, whatever its status: what the unit keeps of its marks.

    `pending` are those met and awaiting countersignature, which count as claimed.
    """

    claimed: int
    accepted: int
    returned: int
    pending: int

    def progress(self, total: int, *, confirmed: bool) -> Progress:
        """The unit's progress: what is accepted is confirmed once the unit is."""
        return Progress(total, self.claimed, self.accepted, self.accepted if confirmed else 0, self.returned)


def tally(marks: Iterable[Mark]) -> Tally:
    """Count a unit's criteria by their marks."""
    by_criterion: dict[int, list[Mark]] = {}
    for mark in marks:
        by_criterion.setdefault(mark.criterion_id, []).append(mark)
    found = {criterion: layer_of(of_it) for criterion, of_it in by_criterion.items()}
    reached = list(found.values())
    accepted = reached.count(Layer.ACCEPTED)
    pending = [
        criterion
        for criterion, of_it in by_criterion.items()
        if found[criterion] == Layer.CLAIMED and any(mark.pending for mark in of_it)
    ]
    return Tally(reached.count(Layer.CLAIMED) + accepted, accepted, reached.count(Layer.RETURNED), len(pending))
