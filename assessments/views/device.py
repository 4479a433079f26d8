"""What makes the product an app on a device: its manifest, its service worker, and evidence drafted off line.

The first three say nothing of anybody: what a browser keeps of them can be read by whoever holds the device.
"""

import json
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import evidence as actions
from assessments.enums import EvidenceKind
from assessments.forms.evidence import EvidenceForm
from assessments.views.receiving import received
from portfolio.access import SignedInRequest, holds, open_to_all
from portfolio.enums import Role
from portfolio.models import CandidateRecord
from portfolio.refusal import Refusal
from portfolio.whole import whole
from portfolio.work import Subject, Work

STYLES = ("css/base.css", "css/forms.css", "css/components.css")
SCRIPTS = ("js/offline.js", "js/drafts.js", "js/kept.js")  # the last for pages that were open when the line was cut
SHELL = (*STYLES, *SCRIPTS, "img/favicon.svg")
IMPORTED = ("js/drafts.js",)
"""What these scripts import, by its plain name: only pages know the names that change with what is in a file."""
ICONS = (
    ("img/favicon.svg", "any", "image/svg+xml"),
    ("img/app-192.png", "192x192", "image/png"),
    ("img/app-512.png", "512x512", "image/png"),
)


@open_to_all
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: https://www.w3.org/TR/appmanifest/"""
    facts = {
        "name": "NVQ Portfolio",
        "short_name": "Portfolio",
        "description": "A record of evidence, assessment and verification",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fdfdfb",
        "theme_color": "#2b2f83",
        "lang": "en-GB",
        "icons": [{"src": static(path), "sizes": sizes, "type": kind} for path, sizes, kind in ICONS],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@open_to_all
@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from the root so that it watches over every page; another one when its shell is."""
    plain = (settings.STATIC_URL + path for path in IMPORTED)
    shell = json.dumps(list(dict.fromkeys([reverse("assessments:offline"), *map(static, SHELL), *plain])))
    version = sha256((shell + offline_page()).encode()).hexdigest()[:12]
    context = {"shell": mark_safe(shell), "version": version}  # noqa: S308  # addresses of our own
    return render(request, "assessments/device/worker.js", context, content_type="text/javascript")


@open_to_all
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Draft evidence without a connection: the same page for everybody."""
    return HttpResponse(offline_page())


def offline_page() -> str:
    """Rendered without a request, so that nothing of whoever asks can get into it."""
    return render_to_string("assessments/device/offline.html", {"standing": None, "kinds": EvidenceKind.choices})


@holds(Role.CANDIDATE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: SignedInRequest) -> HttpResponse:
    """For scripts. GET: who is signed in, and their portfolios. POST: a draft written on the device becomes an item.

    The draft has a mark of its own, so one that is sent twice, because the first answer was lost, stays one item.
    """
    mine = CandidateRecord.objects.filter(user=request.user, centre__in=request.standing.centres(Role.CANDIDATE))
    records = mine.select_related("centre")
    if request.method != "POST":
        named = [[record.pk, str(record.centre)] for record in records]
        return JsonResponse({"person": request.user.handle, "records": named, "csrf": get_token(request)})
    record = get_object_or_404(records, pk=whole(request.POST.get("record", "")))
    try:
        mark = UUID(request.POST.get("mark", ""))
    except ValueError:
        return JsonResponse({"refused": ["This draft cannot be read."]}, status=400)
    files = received(request, record.centre, Work(Subject(request.user, "device", str(mark)), request.POST))
    form = EvidenceForm(request.POST, units=[], kept=files.kept, refused=files.refused)
    if not form.is_valid():
        return JsonResponse({"refused": [said for found in form.errors.values() for said in found]}, status=422)
    try:
        version = actions.add_evidence(
            candidate=record,
            described=form.described,
            files=form.added,
            targets=[],
            device_draft=mark,
            by=request.user,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return JsonResponse({"refused": refusal.sentences}, status=422)
    return JsonResponse({"address": reverse("assessments:evidence", args=[version.evidence_id])})
