"""Verbs of a request for data: somebody asks what is kept about them, and gets a copy of it, or is told why not."""

import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions.journey import administers, require
from assessments.answering import (
    IS_OPEN_NO_MORE,
    KNOWN_ALREADY,
    LONGER,
    MONTH,
    NOT_READY,
    TO_COME,
    WHO_FIRST,
    confirming_refusals,
    due_from,
    extending_refusals,
)
from assessments.models import DataRequest
from assessments.queries.data_request import candidate_of, on_record
from portfolio import audit, post
from portfolio.archive import asking
from portfolio.canonical import JSON
from portfolio.models import Centre, User
from portfolio.refusal import Refusal

NOBODY = (
    "Nobody is on record at {} under this address. Look the person up on the people page, and use what stands there."
)
ASKED = "Say what was asked, and how it came: by letter, by e-mail, in person."
IDENTITY = "Say how it was confirmed that it is them: a document that was seen, a call to a number on record."
WHY_LONGER = "Say why it takes longer: the person reads it."
WHY_CLOSED = "Say why it is closed without an answer: the person reads it."
HOW = "Say how it was handed over: on paper, on a stick, in person."
DOWNLOADED = "For them to download, signed in."
NO_SIGN_IN = "They have no sign-in to download it with: the office hands it over."


@transaction.atomic
def record_data_request(
    *,
    centre: Centre,
    address: str,
    received_on: datetime.date,
    asked: str,
    identity: str = "",
    by: User,
    at: datetime.datetime,
) -> DataRequest:
    """Record that somebody asks what is kept about them; from that day on it falls due within a month.

    `identity`: how one knows that it is them, where that is known already. Raises Refusal for an address that nobody
    on record at the centre has, and for a day to come.
    """
    administers(by, centre, at)
    asked, today = require(asked, ASKED), timezone.localdate(at)
    found = on_record(centre, address)
    sentences = [*([] if found else [NOBODY.format(centre)]), *([TO_COME] if received_on > today else [])]
    if sentences or found is None:
        raise Refusal(sentences)
    identity = identity.strip()
    made = DataRequest.objects.create(
        centre=centre,
        user=found.user,
        address="" if found.user else found.address,
        name=found.name,
        received_on=received_on,
        asked=asked,
        recorded_by=by,
        recorded_at=at,
        identity=identity,
        confirmed_on=received_on if identity else None,
        confirmed_by=by if identity else None,
        due_on=due_from(received_on, MONTH, centre.country),
    )
    details: dict[str, JSON] = {
        "received on": received_on.isoformat(),
        "due on": made.due_on.isoformat(),
        "identity": identity,
    }
    return _told("record_data_request", made, by, at, details)


@transaction.atomic
def confirm_who_asks(
    *, request: DataRequest, identity: str, confirmed_on: datetime.date, by: User, at: datetime.datetime
) -> DataRequest:
    """Record how it was confirmed that the person is who they say. The month counts from that day. Raises Refusal."""
    row = _open(request, by, at)
    identity = require(identity, IDENTITY)
    refusals = [KNOWN_ALREADY] if row.confirmed_on else []
    if refusals := [*refusals, *confirming_refusals(row.received_on, confirmed_on, timezone.localdate(at))]:
        raise Refusal(refusals)
    row.identity, row.confirmed_on, row.confirmed_by = identity, confirmed_on, by
    if not row.extended_at:
        row.due_on = due_from(confirmed_on, MONTH, row.centre.country)
    row.save(update_fields=["identity", "confirmed_on", "confirmed_by", "due_on"])
    return _told("confirm_who_asks", row, by, at, {"identity": identity, "due on": row.due_on.isoformat()})


@transaction.atomic
def take_more_time(*, request: DataRequest, reason: str, by: User, at: datetime.datetime) -> DataRequest:
    """Take two further months, and tell the person why by letter, within the first month. Raises Refusal."""
    row = _open(request, by, at)
    reason = require(reason, WHY_LONGER)
    if refusals := extending_refusals(row.due_on, row.extended_at is not None, timezone.localdate(at)):
        raise Refusal(refusals)
    row.due_on = due_from(row.confirmed_on or row.received_on, LONGER, row.centre.country)
    row.extended_reason, row.extended_by, row.extended_at = reason, by, at
    row.save(update_fields=["due_on", "extended_reason", "extended_by", "extended_at"])
    _letter(row, "It takes longer to answer your request", "data_request_longer", at, reason=reason)
    return _told("take_more_time", row, by, at, {"reason": reason, "due on": row.due_on.isoformat()})


