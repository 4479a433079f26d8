"""Verbs of an external verifier's own: units chosen beyond the centre's sample, notes, and remarks to the centre.

They change nothing of the centre's. What they ask the centre to do is an action of the centre's: see `activities`.
"""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions.journey import refuse, require
from assessments.models import Enrolment, ExternalAccess, ExternalChoice, ExternalNote
from assessments.models.external import TOLD_THE_CENTRE
from assessments.queries.access import days_of
from assessments.visiting import outside_refusals
from portfolio import audit, notices
from portfolio.actions.checks import refuse_invalid
from portfolio.canonical import JSON
from portfolio.enums import Role, Told
from portfolio.models import User, holders
from portfolio.refusal import Refusal
from portfolio.rules import IN_CHARGE

NOT_IN_REMIT = "Choose among the units you were given to look at."
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
    people = _holding(access, TOLD_THE_CENTRE, at)
    _tell(access, str(access), "The external verifier has made a remark.", people, by, at)
    _record("issue_note", note, access, by, at, {"enrolment": note.enrolment_id})
    return note


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
    row: ExternalChoice | ExternalNote,
    access: ExternalAccess,
    by: User,
    at: Moment,
    details: dict[str, JSON],
) -> None:
    """What a note says is its writer's: the book names it alone."""
    audit.record(verb=verb, by=by, at=at, subject=row, centre=access.centre, details=details)
