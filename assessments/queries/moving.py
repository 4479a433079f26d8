"""New versions of units: what became of each criterion, whose evidence would come along, and why somebody stays."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from assessments.allocating import Colleague, interest_refusals, team_refusals
from assessments.enums import AllocatedAs, ItemStatus, Setting, UnitStatus, Verb, Verdict
from assessments.models import (
    Action,
    Allocation,
    Enrolment,
    EnrolmentQuerySet,
    Registration,
    Sample,
    VersionMap,
    VersionMove,
)
from assessments.models import Mapping as MappedTo
from assessments.queries.allocation import PARTS, colleagues, interested_in
from assessments.queries.enrolment import bare_facts
from assessments.queries.evidence import forbidden_setting
from assessments.queries.leaves import WORDS
from assessments.queries.marks import Decided, Mapped, decided_in, in_force, mapped_with_drafts
from assessments.queries.office import units_offered
from assessments.rules import Person
from assessments.workflow import ITEM_FROZEN, Named, UnitFacts, unit_refusals
from portfolio.differences import Piece
from portfolio.models import Centre
from units.comparing import Line, Worded, both, matched, plain
from units.keys import specification_of
from units.models import Criterion, Qualification, Unit, UnitQuerySet
from units.queries import Leaf, RequirementWords, leaves_by_unit, requirement_trees

NOT_MAPPED = "Record first what became of each criterion."
SIMULATED = "a simulation counts only for what was approved before it, and that was the earlier version."
PAST = "The target date has passed: give a new one."


# --- which versions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewVersion:
    """A unit that candidates are enrolled on, and a later version that the centre may offer."""

    earlier: Unit
    later: Unit
    collecting: int
    beyond: int
    """How many are past collecting, and finish in the version they are on."""
    map: VersionMap | None
    moved: int


def new_versions(centre: Centre) -> list[NewVersion]:
    """Every unit with candidates at work, beside each later version in use. Four queries."""
    counted = {
        row["unit"]: (row["collecting"], row["beyond"])
        for row in Enrolment.objects.filter(centre=centre)
        .exclude(status=UnitStatus.WITHDRAWN)
        .order_by()
        .values("unit")
        .annotate(
            collecting=Count("pk", filter=Q(status=UnitStatus.COLLECTING)),
            beyond=Count("pk", filter=~Q(status=UnitStatus.COLLECTING)),
        )
    }
    here = Unit.objects.known_at(centre).published().filter(Q(pk__in=counted) | Q(pk__in=units_offered(centre)))
    units = list(here.select_related("awarding_body").order_by("short_code", "version", "pk"))
    offered = {unit.pk for unit in units}
    maps = {(row.earlier_id, row.later_id): row for row in VersionMap.objects.filter(centre=centre).order_by("pk")}
    moved = VersionMove.objects.filter(map__centre=centre).order_by()
    moves: dict[tuple[int, int], int] = defaultdict(int)
    for pair in moved.values_list("map__earlier", "map__later"):
        moves[pair] += 1
    return [
        NewVersion(
            earlier,
            later,
            *counted.get(earlier.pk, (0, 0)),
            map=maps.get((earlier.pk, later.pk)),
            moved=moves[earlier.pk, later.pk],
        )
        for earlier in units
        for later in units
        if later.pk in offered and follows(earlier, later) and (earlier.pk in counted or moves[earlier.pk, later.pk])
    ]


def follows(earlier: Unit, later: Unit) -> bool:
    """Whether the one is a later version of the other's specification."""
    return specification_of(earlier.key) == specification_of(later.key) and later.version > earlier.version


def both_versions(centre: Centre, units: UnitQuerySet) -> UnitQuerySet:
    """The units, each with whether it is `offered` at the centre: what `version_refusals` reads."""
    return units.annotate(offered=Exists(Unit.objects.offered_at(centre).filter(pk=OuterRef("pk"))))


