"""Who can hold which part of a candidate's unit, and why not: beside the unit's own journey, as `verifying` is.

Sentences as in `workflow`: the same ones are shown before the button is pressed and raised by the action.
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assessments.enums import AllocatedAs, UnitStatus
from portfolio.enums import Role
from portfolio.rules import VERIFYING

STANDING = (UnitStatus.CLAIMED, UnitStatus.CERTIFICATED, UnitStatus.REVOKED, UnitStatus.WITHDRAWN)
"""Where a unit's allocations stand for good."""

HOLDS = {
    AllocatedAs.ASSESSOR: frozenset({Role.ASSESSOR}),
    AllocatedAs.COUNTERSIGNER: frozenset({Role.ASSESSOR}),
    AllocatedAs.VERIFIER: frozenset(VERIFYING),
}
"""The roles that each part asks for: one of them."""

PAIR = (AllocatedAs.ASSESSOR, AllocatedAs.COUNTERSIGNER)
NO_AWARD_YET = "holds no assessor's award yet: name a qualified countersigner"
"""Said of an assessor where they are chosen, and where they were named alone."""
IN_THE_PART = {
    AllocatedAs.ASSESSOR: "assess",
    AllocatedAs.COUNTERSIGNER: "countersign",
    AllocatedAs.VERIFIER: "verify",
}


@dataclass(frozen=True)
class Colleague:
    """Somebody who may work on a unit, as they stand at the centre on the day.

    `aimed_at` is the day by which they were to hold an assessor's award, while they hold none.
    """

    user_id: int
    name: str
    roles: frozenset[str]
    qualified: bool
    aimed_at: datetime.date | None = None


Parts = Mapping[AllocatedAs, Colleague | None]


@dataclass(frozen=True)
class Hands:
    """A unit, who is named on it, and whose hand was in it so far."""

    status: UnitStatus
    centre: str
    candidate_user_id: int
    parts: Parts
    judged: frozenset[int] = frozenset()
    verified: frozenset[int] = frozenset()
    witnesses: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    interested: frozenset[int] = frozenset()
    next: Colleague | None = None
    """Whoever may be named next."""


def allocation_refusals(hands: Hands, part: AllocatedAs, *, despite: str) -> list[str]:
    """Why the part of the unit cannot be given to whoever may be named next, or to nobody; empty when it can.

    `despite` says why a conflict of interest cannot be avoided.
    """
    to = hands.next
    if hands.status in STANDING:
        return [f"The unit is “{hands.status.label}”: its allocations stand."]
    if to is None and part != AllocatedAs.COUNTERSIGNER:
        return ["A unit always has an assessor and a verifier."]
    before = hands.parts[part]
    if (before and before.user_id) == (to and to.user_id):
        return [f"{to.name if to else 'Nobody'} holds this part already."]
    parts = {**hands.parts, part: to}
    return [
        *team_refusals(hands.centre, hands.candidate_user_id, parts, [part]),
        *interest_refusals(parts, [part], hands.interested, despite=despite),
        *_history_refusals(hands, part, to),
    ]


def team_refusals(centre: str, candidate_user_id: int, parts: Parts, given: Collection[AllocatedAs]) -> list[str]:
    """Why these people cannot work on a candidate's unit together, where these parts are being given out."""
    assessor, countersigner = parts[AllocatedAs.ASSESSOR], parts[AllocatedAs.COUNTERSIGNER]
    named = [person.user_id for person in parts.values() if person]
    sentences = []
    if candidate_user_id in named:
        sentences.append("Nobody can be assessor, countersigner or verifier of their own unit.")
    if len(set(named)) < len(named):
        sentences.append("Assessor, countersigner and verifier must be three different people.")
    for part in given:
        person = parts[part]
        if person and not person.roles & HOLDS[part]:
            role = part.label.lower()
            sentences.append(f"{person.name} does not hold the role of {role} at {centre}: grant it first.")
    if AllocatedAs.COUNTERSIGNER in given and countersigner and not countersigner.qualified:
        sentences.append(f"{countersigner.name} holds no assessor's award, so cannot countersign.")
    if assessor and not countersigner and not assessor.qualified and {*given} & {*PAIR}:
        sentences.append(f"{assessor.name} {NO_AWARD_YET}.")
    return sentences


def interest_refusals(
    parts: Parts, given: Collection[AllocatedAs], interested: Collection[int], *, despite: str
) -> list[str]:
    """Why a conflict of interest keeps somebody from a part that is being given out.

    Nobody assesses with a personal interest in the result; where that cannot be avoided, another person scrutinises
    what they say (Ofqual A4.5 and A4.6): the countersigner, who has no such interest. Nobody scrutinises a
    countersigner or a verifier, so these have none.
    """
    assessor, second = parts[AllocatedAs.ASSESSOR], parts[AllocatedAs.COUNTERSIGNER]
    sentences = []
    for part in given:
        person = parts[part]
        if person and part != AllocatedAs.ASSESSOR and person.user_id in interested:
            sentences.append(
                f"{person.name} has a conflict of interest with the candidate, so cannot {IN_THE_PART[part]} this unit."
            )
    if assessor is None or assessor.user_id not in interested or not {*given} & {*PAIR}:
        return sentences
    conflict = f"{assessor.name} has a conflict of interest with the candidate: "
    if second is None:
        sentences.append(
            f"{conflict}choose somebody else, or name a countersigner first, who reviews every decision of theirs."
        )
    elif AllocatedAs.ASSESSOR in given and not despite.strip():
        sentences.append(
            f"{conflict}choose somebody else, or say why that cannot be avoided. {second.name} then reviews every "
            "decision of theirs, and none counts before that."
        )
    return sentences


def allocation_warnings(parts: Parts, day: datetime.date) -> list[str]:
    """What whoever allocates should know of these people, though it stops nothing."""
    return [
        f"{person.name} was to hold an assessor's award by {person.aimed_at:%-d %B %Y}: that day has passed. Until the "
        "award is on record, everything they decide waits for a countersignature."
        for part, person in parts.items()
        if part in PAIR and person and person.aimed_at and person.aimed_at < day
    ]


def _history_refusals(hands: Hands, part: AllocatedAs, to: Colleague | None) -> list[str]:
    """Why what happened in the unit so far keeps somebody from a part of it."""
    if to is None:
        if hands.status == UnitStatus.AWAITING_COUNTERSIGNATURE:
            return ["The unit waits for its countersigner: name another one."]
        return []
    if part == AllocatedAs.VERIFIER and to.user_id in hands.judged:
        return [f"{to.name} has judged in this unit, so somebody else must verify it."]
    if part == AllocatedAs.VERIFIER and to.user_id in hands.witnesses:
        return [f"{to.name} is a witness in this unit, so somebody else must verify it."]
    if part == AllocatedAs.VERIFIER and to.user_id in hands.authors:
        return [f"{to.name} made a record or devised questions in this unit, so somebody else must verify it."]
    if part != AllocatedAs.VERIFIER and to.user_id in hands.verified:
        return [f"{to.name} has sampled or verified this unit, so somebody else must judge it."]
    return []
