"""The page of a candidate's unit, and a page for every verb on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import award, enrolment, judgement, verification
from assessments.actions.appeal import raising_refusals
from assessments.actions.journey import STATEMENT, lock_one
from assessments.enums import EndedAs, SignedAs, UnitStatus, Verb
from assessments.forms.award import CertificateForm, ClaimForm, RevokeForm
from assessments.forms.journey import ReasonForm, SigningForm, VerbForm
from assessments.forms.judgement import HandBackForm, ReferForm, SignOffForm
from assessments.forms.verification import SendBackForm
from assessments.models import Enrolment, TransferOut, VersionMove
from assessments.queries.batches import certificates_of
from assessments.queries.destroying import destroyed_in
from assessments.queries.external import OutsideUnit, outside_unit
from assessments.queries.moved import came_through, move_on_from
from assessments.queries.record import UnitPage, unit_page, with_markers
from assessments.rules import is_assessor_of
from assessments.verifying import Simulating, simulating_refusals
from assessments.views.asking import deny, linked, person_at
from assessments.views.moving import address_of
from assessments.views.offered import NEXT_PANEL, offer, reasons_against
from assessments.workflow import UNIT_FINAL, UNIT_STEPS, Reason
from portfolio import signing
from portfolio.access import IN_PLACE_ONLY, SignedInRequest, looked_from_outside, signed_in
from portfolio.enums import Role
from portfolio.forms import ToSign
from portfolio.models import Statement
from portfolio.rules import RUNNING
from portfolio.views.answers import done, in_progress
from portfolio.work import basis_of
from units.models import Unit
from units.queries import other_versions

FURTHER = {
    "plan_sample": "Choose the unit for sampling",
    "leave_unsampled": "Leave the unit unsampled",
    "sample": "Go to the open sample",
}
AWARDED = (UnitStatus.CERTIFICATED, UnitStatus.REVOKED)
VIEWS = {"matrix": "Matrix", "criteria": "By criterion", "evidence": "By evidence"}


@dataclass(frozen=True)
class VerbPage:
    """How a verb on a unit is asked for, and what is said when it is done.

    One that is `aside` leads off the way to a certificate: its buttons stand back.
    """

    title: str
    explain: str
    press: str
    done: str
    form: type[VerbForm]
    act: Callable[..., object]
    signs: tuple[SignedAs, ...] = ()
    aside: bool = False


PAGES: dict[Verb, VerbPage] = {
    Verb.DECLARE: VerbPage(
        "Declare the unit complete",
        "You put your name to the statements below, over the evidence and decisions as they stand now.",
        "Sign and declare complete",
        "You have declared the unit complete. Your assessor will look at it next.",
        SigningForm,
        judgement.declare,
        (SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY),
    ),
    Verb.REFER: VerbPage(
        "Refer the unit back",
        "The unit goes back to the candidate, and their signature no longer counts.",
        "Refer back",
        "The unit has gone back to the candidate.",
        ReferForm,
        judgement.refer,
    ),
    Verb.SIGN_OFF: VerbPage(
        "Sign the unit off",
        "You put your name to the statements below, over the record as it is shown here.",
        "Sign off",
        "You have signed the unit off.",
        SignOffForm,
        judgement.sign_off,
        (SignedAs.ASSESSOR, SignedAs.ASSESSOR_AUTHENTICITY),
    ),
    Verb.COUNTERSIGN: VerbPage(
        "Countersign the unit",
        "One signature covers the sign-off and every decision that waits for it.",
        "Countersign",
        "You have countersigned the unit.",
        SigningForm,
        judgement.countersign,
        (SignedAs.COUNTERSIGNER,),
    ),
    Verb.HAND_BACK: VerbPage(
        "Hand the unit back",
        "The decisions you name no longer count, and the assessor's signature is voided.",
        "Hand back",
        "The unit has gone back to its assessor.",
        HandBackForm,
        judgement.hand_back,
    ),
    Verb.VERIFY: VerbPage(
        "Verify the unit",
        "You put your name to the statement below, over the record and the samples as they stand now.",
        "Sign and verify",
        "You have verified the unit.",
        SigningForm,
        verification.verify,
        (SignedAs.VERIFIER,),
    ),
    Verb.SEND_BACK: VerbPage(
        "Send the unit back",
        "You do not agree. The unit opens again, every signature on it is voided, and the assessor gets an action. Its "
        "candidate is told that it came back, and not what you found.",
        "Send back",
        "The unit has been sent back, and its assessor has an action.",
        SendBackForm,
        verification.send_back,
    ),
    Verb.CLAIM: VerbPage(
        "Claim the unit",
        "The unit is claimed from its awarding body. From now on nothing in it can change.",
        "Claim",
        "The unit has been claimed.",
        ClaimForm,
        award.claim,
    ),
    Verb.UNCLAIM: VerbPage(
        "Take the claim back",
        "The unit stands again as it did before it was claimed.",
        "Take the claim back",
        "The claim has been taken back.",
        ReasonForm,
        award.unclaim,
        aside=True,
    ),
    Verb.CERTIFICATE: VerbPage(
        "Record the certificate",
        "What the awarding body issued for this unit.",
        "Record the certificate",
        "The certificate is on record.",
        CertificateForm,
        award.certificate,
    ),
    Verb.REVOKE: VerbPage(
        "Record a revocation",
        "The awarding body has revoked the certificate. The record stays, marked as revoked.",
        "Record the revocation",
        "The revocation is on record.",
        RevokeForm,
        award.revoke,
        aside=True,
    ),
    Verb.SUSPEND: VerbPage(
        "Suspend the unit",
        "Nothing moves while a unit is suspended. It goes on later from where it stands now.",
        "Suspend",
        "The unit is suspended.",
        ReasonForm,
        enrolment.suspend,
        aside=True,
    ),
    Verb.RESUME: VerbPage(
        "Resume the unit",
        "The unit goes on from where it stood when it was suspended.",
        "Resume",
        "The unit goes on.",
        VerbForm,
        enrolment.resume,
    ),
    Verb.WITHDRAW: VerbPage(
        "Withdraw from the unit",
        "The candidate leaves this unit. Everything recorded stays on record.",
        "Withdraw",
        "The candidate has left the unit.",
        ReasonForm,
        enrolment.withdraw,
        aside=True,
    ),
    Verb.REOPEN: VerbPage(
        "Reopen the unit",
        "The unit opens again for evidence, and every signature on it is voided. Its candidate reads the reason.",
        "Reopen",
        "The unit is open again.",
        ReasonForm,
        verification.reopen,
        aside=True,
    ),
}


@signed_in
@require_safe
def enrolment_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One candidate's unit, in three views of the same facts."""
    page = page_for(request, pk)
    centre_id = page.enrolment.centre_id
    looked_from_outside(request, page.enrolment, centre_id)
    view = request.GET.get("view", "")
    if view not in VIEWS:
        view = "criteria" if page.enrolment.candidate_user_id == request.user.pk else "matrix"
    if view == "criteria":
        page = replace(page, criteria=with_markers(page.criteria))
    context = {
        **standing_of(page),
        "view": view,
        "views": VIEWS,
        "only_gaps": "gaps" in request.GET,
        "add_place": f"{reverse('assessments:add_evidence')}?unit={pk}&criterion=",
        "own": page.enrolment.candidate_user_id == request.user.pk,
        "outside": outside_of(request, page.enrolment),
        "in_place_only": IN_PLACE_ONLY if centre_id in request.standing.sealed else "",
        "administers": request.standing.holds(Role.ADMINISTRATOR, centre_id),
        "book_of": page.enrolment.centre.slug if centre_id in request.standing.centres(*RUNNING) else "",
        "may_add": page.facts.status == UnitStatus.COLLECTING,
        "may_record": page.facts.status == UnitStatus.COLLECTING and is_assessor_of(page.person, page.facts.people),
        "may_appeal": may_appeal(page),
        "certificates": certificates_of(page.enrolment) if page.facts.status in AWARDED else [],
        "destroyed": destroyed_in(pk) if page.facts.status in UNIT_FINAL else [],
        "may_approve_simulation": may_approve_simulation(page),
        "moved": moved_shown(page.enrolment),
        "later": later_of(page),
        "transferred": transferred_shown(page.enrolment),
        "further": [(FURTHER[act], _further_place(page, act)) for act in page.further],
    }
    return render(request, "assessments/record/enrolment.html", context)


