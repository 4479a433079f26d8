"""Inviting candidates and staff, and taking an invitation up."""

import datetime
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from portfolio import invitation
from portfolio.actions import accept_invitation, end_role, invite_candidate, invite_staff, resend_invitation
from portfolio.enums import Role
from portfolio.invitation import Invitation
from portfolio.models import AuditEvent, CandidateRecord, Centre, OutgoingMessage, RoleGrant, StaffRecord, User
from portfolio.refusal import Refusal
from portfolio.testing import PASSWORD, a_candidate, a_centre, a_staff_member, an_administrator, with_password

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def admin(centre: Centre) -> User:
    return an_administrator(centre)


def newest_line() -> AuditEvent:
    return AuditEvent.objects.order_by("-id")[0]


def newest_message() -> OutgoingMessage:
    return OutgoingMessage.objects.order_by("-id")[0]


def token_of(message: OutgoingMessage) -> str:
    [link] = [line for line in message.body.splitlines() if "/invitation/" in line]
    return link.rstrip("/").rsplit("/", 1)[1]


def test_inviting_a_candidate_makes_the_record_the_role_one_line_and_one_message(centre: Centre, admin: User) -> None:
    lines = AuditEvent.objects.count()
    candidate = invite_candidate(
        centre=centre, email=" Sian@Example.org ", legal_name="Siân Ó Briain", uln="9276308686", by=admin, at=NOW
    )
    assert candidate.user.email == "sian@example.org"
    assert not candidate.user.has_usable_password()
    [grant] = RoleGrant.objects.filter(user=candidate.user)
    assert (grant.role, grant.starts_on, grant.ends_on) == (Role.CANDIDATE, timezone.localdate(NOW), None)
    assert AuditEvent.objects.count() == lines + 1
    line = newest_line()
    assert (line.verb, line.actor, line.subject_kind, line.subject_id) == (
        "invite candidate",
        admin,
        "candidaterecord",
        candidate.pk,
    )
    message = newest_message()
    assert message.to == "sian@example.org"
    assert "Siân Ó Briain" in message.body
    assert invitation.read(token_of(message)) == Invitation(candidate.user, centre)


def test_inviting_staff_grants_every_role_in_one_act(centre: Centre, admin: User) -> None:
    lines = AuditEvent.objects.count()
    staff = invite_staff(
        centre=centre,
        email="ann@example.org",
        name="Ann Lee",
        job_title="Team manager",
        roles=[Role.INTERNAL_VERIFIER, Role.ASSESSOR, Role.ASSESSOR],
        by=admin,
        at=NOW,
    )
    assert set(RoleGrant.objects.filter(user=staff.user).values_list("role", flat=True)) == {
        Role.ASSESSOR,
        Role.INTERNAL_VERIFIER,
    }
    assert AuditEvent.objects.count() == lines + 1
    assert newest_line().verb == "invite staff"
    assert "as an assessor and an internal verifier." in newest_message().body


def test_a_person_may_be_staff_and_candidate_and_belong_to_two_centres(centre: Centre, admin: User) -> None:
    other = a_centre("Southgate Centre")
    staff = a_staff_member(centre, "Ann Lee", Role.ASSESSOR)
    assert a_candidate(centre, "Ann Lee").user == staff.user
    assert a_candidate(other, "Ann Lee").user == staff.user
    assert a_staff_member(other, "Ann Lee", Role.LEAD_VERIFIER).user == staff.user


def test_a_known_address_gets_the_same_message_but_signs_in(centre: Centre, admin: User) -> None:
    unknown = a_candidate(centre, "New Person", by=admin)
    to_unknown = newest_message()
    other = a_centre("Southgate Centre")
    with_password(a_candidate(other, "Known Person").user)
    known = a_candidate(centre, "Known Person", by=admin)
    to_known = newest_message()
    assert to_known.subject == to_unknown.subject
    assert "/invitation/" in to_unknown.body
    assert "/invitation/" not in to_known.body
    assert "/accounts/login/" in to_known.body
    assert {unknown.centre, known.centre} == {centre}
    assert known.user.has_usable_password()


def test_nobody_is_invited_twice_to_the_same_place(centre: Centre, admin: User) -> None:
    a_candidate(centre, "Cara Candidate")
    a_staff_member(centre, "Ann Lee", Role.ASSESSOR)
    with pytest.raises(Refusal, match="candidate of the centre already"):
        invite_candidate(centre=centre, email="CARA.candidate@example.org", legal_name="Cara", by=admin, at=NOW)
    with pytest.raises(Refusal, match="staff of the centre already"):
        invite_staff(centre=centre, email="ann.lee@example.org", name="Ann", roles=[Role.ASSESSOR], by=admin, at=NOW)


def test_it_refuses_what_cannot_be_right_and_keeps_nothing(centre: Centre, admin: User) -> None:
    with pytest.raises(Refusal) as refused:
        invite_candidate(
            centre=centre, email="cara@example.org", legal_name="", uln="9999999999", scn="123", by=admin, at=NOW
        )
    assert len(refused.value.sentences) == 3
    with pytest.raises(Refusal, match="Email: Enter a valid email address"):
        invite_candidate(centre=centre, email="no address", legal_name="Cara", by=admin, at=NOW)
    assert not CandidateRecord.objects.exists()
    assert User.objects.count() == 1


