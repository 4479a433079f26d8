"""Verbs of an external verifier's own: units chosen beyond the centre's sample, notes, and remarks to the centre; a
strategy they agree, a claim they authorise.

They change nothing of the centre's own. What they ask the centre to do is an action of the centre's: see `activities`.
"""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions.journey import lock_one, refuse, require
from assessments.enums import UnitStatus
from assessments.models import (
    ClaimAuthorisation,
    Enrolment,
    ExternalAccess,
    ExternalChoice,
    ExternalNote,
    SamplingPolicy,
)
from assessments.queries.access import days_of, visitor_name
from assessments.queries.award import authorised_among, claiming_standing
from assessments.queries.strategy import latest_policy
from assessments.visiting import CLAIMABLE, agreeing_refusals, authorising_refusals, outside_refusals
from portfolio import audit, notices
from portfolio.actions.checks import refuse_invalid, take_turns
from portfolio.canonical import JSON
from portfolio.enums import Role, Told
from portfolio.models import User, holders
from portfolio.refusal import Refusal
from portfolio.rules import IN_CHARGE, OVERSEEING

NOT_IN_REMIT = "Choose among the units you were given to look at."
NOT_THEIR_BODY = "You agree the strategy for the units of your own awarding body."
CLAIMED = "The unit is not waiting to be claimed any more: what was authorised stands."
ISSUED = "This was issued as a remark, and stands."
Moment = datetime.datetime


@transaction.atomic
def choose_unit(*, access: ExternalAccess, enrolment: Enrolment, reason: str, by: User, at: Moment) -> ExternalChoice:
    """Choose a candidate's unit to look at, with the reason. The centre is told.

    Source: an awarding body picks examples of its own (domain rule 10). Raises Refusal outside the remit, and twice.
    """
    reason = require(reason, "Say why you choose this unit.")
    access = _locked(access, by, at)
    enrolment = _in_remit(access, enrolment, by, at)
    choice = ExternalChoice(access=access, enrolment=enrolment, reason=reason, chosen_at=at)
    refuse_invalid(choice)
    choice.save()
    subject = f"{enrolment.candidate.name}: {enrolment.unit.short_code}"
    people = [enrolment.verifier, *_holding(access, IN_CHARGE, at)]
    _tell(access, subject, "The external verifier has chosen this unit to look at.", people, by, at)
    _record("choose_unit", choice, access, by, at, {"enrolment": enrolment.pk, "reason": reason})
    return choice


@transaction.atomic
def mark_looked_at(*, choice: ExternalChoice, by: User, at: Moment) -> ExternalChoice:
    """Tick a chosen unit as looked at."""
    access = _locked(choice.access, by, at)
    if ExternalChoice.objects.filter(pk=choice.pk, looked_at=None).update(looked_at=at) != 1:
        raise Refusal(["You have ticked this unit already."])
    choice.refresh_from_db()
    _record("mark_looked_at", choice, access, by, at, {"enrolment": choice.enrolment_id})
    return choice


@transaction.atomic
def write_note(
    *, access: ExternalAccess, enrolment: Enrolment | None, words: str, by: User, at: Moment
) -> ExternalNote:
    """Write something down, of a unit or of the visit. It is the writer's alone until it is issued."""
    access = _locked(access, by, at)
    if enrolment is not None:
        enrolment = _in_remit(access, enrolment, by, at)
    note = ExternalNote(access=access, enrolment=enrolment, words=words.strip(), written_at=at)
    refuse_invalid(note)
    note.save()
    _record("write_note", note, access, by, at, {})
    return note


@transaction.atomic
def change_note(*, note: ExternalNote, words: str, by: User, at: Moment) -> ExternalNote:
    """Write a note anew. Raises Refusal once it was issued."""
    note, access = _locked_note(note, by, at)
    note.words, note.written_at = words.strip(), at
    refuse_invalid(note)
    note.save(update_fields=["words", "written_at"])
    _record("change_note", note, access, by, at, {})
    return note


@transaction.atomic
def discard_note(*, note: ExternalNote, by: User, at: Moment) -> None:
    """Throw a note away. Raises Refusal once it was issued."""
    note, access = _locked_note(note, by, at)
    _record("discard_note", note, access, by, at, {})
    note.delete()


@transaction.atomic
def issue_note(*, note: ExternalNote, by: User, at: Moment) -> ExternalNote:
    """Make a note a remark to the centre. From then on it stands, and the centre's verifiers and office see it."""
    note, access = _locked_note(note, by, at)
    note.issued_at = at
    note.save(update_fields=["issued_at"])
    people = _holding(access, OVERSEEING, at)
    _tell(access, str(access), "The external verifier has made a remark.", people, by, at)
    _record("issue_note", note, access, by, at, {"enrolment": note.enrolment_id})
    return note


