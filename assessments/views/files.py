"""The files of an item: shown in place, downloaded, and a PDF page by page. Every way passes the same check."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.models import EvidenceFile
from assessments.queries.evidence import file_that_opens
from portfolio.access import SignedInRequest, signed_in
from portfolio.audit import kind_of
from portfolio.models import AccessLine
from portfolio.serving import HEADERS, CannotShow, pdf_page_image, pdf_page_text, serve


@signed_in
@require_safe
def evidence_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file in place, where its type is on the short safe list; else it comes as a download."""
    return _sent(request, _file(request, pk), download=False)


@signed_in
@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file as it was handed in, to keep. Who fetched it is written down."""
    return _sent(request, _file(request, pk), download=True)


@signed_in
@require_safe
def page(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A page of a PDF as a picture."""
    file = _file(request, pk)
    try:
        content = pdf_page_image(file.stored, number)
    except CannotShow as problem:
        raise Http404(str(problem)) from problem
    return HttpResponse(content, content_type="image/png", headers=HEADERS)


@signed_in
@require_safe
def page_text(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """The text of a page of a PDF, for those who listen to it or search it."""
    file = _file(request, pk)
    try:
        text = pdf_page_text(file.stored, number)
    except CannotShow as problem:
        raise Http404(str(problem)) from problem
    return HttpResponse(
        text or "This page has no text: it is a picture.", content_type="text/plain; charset=utf-8", headers=HEADERS
    )


def _file(request: SignedInRequest, pk: int) -> EvidenceFile:
    """The file, if its item exists for this person and its bytes may be opened; else 404."""
    try:
        return file_that_opens(request.user, pk)
    except EvidenceFile.DoesNotExist:
        raise Http404("There is no such file among the evidence you can see.") from None


def _sent(request: SignedInRequest, file: EvidenceFile, *, download: bool) -> HttpResponseBase:
    """The bytes. Whatever leaves as a download, asked for as one or not, adds its access line."""
    response = serve(request, file.stored, name=file.name, download=download)
    if request.method == "GET" and response["Content-Disposition"].startswith("attachment"):
        AccessLine.objects.create(
            centre_id=file.stored.centre_id,
            user=request.user,
            at=timezone.now(),
            subject_kind=kind_of(file),
            subject_id=file.pk,
            downloaded=True,
        )
    return response
