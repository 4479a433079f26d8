"""A unit that went on in a new version: where it came from and went to, and what was decided under the earlier one."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from assessments.enums import Verdict
from assessments.models import Enrolment, EvidenceVersion, VersionMove, VersionPair
from assessments.queries.marks import decided_in
from units.comparing import plain


def move_of(enrolment: Enrolment) -> tuple[VersionMove | None, VersionMove | None]:
    """The move that began this enrolment, and the one that ended it. One query."""
    rows = VersionMove.objects.filter(Q(enrolment=enrolment) | Q(earlier=enrolment))
    found = list(rows.select_related("map__earlier", "map__later"))
    began = next((row for row in found if row.enrolment_id == enrolment.pk), None)
    return began, next((row for row in found if row.earlier_id == enrolment.pk), None)


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
    """What was decided of the item before these enrolments were moved, by enrolment and criterion. A query, and
    three more where any of them was."""
    moves = list(VersionMove.objects.filter(enrolment__in=list(enrolment_ids)).select_related("map__earlier"))
    if not moves:
        return {}
    versions = set(EvidenceVersion.objects.filter(evidence=evidence_id).order_by().values_list("pk", flat=True))
    latest = {
        (row.enrolment_id, row.criterion_id): row
        for row in decided_in([move.earlier_id for move in moves])
        if row.version_id in versions
    }
    found: dict[tuple[int, int], list[EarlierWord]] = defaultdict(list)
    pairs = VersionPair.objects.filter(map__in={move.map_id for move in moves}).select_related("earlier", "later")
    for pair in pairs:
        for move in moves:
            word = latest.get((move.earlier_id, pair.earlier_id))
            if move.map_id != pair.map_id or word is None:
                continue
            found[move.enrolment_id, pair.later_id].append(
                EarlierWord(
                    version=move.map.earlier.version,
                    number=pair.earlier.number,
                    text=pair.earlier.text,
                    same=plain(pair.earlier.text) == plain(pair.later.text),
                    verdict=word.verdict,
                    why=word.why,
                    who=word.assessor_name,
                    at=word.at,
                )
            )
    return dict(found)
