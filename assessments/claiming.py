"""What a claim needs beside its unit: numbers, a basis, and what to look at again. Pure: no rows, no clock.

Source: all units signed off, no open action, appeal or case, names and numbers complete, registered before decisions,
rule of combination satisfied; without direct claim status the external verifier authorises (domain rules 54, 55).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from assessments.enums import ClaimBasis, UnitStatus, Verb
from assessments.rules import Person, is_administrator
from assessments.workflow import Reason, UnitFacts, unit_refusals


@dataclass(frozen=True)
class ClaimFacts:
    """A candidate's unit as a claim sees it: the unit, and what is known of its candidate and of the registration."""

    unit: UnitFacts
    candidate_id: int
    candidate: str
    body: str
    numbers: Sequence[str]
    registered_on: datetime.date | None
    first_decided_on: datetime.date | None


@dataclass(frozen=True)
class Basis:
    """On what a centre claims, and the report or authorisation it rests on."""

    kind: ClaimBasis
    reference: str


def claim_refusals(person: Person, facts: ClaimFacts) -> list[Reason]:
    """Why the unit cannot be claimed now, every reason; nothing when it can. What it is claimed on: `basis_refusals`.

    What whoever asks or the status forbids stands alone, as for every verb.
    """
    found = unit_refusals(Verb.CLAIM, person, facts.unit)
    theirs = is_administrator(person, facts.unit.people)
    if not theirs or facts.unit.status not in (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED):
        return found
    return [*found, *number_refusals(facts.candidate_id, facts.candidate, facts.body, facts.numbers)]


def number_refusals(candidate_id: int, candidate: str, body: str, numbers: Sequence[str]) -> list[Reason]:
    """An awarding body must know for certain whom it certificates (Ofqual G5.1)."""
    if any(numbers):
        return []
    sentence = (
        f"{candidate} has no number by which {body} knows them: record the candidate or registration number, or a "
        "learner number."
    )
    return [Reason(sentence, "candidate", candidate_id)]


def claim_warnings(facts: ClaimFacts) -> list[str]:
    """What to look at again before a claim, though it stops nothing: registration comes before decisions."""
    if facts.registered_on is None:
        return [f"The day on which {facts.candidate} was registered with {facts.body} is not on record."]
    if facts.first_decided_on and facts.first_decided_on < facts.registered_on:
        return [
            f"{facts.candidate} was registered on {facts.registered_on:%-d %B %Y}, after the first decision on "
            f"{facts.first_decided_on:%-d %B %Y}."
        ]
    return []


def basis_refusals(direct: str, why_not: str, authorisation: str) -> list[str]:
    """Why there is nothing to claim on: no direct claim status (`direct` is its report), and no authorisation."""
    if direct or authorisation.strip():
        return []
    return [f"{why_not} Give the reference of the external verifier’s authorisation."]


def basis_of(direct: str, authorisation: str) -> Basis:
    """What is claimed on where nothing is refused: an authorisation that is given, else direct claim status."""
    if authorisation.strip():
        return Basis(ClaimBasis.AUTHORISED, authorisation.strip())
    return Basis(ClaimBasis.DIRECT, direct)
