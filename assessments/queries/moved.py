"""A unit that went on in a new version: where it came from and went to, and what was decided under the earlier one."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from assessments.enums import Verdict
from assessments.models import Enrolment, EvidenceVersion, VersionMove, VersionPair
from assessments.queries.marks import decided_in
from portfolio.compiled import compiled
from units.comparing import plain


def came_through(enrolment_ids: Iterable[int]) -> dict[int, list[VersionMove]]:
    """The moves by which each of these units came to its version, the latest first. A query, and one more for each
    move that some unit made before."""
    found: dict[int, list[VersionMove]] = {pk: [] for pk in enrolment_ids}
    ends = {pk: pk for pk in found}
    while ends:
        going = [(ends[row.enrolment_id], row) for row in _came(list(ends))]
        for first, row in going:
            found[first].append(row)
        ends = {row.earlier_id: first for first, row in going}
    return found


@compiled
def _came(enrolment_ids: list[int]) -> QuerySet[VersionMove]:
    rows = VersionMove.objects.filter(enrolment__in=enrolment_ids)
    return rows.select_related("map__earlier", "map__later").order_by("pk")


def move_on_from(enrolment: Enrolment) -> VersionMove | None:
    """The move by which the unit went on in a later version, if it did. One query."""
    return VersionMove.objects.filter(earlier=enrolment).select_related("map__later").first()


@dataclass(frozen=True)
class EarlierWord:
    """What was decided of an item under the earlier version, by the criterion that this one comes from."""

    version: int
    number: str
    text: str
    same: bool
    verdict: str
    why: str
    who: str
    at: datetime.datetime

    @property
    def label(self) -> str:
        return str(Verdict(self.verdict).label)


def earlier_words(enrolment_ids: Iterable[int], evidence_id: int) -> dict[tuple[int, int], list[EarlierWord]]:
    """What was decided of the item before these enrolments were moved, however often, by enrolment and criterion, the
    latest version first. A query and one for each move, and three more where any of them was moved."""
    through = {pk: moves for pk, moves in came_through(enrolment_ids).items() if moves}
    if not through:
        return {}
    versions = set(EvidenceVersion.objects.filter(evidence=evidence_id).order_by().values_list("pk", flat=True))
    every = [move for moves in through.values() for move in moves]
    latest = {
        (row.enrolment_id, row.criterion_id): row
        for row in decided_in([move.earlier_id for move in every])
        if row.version_id in versions
    }
    pairs: dict[int, list[VersionPair]] = defaultdict(list)
    for pair in VersionPair.objects.filter(map__in={move.map_id for move in every}).select_related("earlier", "later"):
        pairs[pair.map_id].append(pair)
    found: dict[tuple[int, int], list[EarlierWord]] = defaultdict(list)
    for enrolment_id, moves in through.items():
        origins = {pair.later_id: {pair.later_id} for pair in pairs[moves[0].map_id]}
        now = {pair.later_id: pair.later.text for pair in pairs[moves[0].map_id]}
        for move in moves:
            before: dict[int, set[int]] = defaultdict(set)
            for pair in pairs[move.map_id]:
                for criterion in origins.get(pair.later_id, ()):
                    before[pair.earlier_id].add(criterion)
                    if word := latest.get((move.earlier_id, pair.earlier_id)):
                        found[enrolment_id, criterion].append(
                            EarlierWord(
                                version=move.map.earlier.version,
                                number=pair.earlier.number,
                                text=pair.earlier.text,
                                same=plain(pair.earlier.text) == plain(now[criterion]),
                                verdict=word.verdict,
                                why=word.why,
                                who=word.assessor_name,
                                at=word.at,
                            )
                        )
            origins = before
    return dict(found)
