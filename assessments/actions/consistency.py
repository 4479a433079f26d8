"""Verbs of consistency: what a centre asks for, and that it asks for it no longer."""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from django.db import transaction

from assessments.actions.journey import lock_one, person, require
from assessments.consistency import Rule, Scope, demands, is_laxer
from assessments.models import ConsistencyRule, Enrolment
from assessments.queries.consistency import asked_at, concerns, plain
from assessments.queries.enrolment import people_of, staff_name
from assessments.rules import may_set_for_centre, may_set_for_unit, relaxes
from portfolio import audit
from portfolio.actions.checks import refuse_invalid, take_turns
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal
from units.models import AwardingBody, Criterion, Unit

LAXER = "Asking less of a candidate than has been asked of them is for the lead verifier."


@dataclass(frozen=True)
class AskedFor:
    """How often, on how many dates, by how many kinds of evidence; what is None is left to the wider rule."""

    effect: str
    times: int | None = None
    dates: int | None = None
    kinds: int | None = None


@dataclass(frozen=True)
class For:
    """What a rule is set for: one of these, or an enrolment with one of its criteria."""

    awarding_body: AwardingBody | None = None
    unit: Unit | None = None
    criterion: Criterion | None = None
    enrolment: Enrolment | None = None

    @property
    def columns(self) -> dict[str, object]:
        names = ("awarding_body", "unit", "criterion", "enrolment")
        return {name: getattr(self, name) for name in names}


@transaction.atomic
def set_rule(
    *, centre: Centre, what: For, asked: AskedFor, reason: str, by: User, at: datetime.datetime
) -> ConsistencyRule:
    """Ask that criteria be shown so often from now on. A rule for the same thing ends with it, and stays on record.

    For a centre its lead verifier and administrators set it; for one candidate their unit's assessor may too. Raises
    Refusal when somebody but the lead verifier asks less of a candidate than has been asked of them.
    """
    reason = require(reason, "Say why this is asked for.")
    enrolment = lock_one(what.enrolment) if what.enrolment else None
    centre = take_turns(enrolment.centre if enrolment else centre)
    _refuse_strangers(centre, enrolment, by, at)
    name = staff_name(by, centre.pk)
    rule = ConsistencyRule(
        centre=centre, reason=reason, set_by=by, set_by_name=name, set_at=at, **what.columns, **asdict(asked)
    )
    standing = ConsistencyRule.objects.in_force().filter(centre=centre, **_same(what))
    if enrolment and what.criterion and what.criterion.unit_id != enrolment.unit_id:
        raise Refusal([f"{what.criterion.number} is not one of the unit's criteria."])
    if enrolment:
        _refuse_laxer(enrolment, _without(enrolment, standing), rule, by, at)
    replaced = list(standing.values_list("pk", flat=True))
    standing.update(ended_at=at, ended_by=by, end_reason=f"Another rule took its place: {reason}")
    refuse_invalid(rule)
    rule.save()
    details: dict[str, JSON] = {**asdict(asked), "reason": reason, "replaced": replaced}
    audit.record(verb="set_rule", by=by, at=at, subject=rule, centre=centre, details=details)
    return rule


@transaction.atomic
def end_rule(*, rule: ConsistencyRule, reason: str, by: User, at: datetime.datetime) -> ConsistencyRule:
    """Ask for it no longer; what wider rules ask holds again. Raises Refusal as `set_rule` does."""
    reason = require(reason, "Say why this is asked for no longer.")
    enrolment = lock_one(rule.enrolment) if rule.enrolment else None
    centre = take_turns(rule.centre)
    _refuse_strangers(centre, enrolment, by, at)
    standing = ConsistencyRule.objects.in_force().filter(pk=rule.pk)
    if enrolment:
        _refuse_laxer(enrolment, _without(enrolment, standing), None, by, at)
    if standing.update(ended_at=at, ended_by=by, end_reason=reason) != 1:
        raise Refusal(["This rule has ended already."])
    rule.refresh_from_db()
    audit.record(verb="end_rule", by=by, at=at, subject=rule, centre=centre, details={"reason": reason})
    return rule


def _same(what: For) -> dict[str, object]:
    return {name if value else f"{name}__isnull": value or True for name, value in what.columns.items()}


def _refuse_strangers(centre: Centre, enrolment: Enrolment | None, by: User, at: datetime.datetime) -> None:
    asking = person(by, centre.pk, at)
    if enrolment is None and not may_set_for_centre(asking):
        raise Refusal([f"What {centre} asks for is set by its lead verifier or an administrator."])
    if enrolment and not may_set_for_unit(asking, people_of(enrolment)):
        raise Refusal(["What is asked of a candidate is set by their assessor, the lead verifier or an administrator."])


def _without(enrolment: Enrolment, ended: Iterable[ConsistencyRule]) -> list[Rule]:
    """The rules for the candidate's unit that stay in force."""
    gone = {rule.pk for rule in ended}
    return [rule for rule in _in_force(enrolment) if rule.pk not in gone]


def _in_force(enrolment: Enrolment) -> list[Rule]:
    rows = asked_at([enrolment.centre_id], [enrolment.pk])
    return [plain(row) for row in rows if concerns(row, enrolment.unit, enrolment.pk)]


def _refuse_laxer(
    enrolment: Enrolment, staying: list[Rule], added: ConsistencyRule | None, by: User, at: datetime.datetime
) -> None:
    """Raise Refusal where less is asked of the candidate than without what this person set for them themselves."""
    if relaxes(person(by, enrolment.centre_id, at), people_of(enrolment)):
        return
    before = [rule for rule in _in_force(enrolment) if rule.scope < Scope.ENROLMENT or rule.set_by_id != by.pk]
    after = [*staying, replace(plain(added), pk=0)] if added else staying
    for criterion in enrolment.unit.criteria.values_list("pk", flat=True):
        if is_laxer(demands(before, criterion), demands(after, criterion)):
            raise Refusal([LAXER])
