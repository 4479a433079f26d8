"""A candidate's own portfolio: their units with progress, and what waits for them."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.enums import ItemStatus, Layer, Pace, SignedAs, UnitStatus, Verb, Verdict
from assessments.models import Acknowledgement, Enrolment, EvidenceVersion, Review, SignOff
from assessments.progress import Progress, progress_of
from assessments.queries.consistency import RULED
from assessments.queries.enrolment import kept_pace, name_of
from assessments.queries.judgement import UnitRows, rows_of, unit_facts, with_rules
from assessments.queries.marks import Decided, Mapped
from assessments.queries.plans import activities_due, to_agree
from assessments.queries.recording import IN_FORCE
from assessments.rules import Person
from assessments.workflow import UnitFacts, unit_needs
from portfolio.models import User

MORE_NEEDED = (Verdict.NOT_YET, Verdict.CONTRIBUTES)
MET = (Layer.ACCEPTED, Layer.CONFIRMED)


@dataclass(frozen=True)
class MyUnit:
    """A unit of the candidate's, how far it is, and who assesses it."""

    enrolment: Enrolment
    progress: Progress
    assessor: str
    pace: Pace | None


@dataclass(frozen=True)
class Waiting:
    """Something the candidate can do next: where, since when, and what was said."""

    at: datetime.datetime
    kind: str
    title: str
    place: str
    pk: int
    text: str = ""


@dataclass(frozen=True)
class OwnPortfolio:
    """The candidate's home."""

    units: list[MyUnit]
    waiting: list[Waiting]


def own_portfolio(user: User, day: datetime.date) -> OwnPortfolio:
    """Everything on a candidate's home in ten queries at most, however many units and items there are."""
    enrolments = list(own_units(user))
    rows = with_rules(rows_of(enrolments, worded=False))
    facts = {found.enrolment.pk: unit_facts(found) for found in rows}
    items = open_items(user)
    redrafted = {item.evidence_id for item in items if item.status == ItemStatus.DRAFT}
    collecting = [found for found in rows if found.enrolment.status == UnitStatus.COLLECTING]
    waiting = [
        *(waiting_item(item) for item in items if not is_superseded(item, redrafted)),
        *feedback_in(collecting, facts, redrafted),
        *came_back([found.enrolment for found in collecting]),
        *to_sign(user, collecting, facts),
        *of_plans(user, day),
    ]
    return OwnPortfolio(
        units=[
            MyUnit(
                row,
                progress_of(facts[row.pk].layers),
                getattr(row, "assessor_name", None) or "",
                kept_pace(row, timezone.localdate()),
            )
            for row in enrolments
        ],
        waiting=sorted(waiting, key=lambda entry: entry.at, reverse=True),
    )


def own_units(user: User) -> QuerySet[Enrolment]:
    """The units of a candidate, with the assessor's name, whether there are rules, and how one came back last."""
    voided = SignOff.objects.filter(
        enrolment=OuterRef("pk"), part=SignedAs.CANDIDATE, signature__void__isnull=False
    ).order_by("-pk")
    return (
        Enrolment.objects.filter(candidate_user=user)
        .exclude(status=UnitStatus.WITHDRAWN)
        .select_related("unit", "centre")
        .annotate(
            assessor_name=name_of("assessor"),
            ruled=RULED,
            back_at=Subquery(voided.values("signature__void__at")[:1]),
            back_because=Subquery(voided.values("signature__void__reason")[:1]),
        )
        .order_by("unit__short_code", "pk")
    )


# --- what waits ------------------------------------------------------------------------------------------------------


class OpenItem(NamedTuple):
    """A version that its candidate can do something about, with what was said when it was read last."""

    evidence_id: int
    number: int | None
    status: str
    title: str
    created_at: datetime.datetime
    submitted_at: datetime.datetime | None
    read_at: datetime.datetime | None
    feedback: str | None

    @property
    def name(self) -> str:
        """What people call it, and its title."""
        return f"Evidence {self.number}: {self.title}" if self.number else self.title


def open_items(user: User) -> list[OpenItem]:
    """Drafts, items returned, and records of their assessor's that they have said nothing on yet. One query."""
    said = Acknowledgement.objects.filter(record__version=OuterRef("pk"))
    mine = Q(status__in=(ItemStatus.DRAFT, ItemStatus.RETURNED))
    to_acknowledge = Q(status__in=IN_FORCE, record__isnull=False) & ~Exists(said)
    read = Review.objects.filter(version=OuterRef("pk")).order_by("-pk")
    rows = EvidenceVersion.objects.filter(mine | to_acknowledge, replaced_at=None, evidence__candidate__user=user)
    told = rows.values_list(
        "evidence_id",
        "evidence__number",
        "status",
        "title",
        "created_at",
        "submitted_at",
        Subquery(read.values("at")[:1]),
        Subquery(read.values("feedback")[:1]),
    )
    return [OpenItem(*row) for row in told]