def version_refusals(centre: Centre, earlier: Unit, later: Unit) -> list[str]:
    """Why nobody goes from the one unit to the other at this centre. A query, where the later one does not come with
    whether it is `offered`."""
    if not follows(earlier, later):
        return [f"{later.offered_as} is no later version of {earlier.short_code}."]
    if "offered" not in vars(later):
        later = both_versions(centre, Unit.objects.filter(pk=later.pk)).get()
    if not vars(later)["offered"]:
        return [f"{centre} does not offer {later.offered_as}: it must be published, and its awarding body approve it."]
    return [] if earlier.centre_id in (None, centre.pk) else earlier.refusals_at(centre)


def awards_left(centre: Centre, earlier: Unit, later: Unit) -> list[str]:
    """Awards that candidates on the earlier version are registered for, and that do not list the later one: what they
    show for it would count there no more. One query."""
    listed = Qualification.objects.filter(listed_units__unit=later).values("pk")
    there = Enrolment.objects.filter(unit=earlier, status=UnitStatus.COLLECTING, candidate=OuterRef("candidate"))
    rows = Registration.objects.in_force().filter(Exists(there), centre=centre)
    rows = rows.filter(qualification__listed_units__unit=earlier)
    found = rows.exclude(qualification__in=listed).select_related("qualification").order_by("qualification__title")
    return list(dict.fromkeys(str(row.qualification) for row in found))


# --- what became of each criterion -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Origin:
    """A criterion of the later version, the numbers of those it comes from, and their wordings beside its own."""

    later: Criterion
    numbers: list[str]
    lines: list[Line]

    @property
    def after(self) -> tuple[Piece, ...]:
        """Its words piece by piece, where it comes from one alone and they changed."""
        return self.lines[0].after if len(self.lines) == 1 else ()


@dataclass(frozen=True)
class Origins:
    """All of them; those of the earlier version that nothing comes from; and whether somebody was moved by it."""

    rows: list[Origin]
    dropped: list[Criterion]
    earlier: list[Criterion]
    recorded: VersionMap | None
    stands: bool


def origins(centre: Centre, earlier: Unit, later: Unit) -> Origins:
    """What became of the criteria: as recorded, else as proposed by their wordings. Three queries at most."""
    recorded = recorded_map(centre, earlier, later)
    rows = Criterion.objects.filter(unit__in=(earlier, later)).order_by("position")
    old = [row for row in rows if row.unit_id == earlier.pk]
    new = [row for row in rows if row.unit_id == later.pk]
    pairs = pairs_of(recorded) if recorded else proposed(old, new)
    sources: dict[int, list[Criterion]] = {row.pk: [] for row in new}
    for row in old:
        for target in pairs.get(row.pk, []):
            sources[target].append(row)
    shown = [origin(row, sources[row.pk]) for row in new]
    dropped = [row for row in old if not pairs.get(row.pk)]
    stands = recorded is not None and vars(recorded)["used"]
    return Origins(shown, dropped, old, recorded, stands)


def origin(later: Criterion, sources: list[Criterion]) -> Origin:
    lines = [both(worded(one), worded(later)) for one in sources]
    return Origin(later, [one.number for one in sources], lines)


def recorded_map(centre: Centre, earlier: Unit, later: Unit) -> VersionMap | None:
    """What the centre recorded of the two versions, with whether anybody was moved by it: `used`. One query."""
    used = VersionMove.objects.filter(map__centre=centre, map__earlier=earlier, map__later=later)
    found = VersionMap.objects.between(centre, earlier, later).select_related("by", "earlier", "later")
    return found.annotate(used=Exists(used)).first()


def pairs_of(recorded: VersionMap) -> dict[int, list[int]]:
    """The criteria of the later version by the one of the earlier that they come from, by id. One query."""
    found: dict[int, list[int]] = defaultdict(list)
    for earlier, later in recorded.pairs.order_by("later__position").values_list("earlier_id", "later_id"):
        found[earlier].append(later)
    return dict(found)


