"""The personal profile of a portfolio: its candidate writes it."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from assessments.actions.profile import write_profile
from assessments.forms.profile import ProfileForm
from assessments.models import TOLD, Profile
from portfolio.access import SignedInRequest, signed_in
from portfolio.models import CandidateRecord
from portfolio.views.answers import done, form_page, in_progress
from portfolio.views.people import ask_or_act

LEAD = (
    "This stands in your portfolio, and whoever works with you on your units reads it: assessors, verifiers and the "
    "centre’s office. Say what you want them to know; everything may stay empty."
)


@signed_in
@ask_or_act
def profile(request: SignedInRequest, slug: str) -> HttpResponse:
    """Write one's own profile at a centre."""
    records = CandidateRecord.objects.select_related("centre")
    candidate = get_object_or_404(records, centre__slug=slug, user=request.user)
    kept = Profile.objects.filter(candidate=candidate).first()
    words = {name: getattr(kept, name) if kept else "" for name in TOLD}
    work = in_progress(request, ProfileForm, slug, *words.values())
    form = ProfileForm(work.data, work=work, initial=words)
    act = partial(write_profile, candidate=candidate, by=request.user, at=timezone.now())
    back = reverse("assessments:documents", args=[slug, request.user.handle])
    if done(form, lambda clean: act(words=clean)):
        messages.success(request, "Your profile is saved, and stands in your portfolio.")
        return redirect(back)
    return form_page(request, form, title="My profile", button="Save", trail=[("My documents", back)], lead=LEAD)
