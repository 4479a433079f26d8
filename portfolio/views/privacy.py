"""A centre's privacy notice: written by its office, read by whoever is asked for their data."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portfolio import actions
from portfolio.access import SignedInRequest, holds, open_to_all
from portfolio.enums import Role
from portfolio.forms import PrivacyNoticeForm
from portfolio.models import Centre
from portfolio.plain_text import plain_text
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import ask_or_act, kept_centre, people_trail

LONGEST_HEADING = 80


@holds(Role.ADMINISTRATOR)
@ask_or_act
def set_privacy_notice(request: SignedInRequest, slug: str) -> HttpResponse:
    """Write the centre's privacy notice, or say where it stands."""
    centre = kept_centre(request, slug)
    begun = centre.privacy_notice or centre.privacy_address
    start = centre.privacy_notice if begun else plain_text("portfolio/privacy_template.txt", {"centre": centre})
    work = in_progress(request, PrivacyNoticeForm, slug)
    form = PrivacyNoticeForm(work.data, work=work, initial={"notice": start, "address": centre.privacy_address})
    act = partial(actions.set_privacy_notice, centre=centre, by=request.user, at=timezone.now())
    if done(form, lambda clean: act(**clean)):
        messages.success(request, "The privacy notice is saved. People find it under Privacy at the foot of each page.")
        return redirect("portfolio:centre_people", slug)
    return form_page(
        request,
        form,
        title="Privacy notice",
        button="Save",
        trail=people_trail(centre),
        lead="Candidates read it before they confirm their induction, and witnesses before they write. It can be read "
        "without a sign-in.",
    )


@open_to_all
@require_safe
def privacy_notice(request: HttpRequest, slug: str) -> HttpResponse:
    """A centre's privacy notice, for anybody."""
    centre = get_object_or_404(Centre.objects.exclude(privacy_notice="", privacy_address=""), slug=slug)
    context = {"centre": centre, "parts": parts_of(centre.privacy_notice)}
    return render(request, "portfolio/privacy_notice.html", context)


def parts_of(notice: str) -> list[tuple[str, str]]:
    """Headings with their paragraphs: a short line by itself above a paragraph heads it."""
    found = []
    for paragraph in notice.replace("\r\n", "\n").split("\n\n"):
        first, _, rest = paragraph.strip().partition("\n")
        heads = bool(rest.strip()) and len(first) <= LONGEST_HEADING and not first.endswith(".")
        found.append((first if heads else "", rest.strip() if heads else paragraph.strip()))
    return [part for part in found if part[1]]
