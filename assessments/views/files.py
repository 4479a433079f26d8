"""The files of an item: shown in place, downloaded, and page by page. Every way passes the same check."""

from collections.abc import Callable

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.models import EvidenceFile
from assessments.queries.evidence import file_that_opens
from portfolio import renditions
from portfolio.access import SignedInRequest, looked_from_outside, may_take_away, signed_in
from portfolio.audit import looked_at
from portfolio.enums import DocumentStatus
from portfolio.models import Rendition
from portfolio.serving import HEADERS, RECORDINGS, media_type, serve


@signed_in
@require_safe
def evidence_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file in place, where its type is on the short safe list; else it comes as a download."""
    file = _file(request, pk)
    if media_type(file.stored) not in RECORDINGS:  # which can only be played from their own bytes
        may_take_away(request, file.stored.centre_id)
    response = sent(request, file, download=False)
    if not leaves(response):
        looked_from_outside(request, file, file.stored.centre_id, in_parts=True)
    return response


@signed_in
@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file as it was handed in, to keep. Who fetched it is written down."""
    return sent(request, _file(request, pk), download=True)


@signed_in
@require_safe
def page(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A page of the file as a picture, as a worker drew it."""
    return looked_into(request, pk, lambda file: page_of(file, number))


@signed_in
@require_safe
def page_text(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """The text of a page, for those who listen to it or search it."""
    return looked_into(request, pk, lambda file: page_text_of(file, number))


@signed_in
@require_safe
def thumbnail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A small picture of the file's first page."""
    return looked_into(request, pk, lambda file: _drawn(file, "image/webp", renditions.thumbnail))


def looked_into(request: SignedInRequest, pk: int, shown: Callable[[EvidenceFile], HttpResponse]) -> HttpResponse:
    """What is shown of a file. All that an external verifier is shown of it in a sitting is one look at the file."""
    file = _file(request, pk)
    response = shown(file)
    looked_from_outside(request, file, file.stored.centre_id, in_parts=True)
    return response


def page_of(file: EvidenceFile, number: int) -> HttpResponse:
    """A page as a picture."""
    return _drawn(file, "image/webp", lambda rendition: renditions.page_picture(rendition, number))


def page_text_of(file: EvidenceFile, number: int) -> HttpResponse:
    """A page as text."""
    no_text = "This page has no text: it is a picture."
    return _drawn(file, "text/plain; charset=utf-8", lambda drawn: renditions.page_text(drawn, number) or no_text)


def _drawn(file: EvidenceFile, kind: str, part: Callable[[Rendition], str | bytes]) -> HttpResponse:
    """A part of what was drawn of a file, in the sandbox; 404 while there is none."""
    stored = file.stored
    if not hasattr(stored, "rendition") or stored.rendition.status != DocumentStatus.READY:
        raise Http404("This has not been made yet.")
    try:
        content = part(stored.rendition)
    except FileNotFoundError:
        raise Http404("There is no such page.") from None
    return HttpResponse(content, content_type=kind, headers=HEADERS)


def _file(request: SignedInRequest, pk: int) -> EvidenceFile:
    """The file, if its item exists for this person and its bytes may be opened; else 404."""
    try:
        return file_that_opens(request.user, pk)
    except EvidenceFile.DoesNotExist:
        raise Http404("There is no such file among the evidence you can see.") from None


def leaves(response: HttpResponseBase) -> bool:
    """Whether the bytes come as a download, asked for as one or not."""
    return response["Content-Disposition"].startswith("attachment")


def sent(request: SignedInRequest, file: EvidenceFile, *, download: bool) -> HttpResponseBase:
    """The bytes. Whatever leaves as a download adds its access line."""
    if download:
        may_take_away(request, file.stored.centre_id)
    response = serve(request, file.stored, name=file.name, download=download)
    if request.method == "GET" and leaves(response):
        looked_at(file, by=request.user, centre_id=file.stored.centre_id, at=timezone.now(), downloaded=True)
    return response
