"""What it takes to say who can work on a unit: how people stand at the centre, and whose hand was in the unit."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import FilteredRelation, Q

from assessments.allocating import Colleague, Hands
from assessments.enums import AllocatedAs, UnitStatus
from assessments.models import Enrolment, Interest
from assessments.queries.enrolment import authors_among, verifiers_in, witnesses_among
from assessments.queries.judgement import deciders_of
from portfolio.enums import Role
from portfolio.models import RoleGrant, StaffRecord, User

PARTS = tuple(AllocatedAs)


def colleagues(users: Iterable[User | None], centre_id: int, day: datetime.date) -> dict[int, Colleague]:
    """How these people stand at the centre on the day, by id, in two queries.

    They go by the name on their record there; by their address where the centre keeps none.
    """
    people = {user.pk: user for user in users if user}
    roles: dict[int, set[str]] = defaultdict(set)
    for user_id, role in (
        RoleGrant.objects.on(day).filter(user__in=people, centre=centre_id).values_list("user_id", "role")
    ):
        roles[user_id].add(role)
    awards: dict[int, list[tuple[datetime.date | None, datetime.date | None]]] = defaultdict(list)
    names = {pk: user.email for pk, user in people.items()}
    award = FilteredRelation("qualifications", condition=Q(qualifications__role=Role.ASSESSOR))
    for user_id, name, achieved, aimed in (
        StaffRecord.objects.filter(user__in=people, centre=centre_id)
        .alias(award=award)
        .values_list("user_id", "name", "award__achieved_on", "award__target_on")
    ):
        names[user_id] = name
        awards[user_id].append((achieved, aimed))
    return {pk: Colleague(pk, names[pk], frozenset(roles[pk]), *standing(awards[pk], day)) for pk in people}


def standing(
    awards: list[tuple[datetime.date | None, datetime.date | None]], day: datetime.date
) -> tuple[bool, datetime.date | None]:
    """Whether one of the awards is held on the day; while none is, the latest day by which one was aimed at."""
    if any(achieved and achieved <= day for achieved, _ in awards):
        return True, None
    return False, max((aimed for _, aimed in awards if aimed), default=None)


def interested_in(candidate_ids: Iterable[int], users: Iterable[int], day: datetime.date) -> dict[int, frozenset[int]]:
    """Who of these people has a conflict of interest with each candidate on the day, in one query."""
    ids = list(candidate_ids)
    found: dict[int, set[int]] = {pk: set() for pk in ids}
    rows = Interest.objects.on(day).filter(candidate__in=ids, staff__in=list(users)).order_by()
    for candidate, staff in rows.values_list("candidate_id", "staff_id"):
        found[candidate].add(staff)
    return {candidate: frozenset(people) for candidate, people in found.items()}


def hands_in(enrolments: Sequence[Enrolment], to: User | None, day: datetime.date) -> dict[int, Hands]:
    """The units of one centre with whose hand was in them, by id: seven queries, however many there are.

    They come with their people; `to` is somebody who may be named next.
    """
    if not enrolments:
        return {}
    ids = [row.pk for row in enrolments]
    named = [getattr(row, part) for row in enrolments for part in PARTS]
    people = colleagues([*named, to], enrolments[0].centre_id, day)
    judged, verified = deciders_of(ids), verifiers_in(ids)
    witnesses, authors = witnesses_among(ids), authors_among(ids)
    interested = interested_in({row.candidate_id for row in enrolments}, people, day)
    return {
        row.pk: Hands(
            status=UnitStatus(row.status),
            centre=str(row.centre),
            candidate_user_id=row.candidate_user_id,
            parts={part: people.get(getattr(row, f"{part}_id")) for part in PARTS},
            judged=judged[row.pk],
            verified=verified[row.pk],
            witnesses=witnesses[row.pk],
            authors=authors[row.pk],
            interested=interested[row.candidate_id],
            next=people[to.pk] if to else None,
        )
        for row in enrolments
    }
