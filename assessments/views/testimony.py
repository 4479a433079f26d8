"""Witnesses: the candidate's requests, and the page a witness opens by their link, without a sign-in."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments.actions import testimony as actions
from assessments.enums import EvidenceKind, ItemStatus
from assessments.forms.testimony import AskForm, DeclineForm, WitnessForm
from assessments.models import Testimony
from assessments.queries.testimony import Link, WitnessPage, asked_before, criteria_asked_about, link_of, request_of
from assessments.views.item import page_of
from portfolio import signing
from portfolio.access import SignedInRequest, open_to_all, signed_in
from portfolio.views.answers import done, in_progress

STATUSES = {Link.UNKNOWN: 404, Link.REPLACED: 410, Link.EXPIRED: 410, Link.REVOKED: 410, Link.TOO_LATE: 410}
"""How a link that opens nothing is answered. One that was used says so, and that is well."""
PRESSES = ("sign", "keep", "decline")
ASK = require_http_methods(["GET", "HEAD", "POST"])


# --- the candidate ---------------------------------------------------------------------------------------------------


@signed_in
@ASK
def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom to ask, and for what, about a draft of the candidate's own."""
    page = page_of(request, pk, newest=True)
    version = page.version
    if not page.own or version.status != ItemStatus.DRAFT or version.kind != EvidenceKind.WITNESS_TESTIMONY:
        raise Http404("There is no draft of a witness testimony of yours here.")
    criteria = criteria_asked_about(version)
    before = None if page.testimonies else asked_before(version)
    work = in_progress(request, AskForm, version.pk)
    form = AskForm(work.data, work=work, criteria=criteria, before=before)

    def send(clean: dict[str, Any]) -> None:
        asked = actions.ask_witness(version=version, asked=form.asked, by=request.user, at=timezone.now())
        messages.success(request, f"{asked.name} has been asked by e-mail. You see here when they have signed.")

    if request.method == "POST" and done(form, send):
        return redirect("assessments:evidence", pk)
    context = {"page": page, "form": form, "criteria": criteria}
    return render(request, "assessments/evidence/ask_witness.html", context)


@signed_in
@require_POST
def resend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the link again; the one before opens nothing any more."""
    testimony = own_request(request, pk)
    actions.resend_request(testimony=testimony, by=request.user, at=timezone.now())
    messages.success(request, f"A new link is on its way to {testimony.name}. The one before no longer opens.")
    return redirect("assessments:evidence", testimony.version.evidence_id)


@signed_in
@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    testimony = own_request(request, pk)
    actions.revoke_request(testimony=testimony, by=request.user, at=timezone.now())
    messages.success(request, f"Your request to {testimony.name} is taken back: the link no longer opens.")
    return redirect("assessments:evidence", testimony.version.evidence_id)


def own_request(request: SignedInRequest, pk: int) -> Testimony:
    try:
        return request_of(request.user, pk)
    except Testimony.DoesNotExist:
        raise Http404("There is no such request of yours.") from None


# --- the witness -----------------------------------------------------------------------------------------------------


@open_to_all
@never_cache
@ASK
def witness(request: HttpRequest, token: str) -> HttpResponse:
    """What was asked, and the witness's answer. It shows nothing else of the portfolio.

    The request is shown after a press, so that a mail filter that follows links opens nothing.
    """
    if not ratelimit.consume(request, action="witness"):
        return cast(HttpResponse, ratelimit.respond_429(request))
    found = link_of(token, timezone.now())
    testimony = found.testimony
    if testimony is None:
        return render(request, "assessments/evidence/link_void.html", {"found": found}, status=STATUSES.get(found.link))
    if request.method == "POST" and "open" in request.POST:
        actions.open_request(token=token, at=timezone.now())
        return redirect("assessments:witness", token)
    if testimony.opened_at is None:
        return render(request, "assessments/evidence/witness_door.html", {"testimony": testimony})
    return answered(request, token, found, testimony)


def answered(request: HttpRequest, token: str, found: WitnessPage, testimony: Testimony) -> HttpResponse:
    """The form, or what its press did: keep what was typed, sign it, or decline."""
    posted = request.POST if request.method == "POST" else None
    statement = signing.current_statement(actions.STATEMENT)
    press = next((name for name in PRESSES if posted is not None and name in posted), "")
    form = WitnessForm(posted, testimony=testimony, statement=statement, signing=press == "sign")
    declined = DeclineForm(posted if press == "decline" else None)
    address, now = get_adapter().get_client_ip(request), timezone.now()

    def sign(clean: dict[str, Any]) -> None:
        actions.sign_testimony(
            token=token, said=form.said, name=clean["name"], statement=statement, address=address, at=now
        )

    def keep(clean: dict[str, Any]) -> None:
        actions.keep_words(token=token, said=form.said, at=now)
        messages.success(request, "What you wrote so far is kept. Open the link in your e-mail again to go on.")

    def decline(clean: dict[str, Any]) -> None:
        actions.decline_request(token=token, reason=clean["reason"], at=now)

    acts = {"sign": (form, sign), "keep": (form, keep), "decline": (declined, decline)}
    if press and done(*acts[press]):
        return redirect("assessments:witness", token)
    context = {"testimony": testimony, "found": found, "form": form, "declined": declined, "statement": statement}
    return render(request, "assessments/evidence/witness.html", context)
