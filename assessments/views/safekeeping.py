"""A file that must not be seen: shut it away, release it again, or put a redacted one in its place."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assessments.actions import safekeeping
from assessments.enums import Verb
from assessments.forms.evidence import ReasonForm, RedactForm
from assessments.models import EvidenceFile
from assessments.queries.evidence import files_visible_to
from assessments.queries.item import ItemPage
from assessments.views.asking import item_linked
from assessments.views.evidence import reasons_for, status_for
from assessments.views.item import page_of
from assessments.views.receiving import received
from assessments.workflow import Reason
from portfolio.access import SignedInRequest, signed_in
from portfolio.forms import KeptForm
from portfolio.views.answers import done, in_progress


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def quarantine(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shut a file away with a reason: from then on nobody can open it."""
    file, page, reasons = _asked(request, pk, Verb.QUARANTINE)
    work = in_progress(request, ReasonForm, f"quarantine {pk}")
    form = ReasonForm(work.data, work=work)
    context = {
        "title": f"Quarantine “{file.name}”",
        "explain": "From now on nobody can open this file, in any version of the item. Its line stays on the record.",
        "press": "Put it in quarantine",
    }

    def act(cleaned: dict[str, Any]) -> None:
        safekeeping.quarantine(file=file, reason=cleaned["reason"], by=request.user, at=timezone.now())

    return _answer(request, page, reasons, form, act, context, "The file is in quarantine.")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a file be opened again, with a reason: for somebody else than whoever shut it away."""
    file, page, reasons = _asked(request, pk, Verb.RELEASE)
    work = in_progress(request, ReasonForm, f"release {pk}")
    form = ReasonForm(work.data, work=work)
    if not reasons and file.quarantined_by_id == request.user.pk:
        reasons = [Reason(safekeeping.OWN_QUARANTINE)]
    elif not reasons and file.quarantined_at and file.quarantined_by_id is None:
        reasons = [Reason(safekeeping.SCANNERS_QUARANTINE)]
    context = {
        "title": f"Release “{file.name}” from quarantine",
        "explain": "Whoever can see this item can open the file again, in every version. The quarantine stays on its "
        "record.",
        "press": "Release it",
    }

    def act(cleaned: dict[str, Any]) -> None:
        safekeeping.release(file=file, reason=cleaned["reason"], by=request.user, at=timezone.now())

    return _answer(request, page, reasons, form, act, context, "The file is released from quarantine.")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a redacted file in a file's place, and destroy the old bytes."""
    file, page, reasons = _asked(request, pk, Verb.REDACT)
    work = in_progress(request, RedactForm, pk)
    files = received(request, page.evidence.centre, work)
    form = RedactForm(work.data, work=work, kept=files.kept, refused=files.refused)
    context = {
        "title": f"Redact “{file.name}”",
        "explain": "The redacted file takes its place and the old bytes are destroyed for good, in every version of "
        "the item. Signatures on a unit that rest on the old bytes become stale.",
        "press": "Replace it and destroy the old file",
    }

    def act(cleaned: dict[str, Any]) -> None:
        safekeeping.redact(
            file=file, replacement=form.kept[0], reason=cleaned["reason"], by=request.user, at=timezone.now()
        )

    return _answer(request, page, reasons, form, act, context, "The redacted file is in its place.")


def _asked(request: SignedInRequest, pk: int, verb: Verb) -> tuple[EvidenceFile, ItemPage, list[Reason]]:
    """The file, its item in the version that holds it, and what stands in the way of the verb.

    Else 404 for those who cannot see it, and 403 for those whose turn it never is, before any upload is looked at.
    """
    file = files_visible_to(request.user).select_related("version").filter(pk=pk).first()
    if file is None:
        raise Http404("There is no such file among the evidence you can see.")
    page = page_of(request, file.version.evidence_id, number=file.version.number)
    return file, page, reasons_for(verb, page)


def _answer(
    request: SignedInRequest,
    page: ItemPage,
    reasons: list[Reason],
    form: KeptForm,
    act: Callable[[dict[str, Any]], None],
    context: dict[str, Any],
    said: str,
) -> HttpResponse:
    if request.method == "POST" and not reasons and done(form, act):
        messages.success(request, said)
        return redirect("assessments:evidence", page.evidence.pk)
    context |= {"page": page, "form": form, "refusals": item_linked(reasons, page.evidence.pk)}
    return render(request, "assessments/evidence/verb.html", context, status=status_for(request, reasons))