@transaction.atomic
def agree_strategy(*, access: ExternalAccess, policy: SamplingPolicy, by: User, at: Moment) -> SamplingPolicy:
    """Agree the strategy in force for the units of one's awarding body. The centre is told, and it stands.

    Source: the strategy is agreed with the external verifier (domain rules 37 to 39). Raises Refusal for an earlier
    version, and for one that was agreed.
    """
    access = _locked(access, by, at)
    centre = take_turns(access.centre)
    policy = SamplingPolicy.objects.get(pk=policy.pk)
    if (policy.centre_id, policy.awarding_body_id) != (centre.pk, access.awarding_body_id):
        raise Refusal([NOT_THEIR_BODY])
    latest = latest_policy(centre, access.awarding_body)
    refuse(agreeing_refusals(is_latest=policy == latest, agreed=policy.agreed_on is not None))
    name = visitor_name(access)
    policy.agreed_with, policy.agreed_on, policy.agreed_in = name, timezone.localdate(at), access
    policy.agreement_recorded_by, policy.agreement_recorded_at = by, at
    policy.save(
        update_fields=["agreed_with", "agreed_on", "agreed_in", "agreement_recorded_by", "agreement_recorded_at"]
    )
    people = _holding(access, IN_CHARGE, at)
    _tell(access, str(policy), "The external verifier has agreed the sampling strategy.", people, by, at)
    _record("agree_strategy", policy, access, by, at, {"version": policy.number, "with": name})
    return policy


@transaction.atomic
def authorise_claim(
    *, access: ExternalAccess, enrolment: Enrolment, reference: str, by: User, at: Moment
) -> ClaimAuthorisation:
    """Let the centre claim a candidate's unit for which it holds no direct claim status. The centre is told.

    Source: without direct claim status the external verifier authorises after a visit (domain rules 54, 55). It counts
    as long as the unit stands as it was signed. Raises Refusal for a unit that is not ready, or needs no authorisation.
    """
    access = _locked(access, by, at)
    enrolment = lock_one(_in_remit(access, enrolment, by, at))
    standing = claiming_standing(enrolment, timezone.localdate(at))
    given = bool(authorised_among([enrolment.pk]))
    refuse(authorising_refusals(UnitStatus(enrolment.status), standing.direct, authorised=given))
    row = ClaimAuthorisation(access=access, enrolment=enrolment, reference=reference.strip(), authorised_at=at)
    refuse_invalid(row)
    row.save()
    subject = f"{enrolment.candidate.name}: {enrolment.unit.short_code}"
    people = _holding(access, (Role.ADMINISTRATOR,), at)
    _tell(access, subject, "The external verifier has authorised the claim of this unit.", people, by, at)
    _record("authorise_claim", row, access, by, at, {"enrolment": enrolment.pk, "reference": row.reference})
    return row


@transaction.atomic
def take_back_authorisation(
    *, access: ExternalAccess, authorisation: ClaimAuthorisation, reason: str, by: User, at: Moment
) -> ClaimAuthorisation:
    """Authorise a claim no more, before it is made. The centre is told.

    `access` is a visit of the same awarding body's: what one external verifier authorised the next may take back.
    """
    reason = require(reason, "Say why it is taken back.")
    access = _locked(access, by, at)
    enrolment = lock_one(_in_remit(access, authorisation.enrolment, by, at))
    if enrolment.status not in CLAIMABLE:
        raise Refusal([CLAIMED])
    open_still = ClaimAuthorisation.objects.filter(pk=authorisation.pk, taken_back_at=None)
    if open_still.update(taken_back_at=at, taken_back_reason=reason) != 1:
        raise Refusal(["It was taken back already."])
    authorisation.refresh_from_db()
    subject = f"{enrolment.candidate.name}: {enrolment.unit.short_code}"
    people = _holding(access, (Role.ADMINISTRATOR,), at)
    _tell(access, subject, "The claim of this unit is authorised no more.", people, by, at)
    _record("take_back_authorisation", authorisation, access, by, at, {"enrolment": enrolment.pk, "reason": reason})
    return authorisation


def _locked(access: ExternalAccess, by: User, at: Moment) -> ExternalAccess:
    """The visit as it is now. Raises Refusal for anybody but its external verifier, and outside its days."""
    rows = ExternalAccess.objects.select_related("centre", "grant", "awarding_body").select_for_update(of=("self",))
    access = rows.get(pk=access.pk)
    refuse(outside_refusals(by.pk, access.grant.user_id, days_of(access), timezone.localdate(at)))
    return access


def _locked_note(note: ExternalNote, by: User, at: Moment) -> tuple[ExternalNote, ExternalAccess]:
    access = _locked(note.access, by, at)
    note = ExternalNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if note.issued_at:
        raise Refusal([ISSUED])
    return note, access


def _in_remit(access: ExternalAccess, enrolment: Enrolment, by: User, at: Moment) -> Enrolment:
    units = Enrolment.objects.visible_to(by, timezone.localdate(at)).filter(
        centre=access.centre_id, unit__awarding_body=access.awarding_body_id
    )
    found = units.select_related("candidate", "unit", "verifier").filter(pk=enrolment.pk).first()
    if found is None:
        raise Refusal([NOT_IN_REMIT])
    return found


def _holding(access: ExternalAccess, roles: tuple[Role, ...], at: Moment) -> list[User]:
    """Those at the centre who hold one of these roles now."""
    return [user for role in roles for user in holders(access.centre_id, role, timezone.localdate(at))]


def _tell(access: ExternalAccess, subject: str, sentence: str, people: list[User], by: User, at: Moment) -> None:
    place = reverse("assessments:external_access", args=[access.pk])
    notices.tell(notices.News(Told.EXTERNAL, subject, sentence, place, access), people, access.centre, by, at)


def _record(
    verb: str,
    row: ExternalChoice | ExternalNote | SamplingPolicy | ClaimAuthorisation,
    access: ExternalAccess,
    by: User,
    at: Moment,
    details: dict[str, JSON],
) -> None:
    """What a note says is its writer's: the book names it alone."""
    audit.record(verb=verb, by=by, at=at, subject=row, centre=access.centre, details=details)
