"""Leaving with everything: archives of a centre and of a candidate, asked for, waited for, and taken away."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments.views.office import choose_centre
from portfolio import stores, vault
from portfolio.access import SignedInRequest, holds, signed_in
from portfolio.archive import asking
from portfolio.enums import ArchiveCut, Role
from portfolio.models import Archive, CandidateRecord, Centre
from portfolio.refusal import Refusal
from portfolio.serving import serve_copy
from portfolio.views.people import Trail, ask, ask_or_act, kept_centre, people_trail

MOST_LISTED = 20


@holds(Role.ADMINISTRATOR)
@ask
def archives(request: SignedInRequest) -> HttpResponse:
    """The archives of the one centre somebody administers; a choice for who administers several."""
    return choose_centre(request, "assessments:centre_archives", "Archives")


@holds(Role.ADMINISTRATOR)
@ask_or_act
def centre_archives(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the person has had made of the centre; POST asks for the whole centre."""
    centre = kept_centre(request, slug)
    if request.method == "POST":
        return asked_for(request, centre, None, ArchiveCut.CENTRE, reverse("assessments:centre_archives", args=[slug]))
    seen = Archive.objects.visible_to(request.user).exclude(cut=ArchiveCut.PERSON)
    found = seen.filter(centre=centre).select_related("candidate", "centre")
    context = {
        "centre": centre,
        "archives": found[:MOST_LISTED],
        "days": settings.ARCHIVE_DAYS,
        "size": vault.size_of(centre),
        "trail": [*people_trail(centre), ("Archives", None)],
    }
    return render(request, "assessments/record/archives.html", context)


@signed_in
@require_POST
def archive_candidate(request: SignedInRequest, slug: str, handle: str) -> HttpResponse:
    """Ask for a candidate's portfolio: one's own, or of a candidate of the centre one administers."""
    candidates = CandidateRecord.objects.visible_to(request.user).select_related("centre", "user")
    candidate = get_object_or_404(candidates, centre__slug=slug, user__handle=handle)
    cut = ArchiveCut.OWN if candidate.user_id == request.user.pk else ArchiveCut.CANDIDATE
    back = reverse("assessments:documents", args=[slug, handle])
    return asked_for(request, candidate.centre, candidate, cut, back)


@signed_in
@require_safe
def archive(request: SignedInRequest, pk: int) -> HttpResponse:
    """How an archive that somebody asked for stands."""
    found = archive_at(request, pk)
    context = {
        "archive": found,
        "stands": asking.how_it_stands(found, timezone.now()),
        "until": found.goes_on(settings.ARCHIVE_DAYS),
        "trail": trail_of(found),
        "again": again_at(found),
    }
    return render(request, "assessments/record/archive.html", context)


@signed_in
@require_POST
def cancel_archive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have an archive made no more."""
    found = archive_at(request, pk)
    try:
        asking.cancel(archive=found, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.sentences))
    else:
        messages.info(request, "The archive is cancelled. Nothing of it was kept.")
    return redirect("assessments:archive", pk)


@signed_in
@require_safe
def archive_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The archive itself, to keep. Who fetched it is written down."""
    found = archive_at(request, pk)
    try:
        place = asking.fetched(archive=found, by=request.user, at=timezone.now(), noted=request.method == "GET")
    except Refusal as refusal:
        raise Http404(" ".join(refusal.sentences)) from refusal
    return serve_copy(request, stores.archives(), place, size=found.size, sha256=found.sha256, name=found.file_name)


# --- what they share -------------------------------------------------------------------------------------------------


def archive_at(request: SignedInRequest, pk: int) -> Archive:
    """An archive that the person asked for and may still take; else 404."""
    found = Archive.objects.visible_to(request.user).select_related("centre", "candidate__user")
    return get_object_or_404(found, pk=pk)


def asked_for(
    request: SignedInRequest, centre: Centre, candidate: CandidateRecord | None, cut: ArchiveCut, back: str
) -> HttpResponse:
    """Ask, and go where the archive will be; with the reason, back to where it was asked for."""
    try:
        found = asking.ask(centre=centre, candidate=candidate, cut=cut, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.sentences))
        return redirect(back)
    return redirect("assessments:archive", found.pk)


def trail_of(found: Archive) -> Trail:
    if found.cut == ArchiveCut.PERSON:
        return [("Privacy", reverse("assessments:privacy")), (str(found), None)]
    if found.candidate is None:
        address = reverse("assessments:centre_archives", args=[found.centre.slug])
        return [*people_trail(found.centre), ("Archives", address), (str(found), None)]
    documents = reverse("assessments:documents", args=[found.centre.slug, found.candidate.user.handle])
    return [("Documents", documents), ("Archive", None)]


def again_at(found: Archive) -> str:
    """Where the same is asked for once more; nowhere, where the office has it made."""
    if found.cut == ArchiveCut.PERSON:
        return ""
    slug = found.centre.slug
    if found.candidate is None:
        return reverse("assessments:centre_archives", args=[slug])
    return reverse("assessments:archive_candidate", args=[slug, found.candidate.user.handle])
