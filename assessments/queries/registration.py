"""How far candidates are to the whole awards they are registered for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.enums import Layer, UnitStatus
from assessments.models import AchievedElsewhere, Enrolment, Registration, RegistrationQuerySet
from assessments.queries.enrolment import CONFIRMED
from portfolio import compiled as questions
from portfolio.compiled import compiled
from portfolio.models import User
from units.combination import Listed, Standing, standing_of
from units.completing import Way
from units.models import Qualification, Unit
from units.qualifications import GroupLine, Parts, asks_of, parts_of

NOT_BEGUN, UNDER_WAY, DONE = "Not begun", "Under way", "Done"
TO_BE_VERIFIED = f"{UNDER_WAY}: signed off, to be verified"
COLUMNS = ("candidate", "unit", "status")


@dataclass(frozen=True)
class Wanted:
    """Which registrations of a list are asked for."""

    search: str = ""
    qualification: int | None = None


@dataclass(frozen=True)
class AwardUnit:
    """A unit of an award, and how far its candidate is in it: done, here or elsewhere, under way, not begun."""

    unit: Unit
    layer: Layer
    words: str
    enrolment_id: int | None = None
    counts: bool = True
    elsewhere: AchievedElsewhere | None = None


@dataclass(frozen=True)
class AwardGroup:
    """A group of an award's units."""

    line: GroupLine
    units: list[AwardUnit]


@dataclass(frozen=True)
class AwardLine:
    """A registration in a list: how many units of the award are done and under way, and whether that is enough."""

    registration: Registration
    done: int
    under_way: int
    not_begun: int
    standing: Standing
    to_be_verified: frozenset[int]
    """Units signed off that count once they are verified."""
    elsewhere: Mapping[int, AchievedElsewhere]
    """Units that count because they were achieved elsewhere, by unit."""

    @property
    def done_words(self) -> str:
        return f"{self.done} done"

    @property
    def under_way_words(self) -> str:
        return f"{self.under_way} under way"

    @property
    def not_begun_words(self) -> str:
        return f"{self.not_begun} not begun"


@dataclass(frozen=True)
class AwardPage:
    """How far a candidate is to a whole award, unit by unit, what is missing, and what would complete it."""

    line: AwardLine
    groups: list[AwardGroup]
    ways: list[list[str]]
    """Each way in words, choice by choice."""
    to_begin: list[Unit]
    """Units of the ways shown that are not begun: to enrol on."""
    not_of_it: list[AchievedElsewhere]
    """What was achieved elsewhere and is none of the units that the award lists."""


def registrations(user: User, wanted: Wanted) -> RegistrationQuerySet:
    """Those that exist for the person and are in force, by candidate."""
    found = Registration.objects.all_visible_to(user).in_force()
    if wanted.search:
        names = Q(candidate__legal_name__icontains=wanted.search) | Q(candidate__known_as__icontains=wanted.search)
        found = found.filter(names | Q(number__iexact=wanted.search))
    if wanted.qualification:
        found = found.filter(qualification=wanted.qualification)
    whole = found.select_related("candidate", "qualification__publication", "centre")
    return knowing(whole).order_by("candidate__legal_name", "pk")


def registrations_listed(user: User, wanted: Wanted) -> RegistrationQuerySet | questions.Listed[Registration]:
    """`registrations` as their page lists them."""
    return registrations(user, wanted) if wanted.search else _listed.listed(user, wanted.qualification or None)


@compiled
def _listed(user: User, qualification: int | None) -> QuerySet[Registration]:
    return registrations(user, Wanted("", qualification))


@compiled
def qualifications_registered(user: User) -> QuerySet[Qualification, Any]:
    """What to narrow the list by."""
    ids = Registration.objects.all_visible_to(user).in_force().order_by().values("qualification")
    return Qualification.objects.filter(pk__in=ids).order_by("title", "version").values_list("pk", "title")


def award_lines(rows: Iterable[Registration]) -> list[AwardLine]:
    """How far each is, in four queries however many there are, and one more where anybody achieved a unit elsewhere."""
    known = list(rows)
    if not known:
        return []
    parts, taken, brought = parts_of(row.qualification for row in known), units_taken(known), brought_along(known)
    return [award_line(row, parts, taken[row.candidate_id], brought[row.candidate_id]) for row in known]


def own_awards(user: User) -> list[AwardLine]:
    """A candidate's own; one query for who is registered for none."""
    found = knowing(Registration.objects.filter(candidate__user=user).in_force())
    return award_lines(found.select_related("candidate", "qualification__publication").order_by("registered_on", "pk"))


