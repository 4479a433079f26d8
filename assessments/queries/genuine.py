"""Whether an issued form of a candidate's unit is still so: what the page that checks printed forms tells of it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from assessments.authenticating import AUTHENTICATED_AT
from assessments.enums import SignedAs
from assessments.models import AuthenticationForm, Enrolment
from assessments.queries.judgement import UnitRows, digest_for, stale_parts, unit_rows
from assessments.queries.verification import looked_at_in, stale_verifier
from portfolio.enums import DocumentStatus, FormStands
from portfolio.genuine import Told, initials
from portfolio.models import Document


def recording_told(document: Document) -> Told:
    """Of a Candidate Recording Form. Twelve queries at most."""
    enrolment = enrolments().get(pk=document.subject_id)
    others = issued_like(document).filter(subject_id=enrolment.pk)
    return told(document, enrolment, others, None)


def authentication_told(document: Document) -> Told:
    """Of a Centre Authentication form. Thirteen queries at most."""
    form = AuthenticationForm.objects.select_related("signature").get(pk=document.subject_id)
    enrolment = enrolments().get(pk=form.enrolment_id)
    forms = AuthenticationForm.objects.filter(enrolment=enrolment.pk).order_by().values("pk")
    return told(document, enrolment, issued_like(document).filter(subject_id__in=forms), form)


def enrolments() -> QuerySet[Enrolment]:
    return Enrolment.objects.select_related("candidate", "unit__awarding_body", "centre")


def issued_like(document: Document) -> QuerySet[Document]:
    """Documents of the same kind at the centre that were issued."""
    return Document.objects.filter(
        centre=document.centre_id,
        kind=document.kind,
        subject_kind=document.subject_kind,
        issued=True,
        status=DocumentStatus.READY,
    )


def told(document: Document, enrolment: Enrolment, others: QuerySet[Document], form: AuthenticationForm | None) -> Told:
    newer = others.filter(pk__gt=document.pk).order_by("-pk").first()
    if newer is not None:
        stands = FormStands.SUPERSEDED
    else:
        stands = FormStands.CURRENT if is_so(document, enrolment, form) else FormStands.CHANGED
    return Told(
        form=document.facts["form"],
        unit=f"{enrolment.unit.awarding_body}, {document.facts['heading']}",
        initials=initials(document.facts["candidate"]),
        stands=stands,
        newer_on=newer.asked_at if newer else None,
    )


def is_so(document: Document, enrolment: Enrolment, form: AuthenticationForm | None) -> bool:
    """Whether the form still says what is: the same candidate, the unit as far as then, and every signature on it in
    force and put to the facts as they are.

    Its words are not compared, so that a new release of the house makes no form of an earlier one untrue.
    """
    if enrolment.status not in AUTHENTICATED_AT or document.facts["candidate"] != enrolment.candidate.legal_name:
        return False
    rows = unit_rows(enrolment, ruled=False)
    in_force = set(digests_in_force(rows, enrolment))
    if form is not None and digest_for(rows, "centre") == form.signature.digest:
        in_force.add(form.signature.digest)
    return set(printed_digests(document.facts)) <= in_force


def digests_in_force(rows: UnitRows, enrolment: Enrolment) -> Iterator[str]:
    """Of the signatures that are neither voided nor stale."""
    looked_at = looked_at_in(enrolment, but="planned")
    stale = {*stale_parts(rows), *stale_verifier(rows, looked_at.kept)}
    for part, sign_off in rows.sign_offs.items():
        if SignedAs(part) not in stale:
            yield sign_off.signature.digest


def printed_digests(facts: Any) -> Iterator[str]:
    """Of the signatures that a form shows as good."""
    if isinstance(facts, dict):
        if facts.get("digest") and not facts.get("problem"):
            yield facts["digest"]
        facts = facts.values()
    elif not isinstance(facts, list):
        return
    for value in facts:
        yield from printed_digests(value)
