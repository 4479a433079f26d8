"""Verbs of a witness's testimony: the candidate asks, the witness writes and signs, or declines.

A witness has no sign-in: their verbs take the token of the link that was sent to them, and are written in the book
without an actor. They decide nothing (domain rule 8).
"""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Value
from django.urls import reverse

from assessments.actions import telling
from assessments.actions.items import LockedItem, lock_item
from assessments.actions.journey import require
from assessments.enums import EvidenceKind, ItemStatus
from assessments.models import STILL_WANTED, Countersignature, Review, Testimony, TestimonyCriterion
from assessments.models import EvidenceVersion as Version
from assessments.queries.enrolment import has_verified
from assessments.queries.testimony import PURPOSE, Link, link_of
from portfolio import audit, links, notices, post, signing
from portfolio.actions.checks import refuse, refuse_invalid
from portfolio.canonical import JSON
from portfolio.models import Mailbox, Statement, User
from portfolio.refusal import Refusal

SCHEME = 1
"""How `signed_facts` writes the facts down."""
MOST_A_DAY = 20
PAUSE = datetime.timedelta(minutes=5)
STATEMENT = "witness-testimony"


@dataclass(frozen=True)
class Asked:
    """Whom a candidate asks, and for what."""

    name: str
    email: str
    relationship: str
    request: str
    criteria: Sequence[int]
    job_title: str = ""


@dataclass(frozen=True)
class Said:
    """What a witness typed."""

    statement: str = ""
    place: str = ""
    seen_from: datetime.date | None = None
    seen_to: datetime.date | None = None
    own_relationship: str = ""
    own_job_title: str = ""
    telephone: str = ""
    status: str = ""


# --- the candidate ---------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_witness(*, version: Version, asked: Asked, by: User, at: datetime.datetime) -> Testimony:
    """Ask somebody who saw the work, by an e-mail with a link of their own.

    Raises Refusal for what is no draft of a witness testimony, for criteria the item is not mapped to, and for a
    witness who is the candidate, or judges or verifies the evidence.
    """
    item = lock_item(version)
    version = item.version
    sentences = _asking_refusals(item, by)
    refuse(sentences or [*_request_refusals(version, asked, at), *conflicts(item, asked.name, asked.email)])
    testimony = Testimony(
        version=version,
        name=asked.name.strip(),
        email=asked.email.strip().lower(),
        witness=users_at(asked.email).first(),
        relationship=asked.relationship.strip(),
        job_title=asked.job_title.strip(),
        request=asked.request.strip(),
        asked_by=by,
        asked_at=at,
        token_digest=links.digest_of(""),
        sent_at=at,
        expires_at=at + lifetime(),
    )
    refuse_invalid(testimony)
    testimony.save()
    TestimonyCriterion.objects.bulk_create(
        TestimonyCriterion(testimony=testimony, criterion_id=pk) for pk in dict.fromkeys(asked.criteria)
    )
    _send_link(testimony, at)
    _told("ask_witness", testimony, by, at, {"email": testimony.email, "criteria": list(asked.criteria)})
    return testimony


@transaction.atomic
def resend_request(*, testimony: Testimony, by: User, at: datetime.datetime) -> Testimony:
    """Send a new link, good for as long as a first one. The link sent before opens nothing any more."""
    item, testimony = _wanted(testimony, by)
    if testimony.sent_at > at - PAUSE:
        raise Refusal(["The link went out a few minutes ago: give it some time to arrive."])
    refuse(conflicts(item, testimony.name, testimony.email))
    _send_link(testimony, at)
    notices.settle(testimony.version.evidence, by, at)
    _told("resend_request", testimony, by, at, {"email": testimony.email})
    return testimony


@transaction.atomic
def revoke_request(*, testimony: Testimony, by: User, at: datetime.datetime) -> Testimony:
    """Take a request back: its link opens nothing any more, and nobody waits for it."""
    _, testimony = _wanted(testimony, by)
    Testimony.objects.filter(pk=testimony.pk).update(revoked_at=at)
    testimony.refresh_from_db()
    _told("revoke_request", testimony, by, at, {})
    return testimony


# --- the witness -----------------------------------------------------------------------------------------------------


@transaction.atomic
def open_request(*, token: str, at: datetime.datetime) -> Testimony:
    """The witness has the link and looks at the request. Only the first time is kept."""
    testimony = _held(token, at)
    if testimony.opened_at is None:
        Testimony.objects.filter(pk=testimony.pk).update(opened_at=at)
        testimony.refresh_from_db()
        _told("open_request", testimony, None, at, {})
    return testimony


