"""An assessor's desk: the queue of items that wait to be read, and what waits for their signature or answer."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Window

from assessments.enums import READABLE, UnitStatus
from assessments.models import Action, Enrolment, EvidenceVersion, Mapping
from assessments.models.enrolment import STAFF
from portfolio.compiled import compiled
from portfolio.models import User, centres_of

SHORT_LIST = 5
"""How many of each kind the desk shows before it says how many more there are."""


@dataclass(frozen=True)
class Queued:
    """An item that waits to be read."""

    version_id: int
    name: str
    title: str
    candidate: str
    units: str
    criteria: int
    since: datetime.datetime


@dataclass(frozen=True)
class UnitAtHand:
    """A unit that waits for this person's signature."""

    enrolment_id: int
    candidate: str
    unit: str
    since: datetime.datetime | None


@dataclass(frozen=True)
class ActionAtHand:
    """Something internal verification asks of this person."""

    action_id: int
    wanted: str
    candidate: str
    unit: str
    due_on: datetime.date


@dataclass(frozen=True)
class Desk:
    """What waits for an assessor beside the queue itself. Lists hold one more than is shown where there are more."""

    to_sign: list[UnitAtHand]
    to_countersign: list[UnitAtHand]
    actions: list[ActionAtHand]


WAITING = Mapping.objects.filter(waiting_since__isnull=False, enrolment__status=UnitStatus.COLLECTING).order_by()
KEYS = (
    WAITING.values("evidence_id")
    .annotate(since=Min("waiting_since"), criteria=Count("pk"))
    .order_by("since", "evidence_id")
    .values_list("evidence_id", "since", "criteria")
)


def held_by(user: User) -> Q:
    """Of a mapping: its unit is one that this person assesses, centre role still in force."""
    return Q(enrolment__assessor=user, enrolment__centre__in=centres_of(user, *STAFF))


@compiled
def queue_keys(user: User) -> QuerySet[Mapping, tuple[int, datetime.datetime, int]]:
    """(item, since when, how many criteria), the oldest first."""
    return KEYS.filter(held_by(user))


@compiled
def queue_pages(user: User) -> QuerySet[Mapping, tuple[int, datetime.datetime, int, int]]:
    """The same, each with how many there are: what the queue's pages are cut from."""
    keys = ("evidence_id", "since", "criteria")
    return KEYS.filter(held_by(user)).annotate(number=Window(Count("*"))).values_list(*keys, "number")


def queued(user: User, keys: list[tuple[int, datetime.datetime, int, int]]) -> list[Queued]:
    """The items of one page of the queue, each with the version in force. One query."""
    rows = _queued(user, [evidence for evidence, *_ in keys])
    versions: dict[int, tuple[int, str, str, str]] = {}
    units: dict[int, dict[str, None]] = defaultdict(dict)
    for evidence, code, pk, number, title, known_as, legal_name in rows:
        versions[evidence] = (pk, f"Evidence {number}", title, known_as or legal_name)
        units[evidence][code] = None
    return [
        Queued(*versions[evidence], units=", ".join(units[evidence]), criteria=criteria, since=since)
        for evidence, since, criteria, _ in keys
        if evidence in versions
    ]


@compiled
def _queued(user: User, items: list[int]) -> QuerySet[Mapping, Any]:
    waiting = WAITING.filter(
        evidence__in=items,
        enrolment__assessor=user,
        evidence__versions__replaced_at=None,
        evidence__versions__status__in=READABLE,
    )
    return waiting.order_by("evidence_id", "criterion__position").values_list(
        "evidence_id",
        "enrolment__unit__short_code",
        "evidence__versions__pk",
        "evidence__number",
        "evidence__versions__title",
        "evidence__candidate__known_as",
        "evidence__candidate__legal_name",
    )


def next_in_queue(user: User, after: EvidenceVersion) -> int | None:
    """The version to read after this one: what has waited less long than its item, else the oldest other one.

    None when nothing else waits. An item that waits no longer stood where it was handed in.
    """
    rows = KEYS.filter(held_by(user))
    own = rows.filter(evidence_id=after.evidence_id).first()
    since = own[1] if own else after.submitted_at
    later = rows.exclude(evidence_id=after.evidence_id)
    row = later.filter(Q(since__gt=since) | Q(since=since, evidence_id__gt=after.evidence_id)).first() or later.first()
    if row is None:
        return None
    versions = EvidenceVersion.objects.filter(evidence=row[0], replaced_at=None, status__in=READABLE)
    return versions.values_list("pk", flat=True).first()


def desk(user: User) -> Desk:
    """What waits for an assessor's signature or answer, in three queries."""
    return Desk(
        to_sign=at_hand(_to_sign(user)),
        to_countersign=at_hand(_to_countersign(user)),
        actions=to_answer(user),
    )


@compiled
def _to_sign(user: User) -> QuerySet[Enrolment, Any]:
    held = Enrolment.objects.all().held_by(user, "assessor")
    return waiting_longest(held.filter(status=UnitStatus.DECLARED), "declared_at")


@compiled
def _to_countersign(user: User) -> QuerySet[Enrolment, Any]:
    held = Enrolment.objects.all().held_by(user, "countersigner")
    return waiting_longest(held.filter(status=UnitStatus.AWAITING_COUNTERSIGNATURE), "assessor_signed_at")


def waiting_longest(enrolments: QuerySet[Enrolment], since: str) -> QuerySet[Enrolment, Any]:
    """The units that have waited longest, by the column that says since when."""
    columns = ("pk", "candidate__known_as", "candidate__legal_name", "unit__short_code", since)
    return enrolments.order_by(since).values_list(*columns)[: SHORT_LIST + 1]


def at_hand(rows: list[tuple[int, str, str, str, datetime.datetime | None]]) -> list[UnitAtHand]:
    """The units of `waiting_longest`."""
    return [UnitAtHand(pk, known_as or legal_name, code, at) for pk, known_as, legal_name, code, at in rows]


def to_answer(user: User) -> list[ActionAtHand]:
    """The actions given to this person that they have not answered, the first due first."""
    return [
        ActionAtHand(pk, wanted, known_as or legal_name, code, due_on)
        for pk, wanted, known_as, legal_name, code, due_on in _to_answer(user.pk)
    ]


@compiled
def _to_answer(user_id: int) -> QuerySet[Action, Any]:
    rows = Action.objects.filter(owner=user_id, closed_at=None, answered_at=None).values_list(
        "pk",
        "wanted",
        "enrolment__candidate__known_as",
        "enrolment__candidate__legal_name",
        "enrolment__unit__short_code",
        "due_on",
    )
    return rows[: SHORT_LIST + 1]
