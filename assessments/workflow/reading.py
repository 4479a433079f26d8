"""What a reading of an item needs before it is saved, beyond the right person at the right status.

The page says these sentences beside what they are about; the verb refuses with the same ones.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from assessments.enums import Verdict

DECIDE_ONE = "Decide at least one criterion, or return the item with feedback."
DECIDE_ONE_OF_A_RECORD = "Decide at least one criterion."
WHY_A_RULE_IS_NOT_MET = "Say why the evidence is not valid, authentic, current or sufficient."
CANNOT_MEET = "Evidence that is not valid, authentic and current cannot meet a criterion."
WHAT_IS_MISSING = "Tell the candidate what is missing before you return the item."
NEVER_RETURNED = "An assessor made this record: it is corrected by them, or withdrawn, but never returned."
WHAT_IS_NEEDED = "Say what is still needed for each criterion that is not met."


@dataclass(frozen=True)
class ReadingFacts:
    """What somebody says of an item. `elsewhere` is where it is held and was not seen, if it is."""

    usable: bool
    """Whether it is valid, authentic and current."""
    sufficient: bool
    remarks: str
    verdicts: Collection[str]
    feedback: str
    returned: bool
    of_a_record: bool = False
    elsewhere: str = ""


def decide_one(*, of_a_record: bool) -> str:
    """The least a reading says. What an assessor made is never returned."""
    return DECIDE_ONE_OF_A_RECORD if of_a_record else DECIDE_ONE


def reading_refusals(facts: ReadingFacts) -> Iterable[str]:
    """Why this reading cannot be saved, whatever its criteria. Nothing: go."""
    if not (facts.usable and facts.sufficient) and not facts.remarks.strip():
        yield WHY_A_RULE_IS_NOT_MET
    if Verdict.MET in facts.verdicts:
        if not facts.usable:
            yield CANNOT_MEET
        if facts.elsewhere:
            yield f"Confirm that you have seen the evidence at {facts.elsewhere}."
    if facts.returned and facts.of_a_record:
        yield NEVER_RETURNED
    if facts.returned and not facts.feedback.strip():
        yield WHAT_IS_MISSING
    if not facts.returned and not facts.verdicts:
        yield decide_one(of_a_record=facts.of_a_record)