def outside_of(request: SignedInRequest, enrolment: Enrolment) -> OutsideUnit | None:
    """What the reader has done in the unit as external verifier, and may; None for everybody else."""
    if not request.standing.holds(Role.EXTERNAL_VERIFIER, enrolment.centre_id):
        return None
    return outside_unit(request.user, enrolment, request.standing.day)


def moved_shown(enrolment: Enrolment) -> tuple[list[VersionMove], VersionMove | None]:
    """The moves between versions by which the unit came to this one, the latest first, and the one that ended it. The
    unit comes with whether there are any."""
    if not vars(enrolment)["moved"]:
        return [], None
    return came_through([enrolment.pk])[enrolment.pk], move_on_from(enrolment)


def transferred_shown(enrolment: Enrolment) -> TransferOut | None:
    """The transfer that ended the unit. A query where one did."""
    if enrolment.ended_as != EndedAs.TRANSFERRED:
        return None
    return TransferOut.objects.get(units__enrolment=enrolment)


def later_of(page: UnitPage) -> list[tuple[int, str]]:
    """To which later versions the reader can move the unit, and where. A query for whoever may."""
    if Verb.MOVE_ON not in page.verbs:
        return []
    found, unit = page.enrolment, page.enrolment.unit
    return [
        (later.version, f"{address_of('move_on', found.centre, unit, later)}?chosen={found.pk}")
        for later in other_versions(Unit.objects.offered_at(found.centre), unit)
        if later.version > unit.version
    ]


def may_appeal(page: UnitPage) -> bool:
    """Whether the reader is the candidate, and no appeal is open."""
    own = page.person.user_id == page.facts.people.candidate_id
    return own and not raising_refusals(page.enrolment)