def is_superseded(item: OpenItem, redrafted: set[int]) -> bool:
    """An item returned whose next version is a draft already: the draft is what waits."""
    return item.status == ItemStatus.RETURNED and item.evidence_id in redrafted


def waiting_item(item: OpenItem) -> Waiting:
    """A draft to hand in, an item returned, or a record to acknowledge."""
    pk = item.evidence_id
    if item.status == ItemStatus.DRAFT:
        text = "The earlier version stays in force until you hand this one in." if item.number else ""
        return Waiting(item.created_at, "Draft to hand in", item.name, "assessments:submit_evidence", pk, text)
    if item.status == ItemStatus.RETURNED:
        at, said = item.read_at or item.created_at, item.feedback or ""
        return Waiting(at, "Returned", item.name, "assessments:evidence", pk, said)
    handed_over = item.submitted_at or item.created_at
    return Waiting(handed_over, "Read and acknowledge", item.name, "assessments:acknowledge", pk)


def feedback_in(rows: Iterable[UnitRows], facts: dict[int, UnitFacts], redrafted: set[int]) -> Iterator[Waiting]:
    """Items read whose latest word on a criterion is not yet or contributes, while nothing else meets it."""
    for found in rows:
        unmet = {row.pk: row.number for row in facts[found.enrolment.pk].criteria if row.layer not in MET}
        latest = {(row.version_id, row.criterion_id): row for row in found.decided}
        said: dict[int, list[tuple[Mapped, Decided]]] = defaultdict(list)
        for row in found.mapped:
            word = latest.get((row.version_id, row.criterion_id))
            if word and row.status == ItemStatus.REVIEWED and row.criterion_id in unmet and needs_more(word):
                said[row.evidence_id].append((row, word))
        for evidence_id, words in said.items():
            if evidence_id not in redrafted:
                yield feedback_on(words, found.enrolment, unmet)


def needs_more(word: Decided) -> bool:
    """Whether the candidate has something to do about a decision."""
    return word.verdict in MORE_NEEDED or word.countersigned is False


def feedback_on(words: list[tuple[Mapped, Decided]], enrolment: Enrolment, numbers: dict[int, str]) -> Waiting:
    """What was said of one item in one unit, as one thing to look at."""
    item, newest = words[0][0], max((word for _, word in words), key=lambda word: word.pk)
    which = ", ".join(numbers[word.criterion_id] for _, word in words)
    return Waiting(
        at=newest.at,
        kind=f"More needed for {enrolment.unit.short_code} {which}",
        title=f"{item.item}: {item.title}",
        place="assessments:evidence",
        pk=item.evidence_id,
        text=newest.feedback,
    )


def came_back(enrolments: Iterable[Enrolment]) -> Iterator[Waiting]:
    """Units the candidate had declared that were referred or sent back since, with the reason. No query."""
    for row in enrolments:
        at, because = getattr(row, "back_at", None), getattr(row, "back_because", None)
        if at:
            yield Waiting(at, "Came back to you", str(row.unit), "assessments:enrolment", row.pk, because or "")


def to_sign(user: User, rows: Iterable[UnitRows], facts: dict[int, UnitFacts]) -> Iterator[Waiting]:
    """Units with everything met and nothing waiting: the candidate's statement of competence is next."""
    person = Person(user.pk, frozenset())
    for found in rows:
        if not unit_needs(Verb.DECLARE, person, facts[found.enrolment.pk]):
            at, pk = max(row.at for row in found.decided), found.enrolment.pk
            yield Waiting(at, "Ready for your signature", str(found.enrolment.unit), "assessments:declare", pk)


def of_plans(user: User, day: datetime.date) -> Iterator[Waiting]:
    """Plans and reviews to agree, and activities whose day is near or has passed with nothing of it begun."""
    for row in to_agree(user):
        if row.review_id and row.held_on and row.recorded_at:
            text = f"Held on {row.held_on:%-d %B %Y}. {row.next_steps}"
            place = "assessments:agree_review"
            yield Waiting(row.recorded_at, "Review to sign", row.name, place, row.review_id, text)
        else:
            yield Waiting(row.proposed_at, "Plan to agree", row.name, "assessments:plan", row.plan_id)
    for activity in activities_due(user, day):
        agreed_at = activity.plan.agreed_at or activity.plan.made_at
        kind = "Missed its day" if activity.due_on < day else "Planned"
        text = f"On or by {activity.due_on:%-d %B %Y}: {activity.get_kind_display().lower()}."
        yield Waiting(agreed_at, kind, activity.what, "assessments:plan", activity.plan_id, text)
