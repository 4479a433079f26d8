"""Claims at once: what is ready and what is not, the batch as it was claimed, and the certificates that came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.actions import batches as actions
from assessments.forms.batches import (
    AWARD,
    UNIT,
    BatchForm,
    CertificatesForm,
    ClaimFilterForm,
    ReplaceForm,
    RevokeAwardForm,
    TakeBackForm,
)
from assessments.models import AwardClaim, Certificate, ClaimBatch
from assessments.queries.batches import (
    AwardToClaim,
    BatchLine,
    ClaimLine,
    approvals_at,
    awards_of,
    awards_open,
    awards_to_claim,
    batch_lines,
    batches_of,
    bodies_of,
    claim_lines,
    units_nearly,
)
from assessments.queries.claimable import UnitToClaim, units_to_claim
from assessments.rules import Person
from assessments.views.asking import place_of
from assessments.views.office import choose_centre
from assessments.workflow import Reason
from portfolio.access import SignedInRequest, holds
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre
from portfolio.refusal import Refusal
from portfolio.tables import Column, Table, take_away
from portfolio.views.answers import asked_in, done, form_page, in_progress, typed
from portfolio.views.people import Trail, ask_or_act, kept_centre
from portfolio.whole import whole
from units.models import CentreApproval

PER_PAGE, TO_CLAIM_PER_PAGE = 25, 10
"""Of what may be claimed a page holds fewer: each unit is worked out in full, as it is when it is claimed."""
CLAIMS: Table[ClaimLine] = Table(
    "claims",
    "Claims",
    (
        Column("Candidate", lambda line: line.candidate, 28),
        Column("Candidate number", lambda line: line.candidate_number),
        Column("Claimed", lambda line: "Whole award" if line.is_award else "Unit"),
        Column("Unit or qualification number", lambda line: line.reference_number, 16),
        Column("Title", lambda line: line.what, 40),
        Column("Where it stands", lambda line: line.state, 18),
        Column("Certificate", lambda line: line.certificate.number if line.certificate else "", 18),
        Column("Issued", lambda line: line.certificate.issued_on if line.certificate else None),
        Column("Revoked", lambda line: line.certificate.revoked_on if line.certificate else None),
        Column("Digest of what was claimed", lambda line: line.snapshot, 64),
    ),
)

BATCHES: Table[BatchLine] = Table(
    "claim batches",
    "Batches of claims",
    (
        Column("Reference", lambda line: line.batch.reference, 20),
        Column("Awarding body", lambda line: str(line.batch.awarding_body), 20),
        Column("Claimed", lambda line: line.batch.claimed_at, 18),
        Column("Units", lambda line: line.units, 10),
        Column("Whole awards", lambda line: line.awards, 10),
        Column("Digest of the batch", lambda line: line.batch.digest, 64),
    ),
)


@dataclass(frozen=True)
class Choice:
    """A unit or an award that may be claimed: ready to be ticked, or every reason why not with its link."""

    value: str
    candidate: str
    what: str
    url: str
    reasons: list[tuple[str, str | None]]
    warnings: list[str]
    ticked: bool


def claims_trail(centre: Centre) -> Trail:
    return [("Claims", reverse("assessments:centre_claims", args=[centre.slug]))]


def batch_trail(found: ClaimBatch) -> Trail:
    return [*claims_trail(found.centre), (str(found), reverse("assessments:claim_batch", args=[found.pk]))]


@holds(Role.ADMINISTRATOR)
@require_safe
def claims(request: SignedInRequest) -> HttpResponse:
    """Whose claims?"""
    return choose_centre(request, "assessments:centre_claims", "Claims")


@holds(Role.ADMINISTRATOR)
@require_safe
def centre_claims(request: SignedInRequest, slug: str) -> HttpResponse:
    """The batches a centre claimed, and the bodies it can claim from."""
    centre = kept_centre(request, slug)
    page = Paginator(batches_of(centre), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "centre": centre,
        "page": page,
        "lines": batch_lines(page.object_list),
        "approvals": bodies_of(centre),
    }
    return render(request, "assessments/award/claims.html", context)


@holds(Role.ADMINISTRATOR)
@require_safe
def claims_file(request: SignedInRequest, slug: str, ending: str) -> HttpResponseBase:
    """The batches as a list to take away. What is in each leaves from its own page."""
    centre = kept_centre(request, slug)
    return take_away(request, BATCHES, batch_lines(batches_of(centre)), ending, [centre])


# --- claiming --------------------------------------------------------------------------------------------------------


def approval_at(request: SignedInRequest, slug: str, code: str) -> CentreApproval:
    """The approval by which a centre that the person administers claims from a body; else 404."""
    found = approvals_at.first(request.standing.centres(Role.ADMINISTRATOR), slug, code, timezone.localdate())
    if found is None:
        raise Http404("No such awarding body approved the centre.")
    return found


@holds(Role.ADMINISTRATOR)
@ask_or_act
def make_claims(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """What can be claimed from a body and what cannot yet, with every reason; those ticked are claimed in one batch."""
    approval = approval_at(request, slug, code)
    centre, body = approval.centre, approval.awarding_body
    direct = vars(approval)["direct"] or ""
    form_filter = ClaimFilterForm(request.GET, awards=awards_of(centre, body))
    form = BatchForm(typed(request), direct=direct)
    chosen = {kind: ids_in(request, kind) for kind in (UNIT, AWARD)}
    made: list[ClaimBatch] = []

    def act(clean: dict[str, Any]) -> None:
        made.append(
            actions.claim_batch(
                centre=centre,
                awarding_body=body,
                reference=clean["reference"],
                authorisation=clean.get("authorisation", ""),
                units=chosen[UNIT],
                awards=chosen[AWARD],
                by=request.user,
                at=timezone.now(),
            )
        )

    if done(form, act):
        messages.success(request, "The batch is claimed. What is in it is locked as it stood.")
        return redirect("assessments:claim_batch", made[0].pk)
    page, choices = choices_for(request, centre, approval, form_filter, chosen if form.is_bound else None)
    context = {
        "centre": centre,
        "body": body,
        "direct": direct,
        "filter": form_filter,
        "form": form,
        "page": page,
        "asked": asked_in(request),
        "ready": [row for row in choices if not row.reasons],
        "not_ready": [row for row in choices if row.reasons],
        "trail": [*claims_trail(centre), (f"Claim from {body}", None)],
    }
    return render(request, "assessments/award/make_claims.html", context, status=409 if form.is_bound else 200)


def ids_in(request: SignedInRequest, kind: str) -> list[int]:
    """The units or awards ticked; what is no number is passed over."""
    sent = [value.partition("-") for value in request.POST.getlist("chosen")]
    found = [whole(number) for what, _, number in sent if what == kind]
    return [pk for pk in found if pk is not None]


def choices_for(
    request: SignedInRequest,
    centre: Centre,
    approval: CentreApproval,
    asked: ClaimFilterForm,
    chosen: dict[str, list[int]] | None,
) -> tuple[Any, list[Choice]]:
    """One page of what may be claimed. What is ready is ticked, unless somebody chose already."""
    me = Person(request.user.pk, request.standing.roles.get(centre.pk, frozenset()))
    number = request.GET.get("page")
    if asked.award:
        page = Paginator(awards_open(centre, asked.award, asked.wanted), TO_CLAIM_PER_PAGE).get_page(number)
        ticked = chosen[AWARD] if chosen else None
        awards = awards_to_claim(page.object_list, me)
        return page, [award_choice(row, centre, ticked) for row in awards]
    found = units_nearly(centre, approval.awarding_body, asked.wanted)
    page_of_units: Page[Any] = Paginator(found, TO_CLAIM_PER_PAGE).get_page(number)
    ticked = chosen[UNIT] if chosen else None
    units = units_to_claim(list(page_of_units.object_list), me)
    return page_of_units, [unit_choice(row, centre, ticked) for row in units]


def unit_choice(row: UnitToClaim, centre: Centre, ticked: Sequence[int] | None) -> Choice:
    pk, candidate = row.enrolment.pk, row.enrolment.candidate
    return Choice(
        value=f"{UNIT}-{pk}",
        candidate=candidate.legal_name,
        what=str(row.enrolment.unit),
        url=reverse("assessments:enrolment", args=[pk]),
        reasons=linked(row.reasons, pk, centre, candidate),
        warnings=row.warnings,
        ticked=pk in ticked if ticked is not None else True,
    )


def award_choice(row: AwardToClaim, centre: Centre, ticked: Sequence[int] | None) -> Choice:
    pk, candidate = row.registration.pk, row.registration.candidate
    with_it = ", ".join(one.enrolment.unit.short_code for one in row.units)
    return Choice(
        value=f"{AWARD}-{pk}",
        candidate=candidate.legal_name,
        what=f"{row.registration.qualification}{f', with {with_it}' if with_it else ''}",
        url=reverse("assessments:award", args=[pk]),
        reasons=linked(row.reasons, 0, centre, candidate),
        warnings=row.warnings,
        ticked=pk in ticked if ticked is not None else True,
    )


def linked(
    reasons: Sequence[Reason], enrolment_id: int, centre: Centre, candidate: CandidateRecord
) -> list[tuple[str, str | None]]:
    """Each reason with the address where something can be done about it."""
    edit = reverse("portfolio:edit_candidate", args=[centre.slug, candidate.user.handle])
    return [
        (row.sentence, edit if row.about == "candidate" else place_of(row, enrolment_id or row.pk or 0))
        for row in reasons
    ]


# --- what was claimed ------------------------------------------------------------------------------------------------


def batch_of(request: SignedInRequest, pk: int) -> ClaimBatch:
    seen = ClaimBatch.objects.visible_to(request.user).select_related("centre", "awarding_body")
    return get_object_or_404(seen, pk=pk)


@holds(Role.ADMINISTRATOR)
@require_safe
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """A batch as it was claimed, with its certificates."""
    found = batch_of(request, pk)
    lines = claim_lines(found)
    context = {
        "batch": found,
        "lines": lines,
        "awaits": any(line.awaits_certificate for line in lines),
        "bases": dict.fromkeys((line.claim.get_basis_display(), line.claim.reference) for line in lines),
        "trail": [*claims_trail(found.centre), (str(found), None)],
    }
    return render(request, "assessments/award/batch.html", context)


@holds(Role.ADMINISTRATOR)
@require_safe
def batch_file(request: SignedInRequest, pk: int, ending: str) -> HttpResponseBase:
    """The batch as a list to take away."""
    found = batch_of(request, pk)
    return take_away(request, CLAIMS, claim_lines(found), ending, [found.centre], of=[(found, found.centre_id)])


@holds(Role.ADMINISTRATOR)
@ask_or_act
def certificates(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record the certificates that came of a batch, several at once."""
    found = batch_of(request, pk)
    lines = [line for line in claim_lines(found) if line.awaits_certificate]
    work = in_progress(request, CertificatesForm, pk, len(lines))
    form = CertificatesForm(work.data, work=work, lines=lines)
    act = partial(actions.record_certificates, batch=found, by=request.user, at=timezone.now())
    made: list[Certificate] = []
    if done(form, lambda clean: made.extend(act(**clean))):
        messages.success(request, f"On record: {len(made)} {'certificate' if len(made) == 1 else 'certificates'}.")
        return redirect("assessments:claim_batch", pk)
    context = {"batch": found, "form": form, "trail": [*batch_trail(found), ("Record certificates", None)]}
    return render(request, "assessments/award/certificates.html", context, status=409 if form.is_bound else 200)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def unclaim_award(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back the claim of a whole award."""
    rows = AwardClaim.objects.filter(batch__in=ClaimBatch.objects.visible_to(request.user))
    found = get_object_or_404(rows.select_related("batch__centre", "registration__candidate"), pk=pk)
    if found.taken_back_at or found.certificates.exists():
        raise Refusal(["This claim was taken back already." if found.taken_back_at else actions.CERTIFICATED])
    actions.refuse_own(found.registration, request.user)
    work = in_progress(request, TakeBackForm, pk)
    form = TakeBackForm(work.data, work=work)
    act = partial(actions.unclaim_award, claim=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The claim has been taken back. Units claimed with it stay claimed, one by one.")
        return redirect("assessments:claim_batch", found.batch_id)
    return form_page(
        request,
        form,
        title="Take back the claim of an award",
        button="Take the claim back",
        trail=batch_trail(found.batch),
        lead=f"{found.registration.candidate.legal_name}: {found.registration.qualification}",
    )


# --- certificates ----------------------------------------------------------------------------------------------------


def certificate_of(request: SignedInRequest, pk: int) -> tuple[Certificate, str, Trail]:
    """A certificate of the person's centre, whose and for what it is, and the way back up; else 404.

    409 with the reason where it is the person's own, or not in force any more.
    """
    rows = Certificate.objects.select_related(
        "claim__enrolment__candidate", "claim__enrolment__unit", "claim__enrolment__centre", "claim__batch__centre",
        "award__registration__candidate", "award__registration__qualification", "award__batch__centre",
        "award__registration__centre",
    )  # fmt: skip
    found = get_object_or_404(rows, pk=pk)
    kept = request.standing.centres(Role.ADMINISTRATOR)
    if found.award and found.award.batch.centre_id in kept:
        actions.refuse_own(found.award.registration, request.user)
        actions.refuse_past(found)
        return found, str(found.award.registration), batch_trail(found.award.batch)
    if found.claim and found.claim.enrolment.centre_id in kept:
        actions.refuse_own(found.claim.enrolment, request.user)
        actions.refuse_past(found)
        enrolment = found.claim.enrolment
        of_unit: Trail = [(str(enrolment), reverse("assessments:enrolment", args=[enrolment.pk]))]
        return found, str(enrolment), batch_trail(found.claim.batch) if found.claim.batch else of_unit
    raise Http404("There is no such certificate among those of your centres.")


@holds(Role.ADMINISTRATOR)
@ask_or_act
def replace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that the awarding body replaced a certificate."""
    found, whose, trail = certificate_of(request, pk)
    if request.method != "POST":  # what was typed meanwhile, its form keeps
        actions.refuse_held(found)
    work = in_progress(request, ReplaceForm, pk)
    form = ReplaceForm(work.data, work=work)
    act = partial(actions.replace_certificate, certificate=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The replacement is on record. The earlier certificate stays, marked as replaced.")
        return redirect(str(trail[-1][1]))
    title = f"Replace certificate {found.number}"
    return form_page(request, form, title=title, button="Record the replacement", trail=trail, lead=whose)


@holds(Role.ADMINISTRATOR)
@ask_or_act
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that the awarding body revoked a certificate: of an award here, of a unit on its page."""
    found, whose, trail = certificate_of(request, pk)
    if found.claim:
        return redirect("assessments:revoke", found.claim.enrolment_id)
    work = in_progress(request, RevokeAwardForm, pk)
    form = RevokeAwardForm(work.data, work=work)
    act = partial(actions.revoke_award, certificate=found, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The revocation is on record. The units of the award are revoked one by one.")
        return redirect(str(trail[-1][1]))
    title = f"Revoke certificate {found.number}"
    return form_page(request, form, title=title, button="Record the revocation", trail=trail, lead=whose)
