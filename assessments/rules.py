"""Who: what a person is to a unit, and the permission table. Pure: no rows, no clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from assessments.enums import Party, Verb
from portfolio.enums import Role
from portfolio.rules import VERIFYING


@dataclass(frozen=True)
class Person:
    """Whoever is asking, as far as the rules care: their roles at the record's centre on the day."""

    user_id: int
    roles: frozenset[str]
    qualified: bool = False


@dataclass(frozen=True)
class People:
    """Who is named on a unit, who has ever judged in it, and who of those who sign in is a witness in it.

    `authors` made a record that is evidence in it, or devised questions asked in one.
    """

    candidate_id: int
    assessor_id: int
    verifier_id: int
    countersigner_id: int | None = None
    deciders: frozenset[int] = frozenset()
    witnesses: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()


PERMISSIONS: dict[Verb, tuple[Party, ...]] = {
    Verb.SUBMIT: (Party.CANDIDATE,),
    Verb.REVIEW: (Party.ASSESSOR,),
    Verb.REPLACE: (Party.CANDIDATE,),
    Verb.MAP_MORE: (Party.CANDIDATE, Party.ASSESSOR),
    Verb.WITHDRAW_ITEM: (Party.CANDIDATE, Party.ASSESSOR),
    Verb.QUARANTINE: (Party.ASSESSOR, Party.ADMINISTRATOR),
    Verb.RELEASE: (Party.ASSESSOR, Party.ADMINISTRATOR),
    Verb.REDACT: (Party.ASSESSOR, Party.ADMINISTRATOR),
    Verb.HAND_OVER: (Party.ASSESSOR,),
    Verb.CORRECT: (Party.ASSESSOR,),
    Verb.ACKNOWLEDGE: (Party.CANDIDATE,),
    Verb.DISPUTE: (Party.CANDIDATE,),
    Verb.DECLARE: (Party.CANDIDATE,),
    Verb.REFER: (Party.ASSESSOR,),
    Verb.SIGN_OFF: (Party.ASSESSOR,),
    Verb.COUNTERSIGN: (Party.COUNTERSIGNER,),
    Verb.HAND_BACK: (Party.COUNTERSIGNER,),
    Verb.VERIFY: (Party.VERIFIER,),
    Verb.SEND_BACK: (Party.VERIFIER,),
    Verb.CLAIM: (Party.ADMINISTRATOR,),
    Verb.UNCLAIM: (Party.ADMINISTRATOR,),
    Verb.CERTIFICATE: (Party.ADMINISTRATOR,),
    Verb.REVOKE: (Party.ADMINISTRATOR,),
    Verb.SUSPEND: (Party.ASSESSOR, Party.ADMINISTRATOR),
    Verb.RESUME: (Party.ASSESSOR, Party.ADMINISTRATOR),
    Verb.WITHDRAW: (Party.CANDIDATE, Party.ADMINISTRATOR),
    Verb.REOPEN: (Party.LEAD_VERIFIER, Party.ADMINISTRATOR),
    Verb.MOVE_ON: (Party.ADMINISTRATOR,),
    Verb.TRANSFER_OUT: (Party.ADMINISTRATOR,),
}


def is_candidate_of(person: Person, people: People) -> bool:
    """The unit is the person's own."""
    return person.user_id == people.candidate_id


def is_assessor_of(person: Person, people: People) -> bool:
    """Named as its assessor, and an assessor of the centre today (SQA: named and recorded for every unit)."""
    return person.user_id == people.assessor_id and Role.ASSESSOR in person.roles


def is_countersigner_of(person: Person, people: People) -> bool:
    """Named as its countersigner, an assessor of the centre today, and qualified (NVQ Code of Practice)."""
    return person.user_id == people.countersigner_id and Role.ASSESSOR in person.roles and person.qualified


def is_verifier_of(person: Person, people: People) -> bool:
    """Named as its verifier, and a verifier of the centre today."""
    verifies = bool(person.roles.intersection(VERIFYING))
    return person.user_id == people.verifier_id and verifies


def is_lead_verifier(person: Person, people: People) -> bool:
    """Leads internal verification at the centre, and the unit is not their own."""
    return Role.LEAD_VERIFIER in person.roles and person.user_id != people.candidate_id


def is_administrator(person: Person, people: People) -> bool:
    """Administers the centre, and the unit is not their own."""
    return Role.ADMINISTRATOR in person.roles and person.user_id != people.candidate_id


PREDICATES = {
    Party.CANDIDATE: is_candidate_of,
    Party.ASSESSOR: is_assessor_of,
    Party.COUNTERSIGNER: is_countersigner_of,
    Party.VERIFIER: is_verifier_of,
    Party.LEAD_VERIFIER: is_lead_verifier,
    Party.ADMINISTRATOR: is_administrator,
}


def parties(person: Person, people: People) -> frozenset[Party]:
    """Everything the person is to the unit."""
    return frozenset(party for party, holds in PREDICATES.items() if holds(person, people))


OVERSEERS = frozenset({Party.VERIFIER, Party.LEAD_VERIFIER, Party.ADMINISTRATOR})
"""Those who account for how a unit was verified."""


def has_decided(person: Person, people: People) -> bool:
    """Nobody verifies his own decision (SQA): whether this person ever judged in the unit, in any part."""
    return person.user_id in people.deciders


def is_witness(person: Person, people: People) -> bool:
    """Nobody verifies evidence whose testimony is their own (SQA): whether this person is a witness in the unit."""
    return person.user_id in people.witnesses


def stands_alone(person: Person, interested: Collection[int]) -> bool:
    """Whether an assessor's word counts by itself: else it waits for a countersignature.

    Not without an assessor's award (NVQ Code of Practice), nor with an interest in the candidate (Ofqual A4.6).
    """
    return person.qualified and person.user_id not in interested


def is_author(person: Person, people: People) -> bool:
    """Nobody verifies what they made or devised themselves (SQA): a record in the unit, or questions asked in it."""
    return person.user_id in people.authors


def may_set_for_centre(person: Person) -> bool:
    """Whether the person says how often the centre asks for a criterion to be shown."""
    return bool(person.roles & {Role.LEAD_VERIFIER, Role.ADMINISTRATOR})


def may_set_for_unit(person: Person, people: People) -> bool:
    """Whether the person says so of one candidate: never of themselves."""
    return bool(parties(person, people) & {Party.ASSESSOR, Party.LEAD_VERIFIER, Party.ADMINISTRATOR})


def relaxes(person: Person, people: People) -> bool:
    """Whether the person may ask less of one candidate: rules apply to everybody unless agreed (Ofqual H5.3)."""
    return Party.LEAD_VERIFIER in parties(person, people)


def in_words(allowed: Iterable[Party]) -> str:
    """`the unit's assessor or a centre administrator`."""
    return " or ".join(party.label for party in allowed)
