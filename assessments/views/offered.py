"""The verbs that a unit's page offers its reader: those that are their turn, and why some cannot be pressed now.

One that is refused keeps its button, greyed and described by the panel of its reasons.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.enums import Verb
from assessments.queries.claimable import award_resting_on, numbers_lacking
from assessments.queries.record import UnitPage
from assessments.views.asking import linked
from assessments.workflow import UNIT_STEPS, Reason, unit_refusals

NEXT_PANEL = "why-not-yet"
"""The panel of the unit's next step, by its id."""


@dataclass(frozen=True)
class Offered:
    """A verb's button. `refused_in` is the id of the panel that says why it cannot be pressed; empty where it can."""

    verb: Verb
    title: str
    refused_in: str


@dataclass(frozen=True)
class Panel:
    """Why verbs beside the next one are refused: its id, its heading, and the sentences with their links."""

    ref: str
    title: str
    refusals: list[tuple[str, str | None]]


@dataclass(frozen=True)
class Offer:
    """The buttons of the verbs that are the reader's turn, what is missing before the next step, and further panels."""

    buttons: list[Offered]
    missing: list[tuple[str, str | None]]
    panels: list[Panel]


def reasons_against(page: UnitPage, verb: Verb) -> list[Reason]:
    """Every reason why the reader cannot do this to the unit now, with what only its own records tell."""
    reasons = unit_refusals(verb, page.person, page.facts)
    if verb == Verb.CLAIM and verb in page.verbs:
        reasons += numbers_lacking(page.enrolment)
    if verb == Verb.UNCLAIM and not reasons:
        reasons += award_resting_on(page.enrolment)
    return reasons


def offer(page: UnitPage, titles: Mapping[Verb, str]) -> Offer:
    """What the page offers of these verbs. What several are refused for stands in one panel."""
    mine = {verb: reasons_against(page, verb) for verb in page.verbs if verb in titles}
    missing = next((reasons for verb, reasons in mine.items() if verb == page.next_verb), page.reasons)
    refs: dict[tuple[Reason, ...], str] = {tuple(missing): NEXT_PANEL, (): ""}
    phrases: dict[str, list[str]] = {}
    for verb, reasons in mine.items():
        ref = refs.setdefault(tuple(reasons), f"why-not-{verb.value}")
        phrases.setdefault(ref, []).append(UNIT_STEPS[verb].phrase)
    return Offer(
        buttons=[Offered(verb, titles[verb], refs[tuple(reasons)]) for verb, reasons in mine.items()],
        missing=linked(missing, page.enrolment.pk),
        panels=[
            Panel(ref, f"Why you cannot {' or '.join(phrases[ref])} now", linked(reasons, page.enrolment.pk))
            for reasons, ref in refs.items()
            if ref not in ("", NEXT_PANEL)
        ],
    )