def may_approve_simulation(page: UnitPage) -> bool:
    unit = Simulating(page.enrolment.unit.short_code, page.enrolment.unit.simulation_allowed)
    return not simulating_refusals(page.person, page.facts.people, page.facts.status, unit)


def standing_of(page: UnitPage) -> dict[str, Any]:
    """How the unit stands: its progress, what its reader may do now, and what is missing before its next step."""
    who_can = _who_can(page)
    found = offer(page, {verb: asked.title for verb, asked in PAGES.items()})
    return {
        "page": page,
        "enrolment": page.enrolment,
        "verbs": [button for button in found.buttons if not PAGES[button.verb].aside],
        "asides": [button for button in found.buttons if PAGES[button.verb].aside],
        "panels": found.panels,
        "next_panel": NEXT_PANEL,
        "missing_title": f"What is still missing before {who_can}" if who_can else "",
        "missing_clear": f"Nothing is missing: {who_can}.",
        "missing": found.missing,
    }


@signed_in
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def verb(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Ask for one verb on a unit: what it means, what stands in its way, the words to sign; then do it."""
    step, page = UNIT_STEPS[Verb(verb)], page_for(request, pk)
    asked = PAGES[step.verb]
    reasons = reasons_against(page, step.verb)
    if step.verb not in page.verbs:
        deny(reason for reason in reasons if not reason.about)
    if step.verb == Verb.SEND_BACK and page.facts.open_sample and not reasons and request.method != "POST":
        messages.info(request, "This unit is being sampled: say here what you found, and send it back from here.")
        return redirect("assessments:sample", page.facts.open_sample.pk)
    work = in_progress(request, asked.form, f"{verb} {pk}", page.facts.status, *page.verbs)
    statements = _statements(page.enrolment, asked.signs)
    to_sign = ToSign(_stands(page, statements), partial(_stands_now, request, page.enrolment, asked))
    signer = {"user": request.user, "to_sign": to_sign} if asked.signs else {}
    form = asked.form(work.data, work=work, page=page, **signer)
    if not reasons and done(form, partial(_act, asked, page.enrolment, request)):
        messages.success(request, asked.done)
        return redirect("assessments:enrolment", pk)
    return _verb_answer(request, asked, page, form, reasons, statements)


def _stands_now(request: SignedInRequest, enrolment: Enrolment, asked: VerbPage) -> str:
    """The same once the unit is locked."""
    return _stands(page_for(request, lock_one(enrolment).pk), _statements(enrolment, asked.signs))


def _stands(page: UnitPage, statements: list[Statement]) -> str:
    """What stands on the page that somebody puts their name to: the words, and the record. Other ones, another text."""
    rows = [(row.criterion.pk, row.drawn, row.said) for row in page.criteria]
    leaves = [(leaf.leaf.pk, leaf.drawn, leaf.shown_by) for leaf in page.leaves]
    items = [(item.evidence_id, item.title, item.status_label) for item in page.items]
    return basis_of([row.pk for row in statements], rows, leaves, items, page.comments)


def _verb_answer(
    request: SignedInRequest,
    asked: VerbPage,
    page: UnitPage,
    form: VerbForm,
    reasons: list[Reason],
    statements: list[Statement],
) -> HttpResponse:
    context = {
        "asked": asked,
        "page": page,
        "enrolment": page.enrolment,
        "form": form,
        "refusals": linked(reasons, page.enrolment.pk),
        "statements": statements,
    }
    refused = request.method == "POST" and (reasons or form.non_field_errors())
    return render(request, "assessments/record/verb.html", context, status=409 if refused else 200)


def _act(asked: VerbPage, enrolment: Enrolment, request: SignedInRequest, cleaned: dict[str, Any]) -> None:
    values = {name: value for name, value in cleaned.items() if name != "password"}
    if asked.form is SendBackForm:
        values["criteria"] = []
    asked.act(enrolment=enrolment, by=request.user, at=timezone.now(), **values)


def page_for(request: SignedInRequest, pk: int) -> UnitPage:
    """The page of a unit this person can see, else 404."""
    try:
        return unit_page(request.user, pk, partial(person_at, request))
    except Enrolment.DoesNotExist:
        raise Http404("There is no such unit among those you can see.") from None


def _statements(enrolment: Enrolment, parts: Iterable[SignedAs]) -> list[Statement]:
    keys = [STATEMENT[part] for part in parts]
    body = enrolment.unit.awarding_body.code
    return signing.current_statements(keys, body, enrolment.centre_id) if keys else []


def _further_place(page: UnitPage, act: str) -> str:
    about = page.facts.open_sample if act == "sample" else None
    return reverse(f"assessments:{act}", args=[about.pk if about else page.enrolment.pk])


def _who_can(page: UnitPage) -> str:
    """Who can take the unit's next step, in words: the reader, or the candidate they wait for; else nothing."""
    if page.next_verb in page.verbs:
        return f"you can {UNIT_STEPS[page.next_verb].phrase}"
    if page.next_verb == Verb.DECLARE:
        return f"the candidate can {UNIT_STEPS[page.next_verb].phrase}"
    return ""
