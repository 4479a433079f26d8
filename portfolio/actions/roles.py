"""Granting and ending roles."""

import datetime
import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portfolio import audit
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, ExternalRecord, RoleGrant, StaffRecord, User

BY_ITS_OWN_PAGE = "An external verifier is given access, and their days are changed, on the page “External verifiers”."


def record_refusals(centre: Centre, user: User, role: Role) -> list[str]:
    """A candidate needs a candidate record, everybody else of the centre's a staff record: it keeps their name."""
    if role == Role.EXTERNAL_VERIFIER:
        if not ExternalRecord.objects.filter(centre=centre, user=user).exists():
            return [BY_ITS_OWN_PAGE]
    elif role == Role.CANDIDATE:
        if not CandidateRecord.objects.filter(centre=centre, user=user).exists():
            return ["This person has no candidate record here: add them as a candidate first."]
    elif not StaffRecord.objects.filter(centre=centre, user=user).exists():
        return ["This person has no staff record here: add them as staff first."]
    return []


def outside_refusals(grant: RoleGrant) -> list[str]:
    """Nobody verifies from outside what they are part of, by whatever spelling of their address (domain rules 1, 10).

    Whoever was on the staff or a candidate once does not come back as external verifier; whoever is one, or will be,
    cannot join the centre before their days are over.
    """
    same = {"centre": grant.centre, "user__mailbox": grant.user.mailbox}
    if grant.role == Role.EXTERNAL_VERIFIER:
        if any(kind.objects.filter(**same).exists() for kind in (StaffRecord, CandidateRecord)):
            return [
                "This person is or was on the staff of the centre, or a candidate of it: ask the awarding body for an "
                "external verifier who has no part in it."
            ]
        return []
    looking = RoleGrant.objects.ending_from(grant.starts_on).filter(role=Role.EXTERNAL_VERIFIER, **same)
    if grant.ends_on is not None:
        looking = looking.filter(starts_on__lte=grant.ends_on)
    last = looking.order_by("-ends_on").values_list("ends_on", flat=True).first()
    if last is None:
        return []
    return [
        f"This person is an external verifier here until {last:%-d %B %Y}, and so has no other part at the centre. "
        "End their access first."
    ]


def overlap_refusals(grant: RoleGrant) -> list[str]:
    """A role is held once at a time."""
    others = RoleGrant.objects.filter(user=grant.user, centre=grant.centre, role=grant.role)
    clashing = others.filter(Q(ends_on=None) | Q(ends_on__gte=grant.starts_on))
    if grant.ends_on is not None:
        clashing = clashing.filter(starts_on__lte=grant.ends_on)
    if clashing.exists():
        return [
            f"This person holds the role {grant.get_role_display().lower()} here already at that time. "
            "Choose a later first day, or end the role they hold."
        ]
    return []


def add_grant(
    *,
    centre: Centre,
    user: User,
    role: Role,
    starts_on: datetime.date,
    ends_on: datetime.date | None = None,
    may_download: bool = True,
) -> RoleGrant:
    """Write a grant, checked. The verb that calls it holds the centre's lock and writes the audit line."""
    grant = RoleGrant(
        user=user, centre=centre, role=role, starts_on=starts_on, ends_on=ends_on, may_download=may_download
    )
    if ends_on is not None and ends_on < starts_on:
        refuse(["A role cannot end before it starts: choose a last day on or after the first."])
    refuse(record_refusals(centre, user, role) + overlap_refusals(grant) + outside_refusals(grant))
    refuse_invalid(grant)
    grant.save()
    return grant


def last_administrator_refusals(grant: RoleGrant, ends_on: datetime.date) -> list[str]:
    """A centre always keeps an administrator whose role has no end, else nobody could let people in again."""
    if grant.role != Role.ADMINISTRATOR:
        return []
    others = RoleGrant.objects.filter(centre=grant.centre, role=Role.ADMINISTRATOR, ends_on=None).exclude(pk=grant.pk)
    if others.filter(starts_on__lte=ends_on + datetime.timedelta(days=1)).exists():
        return []
    return [
        f"This is the last administrator of {grant.centre}: "
        "make somebody else administrator, without a last day, before you end this role."
    ]


def end_refusals(grant: RoleGrant, ends_on: datetime.date, today: datetime.date) -> list[str]:
    """Why a role cannot end on that day. What was done under it stands, so it does not end in the past."""
    if grant.role == Role.EXTERNAL_VERIFIER:
        return [BY_ITS_OWN_PAGE]
    if grant.ends_on is not None and grant.ends_on < today:
        return [f"This role has ended on {grant.ends_on:%-d %B %Y} already. Grant it again if the person holds it."]
    if ends_on < grant.starts_on:
        return ["A role cannot end before it starts: choose a last day on or after the first."]
    if ends_on < today - datetime.timedelta(days=1):
        return ["What was done under a role stands, so it cannot end in the past: yesterday is the earliest last day."]
    return last_administrator_refusals(grant, ends_on)


@transaction.atomic
def grant_role(
    *,
    centre: Centre,
    user: User,
    role: Role,
    starts_on: datetime.date,
    ends_on: datetime.date | None = None,
    by: User | None,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> RoleGrant:
    """Grant a role from a day, perhaps to a day, to somebody the centre keeps a record of.

    Refuses a role held at that time already, a last day before the first, and a person without a record to name them.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    refuse([BY_ITS_OWN_PAGE] if role == Role.EXTERNAL_VERIFIER else [])
    grant = add_grant(centre=centre, user=user, role=role, starts_on=starts_on, ends_on=ends_on)
    details: dict[str, JSON] = {
        "user": user.pk,
        "role": str(role),
        "starts_on": str(starts_on),
        "ends_on": ends_on and str(ends_on),
    }
    audit.record(verb="grant role", by=by, at=at, subject=grant, centre=centre, details=details, act_id=act_id)
    return grant


@transaction.atomic
def end_role(*, grant: RoleGrant, ends_on: datetime.date, by: User | None, at: datetime.datetime) -> RoleGrant:
    """Give a role its last day. Yesterday ends it at once. The centre keeps an administrator."""
    centre = take_turns(grant.centre)
    refuse_strangers(by, centre, at)
    grant = RoleGrant.objects.select_related("centre").get(pk=grant.pk)
    refuse(end_refusals(grant, ends_on, timezone.localdate(at)))
    grant.ends_on = ends_on
    refuse_invalid(grant)
    grant.save()
    details: dict[str, JSON] = {"user": grant.user_id, "role": grant.role, "ends_on": str(ends_on)}
    audit.record(verb="end role", by=by, at=at, subject=grant, centre=centre, details=details)
    return grant
