"""`manage.py print_docs`: journeys, permissions and rules of the lists as pages, printed from what the code goes by."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.agreement import AGREEMENT_RULE
from assessments.enums import ItemStatus, Party, PlanStatus, UnitStatus
from assessments.pace import FEEDBACK_RULE, PACE_RULE, pace_examples
from assessments.sampling.coverage import EXPLAINED
from assessments.workflow import (
    ITEM_FINAL,
    ITEM_JOURNEY,
    ITEM_OWNER,
    PLAN_FINAL,
    PLAN_JOURNEY,
    PLAN_OWNER,
    UNIT_FINAL,
    UNIT_JOURNEY,
    UNIT_OWNER,
    PlanStep,
    Step,
)
from portfolio.access import Door, doors
from portfolio.enums import Role

Steps = Sequence[Step[Any] | PlanStep]
Statuses = type[UnitStatus] | type[ItemStatus] | type[PlanStatus]
EVERY_STEP: Steps = [*ITEM_JOURNEY, *UNIT_JOURNEY, *PLAN_JOURNEY]
PRINTED = "<!-- Printed by `python manage.py print_docs` from the tables in the code. Do not edit. -->\n"


class Command(BaseCommand):
    help = "Print docs/workflow.md, docs/permissions.md and docs/worked-out.md from what the code goes by."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with --check when a page does not say what the tables say."""
        folder = Path(settings.BASE_DIR) / "docs"
        printed = {folder / "workflow.md": workflow_page(), folder / "permissions.md": permissions_page()}
        printed[folder / "worked-out.md"] = worked_out_page()
        stale = [path for path, text in printed.items() if not path.exists() or path.read_text() != text]
        if options["check"] and stale:
            names = " and ".join(f"docs/{path.name}" for path in stale)
            raise CommandError(f"{names} no longer say what the tables say: run `python manage.py print_docs`.")
        for path in [] if options["check"] else stale:
            path.write_text(printed[path])
            self.stdout.write(f"Printed docs/{path.name}.")


def workflow_page() -> str:
    """The journeys: a diagram, the steps, and whose turn it is at each status."""
    return "\n".join(
        [
            "# The journeys\n",
            PRINTED,
            "There is a small journey for an item of evidence inside the journey of the unit. A verb that is not",
            "anybody's turn, or does not fit the status, is refused with the reason. Needs are checked last.\n",
            "## A unit (an enrolment)\n",
            *diagram(UNIT_JOURNEY, UnitStatus, UnitStatus.COLLECTING, UNIT_FINAL),
            *steps_table(UNIT_JOURNEY),
            *turns_table(UnitStatus, UNIT_OWNER),
            "## An item of evidence (a version of it)\n",
            "Replacing an item begins its next version, as a draft of its own; the earlier version stays in force",
            "until the next one is handed in, and keeps its decisions for good.\n",
            *diagram(ITEM_JOURNEY, ItemStatus, ItemStatus.DRAFT, ITEM_FINAL),
            *steps_table(ITEM_JOURNEY),
            *turns_table(ItemStatus, ITEM_OWNER),
            "## An assessment plan (a version of it)\n",
            "Changing an agreed plan begins its next version, as a draft; the agreed one stands until both have signed",
            "the next.\n",
            *diagram(PLAN_JOURNEY, PlanStatus, PlanStatus.DRAFT, PLAN_FINAL),
            *steps_table(PLAN_JOURNEY),
            *turns_table(PlanStatus, PLAN_OWNER),
        ]
    )


def permissions_page() -> str:
    """Which verb is whose turn, and which lock each address has."""
    return "\n".join(
        [
            "# Who may do what\n",
            PRINTED,
            "## Verbs\n",
            "What a person is to one candidate's unit decides whose turn a verb is. One person may be several of",
            "these, but never judge or verify their own unit, and never verify where they judged.\n",
            *table(
                ["Verb", *(party.label for party in Party)],
                ([step.phrase, *("yes" if party in step.turn else "" for party in Party)] for step in EVERY_STEP),
            ),
            "Besides: a centre's administrators enrol candidates and allocate the people of a unit. A conflict of",
            "interest is declared by the person who has it, or recorded by an administrator; an administrator ends it,",
            "never their own. Whoever has one with a candidate neither countersigns nor verifies their units, and",
            "assesses them only with a countersigner, who must agree before any decision counts.\n",
            "## Addresses\n",
            "“Signed in” opens a page only for what the person can see; everything else is answered as if it did not",
            "exist. Where roles are named, one of them must be held at some centre that day.\n",
            *table(["Address", "Name", "Open to"], ([f"`{door.address}`", door.name, lock(door)] for door in doors())),
        ]
    )


def worked_out_page() -> str:
    """How pace, time to feedback, coverage and agreement are worked out, as the page of that name says it."""
    rows = (
        [f"{row.accepted} of {row.criteria}", f"{row.passed} of {row.days}", str(row.pace.label)]
        for row in pace_examples()
    )
    return "\n".join(
        [
            "# How this is worked out\n",
            PRINTED,
            "## Behind target, on track, ahead of target\n",
            *(f"{sentence}\n" for sentence in PACE_RULE),
            *table(["Criteria accepted", "Days passed", "The unit is"], rows),
            "## Time to feedback\n",
            *(f"{sentence}\n" for sentence in FEEDBACK_RULE),
            "## What samples cover\n",
            *(f"{sentence}\n" for sentence in EXPLAINED),
            "## How far people agree\n",
            *(f"{sentence}\n" for sentence in AGREEMENT_RULE),
        ]
    )


def diagram(steps: Steps, statuses: Statuses, first: str, final: Sequence[str]) -> list[str]:
    """A Mermaid state diagram. Verbs that leave the status as it is are in the table alone."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        for source in step.sources:
            for target in step.targets:
                verbs.setdefault((source.value, target.value), []).append(step.verb.value.replace("_", " "))
    return [
        "```mermaid",
        "stateDiagram-v2",
        *(f'    state "{status.label}" as {status.value}' for status in statuses),
        f"    [*] --> {first}",
        *(f"    {source} --> {target} : {', '.join(labels)}" for (source, target), labels in verbs.items()),
        *(f"    {status} --> [*]" for status in final),
        "```\n",
    ]


def steps_table(steps: Steps) -> list[str]:
    rows = (
        [
            step.phrase,
            " or ".join(str(party.label) for party in step.turn),
            ", ".join(str(source.label) for source in step.sources),
            ", ".join(str(target.label) for target in step.targets) or "stays",
            step.needs,
        ]
        for step in steps
    )
    return table(["Verb", "Whose turn", "From", "To", "Needs"], rows)


def turns_table(statuses: Statuses, owners: dict[Any, Party]) -> list[str]:
    moves = {status: str(owner.label) for status, owner in owners.items()}
    rows = ([str(status.label), moves.get(status, "nobody: it is over")] for status in statuses)
    return table(["Status", "Whose move it is"], rows)


def lock(door: Door) -> str:
    """The lock in words."""
    roles = {role.value: role.label.lower() for role in Role}
    return ", ".join(roles.get(word, word) for word in (door.lock or "no lock").split(", "))


def table(head: list[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table and an empty line after it."""
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines), ""]