def award_page(registration: Registration) -> AwardPage:
    """All that its page shows, in five queries. Give it with its candidate and its qualification."""
    parts, taken = parts_of([registration.qualification]), units_taken([registration])[registration.candidate_id]
    brought = brought_along([registration])[registration.candidate_id]
    line = award_line(registration, parts, taken, brought)
    units = parts.units[registration.qualification_id]
    groups = []
    for group in parts.groups[registration.qualification_id]:
        listed = [row.unit for row in units if row.group_id == group.pk]
        groups.append(
            AwardGroup(
                GroupLine(group, asks_of(group), listed),
                [award_unit(unit, taken.get(unit.pk), line) for unit in listed],
            )
        )
    named = {unit.pk for way in line.standing.shown_ways for choice in way.choices for unit in choice.of}
    return AwardPage(
        line=line,
        groups=groups,
        ways=[way_in_words(way, [row.unit_id for row in units]) for way in line.standing.shown_ways],
        to_begin=[row.unit for row in units if row.unit_id in named and row.unit_id not in taken],
        not_of_it=[row for row in brought if row.unit_id not in {listed.unit_id for listed in units}],
    )


def way_in_words(way: Way[Listed], order: list[int]) -> list[str]:
    """`CC16`, `2 of D20, CC32 and CC26`, in the order in which the award lists units."""
    words = []
    for choice in sorted(way.choices, key=lambda choice: order.index(choice.of[0].pk)):
        codes = [unit.code for unit in choice.of]
        words += codes if choice.all_of_them else [f"{choice.count} of {', '.join(codes)}"]
    return words


# --- inside ----------------------------------------------------------------------------------------------------------


def units_taken(rows: Iterable[Registration]) -> Mapping[int, dict[int, Enrolment]]:
    """By candidate and unit, the enrolment that was not withdrawn. One query."""
    found: dict[int, dict[int, Enrolment]] = defaultdict(dict)
    for enrolment in _taken([row.candidate_id for row in rows]):
        found[enrolment.candidate_id][enrolment.unit_id] = enrolment
    return found


@compiled
def _taken(candidates: list[int]) -> QuerySet[Enrolment]:
    taken = Enrolment.objects.filter(candidate__in=candidates).exclude(status=UnitStatus.WITHDRAWN)
    return taken.only(*COLUMNS).annotate(confirmed=CONFIRMED).order_by()


def knowing(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Each with `brought`: whether its candidate achieved anything elsewhere. Few did, and for the rest nobody asks."""
    there = AchievedElsewhere.objects.filter(transfer__candidate=OuterRef("candidate"), taken_back_at=None)
    return rows.annotate(brought=Exists(there))


def brought_along(rows: Iterable[Registration]) -> Mapping[int, list[AchievedElsewhere]]:
    """By candidate, what they achieved where they came from and was not taken back. One query where anybody did."""
    found: dict[int, list[AchievedElsewhere]] = defaultdict(list)
    candidates = [row.candidate_id for row in rows if vars(row).get("brought", True)]
    for row in _brought(candidates) if candidates else ():
        found[row.transfer.candidate_id].append(row)
    return found


@compiled
def _brought(candidates: list[int]) -> QuerySet[AchievedElsewhere]:
    found = AchievedElsewhere.objects.filter(transfer__candidate__in=candidates, taken_back_at=None)
    return found.select_related("transfer").order_by("achieved_on", "pk")


def award_line(
    row: Registration, parts: Parts, taken: Mapping[int, Enrolment], brought: Iterable[AchievedElsewhere]
) -> AwardLine:
    """What is done here counts before what was achieved elsewhere: it is claimed by this centre.

    A unit is done once what is accepted in it is confirmed.
    """
    structure = parts.structure(row.qualification)
    here = {pk for pk, enrolment in taken.items() if vars(enrolment)["confirmed"] and pk in structure.units}
    elsewhere = {one.unit_id: one for one in brought if one.unit_id in structure.units and one.unit_id not in here}
    done = here | elsewhere.keys()
    begun = {pk for pk in taken if pk in structure.units} | done
    return AwardLine(
        registration=row,
        done=len(done),
        under_way=len(begun - done),
        not_begun=len(structure.units) - len(begun),
        standing=standing_of(structure, done),
        to_be_verified=frozenset(
            pk for pk in begun - done if pk in taken and taken[pk].status == UnitStatus.SIGNED_OFF
        ),
        elsewhere={unit: one for unit, one in elsewhere.items() if unit},
    )


def award_unit(unit: Unit, enrolment: Enrolment | None, line: AwardLine) -> AwardUnit:
    standing = line.standing
    if one := line.elsewhere.get(unit.pk):
        said = f"{DONE}: achieved elsewhere"
        here = enrolment.pk if enrolment else None
        return AwardUnit(unit, Layer.CONFIRMED, said, here, unit.pk in standing.counted, one)
    if enrolment is None:
        return AwardUnit(unit, Layer.NOT_STARTED, NOT_BEGUN)
    said = enrolment.get_status_display()
    if vars(enrolment)["confirmed"]:
        return AwardUnit(unit, Layer.CONFIRMED, f"{DONE}: {said.lower()}", enrolment.pk, unit.pk in standing.counted)
    if unit.pk in line.to_be_verified:
        return AwardUnit(unit, Layer.ACCEPTED, TO_BE_VERIFIED, enrolment.pk)
    if enrolment.status == UnitStatus.REVOKED:
        return AwardUnit(unit, Layer.RETURNED, said, enrolment.pk)
    return AwardUnit(unit, Layer.CLAIMED, f"{UNDER_WAY}: {said.lower()}", enrolment.pk)