def proposed(old: Sequence[Criterion], new: Sequence[Criterion]) -> dict[int, list[int]]:
    """The same by likeness of words: a proposal for a person to look at."""
    found = matched([worded(row) for row in old], [worded(row) for row in new])
    return {old[there].pk: [new[here].pk] for here, there in found.items()}


def worded(row: Criterion) -> Worded:
    return Worded(row.number, row.text)


# --- who goes, and with what -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Going:
    """An item's mapping that comes along: to which criterion of the later version, and whether it waits to be read."""

    mapped: Mapped
    criterion_id: int
    waits: bool


@dataclass(frozen=True)
class ToMove:
    """A candidate's unit: why it cannot be moved, else what comes along and what stays with the earlier version."""

    enrolment: Enrolment
    parts: dict[AllocatedAs, Colleague | None]
    despite: str
    sentences: list[str]
    going: list[Going]
    stays: list[str]
    met: int
    """How many criteria of the later version rest on something that was met before, and is to be confirmed."""

    @property
    def items(self) -> int:
        return len({row.mapped.evidence_id for row in self.going})


def on_version(centre: Centre, unit: Unit) -> EnrolmentQuerySet:
    """The centre's units on this version on which candidates are still at work, by candidate."""
    rows = Enrolment.objects.filter(centre=centre, unit=unit, status__in=(UnitStatus.COLLECTING, UnitStatus.SUSPENDED))
    return rows.order_by("candidate__legal_name", "pk")


def with_hindrances(rows: EnrolmentQuerySet, later: Unit) -> list[Enrolment]:
    """The units with what may keep them: annotations that `to_move` reads. One query."""
    held = Allocation.objects.filter(enrolment=OuterRef("pk"), part=AllocatedAs.ASSESSOR, to_at=None)
    taken = Enrolment.objects.filter(candidate=OuterRef("candidate"), unit=later).exclude(status=UnitStatus.WITHDRAWN)
    return with_what_is_open(
        rows.select_related(*PARTS).annotate(taken=Exists(taken), despite=Subquery(held.values("despite")[:1]))
    )


def with_what_is_open(rows: EnrolmentQuerySet) -> list[Enrolment]:
    """The units with what is still open in them: annotations that `facts_of` reads. One query."""
    action = Action.objects.filter(enrolment=OuterRef("pk"), closed_at=None).order_by("pk")
    return list(
        rows.select_related("candidate__user", "unit", "centre").annotate(
            sample_pk=Subquery(Sample.objects.still_open().filter(enrolment=OuterRef("pk")).values("pk")[:1]),
            action_pk=Subquery(action.values("pk")[:1]),
            action_words=Subquery(action.values("wanted")[:1]),
            item_held=Exists(MappedTo.objects.filter(enrolment=OuterRef("pk"), evidence__frozen_at__isnull=False)),
        )
    )


def to_move(
    enrolments: Sequence[Enrolment],
    later: Unit,
    recorded: VersionMap | None,
    person: Person,
    target_on: datetime.date | None,
    day: datetime.date,
) -> list[ToMove]:
    """Who goes and who stays, of units `with_hindrances` of one centre. Six queries, however many they are."""
    if not enrolments:
        return []
    ids = [row.pk for row in enrolments]
    pairs = pairs_of(recorded) if recorded else {}
    mapped: dict[int, list[Mapped]] = defaultdict(list)
    everything = mapped_with_drafts(ids)
    for mapping in in_force(everything):
        mapped[mapping.enrolment_id].append(mapping)
    decided = {(row.enrolment_id, row.version_id, row.criterion_id): row for row in decided_in(ids)}
    refused = settings_refused(everything, later)
    people = colleagues([getattr(row, part) for row in enrolments for part in PARTS], enrolments[0].centre_id, day)
    interested = interested_in({row.candidate_id for row in enrolments}, people, day)
    found = []
    for row in enrolments:
        parts = {part: people.get(getattr(row, f"{part}_id")) for part in PARTS}
        despite: str = vars(row)["despite"] or ""
        sentences = [
            *([] if recorded else [NOT_MAPPED]),
            *hindrances(row, later, person, target_on, day),
            *team_refusals(str(row.centre), row.candidate_user_id, parts, PARTS),
            *interest_refusals(parts, PARTS, interested[row.candidate_id], despite=despite),
        ]
        going, stays = split(mapped[row.pk], pairs, refused)
        found.append(ToMove(row, parts, despite, sentences, going, stays, met_by(going, decided)))
    return found