@transaction.atomic
def make_copy(
    *, request: DataRequest, by_office: bool, with_remarks: bool, left_out: str, by: User, at: datetime.datetime
) -> DataRequest:
    """Have a copy of what is kept about the person made by a worker. One that is being made already goes on.

    `by_office`: the office hands it over, so nothing is in it that the person alone may see. `with_remarks`: what
    others noted in the person's units is in it in full. Raises Refusal before it is known that it is them.
    """
    row = _open(request, by, at)
    if row.confirmed_on is None:
        raise Refusal([WHO_FIRST])
    if not by_office and row.user is None:
        raise Refusal([NO_SIGN_IN])
    if row.package and asking.how_it_stands(row.package, at).under_way:
        raise Refusal(["A copy is being made already: wait for it, then look at what came of it."])
    row.by_office, row.with_remarks, row.left_out = by_office, with_remarks, left_out.strip()
    row.package = asking.ask_for_person(
        centre=row.centre, candidate=candidate_of(row), made_for=None if by_office else row.user, by=by, at=at
    )
    row.save(update_fields=["by_office", "with_remarks", "left_out", "package"])
    details: dict[str, JSON] = {"by office": by_office, "with remarks": with_remarks, "left out": row.left_out}
    _told("make_copy", row, by, at, details)
    asking.put_to_work(row.package)
    return row


@transaction.atomic
def hand_over_copy(*, request: DataRequest, how: str = "", by: User, at: datetime.datetime) -> DataRequest:
    """Give the copy to the person: theirs to download, told by letter; or as the office says it did.

    After: the request is answered. Raises Refusal unless a copy is ready and nothing of it was destroyed since.
    """
    row = _open(request, by, at)
    if row.confirmed_on is None:
        raise Refusal([WHO_FIRST])
    if row.package is None or not asking.how_it_stands(row.package, at).ready:
        raise Refusal([NOT_READY])
    how = require(how, HOW) if row.by_office else DOWNLOADED
    row.handed_over_how, row.handed_over_by, row.handed_over_at = how, by, at
    row.save(update_fields=["handed_over_how", "handed_over_by", "handed_over_at"])
    if not row.by_office:
        place = f"{settings.SITE_URL}{reverse('assessments:archive', args=[row.package.pk])}"
        until = row.package.goes_on(settings.ARCHIVE_DAYS)
        subject = f"What {row.centre} keeps about you is ready"
        _letter(row, subject, "data_request_ready", at, link=place, until=until)
    return _told("hand_over_copy", row, by, at, {"how": how, "sha256": row.package.sha256})


@transaction.atomic
def close_unanswered(*, request: DataRequest, reason: str, by: User, at: datetime.datetime) -> DataRequest:
    """Close a request without an answer, and tell the person why and what they can do (Art. 12(4)). Raises Refusal."""
    row = _open(request, by, at)
    reason = require(reason, WHY_CLOSED)
    row.closed_reason, row.closed_by, row.closed_at = reason, by, at
    row.save(update_fields=["closed_reason", "closed_by", "closed_at"])
    _letter(row, "Your request for data is closed", "data_request_closed", at, reason=reason)
    return _told("close_unanswered", row, by, at, {"reason": reason})


# --- inside ----------------------------------------------------------------------------------------------------------


def _open(request: DataRequest, by: User, at: datetime.datetime) -> DataRequest:
    rows = DataRequest.objects.select_for_update(of=("self",)).select_related("centre", "user", "package")
    row = rows.get(pk=request.pk)
    administers(by, row.centre, at)
    if not row.is_open:
        raise Refusal([IS_OPEN_NO_MORE])
    return row


def _letter(row: DataRequest, subject: str, template: str, at: datetime.datetime, **context: object) -> None:
    post.write(
        centre=row.centre,
        to=row.writes_to,
        subject=subject,
        template=template,
        context={"request": row, "centre": row.centre, **context},
        at=at,
    )


def _told(verb: str, row: DataRequest, by: User, at: datetime.datetime, details: dict[str, JSON]) -> DataRequest:
    audit.record(verb=verb, by=by, at=at, subject=row, centre=row.centre, details=details)
    return row
