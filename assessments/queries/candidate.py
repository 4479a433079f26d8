"""A candidate's own portfolio: their units with progress, and what waits for them."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from assessments.enums import READABLE, ItemStatus, Pace, SignedAs, UnitStatus, Verb, Verdict
from assessments.models import Acknowledgement, Enrolment, EvidenceVersion, Mapping, SignOff
from assessments.progress import Mark, Progress
from assessments.queries.consistency import BLOCKING
from assessments.queries.enrolment import CONFIRMED, kept_pace, kept_progress, name_of
from assessments.queries.judgement import rows_of, unit_facts
from assessments.queries.marks import Word, words_in
from assessments.queries.plans import activities_due, to_agree
from assessments.rules import Person
from assessments.workflow import unit_needs
from portfolio.compiled import compiled
from portfolio.models import User

MORE_NEEDED = (Verdict.NOT_YET, Verdict.CONTRIBUTES)


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
    """Everything on a candidate's home in eleven queries at most, however many units and items there are.

    How far units are is read off them. Only what is met everywhere is looked at whole: it may be ready to sign.
    """
    enrolments = own_units(user)
    collecting = [row for row in enrolments if row.status == UnitStatus.COLLECTING]
    items = open_items(user)
    redrafted = {item.evidence_id for item in items if item.status == ItemStatus.DRAFT}
    waiting = [
        *(waiting_item(item) for item in items if not is_superseded(item, redrafted)),
        *feedback_in([row for row in collecting if not all_met(row)], redrafted),
        *came_back(collecting),
        *to_sign(user, [row for row in collecting if all_met(row) and not getattr(row, "unread", False)]),
        *of_plans(user, day),
    ]
    return OwnPortfolio(
        units=[
            MyUnit(
                row,
                kept_progress(row, confirmed=vars(row)["confirmed"]),
                getattr(row, "assessor_name", None) or "",
                kept_pace(row, day),
            )
            for row in enrolments
        ],
        waiting=sorted(waiting, key=lambda entry: entry.at, reverse=True),
    )


VOIDED = SignOff.objects.filter(
    enrolment=OuterRef("pk"), part=SignedAs.CANDIDATE, signature__void__isnull=False
).order_by("-pk")
OWN = (
    Enrolment.objects.exclude(status=UnitStatus.WITHDRAWN)
    .listed("centre__name", "countersigner", "kept_status", "frozen_at", "open_appeal", "assessor_signed_by")
    .select_related("centre")
    .annotate(
        confirmed=CONFIRMED,
        assessor_name=name_of("assessor"),
        unread=Exists(Mapping.objects.filter(enrolment=OuterRef("pk"), waiting_since__isnull=False)),
        blocked=Exists(BLOCKING),
        back_at=Subquery(VOIDED.values("signature__void__at")[:1]),
        back_because=Subquery(VOIDED.values("signature__void__reason")[:1]),
    )
    .order_by("unit__short_code", "pk")
)
"""Units with the assessor's name, whether anything waits to be read, whether counts may block them, and how one came
back last."""


@compiled
def own_units(user: User) -> QuerySet[Enrolment]:
    """The units of a candidate, with what their home tells of each."""
    return OWN.filter(candidate_user=user)


def all_met(enrolment: Enrolment) -> bool:
    """Every criterion is met, some perhaps pending a countersignature, as the unit itself notes it. No query."""
    return enrolment.accepted_count + enrolment.pending_count == enrolment.criteria_count


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


OPEN_ITEMS = (
    EvidenceVersion.objects.filter(replaced_at=None)
    .filter(
        Q(status__in=(ItemStatus.DRAFT, ItemStatus.RETURNED))
        | Q(status__in=READABLE, record__isnull=False)
        & ~Exists(Acknowledgement.objects.filter(record__version=OuterRef("pk")))
    )
    .order_by("pk", "reviews__pk")
    .values_list(
        "pk",
        "evidence_id",
        "evidence__number",
        "status",
        "title",
        "created_at",
        "submitted_at",
        "reviews__at",
        "reviews__feedback",
    )
)


def open_items(user: User) -> list[OpenItem]:
    """Drafts, items returned, and records of their assessor's that they have said nothing on yet. One query."""
    latest = {row[0]: OpenItem(*row[1:]) for row in _open_items(user)}
    return list(latest.values())


@compiled
def _open_items(user: User) -> QuerySet[EvidenceVersion, Any]:
    return OPEN_ITEMS.filter(evidence__candidate__user=user)


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


def feedback_in(enrolments: list[Enrolment], redrafted: set[int]) -> Iterator[Waiting]:
    """Items read whose latest word on a criterion is not yet or contributes, while nothing else meets it. One query."""
    units = {row.pk: row for row in enrolments}
    rows = words_in(units)
    met = {(row.enrolment_id, row.mark.criterion_id) for row in rows if row.mark.accepted}
    more: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for row in rows:
        if needs_more(row.mark) and (row.enrolment_id, row.mark.criterion_id) not in met:
            more[row.enrolment_id, row.mark.evidence_id].append(row)
    for (enrolment, evidence), said in more.items():
        if evidence not in redrafted:
            yield feedback_on(said, units[enrolment])


def needs_more(mark: Mark) -> bool:
    """Whether the candidate has something to do about a decision."""
    return mark.item_status == ItemStatus.REVIEWED and (mark.verdict in MORE_NEEDED or mark.countersigned is False)


def feedback_on(said: list[Word], enrolment: Enrolment) -> Waiting:
    """What was said of one item in one unit, as one thing to look at."""
    newest = max(said, key=lambda row: row.pk or 0)
    which = ", ".join(row.number for row in sorted(said, key=lambda row: row.position))
    return Waiting(
        at=max(row.at for row in said if row.at),
        kind=f"More needed for {enrolment.unit.short_code} {which}",
        title=f"Evidence {newest.evidence_number}: {newest.title}",
        place="assessments:evidence",
        pk=newest.mark.evidence_id,
        text=newest.feedback or "",
    )


def came_back(enrolments: Iterable[Enrolment]) -> Iterator[Waiting]:
    """Units the candidate had declared that were referred or sent back since, with the reason. No query."""
    for row in enrolments:
        at, because = getattr(row, "back_at", None), getattr(row, "back_because", None)
        if at:
            yield Waiting(at, "Came back to you", str(row.unit), "assessments:enrolment", row.pk, because or "")


def to_sign(user: User, enrolments: list[Enrolment]) -> Iterator[Waiting]:
    """Units with everything met and nothing waiting: the candidate's statement of competence is next.

    Whether the evidence is shown as often as asked is told on the page it leads to, where the centre lets that block.
    """
    person = Person(user.pk, frozenset())
    for found in rows_of(enrolments) if enrolments else ():
        if not unit_needs(Verb.DECLARE, person, unit_facts(found)):
            row, at = found.enrolment, max(word.at for word in found.decided)
            kind = "Everything is met" if getattr(row, "blocked", False) else "Ready for your signature"
            yield Waiting(at, kind, str(row.unit), "assessments:declare", row.pk)


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
