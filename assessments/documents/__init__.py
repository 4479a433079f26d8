"""From records to official forms: each is asked for here, once, with all the facts that it shows.

`recording.py` and `authentication.py` say which facts a form shows, in which words and order; `words.py` has the words
they share. The look is in templates/documents.

A form's facts are all that it shows, in words, so that they can be kept and signed for, and read by machines (an issued
form carries them as JSON). Whatever would change the form is in its facts, and nothing else is: no clock, no address,
no state of the house.
"""

import datetime

from django.core.cache import caches
from django.db import transaction

from assessments.actions.journey import lock_one
from assessments.documents.authentication import authentication_form_facts
from assessments.documents.recording import blank_form_facts, recording_form_facts
from assessments.models import AuthenticationForm, Enrolment
from assessments.queries.printed import PrintedAuthentication, printed_authentication, printed_record, printed_unit
from portfolio import canonical, manuscripts, pdf, press
from portfolio.models import Centre, Document, User
from portfolio.refusal import Refusal
from units.models import Unit

RECORDING_FORM = "recording_form"
AUTHENTICATION_FORM = "authentication_form"


@transaction.atomic
def ask_recording_form(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Document:
    """The Candidate Recording Form of a unit as it stands: issued once the unit is signed off, a draft before.

    The unit is locked while its facts are read, so that they are those of one moment.
    """
    enrolment = lock_one(enrolment)
    record = printed_record(enrolment)
    return press.ask(
        centre=enrolment.centre,
        kind=RECORDING_FORM,
        facts=recording_form_facts(record),
        subject=enrolment,
        file_name=f"Recording form {enrolment.unit.short_code} {enrolment.candidate.legal_name}.pdf",
        issued=record.issued,
        by=by,
        at=at,
    )


@transaction.atomic
def ask_authentication_form(*, form: AuthenticationForm, by: User, at: datetime.datetime) -> Document:
    """The Centre Authentication form as it was first issued; issued now if it never was.

    Once issued it is kept for good and never made again. Raises Refusal when the unit has changed since the centre
    confirmed it, and no form was issued before that.
    """
    enrolment = lock_one(form.enrolment)
    if (issued := issued_form(form)) is not None:
        return press.again(document=issued, by=by, at=at)
    printed = printed_authentication(form, enrolment)
    if not printed.stands:
        raise Refusal(["The unit has changed since the centre confirmed it: confirm it again to issue a form."])
    return issue(printed, by, at)


def issued_form(form: AuthenticationForm) -> Document | None:
    """The document that was issued of a Centre Authentication form. One query."""
    return Document.objects.filter(subject_kind=press.kind_of(form), subject_id=form.pk, issued=True).first()


def issue(printed: PrintedAuthentication, by: User, at: datetime.datetime, *, in_hand: bool = False) -> Document:
    """Issue a Centre Authentication form of a unit that is locked. `in_hand`: whoever calls makes it next."""
    enrolment, form = printed.record.enrolment, printed.form
    return press.ask(
        centre=enrolment.centre,
        kind=AUTHENTICATION_FORM,
        facts=authentication_form_facts(printed),
        subject=form,
        file_name=f"Authentication form {enrolment.unit.short_code} {enrolment.candidate.legal_name}.pdf",
        issued=True,
        by=by,
        at=at,
        in_hand=in_hand,
    )


def blank_recording_form(unit: Unit, centre: Centre | None) -> bytes:
    """The recording form with nobody's name on it, as PDF. Kept on the machine, so that the same one is made once.

    Raises CannotRender where the libraries for PDFs are missing.
    """
    facts = blank_form_facts(printed_unit(unit, centre))
    key = f"blank form {canonical.digest(facts, salt=manuscripts.render_version())}".replace(" ", "-")
    kept = caches["papers"]
    made: bytes | None = kept.get(key)
    if made is None:
        plain = {"facts": canonical.plain(facts)}
        made = manuscripts.render(f"documents/{RECORDING_FORM}.html", plain, variant=pdf.DRAFT)
        kept.set(key, made, timeout=None)
    return made
