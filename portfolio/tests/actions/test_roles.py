"""Granting and ending roles."""

import datetime

import pytest
from django.utils import timezone

from portfolio.actions import end_role, grant_role
from portfolio.enums import Role
from portfolio.models import AuditEvent, Centre, RoleGrant, StaffRecord, User
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def admin(centre: Centre) -> User:
    return an_administrator(centre)


@pytest.fixture
def ann(centre: Centre) -> StaffRecord:
    return a_staff_member(centre, "Ann Lee", Role.ASSESSOR, at=NOW - 30 * DAY)


def grant_of(person: User, role: Role) -> RoleGrant:
    return RoleGrant.objects.get(user=person, role=role)


def test_granting_a_role_is_one_line_in_the_book(centre: Centre, admin: User, ann: StaffRecord) -> None:
    lines = AuditEvent.objects.count()
    grant = grant_role(centre=centre, user=ann.user, role=Role.INTERNAL_VERIFIER, starts_on=TODAY, by=admin, at=NOW)
    assert AuditEvent.objects.count() == lines + 1
    line = AuditEvent.objects.order_by("-id")[0]
    assert (line.verb, line.subject_kind, line.subject_id) == ("grant role", "rolegrant", grant.pk)


def test_a_role_is_held_once_at_a_time(centre: Centre, admin: User, ann: StaffRecord) -> None:
    for starts_on, ends_on in [(TODAY, None), (TODAY - 60 * DAY, None), (TODAY - 60 * DAY, TODAY - 30 * DAY)]:
        with pytest.raises(Refusal, match="already at that time"):
            grant_role(
                centre=centre, user=ann.user, role=Role.ASSESSOR, starts_on=starts_on, ends_on=ends_on, by=admin, at=NOW
            )
    grant_role(
        centre=centre,
        user=ann.user,
        role=Role.ASSESSOR,
        starts_on=TODAY - 60 * DAY,
        ends_on=TODAY - 31 * DAY,
        by=admin,
        at=NOW,
    )


def test_a_role_cannot_end_before_it_starts(centre: Centre, admin: User, ann: StaffRecord) -> None:
    with pytest.raises(Refusal, match="before it starts"):
        grant_role(
            centre=centre,
            user=ann.user,
            role=Role.LEAD_VERIFIER,
            starts_on=TODAY,
            ends_on=TODAY - DAY,
            by=admin,
            at=NOW,
        )


def test_a_role_needs_the_record_that_names_the_person(centre: Centre, admin: User, ann: StaffRecord) -> None:
    cara = a_candidate(centre)
    with pytest.raises(Refusal, match="no candidate record"):
        grant_role(centre=centre, user=ann.user, role=Role.CANDIDATE, starts_on=TODAY, by=admin, at=NOW)
    with pytest.raises(Refusal, match="no staff record"):
        grant_role(centre=centre, user=cara.user, role=Role.ASSESSOR, starts_on=TODAY, by=admin, at=NOW)


def test_only_an_administrator_of_this_centre_grants_and_ends(centre: Centre, admin: User, ann: StaffRecord) -> None:
    stranger = an_administrator(a_centre("Southgate Centre"), "Olga Other")
    with pytest.raises(Refusal, match="Only an administrator"):
        grant_role(centre=centre, user=ann.user, role=Role.LEAD_VERIFIER, starts_on=TODAY, by=stranger, at=NOW)
    with pytest.raises(Refusal, match="Only an administrator"):
        end_role(grant=grant_of(ann.user, Role.ASSESSOR), ends_on=TODAY, by=ann.user, at=NOW)


def test_ending_a_role_is_one_line_and_it_may_be_granted_again(centre: Centre, admin: User, ann: StaffRecord) -> None:
    lines = AuditEvent.objects.count()
    ended = end_role(grant=grant_of(ann.user, Role.ASSESSOR), ends_on=TODAY - DAY, by=admin, at=NOW)
    assert AuditEvent.objects.count() == lines + 1
    assert not RoleGrant.objects.on(TODAY).filter(pk=ended.pk).exists()
    with pytest.raises(Refusal, match="has ended on"):
        end_role(grant=ended, ends_on=TODAY, by=admin, at=NOW)
    grant_role(centre=centre, user=ann.user, role=Role.ASSESSOR, starts_on=TODAY, by=admin, at=NOW)


def test_a_role_does_not_end_in_the_past_nor_before_it_started(centre: Centre, admin: User, ann: StaffRecord) -> None:
    grant = grant_of(ann.user, Role.ASSESSOR)
    with pytest.raises(Refusal, match="yesterday is the earliest"):
        end_role(grant=grant, ends_on=TODAY - 2 * DAY, by=admin, at=NOW)
    with pytest.raises(Refusal, match="before it starts"):
        end_role(grant=grant, ends_on=TODAY - 31 * DAY, by=admin, at=NOW)


def test_the_last_administrator_stays_until_there_is_another_for_good(centre: Centre, admin: User) -> None:
    grant = grant_of(admin, Role.ADMINISTRATOR)
    with pytest.raises(Refusal, match="last administrator"):
        end_role(grant=grant, ends_on=TODAY, by=admin, at=NOW)
    deputy = a_staff_member(centre, "Dee Deputy", Role.ASSESSOR)
    for starts_on, ends_on in [(TODAY, TODAY + 5 * DAY), (TODAY + 9 * DAY, None)]:
        grant_role(
            centre=centre,
            user=deputy.user,
            role=Role.ADMINISTRATOR,
            starts_on=starts_on,
            ends_on=ends_on,
            by=admin,
            at=NOW,
        )
    with pytest.raises(Refusal, match="last administrator"):
        end_role(grant=grant, ends_on=TODAY, by=admin, at=NOW)
    end_role(grant=grant, ends_on=TODAY + 8 * DAY, by=admin, at=NOW)