def hindrances(
    row: Enrolment, later: Unit, person: Person, target_on: datetime.date | None, day: datetime.date
) -> list[str]:
    """Why the unit as it stands cannot be moved. No query."""
    sentences = [reason.sentence for reason in unit_refusals(Verb.MOVE_ON, person, facts_of(row))]
    if vars(row)["item_held"] and not row.frozen_at:
        sentences.append(ITEM_FROZEN)
    if vars(row)["taken"]:
        sentences.append(f"{row.candidate} is enrolled on {later.offered_as} already.")
    if target_on is None and row.target_on and row.target_on < day:
        sentences.append(PAST)
    return sentences


def facts_of(row: Enrolment) -> UnitFacts:
    found = vars(row)
    return replace(
        bare_facts(row),
        open_sample=Named(found["sample_pk"], "sample") if found["sample_pk"] else None,
        open_actions=(Named(found["action_pk"], found["action_words"]),) if found["action_pk"] else (),
    )


def split(
    mapped: Iterable[Mapped], pairs: Mapping[int, list[int]], refused: Mapping[int, str]
) -> tuple[list[Going], list[str]]:
    """What comes along, and a sentence for each item that stays with the earlier version alone."""
    going: dict[tuple[int, int], Going] = {}
    kept: dict[int, Mapped] = {}
    for row in mapped:
        kept[row.evidence_id] = row
        for criterion in pairs.get(row.criterion_id, []) if row.evidence_id not in refused else ():
            waits = row.status in (ItemStatus.SUBMITTED, ItemStatus.REVIEWED)
            going.setdefault((row.evidence_id, criterion), Going(row, criterion, waits))
    with_us = {evidence for evidence, _ in going}
    stays = [
        f"{row.item}: {refused.get(pk) or 'nothing that it shows is in the new version.'}"
        for pk, row in kept.items()
        if pk not in with_us
    ]
    return list(going.values()), stays


def settings_refused(rows: Iterable[Mapped], later: Unit) -> dict[int, str]:
    """Why items are nothing for the later version, by item: their setting, also that of a draft of the next version."""
    found: dict[int, str] = {}
    for row in rows:
        if forbidden := forbidden_setting(later, row.setting):
            found[row.evidence_id] = forbidden
        elif row.setting == Setting.SIMULATED and row.status != ItemStatus.DRAFT:
            found[row.evidence_id] = SIMULATED
    return found


def met_by(going: Iterable[Going], decided: Mapping[tuple[int, int, int], Decided]) -> int:
    found = set()
    for row in going:
        word = decided.get((row.mapped.enrolment_id, row.mapped.version_id, row.mapped.criterion_id))
        if word and word.verdict == Verdict.MET and word.countersigned is not False:
            found.add(row.criterion_id)
    return len(found)


def same_leaves(earlier: Unit, later: Unit) -> dict[int, int]:
    """Leaves of the evidence requirements that say the same in both versions, all that they stand below included: the
    later by the earlier, by id. One query."""
    rows = [RequirementWords(*row) for row in requirement_trees([earlier.pk, later.pk]).values_list(*WORDS)]
    found = leaves_by_unit(rows)
    whole = {said(leaf): leaf.pk for leaf in found.get(later.pk, [])}
    return {leaf.pk: whole[said(leaf)] for leaf in found.get(earlier.pk, []) if said(leaf) in whole}


def said(leaf: Leaf) -> str:
    return plain(f"{leaf.heading} {leaf.text}")
