"""Which consistency rules are in force, for whom, and since when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.consistency import (
    COUNTED,
    Demand,
    Occasion,
    Rule,
    Scope,
    Shown,
    Standing,
    amount,
    demands,
    in_words,
    more_than_once,
    sentences,
    short_of,
    shown,
    standing,
)
from assessments.enums import Effect
from assessments.models import ConsistencyRule, Enrolment
from assessments.progress import Mark
from assessments.workflow import FallsShort
from portfolio.compiled import compiled
from portfolio.models import Centre, User
from units.models import Criterion, Unit

NAMED = ("awarding_body", "unit", "criterion__unit", "enrolment__unit", "enrolment__candidate")
TOLD = (
    *(field.attname for field in ConsistencyRule._meta.concrete_fields),
    "awarding_body__name",
    "unit__short_code",
    "criterion__number",
    "criterion__unit__short_code",
    "enrolment__unit__short_code",
    "enrolment__candidate__legal_name",
    "enrolment__candidate__known_as",
)
ASKED = ConsistencyRule.objects.in_force().select_related(*NAMED).only(*TOLD).order_by("pk")
"""Rules in force with what is told of them and of whom they are for: a specification is too much to read for each."""
BLOCKING = ConsistencyRule.objects.in_force().filter(centre=OuterRef("centre"), effect=Effect.BLOCK)
"""Of an enrolment: the rules of its centre that may keep a unit from being declared."""
RULED = Exists(ConsistencyRule.objects.in_force().filter(centre=OuterRef("centre")))
"""Of an enrolment: whether its centre has any rule. Annotated as `ruled` it spares the question which."""


def scope_of(rule: ConsistencyRule) -> Scope:
    if rule.enrolment_id:
        return Scope.ENROLMENT_CRITERION if rule.criterion_id else Scope.ENROLMENT
    if rule.criterion_id:
        return Scope.CRITERION
    return Scope.UNIT if rule.unit_id else Scope.AWARDING_BODY


def whose(rule: ConsistencyRule) -> str:
    """What a rule is set for, in words. It comes with the names of that."""
    criterion = rule.criterion
    if rule.enrolment:
        words = f"{rule.enrolment.candidate} in {rule.enrolment.unit.short_code}"
        return f"{words} {criterion.number}" if criterion else words
    if criterion:
        return f"{criterion.unit.short_code} {criterion.number}"
    return rule.unit.short_code if rule.unit else f"all units of {rule.awarding_body}"


def plain(rule: ConsistencyRule) -> Rule:
    """The rule as counting sees it."""
    on = timezone.localtime(rule.set_at)
    return Rule(
        pk=rule.pk,
        scope=scope_of(rule),
        times=rule.times,
        dates=rule.dates,
        kinds=rule.kinds,
        effect=rule.effect,
        criterion_id=rule.criterion_id,
        set_by_id=rule.set_by_id,
        whose=whose(rule),
        said=f"{rule.set_by_name} on {on:%-d %B %Y}: {rule.reason}",
    )


def concerns(rule: ConsistencyRule, unit: Unit, enrolment_id: int | None) -> bool:
    """Whether the rule says anything of this unit, and of this candidate in it."""
    if rule.enrolment_id:
        return rule.enrolment_id == enrolment_id
    if rule.criterion:
        return rule.criterion.unit_id == unit.pk
    return rule.unit_id == unit.pk if rule.unit_id else rule.awarding_body_id == unit.awarding_body_id


def asked_at(centre_ids: Iterable[int], enrolment_ids: Iterable[int] = ()) -> list[ConsistencyRule]:
    """The rules in force at the centres and for these enrolments, with the names of what they are for. One query."""
    return _asked(list(centre_ids), list(enrolment_ids))


@compiled
def _asked(centre_ids: list[int], enrolment_ids: list[int]) -> QuerySet[ConsistencyRule]:
    of_any = Q(enrolment=None) | Q(enrolment__in=enrolment_ids)
    return ASKED.filter(of_any, centre__in=centre_ids)


def rules_for(enrolments: Sequence[Enrolment]) -> dict[int, list[Rule]]:
    """The rules of many enrolments, by enrolment, in one query; in none where it is known that there are none."""
    asked = [row for row in enrolments if getattr(row, "ruled", True)]
    if not asked:
        return {}
    rules = asked_at({row.centre_id for row in asked}, [row.pk for row in asked])
    found: dict[int, list[Rule]] = defaultdict(list)
    for enrolment in asked if rules else ():
        for rule in rules:
            if rule.centre_id == enrolment.centre_id and concerns(rule, enrolment.unit, enrolment.pk):
                found[enrolment.pk].append(plain(rule))
    return dict(found)


# --- what is asked of a unit, and what there is ---------------------------------------------------------------------


@dataclass(frozen=True)
class AskedOf:
    """A criterion of which something is asked, and how often it is shown."""

    criterion: Criterion
    asked: tuple[Demand, ...]
    there: Shown

    @property
    def amount(self) -> str:
        """`shown 1 of 2 times, on 1 of 2 dates`."""
        return f"shown {amount(standing(self.asked, self.there))}"

    @property
    def short(self) -> tuple[Standing, ...]:
        return short_of(self.asked, self.there)


Asked = dict[int, AskedOf]


@dataclass(frozen=True)
class UnmetRule:
    """A rule that is not reached everywhere yet: what it asks, who set it and why, and where it stands how."""

    rule: Rule
    asks: str
    criteria: list[tuple[int, str, str]]
    """Id and number of a criterion, and what there is of it: `1 of 2 times`."""


def asked_and_shown(rules: list[Rule], criteria: Iterable[Criterion], met: Iterable[tuple[int, Occasion]]) -> Asked:
    """What the rules ask of the criteria, in their order, beside what there is. No query."""
    occasions: dict[int, list[Occasion]] = defaultdict(list)
    for pk, occasion in met:
        occasions[pk].append(occasion)
    asked = ((row, more_than_once(demands(rules, row.pk))) for row in criteria) if rules else ()
    return {row.pk: AskedOf(row, found, shown(occasions[row.pk])) for row, found in asked if found}


def counted(rules: list[Rule], criteria: Iterable[Criterion], pairs: Iterable[tuple[Any, Mark]]) -> Asked:
    """The same, of items mapped to criteria with their marks: met counts, countersigned or yet to be."""
    met = (
        (row.criterion_id, Occasion(row.activity_on, row.kind)) for row, mark in pairs if mark.accepted or mark.pending
    )
    return asked_and_shown(rules, criteria, met)


def falling_short(asked: Asked) -> tuple[FallsShort, ...]:
    """The criteria that are shown less often than asked, once for each rule, in the unit's order."""
    return tuple(
        FallsShort(pk, sentence, blocks)
        for pk, row in asked.items()
        for sentence, blocks in sentences(row.criterion.number, row.short)
    )