def test_two_candidates_of_a_centre_never_share_a_number_but_two_centres_may(centre: Centre, admin: User) -> None:
    uln, scn = "9276308686", "051234561"
    invite_candidate(centre=centre, email="a@example.org", legal_name="A", uln=uln, scn=scn, by=admin, at=NOW)
    with pytest.raises(Refusal) as refused:
        invite_candidate(centre=centre, email="b@example.org", legal_name="B", uln=uln, scn=scn, by=admin, at=NOW)
    assert len(refused.value.sentences) == 2
    other = a_centre("Southgate Centre")
    invite_candidate(centre=other, email="a@example.org", legal_name="A", uln=uln, scn=scn, by=None, at=NOW)


def test_staff_need_a_role_and_candidate_is_not_one(centre: Centre, admin: User) -> None:
    for roles in ([], [Role.ASSESSOR, Role.CANDIDATE]):
        with pytest.raises(Refusal):
            invite_staff(centre=centre, email="ann@example.org", name="Ann", roles=roles, by=admin, at=NOW)
    assert StaffRecord.objects.count() == 1


def test_only_an_administrator_of_this_centre_invites(centre: Centre, admin: User) -> None:
    other_admin = an_administrator(a_centre("Southgate Centre"), "Olga Other")
    assessor = a_staff_member(centre, "Ann Lee", Role.ASSESSOR).user
    for stranger in (other_admin, assessor):
        with pytest.raises(Refusal, match="Only an administrator"):
            invite_candidate(centre=centre, email="c@example.org", legal_name="C", by=stranger, at=NOW)


def test_an_invitation_is_taken_up_once(centre: Centre, admin: User) -> None:
    candidate = a_candidate(centre)
    token = token_of(newest_message())
    found = invitation.read(token)
    assert found is not None
    lines = AuditEvent.objects.count()
    user = accept_invitation(invitation=found, password=PASSWORD, by=found.user, at=NOW)
    assert user.check_password(PASSWORD)
    assert AuditEvent.objects.count() == lines + 1
    assert (newest_line().verb, newest_line().actor) == ("accept invitation", candidate.user)
    assert invitation.read(token) is None
    with pytest.raises(Refusal, match="taken up already"):
        accept_invitation(invitation=found, password=PASSWORD, by=found.user, at=NOW)


def test_a_password_that_is_too_short_or_too_common_is_refused(centre: Centre) -> None:
    found = Invitation(a_candidate(centre).user, centre)
    with pytest.raises(Refusal, match="at least 12 characters"):
        accept_invitation(invitation=found, password="short", by=found.user, at=NOW)
    assert not User.objects.get(pk=found.user.pk).has_usable_password()


def test_an_invitation_runs_out_is_not_forged_and_ends_with_the_roles(centre: Centre, admin: User) -> None:
    staff = a_staff_member(centre, "Ann Lee", Role.ASSESSOR)
    token = token_of(newest_message())
    assert invitation.read(token) is not None
    assert invitation.read(token[:-2]) is None
    assert invitation.read("nonsense") is None
    with mock.patch("django.core.signing.time.time", return_value=NOW.timestamp() + 15 * 86_400):
        assert invitation.read(token) is None
    yesterday = timezone.localdate(NOW) - datetime.timedelta(days=1)
    RoleGrant.objects.filter(user=staff.user).update(starts_on=yesterday)
    end_role(grant=RoleGrant.objects.get(user=staff.user), ends_on=yesterday, by=admin, at=NOW)
    assert invitation.read(token) is None


def test_an_invitation_is_sent_again_with_a_link_that_opens(centre: Centre, admin: User) -> None:
    candidate = a_candidate(centre)
    lines, messages = AuditEvent.objects.count(), OutgoingMessage.objects.count()
    message = resend_invitation(centre=centre, user=candidate.user, by=admin, at=NOW)
    assert OutgoingMessage.objects.count() == messages + 1
    assert AuditEvent.objects.count() == lines + 1
    assert newest_line().verb == "invite again"
    assert invitation.read(token_of(message)) == Invitation(candidate.user, centre)


def test_nobody_is_invited_again_to_a_centre_where_they_hold_no_role(centre: Centre, admin: User) -> None:
    stranger = a_candidate(a_centre("Southgate Centre")).user
    with pytest.raises(Refusal, match="holds no role here"):
        resend_invitation(centre=centre, user=stranger, by=admin, at=NOW)


def test_a_letter_that_names_all_roles_is_held_back_for_none_of_them() -> None:
    centre = a_centre()
    admin, at = an_administrator(centre), timezone.now()
    word: dict[str, Any] = {"centre": centre, "email": "vic@example.org", "by": admin, "at": at}
    staff = invite_staff(name="Vic Moss", roles=[Role.ASSESSOR], send=False, **word)
    candidate = invite_candidate(legal_name="Vic Moss", send=True, **word)
    staff.refresh_from_db()
    assert staff.invited_at == candidate.invited_at == at