@transaction.atomic
def keep_words(*, token: str, said: Said, at: datetime.datetime) -> Testimony:
    """Keep what the witness typed so far; the link shows it again. Nobody else sees it before it is signed."""
    testimony = _said(_held(token, at), said)
    _told("keep_words", testimony, None, at, {})
    return testimony


@transaction.atomic
def sign_testimony(
    *, token: str, said: Said, name: str, statement: Statement, address: str | None, at: datetime.datetime
) -> Testimony:
    """The witness puts their name to what they wrote. From now on nothing in it changes.

    Source: a witness signs and dates what they saw, in their own words, and gives contact details (domain rule 8);
    electronic signatures: intent, no later alteration (ESFA). Raises Refusal with all that is missing.
    """
    testimony = _said(_held(token, at), said)
    refuse([*_missing(said, name), *conflicts(lock_item(testimony.version), name, testimony.email)])
    signature = signing.sign_by_link(
        email=testimony.email,
        name=name.strip(),
        centre=testimony.version.evidence.centre,
        statement=statement,
        scheme=SCHEME,
        digest=signing.digest_of(signed_facts(testimony)),
        at=at,
    )
    Testimony.objects.filter(pk=testimony.pk).update(signature=signature, signed_from=address)
    testimony.refresh_from_db()
    telling.answered_by_witness(testimony, "A witness has signed their testimony.", at)
    _told("sign_testimony", testimony, None, at, {"signature": signature.pk, "statement": statement.pk})
    return testimony


@transaction.atomic
def decline_request(*, token: str, reason: str, at: datetime.datetime) -> Testimony:
    """The witness will not testify, and says why in a word."""
    reason = require(reason, "Say in a word why: the candidate will read it.")
    testimony = _held(token, at)
    blank: dict[str, object] = asdict(Said())
    Testimony.objects.filter(pk=testimony.pk).update(**blank, declined_at=at, decline_reason=reason[:500])
    testimony.refresh_from_db()
    telling.answered_by_witness(testimony, "A witness has declined to testify.", at)
    _told("decline_request", testimony, None, at, {"reason": reason})
    return testimony


def signed_facts(testimony: Testimony) -> dict[str, JSON]:
    """What the witness puts their name to: what was asked, and all they said."""
    said: dict[str, JSON] = {field: getattr(testimony, field) for field in asdict(Said())}
    return {
        "scheme": SCHEME,
        "testimony": testimony.pk,
        "version": testimony.version_id,
        "candidate": testimony.version.evidence.candidate_id,
        "email": testimony.email,
        "request": testimony.request,
        "criteria": sorted(testimony.criteria.values_list("criterion_id", flat=True)),
        "said": said,
    }


# --- what they share -------------------------------------------------------------------------------------------------


def lifetime() -> datetime.timedelta:
    """For how long a link is good."""
    return datetime.timedelta(days=settings.WITNESS_LINK_DAYS)


def users_at(email: str) -> QuerySet[User]:
    """Those who sign in with an address of this mailbox."""
    return User.objects.filter(mailbox=Mailbox(Value(email.strip()))).order_by("pk")


def conflicts(item: LockedItem, name: str, email: str) -> list[str]:
    """Why this person cannot be a witness of the item; empty when they can.

    Source: nobody is a witness for themselves (Ofqual A4.5), and the verifier is never the author of a testimony in
    the evidence they sample (SQA; domain rule 1).
    """
    people = list(users_at(email))
    ids = {user.pk for user in people}
    evidence = item.version.evidence
    if evidence.candidate.user_id in ids:
        return ["Nobody is a witness of their own work: ask somebody else who saw it."]
    named = {
        user_id
        for unit in item.facts.units
        for user_id in (unit.people.assessor_id, unit.people.countersigner_id, unit.people.verifier_id)
    }
    judged = Review.objects.filter(version__evidence=evidence, assessor__in=ids).exists()
    agreed = Countersignature.objects.filter(decision__version__evidence=evidence, by__in=ids).exists()
    units = [item.enrolments[unit.enrolment_id] for unit in item.facts.units]
    verified = any(has_verified(enrolment, user) for enrolment in units for user in people)
    if ids & named or judged or agreed or verified:
        return [f"{name} judges or verifies this evidence, so cannot be its witness."]
    return []


