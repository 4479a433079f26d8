"""When: the journeys as tables, and the one place that says why a verb is refused.

`unit_refusals` and `item_refusals` return reasons; an empty list means go. The same sentences feed the checklist, the
greyed button and the error.
"""

from collections.abc import Iterable

from assessments.enums import ItemStatus, Party, UnitStatus, Verb
from assessments.rules import Person, in_words, parties
from assessments.workflow.facts import (
    CriterionState,
    FallsShort,
    ItemFacts,
    ItemUnit,
    LeafState,
    Named,
    Reason,
    UnitFacts,
)
from assessments.workflow.item import ITEM_FROZEN, ITEM_NEEDS, item_parties
from assessments.workflow.plan import (
    PLAN_FINAL,
    PLAN_JOURNEY,
    PLAN_OWNER,
    PLAN_STEPS,
    PlanFacts,
    PlannedFacts,
    PlanStep,
    activity_state,
    plan_parties,
    plan_refusals,
    plan_verbs,
)
from assessments.workflow.reading import (
    CANNOT_MEET,
    WHAT_IS_MISSING,
    WHAT_IS_NEEDED,
    WHY_A_RULE_IS_NOT_MET,
    ReadingFacts,
    decide_one,
    reading_refusals,
)
from assessments.workflow.tables import (
    ITEM_FINAL,
    ITEM_JOURNEY,
    ITEM_OWNER,
    ITEM_STEPS,
    SAFEKEEPING,
    SUSPENDABLE,
    UNIT_FINAL,
    UNIT_JOURNEY,
    UNIT_OWNER,
    UNIT_STEPS,
    UNIT_WHILE_FROZEN,
    StatusT,
    Step,
)
from assessments.workflow.unit import UNIT_FROZEN, UNIT_NEEDS, VERIFIER_ALWAYS, went_stale

__all__ = [
    "CANNOT_MEET",
    "ITEM_FINAL",
    "ITEM_FROZEN",
    "ITEM_JOURNEY",
    "ITEM_OWNER",
    "ITEM_STEPS",
    "PLAN_FINAL",
    "PLAN_JOURNEY",
    "PLAN_OWNER",
    "PLAN_STEPS",
    "SAFEKEEPING",
    "SUSPENDABLE",
    "UNIT_FINAL",
    "UNIT_FROZEN",
    "UNIT_JOURNEY",
    "UNIT_OWNER",
    "UNIT_STEPS",
    "UNIT_WHILE_FROZEN",
    "VERIFIER_ALWAYS",
    "WHAT_IS_MISSING",
    "WHAT_IS_NEEDED",
    "WHY_A_RULE_IS_NOT_MET",
    "CriterionState",
    "FallsShort",
    "ItemFacts",
    "ItemUnit",
    "LeafState",
    "Named",
    "PlanFacts",
    "PlanStep",
    "PlannedFacts",
    "ReadingFacts",
    "Reason",
    "Step",
    "UnitFacts",
    "activity_state",
    "decide_one",
    "item_parties",
    "item_refusals",
    "open_to",
    "plan_parties",
    "plan_refusals",
    "plan_verbs",
    "reading_refusals",
    "unit_needs",
    "unit_refusals",
    "went_stale",
]


def unit_refusals(verb: Verb, person: Person, facts: UnitFacts) -> list[Reason]:
    """Why this person cannot do this to the unit now. Empty: go."""
    step = UNIT_STEPS[verb]
    if refused := _who(step, parties(person, facts.people)):
        return refused
    if facts.status not in step.sources:
        return [Reason(_when("unit", facts.status, step.phrase, step.sources), "unit", facts.enrolment_id)]
    return unit_needs(verb, person, facts)


def unit_needs(verb: Verb, person: Person, facts: UnitFacts) -> list[Reason]:
    """What the verb still needs, whoever asks and whenever: the panel of missing things.

    While the centre's office holds the unit it says that and no more, to whoever asks (domain rule 60).
    """
    if facts.frozen and verb not in UNIT_WHILE_FROZEN:
        return [Reason(UNIT_FROZEN, "unit")]
    return list(UNIT_NEEDS[verb](person, facts) if verb in UNIT_NEEDS else ())


def item_refusals(verb: Verb, person: Person, facts: ItemFacts) -> list[Reason]:
    """Why this person cannot do this to the version of the item now. Empty: go."""
    step = ITEM_STEPS[verb]
    if refused := _who(step, item_parties(person, facts)):
        return refused
    if facts.replaced and verb not in SAFEKEEPING:
        return [Reason("A newer version of this item has been handed in.", "item", facts.version_id)]
    if facts.status not in step.sources:
        return [Reason(_when("item", facts.status, step.phrase, step.sources), "item", facts.version_id)]
    if facts.is_frozen:
        return [Reason(ITEM_FROZEN, "unit")]
    return list(ITEM_NEEDS[verb](person, facts) if verb in ITEM_NEEDS else ())


def open_to(person: Person, facts: UnitFacts) -> list[Verb]:
    """The verbs that are this person's turn at the unit's status, in the table's order: what gets a button."""
    mine = parties(person, facts.people)
    return [step.verb for step in UNIT_JOURNEY if mine & set(step.turn) and facts.status in step.sources]


def _who(step: Step[StatusT], found: frozenset[Party]) -> list[Reason]:
    if found & set(step.turn):
        return []
    return [Reason(f"Only {in_words(step.turn)} can {step.phrase}.")]


def _when(noun: str, status: UnitStatus | ItemStatus, phrase: str, sources: Iterable[UnitStatus | ItemStatus]) -> str:
    wanted = " or ".join(f"“{source.label}”" for source in sources)
    return f"The {noun} is “{status.label}”. To {phrase}, it must be {wanted}."
