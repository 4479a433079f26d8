"""A document that was asked for: how it stands, the file itself, and another try when it failed."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portfolio import audit, press
from portfolio.access import SignedInRequest, looked_from_outside, may_take_away, signed_in
from portfolio.enums import DocumentStatus
from portfolio.models import Document
from portfolio.serving import serve


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Whether the document is waiting, ready or failed; POST tries a failed one again."""
    asked_for, shown = visible(document_id, request)
    if request.method == "POST":
        return try_again(request, asked_for)
    looked_from_outside(request, asked_for, asked_for.centre_id)
    context = {
        "document": asked_for,
        "shown": shown,
        "back": reverse(shown.page, args=shown.args),
        "waiting": asked_for.status == DocumentStatus.WAITING,
        "ready": asked_for.status == DocumentStatus.READY,
    }
    return render(request, "portfolio/document.html", context)


@signed_in
@require_safe
def document_file(request: SignedInRequest, document_id: int) -> HttpResponseBase:
    """The document itself, to keep. Who fetched it is written down."""
    asked_for, _ = visible(document_id, request)
    if asked_for.stored is None:
        raise Http404("This document is not ready yet.")
    if request.method == "GET":
        audit.looked_at(asked_for, by=request.user, centre_id=asked_for.centre_id, at=timezone.now(), downloaded=True)
    return serve(request, asked_for.stored, name=asked_for.file_name, download=True)


def try_again(request: SignedInRequest, asked_for: Document) -> HttpResponse:
    """Set the document waiting once more and go back to its page."""
    press.again(document=asked_for, by=request.user, at=timezone.now())
    messages.info(request, "The document is being made again.")
    return redirect("portfolio:document", asked_for.pk)


def visible(document_id: int, request: SignedInRequest) -> tuple[Document, press.Shown]:
    """The document and the record it shows, if the person may see that; else 404, as if there were none."""
    asked_for = get_object_or_404(Document.objects.select_related("stored"), pk=document_id)
    shown = press.shown_by(asked_for, request.user)
    if shown is None:
        raise Http404("There is no such document.")
    may_take_away(request, asked_for.centre_id)
    return asked_for, shown
