"""What every verb of an item does around its own act: lock it with its units, and write it in the book."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.actions.journey import lock
from assessments.models import Enrolment, EvidenceVersion
from assessments.queries.evidence import enrolments_of, item_facts
from assessments.workflow import ItemFacts
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal


@dataclass(frozen=True)
class LockedItem:
    """A version as it is now, with the enrolments a verb touches locked, and the facts its refusals rest on.

    `enrolments` are those the item is mapped to and those it is about to be mapped to; `facts` know only the former.
    """

    version: EvidenceVersion
    enrolments: dict[int, Enrolment]
    facts: ItemFacts


def lock_item(version: EvidenceVersion, more: Iterable[int] = ()) -> LockedItem:
    """The version with every enrolment it touches locked, then itself. `more` are enrolments to be mapped to.

    Raises Refusal when somebody mapped the item to a further unit in between.
    """
    touched = {enrolment.pk for enrolment in enrolments_of(version.evidence_id)}
    enrolments = lock(touched | set(more))
    rows = EvidenceVersion.objects.select_related("evidence__candidate", "evidence__centre")
    version = rows.select_for_update(of=("self",)).get(pk=version.pk)
    mapped = {enrolment.pk for enrolment in enrolments_of(version.evidence_id)}
    if not mapped <= set(enrolments):
        raise Refusal(["Somebody else has just mapped this item: look at it again."])
    return LockedItem(version, enrolments, item_facts(version, [enrolments[pk] for pk in sorted(mapped)]))


def told(verb: str, version: EvidenceVersion, by: User, at: datetime.datetime, details: dict[str, JSON]) -> None:
    """Write what was done with an item in the book."""
    evidence = version.evidence
    audit.record(verb=verb, by=by, at=at, subject=evidence, centre=evidence.centre, details={**details})
