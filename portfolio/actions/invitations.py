"""Inviting people, and taking an invitation up.

An invitation to an address that signs in already answers exactly like one to a new address: the same record, the same
message on screen, one e-mail with the same subject. Only what the e-mail says differs, and only its owner reads that.
"""

import datetime
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from portfolio import audit, post
from portfolio.actions.checks import refuse, refuse_invalid, refuse_strangers, take_turns
from portfolio.actions.records import number_refusals
from portfolio.actions.roles import add_grant
from portfolio.canonical import JSON
from portfolio.enums import Language, Role
from portfolio.invitation import Invitation, link_to, sign_in_link
from portfolio.models import CandidateRecord, Centre, ExternalRecord, OutgoingMessage, RoleGrant, StaffRecord, User
from portfolio.refusal import Refusal
from portfolio.rules import STAFF_ROLES


def person_at(address: str) -> User:
    """Whoever signs in with the address; a new sign-in without a password if nobody does."""
    known = User.objects.signing_in_by(address).first()
    if known is not None:
        return known
    person = User(email=address.strip().lower())
    person.set_unusable_password()
    refuse_invalid(person)
    person.save()
    return person


def with_article(noun: str) -> str:
    """An assessor, a candidate."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def in_words(grant: RoleGrant) -> str:
    """What somebody becomes: an assessor; an external verifier from one day to another."""
    words = with_article(grant.get_role_display().lower())
    if grant.role == Role.EXTERNAL_VERIFIER and grant.ends_on:
        return f"{words} from {grant.starts_on:%-d %B %Y} to {grant.ends_on:%-d %B %Y}"
    return words


def write_invitation(centre: Centre, user: User, name: str, at: datetime.datetime) -> OutgoingMessage:
    """The e-mail: choose a password, or, for somebody who has one, sign in. It names every role the person has here, so
    no letter of theirs is held back any more."""
    grants = RoleGrant.objects.ending_from(timezone.localdate(at)).filter(user=user, centre=centre)
    context = {
        "name": name,
        "centre": centre,
        "roles": [in_words(grant) for grant in grants],
        "days": settings.INVITATION_DAYS,
    }
    if user.has_usable_password():
        template, context["link"] = "invitation_to_sign_in", sign_in_link()
    else:
        template, context["link"] = "invitation", link_to(Invitation(user, centre))
    subject = f"{centre} has invited you"
    for kind in (CandidateRecord, StaffRecord, ExternalRecord):
        kind.objects.filter(centre=centre, user=user, invited_at=None).update(invited_at=at)
    return post.write(centre=centre, to=user.email, subject=subject, template=template, context=context, at=at)


@transaction.atomic
def invite_candidate(
    *,
    centre: Centre,
    email: str,
    legal_name: str,
    known_as: str = "",
    centre_reference: str = "",
    candidate_number: str = "",
    uln: str = "",
    scn: str = "",
    uci: str = "",
    language: str = Language.ENGLISH,
    workplace: str = "",
    registered_on: datetime.date | None = None,
    send: bool = True,
    by: User | None,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> CandidateRecord:
    """Make a person a candidate of the centre from today on, and write to them, or hold the letter back.

    Refuses somebody who is a candidate here already, numbers that cannot be right, and numbers of another candidate.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    candidate = CandidateRecord(
        centre=centre,
        user=person_at(email),
        legal_name=legal_name.strip(),
        known_as=known_as.strip(),
        centre_reference=centre_reference.strip(),
        candidate_number=candidate_number.strip(),
        uln=uln.strip(),
        scn=scn.strip(),
        uci=uci.strip(),
        language=language,
        workplace=workplace.strip(),
        registered_on=registered_on,
    )
    refuse_invalid(candidate, *number_refusals(candidate))
    candidate.save()
    add_grant(centre=centre, user=candidate.user, role=Role.CANDIDATE, starts_on=timezone.localdate(at))
    if send:
        write_invitation(centre, candidate.user, candidate.name, at)
        candidate.refresh_from_db(fields=["invited_at"])
    details: dict[str, JSON] = {
        "user": candidate.user.pk,
        "legal_name": candidate.legal_name,
        "email": candidate.user.email,
    }
    verb = "invite candidate" if send else "add candidate"
    audit.record(verb=verb, by=by, at=at, subject=candidate, centre=centre, details=details, act_id=act_id)
    return candidate


@transaction.atomic
def invite_staff(
    *,
    centre: Centre,
    email: str,
    name: str,
    job_title: str = "",
    roles: Iterable[Role],
    send: bool = True,
    by: User | None,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> StaffRecord:
    """Make a person staff of the centre in these roles from today on, and write to them, or hold the letter back.

    Refuses somebody who is staff here already, no role at all, and the role of candidate: that has its own record.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    wanted = sorted(set(roles))
    if not wanted:
        refuse(["Choose at least one role: what will this person do here?"])
    if not set(wanted) <= set(STAFF_ROLES):
        refuse(["A candidate has a record of their own: add this person as a candidate as well."])
    staff = StaffRecord(
        centre=centre,
        user=person_at(email),
        name=name.strip(),
        job_title=job_title.strip(),
    )
    refuse_invalid(staff)
    staff.save()
    for role in wanted:
        add_grant(centre=centre, user=staff.user, role=role, starts_on=timezone.localdate(at))
    if send:
        write_invitation(centre, staff.user, staff.name, at)
        staff.refresh_from_db(fields=["invited_at"])
    details: dict[str, JSON] = {
        "user": staff.user.pk,
        "name": staff.name,
        "email": staff.user.email,
        "roles": [str(role) for role in wanted],
    }
    verb = "invite staff" if send else "add staff"
    audit.record(verb=verb, by=by, at=at, subject=staff, centre=centre, details=details, act_id=act_id)
    return staff


def record_of(centre: Centre, user: User) -> StaffRecord | CandidateRecord | ExternalRecord | None:
    """What the centre keeps about the person: the staff record first."""
    kinds = (StaffRecord, CandidateRecord, ExternalRecord)
    found = (kind.objects.filter(centre=centre, user=user).first() for kind in kinds)
    return next((record for record in found if record), None)


@transaction.atomic
def resend_invitation(
    *, centre: Centre, user: User, by: User | None, at: datetime.datetime, act_id: uuid.UUID | None = None
) -> OutgoingMessage:
    """Write the invitation that was held back, or write it again with a fresh link.

    The earlier link stays good for as long as it was.
    """
    centre = take_turns(centre)
    refuse_strangers(by, centre, at)
    record = record_of(centre, user)
    grants = RoleGrant.objects.ending_from(timezone.localdate(at)).filter(user=user, centre=centre)
    if record is None or not grants.exists():
        raise Refusal(["This person holds no role here: grant one before you invite them again."])
    verb = "invite again" if record.invited_at else "invite"
    message = write_invitation(centre, user, record.name, at)
    audit.record(verb=verb, by=by, at=at, subject=record, centre=centre, details={"user": user.pk}, act_id=act_id)
    return message


@transaction.atomic
def accept_invitation(*, invitation: Invitation, password: str, by: User, at: datetime.datetime) -> User:
    """Give the invited person their first password. `by` is the person; the link is used up by it."""
    user = User.objects.select_for_update().get(pk=invitation.user.pk)
    if user.has_usable_password():
        refuse(["This invitation has been taken up already: sign in with the password chosen then."])
    try:
        validate_password(password, user)
    except ValidationError as error:
        refuse(list(error.messages))
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(verb="accept invitation", by=by, at=at, subject=user, centre=invitation.centre, details={})
    return user
