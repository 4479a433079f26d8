"""Verbs of the office for an awarding body's external verifier: let in, for longer, for less, no more."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.models import ExternalAccess, ExternalUnit
from assessments.queries.access import days_of
from assessments.visiting import extending_refusals, giving_refusals, shortening_refusals
from portfolio import audit, notices
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.actions.invitations import person_at, write_invitation
from portfolio.actions.roles import add_grant
from portfolio.canonical import JSON
from portfolio.enums import Role, Told
from portfolio.models import Centre, ExternalRecord, RoleGrant, User, holders
from portfolio.rules import IN_CHARGE
from units.models import AwardingBody, Unit


@transaction.atomic
def give_access(
    *,
    centre: Centre,
    email: str,
    name: str,
    awarding_body: AwardingBody,
    units: Iterable[Unit] = (),
    starts_on: datetime.date,
    ends_on: datetime.date,
    may_download: bool,
    reference: str,
    by: User | None,
    at: datetime.datetime,
) -> ExternalAccess:
    """Let an external verifier see the work in these units of their awarding body, all of them when none is named.

    From one day to another, after which it ends by itself; they are written to at once. Refuses somebody who has a part
    in the centre, a body that did not approve it, and more days than a visit takes (domain rule 10).
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    chosen = list(units)
    refusals = giving_refusals(starts_on, ends_on, timezone.localdate(at))
    if not awarding_body.approvals.filter(centre=centre).exists():
        refusals.append(f"{awarding_body} has not approved the centre, as far as is recorded here.")
    if any(unit.awarding_body_id != awarding_body.pk for unit in chosen):
        refusals.append(f"An external verifier of {awarding_body} looks at its units alone: leave out the others.")
    refuse(refusals)
    user = person_at(email)
    record = ExternalRecord.objects.filter(centre=centre, user=user).first() or ExternalRecord(centre=centre, user=user)
    record.name = name.strip()
    refuse_invalid(record)
    record.save()
    grant = add_grant(
        centre=centre,
        user=user,
        role=Role.EXTERNAL_VERIFIER,
        starts_on=starts_on,
        ends_on=ends_on,
        may_download=may_download,
    )
    access = ExternalAccess(
        centre=centre,
        grant=grant,
        awarding_body=awarding_body,
        all_units=not chosen,
        reference=reference.strip(),
        given_by=by,
        given_at=at,
    )
    refuse_invalid(access)
    access.save()
    ExternalUnit.objects.bulk_create(ExternalUnit(access=access, unit=unit) for unit in chosen)
    write_invitation(centre, user, record.name, at)
    _tell_the_centre(access, record.name, by, at)
    details: dict[str, JSON] = {
        "user": user.pk,
        "name": record.name,
        "email": user.email,
        "awarding_body": awarding_body.code,
        "units": [unit.pk for unit in chosen],
        "starts_on": str(starts_on),
        "ends_on": str(ends_on),
        "may_download": may_download,
        "reference": access.reference,
    }
    return _told("give_access", access, by, at, details)


@transaction.atomic
def extend_access(*, access: ExternalAccess, ends_on: datetime.date, by: User, at: datetime.datetime) -> ExternalAccess:
    """Let them in for longer. Refuses days that are over, and more than a visit takes from today."""
    access = _locked(access, by, at)
    refuse(extending_refusals(days_of(access), ends_on, timezone.localdate(at)))
    others = RoleGrant.objects.ending_from(access.grant.starts_on)
    others = others.filter(user__mailbox=access.grant.user.mailbox, centre=access.centre)
    if others.filter(starts_on__lte=ends_on).exclude(pk=access.grant_id).exists():
        refuse(["By then this person has another part at the centre, or days of another visit: choose an earlier day."])
    return _last_day("extend_access", access, ends_on, by, at)


@transaction.atomic
def shorten_access(
    *, access: ExternalAccess, ends_on: datetime.date, by: User, at: datetime.datetime
) -> ExternalAccess:
    """Let them in for less long, until a day that is still to come."""
    access = _locked(access, by, at)
    refuse(shortening_refusals(days_of(access), ends_on, timezone.localdate(at)))
    return _last_day("shorten_access", access, ends_on, by, at)