def _asking_refusals(item: LockedItem, by: User) -> list[str]:
    version = item.version
    if by.pk != version.evidence.candidate.user_id:
        return ["Only the candidate can ask a witness."]
    if version.status != ItemStatus.DRAFT:
        return ["This item has been handed in: start its next version to ask a witness."]
    if version.kind != EvidenceKind.WITNESS_TESTIMONY:
        return ["A witness is asked for an item of the kind “Witness testimony”: change its kind first."]
    return []


def _request_refusals(version: Version, asked: Asked, at: datetime.datetime) -> list[str]:
    sentences = []
    mapped = set(version.evidence.mappings.filter(taken_back_at=None).values_list("criterion_id", flat=True))
    if not asked.criteria:
        sentences.append("Choose at least one criterion that the witness is to speak of.")
    elif not set(asked.criteria) <= mapped:
        sentences.append("The item is not mapped to one of the criteria any more: look at the list again.")
    for text, sentence in (
        (asked.request, "Say what the witness saw you do."),
        (asked.relationship, "Say what the witness is to you, such as your team leader."),
    ):
        if not text.strip():
            sentences.append(sentence)
    again = version.testimonies.filter(STILL_WANTED, mailbox=Mailbox(Value(asked.email.strip())))
    if again.exists():
        sentences.append("This witness was asked already: send the link again instead.")
    lately = at - datetime.timedelta(days=1)
    asker = version.evidence.candidate.user_id
    if Testimony.objects.filter(asked_by=asker, asked_at__gt=lately).count() >= MOST_A_DAY:
        sentences.append(f"You have asked {MOST_A_DAY} witnesses within a day: go on tomorrow.")
    return sentences


def _missing(said: Said, name: str) -> list[str]:
    asked = {
        "Write down what you saw.": said.statement,
        "Say where it was.": said.place,
        "Say on which day it was.": said.seen_from,
        "Say what you are to the candidate.": said.own_relationship,
        "Choose what you know of the work.": said.status,
        "Type your full name: it is your signature.": name.strip(),
    }
    return [sentence for sentence, answer in asked.items() if not answer]


def _wanted(testimony: Testimony, by: User) -> tuple[LockedItem, Testimony]:
    """The request locked, for its candidate, while it is still open to an answer."""
    item = lock_item(testimony.version)
    refuse(_asking_refusals(item, by))
    found = Testimony.objects.select_for_update().get(pk=testimony.pk)
    if found.is_signed or found.declined_at or found.revoked_at:
        raise Refusal(["This request was answered or taken back already."])
    found.version = item.version
    return item, found


def _held(token: str, at: datetime.datetime) -> Testimony:
    """The request behind a link, locked, while the link opens it."""
    found = link_of(token, at)
    if found.testimony is None:
        raise Refusal(["This link opens nothing any more."])
    item = lock_item(found.testimony.version)
    testimony = Testimony.objects.select_for_update().get(pk=found.testimony.pk)
    testimony.version = item.version
    if Link.to(testimony, token, at) != Link.OPEN:
        raise Refusal(["This link opens nothing any more."])
    return testimony


def _said(testimony: Testimony, said: Said) -> Testimony:
    """Keep what was typed with the request."""
    for field, value in asdict(said).items():
        setattr(testimony, field, value.strip() if isinstance(value, str) else value)
    refuse_invalid(testimony)
    testimony.save(update_fields=list(asdict(said)))
    return testimony


def _send_link(testimony: Testimony, at: datetime.datetime) -> None:
    """Make a link, keep its digest, and write the letter that holds it."""
    token = links.new_token(PURPOSE, testimony.pk)
    testimony.token_digest, testimony.sent_at = links.digest_of(token), at
    testimony.expires_at = at + lifetime()
    testimony.save(update_fields=["token_digest", "sent_at", "expires_at"])
    evidence = testimony.version.evidence
    context = {
        "testimony": testimony,
        "candidate": evidence.candidate,
        "centre": evidence.centre,
        "link": f"{settings.SITE_URL}{reverse('assessments:witness', args=[token])}",
    }
    subject = f"{evidence.candidate} asks you to be a witness"
    post.write(
        centre=evidence.centre, to=testimony.email, subject=subject, template="witness_request", context=context, at=at
    )


def _told(verb: str, testimony: Testimony, by: User | None, at: datetime.datetime, details: dict[str, JSON]) -> None:
    evidence = testimony.version.evidence
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=evidence,
        centre=evidence.centre,
        details={"testimony": testimony.pk, **details},
    )