def unmet_rules(asked: Asked) -> list[UnmetRule]:
    """The rules that are not reached, each with the criteria it is not reached in."""
    found: dict[int, UnmetRule] = {}
    for pk, row in asked.items():
        by_rule: dict[int, list[Standing]] = defaultdict(list)
        for short in row.short:
            by_rule[short.demand.rule.pk].append(short)
        for key, group in by_rule.items():
            rule = group[0].demand.rule
            least = {counted: rule.least(counted) for counted in COUNTED}
            unmet = found.setdefault(key, UnmetRule(rule, in_words(least), []))
            unmet.criteria.append((pk, row.criterion.number, amount(group)))
    return list(found.values())


# --- the pages where they are set ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleLine:
    """A rule in a list: what it is for, and what it asks."""

    rule: ConsistencyRule
    whose: str
    asks: str


@dataclass(frozen=True)
class EffectiveRow:
    """A criterion of a unit, and what is asked of it: each with the rule it comes from."""

    criterion: Criterion
    asked: tuple[Demand, ...]

    @property
    def demands(self) -> list[tuple[str, str, str]]:
        """What is asked in words, what it does, and the rule it comes from."""
        return [
            (
                in_words({each.counted: each.least}),
                "blocks" if each.rule.blocks else "warns",
                each.rule.whose,
            )
            for each in self.asked
        ]


def rules_of(centre: Centre, user: User) -> "QuerySet[ConsistencyRule]":
    """The centre's rules, those in force first, the newest first."""
    seen = ConsistencyRule.objects.visible_to(user).filter(centre=centre)
    return seen.select_related(*NAMED).order_by(F("ended_at").desc(nulls_first=True), "-pk")


def rules_of_candidate(enrolment: Enrolment) -> "QuerySet[ConsistencyRule]":
    """What is asked of one candidate alone."""
    return ConsistencyRule.objects.in_force().filter(enrolment=enrolment).select_related(*NAMED)


def rule_lines(rules: Iterable[ConsistencyRule]) -> list[RuleLine]:
    """Rules that come with the names of what they are for. No query."""
    return [RuleLine(row, whose(row), asks(row)) for row in rules]


def asks(rule: ConsistencyRule) -> str:
    """What the rule asks for, in words."""
    return in_words({counted: getattr(rule, counted) for counted in COUNTED})


def effective(centre_id: int, unit: Unit, enrolment: Enrolment | None = None) -> list[EffectiveRow]:
    """What is asked of each criterion of a unit at the centre, or of one candidate in it. Two queries."""
    own = [enrolment.pk] if enrolment else []
    rules = [plain(row) for row in asked_at([centre_id], own) if concerns(row, unit, next(iter(own), None))]
    return [EffectiveRow(row, demands(rules, row.pk)) for row in Criterion.objects.filter(unit=unit)]