@transaction.atomic
def end_access(*, access: ExternalAccess, reason: str, by: User, at: datetime.datetime) -> ExternalAccess:
    """Let them in no more, from this moment, with the reason on record. What they remarked and asked for stays.

    Their role is left no day from today on, so that they can be let in anew on this very day.
    """
    access = _locked(access, by, at)
    if days_of(access).over(timezone.localdate(at)):
        refuse(["These days are over already."])
    refuse([] if reason.strip() else ["Say why it is ended."])
    ExternalAccess.objects.filter(pk=access.pk).update(ended_at=at, end_reason=reason.strip())
    yesterday = timezone.localdate(at) - datetime.timedelta(days=1)
    grant = access.grant
    details: dict[str, JSON] = {"from": str(grant.starts_on), "to": str(grant.ends_on), "reason": reason.strip()}
    grant.starts_on, grant.ends_on = min(grant.starts_on, yesterday), yesterday
    grant.save(update_fields=["starts_on", "ends_on"])
    access.refresh_from_db()
    return _told("end_access", access, by, at, details)


@transaction.atomic
def set_downloads(*, access: ExternalAccess, may_download: bool, by: User, at: datetime.datetime) -> ExternalAccess:
    """Say whether they may take files and documents away, or look at them in place only."""
    access = _locked(access, by, at)
    if days_of(access).over(timezone.localdate(at)):
        refuse(["These days are over already."])
    if access.grant.may_download == may_download:
        refuse(["Downloads are allowed already." if may_download else "Downloads are not allowed already."])
    access.grant.may_download = may_download
    access.grant.save(update_fields=["may_download"])
    words = "You may download files and documents." if may_download else "You see files in place only from now on."
    _tell_them(access, words, by, at)
    return _told("set_downloads", access, by, at, {"may_download": may_download})


def _last_day(
    verb: str, access: ExternalAccess, ends_on: datetime.date, by: User, at: datetime.datetime
) -> ExternalAccess:
    details: dict[str, JSON] = {"from": str(access.grant.ends_on), "to": str(ends_on)}
    access.grant.ends_on = ends_on
    access.grant.save(update_fields=["ends_on"])
    _tell_them(access, f"Your last day there is {ends_on:%-d %B %Y} now.", by, at)
    return _told(verb, access, by, at, details)


def _locked(access: ExternalAccess, by: User, at: datetime.datetime) -> ExternalAccess:
    """The account as it is now, with the centre's people locked."""
    centre = take_turns(access.centre)
    refuse_strangers(by, centre, at)
    related = ("centre", "grant__user", "awarding_body")
    return ExternalAccess.objects.select_related(*related).select_for_update(of=("self",)).get(pk=access.pk)


def _tell_them(access: ExternalAccess, sentence: str, by: User, at: datetime.datetime) -> None:
    place = reverse("assessments:external_home")
    news = notices.News(Told.ACCESS, str(access.centre), sentence, place, access)
    notices.tell(news, [access.grant.user], access.centre, by, at)


def _tell_the_centre(access: ExternalAccess, name: str, by: User | None, at: datetime.datetime) -> None:
    """Those in charge, that somebody comes to look."""
    days = f"{access.grant.starts_on:%-d %B} to {access.grant.ends_on:%-d %B %Y}"
    place = reverse("assessments:external_access", args=[access.pk])
    news = notices.News(Told.EXTERNAL, f"{name}, {access.awarding_body}", f"Looks at our work, {days}.", place, access)
    people = [user for role in IN_CHARGE for user in holders(access.centre_id, role, timezone.localdate(at))]
    notices.tell(news, people, access.centre, by, at)


def _told(
    verb: str, access: ExternalAccess, by: User | None, at: datetime.datetime, details: dict[str, JSON]
) -> ExternalAccess:
    audit.record(verb=verb, by=by, at=at, subject=access, centre=access.centre, details=details)
    return access
