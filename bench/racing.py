"""Two people at one item at the same moment, with real threads: each race once, and what must hold afterwards.

A race is acted by the real verbs, each with what its person had been shown. Whoever comes second is told and saves
nothing; nothing that was decided is lost, and nothing is decided twice by people who did not see each other.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from assessments.actions import allocation, claims, judgement
from assessments.actions import evidence as items
from assessments.enums import AllocatedAs, ItemStatus, Verdict
from assessments.models import Decision, Enrolment, EvidenceVersion
from assessments.queries.reading import reading
from assessments.queries.seen import Seen
from assessments.testing import House, handed_in, targets
from portfolio import audit
from portfolio.models import AuditChain, User
from portfolio.refusal import Refusal

Act = Callable[[], object]
HEADSTART = 0.004
"""Seconds that one or the other waits in two rounds of three, so that each comes first in some."""


@dataclass
class Tally:
    """How the rounds of one race ended, and what did not hold."""

    race: str
    rounds: int = 0
    ends: Counter[tuple[str, ...]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def check(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.faults.append(f"round {self.rounds}: {sentence}")


def at_once(turn: int, *acts: Act) -> list[str]:
    """Do the acts in threads of their own: "done", "told" what changed, or "refused"; anything else is raised."""
    ends: list[str] = ["" for _ in acts]
    errors: list[BaseException] = []
    together = threading.Barrier(len(acts))

    def run(place: int, act: Act) -> None:
        try:
            together.wait()
            if turn % 3 == place + 1:
                time.sleep(HEADSTART)
            act()
            ends[place] = "done"
        except judgement.ChangedRefusal:
            ends[place] = "told"
        except Refusal:
            ends[place] = "refused"
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return ends


def judge(version: EvidenceVersion, unit: Enrolment, by: User, seen: Seen, number: str = "1.1") -> object:
    """The person's word on one criterion."""
    return judgement.review(
        version=version,
        rules=judgement.RulesOfEvidence(),
        decisions=[judgement.Judged(unit.pk, targets(unit, number)[0].criterion_id, Verdict.MET)],
        feedback="",
        returned=False,
        seen_at_location=False,
        by=by,
        at=timezone.now(),
        seen=seen,
    )


def shown(version: EvidenceVersion, to: User) -> Seen:
    """What the judge page shows this person now."""
    return reading(to, version.pk).shown


def decided(version: EvidenceVersion, number: str = "1.1") -> list[Decision]:
    rows = Decision.objects.filter(version=version, criterion__number=number).select_related("review")
    return list(rows.order_by("pk"))


# --- the races -------------------------------------------------------------------------------------------------------


def two_tabs(house: House, unit: Enrolment, turn: int, tally: Tally) -> None:
    """One assessor judges the same criterion on two pages: one saves, the other is told."""
    version, by = handed_in(unit, "1.1", "1.2"), unit.assessor
    seen = shown(version, by)
    ends = at_once(turn, *[lambda: judge(version, unit, by, seen)] * 2)
    tally.ends[tuple(sorted(ends))] += 1
    tally.check(sorted(ends) == ["done", "told"], f"ended {ends}")
    tally.check(len(decided(version)) == 1, f"{len(decided(version))} decisions")


def two_assessors(house: House, unit: Enrolment, turn: int, tally: Tally) -> None:
    """The unit goes to another assessor, who judges at once, while the old one saves what they had open."""
    old = unit.assessor
    new = house.other_assessor if old == house.assessor else house.assessor
    version = handed_in(unit, "1.1")
    seen = shown(version, old)
    new_saw: list[Seen] = []

    def take_over() -> None:
        allocation.allocate(
            enrolment=unit, part=AllocatedAs.ASSESSOR, user=new, reason="Leave.", by=house.administrator,
            at=timezone.now(),
        )  # fmt: skip
        new_saw.append(shown(version, new))
        judge(version, unit, new, new_saw[0])

    ends = at_once(turn, lambda: judge(version, unit, old, seen), take_over)
    tally.ends[tuple(ends)] += 1
    found = decided(version)
    by = [row.review.assessor_id for row in found]
    tally.check(ends[1] == "done", "the new assessor could not save")
    tally.check(by == ([old.pk] if ends[0] == "done" else []) + [new.pk], f"decided by {by}, ended {ends}")
    tally.check({row.pk for row in found[:-1]} <= new_saw[0].decisions, "the new assessor had not seen the old one's")


