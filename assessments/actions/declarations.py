"""Verbs of a declaration's words: the centre writes them, the external verifier approves them.

Source: forms of a centre's own need the external verifier's word (OCR; domain rule 28). Words that were approved never
change: the next ones are another version, and a form keeps those that were signed.
"""

import datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from assessments.actions.journey import administers, require
from assessments.form_enums import DeclarationOf
from assessments.models import ExternalAccess, Wording
from assessments.visiting import NOT_YOURS
from portfolio import audit, notices, signing
from portfolio.actions.checks import refuse_invalid, take_turns
from portfolio.canonical import JSON
from portfolio.enums import Role, Told
from portfolio.models import Centre, ExternalRecord, Statement, User, holders
from portfolio.refusal import Refusal
from units.models import AwardingBody, CentreApproval

Moment = datetime.datetime
WRITE = "Write the words of the declaration."
SAME = "These are the words in force already: nothing was written."
SETTLED = "These words have been approved or given up meanwhile: look at the list again."


@transaction.atomic
def write_wording(
    *, centre: Centre, awarding_body: AwardingBody, declaration: DeclarationOf, text: str, by: User, at: Moment
) -> Wording:
    """Write words for a declaration on the body's units. They wait for its external verifier. Raises Refusal."""
    centre = take_turns(centre)
    administers(by, centre, at)
    text = require(text.replace("\r\n", "\n"), WRITE)
    if not CentreApproval.objects.filter(centre=centre, awarding_body=awarding_body).exists():
        raise Refusal([f"Record the approval of the centre by {awarding_body} first."])
    if text == signing.current_statement(declaration, awarding_body.code, centre.pk).text:
        raise Refusal([SAME])
    wording = Wording(
        centre=centre, awarding_body=awarding_body, declaration=declaration, text=text, written_by=by, written_at=at
    )
    refuse_invalid(wording)
    wording.save()
    _told("write_wording", wording, by, at, {"declaration": declaration.value, "awarding_body": awarding_body.code})
    return wording


@transaction.atomic
def withdraw_wording(*, wording: Wording, by: User, at: Moment) -> Wording:
    """Give words up that nobody has approved yet. They stay on record."""
    wording = _waiting(wording)
    administers(by, wording.centre, at)
    wording.withdrawn_at = at
    wording.save(update_fields=["withdrawn_at"])
    _told("withdraw_wording", wording, by, at, {})
    return wording


@transaction.atomic
def record_wording_approval(
    *, wording: Wording, approved_by: str, approved_on: datetime.date, reference: str, by: User, at: Moment
) -> Wording:
    """Record that the body's external verifier approved the words, when, and where that stands written: it may have
    been before they were written here."""
    wording = _waiting(wording)
    administers(by, wording.centre, at)
    name = require(approved_by, "Give the name of the external verifier who approved the words.")
    reference = require(reference, "Say where the approval stands written: a report, a letter, an e-mail.")
    if approved_on > timezone.localdate(at):
        raise Refusal(["The day of the approval cannot be in the future."])
    return _approved(wording, name, approved_on, reference, None, by, at, "record_wording_approval")


@transaction.atomic
def approve_wording(*, wording: Wording, by: User, at: Moment) -> Wording:
    """The external verifier approves the words themselves, in a visit for the same body. The office is told."""
    wording = _waiting(wording)
    day = timezone.localdate(at)
    same = {"centre": wording.centre_id, "awarding_body": wording.awarding_body_id}
    access = ExternalAccess.objects.in_force(by, day).filter(**same).first()
    if access is None:
        raise Refusal([NOT_YOURS])
    name = ExternalRecord.objects.get(user=by, centre=wording.centre_id).name
    wording = _approved(wording, name, day, access.reference, access, by, at, "approve_wording")
    place = reverse("assessments:declarations", args=[wording.centre.slug])
    sentence = "The external verifier has approved the new words: they are signed from now on."
    news = notices.News(Told.EXTERNAL, str(wording), sentence, place, wording)
    notices.tell(news, list(holders(wording.centre_id, Role.ADMINISTRATOR, day)), wording.centre, by, at)
    return wording


# --- inside ----------------------------------------------------------------------------------------------------------


def _waiting(wording: Wording) -> Wording:
    """The wording, locked with its centre, if it still waits."""
    take_turns(wording.centre)
    rows = Wording.objects.waiting().select_related("centre", "awarding_body").select_for_update(of=("self",))
    found = rows.filter(pk=wording.pk).first()
    if found is None:
        raise Refusal([SETTLED])
    return found


def _approved(
    wording: Wording,
    name: str,
    day: datetime.date,
    reference: str,
    access: ExternalAccess | None,
    by: User,
    at: Moment,
    verb: str,
) -> Wording:
    """The words as a statement of the centre's own, in the next version that no other words of the kind have."""
    before = signing.current_statement(wording.declaration, wording.awarding_body.code, wording.centre_id)
    known = Statement.objects.known_at(wording.centre_id).filter(key=wording.declaration)
    wording.statement = Statement.objects.create(
        key=wording.declaration,
        variant=wording.awarding_body.code,
        version=(known.aggregate(last=Max("version"))["last"] or 0) + 1,
        title=before.title,
        text=wording.text,
        centre=wording.centre,
    )
    wording.approved_by, wording.approved_on, wording.reference = name, day, reference
    wording.access, wording.noted_by, wording.noted_at = access, by, at
    wording.save()
    details: dict[str, JSON] = {"statement": wording.statement.pk, "version": wording.statement.version}
    _told(verb, wording, by, at, {**details, "approved_by": name, "approved_on": str(day), "reference": reference})
    return wording


def _told(verb: str, wording: Wording, by: User, at: Moment, details: dict[str, JSON]) -> None:
    audit.record(verb=verb, by=by, at=at, subject=wording, centre=wording.centre, details=details)
