"""Is this form genuine? For whoever holds one in hand, without a sign-in."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portfolio import genuine as papers
from portfolio.access import open_to_all
from portfolio.forms import FormFileForm, ReferenceForm
from portfolio.forms.genuine import MOST_BYTES, TOO_LARGE
from portfolio.whole import whole

MOST_A_MINUTE = 30
"""Forms asked for from one address: a pile of paper can be checked, and no reference is ever guessed."""
AROUND = 64 * 1024
"""Bytes that a browser sends around a file, at most."""


@open_to_all
@never_cache
@csrf_exempt  # nothing is changed and nobody signed in; so a file too large is refused before it is read
@require_http_methods(["GET", "HEAD", "POST"])
def genuine(request: HttpRequest) -> HttpResponse:
    """Where a reference is typed, or a PDF is sent to be held against what was issued."""
    if request.method == "POST":
        return too_often(request) if asked_too_often(request) else of_file(request)
    form = ReferenceForm(request.GET if "reference" in request.GET else None)
    if form.is_valid():
        return redirect("portfolio:genuine_reference", form.cleaned_data["reference"])
    return shown(request, form, status=400 if form.is_bound else 200)


@open_to_all
@never_cache
@require_safe
def genuine_reference(request: HttpRequest, reference: str) -> HttpResponse:
    """What is told of the form with a reference, typed or scanned."""
    if asked_too_often(request):
        return too_often(request)
    form = ReferenceForm({"reference": reference})
    if not form.is_valid():
        return shown(request, form, status=400)
    answer = papers.by_reference(form.cleaned_data["reference"])
    return shown(request, ReferenceForm() if answer else form, answer=answer, asked=True)


def too_often(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


def asked_too_often(request: HttpRequest) -> bool:
    """Count this question, whether it is asked by a link or a press."""
    key = f"genuine:{get_adapter().get_client_ip(request)}"
    if cache.add(key, 1, timeout=60):
        return False
    try:
        return bool(cache.incr(key) > MOST_A_MINUTE)
    except ValueError:  # the minute was over between the two
        return False


def of_file(request: HttpRequest) -> HttpResponse:
    """The PDF, held against what was issued. A file too large is told by its length, before it is read."""
    length = whole(request.headers.get("Content-Length", ""))
    if length is None or length > MOST_BYTES + AROUND:
        return shown(request, ReferenceForm(), too_large=TOO_LARGE, status=413)
    file_form = FormFileForm(request.POST, request.FILES)
    if not file_form.is_valid():
        return shown(request, ReferenceForm(), file_form=file_form, status=400)
    answer = papers.by_bytes(papers.digest_of(file_form.cleaned_data["pdf"].chunks()))
    return shown(request, ReferenceForm(), file_form=FormFileForm(), answer=answer, asked=True, of_file=True)


def shown(
    request: HttpRequest,
    form: ReferenceForm,
    *,
    file_form: FormFileForm | None = None,
    answer: papers.Answer | None = None,
    asked: bool = False,
    of_file: bool = False,
    too_large: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "file_form": file_form or FormFileForm(),
        "answer": answer,
        "asked": asked,
        "of_file": of_file,
        "too_large": too_large,
    }
    response = render(request, "portfolio/genuine.html", context, status=404 if asked and not answer else status)
    response["X-Robots-Tag"] = "noindex"
    return response