def replaced(house: House, unit: Enrolment, turn: int, tally: Tally) -> None:
    """The candidate hands in the next version while the assessor saves: it waits to be read, whatever was saved."""
    version, by = handed_in(unit, "1.1", "1.2"), unit.assessor
    judge(version, unit, by, shown(version, by), "1.2")
    draft = items.replace(version=version, by=unit.candidate_user, at=timezone.now())
    seen = shown(version, by)
    ends = at_once(
        turn,
        lambda: judge(version, unit, by, seen),
        lambda: items.submit(version=draft, by=unit.candidate_user, at=timezone.now()),
    )
    tally.ends[tuple(ends)] += 1
    tally.check(ends[1] == "done" and ends[0] in ("done", "told"), f"ended {ends}")
    tally.check(len(decided(version)) == ends.count("done") - 1, f"{len(decided(version))} decisions, ended {ends}")
    waiting = version.evidence.mappings.exclude(waiting_since=None).count()
    tally.check(waiting == 2, f"{waiting} of 2 criteria wait for the new version")
    in_force = version.evidence.versions.filter(replaced_at=None, submitted_at__isnull=False)
    tally.check([row.pk for row in in_force] == [draft.pk], "another version is in force")


def withdrawn(house: House, unit: Enrolment, turn: int, tally: Tally) -> None:
    """The item is withdrawn while a reading of it is saved: nothing of it waits, and what was saved stands."""
    version, by = handed_in(unit, "1.1"), unit.assessor
    seen = shown(version, by)
    ends = at_once(
        turn,
        lambda: judge(version, unit, by, seen),
        lambda: items.withdraw_item(version=version, reason="Not theirs.", by=by, at=timezone.now()),
    )
    tally.ends[tuple(ends)] += 1
    tally.check(ends[1] == "done" and ends[0] in ("done", "told"), f"ended {ends}")
    tally.check(len(decided(version)) == ends.count("done") - 1, f"{len(decided(version))} decisions, ended {ends}")
    version.refresh_from_db()
    tally.check(version.status == ItemStatus.WITHDRAWN, f"it is {version.status}")
    tally.check(not version.evidence.mappings.exclude(waiting_since=None).exists(), "something still waits")


def mapped_more(house: House, unit: Enrolment, turn: int, tally: Tally) -> None:
    """The candidate maps the item further while a reading is saved: the new mapping waits, seen or not."""
    version, by = handed_in(unit, "1.1"), unit.assessor
    seen, more = shown(version, by), targets(unit, "1.2")
    ends = at_once(
        turn,
        lambda: judge(version, unit, by, seen),
        lambda: claims.map_more(version=version, targets=more, by=unit.candidate_user, at=timezone.now()),
    )
    tally.ends[tuple(ends)] += 1
    tally.check(ends[1] == "done" and ends[0] in ("done", "told"), f"ended {ends}")
    tally.check(len(decided(version)) == ends.count("done") - 1, f"{len(decided(version))} decisions, ended {ends}")
    new = version.evidence.mappings.get(criterion__number="1.2")
    tally.check(new.waiting_since is not None, "the new mapping does not wait")


RACES: dict[str, Callable[[House, Enrolment, int, Tally], None]] = {
    "two tabs of one assessor": two_tabs,
    "the old assessor and the new one": two_assessors,
    "judging and replacing": replaced,
    "judging and withdrawing": withdrawn,
    "judging and mapping more": mapped_more,
}


def run(race: str, house: House, unit: Enrolment, rounds: int) -> Tally:
    """So many rounds of a race; at the end the audit book must hold."""
    tally = Tally(race)
    for turn in range(rounds):
        tally.rounds += 1
        unit.refresh_from_db()
        RACES[race](house, unit, turn, tally)
    broken = audit.verify(AuditChain.objects.get(centre=house.centre))
    tally.check(broken is None, f"the audit book breaks at {broken}")
    return tally
